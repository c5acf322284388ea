"""Describes the addresses of api.py as OpenAPI, for programs that make clients and for agents.

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from daily_papers.pages.answers import COMPONENTS, component
from daily_papers.pages.api import GROUPS, NO_PAPERS, Endpoint, Group, Parameter

VERSION = "3.1.1"
REFUSED = {
    400: "What was asked makes no sense; the answer says why in a sentence.",
    404: "There is no such paper; the answer says so in a sentence.",
}

Described = dict[str, Any]


def openapi(
    server: str, title: str, description: str, version: str, papers: Mapping[str, str] = NO_PAPERS
) -> Described:
    """Return the description, as JSON has it.

    `server` is the address of the site without a slash at its end, `papers` what examples are of.
    """
    return {
        "openapi": VERSION,
        "info": {"title": title, "description": description, "version": version},
        "servers": [{"url": server}],
        "security": [],
        "externalDocs": {"url": f"{server}/api", "description": "The same for people, and more."},
        "tags": [{"name": group.title, "description": group.says} for group in GROUPS],
        "paths": {
            one.path: {"get": _operation(group, one, papers)}
            for group in GROUPS
            for one in group.endpoints
        },
        "components": {"schemas": COMPONENTS},
    }


def _operation(group: Group, one: Endpoint, papers: Mapping[str, str]) -> Described:
    example = parse_qs(urlsplit(one.run(papers)).query)
    example |= {"id": [papers["id"]]} if "{id}" in one.path else {}
    return {
        "operationId": re.sub(r"\W+", "_", one.path).strip("_"),
        "summary": one.summary,
        "tags": [group.title],
        "parameters": [_parameter(each, example.get(each.name, ())) for each in group.parameters],
        "responses": {
            "200": {"description": one.summary, "content": {one.media_type: _schema(one)}},
            **{str(status): _refusal(one, status) for status in group.refuses},
        },
    }


def _parameter(each: Parameter, example: Sequence[str]) -> Described:
    schema = each.schema
    values = [int(one) if schema["type"] == "integer" else one for one in example]
    if each.most > 1:
        schema = {"type": "array", "items": schema, "maxItems": each.most}
        schema |= {"minItems": each.fewest} if each.fewest else {}
    return {
        "name": each.name,
        "in": each.place,
        "description": each.says,
        "required": each.fewest > 0,
        "schema": schema,
        **({"example": values if each.most > 1 else values[0]} if values else {}),
    }


def _schema(one: Endpoint) -> Described:
    if one.kind != "json":
        return {"schema": {"type": "string"}}
    return {"schema": component(one.schema) if one.schema else {"type": "object"}}


def _refusal(one: Endpoint, status: int) -> Described:
    schema = component("Error") if one.kind == "json" else {"type": "string"}
    return {"description": REFUSED[status], "content": {one.refusal_type: {"schema": schema}}}
