"""Reads a vocabulary file and holds it against what it must have; an error names file and key."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from daily_papers.text import forms_of

_FOLDER = Path(__file__).parent
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same, but ten times as fast
_ID = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


class VocabularyError(ValueError):
    """A vocabulary file that does not hold: names the file and the key."""

    def __init__(self, file: str, key: str, problem: str) -> None:
        """Take the file's name, the key ("kv-cache.parent"; "" for the file) and one sentence."""
        super().__init__(f"vocabulary/{file}: {key + ': ' if key else ''}{problem}")


class VocabularyFile:
    """What one file holds, and the checks that name it when something is wrong."""

    def __init__(self, name: str, text: str | None = None) -> None:
        """Read the file of that name, or take its text.

        Raises:
            VocabularyError: it is no YAML.
        """
        self.name = name
        if text is None:
            text = (_FOLDER / name).read_text(encoding="utf-8")
        try:
            self.read: Any = yaml.load(text, _LOADER)
        except yaml.YAMLError as error:
            place = getattr(error, "problem_mark", None)
            where = f"line {place.line + 1}" if place else ""
            problem = getattr(error, "problem", None) or "not YAML"
            raise VocabularyError(name, where, problem) from error

    def fail(self, key: str, problem: str) -> VocabularyError:
        """Return the error for a key."""
        return VocabularyError(self.name, key, problem)

    def entries(
        self, label: str, required: Iterable[str], optional: Iterable[str] = ()
    ) -> list[Mapping[str, Any]]:
        """Return the file's list of mappings, each with the required keys and no unknown one.

        `label` is the key that names an entry in errors; its values are unique.
        """
        if not isinstance(self.read, list):
            raise self.fail("", "expected a list of entries")
        seen: set[str] = set()
        for number, entry in enumerate(self.read, 1):
            if not isinstance(entry, dict):
                raise self.fail(f"entry {number}", "expected a mapping")
            name = str(entry.get(label, f"entry {number}"))
            for key in required:
                if entry.get(key) in (None, "", []):
                    raise self.fail(f"{name}.{key}", "missing")
            if unknown := sorted(set(entry) - {*required, *optional}):
                raise self.fail(f"{name}.{unknown[0]}", "unknown key")
            if name in seen:
                raise self.fail(f"{name}.{label}", "stands twice")
            seen.add(name)
        return self.read

    def section(self, *keys: str) -> Mapping[str, Any]:
        """Return the file's mapping, which has the keys and no other."""
        if not isinstance(self.read, dict):
            raise self.fail("", "expected a mapping")
        for key in keys:
            if key not in self.read:
                raise self.fail(key, "missing")
        if unknown := sorted(set(self.read) - set(keys)):
            raise self.fail(unknown[0], "unknown key")
        return self.read

    def identifier(self, key: str, value: object) -> str:
        """Return an id, which is lower-case words joined by hyphens or underscores."""
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.fail(key, f"{value!r} is no id: lower-case words, joined by - or _")
        return value

    def words(self, key: str, values: object) -> tuple[str, ...]:
        """Return a list of phrases; each has a letter or digit, and none stands twice."""
        if values is None:
            return ()
        if not isinstance(values, list):
            raise self.fail(key, "expected a list")
        seen: set[tuple[str, ...]] = set()
        for value in values:
            if not isinstance(value, str):
                raise self.fail(key, f"{value!r} is no text (quote it)")
            form = tuple(forms_of(value))
            if not form:
                raise self.fail(key, f"{value!r} has no letter or digit")
            if form in seen:
                raise self.fail(key, f"{value!r} stands twice (numbers and hyphens do not matter)")
            seen.add(form)
        return tuple(values)

    def written(self, key: str, values: object) -> tuple[str, ...]:
        """Return a list of names as they are written, none twice."""
        if not isinstance(values, list) or not values:
            raise self.fail(key, "expected a list")
        for value in values:
            if not isinstance(value, str) or not forms_of(value):
                raise self.fail(key, f"{value!r} is no name (quote it)")
        if twice := sorted({value for value in values if values.count(value) > 1}):
            raise self.fail(key, f"{twice[0]!r} stands twice")
        return tuple(values)

    def choice(self, key: str, value: object, choices: Sequence[str | None]) -> Any:
        """Return a value that is one of the choices."""
        if value not in choices:
            raise self.fail(key, f"{value!r} is none of {', '.join(map(str, choices))}")
        return value

    def pattern(self, key: str, value: object) -> str:
        """Return a regular expression that compiles."""
        try:
            re.compile(str(value))
        except re.error as error:
            raise self.fail(key, f"{value!r} is no regular expression: {error}") from error
        return str(value)
