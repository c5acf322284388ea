"""The vocabulary of names: models, datasets, methods and hardware, and how they are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from daily_papers.records import EntityKind
from daily_papers.text import Remembered, Text, forms_of
from daily_papers.vocabulary.yaml_file import VocabularyFile

_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[A-Z][a-z]+")
_PARTS = re.compile(r"[-\s]")


@dataclass(frozen=True)
class Known:
    """An entry for something that has a name: the kind of thing, and its family."""

    kind: EntityKind
    family: str | None = None
    versioned: bool = False  # counts only with a version, size or variant behind it


@dataclass(frozen=True)
class _Way:
    """One way of writing a name; `exact` where case counts, as in common words."""

    written: str
    exact: bool
    known: Known


class _Shape(NamedTuple):
    """How a name is found: what it begins with, up to a hyphen or a blank, and all of it."""

    first: str
    pattern: re.Pattern[str]
    known: Known

    def may_begin_with(self, word: str) -> bool:
        """Tell whether the name may begin with a word; most that have its stem are ruled out."""
        first = self.first
        if self.pattern.flags & re.IGNORECASE:
            if not (word.isascii() and first.isascii()):
                return True
            first, word = first.lower(), word.lower()
        return first.startswith(word) or word.startswith(first)


def _shape(way: _Way) -> _Shape:
    parts = _PARTS.split(way.written)
    pattern = r"[-‐\s]?".join(map(re.escape, parts))
    return _Shape(parts[0], re.compile(pattern, 0 if way.exact else re.IGNORECASE), way.known)


def _stem(form: str) -> str:
    """Return the letters that a word begins with, or all of it where it begins with a digit."""
    found = _LETTERS.match(form)
    return forms_of(found[0])[0] if found else form


class Names:
    """The known models, datasets and methods, found by the letters that they begin with."""

    def __init__(
        self, models: VocabularyFile, datasets: VocabularyFile, methods: VocabularyFile
    ) -> None:
        """Take the files.

        Raises:
            VocabularyError: a key is missing, unknown or not of its kind, or a name stands twice.
        """
        self._by_stem: dict[str, list[_Shape]] = {}
        self._beginning = Remembered(self._beginning_with)
        self._written: dict[str, Known] = {}
        ways = [*_models(models), *_plain(datasets, "dataset"), *_plain(methods, "method")]
        for way in sorted(ways, key=lambda one: (-len(one.written), one.written)):
            stem = _stem(forms_of(way.written)[0])
            self._by_stem.setdefault(stem, []).append(_shape(way))
            self._written.setdefault(_bare(way.written), way.known)
        read = methods.section("names", "test_bed")
        self.test_bed = frozenset(methods.written("test_bed", read["test_bed"]))

    def find(self, text: Text) -> Iterator[tuple[int, int, Known]]:
        """Yield where known names begin and end, from left to right, none inside another."""
        done = 0
        for index, shapes in enumerate(map(self._beginning.__getitem__, text.words)):
            if not shapes or (start := text.starts[index]) < done:
                continue
            for _, pattern, known in shapes:
                found = pattern.match(text.text, start)
                if found and not text.text[found.end() : found.end() + 1].isalpha():
                    yield start, found.end(), known
                    done = found.end()
                    break

    def _beginning_with(self, word: str) -> list["_Shape"]:
        """Return the names that may begin with a word, in the order in which they are tried."""
        shapes = self._by_stem.get(_stem(forms_of(word)[0]), [])
        return [one for one in shapes if one.may_begin_with(word)]

    def entry(self, text: str) -> Known | None:
        """Return the entry of what is written so, whatever its case, blanks and hyphens."""
        return self._written.get(_bare(text))


def _models(file: VocabularyFile) -> Iterator[_Way]:
    owners: dict[str, str] = {}
    for one in file.entries("family", ("family", "written"), ("maker", "exact", "versioned")):
        family = one["family"]
        known = Known("model", family, bool(one.get("versioned", False)))
        for written in file.written(f"{family}.written", one["written"]):
            other = owners.setdefault(written, family)
            if other != family:
                raise file.fail(f"{family}.written", f"{written!r} belongs to {other} already")
            yield _Way(written, bool(one.get("exact", False)), known)


def _plain(file: VocabularyFile, kind: EntityKind) -> Iterator[_Way]:
    read = file.section("names", "test_bed") if kind == "method" else file.section("names")
    for name in file.written("names", read["names"]):
        # What has digits or hyphens is no common word, and is written in many ways.
        free = kind == "dataset" and len(name) > 4 and re.search(r"[\d-]", name) is not None
        yield _Way(name, not free, Known(kind))


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


class Hardware:
    """The known families of hardware, found by the shapes of their names."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file.

        Raises:
            VocabularyError: a key is missing or unknown, or a shape is no regular expression.
        """
        read = file.section("vendors", "families")
        vendors = "|".join(map(re.escape, file.written("vendors", read["vendors"])))
        self._families: list[Known] = []
        shapes, plain = [], list[str]()
        for index, one in enumerate(read["families"]):
            key = str(one.get("family", f"families {index + 1}"))
            if set(one) - {"family", "vendor", "shapes"} or not one.get("shapes"):
                raise file.fail(key, "expected family, vendor and shapes")
            self._families.append(Known("hardware", key))
            patterns = [file.pattern(f"{key}.shapes", shape) for shape in one["shapes"]]
            shapes.append(f"(?P<f{index}>{'|'.join(patterns)})")
            plain += patterns
        self._vendors = re.compile(rf"^(?:(?:{vendors})(?:['’]s)?\s)+(?!GPU|CPU|NPU|TPU)")
        # Capitalised words count only if a vendor or a shape is written with them.
        self._words = frozenset(_CAPITALISED.findall(f"{vendors} {' '.join(shapes)}"))
        pattern = rf"(?:(?:{vendors})(?:['’]s)?\s)*(?:%s)(?=s?(?!\w))"
        self._pattern = re.compile(pattern.replace("%s", "|".join(shapes)))
        # The same without groups, which rules most words out in half the time.
        self._any = re.compile(pattern.replace("%s", "|".join(plain)))

    def may_begin(self, word: str) -> bool:
        """Tell whether a name of hardware may begin with a word; most words are ruled out."""
        return not word[1:].isalpha() or not word[1:].islower() or word in self._words

    def match(self, text: str, start: int) -> tuple[int, Known] | None:
        """Return where the name of hardware that begins at a place ends, and its family."""
        found = self._any.match(text, start) and self._pattern.match(text, start)
        if not found:
            return None
        return found.end(), self._families[int(str(found.lastgroup)[1:])]

    def without_vendor(self, text: str) -> str:
        """Return a name of hardware without the vendors before it."""
        return self._vendors.sub("", text)


def generic(file: VocabularyFile) -> frozenset[str]:
    """Read the capitalised words and acronyms that name no one thing.

    Raises:
        VocabularyError: a key is missing, unknown or not of its kind.
    """
    return frozenset(file.written("acronyms", file.section("acronyms")["acronyms"]))
