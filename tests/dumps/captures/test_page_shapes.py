"""Pages of several kinds as tools save them: trending, weekly, without abstracts, empty."""

from functools import partial
from operator import attrgetter

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.records import Dump
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

SITE = "https://huggingface.co"
PAGE = f"{SITE}/papers/2601.0000"
ABSTRACT = "We present an invented model that answers twice as fast, and needs half of the memory."
HEAD = f"by [AK]({SITE}/akhaliq) and the research community\n\n"
TITLES = [("First: A Model of Things", ABSTRACT), ("Second: Another Model", ABSTRACT)]
stated = attrgetter("title", "abstract")
read = partial(read_with, text_page, "page.md")


def checked(content: str) -> Dump:
    dump = read(content)
    assert_no_line_is_lost(dump, content)
    assert "secretuser" not in repr((dump.listings, dump.problems)).lower()
    return dump


def card(number: int, submitted: str = "", when: str = "Published on Jan 5, 2026") -> str:
    """A card of the trending page, with the upvotes below."""
    title = TITLES[number][0].replace(": A", ":\nA")
    return (
        f"[[Image: x]]({SITE}/papers/2601.0000{number})\n\n{submitted}"
        f'<a id="section-{number}"></a>\n\n### [{title}]({SITE}/papers/2601.0000{number})\n\n'
        f"{ABSTRACT}\n\n[[Image: lab] Example Lab]({SITE}/example-lab) · {when}\n\n"
        f"[Upvote\n\n11{number}]({SITE}/login?next=%2Fpapers%2F2601.0000{number})\n\n"
        f"[GitHub 3.29k](https://github.com/example-lab/code_{number})"
        f" [arXiv Page](https://arxiv.org/abs/2601.0000{number})"
        " [Project page](https://example.org/a)\n\n"
    )


SUBMITTED = {
    "on lines": "Submitted by\n\nsecretuser\n\n",
    "with a picture": "Submitted by\n\n[Image: alt]\n\nsecretuser\n\n",
    "on a line": "Submitted by secretuser\n\n",
    "linked": f"Submitted by [![](https://x.org/y.png) secretuser]({SITE}/secretuser)\n\n",
    "with a day": "· Submitted by\n\nsecretuser\n\non Oct 7\n\n#1 Paper of the week\n\n",
    "without a name": "Submitted by\n\n",
    "bold": "**Submitted by** secretuser\n\n",
    "in a table": "| Submitted by | secretuser |\n\n",
    "in a link": f"[Submitted by\n\nsecretuser]({SITE}/secretuser)\n\n",
    "with a handle": "Submitted by\n\nA. Secretuser, Jr.\n\n@secretuser\n\n2 days ago\n\n",
    "with other lines": "Submitted by\n\nsecretuser\n\nsecretuser follows you\n\n",
    "by another word": "Submitter: secretuser\n\n",
    "with the words of a picture": "secretuser's avatar\n\nSubmitted by\n\nsecretuser\n\n",
}


@pytest.mark.parametrize("submitted", SUBMITTED.values(), ids=SUBMITTED)
def test_cards_of_the_trending_page_have_upvotes_and_links_below(submitted: str) -> None:
    dump = checked("# Trending Papers\n\n" + HEAD + card(0, submitted) + card(1, submitted))
    assert [stated(item) for item in dump.listings] == TITLES
    assert dump.problems == ()
    last = dump.listings[1]
    assert (last.upvote_count, last.comment_count, last.published_on) == (111, None, "2026-01-05")
    assert (last.organization_id, last.organization_name) == ("example-lab", "Example Lab")
    assert (last.arxiv_id, last.project_url) == ("2601.00001", "https://example.org/a")
    assert last.code_url == "https://github.com/example-lab/code_1"


def test_a_card_for_each_width_of_screen_is_one_paper() -> None:
    twice = [
        card(number, when=when) for number in (0, 1) for when in ("Published on Jan 5", "Jan 5")
    ]
    dump = checked(
        "# Trending Papers\n\n" + HEAD + "-\n\n-\n\nTrending Papers\n\n" + "".join(twice)
    )
    assert [(item.rank, stated(item)) for item in dump.listings] == [*enumerate(TITLES, 1)]
    assert "repeated" in {item.part for item in dump.furniture}


def test_the_arxiv_link_gives_the_id_where_titles_have_no_link() -> None:
    cards = (
        f"### {title}\n\n{text}\n\n[arXiv Page](https://arxiv.org/abs/2601.0000{number}v2)\n\n"
        for number, (title, text) in enumerate(TITLES)
    )
    dump = checked("# Trending Papers\n\n" + HEAD + "".join(cards))
    assert [item.arxiv_id for item in dump.listings] == ["2601.00000", "2601.00001"]


def plain(upvotes: str, links: str, who: str = "4 authors\n\n·\n") -> str:
    cards = (
        f"Submitted by\nsecretuser\n\n{title}\n\n{abstract}\n\n{who}Published on Jan 5, 2026\n\n"
        f"{upvotes}\n\n{links}\n\n"
        for title, abstract in TITLES
    )
    return "Trending Papers\nbyAK and the research community\n\n" + "".join(cards)


@pytest.mark.parametrize(
    "upvotes", ["Upvote\n117", "Upvote 117", "117 upvotes", "▲ 117", "Upvote 117 +5"]
)
@pytest.mark.parametrize(
    "links",
    [
        "GitHub 131\narXiv Page",
        "GitHub 3.2k arXiv Page",
        "GitHub\n\nProject page\n\n+5",
        "View all",
    ],
)
def test_links_and_upvotes_of_plain_text_are_no_papers(upvotes: str, links: str) -> None:
    dump = checked(plain(upvotes, links))
    assert [stated(item) for item in dump.listings] == TITLES
    assert [(item.upvote_count, item.author_count) for item in dump.listings] == [(117, 4)] * 2
    assert dump.problems == ()


def test_an_address_below_its_label_is_that_of_the_code() -> None:
    links = "GitHub 131\n\nhttps://github.com/example/code\n\n"
    links += "arXiv Page\n\nhttps://arxiv.org/abs/2601.00009"
    last = checked(plain("Upvote 117", links)).listings[-1]
    assert (last.code_url, last.arxiv_id) == ("https://github.com/example/code", "2601.00009")


@pytest.mark.parametrize("organization", ["Example University", "The Lab of Things"])
def test_a_name_without_a_handle_is_no_organization(organization: str) -> None:
    dump = checked(plain("Upvote 117", "GitHub 131", organization + " · "))
    assert [item.organization_id for item in dump.listings] == [None] * 2
    assert {(item.field, item.found) for item in dump.problems} == {
        ("organization", f"“{organization}”")
    }


CARDS = {
    "of the day in Markdown": "".join(
        f"[{12 + n}]({SITE}/login?next=%2Fpapers%2F2601.0000{n})\n\n### [{title}]({PAGE}{n})\n\n"
        f"*   [![Image 5](https://x.org/y.png)]({PAGE}{n})\n*   [· {n + 1} authors]({PAGE}{n})\n\n"
        f"[3]({PAGE}{n}#community)\n\n"
        for n, (title, _) in enumerate(TITLES)
    ),
    "of the day as text": "".join(
        f"Submitted by\nsecretuser\n{12 + n}\n{title}\n·\n{n + 1} author{'s' * n}\n3\n"
        for n, (title, _) in enumerate(TITLES)
    ),
    "of a note": "".join(
        f"Submitted by\n\nsecretuser\n\n### {title}\n\n- ![](https://x.org/a.png)\n"
        f"- · {n + 1} authors\n\n"
        for n, (title, _) in enumerate(TITLES)
    ),
}


@pytest.mark.parametrize("cards", CARDS.values(), ids=CARDS)
def test_cards_without_abstracts_are_listings_without_one(cards: str) -> None:
    dump = checked("# Daily Papers\n\n" + HEAD + "Jan 6\n\n" + cards)
    assert [stated(item) for item in dump.listings] == [(title, "") for title, _ in TITLES]
    assert [item.author_count for item in dump.listings] == [1, 2]
    assert dump.problems == ()
    if "12" in cards:
        counts = [(item.upvote_count, item.comment_count) for item in dump.listings]
        assert counts == [(12, 3), (13, 3)]


def test_an_organization_of_a_card_without_an_abstract_is_no_abstract() -> None:
    cards = "".join(
        f"Submitted by\n\nsecretuser\n{12 + n}\n{title}\n\nExample Lab\n\n·\n{n + 2} authors\n3\n"
        for n, (title, _) in enumerate(TITLES)
    )
    dump = checked(f"Daily Papers\nbyAK and the research community\n\nWeek 2\nJan 6\n{cards}")
    assert [stated(item) for item in dump.listings] == [(title, "") for title, _ in TITLES]
    assert [item.author_count for item in dump.listings] == [2, 3]
    assert {item.field for item in dump.problems} == {"organization"}
    assert dump.shown_on_text == "Jan 6"


def test_attributes_and_boxes_of_pandoc_are_no_text() -> None:
    papers = "".join(
        f"::: {{.card}}\n### [{title}]({PAGE}{n}){{.clamp .pointer}} {{#one .mb}}\n\n{text}\n"
        ":::\n\n"
        for n, (title, text) in enumerate(TITLES)
    )
    head = HEAD.replace("\n", " {#by .text}\n", 1)
    dump = checked(f"# Daily Papers {{#daily .text-2xl}}\n\n## {head}{papers}")
    assert [stated(item) for item in dump.listings] == TITLES


CODE = "https://github.com/example-lab/one"
AROUND = {
    "links above the title": (f"[Upvote\n\n9](VOTE)\n\n[GitHub 31]({CODE})\n\n", "", 9),
    "stars on a line of their own": (
        "",
        f"[GitHub]({CODE})\n\n131\n\n[arXiv Page](ARXIV)\n\n",
        None,
    ),
    "stars behind votes": ("9\n\n", f"[GitHub]({CODE})\n\n131\n\n[arXiv Page](ARXIV)\n\n", 9),
    "a sign of stars": ("", f"⭐ 131 [GitHub]({CODE})\n\n▲ 9\n\n", 9),
}


@pytest.mark.parametrize(("above", "below", "upvotes"), AROUND.values(), ids=AROUND)
def test_links_and_stars_of_code_stand_anywhere_around_a_card(
    above: str, below: str, upvotes: int | None
) -> None:
    cards = [
        f"{above}### [{title}]({PAGE}{number})\n\n{text}\n\n- 3 authors\n\n·"
        f" Published on Jan 5, 2026\n\n{below}".replace(
            "VOTE", f"{SITE}/login?next=%2Fpapers%2F"
        ).replace("ARXIV", f"https://arxiv.org/abs/2601.0000{number}")
        for number, (title, text) in enumerate(TITLES)
    ]
    dump = checked("# Trending Papers\n\n" + HEAD + "".join(cards))
    assert [stated(item) for item in dump.listings] == TITLES
    assert [item.code_url for item in dump.listings] == [CODE] * 2
    assert [item.upvote_count for item in dump.listings] == [upvotes] * 2
    assert [item.comment_count for item in dump.listings] == [None] * 2
    assert dump.problems == ()


LINKED = {
    "points of a list": "- [{title}]({url})\n\n{text}",
    "bold": "**[{title}]({url})**\n\n{text}",
    "an address below": "### {title}\n\n<{url}>\n\n{text}",
    "an address elsewhere": "### [{title}][paper {number}]\n\n{text}\n\n[paper {number}]: {url}",
    "an address and words": '### [{title}][{number}]\n\n{text}\n\n[{number}]: <{url}> "x"',
}


@pytest.mark.parametrize("form", LINKED.values(), ids=LINKED)
@pytest.mark.parametrize("end", ["", "\n\n« PreviousNext »", "\n\nPrevious\n\n1\n\n2\n\n…\n\nNext"])
def test_titles_are_linked_in_several_ways(form: str, end: str) -> None:
    papers = "".join(
        form.format(title=title, text=text, url=f"{PAGE}{number}", number=number)
        + "\n\n- 3 authors\n\n· Jan 5, 2026\n\n"
        + f"[💻 Code]({CODE}) [📄 Paper](https://arxiv.org/abs/2601.0000{number})\n\n"
        for number, (title, text) in enumerate(TITLES)
    )
    dump = checked("# Daily Papers\n\n" + HEAD + papers + end)
    assert [stated(item) for item in dump.listings] == TITLES
    assert [item.arxiv_id for item in dump.listings] == ["2601.00000", "2601.00001"]
    assert [item.code_url for item in dump.listings] == [CODE] * 2
    assert dump.problems == ()


SUBMITTERS_OF_TEXT = (
    f"[![](https://x.org/a.png) secretuser]({SITE}/secretuser)",
    f"[\n\n![](https://x.org/a.png)\n\nsecretuser\n\n]({SITE}/secretuser)",
    "![secretuser's avatar](https://x.org/secretuser.png)\n\nsecretuser",
)


@pytest.mark.parametrize("name", SUBMITTERS_OF_TEXT)
def test_links_to_accounts_are_read_where_titles_have_none(name: str) -> None:
    papers = "".join(
        f"Submitted by\n\n{name}\n\n{title}\n\n{text}\n\n3 authors\n·\nJan 5, 2026\n\n"
        for title, text in TITLES
    )
    dump = checked("Daily Papers\n\nby AK and the research community\n\nJan 6\n\n" + papers)
    assert [stated(item) for item in dump.listings] == TITLES


EMPTY = {
    "a day": "Jan 3\n\nNo papers for this day",
    "a day without a word": "Jan 3",
    "a week": "Daily\nWeekly\nMonthly\n\nWeek 1, 2026\n\nNo papers found",
    "a week with a foot": "Week 1, 2026\n\nThere are no papers yet.\n\nPrevious\n\n© Hugging Face",
}


@pytest.mark.parametrize("content", EMPTY.values(), ids=EMPTY)
def test_a_page_without_papers_is_read(content: str) -> None:
    dump = checked("# Daily Papers\n\n" + HEAD + content + "\n")
    assert (dump.listings, dump.problems, dump.item_count) == ((), (), 0)


ARCHIVE = "https://web.archive.org/web/20260107093000"
HEADS = {
    f"URL Source: {SITE}/papers?date=2026-01-06\n\n": ("Jan 6", "2026-01-06"),
    f"---\ntitle: x\nsource_url: {SITE}/papers/date/2026-01-06\n---\n": (None, "2026-01-06"),
    f"---\nsource: {SITE}/papers\ncreated: 2026-01-07\n---\n": ("Jan 6", "2026-01-06"),
    f"Source: {ARCHIVE}/{SITE}/papers\n\n": ("Jan 6", "2026-01-06"),
    f"Source: {ARCHIVE}/{SITE}/papers\n": (None, "2026-01-07"),
    "- URL: https://huggingface.co/papers\n- Captured (UTC): 2026-01-07T09:30:00+00:00\n\n": (
        "Jan 6", "2026-01-06",
    ),
    f"[Original]({SITE}/papers/date/2026-01-06)\n\n": (None, "2026-01-06"),
    "Published Time: 2026-01-06T02:00:00Z\n\nMarkdown Content:\n": ("Jan 6", "2026-01-06"),
    f"Source: {SITE}/papers/week/2026-W02\n\n": ("Week 2, 2026", None),
    f"Source: {SITE}/papers/month/2026-01\n\n": ("January 2026", None),
    "Title: Daily Papers - Hugging Face\n\n": ("Jan 2026", None),
}  # fmt: skip


@pytest.mark.parametrize(("header", "shown"), HEADS.items())
def test_what_stands_above_a_page_settles_its_day_and_the_year_of_its_papers(
    header: str, shown: tuple[str | None, str | None]
) -> None:
    printed, day = shown
    papers = "\n\n".join(
        f"### {title}\n\n{text}\n\n- 3 authors\n\n·\n\nJan 5" for title, text in TITLES
    )
    head = HEAD + (f"{printed}\n\n" if printed else "")
    dump = checked(f"{header}# Daily Papers\n\n{head}{papers}\n")
    assert (dump.shown_on_text, dump.shown_on) == shown
    assert dump.shown_on_basis == (day and "stated")
    assert [item.published_on for item in dump.listings] == ["2026-01-05"] * 2


YEARS = {
    "not of a day behind that of the page": (
        f"Source: {SITE}/papers\nSaved: 2026-01-02\n\n", "Jan 2", ["Dec 31", "Jan 1"],
        [None, "2026-01-01"],
    ),
    "not of a day behind its month": ("", "January 2026", ["Dec 31"], [None]),
    "not of a day behind its week": ("", "Week 2, 2026", ["Jan 9", "Jan 30"], ["2026-01-09", None]),
    "not of a page that was shown in a later year": (
        f"Source: {SITE}/papers/date/2024-12-31\n\n", "Dec 31", ["Dec 29, 2024", "Jan 1"],
        ["2024-12-29", None],
    ),
    "not of a week that was shown in a later year": (
        "", "Week 52, 2024", ["Dec 23, 2024", "Jan 3"], ["2024-12-23", None],
    ),
    "not of a day behind the one on which the page was saved": (
        "Saved: 2026-02-05\n\n", "Jul 7", ["Jul 4", "Jan 20"], [None, None],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "printed", "dates", "days"), YEARS.values(), ids=YEARS)
def test_a_page_has_papers_of_before_its_last_day_alone(
    header: str, printed: str, dates: list[str], days: list[str | None]
) -> None:
    papers = "\n\n".join(
        f"### {title}\n\n{text}\n\n- 3 authors\n\n·\n\n{when}"
        for (title, text), when in zip(TITLES, dates, strict=False)
    )
    dump = checked(f"{header}# Daily Papers\n\n{HEAD}{printed}\n\n{papers}\n")
    assert [item.published_on for item in dump.listings] == days
    assert [item.published_basis is None for item in dump.listings] == [not day for day in days]


def test_a_page_of_which_only_the_address_is_known_has_marked_papers() -> None:
    address = f"Source: {SITE}/papers/date/2026-01-06\n\n"
    assert len(checked(address + card(0) + card(1)).listings) == 2
    other = f"Source: https://other.example/papers\n\n{card(0)}"
    assert "not a Daily Papers page" in refusal_of(read, other)
    assert "not a Daily Papers page" in refusal_of(read, address + "A title\n\nA text.")


def test_numbers_of_a_text_browser_and_its_list_of_links_are_no_text() -> None:
    papers = "\n\n".join(
        f"   [7]{title}\n\n   [8]{text}\n\n     * [9]3 authors" for title, text in TITLES
    )
    top = "   [1]Hugging Face\n\n      Daily Papers\n\nby [5]AK and the research community"
    links = f"References\n\n   Visible links:\n   1. {SITE}/\n   7. {SITE}/a"
    dump = checked(f"{top}\n\n{papers}\n\n{links}\n")
    assert [stated(item) for item in dump.listings] == TITLES


def test_unknown_lines_of_the_head_and_the_foot_are_no_papers() -> None:
    top = f"[Daily Papers - Hugging Face]({SITE}/papers)\n\n> ## Excerpt\n> Your daily dose of AI"
    top += " research from AK\n\n---\n# Daily Papers\n\n" + HEAD
    foot = f"[Previous]({SITE}/papers/date/2026-01-05)[Next]({SITE}/papers)\n\nSystem theme\n\n"
    foot += f"[TOS]({SITE}/terms) [Privacy]({SITE}/privacy) [Jobs](https://jobs.example.com/)\n\n"
    dump = checked(top + card(0) + card(1) + foot + "Models Datasets Spaces\n")
    assert [stated(item) for item in dump.listings] == TITLES
    assert dump.problems == ()
