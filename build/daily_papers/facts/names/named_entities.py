"""Finds the hardware, models, datasets and methods that a paper names.

Known names come from the vocabulary, with whatever versions, sizes and variants follow them. Names
that nobody listed are found by their shape ("Qwen9-7B", "FooBench") and by the words beside them
("the Foo dataset", "benchmarks such as Foo and Bar", "an H300 GPU").

All of it walks over tokens, at most a few steps to either side of each, so that the time grows
with the length of the text and no faster.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from daily_papers.facts.names.introduced_name import shaped
from daily_papers.facts.names.name_tokens import Token, is_no_name, tokens_of
from daily_papers.records import EntityKind, Field, Link
from daily_papers.text import Remembered, Text
from daily_papers.vocabulary import GENERIC, HARDWARE, NAMES
from daily_papers.vocabulary.known_names import Known

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
    r"i\.e\.,?\s|such as\s)?(?:the\s)?"
    r"|,\s(?:e\.g\.,?\s)(?:the\s)?"
)
_OPENERS = frozenset(("including", "such", "like", "namely"))  # the words among them
_COMPARISON = re.compile(
    r"(?:[Cc]ompared (?:to|with)|outperform\w{0,4}|surpass\w{0,4}|over|than|against|versus|vs\.?|"
    r"relative to|"
    r"replacement for|variants? of|building (?:on|upon)|beats?|extends?)\s"
    r"(?:(?:the|both|existing|vanilla|standard|strong|state-of-the-art)\s){0,3}(?=[A-Z])"
)
_COMPARES = frozenset(
    str.split(
        "compared over than against versus vs relative replacement variant building beat extend "
        "outperform outperformed outperforming surpass surpassed surpassing"
    )
)
_CAPITALISED = re.compile(r"[A-Z][\w.+-]*\w\+{0,2}(?:\s(?:[A-Z\d][\w.+-]*\w\+{0,2}|\d)){0,5}")
# What may follow an ordinary word that is a name: "Hierarchical storage" is none.
_ENDS_NAME = re.compile(
    r"[,.;:]|\s(?:and|or|by|on|in|for|with|at|while|when|under|across|of|\()|$|['’]s"
)
_PRONOUNS = re.compile(r"-[a-z]+$|^(?:The|Our|We|This|These|In|On|For)\b")
_MOST = 14  # names of one list


class Seen(NamedTuple):
    """A name where it is written, and what kind of thing it names."""

    text: str
    field: Field
    start: int
    end: int
    kind: EntityKind
    known: Known | None  # its entry of the vocabulary


def find(text: Text, own: str | None, links: Sequence[Link] = ()) -> list[Seen]:
    """Return the names in a text from left to right, none inside another nor inside a link.

    `own`, the name of what the paper introduces, is left out, and so are its variants.
    """
    taken = bytearray(len(text.text) + 1)
    for link in links:
        if link.start is not None and link.end is not None:
            _take(taken, link.start, link.end)
    seen = []
    mine = _bare(own) if own else ""
    for one in _all(text):
        if taken[one.start] or taken[one.end - 1]:
            continue
        if mine and one.text[0].lower() == mine[0] and _is_own(_bare(one.text), mine):
            continue
        _take(taken, one.start, one.end)
        seen.append(one)
    return sorted(seen, key=lambda one: one.start)


def _take(taken: bytearray, start: int, end: int) -> None:
    taken[start:end] = b"\1" * (end - start)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


_OWN_VARIANT = re.compile(r"v?[\d.]*[bmk]?|[a-z]{1,2}\d*|\d+[bm].*")


def _is_own(key: str, own: str) -> bool:
    """Tell whether a name is the paper's own, or a variant of it ("DrVoice-7B")."""
    if not key.startswith(own):
        return False
    return key == own or (len(own) > 2 and _OWN_VARIANT.fullmatch(key, len(own)) is not None)


def _all(text: Text) -> Iterator[Seen]:
    """Yield every name found, the surest way of finding first."""
    tokens = tokens_of(text)
    for token in tokens:
        yield from _hardware(text, token)
    yield from _known(text)
    for token in tokens:
        if len(token.text) > 3 and (token.name or not token.text.isalpha()):
            yield from _by_ending(text, token)
    yield from _beside(text, tokens)
    if text.field == "abstract":  # titles write ordinary words with capitals
        yield from _compared(text)
    for token in tokens:
        if token.name and not _acronym(text.text, token):
            yield Seen(token.text, text.field, token.start, token.end, "method", None)


def _hardware(text: Text, token: Token) -> Iterator[Seen]:
    if not HARDWARE.may_begin(token.text):
        return
    start = token.start
    if token.text[0].isdigit() and (counted := _COUNTED.match(token.text)):  # "8xH200"
        start += counted.end()
    found = HARDWARE.match(text.text, start)
    if found:
        end, known = found
        yield Seen(text.text[start:end], text.field, start, end, "hardware", known)


def _compared(text: Text) -> Iterator[Seen]:
    """Yield the names behind words of comparison, which may be ordinary words there."""
    for index in [place for place, form in enumerate(text.forms) if form in _COMPARES]:
        behind = _COMPARISON.match(text.text, text.starts[index])
        if behind:
            yield from _capitalised(text, behind.end())


def _known(text: Text) -> Iterator[Seen]:
    whole = text.text
    for start, end, known in NAMES.find(text):
        if known.kind in ("model", "dataset"):
            pattern = _MODEL_SUFFIX if known.kind == "model" else _DATASET_SUFFIX
            suffix = pattern.match(whole, end)
            if known.versioned and not (suffix and suffix[0]):
                continue
            end = suffix.end() if suffix else end
        start = _whole_start(whole, start)
        if whole[end : end + 1].isalnum() or whole[end : end + 1] in ("_", "²"):
            continue
        yield Seen(whole[start:end], text.field, start, end, known.kind, known)


def _whole_start(text: str, start: int) -> int:
    """Return where a hyphenated name begins whose last part is known ("Cerebras-GPT")."""
    for _ in range(4):
        if text[start - 1 : start] != "-":
            break
        first = start - 1
        while (
            first > 0
            and start - first < 30
            and (text[first - 1].isalnum() or text[first - 1] == ".")
        ):
            first -= 1
        if not text[first].isupper():
            break
        start = first
    return start


def _by_ending(text: Text, token: Token) -> Iterator[Seen]:
    """Yield what a word's last letters say: sizes of models, "…GPT", "…Bench"."""
    kind, sized = _ENDINGS[token.text]
    if token.name and not sized and (behind := _SIZE_BEHIND.match(text.text, token.end)):
        end = behind.end()
        yield Seen(text.text[token.start : end], text.field, token.start, end, "model", None)
    elif kind is not None:
        yield Seen(token.text, text.field, token.start, token.end, kind, None)


def _ending(word: str) -> tuple[EntityKind | None, bool]:
    """Return what a word names by its ending, and whether that is the size of a model."""
    sized = _SIZED.match(word)
    if sized and word[0].isupper() and sized[1] not in GENERIC and not _SCALE.search(word):
        return "model", True
    if _MODEL_ENDING.match(word):
        return "model", False
    return "dataset" if word not in GENERIC and _DATASET_ENDING.match(word) else None, False


_ENDINGS = Remembered(_ending)


def _beside(text: Text, tokens: list[Token]) -> Iterator[Seen]:
    """Yield the names that stand beside "dataset", "benchmarks such as", "models" and the like."""
    forms = text.forms
    places = [place for place, form in enumerate(forms) if form in _BESIDE]
    starts = {token.start: place for place, token in enumerate(tokens)} if places else {}
    ends = {token.end: place for place, token in enumerate(tokens)} if places else {}
    for index in places:
        kind = _BESIDE[forms[index]]
        if forms[index] != "set" or forms[index - 1] == "test":
            yield from _names_before(text, tokens, ends, index, kind)
            # Between two words that a blank parts, only a few open a list.
            if text.gaps[index + 1] != " " or _OPENERS.issuperset(forms[index + 1 : index + 2]):
                yield from _names_behind(text, tokens, starts, text.ends[index], kind)


def _names_before(
    text: Text, tokens: list[Token], ends: dict[int, int], index: int, kind: EntityKind
) -> Iterator[Seen]:
    place = text.starts[index] - 1
    if index and text.ends[index - 1] == place and place not in ends:
        if kind == "model" and text.forms[index - 1] not in _MODEL_QUALIFIERS:
            return
        place = text.starts[index - 1] - 1
    for _ in range(_MOST):
        at = ends.get(place)
        if at is None:
            return
        token = tokens[at]
        if token.name:
            yield Seen(token.text, text.field, token.start, token.end, kind, None)
        if at == 0 or not _JOINTS.fullmatch(text.text, tokens[at - 1].end, token.start):
            return
        place = tokens[at - 1].end


def _names_behind(
    text: Text, tokens: list[Token], starts: dict[int, int], place: int, kind: EntityKind
) -> Iterator[Seen]:
    opened = _OPENS.match(text.text, place)
    at = starts.get(opened.end()) if opened else None
    for _ in range(_MOST):
        if at is None:
            return
        token = tokens[at]
        if token.name:
            yield Seen(token.text, text.field, token.start, token.end, kind, None)
        joint = _JOINTS.match(text.text, token.end)
        at = starts.get(joint.end()) if joint else None


def _capitalised(text: Text, place: int) -> Iterator[Seen]:
    """Yield the names of a list that begins at a place."""
    for _ in range(_MOST):
        found = _CAPITALISED.match(text.text, place)
        if found is None:
            return
        name = found[0]
        last = name.split()[-1]
        plain = name in GENERIC or last in GENERIC or last.removesuffix("s") in GENERIC
        follows = shaped(name) or _ENDS_NAME.match(text.text, found.end())
        if not plain and follows and len(name) > 2 and not _is_no_name(name):
            yield Seen(name, text.field, *found.span(), "method", None)
        joint = _JOINTS.match(text.text, found.end())
        if joint is None:
            return
        place = joint.end()


def _is_no_name(name: str) -> bool:
    return is_no_name(name) or _PRONOUNS.search(name) is not None


def _acronym(text: str, token: Token) -> bool:
    """Tell whether a word stands in brackets as the short form of an ordinary phrase."""
    bracketed = (
        text[token.start - 1 : token.start] == "(" and text[token.end : token.end + 1] == ")"
    )
    return bracketed and token.text.removesuffix("s").isupper()
