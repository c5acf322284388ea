"""The pages in headless Chromium, as `make serve` serves them, on a desktop and on a phone."""

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import feedparser
import httpx
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.site.conftest import fits
from tests.site.page_kinds import CHART, KINDS, PAPER

# Counts the coloured pixels in each column of the chart: not grey axes or white ground.
COLOURED = """(() => {
    const canvas = document.querySelector("canvas.marks");
    const {width, height} = canvas;
    const pixels = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    const counts = new Array(width).fill(0);
    for (let i = 0; i < pixels.length; i += 4) {
        if (pixels[i + 3] > 200 && Math.abs(pixels[i] - pixels[i + 2]) > 40) {
            counts[(i / 4) % width] += 1;
        }
    }
    return counts;
})()"""
# The words of a tooltip that begin on one line and end on another.
BROKEN_WORDS = """card => [...card.querySelectorAll("p")].flatMap(({firstChild: text}) =>
    [...text.data.matchAll(/\\w+/g)].filter((word) => {
        const range = new Range();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        return range.getClientRects().length > 1;
    }).map(String))"""
POINTS = "figure.chart .picture .point"
MOST_BYTES = 100_000  # of the home page
TRANSPARENT = "rgba(0, 0, 0, 0)"


def style(element: Locator, name: str) -> str:
    """Return a property of an element as the browser computes it."""
    return str(element.evaluate("(element, name) => getComputedStyle(element)[name]", name))


def brightness(colour: str) -> int:
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return red + green + blue


def address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def follow(link: Locator) -> None:
    """Press a link or a button and wait until the page that it leads to is there."""
    with link.page.expect_navigation():
        link.click()


def unfold_facets(page: Page) -> None:
    """Unfold the facets, which are folded on a phone only."""
    folded = page.locator("details.facets > summary")
    if folded.is_visible():
        folded.click()


def narrow(page: Page, value: str) -> None:
    """Choose a value of a facet, which may be among those behind “more”."""
    unfold_facets(page)
    link = page.locator(".facets").get_by_role(
        "link", name=re.compile(rf"^{re.escape(value)} [\d,]+$"), include_hidden=True
    )
    for fold in link.locator("xpath=ancestor::details[not(@open)]").all():
        if fold.locator("> summary").is_visible():
            fold.locator("> summary").click()
    follow(link)


def look_for(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    follow(page.get_by_role("button", name="Search", exact=True))


def point_at(element: Locator, size: str) -> None:
    (element.tap if size == "phone" else element.hover)()


def press(element: Locator, size: str) -> None:
    (element.tap if size == "phone" else element.click)()


def download(page: Page, link: str) -> httpx.Response:
    """Return what a link of the page answers."""
    href = page.get_by_role("link", name=link, exact=True).get_attribute("href")
    assert href
    return httpx.get(str(httpx.URL(page.url).join(href)))


# --- journeys


def test_from_a_search_over_a_papers_facts_to_the_results_board(page: Page, size: str) -> None:
    page.goto("/search")
    look_for(page, "duoattention")
    follow(page.locator(".results-list h2 a").first)
    expect(page).to_have_url(re.compile(f"/papers/papers/{PAPER}"))

    # A mark says its fact in words, and can be taken away.
    mark = page.locator(".abstract a.is-claim", has_text="3.3 million")
    card = page.locator(".card")
    expect(card).to_be_hidden()
    point_at(mark, size)
    expect(card).to_contain_text("Context length: 3,300,000 tokens")
    assert style(mark, "backgroundColor") != TRANSPARENT
    press(page.get_by_label("claims", exact=True), size)
    expect(card).to_be_hidden()
    assert style(mark, "backgroundColor") == TRANSPARENT
    hardware = page.locator(".abstract a.is-hardware")
    assert style(hardware, "textDecorationLine") == "underline"
    press(page.get_by_label("hardware", exact=True), size)
    assert style(hardware, "textDecorationLine") == "none"
    press(page.get_by_label("claims", exact=True), size)
    assert style(mark, "backgroundColor") != TRANSPARENT

    # It leads to its row; on a phone by the link of its card.
    point_at(mark, size)
    expect(card).to_be_visible()
    press(card.get_by_role("link", name="Go to the claim") if size == "phone" else mark, size)
    expect(page).to_have_url(re.compile(r"#claim-\d+$"))
    claim = page.locator(".claim-list > li:target")
    expect(claim).to_be_in_viewport()
    expect(claim.locator("q")).to_have_text("3.3 million context length")
    assert style(claim, "backgroundColor") != TRANSPARENT

    # A claim lights its mark, and its quote leads back there.
    claim.locator("a.quoted").focus()
    assert style(mark, "outlineStyle") == "solid"
    press(claim.locator("a.quoted"), size)
    expect(page).to_have_url(re.compile(r"#mark-\d+$"))
    expect(mark.locator("span:target")).to_be_in_viewport()

    # From there to the claims of others.
    follow(page.locator(".claim-list").get_by_role("link", name="Decoding").first)
    expect(page).to_have_url(re.compile(r"/results\?metric=speedup&scale=factor$"))
    expect(page.get_by_role("heading", name="Results that papers claim")).to_be_visible()


def test_the_results_board_narrows_and_draws_a_point_for_each_claim(page: Page) -> None:
    page.goto("/results")
    rows = page.locator("table.claims-told tbody tr")
    assert page.locator(POINTS).count() == rows.count() == 25
    assert fits(page)

    narrow(page, "Memory")
    expect(page.locator(".count")).to_contain_text("memory, times better (×)")
    narrow(page, "reached, in GB, lower is better")
    expect(page.locator(".count")).to_contain_text("memory, reached, in GB, lower is better")
    narrow(page, "times better (×)")
    narrow(page, "KV cache")
    expect(page.locator(".chips").first).to_contain_text("topic: KV cache")
    unfold_facets(page)
    page.get_by_label("Baseline", exact=True).fill("CACHE")
    follow(page.get_by_role("button", name="Show"))
    expect(page.locator(".count")).to_contain_text("times better (×)")
    expect(page.get_by_role("link", name="Clear filters")).to_be_visible()
    assert 1 < rows.count() < 25
    for row in rows.all():
        expect(row).to_contain_text(re.compile("cache", re.IGNORECASE))
    assert page.locator(POINTS).count() == rows.count()

    # A point tells whose claim it is and what it says, and leads there.
    quote = rows.first.locator("q").inner_text()
    title = rows.first.locator("th a").get_attribute("title")
    page.locator(POINTS).first.hover()
    tooltip = page.get_by_role("tooltip")
    expect(tooltip).to_contain_text(quote)
    expect(tooltip).to_contain_text(str(title))
    assert tooltip.evaluate(BROKEN_WORDS) == []
    follow(page.locator(POINTS).first)
    expect(page).to_have_url(re.compile("/papers/papers/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(str(title))


def test_a_board_without_claims_says_so_and_has_no_chart(page: Page) -> None:
    page.goto("/results?baseline=none+such")
    expect(page.get_by_text("No results.")).to_be_visible()
    expect(page.locator("figure.chart")).to_have_count(0)


def test_three_papers_are_added_compared_and_exported(page: Page) -> None:
    page.goto("/search")
    look_for(page, "kv cache quantization")
    page.evaluate("window.isSame = true")
    for count in (1, 2):
        add = page.locator(".results-list").get_by_role("button", name="Add to compare").nth(count)
        add.scroll_into_view_if_needed()
        scrolled = page.evaluate("scrollY")
        add.click()
        expect(page.locator(".tray")).to_contain_text(f"{count} of 6 added")
        assert page.evaluate("scrollY") == scrolled  # nothing jumps, and nothing is loaded anew
    expect(page.get_by_role("button", name="Remove from compare")).to_have_count(2)
    expect(page.get_by_role("button", name="Remove from compare").last).to_be_focused()
    assert page.evaluate("window.isSame")
    assert len(address(page)["compare"]) == 2  # the papers are kept there alone
    look_for(page, "duoattention")
    follow(page.locator(".results-list h2 a").first)
    expect(page.locator(".tray")).to_contain_text("2 of 6 added")
    page.locator(".paper-head").get_by_role("button", name="Add to compare").click()
    expect(page.locator(".tray")).to_contain_text("3 of 6 added")
    added = address(page)["compare"]
    assert added[-1] == PAPER
    page.reload()
    follow(page.get_by_role("button", name="Compare", exact=True))

    assert address(page)["id"] == added
    titles = page.locator(".side-by-side thead th a:not(.drop)").all_inner_texts()
    assert len(titles) == 3
    assert titles[-1].startswith("DuoAttention")
    names = page.locator(".side-by-side tbody th").all_inner_texts()
    assert {"Name", "Type", "Topics"} <= set(names)
    assert page.locator("strong.shared").count() > 1
    assert fits(page)

    table = download(page, "CSV")
    rows = list(csv.reader(io.StringIO(table.text)))
    assert rows[1] == ["Title", *titles]
    assert {len(row) for row in rows} == {4}
    lines = download(page, "Markdown").text.splitlines()
    assert len(lines) == len(rows) + 1  # the line below the header
    assert lines[2].startswith("| Title | ")

    follow(page.locator(".side-by-side").get_by_role("link", name="Remove").first)
    expect(page.locator(".side-by-side thead th")).to_have_count(2)
    assert address(page)["id"] == added[1:]


def test_a_topic_leads_to_its_papers_and_to_a_feed_of_them(page: Page) -> None:
    page.goto("/")
    follow(page.locator(".map").get_by_role("link", name=re.compile("^KV cache")))
    expect(page.get_by_role("heading", name="KV cache", exact=True)).to_be_visible()
    assert page.locator(".papers li").count() > 10
    expect(page.get_by_role("link", name="Feed", exact=True)).to_be_visible()
    named = page.locator('head link[rel="alternate"][type="application/atom+xml"]')
    assert "/search.atom?topic=kv-cache" in [link.get_attribute("href") for link in named.all()]

    answer = download(page, "Feed")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Daily Papers: Topic KV cache"
    assert len(feed.entries) == 20
    for entry in feed.entries[:3]:
        assert httpx.get(entry.link).status_code == 200


# --- home


def test_the_home_page_draws_its_charts_from_few_bytes(page: Page) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    for figure in page.locator("figure.chart").all():
        assert figure.locator(".picture .bar").count() > 5
    sizes = {urlsplit(answer.url).path: len(answer.body()) for answer in answers}
    assert {"/", "/static/site.css", "/static/charts.js", "/static/search.js"} <= set(sizes)
    assert sum(sizes.values()) < MOST_BYTES, sizes


def test_the_search_box_of_the_home_page_leads_to_results(page: Page) -> None:
    page.goto("/")
    look_for(page, "mamba")
    assert page.locator(".results-list > li").count() > 3


def test_a_count_of_the_home_page_leads_to_its_table(page: Page) -> None:
    page.goto("/")
    follow(page.locator(".counts").get_by_role("link", name="papers"))
    expect(page.get_by_role("heading", name="325 rows")).to_be_visible()


# --- every kind of page


def test_what_is_unfolded_stays_so_while_one_clicks_beside_it(page: Page, size: str) -> None:
    page.goto("/results")
    sentence = page.locator("details.sentence").first
    press(sentence.locator("summary"), size)
    press(page.get_by_role("heading", level=1), size)
    expect(sentence).to_have_attribute("open", "")
    page.goto("/search?q=cache")
    facets = page.locator("details.facets section").first
    unfold_facets(page)
    press(page.get_by_role("heading", level=1), size)
    expect(facets).to_be_visible()


@pytest.mark.parametrize("path", ["/about", f"/papers/papers/{PAPER}"])
def test_the_button_beside_a_citation_copies_it(page: Page, path: str) -> None:
    page.goto(path)
    for folded in page.locator("details.citation summary").all():
        folded.click()
    copy = page.locator("button.copy").first
    expect(copy).to_have_text("Copy")
    copy.click()
    expect(copy).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("pre.cite").first.text_content()
    assert "@misc{" in copied


def test_without_a_clipboard_a_citation_is_selected(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(KINDS["paper"])
    page.locator("details.citation summary").first.click()
    copy = page.locator(".copy").first
    copy.click()
    expect(copy).to_have_text("Selected")
    cited = page.locator("pre.cite").first.text_content()
    assert page.evaluate("String(getSelection())").split() == str(cited).split()


def test_a_citation_downloads(page: Page) -> None:
    page.goto(f"/papers/papers/{PAPER}")
    page.locator("details.citation summary").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download BibTeX").click()
    saved = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert saved.strip() == page.locator("pre.cite").first.inner_text().strip()


def test_the_keyboard_skips_to_the_content_and_shows_where_it_is(page: Page) -> None:
    page.goto("/search?q=cache")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    assert style(skip, "outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    box = page.locator("#q")
    expect(box).to_be_focused()
    assert style(box, "outlineStyle") == "solid"


def test_a_focused_fact_shows_its_card_until_escape(page: Page) -> None:
    page.goto(f"/papers/papers/{PAPER}")
    page.get_by_label("methods", exact=True).focus()
    page.keyboard.press("Tab")
    fact = page.locator(".abstract a.fact").first
    expect(fact).to_be_focused()
    assert style(fact, "outlineStyle") == "solid"
    card = page.get_by_role("tooltip")
    expect(card).to_contain_text("Long-context inference memory: up to 2.55× lower")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


@pytest.mark.parametrize("kind", ["home", "search", "paper", "results", "compare", "table", "SQL"])
def test_a_dark_scheme_has_light_text_on_a_dark_ground(page: Page, kind: str) -> None:
    page.goto(KINDS[kind])
    for scheme, is_darker in (("light", False), ("dark", True)):
        page.emulate_media(color_scheme=scheme)
        ground = style(page.locator("html"), "backgroundColor")
        for text in ("h1", "main p"):
            colour = style(page.locator(text).locator("visible=true").first, "color")
            assert (brightness(ground) < brightness(colour)) == is_darker, (scheme, text)
        for figure in page.locator("figure.chart").all():
            label = figure.locator(".picture text").first
            assert (brightness(ground) < brightness(style(label, "fill"))) == is_darker


def test_print_leaves_out_what_is_for_the_screen_and_keeps_links_and_folds(page: Page) -> None:
    page.goto(KINDS["paper"])
    expect(page.locator("header.top")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    for selector in ("header.top", "body > nav", "footer", ".legend", ".copy"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.get_by_role("link", name="Cite", exact=True)).to_be_hidden()
    expect(page.locator(".abstract")).to_be_visible()
    code = page.locator(".paper-links a", has_text="mit-han-lab/duo-attention")
    address = code.evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://github.com/mit-han-lab/duo-attention" in address.replace('" "', "")
    expect(page.locator(".citation").first).to_be_hidden()
    assert brightness(style(page.locator("html"), "backgroundColor")) == 3 * 255
    assert brightness(style(page.locator(".abstract"), "color")) < 255
    page.goto(KINDS["dataset"])
    assert page.locator("details.more-of-it:not([open]) table").first.bounding_box()
    page.goto(KINDS["topic"])
    assert len(page.locator("ul.papers > li").all()) == 20
    for paper in page.locator("ul.papers > li").all():
        expect(paper).to_be_visible()
    page.emulate_media(media="screen")


# --- Datasette's own pages


def test_a_facet_of_the_papers_table_narrows_it(page: Page, size: str) -> None:
    page.goto("/papers/papers")
    if size == "phone":
        press(page.locator("details.facet-fold > summary"), size)
    year = page.locator(".facet-info[data-column=year] li", has_text="2023")
    count = int(year.inner_text().split()[-1])
    follow(year.get_by_role("link"))
    expect(page.get_by_role("heading", name=f"{count} rows")).to_be_visible()


def test_the_box_for_sql_becomes_an_editor_when_it_is_entered(page: Page) -> None:
    page.goto("/papers")
    expect(page.locator(".CodeMirror")).to_have_count(0)
    page.locator("#sql-editor").focus()
    expect(page.locator(".CodeMirror .cm-keyword").first).to_have_text("select")
    expect(page.get_by_role("textbox", name="SQL", exact=True)).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("select 1+1 as two")
    page.get_by_role("button", name="Format SQL").click()
    expect(page.locator(".CodeMirror-line")).to_have_count(2)
    follow(page.get_by_role("button", name="Run SQL"))
    expect(page.locator("td.col-two")).to_have_text("2")


def test_a_row_of_the_table_opens_its_page(page: Page) -> None:
    page.goto("/papers/papers?_search=duoattention")
    follow(page.locator("tbody th.col-title a").first)
    expect(page).to_have_url(re.compile(f"/papers/papers/{PAPER}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Retrieval and Streaming Heads")
    expect(page.get_by_role("link", name="listings")).to_be_visible()


def test_the_chart_of_a_canned_query_draws_from_the_database_page(page: Page) -> None:
    page.goto("/papers")
    follow(page.get_by_role("link", name="Papers by year"))
    expect(page.get_by_role("heading", name="Papers by year")).to_be_visible()
    expect(page.locator("figure.chart .bar").first).to_be_visible()
    assert fits(page)


def test_rows_of_sql_have_a_chart_of_datasette_where_the_address_names_one(page: Page) -> None:
    page.goto(CHART)
    expect(page.locator("canvas.marks")).to_be_visible()
    page.wait_for_function(f"({COLOURED}).some(count => count > 50)")
    columns = page.evaluate(COLOURED)
    assert sum(count > 0 for count in columns) > 50  # bars, side by side
    assert len({count for count in columns if count}) > 4  # of different heights
    assert fits(page)
    page.emulate_media(color_scheme="dark")  # its light ground would dazzle
    assert "invert" in style(page.locator("canvas.marks"), "filter")


def test_the_database_downloads_from_its_page(page: Page, database: Path) -> None:
    page.goto("/papers")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="papers.db").click()
    assert Path(waiting.value.path()).read_bytes() == database.read_bytes()


def test_a_heavy_query_is_stopped(site: str) -> None:
    heavy = "select count(*) from papers a, papers b, papers c, papers d"
    answer = httpx.get(f"{site}/papers.json", params={"sql": heavy}, timeout=20)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Query stopped"


# --- without JavaScript


def test_without_javascript_search_narrows_and_sorts(plain_page: Page) -> None:
    page = plain_page
    page.goto("/")
    look_for(page, "mamba")
    narrow(page, "2024")
    follow(page.get_by_role("link", name="newest", exact=True))
    assert address(page) == {"q": ["mamba"], "year": ["2024"], "sort": ["newest"]}
    days = page.locator(".results-list time").all_inner_texts()
    assert len(days) > 1
    assert days == sorted(days, reverse=True)
    assert {day[:4] for day in days} == {"2024"}
    assert fits(page)


def test_without_javascript_papers_are_added_and_compared(plain_page: Page) -> None:
    page = plain_page
    page.goto("/search?q=kv+cache")
    follow(page.locator(".results-list").get_by_role("link", name="Add to compare").first)
    page.goto(f"/papers/papers/{PAPER}?compare={address(page)['compare'][0]}")
    follow(page.locator(".paper-head").get_by_role("link", name="Add to compare"))
    follow(page.get_by_role("button", name="Compare", exact=True))
    expect(page.locator(".side-by-side thead th")).to_have_count(2)


def test_without_javascript_marks_are_links_with_a_hint_and_the_legend_works(
    plain_page: Page,
) -> None:
    page = plain_page
    page.goto(f"/papers/papers/{PAPER}")
    hardware = page.locator(".abstract a.is-hardware")
    assert str(hardware.get_attribute("title")).startswith("Hardware: A100")
    assert hardware.get_attribute("href") == "/papers/entities/hardware-a100"
    mark = page.locator(".abstract a.is-claim", has_text="3.3 million")
    assert style(mark, "backgroundColor") != TRANSPARENT
    page.get_by_label("claims", exact=True).uncheck()
    assert style(mark, "backgroundColor") == TRANSPARENT
    mark.click()
    claim = page.locator(".claim-list > li:target")
    expect(claim).to_be_in_viewport()
    claim.locator("a.quoted").click()
    expect(mark.locator("span:target")).to_be_in_viewport()


def test_without_javascript_the_results_board_narrows(plain_page: Page) -> None:
    page = plain_page
    page.goto("/results")
    expect(page.locator(POINTS)).to_have_count(25)
    unfold_facets(page)
    page.get_by_label("Baseline", exact=True).fill("FlashAttention")
    follow(page.get_by_role("button", name="Show"))
    rows = page.locator("table.claims-told tbody tr")
    assert 1 < rows.count() < 25
    rows.first.locator("summary").click()
    expect(rows.first.locator("details")).to_have_attribute("open", "")


def test_without_javascript_the_home_page_draws_its_charts(plain_page: Page) -> None:
    plain_page.goto("/")
    for figure in plain_page.locator("figure.chart").all():
        expect(figure.locator(".picture .bar").first).to_be_visible()
    follow(plain_page.get_by_role("link", name="All topics and years"))
    expect(plain_page.locator("table.rows-and-columns")).to_be_visible()
