"""Declares substitutions that clean a text, and the characters that they leave to each other."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

Replacement = str | Callable[[re.Match[str]], str]

# Private-use characters replace what later rules must not read as markup.
BOUNDARY = "\ue000"  # keeps the letters of an unwrapped group apart from the command before it
PROTECTED = {sign: chr(code) for code, sign in enumerate("${}_^~", 0xE001)}


class Rule(NamedTuple):
    """A substitution. The pattern can match only where the text has one of the strings of `needs`:
    they are cheaper to look for."""

    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: Replacement


def rule(needs: str, pattern: str, replacement: Replacement) -> Rule:
    """Make a rule; blanks part the strings of `needs`."""
    return Rule(tuple(needs.split()), re.compile(pattern), replacement)


def apply(rules: Iterable[Rule], text: str) -> str:
    """Apply rules to a text, one after the other."""
    for needs, pattern, replacement in rules:
        for sign in needs:
            if sign in text:
                text = pattern.sub(replacement, text)
                break
    return text


def restored(text: str) -> str:
    """Return a text with the signs that were protected, without boundaries."""
    text = text.replace(BOUNDARY, "")
    for sign, stand_in in PROTECTED.items():
        text = text.replace(stand_in, sign)
    return text
