"""Decides which listings are the same paper, and what the ids of papers are.

Listings with the same arXiv id are the same paper, and listings with two arXiv ids are two papers,
whatever their titles. A listing without an arXiv id is the same paper as another one if their
titles have the same key and their abstracts agree. If it agrees with papers of several arXiv ids,
it is the paper whose abstract agrees most.

* The key of a title is its letters and digits, without markup, accents, case and punctuation:
  `S^{2}FT`, `S$^{2}$FT` and `S²FT` have the same key. Greek letters count by their names, `+`, `&`
  and `#` as words, so that `C++` and `C#` differ.
* Two abstracts agree if at least a quarter of the three-word runs of the shorter are in the longer:
  versions of an abstract share most of their runs, abstracts of two papers almost none.

An id is made from the title alone, so it does not depend on other papers, with two exceptions:

* Of different papers with the same title, the earliest published has the plain id. The ids of the
  later papers end in a hash: of the arXiv id, or else of the abstract.
* Of several titles of one paper, or spellings that differ in where words end ("fine-tuning",
  "finetuning"), the first in the alphabet gives the id.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from daily_papers.papers.titles import key_hash, short_hash
from daily_papers.records import CleanListing, PackedStrings

SHARED_RUNS = 0.25
_WORDS = re.compile(r"[^\W_]+")

Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Identified:
    """Papers by number, in the order of their ids. The listings of paper n, the newest first, are
    `listings[ends[n] : ends[n + 1]]`, as numbers; `title_hashes` has that of each listing's key."""

    ids: Sequence[str]
    listings: "array[int]"
    ends: "array[int]"
    title_hashes: "array[int]"

    def groups(self) -> Iterator["array[int]"]:
        """Yield the listings of each paper, the newest first."""
        for first, last in zip(self.ends, self.ends[1:], strict=False):
            yield self.listings[first:last]

    def paper_numbers(self) -> "array[int]":
        """Return for each listing the number of its paper."""
        numbers = array("I", bytes(self.listings.itemsize * len(self.listings)))
        for paper, listings in enumerate(self.groups()):
            for listing in listings:
                numbers[listing] = paper
        return numbers


@dataclass
class Register:
    """Collects listings, dump by dump in the order of the dumps' ids, and groups them into papers.

    Listings are numbered as they come. The register keeps only their keys, slugs and arXiv ids;
    `load` returns a whole listing by number, for those that share a title.
    """

    load: Callable[[int], CleanListing]
    keys: PackedStrings = field(default_factory=PackedStrings)
    slugs: PackedStrings = field(default_factory=PackedStrings)
    arxiv_ids: PackedStrings = field(default_factory=PackedStrings)  # empty for none
    shown_on: list[str] = field(default_factory=list)  # day of the listing; empty for none

    def add(self, key: str, slug: str, arxiv_id: str | None, shown_on: str | None) -> None:
        """Add the next listing."""
        self.keys.append(key)
        self.slugs.append(slug)
        self.arxiv_ids.append(arxiv_id or "")
        self.shown_on.append(shown_on or "")

    def papers(self) -> Identified:
        """Group the listings into papers, sorted by id."""
        listings, ends = array("I"), array("I", [0])
        ids = PackedStrings()
        for paper_id, group in sorted(self._with_ids(self._groups())):
            ids.append(paper_id)
            listings.extend(group)
            ends.append(len(listings))
        return Identified(ids, listings, ends, array("I", map(key_hash, self.keys)))

    def newest_first(self, numbers: Iterable[int]) -> list[int]:
        """Order listings by the days on which they were shown."""
        return sorted(sorted(numbers), key=self.shown_on.__getitem__, reverse=True)

    def _groups(self) -> Iterator[list[int]]:
        """Yield the listings of every paper, the newest first."""
        # A mark is the same for all listings of a paper: an arXiv id, or a replacement for one.
        marks = list(self.arxiv_ids)
        for _, same_title in _grouped(range(len(self.keys)), self.keys):
            numbers = self.newest_first(same_title)
            unmarked = [number for number in numbers if not marks[number]]
            if len(numbers) == 1 or not unmarked:
                continue
            abstracts = {number: self.load(number).abstract for number in numbers}
            alike = _Likeness(abstracts)
            marked = [(marks[number], number) for number in numbers if marks[number]]
            for group in alike.groups(unmarked):
                # A colon is in no arXiv id.
                mark = alike.best_arxiv_id(group, marked) or f":{group[0]}"
                for number in group:
                    marks[number] = mark
        yield from ([number] for number, mark in enumerate(marks) if not mark)
        marked_numbers = [number for number, mark in enumerate(marks) if mark]
        for _, numbers in _grouped(marked_numbers, marks):
            yield self.newest_first(numbers)

    def _with_ids(self, groups: Iterable[list[int]]) -> Iterator[tuple[str, list[int]]]:
        """Yield the id of each paper, and its listings."""
        slugs, keys = self.slugs, self.keys
        papers = list(groups)
        leading = [min((slugs[number], keys[number]) for number in group)[1] for group in papers]
        for key, same_title in _grouped(range(len(papers)), leading):
            named = [papers[number] for number in same_title]
            plain = min(slugs[number] for group in named for number in group if keys[number] == key)
            first, *later = sorted(named, key=self._age) if len(named) > 1 else named
            yield plain, first
            yield from ((f"{plain}-{self._hash(group)}", group) for group in later)

    def _age(self, group: Sequence[int]) -> tuple[str, str, str]:
        listings = [self.load(number) for number in group]
        dates = [listing.published_on for listing in listings if listing.published_on]
        return min(dates, default="9999"), listings[0].arxiv_id or "", self._hash(group)

    def _hash(self, group: Sequence[int]) -> str:
        """Return a hash that differs for papers with the same title."""
        arxiv_id = next(filter(None, map(self.arxiv_ids.__getitem__, group)), None)
        if arxiv_id:
            return short_hash(arxiv_id)
        return min(short_hash(self.load(number).abstract) for number in group)


def _grouped(numbers: Iterable[int], by: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield each text of `by`, sorted, with the numbers that have it."""
    for text, same in groupby(sorted(numbers, key=by.__getitem__), by.__getitem__):
        yield text, list(same)


class _Likeness:
    """Compares the abstracts of listings."""

    def __init__(self, abstracts: Mapping[int, str]) -> None:
        self._abstracts = abstracts
        self._runs = {number: word_runs(abstract) for number, abstract in abstracts.items()}

    def share(self, first: int, second: int) -> float:
        """Return the share of the shorter abstract's runs that are in the other one."""
        if self._abstracts[first] == self._abstracts[second]:
            return 1
        return _share(self._runs[first], self._runs[second])

    def groups(self, numbers: Iterable[int]) -> list[list[int]]:
        """Split listings with one title into groups whose abstracts agree.

        Only abstracts that share a run are compared: thousands of papers may have one title.
        """
        groups: dict[int, list[int]] = {}  # each by one of its numbers
        keys: dict[int, int] = {}  # of each number's group
        with_run = defaultdict[tuple[str, ...], list[int]](list)  # a number of each group, or more
        for number in numbers:
            runs = self._runs[number]
            near = {keys[other] for run in runs for other in with_run[run]}
            joined = sorted(key for key in near if self._agrees(number, groups[key]))
            members = [*chain.from_iterable(map(groups.pop, joined[1:])), number]
            key = joined[0] if joined else number
            groups.setdefault(key, []).extend(members)
            keys |= dict.fromkeys(members, key)
            for run in runs:
                if all(keys[other] != key for other in with_run[run]):
                    with_run[run].append(number)
        return list(groups.values())

    def _agrees(self, number: int, group: Iterable[int]) -> bool:
        return any(self.share(number, member) >= SHARED_RUNS for member in group)

    def best_arxiv_id(self, group: Sequence[int], marked: Iterable[tuple[str, int]]) -> str | None:
        """Return the arXiv id of the paper whose abstract agrees most with the group's, if any.

        A paper without any abstract counts as agreeing just enough.
        """
        by_id: defaultdict[str, list[int]] = defaultdict(list)
        for arxiv_id, number in marked:
            by_id[arxiv_id].append(number)
        candidates = []
        for arxiv_id, numbers in by_id.items():
            stating = [number for number in numbers if self._abstracts[number]]
            shares = (self.share(number, member) for number in stating for member in group)
            share = max(shares, default=SHARED_RUNS)
            if share >= SHARED_RUNS:
                candidates.append((-share, arxiv_id))
        return min(candidates)[1] if candidates else None


def word_runs(abstract: str) -> Runs:
    """Return the three-word runs of an abstract; a shorter abstract is one run."""
    words = tuple(_WORDS.findall(abstract.casefold()))
    return frozenset(words[i : i + 3] for i in range(max(1, len(words) - 2)))


def abstracts_agree(first: str, second: str) -> bool:
    """Tell whether two abstracts under one title are of one paper."""
    return _share(word_runs(first), word_runs(second)) >= SHARED_RUNS


def _share(first: Runs, second: Runs) -> float:
    """Return the share of the smaller set of runs that is in the other one."""
    return len(first & second) / min(len(first), len(second))
