"""Search by meaning: exact for the best papers, within what filters and operators allow."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from daily_papers.search import encoder, vector_search
from daily_papers.search.encoder import WIDTH
from daily_papers.search.engine import Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import results
from daily_papers.search.vector_search import PaperVectors
from tests.conftest import daily_papers, execute, query

RANDOM = np.random.default_rng(5)
MANY = RANDOM.integers(-127, 128, (3_000, WIDTH), np.int8)


@pytest.fixture(scope="module")
def db(database: Path) -> SearchDatabase:
    return SearchDatabase(database)


def paper_vectors(vectors: np.ndarray) -> PaperVectors:
    chunks = (part.tobytes() for part in np.array_split(vectors, 7))
    return PaperVectors(chunks, lambda numbers: [vectors[number].tobytes() for number in numbers])


def exact(vectors: np.ndarray, text: np.ndarray) -> np.ndarray:
    numbers, wanted = vectors.astype(float), text.astype(float)
    return numbers @ wanted / np.linalg.norm(numbers, axis=1) / np.linalg.norm(wanted)


def test_the_cosines_of_few_papers_are_exact() -> None:
    few = MANY[: vector_search.MOST_READ]
    papers = paper_vectors(few)
    for wanted in (MANY[7], MANY[8], MANY[7]):  # the vectors are read for the first, and kept
        cosines, read = papers.cosines(wanted, np.zeros(len(few), np.float32), 1.0)
        np.testing.assert_allclose(cosines, exact(few, wanted), atol=1e-5)
        assert read.tolist() == list(range(len(few)))


def test_of_many_papers_those_read_are_exact_and_others_near_to_it() -> None:
    cosines, read = paper_vectors(MANY).cosines(MANY[7], np.zeros(len(MANY), np.float32), 1.0)
    right = exact(MANY, MANY[7])
    assert len(read) == vector_search.MOST_READ
    np.testing.assert_allclose(cosines[read], right[read], atol=1e-5)
    assert np.abs(cosines - right).max() < 0.25


def test_of_very_many_papers_most_of_the_nearest_are_read(
    monkeypatch: pytest.MonkeyPatch, database: Path
) -> None:
    """Vectors like those of papers: mixtures of two of them, and noise."""
    monkeypatch.setattr(vector_search, "MOST_ESTIMATED", 4_000)
    rows = query(database, "select vector from search_vectors")
    papers = np.array([np.frombuffer(vector, np.int8) for (vector,) in rows]).astype(float)
    first, second = RANDOM.integers(0, len(papers), (2, 60_000))
    shares = RANDOM.uniform(0.4, 1, (60_000, 1))
    mixed = shares * papers[first] + (1 - shares) * papers[second]
    mixed += RANDOM.normal(0, 12, mixed.shape)
    vectors = np.clip(np.rint(mixed), -127, 127).astype(np.int8)
    shares_read = []
    for text in ("run a model on a phone", "smaller key-value cache", "pictures from words"):
        wanted = encoder.encode(text)
        nearest = np.argsort(-exact(vectors, wanted))[: vector_search.NEAREST]
        zeros = np.zeros(len(vectors), np.float32)
        _, read = paper_vectors(vectors).cosines(wanted, zeros, 1.0)
        shares_read.append(np.isin(nearest, read).mean())
    assert np.mean(shares_read) > 0.9


def test_only_what_was_read_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """The highest of many estimates are too high."""
    monkeypatch.setattr(vector_search, "MOST_READ", 20)
    near = np.clip(MANY[7] + RANDOM.integers(-60, 61, (30, WIDTH)), -127, 127).astype(np.int8)
    vectors = np.concatenate([MANY, near])
    scores, allowed = np.zeros(len(vectors), np.float32), np.ones(len(vectors), bool)
    monkeypatch.setattr(vector_search, "_query_vector", lambda _: MANY[7])
    vector_search.add_closeness(paper_vectors(vectors), "text", scores, allowed, 0.0, 1)
    assert 0 < np.count_nonzero(scores) <= 20


def test_a_question_finds_papers_without_a_word_of_it_and_says_why(db: SearchDatabase) -> None:
    answer = ask(db, Question("small gadgets with no internet"))
    reasons = [result.why for result in results(db, answer, 0, answer.count)]
    assert "close in meaning" in reasons
    by_words = ask(db, Question("small gadgets with no internet", by_meaning=False))
    assert "close in meaning" not in [r.why for r in results(db, by_words, 0, by_words.count)]


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("answer faster on a telephone -quantization", {}),
        ("+cache keep earlier words of a chat", {}),
        ("answer faster on a telephone", {"year": ["2024"]}),
        ("answer faster on a telephone type:survey", {}),
    ],
)
def test_filters_and_operators_hold_for_what_is_close_in_meaning(
    db: SearchDatabase, text: str, chosen: dict[str, list[str]]
) -> None:
    with_meaning = ask(db, Question(text, chosen))
    operators = " ".join(word for word in text.split() if word[0] in "+-" or ":" in word)
    allowed = ask(db, Question(operators, chosen, by_meaning=False)).matches
    assert with_meaning.count > 0
    assert not (with_meaning.matches & ~allowed).any()


def test_meaning_goes_by_no_spelling(db: SearchDatabase) -> None:
    british, american = (
        ask(db, Question(text)).page(0, 50)
        for text in ("optimised colour quantisation", "optimized color quantization")
    )
    assert british == american


@pytest.mark.parametrize("text", ["qwzx vbnmq", "zzyzx", "xqj zkv wvw"])
def test_what_means_nothing_finds_nothing(db: SearchDatabase, text: str) -> None:
    assert ask(db, Question(text, correct_spelling=False)).count == 0


def test_a_title_comes_first_though_others_are_closer(db: SearchDatabase, database: Path) -> None:
    for (title,) in query(database, "select title from papers where rowid % 25 = 1"):
        (first,) = results(db, ask(db, Question(title)), 0, 1)
        assert first.row["title"] == title


def test_without_vectors_search_ranks_by_words(corpus: Path, tmp_path: Path) -> None:
    target = tmp_path / "papers.db"
    assert daily_papers("build", corpus, "--no-vectors", "-o", target).exit_code == 0
    assert query(target, "select value from build_info where name = 'vectors'") == [("none",)]
    assert query(target, "select count(*) from search_vectors") == [(0,)]
    assert daily_papers("check", target, "--unusual").exit_code == 0
    assert SearchDatabase(target).vectors is None


@pytest.mark.parametrize(
    "change",
    [
        "delete from search_vectors where rowid = 3",
        "update search_vectors set vector = x'00' where rowid = 3",
        "update search_vectors set vector = zeroblob(768) where rowid = 3",
        "update build_info set value = 'another encoder' where name = 'vectors'",
    ],
)
def test_with_vectors_that_do_not_fit_search_ranks_by_words(copy: Path, change: str) -> None:
    execute(copy, change)
    assert SearchDatabase(copy).vectors is None


def test_a_vector_of_zeros_is_near_to_nothing(copy: Path) -> None:
    execute(copy, "update search_vectors set vector = zeroblob(384) where rowid < 9")
    answer = ask(SearchDatabase(copy), Question("answer faster on a telephone"))
    assert answer.count > 0
    assert np.isfinite(answer.ranking.scores).all()


def test_a_file_of_an_older_version_is_searched_by_words(database: Path, tmp_path: Path) -> None:
    older = shutil.copy(database, tmp_path / "papers.db")
    execute(older, "drop table search_vectors")
    execute(older, "delete from build_info where name = 'vectors'")
    answer = ask(SearchDatabase(older), Question("kv cache"))
    assert (
        answer.count == ask(SearchDatabase(database), Question("kv cache", by_meaning=False)).count
    )
