"""Web addresses in abstracts."""

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
        ("the fieldhttps://github.com/a/b.", "https://github.com/a/b", "code"),
    ],
)
def test_it_is_found_without_what_closes_the_sentence(text: str, url: str, kind: str) -> None:
    (link,) = links.find(Text("abstract", text))
    assert (link.url, link.kind) == (url, kind)
    assert text[link.start : link.end] == url


def test_a_repository_has_an_owner() -> None:
    (link,) = links.find(Text("abstract", "https://github.com/owner/repo.git"))
    assert (link.host, link.owner, link.repository) == ("github.com", "owner", "repo")


def test_each_address_is_there_once() -> None:
    text = "https://a.org/b and https://a.org/b."
    assert [one.url for one in links.find(Text("abstract", text))] == ["https://a.org/b"]


@pytest.mark.parametrize("text", ["https://[broken", "1.5x/2x", "and/or", "e.g./i.e.", "http://"])
def test_what_is_no_address_breaks_nothing(text: str) -> None:
    assert len(links.find(Text("abstract", text))) <= 1
