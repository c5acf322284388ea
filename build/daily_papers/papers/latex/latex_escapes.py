r"""Reads escaped signs and spaces: `\%`, `\$`, `\,`; and dollars whose sign was lost (`\500`).

A page that renders formulas takes the sign of `\$500` for the begin of a formula, and drops it.
"""

import re

from daily_papers.papers.latex.latex_rules import PROTECTED, rule
from daily_papers.papers.latex.latex_symbols import printed

# A backslash, and before it what can stand before an amount. `\1\2` are groups of a pattern.
_BACKSLASH = r"\\(?:(?<![^\s(\[~<>≤≥≈=–—+\"“'/-]\\)|(?<=\bUS\\))"
_LOST_DOLLAR = re.compile(rf"{_BACKSLASH}(?=(?:[1-9][0-9]*+|0\.[0-9])(?![\^\\]))")
_UNIT = (
    r" ?(?:[MBK]\b|million|billion|trillion|thousand|USD|dollars?)|/| per\b| each\b"
    r"| an? (?:hour|day|month|year|GPU|query|task)\b"
)
_IS_MONEY = re.compile(
    rf"{_BACKSLASH}(?:[1-9][0-9]++(?![\w\\^])|[0-9]{{1,3}}+(?:\.[0-9]|,[0-9]{{3}})"
    rf"|[1-9][0-9]*+(?:{_UNIT}))|\b(?:cost|price|budget|fee|pay|paid|spent|spend)s?\b"
    rf"[^\\.]{{0,30}}{_BACKSLASH}[1-9]"
)
_IS_PATTERN = re.compile(r"(?i:regex|regular expression|back-?reference|captur(?:e|ing) group)")
_PRINTED = {
    "dollar": PROTECTED["$"],
    "euro": "€",
    "sterling": "£",
    "asciitilde": PROTECTED["~"],
    "degree": "°",
    "mu": "μ",
    "emdash": "—",
    "endash": "–",
}
_WORDS = frozenset(("in", "to", "top", "or", "and", "as"))  # and commands

ESCAPED_TWICE = [
    rule("\\\\", r"\\\\([A-Za-z]{2,20})(?![A-Za-z])", lambda match: _escaped_twice(match)),
    rule("\\\\", r"\\\\(?=[%&#$_]|[A-Za-z]{2,20}\{)", r"\\"),
    rule("\\\\", r"\\\\(?<=[^\W\d_]\\\\)(?=[\"'`^~]\{?\\?[^\W\d_])", r"\\"),
]
ESCAPES = [
    rule("\\", r"\\([${}_])", lambda match: PROTECTED[match[1]]),
    rule("\\", r"\\([%&#])", r"\1"),
    rule("\\\\", r" ?\\\\(?=[.,;:)]|$)", ""),
    rule("\\", r"\\[,;: ]|\\\\(?:\[[^\]]{0,10}\])?", " "),
    rule("\\", r"\\[!/@-]", ""),
    rule(
        "\\text",
        r"\\text(dollar|euro|sterling|asciitilde|degree|mu|e[mn]dash)(?![A-Za-z])(?:\{\}| )?",
        lambda match: _PRINTED[match[1]],
    ),
    rule("\\", r"\\\|", "‖"),
]


def with_dollars(text: str) -> str:
    r"""Return a text with a dollar for each `\` before an amount, if it is about money."""
    if not _LOST_DOLLAR.search(text) or not _IS_MONEY.search(text) or _IS_PATTERN.search(text):
        return text
    return _LOST_DOLLAR.sub(PROTECTED["$"], text)


def _escaped_twice(match: re.Match[str]) -> str:
    return match[0][1:] if printed(match[1]) and match[1] not in _WORDS else match[0]
