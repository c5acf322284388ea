"""Saved pages: their data, their cards, and what they are where they have no papers."""

import json
from collections.abc import Callable
from functools import partial

import pytest
from msgspec.structs import replace

from daily_papers.dumps.answers import api
from daily_papers.dumps.pages import html
from daily_papers.records import Dump, DumpError
from tests.api_answers import ABSTRACTS, NOBODY, TITLES, answer, card, new, old, paper, saved
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

ADDED = {
    "by a query": ("?date=2024-08-02", ""),
    "by a browser": (
        "", "<!-- saved from url=(0046)https://huggingface.co/papers?date=2024-08-02 -->"),
    "by SingleFile": (
        "", "<!--\n Page saved with SingleFile \n url: https://huggingface.co/papers \n saved date:"
        " Fri Aug 02 2024 10:00:00 GMT+0200 (Central European Summer Time)\n-->"),
    "by an archive": (
        "", "<!--\n     FILE ARCHIVED ON 12:34:56 Aug 02, 2024 AND RETRIEVED FROM THE\n-->"),
    "by links of an archive": (
        "", '<a href="/web/20240802123456/https://huggingface.co/papers">Papers</a>'),
}  # fmt: skip


@pytest.mark.parametrize(("query", "addition"), ADDED.values(), ids=ADDED)
def test_the_day_of_a_page_is_also_stated(query: str, addition: str) -> None:
    content = saved({"dailyPapers": [{"paper": paper()}]})
    dump = read(content.replace('co/papers">', f'co/papers{query}">{addition}'))
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-02", "stated")


WEEK = {"dateString": "2024-W31", "periodType": "week"}


@pytest.mark.parametrize(
    ("props", "day"),
    [
        (DAY | {"dailyPapers": []}, ("2024-08-01T00:00:00.000Z", "2024-08-01", "stated")),
        (WEEK | {"dailyPapers": []}, ("2024-W31", None, None)),
        ({"dateString": "2024-08", "dailyPapers": []}, ("2024-08", None, None)),
        ({"dateString": "2024-08-01", "dailyPapers": []}, ("2024-08-01", "2024-08-01", "stated")),
    ],
)  # fmt: skip
def test_a_day_without_papers_is_no_error(props: dict[str, object], day: tuple[str | None]) -> None:
    dump = read(saved(props))
    assert (dump.listings, dump.problems, dump.item_count) == ((), (), 0)
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == day


@pytest.mark.parametrize(("content", "day"), DAYS.values(), ids=DAYS)
def test_the_day_of_a_page_is(content: str, day: tuple[str | None, ...]) -> None:
    dump = read(content)
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == day


@pytest.mark.parametrize(
    ("props", "problem"),
    [
        ("{", "data-props: not JSON: "),
        ("[]", "data-props: not JSON: expected one object"),
        ('{"dailyPapers": [{"paper": {}}, {"paper": 1}]}', "record 1: found no title in it, "),
        (json.dumps({"dailyPapers": [old(0, title="\ud800")]}), "record 1: found no title in it"),
        ('{"dailyPapers": ' + "[" * 10_000, "record 1: found the end of the file"),
    ],
)
def test_data_without_a_paper_are_refused(props: str, problem: str) -> None:
    assert refusal(saved(props)).startswith(f"folder/page.html:11: {problem}")


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        (lambda text: text.replace('"upvotes": 11', '"upvotes": "x"'),
         "record 2, paper.upvotes: found “x”, expected a whole number from 0; left out"),
        (lambda text: text.replace('"upvotes": 11', '"upvotes": 11, "upvotes": 11'),
         "record 2, paper.upvotes: found the key twice, expected it once; left out"),
        (lambda text: text.replace('"title": "Who Waits"', '"title" "Who Waits"'),
         "record 2: found not JSON: expecting ':' delimiter, expected a record of a paper;"
         " left out"),
    ],
)  # fmt: skip
def test_a_fault_in_the_data_costs_itself(wrong: Callable[[str], str], found: str) -> None:
    content = saved(wrong(json.dumps({"dailyPapers": RECORDS}, indent=1)))
    dump = read(content)
    assert [str(problem) for problem in dump.problems] == [found]
    ranks = [1, 3] if "record 2:" in found else [1, 2, 3]
    assert [listing.rank for listing in dump.listings] == ranks
    assert_no_line_is_lost(dump, content)


def test_a_page_whose_data_are_broken_is_read_from_its_cards() -> None:
    dump = read(saved("{", more=f"<h1>Daily Papers</h1>{card(0)}"))
    assert [listing.title for listing in dump.listings] == [TITLES[0]]
    assert [problem.field for problem in dump.problems] == ["data-props"]


@pytest.mark.parametrize("wrong", ["\x00", "\x0b", "&quo;", "&#0;", "&nosuch;", "\ufffd"])
def test_a_broken_character_costs_itself(wrong: str) -> None:
    content = CARDS.replace("We cut", f"We {wrong}cut")
    listings = read(NOTHING.format("Daily Papers - Hugging Face", content)).listings
    assert [listing.title for listing in listings] == [*TITLES[:2]]
    assert "cut them by 2.5x" in listings[0].abstract


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
        ("<time>Jul 31</time>", (None, "Jul 31")),  # the arXiv id settles it, in dates.py
        ("<time>Sep 30</time>", (None, "Sep 30")),
        ('<time datetime="2024-02-30">', (None, None)),
        ("<time>yesterday</time>", (None, "yesterday")),
        ("", (None, None)),
    ],
)
def test_dates_of_cards(time: str, expected: tuple[str | None, str | None]) -> None:
    (listing,) = read(NOTHING.format("x", card(0, time))).listings
    assert (listing.published_on, listing.published_text) == expected
    assert (listing.title, listing.abstract) == (TITLES[0], "")


def test_cards_of_trending_pages_print_upvotes_and_date() -> None:
    content = NOTHING.format(
        "Trending Papers - Hugging Face",
        '<article><h3><a href="/papers/2407.00001">Small Caches</a></h3><p>We cut them.</p>'
        "<span>Published on Jul 30, 2024</span><button>Upvote 117</button>"
        '<a href="https://github.com/example/caches">GitHub 131</a>'
        '<a href="https://arxiv.org/abs/2407.00001">arXiv Page</a></article>',
    )
    (listing,) = read(content).listings
    assert (listing.published_text, listing.published_on) == ("Jul 30, 2024", "2024-07-30")
    assert (listing.upvote_count, listing.abstract) == (117, "We cut them.")
    assert listing.code_url == "https://github.com/example/caches"


def test_a_date_without_a_year_is_of_the_year_of_the_page_or_the_id() -> None:
    address = '<link rel="canonical" href="https://huggingface.co/papers/date/2024-08-01">'
    times = ("<time>Jul 31</time>", "<time>Aug 2</time>", "<time>Dec 31, 2023</time>")
    content = "".join(card(number, time) for number, time in enumerate(times))
    listings = read(NOTHING.format("x", address + content)).listings
    assert [(listing.published_on, listing.published_basis) for listing in listings] == [
        ("2024-07-31", "inferred"),
        (None, None),
        ("2023-12-31", "stated"),
    ]


def test_cards_with_whole_addresses_are_of_a_page_with_the_title_of_papers() -> None:
    content = CARDS.replace('href="/', 'href="https://huggingface.co/')
    assert len(read(NOTHING.format("Daily Papers - Hugging Face", content)).listings) == 2


def test_cards_of_an_archive_have_its_address_before_that_of_the_page() -> None:
    archive = "/web/20240801123456/https://huggingface.co"
    address = f'<link rel="canonical" href="https://web.archive.org{archive}/papers">'
    content = CARDS.replace('href="/', f'href="{archive}/').replace(
        "https://github.com", "/web/20240801123456/https://github.com"
    )
    dump = read(NOTHING.format("Daily Papers - Hugging Face", address + content))
    assert [listing.upvote_count for listing in dump.listings] == [10, 11]
    assert dump.listings[0].code_url == "https://github.com/example/repository-0"
    assert (dump.shown_on, dump.shown_on_basis, dump.item_count) == ("2024-08-01", "stated", 2)
    foreign = address.replace("huggingface.co", "example.org")
    assert "a page of another site, example.org" in refusal(NOTHING.format("x", foreign + content))


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


# The page of one paper.

ABOUT_ONE = (
    "<html><head><title>Paper page - Small Caches</title>"
    '<meta property="og:url" content="https://huggingface.co/papers/2407.00001"></head><body><main>'
    "{0}<h1>Small\n Caches</h1><div>Published on Jul 30, 2024 · Submitted by"
    " <a>secret-handle</a> on Aug 1, 2024</div>"
    '<a href="/login?next=%2Fpapers%2F2407.00001">Upvote <b>33</b></a>'
    '<div><span>Authors:</span><span class="author"><button>Ada Lovelace</button>,</span>\n'
    '<span class="author"><a href="/x">Bo Li</a></span></div>'
    "<div><h2>Abstract</h2><div><p>AI-generated summary</p><p>Short.</p>"
    "<p>We cut caches by 2.5x.</p><p>Nothing is lost.</p></div></div>\n"
    '<a href="https://arxiv.org/abs/2407.00001">View arXiv page</a>'
    '<a href="https://example.github.io/caches">Project page</a>'
    '<a href="https://github.com/example/caches">GitHub <b>12</b></a>'
    '<h3><a href="/papers/2407.00009">Another Paper</a></h3></main></body></html>\n'
)


@pytest.mark.parametrize("target", ["PaperContent", "PaperPage", "Other"])
def test_the_data_of_the_page_of_a_paper_are_a_record(target: str) -> None:
    props = {"comments": [], "paper": new(0)["paper"], "upvoters": [NOBODY]}
    content = saved(props, target=target, more="<h3><a href='/papers/2407.00009'>x</a></h3>")
    dump = read(content.replace("co/papers", "co/papers/2407.00001"))
    (listing,) = dump.listings
    assert (listing.title, listing.arxiv_id, listing.upvote_count) == (TITLES[0], "2407.00001", 10)
    assert (listing.published_on, listing.listed_on) == ("2024-07-30", "2024-08-01")
    assert (dump.shown_on, dump.item_count) == (None, 1)


def test_the_page_of_a_paper_is_read_from_what_it_shows() -> None:
    content = ABOUT_ONE.format("")
    dump = read(content)
    (listing,) = dump.listings
    assert (listing.rank, listing.title, listing.arxiv_id) == (1, "Small Caches", "2407.00001")
    assert listing.abstract == "We cut caches by 2.5x. Nothing is lost."
    assert (listing.authors, listing.author_count) == (("Ada Lovelace", "Bo Li"), 2)
    assert (listing.published_on, listing.published_basis) == ("2024-07-30", "stated")
    assert (listing.listed_on, listing.upvote_count) == ("2024-08-01", 33)
    assert listing.code_url == "https://github.com/example/caches"
    assert listing.project_url == "https://example.github.io/caches"
    assert (dump.item_count, dump.problems) == (1, ())
    assert "secret-handle" not in repr(dump)
    assert_no_line_is_lost(dump, content)


def test_the_abstract_of_a_page_stands_between_two_headings() -> None:
    shown = "<h1>T</h1><p>Before.</p><h2>Abstract</h2><p>We do.</p><h2>Community</h2><p>Wow.</p>"
    address = '<link rel="canonical" href="https://huggingface.co/papers/2407.00001">'
    assert [
        listing.abstract for listing in read(NOTHING.format("x", address + shown)).listings
    ] == ["We do."]


def test_the_page_of_a_paper_without_an_address_has_its_id_from_a_link() -> None:
    content = ABOUT_ONE.format("").replace("og:url", "x")
    assert [listing.arxiv_id for listing in read(content).listings] == ["2407.00001"]


# Pages that are cut.

CUT = {
    **{name: PAGES[name] for name in ("of a day", "of a search", "with cards")},
    "with single quotes": PAGES["with single quotes"].replace("<html>", "<html><body>")
    + "<main></main></div></body></html>",
    "with data on lines": saved(json.dumps({"dailyPapers": RECORDS}, indent=1)),
    "cards": NOTHING.format("Daily Papers - Hugging Face", f"<main>{CARDS}{card(2)}</main>"),
    "cards without articles": NOTHING.format(
        "Daily Papers - Hugging Face",
        f"<main>{CARDS}{card(2)}</main>".replace("article", "div").replace('class="sm"', "hidden"),
    ),
    "of one paper": saved({"paper": paper(0), "comments": []}, target="PaperContent"),
    "of one paper, as shown": ABOUT_ONE.format(""),
}


@pytest.mark.parametrize("content", CUT.values(), ids=CUT)
def test_of_a_page_that_is_cut_what_is_whole_before_the_cut_is_there(content: str) -> None:
    whole = {listing.arxiv_id: listing for listing in read(content).listings}
    counts = []
    for length in [*range(300, len(content), 41), len(content) - 20]:
        cut = content[:length]
        try:
            dump = read(cut)
        except DumpError as error:
            assert "cut" in str(error) or "the end of the file" in str(error) or length < 400
            counts.append(0)
            continue
        for listing in dump.listings:
            expected = whole[listing.arxiv_id]
            unplaced = {"first_line": 0, "last_line": 0, "line_count": 0}
            later = {"code_url": None, "project_url": None} if "Paper page" in content else {}
            assert replace(listing, **unplaced, **later) == replace(expected, **unplaced, **later)
        assert [row.found for row in dump.problems] == ["the end of the file"] * len(dump.problems)
        assert dump.problems or "</body>" in cut
        assert_no_line_is_lost(dump, cut)
        counts.append(len(dump.listings))
    assert counts == sorted(counts)
    assert counts[-1] == len(whole)
    assert len(whole) in counts[:-1]


def test_the_record_in_which_a_page_ends_is_a_problem() -> None:
    content = CUT["with data on lines"]
    cut = content[: content.index("2407.00003")]
    dump = read(cut)
    (problem,) = dump.problems
    assert (problem.record, problem.found) == (3, "the end of the file")
    assert cut.split("\n")[problem.line - 1].strip() == "{"
    assert {item.part for item in dump.furniture if item.line >= problem.line} == {"left out"}


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
        "the page of one paper, “Daily Papers - Hugging Face”, without its abstract: save"),
    "without papers": (saved({"canSubmit": False}),
        "a page without papers, “Daily Papers - Hugging Face”: expected one that lists some"),
    "that is cut": (saved(DAY | {"dailyPapers": RECORDS}).partition("data-target=\"Dai")[0],
        "a page that is cut before the end of its first paper, “Daily Papers - Hugging Face”"),
    "without anything": ("<html>", "a page of another site, without a title"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), OTHER.values(), ids=OTHER)
def test_another_page_is_refused_and_the_message_names_it(content: str, problem: str) -> None:
    assert refusal(content).startswith(f"folder/page.html: {problem}")


def test_a_page_in_another_encoding_is_refused() -> None:
    content = saved({}).replace("Daily Papers", "D\u00e4ly" * 5).encode("latin-1")
    assert refusal(content).startswith("folder/page.html:4: not UTF-8 text")


def test_a_number_of_a_character_that_is_too_long_breaks_nothing() -> None:
    for text in ("&#" + "9" * 5_000 + ";", '<a href="&#' + "9" * 5_000 + ';">'):
        assert refusal(NOTHING.format("x", text)).startswith("folder/page.html: ")


def test_a_page_that_is_cut_behind_its_data_has_them() -> None:
    content = saved({"dailyPapers": [old(0)]})
    end = content.index(">", content.index('DailyPapers"'))
    assert len(read(content[:end]).listings) == 1
