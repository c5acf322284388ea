"""Turns what a person types into a full-text query."""

import re

MOST_WORDS = 32  # a pasted abstract should answer like a question does

_WORDS = re.compile(r'"([^"\0]*)"|([^\s"\0]+)')
_NOTHING = '""'  # matches no row; an empty expression would be an error


def match_expression(text: str | None) -> str:
    """Return the FTS5 expression for what was typed: all the words, "quoted ones" in a row.

    Any text gives a valid expression; operators and other FTS5 syntax count as words.
    """
    typed = [phrase or word for phrase, word in _WORDS.findall(text or "")]
    words = dict.fromkeys(one.strip() for one in typed if any(char.isalnum() for char in one))
    return " ".join(f'"{word}"' for word in list(words)[:MOST_WORDS]) or _NOTHING
