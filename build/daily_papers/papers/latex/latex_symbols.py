"""Translates single pieces of LaTeX to Unicode: a command, an accent, a superscript, a subscript.

pylatexenc has most commands.
"""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import get_default_latex_context_db

_SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzT",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ",
        strict=True,
    )
) | {"*": "*", "∗": "*", "⋆": "⋆", "′": "′", "†": "†", "‡": "‡", "∘": "°", "⊤": "ᵀ"}
_SUBSCRIPTS = dict(
    zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)

_SPECS = get_default_latex_context_db()
_MISSING_NAMES = (
    "checkmark degree S dag ddag copyright textgreater textless textbar textunderscore slash "
    "lbrace rbrace lq rq textperiodcentered pounds euro textmu percent textasciicircum "
    "hat tilde bar vec dot widehat widetilde overline ddot acute grave check breve mathring"
)
_MISSING = dict(
    zip(
        _MISSING_NAMES.split(),
        "✓°§†‡©><|_/{}‘’·£€μ%^"
        "\u0302\u0303\u0304\u20d7\u0307\u0302\u0303\u0304\u0308\u0301\u0300\u030c\u0306\u030a",
        strict=True,
    )
)
_COMBINING = dict(
    zip(
        "\"'`^~=.bcdHhkruv" + "¨´ˆ˜¯˙¸˝˛˚˘ˇ",  # the latter are left by copies from a PDF
        "\u0308\u0301\u0300\u0302\u0303\u0304\u0307\u0331\u0327\u0323\u030b\u0309\u0328\u030a\u0306"
        "\u030c\u0308\u0301\u0302\u0303\u0304\u0307\u0327\u030b\u0328\u030a\u0306\u030c",
        strict=True,
    )
)
_DOTLESS = str.maketrans("ıȷ", "ij")


@lru_cache(maxsize=4096)
def printed(name: str) -> str:
    r"""Return what a command without arguments prints: `times` → "×"; "" for an unknown command."""
    if name in _MISSING:
        return _MISSING[name]
    text = getattr(_SPECS.get_macro_spec(name), "simplify_repl", None)
    # "%s" takes arguments, "<cit.>" stands for some.
    return text.strip() if isinstance(text, str) and not re.search("%|<.", text) else ""


@lru_cache(maxsize=1024)
def accented(mark: str, letter: str) -> str:
    """Return a letter with an accent, as TeX or a PDF writes it: "'", "e" → "é".

    A letter that Unicode does not have gets a combining character.
    """
    return unicodedata.normalize("NFC", letter.translate(_DOTLESS) + _COMBINING[mark])


def raised(content: str) -> str | None:
    """Return a superscript in Unicode: "10" → "¹⁰"; None for words and missing characters."""
    return _scripted(content, _SUPERSCRIPTS)


def lowered(content: str) -> str | None:
    """Return a subscript in Unicode: "10" → "₁₀"; None for words and missing characters."""
    return _scripted(content, _SUBSCRIPTS)


def _scripted(content: str, table: dict[str, str]) -> str | None:
    if sum(char.isalpha() for char in content) > 2 or any(char not in table for char in content):
        return None
    return "".join(table[char] for char in content)
