"""Narrows what was found to the papers that have a value, and counts values over what was found."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from daily_papers.search.analysis import in_order, stem
from daily_papers.search.documents import FACETS
from daily_papers.search.query import Clause
from daily_papers.search.reader import Array, Column, Corpus

_YEARS = re.compile(r"(?P<first>[0-9]{4})?\s*(?:\.\.+|-|–|to)\s*(?P<last>[0-9]{4})?")
_YEAR_BOUND = re.compile(r"(?P<sign>[<>])(?P<equal>=?)\s*(?P<year>[0-9]{4})")


class Value(NamedTuple):
    """A value of a facet: its label, how it is shown, and how many of the papers found have it."""

    label: str
    name: str
    papers: int


class Unknown(NamedTuple):
    """A filter that names nothing: its facet and what was typed."""

    facet: str
    value: str


def narrow(
    corpus: Corpus, clauses: Iterable[Clause], chosen: Mapping[str, Sequence[str]]
) -> tuple[Array, list[Unknown]]:
    """Return which papers the filters leave, and the filters that name nothing.

    Filters of a clause are alternatives, clauses and chosen values must all hold.
    """
    left = np.ones(corpus.paper_count, bool)
    unknown: list[Unknown] = []
    wanted = [
        ([(atom.facet or "", atom.text) for atom in clause.atoms if atom.facet], clause.excluded)
        for clause in clauses
        if clause.atoms[0].kind == "filter"
    ]
    wanted += [([(name, value)], False) for name in FACETS for value in chosen.get(name, ())]
    for alternatives, excluded in wanted:
        having = np.zeros(corpus.paper_count, bool)
        for facet, value in alternatives:
            column = corpus.facets[facet]
            labels = matching(facet, column, value)
            if not labels:
                unknown.append(Unknown(facet, value))
            having[column.papers[np.isin(column.codes, labels)]] = True
        left &= ~having if excluded else having
    return left, unknown


def matching(facet: str, column: Column, value: str) -> list[int]:
    """Return the places of the labels that a value means: the one of that name, else all whose
    names have all its words; for years also 2024..2025, 2024.., >=2024, >2024, <=2024 and <2024."""
    if facet == "year" and (years := _years(value)):
        return [place for place, label in enumerate(column.labels) if int(label) in years]
    words = in_order(value)
    joined = "".join(words)
    names = [(in_order(label), in_order(column.name(label))) for label in column.labels]
    exact = [
        place for place, forms in enumerate(names) if any("".join(form) == joined for form in forms)
    ]
    if exact or not words:
        return exact
    stems = {stem(word) for word in words}
    return [
        place
        for place, forms in enumerate(names)
        if any(stems <= {stem(word) for word in form} for form in forms)
    ]


def _years(value: str) -> range | None:
    if found := _YEARS.fullmatch(value.strip()):
        if not (found["first"] or found["last"]):
            return None
        return range(int(found["first"] or 0), int(found["last"] or 9999) + 1)
    if found := _YEAR_BOUND.fullmatch(value.strip()):
        year = int(found["year"])
        if found["sign"] == ">":
            return range(year + (not found["equal"]), 10_000)
        return range(year + bool(found["equal"]))
    return None


def counts(corpus: Corpus, fits: Array, most: int) -> dict[str, tuple[Value, ...]]:
    """Return for each facet the values that most papers of those that fit have; years in order."""
    found: dict[str, tuple[Value, ...]] = {}
    for facet in FACETS:
        column = corpus.facets[facet]
        having = np.bincount(column.codes[fits[column.papers]], minlength=len(column.labels))
        if facet == "year":
            places = np.flatnonzero(having)[::-1]
        else:
            places = np.argsort(-having, kind="stable")[:most]
        found[facet] = tuple(
            Value(column.labels[place], column.name(column.labels[place]), int(having[place]))
            for place in places
            if having[place]
        )
    return found
