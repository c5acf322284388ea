"""Reads JSON value by value, also where some of it is broken, and values in Python's notation.

Python's own reader stops at the first fault. Here a value that no field can have stands for what is
not JSON (NaN, a number of hundreds of digits), an object knows which of its keys stood twice, and
`skip_broken` finds where the value behind a broken one begins.
"""

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from daily_papers.dumps.problems import shorten

MOST_VALUES = 2_000_000  # values take much more memory than they take in a file
LONGEST_LITERAL = 2_000_000  # characters of a record as a Python literal
LONGEST_BROKEN = 1_000_000  # characters in which the end of a broken value is searched
MOST_TOKENS = 500_000
_LONGEST_NUMBER = 18  # digits

_TOO_DEEP = "not JSON: nested too deep"
_BLANK = re.compile(r"[ \t\r\n]*")
_TOKEN = re.compile(  # of a Python literal
    r"""(?P<text>'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*\")"""
    r"""|-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?(?![0-9A-Za-z_.])"""
    r"""|(?:True|False|None)\b|(?P<last_comma>,(?=[ \t\r\n]*[\]})]))|[\[{()}\],:]|[ \t\r\n]+"""
    r"""|(?P<other>(?s:.))"""
)
_AS_JSON = {"True": "true", "False": "false", "None": "null", "(": "[", ")": "]"}
_NO_LITERAL = "not in Python's notation"
_STRING_OR_BRACKET = re.compile(
    r"\"(?:[^\"\\]++|\\.)*+\"|(?P<opens>[\[{])|[\]}]|(?P<half>\")", re.DOTALL
)
_FIRST_KEY = re.compile(r"\{\s*(\"[^\"\\]{1,40}\")")
_NEXT_LINE = re.compile(r"\n(?=[\[{])")


class InvalidValueError(ValueError):
    """A value that cannot be read: what is wrong, in a sentence, and its offset if known."""

    def __init__(self, problem: str, offset: int | None = None) -> None:
        """Take the sentence, and the offset of the character in the text."""
        super().__init__(problem, offset)
        self.problem, self.offset = problem, offset


def require_few_values(text: str) -> None:
    """Raise InvalidValueError if commas and brackets show more than MOST_VALUES in a text."""
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise InvalidValueError(f"more than {MOST_VALUES:,} values: split it, or leave it out")


@dataclass(frozen=True)
class Unreadable:
    """What stands where a value has to, and is none."""

    text: str


class RepeatedKeys(dict[str, Any]):
    """An object in which keys stand twice; their last values count."""

    keys_twice: tuple[str, ...] = ()


def read_value(text: str, offset: int) -> tuple[Any, int]:
    """Read the JSON value that begins at an offset; return it and the offset behind it.

    Raises:
        InvalidValueError: there is none, or it is nested too deep.
    """
    try:
        value, end = _DECODER.raw_decode(text, offset)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InvalidValueError(problem, error.pos) from error
    except RecursionError as error:
        raise InvalidValueError(_TOO_DEEP, offset) from error
    return value, end


def skip_broken(text: str, offset: int, are_lines: bool = False) -> int | None:
    """Return the offset behind the broken value that begins at an offset; None if it is cut.

    It ends where its brackets close, and a comma or another bracket follows. If they never do, it
    ends before the next object that begins with the same key. Where values are lines, it ends
    before the next line that begins with a value.
    """
    if are_lines and (following := _NEXT_LINE.search(text, offset)):
        return following.end()
    end = _closing_bracket(text, offset)
    if end is not None and _char_behind(text, end) in {",", "]", "}", ""}:
        return end
    if not (key := _FIRST_KEY.match(text, offset)):
        return None
    behind = re.compile(rf"\}}\s*+(?=,\s*+\{{\s*+{re.escape(key[1])})")
    following = behind.search(text, offset + 1, offset + LONGEST_BROKEN)
    return following.end() if following else None


def _closing_bracket(text: str, offset: int) -> int | None:
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text, offset, offset + LONGEST_BROKEN):
        if token["half"]:
            return None
        if token["opens"]:
            depth += 1
        elif token[0][0] in "]}":
            depth -= 1
            if depth <= 0:
                return token.end() if depth == 0 else None
    return None


def member_offset(text: str, offset: int, key: str) -> int:
    """Return the offset of a key's value in the object that begins at an offset, the last one."""
    offsets = [start for name, start, _ in members(text, offset) if name == key]
    if not offsets:
        raise InvalidValueError(f"no “{key}”", offset)
    return offsets[-1]


def members(
    text: str, offset: int, read_broken: Callable[[str, int], int | None] | None = None
) -> Iterator[tuple[str, int, int | None]]:
    """Yield the keys of the object that begins at an offset, with the offsets of their values and
    behind them.

    A broken value goes to `read_broken` with its key, which returns the offset behind it, or None
    if the text ends inside it; so does the last member then.

    Raises:
        InvalidValueError: a key or, without `read_broken`, a value is broken.
    """
    offset = skip_blanks(text, offset + 1)
    while text[offset : offset + 1] == '"':
        name, offset = read_value(text, offset)
        start = skip_blanks(text, skip_blanks(text, offset) + 1)
        end: int | None
        try:
            _, end = read_value(text, start)
        except InvalidValueError:
            if not read_broken:
                raise
            end = read_broken(name, start)
        yield name, start, end
        if end is None or _char_behind(text, end) != ",":
            return
        offset = skip_blanks(text, skip_blanks(text, end) + 1)


def skip_blanks(text: str, offset: int) -> int:
    """Return the offset of the first character that is not white space."""
    return _BLANK.match(text, offset).end()  # type: ignore[union-attr] # it also matches nothing


def _char_behind(text: str, offset: int) -> str:
    """Return the first character from an offset on that is not white space; "" at the end."""
    at = skip_blanks(text, offset)
    return text[at : at + 1]


def read_literal(text: str) -> Any:
    """Read a Python literal, such as {'paper': {'id': '2407.21783', 'hidden': False}}.

    It is rewritten as JSON and never run, and read like that.

    Raises:
        InvalidValueError: it is no literal, too long, or nested too deep.
    """
    if len(text) > LONGEST_LITERAL:
        raise InvalidValueError(f"longer than {LONGEST_LITERAL:,} characters")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "\ " in a text is a warning
        rewritten, token_count = _TOKEN.subn(_rewrite_token, text.strip())
    if token_count > MOST_TOKENS:
        raise InvalidValueError(f"more than {MOST_TOKENS:,} values and marks")
    try:
        value, end = read_value(rewritten, 0)
    except InvalidValueError as error:
        raise InvalidValueError(error.problem.replace("not JSON", _NO_LITERAL)) from error
    if end < len(rewritten):
        raise InvalidValueError(_NO_LITERAL)
    return value


def _rewrite_token(token: re.Match[str]) -> str:
    """Return a token of a Python literal as JSON has it."""
    if token["other"]:
        rest = token.string[token.start() : token.start() + 20]
        raise InvalidValueError(f"{_NO_LITERAL}: found {describe(rest)}")
    if not token["text"]:
        return "" if token["last_comma"] else _AS_JSON.get(token[0], token[0])
    try:
        text = ast.literal_eval(token[0]) if "\\" in token[0] else token[0][1:-1]
    except (SyntaxError, ValueError) as error:
        raise InvalidValueError(_NO_LITERAL) from error
    return json.dumps(text, ensure_ascii=False)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        made = RepeatedKeys(pairs)
        made.keys_twice = tuple(key for key, count in counts.items() if count > 1)
    return made


def _parse_int(digits: str) -> int | Unreadable:
    is_long = len(digits) > _LONGEST_NUMBER
    return Unreadable(f"a number of {len(digits)} digits") if is_long else int(digits)


def _parse_float(digits: str) -> float | Unreadable:
    number = float(digits)
    is_large = not -1e300 < number < 1e300
    return Unreadable(f"a number that is too large, {describe(digits)}") if is_large else number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_make_object,
    parse_constant=Unreadable,
    parse_int=_parse_int,
    parse_float=_parse_float,
    strict=False,  # control characters in texts are left to those who read them
)


def describe(value: object, most: int = 40) -> str:
    """Return a value for a message on one line, and no more than so many characters of a text."""
    if isinstance(value, Unreadable):
        return value.text
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return json.dumps(value)
    return f"“{shorten(value, most)}”"
