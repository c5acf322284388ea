"""Merges the listings of a paper, and the names of organizations: decides which value wins.

Where the listings of a paper disagree, the newest dump that states a value wins. In a dump without
a date, as a file of several days, a listing is of the day when it was listed, or else counts as
oldest; dumps of one date count in the order of their ids. A stated date beats an inferred one,
however new. An inferred one that the arXiv id rules out does not count. Without any date, the id
tells the year.

A paper is withdrawn for good: a newer dump that does not say so, as text captures never do, changes
nothing.

Two authors are the same if their names are equal letter by letter; see `author_id`.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from daily_papers.papers.arxiv_month import id_month, may_be_published
from daily_papers.records import CleanListing, Organization, Paper

_Value = TypeVar("_Value")


@dataclass
class Organizations:
    """The organizations of listings, each with its newest name."""

    named: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, handle: str | None, name: str | None, shown_on: str | None) -> None:
        """Take what the next listing states; listings come in the order of their dumps' ids."""
        day = shown_on or ""
        if handle and name and (handle not in self.named or day > self.named[handle][0]):
            self.named[handle] = day, name

    def listing(self, handles: Container[str]) -> list[Organization]:
        """Return the organizations with these handles, sorted by handle."""
        return [
            Organization(handle, name)
            for handle, (_, name) in sorted(self.named.items())
            if handle in handles
        ]


def merge(paper_id: str, listings: Sequence[CleanListing]) -> Paper:
    """Return the paper of these listings, which come newest first."""
    arxiv_id = _newest(listings, lambda listing: listing.arxiv_id)
    month = id_month(arxiv_id or "")
    stated = [listing for listing in listings if listing.published_basis == "stated"]
    inferred = [
        listing
        for listing in listings
        if listing.published_on and (not month or may_be_published(listing.published_on, month))
    ]
    dated = next(iter(stated or inferred), None)
    published_on = dated.published_on if dated else None
    return Paper(
        id=paper_id,
        title=listings[0].title,
        abstract=next((listing.abstract for listing in listings if listing.abstract), ""),
        published_on=published_on,
        published_basis=dated.published_basis if dated else "arxiv id" if month else None,
        year=int(published_on[:4]) if published_on else month.year if month else None,
        author_count=_newest(listings, lambda listing: listing.author_count),
        comment_count=_newest(listings, lambda listing: listing.comment_count),
        upvote_count=_newest(listings, lambda listing: listing.upvote_count),
        organization_id=_newest(listings, lambda listing: listing.organization_id),
        arxiv_id=arxiv_id,
        url=_newest(listings, lambda listing: listing.url),
        authors=_newest(listings, lambda listing: listing.authors) or (),
        code_url=_newest(listings, lambda listing: listing.code_url),
        project_url=_newest(listings, lambda listing: listing.project_url),
        withdrawn_on=_newest(listings, lambda listing: listing.withdrawn_on),
    )


def _newest(
    listings: Iterable[CleanListing], value: Callable[[CleanListing], _Value | None]
) -> _Value | None:
    """Return the first value that is not None."""
    for listing in listings:  # a generator would cost more than the rest
        if (stated := value(listing)) is not None:
            return stated
    return None
