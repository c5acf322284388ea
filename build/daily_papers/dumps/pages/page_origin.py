"""Finds the address that a saved page has, and the day on which it was saved.

Pages state their own address; browsers, SingleFile and web archives add where and when they saved
a page.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from bs4 import BeautifulSoup

from daily_papers.dumps import dates
from daily_papers.dumps.page_address import day_of_address
from daily_papers.papers.arxiv import NEW_ID
from daily_papers.records import Day

_OUR_HOST = re.compile(r"(?:.+\.)?(?:huggingface\.co|hf\.co)")

_MOST_SEARCHED = 10_000  # characters at the beginning and the end of a page
_SAVED_FROM = re.compile(r"<!--\s{0,20}saved from url=\(\d+\)(\S+)\s{0,20}-->")
_SINGLE_FILE = re.compile(
    r"<!--\s{0,20}Page saved with SingleFile\s{1,20}url:\s{0,20}(?P<address>\S{1,2000})"
    r"(?:\s{1,20}saved date:\s{0,20}(?P<date>[^\n>]{1,80}))?"
)
_ARCHIVED_ON = re.compile(
    r"FILE ARCHIVED ON (?P<time>[0-9:]{8}) (?P<day>[A-Z][a-z]{2} [0-9]{2}, [0-9]{4})"
)
_ARCHIVED_LINK = re.compile(
    r"/web/[0-9]{14}(?:[a-z]{2}_)?/https?://(?:www\.)?huggingface\.co/papers(?=[\"'/?#])"
)
_INNER = re.compile(r"https?:/{1,2}(?=[\w-]{1,63}\.)")
_ONE_PAPER = re.compile(rf"/papers/(?P<id>{NEW_ID})(?:v[0-9]+)?(?:\.md)?/?")


class Origin(NamedTuple):
    """Where a page is from: its addresses, the page's own first, and the day it was saved."""

    addresses: tuple[str, ...] = ()
    saved_on: Day | None = None

    @property
    def host(self) -> str | None:
        """The name of the site; None where no address is known."""
        return self._parts().hostname

    @property
    def is_foreign(self) -> bool:
        """Whether the page is of another site."""
        return bool(self.host) and not _OUR_HOST.fullmatch(str(self.host))

    @property
    def paper_id(self) -> str | None:
        """The arXiv id of the paper that the page is about."""
        match = _ONE_PAPER.fullmatch(self._parts().path)
        return match["id"] if match else None

    @property
    def day(self) -> Day | None:
        """The day that the page is of, or on which it was saved."""
        return next(filter(None, map(day_of_address, self.addresses)), self.saved_on)

    def _parts(self) -> SplitResult:
        """Return the page's address in parts; an archive has its own before it."""
        address = self.addresses[0] if self.addresses else ""
        inner = [*_INNER.finditer(address.partition("?")[0])]
        if len(inner) > 1:
            address = f"https://{address[inner[-1].end() :]}"
        return urlsplit(address)


def find_origin(soup: BeautifulSoup, text: str, around: Origin) -> Origin:
    """Return the origin of a page; `around` is what the archive that has it states."""
    beginning = text[:_MOST_SEARCHED]
    single_file = _SINGLE_FILE.search(beginning)
    archived = _ARCHIVED_ON.search(text[-_MOST_SEARCHED:])
    saved_on = around.saved_on
    if single_file and single_file["date"]:
        saved_on = saved_on or dates.iso_day(single_file["date"].strip())
    if archived:
        saved_on = saved_on or dates.iso_day(archived["day"])
    saved = _SAVED_FROM.search(beginning)
    stated = [*_stated_addresses(soup), *around.addresses]
    stated += [match[1] for match in (saved, single_file) if match]
    addresses = [address for address in stated if _is_address(address)]
    if link := _ARCHIVED_LINK.search(text):
        addresses += [f"https://web.archive.org{link[0]}"] if addresses else []
    return Origin(tuple(addresses), saved_on)


def _stated_addresses(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(["meta", "link"]):
        if tag.get("property") == "og:url" or tag.get("rel") == "canonical":
            yield str(tag.get("content") or tag.get("href") or "")


def _is_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in ("http", "https")
    except ValueError:  # "https://[broken"
        return False
