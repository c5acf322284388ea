"""Decides which listings are the same paper, which value wins, and what the ids are.

Listings with the same arXiv id are the same paper, and with two arXiv ids they are two, whatever
their titles. A listing without one is the same paper as another when their titles have the same key
and their abstracts agree; where that holds for papers with two arXiv ids, it is the one whose
abstract agrees most.

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
the id of each other ends in a hash: of its arXiv id, or else of its abstract. And of several titles
of one paper, or spellings that differ in where words end ("fine-tuning", "finetuning"), the first
in the alphabet gives the id.

Authors are the same when their names are, letter by letter; see `author_id`.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain
from typing import TypeVar

from daily_papers.clean import clean
from daily_papers.records import (
    Author,
    Authorship,
    Catalogue,
    Dump,
    Listing,
    Organization,
    Paper,
)

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
    def key(self) -> str:
        """Return the key of the title."""
        return "".join(title_words(self.title))

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Return the three-word runs of the abstract; of one that is shorter, the whole."""
        words = tuple(_WORDS.findall(self.abstract.casefold()))
        return frozenset(words[i : i + 3] for i in range(max(1, len(words) - 2)))


_Group = list[_Entry]  # the listings of one paper, newest first


def identify(dumps: Iterable[Dump]) -> Catalogue:
    """Merge the listings of all dumps into papers, organizations and authors, each sorted by id."""
    entries = [
        _Entry(dump, listing, _clean(listing.title), _clean(listing.abstract))
        for dump in sorted(dumps, key=lambda dump: dump.id)
        for listing in dump.listings
    ]
    entries.sort(key=lambda entry: entry.dump.shown_on or "", reverse=True)  # stable
    groups = sorted(_with_ids(_papers(entries)), key=lambda one: one[0])
    papers = tuple(_paper(paper_id, group) for paper_id, group in groups)
    authors, authorships = _authors(groups)
    return Catalogue(
        papers=papers,
        organizations=_organizations(entries, {paper.organization_id for paper in papers}),
        authors=authors,
        authorships=authorships,
        paper_ids={
            (one.dump.id, one.listing.rank): paper_id for paper_id, group in groups for one in group
        },
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
    short = "-".join(part for word in words if (part := _ascii(word)))
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


def _papers(entries: Sequence[_Entry]) -> list[_Group]:
    """Split the entries, newest first, into papers."""
    by_title: defaultdict[str, list[int]] = defaultdict(list)
    by_id: defaultdict[str, list[int]] = defaultdict(list)
    loose: list[list[int]] = []
    for place, entry in enumerate(entries):
        by_title[entry.key].append(place)
        if entry.listing.arxiv_id:
            by_id[entry.listing.arxiv_id].append(place)
    for places in by_title.values():
        known = [entries[place] for place in places if entries[place].listing.arxiv_id]
        unknown = [place for place in places if not entries[place].listing.arxiv_id]
        for group in _agreeing(entries, unknown):
            home = _home([entries[place] for place in group], known)
            if home:
                by_id[home] += group
            else:
                loose.append(group)
    return [[entries[place] for place in sorted(group)] for group in (*by_id.values(), *loose)]


def _agreeing(entries: Sequence[_Entry], places: Iterable[int]) -> list[list[int]]:
    """Split entries with one title into groups whose abstracts agree."""
    groups: list[list[int]] = []
    for place in places:
        joined = [
            group
            for group in groups
            if any(_agreement(entries[place], entries[i]) >= SHARED_RUNS for i in group)
        ]
        groups = [group for group in groups if group not in joined]
        groups.append([*chain.from_iterable(joined), place])
    return groups


def _home(group: _Group, known: Iterable[_Entry]) -> str | None:
    """Return the arXiv id of the paper whose abstract agrees most with the group's, if any.

    A listing that has no abstract agrees, but no more than just so, unless another one of the same
    paper has one.
    """
    by_id: defaultdict[str, list[_Entry]] = defaultdict(list)
    for one in known:
        by_id[one.listing.arxiv_id or ""].append(one)
    found = []
    for arxiv_id, listed in by_id.items():
        told = [one for one in listed if one.abstract]
        most = max((_agreement(one, other) for one in told for other in group), default=SHARED_RUNS)
        if most >= SHARED_RUNS:
            found.append((-most, arxiv_id))
    return min(found)[1] if found else None


def _agreement(one: _Entry, other: _Entry) -> float:
    """Return the share of the shorter abstract's runs that stand in the other."""
    if one.abstract == other.abstract:
        return 1
    return len(one.runs & other.runs) / min(len(one.runs), len(other.runs))


def _with_ids(groups: Iterable[_Group]) -> Iterator[tuple[str, _Group]]:
    alike: defaultdict[str, list[_Group]] = defaultdict(list)
    for group in groups:
        alike[min((slug(one.title), one.key) for one in group)[1]].append(group)
    for key, named in alike.items():
        plain = min(slug(one.title) for group in named for one in group if one.key == key)
        first, *others = sorted(named, key=_age)
        yield plain, first
        yield from ((f"{plain}-{_mark(group)}", group) for group in others)


def _age(group: _Group) -> tuple[str, str, str]:
    dates = [one.listing.published_on for one in group if one.listing.published_on]
    return min(dates, default="9999"), group[0].listing.arxiv_id or "", _mark(group)


def _mark(group: _Group) -> str:
    """Return what tells a paper from others of its title."""
    arxiv_id = next((one.listing.arxiv_id for one in group if one.listing.arxiv_id), None)
    return _hash(arxiv_id) if arxiv_id else min(_hash(one.abstract) for one in group)


def _paper(paper_id: str, group: _Group) -> Paper:
    listings = [entry.listing for entry in group]
    stated = [one for one in listings if one.published_basis == "stated"]
    dated = next(iter(stated or [one for one in listings if one.published_on]), None)
    published_on = dated.published_on if dated else None
    return Paper(
        id=paper_id,
        title=group[0].title,
        abstract=next((one.abstract for one in group if one.abstract), ""),
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


def author_id(name: str) -> str:
    """Make the id of an author: the words of the name, in ASCII, joined by hyphens.

    Where the name cannot be told from these ("J. Doe", "José Doe", "DOE"), a hash of it follows:
    so two names never have one id, whatever other names there are.
    """
    words = [part for word in title_words(name) if (part := _ascii(word))]
    plain = "-".join(words)[:LONGEST_SLUG].rstrip("-") or "author"
    said = " ".join(word.capitalize() for word in words)
    return plain if said == name and len(said) <= LONGEST_SLUG else f"{plain}-{_hash(name)}"


def _authors(
    groups: Iterable[tuple[str, _Group]],
) -> tuple[tuple[Author, ...], tuple[Authorship, ...]]:
    """Return the authors of papers by their newest listings, and their places there."""
    authors: dict[str, Author] = {}
    authorships = []
    for paper_id, group in groups:
        names = _newest([one.listing for one in group], lambda one: one.authors)
        for position, name in enumerate(map(_clean, names or ()), 1):
            author = authors.setdefault(name, Author(author_id(name), name))
            authorships.append(Authorship(paper_id, position, author.id))
    return tuple(sorted(authors.values(), key=lambda one: one.id)), tuple(authorships)


def _clean(text: str) -> str:
    return clean(text) or text  # nothing but markup, such as "{}": better than nothing


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
