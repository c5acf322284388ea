"""Captures of one page by different tools: the same papers come out of all of them."""

from dataclasses import dataclass
from functools import partial
from operator import attrgetter

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.records import DumpError
from tests.dumps.reading import assert_no_line_is_lost, read_with

SITE = "https://huggingface.co"
read = partial(read_with, text_page, "page.txt")


@dataclass(frozen=True)
class PrintedPaper:
    """A paper as the page of a search prints it: with its authors or with an organization."""

    id: str
    votes: str
    title: str
    abstract: tuple[str, ...]  # paragraphs
    when: str
    published_on: str
    author_count: int | None = None
    handle: str | None = None
    organization: str | None = None
    comments: int | None = None

    @property
    def who(self) -> str:
        if self.author_count is None:
            return f"{self.handle} {self.organization}"
        return f"{self.author_count} author{'s' * (self.author_count > 1)}"


PAPERS = (
    PrintedPaper(
        "2502.00001", "12", "Small Caches: Keys on a Diet",
        ("Caches of keys grow with every word. We cut them by 2.5x and lose nothing.",
         "Code is at https://github.com/example/diet and [here](https://diet.example.org/a)."),
        "Jan 7", "2025-01-07", author_count=3, comments=2,
    ),
    PrintedPaper(
        "2411.00002", "-", "Who Waits, and Why?",
        ("Waiting is measured on three servers. A queue [1] is all it takes.",),
        "Nov 24, 2024", "2024-11-24", handle="examplelab", organization="Example Lab of Vision",
    ),
    PrintedPaper(
        "2304.00003", "1,024", "Weights that Sleep",
        ("Most weights do nothing.", "We put them to sleep:", "- at night,", "- and at noon."),
        "Apr 26, 2023", "2023-04-26", author_count=1, comments=17,
    ),
)  # fmt: skip


def plain(gap: str = "\n\n", when: str = "\n·\n", between: str = " ", votes: bool = True) -> str:
    """As the seeds are, with upvotes, tabs and the query."""
    blocks = ["new", "Get trending papers in your email inbox once a day!", "Subscribe"]
    blocks += ["Daily Papers", "byAK and the research community", "key cache"]
    blocks += ["Daily Weekly Monthly", "Trending Papers", "Feb 4"]
    for paper in PAPERS:
        comments = f"{between}{paper.comments}" if paper.comments else ""
        blocks += [paper.votes] * votes
        blocks += [paper.title, *paper.abstract, paper.who + when + paper.when + comments]
    return gap.join(blocks) + "\n"


def markdown() -> str:
    """As a tool that keeps links: of abstracts over several lines, too."""
    blocks = [
        "---\nurl: https://huggingface.co/papers?q=key%20cache\ntitle: Daily Papers\n---\nnew"
    ]
    blocks += ["Get trending papers in your email inbox!"]
    blocks += [f"[Subscribe]({SITE}/login?next=%2Fpapers)", "# Daily Papers"]
    blocks += [f"## by [![]({SITE}/front/x.png)AK]({SITE}/akhaliq) and the research community"]
    blocks += [
        "- Daily\n- Weekly\n- Monthly",
        f"[Trending Papers]({SITE}/papers/trending)",
        "Feb 4",
    ]
    for paper in PAPERS:
        page = f"{SITE}/papers/{paper.id}"
        abstract = "\\\\\n".join(paper.abstract).replace("[1]", r"\[1\]")
        blocks += [f"[{paper.votes}]({SITE}/login?next=%2Fpapers%2F{paper.id})"]
        blocks += [f"### [{paper.title}]({page})", f"[{abstract}]({page})"]
        if paper.author_count:
            picture = f"- ![]({SITE}/avatars/1a2b.svg)\\\n"
            blocks += [f"[{picture * 2}- {paper.who}]({page})"]
        else:
            logo = f"![{paper.handle}]({SITE}/pictures/x.png)"
            blocks += [f"[{logo}{paper.organization}]({SITE}/{paper.handle})"]
        comments = f"[{paper.comments}]({page}#community)" if paper.comments else ""
        blocks += ["·", paper.when + comments]
    blocks += [f"[Previous]({SITE}/papers/date/2025-02-03)"]
    blocks += ["Trending Papers ranked by GitHub stars activity"]
    return "\n\n".join(blocks) + "\n"


def numbered() -> str:
    """As a tool that numbers links, and breaks long lines and headings."""
    numbers = iter(range(29, 1000))
    text = "# Web source\n\n- URL: https://huggingface.co/papers?q=key+cache\n\n```text\n"
    text += "[[Hugging Face's logo] Hugging Face][1]\n* [ Models ][2]\n* [ Buckets new][5]\n"
    text += "* * Website\n    * [ Tasks][9]\n* [Log In][27]\nnew\n\n[Subscribe][29]\n\n"
    text += "# Daily Papers\n\n## by[AK][30] and the research community\n* Daily\n* Weekly\n"
    text += "* Monthly\n\nFeb 4\n"
    for paper in PAPERS:
        title = f"### [{paper.title}][{next(numbers)}]"
        if paper.title.startswith("Small"):
            title = title.replace(" on a", " on\n### a")
        abstract = "\n".join(paper.abstract)
        text += f"[\n{paper.votes}\n][{next(numbers)}]\n\n{title}\n\n"
        text += f"[\n\n{abstract}\n\n][{next(numbers)}]\n"
        if paper.author_count:
            text += f"[\n* {paper.who}\n][{next(numbers)}]\n"
        else:
            text += f"[[{paper.handle}] {paper.organization}][{next(numbers)}]\n"
        comments = f" [ {paper.comments}][{next(numbers)}]" if paper.comments else ""
        text += f"·\n{paper.when}{comments}\n"
    return text + "```\n"


def addressed() -> str:
    """As a tool that puts each address on a line of its own."""
    blocks = ["# Daily Papers - Hugging Face\nDaily Papers - Hugging Face", " Hugging Face"]
    blocks += [f"{SITE}/", "Models", f"{SITE}/models", "Something New", f"{SITE}/something", "new"]
    blocks += ["Daily Papers", "by ", "AK", f"{SITE}/akhaliq", " and the research community"]
    blocks += ["key cache", "Daily", "Weekly", "Monthly ", f"{SITE}/papers/trending"]
    blocks += [f"{SITE}/papers/date/2025-02-03", "Feb 4"]
    for paper in PAPERS:
        page = f"{SITE}/papers/{paper.id}"
        blocks += [f" [-] {paper.votes}", f"{SITE}/login?next=%2Fpapers%2F{paper.id}"]
        blocks += [paper.title, page, *paper.abstract, page]
        if paper.author_count:
            blocks += [f"[\n\n{paper.who}]({page})"]
        else:
            blocks += [" ", page, f" {paper.organization}", f"{SITE}/{paper.handle}"]
        blocks += ["·", f"{paper.when} "]
        blocks += [str(paper.comments), f"{page}#community"] if paper.comments else []
    blocks += ["Previous", f"{SITE}/papers/date/2025-02-03", "Company", "TOS", f"{SITE}/terms"]
    blocks += ["Careers", "https://apply.example.com/huggingface/", "© 2026 Hugging Face"]
    return "\n\n".join(blocks) + "\n"


def numbered_titles(content: str) -> str:
    for number, paper in enumerate(PAPERS, 1):
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


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_papers_come_out_of_every_variant_and_no_line_is_lost(name: str) -> None:
    dump = read(VARIANTS[name])
    assert_no_line_is_lost(dump, VARIANTS[name])
    names = "title author_count organization_id organization_name published_text published_on"
    stated = attrgetter(*names.split(), "abstract", "comment_count")
    assert [stated(listing) for listing in dump.listings] == [
        (
            *(paper.title, paper.author_count, paper.handle, paper.organization, paper.when),
            *(paper.published_on, " ".join(paper.abstract), paper.comments),
        )
        for paper in PAPERS
    ]
    assert (dump.shown_on_text, dump.shown_on) == ("Feb 4", "2025-02-04")
    upvotes = [None] * 3 if name == "plain, without upvotes" else [12, 0, 1024]  # 0 where a dash is
    assert [listing.upvote_count for listing in dump.listings] == upvotes


@pytest.mark.parametrize("name", ["Markdown", "Markdown, relative links", "addresses"])
def test_links_to_a_papers_page_give_its_arxiv_id(name: str) -> None:
    listings = read(VARIANTS[name]).listings
    assert [listing.arxiv_id for listing in listings] == [paper.id for paper in PAPERS]
    assert listings[0].url == "https://huggingface.co/papers/2502.00001"


@pytest.mark.parametrize("name", [name for name in VARIANTS if "query" in name])
def test_the_query_is_a_part_of_the_page(name: str) -> None:
    content = VARIANTS[name]
    (line,) = [item.line for item in read(content).furniture if item.part == "query"]
    assert content.split("\n")[line - 1] == "key cache"


def test_a_paper_of_a_broken_capture_has_a_title_or_is_none() -> None:
    header = "---\nurl: /papers?q=key%20cache\ntitle: Dae\n\n"
    content = header + numbered().partition("\n\n")[2].partition("\n\n")[2]
    assert content.count("```") == 2
    try:
        listings = read(content).listings
    except DumpError as error:
        assert "a title" in str(error)
    else:
        assert all(listing.title for listing in listings)
