"""What an answer has to be to count as papers of a day, and what of it is kept."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from daily_papers.fetch.client import Refused

# What is kept of an answer; all else is dropped. So no account gets into a file, under whatever
# name it comes: who submitted a paper, who claims to be an author, pictures (their addresses hold
# the id of who put them there).
_RECORD = ("title", "summary", "publishedAt", "numComments")
_PAPER = (
    "id", "title", "summary", "publishedAt", "submittedOnDailyAt", "withdrawnAt", "upvotes",
    "discussionId", "projectPage", "githubRepo", "githubStars",
    "ai_summary", "ai_summary_model", "ai_keywords",
)  # fmt: skip
_AUTHOR = ("name", "hidden")
_ORGANIZATION = ("name", "fullname")

Json = dict[str, Any]


def read(data: bytes) -> list[Json]:
    """Return the records of an answer, in its order.

    Raises:
        Refused: it is empty, a page, cut, or something else than a list of papers.
    """
    start = data.lstrip()[:1]
    if not start:
        raise Refused("the answer is empty")
    if start == b"<":
        raise Refused("the answer is an HTML page, not JSON")
    try:
        records = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("the answer is no whole JSON") from error
    if not isinstance(records, list) or not all(_is_record(one) for one in records):
        raise Refused("the answer is JSON, but no list of papers")
    return records


def _is_record(record: object) -> bool:
    """Tell whether this is a paper with an id, a title, an abstract and nameable authors."""
    if not isinstance(record, dict) or not isinstance(paper := record.get("paper"), dict):
        return False
    authors = paper.get("authors", [])
    texts = [paper.get("id"), *(record.get(key) or paper.get(key) for key in ("title", "summary"))]
    return (
        all(isinstance(text, str) and text.strip() for text in texts)
        and isinstance(authors, list)
        and all(isinstance(author, dict) for author in authors)
    )


def require_day(records: Sequence[Json], day: date) -> None:
    """Raise Refused for an answer of another day, such as the Friday before an empty Saturday.

    Most of the days that papers state have to be the one asked for. Older answers state none; their
    outer `publishedAt` is when a paper was listed, on that day or before, and the last was on it.
    """
    stated = [one for one in map(_stated_day, records) if one]
    if stated:
        found, count = Counter(stated).most_common(1)[0]
        found = found if count * 2 > len(stated) else "it states several"
    else:
        listed = [_date(record.get("publishedAt")) for record in records]
        found = max(filter(None, listed), default="it states none")
    if found != str(day):
        raise Refused(f"the answer is for another day: {found}")


def _stated_day(record: Json) -> str | None:
    return _date(record["paper"].get("submittedOnDailyAt"))


def _date(moment: object) -> str | None:
    found = re.match(r"\d{4}-\d\d-\d\d(?=T|$)", moment) if isinstance(moment, str) else None
    return found[0] if found else None


def _public(record: Json) -> Json:
    """Return a record without what is about accounts and pictures."""
    paper = record["paper"]
    kept = {**_plain(paper, _PAPER), **_organization(paper)}
    if "authors" in paper:
        kept["authors"] = [_plain(author, _AUTHOR) for author in paper["authors"]]
    return {**_plain(record, _RECORD), **_organization(record), "paper": kept}


def _organization(holder: Json) -> Json:
    found = holder.get("organization")
    return {"organization": _plain(found, _ORGANIZATION)} if isinstance(found, dict) else {}


def _plain(holder: Json, keys: Iterable[str]) -> Json:
    """Return what stands under the keys, where that is a value or a list of values."""
    return {key: holder[key] for key in keys if key in holder and _is_plain(holder[key])}


def _is_plain(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return not any(isinstance(one, dict | list) for one in values)


def printed(records: Sequence[Json]) -> bytes:
    """Return the file: a key a line in the order of the alphabet, records in that of the answer.

    Raises:
        Refused: a number or a character is none.
    """
    kept = [_public(record) for record in records]
    try:
        text = json.dumps(kept, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
        return f"{text}\n".encode()
    except ValueError as error:  # infinity, or half of a character
        raise Refused("the answer holds what JSON and Unicode do not allow") from error
