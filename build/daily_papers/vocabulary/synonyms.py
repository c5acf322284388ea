"""The vocabulary of search: what else a paper may say where a person asks in other words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from daily_papers.records import SynonymKind
from daily_papers.text import forms_of
from daily_papers.vocabulary.yaml_file import VocabularyFile


@dataclass(frozen=True)
class Synonym:
    """One row of the table. Who asks for a phrase that is `same` in an entry also means the
    entry's other phrases."""

    entry: int
    kind: SynonymKind
    phrase: str


def synonyms(file: VocabularyFile) -> tuple[Synonym, ...]:
    """Return the phrases of all entries, which are numbered from 1.

    Raises:
        VocabularyError: a key is missing, unknown or not of its kind, or a phrase of `same`
            stands in two entries.
    """
    if not isinstance(file.read, list):
        raise file.fail("", "expected a list of entries")
    seen: dict[tuple[str, ...], str] = {}
    found: list[Synonym] = []
    for number, entry in enumerate(file.read, 1):
        found += _entry(file, number, entry, seen)
    return tuple(found)


def _entry(
    file: VocabularyFile,
    number: int,
    entry: Any,
    seen: dict[tuple[str, ...], str],
) -> Iterator[Synonym]:
    if not isinstance(entry, dict) or not isinstance(entry.get("same"), list):
        raise file.fail(f"entry {number}", "expected a mapping with a list `same`")
    label = str(entry["same"][:1])
    if unknown := sorted(set(entry) - {"same", "near"}):
        raise file.fail(f"{label}.{unknown[0]}", "unknown key")
    same = file.words(f"{label}.same", entry["same"])
    near = file.words(f"{label}.near", entry.get("near"))
    for phrase in same:
        form = tuple(forms_of(phrase))
        if form in seen:
            raise file.fail(f"{label}.same", f"{phrase!r} stands in the entry {seen[form]} too")
        seen[form] = label
    kinds: tuple[tuple[SynonymKind, Iterable[str]], ...] = (("same", same), ("near", near))
    for kind, phrases in kinds:
        for phrase in phrases:
            yield Synonym(number, kind, phrase)
