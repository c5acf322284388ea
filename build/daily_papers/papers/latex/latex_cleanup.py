r"""Turns the LaTeX that is left in titles and abstracts into plain Unicode.

Authors write LaTeX; the pages render some of it, print some as it is, and text captures lose the
backslashes of the rest: `2.7$\times$` arrives as `2.7\times`, `2.7times` or `2.7{times}`.

pylatexenc translates commands and symbols. It expects documents, and would read `5% of
$20` as a comment and an open formula. So it gets single commands only, and this module handles the
text around them, with rules of the other modules, in this order.
"""

import re

from daily_papers.papers.latex.accents import ACCENTS
from daily_papers.papers.latex.latex_commands import FORMULAS, SCRIPTS, unwrapped, without_commands
from daily_papers.papers.latex.latex_escapes import ESCAPED_TWICE, ESCAPES, with_dollars
from daily_papers.papers.latex.latex_lost import LOST
from daily_papers.papers.latex.latex_rules import PROTECTED, apply, restored, rule
from daily_papers.papers.latex.latex_urls import (
    BLANKS,
    HYPERLINKS,
    STAND_INS,
    with_addresses,
    without_addresses,
    without_code,
)

_COMMENTS = [
    # Line comments of the source, joined by the page: remove the mark, keep the sentence.
    rule("%", r"%(?:(?<=[.!?] %)|(?<=^%))%* ?(?=[A-Z])", ""),
]
_ABOUT = [  # $\sim$ 10
    rule("∼", "∼ ?", PROTECTED["~"]),
    rule(
        PROTECTED["~"],
        rf"{PROTECTED['~']} (?=[0-9])(?<![0-9x×%KMB] {PROTECTED['~']} )",
        PROTECTED["~"],
    ),
]
_GROUPS = [
    # {B}ERT, or {} behind a command; a set such as {7B, 13B} stays.
    rule("{", r"(?<=[A-Za-z])\{([^\W\d_]*)\}|\{([^\W\d_]*)\}(?=[A-Za-z])", r"\1\2"),
    rule("{", rf"\{{{{1,3}}([{STAND_INS}]?|,(?=\}}+[0-9]))\}}{{1,3}}", r"\1"),
    rule("{", r"\{([^\W\d_a-zA-Z])\}", r"\1"),
]
_PUNCTUATION = [
    # A tie is a blank. "~20%" says about, "1.8~2.0x" is a range.
    rule(
        "~",
        r"~(?:(?<=[^\s(\[/0-9×%xKMGTB]~)|(?<=[xKMGTB]~)(?![0-9])|(?<=[0-9×%]~)(?![0-9 ]))",
        " ",
    ),
    rule("---", r"(?<!-)---(?!-)", "—"),
    rule("--", r"(?<!-)--(?!-)(?!(?<=[\s(\[`'\"]--)[a-z])", "–"),  # " --flag" stays
    rule("``", r"``([^`]{1,200}?)(?:''|”|\")", r"“\1”"),
    rule("`", r"(?<!`)`([^`']{1,80})'(?!\w)", r"‘\1’"),
    rule("\\", r"\\(?=[\"'*<>])", ""),
    # closes a formula that never began
    rule("$", r"\$(?:(?<=[)\]]\$)|(?<=\b[a-z]\$))(?=[\s.,;:)]|$)", ""),
]


def without_markup(text: str) -> str:
    """Return a text without its markup; white space stays as it is."""
    urls: list[str] = []
    text = without_code(text, urls)
    text = unwrapped(with_dollars(apply(ESCAPED_TWICE, text)))
    if "{" in text or "\\" in text:
        text = apply(HYPERLINKS, text)
    if "/ " in text:
        text = apply(BLANKS, text)
    text = without_addresses(text, urls)
    for rules in (_COMMENTS, ESCAPES, ACCENTS, FORMULAS):
        text = apply(rules, text)
    if "{" in text or "\\" in text:
        text = without_commands(text)
    for rules in (_ABOUT, LOST, SCRIPTS, _GROUPS, _PUNCTUATION):
        text = apply(rules, text)
    return _without_single_braces(restored(with_addresses(text, urls)))


def _without_single_braces(text: str) -> str:
    """Remove braces without a partner that touch a word: they had a command."""
    if "{" not in text and "}" not in text:
        return text
    opened: list[int] = []
    single = set[int]()
    for brace in re.finditer("[{}]", text):
        start = brace.start()
        if brace[0] == "{":
            opened.append(start)
        elif opened:
            opened.pop()
        elif re.match(r"[\w.)\"']", text[start - 1 : start]):
            single.add(start)
    single.update(start for start in opened if re.match(r"[\w\\]", text[start + 1 : start + 2]))
    return "".join(char for index, char in enumerate(text) if index not in single)
