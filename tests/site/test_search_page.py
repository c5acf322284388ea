"""The search page, its JSON and its suggestions, through HTTP and in Chromium."""

import http.client
import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from tests.conftest import Get, parse_html
from tests.site.conftest import fits

HOSTILE = {
    "NUL": "a\0b",
    "percent": "%00%ff%",
    "60 KB": "kv cache " * 6_500,
    "one long word": "a" * 60_000,
    "right to left": "שלום \u202e evil \u2066 العربية",
    "FTS5": 'NEAR(a b, 5) title: ^x {a b}: "" * AND NOT OR (',
    "SQL": "'; drop table papers; -- \" or 1=1",
    "markup": "<script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "address": "javascript:alert(1)",
    "marks": "⟦a⟧ ⟧⟦ cache",
    "template": "{{ 7*7 }} {% raw %}",
    "colons": ":::: topic: :x year:.. year:9999999999999..",
    "signs": '- + -- -- -" "- OR -OR AND AND',
    "brackets": "(" * 5_000,
    "quotes": '"' * 5_001,
    "emoji": "👩\u200d🔬 🚀",
    "combining": "e" + "\u0301" * 3_000,
}
WORDS = """AND OR NOT NEAR " ( ) * - + ^ topic: year: .. x kv cache a* ' ; %00 <b> ⟦ has:code {"""
PARAMETERS = ("topic", "year", "type", "hardware", "model", "organization", "has")
SYNTAX = st.lists(st.sampled_from([*WORDS.split(), "\0", "\u202e"]), max_size=20).map(" ".join)


def sane(answer: httpx.Response) -> None:
    assert answer.status_code in (200, 400), answer.text[:300]
    assert "Traceback" not in answer.text
    if answer.headers["content-type"].startswith("application/json"):
        body = answer.json()
        if not body["ok"]:
            assert re.fullmatch(r"[^\n]{5,200}\.", body["error"])
    else:
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered(get: Get, value: str) -> None:
    for path in ("/search", "/search.json", "/search/suggest.json"):
        sane(get(path, q=value))
    for name in (*PARAMETERS, "sort", "page", "size", "exact"):
        sane(get("/search", q="cache", **{name: value}))


def test_a_question_of_100_kb_is_answered_or_refused(site: str) -> None:
    address = urlsplit(site)
    for path in ("/search.json", "/search"):
        server = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
        server.request("GET", f"{path}?q={'kv+cache+' * 12_000}")  # more than httpx would send
        assert server.getresponse().status in (200, 400)
        server.close()


@settings(max_examples=500)
@given(q=st.text(max_size=100) | SYNTAX)
def test_any_text_is_answered(get: Get, q: str) -> None:
    sane(get("/search.json", q=q, size="2"))


@settings(max_examples=100)
@given(name=st.sampled_from((*PARAMETERS, "sort", "page", "size")), value=st.text(max_size=30))
def test_any_parameter_is_answered(get: Get, name: str, value: str) -> None:
    sane(get("/search.json", q="cache", **{name: value}))


def test_the_json_has_what_the_page_shows(get: Get) -> None:
    body = get("/search.json", q="kv cache quantization").json()
    soup = parse_html(get("/search", q="kv cache quantization").text)
    titles = [link.get_text() for link in soup.select(".results-list h2 a")]
    assert titles == [result["title"] for result in body["results"]]
    assert len(titles) == 20 < body["count"]
    assert soup.select(".results-list mark")
    assert soup.select(".results-list .claims li")
    first = body["results"][0]
    assert set(first) >= {"id", "title", "name", "year", "organization", "topics", "has_code"}
    assert set(first) >= {"claims", "snippet", "why", "score", "url"}
    assert {facet["name"] for facet in body["facets"]} == set(PARAMETERS)


def test_pages_follow_each_other_without_repeating_or_losing(get: Get) -> None:
    url, ids = "/search.json?q=attention&size=13", list[str]()
    while url:
        body = get(url).json()
        ids += [result["id"] for result in body["results"]]
        url = "/search.json" + body["next_url"] if body["next_url"] else ""
    assert len(ids) == len(set(ids)) == body["count"] > 13


def test_every_facet_leads_to_as_many_papers_as_it_says(get: Get) -> None:
    body = get("/search.json", q="llm inference", topic="kv-cache").json()
    offered = [value for facet in body["facets"] for value in facet["values"][:3]]
    free = [value for value in offered if not value["selected"]]
    assert len(free) > 10
    for value in free:
        assert get("/search.json" + value["url"]).json()["count"] == value["count"], value


def test_a_facet_offers_its_ten_most_frequent_values_and_all_years(get: Get) -> None:
    facets = {facet["name"]: facet["values"] for facet in get("/search.json").json()["facets"]}
    counts = [value["count"] for value in facets["topic"]]
    assert len(counts) == 10
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > counts[-1]
    *years, last = [value["value"] for value in facets["year"]]
    assert years == sorted(years, reverse=True)
    assert len(years) > 3
    assert last == "undated"


@pytest.mark.parametrize(
    "params", [{"q": "kv cache year:2024.."}, {"q": "kv cache", "year": "2024"}]
)
def test_papers_without_a_year_that_a_filter_leaves_out_are_counted_and_can_be_included(
    get: Get, params: dict[str, str]
) -> None:
    body = get("/search.json", **params).json()
    count, url = body["undated"]["count"], body["undated"]["include_url"]
    notice = parse_html(get("/search", **params).text).find(class_="notice")
    assert notice
    assert notice.get_text(" ", strip=True) == (
        f"{count} matching papers have no year and are left out. Include undated papers"
    )
    with_them = get("/search.json" + url).json()
    assert with_them["count"] == body["count"] + count > body["count"] > 0
    assert with_them["undated"] is None
    assert with_them["filters"][-1]["name"] == "undated"
    assert parse_html(get("/search" + url).text).find(class_="notice") is None


def test_years_are_added_to_each_other_and_narrow_a_range(get: Get) -> None:
    def years(url: str) -> dict[str, dict[str, Any]]:
        facets = get("/search.json" + url).json()["facets"]
        return {
            v["value"]: v for facet in facets if facet["name"] == "year" for v in facet["values"]
        }

    chosen = years("?q=cache&year=2024")
    assert [year for year, value in chosen.items() if value["selected"]] == ["2024"]
    both = get("/search.json" + chosen["2025"]["url"]).json()
    assert both["count"] == chosen["2024"]["count"] + chosen["2025"]["count"]
    narrowed = years("?q=cache&year=2024..")["2025"]
    assert narrowed["count"] == chosen["2025"]["count"]
    assert get("/search.json" + narrowed["url"]).json()["count"] == narrowed["count"]


def test_a_filter_can_be_removed(get: Get) -> None:
    body = get("/search.json", q="cache", topic="kv-cache", year="2024").json()
    assert [item["name"] for item in body["filters"]] == ["KV cache", "2024"]
    without = get("/search.json" + body["filters"][0]["remove_url"]).json()
    assert without["count"] > body["count"]
    assert get("/search.json" + body["clear_url"]).json()["filters"] == []


def test_a_corrected_word_is_named_and_can_be_taken_back(get: Get) -> None:
    body = get("/search.json", q="quantizaton").json()
    assert body["corrections"]["words"] == [{"typed": "quantizaton", "used": "quantization"}]
    exact = get("/search.json" + body["corrections"]["exact_url"]).json()
    assert exact["corrections"] is None
    assert exact["count"] == 0
    assert exact["tries"][0]["label"] == "with corrected spelling"


def test_what_to_try_finds_something(get: Get) -> None:
    for params in ({"q": "mamba", "organization": "nvidia"}, {"q": '"cache the of mamba key"'}):
        body = get("/search.json", **params).json()
        assert body["count"] == 0
        for alternative in body["tries"]:
            count = get("/search.json" + alternative["url"]).json()["count"]
            assert count == alternative["count"] if alternative["count"] else count


def test_an_unknown_filter_is_named(get: Get) -> None:
    body = get("/search.json", q="cache", topic="nonsense").json()
    assert body["messages"] == ["No topic here is called “nonsense”."]


def test_nothing_typed_shows_the_newest(get: Get) -> None:
    body = get("/search.json").json()
    assert body["count"] == 325
    days = [result["published_on"] for result in body["results"]]
    assert days == sorted(days, reverse=True)
    assert len(set(days)) > 1


@pytest.mark.parametrize(
    ("params", "name", "url"),
    [
        ({"q": "what cuts KV cache memory"}, "memory, KV cache",
         "metric=memory&scale=factor&topic=kv-cache"),
        ({"q": "throughput", "topic": "serving", "has": "code"}, "throughput, Serving, code",
         "metric=throughput&scale=factor&topic=serving&has=code"),
        ({"q": "faster than the FlashAttention"}, "speedup, against FlashAttention",
         "metric=speedup&scale=factor&baseline=FlashAttention"),
        ({"q": "throughput over Triton"}, "throughput, against Triton",
         "metric=throughput&scale=factor&baseline=Triton"),
        # Too few claims are of the device or against the baseline.
        ({"q": "faster decoding on A100"}, "speedup", "metric=speedup&scale=factor"),
        ({"q": "fastest on RTX 4090"}, "speedup", "metric=speedup&scale=factor"),
        ({"q": "faster than vLLM"}, "speedup", "metric=speedup&scale=factor"),
        ({"q": "speculative decoding speedup on RTX 4090"}, "speedup, Speculative decoding",
         "metric=speedup&scale=factor&topic=speculative-decoding"),
        ({"q": "2x faster attention"}, "speedup, Attention",
         "metric=speedup&scale=factor&topic=attention"),
    ],
)  # fmt: skip
def test_a_search_that_names_a_metric_offers_the_results_board(
    get: Get, params: dict[str, str], name: str, url: str
) -> None:
    offered = get("/search.json", **params).json()["board"]
    assert (offered["name"], offered["url"]) == (name, f"results?{url}")
    assert get(f"/results.json?{url}").json()["count"] == offered["count"] > 0
    link = parse_html(get("/search", **params).text).select(".board-offer a")[-1]
    assert (link["href"], link.get_text()) == (offered["url"], f"Results: {name}")
    assert offered["count"] >= 3


@pytest.mark.parametrize(
    ("q", "uncovered"),
    [
        ("what cuts KV cache memory", []),
        ("fastest inference on A100", ["A100"]),
        ("faster than vLLM on the A100", ["A100", "vLLM"]),
        ("KV cache memory in 4 bits", ["4 bits"]),
        ("int4 memory of Llama-3-8B", ["int4", "Llama-3-8B"]),
        ("2x faster than FlashAttention-2 on A100", ["A100", "2x"]),
        ("(50% less memory)", ["50%"]),
        ("latency below 100ms", ["100ms"]),
        ("throughput -serving", ["-serving"]),
        ('speedup -topic:serving NOT "speculative decoding"',
         ["-topic:serving", 'NOT "speculative decoding"']),
        ("throughput topic:serving year:2024.. org:nvidia", ["2024..", "NVIDIA"]),
    ],
)  # fmt: skip
def test_the_board_of_a_search_says_what_it_does_not_filter_by(
    get: Get, q: str, uncovered: list[str]
) -> None:
    assert get("/search.json", q=q).json()["board"]["uncovered"] == uncovered
    offer = parse_html(get("/search", q=q).text).select(".board-offer")[-1].get_text()
    said = f"side by side, not filtered by {' or '.join(uncovered)})" if uncovered else "by side)"
    assert offer.endswith(said)


def test_a_board_says_which_filters_of_the_search_it_lacks(get: Get) -> None:
    params = {"q": "throughput", "topic": "serving", "year": "2024", "has": "code"}
    board = get("/search.json", **params).json()["board"]
    assert (board["name"], board["uncovered"]) == ("throughput, Serving, code", ["2024"])


@pytest.mark.parametrize(
    ("q", "count"),
    [("beats vLLM", 2), ("faster than FlashAttention", 5), ("throughput over Triton", 5)],
)
def test_a_search_that_names_a_baseline_offers_all_claims_against_it(
    get: Get, q: str, count: int
) -> None:
    offered = get("/search.json", q=q).json()["against"]
    path, params = offered["url"].split("?")
    rows = get(f"/{path}.json?{params}&_shape=array").json()
    assert len(rows) == offered["count"] == count
    link = parse_html(get("/search", q=q).text).select(".board-offer a")[0]
    assert (link["href"], link.get_text()) == (offered["url"], f"Claims {offered['label']}")


def test_a_board_of_few_claims_is_not_shown_beside_all_against_the_baseline(get: Get) -> None:
    assert get("/search.json", q="beats vLLM").json()["board"]["name"] == "speedup, against vLLM"
    assert len(parse_html(get("/search", q="beats vLLM").text).select(".board-offer")) == 1


@pytest.mark.parametrize(
    "q",
    [
        *("", "kv cache quantization", "attention", "mamba", "vLLM", "beats all"),
        # No board filters by amounts.
        *("llm in 8GB of memory", "7B parameters", "10 ms latency", "under 10 dollars"),
        *("4-bit", "1 million token context window", "1000 tokens/s throughput"),
    ],
)
def test_a_search_that_names_no_metric_offers_no_board(get: Get, q: str) -> None:
    answer = get("/search.json", q=q).json()
    assert answer["board"] is answer["against"] is None
    assert not parse_html(get("/search", q=q).text).select(".board-offer")


def test_the_query_and_the_page_agree(get: Get) -> None:
    page = get("/search.json", q="speculative decoding", size="50").json()
    rows = get("/papers/search.json", q="speculative decoding", _shape="array").json()
    assert [row["id"] for row in rows][:50] == [result["id"] for result in page["results"]]
    columns = ["id", "title", "name", "year", "type", "score", "snippet", "why"]
    assert list(rows[0]) == columns
    narrowed = get("/papers/search.json", q="cache", type="survey", _shape="array").json()
    assert narrowed
    assert {row["type"] for row in narrowed} == {"survey"}


def test_the_query_finds_papers_without_a_year(get: Get) -> None:
    filters = {"q": "cache year:undated", "year": "2025..", "_shape": "array"}
    rows = get("/papers/search.json", **filters).json()
    assert {row["year"] for row in rows} == {None, 2025, 2026}
    sql = """select papers.year from json_each(search_papers('cache', :filters, '', 100)) as found
        join papers on papers.id = found.value ->> 'id'"""
    filters = {"sql": sql, "filters": '{"year": ["2025..", "undated"]}', "_shape": "arrayfirst"}
    assert sorted(get("/papers.json", **filters).json(), key=str) == sorted(
        (row["year"] for row in rows), key=str
    )


def test_suggestions_lead_somewhere(get: Get) -> None:
    kinds = {"topic", "method", "model", "dataset", "hardware", "organization", "paper"}
    for typed in ("quan", "flashatt", "mamba", "imagen", "nvid"):
        for suggestion in get("/search/suggest.json", q=typed).json()["suggestions"]:
            answer = get(suggestion["url"])
            assert answer.status_code == 200
            heading = parse_html(answer.text).find("h1")
            assert heading
            assert suggestion["name"] in heading.get_text()
            kinds.discard(suggestion["kind"])
    assert kinds == set()


def test_a_completed_filter_leads_to_its_search(get: Get) -> None:
    (suggestion,) = get("/search/suggest.json", q="gpu:2080").json()["suggestions"]
    assert suggestion["query"] == 'gpu:"RTX 2080 Ti"'
    answer = get(suggestion["url"].replace("/search?", "/search.json?")).json()
    assert answer["q"] == suggestion["query"]
    assert answer["count"] == suggestion["count"] == 1


# --- in Chromium


def test_searching_narrowing_and_opening_a_paper(page: Page) -> None:
    page.goto("/search")
    page.get_by_role("combobox").fill("kv cache quantization")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".results-list > li")).to_have_count(20)
    assert fits(page)
    expect(page.get_by_role("heading", name="Filters", level=2)).to_be_attached()
    facets = page.locator("details.facets")
    for fold in (facets, facets.locator(".facet-group").first):
        if fold.locator("> summary").is_visible():
            fold.locator("> summary").click()
    facets.get_by_role("link", name=re.compile("^KV cache")).click()
    expect(page.locator(".chips li")).to_have_count(1)
    page.locator(".results-list h2 a").first.click()
    expect(page).to_have_url(re.compile("/papers/papers/"))


def test_suggestions_are_chosen_with_arrows(page: Page) -> None:
    page.goto("/search?q=cache")
    page.get_by_role("combobox").fill("")
    page.keyboard.type("flashatt")
    option = page.get_by_role("option").first
    expect(option).to_have_accessible_name(re.compile(r"^FlashAttention.*, method, \d+ papers$"))
    expect(page.get_by_role("status").filter(has_text="suggestion")).to_contain_text("arrow keys")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-activedescendant", "suggestion-0")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/papers/entities/method-flashattention"))


def test_enter_searches_for_what_is_typed_unless_a_suggestion_is_chosen(page: Page) -> None:
    page.goto("/search")
    box, options = page.get_by_role("combobox"), page.get_by_role("option")
    box.press_sequentially("mamba")
    expect(options.first).to_be_visible()
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")  # from the last to the box
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=mamba$"))


def test_the_value_of_a_filter_is_typed_by_its_suggestion(page: Page) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox")
    box.press_sequentially("kv cache topic:quantis")
    # While a slow machine types, the names for "kv cache" may stand here first.
    name = re.compile(r"^Quantization, filter by topic, \d+ papers$")
    expect(page.get_by_role("option", name=name)).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("kv cache topic:quantization ")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("type:met")
    page.get_by_role("option", name="method").click()
    expect(box).to_have_value("kv cache topic:quantization type:method ")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=kv\+cache\+topic%3Aquantization\+type%3Amethod"))


@pytest.mark.parametrize("key", ["Escape", "Tab"])
def test_a_key_closes_the_suggestions(page: Page, key: str) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox")
    box.press_sequentially("mamba")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press(key)
    expect(page.get_by_role("option")).to_have_count(0)
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("mamba")


def test_results_state_claims_with_their_bound(get: Get) -> None:
    answer = get("/search.json", q="kv cache", size=50).json()
    claims = [claim for result in answer["results"] for claim in result["claims"]]
    assert any(claim["subject"] for claim in claims)
    bounded = [claim for claim in claims if claim["bound"] == "up to"]
    assert bounded
    needed = {"id", "value", "value_low", "unit", "factor", "factor_bound", "confidence"}
    assert all(needed <= claim.keys() for claim in claims)
    assert all("up to " in claim["stated"] for claim in bounded)
    assert bounded[0]["stated"] in parse_html(get("/search", q="kv cache", size=50).text).get_text()


def test_the_files_of_a_search_have_all_its_papers(get: Get) -> None:
    page = parse_html(get("/search", q="kv cache").text)
    (link,) = page.select('.twins a[href*="search.csv"]')
    lines = get(str(link["href"])).text.splitlines()
    assert len(lines) - 1 == get("/search.json", q="kv cache").json()["count"] > 20
