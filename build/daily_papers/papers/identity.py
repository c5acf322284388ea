"""Decides which listings are the same paper, and what the ids are.

Listings with the same arXiv id are the same paper, and with two arXiv ids they are two, whatever
their titles. A listing without one is the same paper as another when their titles have the same key
and their abstracts agree; where that holds for papers with two arXiv ids, it is the one whose
abstract agrees most.

* The key of a title is its letters and digits, without markup, accents, case and punctuation:
  `S^{2}FT`, `S$^{2}$FT` and `S²FT` are one; Greek letters count by their names, `+`, `&` and `#`
  as words, so that `C++` and `C#` differ.
* Abstracts agree when at least a quarter of the three-word runs of the shorter stand in the other:
  versions of an abstract share most of them, and other papers next to none.

The id is made from the title alone, so it is the same whatever else is in the database, with two
exceptions. Of different papers with the same title, the earliest published has the plain id, and
the id of each other ends in a hash: of its arXiv id, or else of its abstract. And of several titles
of one paper, or spellings that differ in where words end ("fine-tuning", "finetuning"), the first
in the alphabet gives the id.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby

from daily_papers.papers.merging import Entry, Papers
from daily_papers.papers.titles import hashed
from daily_papers.workfile import Packed

SHARED_RUNS = 0.25


@dataclass
class Register:
    """Takes listings, dump by dump in the order of their ids, and says which papers they are.

    Of each it keeps no more than title and arXiv id, by its place: 0, 1, 2, … `load` fetches the
    rest of those that may be a paper together with others.
    """

    load: Callable[[int], Entry]
    keys: Packed = field(default_factory=Packed)
    slugs: Packed = field(default_factory=Packed)
    arxiv_ids: Packed = field(default_factory=Packed)  # empty for none
    days: list[str] = field(default_factory=list)  # when the dump was shown

    def add(self, key: str, slug: str, arxiv_id: str | None, shown_on: str | None) -> None:
        """Take the next listing."""
        self.keys.append(key)
        self.slugs.append(slug)
        self.arxiv_ids.append(arxiv_id or "")
        self.days.append(shown_on or "")

    def papers(self) -> Papers:
        """Merge the listings into papers, sorted by id."""
        named = sorted(_Naming(self).with_ids(self._groups()))
        places, ends = array("I"), array("I", [0])
        for _, group in named:
            places.extend(group)
            ends.append(len(places))
        ids = Packed(paper_id for paper_id, _ in named)
        return Papers(ids, places, ends, partial(_at, self.load, places))

    def newest_first(self, places: Iterable[int]) -> list[int]:
        """Order the places of listings by the days of their dumps."""
        return sorted(sorted(places), key=self.days.__getitem__, reverse=True)

    def _groups(self) -> Iterator[list[int]]:
        """Yield the places of every paper, the newest listing first."""
        homes = list(self.arxiv_ids)
        for _, same in _grouped(range(len(self.keys)), self.keys):
            places = self.newest_first(same)
            unknown = [place for place in places if not homes[place]]
            if len(places) == 1 or not unknown:
                continue
            entries = {place: self.load(place) for place in places}
            known = [(homes[place], entries[place]) for place in places if homes[place]]
            for group in _agreeing(entries, unknown):
                # A colon is in no arXiv id.
                home = _home([entries[place] for place in group], known) or f":{group[0]}"
                for place in group:
                    homes[place] = home
        alone = [place for place, home in enumerate(homes) if not home]
        yield from ([place] for place in alone)
        at_home = [place for place, home in enumerate(homes) if home]
        yield from (self.newest_first(places) for _, places in _grouped(at_home, homes))


def _at(load: Callable[[int], Entry], places: Sequence[int], number: int) -> Entry:
    return load(places[number])


def _grouped(places: Iterable[int], by: Sequence[str]) -> Iterator[tuple[str, list[int]]]:
    """Yield the places that have the same text, and the text, in order."""
    for text, same in groupby(sorted(places, key=by.__getitem__), by.__getitem__):
        yield text, list(same)


def _agreeing(entries: Mapping[int, Entry], places: Iterable[int]) -> list[list[int]]:
    """Split the places of entries with one title into groups whose abstracts agree."""
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


def _home(group: Sequence[Entry], known: Iterable[tuple[str, Entry]]) -> str | None:
    """Return the arXiv id of the paper whose abstract agrees most with the group's, if any.

    A listing that has no abstract agrees, but no more than just so, unless another one of the same
    paper has one.
    """
    by_id: defaultdict[str, list[Entry]] = defaultdict(list)
    for arxiv_id, one in known:
        by_id[arxiv_id].append(one)
    found = []
    for arxiv_id, listed in by_id.items():
        told = [one for one in listed if one.listing.abstract]
        most = max((_agreement(one, other) for one in told for other in group), default=SHARED_RUNS)
        if most >= SHARED_RUNS:
            found.append((-most, arxiv_id))
    return min(found)[1] if found else None


def _agreement(one: Entry, other: Entry) -> float:
    """Return the share of the shorter abstract's runs that stand in the other."""
    if one.listing.abstract == other.listing.abstract:
        return 1
    return len(one.runs & other.runs) / min(len(one.runs), len(other.runs))


@dataclass(frozen=True)
class _Naming:
    """Gives papers their ids."""

    register: Register

    def with_ids(self, groups: Iterable[list[int]]) -> Iterator[tuple[str, list[int]]]:
        """Yield every paper's id and the places of its listings."""
        slugs, keys = self.register.slugs, self.register.keys
        every = list(groups)
        leading = [min((slugs[place], keys[place]) for place in group)[1] for group in every]
        for key, alike in _grouped(range(len(every)), leading):
            named = [every[number] for number in alike]
            plain = min(slugs[place] for group in named for place in group if keys[place] == key)
            if len(named) == 1:
                yield plain, named[0]
                continue
            first, *others = sorted(named, key=self._age)
            yield plain, first
            yield from ((f"{plain}-{self._mark(group)}", group) for group in others)

    def _age(self, group: Sequence[int]) -> tuple[str, str, str]:
        listings = [self.register.load(place).listing for place in group]
        dates = [one.published_on for one in listings if one.published_on]
        return min(dates, default="9999"), listings[0].arxiv_id or "", self._mark(group)

    def _mark(self, group: Sequence[int]) -> str:
        """Return what tells a paper from others of its title."""
        ids = self.register.arxiv_ids
        arxiv_id = next((found for place in group if (found := ids[place])), None)
        if arxiv_id:
            return hashed(arxiv_id)
        return min(hashed(self.register.load(place).listing.abstract) for place in group)
