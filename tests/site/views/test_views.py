"""What pages show, against the tables that they are read from."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from typing import Any

import msgspec
import pytest
from datasette.utils import MultiParams

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    annotate,
    board_request,
    claim_scales,
    compare_view,
    home_view,
    request_params,
    results_board,
    shared_facts,
    subject_views,
)
from daily_papers.site.views.claim_text import PaperClaim
from daily_papers.site.views.paper_answer import Paper
from daily_papers.site.views.paper_view import facts, paper, sources
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.results_board import ResultsAnswer
from tests.conftest import CORPUS, daily_papers


def value(db: sqlite3.Connection, sql: str, *parameters: object) -> Any:
    return db.execute(sql, parameters).fetchone()[0]


def column(db: sqlite3.Connection, sql: str, *parameters: object) -> list[Any]:
    return [row[0] for row in db.execute(sql, parameters)]


def read_paper(database: SearchDatabase, key: str) -> Paper:
    answer = paper(database, key)
    assert answer is not None
    return answer


def board(database: SearchDatabase, **params: str) -> ResultsAnswer:
    return results_board.board(database, asked(database, **params))


def asked(database: SearchDatabase, **params: str) -> board_request.BoardRequest:
    return board_request.parse_request(database, MultiParams(list(params.items())))


def test_every_paper_has_its_facts_in_its_text(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    for key in column(db, "select id from papers"):
        answer = read_paper(seeds, key)
        for field, text in (("title", answer.title), ("abstract", answer.abstract)):
            parts = annotate.segments(text, facts(answer, field))
            assert "".join(part.text for part in parts) == text
            for claim in answer.claims:
                if claim.field == field:
                    target = f"#claim-{claim.number}"
                    marked = (p for p in parts if any(f.target == target for f in p.facts))
                    assert "".join(part.text for part in marked) == claim.quote, key


def test_the_claims_of_a_paper_are_numbered_in_the_order_of_its_text(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    key = value(db, "select paper_id from claims group by 1 order by count(*) desc, 1 limit 1")
    claims = read_paper(seeds, key).claims
    assert [claim.number for claim in claims] == list(range(1, len(claims) + 1))
    places = [(claim.field != "title", claim.start) for claim in claims]
    assert places == sorted(places)
    assert len(set(places)) > 3


def test_a_paper_is_compared_by_those_that_name_what_it_introduces(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    naming = (
        "from mentions join entities on entities.id = entity_id"
        " where mentions.paper_id <> entities.paper_id"
    )
    most_named = f"select entities.paper_id {naming} group by 1 order by count(*) desc, 1 limit 1"
    key = value(db, most_named)
    expected = column(db, f"select mentions.paper_id {naming} and entities.paper_id = ?", key)
    answer = read_paper(seeds, key)
    assert {citing.paper_id for citing in answer.compared_by} == set(expected)


def test_similar_papers_say_what_they_share(seeds: SearchDatabase, db: sqlite3.Connection) -> None:
    explained = total = 0
    for key in column(db, "select id from papers order by id limit 40"):
        answer = read_paper(seeds, key)
        text = f"{answer.title} {answer.abstract}".casefold()
        for similar in answer.similar:
            topics = column(
                db,
                "select name from topics where id in (select topic_id from paper_topics"
                " where paper_id = ? intersect select topic_id from paper_topics"
                " where paper_id = ?)",
                key,
                similar.id,
            )
            assert set(similar.shares.topics) == set(topics)
            assert all(word in text for word in similar.shares.words)
            explained += any(msgspec.structs.astuple(similar.shares))
            total += 1
    assert explained / total > 0.99


def test_of_the_words_that_papers_share_the_four_rarest_are_told(
    seeds: SearchDatabase,
) -> None:
    words = {word: count for word, count in seeds.words.items() if 1 < count < 40}
    rarest = sorted((count, word) for word, count in words.items() if len(word) > 3)
    explaining = shared_facts._rarest(seeds, words.keys())
    assert explaining == [word for _, word in rarest[:4]]


def test_a_word_of_three_letters_or_of_more_than_a_fifth_of_papers_tells_nothing(
    seeds: SearchDatabase,
) -> None:
    counts = seeds.words
    most = seeds.paper_count / 5
    long = {word: count for word, count in counts.items() if len(word) > 3}
    common = {word for word, count in long.items() if count > most}
    telling = max((word for word in long if word not in common), key=long.__getitem__)
    short = {word for word, count in counts.items() if len(word) == 3 and count > 1}
    assert len(common) > 3
    assert min(map(counts.__getitem__, short)) <= most
    assert shared_facts._rarest(seeds, {*common, *short, telling}) == [telling]


def test_a_paper_is_read_at_its_source_or_else_searched_by_its_title() -> None:
    def urls(*ids: str | None) -> list[tuple[str, bool]]:
        return [(page.url, page.is_search) for page in sources("A title", *ids)]

    arxiv, hugging_face = "https://arxiv.org", "https://huggingface.co/papers"
    searches = [(f"{arxiv}/search/?query=A+title&searchtype=title", True),
                (f"{hugging_face}?q=A+title", True)]  # fmt: skip
    addresses = f"{arxiv}/abs/2504.10001", f"{arxiv}/pdf/2504.10001", f"{hugging_face}/2504.10001"
    pages = [(url, False) for url in addresses]
    assert urls(None, None) == searches
    assert urls("2504.10001", addresses[2]) == pages
    assert urls("2504.10001", "https://a.example") == [("https://a.example", False), *pages]


def test_the_home_page_counts_what_is_there(seeds: SearchDatabase, db: sqlite3.Connection) -> None:
    home = home_view.home(seeds)
    assert len(home.counts) > 3
    for table in home.counts:
        assert table.count == value(db, f"select count(*) from {table.table}")
    for topic in home.topics:
        sql = "select count(*) from paper_topics where topic_id = ?"
        assert topic.papers == value(db, sql, topic.id)
    counts = [topic.papers for topic in home.topics]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    assert home.papers_chart
    _, *periods, _ = home.papers_chart.head
    for topic, *papers, total in home.papers_chart.cells:
        assert sum(map(int, papers)) == int(total)
        for period, count in zip(periods, papers, strict=True):
            first, _, last = period.partition("–")
            assert int(count) == value(
                db,
                "select count(*) from papers join paper_topics on paper_id = papers.id"
                " join topics on topics.id = topic_id"
                " where topics.name = ?"
                " and coalesce(cast(year as text), 'undated') between ? and ?",
                topic,
                first,
                last or first,
            )


def test_the_spread_of_speedups_is_their_quarters(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    chart = home_view.home(seeds).speedups_chart
    assert chart
    assert len(chart.cells) > 3
    for topic, middle, low, high, claims in chart.cells:
        values = column(
            db,
            "select factor from claims join paper_topics using (paper_id)"
            " join topics on topics.id = topic_id where topics.name = ?"
            " and metric = 'speedup' and factor > 1 and confidence >= 50 order by factor",
            topic,
        )
        assert int(claims) == len(values)
        spread = [float(ratio.rstrip("×")) for ratio in (low, middle, high)]
        assert spread == pytest.approx(quantiles(values, n=4, method="inclusive"), abs=0.01)


def test_a_topic_has_its_papers_and_its_largest_improvements(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    subject = subject_views.topic(seeds, "kv-cache")
    count = value(db, "select count(*) from paper_topics where topic_id='kv-cache'")
    assert subject.count == count
    assert subject.parent == Named("attention", "Attention")
    assert subject.chart is not None
    assert sum(int(papers) for _, papers in subject.chart.cells) + subject.undated == count
    values = [claim.factor or 0 for claim in subject.claims]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1] > 1
    assert len({claim.paper_id for claim in subject.claims}) == len(values)
    assert values[0] == value(
        db,
        "select max(factor) from claims join paper_topics using (paper_id)"
        " where topic_id = 'kv-cache' and metric <> 'other'",
    )
    assert subject.neighbours
    assert "kv-cache" not in {topic.id for topic in subject.neighbours}


def test_every_subject_has_a_page(seeds: SearchDatabase, db: sqlite3.Connection) -> None:
    for table, read in (
        ("topics", subject_views.topic),
        ("metrics", subject_views.metric),
        ("entities", subject_views.entity),
        ("organizations", subject_views.organization),
    ):
        for key in column(db, f"select id from {table}"):
            subject = read(seeds, key)
            assert subject.count >= len(subject.papers) > 0 or table in ("topics", "metrics"), key
            msgspec.json.encode(subject)


def test_a_metric_has_the_papers_that_claim_it_and_their_largest_factors(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    subject = subject_views.metric(seeds, "memory")
    papers = column(
        db,
        "select id from papers where id in (select paper_id from claims where metric = 'memory')"
        " order by published_on is null, published_on desc, id",
    )
    assert subject.count == len(papers) > subject_views.MOST_PAPERS
    days = [paper.published_on or "" for paper in subject.papers]
    assert days == sorted(days, reverse=True)
    assert {paper.id for paper in subject.papers} <= set(papers)
    assert {claim.metric for claim in subject.claims} == {"memory"}
    factors = [claim.factor or 0 for claim in subject.claims]
    assert factors == sorted(factors, reverse=True)
    assert factors[-1] > 1


def test_an_entitys_claims_name_it(seeds: SearchDatabase) -> None:
    subject = subject_views.entity(seeds, "method-lora")
    assert subject.claims
    for claim in subject.claims:
        assert "lora" in f"{claim.baseline} {claim.hardware} {claim.subject}".casefold()


def test_a_board_is_its_claims_tokenize(seeds: SearchDatabase, db: sqlite3.Connection) -> None:
    answer = board(seeds, topic="kv-cache", metric="memory", scale="factor")
    keys = column(
        db,
        "select claims.id from claims join paper_topics using (paper_id)"
        " where topic_id = 'kv-cache' and metric = 'memory' and factor is not null"
        " order by factor desc, claims.id",
    )
    assert [claim.claim_id for claim in answer.claims] == keys
    assert answer.count == len(keys) > 3
    assert answer.is_log
    assert {claim.unit for claim in answer.claims} == {"%", "x"}


ORDERS: dict[str, Callable[[PaperClaim], Any]] = {
    "best": lambda claim: -(claim.factor or 0),
    "largest": lambda claim: -(claim.factor or 0),
    "smallest": lambda claim: claim.factor,
    "newest": lambda claim: (
        claim.published_on is None,
        -int((claim.published_on or "0").replace("-", "")),
    ),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_board_goes_by_its_order_then_by_id_and_what_has_no_date_comes_last(
    seeds: SearchDatabase, order: str
) -> None:
    claims = board(seeds, sort=order, size="500").claims
    assert len({ORDERS[order](claim) for claim in claims}) > 10
    # Those that are likelier wrong than right come last.
    assert claims == sorted(
        claims,
        key=lambda claim: (
            order != "newest" and claim.confidence < 50,
            ORDERS[order](claim),
            claim.claim_id,
        ),
    )


def test_a_board_has_25_claims_on_a_page_unless_told_and_leads_back_to_the_last(
    seeds: SearchDatabase,
) -> None:
    first = board(seeds)
    assert len(first.claims) == 25
    assert first.previous_url is None
    beyond = board(seeds, page="9000")
    assert beyond.claims == []
    assert beyond.previous_url == f"?metric=speedup&scale=factor&page={first.pages}"


def test_a_page_of_an_empty_board_leads_back_to_the_first(seeds: SearchDatabase) -> None:
    empty = board(seeds, baseline="none such", page="3")
    assert (empty.pages, empty.next_url) == (0, None)
    assert empty.previous_url == "?metric=speedup&scale=factor&baseline=none+such"


@pytest.mark.parametrize(
    ("scale", "smallest", "largest", "is_log"),
    [("level", 1, 20, True), ("level", 1, 19.9, False), ("factor", 1, 2, True),
     ("level", 0, 50, False), ("level/higher/%", 1, 99, False)],
)  # fmt: skip
def test_an_axis_compares_ratios_of_factors_and_of_values_20_times_apart(
    scale: str, smallest: float, largest: float, is_log: bool
) -> None:
    assert results_board._is_log(scale, smallest, largest) == is_log


def test_the_pages_of_a_board_are_all_of_it_once(seeds: SearchDatabase) -> None:
    ids: list[str] = []
    for page in range(1, 100):
        answer = board(seeds, size="7", page=str(page))
        ids += [claim.claim_id for claim in answer.claims]
        if answer.next_url is None:
            break
    assert ids == [claim.claim_id for claim in board(seeds, size="500").claims]


def test_the_scales_of_a_metric_part_its_claims(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    """No scale mixes a reduction with what is left, or an accuracy with an error rate."""
    for metric in claim_scales.metrics(seeds):
        ids: list[str] = []
        for scale in claim_scales.scales(seeds, metric.id):
            claims = board(seeds, metric=metric.id, scale=scale.id, size="500").claims
            assert len(claims) == scale.claims
            assert {claim.scale for claim in claims} == {scale.id}
            if scale.id != "factor":
                assert len({(claim.unit, claim.effect, claim.better) for claim in claims}) == 1
            ids += [claim.claim_id for claim in claims]
        assert sorted(ids) == column(
            db, "select id from claims where metric = ? order by id", metric.id
        )


def test_a_board_without_a_scale_takes_the_factor_or_that_of_the_unit(
    seeds: SearchDatabase,
) -> None:
    assert asked(seeds).scale == "factor"
    assert asked(seeds, metric="memory", unit="x").scale == "factor"
    assert asked(seeds, metric="memory", unit="GB").scale == "level/lower/GB"
    assert asked(seeds, metric="memory", scale="none such").scale == "factor"


@pytest.mark.parametrize(
    ("effect", "better", "is_rising"),
    [
        ("level", "higher", False),
        ("level", "lower", True),
        ("level", None, False),
        ("decrease", "lower", False),
        ("decrease", "higher", True),
        ("increase", "lower", True),
        ("increase", "higher", False),
    ],
)
def test_the_best_of_a_scale_comes_first(effect: str, better: str | None, is_rising: bool) -> None:
    scale = claim_scales.scale_of(f"{effect}/{better or 'any'}/%", 2)
    assert (scale.effect, scale.better, scale.unit) == (effect, better, "%")
    assert scale.is_lowest_first == is_rising


def test_a_board_without_any_claim_says_so(tmp_path: Path) -> None:
    target = tmp_path / "papers.db"
    assert daily_papers("build", CORPUS / "no_papers.txt", "-o", target).exit_code == 0
    with pytest.raises(request_params.BadRequest, match="No paper here claims a number"):
        asked(SearchDatabase(target))


def test_a_comparison_has_a_row_for_each_metric_and_marks_what_is_shared(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    keys = column(
        db,
        "select paper_id from claims join paper_topics using (paper_id)"
        " where topic_id = 'kv-cache' group by 1 order by count(*) desc, 1 limit 3",
    )
    answer = compare_view.comparison(seeds, keys)
    metrics = column(db, "select metric from claims where paper_id in (?, ?, ?)", *keys)
    assert {row.metric for row in answer.claims} == set(metrics)
    assert {len(row.cells) for row in answer.claims} == {3}
    assert {len(row.cells) for row in answer.facts} == {3}
    (topics,) = (row for row in answer.facts if row.name == "Topics")
    assert all(compare_view.ComparedValue("KV cache", True) in cell for cell in topics.cells)
    columns, rows = compare_view.table(answer)
    assert all(len(row) == len(columns) == 4 for row in rows)


def test_papers_to_compare_are_named_once_in_one_value_or_several() -> None:
    assert compare_view.parse_ids(MultiParams({"id": ["a,b", "a", ""]})) == ["a", "b"]
