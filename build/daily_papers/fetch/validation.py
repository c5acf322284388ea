"""Validates the answer of a service as the papers of a day, and keeps what is not personal data."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeGuard

from daily_papers.fetch.client import ResponseError

# The fields that are kept; all others are dropped. So no account gets into a file, whatever its
# field is called: submitters, people who claim to be an author, and pictures, because their
# addresses have the id of the uploader.
_RECORD = ("title", "summary", "publishedAt", "numComments")
_PAPER = (
    "id", "title", "summary", "publishedAt", "submittedOnDailyAt", "withdrawnAt", "upvotes",
    "discussionId", "projectPage", "githubRepo", "githubStars",
    "ai_summary", "ai_summary_model", "ai_keywords",
)  # fmt: skip
_AUTHOR = ("name", "hidden")
_ORGANIZATION = ("name", "fullname")

_NO_PAPERS = "the answer is JSON, but no list of papers"

Json = dict[str, Any]


def read(data: bytes) -> list[Json]:
    """Return the records of an answer, in its order. Raise ResponseError if it is empty, HTML, cut,
    or anything but a list of papers."""
    records = read_list(data)
    if not all(map(is_paper, records)):
        raise ResponseError(_NO_PAPERS)
    return records


def read_list(data: bytes) -> list[Any]:
    """Return the list that an answer is, whatever is in it. Raise ResponseError for another one."""
    try:
        records = json.loads(data)
    except (ValueError, RecursionError) as error:
        problems = {b"": "is empty", b"<": "is an HTML page, not JSON"}
        problem = problems.get(data.lstrip()[:1], "is no whole JSON")
        raise ResponseError(f"the answer {problem}") from error
    if not isinstance(records, list):
        raise ResponseError(_NO_PAPERS)
    return records


def is_paper(record: object) -> TypeGuard[Json]:
    """Tell whether a record has an id, a title, an abstract, and authors as objects if any."""
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
    """Raise ResponseError for another day's answer, as that of the Friday for an empty Saturday.

    Most of the days that papers state must be the requested one. Older answers state none; their
    outer `publishedAt` is when a paper was listed, on that day or before, and the last was on it.
    """
    dates = (_date(record["paper"].get("submittedOnDailyAt")) for record in records)
    if stated := list(filter(None, dates)):
        answered, count = Counter(stated).most_common(1)[0]
        answered = answered if count * 2 > len(stated) else "it states several"
    else:
        listed = (_date(record.get("publishedAt")) for record in records)
        answered = max(filter(None, listed), default="it states none")
    if answered != str(day):
        raise ResponseError(f"the answer is for another day: {answered}")


def _date(moment: object) -> str | None:
    match = re.match(r"\d{4}-\d\d-\d\d(?=T|$)", moment) if isinstance(moment, str) else None
    return match[0] if match else None


def without_accounts(record: Json) -> Json:
    """Return a record with the fields that are kept."""
    paper = _with_organization(record["paper"], _PAPER)
    if "authors" in record["paper"]:
        paper["authors"] = [_plain(author, _AUTHOR) for author in record["paper"]["authors"]]
    return {**_with_organization(record, _RECORD), "paper": paper}


def _with_organization(fields: Json, names: Iterable[str]) -> Json:
    kept, organization = _plain(fields, names), fields.get("organization")
    if isinstance(organization, dict):
        kept["organization"] = _plain(organization, _ORGANIZATION)
    return kept


def _plain(fields: Json, names: Iterable[str]) -> Json:
    """Return the named fields whose value is no object and no list with objects or lists."""
    return {name: fields[name] for name in names if name in fields and _is_plain(fields[name])}


def _is_plain(value: object) -> bool:
    values = value if isinstance(value, list) else [value]
    return not any(isinstance(item, dict | list) for item in values)


def printed(records: Sequence[Json]) -> bytes:
    """Return the file of these records, in their order, without accounts."""
    return to_json([without_accounts(record) for record in records])


def to_json(value: object) -> bytes:
    """Return a value as JSON, with a key a line in alphabetical order. Raise ResponseError for an
    infinite number or half of a character."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True)
        return f"{text}\n".encode()
    except ValueError as error:
        raise ResponseError("the answer holds what JSON and Unicode do not allow") from error
