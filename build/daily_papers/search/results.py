"""Makes result lists of answers: papers with highlights, reasons and their strongest claims."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from daily_papers.search import highlight
from daily_papers.search.engine import Answer
from daily_papers.search.reader import SearchDatabase

MOST_CLAIMS = 3

_PAPER = """
    select papers.rowid - 1 as number,
        papers.id, arxiv_id, title, abstract, papers.name, type, published_on, year, withdrawn_on,
        comment_count, has_code, topics, organization_id, organizations.name as organization
    from papers
    left join organizations on organizations.id = papers.organization_id
    where papers.rowid in (select value + 1 from json_each(?))
"""

# Confident ones and improvements first, by their factor.
_CLAIMS = f"""
    select claims.*, metrics.id as metric_id, metrics.name as metric
    from (
        select
            claims.id,
            row_number() over (
                partition by claims.paper_id
                order by
                    claims.confidence >= 50 desc,
                    claims.is_improvement is 1 desc,
                    coalesce(claims.factor, 1) desc,
                    claims.field desc,
                    claims.start,
                    claims.id
            ) as place
        from json_each(?) as wanted
        join claims on claims.paper_id = wanted.value
    ) as strongest
    join claims on claims.id = strongest.id
    join metrics on metrics.id = claims.metric
    where place <= {MOST_CLAIMS}
    order by paper_id, place
"""  # noqa: S608 - a constant of this module


@dataclass(frozen=True)
class Result:
    """A paper of a result list: its row, its score, title and snippet as plain text with highlights
    between ⟦ and ⟧, and why it matches."""

    row: dict[str, Any]
    score: float
    title: str
    snippet: str
    why: str


def results(database: SearchDatabase, answer: Answer, first: int, most: int) -> list[Result]:
    """Return at most so many papers of an answer, in order, from index `first` on."""
    terms = highlight.query_terms(answer.ranking)
    numbers = answer.page(first, most)
    page = []
    for number, row in zip(numbers, paper_rows(database, numbers), strict=True):
        title, abstract = row["title"], row.pop("abstract")
        in_title = highlight.find_highlights(title, terms)
        in_abstract = highlight.find_highlights(abstract, terms)
        score = round(float(answer.ranking.scores[number]), 3)
        marked, snippet = highlight.mark(title, in_title), highlight.snippet(abstract, in_abstract)
        why = highlight.explain(answer.ranking, number, in_title, in_abstract)
        why = "arXiv id" if answer.arxiv_id else why
        page.append(Result(row, score, marked, snippet, why))
    return page


def paper_rows(database: SearchDatabase, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return the rows of papers by their numbers, in that order."""
    numbers = list(numbers)
    rows = {row.pop("number"): row for row in database.rows(_PAPER, json.dumps(numbers))}
    return [rows[number] for number in numbers]


def strongest_claims(
    database: SearchDatabase, paper_ids: Iterable[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return at most MOST_CLAIMS claims of each paper: improvements by the largest factor first."""
    claims: dict[str, list[dict[str, Any]]] = {paper_id: [] for paper_id in paper_ids}
    for row in database.rows(_CLAIMS, json.dumps(list(claims))):
        claims[row.pop("paper_id")].append(row)
    return claims
