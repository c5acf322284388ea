"""Writes the papers listed in a period as files: a table, citations, a feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import citations, listed_papers, periods, text_tables
from daily_papers.site.views.atom_feed import atom, tag_uri
from daily_papers.site.views.citations import Cited
from daily_papers.site.views.days_answer import ListedPaper
from daily_papers.site.views.paper_downloads import UNKNOWN_DAY, PaperUrl
from daily_papers.site.views.paper_view import cited
from daily_papers.site.views.periods import Period

MOST_EXPORTED = 1_000  # papers of a file
FEED = 50  # papers of a feed unless its address says another number
COLUMNS = (
    "listed_on", "first_listed_on", "id", "arxiv_id", "title", "name", "type", "published_on",
    "organization", "has_code", "code_url", "comment_count", "upvote_count", "topics", "claim",
    "url",
)  # fmt: skip


@dataclass(frozen=True)
class FeedAddresses:
    """The full addresses of a feed's page and of the feed itself, and of a paper's page."""

    page_url: str
    self_url: str
    paper_url: PaperUrl


def csv(papers: Sequence[ListedPaper], paper_url: PaperUrl) -> str:
    """Return listed papers as CSV; `url` is the full address of a paper's page here."""
    return text_tables.csv_text(COLUMNS, (_row(paper, paper_url(paper.id)) for paper in papers))


def _row(paper: ListedPaper, url: str) -> list[object]:
    words = {
        "has_code": int(paper.has_code),
        "topics": "; ".join(topic.name for topic in paper.topics),
        "claim": paper.claim.quote if paper.claim else None,
        "url": url,
    }
    return [words[column] if column in words else getattr(paper, column) for column in COLUMNS]


def bibtex(database: SearchDatabase, period: Period, papers: Sequence[ListedPaper]) -> str:
    """Return listed papers as BibTeX; a comment says so where there are none."""
    if not papers:
        return f"% No paper here was listed from {period.first} to {period.last}.\n"
    return citations.bibtex(filter(None, (cited(database, paper.id) for paper in papers)))


def feed(
    database: SearchDatabase,
    period: Period,
    papers: Sequence[ListedPaper],
    site_title: str,
    addresses: FeedAddresses,
) -> str:
    """Return the papers listed in a period as Atom, those with the most upvotes first."""
    return atom(
        f"{site_title}: {period.name}",
        tag_uri("days/", period.id),
        addresses.page_url,
        addresses.self_url,
        max((paper.listed_on for paper in papers), default=period.first.isoformat()),
        _cited(database, papers, addresses.paper_url),
    )


def newest_feed(
    database: SearchDatabase, size: int, site_title: str, addresses: FeedAddresses
) -> str:
    """Return the newest papers by the day that first listed them as Atom, the newest day first."""
    all_days = listed_papers.listed_days(database)
    papers: list[ListedPaper] = []
    for day in reversed(all_days):
        if len(papers) >= size:
            break
        period = periods.period_of("day", date.fromisoformat(day.day))
        of_day = listed_papers.papers(database, period, day.paper_count)
        papers += [paper for paper in of_day if paper.is_new]
    return atom(
        f"{site_title}: newest days",
        tag_uri("days", ""),
        addresses.page_url,
        addresses.self_url,
        all_days[-1].day if all_days else UNKNOWN_DAY,
        _cited(database, papers[:size], addresses.paper_url),
    )


def _cited(
    database: SearchDatabase, papers: Sequence[ListedPaper], paper_url: PaperUrl
) -> list[Cited]:
    return [
        paper
        for listed in papers
        for topics in [tuple(topic.name for topic in listed.topics)]
        if (paper := cited(database, listed.id, paper_url(listed.id), topics))
    ]
