"""Translates single pieces of LaTeX to Unicode: a command, an accent, a superscript, a subscript.

pylatexenc has most commands and accents.
"""

import re
import unicodedata
from functools import lru_cache

from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

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
_MISSING = {"checkmark": "✓", "degree": "°", "S": "§", "textgreater": ">", "textless": "<"}
_MISSING |= {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "vec": "\u20d7", "dot": "\u0307"}
_MISSING |= {"widehat": "\u0302", "widetilde": "\u0303", "overline": "\u0304", "ddot": "\u0308"}


@lru_cache(maxsize=4096)
def printed(name: str) -> str:
    r"""Return what a command without arguments prints: `times` → "×"; "" for an unknown command."""
    if name in _MISSING:
        return _MISSING[name]
    text = getattr(_SPECS.get_macro_spec(name), "simplify_repl", None)
    # "%s" takes arguments, "<cit.>" stands for some.
    return text.strip() if isinstance(text, str) and not re.search("%|<.", text) else ""


@lru_cache(maxsize=1024)
def accented(snippet: str) -> str:
    r"""Return a letter with its accent: `\'e` → "é"."""
    return unicodedata.normalize("NFC", str(LatexNodes2Text().latex_to_text(snippet)).strip())


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
