"""Finds the URLs in an abstract, adds those that listings name, and classifies each by its host."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from msgspec.structs import replace

from daily_papers.records import Link, LinkSource
from daily_papers.text import ADDRESS_CHARACTER, BARE_ADDRESS, BARE_SIGNS, Text, address_in

_URL = re.compile(rf"https?://{ADDRESS_CHARACTER}+")
_URL_OR_BARE = re.compile(rf"{_URL.pattern}|{BARE_ADDRESS}{ADDRESS_CHARACTER}+")
_FORGES = frozenset(("github.com", "gitlab.com", "bitbucket.org", "gitee.com", "codeberg.org"))
_HUBS = frozenset(("huggingface.co", "hf.co", "modelscope.cn"))
_HUB_KINDS = {"datasets": "dataset", "spaces": "demo", "papers": "paper"}
_KINDS = {
    **dict.fromkeys(("anonymous.4open.science", "aka.ms", "gist.github.com"), "code"),
    **dict.fromkeys(("arxiv.org", "openreview.net", "doi.org", "aclanthology.org"), "paper"),
    **dict.fromkeys(("zenodo.org", "kaggle.com", "physionet.org", "figshare.com"), "dataset"),
    **dict.fromkeys(("youtube.com", "youtu.be", "bilibili.com", "vimeo.com"), "demo"),
    "sites.google.com": "project",
}


def find_links(abstract: Text) -> list[Link]:
    """Return the links of an abstract from left to right, each once."""
    links: dict[str, Link] = {}
    bare = any(sign in abstract.text for sign in BARE_SIGNS)
    for match in (_URL_OR_BARE if bare else _URL).finditer(abstract.text):
        url = address_in(match[0])
        is_cut = abstract.text.startswith(("…", "..."), match.start() + len(url))
        if url not in links and not is_cut:
            links[url] = _link(url, match.start())
    return list(links.values())


def merge_listed(
    stated: Sequence[Link], code_url: str | None, project_url: str | None
) -> tuple[Link, ...]:
    """Return the links of an abstract and those that listings name as a paper's code and page.

    A listed link that the abstract states is there once, with its span in the abstract.
    """
    links = {_normalized(link.url): link for link in stated}
    repeated = tuple(link for link in stated if link is not links[_normalized(link.url)])
    for url, kind in ((code_url, "code"), (project_url, "project")):
        if url:
            link = links.setdefault(_normalized(url), _link(url, None))
            if kind == "code" or link.kind == "other":
                links[_normalized(url)] = replace(link, kind=kind)
    return (*repeated, *links.values())


def _normalized(url: str) -> str:
    """Return what two ways of writing an address have in common."""
    address = url.partition("://")[2] or url
    return address.removeprefix("www.").rstrip("/").removesuffix(".git").casefold()


def _link(url: str, start: int | None) -> Link:
    """Return the record of a URL at an offset of the abstract, or of a listing (None)."""
    source: LinkSource = "listing" if start is None else "abstract"
    end = None if start is None else start + len(url)
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # "https://[broken"
        return Link(url, "other", "", None, None, source, start, end)
    path = [part for part in parts.path.split("/") if part]
    owner = repository = None
    if host in _FORGES and path:
        owner = path[0]
        repository = path[1].removesuffix(".git") if len(path) > 1 else None
    return Link(url, _kind(host, path), host, owner, repository, source, start, end)


def _kind(host: str, path: list[str]) -> str:
    if host in _HUBS:
        return _HUB_KINDS.get(path[0] if path else "", "model" if len(path) > 1 else "other")
    if host in _FORGES:
        return "code" if len(path) > 1 else "project"
    pages = host.endswith((".github.io", ".gitlab.io"))
    return _KINDS.get(host, "project" if pages else "other")
