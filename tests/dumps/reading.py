"""Reads a content with a certain reader, and checks that no line of it is lost."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from daily_papers.records import Dump, DumpError


def read_with(reader: Any, name: str, content: object) -> Dump:
    """Read bytes, a text, or an object as JSON, as if saved in a file of this name."""
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    dump: Dump = reader.read(content, Path("folder", name))
    return dump


def refusal_of(read: Callable[[object], Dump], content: object) -> str:
    with pytest.raises(DumpError) as caught:
        read(content)
    message = str(caught.value)
    assert "\n" not in message
    return message


def assert_no_line_is_lost(dump: Dump, content: str) -> set[int]:
    """Each filled line is of a listing or is furniture; return the blank lines of listings."""
    lines = enumerate(content.replace("\r", "").split("\n"), 1)
    filled = {number for number, line in lines if line.strip()}
    spans = [range(listing.first_line, listing.last_line + 1) for listing in dump.listings]
    inside = {number for span in spans for number in span}
    assert (inside & filled) | {item.line for item in dump.furniture} == filled
    assert sum(listing.line_count for listing in dump.listings) == len(inside & filled)
    assert len(inside & filled) + len(dump.furniture) == dump.line_count == len(filled)
    return inside - filled
