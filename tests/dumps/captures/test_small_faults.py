"""A fault of a text capture costs the paper or the detail that has it, and is a problem."""

from functools import partial

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.records import Dump
from tests.dumps.reading import assert_no_line_is_lost, read_with
from tests.saved_pages import ABSTRACT, TOP, page, record

read = partial(read_with, text_page, "page.txt")
UNDATED = "Title\n\nText.\n\n  • 8 authors"


def problems(dump: Dump) -> list[tuple[int | None, int | None, str | None, str]]:
    return [(item.line, item.record, item.field, item.found) for item in dump.problems]


DETAILS = {
    "a date of no such day": (
        record(when="Feb 30, 2024"),
        (19, 1, "published_on", "“Feb 30, 2024”"),
    ),
    "a date cut short": (record(when="Jun 16, 20"), (19, 1, "published_on", "“Jun 16, 20”")),
    "a rounded number of comments": (
        record(when="Jun 16, 2024 2.5k"),
        (19, 1, "comment_count", "“Jun 16, 2024 2.5k”"),
    ),
    "too many authors": (
        record(who="9" * 30 + " authors"),
        (17, 1, "author_count", f"“{'9' * 30} authors”"),
    ),
    "a long organization": (record(who="x" * 121), (17, 1, "organization", f"“{'x' * 121}”")),
    "a name without a handle": (
        record(who="Example University"),
        (17, 1, "organization", "“Example University”"),
    ),
    "an unknown line above the authors": (
        record(who="Spotlight\n\n  • 8 authors"),
        (17, 1, "details", "“Spotlight”"),
    ),
    "no date": (UNDATED, (19, 1, "published_on", "“Two”")),
    "no details": (record(who=None), (17, 1, "details", "“Two”")),
}


@pytest.mark.parametrize(("broken", "problem"), DETAILS.values(), ids=DETAILS)
def test_a_detail_that_is_not_understood_is_left_out_alone(broken: str, problem: object) -> None:
    content = page(broken, record("Two"))
    dump = read(content)
    assert [listing.title for listing in dump.listings] == [broken.split("\n")[0], "Two"]
    assert dump.listings[0].abstract == broken.split("\n")[2]
    assert dump.listings[1].published_on == "2024-06-16"
    assert problems(dump) == [problem]
    assert_no_line_is_lost(dump, content)


RECORDS = {
    "a long title": ("x" * 301 + "\n\n" + ABSTRACT + "\n\n  • 8 authors\n·\nJun 6, 2024", 21),
    "a long abstract": (
        "Bad\n\n" + "word " * 3_900 + "\n" + "word " * 200 + "end.\n\n·\nJun 6",
        23,
    ),
    "an abstract without a title": (ABSTRACT + "\n\n  • 8 authors\n·\nJun 6, 2024", 21),
}


@pytest.mark.parametrize(("broken", "line"), RECORDS.values(), ids=RECORDS)
def test_a_paper_that_is_not_understood_is_left_out_alone(broken: str, line: int) -> None:
    content = page(record("One"), broken, record("Three"), record("Four"))
    dump = read(content)
    assert [(item.rank, item.title) for item in dump.listings] == [
        (1, "One"),
        (3, "Three"),
        (4, "Four"),
    ]
    assert problems(dump)[0][:3] == (line, 2, None)
    assert {item.part for item in dump.furniture[6:]} == {"left out"}
    assert_no_line_is_lost(dump, content)


def test_a_paper_that_is_marked_begins_anew_behind_one_that_is_not_understood() -> None:
    bad, good = "### " + "x" * 301 + "\n\nText.", "### [Two](/papers/2407.00002)\n\nText."
    dump = read(f"# Daily Papers\n\n### [One](/papers/2407.00001)\n\nText.\n\n{bad}\n\n{good}\n")
    assert [(item.rank, item.title) for item in dump.listings] == [(1, "One"), (3, "Two")]


def test_a_title_that_is_empty_costs_its_paper() -> None:
    papers = (
        f"### [{title}](/papers/2407.0000{n})\n\nText." for n, title in enumerate(("A", "", "C"))
    )
    dump = read("# Daily Papers\n\n" + "\n\n".join(papers) + "\n")
    assert [(item.rank, item.title) for item in dump.listings] == [(1, "A"), (3, "C")]


def test_upvotes_that_are_rounded_are_left_out_and_are_not_of_another_paper() -> None:
    papers = (
        f"[{votes}](/login?next=%2Fpapers%2F2407.0000{n})\n\n"
        f"### [T{n}](/papers/2407.0000{n})\n\nText."
        for n, votes in enumerate(("1.2k", "4", "12"))
    )
    dump = read("# Daily Papers\n\n" + "\n\n".join(papers) + "\n")
    assert [item.upvote_count for item in dump.listings] == [None, 4, 12]
    assert problems(dump) == [(3, 1, "upvote_count", "“1.2k”")]


def test_titles_and_abstracts_alone_go_on_at_the_next_title() -> None:
    content = page(
        record("One", who=None), "12", record("Two", who=None), record("Three", who=None)
    )
    assert [item.title for item in read(content).listings] == ["One", "Two", "Three"]


def test_an_abstract_that_one_paper_lacks_is_a_problem() -> None:
    bare = "### [Two](/papers/2407.00002)"
    content = f"# Daily Papers\n\n### [One](/papers/2407.00001)\n\nText.\n\n{bare}\n\n- 3 authors\n"
    dump = read(content)
    assert [item.abstract for item in dump.listings] == ["Text.", ""]
    assert problems(dump) == [(7, 2, "abstract", "nothing below the title")]


def test_many_papers_that_are_not_understood_refuse_the_file() -> None:
    bad = "x" * 301 + "\n\n" + ABSTRACT + "\n\n  • 8 authors\n·\nJun 6, 2024"
    with pytest.raises(
        Exception, match="of 5 records, 2 are not understood; the first is record 1"
    ):
        read(page(bad, record("Two"), bad, record("Three"), record("Four")))


def test_unknown_lines_above_the_page_are_of_the_capture() -> None:
    dump = read(page(record(), top="key cache\n\nmore\n\n" + TOP))
    assert {item.part for item in dump.furniture[:2]} <= {"capture", "query"}
    assert len(dump.listings) == 1


def test_a_wrapped_title_and_one_without_a_blank_line_are_whole() -> None:
    dump = read(page(f"A Title that\nGoes On\n\n{ABSTRACT}", f"Two\n{ABSTRACT}"))
    assert [item.title for item in dump.listings] == ["A Title that Goes On", "Two"]
    assert {item.abstract for item in dump.listings} == {ABSTRACT}
