"""Cleans the names of authors: accents, and the marks of affiliations and notes behind them."""

import re

from daily_papers.papers.latex.accents import ACCENTS_OF_NAMES, MARKS
from daily_papers.papers.latex.latex_cleanup import without_markup
from daily_papers.papers.latex.latex_rules import apply

_SIGNS = re.compile(rf"[\\{{}}$^~`*∗⋆†‡§¶✉⁰¹²³⁴-⁹,;{MARKS}]|[a-z][0-9]")
_GROUP = r"\{(?:[^{}]++|\{[^{}]*+\})*+\}"
_NOTES = re.compile(
    r"\\(?:thanks|footnote(?:mark|text)?|inst(?:itute)?|affil(?:iation)?|email|orcid(?:link|ID)?"
    r"|corref|fnref|authormark|IEEEauthorrefmark|text(?:super|sub)script)(?![A-Za-z])"
    rf"(?:\[[^\]]{{0,80}}\])?(?: ?{_GROUP})?"
    rf"|\$ ?(?:\{{ ?\}})? ?\^[^$]{{0,80}}\$"
    rf"|(?<!\\)\^ ?(?:{_GROUP}|[0-9*∗⋆†‡§¶,]+|\\[A-Za-z]+)"
)
_AND = re.compile(r"\\(?:and|AND|quad|qquad)(?![A-Za-z])")
_DROPPED = str.maketrans({"\\": "", "{": "", "}": "", "~": " "})
_MARKS_AROUND = re.compile(
    r"^[*∗⋆†‡§¶ ]+|(?<![*∗⋆†‡§¶✉⁰¹²³⁴-⁹,; ])[*∗⋆†‡§¶✉⁰¹²³⁴-⁹,; ]++$"
    # "Jane Doe1,2": digits behind a word of small letters, and no name such as "Team 7"
    r"|(?<=[^\W\d_A-Z]{2})[0-9]{1,2}(?:, ?[0-9]{1,2}){0,5}[*∗⋆†‡§¶, ]*$"
)


def without_marks(name: str) -> str:
    """Return a name without LaTeX and without marks; a name that has neither stays as it is."""
    if not _SIGNS.search(name):
        return name
    text = _AND.sub(" ", _NOTES.sub("", apply(ACCENTS_OF_NAMES, name)))
    text = " ".join(without_markup(text).translate(_DROPPED).split())
    return _MARKS_AROUND.sub("", text) if " " in text else text.strip("*∗⋆†‡,; ")
