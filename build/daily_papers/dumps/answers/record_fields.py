"""Makes a listing of a record of the service, from JSON answers and from saved pages.

A record is what was listed, around the paper itself:

    {"paper": {"id": "2407.21783", "title": …, "summary": …, "publishedAt": …, "authors": […]},
     "publishedAt": …, "numComments": 4}

or the paper alone, under the keys of the service, of its client, or of those who scrape it; see
record_keys.py. `paper.publishedAt` is the paper's own date. The day it was listed is
`submittedOnDailyAt`; older answers without that key have the day in the outer `publishedAt`, and
later ones have the paper's own date there, some hours off. Who submitted a paper, and the pictures
and handles of people, are personal data that this dataset does not need: they are not read.

A field that is not understood is left out, and is a problem; a record needs a title alone.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from daily_papers.dumps import dates
from daily_papers.dumps.answers import field_values, json_values
from daily_papers.dumps.answers.field_values import UnexpectedValueError, is_nothing
from daily_papers.dumps.answers.json_values import InvalidValueError
from daily_papers.dumps.answers.raw_record import Keyed, RawRecord
from daily_papers.dumps.answers.record_keys import LONG_TEXT, fetch_times, fields_of, unknown_values
from daily_papers.dumps.saved_file import fold
from daily_papers.papers.arxiv import listing_url
from daily_papers.records import DateBasis, Listing

LIST_KEYS = (  # of a list of records, in order of precedence
    "searchResults", "results", "dailyPapers", "papers", "data", "items", "rows",
    "entries", "articles", "records",
)  # fmt: skip
_ORGANIZATION_NAMES = ("fullname", "full_name")
_SENTENCE = re.compile(r"\s*+(?:\S++\s++){7}\S")  # more words than a name has
_DEEPEST = 6  # records in lists of records
_PAGE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


@dataclass(frozen=True)
class Context:
    """What stands around a record: the day, and the id or the title that is its key."""

    day: str | None = None
    key: str | None = None
    title: str | None = None


def is_record(value: object, depth: int = 0) -> bool:
    """Tell whether a value is a record or a paper, and not an object around them."""
    if not isinstance(value, dict) or depth > _DEEPEST:
        return False
    if isinstance(value.get("paper"), dict):
        return True
    fields = fields_of(value)
    if "title" not in fields:
        return False
    # What is around a list may have a title, an address and a description, too.
    lists = [value.get(key) for key in LIST_KEYS]
    return not (
        fields.isdisjoint(("id", "url", "abstract", "authors"))
        or any(
            isinstance(items, list) and any(is_record(item, depth + 1) for item in items)
            for items in lists
        )
    )


def listing(record: RawRecord, last_line: int, context: Context) -> Listing:
    """Make the listing of a record that ends on this line.

    Raises:
        InvalidValueError: it has no title.
    """
    keyed = record.keyed("title") or [("title", context.title)]
    title = record.first(keyed, field_values.parse_title) if keyed[0][1] else None
    if not title:
        raise InvalidValueError("no title in it")
    arxiv_id, url = _ids(record, context)
    authors, author_count = _authors(record)
    published_text, published_on, published_basis, listed_on = _days(record, context)
    handle, organization_name = _organization(record)
    return Listing(
        rank=record.rank,
        title=title,
        abstract=_abstract(record),
        first_line=record.line,
        last_line=last_line,
        line_count=0,
        published_text=published_text,
        published_on=published_on,
        published_basis=published_basis,
        author_count=author_count,
        comment_count=record.count("comments", outer_first=True),
        upvote_count=record.count("upvotes"),
        organization_id=handle,
        organization_name=organization_name,
        listed_on=listed_on,
        arxiv_id=arxiv_id,
        url=url,
        authors=tuple(authors) or None,
        code_url=record.first(record.keyed("code"), field_values.parse_repository),
        project_url=record.first(record.keyed("project"), field_values.parse_address),
        withdrawn_on=record.first(record.keyed("withdrawn"), field_values.parse_day),
    )


def _abstract(record: RawRecord) -> str:
    abstract = record.first(record.keyed("abstract"), field_values.parse_abstract) or ""
    if not abstract:
        for key, text in unknown_values({**record.outer, **record.paper}):
            if isinstance(text, str) and is_sentence(text):
                record.report(key, text, "the abstract under “abstract” or “summary”")
    return abstract


def is_sentence(text: str) -> bool:
    """Tell whether a text may be an abstract, for its words or its length."""
    return len(text) >= LONG_TEXT or bool(_SENTENCE.match(text))


def _ids(record: RawRecord, context: Context) -> tuple[str | None, str | None]:
    """Return the arXiv id, and the address of the paper's page on Hugging Face."""
    keyed = record.keyed("id")
    arxiv_id = None
    for _, value in [*keyed, *record.keyed("url"), ("", context.key)]:
        with suppress(UnexpectedValueError):
            arxiv_id = arxiv_id or field_values.parse_arxiv_id(field_values.plain_value(value))
    if arxiv_id:
        return arxiv_id, listing_url(arxiv_id)
    if keyed:
        key, value = keyed[0]
        page_id = value.removesuffix("/") if isinstance(value, str) else ""
        is_of_service = key.endswith("id") and bool(record.paper or "summary" in record.outer)
        if is_of_service and _PAGE_ID.fullmatch(page_id):
            return None, listing_url(page_id)
        record.report(key, value, "an arXiv id such as 2407.21783")
    return None, None


def _authors(record: RawRecord) -> tuple[list[str], int | None]:
    """Return the names of the authors, and their number if it is known."""
    expected = f"a list of at most {field_values.MOST_AUTHORS:,} authors"
    for key, stated in record.keyed("authors"):
        value = _people(stated)
        names: list[str] = []
        is_whole = True
        if isinstance(value, list) and len(value) <= field_values.MOST_AUTHORS:
            names, nameless = field_values.names_of(value)
            is_whole = not (names and names[-1].endswith(","))  # as where a tool cut the list
            names = [name.rstrip(", ") for name in names]
            if nameless:
                number = nameless[0]
                record.report(f"{key}[{number}]", value[number], "an author's name")
        elif isinstance(value, str) and value.lstrip()[:1] not in ("[", "{"):
            with suppress(UnexpectedValueError):
                return [], field_values.parse_author_count(value)
            if len(value) <= field_values.LONGEST_ABSTRACT:
                names, is_whole = field_values.split_authors(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            return [], record.first([(key, value)], field_values.parse_author_count)
        if names:
            readable = [str(record.readable(key, name)).strip() for name in names]
            count = record.first(record.keyed("author_count"), field_values.parse_author_count)
            counted = len(readable) if is_whole else None
            return [name for name in readable if name], count or counted
        if not isinstance(value, list) or len(value) > field_values.MOST_AUTHORS:
            record.report(key, stated, expected)
    return [], record.first(record.keyed("author_count"), field_values.parse_author_count)


def _people(value: object) -> object:
    """Return the list of authors in a text that is a list as JSON or Python write it, or in an
    object, which may be the only author itself; any other value as it is."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        with suppress(InvalidValueError):
            return json_values.read_literal(value)
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        if len(lists) == 1:
            return lists[0]
        return [value] if field_values.author_name(value) else value
    return value


def _organization(record: RawRecord) -> tuple[str | None, str | None]:
    """Return the handle and the name of the organization that a paper is listed under."""
    keyed = record.keyed("organization")
    handle = record.first(keyed, field_values.parse_handle)
    names = [
        (f"{key}.{name}", value[name])
        for key, value in keyed
        if isinstance(value, dict)
        for name in _ORGANIZATION_NAMES
        if not is_nothing(value.get(name))
    ]
    return handle, handle and (record.first(names, field_values.parse_name) or handle)


def _days(
    record: RawRecord, context: Context
) -> tuple[str | None, str | None, DateBasis | None, str | None]:
    """Return the paper's date as stated, as a day, its basis, and the day it was listed.

    A "date" is the day of listing. Where it is all that a record has, it stands for the paper's
    own, which is some days before; it counts as inferred.
    """
    day = field_values.parse_day
    inner, outer = record.keyed_apart("published")
    if not record.paper:
        inner, outer = outer, []
    inner = _without_fetch_times(record, inner)
    published_text, published_on = record.first(inner, _text_and_day) or (None, None)
    text_around, around = record.first(outer, _text_and_day) or ("", None)
    listed_on = record.first(record.keyed("listed"), day)
    if not listed_on and published_text and _is_later(text_around, published_text):
        listed_on = around
    dated = record.first(record.keyed("date"), day)
    if not (published_on or listed_on or dated):
        _report_dates(record)
    listed_on = listed_on or dated or context.day
    if inner or not dated:
        return published_text, published_on, "stated" if published_on else None, listed_on
    return None, dated, "inferred", listed_on


def _text_and_day(value: object) -> tuple[str, str]:
    """Return a date as stated, on one line, and its day."""
    return fold(str(value)), field_values.parse_day(value)


def _without_fetch_times(record: RawRecord, keyed: Keyed) -> Keyed:
    """Return the dates that are not the time when the record was fetched, to the letter."""
    stated = fetch_times({**record.outer, **record.paper})
    times = {value for value in stated if isinstance(value, str | int | float)}
    kept: Keyed = []
    for key, value in keyed:
        if isinstance(value, str | int | float) and value in times:
            record.report(key, value, "the paper's date, not when it was fetched")
        else:
            kept.append((key, value))
    return kept


def _is_later(first: str, second: str) -> bool:
    """Tell whether a date is later than another."""
    moments = [dates.parse_moment(value) for value in (first, second)]
    times = [
        moment if isinstance(moment, datetime) else datetime(*moment.timetuple()[:3], tzinfo=UTC)
        for moment in moments
        if moment
    ]
    return len(times) == 2 and times[0] > times[1]


def _report_dates(record: RawRecord) -> None:
    """Report dates under unknown keys, which may be the paper's."""
    for key, text in unknown_values({**record.outer, **record.paper}):
        if dates.parse_moment(text):
            record.report(key, text, "the paper's date under “published_at” or “date”")
