"""The pages of days, weeks and months, and their JSON."""

import csv
import io
from typing import Any

import bibtexparser
import feedparser
import pytest
from playwright.sync_api import Browser

from daily_papers.site.views import days_downloads
from tests.conftest import Get, client, open_datasette, parse_html, served
from tests.site.listed_days import ids, listed_database
from tests.site.page_limits import measure
from tests.site.test_json_api import problems


@pytest.fixture(scope="module")
def get_days(tmp_path_factory: pytest.TempPathFactory) -> Get:
    """Request a page of a site that knows days."""
    return client(open_datasette(listed_database(tmp_path_factory.mktemp("days"))))


def test_pages_of_days_are_within_the_limits(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with served(listed_database(tmp_path_factory.mktemp("served"))) as address:
        for path in ("/", "/days", "/days/2026-08-21"):
            broken = measure(browser, address, path).broken
            assert {limit: lines for limit, lines in broken.items() if lines} == {}, path


def body(get_days: Get, period: str, **parameters: str) -> dict[str, Any]:
    return dict(get_days(f"/days/{period}.json", **parameters).json())


@pytest.mark.parametrize(
    ("period", "papers", "new_count"),
    [
        ("2026-08-20", ["2508.00001", "2508.00002", "2508.00000"], 3),
        ("2026-08-21", ["2508.00001", "2508.00003"], 1),
        ("2026-W34", ["2508.00001", "2508.00002", "2508.00000", "2508.00003"], 4),
        ("2026-08", ["2508.00001", "2508.00002", "2508.00000", "2508.00003"], 4),
        ("2025-12", ["2508.00004"], 1),
        ("2026-08-22", [], 0),
    ],
)
def test_papers_of_a_period_come_once_each_by_upvotes(
    get_days: Get, period: str, papers: list[str], new_count: int
) -> None:
    answer = body(get_days, period)
    assert ids(answer) == papers
    assert (answer["count"], answer["new_count"]) == (len(papers), new_count)


def test_new_on_a_day_is_told_from_listed_before(get_days: Get) -> None:
    again, first = body(get_days, "2026-08-21")["papers"]
    assert (again["is_new"], again["first_listed_on"]) == (False, "2026-08-20")
    assert (first["is_new"], first["first_listed_on"]) == (True, "2026-08-21")
    items = parse_html(get_days("/days/2026-08-21").text).select(".listed-papers > li")
    assert ["first listed on 2026-08-20" in item.get_text() for item in items] == [True, False]


def test_a_paper_has_its_name_code_topics_and_strongest_claim(get_days: Get) -> None:
    paper = body(get_days, "2025-12-31")["papers"][0]
    assert paper["name"] == "Paper4"
    assert paper["code_url"] == "https://github.com/example/repository-4"
    assert paper["claim"]["quote"] in paper["claim"]["sentence"]
    assert paper["claim"]["confidence"] >= 50
    assert paper["url"] == f"/papers/papers/{paper['id']}"
    (item,) = parse_html(get_days("/days/2025-12-31").text).select(".listed-papers > li")
    text = " ".join(item.get_text().split())
    for words in (paper["title"], "3 upvotes", "Example Lab", "code", paper["claim"]["quote"]):
        assert words in text


def test_a_period_leads_to_the_nearest_that_have_papers(get_days: Get) -> None:
    links = {
        period: [link and link["id"] for link in (answer["previous"], answer["next"])]
        for period in ("2026-08-20", "2026-W34", "2026-08", "2026-01-15")
        for answer in [body(get_days, period)]
    }
    assert links == {
        "2026-08-20": ["2025-12-31", "2026-08-21"],
        "2026-W34": ["2026-W01", None],
        "2026-08": ["2025-12", None],
        "2026-01-15": ["2025-12-31", "2026-08-20"],
    }
    page = parse_html(get_days("/days/2026-08-20").text)
    assert [link["href"] for link in page.select(".pages a")] == [
        "/days/2025-12-31",
        "/days/2026-08-21",
    ]
    longer = [link["id"] for link in body(get_days, "2026-08-20")["within"]]
    assert longer == ["2026-W34", "2026-08"]


def test_a_day_without_papers_says_so_and_offers_the_nearest(get_days: Get) -> None:
    answer = get_days("/days/2026-01-15")
    assert answer.status_code == 200
    notice = parse_html(answer.text).select_one("main .notice")
    assert notice is not None
    assert "No paper here was listed on this day" in notice.get_text()
    assert [link["href"] for link in notice.select("a")] == [
        "/days/2025-12-31",
        "/days/2026-08-20",
    ]


def test_a_day_that_is_none_is_not_found_in_a_sentence(get_days: Get) -> None:
    answer = get_days("/days/2026-02-30")
    assert answer.status_code == 404
    (notice,) = parse_html(answer.text).select(".notice")
    assert notice.get_text().startswith("“2026-02-30” is no day, week or month")
    assert parse_html(answer.text).title.get_text() == "Papers by day – Daily Papers"  # type: ignore[union-attr]
    as_json = get_days("/days/2026-02-30.json")
    assert (as_json.status_code, as_json.json()["ok"]) == (404, False)


def test_csv_has_the_papers_of_json(get_days: Get) -> None:
    rows = list(csv.DictReader(io.StringIO(get_days("/days/2026-W34.csv").text, newline="")))
    papers = body(get_days, "2026-W34")["papers"]
    assert list(rows[0]) == [*days_downloads.COLUMNS]
    same = [name for name in days_downloads.COLUMNS if name not in ("topics", "claim", "url")]
    for row, paper in zip(rows, papers, strict=True):
        paper["has_code"] = int(paper["has_code"])
        written = ["" if paper[name] is None else str(paper[name]) for name in same]
        assert [row[name] for name in same] == written
        assert row["topics"] == "; ".join(topic["name"] for topic in paper["topics"])
        assert row["claim"] == paper["claim"]["quote"]
        assert row["url"] == f"http://localhost{paper['url']}"


def test_bibtex_has_the_papers_of_json(get_days: Get) -> None:
    library = bibtexparser.parse_string(get_days("/days/2026-08.bib").text)
    assert library.failed_blocks == []
    eprints = [entry["eprint"] for entry in library.entries]
    assert eprints == ids(body(get_days, "2026-08"))
    nothing = bibtexparser.parse_string(get_days("/days/2026-09.bib").text)
    assert (nothing.failed_blocks, nothing.entries) == ([], [])
    (comment,) = nothing.comments
    assert comment.comment == "% No paper here was listed from 2026-09-01 to 2026-09-30."


def test_a_feed_has_the_papers_of_its_period(get_days: Get) -> None:
    feed = feedparser.parse(get_days("/days/2026-W34.atom").text)
    assert not feed.bozo
    assert feed.feed.id == "tag:daily-papers,2026:days/2026-W34"
    assert feed.feed.title == "Daily Papers: Week 34 of 2026"
    assert feed.feed.updated == "2026-08-21T00:00:00+00:00"
    papers = body(get_days, "2026-W34")["papers"]
    assert [entry.title for entry in feed.entries] == [paper["title"] for paper in papers]
    links = {link.rel: link.href for link in feed.feed.links}
    assert links == {
        "alternate": "http://localhost/days/2026-W34",
        "self": "http://localhost/days/2026-W34.atom",
    }


def test_the_newest_days_are_a_feed_of_each_paper_once(get_days: Get) -> None:
    feed = feedparser.parse(get_days("/days.atom").text)
    assert not feed.bozo
    newest = [paper for paper in body(get_days, "2026-08-21")["papers"] if paper["is_new"]]
    papers = [*newest, *body(get_days, "2026-08-20")["papers"]]
    papers += body(get_days, "2025-12-31")["papers"]
    assert [entry.title for entry in feed.entries] == [paper["title"] for paper in papers]
    fewer = feedparser.parse(get_days("/days.atom", size="2").text)
    assert [entry.id for entry in fewer.entries] == [entry.id for entry in feed.entries[:2]]


def test_without_listed_days_the_feed_is_empty(get: Get) -> None:
    feed = feedparser.parse(get("/days.atom").text)
    assert not feed.bozo
    assert feed.entries == []


@pytest.mark.parametrize("kind", ["csv", "bib", "atom"])
def test_a_file_of_a_day_that_is_none_is_not_found(get_days: Get, kind: str) -> None:
    answer = get_days(f"/days/2026-02-30.{kind}")
    assert answer.status_code == 404
    assert answer.text.startswith("“2026-02-30” is no day, week or month")


def test_what_gained_upvotes_between_two_days_is_rising(get_days: Get) -> None:
    (paper,) = body(get_days, "2026-08-21")["rising"]
    days = (paper["earlier_day"], paper["earlier_upvotes"], paper["day"], paper["upvotes"])
    assert days == ("2026-08-20", 50, "2026-08-21", 80)
    assert paper["gained"] == 30
    assert body(get_days, "2026-W34")["rising"] == [paper]
    section = parse_html(get_days("/days/2026-08-21").text).select("section:has(#rising)")[0]
    assert "+30 upvotes: 50 on 2026-08-20, 80 on 2026-08-21" in " ".join(section.get_text().split())


@pytest.mark.parametrize("period", ["2026-08-20", "2025-12", "2026-09"])
def test_nothing_rises_where_upvotes_are_known_of_one_day(get_days: Get, period: str) -> None:
    assert body(get_days, period)["rising"] == []


def test_home_begins_with_the_newest_day(get_days: Get) -> None:
    page = parse_html(get_days("/").text)
    section = page.select("main section")[0]
    assert section.select("h2")[0].get_text() == "New on 2026-08-21"
    titles = [paper["title"] for paper in body(get_days, "2026-08-21")["papers"]]
    assert [link.get_text() for link in section.select("h3 a")] == titles
    days = page.select(".newest-days a")
    assert [day["href"].rpartition("/")[2] for day in days] == [  # type: ignore[union-attr]
        "2026-08-21",
        "2026-08-20",
        "2025-12-31",
    ]
    assert "+30 upvotes" in page.select("section:has(#rising)")[0].get_text()
    assert "KV cache" in page.select("section:has(#days) svg")[0].get_text()


def test_without_listed_days_home_says_so_and_shows_the_sources(get: Get) -> None:
    section = parse_html(get("/").text).select("main section")[0]
    assert "do not state on which day a paper was listed" in section.get_text()
    links = [str(link["href"]) for link in section.select(".papers a")]
    assert len(links) == 5
    assert all(link.startswith("/papers/dumps/") for link in links)


def test_pages_of_a_period_have_each_paper_once(get_days: Get) -> None:
    first, second = (body(get_days, "2026-08", size="3", page=number) for number in ("1", "2"))
    assert ids(first) + ids(second) == ids(body(get_days, "2026-08"))
    assert (first["pages"], first["next_url"]) == (2, "?page=2&size=3")
    assert (second["previous_url"], second["next_url"]) == ("?page=1&size=3", None)


def test_without_listed_days_a_period_says_that_the_sources_state_none(get: Get) -> None:
    page = parse_html(get("/days/2026-08-20").text)
    (notice,) = page.select("main .notice")
    assert "The sources here do not state on which day a paper was listed" in notice.get_text()


@pytest.mark.parametrize("period", ["2026-08-21", "2026-W34", "2025-12", "2026-01-15"])
def test_json_is_what_its_schema_says(get_days: Get, period: str) -> None:
    assert problems(body(get_days, period), "PeriodAnswer") == []


@pytest.mark.parametrize("year", ["", "?year=2025", "?year=1999"])
def test_the_json_of_the_calendar_is_what_its_schema_says(get_days: Get, year: str) -> None:
    assert problems(get_days(f"/days.json{year}").json(), "DaysAnswer") == []


def test_the_calendar_has_every_day_of_a_year_that_has_papers(get_days: Get) -> None:
    newest = get_days("/days.json").json()
    assert (newest["year"], newest["years"], newest["day_count"]) == (2026, [2026, 2025], 3)
    assert [(day["day"], day["paper_count"]) for day in newest["days"]] == [
        ("2026-08-21", 2),
        ("2026-08-20", 3),
    ]
    assert [(month["id"], month["new_count"]) for month in newest["months"]] == [("2026-08", 4)]
    assert newest == get_days("/days.json", year="2026").json()
    page = parse_html(get_days("/days").text)
    assert [link["href"] for link in page.select(".calendar a")] == [
        "/days/2026-08",
        "/days/2026-W34",
        "/days/2026-08-20",
        "/days/2026-08-21",
    ]
    row = page.select_one(".calendar tr:has(a[href$=W34])")
    assert row is not None
    cells = [" ".join(cell.get_text().split()) for cell in row.select("th, td")]
    assert cells == [
        *("Week 34 of 2026", "17", "18", "19"),
        *("20 August 2026: 3 papers", "21 August 2026: 2 papers", "22", "23"),
    ]
    assert page.select(".calendar caption")[0].get_text(" ", strip=True) == (
        "August 2026 4 new papers"
    )


def test_a_week_of_two_years_is_in_both(get_days: Get) -> None:
    page = parse_html(get_days("/days", year="2025").text)
    assert [link["href"] for link in page.select(".calendar a")] == [
        "/days/2025-12",
        "/days/2026-W01",
        "/days/2025-12-31",
    ]


def test_a_year_without_days_says_so_and_leads_to_those_that_have(get_days: Get) -> None:
    page = parse_html(get_days("/days", year="1999").text)
    assert "No paper here was listed in 1999" in page.select(".notice")[0].get_text()
    assert [link["href"] for link in page.select(".years a")] == [
        "/days?year=2026",
        "/days?year=2025",
    ]


def test_without_listed_days_the_calendar_shows_the_sources(get: Get) -> None:
    answer = get("/days.json").json()
    assert problems(answer, "DaysAnswer") == []
    assert (answer["year"], answer["days"], len(answer["sources"])) == (None, [], 5)
    page = parse_html(get("/days").text)
    assert "do not state on which day a paper was listed" in page.select("main .told")[0].get_text()
    links = [link["href"] for link in page.select(".papers a")]
    assert links == [source["url"] for source in answer["sources"]]
    assert get(links[0]).status_code == 200


def test_the_days_of_a_period_are_counted(get_days: Get) -> None:
    counts = [
        (day["day"], day["paper_count"], day["new_count"])
        for day in body(get_days, "2026-W34")["days"]
    ]
    assert counts == [("2026-08-20", 3, 3), ("2026-08-21", 2, 1)]
    topics = body(get_days, "2026-W34")["topics"]
    assert (topics[0]["id"], topics[0]["paper_count"]) == ("kv-cache", 4)


@pytest.mark.parametrize("word", ["today", "newest"])
def test_today_is_the_newest_day_that_is_listed(get_days: Get, word: str) -> None:
    answer = get_days(f"/days/{word}")
    assert (answer.status_code, answer.headers["location"]) == (302, "/days/2026-08-21")
    text = parse_html(get_days("/days/2026-08-21").text).get_text()
    assert "It is the newest day that a source here lists." in text
    assert "the newest day" not in get_days("/days/2026-08-20").text


@pytest.mark.parametrize("kind", ["json", "csv", "bib", "atom"])
@pytest.mark.parametrize("word", ["today", "newest"])
def test_files_of_today_are_those_of_the_newest_day(get_days: Get, word: str, kind: str) -> None:
    answer = get_days(f"/days/{word}.{kind}", size="1")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/days/2026-08-21.{kind}?size=1"
    assert get_days(answer.headers["location"]).status_code == 200


def test_without_listed_days_today_is_the_calendar(get: Get) -> None:
    assert get("/days/today").headers["location"] == "/days"
    assert get("/days/today.json").headers["location"] == "/days.json"
    assert get("/days/today.csv").headers["location"] == "/days"
    assert get("/search.json", q="new this week").json()["newest"] is None


@pytest.mark.parametrize(
    ("q", "url"),
    [
        ("new this week", "days/2026-W34"),
        ("papers of this month", "days/2026-08"),
        ("today", "days/2026-08-21"),
        ("latest papers", "days/2026-08-21"),
    ],
)
def test_a_search_for_what_is_new_offers_the_newest_days(get_days: Get, q: str, url: str) -> None:
    offered = get_days("/search.json", q=q).json()["newest"]
    assert offered["url"] == url
    assert get_days(f"/{url}.json").json()["count"] == offered["count"] > 0
    (link,) = parse_html(get_days("/search", q=q).text).select(".board-offer a")
    assert link["href"] == url


def test_home_leads_to_the_newest_week(get_days: Get) -> None:
    links = [link["href"] for link in parse_html(get_days("/").text).select("a[href]")]
    assert "/days/2026-W34" in links
