r"""Puts accents on letters: those of LaTeX (`\'e`), and those that a PDF writes beside (`e´`)."""

import re
from functools import reduce

from daily_papers.papers.latex.latex_rules import rule
from daily_papers.papers.latex.latex_symbols import accented

_LETTER = r"[^\W\d_]"
_SIGN = r"""["'`^~=.]"""
_VOWELS = "aeiouyAEIOUYı"
# The letters that have an accent in names; a mark beside another letter belongs to its neighbour.
_USUAL = {
    "¨": _VOWELS,
    "´": _VOWELS + "cnszCNSZ",
    "ˆ": _VOWELS,
    "˜": "anoANO",
    "¯": _VOWELS,
    "¸": "csCS",
    "ˇ": "cdenrstzCDENRSTZ",
    "˘": "aguAGU",
    "˙": "ezIEZ",
    "˚": "auAU",
    "˝": "ouOU",
    "˛": "aeAE",
    "`": "aeiouAEIOU",
}
MARKS = "".join(_USUAL)
MARKS_IN_TEXT = "¨¸ˇ˘˚˝"  # the others are apostrophes and symbols, too


def _accents(blank: str) -> str:
    r"""Return the pattern of a letter with up to three LaTeX accents; TeX skips a blank."""
    # "\d is a digit" is a pattern: a blank goes behind a letter or a brace, or before a capital.
    inside = rf"(?:(?<=[^\W\d_]\\[cdHhkruv] )|(?<={{\\[cdHhkruv] )|(?=[A-Z]))(?={_LETTER})"
    accent = rf"(?:{_SIGN}{blank}\{{?|[bcdHhkruv](?:\{{|(?<!b) {inside}|(?=\\)))"
    base = rf"\\[ij](?:math)?(?![A-Za-z])[ ]?|\\[ij]|{_LETTER}"
    return rf"\\({accent}(?:\\{accent}){{0,2}})({base})(\}}{{0,3}})"


def _accented(match: re.Match[str]) -> str:
    marks, base, closing = match[1], match[2], match[3]
    opened = marks.count("{")
    if len(closing) < opened:
        return match[0]
    signs = re.sub(r"[\\{ ]", "", marks)
    letter = base.strip("\\ ")[0]
    if not letter.isascii() and opened == 0 and len(signs) == 1:
        return letter + closing  # half translated: the accent is there
    half, letter = letter, reduce(lambda base, sign: accented(sign, base), reversed(signs), letter)
    if len(letter) > 1 and not half.isascii():
        return half + closing[opened:]
    if len(letter) > 1 and opened == 0 and not signs.isalpha():
        return match[0][1:]  # an apostrophe or a quote that was escaped
    return letter + closing[opened:]


def _beside(match: re.Match[str]) -> str:
    """Put a mark on the letter before or behind it; leave it if that is not certain."""
    before, blank, mark, after = match.groups()
    takes_before, takes_after = (bool(char) and char in _USUAL[mark] for char in (before, after))
    if blank:
        is_initial = before.isupper() and not match.string[: match.start()][-1:].isalpha()
        if takes_before and after.islower() and not takes_after:
            return accented(mark, before) + after  # Mu ¨ller
        if takes_after and mark != "`" and (after.isupper() or is_initial):
            return before + " " * after.isupper() + accented(mark, after)  # J. ¨Oz, M ¨uller
        return match[0]
    if (before and after.isupper()) or (mark == "`" and not before):
        return match[0]  # O´Brien, `Al'
    if takes_after and before != "ı" and (after in _VOWELS or not takes_before):
        return before + accented(mark, after)  # TeX writes the mark before its letter
    if takes_before and ((before == "ı") if takes_after else (after or before in _VOWELS)):
        return accented(mark, before) + after
    return match[0]


_LETTERS = "oe OE ae AE aa AA ss dj DJ dh DH th TH ng NG o O l L i j"
_NAMED = dict(
    zip(
        _LETTERS.split(),
        "œŒæÆåÅßđĐðÐþÞŋŊøØłŁıȷ",
        strict=True,
    )
)
_SHARED = [
    rule(
        "\\",
        rf"\\({'|'.join(_NAMED)})(?![A-Za-z])(?:\{{\}}| )?",
        lambda match: _NAMED[match[1]],
    ),
    rule("\\", rf"\\([\u00c0-\u024f\u1e00-\u1eff{MARKS}])", r"\1"),  # half translated
]
_DANGELO = rule("\\'", r"(?<![^\W\d_])([A-Z])\\'(?=[A-Z])", r"\1'")

ACCENTS = [
    _DANGELO,
    rule("\\'", rf"\\'(?<={_LETTER}\\')(?=(?:s|t|re|ve|ll|d|m)(?!{_LETTER}))", "'"),  # it\'s
    rule('\\"', r'(?<!\w)\\"([^"\\]{1,100}+)\\"(?!\w)', r'"\1"'),
    rule("\\", _accents(""), _accented),
    *_SHARED,
    rule(" ".join(MARKS_IN_TEXT), rf"({_LETTER})()([{MARKS_IN_TEXT}])({_LETTER})", _beside),
]
ACCENTS_OF_NAMES = [
    rule("\\\\", r"\\\\(?=[A-Z][a-z])", " "),  # a line break
    rule("\\\\", r"\\{2,4}(?=[\"'`^~=.A-Za-z])", r"\\"),
    _DANGELO,
    rule("\\", _accents(" ?"), _accented),
    *_SHARED,
    rule(" ".join(MARKS), rf"({_LETTER}?)( ?)([{MARKS}])({_LETTER}?)", _beside),
]
