"""Makes the rows from which names are suggested while somebody types."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daily_papers.search.analysis import in_order, runs
from daily_papers.search.index import Row


class Name(NamedTuple):
    """Something with a name: `kind` says of which sort, `paper_count` how many papers name it."""

    kind: str
    id: str
    name: str
    paper_count: int


def key(text: str) -> str:
    """Return the letters and digits of a text, without case and accents."""
    return "".join(in_order(text))


def name_rows(names: Iterable[Name]) -> Iterator[Row]:
    """Yield the rows of `search_names`: a row for every word that a name can be begun with."""
    for one in names:
        starts = [word.start for run in runs(one.name) for word in run]
        for begun in sorted({key(one.name[start:]) for start in starts}):
            yield begun, *one
