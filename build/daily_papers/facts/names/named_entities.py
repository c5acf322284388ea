"""Finds the hardware, models, datasets and methods that a paper names.

Known names come from the vocabulary, with whatever versions, sizes and variants follow them. Other
names are found by their shape ("Qwen9-7B", "FooBench") and by the words beside them ("the Foo
dataset", "benchmarks such as Foo and Bar", "an H300 GPU").

Every search goes at most a few steps to either side of a token, so that the time grows with the
length of the text and no faster.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daily_papers.facts.names.introduced_name import has_name_shape
from daily_papers.facts.names.name_tokens import NO_NAME, Token, tokenize
from daily_papers.records import EntityKind, Field, Link
from daily_papers.text import BoundedCache, Text, word_set
from daily_papers.vocabulary import GENERIC, HARDWARE, NAMES
from daily_papers.vocabulary.known_names import NameEntry, alphanumeric

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
    r"OneVision|Coder|Vision|R1|V\d(?:\.\d)?|Base|Small)(?!\w))"
)
_MODEL_SUFFIX = re.compile(
    rf"{_VERSION}?(?:{_SIZE}|{_PART}){{0,8}}{_VARIANT}{{0,3}}(?:{_SIZE}|{_PART}){{0,4}}"
)
_DATASET_SUFFIX = re.compile(
    r"(?:[-_ ]?(?:v\d(?:\.\d)?|\d{1,4}[kKM]?|20\d\d)(?!\.\w|\w|%|\s?(?:times|×|x\b)))?"
    r"(?:-(?:[A-Z]\w{0,24}|\d{1,4}[kK]?)){0,4}"
)
_SIZED = re.compile(r"(.+)-\d{1,4}(?:\.\d{1,3})?[BM](?:-[A-Za-z][\w.]*)*$")
_COUNTED = re.compile(r"\d+x(?=[A-Z])")
_SIZE_BEHIND = re.compile(r" \d{1,4}(?:\.\d{1,3})?[BM](?![\w%-])")
_SCALE = re.compile(r"-(?:parameters?|params?|scale|size|sized|level|class|token|tokens)$")
_MODEL_ENDING = re.compile(
    r"[A-Z][\w-]*[A-Za-z0-9](?:BERT|GPT|LLaMA|Llama|LLaVA|CLIP|VLM|ViT|PaLM)(?:-[A-Z0-9][\w.]*)*$"
)
_DATASET_ENDING = re.compile(
    r"[A-Za-z0-9-]*[A-Za-z0-9](?:Bench|-bench|QA|VQA|Eval)(?:-?[vV]?\d(?:\.\d)?)?$"
)
_BESIDE: dict[str, EntityKind] = {
    "dataset": "dataset", "benchmark": "dataset", "corpus": "dataset", "corpora": "dataset",
    "leaderboard": "dataset", "set": "dataset", "model": "model", "llm": "model",
    "backbone": "model", "checkpoint": "model", "mllm": "model", "vlm": "model",
}  # fmt: skip
_MODEL_QUALIFIERS = frozenset(("series", "family", "base", "backbone", "language", "architecture"))
_JOINTS = re.compile(r"(?:,\s(?:and\s|or\s)?|\sand\s|\sor\s|/|\s&\s)(?:the\s)?")
_OPENS = re.compile(
    r",?\s?(?:\(\s?|:\s|including\s|such as\s|like\s|namely\s|–\s)(?:including\s|e\.g\.,?\s|"
    r"i\.e\.,?\s|such as\s)?(?:the\s)?|,\s(?:e\.g\.,?\s)(?:the\s)?"
)
_OPENERS = frozenset(("including", "such", "like", "namely"))  # the words among them
_COMPARISON = re.compile(
    r"(?:[Cc]ompared (?:to|with)|outperform\w{0,4}|surpass\w{0,4}|over|than|against|versus|vs\.?|"
    r"relative to|replacement for|variants? of|building (?:on|upon)|beats?|extends?)\s"
    r"(?:(?:the|both|existing|vanilla|standard|strong|state-of-the-art)\s){0,3}(?=[A-Z])"
)
_COMPARES = word_set(
    "compared over than against versus vs relative replacement variant building beat extend "
    "outperform outperformed outperforming surpass surpassed surpassing"
)
_CAPITALISED = re.compile(r"[A-Z][\w.+-]*\w\+{0,2}(?:\s(?:[A-Z\d][\w.+-]*\w\+{0,2}|\d)){0,5}")
# What may follow an ordinary word that is a name: "Hierarchical storage" is none.
_ENDS_NAME = re.compile(
    r"[,.;:]|\s(?:and|or|by|on|in|for|with|at|while|when|under|across|of|\()|$|['’]s"
)
_PRONOUNS = re.compile(r"-[a-z]+$|^(?:The|Our|We|This|These|In|On|For)\b")
_NAME_VARIANT = re.compile(r"v?[\d.]*[bmk]?|[a-z]{1,2}\d*|\d+[bm].*")
_MAX_LIST = 14  # names of one list


class EntityOccurrence(NamedTuple):
    """A name where it is written, and what kind of thing it names."""

    text: str
    field: Field
    start: int
    end: int
    kind: EntityKind
    entry: NameEntry | None  # of the vocabulary


_Span = tuple[int, int, EntityKind, NameEntry | None]  # the start and end of a name, and the rest


def find_entities(
    text: Text, introduced_name: str | None, links: Sequence[Link] = ()
) -> list[EntityOccurrence]:
    """Return the names in a text from left to right, none inside another nor inside a link.

    The name of what the paper introduces is left out, and so are its variants.
    """
    taken = bytearray(len(text.text) + 1)
    for link in links:
        if link.start is not None and link.end is not None:
            taken[link.start : link.end] = b"\1" * (link.end - link.start)
    introduced_key = alphanumeric(introduced_name or "")
    entities = []
    for start, end, kind, entry in _spans(text):
        if taken[start] or taken[end - 1]:
            continue
        name = text.text[start:end]
        if introduced_key.startswith(name[0].lower()) and _is_variant(name, introduced_key):
            continue
        taken[start:end] = b"\1" * (end - start)
        entities.append(EntityOccurrence(name, text.field, start, end, kind, entry))
    return sorted(entities, key=lambda entity: entity.start)


def _is_variant(name: str, introduced_key: str) -> bool:
    """Tell whether a name is the introduced one, or a variant of it ("DrVoice-7B")."""
    key, length = alphanumeric(name), len(introduced_key)
    return key.startswith(introduced_key) and (
        len(key) == length or (length > 2 and _NAME_VARIANT.fullmatch(key, length) is not None)
    )


def _spans(text: Text) -> Iterator[_Span]:
    """Yield the span of each name, from the surest way of finding it to the least sure."""
    tokens = tokenize(text)
    for token in tokens:
        yield from _hardware(text, token)
    yield from _known_names(text)
    for token in tokens:
        if len(token.text) > 3 and (token.is_name or not token.text.isalpha()):
            yield from _by_ending(text, token)
    yield from _beside_kinds(text, tokens)
    if text.field == "abstract":  # titles write ordinary words with capitals
        for index in [index for index, form in enumerate(text.forms) if form in _COMPARES]:
            if comparison := _COMPARISON.match(text.text, text.starts[index]):
                yield from _capitalised(text, comparison.end())
    for token in tokens:
        around = text.text[token.start - 1 : token.start] + text.text[token.end : token.end + 1]
        # Capitals in brackets are the short form of an ordinary phrase.
        if token.is_name and not (around == "()" and token.text.removesuffix("s").isupper()):
            yield token.start, token.end, "method", None


def _hardware(text: Text, token: Token) -> Iterator[_Span]:
    if not HARDWARE.may_begin(token.text):
        return
    start = token.start
    if token.text[0].isdigit() and (counted := _COUNTED.match(token.text)):  # "8xH200"
        start += counted.end()
    if match := HARDWARE.match(text.text, start):
        yield start, match[0], "hardware", match[1]


def _known_names(text: Text) -> Iterator[_Span]:
    whole = text.text
    for start, end, entry in NAMES.matches(text):
        if entry.kind in ("model", "dataset"):
            pattern = _MODEL_SUFFIX if entry.kind == "model" else _DATASET_SUFFIX
            suffix = pattern.match(whole, end)
            if entry.versioned and not (suffix and suffix[0]):
                continue
            end = suffix.end() if suffix else end
        if not whole[end : end + 1].isalnum() and whole[end : end + 1] not in ("_", "²"):
            yield _hyphenated_start(whole, start), end, entry.kind, entry


def _hyphenated_start(text: str, start: int) -> int:
    """Return the start of a hyphenated name whose last part is known ("Cerebras-GPT")."""
    for _ in range(4):
        if text[start - 1 : start] != "-":
            break
        first, lowest = start - 1, max(0, start - 30)
        while first > lowest and (text[first - 1].isalnum() or text[first - 1] == "."):
            first -= 1
        if not text[first].isupper():
            break
        start = first
    return start


def _by_ending(text: Text, token: Token) -> Iterator[_Span]:
    """Yield the name whose kind its ending tells: sizes of models, "…GPT", "…Bench"."""
    kind, is_sized = _ENDINGS[token.text]
    if token.is_name and not is_sized and (size := _SIZE_BEHIND.match(text.text, token.end)):
        yield token.start, size.end(), "model", None
    elif kind is not None:
        yield token.start, token.end, kind, None


def _ending(word: str) -> tuple[EntityKind | None, bool]:
    """Return what a word names by its ending, and whether that is the size of a model."""
    sized = _SIZED.match(word)
    if sized and word[0].isupper() and sized[1] not in GENERIC and not _SCALE.search(word):
        return "model", True
    if _MODEL_ENDING.match(word):
        return "model", False
    return "dataset" if word not in GENERIC and _DATASET_ENDING.match(word) else None, False


_ENDINGS = BoundedCache(_ending)


def _beside_kinds(text: Text, tokens: list[Token]) -> Iterator[_Span]:
    """Yield the names that stand beside "dataset", "benchmarks such as", "models" and the like."""
    forms = text.forms
    indices = [index for index, form in enumerate(forms) if form in _BESIDE]
    starts = {token.start: number for number, token in enumerate(tokens)} if indices else {}
    ends = {token.end: number for number, token in enumerate(tokens)} if indices else {}
    for index in indices:
        kind = _BESIDE[forms[index]]
        if forms[index] == "set" and forms[index - 1] != "test":
            continue
        end = text.starts[index] - 1
        if index and text.ends[index - 1] == end and end not in ends:
            qualifies = kind != "model" or forms[index - 1] in _MODEL_QUALIFIERS
            end = text.starts[index - 1] - 1 if qualifies else -1
        if end in ends:
            yield from _list_names(text, tokens, ends[end], -1, kind)
        # Between two words that a blank parts, only a few open a list.
        if text.gaps[index + 1] != " " or _OPENERS.issuperset(forms[index + 1 : index + 2]):
            opening = _OPENS.match(text.text, text.ends[index])
            if opening and opening.end() in starts:
                yield from _list_names(text, tokens, starts[opening.end()], 1, kind)


def _list_names(
    text: Text, tokens: list[Token], number: int, step: int, kind: EntityKind
) -> Iterator[_Span]:
    """Yield the names of a list from a token on, to the right (1) or to the left (-1)."""
    for _ in range(_MAX_LIST):
        token = tokens[number]
        if token.is_name:
            yield token.start, token.end, kind, None
        number += step
        if not 0 <= number < len(tokens):
            return
        left, right = (token, tokens[number]) if step > 0 else (tokens[number], token)
        if not _JOINTS.fullmatch(text.text, left.end, right.start):
            return


def _capitalised(text: Text, start: int) -> Iterator[_Span]:
    """Yield the names of a list that starts at an offset; they may be ordinary words."""
    for _ in range(_MAX_LIST):
        match = _CAPITALISED.match(text.text, start)
        if match is None:
            return
        name, end = match[0], match.end()
        last = name.split()[-1]
        generic = not GENERIC.isdisjoint((name, last, last.removesuffix("s")))
        no_name = len(name) <= 2 or NO_NAME.match(name) or _PRONOUNS.search(name)
        if not (generic or no_name) and (has_name_shape(name) or _ENDS_NAME.match(text.text, end)):
            yield start, end, "method", None
        joint = _JOINTS.match(text.text, end)
        if joint is None:
            return
        start = joint.end()
