"""Formats the values of tables and query results as HTML; text is escaped."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress

import msgspec
from markupsafe import Markup, escape

from daily_papers.search.highlight import CLOSE, OPEN

MOST_LETTERS = 200  # of a text in a cell
MOST_UNFOLDED = 20_000  # of a text that is unfolded; files have the whole
MOST_ARRAY = 10_000  # letters of an array whose items are listed
MOST_ITEMS = 12  # of an array in a cell, before the others are unfolded
_BREAK = 160  # a text is cut at a blank behind this letter, if there is one


def are_numbers(values: Iterable[object]) -> bool:
    """Tell whether a column has numbers and no texts, so that they are aligned by their digits."""
    filled = [value for value in values if value is not None]
    return bool(filled) and all(isinstance(value, int | float) for value in filled)


def shorten(text: str) -> str:
    """Return a text cut between words, with an ellipsis, where it is longer than MOST_LETTERS."""
    if len(text) <= MOST_LETTERS:
        return text
    end = text.rfind(" ", _BREAK, MOST_LETTERS)
    return f"{text[: end if end > 0 else MOST_LETTERS].rstrip()}…"


def folded(text: str) -> Markup:
    """Return a long text of which the beginning shows, and the whole when it is unfolded; of a text
    that is too long for a page, the beginning."""
    whole = text if len(text) <= MOST_UNFOLDED else f"{text[:MOST_UNFOLDED].rstrip()}…"
    return Markup('<details class="folded"><summary>{}</summary>{}</details>').format(
        shorten(text), whole
    )


def array(value: str) -> list[str] | None:
    """Return the items of a JSON array of texts; None for a text that is none, or too long to list
    in a cell."""
    if not value.startswith("[") or len(value) > MOST_ARRAY:
        return None
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(value, type=list[str])
    return None


def linked_items(items: list[str], address: Callable[[str], str]) -> Markup:
    """Return texts as links, each to its address; those behind the first MOST_ITEMS are folded.

    A comma stays on the line of the link before it.
    """
    links = [f'<a href="{escape(address(item))}">{escape(item)}</a>' for item in items]
    first, rest = _listed(links[:MOST_ITEMS]), links[MOST_ITEMS:]
    if not rest:
        return Markup(first)
    summary = f'{len(rest)} more<span class="unseen"> from {escape(items[MOST_ITEMS])} on</span>'
    return Markup(  # all parts are escaped
        f'{first}<details class="more-values"><summary>{summary}</summary>{_listed(rest)}</details>'
    )


def _listed(links: list[str]) -> str:
    return "".join([*(f'<span class="listed">{link},</span> ' for link in links[:-1]), *links[-1:]])


def marked(text: str) -> Markup:
    """Return text with <mark> in place of ⟦ and ⟧, which stand around what matched a search."""
    return Markup(_MARKED.sub(r"<mark>\1</mark>", str(escape(text))))


_MARKED = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
