"""Declares a table as a class of rows, whose fields are columns with types, values and meaning.

The SQL, the types of rows in Python, the schemas of exports, the data dictionary and the data tests
of empty columns follow from the declaration.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import (
    Annotated,
    Any,
    Literal,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from msgspec import Struct, StructMeta

from daily_papers.records import Day

Kind = Literal["text", "integer", "real", "blob", "flag", "day", "list"]

Values = tuple[object, ...]  # of a row, in the order of the columns
# SQLite has text for this and for a day, and 0 or 1 for a bool, which is a flag.
JsonArray = Annotated[str, "list"]  # of texts

_KINDS: Mapping[object, Kind] = {
    str: "text", int: "integer", float: "real", bytes: "blob", bool: "flag", Day: "day",
    JsonArray: "list",
}  # fmt: skip


@dataclass(frozen=True)
class Constraint:
    """A rule for the values of a column, in SQL, where {0} is the column, and in Table Schema."""

    sql: str
    table_schema: Mapping[str, Any]


def one_of(*values: str) -> Constraint:
    """Return the constraint that a text is one of these; that of a `Literal` follows from it."""
    quoted = ", ".join(f"'{value}'" for value in values)
    return Constraint(f"{{0}} in ({quoted})", {"enum": list(values)})


NOT_EMPTY = Constraint("{0} <> ''", {"minLength": 1})
COUNT = Constraint("{0} >= 0", {"minimum": 0})
PERCENT = Constraint("{0} between 0 and 100", {"minimum": 0, "maximum": 100})
POSITIVE = Constraint("{0} > 0", {"minimum": 1})  # of whole numbers
SHARE = Constraint("{0} between 0 and 1", {"minimum": 0, "maximum": 1})
SHA256 = Constraint("length({0}) = 64", {"minLength": 64, "maxLength": 64})
SLUG = Constraint("{0} not glob '*[^a-z0-9-]*' and {0} <> ''", {"pattern": "[a-z0-9-]+"})
WEB_ADDRESS = Constraint("{0} like 'https://%' or {0} like 'http://%'", {"pattern": "https?://.*"})

# Constraints of the kinds that SQLite has no type for; Table Schema has one for each.
_BY_KIND: Mapping[Kind, Constraint] = {
    "flag": Constraint("{0} in (0, 1)", {}),
    "day": Constraint("{0} is date({0})", {}),
    "list": Constraint("json_type({0}) = 'array'", {}),
}
_SQL_TYPES: Mapping[Kind, str] = {"flag": "integer", "day": "text", "list": "text"}


@dataclass(frozen=True)
class Column:
    """A column, declared by `column` as a field, whose name and Python type it has.

    `references` names a table and means its `id`; `facet` is for the table's page. A column that
    may be null says from when on some row has a value: `stated` names what a dump has to state, as
    in `dumps.states`; `filled_from` counts the papers that have to have rows in the table.
    """

    description: str
    declared: Constraint | None
    references: str | None
    index: bool
    facet: bool
    stated: str | None
    filled_from: int | None
    name: str = ""
    path: str = ""  # of its value in a row: the name, behind that of the record that has it
    python_type: Any = None  # with None for one that may be null

    @cached_property
    def required(self) -> bool:
        """Whether it is never null."""
        return type(None) not in get_args(self.python_type)

    @cached_property
    def _value_type(self) -> Any:
        """The Python type of what is not null."""
        if self.required:
            return self.python_type
        (value_type,) = (part for part in get_args(self.python_type) if part is not type(None))
        return value_type

    @cached_property
    def kind(self) -> Kind:
        """How its values are kept and exported."""
        is_choice = get_origin(self._value_type) is Literal
        return "text" if is_choice else _KINDS[self._value_type]

    @property
    def type(self) -> str:
        """Its type in SQL: text, integer, real or blob."""
        return _SQL_TYPES.get(self.kind, self.kind)

    @cached_property
    def constraint(self) -> Constraint | None:
        """What holds for its values: as declared, or by their type."""
        if get_origin(self._value_type) is Literal:
            return one_of(*get_args(self._value_type))
        return self.declared or _BY_KIND.get(self.kind)

    @property
    def values(self) -> list[str]:
        """The values that it may have, if only some are allowed; else none."""
        return list(self.constraint.table_schema.get("enum", ())) if self.constraint else []

    def sql(self) -> str:
        """Return its line of the `create table` statement."""
        return (
            f'"{self.name}" {self.type}'
            + (" not null" if self.required else "")
            + (f' references "{self.references}" ("id")' if self.references else "")
            + (f" check ({self.constraint.sql.format(self.name)})" if self.constraint else "")
        )

    def table_schema(self) -> dict[str, Any]:
        """Return the constraints of its field in Table Schema."""
        constraints = self.constraint.table_schema if self.constraint else {}
        return {"required": True, **constraints} if self.required else dict(constraints)


def column(
    description: str,
    constraint: Constraint | None = None,
    /,
    *,
    references: str | None = None,
    index: bool = False,
    facet: bool = False,
    stated: str | None = None,
    filled_from: int | None = None,
) -> Any:
    """Declare a field of a row as a column: see `Column`."""
    return Column(description, constraint, references, index, facet, stated, filled_from)


def columns_of(**declared: Any) -> Any:
    """Declare a field of a row that is a record: its fields of these names are columns of the row,
    with the types that they have in the record."""
    return MappingProxyType(declared)


@dataclass(frozen=True)
class FullText:
    """Full-text search over some columns: what a match in each weighs, and how words are cut."""

    weights: Mapping[str, float]
    tokenizer: str


@dataclass(frozen=True)
class Table:
    """A table, strict, and all that belongs to it.

    `indexes` are of several columns. In one that is `repeated`, a row whose key is there already is
    passed over.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    checks: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    full_text: FullText | None = None
    repeated: bool = False

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def sql(self) -> str:
        """Return the `create table` statement."""
        lines = [column.sql() for column in self.columns]
        lines.append(f"primary key ({', '.join(self.primary_key)})")
        lines.extend(f"check ({check})" for check in self.checks)
        return f'create table "{self.name}" (\n    ' + ",\n    ".join(lines) + "\n) strict"

    @cached_property
    def values_of(self) -> Callable[["Row"], Values]:
        """Returns the values of a row in the order of the columns."""
        return attrgetter(*(column.path for column in self.columns))

    def insert(self) -> str:
        """Return the statement that writes a row."""
        parameters = ", ".join("?" * len(self.columns))
        conflict = " on conflict do nothing" if self.repeated else ""
        return f'insert into "{self.name}" values ({parameters}){conflict}'  # noqa: S608 - names are ours


class _RowMeta(StructMeta):
    """Makes a class of rows: a struct without defaults, and its table."""

    table: Table

    def __new__(
        mcls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        /,
        frozen: bool = True,
        **table: Any,
    ) -> "_RowMeta":
        specifiers = Column, MappingProxyType
        declared = {key: value for key, value in namespace.items() if isinstance(value, specifiers)}
        fields = {key: value for key, value in namespace.items() if key not in declared}
        made = super().__new__(mcls, name, bases, fields, frozen=frozen)
        if table:
            columns = tuple(_columns(made, declared))
            made.table = Table(columns=columns, **{"primary_key": ("id",), **table})
        return made


def _columns(owner: type, declared: Mapping[str, Any], prefix: str = "") -> Iterator[Column]:
    types = get_type_hints(owner, include_extras=True)
    for name, value in declared.items():
        if isinstance(value, Column):
            yield replace(value, name=name, path=prefix + name, python_type=types[name])
        else:
            yield from _columns(types[name], value, f"{name}.")


@dataclass_transform(
    kw_only_default=True, frozen_default=True, field_specifiers=(column, columns_of)
)
class Row(Struct, metaclass=_RowMeta, frozen=True):
    """A row of a table; a subclass has the keywords of `Table`. Without a key it is `id`."""
