"""Reads rows of a query as objects of a class."""

from typing import TypeVar

import msgspec

from daily_papers.search.reader import SearchDatabase

Row = TypeVar("Row")


def rows(database: SearchDatabase, row_type: type[Row], sql: str, /, **params: object) -> list[Row]:
    """Return the rows of a query; columns that the class does not have are left out.

    Raises:
        msgspec.ValidationError: a column of the class is missing or has another type.
    """
    return [msgspec.convert(row, row_type) for row in database.rows(sql, **params)]
