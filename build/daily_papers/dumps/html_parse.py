"""Parses saved HTML within limits: no input makes it slow, and no line number changes."""

import re
import warnings

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from daily_papers.records import DumpError

MOST_ENTITIES = 3_000_000  # such as "&quot;", of which data in an attribute have many
_LIMITS = {
    "tags": 150_000,
    "characters in tags, beside quoted ones": 4_000_000,
    "tags without an end": 10,
    "“&” and “<” in its text": 200_000,
}
_TAGS, _BARE, _BROKEN, _SIGNS = _LIMITS

_ATTRIBUTES = r"(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+"
_UNREAD = r"(?i:script|style)(?=[\s/>\"'<])"
_PIECE = re.compile(
    r"(?P<unread><!--(?:[^-]++|-(?!->))*+(?:-->)?|<[!?][^>]*+>?"
    rf"|<(?P<name>{_UNREAD}){_ATTRIBUTES}>(?:[^<]++|<(?!(?i:/(?P=name))))*+(?:<[^>]*+>?)?"
    rf"|</{_UNREAD}{_ATTRIBUTES}>)"
    rf"|</?[A-Za-z]{_ATTRIBUTES}>"
    r"|(?P<broken><(?=/?[A-Za-z]))"
)
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")


def parse(text: str, file: str) -> tuple[BeautifulSoup, str]:
    """Parse HTML; return it with the text that was parsed, which has the same lines.

    Comments, declarations, scripts and styles are left out: nothing is read from them, and a parser
    can be made to search the whole file for the end of each.

    Raises:
        DumpError: there are too many tags, or it is no HTML.
    """
    if text.count("&") > MOST_ENTITIES:
        raise DumpError(file, None, f"more than {MOST_ENTITIES:,} entities: no page has as many")
    plain = _without_unread(text, file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it looks like a file name, or like XML
        try:
            return BeautifulSoup(plain, "html.parser", multi_valued_attributes=None), plain
        except (ValueError, AssertionError, RecursionError, ParserRejectedMarkup) as error:
            raise DumpError(file, None, "broken HTML: no parser takes it") from error


def _without_unread(text: str, file: str) -> str:
    kept: list[str] = []
    counts = dict.fromkeys(_LIMITS, 0)

    def count(what: str, number: int, offset: int) -> None:
        counts[what] += number
        if counts[what] > _LIMITS[what]:
            line = text.count("\n", 0, offset) + 1
            problem = f"more than {_LIMITS[what]:,} {what}: no page has as many"
            raise DumpError(file, line, problem)

    def keep_text(start: int, end: int) -> None:
        kept.append(text[start:end].replace("<", "&lt;"))
        count(_SIGNS, kept[-1].count("&"), start)

    offset = 0
    while piece := _PIECE.search(text, offset):
        start = piece.start()
        keep_text(offset, start)
        offset = piece.end()
        if piece["broken"]:
            count(_BROKEN, 1, start)
            kept.append("&lt;")
            continue
        count(_TAGS, 1, start)
        if piece["unread"]:
            kept.append("\n" * piece[0].count("\n"))
        else:
            count(_BARE, len(_QUOTED.sub("", piece[0])), start)
            kept.append(piece[0])
    keep_text(offset, len(text))
    return "".join(kept)
