"""The page that compares papers: its search box, and claims in one unit."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from daily_papers.site.views import compare_view
from tests.conftest import Get, parse_html
from tests.site.page_kinds import KINDS, OTHER, PAPER, SIX


def offered(page: BeautifulSoup) -> list[Any]:
    return page.select(".offered a.button:not(.quiet)")


def test_the_page_finds_papers_and_adds_them(get: Get) -> None:
    page = parse_html(get("/compare", q="mamba").text)
    assert len(offered(page)) == compare_view.MOST_OFFERED
    page = parse_html(get(f"/compare{offered(page)[0]['href']}").text)
    (removed,) = page.select(".offered a.quiet")
    assert removed["href"] == "/compare"
    (hidden,) = page.select("form.find input[type=hidden]")
    again = parse_html(get("/compare", id=hidden["value"], q="mamba").text)
    urls = [link["href"] for link in offered(again)]
    assert all(url.startswith(f"?id={hidden['value']}&id=") for url in urls)
    assert not any(url.endswith(f"&id={hidden['value']}") for url in urls)
    both = parse_html(get(f"/compare{urls[0]}").text)
    assert len(both.select(".side-by-side thead th")) == 2


def test_what_finds_nothing_more_is_said(get: Get) -> None:
    page = parse_html(get("/compare", id=PAPER, q="zzzqqq").text)
    assert "No other paper found for “zzzqqq”." in page.get_text()
    assert not offered(page)


def test_six_papers_are_complete_and_each_can_be_removed(get: Get) -> None:
    ids = get("/papers.json", sql="select id from papers limit 6", _shape="arrayfirst").json()
    page = parse_html(get("/compare", id=ids, q="mamba").text)
    assert not page.select("form.find, .offered")
    urls = [str(link["href"]) for link in page.select("a.drop")]
    assert [re.findall("id=([^&]+)", url) for url in urls] == [
        [other for other in ids if other != key] for key in ids
    ]


def test_claims_that_state_a_ratio_are_in_times_better(get: Get) -> None:
    answer = get("/compare.json", id=[PAPER, OTHER]).json()
    claims = [claim for row in answer["claims"] for cell in row["cells"] for claim in cell]
    page = parse_html(get("/compare", id=[PAPER, OTHER]).text)
    shown = [amount.get_text() for amount in page.select(".side-by-side li .amount")]
    assert shown == [
        f"{claim['times']} better" if claim["times"] else claim["stated"] for claim in claims
    ]
    assert any(text.endswith("better") for text in shown)


def test_a_table_of_texts_has_the_factor_of_other_units(get: Get) -> None:
    ids = get(
        "/papers.json",
        sql="select paper_id from claims where unit = '%' and factor > 2 group by 1 limit 2",
        _shape="arrayfirst",
    ).json()
    assert re.search(r"[0-9.]+× better: [^;|]+%", get("/compare.md", id=ids).text)


@pytest.mark.parametrize("path", ["/", "/search", "/results", "/compare"])
def test_the_comparison_is_in_the_navigation(get: Get, path: str) -> None:
    assert parse_html(get(path).text).select_one("header nav a[href='/compare']")


@pytest.mark.parametrize("path", [f"/papers/papers/{PAPER}", "/search"])
def test_a_paper_is_added_and_removed_by_a_link_of_its_page(get: Get, path: str) -> None:
    params = {"q": "DuoAttention", "compare": OTHER} if path == "/search" else {"compare": OTHER}
    (add, *_) = parse_html(get(path, **params).text).select("a.compare-toggle")
    assert add.get_text().startswith("Add to compare: ")
    added = str(add["href"])
    assert f"compare={OTHER}&compare={PAPER}" in added
    page = parse_html(get(f"{path}{added}").text)
    (remove, *_) = page.select("a.compare-toggle")
    assert remove.get_text().startswith("Remove from compare: ")
    assert str(remove["href"]).endswith(f"compare={OTHER}")
    assert page.select_one(".tray p strong").get_text() == "2"


def test_no_more_papers_than_can_be_compared_are_offered(get: Get) -> None:
    ids = get("/papers.json", sql="select id from papers limit 6", _shape="arrayfirst").json()
    page = parse_html(get("/search", q="cache", compare=ids).text)
    names = {link.get_text().partition(":")[0] for link in page.select("a.compare-toggle")}
    assert names <= {"Remove from compare"}
    key = get("/papers.json", sql="select max(id) from papers", _shape="arrayfirst").json()[0]
    assert not parse_html(get(f"/papers/papers/{key}", compare=ids).text).select(".compare-toggle")


def test_the_example_is_a_comparison_of_two_papers(get: Get) -> None:
    link = parse_html(get("/compare").text).find("a", string="See an example")
    assert link
    columns = parse_html(get(f"/compare{link['href']}").text).select(".side-by-side thead th")
    assert len(columns) == 2


def test_the_papers_that_were_added_are_kept_where_more_are_looked_for(get: Get) -> None:
    answer = get(f"/search?q=kv&compare={PAPER}&compare={OTHER}")
    link = parse_html(answer.text).find("a", string="Find more")
    assert link
    assert link["href"] == f"/compare?id={PAPER}&id={OTHER}"


def test_the_most_confident_claims_stand_first_and_doubtful_ones_are_weak(get: Get) -> None:
    ids = get(
        "/papers.json",
        sql="select paper_id from claims group by 1 having min(confidence) < 50 limit 6",
        _shape="arrayfirst",
    ).json()
    answer = get("/compare.json", id=ids).json()
    cells = [cell for row in answer["claims"] for cell in row["cells"]]
    confidences = [[claim["confidence"] for claim in cell] for cell in cells]
    assert confidences == [sorted(cell, reverse=True) for cell in confidences]
    page = parse_html(get("/compare", id=ids).text)
    weak = ["unsure" in claim.get("class", []) for claim in page.select(".side-by-side li")]
    assert weak == [confidence < 50 for cell in confidences for confidence in cell]
    assert any(weak)


@pytest.mark.parametrize("kind", ["compare, six", "results"])
def test_empty_cells_stay_cells_so_that_heads_name_their_own(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    displays = page.locator("main table").first.evaluate(
        """table => [...table.querySelectorAll("tr:not(.wide-only) > :is(td, th)")]
            .map(cell => [cell.textContent, getComputedStyle(cell).display])"""
    )
    assert any(not text for text, _ in displays)
    assert "none" not in {display for text, display in displays if not text}


def test_names_of_rows_are_not_broken_within_words(page: Page) -> None:
    page.goto("/compare?id=" + "&id=".join(SIX[:5]) + f"&id={OTHER}")
    cut = page.locator(".side-by-side th[scope=row]").evaluate_all(
        """heads => heads.filter(head => {
            head.textContent = "Organization";
            head.style.overflowWrap = "normal";
            return head.scrollWidth > head.clientWidth;
        }).length"""
    )
    assert cut == 0
