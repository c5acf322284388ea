"""The filters of the results board: what they select, and how many claims each leaves."""

import sqlite3
from urllib.parse import parse_qsl

import pytest
from datasette.utils import MultiParams

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import board_request, request_params, results_board
from daily_papers.site.views.claim_columns import claim_columns
from daily_papers.site.views.results_board import ResultsAnswer

# What a filter selects, beside claims.metric and claims.factor.
SELECTED = {
    ("topic", "kv-cache"): "paper_id in (select paper_id from paper_topics"
    " where topic_id = 'kv-cache')",
    ("model", "model-gpt"): "model_id = 'model-gpt'",
    ("dataset", "dataset-longbench"): "dataset_id = 'dataset-longbench'",
    ("bound", "up to"): "factor_bound = 'up to'",
    ("bound", "exact"): "factor_bound is null",
    ("has", "code"): "paper_id in (select id from papers where has_code)",
    # A part of a name, in any case; but a whole name only as a word.
    ("baseline", "lLm"): "baseline like '%llm%'",
    ("hardware", "NVIDIA"): "(hardware like '%nvidia%' or hardware_id = 'hardware-rtx4090')",
    ("hardware", "a100"): "hardware like '%a100%'",
}


def board(database: SearchDatabase, url: str) -> ResultsAnswer:
    arguments = MultiParams(parse_qsl(url.removeprefix("?")))
    return results_board.board(database, board_request.parse_request(database, arguments))


@pytest.mark.parametrize(("facet", "value"), SELECTED)
def test_a_filter_selects_claims(
    seeds: SearchDatabase, db: sqlite3.Connection, facet: str, value: str
) -> None:
    selected = 0
    for metric in ("speedup", "memory", "throughput"):
        sql = f"select id from claims where metric = ? and factor > 0 and {SELECTED[facet, value]}"
        ids = {claim for (claim,) in db.execute(sql, (metric,))}
        answer = board(seeds, f"?metric={metric}&size=500&{facet}={value}")
        assert {claim.claim_id for claim in answer.claims} == ids
        selected += len(ids)
    assert selected > 1


@pytest.mark.parametrize(
    "url", ["", "?metric=memory&topic=kv-cache&bound=up+to", "?metric=quality&has=code",
            "?baseline=FlashAttention&sort=newest"],
)  # fmt: skip
def test_every_value_leads_to_as_many_claims_as_it_says(seeds: SearchDatabase, url: str) -> None:
    answer = board(seeds, url)
    values = [value for facet in answer.facets for value in facet.values if not value.selected]
    assert len(values) > 10
    for value in values[:60]:
        assert board(seeds, value.url).count == value.count, value


def test_a_selected_value_leads_to_the_board_without_it(seeds: SearchDatabase) -> None:
    answer = board(seeds, "?metric=speedup&topic=serving&has=code&model=gpt")
    assert [(chosen.facet, chosen.name) for chosen in answer.filters] == [
        ("topic", "Serving"), ("model", "GPT"), ("has", "code"),
    ]  # fmt: skip
    without = board(seeds, answer.filters[1].remove_url)
    assert {chosen.facet for chosen in without.filters} == {"topic", "has"}
    assert board(seeds, answer.clear_url).filters == []


def test_a_metric_is_offered_on_the_factor_or_on_the_scale_of_most_claims(
    seeds: SearchDatabase,
) -> None:
    metrics = next(facet for facet in board(seeds, "").facets if facet.name == "metric").values
    assert {value.value for value in metrics if "scale=factor" in value.url} >= {"memory", "energy"}
    (other,) = (value for value in metrics if value.value == "other")
    assert other == metrics[-1]
    assert "scale=factor" not in other.url
    counts = [value.count for value in metrics[:-1]]
    assert counts == sorted(counts, reverse=True)


def test_only_entities_are_offered_as_baseline_and_a_whole_name_is_no_part_of_a_word(
    seeds: SearchDatabase, db: sqlite3.Connection
) -> None:
    names = {name for (name,) in db.execute("select name from entities")}
    facets = {facet.name: facet.values for facet in board(seeds, "").facets}
    assert {value.name for value in facets["baseline"]} <= names
    column = claim_columns(seeds).names["baseline"]
    (code,) = (code for code, text in enumerate(column.labels) if text == "ANT")
    matching = [column.searched[code] for code in column.containing("ant").nonzero()[0]]
    assert column.searched[code] in matching
    assert not any("quant" in text for text in matching)


@pytest.mark.parametrize("facet", ["topic", "model", "dataset"])
def test_a_name_that_is_not_here_is_refused(seeds: SearchDatabase, facet: str) -> None:
    with pytest.raises(request_params.BadRequest, match=f"^No .*{facet} .*called “none such”"):
        board(seeds, f"?{facet}=none+such")


def test_a_board_without_results_has_its_filters_to_remove(seeds: SearchDatabase) -> None:
    answer = board(seeds, "?baseline=none+such")
    assert (answer.count, answer.claims, answer.is_log) == (0, [], False)
    assert board(seeds, answer.filters[0].remove_url).count > 100


@pytest.mark.parametrize(
    ("url", "labels"),
    [
        # The baseline alone excludes all.
        ("?metric=speedup&topic=kv-cache&baseline=none+such", ["without baseline none such"]),
        # Each filter has claims, but none of them both.
        ("?metric=speedup&hardware=A100&baseline=vLLM",
         ["without hardware A100", "without baseline vLLM"]),
        # No two of three have.
        ("?metric=speedup&bound=at+least&hardware=A100&baseline=vLLM",
         ["with only hardware A100", "with only baseline vLLM", "with only bound at least"]),
        ("?metric=speedup", []),
    ],
)  # fmt: skip
def test_a_board_without_results_leads_to_those_that_have_some(
    seeds: SearchDatabase, url: str, labels: list[str]
) -> None:
    tries = board(seeds, url).tries
    assert [each.label for each in tries if each.label.startswith("with")] == labels
    for each in tries:
        assert board(seeds, each.url).count == each.count
