"""The text reader: both layouts, every way of saving them, and what it refuses."""

from functools import partial
from operator import attrgetter

import pytest

from daily_papers.dumps.captures import text_page
from tests.dumps.reading import read_with, refusal_of
from tests.saved_pages import ABSTRACT, TOP, page, record

read = partial(read_with, text_page, "page.txt")
refusal = partial(refusal_of, read)


def test_a_listing_with_authors() -> None:
    (listing,) = read(page(record(when="Oct 14, 2024 2"))).listings
    assert (listing.rank, listing.title, listing.abstract) == (1, "A Small Change", ABSTRACT)
    assert listing.comment_count == 2
    assert (listing.published_text, listing.published_on) == ("Oct 14, 2024", "2024-10-14")
    assert listing.published_basis == "stated"


@pytest.mark.parametrize(
    ("who", "authors_handle_name"),
    [
        ("  • 8 authors", (8, None, None)),
        ("• 1 author", (1, None, None)),
        ("12 authors", (12, None, None)),
        ("· 3 authors", (3, None, None)),
        ("  •  1,024 authors", (1024, None, None)),
        ("examplelab Example Lab of Vision", (None, "examplelab", "Example Lab of Vision")),
        ("lab " + "x" * 116, (None, "lab", "x" * 116)),
        ("example-lab", (None, "example-lab", "example-lab")),
    ],
)
def test_a_listing_has_authors_or_an_organization(who: str, authors_handle_name: object) -> None:
    (listing,) = read(page(record(who=who))).listings
    stated = attrgetter("author_count", "organization_id", "organization_name")
    assert stated(listing) == authors_handle_name


def test_the_comment_count_may_stand_on_its_own_line() -> None:
    first, second = read(page(record(when="Feb 6, 2024\n12"), record("Two"))).listings
    assert (first.comment_count, first.last_line, first.line_count) == (12, 20, 6)
    assert second.comment_count is None


@pytest.mark.parametrize(
    "end", ["!", "5%", "»", "。", "🎉", "(a)", "at github.com/a/b", "at https://a.b/c"]
)
def test_an_abstract_may_end_in_many_ways(end: str) -> None:
    assert read(page(record(abstract=f"We do it {end}", who=None))).listings


def test_listings_of_titles_and_abstracts_only() -> None:
    dump = read(page(record("One", who=None), record("Two", who=None)))
    assert [(listing.rank, listing.title) for listing in dump.listings] == [(1, "One"), (2, "Two")]
    assert {listing.published_text for listing in dump.listings} == {None}


def test_line_numbers_are_those_of_the_file() -> None:
    content = page(record("One"), record("Two"))
    lines = content.split("\n")
    listings = read(content).listings
    assert len(listings) == 2
    for listing in listings:
        assert lines[listing.first_line - 1] == listing.title
        assert lines[listing.last_line - 1] == "Jun 16, 2024"
        assert listing.line_count == 5


def test_furniture_is_named_line_by_line() -> None:
    parts = ["badge", "newsletter", "newsletter", "heading", "byline", "date"]
    assert [(item.line, item.part) for item in read(page()).furniture] == [
        *zip(range(1, 12, 2), parts, strict=True)
    ]


@pytest.mark.parametrize(
    ("top", "part"),
    [("byAK and the research community\n", "byline"), ("Trending Papers\n", "heading")],
)
def test_furniture_may_lack_lines(top: str, part: str) -> None:
    dump = read(page(record(), top=top, shown=None))
    assert [item.part for item in dump.furniture] == [part]
    assert (dump.shown_on_text, len(dump.listings)) == (None, 1)


def test_a_page_without_papers_is_a_dump_without_listings() -> None:
    dump = read(page())
    assert (dump.listings, dump.shown_on_text) == ((), "Feb 4")


SAVED = {
    "as it is": lambda content: content,
    "with CRLF": lambda content: content.replace("\n", "\r\n"),
    "with CR": lambda content: content.replace("\n", "\r"),
    "with a byte order mark": lambda content: "\ufeff" + content,
    "without a newline at the end": lambda content: content.rstrip("\n"),
    "with newlines at the end": lambda content: content + "\n\n\n",
    "with trailing blanks": lambda content: content.replace("\n", " \t \n"),
    "with tabs before lines": lambda content: content.replace("\n", "\n\t"),
    "with no-break spaces": lambda content: content.replace(" ", "\u00a0"),
    "with zero-width spaces": lambda content: content.replace(" ", " \u200b"),
    "with more blank lines": lambda content: content.replace("\n\n", "\n\n \n\u00a0\n"),
    "with blank lines before": lambda content: "\n\n" + content,
}


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
@pytest.mark.parametrize("who", ["  • 8 authors", None], ids=["details", "no details"])
def test_however_it_is_saved_it_reads_the_same(saved: object, who: str | None) -> None:
    content = page(record("One Two", who=who), record("Three", who=who))
    plain, dump = read(content), read(saved(content))  # type: ignore[operator]
    stated = attrgetter("title", "abstract", "author_count", "published_on")
    assert [*map(stated, dump.listings)] == [*map(stated, plain.listings)]
    assert dump.shown_on_text == plain.shown_on_text


MARKED = "It is [here](https://example.org/a_(b)), and [there](/papers/2407.00001) it \\[is\\]."
ABSTRACTS = {
    "lines are one text": (page(record(abstract="One.\nAnother.")), "One. Another."),
    "an address at the end stays": (
        page(record(abstract="We do it. It is at\nhttps://huggingface.co/example-lab")),
        "We do it. It is at https://huggingface.co/example-lab",
    ),
    "in Markdown, a link to another site stays": (
        f"# Daily Papers\n\n### A Title\n\n{MARKED}\n",
        "It is [here](https://example.org/a_(b)), and there it [is].",
    ),
    "without Markdown, its marks are text": (
        page(record(abstract=r"We use \[CLS\] and [x](https://example.org), # and **all**.")),
        r"We use \[CLS\] and [x](https://example.org), # and **all**.",
    ),
}


@pytest.mark.parametrize(("content", "abstract"), ABSTRACTS.values(), ids=ABSTRACTS)
def test_an_abstract_is_read_as_the_page_shows_it(content: str, abstract: str) -> None:
    assert [listing.abstract for listing in read(content).listings] == [abstract]


def test_details_may_follow_the_abstract_without_a_blank_line() -> None:
    content = page(record(), record("Two", who="examplelab Example Lab"))
    glued = content.replace("problems.\n\n", "problems.\n")
    assert [listing.abstract for listing in read(glued).listings] == [ABSTRACT, ABSTRACT]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ":1: the file is empty"),
        (b"\xef\xbb\xbf \r\n\t\n", ":1: the file is empty"),
        ("A shopping list\n\nMilk.\n", ":1: not a Daily Papers page: expected"),
        ("new\n\nSubscribe\n", ":3: not a Daily Papers page: expected"),
        (page("x" * 301 + "\n\nText."), ":13: record 1: found “xxx"),
        (page("A Title"), ":13: record 1: found the end of the file"),
        (page("  • 8 authors\n·\nJun 16, 2024"), ":13: record 1: found “• 8"),
    ],
)
def test_a_file_without_a_whole_paper_is_refused_by_file_and_line(
    content: str | bytes, problem: str
) -> None:
    message = refusal(content)
    assert message.startswith("folder/page.txt:")
    assert problem in message


def test_an_abstract_may_have_several_paragraphs_where_details_end_it() -> None:
    paragraphs = ["One sentence.", "It has parts:", "- a part", "(2) another", "x " * 70 + "why?"]
    content = page(record(abstract="\n\n".join(paragraphs)), record("Two"))
    first, second = read(content).listings
    assert first.abstract == " ".join(paragraphs)
    assert (second.title, second.abstract) == ("Two", ABSTRACT)


def test_numbers_before_titles_are_upvotes_where_they_come_again() -> None:
    twice = read(page("12", record(who=None), "-", record("Two", who=None)))
    assert [listing.upvote_count for listing in twice.listings] == [12, 0]


def test_a_number_below_the_date_is_of_comments_where_titles_have_no_upvotes() -> None:
    first, second = read(page(record() + "\n\n7", record("Two"))).listings
    assert (first.comment_count, first.upvote_count) == (7, None)
    assert (second.title, second.comment_count) == ("Two", None)


def test_of_numbers_below_the_date_the_last_is_the_next_papers_upvotes() -> None:
    content = page("1", record() + "\n\n7", "2", record("Two"), "3", record("Three") + "\n\n4")
    counts = attrgetter("upvote_count", "comment_count")
    assert [*map(counts, read(content).listings)] == [(1, 7), (2, None), (3, 4)]


def test_authors_without_a_date_are_read_where_no_paper_has_one() -> None:
    bare = f"One\n\n{ABSTRACT}\n\n8 authors\n\nTwo\n\n{ABSTRACT}\n\n1 author"
    stated = attrgetter("title", "author_count", "published_text")
    assert [*map(stated, read(page(bare)).listings)] == [("One", 8, None), ("Two", 1, None)]


def test_the_foot_of_the_page_is_no_paper() -> None:
    dump = read(page(record()) + "\nPrevious\n\nSystem theme\n\nCompany\n\n© Hugging Face\n")
    assert len(dump.listings) == 1
    assert [item.part for item in dump.furniture[-4:]] == ["foot"] * 4


def test_an_unknown_line_among_the_head_is_the_query() -> None:
    assert read(page(record(), top="key cache\n\n" + TOP)).furniture[0].part == "query"


def test_what_a_tool_writes_above_the_page_is_a_part_of_its_own() -> None:
    matter = "---\nurl: https://huggingface.co/papers\nfetched: yes\n---\n"
    fields = "# Web source\n\n- URL: https://huggingface.co/papers\n- Fetched: 2026-01-01\n\n"
    for above, count in ((matter, 4), (fields, 3)):
        dump = read(above + page(record()))
        assert [item.part for item in dump.furniture[:count]] == ["capture"] * count
        assert dump.furniture[count].part == "badge"


@pytest.mark.parametrize(
    ("day", "shown_on"),
    [("2024-12-31", "2025-01-02"), ("2024-06-30", None), ("2024-02-30", None)],
    ids=["near", "far away", "of no such day"],
)
def test_a_page_gets_its_year_from_a_link_to_a_day(day: str, shown_on: str | None) -> None:
    head = f"Jan 2\n\nhttps://huggingface.co/papers/date/{day}"
    dump = read(page(record(when="Dec 30, 2023"), shown=head))
    assert (dump.shown_on, dump.shown_on_basis) == (shown_on, shown_on and "stated")
