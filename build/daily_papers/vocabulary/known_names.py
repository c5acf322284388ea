"""The vocabulary of names: models, datasets, methods and hardware, and how they are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from daily_papers.records import EntityKind
from daily_papers.text import BoundedCache, Text, forms_of
from daily_papers.vocabulary.yaml_file import NonEmpty, Phrases, Schema, VocabularyFile

_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[A-Z][a-z]+")
_PARTS = re.compile(r"[-\s]")


class _ModelFamily(Schema, frozen=True):
    """An entry of models.yml: a family, and how it is written; `exact` where case counts."""

    family: NonEmpty
    written: Phrases
    maker: str | None = None
    exact: bool = False
    versioned: bool = False


class _NameFile(Schema, frozen=True):
    """The keys of datasets.yml and methods.yml; `test_bed` names are often only what runs."""

    names: Phrases
    test_bed: list[str] = []


class _HardwareFamily(Schema, frozen=True):
    """A family of hardware.yml: `shapes` are regular expressions for its names."""

    family: NonEmpty
    shapes: Phrases
    vendor: str | None = None


class _HardwareFile(Schema, frozen=True):
    vendors: Phrases
    families: list[_HardwareFamily]


class _GenericFile(Schema, frozen=True):
    acronyms: Phrases


@dataclass(frozen=True)
class NameEntry:
    """An entry for a name: the kind of thing, and its family."""

    kind: EntityKind
    family: str | None = None
    versioned: bool = False  # counts only with a version, size or variant behind it


class _Spelling(NamedTuple):
    """One way of writing a name: its part up to a hyphen or blank, and a pattern for all of it."""

    written: str
    first_part: str
    pattern: re.Pattern[str]
    entry: NameEntry

    def may_begin_with(self, word: str) -> bool:
        """Tell whether the name may begin with a word; most that have its stem are ruled out."""
        first = self.first_part
        if self.pattern.flags & re.IGNORECASE:
            if not (word.isascii() and first.isascii()):
                return True
            first, word = first.lower(), word.lower()
        return first.startswith(word) or word.startswith(first)


def _spelling(written: str, exact: bool, entry: NameEntry) -> _Spelling:
    parts = _PARTS.split(written)
    pattern = r"[-‐\s]?".join(map(re.escape, parts))
    return _Spelling(written, parts[0], re.compile(pattern, 0 if exact else re.IGNORECASE), entry)


def _stem(form: str) -> str:
    """Return the letters that a word begins with, or all of it where it begins with a digit."""
    letters = _LETTERS.match(form)
    return forms_of(letters[0])[0] if letters else form


class Names:
    """The known models, datasets and methods, found by the letters that they begin with."""

    def __init__(
        self, models: VocabularyFile, datasets: VocabularyFile, methods: VocabularyFile
    ) -> None:
        """Take the files."""
        test_bed = methods.parse(_NameFile).test_bed
        self.test_bed = frozenset(methods.distinct("test_bed", test_bed, exact=True))
        self._by_stem: dict[str, list[_Spelling]] = {}
        self._candidates = BoundedCache(self._spellings_beginning_with)
        self._entries: dict[str, NameEntry] = {}
        spellings = list(_model_spellings(models))
        spellings += _plain_spellings(datasets, "dataset")
        spellings += _plain_spellings(methods, "method")
        for spelling in sorted(spellings, key=lambda each: (-len(each.written), each.written)):
            stem = _stem(forms_of(spelling.written)[0])
            self._by_stem.setdefault(stem, []).append(spelling)
            self._entries.setdefault(alphanumeric(spelling.written), spelling.entry)

    def matches(self, text: Text) -> Iterator[tuple[int, int, NameEntry]]:
        """Yield where known names start and end, from left to right, none inside another."""
        end = 0
        for index, spellings in enumerate(map(self._candidates.__getitem__, text.words)):
            if not spellings or (start := text.starts[index]) < end:
                continue
            for _, _, pattern, entry in spellings:
                match = pattern.match(text.text, start)
                if match and not text.text[match.end() : match.end() + 1].isalpha():
                    end = match.end()
                    yield start, end, entry
                    break

    def _spellings_beginning_with(self, word: str) -> list[_Spelling]:
        """Return the names that may begin with a word, in the order in which they are tried."""
        spellings = self._by_stem.get(_stem(forms_of(word)[0]), [])
        return [spelling for spelling in spellings if spelling.may_begin_with(word)]

    def entry(self, text: str) -> NameEntry | None:
        """Return the entry of a name, whatever its case, blanks and hyphens."""
        return self._entries.get(alphanumeric(text))


def _model_spellings(file: VocabularyFile) -> Iterator[_Spelling]:
    families: dict[str, str] = {}
    for model in file.parse(list[_ModelFamily]):
        entry = NameEntry("model", model.family, model.versioned)
        key = f"{model.family}.written"
        for written in file.distinct(key, model.written, exact=True):
            earlier = families.setdefault(written, model.family)
            if earlier != model.family:
                raise file.fail(key, f"{written!r} belongs to {earlier} already")
            yield _spelling(written, model.exact, entry)


def _plain_spellings(file: VocabularyFile, kind: EntityKind) -> Iterator[_Spelling]:
    for name in file.distinct("names", file.parse(_NameFile).names, exact=True):
        # What has digits or hyphens is no common word, and is written in many ways.
        free = kind == "dataset" and len(name) > 4 and re.search(r"[\d-]", name) is not None
        yield _spelling(name, not free, NameEntry(kind))


def alphanumeric(text: str) -> str:
    """Return the letters and digits of a name in lower case."""
    return "".join(filter(str.isalnum, text.lower()))


class Hardware:
    """The known families of hardware, found by the shapes of their names."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        content = file.parse(_HardwareFile)
        vendors = "|".join(map(re.escape, file.distinct("vendors", content.vendors, exact=True)))
        self._entries = [NameEntry("hardware", family.family) for family in content.families]
        shapes = []
        for family in content.families:
            for shape in family.shapes:
                try:
                    re.compile(shape)
                except re.error as error:
                    problem = f"{shape!r} is no regular expression: {error}"
                    raise file.fail(f"{family.family}.shapes", problem) from error
            shapes.append("|".join(family.shapes))
        groups = [f"(?P<f{index}>{shape})" for index, shape in enumerate(shapes)]
        self._vendors = re.compile(rf"^(?:(?:{vendors})(?:['’]s)?\s)+(?!GPU|CPU|NPU|TPU)")
        # Capitalised words count only if a vendor or a shape is written with them.
        self._words = frozenset(_CAPITALISED.findall(f"{vendors} {' '.join(groups)}"))
        pattern = rf"(?:(?:{vendors})(?:['’]s)?\s)*(?:%s)(?=s?(?!\w))"
        self._pattern = re.compile(pattern.replace("%s", "|".join(groups)))
        # The same without groups, which rules most words out in half the time.
        self._any = re.compile(pattern.replace("%s", "|".join(shapes)))

    def may_begin(self, word: str) -> bool:
        """Tell whether a name of hardware may begin with a word; most words are ruled out."""
        return not word[1:].isalpha() or not word[1:].islower() or word in self._words

    def match(self, text: str, start: int) -> tuple[int, NameEntry] | None:
        """Return where the name of hardware that starts at an offset ends, and its entry."""
        match = self._any.match(text, start) and self._pattern.match(text, start)
        if not match:
            return None
        return match.end(), self._entries[int(str(match.lastgroup)[1:])]

    def without_vendor(self, text: str) -> str:
        """Return a name of hardware without the vendors before it."""
        return self._vendors.sub("", text)


def read_generic(file: VocabularyFile) -> frozenset[str]:
    """Return the capitalised words and acronyms that name no one thing."""
    return frozenset(file.distinct("acronyms", file.parse(_GenericFile).acronyms, exact=True))
