"""Reads JSON strictly, value by value, and the same values written as Python literals.

Python's own reader accepts more than the standard: a repeated key, of which it keeps the last
value, NaN, and half of a surrogate pair. Each would be lost or could not be stored, so all three
are refused here.
"""

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

MOST_VALUES = 2_000_000  # values take much more memory than they take in a file
MOST_DEEP = 50  # values inside each other
LONGEST_LITERAL = 2_000_000  # characters of a record as a Python literal
MOST_TOKENS = 500_000
_LONGEST_NUMBER = 18  # digits

_TOO_DEEP = f"nested more than {MOST_DEEP} deep"
_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HALF = re.compile("\\\\[uU](?:0000)?[dD][89a-fA-F]|[\ud800-\udfff]")
_TOKEN = re.compile(  # of a Python literal
    r"""(?P<text>'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*\")"""
    r"""|-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?(?![0-9A-Za-z_.])"""
    r"""|(?:True|False|None)\b|(?P<last_comma>,(?=[ \t\r\n]*[\]})]))|[\[{()}\],:]|[ \t\r\n]+"""
    r"""|(?P<other>(?s:.))"""
)
_AS_JSON = {"True": "true", "False": "false", "None": "null", "(": "[", ")": "]"}
_NO_LITERAL = "not in Python's notation"


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


def read_value(text: str, offset: int) -> tuple[Any, int]:
    """Read the JSON value that begins at an offset; return it and the offset behind it.

    Raises:
        InvalidValueError: there is none, it breaks the standard, or it is nested too deep.
    """
    try:
        value, end = _DECODER.raw_decode(text, offset)
        _require_sound(value, bool(_HALF.search(text, offset, end)))
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise InvalidValueError(problem, error.pos) from error
    except RecursionError as error:
        raise InvalidValueError(_TOO_DEEP, offset) from error
    except InvalidValueError as error:
        raise InvalidValueError(error.problem, offset) from error
    return value, end


def read_list(text: str, offset: int, add: Callable[[Any, int, int], None]) -> int:
    """Read the list that begins at an offset; return the offset behind it.

    Each value goes to `add` with the offsets of its beginning and its end, and is not kept.
    """
    offset = skip_blanks(text, offset + 1)
    if text[offset : offset + 1] == "]":
        return offset + 1
    while True:
        value, end = read_value(text, offset)
        add(value, offset, end)
        offset = skip_blanks(text, end)
        if text[offset : offset + 1] == "]":
            return offset + 1
        if text[offset : offset + 1] != ",":
            raise InvalidValueError("not JSON: expecting ',' delimiter", offset)
        offset = skip_blanks(text, offset + 1)


def member_offset(text: str, offset: int, key: str) -> int:
    """Return the offset of a key's value in the valid object that begins at an offset."""
    offset = skip_blanks(text, offset + 1)
    while text[offset] == '"':
        name, offset = read_value(text, offset)
        offset = skip_blanks(text, skip_blanks(text, offset) + 1)
        if name == key:
            return offset
        offset = skip_blanks(text, read_value(text, offset)[1])
        offset = skip_blanks(text, offset + 1)
    raise InvalidValueError(f"no “{key}”", offset)


def skip_blanks(text: str, offset: int) -> int:
    """Return the offset of the first character that is not white space."""
    return _BLANK.match(text, offset).end()  # type: ignore[union-attr] # it also matches nothing


def read_literal(text: str) -> Any:
    """Read a Python literal, such as {'paper': {'id': '2407.21783', 'hidden': False}}.

    It is rewritten as JSON and never run, so it is as strict as `read_value`.

    Raises:
        InvalidValueError: it is no literal, too long, nested too deep, or has a repeated key.
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
        rest = token.string[token.start() :][:20]
        raise InvalidValueError(f"{_NO_LITERAL}: found {describe(rest)}")
    if not token["text"]:
        return "" if token["last_comma"] else _AS_JSON.get(token[0], token[0])
    try:
        text = ast.literal_eval(token[0]) if "\\" in token[0] else token[0][1:-1]
    except (SyntaxError, ValueError) as error:
        raise InvalidValueError(_NO_LITERAL) from error
    return json.dumps(text, ensure_ascii=False)


def _require_sound(value: Any, may_have_halves: bool) -> None:
    """Raise InvalidValueError for too deep nesting, and for half a surrogate pair in any text.

    Texts and keys are looked at only where there may be halves.
    """
    searched = (dict, list, str) if may_have_halves else (dict, list)
    level = [value]
    for _ in range(MOST_DEEP):
        below: list[Any] = []
        for parent in level:
            if isinstance(parent, str):
                if half := _SURROGATE.search(parent):
                    problem = f"half of a surrogate pair, U+{ord(half[0]):04X}, in a text"
                    raise InvalidValueError(problem)
            elif isinstance(parent, dict):
                below.extend(child for child in parent.values() if isinstance(child, searched))
                below.extend(parent if may_have_halves else ())
            elif isinstance(parent, list):
                below.extend(child for child in parent if isinstance(child, searched))
        if not below:
            return
        level = below
    raise InvalidValueError(_TOO_DEEP)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        ((repeated, _),) = Counter(key for key, _ in pairs).most_common(1)
        raise InvalidValueError(f"the key {describe(repeated)} stands twice in an object")
    return made


def _refuse_constant(name: str) -> None:
    raise InvalidValueError(f"not JSON: {name} is no number")


def _parse_int(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise InvalidValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _parse_float(digits: str) -> float:
    number = float(digits)
    if not -1e300 < number < 1e300:
        raise InvalidValueError(f"a number that is too large, {describe(digits)}")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_make_object,
    parse_constant=_refuse_constant,
    parse_int=_parse_int,
    parse_float=_parse_float,
)


def describe(value: object) -> str:
    """Return a value for an error message, short and on one line."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if not isinstance(value, str):
        return json.dumps(value)
    text = "".join(char if char.isprintable() else "·" for char in value[:41])
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
