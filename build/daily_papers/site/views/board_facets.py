"""Counts claims on the results board: those that fit, and those that each filter leaves."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache, reduce
from itertools import islice

import numpy as np

from daily_papers.search.documents import Array
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.board_request import BoardRequest
from daily_papers.site.views.claim_columns import NONE, ClaimColumns, claim_columns
from daily_papers.site.views.claim_scales import metrics, scale_of, scales
from daily_papers.site.views.claim_text import FACTOR
from daily_papers.site.views.search_answer import Alternative, Facet, FacetValue, Filter

MOST_VALUES = 30  # of a facet
TITLES = {
    "metric": "Metric",
    "scale": "Unit",
    "topic": "Topic",
    "hardware": "Hardware",
    "model": "Model",
    "dataset": "Dataset",
    "baseline": "Baseline",
    "bound": "Stated as",
    "has": "Code",
}
PARTS = ("baseline", "hardware")  # filters that are a part of a name


class BoardFacets:
    """The claims that fit a request; each facet counts those that fit all filters but its own."""

    def __init__(self, database: SearchDatabase, request: BoardRequest) -> None:
        """Apply the filters."""
        self._database, self._request = database, request
        self._columns = claim_columns(database)
        chosen = {"metric": request.metric, "scale": request.scale, **request.filters()}
        self._fitting = {
            name: _fitting(database, self._columns, name, value) for name, value in chosen.items()
        }
        self.matches = self._but_for()

    def _but_for(self, *names: str) -> Array:
        """Return which claims fit all filters but some."""
        masks = (mask for name, mask in self._fitting.items() if name not in names)
        return reduce(np.logical_and, masks, np.ones(len(self._columns), bool))

    def filters(self) -> list[Filter]:
        """Return the chosen filters."""
        request = self._request
        return [
            Filter(name, value, self._name(name, value), request.url(**{name: ""}))
            for name, value in request.filters().items()
        ]

    def tries(self) -> list[Alternative]:
        """Return boards that have claims where this one has none: without one of its filters, or
        with one of them alone; in another unit or of another metric; or else without filters."""
        chosen = self.filters()
        without = [(each, (each.facet,)) for each in chosen]
        alone = [(each, {*self._request.filters()} - {each.facet}) for each in chosen]
        boards = self._without("without", without) or self._without("with only", alone)
        boards += [
            Alternative(f"{kind}: {value.name}", value.count, value.url)
            for kind, values in (("unit", self._scales()), ("metric", self.metric_values()))
            for value in islice(values, 1)
        ]
        everything = [Alternative("without filters", None, self._request.clear_url)]
        return boards or (everything if chosen else [])

    def _without(
        self, word: str, dropped: Iterable[tuple[Filter, Collection[str]]]
    ) -> list[Alternative]:
        """Return the boards without some filters that have claims, each named by one filter."""
        return [
            Alternative(f"{word} {each.facet} {each.name}", count, url)
            for each, names in dropped
            if (count := int(np.count_nonzero(self._but_for(*names))))
            for url in [self._request.url(**dict.fromkeys(names, ""))]
        ]

    def facets(self) -> list[Facet]:
        """Return the facets with the values that claims have, and how many."""
        values = {"metric": self.metric_values(), "scale": self._scales(), "topic": self._topics()}
        return [
            Facet(name, title, [*islice(values.get(name) or self._values(name), MOST_VALUES)])
            for name, title in TITLES.items()
        ]

    def _name(self, facet: str, value: str) -> str:
        if facet == "topic":
            return self._database.facets["topic"].name(value)
        if facet in ("model", "dataset"):
            column = self._columns.names[facet]
            return column.names[column.labels.index(value)]
        return value

    def _value(self, facet: str, value: str, count: int) -> FacetValue:
        is_selected = getattr(self._request, facet) == value
        url = self._request.url(**{facet: "" if is_selected else value})
        return FacetValue(value, self._name(facet, value), count, is_selected, url)

    def metric_values(self) -> list[FacetValue]:
        """Return metrics, each on the factor, or else on the scale of most claims that fit."""
        metric, scale = (self._columns.names[name] for name in ("metric", "scale"))
        fit = self._but_for("metric", "scale")
        pairs = metric.codes[fit].astype(np.intp) * len(scale.labels) + scale.codes[fit]
        shape = len(metric.labels), len(scale.labels)
        counts = np.bincount(pairs, minlength=shape[0] * shape[1]).reshape(shape)
        metric_values = []
        for each in metrics(self._database):
            of_metric = counts[metric.labels.index(each.id)].tolist()
            by_scale = dict(zip(scale.labels, of_metric, strict=True))
            usual = FACTOR if by_scale.get(FACTOR) else max(by_scale, key=by_scale.__getitem__)
            if by_scale[usual]:
                is_selected = each.id == self._request.metric
                url = self._request.url(metric=each.id, scale=usual)
                value = FacetValue(each.id, each.name, by_scale[usual], is_selected, url)
                metric_values.append(value)
        return sorted(metric_values, key=lambda value: (value.value == "other", -value.count))

    def _scales(self) -> Iterator[FacetValue]:
        counts = self._columns.names["scale"].counts(self._but_for("scale"))
        by_label = dict(zip(self._columns.names["scale"].labels, counts.tolist(), strict=True))
        for scale in scales(self._database, self._request.metric):
            if count := by_label[scale.id]:
                is_selected = scale.id == self._request.scale
                url = self._request.url(scale=scale.id)
                yield FacetValue(scale.id, scale_of(scale.id, 0).name, count, is_selected, url)

    def _topics(self) -> Iterator[FacetValue]:
        facet = self._database.facets["topic"]
        papers = self._columns.papers[self._but_for("topic")]
        claims = np.bincount(papers, minlength=self._database.paper_count)
        counts = np.bincount(facet.codes, claims[facet.papers], minlength=len(facet.labels))
        return self._frequent("topic", facet.labels, counts.astype(int))

    def _values(self, name: str) -> Iterator[FacetValue]:
        column = self._columns.names[name]
        counts = column.counts(self._but_for(name))
        if name not in PARTS:
            return self._frequent(name, column.labels, counts)
        by_label: Counter[str] = Counter()
        for code in np.flatnonzero(counts).tolist():
            if column.names[code]:  # a phrase that is no entity is searched for, not offered
                by_label[column.labels[code]] += int(counts[code])
        labels = tuple(label for label, _ in by_label.most_common(MOST_VALUES))
        of_parts = [counts[_containing(self._database, name, label)].sum() for label in labels]
        return self._frequent(name, labels, np.array(of_parts, int))

    def _frequent(self, name: str, labels: tuple[str, ...], counts: Array) -> Iterator[FacetValue]:
        """Yield the values that claims have, the most frequent first."""
        having = ((int(counts[code]), labels[code]) for code in np.flatnonzero(counts))
        for count, label in sorted(having, key=lambda pair: (-pair[0], pair[1])):
            if label != NONE:
                yield self._value(name, label, count)


def _fitting(database: SearchDatabase, columns: ClaimColumns, name: str, value: str) -> Array:
    """Return which claims fit a filter."""
    if name == "topic":
        facet = database.facets["topic"]
        having, codes = np.zeros(database.paper_count, bool), columns.papers
        if value in facet.labels:
            having[facet.papers[facet.codes == facet.labels.index(value)]] = True
    elif name in PARTS:
        having, codes = _containing(database, name, value), columns.names[name].codes
    else:
        return columns.names[name].having(value)
    fitting: Array = having[codes]
    return fitting


@lru_cache(maxsize=256)
def _containing(database: SearchDatabase, name: str, part: str) -> Array:
    """Return which labels of a column have a part in their names."""
    return claim_columns(database).names[name].containing(part)
