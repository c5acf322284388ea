"""Finds the URLs in an abstract, adds those that listings name, and tells what each leads to."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from daily_papers.records import Link, LinkSource
from daily_papers.text import Text

_URL = re.compile(r"https?://[^\s<>\"“”\]}]+")
_BARE = re.compile(
    r"https?://[^\s<>\"“”\]}]+"
    r"|(?<![\w@./-])(?:[a-zA-Z0-9-]{1,40}\.){1,4}(?:ai|co|com|dev|edu|io|net|org)/[^\s<>\"“”\]}]+"
)
_DOMAINS = tuple(f".{domain}/" for domain in ["ai", "co", "com", "dev", "edu", "io", "net", "org"])
_CLOSING = ".,;:!?'’”*"
_CODE = frozenset(("github.com", "gitlab.com", "bitbucket.org", "gitee.com", "codeberg.org"))
_SHORT = frozenset(("anonymous.4open.science", "aka.ms", "gist.github.com"))
_PAPERS = frozenset(("arxiv.org", "openreview.net", "doi.org", "aclanthology.org"))
_DATA = frozenset(("zenodo.org", "kaggle.com", "physionet.org", "figshare.com"))
_DEMOS = frozenset(("youtube.com", "youtu.be", "bilibili.com", "vimeo.com"))
_HUBS = frozenset(("huggingface.co", "hf.co", "modelscope.cn"))


def find(abstract: Text) -> list[Link]:
    """Return the links of an abstract from left to right, each once."""
    links: dict[str, Link] = {}
    bare = any(domain in abstract.text for domain in _DOMAINS)
    for found in (_BARE if bare else _URL).finditer(abstract.text):
        url = _closed(found[0])
        if url not in links:
            links[url] = _link(url, found.start())
    return list(links.values())


def listed(
    stated: Sequence[Link], code_url: str | None, project_url: str | None
) -> tuple[Link, ...]:
    """Return the links of an abstract and those that listings name as a paper's code and page.

    What the abstract links to already is there once, with its place in the abstract.
    """
    links = {_place(link.url): link for link in stated}
    own = tuple(link for link in stated if link is not links[_place(link.url)])
    for url, kind in ((code_url, "code"), (project_url, "project")):
        if url:
            link = links.setdefault(_place(url), _link(url, None))
            if kind == "code" or link.kind == "other":
                links[_place(url)] = replace(link, kind=kind)
    return (*own, *links.values())


def _place(url: str) -> str:
    """Return what two ways of writing an address have in common."""
    place = url.partition("://")[2] or url
    return place.removeprefix("www.").rstrip("/").removesuffix(".git").casefold()


def _closed(url: str) -> str:
    """Leave out the punctuation that closes the sentence, and brackets that open outside."""
    while True:
        shorter = url.rstrip(_CLOSING)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == url:
            return url
        url = shorter


def _link(url: str, start: int | None) -> Link:
    """Return the link that a URL is; one without a start is named by a listing."""
    source: LinkSource = "listing" if start is None else "abstract"
    end = None if start is None else start + len(url)
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # "https://[broken"
        return Link(url, "other", "", None, None, source, start, end)
    path = [part for part in parts.path.split("/") if part]
    kind = _kind(host, path)
    owner = repository = None
    if host in _CODE and path:
        owner = path[0]
        repository = path[1].removesuffix(".git") if len(path) > 1 else None
    return Link(url, kind, host, owner, repository, source, start, end)


def _kind(host: str, path: list[str]) -> str:
    if host in _HUBS:
        first = path[0] if path else ""
        return {"datasets": "dataset", "spaces": "demo", "papers": "paper"}.get(
            first, "model" if len(path) > 1 else "other"
        )
    if host in _CODE:
        return "code" if len(path) > 1 else "project"
    for kind, hosts in (("code", _SHORT), ("paper", _PAPERS), ("dataset", _DATA), ("demo", _DEMOS)):
        if host in hosts:
            return kind
    return (
        "project"
        if host.endswith((".github.io", ".gitlab.io")) or host == "sites.google.com"
        else "other"
    )
