"""Parses saved HTML within limits: no input makes it slow, and no line number changes."""

import re
import warnings
from dataclasses import dataclass
from functools import cached_property

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from daily_papers.dumps.saved_file import Lines
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
TAG = re.compile(rf"<[A-Za-z]{_ATTRIBUTES}>")
# A tag that the end of the file cuts, inside its data.
_CUT_DATA = re.compile(rf"<[A-Za-z]{_ATTRIBUTES}(?<=data-props=)(?P<quote>[\"'])", re.IGNORECASE)
_CUT_BEHIND_DATA = re.compile(
    rf"<[A-Za-z](?:(?!\bdata-props=)[^<>]){{0,2000}}+\bdata-props={_ATTRIBUTES}\Z"
)
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")


_END = "data-end-of-file"  # marks an element behind the last one of a page
# Elements whose end may be left out: that they are open says nothing.
_MAY_BE_OPEN = frozenset(
    ("html", "[document]", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody")
)


@dataclass(frozen=True)
class ParsedPage:
    """A page, the text that was parsed, which has the same lines, and what its end leaves open."""

    file: str
    soup: BeautifulSoup
    plain: str
    open_elements: frozenset[int]  # by `id`
    is_cut: bool

    @cached_property
    def plain_lines(self) -> Lines:
        """The lines of the text that was parsed."""
        return Lines(self.plain, self.file)


def parse(text: str, file: str) -> ParsedPage:
    """Parse HTML.

    Comments, declarations, scripts and styles are left out: nothing is read from them, and a parser
    can be made to search the whole file for the end of each.

    Raises:
        DumpError: there are too many tags, or it is no HTML.
    """
    if text.count("&") > MOST_ENTITIES:
        raise DumpError(file, None, f"more than {MOST_ENTITIES:,} entities: no page has as many")
    plain, is_tag_cut = _without_unread(text, file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it looks like a file name, or like XML
        try:
            soup = BeautifulSoup(
                f"{plain}<wbr {_END}>", "html.parser", multi_valued_attributes=None
            )
        except (ValueError, AssertionError, RecursionError, ParserRejectedMarkup) as error:
            raise DumpError(file, None, "broken HTML: no parser takes it") from error
    end = soup.find_all("wbr", attrs={_END: True})[-1:]
    around = [element for mark in end for element in mark.parents]
    is_cut = is_tag_cut or not end or any(element.name not in _MAY_BE_OPEN for element in around)
    for mark in end:
        mark.extract()
    return ParsedPage(file, soup, plain, frozenset(map(id, around)), is_cut)


def _without_unread(text: str, file: str) -> tuple[str, bool]:
    """Return a page without what is not read, and whether it ends inside of a tag.

    Data that the end of the file cuts are closed there.
    """
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
            if end := _end_of_cut_tag(text, start):
                kept.append(text[start:] + end)
                return "".join(kept), True
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
    return "".join(kept), False


def _end_of_cut_tag(text: str, start: int) -> str:
    """Return what ends a tag with data that the end of the file cuts; "" for other ones."""
    if cut := _CUT_DATA.match(text, start):
        return f"{cut['quote']}>"
    return ">" if _CUT_BEHIND_DATA.match(text, start) else ""
