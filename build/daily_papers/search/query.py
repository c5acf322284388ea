"""Reads what a person types: words, "phrases", prefix*, -exclusion, AND, OR, NOT and field:value.

Any text is a query; what is no operator in its place is a word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from daily_papers.papers.cleaning import clean
from daily_papers.search.analysis import in_order, runs

MOST_LETTERS = 1_000  # of a query that are read
MOST_WORDS = 32  # a pasted abstract should answer like a question does

Kind = Literal["word", "phrase", "prefix", "filter"]

# What people call the fields, and the facet that each is.
FIELDS = {
    "topic": "topic",
    "topics": "topic",
    "year": "year",
    "type": "type",
    "has": "has",
    "hardware": "hardware",
    "device": "hardware",
    "gpu": "hardware",
    "model": "model",
    "models": "model",
    "org": "organization",
    "organization": "organization",
    "organisation": "organization",
}

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
class Atom:
    """The smallest part of a query: `text` as typed, its words, for a filter its facet; `run`
    numbers the words that were typed with nothing but blanks and hyphens between them."""

    kind: Kind
    text: str
    words: tuple[str, ...]
    facet: str | None = None
    run: int = 0


@dataclass(frozen=True)
class Clause:
    """Atoms of which any will do. A required clause must match, an excluded one must not; others
    only decide the order."""

    atoms: tuple[Atom, ...]
    required: bool = False
    excluded: bool = False


@dataclass
class _Reading:
    """What was read so far; `last` counts the clauses that the last token gave."""

    clauses: list[Clause] = field(default_factory=list)
    joined: str | None = None
    last: int = 0
    run: int = 0


def parse(text: str | None) -> tuple[Clause, ...]:
    """Return the clauses of a query; none where nothing was typed that could match."""
    reading = _Reading()
    for found in _TOKEN.finditer(clean((text or "")[:MOST_LETTERS].replace("\0", " "))):
        if found["bare"] in ("AND", "OR", "NOT") and not found["sign"]:
            reading.joined = found["bare"]
            reading.run += 1
        elif atoms := _atoms(found, reading):
            _add(reading, atoms, found["sign"])
    return tuple(_limited(reading.clauses))


def _atoms(found: re.Match[str], reading: _Reading) -> list[Atom]:
    """Return what a token stands for; several words where it joins some, as `low-bit` does."""
    facet = FIELDS.get((found["field"] or "").lower())
    if facet:
        reading.run += 1
        value = found["quoted"] or found["value"]
        return [Atom("filter", value, in_order(value), facet)] if in_order(value) else []
    if found["phrase"] is not None:
        reading.run += 1
        return _as_phrase(found["phrase"])
    text = found["bare"] or f"{found['field']}:{found['quoted'] or found['value']}"
    atoms = []
    for place, run in enumerate(runs(text)):
        reading.run += place > 0  # a colon or a comma parts words
        for word in run:
            written = text[word.start : word.end]
            atoms.append(Atom("word", written, (word.plain,), None, reading.run))
    if atoms and text.endswith("*") and len(atoms[-1].words[0]) > 1:
        atoms[-1] = replace(atoms[-1], kind="prefix")
    if text[-1] in ",;:.!?":
        reading.run += 1
    return atoms


def _add(reading: _Reading, atoms: list[Atom], sign: str) -> None:
    joined, reading.joined = reading.joined, None
    before = reading.clauses[len(reading.clauses) - reading.last :]
    if joined in ("AND", "OR") and (not before or before[0].excluded):
        joined = None
    if sign == "-" or joined == "NOT":
        clauses = [Clause(tuple(_as_one(atoms)), excluded=True)]
    elif joined == "OR":
        del reading.clauses[len(reading.clauses) - reading.last :]
        earlier = before[0].atoms if len(before) == 1 else _as_one([c.atoms[0] for c in before])
        clauses = [Clause((*earlier, *_as_one(atoms)), required=True)]
    else:
        if joined == "AND":
            del reading.clauses[len(reading.clauses) - reading.last :]
            reading.clauses += [replace(clause, required=True) for clause in before]
        required = sign == "+" or joined == "AND"
        clauses = [Clause((one,), required or one.kind in ("phrase", "filter")) for one in atoms]
    reading.clauses += clauses
    reading.last = len(clauses)


def _as_one(atoms: Sequence[Atom]) -> list[Atom]:
    """Return a single atom for what one token joined."""
    return list(atoms) if len(atoms) < 2 else _as_phrase(" ".join(atom.text for atom in atoms))


def _as_phrase(text: str) -> list[Atom]:
    words = in_order(text)
    return [Atom("phrase", text.strip(), words)] if words else []


def _limited(clauses: Sequence[Clause]) -> Iterator[Clause]:
    count = 0
    for clause in clauses:
        count += sum(len(atom.words) for atom in clause.atoms)
        if count > MOST_WORDS:
            return
        yield clause
