"""Decides which spans of a paper name hardware, a model, a dataset or a method, and whether the
paper compares with it.

A linear model tells the kind of each spelling and whether it is compared; where spans overlap, the
surest one stands. A method that is only mentioned is one that the vocabulary knows.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from daily_papers.facts.models import LinearModel, Models
from daily_papers.facts.names.name_features import Spelling, relate
from daily_papers.records import EntityKind, Field, Role
from daily_papers.vocabulary import NAMES
from daily_papers.vocabulary.known_names import NameEntry, alphanumeric

KIND, COMPARED = "kind", "compared"  # the decisions of the model
NO_NAME = "none"  # the class of what names nothing
UNLABELLED = 50  # percent: the confidence in a method that is only mentioned
_KINDS: dict[str, EntityKind] = {kind: kind for kind in ("dataset", "hardware", "method", "model")}
_HOST = "before: into"  # "integrated into X" says where a method runs, which labels hardly show
_SURE = 300  # the score of hardware that the vocabulary knows
_LENGTH_BONUS = 30  # for each character: of two spans, the longer one is mostly right


class EntityOccurrence(NamedTuple):
    """A name where it is written, what kind of thing it names, and its role in the paper."""

    text: str
    field: Field
    start: int
    end: int
    kind: EntityKind
    entry: NameEntry | None  # of the vocabulary
    role: Role = "mentioned"
    confidence: int = 100


class _Reading(NamedTuple):
    spelling: Spelling
    kind: EntityKind
    role: Role
    confidence: int
    score: int


def find_entities(
    spellings: Sequence[Spelling], introduced_name: str | None, models: Models
) -> list[EntityOccurrence]:
    """Return the names in a paper in order, none inside another.

    The introduced name is among them where it is that of a dataset, with that role.
    """
    name_key = alphanumeric(introduced_name or "")
    readings = [
        reading for spelling in spellings if (reading := _read(spelling, name_key, models["names"]))
    ]
    return sorted(
        _arrange(readings, models["names"]),
        key=lambda entity: (entity.field != "title", entity.start),
    )


def _read(spelling: Spelling, name_key: str, model: LinearModel) -> _Reading | None:
    """Return what a spelling names and its role, or None where it names nothing."""
    scores = model.scores(spelling.features.union(relate(spelling, name_key)))
    value, margin = model.decide_in(scores, KIND)
    is_introduced = bool(name_key) and spelling.key == name_key
    if is_introduced and value != "dataset":
        return None
    entry = spelling.occurrences[0].span.entry
    if entry and entry.kind == "hardware":  # its shapes are exact, and labels of it are few
        value, margin = "hardware", max(margin, _SURE)
    score = model.score_in(scores, COMPARED)
    role: Role = "introduced" if is_introduced else "mentioned"
    if score > 0 and value not in ("dataset", "hardware") and not is_introduced:
        is_host = all(_HOST in occurrence.context for occurrence in spelling.occurrences)
        role = "mentioned" if is_host else "compared"
    if value != NO_NAME:
        return _Reading(spelling, _KINDS[value], role, model.confidence(margin, KIND), margin)
    if role == "compared":
        return _Reading(spelling, "method", role, model.confidence(score, COMPARED), score)
    if entry and entry.kind == "method" or spelling.text in NAMES.test_bed:
        return _Reading(spelling, "method", role, UNLABELLED, 0)
    return None


def _arrange(readings: Iterable[_Reading], model: LinearModel) -> Iterator[EntityOccurrence]:
    """Yield the occurrences of each reading that no surer one covers.

    Of several occurrences of what is compared, the one is compared whose words say so most.
    """
    taken: dict[Field, set[int]] = {"title": set(), "abstract": set()}
    for spelling, kind, role, confidence, _ in sorted(readings, key=_rank):
        free = []
        for occurrence in spelling.occurrences:
            field, span = occurrence.text.field, occurrence.span
            covered = range(span.start, span.end)
            if taken[field].isdisjoint(covered):
                taken[field].update(covered)
                free.append(occurrence)
        best = free[0] if free else None
        if role == "compared" and len(free) > 1:
            best = max(free, key=lambda each: model.score_in(model.scores(each.context), COMPARED))
        for occurrence in free:
            text, span, _ = occurrence
            own_role: Role = "mentioned" if role == "compared" and occurrence is not best else role
            position = spelling.text, text.field, span.start, span.end
            yield EntityOccurrence(*position, kind, span.entry, own_role, confidence)


def _rank(reading: _Reading) -> tuple[int, str]:
    return -reading.score - _LENGTH_BONUS * len(reading.spelling.text), reading.spelling.text
