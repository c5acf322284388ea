"""The links at the top of a paper's page."""

from types import SimpleNamespace
from typing import Any

import pytest

from daily_papers.site.views.paper_answer import Link
from daily_papers.site.views.paper_links import PaperLink, address, paper_links
from daily_papers.site.views.paper_view import sources


def link(url: str, kind: str = "code", host: str = "github.com", *repository: str) -> Link:
    owner, name = repository or (None, None)
    return Link("a", url, kind, host, owner, name, "abstract", 0, 9)


def shown(arxiv_id: str | None, *links: Link) -> list[PaperLink]:
    paper: Any = SimpleNamespace(
        arxiv_id=arxiv_id, links=links, sources=sources("A title", arxiv_id, None)
    )
    return paper_links(paper)


def test_abstract_and_pdf_come_first_then_code_and_project_then_the_listing() -> None:
    project = link("https://a.example/demo/", "project", "a.example")
    code = link("https://github.com/a/b", "code", "github.com", "a", "b")
    assert [(each.label, each.name) for each in shown("2407.21783", project, code)] == [
        ("Abstract", "arXiv:2407.21783"),
        ("PDF", ""),
        ("Code", "a/b"),
        ("Project", "a.example/demo"),
        ("Hugging Face", ""),
    ]


def test_without_an_arxiv_id_there_are_searches() -> None:
    assert [each.label for each in shown(None)] == ["Search arXiv", "Search Hugging Face"]


def test_an_address_is_there_once() -> None:
    listing = link("https://huggingface.co/papers/2407.21783", "paper", "huggingface.co")
    assert len(shown("2407.21783", listing, listing)) == 3


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        (link("http://a.example/x"), "http://a.example/x"),
        (link("github.com/a/b"), "https://github.com/a/b"),
        (link("www.GitHub.com/a/b"), "https://www.GitHub.com/a/b"),
        (link("javascript:window.ran=1"), None),
        (link("//github.com/a", "code", ""), None),
    ],
)
def test_a_bare_address_becomes_a_link_and_other_text_does_not(
    stated: Link, expected: str | None
) -> None:
    assert address(stated) == expected
