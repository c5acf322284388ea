"""Makes papers of their listings, and organizations: which value wins.

Where the listings of a paper disagree, the newest dump that states a value wins; a dump without a
date counts as oldest, and dumps of one date count in the order of their ids. A stated date beats
an inferred one, however new.

Authors are the same when their names are, letter by letter; see `author_id`.
"""

import re
from array import array
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from msgspec.structs import replace

from daily_papers.papers.cleaning import clean
from daily_papers.papers.titles import author_id, key_and_slug
from daily_papers.records import Author, Listing, Organization, Paper

_Value = TypeVar("_Value")
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Entry:
    """A listing whose abstract and names are clean, as is `title`; and the title's key and slug."""

    listing: Listing
    title: str
    key: str
    slug: str

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Return the three-word runs of the abstract; of one that is shorter, the whole."""
        words = tuple(_WORDS.findall(self.listing.abstract.casefold()))
        return frozenset(words[i : i + 3] for i in range(max(1, len(words) - 2)))


def entry(listing: Listing) -> Entry:
    """Return a listing with clean text, and what its title goes by."""
    title = _clean(listing.title)
    key, slug = key_and_slug(title)
    name, authors = listing.organization_name, listing.authors
    made = replace(
        listing,
        abstract=_clean(listing.abstract),
        organization_name=_clean(name) if name else name,
        authors=None if authors is None else tuple(map(_clean, authors)),
    )
    return Entry(made, title, key, slug)


@dataclass(frozen=True)
class Papers:
    """Papers by number, in the order of their ids; each is made of its listings when asked for.

    The listings of paper n, the newest first, are at [ends[n], ends[n + 1]) of `places`, and `load`
    fetches those.
    """

    ids: Sequence[str]
    places: "array[int]"
    ends: "array[int]"
    load: Callable[[int], Entry]

    def __len__(self) -> int:
        """Return how many papers there are."""
        return len(self.ids)

    def texts(self, number: int) -> tuple[str, str]:
        """Return the title and the abstract of a paper, which costs less than all of it."""
        entries = self._entries(number)
        return entries[0].title, _abstract(entries)

    def with_authors(self, number: int) -> tuple[Paper, list[Author]]:
        """Return a paper, and its authors in order: by its newest listing that names them."""
        entries = self._entries(number)
        names = _newest([one.listing for one in entries], lambda one: one.authors) or ()
        authors = [Author(author_id(name), name) for name in names]
        return _paper(self.ids[number], entries), authors

    def homes(self) -> "array[int]":
        """Return the number of the paper that each listing is, by the listing's place."""
        found = array("I", bytes(self.places.itemsize * len(self.places)))
        for number, (first, last) in enumerate(zip(self.ends, self.ends[1:], strict=False)):
            for place in self.places[first:last]:
                found[place] = number
        return found

    def _entries(self, number: int) -> list[Entry]:
        return list(map(self.load, range(self.ends[number], self.ends[number + 1])))


@dataclass
class Organizations:
    """Takes the organizations of listings, and says by what name each goes: by the newest."""

    named: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, handle: str | None, name: str | None, shown_on: str | None) -> None:
        """Take what the next listing says; they come in the order of their dumps' ids."""
        day = shown_on or ""
        if handle and name and (handle not in self.named or day > self.named[handle][0]):
            self.named[handle] = day, name

    def listing(self, papers: Container[str]) -> list[Organization]:
        """Return those that papers are listed under, `papers` being their handles."""
        return [
            Organization(handle, name)
            for handle, (_, name) in sorted(self.named.items())
            if handle in papers
        ]


def _paper(paper_id: str, group: Sequence[Entry]) -> Paper:
    """Return the paper that listings are, the newest first."""
    listings = [one.listing for one in group]
    stated = [one for one in listings if one.published_basis == "stated"]
    dated = next(iter(stated or [one for one in listings if one.published_on]), None)
    published_on = dated.published_on if dated else None
    return Paper(
        id=paper_id,
        title=group[0].title,
        abstract=_abstract(group),
        published_on=published_on,
        published_basis=dated.published_basis if dated else None,
        year=int(published_on[:4]) if published_on else None,
        author_count=_newest(listings, lambda one: one.author_count),
        comment_count=_newest(listings, lambda one: one.comment_count),
        upvote_count=_newest(listings, lambda one: one.upvote_count),
        organization_id=_newest(listings, lambda one: one.organization_id),
        arxiv_id=_newest(listings, lambda one: one.arxiv_id),
        url=_newest(listings, lambda one: one.url),
        code_url=_newest(listings, lambda one: one.code_url),
        project_url=_newest(listings, lambda one: one.project_url),
    )


def _abstract(group: Sequence[Entry]) -> str:
    return next((one.listing.abstract for one in group if one.listing.abstract), "")


def _newest(
    listings: Iterable[Listing], value: Callable[[Listing], _Value | None]
) -> _Value | None:
    """Return the first value that is stated: the listings come newest first."""
    for one in listings:  # a generator would cost more than the rest
        if (found := value(one)) is not None:
            return found
    return None


def _clean(text: str) -> str:
    return clean(text) or text  # nothing but markup, such as "{}": better than nothing
