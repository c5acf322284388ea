"""Cleans the texts of listings: plain Unicode on one line, without markup."""

import re
import unicodedata
from collections.abc import Callable

from msgspec.structs import astuple, replace

from daily_papers.papers.author_names import without_marks
from daily_papers.papers.latex.accents import MARKS_IN_TEXT
from daily_papers.papers.latex.latex_cleanup import without_markup
from daily_papers.records import CleanListing, Listing
from daily_papers.text import address_in

_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ue000-\uf8ff"
    "\U000f0000-\U0010ffff]"
)
_MOST_PASSES = 9  # markup inside of markup; a text is mostly clean after the first
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})

# Most texts have no markup. A text that has some has one of these signs, or a word or sign that is
# markup only beside something else, which a pattern checks.
_SIGNS = ("\\", "{", "}", "^", "$", "~", "`", "--", "cdot", "langle", "rangle", "ldots", "arrow")
_MAYBE = [
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("_", r"_(?<=[A-Za-z)\]|‖⟩*]_)"),
        ("%", r"%(?:(?<=^%)|(?<=[.!?:;,] %)|7[BbDd])"),
        ("times", r"[0-9][KMk]?times|[0-9] times [0-9]"),
        ("sim", r"sim(?<=\bsim) ?[0-9]"),
        ("approx", r"approx[0-9]"),
        ("le", r"le(?=q? ?[0-9])(?<=\ble)"),
        ("ge", r"ge(?=q? ?[0-9])(?<=\bge)"),
        ("pm", r"[0-9] ?pm ?[0-9]"),
        ("/ ", r"/ (?<=[\w:/]/ )\w"),
        (",", r",(?=[kmsdfpGHKMT])(?<=[0-9],)"),
    )
]


def clean_listing(listing: Listing) -> CleanListing:
    """Return what a listing states about its paper, with clean texts."""
    name, authors = listing.organization_name, listing.authors
    code, project = listing.code_url, listing.project_url
    clean = replace(
        listing,
        title=_clean_or_same(listing.title),
        abstract=_clean_or_same(listing.abstract),
        organization_name=name and _clean_or_same(name),
        authors=authors and tuple(map(clean_name, authors)),
        code_url=code and (address_in(code) or code),
        project_url=project and (address_in(project) or project),
    )
    return CleanListing(*astuple(clean))


def clean_name(name: str) -> str:
    """Return an author's name as plain Unicode (NFC), without marks of affiliations.

    A name without markup and marks stays as it is.
    """
    text = _on_one_line(_visible(name))
    return _repeated(without_marks, text) or text


def _clean_or_same(text: str) -> str:
    return clean(text) or text  # "{}" is better than an empty title


def clean(text: str) -> str:
    """Return a title or an abstract as plain Unicode (NFC) on one line, with single blanks.

    Text without markup stays as it is.
    """
    return _repeated(_without_markup_if_any, _on_one_line(_visible(text)))


def _without_markup_if_any(text: str) -> str:
    return without_markup(text) if _may_have_markup(text) else text


def _repeated(function: Callable[[str], str], text: str) -> str:
    """Apply a function to a text until nothing changes: cleaning a clean text changes nothing."""
    for _ in range(_MOST_PASSES):
        cleaned = function(text)
        if cleaned is text or cleaned == text:
            break
        text = unicodedata.normalize("NFC", _on_one_line(cleaned))
    return text


def _visible(text: str) -> str:
    """Return a text without control characters, invisible ones and ligatures."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():  # a printable text has no other white space than blanks
        text = INVISIBLE.sub("", _CONTROLS.sub(" ", text))
    return unicodedata.normalize("NFC", text.translate(_LIGATURES))


def _on_one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _BLANKS.sub(" ", text).strip()


def _may_have_markup(text: str) -> bool:
    """Tell whether a text may have markup, for a fraction of the cost of cleaning."""
    return (
        any(sign in text for sign in _SIGNS)
        or any(sign in text and pattern.search(text) for sign, pattern in _MAYBE)
        or (not text.isascii() and any(mark in text for mark in MARKS_IN_TEXT))
    )
