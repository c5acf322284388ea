"""All that reaches into the insides of other libraries; tests/site/test_compat.py notices when they
change.

Each piece says what it reaches into and why; the versions are those of pyproject.toml.
"""

from typing import Any

from datasette.app import Datasette
from datasette.database import Database


class NamedDatasette(Datasette):  # type: ignore[misc]
    """A Datasette that serves a file of any name as `name`, as metadata.yml and the pages expect.

    Reaches into the constructor of Datasette 0.65, which calls add_database for each file, and then
    builds an application with all plugins. A database added later by the public
    `add_database(database, name)` comes too late for these.
    """

    def __init__(self, name: str, **options: Any) -> None:
        """Take the name, and what Datasette takes."""
        self._name = name
        super().__init__(**options)

    def add_database(
        self, db: Database, name: str | None = None, route: str | None = None
    ) -> Database:
        """Add a database; a file gets the name."""
        return super().add_database(db, name or self._name, route)
