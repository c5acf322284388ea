"""Makes the rows of `search_names`, from which names are autocompleted."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daily_papers.search.analysis import token_runs, tokenize
from daily_papers.search.index import Row


class Name(NamedTuple):
    """A name: what `kind` of thing has it, and how many papers mention that."""

    kind: str
    id: str
    name: str
    paper_count: int


def key(text: str) -> str:
    """Return the letters and digits of a text, without case and accents."""
    return "".join(tokenize(text))


def name_rows(names: Iterable[Name]) -> Iterator[Row]:
    """Yield the rows of `search_names`: one for each word at which the name can be begun."""
    for name in names:
        starts = [word.start for run in token_runs(name.name) for word in run]
        for prefix_key in sorted({key(name.name[start:]) for start in starts}):
            yield prefix_key, *name
