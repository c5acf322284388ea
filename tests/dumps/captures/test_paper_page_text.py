"""The page of one paper as text and Markdown: one listing, and nothing of people's comments."""

from functools import partial
from operator import attrgetter

import pytest

from daily_papers.dumps.captures import text_page
from daily_papers.records import Dump
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

SITE = "https://huggingface.co"
read = partial(read_with, text_page, "paper.md")
refusal = partial(refusal_of, read)
stated = attrgetter("title", "abstract", "authors", "upvote_count", "arxiv_id", "code_url")
NAMES = ("Ann Example", "Bo Sample", "Thomas T. Third")
CODE = "https://github.com/example/one"
COMMENTS = f"""### Community

[secretuser]({SITE}/secretuser) Paper submitter [2 days ago]({SITE}/papers/2601.00061#a1)

We also made [Another Paper]({SITE}/papers/2601.08784) · Jan 7, 2026

[Upvote 99]({SITE}/login?next=%2Fpapers%2F2601.00061)

## Models citing this paper 3

### Collections including this paper 1

[#### Agents Collection 21 items • Updated Apr 6, 2026 • 106]({SITE}/collections/x)
"""
MARKDOWN = f"""---
title: 'Paper page - PaperOne: A Page'
source_url: {SITE}/papers/2601.00061
published_at: 2026-01-05
---

[Papers]({SITE}/papers)

arxiv:2601.00061

# PaperOne: A Page

Published on Jan 5, 2026

· Submitted by [![](https://x.org/y.png) secretuser]({SITE}/secretuser) on Jan 6, 2026

[#2 Paper of the day]({SITE}/papers?date=2026-01-06)

[Upvote 33]({SITE}/login?next=%2Fpapers%2F2601.00061)

* [![](https://x.org/a.png)]({SITE}/secretuser "secretuser")
* +25

Authors:

![Image 4](https://x.org/b.png) [Ann Example]({SITE}/annexample) ,

Bo Sample ,

Thomas T. Third

## Abstract

A summary that a model made.

AI-generated summary

We propose PaperOne, which is 2x faster than [vLLM]({SITE}/papers?q=vLLM).

[View arXiv page](https://arxiv.org/abs/2601.00061) [View PDF](https://arxiv.org/pdf/2601.00061) \
[Project page](https://one.example.org/) [GitHub 12]({CODE}) [Add to collection]({SITE}/login)

"""
ABSTRACT = "We propose PaperOne, which is 2x faster than vLLM."
PLAIN = f"""Papers
arxiv:2601.00061
PaperOne: A Page
Published on Jan 5, 2026
Submitted by
secretuser
on Jan 6
#3 Paper of the day
Upvote
33
+25
Authors:
Ann Example
,
Bo Sample
,
Thomas T. Third
Abstract
A summary that a model made.
AI-generated summary
{ABSTRACT}
View arXiv page
View PDF
Project page
GitHub 12
{CODE}
Add to collection
Community
secretuser
Paper submitter
2 days ago
Reply
Models citing this paper
0
"""
PAGES = {
    "Markdown": MARKDOWN + COMMENTS,
    "Markdown, without comments": MARKDOWN,
    "Markdown, underlined headings": MARKDOWN.replace(
        "# PaperOne: A Page", "PaperOne: A Page\n====").replace("## Abstract", "Abstract\n---"),
    "Markdown, without what a tool wrote above": MARKDOWN.split("---\n", 2)[2] + COMMENTS,
    "Markdown, authors on a line": MARKDOWN.replace(
        "Authors:\n\n![Image 4]", "Authors: ![Image 4]").replace(" ,\n\n", ", "),
    "Markdown, links without blanks": MARKDOWN.replace(") [", ")[").replace(" ,\n\n", ","),
    "Markdown, no summary": MARKDOWN.replace(
        "A summary that a model made.\n\nAI-generated summary\n\n", ""),
    "text": PLAIN,
    "text, on paragraphs": PLAIN.replace("\n", "\n\n"),
    "text, on few lines": PLAIN.replace("\n,\n", ", ").replace("Authors:\n", "Authors: ").replace(
        "Papers\narxiv", "Papers arxiv").replace("Upvote\n33\n+25", "Upvote 33 +25").replace(
        " 2026\nSubmitted by\n", " 2026 · Submitted by "),
}  # fmt: skip


def checked(content: str) -> Dump:
    dump = read(content)
    assert_no_line_is_lost(dump, content)
    assert "secretuser" not in repr((dump.listings, dump.problems))
    return dump


@pytest.mark.parametrize("content", PAGES.values(), ids=PAGES)
def test_the_page_of_a_paper_is_one_listing(content: str) -> None:
    dump = checked(content)
    (listing,) = dump.listings
    assert stated(listing) == ("PaperOne: A Page", ABSTRACT, NAMES, 33, "2601.00061", CODE)
    assert (listing.author_count, listing.published_on) == (3, "2026-01-05")
    assert listing.url == f"{SITE}/papers/2601.00061"
    assert (dump.item_count, dump.problems) == (1, ())
    if "Markdown" in content or "one.example.org" in content:
        assert listing.project_url == "https://one.example.org/"


def test_what_a_tool_wrote_above_fills_what_the_page_lacks() -> None:
    content = MARKDOWN.replace("Published on Jan 5, 2026\n", "").replace("arxiv:2601.00061\n", "")
    (listing,) = checked(content.replace("# PaperOne: A Page\n", "")).listings
    assert (listing.title, listing.arxiv_id) == ("PaperOne: A Page", "2601.00061")
    assert (listing.published_on, listing.published_text) == ("2026-01-05", None)


def test_a_title_on_two_lines_is_one() -> None:
    (listing,) = checked(PLAIN.replace("PaperOne: A", "PaperOne: A Long\nTitle of A")).listings
    assert listing.title == "PaperOne: A Long Title of A Page"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (MARKDOWN[: MARKDOWN.index("faster")], "the file ends inside an abstract: “…"),
        (MARKDOWN[: MARKDOWN.index("A summary")], "expected its abstract"),
        (PLAIN[: PLAIN.index("faster")] + "\n[Content truncated]", "ends inside an abstract"),
    ],
)
def test_a_page_that_is_cut_in_its_abstract_is_refused(content: str, problem: str) -> None:
    assert problem in refusal(content)


def test_a_mark_of_a_cut_in_the_comments_costs_nothing() -> None:
    dump = checked(MARKDOWN + "### Community\n\nI like th\n\n[Content truncated]\n")
    assert [stated(item)[1] for item in dump.listings] == [ABSTRACT]
    assert [(item.record, item.found) for item in dump.problems] == [
        (None, "“[Content truncated]”")
    ]


AUTHORS = {
    "a list": "Authors:\n\n- Ann Example\n- Bo Sample\n- Thomas T. Third",
    "a numbered list": "Authors:\n\n1. Ann Example\n2. Bo Sample\n3. Thomas T. Third",
    "points": "**Authors:** Ann Example · Bo Sample · Thomas T. Third",
    "commas and a word": "**Authors:** Ann Example, Bo Sample, and Thomas T. Third",
}


@pytest.mark.parametrize("authors", AUTHORS.values(), ids=AUTHORS)
def test_authors_are_listed_in_several_ways(authors: str) -> None:
    top = "arxiv:2601.00061\n\n# PaperOne:\nA Page\n\n**Published on Jan 5, 2026**\n\n"
    top += "**Upvote** 33\n\n"
    dump = read(f"{top}{authors}\n\n## Abstract\n\nWe propose PaperOne.\n")
    (paper,) = dump.listings
    assert (paper.title, paper.upvote_count) == ("PaperOne: A Page", 33)
    assert (paper.authors, paper.published_on) == (NAMES, "2026-01-05")


def test_the_title_of_a_file_is_no_line_of_the_page() -> None:
    top = f"URL: {SITE}/papers/2601.00061\nTitle: Paper page - PaperOne: A Page\n\n"
    (paper,) = read(f"{top}Published on Jan 5\n\nAbstract\n\nWe propose PaperOne.\n").listings
    assert paper.title == "PaperOne: A Page"
