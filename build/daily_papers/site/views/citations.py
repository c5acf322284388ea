r"""Writes papers as people cite them: BibTeX and RIS.

What both drop: control characters, characters that do not show (direction marks, zero-width
spaces, soft hyphens) and private ones; white space becomes one blank.

BibTeX is LaTeX that pdfTeX reads, as far as LaTeX has the character: é is `{\'e}`, ₂ is
`\textsubscript{2}`. Other scripts and emojis stay as they are, for biber, LuaTeX and programs that
manage references. Braces are `{\textbraceleft}`, because BibTeX counts those of `\{` as well.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, starmap
from typing import Any
from urllib.parse import quote

import rispy
from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.middlewares import MonthAbbreviationMiddleware
from bibtexparser.middlewares.parsestack import default_unparse_stack
from bibtexparser.model import Block, Entry, Field, ImplicitComment
from bibtexparser.writer import BibtexFormat
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexencode import get_builtin_uni2latex_dict

from daily_papers.papers import arxiv
from daily_papers.site.views.text_tables import one_line

_NO_ID = "arXiv id not known: look for DOI and address before you cite it"


@dataclass(frozen=True)
class Cited:
    """A paper as citations and feeds have it; dates are YYYY-MM-DD, `url` is the address of its
    page on Hugging Face."""

    id: str
    title: str
    abstract: str
    name: str | None
    authors: tuple[str, ...]
    organization: str | None
    author_count: int | None
    published_on: str | None
    year: int | None
    arxiv_id: str | None
    url: str | None
    page_url: str = ""  # the full address of its page here; this and topics are for feeds
    topics: tuple[str, ...] = ()  # names
    withdrawn_on: str | None = None


def bibtex(papers: Iterable[Cited]) -> str:
    """Return papers as BibTeX entries, each paper once; its key is made from its id.

    A comment before an entry says where no arXiv id is known.
    """
    entries = {paper.id: list(_bibtex_blocks(paper)) for paper in papers}
    return _written(chain(*entries.values()))


def _written(blocks: Iterable[Block]) -> str:
    form = BibtexFormat()  # type: ignore[no-untyped-call]
    form.indent, form.block_separator, form.trailing_comma = "  ", "\n", True
    stack = [MonthAbbreviationMiddleware(), *default_unparse_stack(allow_inplace_modification=True)]
    return write_string(Library([*blocks]), stack, bibtex_format=form)


def collection_bibtex(title: str, note: str, source_url: str | None) -> str:
    """Return the collection itself as BibTeX, by where it comes from and not by where it is served;
    it has no authors and no year of its own."""
    name = _latex(one_line(title))
    fields = {"title": f"{{{name}}}", "key": f"{{{name}}}", "note": _latex(note)}
    if source_url:
        fields["howpublished"] = rf"From \url{{{source_url}}}"
    return _written([Entry("misc", "daily-papers", list(starmap(Field, fields.items())))])


def ris(papers: Iterable[Cited]) -> str:
    """Return papers as RIS records, each paper once."""
    records = {paper.id: _ris_record(paper) for paper in papers}
    return str(rispy.dumps(list(records.values()), implementation=_RisWriter))


class _RisWriter(rispy.RisWriter):  # type: ignore[misc]
    """Writes records without the line "1." above each, which RIS does not have."""

    def set_header(self, count: int) -> str:
        return ""


def _bibtex_blocks(paper: Cited) -> Iterator[Block]:
    key = _key(paper.id)
    if not paper.arxiv_id:
        yield ImplicitComment(f"% {key}: {_NO_ID}")
    yield Entry("misc", key, list(starmap(Field, _bibtex_fields(paper))))


def _bibtex_fields(paper: Cited) -> Iterator[tuple[str, str]]:
    title, authors = _latex(paper.title), _authors(paper)
    organization = one_line(paper.organization or "")
    yield "title", f"{{{title}}}"  # the braces keep capitals
    name = _latex(paper.name or "")
    if name not in ("", title):
        yield "shorttitle", f"{{{name}}}"
    if authors:
        yield "author", " and ".join(map(_bibtex_author, authors))
    elif organization:
        yield "author", f"{{{_latex(organization)}}}"
    else:
        yield "key", f"{{{name or title}}}"  # to sort and label by
    if notes := _notes(paper):
        yield "note", "; ".join(notes)
    if year := _year(paper):
        yield "year", year
    if paper.published_on:
        yield "month", paper.published_on[5:7].lstrip("0")
    if paper.arxiv_id:
        yield from _bibtex_eprint(paper.arxiv_id)
    if url := _source_url(paper):
        yield "url", url
    if paper.abstract:
        yield "abstract", _latex(paper.abstract)


def _bibtex_eprint(arxiv_id: str) -> Iterator[tuple[str, str]]:
    yield "eprint", _latex(arxiv.without_class(arxiv_id))
    yield "archivePrefix", "arXiv"
    if subject_class := arxiv.subject_class(arxiv_id):
        yield "primaryClass", _latex(subject_class)
    yield "doi", _latex(arxiv.doi(arxiv_id))


def _ris_record(paper: Cited) -> dict[str, Any]:
    authors, organization = _authors(paper), one_line(paper.organization or "")
    name = one_line(paper.name or "")
    record: dict[str, Any] = {
        "type_of_reference": "UNPB",
        "title": one_line(paper.title),
        "short_title": name if name != one_line(paper.title) else "",
        # A comma at the end keeps programs from taking the last word for a family name.
        "authors": [*map(_ris_author, authors)] or [f"{organization},"] * bool(organization),
        "year": _year(paper),
        "date": (paper.published_on or "").replace("-", "/"),
        "abstract": one_line(paper.abstract),
        "accession_number": one_line(f"arXiv:{paper.arxiv_id}" if paper.arxiv_id else ""),
        "doi": one_line(arxiv.doi(paper.arxiv_id)) if paper.arxiv_id else "",
        "notes": [*_notes(paper), *[_NO_ID] * (not paper.arxiv_id)],
        "urls": list(filter(None, [_source_url(paper)])),
        "id": one_line(paper.id),
    }
    return {name: value for name, value in record.items() if value}


def _authors(paper: Cited) -> list[str]:
    return [name for name in map(one_line, paper.authors) if name]


def _notes(paper: Cited) -> list[str]:
    """Say what whoever cites has to know: it is printed."""
    notes = []
    if not _authors(paper) and not one_line(paper.organization or ""):
        count = paper.author_count
        unnamed = f"{count} author{'s' * (count > 1)}, not named" if count else "Authors not named"
        notes.append(unnamed)
    if paper.withdrawn_on:
        notes.append(f"Withdrawn on {paper.withdrawn_on}")
    return notes


def _year(paper: Cited) -> str:
    return str(paper.year) if paper.year else (paper.published_on or "")[:4]


def _source_url(paper: Cited) -> str:
    """Return the address of the paper on arXiv, or else on Hugging Face, without what would end its
    field: braces, blanks, the ; of RIS."""
    url = arxiv.abstract_url(paper.arxiv_id) if paper.arxiv_id else paper.url or ""
    return quote(one_line(url), safe="%/:?#[]@!$&'()*+,=~")


def _key(paper_id: str) -> str:
    """Return a key; ids of the database are keys, other characters are written as numbers."""
    return re.sub(r"[^a-z0-9-]", lambda match: f"_{ord(match[0]):x}_", paper_id)


_NOT_A_PERSON = re.compile(r",|(?:^|\s)(?:and|others)(?:\s|$)", re.IGNORECASE)


def _bibtex_author(name: str) -> str:
    """Return a name; in braces where a reader would take a part of it for something else."""
    latex = _latex(name)
    # bibtexparser misreads names around a backslash outside braces, as in `\&`.
    is_misread = _NOT_A_PERSON.search(name) or re.search(r"(?<!\{)\\", latex)
    return f"{{{latex}}}" if is_misread else latex


_PARTICLES = "al|bin|d[aeiu]|de[lnr]|dos|el|l[ae]|te[nr]|v[ao]n"
_NAME = re.compile(
    rf"(?P<given>\S.*?) (?P<family>(?:(?:{_PARTICLES}) ){{0,3}}[^ ]+)"
    r"(?: (?P<suffix>[JS]r\.?|I{2,3}|IV))?"
)


def _ris_author(name: str) -> str:
    """Return a name as RIS has it: `Family, Given, Suffix`; as it is where that cannot be told."""
    match = _NAME.fullmatch(name)
    if match is None or _NOT_A_PERSON.search(name):
        return name
    return ", ".join(part for part in match.group("family", "given", "suffix") if part)


_ACCENTS = dict(zip("\u0300\u0301\u0302\u0303\u0304\u0307\u0308", "`'^~=.\"", strict=True)) | {
    "\u0306": "u",
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0323": "d",
    "\u0327": "c",
    "\u0328": "k",
    "\u0331": "b",
}
_SPECIAL = re.compile(
    rf"([A-Za-z0-9])([{''.join(_ACCENTS)}])"  # what has no character of its own: x̂
    r"|([-'`,])(?=\3)|[!?](?=`)"  # what TeX would join: two hyphens are no dash
    r"|[\\{}$&#_%~^<>|@]|[^ -~]"
)
# Where pylatexenc has no form, or one that it does not read back.
_FORMS = {
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "<": r"{\textless}",
    ">": r"{\textgreater}",
    "|": r"{\textbar}",
    "^": r"{\textasciicircum}",
    "·": r"{\textperiodcentered}",
    "@": "{@}",  # simple readers take it for the start of an entry
    "ˆ": "ˆ",  # pylatexenc has the forms of ^ and ·
    "˙": "˙",
    "−": r"\ensuremath{-}",
    "∗": r"\ensuremath{*}",
    "⋅": r"\ensuremath{\cdot}",
    "∆": r"\ensuremath{\Delta}",
    "√": r"\ensuremath{\surd}",
    "′": r"\ensuremath{'}",
    "‐": "{-}",
    "‑": "{-}",
}
_LATEX_FORMS: dict[int, str] = dict(get_builtin_uni2latex_dict())
# LaTeX reads Cyrillic as it is, and so do people; the other is no command.
_UNWANTED = re.compile(r"\\(?:cyr|CYR|textfrac)")
_SCRIPTS = {"<super>": "superscript", "<sub>": "subscript"}


def _latex(text: str) -> str:
    """Return text as LaTeX."""
    return _SPECIAL.sub(_escaped, unicodedata.normalize("NFC", one_line(text)))


def _escaped(match: re.Match[str]) -> str:
    base, accent, joined = match.groups()
    if accent:
        return f"{{\\{_ACCENTS[accent]}{{{base}}}}}"
    if joined or match[0] in "!?":
        return f"{match[0]}{{}}"
    return _form(match[0])


@lru_cache(maxsize=4096)
def _form(char: str) -> str:
    """Return how LaTeX writes a character: the form that reads back as it; else the character."""
    if char in _FORMS:
        return _FORMS[char]
    form = _LATEX_FORMS.get(ord(char), "")
    if not _UNWANTED.search(form) and LatexNodes2Text().latex_to_text(form) == char:
        is_closed = not form.startswith("\\") or re.match(r"\\(?:ensuremath\{|[%&#_$]$)", form)
        return form if is_closed else f"{{{form}}}"
    script, _, codes = unicodedata.decomposition(char).partition(" ")
    if script in _SCRIPTS:
        letters = "".join(chr(int(code, 16)) for code in codes.split())
        return f"\\text{_SCRIPTS[script]}{{{_latex(letters)}}}"
    return char
