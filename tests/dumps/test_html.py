"""Saved pages: their data, their cards, and what they are where they have no papers."""

import json
from functools import partial

import pytest
from msgspec.structs import replace

from daily_papers.dumps import api, html
from daily_papers.records import Dump
from tests.api_answers import ABSTRACTS, NOBODY, TITLES, answer, card, new, old, saved
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

RECORDS = [old(0), old(1), old(2)]
DAY = {"date": "2024-08-01T00:00:00.000Z", "canSubmit": False, "publisher": NOBODY}
NOTHING = "<html><head><title>{0}</title></head><body>{1}</body></html>"


read = partial(read_with, html, "page.html")
refusal = partial(refusal_of, read)

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
    assert [listing.title for listing in listings] == [*TITLES]
    assert [listing.rank for listing in listings] == [1, 2, 3]
    assert [listing.arxiv_id for listing in listings] == ["2407.00001", "2407.00002", "2407.00003"]
    assert {listing.listed_on for listing in listings} == {"2024-08-01"}
    assert listings[1].authors == ("Ada Lovelace", "Person Number 1")


def test_a_page_says_of_its_papers_what_the_answer_of_the_service_does() -> None:
    records = [new(0), new(1), new(2)]

    def stated(dump: Dump) -> list[object]:
        unplaced = {"first_line": 0, "last_line": 0, "line_count": 0}
        return [replace(listing, **unplaced) for listing in dump.listings]

    answered = read_with(api, "answer.json", answer(records))
    assert stated(read(saved({"dailyPapers": records}))) == stated(answered)


@pytest.mark.parametrize(
    "content", [*PAGES.values(), NOTHING.format("x", card(0, "\n<p>A.</p>\n"))]
)
def test_every_line_is_in_a_listing_or_is_markup(content: str) -> None:
    dump = read(content)
    assert assert_no_line_is_lost(dump, content) == set()
    assert {item.part for item in dump.furniture} <= {"markup"}


def test_listings_stand_on_the_line_of_the_data() -> None:
    content = PAGES["of a day"]
    lines = enumerate(content.split("\n"), 1)
    (line,) = [number for number, text in lines if "dailyPapers" in text]
    listings = read(content).listings
    assert {(listing.first_line, listing.last_line) for listing in listings} == {(line, line)}
    assert [listing.line_count for listing in listings] == [1, 0, 0]


def test_data_on_several_lines_have_a_line_for_each_listing() -> None:
    content = saved(json.dumps({"dailyPapers": RECORDS}, indent=1))
    content = content.replace('data-target="DailyPapers" data', 'data-target="DailyPapers"\n data')
    lines = content.split("\n")
    listings = read(content).listings
    assert len(listings) == len(RECORDS)
    for listing in listings:
        record = "\n".join(lines[listing.first_line - 1 : listing.last_line])
        assert record.lstrip().startswith("{")
        assert f"&quot;id&quot;: &quot;{listing.arxiv_id}&quot;" in record
        assert record.count("&quot;summary&quot;") == 1


def test_newlines_by_name_leave_the_lines_of_the_data() -> None:
    content = saved(json.dumps({"dailyPapers": RECORDS}, indent=1))
    head, mark, rest = content.partition("&quot;dailyPapers")
    content = head + "&#10;" + mark + rest
    first = content[: content.index('data-target="DailyPapers')].count("\n") + 1
    assert {listing.first_line for listing in read(content).listings} == {first}


DAYS = {
    "in its data": (PAGES["of a day"], ("2024-08-01T00:00:00.000Z", "2024-08-01", "stated")),
    "in its address": (
        saved({"dailyPapers": [old(0)]}).replace('co/papers"', 'co/papers/date/2024-08-02"'),
        (None, "2024-08-02", "stated"),
    ),
    "of a week, in words only": (PAGES["of a week"], ("2024-W31", "2024-08-01", "inferred")),
}


@pytest.mark.parametrize(("content", "day"), DAYS.values(), ids=DAYS)
def test_the_day_of_a_page_is(content: str, day: tuple[str | None, ...]) -> None:
    dump = read(content)
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == day


@pytest.mark.parametrize(
    ("props", "problem"),
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
def test_data_that_are_not_what_they_have_to_be_are_refused(props: object, problem: str) -> None:
    message = refusal(saved(props))  # type: ignore[arg-type]
    assert message.startswith("folder/page.html:11: data-props: ")
    assert problem in message


# Cards.

TIME = '<time datetime="2024-07-3{0}T17:54:27.000Z">Jul 3{0}</time>'
CODE = '<p>{1}</p><p>More.</p><a href="https://github.com/example/repository-{0}">GitHub 12</a>'
CARDS = "<h1>Daily Papers</h1>" + "".join(
    card(number, TIME.format(number) + CODE.format(number, ABSTRACTS[number])) for number in (0, 1)
)


def test_cards_are_read_where_there_are_no_data() -> None:
    first, second = read(NOTHING.format("Daily Papers - Hugging Face", CARDS)).listings
    assert (first.rank, first.title, first.arxiv_id) == (1, TITLES[0], "2407.00001")
    assert first.abstract == ABSTRACTS[0].replace("\n", " ")
    assert (first.upvote_count, first.comment_count, first.author_count) == (10, 0, 1020)
    assert (first.published_on, first.published_text) == ("2024-07-30", "Jul 30")
    assert first.code_url == "https://github.com/example/repository-0"
    assert (second.rank, second.title, second.published_on) == (2, TITLES[1], "2024-07-31")
    assert first.authors is first.organization_id is first.listed_on is None


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
        ("", (None, None)),
    ],
)
def test_dates_of_cards(time: str, expected: tuple[str | None, str | None]) -> None:
    (listing,) = read(NOTHING.format("x", card(0, time))).listings
    assert (listing.published_on, listing.published_text) == expected
    assert (listing.title, listing.abstract) == (TITLES[0], "")


def test_headings_inside_links_are_titles_too() -> None:
    linked = '<div><a href="/papers/2407.00009"><h3>A <b>Bold</b> Title</h3></a></div>'
    (listing,) = read(NOTHING.format("x", linked)).listings
    assert (listing.title, listing.arxiv_id) == ("A Bold Title", "2407.00009")


def test_a_page_saved_by_a_browser_has_whole_addresses() -> None:
    content = CARDS.replace('href="/', 'href="https://huggingface.co/')
    comment = "<!-- saved from url=(0034)https://huggingface.co/papers/date/2024-08-01 -->\n"
    dump = read("<!doctype html>\n" + comment + NOTHING.format("Daily Papers", content))
    assert [listing.upvote_count for listing in dump.listings] == [10, 11]
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-01", "stated")


# Other pages.

OTHER = {
    "of another site": (NOTHING.format("Example Domain", "<h1>Example</h1>"),
        "a page of another site, “Example Domain”: expected a page of huggingface.co/papers"),
    "that names its address": (
        NOTHING.format("News", '<link rel="canonical" href="https://news.example.org/a">'),
        "a page of another site, news.example.org: expected"),
    "of another site that links to papers": (
        NOTHING.format("A letter", CARDS.replace('href="/', 'href="https://huggingface.co/')),
        "a page of another site, “A letter”"),
    "of another site with such links": (
        NOTHING.format("x", '<meta property="og:url" content="https://example.org/a">' + CARDS),
        "a page of another site, example.org"),
    "to log in": (NOTHING.format("Hugging Face", "<h1>Log In</h1><input type=password>"),
        "a login page: open huggingface.co/papers itself, and save it"),
    "of an error": (NOTHING.format("404 - Hugging Face", "<h1>404</h1>Sorry"),
        "an error page, “404 - Hugging Face”: save the page again"),
    "of too much asked": (NOTHING.format("", "<h1>429 Too Many Requests</h1>"),
        "an error page, “429 Too Many Requests”"),
    "of a shield": (NOTHING.format("Just a moment...", ""), "an error page, “Just a moment...”"),
    "of one paper": (
        saved({"paper": {}}, target="PaperContent").replace("co/papers", "co/papers/2407.00001"),
        "the page of one paper: expected a page that lists papers"),
    "without papers": (saved(DAY | {"dailyPapers": []}),
        "a page without papers, “Daily Papers - Hugging Face”: expected one that lists some"),
    "without anything": ("<html>", "a page of another site, without a title"),
    "of a feed": ('<?xml version="1.0"?><rss><title>x</title></rss>', "a page of another site"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), OTHER.values(), ids=OTHER)
def test_another_page_is_refused_and_the_message_names_it(content: str, problem: str) -> None:
    assert refusal(content).startswith(f"folder/page.html: {problem}")


def test_a_page_in_another_encoding_is_refused() -> None:
    content = saved({}).replace("Daily", "D\u00e4ly").encode("latin-1")
    assert refusal(content).startswith("folder/page.html:4: not UTF-8 text")


def test_a_number_of_a_character_that_is_too_long_breaks_nothing() -> None:
    for text in ("&#" + "9" * 5_000 + ";", '<a href="&#' + "9" * 5_000 + ';">'):
        assert refusal(NOTHING.format("x", text)).startswith("folder/page.html: ")
