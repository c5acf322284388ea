"""Cleans the texts of listings: plain Unicode on one line, without markup."""

import re
import unicodedata

from msgspec.structs import astuple, replace

from daily_papers.papers.latex_cleanup import without_markup
from daily_papers.records import CleanListing, Listing

_BLANKS = re.compile(r"\s+")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff\ue000-\uf8ff"
    "\U000f0000-\U0010ffff]"
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})

# Most texts have no markup. A text that has some has one of these signs, or a word or sign that is
# markup only beside something else, which a pattern checks.
_SIGNS = ("\\", "{", "}", "^", "$", "~", "`", "--", "cdot", "langle", "rangle", "ldots", "arrow")
_MAYBE = [
    (sign, re.compile(pattern))
    for sign, pattern in (
        ("_", r"_(?<=[A-Za-z)\]|‖⟩*]_)"),
        ("%", r"%(?:(?<=^%)|(?<=[.!?:;,] %))"),
        ("times", r"[0-9][KMk]?times"),
        ("sim", r"sim(?<=\bsim) ?[0-9]"),
        ("approx", r"approx[0-9]"),
        ("e", r"e(?=q? ?[0-9])(?<=\b[lg]e)"),
        ("pm", r"[0-9] ?pm ?[0-9]"),
    )
]


def clean_listing(listing: Listing) -> CleanListing:
    """Return what a listing states about its paper, with clean texts."""
    name, authors = listing.organization_name, listing.authors
    clean = replace(
        listing,
        title=_clean_or_same(listing.title),
        abstract=_clean_or_same(listing.abstract),
        organization_name=name and _clean_or_same(name),
        authors=authors and tuple(map(_clean_or_same, authors)),
    )
    return CleanListing(*astuple(clean))


def _clean_or_same(text: str) -> str:
    return clean(text) or text  # "{}" is better than an empty title


def clean(text: str) -> str:
    """Return a title or an abstract as plain Unicode (NFC) on one line, with single blanks.

    Text without markup stays as it is.
    """
    if not text.isprintable():  # a printable text has no other white space than blanks
        text = INVISIBLE.sub("", _CONTROLS.sub(" ", text))
    text = _on_one_line(text)
    if not text.isascii():
        text = text.translate(_LIGATURES)
    if _may_have_markup(text):
        text = _on_one_line(without_markup(text))
    return unicodedata.normalize("NFC", text)


def _on_one_line(text: str) -> str:
    if text.isprintable() and "  " not in text:
        return text.strip(" ")
    return _BLANKS.sub(" ", text).strip()


def _may_have_markup(text: str) -> bool:
    """Tell whether a text may have markup, for a fraction of the cost of cleaning."""
    return any(sign in text for sign in _SIGNS) or any(
        sign in text and pattern.search(text) for sign, pattern in _MAYBE
    )
