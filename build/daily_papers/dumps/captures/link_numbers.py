"""Resolves links whose addresses stand elsewhere: “[12]A Title” of a text browser, “[A Title][12]”.

The former ends in a list of the links: “References”, and lines such as “12. https://…”; Markdown
has lines such as “[12]: https://…”.
"""

import re
from collections.abc import Sequence

_LIST_HEAD = re.compile(r"(?:references|links|visible links:?|hidden links:?)", re.IGNORECASE)
_ENTRY = re.compile(r"(?:\[[0-9]{1,5}\]|[0-9]{1,5}\.) ?(?:https?|file|mailto|javascript)\S{1,2000}")
_NUMBER = re.compile(r"\[[0-9]{1,5}\](?=\S)")
_DEFINITION = re.compile(
    r"\[([^\[\]]{1,80})\]: ?<?((?:https?://|/)[^\s<>()]{0,2000})>?(?: [\"'(].{0,200}[\"')])?"
)
_WHOLE_PAPER = re.compile(r".*/papers/[0-9]{4}\.[0-9]{5}")
_REFERENCE = re.compile(r"\]\[([^\[\]]{1,80})\]")


def inline_references(folded: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the lines with the addresses of links that Markdown defines on other lines, and the
    indexes of those lines, which become blank."""
    matches = ((index, _DEFINITION.fullmatch(line)) for index, line in enumerate(folded))
    definitions = {index: match for index, match in matches if match}
    last = len(folded) - 1  # without an end of line; the file may be cut in it
    urls = {
        match[1].casefold(): match[2]
        for index, match in definitions.items()
        if index != last or _WHOLE_PAPER.fullmatch(match[2])
    }

    def link(match: re.Match[str]) -> str:
        url = urls.get(match[1].casefold())
        return f"]({url})" if url else match[0]

    lines = [_REFERENCE.sub(link, line) for line in folded] if urls else list(folded)
    for index in definitions:
        lines[index] = ""
    return lines, [*definitions]


def strip_link_numbers(folded: Sequence[str]) -> tuple[list[str], list[int]]:
    """Return the lines without numbers of links and without the list, and the indexes of the list.

    Lines of other texts are returned as they are.
    """
    filled = [index for index, line in enumerate(folded) if line]
    entries: list[int] = []
    while filled and (
        _ENTRY.fullmatch(folded[filled[-1]]) or _LIST_HEAD.fullmatch(folded[filled[-1]])
    ):
        entries.append(filled.pop())
    has_head = any(_LIST_HEAD.fullmatch(folded[index]) for index in entries)
    if not has_head or len(entries) < 2:
        return list(folded), []
    stripped = [_NUMBER.sub("", line) for line in folded]
    for index in entries:
        stripped[index] = ""
    return stripped, entries
