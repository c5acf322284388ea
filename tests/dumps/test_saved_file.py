"""Saved files: the content shows the format; files may be gzipped; sizes are limited."""

import gzip
import hashlib
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.dumps import saved_file
from daily_papers.dumps.answers import answer_reader
from daily_papers.records import DumpError
from tests.api_answers import answer, archived, card, lines, old, saved
from tests.dumps.feeds import test_feed as feed
from tests.saved_pages import page, record

RECORDS = [old(0), old(1)]
CONTENTS = {
    "text": page(record("One"), record("Two")),
    "html": saved({"dailyPapers": RECORDS}),
    "json": answer(RECORDS),
    "feed": feed.rss(feed.rss_item()),
}
MORE = {
    "json": [answer(RECORDS, indent=None), lines(RECORDS), archived(RECORDS, wrapped=False),
             archived(RECORDS, wrapped=True), '{"papers": []}', "[]", "\n[" + answer(RECORDS)[1:]],
    "html": ["<html>" + card(0), "\n\n<!-- x -->\n" + card(0), "<!DOCTYPE html>" + card(0),
             '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x" "y">\n<html>' + card(0),
             "<div>" + card(0), '<a id="top"></a>\n<p>Hugging Face</p>' + card(0)],
    "feed": ["\n<!-- <html> -->\n" + feed.ATOM, feed.RDF, feed.JSON,
             "<!DOCTYPE rss [<!ENTITY a ']>'>]>\n" + feed.rss(feed.rss_item())],
    "text": ["[Subscribe](/login?next=%2Fpapers)\n\n# Daily Papers\n\n" + record("One"),
             "[](https://huggingface.co/)\n\n# Daily Papers\n\n" + record("One"),
             "[101](https://huggingface.co/x)\n\n# Daily Papers\n\n" + record("One"),
             '<a id="top"></a>\n\n# Daily Papers\n\n' + record("One"),
             '<!-- saved\nby a tool -->\n<a name="x"></a>\n# Daily Papers\n\n' + record("One"),
             "<div>\n\n# Daily Papers\n\n" + record("One") + "\n\n</div>",
             '<img src="https://x.org/y.png" />\n\n# Daily Papers\n\n' + record("One"),
             "<!-- x -->\nDaily Papers\n\n" + record("One"),
             "[[Hugging Face's logo] Hugging Face][1]\n\n# [Daily Papers][2]\n\n" + record("One")],
}  # fmt: skip
ALL = [(kind, text) for kind in CONTENTS for text in (CONTENTS[kind], *MORE[kind])]


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["page.txt", "page.html", "page.json", "page", "page.png"])
@pytest.mark.parametrize(("kind", "content"), ALL)
def test_the_format_is_detected_from_the_content_and_not_the_name(
    tmp_path: Path, kind: str, content: str, name: str
) -> None:
    for saved_as in (content, "\ufeff" + content, gzip.compress(content.encode())):
        assert dumps.read(put(tmp_path, name, saved_as)).format == kind


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_gzipped_dump_is_the_same_but_for_its_file(tmp_path: Path, kind: str) -> None:
    data = gzip.compress(CONTENTS[kind].encode())
    plain = dumps.read(put(tmp_path, "page.txt", CONTENTS[kind]))
    packed = dumps.read(put(tmp_path, "page.txt.gz", data))
    digest = hashlib.sha256(data).hexdigest()
    assert packed == replace(plain, file="page.txt.gz", bytes=len(data), sha256=digest)


def test_a_dump_and_its_gzip_would_have_one_id(tmp_path: Path) -> None:
    put(tmp_path, "page.json", CONTENTS["json"])
    put(tmp_path, "page.json.gz", gzip.compress(CONTENTS["json"].encode()))
    with pytest.raises(DumpError, match="it would get the same id"):
        dumps.find([tmp_path])


def test_what_says_what_a_folder_is_is_no_dump(tmp_path: Path) -> None:
    for name in ("README.md", "readme", "LICENSE", "License.txt", "page.txt", "readme_page.txt"):
        put(tmp_path, name, CONTENTS["text"])
    assert [path.name for path in dumps.find([tmp_path])] == ["page.txt", "readme_page.txt"]
    assert dumps.find([tmp_path / "README.md"]) == [tmp_path / "README.md"]


@pytest.mark.parametrize("folder", ["page_files", "page-Dateien", "page_fichiers"])
@pytest.mark.parametrize("name", ["page.html", "page.htm"])
def test_the_pictures_and_scripts_of_a_page_are_no_dumps(
    tmp_path: Path, folder: str, name: str
) -> None:
    (tmp_path / folder).mkdir()
    put(tmp_path / folder, "style.css", "p {}")
    assert [path.name for path in dumps.find([tmp_path])] == ["style.css"]
    page_file = put(tmp_path, name, CONTENTS["html"])
    assert dumps.find([tmp_path]) == [page_file]
    assert dumps.find(sorted(tmp_path.iterdir())) == [page_file]
    (tmp_path / "page_notes").mkdir()
    notes = put(tmp_path / "page_notes", "other.txt", CONTENTS["text"])
    assert dumps.find([tmp_path]) == [notes, page_file]


GZIP = gzip.compress(CONTENTS["json"].encode())
BROKEN = {
    "cut": (GZIP[:-20], "the gzip data is cut"),
    "no more than its mark": (GZIP[:2], "the gzip data is cut"),
    "flipped": (GZIP[:40] + b"\xff\x00\xff" + GZIP[43:], "broken gzip data"),
    "with a wrong sum": (GZIP[:-8] + b"\0\0\0\0" + GZIP[-4:], "broken gzip data"),
    "in gzip": (gzip.compress(GZIP), "gzip inside gzip"),
    "with more behind it": (GZIP + b"more", "more than gzip data"),
    "in very many pieces": (gzip.compress(b"") * 101, "more than gzip data, or more than 100 pi"),
    "of nothing": (gzip.compress(b""), "the file is empty"),
    "a bomb": (gzip.compress(b" " * (saved_file.LARGEST + 1)), "more than 64 MB"),
    "bombs in a row": (gzip.compress(b" " * 2**20) * 65, "more than 64 MB"),
}


@pytest.mark.parametrize(("data", "problem"), BROKEN.values(), ids=BROKEN)
def test_gzip_that_is_broken_or_too_large_is_refused(
    tmp_path: Path, data: bytes, problem: str
) -> None:
    path = put(tmp_path, "page.json.gz", data)
    with pytest.raises(DumpError, match=re.escape(problem)) as caught:
        dumps.read(path)
    assert str(caught.value).startswith(str(path))


def test_pieces_of_gzip_in_a_row_are_one(tmp_path: Path) -> None:
    half = len(CONTENTS["json"]) // 2
    pieces = [CONTENTS["json"][:half].encode(), CONTENTS["json"][half:].encode()]
    data = b"".join(map(gzip.compress, pieces)) + b"\0" * 100
    assert len(dumps.read(put(tmp_path, "page.json.gz", data)).listings) == 2


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(DumpError, match=r"more than 64 MB \(1099511627776 bytes\): split it"):
        dumps.read(path)


def test_a_page_larger_than_any_is_refused(tmp_path: Path) -> None:
    for start, most in (("<html>", 32), ("Daily Papers\n", 16)):
        path = put(tmp_path, "page.txt", start + " " * most * 2**20)
        with pytest.raises(DumpError, match=f"more than {most} MB"):
            dumps.read(path)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (page("x" * 20_001), ":13: a line of 20,001 characters: expected 20,000 at most"),
        (page("Title\n\n" + ("word " * 3_900 + "\n") * 2 + "End."), ":15: record 1: found “word"),
        (page() + "\n" * 400_000, "more than 400,000 lines"),
        ("[" + "\n" * 2_000_000 + "]", "more than 2,000,000 lines"),
        ('[{"a": [' + "1," * 2_000_000 + "1]}]", "more than 2,000,000 values"),
        ("<html>" + "<b>" * 150_001, "more than 150,000 tags"),
        ("<html>\n" + "<b x='" * 12, ":2: more than 10 tags without an end"),
        ("<html>" + "&" * 3_000_001, "more than 3,000,000 entities"),
        ("<html>" + "<" * 200_001, ":1: more than 200,000 “&” and “<” in its text"),
    ],
)
def test_a_dump_beyond_all_measure_is_refused(tmp_path: Path, content: str, problem: str) -> None:
    path = put(tmp_path, "page", content)
    with pytest.raises(DumpError, match=re.escape(problem)):
        dumps.read(path)


def test_an_answer_of_more_papers_than_there_are_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_reader, "MOST_LISTINGS", 1)
    with pytest.raises(DumpError, match=":44: more than 1 papers in one file"):
        dumps.read(put(tmp_path, "page.json", CONTENTS["json"]))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_byte_order_mark_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "page"
    path.write_bytes(
        '[{"id": "2407.00001", "title": "A Title", "abstract": "S."}]'.encode(encoding)
    )
    assert [listing.title for listing in dumps.read(path).listings] == ["A Title"]
