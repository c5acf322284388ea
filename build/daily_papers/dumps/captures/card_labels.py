"""Reads the small lines of a paper's card: links to code and arXiv, upvotes, ranks, submitters.

Who submitted a paper is personal data that this dataset does not need: these lines are dropped.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from daily_papers.dumps import dates
from daily_papers.dumps.captures.furniture import is_prose
from daily_papers.dumps.captures.page_lines import COUNT, Line, linked_paper, parse_date_line
from daily_papers.papers.arxiv import NEW_ID

LONGEST_LINKS = 3_000  # characters of a line of links
LONGEST_NAME = 60  # of a person who submitted a paper
MOST_LINES = 4  # of a submitter, below the name

_LINK = re.compile(
    r"\[(?:LINK: )?(?P<text>[^\[\]]{0,80})\]\(<?(?P<url>https?://[^\s<>()]{1,2000}"
    r"(?:\([^\s()]{0,200}\)[^\s<>()]{0,200})?)>?(?: \"[^\"]{0,200}\")?\)"
)
_PICTOGRAM = re.compile("[\u2600-\u2b4f\ufe0f\u200d\U0001f300-\U0001faff]\ufe0f?(?= ?[A-Za-z\\[])")
_STARS = r"(?:[⭐★☆🌟]\ufe0f? ?)?[0-9][0-9.,]{0,8}[km]?"
_LABELS = {
    "code": rf"(?:{_STARS} )?(?:view )?(?:github|code)(?: repo(?:sitory)?| page)?(?: {_STARS})?"
    r"(?: stars?)?(?: auto)?",
    "paper": rf"(?:view )?arxiv(?: page)?(?:[: ]{NEW_ID})?|(?:view )?(?:pdf|paper)",
    "project": r"(?:view )?(?:project(?: page)?|home ?page|website)",
    "upvotes": rf"(?:▲ ?|upvotes?:? )(?:{COUNT}|-)",
    "other": r"upvote|add to collection|\+ ?[0-9]{1,5}|ask huggingchat about this paper"
    r"|view all|copy link|share|bookmark",
}
_LABEL = {name: re.compile(label, re.IGNORECASE) for name, label in _LABELS.items()}
_ANY_LABEL = "|".join(_LABELS.values())
_ALL_LABELS = re.compile(
    rf"(?:{_ANY_LABEL})(?:[ ·•|,/]{{1,3}}(?:{_ANY_LABEL})){{0,12}}", re.IGNORECASE
)
_UPVOTES = re.compile(rf"(?:▲ ?|upvotes?:? )({COUNT}|-)", re.IGNORECASE)
_MARKER = re.compile(r"(?:[-*+•·] ?){1,3}(?=\S)")
_ADDRESS = re.compile(r"https?://\S{1,2000}")
_ARXIV = re.compile(
    rf"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/({NEW_ID})(?:v[0-9]+)?"
    r"(?:\.pdf)?/?(?:[?#].*)?"
)

_SUBMITTED = re.compile(
    r"(?:<[^<>]{0,200}>)?\W{0,6}(?:paper )?(?:(?:submitted|posted) by\b|submitter:)\W{0,6}"
    r"(?P<name>.{0,200})",
    re.IGNORECASE,
)
_ON_DAY = re.compile(r"on (?P<date>[A-Za-z]{3,9}\.? [0-9]{1,2}(?:,? [0-9]{4})?)")
_ABOUT_SUBMITTER = re.compile(
    r"@[\w.-]{1,60}|(?:(?:about|over|almost) )?(?:an?|[0-9]{1,3}) ?[a-z]{1,7} ago|yesterday"
    r"|just now",
    re.IGNORECASE,
)
_DROPPED = re.compile(
    r"(?:\W{1,4})?# ?[0-9]{1,3} paper of the (?:day|week|month|year)|\+ ?[0-9]{1,5}"
    r"|.{1,60}['’]s (?:avatar|profile picture|profile photo)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CardLinks:
    """What a line of links on a card states; `label` is the last one that has no address."""

    upvote_count: int | None = None
    code_url: str | None = None
    project_url: str | None = None
    arxiv_id: str | None = None
    label: str | None = None

    @property
    def is_any(self) -> bool:
        """Tell whether anything is stated."""
        return any((self.upvote_count is not None, self.code_url, self.project_url, self.arxiv_id))

    def with_url(self, label: str | None, url: str) -> "CardLinks":
        """Add the address of a link with a label."""
        if label == "code":
            return replace(self, code_url=self.code_url or url)
        if label == "project":
            return replace(self, project_url=self.project_url or url)
        arxiv = _ARXIV.fullmatch(url)
        return replace(self, arxiv_id=self.arxiv_id or arxiv[1]) if arxiv else self

    def joined(self, other: "CardLinks") -> "CardLinks":
        """Return what both state; this one goes first."""
        upvotes = other.upvote_count if self.upvote_count is None else self.upvote_count
        return CardLinks(
            upvotes,
            self.code_url or other.code_url,
            self.project_url or other.project_url,
            self.arxiv_id or other.arxiv_id,
            other.label,
        )


def parse_links(text: str, label_before: str | None = None) -> CardLinks | None:
    """Read a line of links; None for any other line.

    The address of `label_before`, a label without one on the line before, may stand alone.
    """
    if len(text) > LONGEST_LINKS:
        return None
    if _ADDRESS.fullmatch(text):
        return CardLinks().with_url(label_before, text) if label_before else None
    marker = _MARKER.match(text)
    unmarked = text[marker.end() :] if marker else text
    labels = _LINK.sub(lambda link: f"{link['text']} ", unmarked)
    labels = " ".join(_PICTOGRAM.sub("", labels).split())
    if not _ALL_LABELS.fullmatch(labels.removeprefix("LINK: ")):
        return None
    links = CardLinks()
    for link in _LINK.finditer(unmarked):
        links = links.with_url(_label_name(link["text"]), link["url"])
    if upvotes := _UPVOTES.search(labels):
        links = replace(links, upvote_count=int(upvotes[1].replace(",", "").replace("-", "0")))
    return replace(links, label=None if _LINK.search(unmarked) else _label_name(labels))


def _label_name(text: str) -> str | None:
    text = _PICTOGRAM.sub("", text).strip()
    return next((name for name, label in _LABEL.items() if label.fullmatch(text)), None)


def drop_labels(lines: Sequence[Line]) -> list[Line]:
    """Return the lines without those that name who submitted a paper, and without ranks."""
    kept: list[Line] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        submitted = None if _is_title(line) else _SUBMITTED.fullmatch(line.text)
        if submitted:
            index += 1
            if not submitted["name"].strip():
                index += _is_name(lines, index)
            index = _end_of_submitter(lines, index)
        elif _DROPPED.fullmatch(line.text) and not line.is_heading:
            index += 1
        else:
            kept.append(line)
            index += 1
    return kept


def _is_name(lines: Sequence[Line], index: int) -> bool:
    """Tell whether the line behind “Submitted by” is a name; some tools leave it out."""
    if index >= len(lines):
        return False
    line, follows = lines[index], lines[index + 1 : index + 2]
    if line.is_heading or line.kind or linked_paper(line) or len(line.text) > LONGEST_NAME:
        return False
    is_marked = any(below.is_heading or below.begins or linked_paper(below) for below in follows)
    if is_marked or line.urls or " " not in line.text:
        return True
    return not (follows and is_prose(follows[0].text))  # else it is a title


def _end_of_submitter(lines: Sequence[Line], start: int) -> int:
    """Return the index behind what else stands below a submitter's name: a handle, a day, a time.

    Short lines above a marked title are of the submitter, whatever they say.
    """
    end = start
    while end < len(lines) and (_ABOUT_SUBMITTER.fullmatch(lines[end].text) or _is_day(lines[end])):
        end += 1
    title = end
    while title < min(len(lines), end + MOST_LINES) and _may_name(lines[title]):
        title += 1
    return title if title < len(lines) and _is_title(lines[title]) else end


def _is_title(line: Line) -> bool:
    return line.is_heading or linked_paper(line) is not None


def _may_name(line: Line) -> bool:
    is_other = line.begins or line.kind or _is_title(line)
    is_short = len(line.text) <= LONGEST_NAME and not is_prose(line.text)
    return is_short and not (is_other or parse_date_line(line.text) or parse_links(line.text))


def _is_day(line: Line) -> bool:
    day = _ON_DAY.fullmatch(line.text)
    return bool(day and dates.parse(day["date"]))
