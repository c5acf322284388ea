"""Makes files of papers: a feed, citations, a table."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from daily_papers.search.engine import ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.site.views import citations, text_tables
from daily_papers.site.views.atom_feed import Entry, Feed, atom
from daily_papers.site.views.paper_view import AUTHORS, PAPER, TOPICS, cited
from daily_papers.site.views.search_view import TITLES, Asked

COLUMNS = ("id", "title", "name", "type", "published_on", "year", "organization", "has_code",
           "comment_count", "topics", "url")  # fmt: skip
UNKNOWN_DAY = "2023-05-01"  # the first Daily Papers page: before it nothing was listed

PaperUrl = Callable[[str], str]

_NEWEST_DAY = """
    select max(day) as day from (
        select max(published_on) as day from papers
        union all
        select max(shown_on) from dumps
    )
"""


def found_ids(corpus: SearchDatabase, asked: Asked) -> list[str]:
    """Return the ids of a page of results."""
    numbers = ask(corpus, asked.question).page((asked.page - 1) * asked.size, asked.size)
    return [row["id"] for row in paper_rows(corpus, numbers)]


def feed(corpus: SearchDatabase, asked: Asked, page: str, own: str, url: PaperUrl) -> str:
    """Return the papers of a search as Atom, the newest first; all addresses are full."""
    newest = replace(asked, question=replace(asked.question, order="newest"))
    (day,) = corpus.rows(_NEWEST_DAY)
    entries = (_entry(corpus, one, url) for one in found_ids(corpus, newest))
    said = [asked.question.text] if asked.question.text else []
    for facet, values in asked.question.chosen.items():
        said += [f"{TITLES[facet]} {corpus.facets[facet].name(one)}" for one in values]
    title = f"Daily Papers: {', '.join(said) or 'newest'}"
    return atom(Feed(title, page, own, day["day"] or UNKNOWN_DAY, tuple(entries)))


def _entry(corpus: SearchDatabase, key: str, url: PaperUrl) -> Entry:
    (row,) = corpus.rows(PAPER, id=key)
    return Entry(
        id=url(key),
        title=row["title"],
        url=url(key),
        summary=row["abstract"],
        published_on=row["published_on"],
        authors=tuple(one["name"] for one in corpus.rows(AUTHORS, id=key)),
        organization=row["organization"],
        topics=tuple(one["name"] for one in corpus.rows(TOPICS, id=key)),
    )


def papers(corpus: SearchDatabase, ids: Iterable[str], kind: str, url: PaperUrl) -> str:
    """Return papers as `bib`, `ris` or `csv`; ids that are not here are left out."""
    if kind == "csv":
        return _csv(corpus, ids, url)
    found = (cited(corpus, one, url(one)) for one in ids)
    write = {"bib": citations.bibtex, "ris": citations.ris}[kind]
    return write([one for one in found if one is not None])


def _csv(corpus: SearchDatabase, ids: Iterable[str], url: PaperUrl) -> str:
    rows = []
    for one in ids:
        for row in corpus.rows(PAPER, id=one):
            row["topics"] = "; ".join(topic["name"] for topic in corpus.rows(TOPICS, id=one))
            row["url"] = url(one)
            rows.append([row[column] for column in COLUMNS])
    return text_tables.csv_text(COLUMNS, rows)
