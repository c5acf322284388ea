"""Parses saved HTML within bounds: no input makes it slow, and lines stay where they were."""

import re
import warnings

from bs4 import BeautifulSoup
from bs4.exceptions import ParserRejectedMarkup

from daily_papers.records import DumpError

MOST_ENTITIES = 3_000_000  # such as "&quot;", of which data in an attribute have many
_MOST = {"tags": 150_000, "bare": 4_000_000, "broken": 10, "signs": 200_000}
_SAID = {
    "tags": "tags",
    "bare": "characters in tags, beside quoted ones",
    "broken": "tags without an end",
    "signs": "“&” and “<” in its text",
}

_PIECE = re.compile(
    r"<!--|<[!?]"
    r"|<(?P<end>/?)(?P<name>[A-Za-z][^\s/>\"'<]*+)(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>"
    r"|(?P<broken><(?=/?[A-Za-z]))"
)
_QUOTED = re.compile(r"\"[^\"]*+\"|'[^']*+'")
_UNREAD = {"script", "style"}


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
    counts = dict.fromkeys(_MOST, 0)

    def count(what: str, number: int, place: int) -> None:
        counts[what] += number
        if counts[what] > _MOST[what]:
            line = text.count("\n", 0, place) + 1
            raise DumpError(
                file, line, f"more than {_MOST[what]:,} {_SAID[what]}: no page has as many"
            )

    def keep(start: int, end: int) -> None:
        kept.append(text[start:end].replace("<", "&lt;"))
        count("signs", kept[-1].count("&"), start)

    at = 0
    while found := _PIECE.search(text, at):
        keep(at, found.start())
        if found["broken"]:
            count("broken", 1, found.start())
            kept.append("&lt;")
            at = found.end()
            continue
        count("tags", 1, found.start())
        at = _end(text, found)
        if found["name"] and found["name"].lower() not in _UNREAD:
            count("bare", len(_QUOTED.sub("", found[0])), found.start())
            kept.append(found[0])
        else:
            kept.append("\n" * text.count("\n", found.start(), at))
    keep(at, len(text))
    return "".join(kept)


def _end(text: str, found: re.Match[str]) -> int:
    """Return where a tag ends; of what is not read, where the whole of it ends."""
    name = (found["name"] or "").lower()
    if name and (name not in _UNREAD or found["end"]):
        return found.end()
    if name:
        closing = re.compile(rf"</{name}", re.IGNORECASE).search(text, found.end())
        end = text.find(">", closing.end()) + 1 if closing else 0
    elif found[0] == "<!--":
        end = text.find("-->", found.end()) + 3
        end = end if end > 2 else 0
    else:
        end = text.find(">", found.end()) + 1
    return end or len(text)
