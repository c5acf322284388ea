"""Files of many equal elements: they are read, or refused, in time that grows as the files do."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from datasette.utils import InvalidSql, validate_sql_select

from daily_papers import dumps
from daily_papers.dumps.captures.markdown import make_renderer
from daily_papers.dumps.pages import cards
from daily_papers.dumps.recall import count_in_html
from daily_papers.dumps.saved_file import fold
from daily_papers.papers import identity
from daily_papers.papers.author_names import without_marks
from daily_papers.records import Dump, DumpError
from daily_papers.site import compat
from daily_papers.site.views.query_error import named_parameters
from daily_papers.site.views.query_view import is_at_limit
from daily_papers.site.views.text_tables import defused
from daily_papers.text import address_in
from tests.growth import assert_linear

PAGE = "<html><title>Daily Papers - Hugging Face</title>"
ONE_PAPER = "<html><title>Paper page - One</title><h1>One</h1>"
LINK = '<a href="/papers/2407.00001">One</a>'
MARKDOWN = "# Daily Papers\n\n### [One](/papers/2407.00001)\n\n"
RECORD = '[{"title": "One", "summary": "It is."}]'
compat.match_in_linear_time()
PROPS = '<div data-target="{}" data-props="{{&quot;a&quot;: 1}}"></div>'


def refused_sql(sql: str) -> None:
    with pytest.raises(InvalidSql):
        validate_sql_select(sql)


FILES: dict[str, tuple[int, Callable[[int], str]]] = {
    "tags with data": (
        300,
        lambda count: ONE_PAPER + (PROPS.format("PaperPage") + PROPS.format("Other")) * count,
    ),
    "tags without their data": (
        200,
        lambda count: PAGE + "<div data-props></div>" * count + "data-" * 400 * count,
    ),
    "points of a list": (1_500, lambda count: "•\n" * count + "Daily Papers\n\nOne\n\nIt is.\n"),
}
TEXTS: dict[str, tuple[Callable[[str], object], int, Callable[[int], str]]] = {
    "papers of one title": (
        lambda abstracts: identity._Likeness(dict(enumerate(abstracts.split(".")))).groups(
            range(abstracts.count("."))
        ),
        500,
        lambda length: "".join(f"the {n} of {n} and {n}." for n in range(length)),
    ),
    "brackets": (
        make_renderer([MARKDOWN, "# x"]),
        3_000,
        lambda length: "[" * (length // 2) + "](/a)" * (length // 10),
    ),
    "backslashes": (make_renderer(["# x"]), 5_000, lambda length: "\\" * length + "x"),
    "quotes in an attribute": (
        lambda html: count_in_html(html, False),
        10_000,
        lambda length: '<div x="' + "<a '" * (length // 4) + '">',
    ),
    "brackets behind an address": (address_in, 5_000, lambda length: "https://a" + ")" * length),
    "signs behind an address": (
        address_in,
        5_000,
        lambda length: "https://a" + "%20" * length + "x",
    ),
    "marks of an author": (without_marks, 5_000, lambda length: "A" + "*" * length + " B"),
    "blanks behind a comment in SQL": (refused_sql, 20_000, lambda length: f"/**/{' ' * length}x"),
    "comments in SQL": (refused_sql, 5_000, lambda length: f"{'/**/' * length}x"),
    "blanks behind the limit of SQL": (
        lambda sql: is_at_limit(sql, 1),
        2_000,
        lambda length: f"select 1 limit 1{' ' * length}--",
    ),
    "digits of a cell": (defused, 2_000, lambda length: f"-{'1' * length}x"),
    "names in SQL": (named_parameters, 5_000, lambda length: "[" * length),
}


def read_or_raise(text: str, folder: Path) -> Dump:
    file = folder / "dump"
    file.write_text(text)
    return dumps.read(file)


def read(text: str, folder: Path) -> None:
    with suppress(DumpError):
        read_or_raise(text, folder)


@pytest.mark.parametrize("name", FILES)
def test_reading_grows_no_faster_than_the_file(name: str, tmp_path: Path) -> None:
    count, make = FILES[name]
    assert_linear(lambda text: read(text, tmp_path), make, count)


@pytest.mark.parametrize("name", TEXTS)
def test_work_on_a_text_grows_no_faster_than_the_text(name: str) -> None:
    work, length, make = TEXTS[name]
    assert_linear(work, make, length)


def test_a_heading_is_read_once_however_many_links_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was read again for each, so that 20,000 links to one paper took minutes."""
    texts: list[str] = []
    monkeypatch.setattr(cards, "fold", lambda text: fold(texts.append(text) or text))
    listings = read_or_raise(f"{PAGE}<h3>{LINK * 500}</h3></html>", tmp_path).listings
    assert [paper.arxiv_id for paper in listings] == ["2407.00001"]
    assert len(texts) < 50


def test_a_file_of_broken_records_is_refused_before_all_are_searched(tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r":1: of 50000 records, 502 are not understood"):
        read_or_raise("[" + '{"title": "x",,}, ' * 600 + RECORD[1:], tmp_path)


def test_records_in_records_are_read_as_deep_as_a_file_has_them(tmp_path: Path) -> None:
    """They ended in a traceback."""
    text = '{"title": "One", "summary": "It is.", "papers": [' * 300 + "]}" * 300
    assert [paper.title for paper in read_or_raise(text, tmp_path).listings] == ["One"]
