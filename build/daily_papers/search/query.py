"""Parses queries: words, "phrases", prefix*, -exclusion, AND, OR, NOT and field:value.

Any text is a query: an operator where none can stand is a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import Literal

from daily_papers.papers.cleaning import clean
from daily_papers.search.analysis import token_runs, tokenize
from daily_papers.search.documents import FACETS

MOST_LETTERS = 1_000  # of a query that are read
MOST_WORDS = 32  # so that a pasted abstract is answered as fast as a question

Kind = Literal["word", "phrase", "prefix", "filter"]

# The names under which people filter, and their facets.
FIELDS = dict(zip(FACETS, FACETS, strict=True)) | {"topics": "topic", "models": "model"}
FIELDS |= dict.fromkeys(("device", "gpu"), "hardware")
FIELDS |= dict.fromkeys(("org", "organisation"), "organization")

_TOKEN = re.compile(
    r"""
    (?P<sign>[-+]?)
    (?:
        (?P<field>[A-Za-z]+):(?:"(?P<quoted>[^"]+)"|(?P<value>[^\s"]+))
      | "(?P<phrase>[^"]*)"?
      | (?P<bare>[^\s"]+)
    )
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class QueryTerm:
    """The smallest part of a query: the text as typed, its normalized words, and the facet of a
    filter. Words of one `run` are adjacent: only blanks and hyphens separate them."""

    kind: Kind
    text: str
    words: tuple[str, ...]
    facet: str | None = None
    run: int = 0


@dataclass(frozen=True)
class Clause:
    """Alternative terms, joined by OR. A required clause must match, an excluded one must not, and
    any other adds to the score only."""

    terms: tuple[QueryTerm, ...]
    required: bool = False
    excluded: bool = False

    @property
    def is_filter(self) -> bool:
        """Tell whether the clause narrows by a facet."""
        return self.terms[0].kind == "filter"


def parse(text: str | None) -> tuple[Clause, ...]:
    """Return the clauses of a query; none if it has nothing that could match."""
    parser = _Parser()
    for token in _TOKEN.finditer(_cleaned(text)):
        if token["bare"] in ("AND", "OR", "NOT") and not token["sign"]:
            parser.operator = token["bare"]
            parser.run += 1
        elif terms := parser.terms(token):
            parser.add(terms, token["sign"])
    clauses = parser.clauses
    counts = accumulate(sum(len(term.words) for term in clause.terms) for clause in clauses)
    return tuple(c for c, count in zip(clauses, counts, strict=True) if count <= MOST_WORDS)


def words_alone(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a text in which nothing is an operator, as of a title."""
    return tuple(Clause((term,)) for term in _Parser().words(_cleaned(text))[:MOST_WORDS])


def signs(text: str) -> set[tuple[str, ...]]:
    """Return the words of each exclusion and of each filter in a text."""
    return {
        (token["sign"], *tokenize(token[0]))
        for token in _TOKEN.finditer(_cleaned(text))
        if token["sign"] == "-" or (token["field"] or "").lower() in FIELDS
    }


def _cleaned(text: str | None) -> str:
    return clean((text or "")[:MOST_LETTERS].replace("\0", " "))


@dataclass
class _Parser:
    """The clauses so far, of which the last token gave the last `added`, and a pending operator."""

    clauses: list[Clause] = field(default_factory=list)
    operator: str | None = None
    added: int = 0
    run: int = 0

    def terms(self, token: re.Match[str]) -> list[QueryTerm]:
        """Return the terms of a token; it has several words if it joins them, as `low-bit` does."""
        facet = FIELDS.get((token["field"] or "").lower())
        value = token["quoted"] or token["value"]
        if facet or token["phrase"] is not None:
            self.run += 1
            if facet:
                return _whole("filter", value, facet)
            return _whole("phrase", token["phrase"].strip())
        text = token["bare"] or f"{token['field']}:{value}"
        terms = self.words(text)
        if terms and text.endswith("*") and len(terms[-1].words[0]) > 1:
            terms[-1] = replace(terms[-1], kind="prefix")
        if text[-1] in ",;:.!?":
            self.run += 1
        return terms

    def words(self, text: str) -> list[QueryTerm]:
        """Return the words of a text as terms."""
        terms = []
        for index, run in enumerate(token_runs(text)):
            self.run += index > 0  # a colon or a comma ends a run
            for word in run:
                written = text[word.start : word.end]
                terms.append(QueryTerm("word", written, (word.normal,), None, self.run))
        return terms

    def add(self, terms: list[QueryTerm], sign: str) -> None:
        """Add the clauses of a token; a pending AND or OR also changes those before it."""
        operator, self.operator = self.operator, None
        start = len(self.clauses) - self.added
        before = self.clauses[start:]
        if operator in ("AND", "OR") and (not before or before[0].excluded):
            operator = None
        if sign == "-" or operator == "NOT":
            clauses = [Clause(tuple(_joined(terms)), excluded=True)]
        elif operator == "OR":
            del self.clauses[start:]
            several = [clause.terms[0] for clause in before]
            earlier = before[0].terms if len(before) == 1 else _joined(several)
            clauses = [Clause((*earlier, *_joined(terms)), required=True)]
        else:
            required = sign == "+" or operator == "AND"
            if operator == "AND":
                self.clauses[start:] = [replace(clause, required=True) for clause in before]
            clauses = [Clause((t,), required or t.kind in ("phrase", "filter")) for t in terms]
        self.clauses += clauses
        self.added = len(clauses)


def _joined(terms: Sequence[QueryTerm]) -> Sequence[QueryTerm]:
    """Return the words of one token as a phrase."""
    return terms if len(terms) < 2 else _whole("phrase", " ".join(t.text for t in terms))


def _whole(kind: Kind, text: str, facet: str | None = None) -> list[QueryTerm]:
    words = tokenize(text)
    return [QueryTerm(kind, text, words, facet)] if words else []
