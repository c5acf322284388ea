"""Reads the canned queries of metadata.yml, for tools and texts that name them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

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

    def is_beside(self, metric: str, topic: str) -> bool:
        """Tell whether its description links to the results board of a metric and a topic."""
        boards = (dict(parse_qsl(url.query)) for url in _links(self.html) if url.path == "/results")
        return {"metric": metric, "topic": topic} in boards

    def needs(self, name: str) -> bool:
        """Tell whether a parameter is required: every example has it."""
        return all(name in values for _, values in self.examples)

    def examples_of(self, name: str) -> dict[str, str]:
        """Return the example values of a parameter, each with the text of its link."""
        texts: dict[str, str] = {}
        for text, values in self.examples:
            if name in values:
                # The text of a link describes its first parameter only.
                is_described = next(iter(values)) == name
                texts[values[name]] = texts.get(values[name]) or (text if is_described else "")
        return texts


def canned_queries(datasette: Datasette) -> Iterator[Query]:
    """Yield the canned queries of metadata.yml that only read.

    Queries of plugins are left out: Datasette knows them only once it runs, and tools are
    registered before.
    """
    for database in datasette.databases:
        queries = datasette.metadata("queries", database=database, fallback=False) or {}
        for name, query in queries.items():
            # Datasette allows a query that is only its SQL.
            definition = query if isinstance(query, Mapping) else {"sql": query}
            if not definition.get("write"):
                yield read_query(database, name, definition)


def read_query(database: str, name: str, definition: Mapping[str, Any]) -> Query:
    """Return a canned query from its definition in metadata.yml."""
    html = definition.get("description_html") or Markup.escape(definition.get("description") or "")
    return Query(
        database=database,
        name=name,
        title=definition.get("title") or name,
        html=str(html),
        sql=definition["sql"],
        params=tuple(definition.get("params") or ()),
        examples=tuple(_examples(str(html), f"/{database}/{name}")),
    )


def _examples(html: str, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    for url, text in zip(_links(html), _LINK.findall(html), strict=True):
        if url.path == path and url.query:
            yield plain(text[1]), dict(parse_qsl(url.query))


def _links(html: str) -> list[SplitResult]:
    return [urlsplit(Markup(address).unescape()) for address, _ in _LINK.findall(html)]


def plain(html: str) -> str:
    """Return HTML as text."""
    return str(Markup(html).striptags())


def markdown(html: str) -> str:
    """Return HTML as text whose links are Markdown's."""
    return plain(_LINK.sub(r"[\2](\1)", html))


_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
