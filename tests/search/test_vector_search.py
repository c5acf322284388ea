"""Search by meaning: exact for the best papers, within what filters and operators allow."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from daily_papers.search import vector_search
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
    cosines = paper_vectors(few).cosines(MANY[7], np.zeros(len(few), np.float32), 1.0)
    np.testing.assert_allclose(cosines, exact(few, MANY[7]), atol=1e-5)


def test_of_many_papers_the_nearest_are_exact_and_others_near_to_it() -> None:
    query_vector = np.clip(MANY[7] + RANDOM.integers(-40, 41, WIDTH), -127, 127).astype(np.int8)
    cosines = paper_vectors(MANY).cosines(query_vector, np.zeros(len(MANY), np.float32), 1.0)
    right = exact(MANY, query_vector)
    assert cosines.argmax() == right.argmax() == 7
    assert abs(cosines[7] - right[7]) < 1e-5
    assert np.abs(cosines - right).max() < 0.25


def test_papers_with_high_scores_have_exact_cosines() -> None:
    scores = np.zeros(len(MANY), np.float32)
    scores[2_345] = 5
    cosines = paper_vectors(MANY).cosines(MANY[7], scores, 1.0)
    assert abs(cosines[2_345] - exact(MANY, MANY[7])[2_345]) < 1e-5


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


def test_a_file_of_an_older_version_is_searched_by_words(database: Path, tmp_path: Path) -> None:
    older = shutil.copy(database, tmp_path / "papers.db")
    execute(older, "drop table search_vectors")
    answer = ask(SearchDatabase(older), Question("kv cache"))
    assert (
        answer.count == ask(SearchDatabase(database), Question("kv cache", by_meaning=False)).count
    )
