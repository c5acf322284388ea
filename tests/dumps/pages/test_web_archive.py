"""Pages that a browser saved as a single file."""

import base64
import plistlib
import quopri
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.dumps.pages import html, web_archive
from daily_papers.records import Dump, Listing
from tests.api_answers import card, old, saved
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

read = partial(read_with, web_archive, "page.mhtml")
refusal = partial(refusal_of, read)

PAGE = saved({"dailyPapers": [old(0), old(1, title="Größer—und schneller")]}, more=card(0))
CARDS = f"<html><title>Hugging Face</title>\n<main>\n{card(0)}\n{card(1)}\n</main></html>\n"
HEAD = """From: <Saved by Blink>
Snapshot-Content-Location: https://huggingface.co/papers{0}
Subject: =?utf-8?Q?Daily=20Papers?=
Date: Fri, 2 Aug 2024 10:00:00 -0000
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x----"


"""
STYLE = "------MultipartBoundary--x----\nContent-Type: text/css\n\np {}\n"


def mhtml(page: str, encoding: str = "quoted-printable", query: str = "", before: str = "") -> str:
    data = page.encode()
    encode = {"quoted-printable": quopri.encodestring, "base64": base64.encodebytes}
    body = encode.get(encoding, bytes)(data).decode()
    return (
        f"{HEAD.format(query)}{before}------MultipartBoundary--x----\nContent-Type: text/html\n"
        f"Content-ID: <frame-1@mhtml.blink>\nContent-Transfer-Encoding: {encoding}\n"
        f"Content-Location: https://huggingface.co/papers{query}\n\n{body}\n"
        f"{STYLE}------MultipartBoundary--x------\n"
    )


def unplaced(dump: Dump) -> list[Listing]:
    places = {"first_line": 0, "last_line": 0, "line_count": 0}
    return [replace(listing, **places) for listing in dump.listings]


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "binary", "8bit"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("page", [PAGE, CARDS], ids=["data", "cards"])
def test_the_page_in_an_mhtml_file_is_read_like_any(
    tmp_path: Path, encoding: str, newline: str, page: str
) -> None:
    path = tmp_path / "dump"
    content = mhtml(page, encoding, before=STYLE).replace("\n", newline)
    path.write_bytes(content.encode())
    dump = dumps.read(path)
    expected = read_with(html, "page.html", page)
    assert (dump.format, unplaced(dump)) == ("html", unplaced(expected))
    assert (dump.item_count, dump.problems) == (expected.item_count, ())
    assert_no_line_is_lost(dump, content)


def test_listings_stand_on_lines_of_the_file() -> None:
    content = mhtml(CARDS)
    lines = content.split("\n")
    for listing in read(content).listings:
        text = "\n".join(lines[listing.first_line - 1 : listing.last_line])
        assert lines[listing.first_line - 1].startswith("<article")
        assert f"/papers/{listing.arxiv_id}" in text.replace("=\n", "")


def test_papers_on_one_line_of_the_page_stand_where_it_begins() -> None:
    content = mhtml(PAGE)
    line = content.split("\n").index("<main>") + 2
    listings = read(content).listings
    assert [(listing.first_line, listing.last_line) for listing in listings] == [(line, line)] * 2


def test_in_base64_papers_stand_where_the_page_begins() -> None:
    content = mhtml(CARDS, "base64")
    (line,) = {listing.first_line for listing in read(content).listings}
    assert base64.b64decode(content.split("\n")[line - 1]).startswith(b"<html>")


@pytest.mark.parametrize(("query", "day"), [("", "2024-08-02"), ("?date=2024-08-01", "2024-08-01")])
def test_the_day_is_that_of_the_address_or_when_the_page_was_saved(query: str, day: str) -> None:
    dump = read(mhtml(CARDS, query=query))
    assert (dump.shown_on, dump.shown_on_basis) == (day, "stated")


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
def test_of_a_file_that_is_cut_the_papers_before_the_cut_are_there(encoding: str) -> None:
    content = mhtml(CARDS, encoding)
    end = content.index(STYLE)
    counts = []
    for length in range(end - 40, end - 2_000, -97):
        try:
            counts.append(len(read(content[:length]).listings))
        except dumps.DumpError as error:
            assert "cut" in str(error) or "the end of the file" in str(error)
            counts.append(0)
    assert counts[0] == 2
    assert counts == sorted(counts, reverse=True)
    assert 1 in counts


def test_an_mhtml_file_of_something_else_is_refused() -> None:
    assert refusal(mhtml(CARDS).replace("text/html", "text/plain")).endswith(
        "page.mhtml: a MIME file without a page in HTML: save the page again"
    )
    foreign = mhtml(CARDS).replace("huggingface.co/papers\n", "example.org/papers\n")
    assert "a page of another site, example.org" in refusal(foreign)


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
def test_a_webarchive_is_read_like_its_page(tmp_path: Path, form: plistlib.PlistFormat) -> None:
    resource = {
        "WebResourceData": PAGE.encode(),
        "WebResourceURL": "https://huggingface.co/papers/date/2024-08-02",
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8",
    }
    path = tmp_path / "dump.webarchive"
    path.write_bytes(plistlib.dumps({"WebMainResource": resource}, fmt=form))
    dump = dumps.read(path)
    assert unplaced(dump) == unplaced(read_with(html, "page.html", PAGE))
    assert (dump.shown_on, dump.bytes) == ("2024-08-02", len(path.read_bytes()))
    assert_no_line_is_lost(dump, PAGE)


XML = (
    b'<?xml version="1.0"?>\n<!DOCTYPE plist [<!ENTITY a "x">]><plist><string>&a;</string></plist>'
)


@pytest.mark.parametrize(
    "content",
    [b"bplist00", b"bplist00" + b"\xff" * 60, plistlib.dumps([1]), plistlib.dumps({}), XML],
)
def test_a_property_list_that_is_no_webarchive_is_refused(content: bytes) -> None:
    assert "property list" in refusal(content)
