r"""Translates the commands of LaTeX, with their arguments, and formulas."""

import re
import unicodedata
from collections.abc import Callable

from daily_papers.papers.latex.latex_rules import BOUNDARY, PROTECTED, apply, rule
from daily_papers.papers.latex.latex_symbols import lowered, printed, raised

_FONTS = (
    "emph|em|text(?:bf|it|rm|sc|sf|sl|tt|up|normal|md)?|math(?:bb|bf|cal|frak|it|rm|scr|sf|tt)|"
    "boldsymbol|bm|operatorname|underline|uline|[mhf]box|bf(?:series)?|it(?:shape)?|cal|rm|sc|sf|"
    "sl|tt|(?:ensure|un)math|pmb|smash|tiny|(?:footnote|script|normal)size|small|[lL]arge"
)
_NOTHING = re.compile(
    "left|right|[bB]igg?[lr]?|xspace|noindent|(?:display|text|script)style|limits|item|today|"
    "centering|protect|relax|leavevmode|allowbreak|(?:no|page)break|nonumber|footnotemark|maketitle|"
    rf"(?:up|sc|sl)shape|(?:tt|rm|sf)family|normalfont|(?:un)?boldmath|small[cs]aps|{_FONTS}"
)
_SPACES = re.compile(
    "(?:thin|med|thick|en)?space|q?quad|newline|linebreak|par|[hv]space|[hv]fill|(?:small|med|big)skip"
)
_DEEPEST = 6  # levels of nesting
COLORS = "blue|red|green|cyan|magenta|purple|orange|teal|black"
_OPTION = r"(?:\[[^\]]{0,80}\])?"
_BACKSLASH = r"(?:\\|(?<![A-Za-z\\]))"  # captures lose it
_COLOR = rf"{_BACKSLASH}(?:text|f)?color(?:box)?{_OPTION} ?\{{[^{{}}]{{0,60}}\}} ?"

_NESTED = [
    rule(
        "{",
        rf"(?<![A-Za-z}}])\{{ ?\\(?:{_FONTS}) ?\{{([^{{}}]*)\}} ?\}}"
        rf"|\\(?:{_FONTS}) ?\{{([^{{}}]*)\}}"
        rf"|(?<![A-Za-z}}])\{{ ?\\(?:{_FONTS})(?![A-Za-z]) ?([^{{}}]*)\}}",
        lambda match: _group(match),
    ),
    rule(
        "color",
        rf"\{{ ?{_COLOR}(?:\{{([^{{}}]*)\}}|([^{{}}]*)) ?\}}",
        lambda match: _colored(match, match[1] or match[2] or ""),
    ),
    rule("color", rf"{_COLOR}(?:\{{([^{{}}]*)\}})?", r"\1"),
    rule("{", rf"\{{(?:{COLORS})\{{([^{{}}]*)\}}\}}", lambda match: _colored(match, match[1])),
    rule(
        "\\",
        rf"\\(?:includegraphics|[hv]?phantom|index|todo|orcidlink|definecolor ?"
        rf"\{{[^{{}}]*\}} ?\{{[^{{}}]*\}}){_OPTION} ?\{{[^{{}}]*\}} ?",
        "",
    ),
    rule(
        "box",
        rf"\\(?:raise|scale|rotate|par|resizebox ?\{{[^{{}}]*\}}|resize)(?:box)?{_OPTION} ?"
        r"\{[^{}]*\} ?\{([^{}]*)\}",
        r"\1",
    ),
    rule("\\tex", r"\\texorpdfstring ?\{([^{}]*)\} ?\{[^{}]*\}", r"\1"),
    rule("\\SI \\qty", r"\\(?:SI|qty) ?\{([^{}]*)\} ?\{([^{}]*)\}", r"\1 \2"),
    rule("quote", r"\\(?:enquote|textquote) ?\{([^{}]*)\}", r"“\1”"),
    rule(
        "script",
        r"\\text(super|sub)script ?\{([^{}]*)\}",
        lambda match: _text_script(match[1], match[2]),
    ),
    rule(r"\footnote", r" ?\\footnote(?:text)? ?\{([^{}]*)\}", r" (\1)"),
    rule("\\", r"\\(?:[cdst]|nice)?frac ?\{([^{}]*)\} ?\{([^{}]*)\}", r"\1/\2"),
    rule("\\", r"\\sqrt ?\{([^{}]*)\}", r"√(\1)"),
    # 10{,}000, N{=}4, 30{--}40
    rule("{", r"(?<![_^])\{(-{1,3}|\\?[_.,=:;/+<>!?&%#~])\}", r"\1"),
]
_REFERENCES = [
    rule(
        "{",
        r"[ ~]{0,2}\\(?:cite[a-z]*|(?:eq|auto)?ref|label)\*?"
        r"(?:\[[^\]]{0,80}\]){0,2}\{[^{}]*\}",
        "",
    ),
    rule("{", r"\\(?:begin|end) ?\{[^{}]*\}", " "),
    rule("\\", r"\\verb([|!+])(.{0,80}?)\1", r"\2"),
]
_COMMANDS = [
    rule("color", r"[{\\]{1,2}(?:text)?color(?:\[[^]{}]{0,10}\]?)?(?:\{[^{}]{0,40})?…?$", ""),
    rule("\\", r"\\[dt]?frac ?([0-9])([0-9])", r"\1/\2"),
    rule("\\", r"\\sqrt ?([A-Za-z0-9])(?![A-Za-z])", r"√\1"),
    rule("{", r"(?<![_^])\{(\\[A-Za-z]+)\}", r"\1"),
    rule("$", r"\$(?=\\[A-Za-z])", ""),  # opens a formula that never ends
    rule(
        "\\",
        r"\\([A-Za-z]+)\*?(?:\[[^\]]{0,80}\](?=\{))?(?: ?\{([^{}]*)\})?",
        lambda match: _command(match),
    ),
]
SCRIPTS = [
    rule(
        "^",
        r"\^(\{[^{}]*\}|-?[0-9]++(?!\.[0-9])|[A-Za-z](?![A-Za-z^])|[*∗⋆′†‡∘⊤])",
        lambda match: _script(match[1], raised, "^"),
    ),
    rule(
        "_",
        # Braces, or a number behind a single letter: `float8_e4m3` is a name.
        r"_(?:(?<=[\w)\]|‖⟩*]_)(\{[^{}]*\})"
        r"|(?:(?<=(?<![A-Za-z0-9_])[A-Za-zℓΑ-ω]_)|(?<=\blog_)|(?<=[)\]|‖⟩]_))([0-9]+)(?!\w*_))",
        lambda match: _script(match[1] or match[2], lowered, "_"),
    ),
]
_SCRIPTS_IN_FORMULA = [
    SCRIPTS[0],
    rule("_", r"_(\{[^{}]*\}|[0-9A-Za-z])", lambda match: _script(match[1], lowered, "_")),
]
FORMULAS = [
    # As Pandoc reads dollars: no blank inside, no digit behind, or "$5 to $10" is a formula.
    rule(needs, pattern, lambda match: _formula(match[1]))
    for needs, pattern in (
        ("$", r"\$\$(.{1,300}?)\$\$"),
        ("\\", r"\\\((.{1,300}?)\\\)"),
        ("\\", r"\\\[(.{1,300}?)\\\]"),
        ("$", r"\$(?! )([^$]{0,200}\\[A-Za-z][^$]{0,200})(?<! )\$"),
        ("$", r"\$ ?([<>=+-]|\\[A-Za-z]+) ?\$"),
        ("$", r"\$(?! |[0-9.,]+[KMBk]? )([^$]{1,200})(?<! )\$(?![0-9])"),
    )
]


def unwrapped(text: str) -> str:
    """Return a text without the commands around its words: fonts, colors, boxes."""
    for _ in range(_DEEPEST):
        if "{" not in text:
            break
        outer, text = text, apply(_NESTED, text)
        if text == outer:
            break
    return text


def without_commands(text: str) -> str:
    """Return a text with what its commands print."""
    return apply(_COMMANDS, unwrapped(apply(_REFERENCES, text)))


def _formula(content: str) -> str:
    text = apply(_SCRIPTS_IN_FORMULA, without_commands(content))
    return text.replace("{", "").replace("}", "")


def _group(match: re.Match[str]) -> str:
    """Return the content of a group with a font; in braces if it is a superscript or subscript."""
    content = next((group for group in match.groups() if group is not None), "")
    before = match.string[match.start() - 1 : match.start()]
    return f"{{{content}}}" if before in ("_", "^") else BOUNDARY + content


def _colored(match: re.Match[str], content: str) -> str:
    """Return the content of a colored group; in braces if it is the words of an address."""
    before = match.string[max(0, match.start() - 200) : match.start()].rpartition(" ")[2]
    return f"{{{content}}}" if "/" in before else content


def _text_script(kind: str, content: str) -> str:
    if content in ("st", "nd", "rd", "th"):  # 5th
        return content
    return (raised if kind == "super" else lowered)(content) or content


def _command(match: re.Match[str]) -> str:
    name, argument = match[1], match[2]
    if _NOTHING.fullmatch(name):
        return argument or ""
    if _SPACES.fullmatch(name):
        return " "
    symbol, before = printed(name), match.string[match.start() - 1 : match.start()]
    if not symbol:
        # A macro that the author defined ("\method achieves") is mostly a name: keep the word.
        return argument or (name if len(name) > 1 else match[0])
    if unicodedata.combining(symbol[0]):
        return argument + symbol if argument else ""
    if symbol.isalpha() and symbol.isascii() and re.match(r"[\w)}]", before):
        symbol = f" {symbol}"  # n\log n
    return symbol if argument is None else f"{symbol}{{{argument}}}"


def _script(content: str, write: Callable[[str], str | None], mark: str) -> str:
    """Write a superscript or subscript in Unicode; keep the mark if that is not possible."""
    content = content.strip("{}").replace(BOUNDARY, "").replace(" ", "")
    if (written := write(content)) is not None:
        return written
    return PROTECTED[mark] + (content if re.fullmatch(r"[\w.]+|.", content) else f"({content})")
