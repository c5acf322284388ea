"""The page about the data: it shows build, problems and quality as they are, and cites itself."""

import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import bibtexparser
import pytest

from daily_papers.search.engine import opened
from daily_papers.site.views.about_view import AboutAnswer, about, quality
from tests.conftest import METADATA, Get, client, execute, open_datasette, parse_html, query


@pytest.fixture
def with_problems(database: Path, tmp_path: Path) -> Path:
    """A database with three problems of two kinds; one has no field."""
    copy = Path(shutil.copy(database, tmp_path / "papers.db"))
    columns = "dump_id, number, line, record, field, found, expected, action"
    for number, (field, expected) in enumerate(
        [("upvotes", "a number"), ("upvotes", "a number"), (None, "a record & <more>")], 1
    ):
        value = "null" if field is None else f"'{field}'"
        execute(
            copy,
            f"insert into problems ({columns}) select min(id), {number}, 1, 1, {value}, 'x',"
            f" '{expected}', 'left out' from dumps",
        )
    return copy


def answer(database: Path, title: str = "Daily Papers") -> AboutAnswer:
    return about(opened(database), {**METADATA, "title": title})


def test_build_and_dates_are_those_of_the_database(database: Path) -> None:
    shown = answer(database)
    assert shown.build == dict(query(database, "select name, value from build_info"))
    dates = query(
        database,
        "select min(published_on), max(published_on), sum(published_on is null) from papers",
    )
    assert (shown.first_published_on, shown.last_published_on, shown.undated_count) == dates[0]
    assert (shown.license, shown.source_url) == (METADATA["license"], METADATA["source_url"])


def test_problems_are_counted_by_kind_and_lead_to_their_rows(with_problems: Path) -> None:
    shown = answer(with_problems)
    assert shown.problem_count == 3
    assert [(kind.field, kind.count) for kind in shown.problems] == [("upvotes", 2), (None, 1)]
    get = client(open_datasette(with_problems))
    for kind in shown.problems:
        filters = {name: value for name, (value,) in parse_qs(urlsplit(kind.url).query).items()}
        rows = get("/papers/problems.json", **filters).json()
        assert rows["filtered_table_rows_count"] == kind.count
    page = get("/about")
    links = [link["href"] for link in parse_html(page.text).select("#problems ~ .wide a")]
    assert links == [kind.url for kind in shown.problems]
    assert "a record &amp; &lt;more&gt;" in page.text


def test_a_database_without_problems_says_so(get: Get) -> None:
    assert "no problems" in get("/about").text


def test_the_citation_is_bibtex_with_the_title_of_the_site(database: Path) -> None:
    library = bibtexparser.parse_string(answer(database, "Kernels & caches_").bibtex)
    (entry,) = library.entries
    fields = {field.key: field.value for field in entry.fields}
    assert not library.failed_blocks
    assert fields["title"] == r"{Kernels \& caches\_}"
    assert METADATA["source_url"] in fields["howpublished"]
    (sha256,) = query(database, "select value from build_info where name = 'dumps_sha256'")
    assert sha256[0] in fields["note"]


def test_the_page_shows_the_measured_quality(get: Get) -> None:
    page = parse_html(get("/about").text)
    rows = {
        row.select_one("th").get_text(): [cell.get_text() for cell in row.select("td")]
        for row in page.select("[aria-label='Quality of facts'] tbody tr")
    }
    assert list(rows) == [fact.kind for fact in quality().facts]
    for fact in quality().facts:
        shown = [f"{fact.precision * 100:.0f}%", f"{fact.recall * 100:.0f}%", f"{fact.labels:,}"]
        assert rows[fact.kind] == shown


def test_every_page_leads_to_it(get: Get) -> None:
    for path in ("/", "/papers/papers", "/papers/none"):
        links = [link["href"] for link in parse_html(get(path).text).select("footer a")]
        assert {"/about", "/about#cite", "/papers.db"} <= set(links)
