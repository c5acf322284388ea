"""Explains matches: highlights in title and abstract, a snippet around them, and the reasons."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain, pairwise, zip_longest
from typing import NamedTuple

from daily_papers.search.analysis import (
    STOP_WORDS,
    Token,
    as_one_word,
    bigram,
    is_bigram,
    joined_term,
    spelled,
    stem,
    token_runs,
    tokenize,
)
from daily_papers.search.expansion import FACTORS, ExpandedClause, Variant, counted_words
from daily_papers.search.negation import NEGATED, NEGATIONS, negated_span
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
            for term in _terms(variant.phrase, variant.sign):
                weights[term] = max(weights.get(term, 0.0), FACTORS[variant.kind])
    return weights


@lru_cache(maxsize=10_000)
def _terms(phrase: str, sign: str) -> tuple[str, ...]:
    """Return the terms that show a phrase in a text: its bigrams, or else its words. All begin with
    the sign."""
    words = tokenize(phrase)
    bigrams = [bigram(*two) for two in pairwise(words) if is_bigram(*two)]
    terms = bigrams or [stem(word) for word in words if word not in STOP_WORDS]
    joined = as_one_word(*words)
    if joined not in STOP_WORDS:  # “O(n)” is not “on”
        terms.append(stem(joined))
    return tuple(sign + term for term in terms)


@lru_cache(maxsize=1_000)  # people page through the same papers, and many ask for the same
def _tokens(
    text: str,
) -> tuple[list[int], list[int], list[str], list[str], list[str], list[str], list[bool]]:
    """Return the starts and ends of tokens, the normalized words, these in American spelling, their
    stems, the first KEPT characters of the bigram with the next word, "" at the end of a run, and
    whether the text negates the word. Lists, because the garbage collector visits every tuple that
    is kept: a tuple for each word stopped answers for 50 ms."""
    runs = list(token_runs(text))
    starts, ends, words = map(list, zip(*chain(*runs), strict=True)) if runs else ([], [], [])
    spellings = spelled(words)
    prefixes = [
        first[:KEPT] if len(first) >= KEPT else (first + second)[:KEPT]
        for first, second in zip_longest(spellings, spellings[1:], fillvalue="")
    ]
    last = -1
    for run in runs:
        last += len(run)
        prefixes[last] = ""
    negated = [is_negated for run in runs for is_negated in _are_negated(run)]
    return starts, ends, words, spellings, list(map(stem, words)), prefixes, negated


def _are_negated(run: Sequence[Token]) -> list[bool]:
    words, negated = [token.normal for token in run], [False] * len(run)
    for index in (index for index, word in enumerate(words) if word in NEGATIONS):
        first, last = negated_span(words, index, STOP_WORDS)
        negated[first:last] = [True] * (last - first)
    return negated


def find_highlights(text: str, weights: Mapping[str, float]) -> list[Highlight]:
    """Return the matches of weighted terms in a text, in order and without overlap."""
    starts, ends, words, spellings, stems, prefixes, negated = _tokens(text)
    wanted = {term.removeprefix(NEGATED) for term in weights}
    bigram_prefixes = {term[:KEPT] for term in wanted}
    # Few words may begin a match. The prefix spares most bigrams: stemming them took most of the
    # time.
    candidates = {index for index, stemmed in enumerate(stems) if stemmed in wanted}
    pairs = {
        index: joined_term(*spellings[index : index + 2])
        for index, prefix in enumerate(prefixes)
        if prefix in bigram_prefixes
    }
    # What has the term of its first word alone is no bigram: “model (e.g.” has none.
    pairs = {
        index: pair for index, pair in pairs.items() if pair in wanted and pair != stems[index]
    }
    candidates.update(pairs)
    highlights: list[Highlight] = []
    last = 0
    for index in sorted(candidates):
        stemmed, pair = stems[index], pairs.get(index, "")
        terms: list[str] = []
        end = index
        for sign in ("", NEGATED) if negated[index] else ("",):
            if pair and sign + pair in weights:
                terms += (sign + term for term in (pair, *stems[index : index + 2]))
                end = index + 1
            elif sign + stemmed in weights and words[index] not in STOP_WORDS:
                terms.append(sign + stemmed)
        if terms and ends[end] > last:
            # “Without” and “free” beside what they negate are quoted with it.
            is_negated = terms[-1].startswith(NEGATED)
            begin = index - (is_negated and index > 0 and words[index - 1] in NEGATIONS)
            end += is_negated and words[end + 1 : end + 2] == ["free"]
            weight = max(weights.get(term, 0.0) for term in terms)
            highlights.append(Highlight(max(starts[begin], last), ends[end], tuple(terms), weight))
            last = ends[end]
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
    # By whether the query negates it, synonym ("" for none) and field.
    typed: dict[tuple[bool, str, str], list[str]] = {}
    for clause in ranking.clauses:
        variant = max(clause.variants, key=score, default=None)
        if variant is None or not variant.weights[number]:
            continue
        terms = set(_terms(variant.phrase, variant.sign))
        field = "title" if terms & in_title else "abstract" if terms & in_abstract else "facts"
        synonym = variant.phrase if variant.kind in ("same", "near") else ""
        key = clause.negation == "negated", synonym, field
        typed.setdefault(key, []).append(_matched_text(clause, variant))
    reasons: dict[str, list[str]] = {}
    for (is_negated, synonym, field), texts in typed.items():
        negation, end = "without " if is_negated else "", f" as {synonym}" if synonym else ""
        reasons.setdefault(field, []).append(f"{negation}{' '.join(texts)}{end}")
    by_words = "; ".join(f"{field}: {', '.join(texts)}" for field, texts in reasons.items())
    return by_words or ("close in meaning" if ranking.clauses else "")


def _matched_text(clause: ExpandedClause, variant: Variant) -> str:
    """Return what a clause has that the variant matches: its word, the word that completes its
    prefix, those words of its phrase that count, or one of its alternatives."""
    term, *others = clause.clause.terms
    if term.kind == "word" and not others:
        return term.text
    words = tokenize(variant.phrase)
    counted = counted_words(words)
    return variant.phrase if len(counted) in (0, len(words)) else " ".join(counted)
