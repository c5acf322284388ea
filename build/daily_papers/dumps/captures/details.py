"""Reads what stands below an abstract: authors or an organization, date, comments, links."""

import re
from dataclasses import dataclass, field

from daily_papers.dumps.captures import page_lines
from daily_papers.dumps.captures.card_labels import CardLinks, parse_links
from daily_papers.dumps.captures.cursor import DETAILS, END, Cursor, is_link_line
from daily_papers.dumps.captures.page_lines import Line, linked_paper
from daily_papers.dumps.dates import PageDate
from daily_papers.dumps.page_address import HOST

LONGEST_ORGANIZATION = 120

_OWNER = re.compile(rf"(?:https?://{HOST})?/([A-Za-z0-9][A-Za-z0-9._-]*)/?")
_PAGES = {"papers", "login", "join", "models", "datasets", "spaces", "docs", "collections"}
_ORGANIZATION = re.compile(
    r"(?![0-9,]+ authors?$)(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]*)(?: (?P<name>(?!.*://).+))?"
)
_ALT = re.compile(r"\[(?P<handle>[A-Za-z0-9][A-Za-z0-9._-]*)\] (?P<name>.+)")
_WORD = re.compile(r"[A-Z][a-z]+|[A-Z]+")  # a word of a name, and no handle
_PUBLISHED = re.compile(r"published\b", re.IGNORECASE)


@dataclass
class Details:
    """What the details of a paper state; `unread` are lines that were not understood, each with
    its field and what was expected there."""

    author_count: int | None = None
    handle: str | None = None
    organization: str | None = None
    published_text: str | None = None
    published: PageDate | None = None
    comment_count: int | None = None
    links: CardLinks = field(default_factory=CardLinks)
    unread: list[tuple[Line, str, str]] = field(default_factory=list)
    has_who: bool = False
    has_when: bool = False
    is_behind_separator: bool = False


def begins_details(cursor: Cursor) -> bool:
    """Tell whether the next line is one of details, and none of an abstract."""
    line = cursor.peek()
    return (
        line.kind in ("authors", "separator")
        or cursor.is_before_separator()
        or is_link_line(line)
        or bool(_PUBLISHED.match(line.text) and page_lines.parse_date_line(line.text))
        or (bool(_linked_owner(line)) and line.opens)
    )


def read_links_above(cursor: Cursor) -> CardLinks:
    """Read links that stand above a title."""
    links = CardLinks()
    while cursor.marks.headings or cursor.marks.links:
        line = cursor.peek()
        more = parse_links(line.text)
        if more is None or line.is_heading or linked_paper(line):
            break
        links = links.joined(more)
        cursor.index += 1
    return links


def read_details(cursor: Cursor) -> Details:
    """Read the details below an abstract, up to the next paper."""
    details = Details()
    while not cursor.is_at_end and not _begins_next(cursor, details):
        if not (_read_known(cursor, details) or _skip_unknown(cursor, details)):
            break
    return details


def _begins_next(cursor: Cursor, details: Details) -> bool:
    if not cursor.begins_paper() or (_is_behind_code(cursor) and _is_number_alone(cursor)):
        return False
    return details.comment_count is not None or not is_comments(cursor)


def _read_known(cursor: Cursor, details: Details) -> bool:
    """Read the next line if it is one of details."""
    line = cursor.peek()
    was_behind_separator, details.is_behind_separator = details.is_behind_separator, False
    if line.kind == "separator":
        details.is_behind_separator = True
    elif line.kind == "authors" and details.author_count is None:
        details.author_count, details.has_who = page_lines.parse_count(line.text), True
    elif _read_date(line, details) or _read_links(line, details):
        pass
    elif _is_behind_code(cursor) and _is_number_alone(cursor):
        pass  # the stars of the code
    elif is_comments(cursor) and details.comment_count is None:
        details.comment_count = page_lines.parse_count(line.text.split(" ")[0])
    elif not details.has_who and (owner := _organization(cursor)):
        details.handle, details.organization = owner
        details.has_who = True
        if not details.handle:
            details.unread.append((line, "organization", "its handle, and its name"))
    else:
        details.is_behind_separator = was_behind_separator
        return False
    cursor.index += 1
    return True


def _read_date(line: Line, details: Details) -> bool:
    """Read a date; a rounded number of comments behind it, such as “1.2k”, is left out."""
    if details.has_when:
        return False
    when = page_lines.parse_date_line(line.text)
    before, _, number = line.text.rpartition(" ")
    if not when and page_lines.is_rounded(number):
        when = page_lines.parse_date_line(before)
        details.unread += [(line, "comment_count", "a whole number")] if when else []
    if not when:
        return False
    details.published_text, details.published, details.comment_count = when
    details.has_when = True
    return True


def _read_links(line: Line, details: Details) -> bool:
    """Read upvotes, and links of a card."""
    if line.is_vote and page_lines.is_rounded(line.text):
        details.unread.append((line, "upvote_count", "a whole number"))
        return True
    if line.is_vote:
        links: CardLinks | None = CardLinks(upvote_count=page_lines.parse_count(line.text))
    else:
        links = parse_links(line.text, details.links.label)
    if links:
        details.links = details.links.joined(links)
    return links is not None


def _skip_unknown(cursor: Cursor, details: Details) -> bool:
    """Leave out the next line if it stands where only details stand."""
    line, marks = cursor.peek(), cursor.marks
    if details.is_behind_separator and not (details.has_when or line.opens and not _is_short(line)):
        expected = "a date such as “Jun 16, 2024” or “Feb 6”"
        details.unread.append((line, "published_on", expected))
        details.has_when, details.is_behind_separator = True, False
    elif cursor.is_before_separator() and not (details.has_who or details.has_when):
        field = "author_count" if "author" in line.text.lower() else "organization"
        details.unread.append((line, field, "“• N authors” or an organization"))
        details.has_who = True
    elif not (details.has_who or details.has_when) and _is_above_details(cursor):
        details.unread.append((line, "details", "“• N authors” or an organization"))
    elif marks.headings or marks.links or (marks.upvotes and not cursor.looks_like_title()):
        details.unread.append((line, "details", "authors, a date, links or the next title"))
    else:
        return False
    cursor.index += 1
    return True


def _is_above_details(cursor: Cursor) -> bool:
    """Tell whether details follow a short line that is no paragraph of an abstract."""
    is_short = len(cursor.peek().text) <= LONGEST_ORGANIZATION
    if cursor.looks_like_title():
        return False
    return is_short and any(cursor.peek(ahead).kind in DETAILS for ahead in (1, 2))


def _is_short(line: Line) -> bool:
    return len(line.text) <= 20 and any(map(str.isdigit, line.text))


def is_comments(cursor: Cursor) -> bool:
    """Tell whether the next line is a number of comments; it may be the next paper's upvotes."""
    line, follows = cursor.peek(), cursor.peek(1)
    if line.is_vote or not page_lines.COMMENTS.fullmatch(line.text):
        return False
    is_link = any(url.endswith("#community") for url in line.urls)
    may_be_upvotes = cursor.marks.upvotes and not is_link and follows is not END
    return not may_be_upvotes or follows.kind == "upvotes"


def _is_behind_code(cursor: Cursor) -> bool:
    """Tell whether the line before the next one is a link to code alone."""
    line = cursor.lines[cursor.index - 1] if cursor.index else END
    links = parse_links(line.text)
    return bool(links and (links.code_url or links.label == "code"))


def _is_number_alone(cursor: Cursor) -> bool:
    """Tell whether a number is next, and no title behind it."""
    line, follows = cursor.peek(), cursor.peek(1)
    is_title = follows.is_heading or follows.begins or linked_paper(follows)
    return line.kind == "upvotes" and not (line.is_vote or is_title)


def _organization(cursor: Cursor) -> tuple[str | None, str] | None:
    """Return the handle and the name that a line prints, or that it links to."""
    line, follows = cursor.peek(), cursor.peek(1)
    if len(line.text) > LONGEST_ORGANIZATION:
        return None
    if owner := _linked_owner(line):
        alt = _ALT.fullmatch(line.text)
        return owner, alt["name"] if alt else line.text
    if follows.kind != "separator":
        return None
    printed = _ALT.fullmatch(line.text) or _ORGANIZATION.fullmatch(line.text)
    if not printed:
        return None
    handle, name = printed["handle"], printed["name"]
    if name and not line.text.startswith("[") and not _is_handle_of(handle, name):
        return None, line.text
    return handle, name or handle


def _is_handle_of(word: str, rest: str) -> bool:
    """Tell whether the first word of a line is the handle of the organization that the rest names,
    and not the first word of the name."""
    start = word[:3].casefold()
    starts = any(part.casefold().startswith(start) for part in rest.split())
    return starts or not _WORD.fullmatch(word)


def _linked_owner(line: Line) -> str | None:
    owners = [owner[1] for url in line.urls if (owner := _OWNER.fullmatch(url))]
    handle = next((owner for owner in owners if owner.casefold() not in _PAGES), None)
    return handle if line.text and "://" not in line.text else None
