"""Explains matches: highlights in title and abstract, a snippet around them, and the reasons."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, pairwise, zip_longest
from typing import NamedTuple

from daily_papers.search.analysis import (
    STOP_WORDS,
    as_one_word,
    bigram,
    is_bigram,
    stem,
    token_runs,
    tokenize,
)
from daily_papers.search.expansion import FACTORS, Variant
from daily_papers.search.ranking import Ranking

LONGEST_SNIPPET = 280  # characters
_BEFORE = 60  # characters of a snippet before its first highlight, at most
OPEN, CLOSE = "⟦", "⟧"  # around a highlight: plain text, and in no abstract
KEPT = 2  # first characters of a bigram that its stem keeps
_WITHOUT_MARKS = str.maketrans({OPEN: "[", CLOSE: "]"})


class Highlight(NamedTuple):
    """A match at [start, end) of a text, its terms, a bigram first, and the weight of the best."""

    start: int
    end: int
    terms: tuple[str, ...]
    weight: float


def query_terms(ranking: Ranking) -> dict[str, float]:
    """Return the terms to highlight and their weights, the highest for what was typed."""
    weights: dict[str, float] = {}
    for clause in ranking.clauses:
        for variant in clause.variants:
            for term in _terms(variant.phrase):
                weights[term] = max(weights.get(term, 0.0), FACTORS[variant.kind])
    return weights


@lru_cache(maxsize=10_000)
def _terms(phrase: str) -> tuple[str, ...]:
    """Return the terms that show a phrase in a text: its bigrams, or else its words."""
    words = tokenize(phrase)
    bigrams = [bigram(*two) for two in pairwise(words) if is_bigram(*two)]
    return (
        *(bigrams or [stem(word) for word in words if word not in STOP_WORDS]),
        stem(as_one_word(*words)),
    )


@lru_cache(maxsize=1_000)  # people page through the same papers, and many ask for the same
def _tokens(text: str) -> tuple[list[int], list[int], list[str], list[str], list[str]]:
    """Return the starts and ends of tokens, the normalized words, their stems, and the first KEPT
    characters of the bigram with the next word, "" at the end of a run. Lists, because the garbage
    collector visits every tuple that is kept: a tuple for each word stopped answers for 50 ms."""
    runs = list(token_runs(text))
    starts, ends, words = map(list, zip(*chain(*runs), strict=True)) if runs else ([], [], [])
    pairs = (pair for run in runs for pair in zip_longest(run, run[1:]))
    prefixes = [
        as_one_word(word.normal, after.normal)[:KEPT] if after else "" for word, after in pairs
    ]
    return starts, ends, words, list(map(stem, words)), prefixes


def find_highlights(text: str, weights: Mapping[str, float]) -> list[Highlight]:
    """Return the matches of weighted terms in a text, in order and without overlap."""
    starts, ends, words, stems, prefixes = _tokens(text)
    bigram_prefixes = {term[:KEPT] for term in weights}
    terms: tuple[str, ...]
    highlights: list[Highlight] = []
    last = 0
    for index, (stemmed, prefix) in enumerate(zip(stems, prefixes, strict=True)):
        # The prefix spares most bigrams: stemming them took most of the time.
        if prefix in bigram_prefixes and (term := bigram(*words[index : index + 2])) in weights:
            terms, end = (term, *stems[index : index + 2]), ends[index + 1]
        elif stemmed in weights and words[index] not in STOP_WORDS:
            terms, end = (stemmed,), ends[index]
        else:
            continue
        if end > last:
            weight = max(weights.get(term, 0.0) for term in terms)
            highlights.append(Highlight(max(starts[index], last), end, terms, weight))
            last = end
    return highlights


def mark(text: str, highlights: list[Highlight], start: int = 0, end: int | None = None) -> str:
    """Return [start, end) of a text with its highlights between OPEN and CLOSE; those that only a
    blank separates become one."""
    parts: list[str] = []
    for highlight in highlights:
        between = text[start : highlight.start]
        if parts and between in ("", " ", "-"):
            parts[-1] = between
        else:
            parts += [between.translate(_WITHOUT_MARKS), OPEN]
        parts += [text[highlight.start : highlight.end].translate(_WITHOUT_MARKS), CLOSE]
        start = highlight.end
    return "".join([*parts, text[start:end].translate(_WITHOUT_MARKS)])


def snippet(text: str, highlights: list[Highlight]) -> str:
    """Return the marked part of a text with the best highlights; its beginning if it has none."""
    first, best = 0, 0.0
    for index, highlight in enumerate(highlights):
        weights: dict[str, float] = {}
        for after in highlights[index:]:
            if after.end > highlight.start + LONGEST_SNIPPET - _BEFORE:
                break
            weights[after.terms[0]] = after.weight
        if sum(weights.values()) > best + 0.01:
            first, best = highlight.start, sum(weights.values())
    start = 0 if first <= _BEFORE else text.find(" ", first - _BEFORE, first) + 1 or first
    end = len(text)
    if end - start > LONGEST_SNIPPET:
        end = text.rfind(" ", start, start + LONGEST_SNIPPET)
        end = end if end > first else start + LONGEST_SNIPPET
    inside = [match for match in highlights if start <= match.start and match.end <= end]
    marked = mark(text, inside, start, end)
    return f"{'… ' if start else ''}{marked}{' …' if end < len(text) else ''}"


def explain(
    ranking: Ranking, number: int, title: list[Highlight], abstract: list[Highlight]
) -> str:
    """Return why a paper matches, by field: `title: kv cache; abstract: phone as mobile device`.
    The field `facts` stands for the names of topics and entities."""

    def score(variant: Variant) -> tuple[float, float]:
        factor = FACTORS[variant.kind]
        return factor * int(variant.weights[number]), factor

    in_title = {term for highlight in title for term in highlight.terms}
    in_abstract = {term for highlight in abstract for term in highlight.terms}
    typed: dict[tuple[str, str], list[str]] = {}  # by synonym ("" for none) and field
    for clause in ranking.clauses:
        variant = max(clause.variants, key=score, default=None)
        if variant is None or not variant.weights[number]:
            continue
        terms = set(_terms(variant.phrase))
        field = "title" if terms & in_title else "abstract" if terms & in_abstract else "facts"
        synonym = variant.phrase if variant.kind in ("same", "near") else ""
        text = " OR ".join(term.text for term in clause.clause.terms)
        typed.setdefault((synonym, field), []).append(text)
    reasons: dict[str, list[str]] = {}
    for (synonym, field), texts in typed.items():
        reason = " ".join(texts) + (f" as {synonym}" if synonym else "")
        reasons.setdefault(field, []).append(reason)
    by_words = "; ".join(f"{field}: {', '.join(texts)}" for field, texts in reasons.items())
    return by_words or ("close in meaning" if ranking.clauses else "")
