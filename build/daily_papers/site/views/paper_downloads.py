"""Writes papers as files: a feed, citations, a table."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from daily_papers.search.engine import ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.site.views import citations, text_tables
from daily_papers.site.views.atom_feed import atom, tag_uri
from daily_papers.site.views.paper_view import PAPER, TOPICS, cited
from daily_papers.site.views.search_view import TITLES, SearchRequest

COLUMNS = ("id", "arxiv_id", "title", "name", "type", "published_on", "year", "organization",
           "has_code", "comment_count", "upvote_count", "topics", "url")  # fmt: skip
UNKNOWN_DAY = "2023-05-01"  # the first Daily Papers page: before it nothing was listed

PaperUrl = Callable[[str], str]

_NEWEST_DAY = """
    select max(day) as day from (
        select max(published_on) as day from papers
        union all
        select max(shown_on) from dumps
    )
"""


def paper_ids(database: SearchDatabase, request: SearchRequest) -> list[str]:
    """Return the ids of a page of results."""
    numbers = ask(database, request.question).page(request.first, request.size)
    return [row["id"] for row in paper_rows(database, numbers)]


def feed(
    database: SearchDatabase,
    request: SearchRequest,
    site_title: str,
    page_url: str,
    self_url: str,
    paper_url: PaperUrl,
) -> str:
    """Return the papers of a search as Atom, the newest first; all addresses are full, and ids do
    not depend on them."""
    question = request.question
    newest = replace(request, question=replace(question, order="newest"))
    plain = replace(request, question=replace(question, order="relevance"), compared=())
    parts = [question.text] if question.text else []
    for facet, values in question.chosen.items():
        parts += [f"{TITLES[facet]} {database.facets[facet].name(value)}" for value in values]
    title = f"{site_title}: {', '.join(parts) or 'newest'}"
    feed_id = tag_uri("search", plain.page_url(request.page))
    ids = paper_ids(database, newest)
    return feed_of(database, ids, title, feed_id, page_url, self_url, paper_url)


def feed_of(
    database: SearchDatabase,
    ids: Iterable[str],
    title: str,
    feed_id: str,
    page_url: str,
    self_url: str,
    paper_url: PaperUrl,
) -> str:
    """Return papers as Atom, in the order of their ids; all addresses but the id are full."""
    (row,) = database.rows(_NEWEST_DAY)
    papers = (cited(database, key, paper_url(key), tuple(_topics(database, key))) for key in ids)
    updated_on = row["day"] or UNKNOWN_DAY
    return atom(title, feed_id, page_url, self_url, updated_on, filter(None, papers))


def _topics(database: SearchDatabase, paper_id: str) -> list[str]:
    return [row["name"] for row in database.rows(TOPICS, id=paper_id)]


def cite(database: SearchDatabase, ids: Iterable[str], kind: str) -> str:
    """Return papers as `bib` or `ris`; ids without a paper are left out."""
    write = {"bib": citations.bibtex, "ris": citations.ris}[kind]
    return write(filter(None, (cited(database, key) for key in ids)))


def csv(database: SearchDatabase, ids: Iterable[str], paper_url: PaperUrl) -> str:
    """Return papers as CSV; `url` is the full address of a paper's page here."""
    rows = [
        {**row, "topics": "; ".join(_topics(database, key)), "url": paper_url(key)}
        for key in ids
        for row in database.rows(PAPER, id=key)
    ]
    return text_tables.csv_text(COLUMNS, ([row[column] for column in COLUMNS] for row in rows))
