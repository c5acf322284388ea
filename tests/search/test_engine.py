"""What is found, in which order, counted and narrowed, on the database of the seeds."""

import re
import shutil
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.search import facets, highlight, ranking, spellcheck
from daily_papers.search import reader as corpus_
from daily_papers.search.analysis import pair, runs
from daily_papers.search.engine import ORDERS, Question, ask, is_unreadable
from daily_papers.search.name_index import Name, name_rows
from daily_papers.search.reader import Array, Corpus, NotSearchable
from daily_papers.search.results import results, strongest_claims
from daily_papers.search.suggest import suggest


@pytest.fixture(scope="module")
def corpus(database: Path) -> Corpus:
    return Corpus(database)


def titles(corpus: Corpus, text: str, most: int = 10, **more: object) -> list[str]:
    answer = ask(corpus, Question(text, **more))  # type: ignore[arg-type]
    return [one.row["title"] for one in results(corpus, answer, 0, most)]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("s2ft", "S²FT"),
        ("S^2FT", "S²FT"),
        ("h2o heavy hitter", "H₂O"),
        ("duo attention", "DuoAttention"),
        ("speculatve decodng", "Speculative"),
        ("lossless float compression", "70% Size, 100% Accuracy"),
    ],
)
def test_a_known_paper_comes_first(corpus: Corpus, typed: str, title: str) -> None:
    assert title in titles(corpus, typed, 1)[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("on device inference", "on-device inference"),
        ("on-device", "ondevice"),
        ("quantisation", "quantization"),
        ("GPUs", "gpu"),
    ],
)
def test_spellings_find_the_same(corpus: Corpus, one: str, other: str) -> None:
    assert set(titles(corpus, one, 7)) == set(titles(corpus, other, 7))


def test_words_of_the_same_meaning_find_what_lacks_the_word(corpus: Corpus) -> None:
    answer = ask(corpus, Question("smartphone"))
    assert any("phone" not in one.row["title"].lower() for one in results(corpus, answer, 0, 10))
    assert any(" as " in one.why for one in results(corpus, answer, 0, 20))


def test_a_slip_is_mended_and_said_unless_told_not_to(corpus: Corpus) -> None:
    assert ask(corpus, Question("quantizaton")).ranking.mended == {"quantizaton": "quantization"}
    exact = ask(corpus, Question("quantizaton", mend=False))
    assert exact.ranking.mended == {}
    assert exact.count == 0


def test_at_most_eight_words_of_a_query_are_mended(corpus: Corpus) -> None:
    long = [word for word in corpus.words if len(word) > 9][:9]
    mended = ask(corpus, Question(" ".join(f"{word}zz" for word in long))).ranking.mended
    assert list(mended) == [f"{word}zz" for word in long[:8]]


def test_a_prefix_stands_for_at_most_fifty_words(corpus: Corpus) -> None:
    (concept,) = ask(corpus, Question("co*")).ranking.concepts
    frequent = sorted(corpus.words.items(), key=lambda one: (-one[1], one[0]))
    assert [way.phrase for way in concept.ways] == [
        word for word, _ in frequent if word.startswith("co")
    ][:50]


@pytest.mark.parametrize(
    ("word", "mended"),
    [
        ("cachr", "cache"),
        ("loar", None),  # four letters
        ("kernal", "kernel"),
        ("gpt45", None),
        ("atenton", None),  # two slips in seven letters
        ("attenton", "attention"),
        ("atentoin", "attention"),  # two in eight
        ("atntoin", None),
        ("atentoinn", None),  # three
    ],
)
def test_a_word_of_five_letters_may_have_one_slip_and_one_of_eight_two(
    word: str, mended: str | None
) -> None:
    words = dict.fromkeys(("cache", "lora", "kernel", "gpt4", "attention"), 1)
    assert spellcheck.nearest(word, words) == mended


@pytest.mark.parametrize(
    ("word", "words", "mended"),
    [
        ("kernelss", {"kernels": 1, "kernel": 9}, "kernels"),  # fewer slips
        ("batcg", {"batch": 1, "catcg": 9}, "batch"),  # the same first letter
        ("batcg", {"batch": 1, "batco": 9}, "batco"),  # more frequent
        ("batcg", {"batco": 9, "batch": 9}, "batch"),
    ],
)
def test_the_nearest_word_is_taken_then_one_that_begins_alike_then_the_most_frequent(
    word: str, words: dict[str, int], mended: str
) -> None:
    assert spellcheck.nearest(word, words) == mended


def test_operators_narrow(corpus: Corpus) -> None:
    both = ask(corpus, Question("pruning AND lora"))
    either = ask(corpus, Question("pruning OR lora"))
    assert 0 < both.count < either.count
    words = ask(corpus, Question("pruning"))
    without = ask(corpus, Question("pruning -lora"))
    assert 0 < without.count < words.count
    for one in results(corpus, without, 0, 200):
        (row,) = corpus.rows("select abstract from papers where id = ?", one.row["id"])
        assert not re.search(r"(?i)\blora\b", one.row["title"] + row["abstract"])
    phrase, words = ask(corpus, Question('"cache key"')), ask(corpus, Question("cache key"))
    assert phrase.count < words.count


def test_filters_agree_with_the_tables(corpus: Corpus, database: Path) -> None:
    with sqlite3.connect(database) as db:
        for typed, where in {
            "topic:quantization": "topics like '%\"quantization\"%'",
            "year:2024..2025": "year between 2024 and 2025",
            "year:>=2025": "year >= 2025",
            "year:..2023": "year <= 2023",
            "year:>2023": "year > 2023",
            "year:>=2023": "year >= 2023",
            "year:<2023": "year < 2023",
            "year:<=2023": "year <= 2023",
            "has:code": "has_code",
            "type:survey": "type = 'survey'",
            "-type:survey": "type <> 'survey'",
            "org:nvidia": "organization_id = 'nvidia'",
        }.items():
            (count,) = db.execute(f"select count(*) from papers where {where}").fetchone()
            assert ask(corpus, Question(typed)).count == count > 0, typed


def test_a_filter_that_names_nothing_says_so(corpus: Corpus) -> None:
    answer = ask(corpus, Question("", {"topic": ["no such thing"]}))
    assert answer.count == 0
    assert answer.unknown == (facets.Unknown("topic", "no such thing"),)


def test_a_year_is_written_in_ascii_digits(corpus: Corpus) -> None:
    for year in ("٢٠٢٤..", ">=٢٠٢٤"):
        answer = ask(corpus, Question("", {"year": [year]}))
        assert answer.unknown == (facets.Unknown("year", year),)


@pytest.mark.parametrize("text", ["the", "of and to", "!!"])
def test_chosen_values_answer_alone_where_the_text_has_no_word(corpus: Corpus, text: str) -> None:
    chosen = {"topic": ["kv-cache"], "year": []}
    answer = ask(corpus, Question(text, chosen))
    assert is_unreadable(text, answer.clauses)
    alone = ask(corpus, Question("", chosen))
    assert answer.page(0, 400) == alone.page(0, 400) != []
    assert ask(corpus, Question(text, {"topic": []})).count == 0


@pytest.mark.parametrize("text", ["quantization", "", "topic:serving", "gpu -cache"])
def test_facets_count_what_the_filter_then_finds(corpus: Corpus, text: str) -> None:
    counted = facets.counts(corpus, ask(corpus, Question(text)).fits, 3)
    assert any(counted.values())
    for facet, values in counted.items():
        for value in values:
            assert ask(corpus, Question(text, {facet: [value.label]})).count == value.papers


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("text", ["", "kv cache", "topic:serving"])
def test_pages_neither_repeat_nor_lose(corpus: Corpus, text: str, order: str) -> None:
    answer = ask(corpus, Question(text, order=order))  # type: ignore[arg-type]
    pages = [number for first in range(0, answer.count, 7) for number in answer.page(first, 7)]
    assert sorted(pages) == np.flatnonzero(answer.fits).tolist()
    assert pages == answer.page(0, answer.count)


def test_orders_go_by_what_they_say(corpus: Corpus) -> None:
    newest = results(corpus, ask(corpus, Question("cache", order="newest")), 0, 100)
    days = [one.row["published_on"] or "" for one in newest]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 10
    discussed = results(corpus, ask(corpus, Question("cache", order="discussed")), 0, 100)
    comments = [one.row["comment_count"] or 0 for one in discussed]
    assert comments == sorted(comments, reverse=True)
    assert len(set(comments)) > 2


def test_of_papers_discussed_alike_those_with_more_upvotes_come_first(
    database: Path, tmp_path: Path
) -> None:
    own = tmp_path / "papers.db"
    shutil.copy(database, own)
    with closing(sqlite3.connect(own)) as db, db:
        (count,) = db.execute("select count(*) from papers").fetchone()
        upvotes = np.arange(count, dtype="<u4").tobytes()
        db.execute("update search_columns set codes = ? where name = 'upvoted'", (upvotes,))
        rows = db.execute("select coalesce(comment_count, 0), rowid - 1 from papers").fetchall()
    found = ask(Corpus(own), Question(order="discussed")).page(0, count)
    assert found == [number for _, number in sorted(rows, reverse=True)]


@pytest.mark.parametrize("text", ["!!", "the", "of and to", "zzzzqqqq"])
def test_nothing_is_found_by_nothing(corpus: Corpus, text: str) -> None:
    assert ask(corpus, Question(text)).count == 0


def test_what_matched_is_marked_and_explained(corpus: Corpus) -> None:
    found = results(corpus, ask(corpus, Question("kv cache quantization")), 0, 20)
    assert len(found) == 20
    for one in found:
        assert one.why
        plain = (one.title + one.snippet).replace(highlight.OPEN, "").replace(highlight.CLOSE, "")
        assert one.row["title"] in plain
        assert one.snippet.count(highlight.OPEN) == one.snippet.count(highlight.CLOSE)
        plain = re.sub(f"[{highlight.OPEN}{highlight.CLOSE}]", "", one.snippet)
        assert len(plain) <= 280 + len("… " + " …")
        assert highlight.OPEN in one.title + one.snippet


def test_marks_in_a_text_are_taken_for_brackets() -> None:
    found = highlight.marks("a ⟦fake⟧ cache", {"cach": 1.0})
    assert highlight.highlighted("a ⟦fake⟧ cache", found) == "a [fake] ⟦cache⟧"


def test_two_words_are_marked_as_the_one_that_was_typed() -> None:
    text = "A K-V store, key value (KV) stores"
    found = highlight.marks(text, {pair("k", "v"): 1.0, pair("key", "value"): 1.0})
    assert highlight.highlighted(text, found) == "A ⟦K-V⟧ store, ⟦key value⟧ (⟦KV⟧) stores"


def test_only_pairs_that_may_be_sought_are_stemmed(monkeypatch: pytest.MonkeyPatch) -> None:
    stemmed = []

    def counted(first: str, second: str) -> str:
        stemmed.append((first, second))
        return pair(first, second)

    monkeypatch.setattr(highlight, "pair", counted)
    assert highlight.marks("alpha beta gamma delta", {pair("alpha", "beta"): 1.0})
    assert stemmed == [("alpha", "beta")]


def test_what_marks_rely_on_holds_for_the_seeds(corpus: Corpus) -> None:
    for row in corpus.rows("select title, abstract from papers"):
        for run in (run for text in row.values() for run in runs(text)):
            for first, second in pairwise(word.plain for word in run):
                written = first + second
                assert pair(first, second)[: highlight.KEPT] == written[: highlight.KEPT]


# What one paper states, the weakest first: quote, value, unit, effect, whether it got better.
STATED = [
    ("slower by 900x", 900, "x", "increase", 0),
    ("holds 500 GB", 500, "GB", "level", None),
    ("4 points better", 4, "points", "increase", 1),
    ("2x faster", 2, "x", "increase", 1),
    ("up by 150%", 150, "%", "increase", 1),  # 2.5 times
    ("down by 75%", 75, "%", "decrease", 1),  # 4 times
]


def with_claims(database: Path, path: Path, stated: list[tuple[Any, ...]]) -> tuple[Corpus, str]:
    """A database in which one paper states just this; and the id of that paper."""
    shutil.copy(database, path)
    with closing(sqlite3.connect(path)) as db, db:
        (paper_id,) = db.execute("select id from papers order by id limit 1").fetchone()
        db.execute("delete from claims where paper_id = ?", (paper_id,))
        for number, (quote, value, unit, effect, better, *field) in enumerate(stated):
            db.execute(
                "insert into claims values"
                " (?, ?, ?, ?, ?, ?, ?, ?, null, ?, 'other', ?, null, null, null, null, ?)",
                (f"claim-{number}", paper_id, quote, *(field or ["abstract"]), 10 * number,
                 10 * number + len(quote), quote, value, unit, effect, better),
            )  # fmt: skip
    return Corpus(path), paper_id


def test_the_strongest_claims_are_three_improvements_the_largest_factor_first(
    database: Path, tmp_path: Path
) -> None:
    for number, stated in enumerate((STATED, STATED[::-1])):
        corpus, paper_id = with_claims(database, tmp_path / f"{number}.db", stated)
        quotes = [claim["quote"] for claim in strongest_claims(corpus, paper_id)]
        assert quotes == ["down by 75%", "up by 150%", "2x faster"]


def test_of_claims_as_strong_the_title_comes_first_and_then_the_earlier(
    database: Path, tmp_path: Path
) -> None:
    alike = [(quote, 2, "x", "increase", 1) for quote in ("2x here", "2x there", "2x again")]
    stated = [*alike, ("2x in the title", 2, "x", "increase", 1, "title")]
    corpus, paper_id = with_claims(database, tmp_path / "papers.db", stated)
    quotes = [claim["quote"] for claim in strongest_claims(corpus, paper_id)]
    assert quotes == ["2x in the title", "2x here", "2x there"]


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("flashatt", "method", "FlashAttention"),
        ("flash at", "method", "FlashAttention"),
        ("quanti", "topic", "Quantization"),
        ("cache", "topic", "KV cache"),
        ("flashatention", "method", "FlashAttention"),
        ("a10", "hardware", "A100"),
    ],
)
def test_names_are_suggested(corpus: Corpus, typed: str, kind: str, name: str) -> None:
    assert (kind, name) in {(one.kind, one.name) for one in suggest(corpus, typed)}


@pytest.mark.parametrize(
    ("typed", "title"),
    [("retrieval and streaming hea", "DuoAttention"), ("specula", "Speculative")],
)
def test_titles_with_a_word_that_begins_so_are_suggested(
    corpus: Corpus, typed: str, title: str
) -> None:
    assert any(one.kind == "paper" and title in one.name for one in suggest(corpus, typed))


@pytest.mark.parametrize("typed", ["", "q", "-q-", " q ", "²"])
def test_less_than_two_letters_suggest_nothing(corpus: Corpus, typed: str) -> None:
    assert suggest(corpus, typed) == []
    assert suggest(corpus, "qu") != []


def with_names(database: Path, path: Path, *names: Name) -> Corpus:
    """A database in which these are all the names."""
    shutil.copy(database, path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("delete from search_names")
        db.executemany("insert into search_names values (?, ?, ?, ?, ?)", name_rows(names))
    return Corpus(path)


def suggested(corpus: Corpus, typed: str) -> list[str]:
    return [one.name for one in suggest(corpus, typed) if one.kind != "paper"]


def test_a_name_can_be_begun_with_each_of_its_words() -> None:
    rows = list(name_rows([Name("method", "flash", "Flash-Attention v2", 3)]))
    assert [key for key, *_ in rows] == ["attentionv2", "flashattentionv2", "v2"]
    assert {tuple(row) for _, *row in rows} == {("method", "flash", "Flash-Attention v2", 3)}


def test_names_that_begin_so_come_first_by_papers_then_by_name(
    database: Path, tmp_path: Path
) -> None:
    names = [("Zorbit B", 2), ("Zorbit C", 9), ("Zorbit A", 2), ("Azorbit", 99), ("Zorb", 5)]
    own = with_names(
        database, tmp_path / "papers.db", *(Name("model", name, name, n) for name, n in names)
    )
    assert suggested(own, "zorbit") == ["Zorbit C", "Zorbit A", "Zorbit B"]
    assert suggested(own, "zorb") == ["Zorbit C", "Zorb", "Zorbit A", "Zorbit B"]


def test_at_most_five_names_and_four_titles_are_suggested(database: Path, tmp_path: Path) -> None:
    names = [Name("model", f"cache-{number}", f"Cache {number}", 1) for number in range(9)]
    own = with_names(database, tmp_path / "papers.db", *names)
    kinds = [one.kind for one in suggest(own, "cache")]
    assert kinds == ["model"] * 5 + ["paper"] * 4


def test_only_what_no_name_begins_with_is_mended(database: Path, tmp_path: Path) -> None:
    names = [Name("model", name, name, 9) for name in ("Kernal One", "Kernel Two")]
    own = with_names(database, tmp_path / "papers.db", *names)
    assert suggested(own, "kernal") == ["Kernal One"]
    assert suggested(own, "kernol") == ["Kernel Two"]


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_any_text_is_answered(database: Path, text: str) -> None:
    corpus = CORPORA.setdefault(database, Corpus(database))
    answer = ask(corpus, Question(text))
    assert 0 <= answer.count <= corpus.paper_count
    results(corpus, answer, 0, 3)
    suggest(corpus, text)


CORPORA: dict[Path, Corpus] = {}


@pytest.mark.parametrize(
    ("tables", "lacking"),
    [
        ([], "papers"),
        (["papers (id)"], "search_columns"),
        (["papers (id)", "search_columns (name)", "topics (id, name)"], "organizations"),
    ],
)
def test_a_database_without_the_tables_is_refused_in_a_sentence(
    tmp_path: Path, tables: list[str], lacking: str
) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as db:
        for table in tables:
            db.execute(f"create table {table}")
    with pytest.raises(NotSearchable) as refused:
        Corpus(path)
    said = f"{path}: search needs the tables of a build (no such table: {lacking})"
    assert str(refused.value) == said


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("no database " * 100)
    with pytest.raises(NotSearchable, match="search needs the tables of a build"):
        Corpus(tmp_path / "other.db")


def test_what_is_kept_at_hand_is_bounded(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = Corpus(database)
    monkeypatch.setattr(corpus_, "MOST_CACHED", 10 * corpus_.ENTRY)
    kept = corpus.weights("cach")
    for number in range(100):
        assert not corpus.has(f"nothing{number}")
        assert corpus.weights("cach") is kept
    assert len(corpus._cached) == 9  # the array counts more than an entry


def test_what_a_concept_gives_is_added_up_once(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    best = ranking.Concept.best

    def counted(concept: ranking.Concept, own: Array) -> Array:
        asked.append(concept.clause.atoms[0].text)
        return best(concept, own)

    monkeypatch.setattr(ranking.Concept, "best", counted)
    assert ask(corpus, Question("+lossless codec -lora")).count
    assert asked == ["lossless", "codec"]
