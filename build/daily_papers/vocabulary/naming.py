"""The vocabulary of names: models, datasets, methods and hardware, and how they are found."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daily_papers.records import EntityKind
from daily_papers.text import Remembered, Text, forms_of
from daily_papers.vocabulary.reading import VocabularyFile

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


def _stem(form: str) -> str:
    """Return the letters that a word begins with, or all of it where it begins with a digit."""
    found = _LETTERS.match(form)
    return forms_of(found[0])[0] if found else form


_STEMS = Remembered(_stem)


class Names:
    """The known models, datasets and methods, found by the letters that they begin with."""

    def __init__(
        self, models: VocabularyFile, datasets: VocabularyFile, methods: VocabularyFile
    ) -> None:
        """Take the files.

        Raises:
            VocabularyError: a key is missing, unknown or not of its kind, or a name stands twice.
        """
        self._by_stem: dict[str, list[tuple[re.Pattern[str], Known]]] = {}
        self._written: dict[str, Known] = {}
        ways = [*_models(models), *_plain(datasets, "dataset"), *_plain(methods, "method")]
        for way in sorted(ways, key=lambda one: (-len(one.written), one.written)):
            parts = map(re.escape, _PARTS.split(way.written))
            pattern = re.compile(r"[-‐\s]?".join(parts), 0 if way.exact else re.IGNORECASE)
            stem = _STEMS[forms_of(way.written)[0]]
            self._by_stem.setdefault(stem, []).append((pattern, way.known))
            self._written.setdefault(_bare(way.written), way.known)
        read = methods.section("names", "test_bed")
        self.test_bed = frozenset(methods.written("test_bed", read["test_bed"]))

    def find(self, text: Text) -> Iterator[tuple[int, int, Known]]:
        """Yield where known names begin and end, from left to right, none inside another."""
        done = 0
        stems = list(map(_STEMS.__getitem__, text.forms))
        for index in [place for place, stem in enumerate(stems) if stem in self._by_stem]:
            start = text.starts[index]
            if start < done:
                continue
            for pattern, known in self._by_stem[stems[index]]:
                found = pattern.match(text.text, start)
                if found and not text.text[found.end() : found.end() + 1].isalpha():
                    yield start, found.end(), known
                    done = found.end()
                    break

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
        shapes = []
        for index, one in enumerate(read["families"]):
            key = str(one.get("family", f"families {index + 1}"))
            if set(one) - {"family", "vendor", "shapes"} or not one.get("shapes"):
                raise file.fail(key, "expected family, vendor and shapes")
            self._families.append(Known("hardware", key))
            patterns = [file.pattern(f"{key}.shapes", shape) for shape in one["shapes"]]
            shapes.append(f"(?P<f{index}>{'|'.join(patterns)})")
        self._vendors = re.compile(rf"^(?:(?:{vendors})(?:['’]s)?\s)+(?!GPU|CPU|NPU|TPU)")
        # Capitalised words count only if a vendor or a shape is written with them.
        self._words = frozenset(_CAPITALISED.findall(f"{vendors} {' '.join(shapes)}"))
        self._pattern = re.compile(
            rf"(?:(?:{vendors})(?:['’]s)?\s)*(?:{'|'.join(shapes)})(?=s?(?!\w))"
        )

    def may_begin(self, word: str) -> bool:
        """Tell whether a name of hardware may begin with a word; most words are ruled out."""
        return not word[1:].isalpha() or not word[1:].islower() or word in self._words

    def match(self, text: str, start: int) -> tuple[int, Known] | None:
        """Return where the name of hardware that begins at a place ends, and its family."""
        found = self._pattern.match(text, start)
        if found is None:
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
