"""Holds some columns of all claims in memory, so that boards count and sort claims without SQL.

A claim takes about 30 bytes, and a name its text once. Claims go by index, in order of their ids.
"""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from daily_papers.search.documents import Array
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.claim_text import CONFIDENT, FACTOR

NONE = ""  # the label of claims without a value
EXACT = "exact"  # the bound of a number that stands without one
CODE = "code"
_CHUNK = 10_000  # claims that are read at a time
# As claim_text.scale.
_SCALE = f"""case
    when claims.factor is not null then '{FACTOR}'
    else claims.effect || '/' || coalesce(claims.better, 'any') || '/' || claims.unit
end"""
_CLAIMS = f"""
    select claims.id, claims.rowid as number, papers.rowid - 1 as paper, claims.metric,
        {_SCALE} as scale, coalesce(claims.factor, claims.value) as value,
        claims.confidence >= {CONFIDENT} as is_confident,
        coalesce(cast(replace(papers.published_on, '-', '') as integer), 0) as day,
        claims.baseline, baselines.name as baseline_name,
        claims.hardware, devices.name as hardware_name,
        claims.model_id as model, models.name as model_name,
        claims.dataset_id as dataset, datasets.name as dataset_name,
        iif(claims.factor is null, claims.bound, claims.factor_bound) as bound, papers.has_code
    from claims
    join papers on papers.id = claims.paper_id
    left join entities as baselines on baselines.id = claims.baseline_id
    left join entities as devices on devices.id = claims.hardware_id
    left join entities as models on models.id = claims.model_id
    left join entities as datasets on datasets.id = claims.dataset_id
    where claims.id > :last
    order by claims.id
    limit :most
"""  # noqa: S608 - parts of this module
_NUMBERS = {"number": "I", "paper": "I", "value": "d", "is_confident": "B", "day": "I"}


@dataclass(frozen=True)
class NameColumn:
    """A column of names: the claim with index i has labels[codes[i]], where NONE is no value.

    `names` are what labels are called, empty for those that are no entities; `searched` is where a
    part of a name is looked for.
    """

    labels: tuple[str, ...]
    names: tuple[str, ...]
    searched: tuple[str, ...]
    codes: Array

    def having(self, label: str) -> Array:
        """Return which claims have a label."""
        code = self.labels.index(label) if label in self.labels else len(self.labels)
        return np.equal(self.codes, code)

    def counts(self, is_counted: Array) -> Array:
        """Return for each label how many of some claims have it."""
        return np.bincount(self.codes[is_counted], minlength=len(self.labels))

    def containing(self, part: str) -> Array:
        """Return which labels have a part in their text or name, in upper or lower case. What is a
        whole name is looked for as words: “ANT” is no part of “Quantized”."""
        part = part.casefold()
        has_part = np.fromiter((part in text for text in self.searched), bool, len(self.searched))
        if any(part in self.searched[code].split("\n") for code in np.flatnonzero(has_part)):
            word = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)")
            for code in np.flatnonzero(has_part):
                has_part[code] = word.search(self.searched[code]) is not None
        return has_part


class ClaimColumns:
    """The columns of a database's claims; `numbers`, `papers`, `values`, `days` are arrays."""

    def __init__(self, database: SearchDatabase) -> None:
        """Read all claims, in chunks."""
        numbers = {name: array(code) for name, code in _NUMBERS.items()}
        names = {
            "metric": _Names(), "scale": _Names(), "hardware": _Names(), "model": _Names(),
            "dataset": _Names(), "baseline": _Names(), "bound": _Names(), "has": _Names(),
        }  # fmt: skip
        for row in _rows(database):
            for name, values in numbers.items():
                values.append(row[name])
            for name in ("metric", "scale"):
                names[name].add(row[name])
            for name in ("model", "dataset"):
                names[name].add(row[name], row[f"{name}_name"])
            for name in ("baseline", "hardware"):
                # What papers write in several ways goes by the name of the entity.
                entity = row[f"{name}_name"]
                names[name].add(entity or row[name], entity, row[name])
            names["bound"].add(row["bound"] or EXACT)
            names["has"].add(CODE if row["has_code"] else None)
        self.numbers, self.papers, self.values, confident, self.days = (
            np.frombuffer(values, values.typecode) for values in numbers.values()
        )
        self.is_confident = confident.astype(bool)
        self.names = {name: column.frozen() for name, column in names.items()}

    def __len__(self) -> int:
        """Return how many claims there are."""
        return len(self.numbers)


class _Names:
    """A column of names while it is read."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str, str], int] = {(NONE, NONE, NONE): 0}
        self._of_claims = array("I")

    def add(self, label: str | None, name: str | None = None, text: str | None = None) -> None:
        """Add the value of the next claim: its label, its name and what a paper writes."""
        key = (label or NONE, name or NONE, text or NONE)
        self._of_claims.append(self._codes.setdefault(key, len(self._codes)))

    def frozen(self) -> NameColumn:
        """Return the column."""
        labels, names, texts = zip(*self._codes, strict=True)
        searched = (
            text.casefold() if text == label else f"{text}\n{label}".casefold()
            for label, text in zip(labels, texts, strict=True)
        )
        codes = np.array(self._of_claims, np.min_scalar_type(len(labels)))
        return NameColumn(labels, names, tuple(searched), codes)


def _rows(database: SearchDatabase) -> Iterator[dict[str, Any]]:
    last = ""
    while rows := database.rows(_CLAIMS, last=last, most=_CHUNK):
        yield from rows
        last = rows[-1]["id"]


@lru_cache(maxsize=2)
def claim_columns(database: SearchDatabase) -> ClaimColumns:
    """Return the columns of a database, which are read once."""
    return ClaimColumns(database)
