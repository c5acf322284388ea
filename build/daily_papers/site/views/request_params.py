"""Reads and validates the parameters of a request."""

from collections.abc import Sequence
from typing import TypeVar

from datasette.utils import MultiParams
from datasette.utils.asgi import Base400

from daily_papers.papers import arxiv

MOST_LETTERS = 1_000  # of one parameter
MOST_COMPARED = 6  # papers
MOST_ID_LETTERS = 100  # of a paper

Choice = TypeVar("Choice", bound=str)


class BadRequest(Base400):  # type: ignore[misc]
    """A request that cannot be answered; its text says why in a sentence."""


class NoSuchPaper(BadRequest):
    """A paper that the database does not have."""

    status = 404

    def __init__(self, paper_id: str, arxiv_id: str | None = None) -> None:
        """Say which paper; where an arXiv id is asked for, also where else that may be."""
        sentence = f"No paper here has the id “{paper_id[:80]}”."
        if arxiv_id:
            url = arxiv.abstract_url(arxiv_id)
            sentence = f"No paper here has the arXiv id {arxiv_id}; see {url}."
        super().__init__(sentence)


class NoSuchAuthor(BadRequest):
    """An author whom the database does not have."""

    status = 404

    def __init__(self, author_id: str) -> None:
        """Say which author."""
        super().__init__(f"No author here has the id “{author_id[:80]}”.")


def text(arguments: MultiParams, name: str) -> str:
    """Return a parameter as text: no NUL, no white space around it, at most MOST_LETTERS."""
    return _clean(arguments.get(name) or "")


def texts(arguments: MultiParams, name: str) -> list[str]:
    """Return all values of a parameter that are not empty, as text."""
    values = (_clean(value) for value in arguments.getlist(name))
    return [value for value in values if value]


def _clean(value: str) -> str:
    return value.replace("\0", " ").strip()[:MOST_LETTERS]


def number(arguments: MultiParams, name: str, default: int, most: int) -> int:
    """Return a parameter as a number.

    Raises:
        BadRequest: it is no number from 1 to `most`.
    """
    value = arguments.get(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and len(value) < 10 and 1 <= int(value) <= most):
        raise BadRequest(f"“{name}” must be a number from 1 to {most}.")
    return int(value)


def choice(arguments: MultiParams, name: str, options: Sequence[Choice], default: Choice) -> Choice:
    """Return a parameter that is one of some options.

    Raises:
        BadRequest: it is none of them.
    """
    value = arguments.get(name) or default
    for option in options:
        if option == value:
            return option
    raise BadRequest(f"“{name}” must be one of {', '.join(options)}.")


def compared_ids(arguments: MultiParams) -> tuple[str, ...]:
    """Return the ids of the papers to compare, each once, MOST_COMPARED at most; no id is longer
    than MOST_ID_LETTERS."""
    ids = (key for key in texts(arguments, "compare") if len(key) <= MOST_ID_LETTERS)
    return tuple(dict.fromkeys(ids))[:MOST_COMPARED]
