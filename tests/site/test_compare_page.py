"""The page that compares papers: its search box, and claims in one unit."""

import re
import sqlite3
from typing import Any

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page, expect

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


def test_no_row_repeats_the_name_that_a_paper_introduces(get: Get, db: sqlite3.Connection) -> None:
    introduced = """
        select papers.id, entities.name
        from papers
        join mentions on mentions.paper_id = papers.id and mentions.role = 'introduced'
        join entities on entities.id = mentions.entity_id and entities.kind in ('method', 'model')
        where entities.name = papers.name
        order by papers.id limit 6
    """
    named = dict(db.execute(introduced).fetchall())
    page = parse_html(get("/compare", id=[*named]).text)
    rows = {
        row.th.get_text(): row.select("td")
        for row in page.select(".side-by-side tbody tr")
        if row.th
    }
    assert [cell.get_text() for cell in rows["Name"]] == [*named.values()]
    for kind in {"Methods", "Models"} & {*rows}:
        for cell, name in zip(rows[kind], named.values(), strict=True):
            assert name not in cell.get_text().split(", ")


def test_claims_that_state_a_ratio_are_in_times_better(get: Get) -> None:
    answer = get("/compare.json", id=[PAPER, OTHER]).json()
    claims = [claim for row in answer["claims"] for cell in row["cells"] for claim in cell]
    page = parse_html(get("/compare", id=[PAPER, OTHER]).text)
    shown = [amount.get_text() for amount in page.select(".side-by-side li .amount")]
    assert shown == [
        f"{claim['times']} better" if claim["times"] else claim["stated"] for claim in claims
    ]
    assert any(text.endswith("better") for text in shown)
    items = [item.get_text() for item in page.select(".side-by-side li")]
    for claim, item in zip(claims, items, strict=True):
        assert not claim["subject"] or f" for {claim['subject']}" in item.replace("\xa0", " ")


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
    assert added.endswith(f"compare={OTHER}&compare={PAPER}#paper-{PAPER}")
    page = parse_html(get(f"{path}{added}").text)
    assert page.select_one(f"#paper-{PAPER}")
    (remove, *_) = page.select("a.compare-toggle")
    assert remove.get_text().startswith("Remove from compare: ")
    assert str(remove["href"]).endswith(f"compare={OTHER}#paper-{PAPER}")
    assert page.select_one(".tray p strong").get_text() == "2"


def test_no_more_papers_than_can_be_compared_are_offered(get: Get) -> None:
    ids = get("/papers.json", sql="select id from papers limit 6", _shape="arrayfirst").json()
    page = parse_html(get("/search", q="cache", compare=ids).text)
    names = {link.get_text().partition(":")[0] for link in page.select("a.compare-toggle")}
    assert names <= {"Remove from compare"}
    full = page.select("[data-compare] button[disabled]")
    assert {button.contents[0] for button in full} == {"6 of 6 added"}
    assert all("remove one first" in button["title"] for button in full)
    key = get("/papers.json", sql="select max(id) from papers", _shape="arrayfirst").json()[0]
    page = parse_html(get(f"/papers/papers/{key}", compare=ids).text)
    assert page.select_one(".paper-head [data-compare] button[disabled]")


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


KEEPING = {"search", "paper", "topic", "entity", "organization", "metric", "results", "compare"}


@pytest.mark.parametrize("kind", sorted(KEEPING))
def test_links_to_pages_of_papers_keep_what_was_added(get: Get, kind: str) -> None:
    path = KINDS[kind]
    page = parse_html(get(f"{path}{'&' if '?' in path else '?'}compare={OTHER}").text)
    pages = re.compile(
        r"/(search|results|compare|days)(/[\w-]+)?(\?|$)"
        r"|/papers/(papers|topics|metrics|entities|organizations|authors)/[^/.]+$"
    )
    urls = [str(link["href"]) for link in page.select("a[href]:not(.compare-toggle)")]
    anew = "/compare" if kind == "compare" else None  # from a comparison to another
    leading = [url for url in urls if pages.match(url) and url != anew]
    assert len(leading) >= 5
    assert [url for url in leading if OTHER not in url] == []
    assert "/about" in urls
    assert page.select_one("meta[name=robots]")["content"] == "noindex, nofollow"
    assert not parse_html(get("/search").text).select("meta[name=robots]")


@pytest.mark.parametrize("path", ["/compare", "/compare.json"])
def test_a_comparison_takes_papers_under_both_names(get: Get, path: str) -> None:
    answer = get(path, id=PAPER, compare=OTHER)
    assert answer.status_code == 200
    if path.endswith("json"):
        assert answer.json()["ids"] == [PAPER, OTHER]
    else:
        assert len(parse_html(answer.text).select(".side-by-side thead th")) == 2


@pytest.mark.parametrize("kind", ["topic", "entity", "paper"])
def test_papers_of_a_list_are_added_there(get: Get, kind: str) -> None:
    page = parse_html(get(KINDS[kind]).text)
    papers = page.select("ul.papers li[id^=paper-], ol.papers li[id^=paper-]")
    assert papers
    for paper in papers:
        (add,) = paper.select("a.compare-toggle[rel=nofollow]")
        assert add["href"] == f"?compare={str(paper['id'])[6:]}#{paper['id']}"


def test_a_target_is_seen_within_a_fold(plain_page: Page) -> None:
    plain_page.goto(KINDS["topic"])
    target = plain_page.locator("ul.papers > li").nth(19).get_attribute("id")
    plain_page.goto(f"{KINDS['topic']}#{target}")
    expect(plain_page.locator(f"#{target}")).to_be_visible()


def test_papers_are_added_in_a_list_without_a_new_page(page: Page) -> None:
    page.goto(KINDS["topic"])
    page.evaluate("document.title = 'the same page'")
    for count in (1, 2):
        page.get_by_role("button", name="Add to compare").first.click()
        expect(page.locator(".tray strong")).to_have_text(str(count))
    assert page.title() == "the same page"
    assert "#" not in page.url
    search = page.locator("header.top a", has_text="Search").get_attribute("href")
    assert str(search).count("compare=") == 2
