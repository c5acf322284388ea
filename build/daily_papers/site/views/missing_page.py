"""Says what is missing where an address leads nowhere, and what is nearest to it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.search.suggest import suggest

MOST_NEAREST = 3
MOST_WORDS, MOST_LETTERS = 12, 120  # of an address that are searched
NOUNS = {
    "papers": "paper",
    "topics": "topic",
    "entities": "entity",
    "organizations": "organization",
    "authors": "author",
    "dumps": "dump",
    "claims": "claim",
}
PAPER = "paper"  # the first part of the short address of a paper
TABLES = {"topic": "topics", "organization": "organizations"}  # of suggestions; others: entities
_HASH = re.compile(r"-[0-9a-f]{8}$")  # at the end of a paper's id

RowUrl = Callable[[str, str], str]  # of a table and a key


@dataclass(frozen=True)
class Link:
    """A page that exists: its name and address."""

    name: str
    url: str


@dataclass(frozen=True)
class MissingPage:
    """What is missing, in a sentence; what to search for instead; and what is nearest."""

    sentence: str
    words: str
    nearest: tuple[Link, ...] = ()


@dataclass(frozen=True)
class SiteNames:
    """What the site has: the addresses of its pages by name, and of tables and queries by name."""

    pages: Mapping[str, str]
    data: Mapping[str, str]

    def like(self, name: str, addresses: Mapping[str, str]) -> tuple[Link, ...]:
        """Return the pages, tables or queries whose name is like this one."""
        names = get_close_matches(name.lower()[:MOST_LETTERS], addresses, MOST_NEAREST)
        return tuple(Link(near, addresses[near]) for near in names)


def missing_page(
    parts: list[str], data_name: str, site: SiteNames, database: SearchDatabase, row_url: RowUrl
) -> MissingPage:
    """Return what is missing at an address; `parts` are those of its path, `data_name` its first
    part where it is below the data."""
    if parts[:1] == [PAPER] and len(parts) > 1:
        parts = [data_name, "papers", "/".join(parts[1:])]
    if parts[:1] != [data_name] or len(parts) == 1:
        near = site.like(parts[0] if parts else "", {**site.data, **site.pages})
        return MissingPage(f"There is no page /{'/'.join(parts)}.", words(parts[-1:]), near)
    table = parts[1]
    if table not in site.data:
        near = site.like(table, site.data)
        return MissingPage(f"There is no table or query “{table}”.", words([table]), near)
    key = "/".join(parts[2:])
    sought = words([key.partition("-")[2] or key if table == "entities" else _HASH.sub("", key)])
    sentence = f"No {NOUNS.get(table, f'row of {table}')} here has the id “{key}”."
    return MissingPage(sentence, sought, tuple(_nearest_rows(database, table, sought, row_url)))


def words(parts: Iterable[str]) -> str:
    """Return the words of an address, a bounded number of them."""
    text = re.sub(r"[\W_]+", " ", " ".join(parts)[:MOST_LETTERS])
    return " ".join(text.split()[:MOST_WORDS])


def _nearest_rows(
    database: SearchDatabase, table: str, sought: str, row_url: RowUrl
) -> Iterator[Link]:
    """Yield the papers that a search finds, or the names that begin with the same words."""
    if not sought:
        return
    if table == "papers":
        numbers = ask(database, Question(sought)).page(0, MOST_NEAREST)
        for paper in paper_rows(database, numbers):
            yield Link(paper["title"], row_url("papers", paper["id"]))
        return
    names = [name for name in suggest(database, sought) if name.kind != "paper" and name.id]
    tables = [TABLES.get(name.kind, "entities") for name in names]
    for other, name in sorted(zip(tables, names, strict=True), key=lambda pair: pair[0] != table):
        yield Link(name.name, row_url(other, name.id))
