"""BibTeX and RIS, read back by the libraries that other people read them with."""

import re
import unicodedata
from dataclasses import replace
from typing import Any

import bibtexparser
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors
from bibtexparser.model import ImplicitComment
from hypothesis import given
from hypothesis import strategies as st
from pylatexenc.latex2text import (
    LatexNodes2Text,
    MacroTextSpec,
    get_default_latex_context_db,
)

from daily_papers.site.views.citations import Cited, bibtex, ris
from daily_papers.site.views.text_tables import one_line

PAPER = Cited(
    id="70-size-100-accuracy-c1ad0598",
    title="70% Size, 100% Accuracy",
    abstract="We introduce DFloat11.",
    name="DFloat11",
    authors=(),
    organization=None,
    author_count=6,
    published_on="2025-04-15",
    year=2025,
    arxiv_id="2504.11651",
    url="https://huggingface.co/papers/2504.11651",
    page_url="https://papers.example/papers/papers/70-size-100-accuracy-c1ad0598",
)

HOSTILE = [
    "@misc{evil, title = {x}}",
    "},\n}\n@misc{evil,\n title={x}",
    "}}}}{{{{",
    "\\} \\{ \\\\",
    "a\r\nER  - \r\nTY  - JOUR\r\nTI  - evil",
    "ER  - ",
    "TY  - JOUR",
    '", x = "',
    "% comment $math$ & # _ ~ ^ | < > `` '' -- --- ?` !`",
    "\\input{/etc/passwd} \\write18{ls}",
    "^^5cinput ##1",
    "x\0y\x1bz\x7f\x85\u2028w",
    "\u202egnp.exe\u202c \u200f\ufeff",
    "🤗 👩\u200d🔬 乾杯 Привет",
    "and", "others", "A and B", "a, b, c, d", "  ", ";", "@", "{", "}", "\\",
]  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(
        [*"{}\\%&#_$~^@\"'`-,=;<>| \n\r\0", *HOSTILE, "é", "₂", "x\u0302", "T", "ER  - "]
    )
    | st.text(max_size=6),
    max_size=6,
).map("".join)

# What the decoder does not know, and what is printed like the character but is another.
_LATEX = get_default_latex_context_db()
_LATEX.add_context_category(
    "text",
    prepend=True,
    macros=[
        MacroTextSpec(name, simplify_repl=char)
        for name, char in {
            "textbraceleft": "{",
            "textbraceright": "}",
            "textless": "<",
            "textgreater": ">",
            "textbar": "|",
            "textasciicircum": "^",
            "textperiodcentered": "·",
        }.items()
    ],
)
_LIKE = str.maketrans("−∗⋅∆′‐‑⁄", "-*·Δ'--/")


def alike(text: str) -> str:
    """Return text without the difference between ₂ and 2, − and -."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFC", text).translate(_LIKE))
    return " ".join(unicodedata.normalize("NFKC", text.translate(_LIKE)).split())


def entries(text: str) -> list[dict[str, Any]]:
    """Read BibTeX; nothing in it may be left over."""
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors()])
    assert not library.failed_blocks
    assert [*library.entries, *library.comments] == sorted(
        library.blocks, key=lambda block: isinstance(block, ImplicitComment)
    )
    assert all(entry.entry_type == "misc" for entry in library.entries)
    return [
        {"ID": entry.key} | {name: field.value for name, field in entry.fields_dict.items()}
        for entry in library.entries
    ]


def decoded(latex: str) -> str:
    return str(LatexNodes2Text(latex_context=_LATEX).latex_to_text(latex))


def test_an_entry_of_bibtex() -> None:
    assert bibtex([PAPER]) == (
        "@misc{70-size-100-accuracy-c1ad0598,\n"
        "  title = {{70\\% Size, 100\\% Accuracy}},\n"
        "  shorttitle = {{DFloat11}},\n"
        "  key = {{DFloat11}},\n"
        "  note = {6 authors, not named},\n"
        "  year = {2025},\n"
        "  month = apr,\n"
        "  eprint = {2504.11651},\n"
        "  archivePrefix = {arXiv},\n"
        "  doi = {10.48550/arXiv.2504.11651},\n"
        "  url = {https://arxiv.org/abs/2504.11651},\n"
        "  abstract = {We introduce DFloat11.},\n"
        "}\n"
    )


def test_a_record_of_ris() -> None:
    assert ris([replace(PAPER, authors=("Ludwig van Beethoven",))]) == (
        "TY  - UNPB\n"
        "TI  - 70% Size, 100% Accuracy\n"
        "ST  - DFloat11\n"
        "AU  - van Beethoven, Ludwig\n"
        "PY  - 2025\n"
        "DA  - 2025/04/15\n"
        "AB  - We introduce DFloat11.\n"
        "AN  - arXiv:2504.11651\n"
        "DO  - 10.48550/arXiv.2504.11651\n"
        "UR  - https://arxiv.org/abs/2504.11651\n"
        "ID  - 70-size-100-accuracy-c1ad0598\n"
        "ER  - \n"
    )


def test_what_is_not_known_has_no_field() -> None:
    bare = Cited("a", "T", "", None, (), None, None, None, None, None, None, "https://x.example/a")
    warning = "arXiv id not known: look for DOI and address before you cite it"
    assert bibtex([bare]) == (
        f"% a: {warning}\n\n"
        "@misc{a,\n  title = {{T}},\n  key = {{T}},\n  note = {Authors not named},\n}\n"
    )
    assert ris([bare]) == (
        f"TY  - UNPB\nTI  - T\nN1  - Authors not named\nN1  - {warning}\nID  - a\nER  - \n"
    )
    assert bibtex([]) == ris([]) == ""


def test_without_an_arxiv_id_the_page_of_the_listing_is_cited_with_a_warning() -> None:
    paper = replace(PAPER, arxiv_id=None)
    (entry,) = entries(bibtex([paper]))
    assert entry["url"] == paper.url
    assert not {"eprint", "archivePrefix", "doi"} & set(entry)
    text = bibtex([PAPER, replace(paper, id="other")])
    assert re.findall("^%.*", text, re.MULTILINE) == [
        "% other: arXiv id not known: look for DOI and address before you cite it"
    ]
    (record,) = rispy.loads(ris([paper]))
    assert record["urls"] == [paper.url]
    assert "arXiv id not known" in record["notes"][-1]


@pytest.mark.parametrize(
    ("authors", "notes"),
    [
        ((), ["6 authors, not named", "Withdrawn on 2025-06-01"]),
        (("A B",), ["Withdrawn on 2025-06-01"]),
    ],
)
def test_citations_of_a_withdrawn_paper_say_so(authors: tuple[str, ...], notes: list[str]) -> None:
    paper = replace(PAPER, authors=authors, withdrawn_on="2025-06-01")
    (entry,) = entries(bibtex([paper]))
    assert entry["note"] == "; ".join(notes)
    (record,) = rispy.loads(ris([paper]))
    assert record["notes"] == notes


def test_a_name_that_is_the_whole_title_is_no_short_title() -> None:
    paper = replace(PAPER, name=PAPER.title)
    (entry,) = entries(bibtex([paper]))
    assert "shorttitle" not in entry
    assert "\nST  - " not in ris([paper])


def test_an_old_id_names_the_class_but_is_cited_without_it() -> None:
    (entry,) = entries(bibtex([replace(PAPER, arxiv_id="math.GT/0203045")]))
    assert entry["eprint"] == "math/0203045"
    assert entry["primaryClass"] == "math.GT"
    assert entry["doi"] == "10.48550/arXiv.math/0203045"
    assert entry["url"] == "https://arxiv.org/abs/math/0203045"


def test_a_year_may_be_known_without_a_day() -> None:
    (entry,) = entries(bibtex([replace(PAPER, published_on=None)]))
    assert (entry["year"], "month" in entry) == ("2025", False)
    (record,) = rispy.loads(ris([replace(PAPER, published_on=None)]))
    assert (record["year"], "date" in record) == ("2025", False)


@pytest.mark.parametrize(
    ("name", "in_bibtex", "in_ris"),
    [
        ("Jane Doe", "Jane Doe", "Doe, Jane"),
        ("Anna Maria de la Cruz", "Anna Maria de la Cruz", "de la Cruz, Anna Maria"),
        ("Sammy Davis Jr.", "Sammy Davis Jr.", "Davis, Sammy, Jr."),
        ("Émile Zola", r"{\'E}mile Zola", "Zola, Émile"),
        ("Doe, Jane", "{Doe, Jane}", "Doe, Jane"),
        ("Simon and Schuster", "{Simon and Schuster}", "Simon and Schuster"),
        ("others", "{others}", "others"),
        ("Plato", "Plato", "Plato"),
        ("乾杯", "乾杯", "乾杯"),
    ],
)
def test_a_name_is_one_person(name: str, in_bibtex: str, in_ris: str) -> None:
    paper = replace(PAPER, authors=("A B", name), organization="ByteDance")
    (entry,) = entries(bibtex([paper]))
    assert entry["author"] == ["A B", in_bibtex]
    (record,) = rispy.loads(ris([paper]))
    assert record["authors"] == ["B, A", in_ris]


def test_without_authors_the_organization_is_the_author() -> None:
    paper = replace(PAPER, organization="Simon and Schuster & Co")
    (entry,) = entries(bibtex([paper]))
    assert entry["author"] == [r"{Simon and Schuster \& Co}"]
    assert not {"key", "note"} & set(entry)
    (record,) = rispy.loads(ris([paper]))
    assert record["authors"] == ["Simon and Schuster & Co,"]
    assert "notes" not in record


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50% of $20 & #1_a", r"50\% of \$20 \& \#1\_a"),
        ("Mélange Gödel naïve Łukasz Őr", r"M{\'e}lange G{\"o}del na{\"\i}ve {\L}ukasz {\H{O}}r"),
        ("S²FT H₂O 10⁻¹", None),
        ("{a} \\b ~ ^", None),
        ("x̂", r"{\^{x}}"),
        ("a -- b --- ``c''", "a -{}- b -{}-{}- `{}`c'{}'"),
        ("2×, 5–6, ≈, →, Λ", None),
        ("Привет 乾杯 🤗", "Привет 乾杯 🤗"),
    ],
)
def test_latex_is_what_latex_prints(text: str, latex: str | None) -> None:
    (entry,) = entries(bibtex([replace(PAPER, title=text)]))
    if latex is not None:
        assert entry["title"] == f"{{{latex}}}"
    assert alike(decoded(entry["title"])) == alike(text)
    if latex is None:
        assert entry["title"].isascii()


def test_ascii_and_western_letters_are_read_back_exactly() -> None:
    text = "".join(map(chr, [*range(0x21, 0x7F), *range(0xC0, 0x180), *range(0x3B1, 0x3CA)]))
    (entry,) = entries(bibtex([replace(PAPER, title=text)]))
    assert decoded(entry["title"]) == text


def test_readers_that_know_no_more_than_bibtexparser_read_titles() -> None:
    text = bibtex(
        [replace(PAPER, title="M\u00e9lange: 2\u00d7 at 50% & S\u00b2FT, \u2248 5\u20136")]
    )
    library = bibtexparser.parse_string(text, append_middleware=[LatexDecodingMiddleware()])
    assert library.entries[0]["title"] == "Mélange: 2× at 50% & S²FT, ≈ 5–6"


def test_keys_are_valid_and_differ_where_ids_do() -> None:
    ids = ["a-1", "A-1", "a 1", "a,1", "a_1", "a{1", "a}1", "é", "a#1%", "a-1"]
    read = entries(bibtex([replace(PAPER, id=key) for key in ids]))
    keys = [entry["ID"] for entry in read]
    assert keys[0] == "a-1"
    assert len({key.lower() for key in keys}) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_-]+", key) for key in keys)


PAPERS = st.builds(
    Cited,
    id=TEXTS.map("p{}".format),
    title=TEXTS,
    abstract=TEXTS,
    name=st.none() | TEXTS,
    authors=st.lists(TEXTS, max_size=3).map(tuple),
    organization=st.none() | TEXTS,
    author_count=st.none() | st.integers(0, 99),
    published_on=st.just("2025-04-15"),
    year=st.just(2025),
    arxiv_id=st.none() | TEXTS,
    url=st.none() | TEXTS.map("https://x.example/{}".format),
)


@given(st.lists(PAPERS, max_size=3, unique_by=lambda paper: paper.id))
def test_no_text_breaks_out_of_its_field(papers: list[Cited]) -> None:
    read = entries(bibtex(papers))
    records = rispy.loads(ris(papers))
    assert len(read) == len(records) == len(papers)
    for paper, entry, record in zip(papers, read, records, strict=True):
        assert _balanced(entry["title"])
        for name in ("title", "abstract"):
            text = one_line(getattr(paper, name))
            assert alike(decoded(entry.get(name, ""))) == alike(text)
            assert record.get(name, "") == text
        names = [name for name in map(one_line, paper.authors) if name]
        if names:
            assert [alike(decoded(name)) for name in entry["author"]] == [*map(alike, names)]
            assert len(record["authors"]) == len(names)
        assert len(record.get("urls", [])) == bool(paper.arxiv_id or paper.url)
        assert set(record) <= {*RECORD, "notes"}


# Every field that a record may have.
RECORD = rispy.loads(ris([replace(PAPER, organization="ByteDance")]))[0]


def _balanced(latex: str) -> bool:
    """Tell whether braces match as BibTeX counts them: those behind a backslash too."""
    depth = 0
    for char in latex:
        depth += (char == "{") - (char == "}")
        if depth < 0:
            return False
    return depth == 0
