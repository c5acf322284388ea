"""Applies filters, and counts the values of facets over the papers that match."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from daily_papers.search.analysis import stem, tokenize
from daily_papers.search.documents import FACETS, UNDATED, Array
from daily_papers.search.query import Clause, QueryTerm
from daily_papers.search.reader import Facet, SearchDatabase
from daily_papers.search.years import alternatives, year_range


class FacetValue(NamedTuple):
    """A value of a facet: its label, its display name, and how many matching papers have it."""

    label: str
    name: str
    papers: int


class UnknownFilter(NamedTuple):
    """A filter whose value, as typed, is not in the database."""

    facet: str
    value: str


class Filtered(NamedTuple):
    """Which papers pass all filters; which would if no year were chosen, and if “undated” were
    typed beside other years; and the filters whose value is unknown."""

    passing: Array
    any_year: Array
    unknown: list[UnknownFilter]


def apply_filters(
    database: SearchDatabase, clauses: Iterable[Clause], chosen: Mapping[str, Sequence[str]]
) -> Filtered:
    """Filter the papers. The terms of a clause are alternatives; all clauses and all chosen values
    must hold, except that several years are alternatives, too."""
    passing = np.ones(database.paper_count, bool)
    unknown: list[UnknownFilter] = []
    pairs = [(facet, value) for facet in FACETS for value in chosen.get(facet, ())]
    filters = [clause for clause in clauses if clause.is_filter]
    years = [clause for clause in filters if _is_year(clause)]
    filters = [clause for clause in filters if not _is_year(clause)]
    filters += [Clause((QueryTerm("filter", v, (), name),)) for name, v in pairs if name != "year"]
    for clause in filters:
        having = np.zeros(database.paper_count, bool)
        for name, value in ((term.facet, term.text) for term in clause.terms if term.facet):
            having |= _having(database, name, _codes(database, name, value, unknown))
        passing &= ~having if clause.excluded else having
    typed = [term.text for clause in years for term in clause.terms]
    if not (typed or chosen.get("year")):
        return Filtered(passing, passing, unknown)
    of_years, typed_or_none = _apply_years(database, typed, chosen.get("year", ()), unknown)
    return Filtered(passing & of_years, passing & typed_or_none, unknown)


def _is_year(clause: Clause) -> bool:
    return not clause.excluded and all(term.facet == "year" for term in clause.terms)


def _having(database: SearchDatabase, name: str, codes: set[int]) -> Array:
    facet = database.facets[name]
    is_meant = np.zeros(len(facet.labels), bool)
    is_meant[list(codes)] = True
    having = np.zeros(database.paper_count, bool)
    having[facet.papers[is_meant[facet.codes]]] = True
    return having


def _apply_years(
    database: SearchDatabase,
    typed: Sequence[str],
    chosen: Sequence[str],
    unknown: list[UnknownFilter],
) -> tuple[Array, Array]:
    """Return which papers pass, and which have a typed year or none. A paper with a year needs one
    of the typed and one of the chosen; one without passes if “undated” is typed or chosen."""
    labels = database.facets["year"].labels
    every, undated = set(range(len(labels))), {labels.index(UNDATED)}
    options = [_year_codes(database, values, unknown) for values in (typed, chosen) if values]
    dated = [codes - undated for codes in options if codes != undated]
    passing = (every - undated).intersection(*dated) if dated else set[int]()
    passing |= undated & set().union(*options)
    typed_or_none = options[0] | undated if typed else every
    return _having(database, "year", passing), _having(database, "year", typed_or_none)


def _year_codes(
    database: SearchDatabase, values: Sequence[str], unknown: list[UnknownFilter]
) -> set[int]:
    """Return the codes of the years that several values mean together."""
    return set[int]().union(
        *(
            set.intersection(*(_codes(database, "year", value, unknown) for value in group))
            for group in alternatives(values)
        )
    )


def _codes(
    database: SearchDatabase, name: str, value: str, unknown: list[UnknownFilter]
) -> set[int]:
    """Return the codes of the labels that a value means; if there are none, it is unknown."""
    codes = _matching_codes(name, database.facets[name], value)
    if not codes:
        unknown.append(UnknownFilter(name, value))
    return set(codes)


def _matching_codes(name: str, facet: Facet, value: str) -> list[int]:
    """Return the codes of the labels that a value means: the label of that name, or else all whose
    names have all its words; for years also 2024..2025, 2024.., >=2024, >2024, <=2024 and <2024."""
    if name == "year" and (years := year_range(value)):
        dated = ((code, label) for code, label in enumerate(facet.labels) if label != UNDATED)
        return [code for code, label in dated if int(label) in years]
    words = tokenize(value)
    joined = "".join(words)
    forms = [(tokenize(label), tokenize(facet.name(label))) for label in facet.labels]
    exact = [code for code, pair in enumerate(forms) if joined in map("".join, pair)]
    if exact or not words:
        return exact
    stems = set(map(stem, words))
    return [code for code, pair in enumerate(forms) if any(stems <= {*map(stem, f)} for f in pair)]


def values(database: SearchDatabase, name: str, matches: Array) -> Iterator[FacetValue]:
    """Yield the values that matching papers have, the most frequent first; for years the newest
    first and “undated” last."""
    facet = database.facets[name]
    having = np.bincount(facet.codes[matches[facet.papers]], minlength=len(facet.labels))
    by_size = np.argsort(-having, kind="stable")
    for code in range(len(having))[::-1] if name == "year" else by_size.tolist():
        if having[code]:
            label = facet.labels[code]
            yield FacetValue(label, facet.name(label), int(having[code]))


def undated(database: SearchDatabase, matches: Array) -> int:
    """Count the matching papers without a year."""
    facet = database.facets["year"]
    papers = facet.papers[facet.codes == facet.labels.index(UNDATED)]
    return int(np.count_nonzero(matches[papers]))


def counts(
    database: SearchDatabase, matches: Array, any_year: Array, most: int
) -> dict[str, list[FacetValue]]:
    """Count values over the matching papers: the most frequent of each facet; and all years over
    those that match in any year, because years are alternatives."""
    return {
        name: list(values(database, name, any_year))
        if name == "year"
        else list(islice(values(database, name, matches), most))
        for name in FACETS
    }
