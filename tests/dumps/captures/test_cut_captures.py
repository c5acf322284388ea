"""Captures that end too early: each whole paper is read, and the cut one is a problem."""

from functools import partial
from operator import attrgetter
from pathlib import Path
from random import Random

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.dumps.captures.cut_marks import find_cut_mark
from daily_papers.records import Dump, DumpError
from tests.dumps.reading import assert_no_line_is_lost, read_with
from tests.dumps.test_variants import VARIANTS
from tests.saved_pages import ABSTRACT, page, record

ROOT = Path(__file__).parents[3]
read = partial(read_with, text_page, "page.txt")
stated = attrgetter("rank", "title", "abstract", "author_count", "organization_id", "upvote_count")
CAPTURES = {
    **VARIANTS,
    "titles and abstracts": page(*(record(title, who=None) for title in ("One", "Two", "Three"))),
    "a long page": (ROOT / "seeds" / "000_a11c83cf296bdff8.txt").read_text()[:30_000],
    "a long page of abstracts": (ROOT / "seeds" / "001_29d11b4d362d5ee4.txt").read_text()[:30_000],
}
MARKS = (
    "[Content truncated]", "Content truncated", "(truncated)", "<truncated>", "… [truncated]",
    "[...truncated]", "(truncated: 1,234 characters omitted)", "[… 12345 more characters]",
    "... 2,000 more lines", "**[Output truncated]**", "<response clipped>", "[cut off]",
    "<error>Content truncated. Call the tool with a start_index of 5000 for more.</error>",
    "Truncated: 5000 characters left out", "[Truncated]", "The page was truncated.", "…",
    "Note: the text has been cut off at 8000 characters",
)  # fmt: skip
NO_MARKS = (
    "Truncated Diffusion for Everyone", "We show how a text is truncated", "[1]", "Content",
    "More is Better", "The output of 1000 tokens", "Cut", "[CLS]", "",
)  # fmt: skip


def cut(text: str) -> Dump | None:
    try:
        return read(text)
    except DumpError as error:
        assert "\n" not in str(error)
        return None


@pytest.mark.parametrize("name", CAPTURES)
def test_a_capture_cut_anywhere_keeps_each_whole_paper(name: str) -> None:
    content = CAPTURES[name]
    whole = read(content).listings
    chance = Random(name)
    for end in sorted(chance.sample(range(len(content)), 60)):
        text = content[:end]
        last_line = text.count("\n") + 1
        papers = [stated(item) for item in whole if item.last_line < last_line]
        dump = cut(text)
        listed = [stated(item) for item in dump.listings] if dump else []
        assert listed[: len(papers)] == papers, end
        assert len(listed) <= len(papers) + 1, end
        if dump:
            assert_no_line_is_lost(dump, text)


def test_the_cut_paper_is_a_problem_at_any_place_of_its_text() -> None:
    """But for an end that looks like a whole paper: a date cut to a shorter one."""
    content = page(record("One"), record("Two", when="Jun 16, 2024 12")).rstrip("\n")
    for end in range(content.index("Two") + 1, content.index("Jun 16, 2024 12") + 5):
        dump = read(content[:end])
        assert [item.title for item in dump.listings][:1] == ["One"]
        assert dump.problems, content[:end][-20:]
        assert dump.problems[-1].record == 2


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("glue", ["\n\n", "\n", "\n```\n"])
def test_a_mark_of_a_cut_is_no_text_and_a_problem(mark: str, glue: str) -> None:
    assert find_cut_mark(["Text.", mark]) is not None
    content = page(record("One"), f"Two\n\nThis was cut in the mid{glue}{mark}")
    dump = read(content)
    assert [item.title for item in dump.listings] == ["One"]
    assert (dump.problems[-1].record, dump.problems[-1].found) == (None, f"“{mark}”")
    assert_no_line_is_lost(dump, content)


@pytest.mark.parametrize("mark", ["… [2345 more characters]", "...[truncated]", "… (truncated)"])
def test_a_mark_at_the_end_of_a_line_cuts_its_paper(mark: str) -> None:
    dump = read(page(record("One", who=None), f"Two\n\n{ABSTRACT} It was cut in the{mark}"))
    assert [item.title for item in dump.listings] == ["One"]
    assert [(item.record, item.field) for item in dump.problems] == [(2, None), (None, None)]


@pytest.mark.parametrize("line", NO_MARKS)
def test_a_line_about_cutting_is_no_mark(line: str) -> None:
    assert find_cut_mark(["Text.", line]) is None


def test_a_mark_behind_a_whole_paper_costs_no_paper() -> None:
    dump = read(page(record("One"), record("Two")) + "\n[Content truncated]\n")
    assert [item.title for item in dump.listings] == ["One", "Two"]
    assert [(item.line, item.record) for item in dump.problems] == [(29, None)]


PAGE = "https://huggingface.co/papers/2601.00001"
ONE_CARD = f"# Daily Papers\n\nby AK and the research community\n\n### [One]({PAGE})\n\n"


CARD = (
    f"A whole abstract.\n\n[GitHub 1](https://github.com/a/b)\n\n### [Two]({PAGE[:-1]}2)\n\nMore."
)


@pytest.mark.parametrize("end", ["###", "*", "2.", "\N{BULLET}", "•".encode()[:2]])
def test_a_mark_alone_where_a_file_is_cut_shows_nothing(end: str | bytes) -> None:
    tail = end if isinstance(end, bytes) else end.encode()
    content = f"{ONE_CARD}A whole abstract.\n\n- 3 authors\n\n".encode() + tail
    assert [stated(item)[1:3] for item in read(content).listings] == [("One", "A whole abstract.")]


def test_links_above_the_first_title_do_not_hide_where_papers_begin() -> None:
    title = f"### [One]({PAGE})"
    dump = read(ONE_CARD.replace(title, f"[GitHub 1](https://github.com/a/b)\n\n{title}") + CARD)
    assert [item.title for item in dump.listings][:1] == ["One"]
    assert dump.listings[0].abstract == "A whole abstract."


def test_a_heading_that_is_a_link_to_another_site_is_a_title() -> None:
    dump = read(ONE_CARD.replace(PAGE, "https://other.example/one") + CARD)
    assert [item.title for item in dump.listings] == ["One", "Two"]


@pytest.mark.parametrize(
    "cut_abstract",
    [
        f"{ONE_CARD}[A whole abstract, of one sentence.]",
        f"{ONE_CARD}[A whole abstract, of one sentence.]({PAGE})\n\n[- 3 authors]",
        "Daily Papers\n\nbyAK and the research community\n\nOne\n\nA whole abstract.\n\n  •",
    ],
)
def test_half_a_link_or_a_point_alone_is_no_part_of_an_abstract(cut_abstract: str) -> None:
    dump = cut(cut_abstract)
    assert not dump or [item.abstract for item in dump.listings] == ["A whole abstract."]


def test_links_that_are_defined_below_are_cut_without_losing_a_paper_or_an_id() -> None:
    titles, ids = ("One", "Two", "Three"), [f"2505.0000{number}" for number in (1, 2, 3)]
    papers = "".join(
        f"### [{title}][{number}]\n\nA whole abstract.\n\n- 3 authors\n\n·\n\nMay 2, 2025\n\n"
        for number, title in enumerate(titles, 1)
    )
    page_url = "https://huggingface.co/papers/"
    links = "".join(f"[{number}]: {page_url}{key}\n" for number, key in enumerate(ids, 1))
    content = f"# Daily Papers\n\nby AK and the research community\n\n{papers}"
    for end in range(len(links) + 1):
        dump = read(content + links[:end])
        assert [stated(item)[:3] for item in dump.listings] == [
            (rank, title, "A whole abstract.") for rank, title in enumerate(titles, 1)
        ], links[:end]
        whole = links[:end].count("\n")
        assert [item.arxiv_id for item in dump.listings][:whole] == ids[:whole]
        for item, key in zip(dump.listings, ids, strict=True):
            assert item.arxiv_id in (None, key), links[:end]
