"""Web addresses in abstracts and of listings."""

import pytest

from daily_papers.facts import links
from daily_papers.text import Text


@pytest.mark.parametrize(
    ("text", "url", "kind"),
    [
        ("Code: https://github.com/a/b.", "https://github.com/a/b", "code"),
        ("(see https://github.com/a/b)", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b .", "https://github.com/a/b", "code"),
        ("[x](https://x.github.io).", "https://x.github.io", "project"),
        ("https://huggingface.co/datasets/a/b", "https://huggingface.co/datasets/a/b", "dataset"),
        ("https://huggingface.co/spaces/a/b", "https://huggingface.co/spaces/a/b", "demo"),
        ("https://huggingface.co/a/b", "https://huggingface.co/a/b", "model"),
        ("https://arxiv.org/abs/1706.03762", "https://arxiv.org/abs/1706.03762", "paper"),
        ("at github.com/a/b, now", "github.com/a/b", "code"),
        ("https://en.org/A_(b)", "https://en.org/A_(b)", "other"),
        ("at https://github.com/a/b{color[RGB", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b\\footnote", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b)$.", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b%7D.", "https://github.com/a/b", "code"),
        ("at `https://github.com/a/b`", "https://github.com/a/b", "code"),
        ("at ``https://github.com/a/b''", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b~(x)", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b。", "https://github.com/a/b", "code"),
        ("at https://github.com/a/b—and", "https://github.com/a/b", "code"),
        ("at https://github.com/a/ soon", "https://github.com/a/", "project"),
        ("https://a.org/~me/x_y%20z?a=b&c=d#e", "https://a.org/~me/x_y%20z?a=b&c=d#e", "other"),
        ("the fieldhttps://github.com/a/b.", "https://github.com/a/b", "code"),
    ],
)
def test_it_is_found_without_what_closes_the_sentence(text: str, url: str, kind: str) -> None:
    (link,) = links.find_links(Text("abstract", text))
    assert (link.url, link.kind) == (url, kind)
    assert text[link.start : link.end] == url


@pytest.mark.parametrize("text", ["https://github.com/a/b…", "https://github.com/a/b..."])
def test_an_address_that_is_cut_is_no_link(text: str) -> None:
    assert links.find_links(Text("abstract", text)) == []


def test_a_repository_has_an_owner() -> None:
    (link,) = links.find_links(Text("abstract", "https://github.com/owner/repo.git"))
    assert (link.host, link.owner, link.repository) == ("github.com", "owner", "repo")


def test_each_address_is_there_once() -> None:
    text = "https://a.org/b and https://a.org/b."
    assert [link.url for link in links.find_links(Text("abstract", text))] == ["https://a.org/b"]


@pytest.mark.parametrize("text", ["https://[broken", "1.5x/2x", "and/or", "e.g./i.e.", "http://"])
def test_what_is_no_address_breaks_nothing(text: str) -> None:
    assert len(links.find_links(Text("abstract", text))) <= 1


ABSTRACT = Text("abstract", "Code: https://github.com/a/b, see https://x.github.io/page.")
STATED = links.find_links(ABSTRACT)


def listed(code: str | None = None, project: str | None = None) -> list[tuple[str, str]]:
    """The links that listings add: address and kind."""
    merged = links.merge_listed(STATED, code, project)
    added = [link for link in merged if link.source == "listing"]
    assert {link.url for link in STATED} == {link.url for link in merged if link not in added}
    assert all((link.start, link.end) == (None, None) for link in added)
    return [(link.url, link.kind) for link in added]


def test_a_listing_adds_its_code_and_its_page_to_links_of_the_abstract() -> None:
    assert {link.source for link in STATED} == {"abstract"}
    assert listed("https://github.com/c/d", "https://d.example.org/") == [
        ("https://github.com/c/d", "code"),
        ("https://d.example.org/", "project"),
    ]
    (link,) = links.merge_listed([], "https://github.com/c/d.git", None)
    assert (link.host, link.owner, link.repository) == ("github.com", "c", "d")


@pytest.mark.parametrize(
    "code", ["https://github.com/a/b", "http://www.github.com/A/b/", "https://github.com/a/b.git"]
)
def test_what_the_abstract_links_to_is_not_added(code: str) -> None:
    assert listed(code, "https://x.github.io/page/") == []


@pytest.mark.parametrize(
    ("project", "kind"),
    [
        ("https://example.org", "project"),
        ("https://github.com/c/d", "code"),
        ("https://huggingface.co/datasets/c/d", "dataset"),
        ("https://arxiv.org/abs/2407.00001", "paper"),
    ],
)
def test_a_page_is_what_its_host_says_or_a_project(project: str, kind: str) -> None:
    assert listed(None, project) == [(project, kind)]


def test_what_a_listing_names_as_code_is_code_wherever_it_is() -> None:
    assert listed("https://code.example.org/d") == [("https://code.example.org/d", "code")]
    stated = links.find_links(Text("abstract", "At https://a.org/b."))
    (link,) = links.merge_listed(stated, "https://a.org/b", None)
    assert (link.kind, link.source, link.start) == ("code", "abstract", 3)


def test_a_page_that_is_the_code_is_there_once() -> None:
    assert len(listed("https://github.com/c/d", "https://github.com/c/d/")) == 1
