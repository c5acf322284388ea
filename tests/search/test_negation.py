"""What a query negates is searched in papers that negate it, and a paper counts less for that."""

from string import ascii_uppercase

import numpy as np
import pytest

from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import results
from tests.api_answers import answer, old
from tests.conftest import build

ABSTRACTS = {
    "without": "Our codec folds weights without any distillation of a teacher.",
    "no": "Our codec folds weights and requires no distillation of a teacher.",
    "need": "Our codec folds weights and does not need distillation of a teacher.",
    "free": "Our codec folds weights and is distillation-free by its own design.",
    "has": "Our codec folds weights by layer-wise distillation of a teacher.",
    "has twice": "Our codec folds weights by distillation. Such distillation has a teacher.",
    "lacks": "Our codec folds weights by the layer, and is as good as a teacher.",
    "tuning": "Our codec folds images and keeps the colors, without tuning of a teacher.",
    "gradients": "Our codec folds sounds with rank-aware gradients of a teacher.",
    "no gradients": "Our codec folds sounds without rank-aware gradients of a teacher.",
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> SearchDatabase:
    folder = tmp_path_factory.mktemp("negation")
    records = [
        old(id=f"2407.{number:05}", title=f"Codec {ascii_uppercase[number]}", summary=abstract)
        for number, abstract in enumerate(ABSTRACTS.values())
    ]
    (folder / "page.json").write_text(answer(records), encoding="utf-8")
    return SearchDatabase(build(folder / "papers.db", folder, "--unusual"))


def scores(db: SearchDatabase, text: str) -> dict[str, float]:
    """Return the score of each paper that matches by words."""
    ranking = ask(db, Question(text, by_meaning=False)).ranking
    titles = [row["title"] for row in db.rows("select title from papers order by rowid")]
    names = [list(ABSTRACTS)[ascii_uppercase.index(title[-1])] for title in titles]
    return {
        names[number]: float(ranking.scores[number]) for number in np.flatnonzero(ranking.matches)
    }


@pytest.mark.parametrize(
    "text",
    [
        "fold weights without distillation",
        "fold weights with no distillation",
        "fold weights, not distillation",
        "distillation-free codec that folds weights",
        "distillation free folding of weights",
        "fold weights free of distillation",
        "does not need distillation to fold weights",
    ],
)
def test_papers_without_a_thing_rank_above_those_with_it(db: SearchDatabase, text: str) -> None:
    ranked = scores(db, text)
    lacking = min(ranked[name] for name in ("without", "no", "need", "free"))
    assert lacking > max(ranked[name] for name in ("has", "has twice", "lacks"))
    assert ranked["has"] > ranked["lacks"]  # who does without it mentions it


def test_a_word_that_is_not_negated_is_wanted(db: SearchDatabase) -> None:
    ranked = scores(db, "fold weights with distillation")
    assert ranked["has twice"] > ranked["no"] > ranked["lacks"]


def test_what_the_query_wants_to_happen_is_no_negation(db: SearchDatabase) -> None:
    plain = scores(db, "codec forgetting distillation")
    assert scores(db, "codec without the distillation forgetting").keys() == plain.keys()
    assert scores(db, "weights do not fold") == pytest.approx(scores(db, "weights fold"))


def test_a_synonym_that_negates_matches_other_negations(db: SearchDatabase) -> None:
    """“training free” and “tuning free” are synonyms; so are “without training” and “without …”."""
    for text in ("training-free images", "images without training", "images with no training"):
        ranked = scores(db, text)
        assert max(ranked, key=ranked.__getitem__) == "tuning"


def test_two_words_that_a_paper_negates_hardly_count_as_a_pair(db: SearchDatabase) -> None:
    ranked = scores(db, "rank-aware gradients")
    assert ranked["gradients"] > ranked["no gradients"] > 0
    ranked = scores(db, "sounds without rank-aware gradients")
    assert ranked["no gradients"] > ranked["gradients"]


def test_a_match_is_explained_by_what_is_negated(db: SearchDatabase) -> None:
    (first,) = results(db, ask(db, Question("images without tuning")), 0, 1)
    assert first.why == "abstract: images tuning"
    assert "⟦without tuning⟧" in first.snippet
