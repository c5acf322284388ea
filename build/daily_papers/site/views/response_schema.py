"""Defines what all JSON answers share, and derives their JSON Schemas from their classes.

Each schema names every field of its answer. Fields may be added: see SCHEMA_VERSION.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

SCHEMA_VERSION = 1  # of our JSON: raised where a key is removed or changes its meaning

_REFERENCE = "#/components/schemas/{name}"

Schema = dict[str, Any]
Url = Annotated[str, Meta(extra_json_schema={"format": "uri-reference"})]
Version = Annotated[int, Meta(extra_json_schema={"const": SCHEMA_VERSION})]


class Answer(Struct, kw_only=True):
    """What every successful JSON answer has."""

    ok: Annotated[bool, Meta(extra_json_schema={"const": True})] = True
    schema_version: Version = SCHEMA_VERSION


class Error(Struct, kw_only=True):
    """What is wrong, in a sentence."""

    ok: Annotated[bool, Meta(extra_json_schema={"const": False})] = False
    schema_version: Version = SCHEMA_VERSION
    error: str


class PagedAnswer(Answer, kw_only=True):
    """What every answer has that is one page of several."""

    page: int
    pages: int
    size: Annotated[int, Meta(description="Most that a page has.")]
    next_url: Annotated[
        Url | None, Meta(description="Relative to what was asked; null on the last page.")
    ]
    previous_url: Annotated[
        Url | None, Meta(description="Relative to what was asked; null on the first.")
    ]


def page_links(page: int, pages: int, url: Callable[[int], str]) -> dict[str, Any]:
    """Return the fields of a PagedAnswer but its size; `url` gives the address of a page."""
    return {
        "page": page,
        "pages": pages,
        "next_url": url(page + 1) if page < pages else None,
        "previous_url": url(max(1, min(page - 1, pages))) if page > 1 else None,
    }


class Named(Struct):
    """What a row is called, and its id."""

    id: str
    name: str


def component(answer: type[Struct]) -> Schema:
    """Return a reference to the schema of a class."""
    return {"$ref": _REFERENCE.format(name=answer.__name__)}


def components(answers: Iterable[type[Struct]]) -> dict[str, Schema]:
    """Return the JSON Schemas of answers and of the classes in them, by class name.

    All fields are required: answers are written whole, those with defaults included.
    """
    _, schemas = msgspec.json.schema_components(answers, ref_template=_REFERENCE)
    for schema in schemas.values():
        schema["required"] = list(schema["properties"])
        for field in schema["properties"].values():
            field.pop("default", None)
    return schemas
