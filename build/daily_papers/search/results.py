"""Makes of an answer what people see: papers, each with what it matched and what it claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from daily_papers.search import highlight
from daily_papers.search.engine import Answer
from daily_papers.search.reader import Corpus

MOST_CLAIMS = 3

_PAPER = """
    select
        papers.id,
        papers.title,
        papers.abstract,
        papers.name,
        papers.type,
        papers.published_on,
        papers.year,
        papers.comment_count,
        papers.has_code,
        papers.topics,
        papers.organization_id,
        organizations.name as organization
    from papers
    left join organizations on organizations.id = papers.organization_id
    where papers.rowid = ?
"""

# The strongest first: improvements, by how many times better they are, as far as that can be told.
_CLAIMS = f"""
    select claims.quote, claims.sentence, metrics.name as metric, claims.baseline, claims.hardware
    from claims
    join metrics on metrics.id = claims.metric
    where claims.paper_id = ?
    order by
        claims.is_improvement is 1 desc,
        case
            when claims.unit = 'x' then claims.value
            when claims.unit = '%' and claims.effect = 'decrease'
                then 100 / (100 - min(claims.value, 99))
            when claims.unit = '%' and claims.effect = 'increase' then 1 + claims.value / 100
            else 1
        end desc,
        claims.field desc,
        claims.start
    limit {MOST_CLAIMS}
"""  # noqa: S608 - a number of this module


@dataclass(frozen=True)
class Result:
    """A paper that was found: its row, its score, and the marked text that matched.

    `title` and `snippet` are plain text, with what matched between ⟦ and ⟧.
    """

    row: dict[str, Any]
    score: float
    title: str
    snippet: str
    why: str


def results(corpus: Corpus, answer: Answer, first: int, most: int) -> list[Result]:
    """Return at most so many papers of an answer, in order, from place `first` (from 0)."""
    worths = highlight.sought(answer.ranking)
    found = []
    for number in answer.page(first, most):
        (row,) = corpus.rows(_PAPER, number + 1)
        abstract = row.pop("abstract")
        in_title, in_abstract = (highlight.marks(text, worths) for text in (row["title"], abstract))
        reasons = highlight.reasons(answer.ranking, number, in_title, in_abstract)
        found.append(
            Result(
                row,
                round(float(answer.ranking.scores[number]), 3),
                highlight.highlighted(row["title"], in_title),
                highlight.excerpt(abstract, in_abstract),
                highlight.why(reasons),
            )
        )
    return found


def paper_rows(corpus: Corpus, numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return the rows of papers by their numbers, in that order."""
    return [row for number in numbers for row in corpus.rows(_PAPER, number + 1)]


def strongest_claims(corpus: Corpus, paper_id: str) -> list[dict[str, Any]]:
    """Return the claims of a paper that promise most, at most MOST_CLAIMS."""
    return corpus.rows(_CLAIMS, paper_id)
