"""Makes the rows of `search_names`, from which names are autocompleted."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from daily_papers.search.analysis import tokenize
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
        for start in starts(name.name):
            yield start, *name


def starts(name: str) -> list[str]:
    """Return the keys of a name from each of its words on, in order."""
    words = tokenize(name)
    return sorted({"".join(words[index:]) for index in range(len(words))})
