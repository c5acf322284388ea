"""Says why a query of a reader was not answered, and what is named like what it asks for."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from daily_papers.database import schema

_UNKNOWN = re.compile(r"no such (?P<kind>table|column): (?:[^.]*\.)?(?P<name>.+)")
_NAMES = {
    "table": [table.name for table in schema.TABLES],
    "column": [column.name for table in schema.TABLES for column in table.columns],
}
# SQL by what stands in it: texts, quoted names, comments, each up to its end or that of the SQL,
# and parameters.
_TOKEN = re.compile(
    r"""(?:'[^']*+|"[^"]*+|`[^`]*+|\[[^\]]*+)(?:['"`\]]|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)|[:@$](\w+)""",
    re.DOTALL,
)


def took_too_long(milliseconds: int) -> str:
    """Return what a reader can do about a query that was stopped after so much time."""
    seconds = f"{milliseconds / 1000:g}"
    return (
        f"This query was stopped: a query may take {seconds} second{'s' if seconds != '1' else ''}"
        " here. Ask for less, with a limit, or with a condition on a column that has an index."
    )


def near_names(error: str) -> tuple[str, ...]:
    """Return the tables or columns that are named like the one that SQLite does not know."""
    unknown = _UNKNOWN.match(error)
    if not unknown:
        return ()
    names = sorted({*_NAMES[unknown["kind"]]})
    return tuple(get_close_matches(unknown["name"].lower(), names, 3, 0.7))


def named_parameters(sql: str) -> list[str]:
    """Return the names of the parameters of SQL, each once; `:year` in a text is none."""
    return list(dict.fromkeys(_names(sql)))


def without_texts(sql: str) -> str:
    """Return SQL without what stands in texts, quoted names and comments."""
    return _TOKEN.sub(" ", sql)


def _names(sql: str) -> Iterator[str]:
    for token in _TOKEN.finditer(sql):
        if token[1]:
            yield token[1]
