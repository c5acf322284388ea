"""A site built from a hostile dump: nothing of it runs, on no page and in no file.

Its titles, names, baselines, links and file name are code for a browser, a spreadsheet, a feed
reader or a reference manager. All of it has to arrive as the text that it is.
"""

import csv
import io
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import bibtexparser
import feedparser
import httpx
import pytest
import rispy
from datasette.utils import tilde_encode
from playwright.sync_api import Browser, BrowserContext, Page, expect

from daily_papers.site.views.text_tables import one_line
from tests import saved_pages
from tests.conftest import build, parse_html, served
from tests.site.conftest import fits, new_context, watched

SCRIPT = "<script>window.ran=1</script>"
ENDING = f"</script>{SCRIPT}"
IMAGE = '<img src=x onerror="window.ran=1">'
HANDLER = f'">{IMAGE}'
BOLD = '<b onmouseover="window.ran=1">'
ADDRESS = "javascript:window.ran=1"
MARKDOWN = f"[x]({ADDRESS})"
FORMULA = '=HYPERLINK("http://evil.example","x")'
SUM = "@SUM(1+1)"
COMMAND = "+cmd|' /C calc'!A0"
TURNED = "\u202eeman\u202c \u2067x\u2069"
LONG = "Longcat" * 20
# Titles → what the abstract says beats what; rules read names, claims, baselines, links from it.
PAPERS = {
    f"Evil {IMAGE}: a KV Cache {ENDING}": (IMAGE, SCRIPT, ENDING),
    f"Handler {HANDLER}: {{{{7*7}}}} {{% raw %}}": (HANDLER, "{{7*7}}", "{{ config }}"),
    f"{MARKDOWN} | a | `b` | {BOLD}": (MARKDOWN, f"{BOLD}H100", "| a |"),
    FORMULA: ("=cmd|calc", FORMULA, "=1+1+a"),
    SUM: ("@SUM", SUM, "-1+cmd|calc"),
    COMMAND: ("+cmd|calc", COMMAND, "'=cmd"),
    "@misc{x, title = {y}} and @string{z}": ("@misc{x", "ER  - ", "TY  - UNPB"),
    f"ER  - ]]> <![CDATA[ {TURNED}\u2028--> <!-- %00 &lt;b&gt;": ("]]>", "<!-- b", "&lt;b&gt;"),
    f"{ADDRESS}//{LONG}": (ADDRESS, LONG, "data:text/html,x"),
}
LINKS = (
    f'https://github.com/a/b">{SCRIPT}',
    f"https://evil.example/'onmouseover='window.ran=1 {ADDRESS} or github.com/evil/bare",
    f"https://github.com/evil/{ADDRESS} https://github.com/a/{LONG} http://[{SCRIPT}",
)


def abstract(title: str, beaten: tuple[str, ...], link: str) -> str:
    name = title.partition(": ")[0]
    sentences = " ".join(
        f"It achieves {number}.5x speedup over {baseline} on A100 for {SCRIPT}."
        for number, baseline in enumerate(beaten, 3)
    )
    return (
        f"We introduce {name}, a KV cache quantization. {sentences} ⟦{BOLD}⟧ {TURNED}\n"
        f"Peak memory falls by 30% compared to {beaten[0]} in {IMAGE}. Code: {link}"
    )


def dump() -> str:
    who = (f"evil.lab {SCRIPT}", f"formula.lab {FORMULA.replace('://', '')}", "  • 8 authors")
    records = []
    for index, (title, beaten) in enumerate(PAPERS.items()):
        text = abstract(title, beaten, LINKS[index % 3])
        day = f"Jun 16, {2023 + index % 2}"
        records.append(saved_pages.record(title, text, who[index % 3], day))
    return saved_pages.page(*records)


# What dumps of other formats will have.
MORE = f"""
    insert into authors values ('evil', '{SCRIPT}'), ('formula', '=cmd|calc, and {IMAGE}');
    insert into authorships select id, 1, 'evil' from papers;
    insert into authorships select id, 2, 'formula' from papers;
    insert into links
    select id, '{ADDRESS}', 'code', 'evil.example', null, null, 'abstract', 0, 9 from papers;
    update listings set listed_on = '2024-06-16';
    update papers set arxiv_id = '{HANDLER}', url = 'https://evil.example/{HANDLER}';
"""
# What the pages show must be found in these, and run in none.
RAW = re.compile(r"<script>window|<img src=x|<b onmouseover|</script><script", re.IGNORECASE)
LIVE = """() => [...document.querySelectorAll(`
    [onerror], [onmouseover], [src="x"], iframe, object, embed, base, meta[http-equiv],
    [*|href^="javascript:" i], [src^="javascript:" i], [action^="javascript:" i]
`)].map(node => node.outerHTML)"""
STARTS_FORMULA = re.compile(r"\s*[=+@-](?![0-9.]+$)")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the hostile dump."""
    folder = tmp_path_factory.mktemp("hostile")
    saved = folder / f"{HANDLER}.txt"
    saved.write_text(dump(), encoding="utf-8")
    database = build(folder / "papers.db", saved)
    with closing(sqlite3.connect(database)) as db:
        db.executescript(MORE)
        # Which words of such sentences a model chooses is not the question here.
        for title, beaten in PAPERS.items():
            claims = db.execute(
                "select claims.id from claims join papers on papers.id = paper_id where title = ?",
                (title,),
            ).fetchall()
            for number, (claim,) in enumerate(sorted(claims)):
                values = beaten[number % len(beaten)], SCRIPT, claim
                db.execute(
                    "update claims set baseline = ?, subject = ?, hardware = 'A100' where id = ?",
                    values,
                )
        db.commit()
    return database


@pytest.fixture(scope="module")
def site(hostile: Path) -> Iterator[str]:
    """The address of its site."""
    with served(hostile) as address:
        yield address


@pytest.fixture(scope="module")
def rows(hostile: Path) -> Callable[[str], Rows]:
    """Ask the database: rows(sql)."""

    def ask(sql: str) -> Rows:
        with closing(sqlite3.connect(hostile)) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(sql)]

    return ask


@pytest.fixture(scope="module")
def names(rows: Callable[[str], Rows]) -> dict[str, str]:
    """What the addresses of pages are made with: ids of papers, and of what they name."""
    ids = {row["title"]: row["id"] for row in rows("select id, title from papers")}
    (evil,) = (key for title, key in ids.items() if title.startswith("Evil"))
    (entity,) = rows("select id from entities where name like 'Evil%'")
    (claim, *_) = rows(f"select id from claims where paper_id = '{evil}'")
    return {
        "evil": evil,
        "formula": ids[FORMULA],
        "long": next(key for title, key in ids.items() if LONG in title),
        "all": "&".join(f"id={paper_id}" for paper_id in sorted(ids.values())[:6]),
        "entity": tilde_encode(entity["id"]),
        "claim": tilde_encode(claim["id"]),
        "saved": quote_plus(HANDLER),
        "dump": tilde_encode(HANDLER),
        "ask": quote_plus(HANDLER + SCRIPT),
    }


@pytest.fixture(scope="module")
def hostile_context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    with new_context(browser, site, "desktop") as context:
        yield context


@pytest.fixture
def page(hostile_context: BrowserContext, site: str) -> Iterator[Page]:
    """A page of the site that fails the test if anything ran on it, or could."""
    page = hostile_context.new_page()
    troubles = watched(page, site)
    yield page
    assert page.evaluate("window.ran") is None
    assert page.evaluate(LIVE) == []
    page.close()
    assert troubles == []


def test_the_dump_would_run_where_it_is_not_escaped(
    browser: Browser, rows: Callable[[str], Rows]
) -> None:
    page = browser.new_page()
    for column in ("title", "abstract"):
        page.set_content("".join(row[column] for row in rows("select * from papers")))
        page.wait_for_function("window.ran === 1")
        assert page.evaluate(LIVE)
        page.evaluate("delete window.ran")
    page.close()


def test_the_rules_read_hostile_facts_out_of_the_dump(rows: Callable[[str], Rows]) -> None:
    """Otherwise the pages of this site would show less than they can."""

    def values(column: str, table: str) -> set[str]:
        return {row[column] for row in rows(f"select {column} from {table}")}

    baselines = {IMAGE, SCRIPT, ENDING, HANDLER, ADDRESS, "{{ config }}", "=cmd|calc", "@SUM"}
    assert baselines <= values("baseline", "claims")
    assert SCRIPT in values("subject", "claims")
    assert f"Evil {IMAGE}" in values("name", "papers")
    assert {FORMULA, SUM, COMMAND, f"{MARKDOWN} | a | `b` | {BOLD}"} <= values("title", "papers")
    assert SCRIPT in values("name", "organizations")
    assert f"https://github.com/evil/{ADDRESS}" in values("url", "links")


# Kinds of page → where one is, and a text that it has to show.
PAGES = {
    "home": ("/", "Papers by topic and year"),
    "search": ("/search?q=evil", f"Evil {IMAGE}: a KV Cache {ENDING}"),
    "all papers": ("/search?size=100", MARKDOWN),
    "search for markup": ("/search?q={ask}&topic={ask}&has={ask}", f"“{HANDLER}{SCRIPT}”"),
    "search, collecting": ("/search?q=evil&compare={ask}", "1 of 6 added"),
    "paper": ("/papers/papers/{evil}", f"over {IMAGE} on A100 for {SCRIPT}."),
    "paper with a formula": ("/papers/papers/{formula}?compare={ask}", FORMULA),
    "paper with a long word": ("/papers/papers/{long}", f"Code: a/{LONG}"),
    "paper with a bare address": ("/papers/papers/{formula}", f"Code: {ADDRESS}"),
    "topic": ("/papers/topics/kv-cache", f"Evil {IMAGE}"),
    "entity": ("/papers/entities/{entity}", f"Evil {IMAGE}"),
    "hardware": ("/papers/entities/hardware-a100", IMAGE),
    "day": ("/days/2024-06-16?size=100", f"Evil {IMAGE}: a KV Cache {ENDING}"),
    "day, refused": ("/days/%3Cimg%20onerror=1%3E", "is no day, week or month"),
    "organization": ("/papers/organizations/evil~2Elab", SCRIPT),
    "author": ("/papers/authors/evil", SCRIPT),
    "results": ("/results", ENDING),
    "results for markup": ("/results?baseline={ask}", "No results."),
    "results, refused": ("/results?topic={ask}", f"“{HANDLER}{SCRIPT}”"),
    "compare": ("/compare?{all}", f"against {HANDLER} on A100"),
    "results of a model for markup": ("/results?model={ask}", f"“{HANDLER}{SCRIPT}”"),
    "compare, refused": ("/compare?id={ask}&id=b", f"“{HANDLER}{SCRIPT}”"),
    "compare, adding": ("/compare?q=evil", f"Evil {IMAGE}: a KV Cache {ENDING}"),
    "compare, adding markup": ("/compare?q=none+{ask}&id={evil}", f"{HANDLER}{SCRIPT}"),
    "database": ("/papers", "Papers by year"),
    "table": ("/papers/papers", f"Evil {IMAGE}: a KV Cache {ENDING}"),
    "table with a facet": ("/papers/claims?_facet=baseline&_facet=subject", HANDLER),
    "table, filtered": (
        "/papers/papers?title__contains={ask}",
        f'title contains "{HANDLER}{SCRIPT}"',
    ),
    "row": ("/papers/claims/{claim}", IMAGE),
    "dump": ("/papers/dumps/{dump}", f"{HANDLER}.txt"),
    "query": ("/papers/claims_against?baseline=img", IMAGE),
    "query for markup": ("/papers/search?q={ask}", "No rows."),
    "query with snippets": ("/papers/search?q=evil", f"Evil {IMAGE}"),
    "listings": ("/papers/listings_of_one_dump?dump={saved}", f"{MARKDOWN} | a |"),
    "SQL": ("/papers?sql=select+title+as+[%22{ask}</style>{ask}]+from+papers", FORMULA),
    "SQL, refused": ("/papers?sql=select+[{ask}", "unrecognized token"),
    "API": ("/api", "What holds everywhere"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_shows_it_as_text(page: Page, names: dict[str, str], kind: str) -> None:
    path, text = PAGES[kind]
    answer = page.goto(path.format_map(names))
    assert answer
    assert not RAW.search(answer.text())
    assert " ".join(text.split()) in " ".join(page.locator("body").inner_text().split())
    page.set_viewport_size({"width": 390, "height": 844})
    assert fits(page)


def test_the_cards_of_marked_facts_show_it_as_text(page: Page, names: dict[str, str]) -> None:
    page.goto(f"/papers/papers/{names['evil']}")
    cards = []
    for mark in page.locator("a.fact").all():
        mark.hover()
        cards.append(page.get_by_role("tooltip").inner_text())
    assert f"Method: Evil {IMAGE}, introduced here" in cards
    assert f"Speedup: 3.5× faster, than {IMAGE}, on A100, for {SCRIPT}" in cards


@pytest.mark.parametrize("path", ["/", "/search"])
def test_suggestions_show_it_as_text(page: Page, path: str) -> None:
    page.goto(path)
    page.locator("#q").fill("evil")
    expect(page.get_by_role("option").filter(has_text=f"Evil {IMAGE}").first).to_be_visible()


def test_the_tooltips_of_the_board_show_it_as_text(page: Page) -> None:
    page.goto("/results")
    tooltips = []
    for point in page.locator("figure.chart .picture .point").all():
        point.dispatch_event("pointerenter")  # another may lie on it
        tooltips.append(page.get_by_role("tooltip").inner_text())
    for text in (ENDING, HANDLER, FORMULA, "{{ config }}", f"{MARKDOWN} | a | `b` | {BOLD}"):
        assert any(text in tooltip for tooltip in tooltips), text


@pytest.mark.parametrize(
    ("path", "x"),
    [
        ("/papers?sql=select+title,+value+from+claims+join+papers+on+papers.id=paper_id", "title"),
        ("/papers/claims?_size=max", "baseline"),
        ("/papers/claims_against?baseline=img", "paper"),
    ],
)
def test_a_chart_of_datasette_shows_it_as_text(page: Page, path: str, x: str) -> None:
    chosen = f"g.mark=bar&g.x_column={x}&g.x_type=ordinal&g.y_column=value&g.y_type=quantitative"
    page.goto(f"{path}#{chosen}")
    if page.locator("figure.chart").count():  # the address draws none beside it
        page.get_by_role("button", name="Chart these rows").click()
    expect(page.locator("canvas.marks")).to_be_visible()
    box = page.locator("canvas.marks").bounding_box()
    assert box
    for share in range(1, 10):
        page.mouse.move(box["x"] + box["width"] * share / 10, box["y"] + box["height"] / 2)


# --- every row, and files


def test_no_page_holds_unescaped_markup(site: str, rows: Callable[[str], Rows]) -> None:
    tables = [row["name"] for row in rows("select name from sqlite_master where type = 'table'")]
    paths = [f"/papers/{table}?_size=max" for table in tables if "_fts" not in table]
    for table in ("papers", "organizations", "authors", "entities", "dumps", "claims"):
        ids = [tilde_encode(row["id"]) for row in rows(f"select id from {table}")]
        paths += [f"/papers/{table}/{row_id}" for row_id in ids]
    for row in rows("select distinct metric, unit from claims"):
        paths.append(f"/results?metric={row['metric']}&unit={quote(row['unit'])}")
    with httpx.Client(base_url=site) as client:
        for query in client.get("/papers.json").json()["queries"]:
            asked = urlencode(dict.fromkeys(query.get("params", ()), "evil"))
            paths.append(f"/papers/{query['name']}?{asked}")
        assert len(paths) > 100
        for path in paths:
            answer = client.get(path)
            is_refused = path.startswith("/papers/search?")  # its filters take known values
            assert answer.status_code == (400 if is_refused else 200), path
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert not RAW.search(answer.text), path
            soup = parse_html(answer.text)
            for link in soup.find_all("a", href=True):
                assert re.match(r"[/?#]|https?://", str(link["href"])), (path, link)
            for data in soup.find_all("script", type="application/json"):
                assert json.loads(data.get_text()), path


@pytest.fixture(scope="module")
def titles(rows: Callable[[str], Rows]) -> list[str]:
    """The titles as files have them: on one line, without marks that do not show."""
    return sorted(one_line(row["title"]) for row in rows("select title from papers"))


@pytest.mark.parametrize(
    "path", ["/search.atom", "/search.atom?q=evil&topic=kv-cache", "/days.atom"]
)
def test_a_feed_holds_text_alone(site: str, path: str, titles: list[str]) -> None:
    answer = httpx.get(site + path)
    assert not RAW.search(answer.text)
    feed = feedparser.parse(answer.content, sanitize_html=False)
    assert not feed.bozo
    for entry in feed.entries:
        assert entry.title_detail.type == entry.summary_detail.type == "text/plain"
        assert all(link.href.startswith(f"{site}/papers/papers/") for link in entry.links)
    evil = f"Evil {IMAGE}: a KV Cache {ENDING}"
    assert {evil} <= {entry.title for entry in feed.entries} <= set(titles)


def test_bibtex_and_ris_have_an_entry_for_each_paper_and_nothing_else(
    site: str, titles: list[str], names: dict[str, str]
) -> None:
    written = httpx.get(f"{site}/search.bib").text
    library = bibtexparser.parse_string(written)
    assert len(library.blocks) == len(library.entries) == len(titles)
    assert names["evil"] in library.entries_dict
    assert "x" not in library.entries_dict
    assert r"Evil {\textless}img src=x onerror=" in library.entries_dict[names["evil"]]["title"]
    single = bibtexparser.parse_string(httpx.get(f"{site}/paper/{names['evil']}.bib").text)
    assert [entry.key for entry in single.entries] == [names["evil"]]
    records = rispy.loads(httpx.get(f"{site}/search.ris").text)
    assert sorted(record["title"] for record in records) == titles
    assert {record["type_of_reference"] for record in records} == {"UNPB"}


@pytest.mark.parametrize(
    "path",
    [
        "/search.csv",
        "/days/2024-06.csv",
        "/results.csv",
        "/compare.csv?{all}",
        "/papers/papers.csv?_stream=on",
        "/papers/claims.csv?_labels=on&_size=max",
        "/papers/authors.csv",
        "/papers/claims_against.csv?baseline=a",
        "/papers.csv?sql=select+title+as+[%3D1%2B1],+abstract+from+papers",
    ],
)
def test_no_cell_of_a_csv_is_a_formula(site: str, names: dict[str, str], path: str) -> None:
    answer = httpx.get(site + path.format_map(names))
    assert answer.headers["content-type"].startswith(("text/csv", "text/plain"))
    table = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert len({len(row) for row in table}) == 1
    cells = [cell for row in table for cell in row]
    assert [cell for cell in cells if STARTS_FORMULA.match(cell)] == []
    assert any(cell.startswith(("'=", "'+", "'@")) for cell in cells)


def test_a_markdown_table_shows_it_as_text(site: str, names: dict[str, str]) -> None:
    lines = httpx.get(f"{site}/compare.md?{names['all']}").text.splitlines()
    assert lines.pop(1) == "| --- |" + " --- |" * 6
    for row in lines:
        assert len(re.findall(r"(?<!\\)\|", row)) == 8
        assert not re.search(r"(?<!\\)[<\[`*]", row)
    assert any(r"Evil \<img src=x onerror" in row for row in lines)


def test_json_and_texts_for_agents_are_no_html(site: str, names: dict[str, str]) -> None:
    for path in (
        "/search.json", "/search/suggest.json?q=evil", "/results.json", "/papers/papers.json",
        f"/compare.json?{names['all']}", f"/paper/{names['evil']}.json", "/openapi.json",
        "/llms.txt", "/papers/llms.txt", "/papers/papers/llms.txt",
    ):  # fmt: skip
        answer = httpx.get(site + path)
        assert answer.status_code == 200, path
        assert not answer.headers["content-type"].startswith("text/html"), path
