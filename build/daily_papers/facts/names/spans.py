"""Finds the spans of a text that may name something: words with capitals or digits, short runs of
them, and what the vocabulary knows.

A compound gives what it is made of ("GPT-4" of "GPT-4-based", both of "MMLU/GSM8K"); which of them
are names is decided later. Companies, conferences, units and acronyms of the field are none. Every
search goes a few words far, so that the time grows with the length of the text and no faster.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import NamedTuple

from daily_papers.records import Link
from daily_papers.text import BoundedCache, Text, word_set
from daily_papers.vocabulary import GENERIC, HARDWARE, NAMES
from daily_papers.vocabulary.known_names import NameEntry

_TOKEN = re.compile(r"[^\s–—(),;:\"“”\[\]{}<>|]+")
_STRIPPED = ".'’‘`!?*~$-/=≈+"
_COMPOUND = re.compile(r"(.*[A-Z0-9].*)-[a-z]{3,}$")
_POSSESSIVE = re.compile(r"['’]s$")
_ALONE = re.compile(r"[\W\d_]*$|\d[\d.]*(?:[BMKTkx]|-?[a-z]+|[KMGT]B|D|[GTM]?Hz)$")
# Words that begin a sentence, or stand in a title with a capital, and are no part of a name.
_ORDINARY = word_set(
    "A An The This These That Those We Our Ours It Its They Their In On At By Of For To From With "
    "Without Within Under Over Across Through During After Before Since While When Where Whereas "
    "Which What Why How If As And Or But Nor Yet So Then Thus Hence Therefore However Moreover "
    "Furthermore Additionally Also Finally First Second Third Firstly Secondly Notably "
    "Specifically "
    "Importantly Consequently Meanwhile Although Though Despite Unlike Instead Besides Because "
    "Due "
    "Here There Both Each Every All Any Some Many Most More Such Other Another Existing Recent "
    "Recently Current Currently Previous Extensive Experiments Experimental Results Empirical "
    "Compared Using Based Building Given Can Is Are Be Do Does Not No Via Towards Toward You Let "
    "Yes e.g i.e"
)
_PLAIN = re.compile(r"[A-Z][a-z]+(?:-[A-Za-z]?[a-z]+)*")
_JOINED = re.compile(r"s?(?:[-/]|['’]\d\d$|$)")
_CITATION = re.compile(r"[a-z]+(?:19|20)\d\d[a-z]*|[A-Z][a-z]+(?:19|20)\d\d[a-z]+")
_MOST_WORDS = 4  # of a name
_MOST_LETTERS = 200  # of a word of a name
_VERSION = (
    r"(?:[-\s]b1\.58|\.\d(?!\d)|[-\s]?[vV]?\d{1,3}(?:\.\d{1,2})?(?:[oxk](?![A-Za-z]))?"
    r"(?![\w%]|\.\d|\s?(?:times|%|×)))"
)
_SIZE = r"(?:[-–\s]\d{1,4}(?:\.\d{1,3})?[BMTbm](?!\w))"
_PART = (
    r"(?:/\d{1,4}(?:\.\d{1,3})?[A-Za-z]?|[-–_](?:\d{1,4}(?:\.\d{1,3})*[A-Za-z]{0,2}(?:-?bit)?|v?\d[\w.]{0,9}|"
    r"[A-Z][A-Za-z0-9]{0,24}(?:\.\d{1,3})*|mini|base|large|small|tiny|medium|instruct|chat|turbo|preview|"
    r"nano|coder|math|distill|it|hf|vl|xl|b1\.58)(?![A-Za-z]))"
)
_VARIANT = (
    r"(?:\s(?:XL|Turbo|Pro|Flash|Sonnet|Opus|Haiku|Ultra|Max|Mini|Instruct|Large|Medium|Chat|Next|"
    r"OneVision|Coder|Vision|R1|V\d(?:\.\d)?|Base|Small|mini|tiny|flash|thinking|Thinking|Preview|Image)(?!\w))"
)
_MODEL_SUFFIX = re.compile(
    rf"{_VERSION}?(?:{_SIZE}|{_PART}){{0,8}}{_VARIANT}{{0,3}}(?:{_SIZE}|{_PART}){{0,4}}"
)
_DATASET_SUFFIX = re.compile(
    r"(?:[-_ ]?(?:v\d(?:\.\d)?|\d{1,4}[kKM]?|20\d\d)(?!\.\w|\w|%|\s?(?:times|×|x\b)))?"
    r"(?:-(?:[A-Z]\w{0,24}|\d{1,4}[kK]?)){0,4}"
)
_COUNTED = re.compile(r"\d+x(?=[A-Z])")


class Span(NamedTuple):
    """A span that may be a name; `run` are the start and end of the longest span around it, `entry`
    is what the vocabulary knows by exactly this span."""

    start: int
    end: int
    run: tuple[int, int]
    entry: NameEntry | None


class _Word(NamedTuple):
    """A word of a name: where it starts, the ends that it may have, and what it is made of."""

    start: int
    ends: tuple[int, ...]
    parts: tuple[tuple[int, int], ...]
    is_plain: bool  # no more than a first capital
    is_generic: bool  # an acronym of the field, a company, a conference, or a number
    is_number: bool
    is_open: bool  # nothing behind it

    def moved(self, by: int) -> "_Word":
        """Return the same word that far to the right."""
        return self._replace(
            start=self.start + by,
            ends=tuple(end + by for end in self.ends),
            parts=tuple((start + by, end + by) for start, end in self.parts),
        )


def _read_word(token: str) -> _Word | None:
    if len(token) > _MOST_LETTERS:
        return None
    start = len(token) - len(token.lstrip(_STRIPPED))
    core = token.strip(_STRIPPED)
    if token[start + len(core) :].startswith("++"):
        core += "++"
    bare = _POSSESSIVE.sub("", core)
    if bare.islower() or core in _ORDINARY or not bare or "//" in token or "@" in bare:
        return None
    if _CITATION.fullmatch(bare):
        return None
    end = start + len(bare)
    ends = [end]
    if compound := _COMPOUND.match(bare):
        ends.append(start + len(compound[1]))
    if bare.endswith("s") and len(bare) > 3 and (bare[-2].isupper() or bare[-2].isdigit()):
        ends.append(end - 1)
    parts = []
    if "/" in bare:
        offset = start
        for part in bare.split("/")[:8]:
            if part not in GENERIC and not _ALONE.match(part):
                parts.append((offset, offset + len(part)))
            offset += len(part) + 1
    is_plain = _PLAIN.fullmatch(bare) is not None
    is_number = _ALONE.match(bare) is not None
    is_generic = is_number or all(
        part in GENERIC or not part or part.islower() for part in _JOINED.split(bare)
    )
    is_open = token[max(ends) :] in ("", "'s", "’s", "+")
    return _Word(start, tuple(ends), tuple(parts), is_plain, is_generic, is_number, is_open)


_WORDS = BoundedCache(_read_word)


def _linked(text: Text, links: Sequence[Link]) -> bytearray:
    """Return a byte for each character, 1 where it is part of a link."""
    taken = bytearray(len(text.text) + 1)
    for link in links:
        if link.start is not None and link.end is not None:
            taken[link.start : link.end] = b"\1" * (link.end - link.start)
    return taken


def find_spans(text: Text, links: Sequence[Link] = ()) -> list[Span]:
    """Return the spans that may be names, sorted, each once."""
    taken = _linked(text, links)
    known: dict[tuple[int, int], NameEntry] = {}
    for start, end, entry in known_spans(text):
        if not taken[start] and (entry.kind == "hardware" or (start, end) not in known):
            known[start, end] = entry
    runs = [(0, 0)]
    spans: dict[tuple[int, int], Span] = {}
    colon = text.text.find(":") if text.field == "title" else -1
    for run in _runs(text):
        start, end = bounds = run[0].start, run[-1].ends[0]
        runs.append(bounds)
        # Any word has a capital in a title, and at the start of a sentence.
        is_plain = all(word.is_plain for word in run) and (
            (text.field == "title" and end > colon)
            or (len(run) == 1 and text.sentence_at(start).start >= start - 1)
        )
        if not taken[start]:
            for part in _parts(run, is_plain):
                spans[part] = Span(*part, bounds, known.get(part))
    for part, entry in known.items():
        bounds = runs[bisect_right(runs, part[0], key=itemgetter(0)) - 1]
        spans[part] = Span(*part, bounds if bounds[1] >= part[1] else part, entry)
    return sorted(spans.values(), key=lambda span: span[:2])


def _parts(run: Sequence[_Word], is_plain: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans of a run that may be names: with and without numbers behind, and parts."""
    names = [index for index, word in enumerate(run) if not word.is_number]
    if not names:
        return
    for word in run:
        yield from word.parts
    first, last = names[0], names[-1]
    if last - first < _MOST_WORDS and not is_plain and not all(word.is_generic for word in run):
        for end in run[last].ends:
            yield run[first].start, end
        if last + 1 < len(run):
            yield run[first].start, run[last + 1].ends[0]


def _runs(text: Text) -> Iterator[list[_Word]]:
    """Yield the words with capitals or digits that only blanks part."""
    whole, gaps = text.text, text.gaps
    run: list[_Word] = []
    previous = end = -1
    for index, form in enumerate(text.words):
        if form.islower() or text.starts[index] < end:
            continue
        while index and gaps[index] != " " and _TOKEN.fullmatch(gaps[index]):
            index -= 1
        token = _TOKEN.match(whole, text.starts[index])
        if not token:
            continue
        start, end = token.span()
        word = _WORDS[token[0]]
        if not word:
            continue
        if run and (start - previous != 1 or whole[previous] != " "):
            yield run
            run = []
        run.append(word.moved(start))
        # Punctuation behind a word ends a run.
        previous = end if word.is_open else -1
    if run:
        yield run


def known_spans(text: Text) -> Iterator[tuple[int, int, NameEntry]]:
    """Yield the names that the vocabulary knows, with the versions, sizes and variants behind."""
    whole = text.text
    for start, end, entry in NAMES.matches(text):
        if entry.kind in ("model", "dataset"):
            pattern = _MODEL_SUFFIX if entry.kind == "model" else _DATASET_SUFFIX
            suffix = pattern.match(whole, end)
            if entry.versioned and not (suffix and suffix[0]):
                continue
            end = suffix.end() if suffix else end
        if not whole[end : end + 1].isalnum() and whole[end : end + 1] not in ("_", "²"):
            yield start, end, entry
    end = 0
    for word, start in zip(text.words, text.starts, strict=True):
        if start >= end and not word.islower() and HARDWARE.may_begin(word):
            if word[0].isdigit() and (counted := _COUNTED.match(whole, start)):
                start = counted.end()
            if match := HARDWARE.match(whole, start):
                end = match[0]
                yield start, end, match[1]
