"""Takes Markdown off a line of a capture: the text that the page shows, and where its links lead.

Links of the page itself are taken apart, also those that begin on one line and end on another, and
those that end in a number (`[Title][12]`). A link to another site is part of a text, and stays.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_HEADING = re.compile(r"(?:> ?)*#{1,6} +")
_QUOTE = re.compile(r"(?:> ?)+|[0-9]{1,3}[.)] (?=[\[*])")
_MARKER = re.compile(r"(?:[-*+•] ?)+")
_TARGET = re.compile(r"\( ?<?([^\s()<>]*(?:\([^\s()]*\)[^\s()]*)*)>?(?: \"[^\"]*\")? ?\)")
_NUMBER = re.compile(r"\[[0-9]{1,5}\]")
_PLAIN = re.compile(r"[^\\\[\]]+")
_ESCAPED = re.compile(r"\\([\\\[\]()*_+#>|!-])")
_BREAK = re.compile(r"\\+(?= |$)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|_)([^*_]+)\1")
_OURS = re.compile(r"(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co)(?=[/?#]|$))?(?:[/?#]\S*)?")
_SIGNS = re.compile(
    r"#{1,6} \S|.*\]\((?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/(?:papers|login)\b"
)
_NUMBERED = re.compile(r"#{1,6} .*\]\[[0-9]{1,5}\]")


@dataclass(frozen=True)
class Shown:
    """What a line shows, where links lead that are all of it, and if one begins or ends here."""

    text: str
    urls: tuple[str, ...] = ()
    is_heading: bool = False
    begins: bool = False
    ends: bool = False


@dataclass(frozen=True)
class Dialect:
    """Whether a capture is Markdown at all, and whether its links end in numbers."""

    is_markdown: bool
    has_numbers: bool

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Dialect":
        """Tell it from headings, and from links of the page."""
        texts = list(lines)
        return cls(any(map(_SIGNS.match, texts)), any(map(_NUMBERED.match, texts)))

    def shown(self, text: str) -> Shown:
        """Return what a line shows."""
        return _Links(text, self.has_numbers).shown() if self.is_markdown else Shown(text)


class _Links:
    """Reads a line from left to right, and takes out the marks of links and images."""

    def __init__(self, text: str, numbers: bool) -> None:
        heading = _HEADING.match(text)
        before = heading or _QUOTE.match(text)
        self._text = text[before.end() :] if before else text
        self._numbers = numbers
        self._is_heading = bool(heading)
        self._out: list[str] = []
        self._open: list[int] = []  # places of brackets in _out
        self._urls: list[str] = []
        self._linked = 0  # letters and digits in links
        self._ends = self._had_mark = False

    def shown(self) -> Shown:
        """Return what the line shows."""
        at = 0
        while at < len(self._text):
            at = self._step(at)
        begins = bool(self._open) and not _MARKER.sub("", "".join(self._out[: self._open[0]]), 1)
        if begins:
            self._out[self._open[0]] = ""
        text = _ESCAPED.sub(r"\1", _BREAK.sub("", "".join(self._out)))
        text = " ".join(text.split())
        if emphasis := _EMPHASIS.fullmatch(text):
            text = emphasis[2]
        if (self._had_mark and not self._urls or begins) and _MARKER.fullmatch(text + " "):
            text = ""  # the mark of a list of pictures
        is_link = self._ends or _letters(text) <= self._linked
        urls = tuple(self._urls) if is_link else ()
        return Shown(text, urls, self._is_heading, begins, self._ends)

    def _step(self, at: int) -> int:
        """Take what stands at a place; return the place behind it."""
        char = self._text[at]
        if char == "[":
            self._open.append(len(self._out))
        elif char == "]":
            if end := self._link_end(at):
                return end
            if self._open:
                self._open.pop()
        elif plain := _PLAIN.match(self._text, at):
            self._out.append(plain[0])
            return plain.end()
        else:  # a backslash, and what it keeps from being read
            self._out.append(self._text[at : at + 2])
            return at + 2
        self._out.append(char)
        return at + 1

    def _link_end(self, at: int) -> int | None:
        """Take the end of a link or image apart; None where it is none, or of another site."""
        target = _TARGET.match(self._text, at + 1)
        number = _NUMBER.match(self._text, at + 1) if self._numbers else None
        first = self._open[-1] if self._open else None
        before = self._out[first - 1] if first else ""
        if target and before.endswith("!"):
            del self._out[first:]
            self._out[-1] = before[:-1]
            self._open.pop()
            self._had_mark = True
            return target.end()
        if not number and not (target and _OURS.fullmatch(target[1])):
            return None
        if first is None:
            self._ends = True
        else:
            self._linked += sum(map(_letters, self._out[first:]))
            self._out[first] = " " if before[-1:].isalnum() else ""
            self._open.pop()
        if target and not number:
            self._urls.append(target[1])
        return (number or target).end()  # type: ignore[union-attr] # one of them is there


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
