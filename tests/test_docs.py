"""The figures that the documentation states are those of the code and of the data.

A sentence is written here with the code's own number in it, and has to stand in the page. What a
benchmark measured is not asserted: the page says which command printed it.
"""

import ast
import math
import re
import sqlite3
import statistics
import tomllib
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from daily_papers import fetch
from daily_papers.cli import main
from daily_papers.database import writer
from daily_papers.database.checks import typical
from daily_papers.database.schema import TABLES
from daily_papers.dumps import html, recall, saved_file
from daily_papers.dumps.captures import text_page
from daily_papers.export import table_files
from daily_papers.facts.claims import plausibility, rejections
from daily_papers.fetch.client import Service
from daily_papers.papers import identity
from daily_papers.pipeline import cache as kept
from daily_papers.pipeline import run, tables
from daily_papers.search import documents, index, query, ranking, similar, spellcheck
from daily_papers.site.http import admission, caching, sql_limits
from daily_papers.site.http.datasette_settings import SETTINGS
from daily_papers.site.views import compare_view, request_params, search_view
from tests.conftest import ROOT, daily_papers
from tests.nginx import TEMPLATE, settings

WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight"}
WORDS |= {9: "nine", 10: "ten", 20: "twenty", 30: "thirty"}
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def page(name: str) -> str:
    """A page as one line."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


@cache
def constants(path: str) -> dict[str, Any]:
    """The plain constants of a script that tests cannot import, by name."""
    found = {}
    for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple):
            found[ast.unparse(node.targets[0])] = ast.literal_eval(node.value)
    return found


def power_of_ten(value: float) -> str:
    """10⁶"""
    exponent = round(math.log10(value))
    assert value == float(f"1e{exponent}")
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"


def maximum_age(control: str, name: str = "max-age") -> int:
    return int(re.search(rf"(?<![\w-]){name}=(\d+)", control)[1])  # type: ignore[index]


def nginx_value(pattern: str) -> str:
    """What a line of the configuration of nginx says."""
    (found,) = re.findall(pattern, TEMPLATE.read_text(encoding="utf-8"))
    return str(found)


def compose(service: str) -> dict[str, Any]:
    services = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))["services"]
    return dict(services[service])


MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
MOST = plausibility._MOST
LOAD, FAULTS, CLIENT = (
    constants(f"bench/{name}.py") for name in ("load_test", "fault_injection", "load_client")
)
PUBLISH = constants("deploy/publish.py")
NGINX = settings()
LOG = compose("app")["logging"]["options"]

FIGURES = {
    "docs/build.md": [
        f"again in processes, {run._TEXTS} papers at a time.",
        f"make the rows of {tables._PAPERS} papers at a time",
        f"Search keeps papers in blocks of {index.BLOCK:,}",
        f"of one block of {index.BLOCK:,}, which do not grow further",
        f"the papers' terms: {similar.MOST_TERMS} of a paper,"
        f" {WORDS[4 + similar._WORTH().itemsize]} bytes each, twice.",
        f"A task is a dump or {run._TEXTS} texts",
        f"and the last {WORDS[kept._MOST_VERSIONS]} others are kept.",
        f"filled in pieces of {writer._FULL_TEXT['hashsize'][0] >> 20} MB",
        f"begins a piece after {writer._FULL_TEXT['hashsize'][1] >> 20} MB",
        f"a dump is a day of {constants('bench/generated_dumps.py')['A_DAY']}.",
    ],
    "docs/checks.md": [
        f"of what a file lists, {recall.FLOOR} % are listings.",
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
    ],
    "docs/deploy.md": [
        f"with {WORDS[int(re.findall('^WORKERS [?]= (.+)$', MAKEFILE, re.MULTILINE)[0])]} processes"
        " (`WORKERS`)",
        f"on <http://localhost:{NGINX['DAILY_LISTEN']}>:",
        f"429 for more than {NGINX['DAILY_RATE'].removesuffix('r/s')} requests a second of a"
        f" client, or {NGINX['DAILY_SQL_RATE'].removesuffix('r/s')} with SQL of its own"
        f" (bursts of {nginx_value('zone=each burst=([0-9]+)')} and"
        f" {nginx_value('zone=sql burst=([0-9]+)')}), or {NGINX['DAILY_CONNECTIONS']} at a time;",
        f"send nothing for {WORDS[int(NGINX['DAILY_PATIENCE'].removesuffix('s'))]} seconds;",
        f"Docker keeps {int(LOG['max-size'].removesuffix('m')) * int(LOG['max-file'])} MB of log",
        f"| {maximum_age(caching.PAGES) // 60} minutes; for an hour more the old page is shown",
        f"for {WORDS[maximum_age(caching.PAGES) // 60]} minutes more.",
        f"nginx has up to {NGINX['DAILY_CACHE_SIZE'].removesuffix('m')} MB of pages in memory",
        f"those of the last {WORDS[PUBLISH['DAYS']]} days that are missing",
        f"--fresh-days {PUBLISH['FRESH']}`",
    ],
    "docs/facts.md": [
        f"over {plausibility._MOST['%']:,.0f} %, {power_of_ten(plausibility._MOST['x'])} times,"
        f" {plausibility._MOST['orders']:.0f} orders of magnitude |",
        f"The last {WORDS[len(plausibility.LIMITS)]} look at what a claim would say",
    ],
    "docs/search.md": [
        f"{WORDS[int(documents.FIELD_WEIGHTS['title'])]} times as much in the title.",
        f"a byte each, in blocks of {index.BLOCK:,} papers",
        f"(one, from {WORDS[spellcheck._LONG]} letters on two)",
        f"of the same meaning for {ranking.FACTORS['same']}, of a near one for"
        f" {ranking.FACTORS['near']}.",
        f"The {WORDS[ranking.LIFTING]} best papers lift",
        f"compares the {similar.MOST_TERMS} terms and topics",
        f"more than a quarter of the papers (or {similar.MOST_PAPERS})",
        f"the first of {WORDS[constants('bench/search_cost.py')['ROUNDS']]} rounds",
        f"`most` at most {constants('plugins/search_functions.py')['MOST_ROWS']:,}.",
        f"`size` (to {search_view.MOST_PAGE})",
    ],
    "docs/serving.md": [
        f"or at {sql_limits.MOST_BYTES // 1_000_000} MB of answer.",
        f"{WORDS[admission.AT_ONCE].capitalize()} such query runs at a time in a process,"
        f" {admission.WAITING} wait, each for {WORDS[int(admission.PATIENCE)]} seconds at most",
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
    """What is left over has another figure in the page, or other words around it."""
    assert [one for one in FIGURES[name] if one not in page(name)] == []


# Words for numbers of the code: with other numbers, other words.


def test_what_is_a_word_and_not_a_figure_is_so_too() -> None:
    """A second, a week, a quarter, two thirds, a tenth, half: each stands in a page."""
    assert SETTINGS["sql_time_limit_ms"] == 1000
    assert "SQL of visitors is stopped after a second," in page("docs/serving.md")
    assert maximum_age(caching.PAGES, "stale-while-revalidate") == 3600
    assert maximum_age(caching.FOREVER) == 365 * 86_400
    assert "| a year: another file has another address |" in page("docs/deploy.md")
    assert maximum_age(caching.Versions("", "", {}).control("/", "", 404)) == 60
    assert "| what is missing (404) | a minute |" in page("docs/deploy.md")
    assert nginx_value("inactive=([0-9]+)d") == "7"
    assert "a week after it was last asked for" in page("docs/deploy.md")
    assert PUBLISH["FRESH"] == 7
    assert "or nothing for a week, the run ends there" in page("docs/deploy.md")
    assert compose("app")["mem_limit"] == "1g"
    assert "One processor and 1 GB of memory" in page("docs/deploy.md")
    assert LOAD["SLOWEST"] == 500
    assert "until p95 passes half a second" in page("docs/serving.md")
    assert similar.LARGEST_SHARE == 0.25
    assert typical.SOME_TOPICS == 2 / 3
    assert ranking.TOGETHER == 0.5
    assert "Half of the score depends on how much of the question" in page("docs/search.md")
    assert ranking.LEAST == 0.1
    assert "less than a tenth of the best score" in page("docs/search.md")


def test_columns_that_papers_fill_are_asked_for_from_as_many_papers_as_the_page_says() -> None:
    from_papers = {
        f"{table.name}.{column.name}": column.filled_from
        for table in TABLES
        for column in table.columns
        if column.filled_from is not None
    }
    assert set(from_papers.values()) == {0, 100, 200}
    some, at_once = (
        {name for name, least in from_papers.items() if least == asked} for asked in (100, 0)
    )
    assert some == {"links.owner", "links.repository"}
    assert at_once == {"topics.parent", "metrics.better"}
    assert (
        "200 papers with rows in the table, 100 for links with an owner and a repository; at once"
        " for `topics.parent`, `metrics.better` |"
    ) in page("docs/checks.md")


# What search reads, in bytes.


def test_what_search_reads_has_the_widths_that_are_told(database: Path) -> None:
    said = page("metadata.yml")
    assert index.BLOCK == 1 << 16, "so that a place takes two bytes"
    assert "or places (two bytes each) and then weights" in said
    assert documents.MOST_WEIGHT < 1 << 8, "so that a weight takes one"
    with closing(sqlite3.connect(database)) as db:
        papers = db.execute("select count(*) from papers").fetchone()[0]
        widths = db.execute(
            "select length(codes) from search_columns where name in ('newest', 'discussed')"
        )
        assert {width / papers for (width,) in widths} == {4}
        for count, size in db.execute("select paper_count, length(weights) from search_terms"):
            assert size == min(3 * count, papers)
    assert "for an order its number for each paper, four bytes each" in said


# What the seeds have.


@pytest.fixture(scope="module")
def seeds(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection:
        yield connection


def count(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])


def test_the_seeds_have_as_many_papers_and_listings_as_is_said(seeds: sqlite3.Connection) -> None:
    papers = count(seeds, "select count(*) from papers")
    assert f"the seeds ({papers} papers," in page("docs/checks.md")
    listings = count(seeds, "select sum(item_count) from dumps")
    assert listings == count(seeds, "select count(*) from listings")
    assert f"it is exact: {listings} and" in page("docs/checks.md")
    for name in ("search", "site", "serving"):
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        measured = {
            int(one.replace(",", "")) for one in re.findall(r"^([\d,]+) papers", text, re.M)
        }
        assert papers in measured, f"docs/{name}.md measured other seeds: run its benchmark again"


def test_a_page_of_the_file_is_as_large_as_is_said(seeds: sqlite3.Connection) -> None:
    assert f"it is left at {count(seeds, 'pragma page_size') // 1024} KB" in page("docs/build.md")


def test_our_queries_take_less_than_the_time_limit() -> None:
    """As measured over 100,000 papers: datasette_settings.py says so."""
    text = (ROOT / "docs" / "site.md").read_text(encoding="utf-8").split("\n100,000 papers\n")[1]
    (slowest,) = re.findall(r"^query .* ([\d.]+)$", text, re.MULTILINE)
    assert float(slowest) < SETTINGS["sql_time_limit_ms"]


def test_no_claim_of_the_seeds_breaks_a_limit_of_sense(seeds: sqlite3.Connection) -> None:
    assert "none of the seeds breaks them" in page("docs/facts.md")
    reasons = ", ".join(f"'{limit.reason}'" for limit in plausibility.LIMITS)
    asked = f"select count(*) from rejected_candidates where reason in ({reasons})"
    assert count(seeds, asked) == 0


def test_every_reason_against_a_number_is_explained() -> None:
    text = (ROOT / "docs" / "facts.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `(\w+)` \| .", text, re.MULTILINE)
    limits = [limit.reason for limit in plausibility.LIMITS]
    assert explained == [*(one.__name__ for one in rejections.FILTERS), "no_measure", *limits]


# README.md, and the pages about formats, provenance and security.


def test_the_readme_and_its_command_ask_for_the_same_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f"With Python {oldest} or newer" in page("README.md")
    assert f"Python {oldest} or newer is needed" in page("Makefile").replace('" \\ "', " ")


def test_the_limits_of_dumps_are_those_of_their_readers() -> None:
    sizes = [reader.LARGEST >> 20 for reader in (saved_file, html, text_page)]
    said = page("docs/formats.md")
    assert "({} MB, HTML {}, text {})".format(*sizes) in said
    assert f"of which less than {recall.FLOOR} % of the papers is understood" in said


def test_fetch_asks_as_often_as_is_said() -> None:
    said = page("docs/formats.md")
    (most,) = (one for one in main.commands["fetch"].params if one.name == "most")
    assert f"asks for at most {most.default} days a run (`--max`)" in said
    assert Service.pause == 1
    assert "Between requests it waits a second" in said
    assert f"a day of exactly {min(fetch._CUTS)} papers may be cut" in said


def test_the_newest_day_of_the_seeds_is_said(database: Path) -> None:
    asked = ("check", database, "--fresh-days", 3, "--today", "2026-11-29")
    (day,) = re.findall(r"the newest day is (\S+),", daily_papers(*asked).stderr)
    assert f"their newest day is {day}:" in page("docs/formats.md")


def test_listings_are_merged_by_as_much_as_is_said() -> None:
    assert identity.SHARED_RUNS == 1 / 4
    assert "share at least a quarter of their three-word runs" in page("docs/provenance.md")


def test_visitors_may_send_and_ask_as_much_as_the_security_page_says() -> None:
    said = page("SECURITY.md")
    assert admission.MOST_SENT == 1 << 20
    assert "at most a megabyte" in said
    assert SETTINGS["sql_time_limit_ms"] == 1000
    assert "each query is stopped after a second" in said


# What the tables of measurements say of themselves.


def test_sentences_about_the_cost_of_builds_follow_from_their_table() -> None:
    text = (ROOT / "docs" / "build.md").read_text(encoding="utf-8")
    rows = re.findall(r"^nothing cached +([\d,]+) +([\d,.]+) .* ([\d,]+) +([\d,]+)$", text, re.M)
    table = [tuple(float(one.replace(",", "")) for one in row) for row in rows]
    seconds = {papers: spent for papers, spent, _, _ in table}
    said = page("docs/build.md")
    assert f"a million papers take {seconds[1e6] / seconds[1e5]:.1f} times as long" in said
    per_paper = statistics.median(size for *_, size in table)
    assert f"some {per_paper / 1000:.0f} KB a paper ([build.md]" in page("docs/deploy.md")


@pytest.mark.parametrize("name", ["build", "search", "serving", "site"])
def test_every_table_of_measurements_names_its_command(name: str) -> None:
    """The command is a target of the Makefile, or a script, and stands before the table."""
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    blocks = re.split(r"```text\n(.*?)```", text, flags=re.DOTALL)
    assert len(blocks) > 1
    for before in blocks[:-1:2]:
        named = re.findall(r"`make\s+([a-z-]+)|python (\w+/\w+\.py)", before.split("\n## ")[-1])
        assert named, before[-200:]
        assert all(target in targets or (ROOT / script).is_file() for target, script in named)


def test_datasette_is_of_the_version_that_the_page_speaks_of() -> None:
    (version,) = re.findall(
        r"^datasette==(\d+\.\d+)", (ROOT / "constraints.txt").read_text(), re.MULTILINE
    )
    assert f"Those of Datasette {version} have" in page("docs/deploy.md")


def test_croissant_is_of_the_version_that_is_written() -> None:
    source = (ROOT / "build" / "daily_papers" / "export" / "croissant.py").read_text()
    (version,) = re.findall(r'"http://mlcommons\.org/croissant/([\d.]+)"', source)
    assert f"[Croissant {version}]" in page("docs/data.md")


def test_ci_asks_as_many_fuzzed_requests_as_is_said() -> None:
    (asked,) = re.findall(
        r'"--requests", type=int, default=(\d+)', (ROOT / "tests" / "conftest.py").read_text()
    )
    assert f"CI asks {asked}." in page("docs/serving.md")
    assert "--requests" not in MAKEFILE + (ROOT / ".ci" / "run").read_text()


# What forms and links of the templates ask for.


def test_templates_ask_for_as_much_as_is_read() -> None:
    text = "".join(one.read_text(encoding="utf-8") for one in (ROOT / "templates").glob("*.html"))
    assert {int(one) for one in re.findall(r'maxlength="(\d+)"', text)} == {query.MOST_LETTERS}
    assert set(re.findall(r'"size", (\d+) if', text)) == {str(search_view.MOST_EXPORTED)}
