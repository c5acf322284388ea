"""The canned queries of metadata.yml as data, for tools and texts that name them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from datasette.app import Datasette
from markupsafe import Markup


@dataclass(frozen=True)
class Query:
    """A canned query as metadata.yml has it; `examples` are what its description links to."""

    database: str
    name: str
    title: str
    html: str
    sql: str
    params: tuple[str, ...]
    examples: tuple[tuple[str, dict[str, str]], ...]

    @property
    def description(self) -> str:
        """Title and description, in words."""
        return f"{self.title}. {plain(self.html)}".strip()

    def needs(self, name: str) -> bool:
        """Tell whether the query is no question without a parameter: every example has it."""
        return all(name in values for _, values in self.examples)

    def examples_of(self, name: str) -> dict[str, str]:
        """Return the example values of a parameter, each with what the link to it says."""
        shown: dict[str, str] = {}
        for words, values in self.examples:
            if name in values:
                # A link says what its first parameter means; the others are only there.
                says = words if next(iter(values)) == name else ""
                shown[values[name]] = shown.get(values[name]) or says
        return shown


def canned_queries(datasette: Datasette) -> Iterator[Query]:
    """Yield the canned queries of metadata.yml that read.

    Queries of plugins are left out: Datasette can be asked for them only once it runs, and tools
    are registered before.
    """
    for database in datasette.databases:
        queries = datasette.metadata("queries", database=database, fallback=False) or {}
        for name, query in queries.items():
            # Datasette takes a text for the SQL of a query that has nothing else.
            told = query if isinstance(query, Mapping) else {"sql": query}
            if not told.get("write"):
                yield _query(database, name, told)


def _query(database: str, name: str, told: Mapping[str, Any]) -> Query:
    html = told.get("description_html") or Markup.escape(told.get("description") or "")
    return Query(
        database=database,
        name=name,
        title=told.get("title") or name,
        html=str(html),
        sql=told["sql"],
        params=tuple(told.get("params") or ()),
        examples=tuple(_examples(str(html), f"/{database}/{name}")),
    )


def _examples(html: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    for address, words in _LINK.findall(html):
        url = urlsplit(Markup(address).unescape())
        if url.path == path and url.query:
            yield plain(words), dict(parse_qsl(url.query))


def plain(html: str) -> str:
    """Return HTML as text."""
    return str(Markup(html).striptags())


def markdown(html: str) -> str:
    """Return HTML as text whose links are Markdown's."""
    return plain(_LINK.sub(r"[\2](\1)", html))


_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
