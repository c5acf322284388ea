"""Rows of queries and pages have one order, and each row is on one page.

Two copies of the seeds' database have ties wherever there may be some, and the rows of one of them
were written in the opposite order: what is sorted by columns with ties alone differs between both.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl

import msgspec
import pytest
from datasette.utils import MultiParams

from daily_papers.database import schema
from daily_papers.search import engine
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import board_request, results_board, search_view, subject_views
from daily_papers.site.views.paper_view import paper
from tests.conftest import QUERIES, Get, query

TIES = (
    "update topics set name = 'Same', parent = case when id < 'm' then 'serving' end",
    "update metrics set name = 'Same'",
    "update entities set name = 'Same', family = 'Family'",
    "update organizations set name = 'Same'",
    "update papers set title = 'Same', comment_count = 1, published_on = null where year = 2024",
    "update claims set value = 2, baseline = 'Same', hardware = 'Same', confidence = 90",
    "update claims set factor = 2 where factor is not null",
    "update mentions set role = 'compared', text = 'Same', start = 0",
    "update dumps set shown_on = null",
    "update search_names set name = 'Same', paper_count = 1",
)
PARAMS = {
    "baseline": "same",
    "dataset": "same",
    "measure": "",
    "hardware": "same",
    "method": "same",
    "dump": "000_a11c83cf296bdff8",
    "paper": "same",
}
SQL_QUERIES = sorted(QUERIES.keys() - {"search"})  # search has an order of its own
PAPERS = {"papers"} | {table.name for table in schema.TABLES if table.name.startswith("search_")}


def tied_copy(database: Path, folder: Path, is_reversed: bool, kept: set[str]) -> Path:
    """Return a copy with ties; if reversed, rows of all tables but some are in the other order."""
    path = Path(shutil.copy(database, folder / f"{is_reversed}.db"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma ignore_check_constraints = on")
        for statement in TIES:
            connection.execute(statement)
        for table in schema.TABLES if is_reversed else ():
            if table.name not in kept:
                connection.execute(f"create temp table rows as select * from {table.name}")
                connection.execute(f"delete from {table.name}")
                connection.execute(
                    f"insert into {table.name} select * from rows order by rowid desc"
                )
                connection.execute("drop table rows")
        connection.commit()
    return path


@pytest.fixture(scope="module")
def copies(database: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("copies")
    return [tied_copy(database, folder, is_reversed, set()) for is_reversed in (False, True)]


@pytest.fixture(scope="module")
def searchable(database: Path, tmp_path_factory: pytest.TempPathFactory) -> list[SearchDatabase]:
    """The same, but for the order of papers, which is that of the search index."""
    folder = tmp_path_factory.mktemp("searchable")
    return [SearchDatabase(tied_copy(database, folder, order, PAPERS)) for order in (False, True)]


def params(url: str) -> MultiParams:
    return MultiParams(parse_qsl(url.removeprefix("?")))


@pytest.mark.parametrize("name", SQL_QUERIES)
def test_a_query_has_one_order(copies: list[Path], name: str) -> None:
    first, other = (query(copy, QUERIES[name]["sql"], PARAMS) for copy in copies)
    assert len(first) > 1
    assert other == first


@pytest.mark.parametrize("name", SQL_QUERIES)
def test_no_two_rows_of_a_query_are_equal_in_all_that_it_is_ordered_by(
    copies: list[Path], name: str
) -> None:
    """So that other databases, too, have no choice. Columns that the query names are left out."""
    head, _, tail = QUERIES[name]["sql"].rpartition("\norder by")
    order = re.sub(r" (desc|nulls (first|last))\b", "", tail.partition("\nlimit ")[0])
    names = re.findall(r" as (\w+)", head)
    terms = [term for term in map(str.strip, order.split(",")) if term not in names]
    select, _, rest = head.rpartition("\nfrom ")
    counted = f"{select}, count(*) over (partition by {', '.join(terms)}) as equal\nfrom {rest}"
    assert query(copies[0], f"select max(equal) from ({counted})", PARAMS) == [(1,)]


Make = Callable[[SearchDatabase, str], object]


@pytest.mark.parametrize(
    ("make", "table"),
    [
        (subject_views.topic, "topics"),
        (subject_views.entity, "entities"),
        (subject_views.organization, "organizations"),
        (paper, "papers"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_page_has_one_order(searchable: list[SearchDatabase], make: Make, table: str) -> None:
    ids = [row["id"] for row in searchable[0].rows(f"select id from {table} order by id")]
    for key in ids[:: max(1, len(ids) // 25)]:
        first, other = (msgspec.to_builtins(make(database, key)) for database in searchable)
        assert other == first


@pytest.mark.parametrize("sort", board_request.ORDERS)
def test_a_board_has_one_order(searchable: list[SearchDatabase], sort: str) -> None:
    first, other = (
        results_board.board(
            database, board_request.parse_request(database, params(f"?sort={sort}"))
        )
        for database in searchable
    )
    assert other == first


def test_suggested_names_have_one_order(searchable: list[SearchDatabase]) -> None:
    first, other = (database.names_with_prefix("a", 20) for database in searchable)
    assert len(first) == 20
    assert other == first


@pytest.mark.parametrize("size", ["1", "5", "100"])
@pytest.mark.parametrize("order", engine.ORDERS)
def test_each_paper_is_on_one_page_of_a_search(
    searchable: list[SearchDatabase], order: str, size: str
) -> None:
    url, ids = f"?sort={order}&size={size}", list[str]()
    while url:
        request = search_view.parse_request(params(url))
        answer = search_view.search(searchable[0], request, str)
        ids += [result.id for result in answer.results]
        url = answer.next_url or ""
    assert len(ids) == len(set(ids)) == answer.count == 325


@pytest.mark.parametrize("size", ["1", "5", "100"])
@pytest.mark.parametrize("order", board_request.ORDERS)
def test_each_claim_is_on_one_page_of_a_board(
    searchable: list[SearchDatabase], order: str, size: str
) -> None:
    url, ids = f"?sort={order}&size={size}", list[str]()
    while url:
        request = board_request.parse_request(searchable[0], params(url))
        answer = results_board.board(searchable[0], request)
        ids += [claim.claim_id for claim in answer.claims]
        url = answer.next_url or ""
    assert len(ids) == len(set(ids)) == answer.count > 50


TITLES = {  # patterns of what each paper has its own of
    "atom": r"<id>tag:[^<]*:paper/([a-z0-9-]+)</id>",
    "bib": r"^@misc\{([^,]+),",
    "ris": r"^TI  - (.*)",
    "csv": r"/papers/papers/([a-z0-9-]+)",
}


@pytest.mark.parametrize("ending", TITLES)
def test_each_paper_is_on_one_page_of_a_feed_or_file(get: Get, ending: str) -> None:
    pages = [get(f"/search.{ending}?size=100&page={page}").text for page in range(1, 5)]
    titles = [re.findall(TITLES[ending], page, re.MULTILINE) for page in pages]
    assert [len(page) for page in titles] == [100, 100, 100, 25]
    assert len(set(chain.from_iterable(titles))) == 325
