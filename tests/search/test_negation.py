"""What a query negates is searched in papers that negate it, and in no others."""

import re
from string import ascii_uppercase

import numpy as np
import pytest

from daily_papers.search import ranking
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
    "gpu": "Our machine folds tables, each of them on every GPU of a teacher.",
    "no gpu": "Our machine folds tables, each of them without any GPU of a teacher.",
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
        "doesn't need distillation to fold weights",
        "fold weights w/o distillation",
        "fold weights instead of distillation",
        "fold weights rather than use distillation",
    ],
)
def test_papers_without_a_thing_rank_above_those_with_it(db: SearchDatabase, text: str) -> None:
    ranked = scores(db, text)
    lacking = min(ranked[name] for name in ("without", "no", "need", "free"))
    assert lacking > max(ranked[name] for name in ("has", "has twice", "lacks"))


def test_a_paper_that_has_what_the_query_negates_counts_no_more_for_that(
    db: SearchDatabase,
) -> None:
    ranked, plain = scores(db, "layer without distillation"), scores(db, "layer")
    assert plain["has"] > 0
    assert ranked["has"] <= plain["has"]
    assert "has twice" not in ranked


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("fold weights without any distillation", "fold weights"),
        ("distillation-free codec for the colors", "codec for the colors"),
        ("no teacher", ""),
        ("classifier-free guidance of colors", "classifier free guidance of colors"),
        ("colors that don't require additional distillation", "colors that don"),
        ("fold weights w/o distillation", "fold weights"),
        ("fold weights without gradients or distillation", "fold weights"),
        ("weights free to fold", "weights free to fold"),
        ("fold with or without distillation", "fold with or without distillation"),
        ("fold -teacher weights", "fold weights"),
        ("fold weig*", "fold"),
        ("weig*", ""),
        ('"codec folds" teach* OR colors', "codec folds colors"),
    ],
)
def test_the_encoder_reads_neither_negated_words_nor_prefixes(
    db: SearchDatabase, monkeypatch: pytest.MonkeyPatch, text: str, meant: str
) -> None:
    texts: list[str] = []
    monkeypatch.setattr(ranking, "add_closeness", lambda _, text, *others: texts.append(text))
    ask(db, Question(text))
    assert texts == [meant]


def test_a_word_that_is_not_negated_is_wanted(db: SearchDatabase) -> None:
    ranked = scores(db, "fold weights with distillation")
    assert ranked["has twice"] > ranked["no"] > ranked["lacks"]


def test_what_the_query_wants_to_happen_is_no_negation(db: SearchDatabase) -> None:
    plain = scores(db, "codec forgetting distillation")
    assert scores(db, "codec without the distillation forgetting").keys() == plain.keys()
    assert scores(db, "weights do not fold") == pytest.approx(scores(db, "weights fold"))


def test_a_synonym_that_negates_matches_other_negations(db: SearchDatabase) -> None:
    """“training free” and “tuning free” are synonyms; so are “without training” and “without …”."""
    plain = scores(db, "images")["tuning"]
    assert scores(db, "training-free images")["tuning"] > plain
    assert scores(db, "images with no training")["tuning"] > plain
    assert scores(db, "images with no training or zebras")["tuning"] > plain


def test_a_synonym_that_negates_matches_no_paper_that_affirms(db: SearchDatabase) -> None:
    """“CPU” is near to “without GPU”, and “GPU free” the same as “machine without GPU”."""
    for text in ("tables on a cpu", "gpu-free tables"):
        ranked, plain = scores(db, text), scores(db, "tables")
        assert ranked["no gpu"] > ranked["gpu"]
        assert plain["no gpu"] == pytest.approx(plain["gpu"])


def test_two_words_that_a_paper_negates_hardly_count_as_a_pair(db: SearchDatabase) -> None:
    ranked = scores(db, "rank-aware gradients")
    assert ranked["gradients"] > ranked["no gradients"] > 0
    ranked = scores(db, "sounds without rank-aware gradients")
    assert ranked["no gradients"] > ranked.get("gradients", 0)


def test_a_pair_of_which_one_word_is_negated_is_no_pair(db: SearchDatabase) -> None:
    """“Aware gradients” would be what the query does not want."""
    ranked = scores(db, "non-aware gradients")
    assert ranked["no gradients"] > 1.5 * ranked["gradients"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("images without tuning", "abstract: images, without tuning"),
        ("training-free images", "abstract: without training as without tuning, images"),
        ("sounds without rank-aware gradients", "abstract: sounds, without rank aware gradients"),
        ("layer without distillation", "abstract: layer"),
        ("by dist*", "abstract: distillation"),
        ('"good as a teacher"', "abstract: good teacher"),
        ('"As Good"', "abstract: good"),
        ('"is the Layer"', "abstract: layer"),
        ("zebras OR weights", "abstract: weights"),
    ],
)
def test_a_match_is_explained_by_what_counts(db: SearchDatabase, text: str, why: str) -> None:
    answer = ask(db, Question(text, by_meaning=False))
    assert why in [result.why for result in results(db, answer, 0, answer.count)]


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("tuning", {"tuning"}),
        ("images without tuning", {"images", "without tuning"}),
        ("layer without distillation", {"layer"}),
        ("codec that needs no distillation", {"codec", "distillation-free", "no distillation"}),
        ("no rank-aware gradients", {"without rank-aware gradients"}),
    ],
)
def test_what_the_query_negates_is_highlighted_where_the_paper_negates_it(
    db: SearchDatabase, text: str, quotes: set[str]
) -> None:
    answer = ask(db, Question(text, by_meaning=False))
    page = results(db, answer, 0, answer.count)
    assert quotes <= {quote for r in page for quote in re.findall("⟦([^⟧]+)⟧", r.snippet)}
    assert not any("by ⟦distillation" in result.snippet for result in page)
