"""Makes the queries for pages of a table in an order without ties: each row is on one page.

The order is the sort column and then what tells rows apart. The index of the column serves both:
SQLite keeps the rowid behind the column in it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from datasette.utils import tilde_encode, urlsafe_components

from daily_papers.site.views.query_error import without_texts

Value = str | bytes | int | float | None


@dataclass(frozen=True)
class PageQuery:
    """A query for the first page of a table, in parts.

    `select` reaches to the table's name, `condition` is empty where all rows are wanted. The
    columns to order by are quoted as SQL needs it; only the first may be null.
    """

    select: str
    condition: str
    columns: tuple[str, ...]
    is_descending: bool
    limit: int

    def sql(self, after: Sequence[str] = (), limit: int | None = None) -> str:
        """Return the statement for rows that one of the conditions `after` holds for."""
        conditions = []
        if self.condition:  # it may have an “or”, and end in a comment
            end = "\n" if "--" in self.condition else ""
            conditions.append(f"({self.condition}{end})")
        if after:
            conditions.append(after[0] if len(after) == 1 else f"({' or '.join(after)})")
        where = f" where {' and '.join(conditions)}" if conditions else ""
        direction = " desc" if self.is_descending else ""
        order = ", ".join(column + direction for column in self.columns)
        return f"{self.select}{where} order by {order} limit {limit or self.limit}"

    def after(self, last: Sequence[Value]) -> tuple[list[str], dict[str, Value]]:
        """Return conditions for the rows behind a row, and their parameters.

        `last` are the values of that row, a value for each column. No two of the conditions hold
        for the same row, and the rows of each come before those of the next: each is served by
        an index, which an “or” is not. SQLite sorts nulls before all values.
        """
        params = {f"after{index}": value for index, value in enumerate(last)}
        names, operator = [f":{name}" for name in params], "<" if self.is_descending else ">"

        def beyond(start: int) -> str:
            columns, values = ", ".join(self.columns[start:]), ", ".join(names[start:])
            return f"({columns}) {operator} ({values})"

        first = self.columns[0]
        if last[0] is None:
            later = [] if self.is_descending else [f"{first} is not null"]
            del params["after0"]
            return [f"({first} is null and {beyond(1)})", *later], params
        return [beyond(0), *([f"{first} is null"] if self.is_descending else [])], params


def is_closed(condition: str) -> bool:
    """Tell whether each bracket of a condition closes one that it opened: else it would reach out
    of those that it is put into."""
    depth = 0
    for bracket in without_texts(condition):
        depth += {"(": 1, ")": -1}.get(bracket, 0)
        if depth < 0:
            return False
    return depth == 0


def parse(sql: str, table: str, keys: Sequence[str], tie_breakers: Sequence[str]) -> PageQuery:
    """Take apart `select … from TABLE [where …] order by COLUMN [desc] limit N`.

    All names are quoted as in the statement. The keys identify a row, as the tie breakers do
    beside any other column; rows sorted by the first key are sorted by all of them.
    """
    head, _, tail = sql.rpartition("order by ")
    order, _, limit = tail.rpartition(" limit ")
    column = order.removesuffix(" desc")
    columns = keys if column in (keys[0], ", ".join(keys)) else (column, *tie_breakers)
    select, from_table, condition = head.partition(f" from {table} ")
    return PageQuery(
        select + from_table.rstrip(),
        condition.strip().removeprefix("where "),
        tuple(columns),
        order != column,
        int(limit),
    )


def token(keys: Iterable[Value]) -> str:
    """Return what stands for a row in an address; as Datasette does, if no key is of bytes."""
    texts = (key.hex() if isinstance(key, bytes) else str(key) for key in keys)
    return ",".join(tilde_encode(text) for text in texts)


def find_row(
    row_token: str, table: str, keys: Sequence[str], columns: Iterable[str]
) -> tuple[str, dict[str, Value]]:
    """Return the statement that reads columns of the row that a token stands for.

    Whatever a token has before its keys is passed over: Datasette's own begin with the value of the
    sort column. Raises ValueError for one with fewer keys.
    """
    texts = urlsafe_components(row_token)[-len(keys) :]
    params: dict[str, Value] = {}
    conditions = []
    for index, (key, text) in enumerate(zip(keys, texts, strict=True)):
        # A column without a type compares nothing but values of the same type.
        names = [f"key{index}_{kind}" for kind in ("text", "number", "bytes")]
        params |= dict(zip(names, (text, _number(text), _bytes(text)), strict=True))
        conditions.append(f"{key} in (:{', :'.join(names)})")
    where = " and ".join(conditions)
    return f"select {', '.join(columns)} from {table} where {where}", params  # noqa: S608 - quoted


def _number(text: str) -> int | None:
    with suppress(ValueError):
        number = int(text) if len(text) < 19 else None  # SQLite has no larger ones
        return number if str(number) == text else None  # “012” is not the key “12”
    return None


def _bytes(text: str) -> bytes | None:
    with suppress(ValueError):
        return bytes.fromhex(text)
    return None
