"""Reads the parameters of a request, and says in a sentence what is wrong with one."""

from collections.abc import Sequence
from typing import Protocol

MOST_LETTERS = 1_000  # of one parameter
MOST_COMPARED = 6  # papers


class BadRequest(Exception):  # noqa: N818 - it is what it is called
    """A request that cannot be answered; its text says why in a sentence."""


class Arguments(Protocol):
    """The parameters of a request, each of which may be there several times."""

    def get(self, name: str) -> str | None:
        """Return the first value, or None."""

    def getlist(self, name: str) -> Sequence[str]:
        """Return all values."""


def text(arguments: Arguments, name: str) -> str:
    """Return a parameter as text: no NUL, no white space around it, at most MOST_LETTERS."""
    return (arguments.get(name) or "").replace("\0", " ").strip()[:MOST_LETTERS]


def texts(arguments: Arguments, name: str) -> list[str]:
    """Return all values of a parameter that are not empty, as text."""
    values = (one.replace("\0", " ").strip()[:MOST_LETTERS] for one in arguments.getlist(name))
    return [one for one in values if one]


def number(arguments: Arguments, name: str, usual: int, most: int) -> int:
    """Return a parameter as a number.

    Raises:
        BadRequest: it is none from 1 to `most`.
    """
    given = arguments.get(name)
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= most):
        raise BadRequest(f"“{name}” is a number from 1 to {most}.")
    return int(given)


def choice(arguments: Arguments, name: str, options: Sequence[str], usual: str) -> str:
    """Return a parameter that is one of some options.

    Raises:
        BadRequest: it is none of them.
    """
    given = arguments.get(name) or usual
    if given not in options:
        raise BadRequest(f"“{name}” is one of {', '.join(options)}.")
    return given


def picked(arguments: Arguments) -> tuple[str, ...]:
    """Return the ids of the papers that were collected for a comparison, each once, MOST_COMPARED
    at most."""
    return tuple(dict.fromkeys(texts(arguments, "compare")))[:MOST_COMPARED]
