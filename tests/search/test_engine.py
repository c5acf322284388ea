"""Which papers match, in which order, with which facets and suggestions, for the seeds."""

import re
import shutil
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import call, patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daily_papers.search import facets, highlight, ranking, reader, spellcheck
from daily_papers.search.analysis import bigram, joined_term, token_runs
from daily_papers.search.engine import ORDERS, Question, ask, is_unreadable
from daily_papers.search.name_index import Name, name_rows
from daily_papers.search.reader import NotSearchable, SearchDatabase
from daily_papers.search.results import Result, results, strongest_claims
from daily_papers.search.suggest import suggest
from daily_papers.site.views import home_view
from tests.conftest import execute


@pytest.fixture(scope="module")
def db(database: Path) -> SearchDatabase:
    return SearchDatabase(database)


def search(db: SearchDatabase, text: str, most: int = 10, **options: Any) -> list[Result]:
    return results(db, ask(db, Question(text, **options)), 0, most)


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
def test_a_known_paper_comes_first(db: SearchDatabase, typed: str, title: str) -> None:
    assert title in search(db, typed, 1)[0].row["title"]


def test_synonyms_find_what_lacks_the_word(db: SearchDatabase) -> None:
    assert any("phone" not in result.row["title"].lower() for result in search(db, "smartphone"))
    assert any(" as " in result.why for result in search(db, "smartphone", 20))


def test_spelling_is_corrected_and_reported_unless_switched_off(db: SearchDatabase) -> None:
    corrected = ask(db, Question("quantizaton")).ranking
    assert corrected.corrections == {"quantizaton": "quantization"}
    exact = ask(db, Question("quantizaton", correct_spelling=False))
    assert (exact.ranking.corrections, exact.count) == ({}, 0)


def test_at_most_eight_words_of_a_query_are_corrected(db: SearchDatabase) -> None:
    misspelt = [f"{word}zz" for word in db.words if len(word) > 9][:9]
    assert list(ask(db, Question(" ".join(misspelt))).ranking.corrections) == misspelt[:8]


def test_a_prefix_stands_for_at_most_fifty_words(db: SearchDatabase) -> None:
    (clause,) = ask(db, Question("co*")).ranking.clauses
    frequent = sorted(db.words.items(), key=lambda entry: (-entry[1], entry[0]))
    completions = [word for word, _ in frequent if word.startswith("co")]
    assert [variant.phrase for variant in clause.variants] == completions[:50]


WORDS = dict.fromkeys(("cache", "lora", "kernel", "gpt4", "attention"), 1)


@pytest.mark.parametrize(
    ("word", "correction", "words"),
    [
        ("cachr", "cache", WORDS),
        ("loar", None, WORDS),  # four letters
        ("kernal", "kernel", WORDS),
        ("gpt45", None, WORDS),
        ("atenton", None, WORDS),  # two edits in seven letters
        ("attenton", "attention", WORDS),
        ("atentoin", "attention", WORDS),  # two in eight
        ("atntoin", None, WORDS),
        ("atentoinn", None, WORDS),  # three
        ("kernelss", "kernels", {"kernels": 1, "kernel": 9}),  # fewer edits
        ("batcg", "batch", {"batch": 1, "catcg": 9}),  # the same first letter
        ("batcg", "batco", {"batch": 1, "batco": 9}),  # more frequent
        ("batcg", "batch", {"batco": 9, "batch": 9}),
    ],
)
def test_a_word_of_five_letters_may_have_one_edit_and_one_of_eight_two(
    word: str, correction: str | None, words: dict[str, int]
) -> None:
    """The fewest edits win, then the same first letter, then the most papers."""
    assert spellcheck.nearest(word, words) == correction


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("batch", "watch"),
        ("tasks", "talks"),
        ("shaft", "shafts"),  # inflections of listed words
        ("sharpened", "sharpener"),
        ("polishes", "polisher"),
        ("organise", "organist"),  # British, of a listed word
        ("minimises", "minimizer"),
    ],
)
def test_an_english_word_is_not_corrected(word: str, near: str) -> None:
    assert spellcheck.nearest(word, {near: 9}) is None


@pytest.mark.parametrize(
    ("word", "correction"),
    [
        ("traning", "training"),  # “tran” and “lear” are in the list of English words
        ("learing", "learning"),
        ("proposeed", "proposed"),
        ("effecient", "efficient"),
        ("quantistaion", "quantisation"),
    ],
)
def test_a_misspelling_that_ends_like_an_inflection_is_corrected(
    word: str, correction: str
) -> None:
    assert spellcheck.nearest(word, {correction: 9}) == correction


@pytest.mark.parametrize("name", ["mixtral", "jamba", "zamba", "trainium"])
def test_a_name_that_no_paper_has_is_no_misspelling(name: str) -> None:
    candidates = {"mistral": 9, "mamba": 9, "training": 9}
    assert spellcheck.nearest(name, candidates) is None


def test_only_some_unknown_words_are_looked_up(db: SearchDatabase) -> None:
    words = [f"quantizaton{letter}" for letter in "abcdefghijklmnop"]
    with patch.object(ranking, "nearest", return_value=None) as nearest:
        ask(db, Question(" ".join(words)))
        suggest(db, " ".join(words))
    assert nearest.call_count <= 2 * ranking.MOST_LOOKED_UP


def test_operators_narrow(db: SearchDatabase) -> None:
    def count(text: str) -> int:
        return ask(db, Question(text)).count

    assert 0 < count("pruning AND lora") < count("pruning OR lora")
    assert 0 < count("pruning -lora") < count("pruning")
    for result in search(db, "pruning -lora", 200):
        (row,) = db.rows("select abstract from papers where id = ?", result.row["id"])
        assert not re.search(r"(?i)\blora\b", result.row["title"] + row["abstract"])
    assert count('"cache key"') < count("cache key")


def matching(db: SearchDatabase, text: str) -> set[int]:
    """Return the papers that match by words."""
    return set(np.flatnonzero(ask(db, Question(text, by_meaning=False)).matches).tolist())


@pytest.mark.parametrize("quantity", ["7b", "4-bit", "4 bits", "int4", "2x", "2024", "w4a8"])
def test_a_quantity_is_searched_alone_but_beside_words_makes_no_paper_match(
    db: SearchDatabase, quantity: str
) -> None:
    with patch.object(ranking, "LEAST_SCORE", 0.0):
        alone = matching(db, quantity)
        assert alone - matching(db, "lora")
        assert matching(db, f"{quantity} lora") == matching(db, "lora")
        assert matching(db, f"{quantity} zzzzqqqq") == alone  # nothing else to match


def test_a_quantity_ranks_papers_that_match_something_else(db: SearchDatabase) -> None:
    def score(text: str) -> float:
        return float(ask(db, Question(text)).ranking.scores.max())

    assert score("4-bit quantization") > score("quantization")


def test_filters_agree_with_the_tables(db: SearchDatabase) -> None:
    for typed, where in {
        "topic:quantization": "topics like '%\"quantization\"%'",
        "year:2024..2025": "year between 2024 and 2025",
        "year:>=2025": "year >= 2025",
        "year:..2023": "year <= 2023",
        "year:>2023": "year > 2023",
        "year:>=2023": "year >= 2023",
        "year:<2023": "year < 2023",
        "year:<=2023": "year <= 2023",
        "year:undated": "year is null",
        "-year:undated": "year is not null",
        "-year:2024": "year is not 2024",
        "year:2023 year:2025": "year in (2023, 2025)",
        "year:2023 year:>=2025": "year = 2023 or year >= 2025",
        "year:>=2023 year:<2025": "year in (2023, 2024)",
        "year:2025.. year:undated": "year >= 2025 or year is null",
        "year:2025 OR year:undated": "year = 2025 or year is null",
        "year:2025 OR has:code": "year = 2025 or has_code",
        "has:code": "has_code",
        "type:survey": "type = 'survey'",
        "-type:survey": "type <> 'survey'",
        "org:nvidia": "organization_id = 'nvidia'",
    }.items():
        (row,) = db.rows(f"select count(*) as papers from papers where {where}")
        assert ask(db, Question(typed)).count == row["papers"] > 0, typed


@pytest.mark.parametrize(
    ("text", "years", "where", "left_out"),
    [
        ("", [], "true", "false"),
        ("", ["2024.."], "year >= 2024", "year is null"),
        ("year:2024..", [], "year >= 2024", "year is null"),
        ("", ["2024..", "undated"], "year >= 2024 or year is null", "false"),
        ("year:2024..", ["undated"], "year >= 2024 or year is null", "false"),
        ("year:undated", ["2024"], "year = 2024 or year is null", "false"),
        ("year:2024..", ["2025", "2026"], "year in (2025, 2026)", "year is null"),
        ("year:2024..", ["2023"], "false", "year is null"),
        ("-year:undated", ["2024"], "year = 2024", "false"),
        ("-year:2024", [], "year is not 2024", "false"),
        ("has:code", ["2024"], "has_code and year = 2024", "has_code and year is null"),
        ("", ["1066"], "false", "year is null"),
    ],
)
def test_a_filter_by_year_tells_how_many_papers_without_one_it_leaves_out(
    db: SearchDatabase, text: str, years: list[str], where: str, left_out: str
) -> None:
    """Typed and chosen years must both hold, but “undated” among either adds what has no year."""
    answer = ask(db, Question(text, {"year": years}))
    counts = f"select sum({where}) as count, sum({left_out}) as left_out from papers"
    assert db.rows(counts) == [
        {"count": answer.count, "left_out": facets.undated(db, answer.left_out)}
    ]


def test_papers_are_undated_in_a_file_without_years(database: Path, tmp_path: Path) -> None:
    no_years = "update search_columns set labels = '[]', papers = x'', codes = x'' where name = ?"
    copy = changed(database, tmp_path / "papers.db", (no_years, [("year",)]))
    assert ask(copy, Question("year:undated")).count == copy.paper_count
    assert set(home_view.year_of_papers(copy)) == {0}


@pytest.mark.parametrize(
    ("facet", "value"),
    [("topic", "no such thing"), ("year", "٢٠٢٤.."), ("year", ">=٢٠٢٤")],  # not in ASCII digits
)
def test_an_unknown_value_matches_nothing(db: SearchDatabase, facet: str, value: str) -> None:
    answer = ask(db, Question("", {facet: [value]}))
    assert answer.unknown_filters == (facets.UnknownFilter(facet, value),)
    assert answer.count == 0


@pytest.mark.parametrize("text", ["the", "of and to", "!!"])
def test_text_without_a_word_matches_nothing_but_chosen_values_answer_alone(
    db: SearchDatabase, text: str
) -> None:
    chosen = {"topic": ["kv-cache"], "year": []}
    answer = ask(db, Question(text, chosen))
    assert is_unreadable(text, answer.clauses)
    assert answer.page(0, 400) == ask(db, Question("", chosen)).page(0, 400) != []
    for question in (Question(text), Question(text, {"topic": []}), Question("zzzzqqqq")):
        assert ask(db, question).count == 0


@pytest.mark.parametrize("text", ["quantization", "", "topic:serving", "gpu -cache"])
def test_facets_count_what_the_filter_then_finds(db: SearchDatabase, text: str) -> None:
    answer = ask(db, Question(text))
    counts = facets.counts(db, answer.matches, answer.any_year, 3)
    assert any(counts.values())
    for facet, values in counts.items():
        for value in values:
            assert ask(db, Question(text, {facet: [value.label]})).count == value.papers


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("text", ["", "kv cache", "topic:serving"])
def test_pages_neither_repeat_nor_lose(db: SearchDatabase, text: str, order: Any) -> None:
    answer = ask(db, Question(text, order=order))
    pages = [number for first in range(0, answer.count, 7) for number in answer.page(first, 7)]
    assert sorted(pages) == np.flatnonzero(answer.matches).tolist()
    assert pages == answer.page(0, answer.count)


@pytest.mark.parametrize(
    ("order", "column", "missing", "least"),
    [("newest", "published_on", "", 11), ("discussed", "comment_count", 0, 3)],
)
def test_results_are_in_the_order_that_was_chosen(
    db: SearchDatabase, order: str, column: str, missing: object, least: int
) -> None:
    keys = [result.row[column] or missing for result in search(db, "cache", 100, order=order)]
    assert keys == sorted(keys, reverse=True)
    assert len(set(keys)) >= least


def changed(database: Path, path: Path, *statements: tuple[str, list[Any]]) -> SearchDatabase:
    """Return a copy of a database after statements, each with rows of parameters."""
    shutil.copy(database, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        for sql, rows in statements:
            connection.executemany(sql, rows)
    return SearchDatabase(path)


def test_of_papers_discussed_alike_those_with_more_upvotes_come_first(
    db: SearchDatabase, database: Path, tmp_path: Path
) -> None:
    upvotes = np.arange(db.paper_count, dtype="<u4").tobytes()
    update = "update search_columns set codes = ? where name = 'upvoted'"
    copy = changed(database, tmp_path / "papers.db", (update, [(upvotes,)]))
    rows = db.rows("select coalesce(comment_count, 0) as comments, rowid - 1 as n from papers")
    expected = sorted(((row["comments"], row["n"]) for row in rows), reverse=True)
    numbers = ask(copy, Question(order="discussed")).page(0, db.paper_count)
    assert numbers == [number for _, number in expected]


def test_matches_are_highlighted_and_explained(db: SearchDatabase) -> None:
    page = search(db, "kv cache quantization", 20)
    assert len(page) == 20
    for result in page:
        assert result.why
        title, snippet = (
            re.sub(f"[{highlight.OPEN}{highlight.CLOSE}]", "", text)
            for text in (result.title, result.snippet)
        )
        assert result.row["title"] == title
        assert result.snippet.count(highlight.OPEN) == result.snippet.count(highlight.CLOSE)
        assert len(snippet) <= 280 + len("… " + " …")
        assert highlight.OPEN in result.title + result.snippet


@pytest.mark.parametrize(
    ("text", "terms", "marked"),
    [
        ("a ⟦fake⟧ cache", ["cach"], "a [fake] ⟦cache⟧"),
        (
            "A K-V store, key value (KV) stores",
            [bigram("k", "v"), bigram("key", "value")],
            "A ⟦K-V⟧ store, ⟦key value⟧ (⟦KV⟧) stores",
        ),
        (
            "a model (e.g., GPT), benchmark(s)",
            ["model", "benchmark"],
            "a ⟦model⟧ (e.g., GPT), ⟦benchmark⟧(s)",
        ),
    ],
    ids=[
        "marks in the text become brackets",
        "a bigram is one highlight",
        "no letter is part of a word before it",
    ],
)
def test_a_text_is_marked(text: str, terms: list[str], marked: str) -> None:
    highlights = highlight.find_highlights(text, dict.fromkeys(terms, 1.0))
    assert highlight.mark(text, highlights) == marked


def test_letters_that_make_a_stop_word_are_not_marked(db: SearchDatabase) -> None:
    terms = highlight.query_terms(ask(db, Question("run on phone")).ranking)
    text = "O(n) on a phone"
    assert highlight.mark(text, highlight.find_highlights(text, terms)) == "O(n) on a ⟦phone⟧"


def test_only_bigrams_that_can_match_are_stemmed() -> None:
    with patch.object(highlight, "joined_term", wraps=joined_term) as stemmed:
        terms = {bigram("alpha", "beta"): 1.0}
        assert highlight.find_highlights("alpha beta gamma delta", terms)
    assert stemmed.mock_calls == [call("alpha", "beta")]


def test_stems_of_bigrams_keep_their_first_letters_in_the_seeds(db: SearchDatabase) -> None:
    for row in db.rows("select title, abstract from papers"):
        for run in (run for text in row.values() for run in token_runs(text)):
            for first, second in pairwise(word.normal for word in run):
                written = first + second
                assert bigram(first, second)[: highlight.KEPT] == written[: highlight.KEPT]


# The claims of one paper, the weakest first: quote, value, unit, effect, whether it got better.
CLAIMS = [
    ("slower by 900x", 900, "x", "increase", 0, 0.001),
    ("holds 500 GB", 500, "GB", "level", None, None),
    ("4 points better", 4, "points", "increase", 1, None),
    ("2x faster", 2, "x", "increase", 1, 2.0),
    ("up by 150%", 150, "%", "increase", 1, 2.5),
    ("down by 75%", 75, "%", "decrease", 1, 4.0),
]
TWICE = [(quote, 2, "x", "increase", 1, 2.0) for quote in ("2x here", "2x there", "2x again")]


@pytest.mark.parametrize(
    ("claims", "strongest"),
    [
        (CLAIMS, ["down by 75%", "up by 150%", "2x faster"]),
        (CLAIMS[::-1], ["down by 75%", "up by 150%", "2x faster"]),
        (
            [*TWICE, ("2x in the title", 2, "x", "increase", 1, 2.0, "title")],
            ["2x in the title", "2x here", "2x there"],
        ),
    ],
    ids=["by factor", "in any order", "of equal ones the title and then the earlier first"],
)
def test_the_strongest_claims_are_three_improvements_the_largest_factor_first(
    db: SearchDatabase,
    database: Path,
    tmp_path: Path,
    claims: list[tuple[Any, ...]],
    strongest: list[str],
) -> None:
    paper_id = db.rows("select id from papers order by id limit 1")[0]["id"]
    delete = ("delete from claims where paper_id = ?", [(paper_id,)])
    sql = """
        insert into claims (id, paper_id, quote, field, start, "end", sentence, value, unit, effect,
            is_improvement, factor, metric, confidence)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'other', 90)
    """
    rows = [
        (f"claim-{number}", paper_id, quote, *(field or ["abstract"]), 10 * number,
         10 * number + len(quote), quote, value, unit, effect, better, factor)
        for number, (quote, value, unit, effect, better, factor, *field) in enumerate(claims)
    ]  # fmt: skip
    copy = changed(database, tmp_path / "papers.db", delete, (sql, rows))
    assert [claim["quote"] for claim in strongest_claims(copy, [paper_id])[paper_id]] == strongest


@pytest.mark.parametrize(
    ("typed", "kind", "name"),
    [
        ("flashatt", "method", "FlashAttention"),
        ("flash at", "method", "FlashAttention"),
        ("quanti", "topic", "Quantization"),
        ("cache", "topic", "KV cache"),
        ("flashatention", "method", "FlashAttention"),
        ("a10", "hardware", "A100"),
        ("retrieval and streaming hea", "paper", "DuoAttention"),
        ("specula", "paper", "Speculative"),
        ("imagen", "dataset", "ImageNet"),
        ("lla", "model", "LLaMA"),
        ("quantis", "topic", "Quantization"),
        ("Training optimis", "topic", "Training optimization"),
        ("optimization modeli", "topic", "Optimization modelling"),
        ("quantisi", "paper", "Quantizing"),
    ],
)
def test_a_prefix_has_suggestions(db: SearchDatabase, typed: str, kind: str, name: str) -> None:
    names = [suggestion.name for suggestion in suggest(db, typed) if suggestion.kind == kind]
    assert any(name in title for title in names) if kind == "paper" else name in names


def test_less_than_two_letters_suggest_nothing(db: SearchDatabase) -> None:
    assert [typed for typed in ("", "q", "-q-", " q ", "²", "qu") if suggest(db, typed)] == ["qu"]


@pytest.mark.parametrize(
    ("typed", "kind", "ids", "query"),
    [
        ("topic:quan", "topic", ["quantization"], "topic:quantization"),
        ("topic:QUANTIS", "topic", ["quantization"], "topic:quantization"),
        ("topic:cach", "topic", ["kv-cache"], "topic:kv-cache"),
        ("quantization -Type:sur", "type", ["survey"], "quantization -Type:survey"),
        ("year:und", "year", ["undated"], "year:undated"),
        ("year:2024..", "year", [], None),
        ("gpu:2080", "hardware", ["RTX 2080 Ti"], 'gpu:"RTX 2080 Ti"'),
        ('gpu:"RTX 208', "hardware", ["RTX 2080 Ti"], 'gpu:"RTX 2080 Ti"'),
        ("org:hust", "organization", ["hustvl"], "org:hustvl"),
        ("the has:", "has", ["code"], "the has:code"),
        ("model:zzqq", "model", [], None),
    ],
)
def test_the_value_of_a_filter_is_completed(
    db: SearchDatabase, typed: str, kind: str, ids: list[str], query: str | None
) -> None:
    suggestions = suggest(db, typed)
    assert [(found.kind, found.id) for found in suggestions] == [(kind, id_) for id_ in ids]
    assert all(suggestion.query == query for suggestion in suggestions)


@pytest.mark.parametrize("typed", ["kv cache topic:", "mamba year:", "cache year:2024.. year:"])
def test_nine_values_at_most_complete_a_filter_each_with_the_papers_that_it_then_has(
    db: SearchDatabase, typed: str
) -> None:
    suggestions = suggest(db, typed)
    assert 3 < len(suggestions) <= 9
    facet, rest = suggestions[0].kind, typed.rpartition(" ")[0]
    for suggestion in suggestions:
        answer = ask(db, Question(rest.removesuffix(" year:2024.."), {facet: [suggestion.id]}))
        assert answer.count == suggestion.papers


def test_a_second_year_is_completed_by_any_year(db: SearchDatabase) -> None:
    first, second = suggest(db, "cache year:"), suggest(db, "cache year:2024.. year:")
    assert [value.id for value in first] == [value.id for value in second]


def test_what_is_no_filter_is_not_completed_as_one(db: SearchDatabase) -> None:
    for typed in ("topic:quantization ", "colour:quan", "pretopic:quan", "topic", 'topic:"a" b'):
        assert all(suggestion.query is None for suggestion in suggest(db, typed)), typed


def test_a_name_can_be_begun_with_each_of_its_words() -> None:
    rows = list(name_rows([Name("method", "flash", "Flash-Attention v2", 3)]))
    assert [key for key, *_ in rows] == ["attentionv2", "flashattentionv2", "v2"]
    assert {tuple(row) for _, *row in rows} == {("method", "flash", "Flash-Attention v2", 3)}


def test_five_names_and_four_titles_are_suggested_the_most_frequent_first(
    database: Path, tmp_path: Path
) -> None:
    """Names are in the order of papers, then of the alphabet; what begins none is corrected."""
    counts = {f"Cache {number}": 1 for number in range(9)} | {"Kernal One": 9, "Kernel Two": 9}
    counts |= {"Zorbit B": 2, "Zorbit C": 9, "Zorbit A": 2, "Azorbit": 99, "Zorb": 5}
    rows = list(name_rows(Name("model", name, name, count) for name, count in counts.items()))
    insert = ("insert into search_names values (?, ?, ?, ?, ?)", rows)
    copy = changed(database, tmp_path / "papers.db", ("delete from search_names", [()]), insert)
    for typed, names in {
        "zorbit": ["Zorbit C", "Zorbit A", "Zorbit B"],
        "zorb": ["Zorbit C", "Zorb", "Zorbit A", "Zorbit B"],
        "kernal": ["Kernal One"],
        "kernol": ["Kernel Two"],
    }.items():
        suggestions = suggest(copy, typed)
        assert [name for kind, _, name, *_ in suggestions if kind != "paper"] == names, typed
    assert [found.kind for found in suggest(copy, "cache")] == ["model"] * 5 + ["paper"] * 4


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_any_text_is_answered(db: SearchDatabase, text: str) -> None:
    answer = ask(db, Question(text))
    assert 0 <= answer.count <= db.paper_count
    results(db, answer, 0, 3)
    suggest(db, text)


@pytest.mark.parametrize(
    ("tables", "missing"),
    [
        ([], "papers"),
        (["papers (id)"], "search_columns"),
        (["papers (id)", "search_columns (name)", "topics (id, name)"], "organizations"),
    ],
)
def test_a_foreign_database_is_refused(tmp_path: Path, tables: list[str], missing: str) -> None:
    path = tmp_path / "other.db"
    execute(path, *(f"create table {table}" for table in tables))
    sentence = f"{path}: search needs the tables of a build (no such table: {missing})"
    with pytest.raises(NotSearchable, match=f"^{re.escape(sentence)}$"):
        SearchDatabase(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.db").write_text("no database " * 100)
    with pytest.raises(NotSearchable, match="search needs the tables of a build"):
        SearchDatabase(tmp_path / "other.db")


def test_the_cache_of_weights_is_bounded(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    db = SearchDatabase(database)
    monkeypatch.setattr(reader, "MOST_CACHED", 10 * reader.ENTRY)
    weights = db.weights("cach")
    for number in range(100):
        assert not db.has_term(f"nothing{number}")
        assert db.weights("cach") is weights
    assert len(db._cache) == 9  # the array counts more than an entry


def test_the_weights_of_a_clause_are_added_up_once(db: SearchDatabase) -> None:
    clause = ranking.ExpandedClause
    with patch.object(
        clause, "best_weights", autospec=True, side_effect=clause.best_weights
    ) as best:
        assert ask(db, Question("+lossless codec -lora")).count
    texts = [expanded.clause.terms[0].text for (expanded, _), _ in best.call_args_list]
    assert texts == ["lossless", "codec"]
