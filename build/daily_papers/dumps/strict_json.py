"""Reads JSON strictly, value by value, and Python's notation of the same values.

Python's own reader takes more than the standard has: the last of two values for one key, NaN, half
of a surrogate pair. What it takes so is lost or cannot be stored, so it is refused here.
"""

import ast
import json
import re
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

Made = TypeVar("Made")

MOST_VALUES = 2_000_000  # values take much more memory than they take in a file
MOST_DEEP = 50  # values inside each other
LONGEST_NOTATION = 2_000_000  # characters of a record in Python's notation
MOST_TOKENS = 500_000
_LONGEST_NUMBER = 18  # digits

_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_HALF = re.compile("\\\\[uU](?:0000)?[dD][89a-fA-F]|[\ud800-\udfff]")
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)"""
    r"""|'[^'\\\n]*(?:\\.[^'\\\n]*)*'|"[^"\\\n]*(?:\\.[^"\\\n]*)*\""""
    r"""|-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:[eE][+-]?[0-9]{1,2})?(?![0-9A-Za-z_.])"""
    r"""|(?:True|False|None)\b"""
    r"""|(?P<open>[\[{(])|(?P<close>[\]})])|[,:]"""
)


class Wrong(ValueError):  # noqa: N818 - it says what is wrong
    """What is wrong with a value, in a sentence, and where its text has it, if that is known."""

    def __init__(self, problem: str, offset: int | None = None) -> None:
        """Take the sentence, and the place of the character in the text."""
        super().__init__(problem, offset)
        self.problem, self.offset = problem, offset


def require_few(text: str) -> None:
    """Raise Wrong if a text has more values than any answer, by its commas and brackets."""
    if sum(map(text.count, ",[{")) > MOST_VALUES:
        raise Wrong(f"more than {MOST_VALUES:,} values: split it, or leave it out")


def value(text: str, at: int) -> tuple[Any, int]:
    """Read the JSON value that begins at a character; return it and the place behind it.

    Raises:
        Wrong: there is none, or it holds what JSON does not allow, or is nested too deep.
    """
    try:
        found, end = _DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise Wrong(f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}", error.pos) from error
    except RecursionError as error:
        raise Wrong(_TOO_DEEP, at) from error
    except Wrong as error:
        raise Wrong(error.problem, at) from error
    try:
        _require_sound(found, bool(_HALF.search(text, at, end)))
    except Wrong as error:
        raise Wrong(error.problem, at) from error
    return found, end


def elements(text: str, at: int, make: Callable[[Any, int, int], Made]) -> tuple[list[Made], int]:
    """Read the list that begins at a character, and make something of each value in it.

    `make` is given the value, and where it begins and ends; what it has made is returned with the
    place behind the list.
    """
    made: list[Made] = []
    at = skip(text, at + 1)
    if text[at : at + 1] == "]":
        return made, at + 1
    while True:
        found, end = value(text, at)
        made.append(make(found, at, end))
        at = skip(text, end)
        if text[at : at + 1] == "]":
            return made, at + 1
        if text[at : at + 1] != ",":
            raise Wrong("not JSON: expecting ',' delimiter", at)
        at = skip(text, at + 1)


def member(text: str, at: int, key: str) -> int:
    """Return where a value of the object begins that begins at a character; both are sound."""
    at = skip(text, at + 1)
    while text[at] == '"':
        name, at = value(text, at)
        at = skip(text, skip(text, at) + 1)
        if name == key:
            return at
        at = skip(text, value(text, at)[1])
        at = skip(text, at + 1)
    raise Wrong(f"no “{key}”", at)


def skip(text: str, at: int) -> int:
    """Return the place of the first character that is not white space."""
    return _BLANK.match(text, at).end()  # type: ignore[union-attr] # it matches nothing, too


def notation(text: str) -> Any:
    """Read a value in Python's notation: {'paper': {'id': '2407.21783', 'hidden': False}}.

    Raises:
        Wrong: it is none, it is too long or nested too deep, or a key stands twice.
    """
    _require_plain(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\ " in a text is a warning of its own
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Wrong("not in Python's notation") from error
    found = _evaluated(tree.body)
    _require_sound(found, bool(_HALF.search(text)))
    return found


def _require_sound(found: Any, halves: bool) -> None:
    """Raise Wrong for what is nested too deep, and for half of a surrogate pair in a text or key.

    Unless there may be `halves`, none are looked for.
    """
    looked_into = (dict, list, str) if halves else (dict, list)
    level = [found]
    for _ in range(MOST_DEEP):
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                if half := _SURROGATE.search(one):
                    raise Wrong(f"half of a surrogate pair, U+{ord(half[0]):04X}, in a text")
            elif isinstance(one, dict):
                below.extend(part for part in one.values() if isinstance(part, looked_into))
                below.extend(one if halves else ())
            elif isinstance(one, list):
                below.extend(part for part in one if isinstance(part, looked_into))
        if not below:
            return
        level = below
    raise Wrong(_TOO_DEEP)


_TOO_DEEP = f"nested more than {MOST_DEEP} deep"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise Wrong(f"the key {shown(twice)} stands twice in an object")
    return found


def _constant(name: str) -> None:
    raise Wrong(f"not JSON: {name} is no number")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise Wrong(f"a number of {len(digits)} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    found = float(digits)
    if not -1e300 < found < 1e300:
        raise Wrong(f"a number that is too large, {shown(digits)}")
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
)


def shown(found: object) -> str:
    """Return a value for a sentence about it, short and on one line."""
    if isinstance(found, dict | list):
        return "an object" if isinstance(found, dict) else "a list"
    if not isinstance(found, str):
        return json.dumps(found)
    text = "".join(char if char.isprintable() else "·" for char in found[:41])
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def _require_plain(text: str) -> None:
    """Raise Wrong unless a text has the marks of values only: no name, no operator, no call."""
    if len(text) > LONGEST_NOTATION:
        raise Wrong(f"longer than {LONGEST_NOTATION:,} characters")
    at = depth = 0
    for _ in range(MOST_TOKENS):
        if at == len(text):
            return
        token = _TOKEN.match(text, at)
        if not token:
            raise Wrong(f"not in Python's notation: found {shown(text[at : at + 20])}")
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth > MOST_DEEP:
            raise Wrong(_TOO_DEEP)
        at = token.end()
    raise Wrong(f"more than {MOST_TOKENS:,} values and marks")


def _evaluated(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return -node.operand.value  # type: ignore[operator] # _require_plain: a number
    if isinstance(node, ast.List | ast.Tuple):
        return [_evaluated(one) for one in node.elts]
    if isinstance(node, ast.Dict):
        names = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        if not all(isinstance(name, str) for name in names):
            raise Wrong("a key that is no text")
        return _object(list(zip(map(str, names), map(_evaluated, node.values), strict=True)))
    raise Wrong("not in Python's notation")
