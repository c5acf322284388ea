"""Decides which listings are the same paper, which value wins, and what the paper's id is.

Two listings are the same paper when their titles have the same key and their abstracts agree.

* The key of a title is its letters and digits, without markup, accents, case and punctuation:
  `S^{2}FT`, `S$^{2}$FT` and `S²FT` are one; Greek letters count by their names, `+`, `&` and `#`
  as words, so that `C++` and `C#` differ.
* Abstracts agree when at least a quarter of the three-word runs of the shorter stand in the other:
  versions of an abstract share most of them, and other papers next to none.

Where the listings of a paper disagree, the newest dump that states a value wins; a dump without a
date counts as oldest, and dumps of one date count in the order of their ids. A stated date beats
an inferred one, however new.

The id is made from the title alone, so it is the same whatever else is in the database, with two
exceptions. Of different papers with the same title, the earliest published has the plain id, and
the id of each other ends in a hash of its abstract. And of spellings that differ in where words
end ("fine-tuning", "finetuning"), the first in the alphabet gives the id.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from daily_papers.clean import clean
from daily_papers.records import Catalogue, Dump, Listing, Organization, Paper

LONGEST_SLUG = 64  # characters, before the hash that a shortened one ends in
SHARED_RUNS = 0.25

_Value = TypeVar("_Value")
_APOSTROPHES = re.compile("['’‘`]")
_WORDS = re.compile(r"[^\W_]+")
_SPELLED_OUT = {"+": " plus ", "&": " and ", "#": " sharp ", "×": "x", "∞": "infty"}
_HASH_LENGTH = 8


@dataclass(frozen=True)
class _Entry:
    """A listing, the dump it stands on, and its clean text."""

    dump: Dump
    listing: Listing
    title: str
    abstract: str

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Return the three-word runs of the abstract; of one that is shorter, the whole."""
        words = tuple(_WORDS.findall(self.abstract.casefold()))
        return frozenset(words[i : i + 3] for i in range(max(1, len(words) - 2)))


def identify(dumps: Iterable[Dump]) -> Catalogue:
    """Merge the listings of all dumps into papers and organizations, each sorted by id."""
    entries = [
        _Entry(dump, listing, _clean(listing.title), _clean(listing.abstract))
        for dump in sorted(dumps, key=lambda dump: dump.id)
        for listing in dump.listings
    ]
    entries.sort(key=lambda entry: entry.dump.shown_on or "", reverse=True)  # stable
    by_title: defaultdict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        by_title["".join(title_words(entry.title))].append(entry)
    papers: list[Paper] = []
    paper_ids: dict[tuple[str, int], str] = {}
    for listed in by_title.values():
        for paper_id, group in _with_ids(_groups(listed)):
            papers.append(_paper(paper_id, group))
            paper_ids |= {(one.dump.id, one.listing.rank): paper_id for one in group}
    return Catalogue(
        papers=tuple(sorted(papers, key=lambda paper: paper.id)),
        organizations=_organizations(entries, {paper.organization_id for paper in papers}),
        paper_ids=paper_ids,
    )


def title_words(title: str) -> list[str]:
    """Split a clean title into the words of its key: "Mélange: S²FT" → ["melange", "s2ft"]."""
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", title)).casefold()
    return _WORDS.findall("".join(_plain(char) for char in text))


def slug(title: str) -> str:
    """Make the id of a title: its words, in ASCII, joined by hyphens.

    One that was shortened, or that lost letters ASCII does not have, ends in a hash of the key.
    """
    words = title_words(title)
    full = "-".join(words)
    short = "-".join(part for word in words if (part := word.encode("ascii", "ignore").decode()))
    if len(short) > LONGEST_SLUG:
        short = short[: LONGEST_SLUG + 1].rpartition("-")[0] or short[:LONGEST_SLUG]
    return short if short and short == full else f"{short or 'paper'}-{_hash(''.join(words))}"


def _plain(char: str) -> str:
    if char.isascii():
        return _SPELLED_OUT.get(char, char)
    if unicodedata.combining(char):
        return ""
    name = unicodedata.name(char, "")
    if name.startswith("GREEK SMALL LETTER "):
        return name.split()[3].lower()
    return _SPELLED_OUT.get(char, char)


def _groups(entries: Sequence[_Entry]) -> list[list[_Entry]]:
    """Split the entries of one title, newest first, into papers: groups whose abstracts agree."""
    groups: list[list[int]] = []
    for place, entry in enumerate(entries):
        agreeing = [group for group in groups if any(_agree(entry, entries[i]) for i in group)]
        groups = [group for group in groups if group not in agreeing]
        groups.append([*chain.from_iterable(agreeing), place])
    return [[entries[place] for place in sorted(group)] for group in groups]


def _agree(one: _Entry, other: _Entry) -> bool:
    if one.abstract == other.abstract:
        return True
    shorter = min(len(one.runs), len(other.runs))
    return len(one.runs & other.runs) >= SHARED_RUNS * shorter


def _with_ids(groups: list[list[_Entry]]) -> list[tuple[str, list[_Entry]]]:
    def age(group: list[_Entry]) -> tuple[str, str]:
        dates = [one.listing.published_on for one in group if one.listing.published_on]
        return min(dates, default="9999"), min(_hash(one.abstract) for one in group)

    first, *others = sorted(groups, key=age)
    plain = min(slug(one.title) for group in groups for one in group)
    return [(plain, first)] + [(f"{plain}-{age(group)[1]}", group) for group in others]


def _paper(paper_id: str, group: Sequence[_Entry]) -> Paper:
    listings = [entry.listing for entry in group]
    stated = [one for one in listings if one.published_basis == "stated"]
    dated = next(iter(stated or [one for one in listings if one.published_on]), None)
    published_on = dated.published_on if dated else None
    return Paper(
        id=paper_id,
        title=group[0].title,
        abstract=group[0].abstract,
        published_on=published_on,
        published_basis=dated.published_basis if dated else None,
        year=int(published_on[:4]) if published_on else None,
        author_count=_newest(listings, lambda one: one.author_count),
        comment_count=_newest(listings, lambda one: one.comment_count),
        upvote_count=_newest(listings, lambda one: one.upvote_count),
        organization_id=_newest(listings, lambda one: one.organization_id),
        arxiv_id=None,
        url=None,
    )


def _newest(
    listings: Iterable[Listing], value: Callable[[Listing], _Value | None]
) -> _Value | None:
    """Return the first value that is stated: the listings come newest first."""
    return next((found for one in listings if (found := value(one)) is not None), None)


def _organizations(
    entries: Iterable[_Entry], listing_papers: Container[str | None]
) -> tuple[Organization, ...]:
    """Return the organizations that papers are listed under, by the newest of their names."""
    names: dict[str, str] = {}
    for entry in entries:
        handle, name = entry.listing.organization_id, entry.listing.organization_name
        if handle and name and handle in listing_papers:
            names.setdefault(handle, _clean(name))
    return tuple(Organization(handle, name) for handle, name in sorted(names.items()))


def _clean(text: str) -> str:
    return clean(text) or text  # nothing but markup, such as "{}": better than nothing


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
