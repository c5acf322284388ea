"""Writes answers of the service, and pages that hold them, in the known shapes."""

import html
import json
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

TITLES = ("Small Caches", "Who Waits", "Weights that Sleep")
ABSTRACTS = (
    "Caches of keys grow with every word.\nWe cut them by 2.5x on one GPU and lose nothing\nelse.",
    "Waiting is measured on three servers. A queue is all it takes, and half\nof the requests.",
    "Most weights do nothing. We put them to sleep at night, and save 30% of the energy.",
)
NOBODY = {  # personal data that must not get any further
    "_id": "5f0000000000000000000001",
    "avatarUrl": "/avatars/secret-picture.svg",
    "isPro": False,
    "fullname": "Submitting Person",
    "user": "secret-handle",
    "type": "user",
}


def paper(number: int = 0, **changes: Any) -> Json:
    """The paper of a record; a change to None takes the field out."""
    fields: Json = {
        "id": f"2407.0000{number + 1}",
        "authors": [
            {"_id": "66aa", "name": "Ada Lovelace", "hidden": False},
            {"_id": "66ab", "name": f"Person Number {number}", "hidden": False, "user": NOBODY},
        ],
        "publishedAt": f"2024-07-{30 - number}T17:54:27.000Z",
        "title": TITLES[number % 3],
        "summary": ABSTRACTS[number % 3],
        "upvotes": 10 + number,
        "discussionId": "66ab",
    }
    return {key: value for key, value in (fields | changes).items() if value is not None}


def old(number: int = 0, **changes: Any) -> Json:
    """A record as answers were in 2024: the outer date is the day of listing."""
    inside = paper(number, **changes)
    return {
        "paper": inside,
        "publishedAt": "2024-08-01T01:21:47.935Z",
        "title": inside.get("title", ""),
        "thumbnail": "https://cdn.example.org/x.png",
        "numComments": number,
        "submittedBy": NOBODY,
    }


def new(number: int = 0, **changes: Any) -> Json:
    """A record as answers are since 2025: with the day of listing, code and organization."""
    more = {
        "submittedOnDailyAt": "2024-08-01T00:00:00.000Z",
        "submittedOnDailyBy": NOBODY,
        "githubRepo": f"https://github.com/example/repository-{number}",
        "projectPage": f"https://example-{number}.github.io/",
        "organization": {"name": "examplelab", "fullname": "Example Lab", "avatar": "x"},
        "ai_keywords": ["keys", "caches"],
    }
    inside = paper(number, **(more | changes))
    return {
        "paper": inside,
        "publishedAt": inside.get("publishedAt", "").replace("T17", "T13"),  # hours off
        "title": inside.get("title", ""),
        "summary": inside.get("summary", ""),
        "numComments": number + 1,
        "submittedBy": NOBODY,
        "isAuthorParticipating": False,
    }


def answer(records: Sequence[Json], indent: int | None = 4) -> str:
    """A list of records, a field a line."""
    return json.dumps(records, indent=indent, ensure_ascii=False)


def lines(records: Sequence[Json]) -> str:
    """A record a line."""
    return "".join(json.dumps(record) + "\n" for record in records)


def archived(records: Sequence[Json], wrapped: bool) -> str:
    """Records as text in Python's notation, in a list or in an object around it."""
    texts = [*map(repr, records)]
    around = {"status": "success", "date": "2024-08-01", "count": len(texts), "data": texts}
    return json.dumps(around if wrapped else texts, indent=4)


def saved(props: Json | str, target: str = "DailyPapers", more: str = "") -> str:
    """A page with data."""
    text = props if isinstance(props, str) else json.dumps(props)
    return (
        "<!doctype html>\n<html>\n<head>\n<title>Daily Papers - Hugging Face</title>\n"
        '<meta property="og:url" content="https://huggingface.co/papers">\n'
        "<script>if (1 < 2) { '<a href=\"/papers/2407.99999\">' }</script>\n</head>\n<body>\n"
        '<div class="contents" data-target="MainHeader" data-props="{&quot;isWide&quot;:false}">'
        f'</div>\n<main>\n<div class="contents" data-target="{target}"'
        f' data-props="{html.escape(text)}">\n{more}</div>\n</main>\n</body>\n</html>\n'
    )


def card(number: int = 0, more: str = "") -> str:
    """A card of a page, in two widths, as pages have it."""
    at = f"/papers/2407.0000{number + 1}"
    content = (
        f'<a href="{at}"><img src="https://cdn.example.org/x.png"></a>'
        "<div>Submitted by <img src=x> secret-handle</div>"
        f'<a href="/login?next={at.replace("/", "%2F")}"><div>{10 + number}</div></a>\n'
        f'<h3><a href="{at}">{TITLES[number % 3]}</a></h3>\n<a href="{at}"><ul>'
        '<li title="secret-handle"><img src="/avatars/secret-picture.svg"></li>'
        f'<li><div>·</div> 1,02{number} authors</li></ul></a> <a href="{at}#community">{number}</a>'
        f"{more}"
    )
    return f'<article class="lg">{content}</article>\n<article class="sm">{content}</article>\n'
