"""The vocabulary of search: phrases that papers use for what a query names."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from daily_papers.records import SynonymKind
from daily_papers.text import forms_of
from daily_papers.vocabulary.yaml_file import Phrases, Schema, VocabularyFile


class SynonymEntry(Schema, frozen=True):
    """An entry of synonyms.yml: phrases that mean the same, and phrases of near meaning."""

    same: Phrases
    near: list[str] = []


@dataclass(frozen=True)
class Synonym:
    """One row of the table `synonyms`: a phrase of an entry.

    A query for a phrase that is `same` in an entry also means the entry's other phrases.
    """

    entry: int
    kind: SynonymKind
    phrase: str


@cache
def synonyms() -> tuple[Synonym, ...]:
    """Return the rows of the table `synonyms`; only a build reads this large file."""
    return tuple(read_synonyms(VocabularyFile("synonyms.yml")))


def read_synonyms(file: VocabularyFile) -> Iterator[Synonym]:
    """Yield the phrases of all entries, which are numbered from 1."""
    entry_of: dict[tuple[str, ...], SynonymEntry] = {}
    for number, entry in enumerate(file.parse(list[SynonymEntry]), 1):
        label = str(entry.same[:1])
        for phrase in file.distinct(f"{label}.same", entry.same):
            earlier = entry_of.setdefault(tuple(forms_of(phrase)), entry)
            if earlier is not entry:
                problem = f"{phrase!r} stands in the entry {earlier.same[:1]} too"
                raise file.fail(f"{label}.same", problem)
            yield Synonym(number, "same", phrase)
        for phrase in file.distinct(f"{label}.near", entry.near):
            yield Synonym(number, "near", phrase)
