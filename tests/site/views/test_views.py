"""What pages show, against the tables that it is read from."""

import json
import sqlite3
from pathlib import Path
from statistics import quantiles
from typing import Any

import pytest

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    annotate,
    charts,
    compare_view,
    home_view,
    request_params,
    results_board,
    shared_facts,
    subject_views,
)
from daily_papers.site.views.paper_view import facts, paper
from tests.conftest import CORPUS, build


class Arguments(dict[str, list[str]]):
    """The parameters of a request."""

    def get(self, name: str, default: Any = None) -> Any:
        return self.getlist(name)[0] if name in self else default

    def getlist(self, name: str) -> list[str]:
        return super().get(name, [])


def one(db: sqlite3.Connection, sql: str, *parameters: object) -> Any:
    return db.execute(sql, parameters).fetchone()[0]


def test_every_paper_has_its_facts_in_its_text(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    for (key,) in db.execute("select id from papers").fetchall():
        found = paper(corpus, key)
        assert found is not None
        for field in ("title", "abstract"):
            pieces = annotate.segments(found[field], facts(found, field))
            assert "".join(piece.text for piece in pieces) == found[field]
            for claim in found["claims"]:
                if claim["field"] == field:
                    target = f"#claim-{claim['number']}"
                    its = (p for p in pieces if any(f.target == target for f in p.facts))
                    assert "".join(piece.text for piece in its) == claim["quote"], key


def test_a_paper_is_compared_by_those_that_name_what_it_introduces(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    key = one(
        db,
        "select entities.paper_id from entities join mentions on entity_id = entities.id"
        " where mentions.paper_id <> entities.paper_id"
        " group by 1 order by count(*) desc, 1 limit 1",
    )
    found = paper(corpus, key)
    assert found is not None
    assert {row["paper_id"] for row in found["compared_by"]} == {
        row[0]
        for row in db.execute(
            "select mentions.paper_id from mentions join entities on entities.id = entity_id"
            " where entities.paper_id = ? and mentions.paper_id <> ?",
            (key, key),
        )
    }


def test_similar_papers_say_what_they_share(corpus: SearchDatabase, db: sqlite3.Connection) -> None:
    told = total = 0
    for (key,) in db.execute("select id from papers order by id limit 40").fetchall():
        found = paper(corpus, key)
        assert found is not None
        for other in found["similar"]:
            topics = {
                row[0]
                for row in db.execute(
                    "select name from topics where id in (select topic_id from paper_topics"
                    " where paper_id = ? intersect select topic_id from paper_topics"
                    " where paper_id = ?)",
                    (key, other["id"]),
                )
            }
            assert set(other["shares"]["topics"]) == topics
            text = f"{found['title']} {found['abstract']}".casefold()
            assert all(word in text for word in other["shares"]["words"])
            told += any(other["shares"].values())
            total += 1
    assert told / total > 0.99


def test_of_the_words_that_papers_share_the_four_rarest_are_told(corpus: SearchDatabase) -> None:
    words = {word: count for word, count in corpus.words.items() if 1 < count < 40}
    rarest = sorted((count, word) for word, count in words.items() if len(word) > 3)
    told = shared_facts._telling(corpus, words.keys(), words.keys(), frozenset())
    assert told == [word for _, word in rarest[:4]]


def test_a_word_of_three_letters_or_of_more_than_a_fifth_of_papers_tells_nothing(
    corpus: SearchDatabase,
) -> None:
    most = corpus.paper_count / 5
    long = {word: count for word, count in corpus.words.items() if len(word) > 3}
    common = {word for word, count in long.items() if count > most}
    telling = max((word for word in long if word not in common), key=long.__getitem__)
    short = {word for word, count in corpus.words.items() if len(word) == 3 and count > 1}
    shared = {*common, *short, telling}
    assert len(common) > 3
    assert min(map(corpus.words.__getitem__, short)) <= most
    assert shared_facts._telling(corpus, shared, shared, frozenset()) == [telling]


def test_where_no_arxiv_id_is_known_the_title_is_searched(corpus: SearchDatabase) -> None:
    (row,) = corpus.rows("select id, title from papers order by id limit 1")
    found = paper(corpus, row["id"])
    assert found is not None
    assert [one["is_search"] for one in found["sources"]] == [True, True]
    assert found["sources"][0]["url"].startswith("https://arxiv.org/search/?query=")


def test_the_home_page_counts_what_is_there(corpus: SearchDatabase, db: sqlite3.Connection) -> None:
    shown = home_view.home(corpus)
    assert len(shown["counts"]) > 3
    for row in shown["counts"]:
        assert row["count"] == one(db, f"select count(*) from {row['table']}")
    for topic in shown["topics"]:
        assert topic["papers"] == one(
            db, "select count(*) from paper_topics where topic_id = ?", topic["id"]
        )
    counts = [topic["papers"] for topic in shown["topics"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    values = shown["charts"]["papers"]["data"]["values"]
    assert len(values) > len(counts) / 2
    for row in values:
        assert row["papers"] == one(
            db,
            "select count(*) from papers join paper_topics on paper_id = papers.id"
            " join topics on topics.id = topic_id"
            " where topics.name = ? and coalesce(cast(year as text), 'undated') = ?",
            row["topic"],
            row["year"],
        )


def test_the_spread_of_speedups_is_their_quarters(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    rows = home_view.home(corpus)["charts"]["speedups"]["data"]["values"]
    assert len(rows) > 3
    for row in rows:
        values = [
            value
            for (value,) in db.execute(
                "select value from claims join paper_topics using (paper_id)"
                " join topics on topics.id = topic_id where topics.name = ?"
                " and metric = 'speedup' and unit = 'x' and effect = 'increase' order by value",
                (row["topic"],),
            )
        ]
        assert row["claims"] == len(values)
        spread = [row["low"], row["middle"], row["high"]]
        assert spread == pytest.approx(quantiles(values, n=4, method="inclusive"), abs=0.01)


def test_a_topic_has_its_papers_and_its_largest_ratios(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    shown = subject_views.topic(corpus, "kv-cache")
    assert shown["count"] == one(db, "select count(*) from paper_topics where topic_id='kv-cache'")
    assert shown["parent"] == {"id": "attention", "name": "Attention"}
    drawn = shown["chart"]["data"]["values"]
    assert sum(row["papers"] for row in drawn) + shown["undated"] == shown["count"]
    values = [claim["value"] for claim in shown["claims"]]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]
    assert len({claim["paper_id"] for claim in shown["claims"]}) == len(values)
    assert values[0] == one(
        db,
        "select max(value) from claims join paper_topics using (paper_id)"
        " where topic_id = 'kv-cache' and unit = 'x' and is_improvement = 1 and metric <> 'other'",
    )
    assert shown["neighbours"]
    assert "kv-cache" not in {other["id"] for other in shown["neighbours"]}


def test_every_subject_has_a_page(corpus: SearchDatabase, db: sqlite3.Connection) -> None:
    for table, read in (
        ("topics", subject_views.topic),
        ("entities", subject_views.entity),
        ("organizations", subject_views.organization),
    ):
        for (key,) in db.execute(f"select id from {table}").fetchall():
            shown = read(corpus, key)
            assert shown["count"] >= len(shown["papers"]) > 0 or table == "topics", key
            json.dumps(shown)


def test_an_entitys_claims_name_it(corpus: SearchDatabase) -> None:
    shown = subject_views.entity(corpus, "method-lora")
    assert shown["claims"]
    for claim in shown["claims"]:
        said = f"{claim['baseline']} {claim['hardware']} {claim['subject']}"
        assert "lora" in said.casefold()


def test_a_board_is_its_claims_in_order(corpus: SearchDatabase, db: sqlite3.Connection) -> None:
    asked = results_board.asked(
        corpus, Arguments(topic=["kv-cache"], metric=["memory"], unit=["x"])
    )
    shown = results_board.board(corpus, asked)
    rows = db.execute(
        "select claims.id from claims join paper_topics using (paper_id)"
        " where topic_id = 'kv-cache' and metric = 'memory' and unit = 'x'"
        " order by value desc, claims.id"
    ).fetchall()
    assert [claim["claim_id"] for claim in shown["claims"]] == [key for (key,) in rows]
    assert shown["count"] == len(rows) > 3
    assert shown["is_log"]


@pytest.mark.parametrize(("column", "part"), [("baseline", "lLm"), ("hardware", "a100")])
def test_a_board_is_narrowed_by_a_part_of_a_name_in_any_case(
    corpus: SearchDatabase, db: sqlite3.Connection, column: str, part: str
) -> None:
    asked = results_board.asked(corpus, Arguments({column: [part], "size": ["500"]}))
    shown = {claim["claim_id"] for claim in results_board.board(corpus, asked)["claims"]}
    named = db.execute(
        f"select id, {column} from claims where metric = 'speedup' and unit = 'x'"
        f" and {column} is not null"
    ).fetchall()
    assert shown == {key for key, name in named if part.casefold() in name.casefold()}
    assert 1 < len(shown) < len(named)


ORDERS = {
    "largest": lambda claim: -claim["value"],
    "smallest": lambda claim: claim["value"],
    "newest": lambda claim: (
        claim["published_on"] is None,
        -int((claim["published_on"] or "0").replace("-", "")),
    ),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_board_goes_by_its_order_then_by_id_and_what_has_no_date_comes_last(
    corpus: SearchDatabase, order: str
) -> None:
    asked = results_board.asked(corpus, Arguments(sort=[order], size=["500"]))
    claims = results_board.board(corpus, asked)["claims"]
    keys = [ORDERS[order](claim) for claim in claims]
    assert len(set(keys)) > 10
    assert claims == sorted(claims, key=lambda claim: (ORDERS[order](claim), claim["claim_id"]))


def test_a_board_has_50_claims_on_a_page_unless_told_and_leads_back_to_the_last(
    corpus: SearchDatabase,
) -> None:
    first = results_board.board(corpus, results_board.asked(corpus, Arguments()))
    assert len(first["claims"]) == 50
    assert first["previous_url"] is None
    beyond = results_board.board(corpus, results_board.asked(corpus, Arguments(page=["9000"])))
    assert beyond["claims"] == []
    assert beyond["previous_url"] == f"?metric=speedup&unit=x&page={first['pages']}"


@pytest.mark.parametrize(
    ("unit", "smallest", "largest", "is_log"),
    [("%", 1, 20, True), ("%", 1, 19.9, False), ("x", 1, 2, True), ("x", 0, 50, False),
     ("%", None, None, False)],
)  # fmt: skip
def test_an_axis_compares_ratios_of_times_and_of_values_20_times_apart(
    unit: str, smallest: float | None, largest: float | None, is_log: bool
) -> None:
    assert results_board._is_log(unit, {"smallest": smallest, "largest": largest}) == is_log


def test_a_board_offers_the_most_frequent_names_first(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    offered = results_board.offers(corpus, results_board.asked(corpus, Arguments()))
    for column in ("baseline", "hardware"):
        rows = db.execute(
            f"select {column} from claims where metric = 'speedup' and unit = 'x'"
            f" and {column} is not null group by 1 order by count(*) desc, 1 limit 100"
        ).fetchall()
        assert offered[column] == [name for (name,) in rows]
        assert len(rows) > 5


def test_the_pages_of_a_board_are_all_of_it_once(corpus: SearchDatabase) -> None:
    whole = results_board.board(corpus, results_board.asked(corpus, Arguments(size=["500"])))
    seen = []
    for page in range(1, 100):
        part = results_board.board(
            corpus, results_board.asked(corpus, Arguments(size=["7"], page=[str(page)]))
        )
        seen += [claim["claim_id"] for claim in part["claims"]]
        if part["next_url"] is None:
            break
    assert seen == [claim["claim_id"] for claim in whole["claims"]]


def test_a_board_without_a_unit_takes_the_metrics_most_frequent(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    for row in results_board.options(corpus)["metrics"]:
        unit = results_board.asked(corpus, Arguments(metric=[row["id"]])).unit
        counts = dict(
            db.execute(
                "select unit, count(*) from claims where metric = ? group by 1", (row["id"],)
            ).fetchall()
        )
        assert counts[unit] == max(counts.values())


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"metric": ["speed"]}, "“metric” is one of "),
        ({"sort": ["best"]}, "“sort” is one of largest, smallest, newest."),
        ({"topic": ["nothing"]}, "No topic here is called “nothing”."),
        ({"size": ["0"]}, "“size” is a number from 1 to 500."),
        ({"page": ["-1"]}, "“page” is a number from 1 to "),
    ],
)
def test_a_board_refuses_nonsense(
    corpus: SearchDatabase, given_: dict[str, Any], said: str
) -> None:
    with pytest.raises(request_params.BadRequest, match=said.replace("“", "“")):
        results_board.asked(corpus, Arguments(given_))


def test_a_board_without_any_claim_says_so(tmp_path: Path) -> None:
    target = build(tmp_path / "papers.db", CORPUS / "no_papers.txt")
    with pytest.raises(request_params.BadRequest, match="No paper here claims a number"):
        results_board.asked(SearchDatabase(target), Arguments())


def test_a_comparison_has_a_row_for_each_metric_and_marks_what_is_shared(
    corpus: SearchDatabase, db: sqlite3.Connection
) -> None:
    keys = [
        key
        for (key,) in db.execute(
            "select paper_id from claims join paper_topics using (paper_id)"
            " where topic_id = 'kv-cache' group by 1 order by count(*) desc, 1 limit 3"
        )
    ]
    shown = compare_view.comparison(corpus, keys)
    metrics = {
        metric
        for (metric,) in db.execute("select metric from claims where paper_id in (?, ?, ?)", keys)
    }
    assert {row["metric"] for row in shown["claims"]} == metrics
    assert all(len(row["cells"]) == 3 for row in [*shown["claims"], *shown["facts"]])
    (topics,) = (row for row in shown["facts"] if row["name"] == "Topics")
    assert all({"text": "KV cache", "is_shared": True} in cell for cell in topics["cells"])
    columns, rows = compare_view.table(shown)
    assert all(len(row) == len(columns) == 4 for row in rows)


def test_a_comparison_refuses_what_it_cannot_compare(corpus: SearchDatabase) -> None:
    with pytest.raises(request_params.BadRequest, match="No paper here has the id “nothing”"):
        compare_view.comparison(corpus, ["nothing"])
    with pytest.raises(request_params.BadRequest, match="At most 6 papers"):
        compare_view.ids(Arguments(id=["a,b,c,d,e,f,g"]))
    assert compare_view.ids(Arguments(id=["a,b", "a", ""])) == ["a", "b"]


def test_a_trend_has_the_years_without_papers() -> None:
    assert charts.by_year([{"year": "2023", "papers": 1}])["data"]["values"]
    drawn = subject_views._trend([2020, 2022, None, 2022])
    assert drawn is not None
    assert [(row["year"], row["papers"]) for row in drawn["data"]["values"]] == [
        ("2020", 1), ("2021", 0), ("2022", 2),
    ]  # fmt: skip
    assert subject_views._trend([2020, None]) is None
