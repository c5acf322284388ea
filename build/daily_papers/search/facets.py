"""Applies filters, and counts the values of facets over the papers that match."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from daily_papers.search.analysis import stem, tokenize
from daily_papers.search.documents import FACETS, Array
from daily_papers.search.query import Clause, QueryTerm
from daily_papers.search.reader import Facet, SearchDatabase

_YEARS = re.compile(r"(?=\D*[0-9])(?P<first>[0-9]{4})?\s*(?:\.\.+|-|–|to)\s*(?P<last>[0-9]{4})?")
_YEAR_BOUND = re.compile(r"(?P<sign>[<>])(?P<equal>=?)\s*(?P<year>[0-9]{4})")


class FacetValue(NamedTuple):
    """A value of a facet: its label, its display name, and how many matching papers have it."""

    label: str
    name: str
    papers: int


class UnknownFilter(NamedTuple):
    """A filter whose value, as typed, is not in the database."""

    facet: str
    value: str


def apply_filters(
    database: SearchDatabase, clauses: Iterable[Clause], chosen: Mapping[str, Sequence[str]]
) -> tuple[Array, list[UnknownFilter]]:
    """Return which papers pass the filters, and the filters whose value is unknown. The terms of a
    clause are alternatives; all clauses and all chosen values must hold."""
    passing = np.ones(database.paper_count, bool)
    unknown: list[UnknownFilter] = []
    pairs = [(facet, value) for facet in FACETS for value in chosen.get(facet, ())]
    filters = [clause for clause in clauses if clause.is_filter]
    filters += [Clause((QueryTerm("filter", value, (), facet),)) for facet, value in pairs]
    for clause in filters:
        having = np.zeros(database.paper_count, bool)
        for name, value in ((term.facet, term.text) for term in clause.terms if term.facet):
            facet = database.facets[name]
            codes = _matching_codes(name, facet, value)
            if not codes:
                unknown.append(UnknownFilter(name, value))
            having[facet.papers[np.isin(facet.codes, codes)]] = True
        passing &= ~having if clause.excluded else having
    return passing, unknown


def _matching_codes(name: str, facet: Facet, value: str) -> list[int]:
    """Return the codes of the labels that a value means: the label of that name, or else all whose
    names have all its words; for years also 2024..2025, 2024.., >=2024, >2024, <=2024 and <2024."""
    if name == "year" and (years := _years(value)):
        return [code for code, label in enumerate(facet.labels) if int(label) in years]
    words = tokenize(value)
    joined = "".join(words)
    forms = [(tokenize(label), tokenize(facet.name(label))) for label in facet.labels]
    exact = [code for code, pair in enumerate(forms) if joined in map("".join, pair)]
    if exact or not words:
        return exact
    stems = set(map(stem, words))
    return [code for code, pair in enumerate(forms) if any(stems <= {*map(stem, f)} for f in pair)]


def _years(value: str) -> range | None:
    if span := _YEARS.fullmatch(value.strip()):
        return range(int(span["first"] or 0), int(span["last"] or 9999) + 1)
    if bound := _YEAR_BOUND.fullmatch(value.strip()):
        year, after = int(bound["year"]), bound["sign"] == ">"
        year += after != bool(bound["equal"])  # > and <= divide after the year, >= and < before it
        return range(year, 10_000) if after else range(year)
    return None


def counts(database: SearchDatabase, matches: Array, most: int) -> dict[str, list[FacetValue]]:
    """Count values over the matching papers: the most frequent of each facet, and all years."""
    counted: dict[str, list[FacetValue]] = {}
    for name in FACETS:
        facet = database.facets[name]
        having = np.bincount(facet.codes[matches[facet.papers]], minlength=len(facet.labels))
        if name == "year":
            codes = np.flatnonzero(having)[::-1]
        else:
            codes = np.argsort(-having, kind="stable")[:most]
        counted[name] = [
            FacetValue(facet.labels[code], facet.name(facet.labels[code]), int(having[code]))
            for code in codes
            if having[code]
        ]
    return counted
