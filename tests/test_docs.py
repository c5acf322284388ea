"""Checks that the documentation states the figures of the code and of the data.

Each sentence is written here with the number that the code has, and must be in the page. What a
benchmark measured is not asserted: the page names the command that printed it.
"""

import ast
import math
import re
import sqlite3
import statistics
import tomllib
from collections import defaultdict
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from daily_papers import fetch
from daily_papers.cli.fetch import MOST_DAYS, MOST_PAPERS
from daily_papers.database import writer
from daily_papers.database.checks import typical
from daily_papers.database.schema import TABLES
from daily_papers.dumps import problems, recall, saved_file
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.pages import html
from daily_papers.export import table_files
from daily_papers.facts.claims import plausibility, rejections
from daily_papers.fetch.client import Service
from daily_papers.papers import identity
from daily_papers.pipeline import cache as pipeline_cache
from daily_papers.pipeline import run, tables
from daily_papers.search import documents, expansion, index, query, ranking, similar, spellcheck
from daily_papers.site import compat
from daily_papers.site.http import admission, caching, connections, server, sql_limits, turns, work
from daily_papers.site.http.datasette_settings import SETTINGS
from daily_papers.site.views import cells, compare_view, query_view, request_params, search_view
from tests.conftest import ROOT, daily_papers
from tests.nginx import TEMPLATE, settings

WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
WORDS |= {9: "nine", 10: "ten", 20: "twenty", 30: "thirty"}
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def page(name: str) -> str:
    """Return a page as one line."""
    return " ".join(read(name).split())


def only_match(pattern: str, text: str) -> str:
    """Return what the only match of a pattern has in its group."""
    (match,) = re.findall(pattern, text, re.MULTILINE)
    return str(match)


@cache
def constants(path: str) -> dict[str, Any]:
    """Return the plain constants of a script that tests cannot import, by name."""
    values = {}
    for node in ast.parse(read(path)).body:
        if isinstance(node, ast.Assign):
            with suppress(ValueError):  # it is no literal
                values[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
    return values


def power_of_ten(value: float) -> str:
    """Return 10⁶ for a million."""
    exponent = round(math.log10(value))
    assert value == float(f"1e{exponent}")
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def maximum_age(control: str, name: str = "max-age") -> int:
    return int(re.search(rf"(?<![\w-]){name}=(\d+)", control)[1])  # type: ignore[index]


MAKEFILE = read("Makefile")
MOST = plausibility._MOST
LOAD, FAULTS, CLIENT = (
    constants(f"bench/{name}.py") for name in ("load_test", "fault_report", "load_client")
)
PUBLISH = constants("deploy/publish_daily.py")
NGINX, TEMPLATE_TEXT = settings(), TEMPLATE.read_text(encoding="utf-8")
APP = yaml.safe_load(read("compose.yml"))["services"]["app"]
LOG = APP["logging"]["options"]
PROJECT = tomllib.loads(read("pyproject.toml"))["project"]
OLDEST_PYTHON = PROJECT["requires-python"].removeprefix(">=")
DATASETTE = only_match(r"^datasette==(\d+\.\d+)", read("constraints.txt"))
CROISSANT = only_match(
    r'"http://mlcommons\.org/croissant/([\d.]+)"', read("build/daily_papers/export/croissant.py")
)

FIGURES = {
    "README.md": [f"With Python {OLDEST_PYTHON} or newer"],
    "Makefile": [f'"Python" \\ "{OLDEST_PYTHON} or newer is needed'],
    "docs/build.md": [
        f"again in processes, {run._TEXTS} papers at a time.",
        f"make the rows of {tables._PAPERS} papers at a time",
        f"Search keeps papers in blocks of {index.BLOCK:,}",
        f"of one block of {index.BLOCK:,}, which do not grow further",
        f"the papers' terms: {similar.MOST_TERMS} of a paper,"
        f" {WORDS[4 + similar._VALUE().itemsize]} bytes each, twice.",
        f"A task is a dump or {run._TEXTS} texts",
        f"and the last {WORDS[pipeline_cache._MOST_VERSIONS]} others are kept.",
        f"filled in pieces of {writer._FULL_TEXT['hashsize'][0] >> 20} MB",
        f"begins a piece after {writer._FULL_TEXT['hashsize'][1] >> 20} MB",
        f"a dump is a day of {constants('bench/generated_dumps.py')['A_DAY']}.",
    ],
    "docs/checks.md": [
        f"of what a file lists, {problems.FLOOR} % are listings, or `problems`",
        f"a paragraph of {recall._LONG} characters",
        f"over {power_of_ten(MOST['%'])} %, {power_of_ten(MOST['x'])} times,"
        f" {MOST['orders']:.0f} orders, {power_of_ten(MOST['points'])} points,"
        f" a score of {power_of_ten(MOST['score'])},"
        f" {power_of_ten(plausibility._MOST_OF_AMOUNTS)} of anything",
        f"| {typical.FEWEST_CLAIMING} to {typical.MOST_CLAIMING} % of papers have a claim"
        f" | {typical.MANY} papers with an abstract |",
        f"| two thirds of the topics are used | {typical.MANY} papers with an abstract |",
        f"| each topic is used | {typical.EVERY_TOPIC_FROM:,} such papers |",
        # Of papers that say so, 4 %, and 0.2 % for the rarest topics.
        f"that {typical.MANY} have none is a chance of {0.96**typical.MANY:.2%}".replace("%", " %"),
        f"{typical.EVERY_TOPIC_FROM:,} without one would be a chance of"
        f" {0.998**typical.EVERY_TOPIC_FROM:.3%}".replace("%", " %"),
    ],
    "docs/data.md": [
        f"Rows are read and written {table_files.ROW_GROUP:,} at a time",
        f"in row groups of {table_files.ROW_GROUP:,};",
        f"[Croissant {CROISSANT}]",
    ],
    "docs/deploy.md": [
        f"with {WORDS[int(only_match('^WORKERS [?]= (.+)$', MAKEFILE))]} processes (`WORKERS`)",
        f"on <http://localhost:{NGINX['DAILY_LISTEN']}>:",
        f"429 for more than {NGINX['DAILY_RATE'].removesuffix('r/s')} requests a second of a"
        f" client, or {NGINX['DAILY_SQL_RATE'].removesuffix('r/s')} with SQL of its own"
        f" or to `/-/mcp` (bursts of {only_match('zone=each burst=([0-9]+)', TEMPLATE_TEXT)} and"
        f" {only_match('zone=sql burst=([0-9]+)', TEMPLATE_TEXT)}), or"
        f" {NGINX['DAILY_CONNECTIONS']} at a time (",
        f"send nothing for {WORDS[int(NGINX['DAILY_PATIENCE'].removesuffix('s'))]} seconds (",
        f"Docker keeps {int(LOG['max-size'].removesuffix('m')) * int(LOG['max-file'])} MB of log",
        f"| {maximum_age(caching.PAGES) // 60} minutes; for an hour more the old page is shown",
        f"for {WORDS[maximum_age(caching.PAGES) // 60]} minutes more.",
        f"nginx has up to {NGINX['DAILY_CACHE_SIZE'].removesuffix('m')} MB of pages in memory",
        f"those of the last {WORDS[PUBLISH['DAYS']]} days that are missing",
        f"--fresh-days {PUBLISH['FRESH']}`",
        f"Those of Datasette {DATASETTE} have",
    ],
    "docs/facts.md": [
        f"over {plausibility._MOST['%']:,.0f} %, {power_of_ten(plausibility._MOST['x'])} times,"
        f" {plausibility._MOST['orders']:.0f} orders of magnitude |",
        f"The last {WORDS[len(plausibility.LIMITS)]} look at what a claim would say",
    ],
    "docs/formats.md": [
        f"({saved_file.LARGEST >> 20} MB, HTML {html.LARGEST >> 20},"
        f" text {text_page.LARGEST >> 20})",
        f"of which less than {problems.FLOOR} % of the records is understood;",
        f"asks for at most {MOST_DAYS} days a run (`--max`)",
        f"a day of exactly {min(fetch._CUTS)} papers may be cut",
        f"asks for at most {MOST_PAPERS:,} papers a run (`--max`)",
    ],
    "docs/search.md": [
        f"{WORDS[int(documents.FIELD_WEIGHTS['title'])]} times as much in the title.",
        f"a byte each, in blocks of {index.BLOCK:,} papers",
        f"(one, from {WORDS[spellcheck._LONG]} letters on two)",
        f"of the same meaning for {expansion.FACTORS['same']}, of a near one for"
        f" {expansion.FACTORS['near']}.",
        f"The {WORDS[ranking.BOOSTING]} best papers boost",
        f"compares the {similar.MOST_TERMS} terms and topics",
        f"more than a quarter of the papers (or {similar.MOST_PAPERS})",
        f"the first of {WORDS[constants('bench/request_times.py')['ROUNDS']]} rounds",
        f"`most` at most {constants('plugins/search_functions.py')['MOST_ROWS']:,}.",
        f"`size` (to {search_view.MOST_PAGE})",
    ],
    "docs/serving.md": [
        f"keeps {connections.MOST_CONNECTIONS:,} connections at most",
        f"({WORDS[connections.FILES]} for each, and {connections.RESERVED_FILES} for itself)",
        f"{connections.MOST_UNSENT // 1_000_000} MB of answers wait",
        f"{connections.REQUEST_SECONDS:.0f} seconds to send a whole request",
        f"at least {connections.LEAST_READ >> 10} KB a minute",
        f"| a path | {admission.MOST_PATH:,} letters |",
        f"| a request before its body | {server.MOST_HEAD:,} bytes,"
        f" {compat.MOST_HEADERS} headers |",
        f"| parameters | {admission.MOST_PARAMETERS}, each of Datasette's own"
        f" {admission.MOST_REPEATS} times, {admission.MOST_FACETS} facets of a table; of a table"
        f" {compat.MOST_TABLE_LETTERS:,} letters together, {admission.MOST_SEARCHED} of a search",
        f"| a body | {admission.MAX_BODY:,} bytes, in {work.BODY_SECONDS:.0f} seconds,",
        f"Of pages {turns.MOST_PAGES} wait,",
        f"Of these an address has {connections.MOST_OF_ADDRESS} at most",
        f"| {SETTINGS['max_returned_rows']:,} rows,"
        f" {sql_limits.LIMITS[sqlite3.SQLITE_LIMIT_COLUMN]} columns,"
        f" {sql_limits.MOST_CELLS:,} cells,"
        f" {sql_limits.MOST_BYTES:,} bytes of values",
        f"| its columns of `_json` | {compat.MOST_JSON:,} letters |",
        f"| its page | the rows that make about {query_view.MOST_LETTERS:,} letters of HTML,"
        f" {cells.MOST_UNFOLDED:,} letters of a value;",
        f"| its memory | {sql_limits.VISITORS_BYTES >> 20} MB, with"
        f" {sql_limits.VISITORS_HEAP >> 20} MB of SQLite's",
        f"| a stream | {SETTINGS['max_csv_mb']:,} MB;",
        f"| {work.MOST_UNREAD >> 20} MB in a process, or one |",
        f"A process computes {WORDS[turns.Lane.PAGES.value]} answers at a time, and"
        f" {WORDS[turns.Lane.QUERIES.value]} with SQL",
        f"Of SQL {turns.MOST_QUERIES} requests of an address wait, each for"
        f" {WORDS[int(turns.MOST_WAIT)]} seconds at most",
        f"all plugins but the {WORDS[len(constants('bench/served_site.py')['SERVING'])]} that make"
        " our serving",
        f"on one of the {WORDS[len(LOAD['COMPARED'])]} kinds of page",
        f"to a server of {WORDS[constants('bench/public_server.py')['WORKERS']]} processes, while"
        f" {WORDS[FAULTS['STORM']]} clients ask",
        f"nothing answers it for {WORDS[int(CLIENT['PATIENCE'])]} seconds.",
        f"hang for {WORDS[constants('tests/site/test_fuzz.py')['HANGS']]} seconds.",
    ],
    "docs/site.md": [
        f"| {WORDS[compare_view.FEWEST]} to {WORDS[request_params.MOST_COMPARED]} papers:"
        " facts row by row",
        f"Each facet of a table page may take {SETTINGS['facet_time_limit_ms']} ms",
    ],
    "metadata.yml": [
        f"what it weighs in {index.BLOCK:,} papers",
        f"One row is a near neighbour of a paper, {WORDS[similar.NEIGHBOURS]} at most.",
    ],
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_page_states_the_figures_of_the_code(name: str) -> None:
    """What is listed has another figure in the page, or other words around it."""
    assert [sentence for sentence in FIGURES[name] if sentence not in page(name)] == []


ONE_SECOND = SETTINGS["sql_time_limit_ms"] == 1000
REQUESTS = only_match(r'"--requests", type=int, default=(\d+)', read("tests/conftest.py"))
MISSING = caching.Versions("", "", {}).cache_control("/", "", 404)
# What holds of the code, and where a page says so in words instead of figures.
IN_WORDS = [
    (ONE_SECOND, "docs/serving.md", "| a query | a second, then its process is killed |"),
    (ONE_SECOND, "SECURITY.md", "each query is stopped after a second"),
    (admission.MAX_BODY == 1 << 20, "SECURITY.md", "at most a megabyte"),
    (
        maximum_age(caching.PAGES, "stale-while-revalidate") == 3600,
        "docs/deploy.md",
        "for an hour more the old page is shown",
    ),
    (maximum_age(caching.FOREVER) == 365 * 86_400, "docs/deploy.md", "| a year: another file has"),
    (maximum_age(MISSING) == 60, "docs/deploy.md", "| what is missing (404) | a minute |"),
    ("inactive=7d" in TEMPLATE_TEXT, "docs/deploy.md", "a week after it was last asked for"),
    (PUBLISH["FRESH"] == 7, "docs/deploy.md", "or nothing for a week, the run ends there"),
    (APP["mem_limit"] == "1g", "docs/deploy.md", "One processor and 1 GB of memory"),
    ("--requests" not in MAKEFILE + read(".ci/run"), "docs/serving.md", f"CI asks {REQUESTS}."),
    (turns.MODEST_SHARE == 1 / 5, "docs/serving.md", "more than a fifth of a process's time"),
    (turns.MODEST_SECONDS == 2, "docs/serving.md", "and two seconds at once"),
    (turns.SLICE == 1 / 10, "docs/serving.md", "first every tenth of a second"),
    (connections.UNREAD_SECONDS == 60, "docs/serving.md", "a minute of what is sent to it"),
    (LOAD["SLOWEST"] == 500, "docs/serving.md", "until p95 passes half a second"),
    (similar.LARGEST_SHARE == 1 / 4, "docs/search.md", "more than a quarter of the papers"),
    (typical.SOME_TOPICS == 2 / 3, "docs/checks.md", "two thirds of the topics are used"),
    (ranking.COVERAGE == 1 / 2, "docs/search.md", "Half of the score depends on how much of the"),
    (ranking.LEAST_SCORE == 1 / 10, "docs/search.md", "less than a tenth of the best score"),
    (Service.pause == 1, "docs/formats.md", "Between requests it waits a second"),
    (identity.SHARED_RUNS == 1 / 4, "docs/provenance.md", "a quarter of their three-word runs"),
    (index.BLOCK == 1 << 16, "metadata.yml", "or places (two bytes each) and then weights"),
]


@pytest.mark.parametrize(("holds", "name", "sentence"), IN_WORDS)
def test_a_number_in_words_is_that_of_the_code(holds: bool, name: str, sentence: str) -> None:
    assert holds
    assert sentence in page(name)


def test_columns_that_papers_fill_are_asked_for_from_as_many_papers_as_the_page_says() -> None:
    filled_from = defaultdict[int | None, set[str]](set)
    for table in TABLES:
        for column in table.columns:
            filled_from[column.filled_from].add(f"{table.name}.{column.name}")
    assert set(filled_from) == {None, 0, 100, 200}
    assert filled_from[100] == {"links.owner", "links.repository"}
    assert filled_from[0] == {"topics.parent", "metrics.better"}
    assert (
        "200 papers with rows in the table, 100 for links with an owner and a repository; at once"
        " for `topics.parent`, `metrics.better` |"
    ) in page("docs/checks.md")


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/deploy.md", "docs/serving.md"])
def test_a_test_that_a_page_names_exists(name: str) -> None:
    """A promise has its test beside it, in backticks: path::function."""
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", read(name))
    assert named
    functions = {
        path: re.findall(r"^def (test_\w+)", read(path), re.MULTILINE) for path, _ in named
    }
    assert [f"{path}::{test}" for path, test in named if test and test not in functions[path]] == []


# What the seeds have.


def count(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])


def test_what_is_stored_has_the_sizes_that_are_stated(db: sqlite3.Connection) -> None:
    assert documents.MOST_WEIGHT < 1 << 8, "so that a weight takes one byte"
    papers = count(db, "select count(*) from papers")
    widths = db.execute(
        "select length(codes) from search_columns where name in ('newest', 'discussed')"
    )
    assert {width / papers for (width,) in widths} == {4}
    for paper_count, size in db.execute("select paper_count, length(weights) from search_terms"):
        assert size == min(3 * paper_count, papers)
    assert f"it is left at {count(db, 'pragma page_size') // 1024} KB" in page("docs/build.md")
    assert "for an order its number for each paper, four bytes each" in page("metadata.yml")


def test_the_seeds_have_as_many_papers_and_listings_as_is_stated(db: sqlite3.Connection) -> None:
    papers = count(db, "select count(*) from papers")
    assert f"the seeds ({papers} papers," in page("docs/checks.md")
    listings = count(db, "select sum(item_count) from dumps")
    assert listings == count(db, "select count(*) from listings")
    assert f"it is exact: {listings} and" in page("docs/checks.md")
    for name in ("docs/search.md", "docs/site.md", "docs/serving.md"):
        measured = re.findall(r"^([\d,]+) papers", read(name), re.MULTILINE)
        assert f"{papers:,}" in measured, f"{name} measured other seeds: run its benchmark again"


def test_our_queries_take_less_than_the_time_limit() -> None:
    """As measured over nearly 100,000 papers: datasette_settings.py says so."""
    table = read("docs/site.md").split("\n99,950 papers\n")[1]
    slowest = re.findall(r"^query \w+ +\d+ +[\d.]+ +[\d.]+ +([\d.]+)", table, re.MULTILINE)
    assert len(slowest) > 20
    assert max(map(float, slowest)) < SETTINGS["sql_time_limit_ms"]


def test_no_claim_of_the_seeds_breaks_a_limit_of_sense(db: sqlite3.Connection) -> None:
    assert "none of the seeds breaks them" in page("docs/facts.md")
    reasons = ", ".join(f"'{limit.reason}'" for limit in plausibility.LIMITS)
    assert count(db, f"select count(*) from rejected_candidates where reason in ({reasons})") == 0


def test_every_reason_against_a_number_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \| .", read("docs/facts.md"), re.MULTILINE)
    limits = [limit.reason for limit in plausibility.LIMITS]
    filters = [rule.__name__ for rule in rejections.FILTERS]
    overruling = rejections.OVERRULING.__name__
    assert explained == [overruling, *filters, "no_measure", *limits]


def test_the_newest_day_of_the_seeds_is_stated(database: Path) -> None:
    result = daily_papers("check", database, "--fresh-days", 3, "--today", "2026-11-29")
    day = only_match(r"the newest day is (\S+),", result.stderr)
    assert f"their newest day is {day}:" in page("docs/formats.md")


# What the tables of measurements say of themselves.


def test_sentences_about_the_cost_of_builds_follow_from_their_table() -> None:
    row = r"^nothing cached +([\d,]+) +([\d,.]+) .* ([\d,]+) +([\d,]+)$"
    rows = re.findall(row, read("docs/build.md"), re.MULTILINE)
    table = [tuple(float(figure.replace(",", "")) for figure in figures) for figures in rows]
    seconds = {papers: spent for papers, spent, _, _ in table}
    ratio = seconds[1e6] / seconds[1e5]
    assert f"a million papers take {ratio:.1f} times as long" in page("docs/build.md")
    per_paper = statistics.median(size for *_, size in table)
    assert f"some {per_paper / 1000:.0f} KB a paper ([build.md]" in page("docs/deploy.md")


@pytest.mark.parametrize("name", ["build", "search", "serving", "site"])
def test_every_table_of_measurements_names_its_command(name: str) -> None:
    """The command is a target of the Makefile, or a script, and stands before the table."""
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    blocks = re.split(r"```text\n(.*?)```", read(f"docs/{name}.md"), flags=re.DOTALL)
    assert len(blocks) > 1
    for before in blocks[:-1:2]:
        named = re.findall(r"`make\s+([a-z-]+)|python (\w+/\w+\.py)", before.split("\n## ")[-1])
        assert named, before[-200:]
        assert all(target in targets or (ROOT / script).is_file() for target, script in named)


# What forms and links of the templates ask for.


def test_templates_ask_for_as_much_as_is_read() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in ROOT.glob("templates/*.html"))
    assert {int(most) for most in re.findall(r'maxlength="(\d+)"', text)} == {query.MOST_LETTERS}
    assert set(re.findall(r'"size", (\d+) if', text)) == {str(search_view.MOST_EXPORTED)}
    assert set(re.findall(r"else (\d+) if", text)) == {str(search_view.MOST_PAGE)}
