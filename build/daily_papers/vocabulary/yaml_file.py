"""Reads a vocabulary file and checks it against its schema; an error names the file and the key."""

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from msgspec import Meta, Struct, ValidationError, convert

from daily_papers.text import forms_of

_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, but ten times as fast
_PATH_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")

Id = Annotated[str, Meta(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$")]
NonEmpty = Annotated[str, Meta(min_length=1)]
Phrases = Annotated[list[str], Meta(min_length=1)]
Content = TypeVar("Content")


class Schema(Struct, frozen=True, forbid_unknown_fields=True):
    """The keys that a mapping of a vocabulary file has; those without a default are required."""


class VocabularyError(ValueError):
    """A vocabulary file with an error: names the file and the key."""


class VocabularyFile:
    """The content of one file, and the checks that report an error by its key."""

    def __init__(self, name: str, text: str | None = None) -> None:
        """Read the file of that name, or take its text.

        Raises:
            VocabularyError: it is not YAML.
        """
        self.name = name
        if text is None:
            text = (_FOLDER / name).read_text(encoding="utf-8")
        try:
            self._content: Any = yaml.load(text, _LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "not YAML"
            raise self.fail(f"line {mark.line + 1}" if mark else "", problem) from error

    def fail(self, key: str, problem: str) -> VocabularyError:
        """Return the error for a key ("kv-cache.parent"; "" for the file)."""
        return VocabularyError(f"vocabulary/{self.name}: {key + ': ' if key else ''}{problem}")

    def parse(self, schema: type[Content]) -> Content:
        """Return the content as a schema types it.

        Raises:
            VocabularyError: a key is missing, unknown or of another type, or two entries of a list
                have the same name.
        """
        try:
            content = convert(self._content, schema)
        except ValidationError as error:
            problem, _, path = str(error).partition(" - at ")
            if problem.startswith("Expected `str`, got"):
                problem += " (quote it)"
            raise self.fail(self._key(path), problem) from error
        if isinstance(self._content, list):
            names = [_entry_name(entry, index) for index, entry in enumerate(self._content)]
            self.distinct("", names, exact=True)
        return content

    def _key(self, path: str) -> str:
        """Return a path ("$[3].words[0]") as a key, an entry by its name ("cost.words[0]")."""
        content, key = self._content, ""
        for name, index in _PATH_STEP.findall(path):
            content = content[name or int(index)]
            if index and isinstance(content, dict):
                key = _entry_name(content, int(index))
            else:
                key += f".{name}" if name else f"[{index}]"
        return key.removeprefix(".")

    def distinct(self, key: str, values: Collection[str], exact: bool = False) -> Collection[str]:
        """Return phrases, after checking that each has a letter or digit and occurs once.

        Phrases that differ only in case, number or hyphens are the same, unless `exact`.
        """
        forms: set[object] = set()
        for count, value in enumerate(values, 1):
            form = tuple(forms_of(value))
            if not form:
                raise self.fail(key, f"{value!r} has no letter or digit")
            forms.add(value if exact else form)
            if len(forms) < count:
                hint = "" if exact else " (numbers and hyphens do not matter)"
                raise self.fail(key, f"{value!r} stands twice{hint}")
        return values

    def check_choice(self, key: str, value: str | None, choices: Iterable[str]) -> None:
        """Raise a VocabularyError for a value that is not one of the choices; None is allowed."""
        if value is not None and value not in choices:
            raise self.fail(key, f"{value!r} is none of {', '.join(choices)}")


def _entry_name(entry: Any, index: int) -> str:
    """Return the name of an entry in errors: its id, family or unit, or else its number from 1."""
    names = (entry.get(key) for key in ("id", "family", "unit")) if isinstance(entry, dict) else ()
    return str(next(filter(None, names), f"entry {index + 1}"))
