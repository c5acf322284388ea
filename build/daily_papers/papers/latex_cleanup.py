r"""Turns the LaTeX that is left in titles and abstracts into plain Unicode.

Authors write LaTeX; the pages render some of it, print some as it is, and text captures lose the
backslashes of the rest: `2.7$\times$` arrives as `2.7\times`, `2.7times` or `2.7{times}`.

pylatexenc translates commands, symbols and accents. It expects documents, and would read `5% of
$20` as a comment and an open formula. So it gets single commands only, and this module handles the
text around them. A command that lost its backslash is restored only where it cannot be a word:
beside a number, in braces, or one that is a word of no language (`downarrow`). "Many times",
"sim2real" and "Adapt-infty" stay as they are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import NamedTuple

from daily_papers.papers.latex_symbols import accented, lowered, printed, raised

_Replacement = str | Callable[[re.Match[str]], str]


class _Rule(NamedTuple):
    """A substitution. The pattern can match only where the text has one of the strings of `needs`:
    they are cheaper to look for."""

    needs: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: _Replacement


def _rule(needs: str, pattern: str, replacement: _Replacement) -> _Rule:
    return _Rule(tuple(needs.split()), re.compile(pattern), replacement)


# Private-use characters replace what later steps must not read as markup.
_BOUNDARY = "\ue000"  # keeps the letters of an unwrapped group apart from the command before it
_FIRST_URL, _MOST_URLS = 0xF0000, 0xFFFD
_PROTECTED = {sign: chr(code) for code, sign in enumerate("${}_^~", 0xE001)}

_DOMAINS = ("ai", "co", "com", "dev", "edu", "io", "net", "org")
_URLS = re.compile(
    r"https?://[^\s{}<>\"]+"
    rf"|(?<![\w@./-])(?:[a-z0-9-]{{1,40}}\.){{1,4}}(?:{'|'.join(_DOMAINS)})/[^\s{{}}<>\"]*"
)
_IN_URLS = ("://", *(f".{domain}/" for domain in _DOMAINS))

_ARROWS = {"down": "↓", "up": "↑", "right": "→", "left": "←", "leftright": "↔"}

_FONTS = (
    "emph|em|text(?:bf|it|rm|sc|sf|sl|tt|up|normal)?|math(?:bb|bf|cal|frak|it|rm|scr|sf|tt)|"
    "boldsymbol|bm|operatorname|underline|mbox|hbox|bf(?:series)?|it(?:shape)?|cal|rm|sc|sf|sl|tt|"
    "tiny|(?:footnote|script|normal)size|small|[lL]arge"
)
_NOTHING = re.compile(
    rf"left|right|[bB]ig[lr]?|xspace|noindent|displaystyle|limits|item|today|{_FONTS}"
)
_SPACES = re.compile("q?quad|newline|linebreak|par|[hv]space")

_COMMENTS = [
    # Line comments of the source, joined by the page: remove the mark, keep the sentence.
    _rule("%", r"%(?:(?<=[.!?] %)|(?<=^%))%* ?(?=[A-Z])", ""),
]
_ESCAPES = [
    _rule("\\", r"\\([${}_])", lambda match: _PROTECTED[match[1]]),
    _rule("\\", r"\\([%&#])", r"\1"),
    _rule("\\", r"\\[,;: ]|\\\\(?:\[[^\]]{0,10}\])?", " "),
    _rule("\\", r"\\[!/@-]", ""),
    _rule("\\", r"\\\|", "‖"),
]
_HYPERLINKS = [
    # \href{URL}{words}, or URL{words}, which captures make of it
    _rule(
        "{",
        r"\\href ?\{([^{}]*)\} ?\{{1,3}([^{}]*)\}{1,3}"
        r"|\{?(https?://[^\s{}]{1,500}+)\}?\{{1,3}([^{}]*)\}{1,3}",
        lambda match: _hyperlink(match[1] or match[3], match[2] or match[4]),
    ),
    _rule(r"\url", r"(?<=[\w.,;:])(?=\\url ?\{)", " "),
    _rule(
        r"\url",
        r"\\url ?\{ ?([^{}]*?) ?\}(?=(\w?))",
        lambda match: match[1] + " " * len(match[2]),
    ),
]
_ACCENTS = [
    _rule(
        "\\",
        r"""\\["'`^~=.](?:\{\\?[A-Za-z]\}|\\[ij](?![A-Za-z]) ?|[A-Za-z])"""
        r"""|\\[bcdHkrtuv](?:\{[A-Za-z]{1,2}\}|[ ][A-Za-z])"""
        r"""|\\(?:[oOlLij]|ss|ae|AE|oe|OE|aa|AA)(?![A-Za-z])(?:\{\}| )?""",
        lambda match: accented(match[0]),
    ),
]
_FORMULAS = [
    # As Pandoc reads dollars: no blank inside, no digit behind, or "$5 to $10" is a formula.
    _rule(needs, pattern, lambda match: _formula(match[1]))
    for needs, pattern in (
        ("$", r"\$\$(.{1,300}?)\$\$"),
        ("\\", r"\\\((.{1,300}?)\\\)"),
        ("\\", r"\\\[(.{1,300}?)\\\]"),
        ("$", r"\$(?! )([^$]{0,200}\\[A-Za-z][^$]{0,200})(?<! )\$"),
        ("$", r"\$([<>=+-])\$"),
        ("$", r"\$(?! |[0-9.,]+[KMBk]? )([^$]{1,200})(?<! )\$(?![0-9])"),
    )
]
_NESTED = [
    _rule(
        "{",
        rf"(?<![A-Za-z}}])\{{ ?\\(?:{_FONTS}) ?\{{([^{{}}]*)\}} ?\}}"
        rf"|\\(?:{_FONTS}) ?\{{([^{{}}]*)\}}"
        rf"|(?<![A-Za-z}}])\{{ ?\\(?:{_FONTS})(?![A-Za-z]) ?([^{{}}]*)\}}",
        lambda match: _group(match),
    ),
    _rule("color", r"\\(?:text|f)?color(?:box)? ?\{[^{}]*\} ?\{([^{}]*)\}", r"\1"),
    _rule("color", r"\{\\color ?\{[^{}]*\} ?([^{}]*)\}|\\color ?\{[^{}]*\}", r"\1"),
    _rule(r"\footnote", r" ?\\footnote(?:text)? ?\{([^{}]*)\}", r" (\1)"),
    _rule("\\", r"\\[dt]?frac ?\{([^{}]*)\} ?\{([^{}]*)\}", r"\1/\2"),
    _rule("\\", r"\\[dt]?frac ?([0-9])([0-9])", r"\1/\2"),
    _rule("\\", r"\\sqrt ?\{([^{}]*)\}", r"√(\1)"),
    _rule("\\", r"\\sqrt ?([A-Za-z0-9])(?![A-Za-z])", r"√\1"),
]
_COMMANDS = [
    _rule(
        "{",
        r"[ ~]{0,2}\\(?:cite[a-z]*|(?:eq|auto)?ref|label)\*?"
        r"(?:\[[^\]]{0,80}\]){0,2}\{[^{}]*\}",
        "",
    ),
    _rule("{", r"\\(?:begin|end) ?\{[^{}]*\}", " "),
    _rule("\\", r"\\verb([|!+])(.{0,80}?)\1", r"\2"),
    *_NESTED * 3,  # the deepest nesting that is usual
    _rule("{", r"(?<![_^])\{(\\[A-Za-z]+)\}", r"\1"),
    _rule("\\", r"\\([A-Za-z]+)\*?(?: ?\{([^{}]*)\})?", lambda match: _command(match)),
    _rule("∼", "∼ ?", _PROTECTED["~"]),
]

_NUMBER = r"[0-9][0-9.,]*(?:×|%|[KMGTk]?B?)"
_LOST = [
    _rule("times", r"(?<=[0-9])(?: ?\{times\} ?|times(?!tamp|tep|cale))", "×"),
    _rule("times", r"times(?<=[0-9][KMk]times)(?=[0-9])", "×"),
    _rule(
        "{",
        r"(?<=[0-9])\{([a-z]{2,})\}|\{([a-z]{2,})\}(?= ?[0-9])",
        lambda match: printed(match[1] or match[2]) or match[0],
    ),
    _rule(
        "arrow",
        r"(?<![A-Za-z\\])(down|up|right|left|leftright)arrow(?![A-Za-z])",
        lambda match: _ARROWS[match[1]],
    ),
    _rule("sim", rf"({_NUMBER}) ?\bsim ?(?=[0-9])", r"\1~"),
    # "sim2" is a simulator: two digits, or a unit.
    _rule("sim", r"sim(?<![\w-]sim)(?=[0-9][0-9.,]+[KMGTk]?B?(?![A-Za-z]))", "~"),
    _rule("sim", r"sim(?<![\w-]sim) ?(?=[0-9][0-9.,]*(?:[×%]|(?:[xX]|[KMGT]?B|[KMk])\b))", "~"),
    _rule("approx", r"approx(?<![\w-]approx)(?=[0-9])", "≈"),
    _rule("le", r"le(?<![\w-]le)(?:q ?)?(?=[0-9.]+(?![0-9A-Za-z]))", "≤"),
    _rule("ge", r"ge(?<![\w-]ge)(?:q ?)?(?=[0-9.]+(?![0-9A-Za-z]))", "≥"),
    _rule("pm", r"(?<=[0-9]) ?pm ?(?=[0-9]+\.[0-9])", " ± "),
    _rule("ell_ ell^", r"(?<![A-Za-z])ell(?=[_^])", "ℓ"),
    _rule("cdot", r" ?!?(?<![A-Za-z])cdot(?![A-Za-z])!? ?", " · "),
    _rule("langle", r"(?<![A-Za-z])langle(?![A-Za-z])", "⟨"),
    _rule("rangle", r"(?<![A-Za-z])rangle(?![A-Za-z])", "⟩"),
    _rule("ldots", r"(?<![A-Za-z])ldots(?![A-Za-z])", "…"),
    _rule("{", r"(?<![A-Za-z])(?:math|text)(?:bb|bf|cal|it|rm|sc|tt) ?\{([^{}]*)\}", r"\1"),
    _rule("{", r"\{(?:bf|em|it|rm|sc|sf|tt) ([^{}]*)\}", r"\1"),
    _rule("sqrt{", r"(?<![A-Za-z])sqrt\{([^{}]*)\}", r"√(\1)"),
]
_SCRIPTS = [
    _rule(
        "^",
        r"\^(\{[^{}]*\}|-?[0-9]++(?!\.[0-9])|[A-Za-z](?![A-Za-z^])|[*∗⋆′†‡∘⊤])",
        lambda match: _script(match[1], raised, "^"),
    ),
    _rule(
        "_",
        # Braces, or a number behind a single letter: `float8_e4m3` is a name.
        r"_(?:(?<=[\w)\]|‖⟩*]_)(\{[^{}]*\})"
        r"|(?:(?<=(?<![A-Za-z0-9_])[A-Za-zℓΑ-ω]_)|(?<=\blog_)|(?<=[)\]|‖⟩]_))([0-9]+)(?!\w*_))",
        lambda match: _script(match[1] or match[2], lowered, "_"),
    ),
]
_SCRIPTS_IN_FORMULA = [
    _SCRIPTS[0],
    _rule("_", r"_(\{[^{}]*\}|[0-9A-Za-z])", lambda match: _script(match[1], lowered, "_")),
]
_GROUPS = [
    # {B}ERT, or {} behind a command; a set such as {7B, 13B} stays.
    _rule("{", r"(?<=[A-Za-z])\{([^\W\d_]*)\}|\{([^\W\d_]*)\}(?=[A-Za-z])", r"\1\2"),
    _rule("{", r"\{{1,3}([\U000f0000-\U000ffffd]?|,(?=\}+[0-9]))\}{1,3}", r"\1"),
    _rule("{", r"\{([^\W\d_a-zA-Z])\}", r"\1"),
]
_PUNCTUATION = [
    # A tie is a blank. "~20%" says about, "1.8~2.0x" is a range.
    _rule(
        "~",
        r"~(?:(?<=[^\s(\[/0-9×%xKMGTB]~)|(?<=[xKMGTB]~)(?![0-9])|(?<=[0-9×%]~)(?![0-9 ]))",
        " ",
    ),
    _rule("---", r"(?<!-)---(?!-)", "—"),
    _rule("--", r"(?<!-)--(?!-)(?!(?<=[\s(\[`'\"]--)[a-z])", "–"),  # " --flag" stays
    _rule("``", r"``([^`]{1,200}?)(?:''|”|\")", r"“\1”"),
    _rule("`", r"(?<!`)`([^`']{1,80})'(?!\w)", r"‘\1’"),
]


def without_markup(text: str) -> str:
    """Return a text without its markup; white space stays as it is."""
    urls: list[str] = []

    def protect(match: re.Match[str]) -> str:
        if len(urls) == _MOST_URLS:
            return match[0]
        urls.append(_apply(_ESCAPES, match[0]))
        return chr(_FIRST_URL + len(urls) - 1)

    text = _apply(_HYPERLINKS, _apply(_NESTED, text))
    if any(sign in text for sign in _IN_URLS):
        text = _URLS.sub(protect, text)
    for rules in (_COMMENTS, _ESCAPES, _ACCENTS, _FORMULAS, _COMMANDS):
        text = _apply(rules, text)
    for rules in (_LOST, _SCRIPTS, _GROUPS, _PUNCTUATION):
        text = _apply(rules, text)
    text = text.replace(_BOUNDARY, "")
    if urls:
        text = text.translate(dict(enumerate(urls, _FIRST_URL)))
    for char, stand_in in _PROTECTED.items():
        text = text.replace(stand_in, char)
    return text


def _apply(rules: Iterable[_Rule], text: str) -> str:
    for needs, pattern, replacement in rules:
        for sign in needs:
            if sign in text:
                text = pattern.sub(replacement, text)
                break
    return text


def _hyperlink(url: str, words: str) -> str:
    return url if words in ("", url) else f"{words} ({url})"


def _formula(content: str) -> str:
    text = _apply(_SCRIPTS_IN_FORMULA, _apply(_COMMANDS, content))
    return text.replace("{", "").replace("}", "")


def _group(match: re.Match[str]) -> str:
    """Return the content of a group with a font; in braces if it is a superscript or subscript."""
    content = next((group for group in match.groups() if group is not None), "")
    before = match.string[match.start() - 1 : match.start()]
    return f"{{{content}}}" if before in ("_", "^") else _BOUNDARY + content


def _command(match: re.Match[str]) -> str:
    name, argument = match[1], match[2]
    if _NOTHING.fullmatch(name):
        return argument or ""
    if _SPACES.fullmatch(name):
        return " "
    symbol = printed(name)
    if not symbol:
        # A macro that the author defined ("\method achieves") is mostly a name: keep the word.
        return argument or (name if len(name) > 1 else match[0])
    if unicodedata.combining(symbol[0]):
        return argument + symbol if argument else ""
    if symbol.isalpha() and symbol.isascii() and match.string[: match.start()][-1:].isalnum():
        symbol = f" {symbol}"  # n\log n
    return symbol if argument is None else f"{symbol}{{{argument}}}"


def _script(content: str, write: Callable[[str], str | None], mark: str) -> str:
    """Write a superscript or subscript in Unicode; keep the mark if that is not possible."""
    content = content.strip("{}").replace(_BOUNDARY, "").replace(" ", "")
    if (written := write(content)) is not None:
        return written
    return _PROTECTED[mark] + (content if re.fullmatch(r"[\w.]+|.", content) else f"({content})")
