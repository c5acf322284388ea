"""Captures of one page by different tools: the same papers come out of all of them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.records import Dump, Listing

SITE = "https://huggingface.co"


@dataclass(frozen=True)
class Shown:
    """A paper as the page of a search shows it."""

    id: str
    votes: str
    title: str
    abstract: tuple[str, ...]  # paragraphs
    who: tuple[str, str] | int  # handle and name of an organization, or how many authors
    when: str
    comments: int | None = None

    @property
    def authors(self) -> str:
        assert isinstance(self.who, int)
        return f"{self.who} author{'s' * (self.who > 1)}"


SHOWN = (
    Shown(
        "2502.00001",
        "12",
        "Small Caches: Keys on a Diet",
        ("Caches of keys grow with every word. We cut them by 2.5x and lose nothing.",
         "Code is at https://github.com/example/diet and [here](https://diet.example.org/a)."),
        3,
        "Jan 7",
        2,
    ),
    Shown(
        "2411.00002",
        "-",
        "Who Waits, and Why?",
        ("Waiting is measured on three servers. A queue [1] is all it takes.",),
        ("examplelab", "Example Lab of Vision"),
        "Nov 24, 2024",
    ),
    Shown(
        "2304.00003",
        "1,024",
        "Weights that Sleep",
        ("Most weights do nothing.", "We put them to sleep:", "- at night,", "- and at noon."),
        1,
        "Apr 26, 2023",
        17,
    ),
)  # fmt: skip


def one_who(paper: Shown) -> str:
    return paper.authors if isinstance(paper.who, int) else " ".join(paper.who)


def with_comments(paper: Shown, between: str) -> str:
    return paper.when if paper.comments is None else f"{paper.when}{between}{paper.comments}"


def plain(gap: str = "\n\n", when: str = "\n·\n", between: str = " ", votes: bool = True) -> str:
    """As the seeds are, with upvotes, tabs and the query."""
    head = ["new", "Get trending papers in your email inbox once a day!", "Subscribe"]
    head += ["Daily Papers", "byAK and the research community", "key cache", "Daily Weekly Monthly"]
    head += ["Trending Papers", "Feb 4"]
    records = [
        gap.join(
            [
                *([paper.votes] if votes else []),
                paper.title,
                *paper.abstract,
                one_who(paper) + when + with_comments(paper, between),
            ]
        )
        for paper in SHOWN
    ]
    return gap.join([*head, *records]) + "\n"


def markdown() -> str:
    """As a tool that keeps links: of abstracts over several lines, too."""

    def record(paper: Shown) -> str:
        page = f"{SITE}/papers/{paper.id}"
        lines = [f"[{paper.votes}]({SITE}/login?next=%2Fpapers%2F{paper.id})"]
        lines += [f"### [{paper.title}]({page})"]
        lines += ["[" + "\\\\\n".join(paper.abstract).replace("[1]", r"\[1\]") + f"]({page})"]
        if isinstance(paper.who, int):
            picture = f"- ![]({SITE}/avatars/1a2b.svg)\\\n"
            lines += [f"[{picture * 2}- {paper.authors}]({page})"]
        else:
            handle, name = paper.who
            lines += [f"[![{handle}]({SITE}/pictures/x.png){name}]({SITE}/{handle})"]
        comments = f"[{paper.comments}]({page}#community)" if paper.comments else ""
        return "\n\n".join([*lines, "·", paper.when + comments])

    head = ["---\nurl: https://huggingface.co/papers?q=key%20cache\ntitle: Daily Papers\n---\nnew"]
    head += [
        "Get trending papers in your email inbox!",
        f"[Subscribe]({SITE}/login?next=%2Fpapers)",
    ]
    head += ["# Daily Papers", f"## by [![]({SITE}/front/x.png)AK]({SITE}/akhaliq) and the research"
             " community", "- Daily\n- Weekly\n- Monthly"]  # fmt: skip
    head += [f"[Trending Papers]({SITE}/papers/trending)", "Feb 4"]
    foot = [f"[Previous]({SITE}/papers/date/2025-02-03)"]
    foot += ["Trending Papers ranked by GitHub stars activity"]
    return "\n\n".join([*head, *map(record, SHOWN), *foot]) + "\n"


def numbered() -> str:
    """As a tool that numbers links, and breaks long lines and headings."""
    numbers = iter(range(29, 1000))

    def record(paper: Shown) -> str:
        title = f"### [{paper.title}][{next(numbers)}]"
        if paper.title.startswith("Small"):
            title = title.replace(" on a", " on\n### a")
        abstract = "\n".join(paper.abstract)
        lines = [f"[\n{paper.votes}\n][{next(numbers)}]\n\n{title}\n"]
        lines += [f"[\n\n{abstract}\n\n][{next(numbers)}]"]
        if isinstance(paper.who, int):
            lines += [f"[\n* {paper.authors}\n][{next(numbers)}]"]
        else:
            lines += [f"[[{paper.who[0]}] {paper.who[1]}][{next(numbers)}]"]
        comments = f" [ {paper.comments}][{next(numbers)}]" if paper.comments else ""
        return "\n".join([*lines, "·", paper.when + comments])

    head = "# Web source\n\n- URL: https://huggingface.co/papers?q=key+cache\n\n```text\n"
    head += "[[Hugging Face's logo] Hugging Face][1]\n* [ Models ][2]\n* [ Buckets new][5]\n"
    head += "* * Website\n    * [ Tasks][9]\n* [Log In][27]\nnew\n\n[Subscribe][29]\n\n"
    head += "# Daily Papers\n\n## by[AK][30] and the research community\n* Daily\n* Weekly\n"
    head += "* Monthly\n\nFeb 4\n"
    return head + "\n".join(map(record, SHOWN)) + "\n```\n"


def addressed() -> str:
    """As a tool that puts each address on a line of its own."""

    def record(paper: Shown) -> str:
        page = f"{SITE}/papers/{paper.id}"
        lines = [f" [-] {paper.votes}", f"{SITE}/login?next=%2Fpapers%2F{paper.id}"]
        lines += [paper.title, page, *paper.abstract, page]
        if isinstance(paper.who, int):
            lines += [f"[\n\n{paper.authors}]({page})"]
        else:
            lines += [" ", page, f" {paper.who[1]}", f"{SITE}/{paper.who[0]}"]
        lines += ["·", f"{paper.when} "]
        if paper.comments:
            lines += [str(paper.comments), f"{page}#community"]
        return "\n\n".join(lines)

    head = [
        "# Daily Papers - Hugging Face\nDaily Papers - Hugging Face",
        " Hugging Face",
        f"{SITE}/",
    ]
    head += [
        "Models",
        f"{SITE}/models",
        "Something New",
        f"{SITE}/something",
        "new",
        "Daily Papers",
    ]
    head += ["by ", "AK", f"{SITE}/akhaliq", " and the research community", "key cache", "Daily"]
    head += ["Weekly", "Monthly ", f"{SITE}/papers/trending", f"{SITE}/papers/date/2025-02-03"]
    head += ["Feb 4"]
    foot = [
        "Previous",
        f"{SITE}/papers/date/2025-02-03",
        "Company",
        "TOS",
        f"{SITE}/terms",
        "Careers",
    ]
    foot += ["https://apply.example.com/huggingface/", "© 2026 Hugging Face"]
    return "\n\n".join([*head, *map(record, SHOWN), *foot]) + "\n"


def numbered_titles(content: str) -> str:
    for number, paper in enumerate(SHOWN, 1):
        content = content.replace(f"### [{paper.title}]", f"{number}. **[{paper.title}]")
        content = content.replace(f"({SITE}/papers/{paper.id})", f"({SITE}/papers/{paper.id})**", 1)
    return content


VARIANTS = {
    "plain": plain(),
    "plain, without a blank line": plain(gap="\n", when="\n·\n", between="\n"),
    "plain, details on one line": plain(when=" · ", between=" · "),
    "plain, comments on a line of their own": plain(between="\n"),
    "plain, comments in a paragraph": plain(between="\n\n"),
    "plain, without upvotes": plain(votes=False),
    "plain, tabs on lines of their own": plain().replace("Daily Weekly Monthly",
                                                         "Daily\n\nWeekly\n\nMonthly"),
    "plain, the query at the top": "key cache\n\n" + plain().replace("key cache\n\n", ""),
    "plain, the query before the date": plain().replace("key cache\n\n", "").replace(
        "Feb 4\n", "key cache\n\nFeb 4\n"),
    "plain, the query behind the date": plain().replace("key cache\n\n", "").replace(
        "Feb 4\n", "Feb 4\n\nkey cache\n"),
    "plain, points of pictures before the authors": plain().replace("3 authors",
                                                                    "•\n\n•\n\n• 3 authors"),
    "plain, upvotes with a word": plain().replace("\n12\n", "\n▲ 12\n").replace(
        "\n1,024\n", "\nUpvote\n\n1,024 upvotes\n"),
    "Markdown": markdown(),
    "Markdown, rules between papers": markdown().replace("Feb 4\n", "Feb 4\n\n---\n").replace(
        "#community)\n", "#community)\n\n* * *\n"),
    "Markdown, titles numbered and bold": numbered_titles(markdown()),
    "Markdown, abstracts quoted, details in italics": markdown().replace(
        "\n\n[Waiting", "\n\n> [Waiting").replace("- 1 author]", "*1 author*]"),
    "Markdown, relative links": markdown().replace(SITE, ""),
    "Markdown, titles without links": markdown().replace("### [", "### ").replace(
        "]({SITE}/papers", "({SITE}/papers"),
    "numbered links": numbered(),
    "addresses": addressed(),
}  # fmt: skip


def read(content: str) -> Dump:
    return text_page.read(content.encode(), Path("page.txt"))


def stated(listing: Listing) -> tuple[object, ...]:
    return (
        listing.title,
        listing.abstract,
        listing.author_count,
        listing.organization_id,
        listing.organization_name,
        listing.published_text,
        listing.published_on,
        listing.comment_count,
    )


EXPECTED = [
    (
        paper.title,
        " ".join(paper.abstract),
        paper.who if isinstance(paper.who, int) else None,
        None if isinstance(paper.who, int) else paper.who[0],
        None if isinstance(paper.who, int) else paper.who[1],
        paper.when,
        published_on,
        paper.comments,
    )
    for paper, published_on in zip(SHOWN, ["2025-01-07", "2024-11-24", "2023-04-26"], strict=True)
]


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
def test_the_same_papers_come_out_of_every_variant(content: str) -> None:
    dump = read(content)
    assert [stated(one) for one in dump.listings] == EXPECTED
    assert dump.shown_on_text == "Feb 4"
    assert dump.shown_on == "2025-02-04"


VOTED = {name: content for name, content in VARIANTS.items() if "without upvotes" not in name}
LINKED = ("Markdown", "Markdown, relative links", "addresses")


@pytest.mark.parametrize("content", VOTED.values(), ids=VOTED)
def test_upvotes_before_titles_are_read_and_a_dash_is_none(content: str) -> None:
    assert [one.upvote_count for one in read(content).listings] == [12, 0, 1024]


def test_without_upvotes_there_are_none() -> None:
    content = VARIANTS["plain, without upvotes"]
    assert [one.upvote_count for one in read(content).listings] == [None] * 3


@pytest.mark.parametrize("name", LINKED)
def test_links_to_a_papers_page_give_its_arxiv_id(name: str) -> None:
    listings = read(VARIANTS[name]).listings
    assert [one.arxiv_id for one in listings] == [paper.id for paper in SHOWN]
    assert listings[0].url == "https://huggingface.co/papers/2502.00001"


@pytest.mark.parametrize("name", [name for name in VARIANTS if "query" in name])
def test_the_query_is_a_part_of_the_page(name: str) -> None:
    content = VARIANTS[name]
    (line,) = [one.line for one in read(content).furniture if one.part == "query"]
    assert content.split("\n")[line - 1] == "key cache"


@pytest.mark.parametrize("content", VARIANTS.values(), ids=VARIANTS)
def test_every_line_is_in_a_listing_or_a_named_part(content: str) -> None:
    dump = read(content)
    filled = {at for at, line in enumerate(content.split("\n"), 1) if line.strip()}
    listed = {
        at
        for one in dump.listings
        for at in range(one.first_line, one.last_line + 1)
        if at in filled
    }
    assert listed | {one.line for one in dump.furniture} == filled
    assert len(listed) + len(dump.furniture) == dump.line_count == len(filled)
    assert sum(one.line_count for one in dump.listings) == len(listed)
