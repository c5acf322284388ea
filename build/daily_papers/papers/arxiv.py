"""Reads arXiv ids as people write them, and makes the addresses of a paper from its id.

An id is `2601.00300`, or before April 2007 `cs/0112017`. Old ids may name a subject class, which
does not belong to the id: `math.GT/0309136` is `math/0309136`.

Source: https://info.arxiv.org/help/arxiv_identifier.html and arxiv_identifier_for_services.html
"""

import re
import unicodedata
from urllib.parse import unquote

from daily_papers.papers.cleaning import INVISIBLE

LONGEST = 300  # characters of a text that may be an id

NEW_ID = r"[0-9]{4}\.[0-9]{4,5}"  # as a regular expression; since April 2007
_ID = rf"{NEW_ID}|[a-z-]{{2,20}}(?:\.[a-z-]{{2,9}})?/[0-9]{{7}}"
# Sites whose addresses end in the id, behind a few folders; Hugging Face's begin with "papers".
_HOSTS = r"(?:arxiv|ar5iv|alphaxiv|doi|semanticscholar)\.org|scirate\.com|adsabs\.harvard\.edu"
_REFERENCE = re.compile(
    rf"""
    (?:(?:arxiv|doi|preprint|e-?print|papers?|abs|pdf|id|no)[\s:.\#/-]{{0,3}}){{0,4}}
    (?P<address>
        (?:https?:/{{1,2}})?(?:[a-z0-9-]{{1,30}}\.){{0,3}}
        (?:
            (?:{_HOSTS})(?::[0-9]{{1,5}})?/(?:[^/\s?\#]{{1,40}}/){{0,4}}?
          | (?:huggingface|hf)\.co/(?:api/)?(?:daily_)?papers/
        )
    )?
    (?:10\.48550/)? (?:arxiv[:.]\s?)?
    (?P<id>{_ID})
    (?:[\s(]{{0,2}}v[0-9]{{1,3}})?
    (?(address)
        (?:\.[a-z]{{2,4}})? (?:/\S*)? (?:[?\#].*)?
      | (?:\.(?:pdf|md))? (?:\s?\[[a-z.-]{{2,20}}\]?(?:\s[0-9]{{1,2}}\s[a-z]{{3,9}})?)?
        (?:[\s,(]{{1,3}}(?:19|20)[0-9]{{2}})?  # of a citation: [cs.CL] 5 Jan 2026
    )
    """,
    re.VERBOSE,
)
_AROUND = " \t()[]{}<>\"'`“”‘’«»*.,;:!?/…"  # what may stand around an id


def arxiv_id(text: str) -> str | None:
    """Return the arXiv id that a text consists of, without version and subject class; else None.

    The text may be an id, a citation such as `arXiv:2601.00300v2 [cs.CL]`, a DOI of arXiv, or the
    address of the paper on arXiv, Hugging Face, alphaXiv and the like.
    """
    if len(text) > LONGEST:
        return None
    text = INVISIBLE.sub("", unicodedata.normalize("NFKC", unquote(text))).lower()
    match = _REFERENCE.fullmatch(" ".join(text.split()).strip(_AROUND))
    return without_class(match["id"]) if match else None


def without_class(stated_id: str) -> str:
    """Return an arXiv id without its subject class."""
    archive, slash, number = stated_id.partition("/")
    return f"{archive.partition('.')[0]}/{number}" if slash else stated_id


def subject_class(stated_id: str) -> str | None:
    """Return the subject class that an old id names, `math.GT`; ids name no other class."""
    archive, slash, _ = stated_id.partition("/")
    return archive if slash and "." in archive else None


def abstract_url(stated_id: str) -> str:
    """Return the address of a paper's abstract on arXiv."""
    return f"https://arxiv.org/abs/{without_class(stated_id)}"


def pdf_url(stated_id: str) -> str:
    """Return the address of a paper's PDF on arXiv, its newest version."""
    return f"https://arxiv.org/pdf/{without_class(stated_id)}"


def listing_url(stated_id: str) -> str:
    """Return the address of a paper's page on Hugging Face."""
    return f"https://huggingface.co/papers/{stated_id}"


def doi(stated_id: str) -> str:
    """Return the DOI that arXiv gives a paper."""
    return f"10.48550/arXiv.{without_class(stated_id)}"
