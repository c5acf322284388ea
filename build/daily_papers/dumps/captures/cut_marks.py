"""Finds the mark that a tool leaves where it cut a page, such as “[Content truncated]”."""

import re
from collections.abc import Sequence
from typing import NamedTuple

LONGEST_MARK = 400  # characters

_CUT = r"(?:truncated|cut(?: off| short)?|clipped|trimmed|omitted|shortened|abridged|snipped)"
_WHAT = (
    r"(?:the |this )?(?:rest of (?:the |this )?)?(?:web ?)?(?:content|text|output|page|response"
    r"|article|document|message|result|file|body|data|markdown|capture)s?"
)
_AMOUNT = (
    r"[0-9][0-9,.]{0,12} ?[km]?\+? ?(?:(?:more|remaining|additional|further) )?"
    r"(?:characters?|chars?|words?|lines?|tokens?|bytes?|[km]b)"
)
_REST = r"(?:(?: ?[:;,.(!–—-]| (?:at|after|to|by|due|because|for|from|here|as|since)\b).{0,300})?"
_SAID = re.compile(  # as a sentence of its own
    rf"(?:(?:note|warning|error|info): ?)?{_WHAT} ?(?:(?:was|were|is|has been|have been) )?{_CUT}"
    rf"{_REST}|truncated|{_CUT}: {_AMOUNT}.{{0,100}}"
    rf"|{_AMOUNT} (?:(?:were|was|have been|has been|are|is) )?(?:{_CUT}|left|not shown|hidden)"
    r"|[0-9][0-9,.]{0,12} ?[km]? (?:more|remaining|additional|further) "
    r"(?:characters?|chars?|words?|lines?|tokens?|bytes?)"
    r"|end of (?:preview|excerpt)|max(?:imum)? (?:length|output|tokens?|size) .{0,20}"
    r"(?:reached|exceeded)",
    re.IGNORECASE,
)
_SAID_IN_BRACKETS = re.compile(
    rf"{_SAID.pattern}|{_CUT}\b.{{0,100}}|(?:and )?{_AMOUNT}.{{0,60}}|snip|\.\.\.|…|more",
    re.IGNORECASE,
)
_TAGS = re.compile(r"</?[a-z]{1,20}>|[*_`=#|~-]{1,10}|(?:\.\.\.|…)", re.IGNORECASE)
_BRACKETED = re.compile(r"(?:\.\.\.|…)? ?[\[(<{]{1,3}([^\[\](){}<>]{1,300})[\])>}]{1,3}\.?")
_AT_END = re.compile(
    r"(?P<dots>\.\.\.|…)? ?(?:[\[(<{]{1,2}(?P<inside>[^\[\](){}<>]{1,200})[\])>}]{1,2})$"
)
_DOTS_AT_END = re.compile(r"(?:\.\.\.|…) ?(?P<said>[^.…]{1,100})$")
_FENCE = re.compile(r"`{3,}|~{3,}|(?:---)?")


class CutMark(NamedTuple):
    """The index of the line with the mark, the text before it on this line, and the mark."""

    line_index: int
    before: str
    text: str


def find_cut_mark(lines: Sequence[str]) -> CutMark | None:
    """Return the mark at the end of a capture, of which these are the folded lines."""
    index = len(lines) - 1
    while index >= 0 and _FENCE.fullmatch(lines[index]):
        index -= 1
    if index < 0:
        return None
    line, tail = lines[index], lines[index][-LONGEST_MARK:]
    if len(line) <= LONGEST_MARK and _is_mark(line):
        return CutMark(index, "", line)
    match = _AT_END.search(tail)
    if match and _SAID_IN_BRACKETS.fullmatch(match["inside"].strip(" .…")):
        is_said = match["dots"] or _CUT_WORD.search(match["inside"])
    else:
        match = _DOTS_AT_END.search(tail)
        is_said = match and _SAID.fullmatch(match["said"].strip(" .()[]"))
    if not match or not is_said:
        return None
    before = line[: len(line) - len(tail) + match.start()].rstrip()
    return CutMark(index, before, match[0].strip())


_CUT_WORD = re.compile(rf"{_CUT}|more|remaining|characters|chars", re.IGNORECASE)


def _is_mark(line: str) -> bool:
    """Tell whether a whole line says that the text was cut."""
    if bracketed := _BRACKETED.fullmatch(line):
        return bool(_SAID_IN_BRACKETS.fullmatch(bracketed[1].strip(" .…-*_")))
    plain = _TAGS.sub("", line).strip(" .()[]")
    return bool(_SAID.fullmatch(plain)) or (not plain and ("…" in line or "..." in line))
