"""Saved pages: their data, their cards, and what they are where they have no papers."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from daily_papers.dumps import api, html
from daily_papers.records import Dump, DumpError
from tests.api_answers import ABSTRACTS, NOBODY, TITLES, answer, card, new, old, saved

RECORDS = [old(0), old(1), old(2)]
DAY = {"date": "2024-08-01T00:00:00.000Z", "canSubmit": False, "publisher": NOBODY}
NOTHING = "<html><head><title>{0}</title></head><body>{1}</body></html>"


def read(content: str) -> Dump:
    return html.read(content.encode(), Path("folder/page.html"))


def refusal(content: str) -> str:
    with pytest.raises(DumpError) as caught:
        read(content)
    assert "\n" not in str(caught.value)
    return str(caught.value)


PAGES = {
    "of a day": saved(DAY | {"dailyPapers": RECORDS}),
    "of a week": saved({"dateString": "2024-W31", "periodType": "week", "dailyPapers": RECORDS}),
    "of a month": saved({"dateString": "2024-08", "dailyPapers": RECORDS}),
    "trending": saved({"dailyPapers": RECORDS}).replace("Daily Papers", "Trending Papers"),
    "of a search": saved({"query": {"q": "x"}, "searchResults": RECORDS, "dailyPapers": []}),
    "of a search, beside the day": saved(
        {"dailyPapers": [old(3), old(4), old(5), old(6)], "searchResults": RECORDS}
    ),
    "of a search, further inside": saved({"results": {"of": "x", "hits": RECORDS}}),
    "with data of another name": saved({"dailyPapers": RECORDS}, target="PapersPage"),
    "with cards": saved({"dailyPapers": RECORDS}, more=card(0) + card(1)),
    "with single quotes": (
        f"<html><div data-target='DailyPapers' data-props='{json.dumps({'dailyPapers': RECORDS})}'>"
    ),
    "with CRLF": saved({"dailyPapers": RECORDS}).replace("\n", "\r\n"),
    "without a frame": saved({"dailyPapers": RECORDS}).partition("<main>\n")[2],
    "with tags in an abstract": saved({"dailyPapers": RECORDS}).replace("else.", "else<!-- <a>."),
}  # fmt: skip


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_the_data_of_a_page_are_its_papers(content: str) -> None:
    listings = read(content).listings
    assert [one.title for one in listings] == [*TITLES]
    assert [one.rank for one in listings] == [1, 2, 3]
    assert [one.arxiv_id for one in listings] == ["2407.00001", "2407.00002", "2407.00003"]
    assert {one.listed_on for one in listings} == {"2024-08-01"}
    assert listings[1].authors == ("Ada Lovelace", "Person Number 1")


def test_a_page_says_of_its_papers_what_the_answer_of_the_service_does() -> None:
    records = [new(0), new(1), new(2)]
    page, answered = read(saved({"dailyPapers": records})), api.read(
        answer(records).encode(), Path("answer.json")
    )  # fmt: skip

    def stated(dump: Dump) -> list[object]:
        return [
            replace(listing, first_line=0, last_line=0, line_count=0) for listing in dump.listings
        ]

    assert stated(page) == stated(answered)


@pytest.mark.parametrize(
    "content", [*PAGES.values(), NOTHING.format("x", card(0, "\n<p>A.</p>\n"))]
)
def test_every_line_is_in_a_listing_or_is_markup(content: str) -> None:
    dump = read(content)
    filled = {at for at, one in enumerate(content.replace("\r", "").split("\n"), 1) if one.strip()}
    listed = {at for one in dump.listings for at in range(one.first_line, one.last_line + 1)}
    assert listed | {one.line for one in dump.furniture} == filled
    assert {one.part for one in dump.furniture} <= {"markup"}
    counted = sum(one.line_count for one in dump.listings)
    assert counted + len(dump.furniture) == dump.line_count == len(filled)


def test_listings_stand_on_the_line_of_the_data() -> None:
    content = PAGES["of a day"]
    (line,) = [at for at, one in enumerate(content.split("\n"), 1) if "dailyPapers" in one]
    listings = read(content).listings
    assert {(one.first_line, one.last_line) for one in listings} == {(line, line)}
    assert [one.line_count for one in listings] == [1, 0, 0]


def test_data_on_several_lines_have_a_line_for_each_listing() -> None:
    content = saved(json.dumps({"dailyPapers": RECORDS}, indent=1))
    content = content.replace('data-target="DailyPapers" data', 'data-target="DailyPapers"\n data')
    lines = content.split("\n")
    listings = read(content).listings
    assert len(listings) == len(RECORDS)
    for listing in listings:
        there = "\n".join(lines[listing.first_line - 1 : listing.last_line])
        assert there.lstrip().startswith("{")
        assert f"&quot;id&quot;: &quot;{listing.arxiv_id}&quot;" in there
        assert there.count("&quot;summary&quot;") == 1


def test_newlines_by_name_leave_the_lines_of_the_data() -> None:
    content = saved(json.dumps({"dailyPapers": RECORDS}, indent=1))
    head, mark, rest = content.partition("&quot;dailyPapers")
    content = head + "&#10;" + mark + rest
    first = content[: content.index('data-target="DailyPapers')].count("\n") + 1
    assert {one.first_line for one in read(content).listings} == {first}


def test_the_day_of_a_page_is_in_its_data() -> None:
    dump = read(PAGES["of a day"])
    assert (dump.shown_on_text, dump.shown_on) == ("2024-08-01T00:00:00.000Z", "2024-08-01")
    assert dump.shown_on_basis == "stated"


def test_the_day_of_a_page_may_be_in_its_address() -> None:
    content = saved({"dailyPapers": [old(0)]}).replace('co/papers"', 'co/papers/date/2024-08-02"')
    dump = read(content)
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-02", "stated")


def test_a_page_of_a_week_says_so_in_words_only() -> None:
    dump = read(PAGES["of a week"])
    assert (dump.shown_on_text, dump.shown_on_basis) == ("2024-W31", "inferred")


def test_who_submitted_a_paper_is_not_read() -> None:
    for content in (PAGES["with cards"], NOTHING.format("x", card(0))):
        kept = repr(read(content))
        assert "secret" not in kept
        assert "Submitting Person" not in kept


@pytest.mark.parametrize(
    ("props", "said"),
    [
        ("{", "data-props: not JSON: "),
        ("[]", "data-props: not JSON: expected one object"),
        ('{"dailyPapers": [{"paper": {}}, {"paper": 1}]}', ": record 1: paper.title: expected a t"),
        ({"dailyPapers": [old(0), old(1, upvotes="x")]}, "record 2: paper.upvotes: expected"),
        (json.dumps({"dailyPapers": [old(0)]}).replace('"upvotes"', '"id": 1, "upvotes"'), "twice"),
        (json.dumps({"dailyPapers": [old(0, title="\ud800")]}), "half of a surrogate pair"),
        ('{"dailyPapers": ' + "[" * 10_000, "nested more than 50 deep"),
    ],
)  # fmt: skip
def test_data_that_are_not_what_they_have_to_be_are_refused(props: object, said: str) -> None:
    message = refusal(saved(props))  # type: ignore[arg-type]
    assert message.startswith("folder/page.html:11: data-props: ")
    assert said in message


# Cards.

TIME = '<time datetime="2024-07-3{0}T17:54:27.000Z">Jul 3{0}</time>'
CODE = '<p>{1}</p><p>More.</p><a href="https://github.com/example/repository-{0}">GitHub 12</a>'
CARDS = "<h1>Daily Papers</h1>" + "".join(
    card(number, TIME.format(number) + CODE.format(number, ABSTRACTS[number])) for number in (0, 1)
)


def test_cards_are_read_where_there_are_no_data() -> None:
    one, other = read(NOTHING.format("Daily Papers - Hugging Face", CARDS)).listings
    assert (one.rank, one.title, one.arxiv_id) == (1, TITLES[0], "2407.00001")
    assert one.abstract == ABSTRACTS[0].replace("\n", " ")
    assert (one.upvote_count, one.comment_count, one.author_count) == (10, 0, 1020)
    assert (one.published_on, one.published_text) == ("2024-07-30", "Jul 30")
    assert one.code_url == "https://github.com/example/repository-0"
    assert (other.rank, other.title, other.published_on) == (2, TITLES[1], "2024-07-31")
    assert one.authors is one.organization_id is one.listed_on is None


def test_a_card_without_an_abstract_has_none() -> None:
    (listing,) = read(NOTHING.format("x", card(0))).listings
    assert (listing.title, listing.abstract, listing.published_on) == (TITLES[0], "", None)


def test_a_card_is_there_once_however_often_it_is_drawn() -> None:
    assert len(read(NOTHING.format("x", card(0) * 3 + card(1))).listings) == 2


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ('<time datetime="2024-07-31">', ("2024-07-31", None)),
        ("<time>Jul 31, 2024</time>", ("2024-07-31", "Jul 31, 2024")),
        ("<time>Jul 31</time>", (None, "Jul 31")),
        ('<time datetime="2024-02-30">', (None, None)),
        ("<time>yesterday</time>", (None, "yesterday")),
    ],
)
def test_dates_of_cards(time: str, expected: tuple[str | None, str | None]) -> None:
    (listing,) = read(NOTHING.format("x", card(0, time))).listings
    assert (listing.published_on, listing.published_text) == expected


def test_headings_inside_links_are_titles_too() -> None:
    linked = '<div><a href="/papers/2407.00009"><h3>A <b>Bold</b> Title</h3></a></div>'
    (listing,) = read(NOTHING.format("x", linked)).listings
    assert (listing.title, listing.arxiv_id) == ("A Bold Title", "2407.00009")


def test_a_page_saved_by_a_browser_has_whole_addresses() -> None:
    content = CARDS.replace('href="/', 'href="https://huggingface.co/')
    comment = "<!-- saved from url=(0034)https://huggingface.co/papers/date/2024-08-01 -->\n"
    dump = read("<!doctype html>\n" + comment + NOTHING.format("Daily Papers", content))
    assert [one.upvote_count for one in dump.listings] == [10, 11]
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-01", "stated")


# Other pages.

OTHER = {
    "of another site": (
        NOTHING.format("Example Domain", "<h1>Example</h1>"),
        "a page of another site, “Example Domain”: expected a page of huggingface.co/papers",
    ),
    "that names its address": (
        NOTHING.format("News", '<link rel="canonical" href="https://news.example.org/a">'),
        "a page of another site, news.example.org: expected",
    ),
    "of another site that links to papers": (
        NOTHING.format("A letter", CARDS.replace('href="/', 'href="https://huggingface.co/')),
        "a page of another site, “A letter”",
    ),
    "of another site with such links": (
        NOTHING.format("x", '<meta property="og:url" content="https://example.org/a">' + CARDS),
        "a page of another site, example.org",
    ),
    "to log in": (
        NOTHING.format("Hugging Face", "<h1>Log In</h1><input type=password>"),
        "a login page: open huggingface.co/papers itself, and save it",
    ),
    "of an error": (
        NOTHING.format("404 - Hugging Face", "<h1>404</h1>Sorry"),
        "an error page, “404 - Hugging Face”: save the page again",
    ),
    "of too much asked": (
        NOTHING.format("", "<h1>429 Too Many Requests</h1>"),
        "an error page, “429 Too Many Requests”",
    ),
    "of a shield": (NOTHING.format("Just a moment...", ""), "an error page, “Just a moment...”"),
    "of one paper": (
        saved({"paper": {}}, target="PaperContent").replace("co/papers", "co/papers/2407.00001"),
        "the page of one paper: expected a page that lists papers",
    ),
    "without papers": (
        saved(DAY | {"dailyPapers": []}),
        "a page without papers, “Daily Papers - Hugging Face”: expected one that lists some",
    ),
    "without anything": ("<html>", "a page of another site, without a title"),
    "of a feed": ('<?xml version="1.0"?><rss><title>x</title></rss>', "a page of another site"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), OTHER.values(), ids=OTHER)
def test_another_page_is_refused_and_the_sentence_says_what_it_is(content: str, said: str) -> None:
    assert refusal(content).startswith(f"folder/page.html: {said}")


def test_a_page_in_another_encoding_is_refused() -> None:
    with pytest.raises(DumpError, match=r"page\.html:4: not UTF-8 text"):
        html.read(saved({}).replace("Daily", "D\u00e4ly").encode("latin-1"), Path("page.html"))


def test_a_number_of_a_character_that_is_too_long_breaks_nothing() -> None:
    for text in ("&#" + "9" * 5_000 + ";", '<a href="&#' + "9" * 5_000 + ';">'):
        assert refusal(NOTHING.format("x", text)).startswith("folder/page.html: ")
