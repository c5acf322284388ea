r"""Handles the addresses of a text: `\href` and `\url`, and what sticks to an address.

Captures lose the backslash, or the whole command: `\href{URL}{words}` arrives as `URL{words}`, and
`{\color{blue}{words}}` as `{blue{words}}`.
"""

import re

from daily_papers.papers.latex.latex_commands import COLORS
from daily_papers.papers.latex.latex_escapes import ESCAPES
from daily_papers.papers.latex.latex_rules import BOUNDARY, apply, rule
from daily_papers.text import BARE_ADDRESS, BARE_SIGNS, address_in

_FIRST, _MOST = 0xF0000, 0xFFFD  # private characters that stand for addresses
STAND_INS = "\U000f0000-\U000ffffd"
_FULL_ADDRESSES = re.compile(rf"https?://[^\s{{}}<>\"{BOUNDARY}]+")
_ADDRESSES = re.compile(
    rf"https?://[^\s{{}}<>\"{BOUNDARY}]+|{BARE_ADDRESS}[^\s{{}}<>\"{BOUNDARY}]*"
)
# What LaTeX may write between backticks is no code: `a $x$ and `b.
_CODE = re.compile(
    r"(?<![\w\\])[A-Z]:\\(?![\\\"'`^~=.{(\[])[\w.-]{2,60}+(?:\\[\w.-]{1,60}+){1,20}(?![{\\])"
    r"|(?<![`\w\\])`(?![`\s])[^`'\\${}”]{1,80}(?<!\s)`(?![`\w])"
)
_COLOR = re.compile(rf"(?:{COLORS})(?=[A-Z ])")
_NO_WORDS = frozenset(("", "this https URL", "this http URL", "this URL", "URL"))
_ENCODED_BRACES = re.compile(r"(?:%7[BbDd])+")
_FORGE = r"(?:(?:github|gitlab)\.com|bitbucket\.org|huggingface\.co(?:/datasets|/spaces)?)/"
_REPOSITORY = r"[\w-]{1,80}+(?:\.[\w-]{1,40}+){0,3}"
_CAN_ONLY_BE_A_NAME = r"[\w.-]{0,80}?(?:[-_0-9]|[a-z][A-Z]|[A-Z]{2})"
_ENDS = r"(?:\.?(?:\)|$)|\. (?![a-z]))"

HYPERLINKS = [
    rule(":\\/\\/", r"https?:\\/\\/\S{1,500}", lambda match: match[0].replace("\\/", "/")),
    rule(
        "/\\ /$ /{",
        r"(?<=/)(?:\$\\sim\$|\{?\\(?:textasciitilde|sim|string~|~)(?:\{\})?\}?) ?(?=[A-Za-z])",
        "~",
    ),
    rule("\\url \\URL", r"(?<=[\w.,;:])(?=\\(?:url|URL) ?\{)", " "),
    rule(
        "{",
        r"(?:\\|(?<![A-Za-z\\]))(?:nolink)?(?:url|URL|path) ?\{ ?([^{}]*?) ?\}(?=(\w?))",
        lambda match: match[1] + " " * len(match[2]),
    ),
    rule(
        "href hyperlink",
        r"(?:\\|(?<![A-Za-z\\]))(?:href|hyperlink) ?\{([^{}]*)\} ?\{{1,3}([^{}]*)\}{1,3}",
        lambda match: _hyperlink(match[1], match[2]),
    ),
    # URL{words}, which captures make of it
    rule(
        "{",
        r"\{?(https?://[^\s{}]{1,500}+)\}?\{{1,3}([^{}]*)\}{1,3}(?!/)",
        lambda match: _hyperlink(match[1], match[2]),
    ),
    rule(
        "{",
        rf"({BARE_ADDRESS}[^\s{{}}]{{1,500}}+)\{{{{1,3}}([^{{}}]*)\}}{{1,3}}(?!/)",
        lambda match: _hyperlink(match[1], match[2]),
    ),
]
# A blank in an address: it goes where the address would be none without what follows.
BLANKS = [
    rule("://", r":// (?=(?:[a-z0-9-]{1,40}+\.){1,4}[a-z]{2,6}/)", "://"),
    rule("/", rf"({_FORGE}) (?=[\w-]{{1,40}}+/{_REPOSITORY}(?:{_ENDS}|[,;:)]))", r"\1"),
    rule(
        "/", rf"({_FORGE}[\w-]{{1,40}}+/) (?={_CAN_ONLY_BE_A_NAME})(?={_REPOSITORY}{_ENDS})", r"\1"
    ),
]


def without_addresses(text: str, urls: list[str]) -> str:
    """Return a text with a private character for each address, and append them to `urls`."""

    def protect(match: re.Match[str]) -> str:
        if len(urls) == _MOST:
            return match[0]
        written = apply(ESCAPES, match[0])
        url = address_in(written)
        urls.append(url)
        return chr(_FIRST + len(urls) - 1) + _ENCODED_BRACES.sub("", written[len(url) :])

    if any(sign in text for sign in BARE_SIGNS):
        return _ADDRESSES.sub(protect, text)
    return _FULL_ADDRESSES.sub(protect, text) if "://" in text else text


def without_code(text: str, pieces: list[str]) -> str:
    r"""Return a text with a private character for each file name of Windows (`C:\models\new`) and
    each piece of code between backticks, and append them to `pieces`."""

    def protect(match: re.Match[str]) -> str:
        if len(pieces) == _MOST:
            return match[0]
        pieces.append(match[0])
        return chr(_FIRST + len(pieces) - 1)

    return _CODE.sub(protect, text) if ":\\" in text or "`" in text else text


def with_addresses(text: str, urls: list[str]) -> str:
    """Return a text with the addresses that private characters stand for."""
    return text.translate(dict(enumerate(urls, _FIRST))) if urls else text


def _hyperlink(url: str, words: str) -> str:
    """Return the words and the address; the address alone if the words only repeat it."""
    words, url = _COLOR.sub("", words, count=1).strip(), url.removesuffix("URL")
    repeats = words in _NO_WORDS or _bare(words) == _bare(url)
    return url if repeats else f"{words} ({url})"


def _bare(url: str) -> str:
    url = url.replace("\\", "").replace(BOUNDARY, "")
    return url.removeprefix("https://").removeprefix("http://").rstrip("/")
