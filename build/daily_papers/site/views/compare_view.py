"""Puts papers side by side: facts row by row, claims by metric, and what papers share."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from datasette.utils import MultiParams
from msgspec import Meta, Struct

from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import results
from daily_papers.site.views import request_params
from daily_papers.site.views.claim_text import Claim
from daily_papers.site.views.paper_answer import Paper
from daily_papers.site.views.paper_view import paper, resolve_id
from daily_papers.site.views.response_schema import Answer

FEWEST = 2
MOST_OFFERED = 5  # papers that a search offers to add


class ComparedPaper(Struct):
    """A paper of a comparison."""

    id: str
    title: str
    name: str | None
    abstract: str
    year: int | None


class OfferedPaper(Struct):
    """A paper that can be added to a comparison."""

    id: str
    title: str
    name: str | None
    year: int | None


class ComparedValue(Struct):
    """A value in a cell."""

    text: str
    is_shared: Annotated[bool, Meta(description="Whether another paper has it too.")]


class FactRow(Struct):
    """A fact of the papers: a list of values for each."""

    name: str
    cells: list[list[ComparedValue]]


class MetricRow(Struct):
    """A metric: a list of claims for each paper."""

    metric: str
    name: str
    cells: list[list[Claim]]


class ComparisonAnswer(Answer, kw_only=True):
    """Papers side by side: every row has a cell for each paper, in their order."""

    ids: list[str]
    papers: list[ComparedPaper]
    facts: list[FactRow]
    claims: list[MetricRow]


def parse_ids(arguments: MultiParams) -> list[str]:
    """Read the ids of papers, each once; also several in one parameter, with commas.

    Raises:
        BadRequest: they are more than MOST_COMPARED.
    """
    texts = [text for name in ("id", "compare") for text in request_params.texts(arguments, name)]
    parts = ",".join(texts).split(",")
    ids = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(ids) > request_params.MOST_COMPARED:
        raise request_params.BadRequest(
            f"At most {request_params.MOST_COMPARED} papers can be compared."
        )
    return ids


def comparison(database: SearchDatabase, ids: Sequence[str]) -> ComparisonAnswer:
    """Return papers and the rows of their table.

    Raises:
        BadRequest: there is no such paper.
    """
    try:
        paper_ids = dict.fromkeys(resolve_id(database, key) for key in ids)
    except request_params.NoSuchPaper as error:
        raise request_params.BadRequest(str(error)) from error
    compared = (paper(database, paper_id, with_similar=False) for paper_id in paper_ids)
    papers = [each for each in compared if each]
    return ComparisonAnswer(
        ids=list(paper_ids),
        papers=msgspec.convert(papers, list[ComparedPaper], from_attributes=True),
        facts=_fact_rows(papers),
        claims=_metric_rows(papers),
    )


def offered_papers(database: SearchDatabase, text: str, ids: Sequence[str]) -> list[OfferedPaper]:
    """Return the first papers that a search finds and that are not compared yet."""
    page = results(database, ask(database, Question(text)), 0, MOST_OFFERED + len(ids))
    offered = (result.row for result in page if result.row["id"] not in ids)
    return msgspec.convert([*islice(offered, MOST_OFFERED)], list[OfferedPaper])


def page_url(ids: Sequence[str]) -> str:
    """Return the query string of the comparison of some papers."""
    return "?" + urlencode([("id", key) for key in ids])


def _authors(paper: Paper) -> str | None:
    if paper.authors:
        return ", ".join(author.name for author in paper.authors)
    return f"{paper.author_count} authors" if paper.author_count else None


def _entities(kind: str) -> Callable[[Paper], list[str]]:
    """Return what lists the entities of a kind that a paper names, without what it introduces."""
    return lambda paper: [
        mention.name
        for mention in paper.mentions
        if mention.kind == kind and mention.role != "introduced"
    ]


_VALUE: tuple[tuple[str, Callable[[Paper], object]], ...] = (
    ("Name", lambda paper: paper.name),
    ("Type", lambda paper: paper.type),
    ("Date", lambda paper: paper.published_on or paper.year),
    ("Organization", lambda paper: paper.organization),
    ("Authors", _authors),
    ("Comments", lambda paper: paper.comment_count),
    ("Code", lambda paper: next((link.url for link in paper.links if link.kind == "code"), None)),
)
# A value that several of the papers have is shared.
_VALUES: tuple[tuple[str, Callable[[Paper], list[str]]], ...] = (
    ("Topics", lambda paper: [topic.name for topic in paper.about]),
    ("Compares with", lambda paper: [entity.name for entity in paper.compares_with]),
    ("Hardware", _entities("hardware")),
    ("Models", _entities("model")),
    ("Datasets", _entities("dataset")),
    ("Methods", _entities("method")),
)


def _fact_rows(papers: Sequence[Paper]) -> list[FactRow]:
    """Return the rows in which a paper has a value."""
    rows = [FactRow(name, [_cell(value(paper)) for paper in papers]) for name, value in _VALUE]
    rows += [FactRow(name, _shared_first([*map(values, papers)])) for name, values in _VALUES]
    return [row for row in rows if any(row.cells)]


def _cell(value: object) -> list[ComparedValue]:
    return [] if value is None else [ComparedValue(str(value), False)]


def _shared_first(cells: Sequence[Sequence[str]]) -> list[list[ComparedValue]]:
    counts = Counter(value for cell in cells for value in set(cell))
    return [
        [
            ComparedValue(value, counts[value] > 1)
            for value in sorted(set(cell), key=lambda text: (-counts[text], text.casefold(), text))
        ]
        for cell in cells
    ]


def _metric_rows(papers: Sequence[Paper]) -> list[MetricRow]:
    """Return a row for each metric that a paper claims, those that most papers claim first; in a
    cell the most confident claims first, of equal ones the largest factors."""
    rows: dict[str, MetricRow] = {}
    for index, compared in enumerate(papers):
        for claim in compared.claims:
            empty = MetricRow(claim.metric, claim.metric_name, [[] for _ in papers])
            rows.setdefault(claim.metric, empty).cells[index].append(claim)
    for row in rows.values():
        for cell in row.cells:
            cell.sort(key=lambda claim: (-claim.confidence, -(claim.factor or 0)))
    return sorted(rows.values(), key=lambda row: (-sum(map(bool, row.cells)), row.name))


def table(answer: ComparisonAnswer) -> tuple[list[str], list[list[str]]]:
    """Return a comparison as the columns and rows of one table of texts."""
    titles = [paper.title for paper in answer.papers]
    names = [paper.name or paper.title for paper in answer.papers]
    facts = (
        [row.name, *("; ".join(value.text for value in cell) for cell in row.cells)]
        for row in answer.facts
    )
    claims = (
        [f"Claim: {row.name}", *("; ".join(map(_quoted, cell)) for cell in row.cells)]
        for row in answer.claims
    )
    return ["", *names], [["Title", *titles], *facts, *claims]


def _quoted(claim: Claim) -> str:
    stated = f"{claim.words.removeprefix(f'{claim.metric_name}: ')} (“{claim.quote}”)"
    return f"{claim.times} better: {stated}" if claim.times and claim.unit != "x" else stated
