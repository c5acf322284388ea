"""Pages on paper: the wide layout, what was asked, nothing to press, and nothing cut."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import fits, new_context
from tests.site.page_kinds import KINDS, PAPER

PORTRAIT, LANDSCAPE = 718, 1047  # pixels of A4 between margins of 1 cm
PRESSED = (
    "button, input, select, textarea, .button, .drop, .show-all, .whole summary,"
    " a[href*='issues/new']"
)


@pytest.fixture(scope="module")
def sheet(browser: Browser, site: str) -> Iterator[Page]:
    """A page as it is printed."""
    with new_context(browser, site, "desktop") as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.set_viewport_size({"width": PORTRAIT, "height": 1000})
        yield page


def test_paper_has_tables_and_no_cards_of_a_phone(sheet: Page) -> None:
    sheet.goto(KINDS["results"])
    heads = [head.bounding_box() for head in sheet.locator(".claims-told th[scope=col]").all()]
    assert len({head["y"] for head in heads if head}) == 1
    assert all(head["height"] > 10 for head in heads if head)


WIDE = [
    "results", "dataset", "topic", "compare", "table", "table, sorted and filtered", "row",
    "query with parameters", "SQL", "about", "API",
]  # fmt: skip


@pytest.mark.parametrize("kind", WIDE)
def test_nothing_is_cut_at_the_edge(sheet: Page, kind: str) -> None:
    sheet.goto(KINDS[kind])
    assert fits(sheet)


def test_many_papers_are_compared_on_a_page_that_lies(sheet: Page) -> None:
    sheet.goto(KINDS["compare, six"])
    assert sheet.locator("main").evaluate("main => getComputedStyle(main).page") == "sideways"
    sheet.set_viewport_size({"width": LANDSCAPE, "height": 700})
    assert fits(sheet)
    sheet.set_viewport_size({"width": PORTRAIT, "height": 1000})


@pytest.mark.parametrize("kind", [*WIDE, "search", "paper, collected", "compare, adding", "home"])
def test_nothing_to_press_is_printed(sheet: Page, kind: str) -> None:
    sheet.goto(KINDS[kind])
    assert sheet.locator(PRESSED).locator("visible=true").count() == 0


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (KINDS["search, filtered and corrected"], ["quantizaton", "Topic: KV cache", "Year: 2024"]),
        ("/search?q=cache&sort=newest", ["Sorted by newest"]),
        (KINDS["results, narrowed"], ["Baseline: FlashAttention", "Sorted by best"]),
        (KINDS["query with parameters"], ["Baseline: vLLM", "order by\n"]),
        (KINDS["SQL"], ["select title, year from papers limit 5"]),
        ("/papers?sql=select+:word&word=cache", ["select :word", "word: cache"]),
        ("/papers/topics_by_year?_hide_sql=1", ["select"]),
    ],
)
def test_paper_says_what_was_asked(sheet: Page, site: str, path: str, words: list[str]) -> None:
    sheet.goto(path)
    printed = sheet.locator("main").inner_text()
    expected = [*words, "Data up to 20", f"{site}{path}"]
    assert [text for text in expected if text not in printed] == []


def test_the_sql_of_a_query_is_whole(sheet: Page) -> None:
    sheet.goto(KINDS["query with parameters"])
    sql = sheet.locator("#sql-query")
    assert sql.evaluate("pre => pre.scrollHeight <= pre.clientHeight")


def test_the_answer_of_a_query_comes_before_its_sql(sheet: Page) -> None:
    sheet.goto(KINDS["query with parameters"])
    rows, sql = sheet.locator(".table-wrapper").bounding_box(), sheet.locator("#sql-query")
    assert rows
    assert (sql.bounding_box() or rows)["y"] > rows["y"] + rows["height"]


def test_texts_of_a_chart_have_no_outline_which_would_be_a_second_text(sheet: Page) -> None:
    sheet.goto(KINDS["results"])
    outlines = "texts => texts.map(text => getComputedStyle(text).stroke)"
    assert {*sheet.locator(".picture text").evaluate_all(outlines)} == {"none"}


def test_parts_of_the_api_are_printed_if_they_are_open(sheet: Page) -> None:
    sheet.goto(KINDS["API"])
    parts = sheet.locator(".part")
    parts.first.evaluate("part => { part.open = true; }")
    sheet.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = [part.locator("pre").first.is_visible() for part in parts.all()[:4]]
    assert shown == [True, False, False, False]
    expect(parts.first.locator("td").first).to_be_visible()
    sheet.evaluate("dispatchEvent(new Event('afterprint'))")


def test_rows_of_a_table_come_without_what_describes_them(sheet: Page) -> None:
    sheet.goto(KINDS["table"])
    for selector in (".facet-fold", ".columns-told", ".definition", ".export-links"):
        expect(sheet.locator(selector).first).to_be_hidden()
    first = sheet.locator(".rows-and-columns tbody tr").first.bounding_box()
    assert first
    assert first["y"] < 400


def test_a_text_is_printed_once(sheet: Page) -> None:
    sheet.goto(f"/papers?sql=select+abstract+from+papers+where+id='{PAPER}'")
    start = "Deploying long-context large language models"
    assert sheet.locator("tbody").inner_text().count(start) == 1
    sheet.goto(KINDS["paper"])
    assert sheet.locator("main").inner_text().count(start) == 1


def test_charts_claims_and_results_stay_on_one_page(sheet: Page) -> None:
    for kind, selector in (
        ("home", "figure"),
        ("paper", ".claim-list > li"),
        ("results", "tr"),
        ("search", ".results-list > li"),
        ("compare", ".claimed"),
    ):
        sheet.goto(KINDS[kind])
        inside = sheet.locator(selector).last.evaluate("part => getComputedStyle(part).breakInside")
        assert inside == "avoid"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/papers/claims", "50 of them are here."),
        (KINDS["topic"], "the newest first; 20 of them are here"),
        (KINDS["metric"], "20 of them are here"),
        (KINDS["compare, adding"], "DuoAttention"),
    ],
)
def test_paper_says_how_much_of_it_is_there(sheet: Page, path: str, words: str) -> None:
    sheet.goto(path)
    content = sheet.locator("main :not(.printed-from)").get_by_text(words).locator("visible=true")
    expect(content.first).to_be_visible()


def test_a_later_page_of_a_table_says_that_it_is_one(sheet: Page) -> None:
    sheet.goto("/papers/claims?_size=10")
    sheet.goto(sheet.locator(".next-page a").get_attribute("href") or "")
    told = "10 of them are here, after those of the pages before."
    expect(sheet.get_by_text(told)).to_be_visible()


@pytest.mark.parametrize(("kind", "link"), [("paper", "Search arXiv"), ("topic", "RIS")])
def test_a_link_that_says_nothing_on_paper_is_left_out(sheet: Page, kind: str, link: str) -> None:
    sheet.goto(KINDS[kind])
    expect(sheet.get_by_role("link", name=link, include_hidden=True)).to_be_hidden()
