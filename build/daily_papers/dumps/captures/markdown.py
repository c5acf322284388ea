"""Strips Markdown from a line of a capture: its text as the page shows it, and its links.

Links to the page's own site are taken apart, also those that begin on one line and end on another,
and those that end in a number (`[Title][12]`). A link to another site stays in the text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from daily_papers.dumps.page_address import HOST

_HEADING = re.compile(r"(?:> ?)*#{1,6} +")
_QUOTE = re.compile(r"(?:> ?)+|[0-9]{1,3}[.)] (?=[\[*])|[-*+•] (?=\[)")
_MARKER = re.compile(r"(?:[-*+•] ?)+")
_TARGET = re.compile(r"\( ?<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?: \"[^\"]*\")? ?\)")
_NUMBER = re.compile(r"\[[0-9]{1,5}\]")
_PLAIN = re.compile(r"[^\\\[\]]+")
_ESCAPED = re.compile(r"\\([\\\[\]()*_+#>|!-])")
_BREAK = re.compile(r"(?<!\\)\\++(?= |$)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|_)([^*_]+)\1")
_OURS = re.compile(rf"(?:https?://{HOST}(?=[/?#]|$))?(?:[/?#]\S*)?")
_SIGNS = re.compile(
    rf"#{{1,6}} \S|.*\]\((?:https?://{HOST})?/(?:papers|login)\b"
    rf"|(?:[-*+•>] ?){{0,3}}(?:!?\[.{{0,300}}?)?\]\(https?://{HOST}/"
    r"|!\[[^\[\]]{0,200}\]\(https?://"
)
TAGS = (  # that tools leave in a text: anchors, boxes and comments
    r"<!--.{0,2000}?-->|</?(?:div|span|br|center|section|article|main|img|figure|picture|hr|sup)"
    r"(?=[\s/>])[^<>]{0,2000}>|<a(?: [^<>]{0,2000})?>|</a>"
)
_TAG = re.compile(TAGS, re.IGNORECASE)
_PICTURE = re.compile(  # as tools write a picture whose address they drop
    r"(?<!!)\[(?:image|img|picture|photo|avatar|logo|图片|圖片|图像|画像)(?: ?[0-9]{1,4})?"
    r"(?: ?[:：][^\[\]]{0,150})?\](?![(\[])",
    re.IGNORECASE,
)
_ATTRIBUTES = re.compile(r"(?<=[)\]])\{[#.][A-Za-z][^{}]{0,300}\}| \{[#.][A-Za-z][^{}]{0,300}\}$")
_MOST_OPEN = 20  # brackets inside each other; further ones are text

_NUMBERED = re.compile(r"#{1,6} .*\]\[[0-9]{1,5}\]")


@dataclass(frozen=True)
class RenderedLine:
    """The text of a line, the targets of links around all of it, and its role in longer links."""

    text: str
    urls: tuple[str, ...] = ()
    is_heading: bool = False
    begins: bool = False  # a link that ends on another line
    ends: bool = False


def make_renderer(lines: Sequence[str]) -> Callable[[str], RenderedLine]:
    """Return the function that renders a line of a capture; without Markdown, lines stay as is.

    Headings, pictures, and links to the page's own site show that it is Markdown.
    """
    if not any(map(_SIGNS.match, lines)):
        return RenderedLine
    has_numbers = any(map(_NUMBERED.match, lines))
    return lambda text: _LineParser(text, has_numbers).render()


class _LineParser:
    """Reads a line from left to right, and takes out the marks of links and images."""

    def __init__(self, text: str, has_numbers: bool) -> None:
        heading = _HEADING.match(text)
        prefix = heading or _QUOTE.match(text)
        shown = text[prefix.end() :] if prefix else text
        shown = _ATTRIBUTES.sub("", shown) if "{" in shown else shown
        self._text = _PICTURE.sub("", _TAG.sub("", shown) if "<" in shown else shown)
        self._has_numbers = has_numbers
        self._is_heading = bool(heading)
        self._pieces: list[str] = []
        self._open: list[int] = []  # indexes of opening brackets in _pieces
        self._urls: list[str] = []
        self._linked = 0  # letters and digits in links
        self._ends, self._had_image = False, self._text != shown

    def render(self) -> RenderedLine:
        """Return what the page shows of the line."""
        offset = 0
        while offset < len(self._text):
            offset = self._read_piece(offset)
        begins = bool(self._open) and not _MARKER.sub("", "".join(self._pieces[: self._open[0]]), 1)
        if begins:
            self._pieces[self._open[0]] = ""
        text = " ".join(_ESCAPED.sub(r"\1", _BREAK.sub("", "".join(self._pieces))).split())
        if emphasis := _EMPHASIS.fullmatch(text):
            text = emphasis[2]
        if (self._had_image or begins) and _MARKER.fullmatch(text + " "):
            text = ""  # the mark of a list of pictures
        is_link = self._ends or _letter_count(text) <= self._linked
        urls = tuple(self._urls) if is_link else ()
        return RenderedLine(text, urls, self._is_heading, begins, self._ends)

    def _read_piece(self, offset: int) -> int:
        """Read the piece that begins at an offset; return the offset behind it."""
        char = self._text[offset]
        if char == "[":
            if len(self._open) < _MOST_OPEN:
                self._open.append(len(self._pieces))
        elif char == "]":
            if end := self._link_end(offset):
                return end
            del self._open[-1:]
        elif plain := _PLAIN.match(self._text, offset):
            self._pieces.append(plain[0])
            return plain.end()
        else:  # a backslash, and the character that it escapes
            self._pieces.append(self._text[offset : offset + 2])
            return offset + 2
        self._pieces.append(char)
        return offset + 1

    def _link_end(self, offset: int) -> int | None:
        """Read the end of a link or image; None if it is none, or leads to another site."""
        target = _TARGET.match(self._text, offset + 1)
        number = _NUMBER.match(self._text, offset + 1) if self._has_numbers else None
        first = self._open[-1] if self._open else None
        before = self._pieces[first - 1] if first else ""
        if target and before.endswith("!"):
            del self._pieces[first:]
            self._pieces[-1] = before[:-1]
            self._open.pop()
            self._had_image = True
            return target.end()
        is_ours = bool(target and _OURS.fullmatch(target[1]))
        if not (number or is_ours or self._is_all_of_heading(target)):
            return None
        if first is None:
            self._ends = True
        else:
            self._linked += sum(map(_letter_count, self._pieces[first:]))
            self._pieces[first] = " " if before[-1:].isalnum() else ""
            self._open.pop()
        if target and is_ours and not number:
            self._urls.append(target[1])
        return (number or target).end()  # type: ignore[union-attr] # one of them is there

    def _is_all_of_heading(self, target: re.Match[str] | None) -> bool:
        """Tell whether a link that ends in a target, to any site, is all that a heading has."""
        is_last = target is not None and target.end() == len(self._text)
        opened = self._open[-1:]
        return self._is_heading and is_last and opened == [0]


def _letter_count(text: str) -> int:
    return sum(map(str.isalnum, text))
