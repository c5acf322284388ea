"""What charts draw, and where."""

import re
from collections.abc import Sequence
from itertools import pairwise

import pytest

from daily_papers.site.views import chart_axis, charts, results_chart, timeline_chart, topic_charts
from daily_papers.site.views.chart_axis import Axis
from daily_papers.site.views.charts import Amount
from daily_papers.site.views.query_chart import query_chart
from daily_papers.site.views.results_chart import ClaimPoint
from daily_papers.site.views.topic_charts import Spread, YearCount
from tests.conftest import Get, parse_html


def claim(paper: str, value: float, bound: str | None = None) -> ClaimPoint:
    return ClaimPoint(paper, value, bound, f"{value}×", f"{paper} {value}", ("papers", paper))


# --- axes


@pytest.mark.parametrize(
    ("low", "high", "is_log", "ticks"),
    [
        (0, 100, False, [0, 20, 40, 60, 80, 100]),
        (0.9, 1.3, False, [0.9, 1, 1.1, 1.2, 1.3]),
        (1, 50, True, [1, 2, 5, 10, 20, 50]),
        (2, 900, True, [3, 10, 30, 100, 300]),
        (1, 1e9, True, [1, 100, 1e4, 1e6, 1e8]),
        (6, 9, True, [6, 7, 8, 9]),
    ],
)
def test_ticks_are_few_round_numbers(
    low: float, high: float, is_log: bool, ticks: list[float]
) -> None:
    assert Axis(low, high, is_log).ticks() == ticks


@pytest.mark.parametrize(
    ("values", "is_log", "is_ratio", "ticks"),
    [
        ([1.97, 2], True, True, [1, 2]),  # read from 1×, which is no difference
        ([0.5, 0.8], True, True, [0.5, 1]),
        ([1], True, True, [0.5, 1, 2]),
        ([7], True, False, [5, 10]),
        ([95], False, False, [0, 20, 40, 60, 80]),
        ([0], False, False, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([-4], False, False, [-4, -3, -2, -1, 0]),
    ],
)
def test_an_axis_has_two_ticks_or_more_and_one_of_ratios_has_1(
    values: list[float], is_log: bool, is_ratio: bool, ticks: list[float]
) -> None:
    axis = chart_axis.value_axis(values, is_log, is_ratio)
    assert axis.ticks() == ticks
    assert all(0 < axis.position(value) < 100 for value in (*values, *ticks))


def test_equal_ratios_have_equal_distances_on_a_logarithmic_axis() -> None:
    axis = Axis(1, 1000, is_log=True)
    positions = [axis.position(value) for value in (1, 10, 100, 1000)]
    distances = {round(right - left, 1) for left, right in pairwise(positions)}
    assert len(distances) == 1
    assert 0 < positions[0] < positions[-1] < 100


def test_months_go_over_the_end_of_a_year() -> None:
    assert chart_axis.months("2024-11", "2025-02") == ["2024-11", "2024-12", "2025-01", "2025-02"]


@pytest.mark.parametrize(
    ("value", "text"), [(0.5, "0.5"), (20, "20"), (5000, "5k"), (2.5e6, "2.5M")]
)
def test_a_number_beside_an_axis_is_short(value: float, text: str) -> None:
    assert charts.compact(value) == text


# --- bars


def test_bars_are_as_long_as_their_numbers_and_leave_room_for_them() -> None:
    chart = charts.bars("Papers", [Amount("a", 200), Amount("b", 50)], "papers")
    assert chart
    first, second = (row.bars[0] for row in chart.rows)
    assert first.width == pytest.approx(4 * second.width, rel=1e-3)
    assert first.width + chart_axis.width_of("200") == pytest.approx(100)
    assert [row.text for row in chart.rows] == ["200", "50"]
    assert first.label == "a: 200 papers"


@pytest.mark.parametrize(
    ("is_sum", "note"),
    [(True, "3 more are not drawn, with 6 papers."), (False, "3 more are not drawn.")],
)
def test_what_is_left_over_is_told_in_words(is_sum: bool, note: str) -> None:
    amounts = [Amount(str(index), 2) for index in range(charts.MOST_ROWS + 3)]
    chart = charts.bars("Papers", amounts, "papers", is_sum)
    assert chart
    assert len(chart.rows) == charts.MOST_ROWS
    assert chart.note == note


@pytest.mark.parametrize("values", [[], [0, 0], [3, -1]])
def test_without_anything_to_draw_there_is_no_chart(values: list[float]) -> None:
    assert charts.bars("Papers", [Amount("a", value) for value in values], "papers") is None
    assert topic_charts.by_year("topic", []) is None
    assert topic_charts.spread_by_topic([], "Speedups", "×") is None
    assert results_chart.claims_chart("Speedups", "×", [], "×", is_log=True) is None
    assert timeline_chart.by_date({}) is None
    assert timeline_chart.by_date({"2024-05": 3}) is None


def test_years_before_the_newest_share_a_part_of_the_bar_and_undated_papers_have_one() -> None:
    counts = [YearCount("KV cache", year, 1) for year in (*range(2015, 2025), None)]
    chart = topic_charts.by_year("topic", counts)
    assert chart
    names = ["2024", "2023", "2022", "2021", "2015–2020", "undated"]
    assert [series.name for series in chart.legend] == names
    assert chart.cells == [("KV cache", "1", "1", "1", "1", "6", "1", "11")]
    bars = chart.rows[0].bars
    assert all(
        left.start + left.width == pytest.approx(right.start) for left, right in pairwise(bars)
    )
    assert bars[-1].label == "KV cache, undated: 1 paper"


def test_a_legend_of_a_single_entry_is_left_out() -> None:
    chart = topic_charts.by_year("topic", [YearCount("KV cache", None, 3)])
    assert chart
    assert chart.legend == ()


def test_a_range_goes_from_quartile_to_quartile_with_the_median_in_it() -> None:
    spreads = [Spread("kv", "KV cache", 1, 2, 4, 9), Spread("moe", "Experts", 2, 4, 16, 5)]
    chart = topic_charts.spread_by_topic(spreads, "Speedups", "times faster")
    assert chart
    (bar,), (median,) = chart.rows[0].bars, chart.rows[0].points
    assert median.at == pytest.approx(bar.start + bar.width / 2, abs=0.1)
    assert chart.rows[0].text == "2×"


# --- times


def test_a_trend_has_the_years_without_papers() -> None:
    chart = timeline_chart.by_date({"2020-01": 1, "2022-03": 1, "2022-05": 1})
    assert chart
    assert chart.title == "Papers by year"
    assert chart.cells == [("2020", "1"), ("2021", "0"), ("2022", "2")]
    assert [column.text for column in chart.columns] == ["1", "0", "2"]


def test_a_trend_is_by_month_where_most_papers_are_recent() -> None:
    counts = {"2015-11": 2, **dict.fromkeys(chart_axis.months("2024-03", "2025-12"), 4)}
    chart = timeline_chart.by_date(counts)
    assert chart
    assert chart.title == "Papers by month"
    assert [chart.cells[0], chart.cells[-1]] == [("2024-03", "4"), ("2025-12", "4")]
    assert chart.note == "2 papers from before 2024-03 are left out."
    assert len(chart.columns) == 22
    last = chart.columns[-1]
    assert last.start + last.width < 100


def test_a_column_of_few_is_still_seen_beside_one_of_many() -> None:
    counts = {"2024": 1000, "2025": 1, "2026": 0}
    chart = timeline_chart.by_year(counts)
    assert chart
    assert [column.height >= 2 for column in chart.columns] == [True, True, False]


def test_columns_too_narrow_for_their_numbers_have_two_ticks_or_more_beside_them() -> None:
    for largest in (*range(1, 30), 188, 100_001):
        months = chart_axis.months("2024-01", "2026-12")
        chart = timeline_chart.by_date({**dict.fromkeys(months, 1), "2026-05": largest})
        assert chart
        assert len(chart.lines) >= 2, largest


def test_a_line_over_days_keeps_their_distances() -> None:
    chart = timeline_chart.by_day({"2024-12-30": 10, "2025-01-01": 30, "2024-12-31": 20}, "upvotes")
    assert chart
    first, second, third = chart.line
    assert second.at - first.at == pytest.approx(third.at - second.at)
    assert second.height == pytest.approx(2 * first.height, abs=0.2)
    assert third.label == "2025-01-01: 30 upvotes"
    assert timeline_chart.by_day({"2025-01-01": 30}, "upvotes") is None


# --- claims


def test_a_paper_has_a_row_with_a_point_for_each_claim() -> None:
    claims = [claim("A", 2), claim("B", 10, "up to"), claim("A", 5, "at least")]
    chart = results_chart.claims_chart("Speedup", "times better (×)", claims, "×", is_log=True)
    assert chart
    assert [(row.name, row.link) for row in chart.rows] == [
        ("A", ("papers", "A")), ("B", ("papers", "B")),
    ]  # fmt: skip
    assert [point.kind for point in chart.rows[0].points] == ["exact", "at least"]
    assert [series.name for series in chart.legend] == ["exact", "at least", "up to"]
    assert chart.axis == "times better (×), logarithmic"


@pytest.mark.parametrize(
    ("amounts", "text"),
    [
        (("20×", "8×"), "20×, 8×"),
        (("at least 20×", "at least 8×"), "at least 20×, 1 more"),
        (("on average 1,240.5×", "2×"), "2 claims"),
    ],
)
def test_a_row_has_the_amounts_that_fit_or_the_first(amounts: Sequence[str], text: str) -> None:
    claims = [ClaimPoint("A", 2, None, amount, "", ("papers", "A")) for amount in amounts]
    chart = results_chart.claims_chart("Memory", "×", claims, "×", is_log=True)
    assert chart
    assert chart.rows[0].text == text


def test_further_papers_share_the_last_row() -> None:
    claims = [claim(str(paper), paper + 1) for paper in range(charts.MOST_ROWS + 5)]
    chart = results_chart.claims_chart("Speedup", "×", claims, "×", is_log=False)
    assert chart
    *_, last = chart.rows
    assert (last.name, last.link, len(last.points)) == ("5 more papers", None, 5)
    assert chart.legend == []


@pytest.mark.parametrize(("confidence", "forms"), [(50, []), (49, ["exact", "unsure"])])
def test_a_claim_that_is_not_confident_is_hollow_and_says_so(
    confidence: int, forms: list[str]
) -> None:
    claims = [claim("A", 2), ClaimPoint("B", 3, None, "3×", "B 3", None, confidence)]
    chart = results_chart.claims_chart("Speedup", "×", claims, "×", is_log=True)
    assert chart
    assert [series.kind for series in chart.legend] == forms
    assert [row.is_confident for row in chart.rows] == [True, confidence >= 50]
    (point,) = chart.rows[1].points
    assert point.is_confident == (confidence >= 50)
    assert ("confidence 49%: as likely right as wrong" in point.label) == (confidence < 50)


# --- queries


def test_a_query_has_bars_that_lead_to_the_pages_of_what_they_name() -> None:
    rows = [{"method": "LoRA", "papers": 3, "entity_id": "method-lora"}]
    chart = query_chart({"name": "method", "value": "papers", "unit": "papers"}, [*rows[0]], rows)
    assert chart
    assert chart.title == "Papers by method"
    assert [(row.name, row.link, row.text) for row in chart.rows] == [
        ("LoRA", ("entities", "method-lora"), "3")
    ]


def test_a_query_by_year_has_a_column_for_each_and_counts_undated_papers_in_words() -> None:
    rows = [
        {"year": 2023, "papers": 2},
        {"year": 2025, "papers": 1},
        {"year": "undated", "papers": 1},
    ]
    chart = query_chart({"name": "year", "value": "papers", "unit": "papers"}, [*rows[0]], rows)
    assert chart
    assert chart.cells == [("2023", "2"), ("2024", "0"), ("2025", "1")]
    assert chart.note == "1 paper without a year is left out."


def test_a_query_of_names_and_years_has_bars_cut_into_years() -> None:
    names = ("device", "year", "papers", "entity_id")
    counts = [("A100", 2024, 2, "a"), ("A100", "undated", 3, "a"), ("H100", 2024, 1, "h")]
    rows = [dict(zip(names, count, strict=True)) for count in counts]
    settings = {"name": "device", "value": "papers", "year": "year", "unit": "papers"}
    chart = query_chart(settings, names, rows)
    assert chart
    assert chart.head == ("device", "2024", "undated", "papers")
    assert chart.cells == [("A100", "2", "3", "5"), ("H100", "1", "0", "1")]
    assert chart.rows[0].link == ("entities", "a")


@pytest.mark.parametrize(
    ("unit", "largest", "is_log"), [("x", 40, True), ("x", 39, False), ("×", 4, True)]
)
def test_claims_of_a_query_are_points_on_one_axis(unit: str, largest: float, is_log: bool) -> None:
    names = ("paper", "factor", "factor_bound", "paper_id", "confidence")
    claims = [
        ("A", 2.0, None, "a", 90),
        ("B", largest, "up to", "b", 9),
        ("C", None, None, "c", 90),
    ]
    rows = [dict(zip(names, claim, strict=True)) for claim in claims]
    settings = {"name": "paper", "value": "factor", "bound": "factor_bound", "unit": unit}
    chart = query_chart(settings, names, rows)
    assert chart
    assert [(row.text, row.link) for row in chart.rows] == [
        (f"2{unit}", ("papers", "a")), (f"up to {largest}{unit}", ("papers", "b")),
    ]  # fmt: skip
    assert [point.is_confident for row in chart.rows for point in row.points] == [True, False]
    assert chart.axis.endswith("logarithmic") == is_log


@pytest.mark.parametrize(
    ("value", "text"), [(25 / 3, "8.33×"), (15.87, "15.9×"), (1234.5, "1,234×"), (4000, "4,000×")]
)
def test_a_number_of_a_query_has_three_digits_as_on_pages(value: float, text: str) -> None:
    columns: dict[str, object] = {"paper": "A", "factor": value, "bound": None}
    for bound in ({"bound": "bound"}, {}):
        settings = {"name": "paper", "value": "factor", "unit": "×", **bound}
        chart = query_chart(settings, [*columns], [columns])
        assert chart
        (row,) = chart.rows
        mark = row.bars[0] if row.bars else row.points[0]
        assert (row.text, mark.label) == (text, f"A: {text}")


@pytest.mark.parametrize(("papers", "is_drawn"), [("aa", True), ("ab", False)])
def test_a_line_over_days_is_of_a_single_paper(papers: str, is_drawn: bool) -> None:
    days = ("2025-01-01", "2025-01-02")
    rows = [
        {"day": day, "upvotes": 5, "paper_id": paper}
        for day, paper in zip(days, papers, strict=True)
    ]
    settings = {"name": "day", "value": "upvotes", "unit": "upvotes"}
    assert (query_chart(settings, [*rows[0]], rows) is not None) == is_drawn


def test_a_query_without_the_columns_or_the_rows_of_its_chart_has_none() -> None:
    settings = {"name": "topic", "value": "papers", "unit": "papers"}
    assert query_chart(settings, ["topic"], []) is None
    assert query_chart(settings, ["topic", "papers"], []) is None
    assert query_chart({"name": "topic"}, ["topic"], [{"topic": "KV cache"}]) is None


# --- pages


@pytest.mark.parametrize(
    ("path", "marks", "words"),
    [
        ("/", ".bar", ["KV cache", "53", "interquartile range", "median"]),
        ("/papers/topics/quantization", ".bar", ["2024", "11", "Papers by year"]),
        ("/papers/code_by_topic", ".bar", ["Percent with code by topic.", "40%", "more are not"]),
        (
            "/papers/claims_against?baseline=vLLM",
            ".point",
            ["BatchLLM", "up to 2×", "times better (×)"],
        ),
        ("/results", ".point", ["NetMamba", "up to 60×", "1k×", "times better (×), logarithmic"]),
    ],
)
def test_the_page_itself_has_the_picture_and_its_numbers(
    get: Get, path: str, marks: str, words: list[str]
) -> None:
    page = parse_html(get(path).text)
    figures = page.select("figure.chart")
    assert figures
    text = " ".join(figure.get_text(" ") for figure in figures)
    for word in words:
        assert word in text + page.get_text(), word
    for figure in figures:
        picture = figure.select_one("svg.picture")
        assert picture
        assert picture["aria-label"]
        assert picture["role"] == ("group" if picture.select("a") else "img")
        assert picture.select(".bar, .point")
        assert not picture.select("[style]"), "the policy of the page forbids it"
    assert page.select(f"figure.chart .picture {marks}")
    assert not re.search("needs JavaScript", text)


def test_a_page_without_claims_has_no_empty_box(get: Get) -> None:
    for path in ("/results?baseline=none+such", "/papers/claims_against?baseline=none+such"):
        assert not parse_html(get(path).text).select("figure")
