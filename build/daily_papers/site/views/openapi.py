"""Describes the addresses of endpoints.py as OpenAPI, for generated clients and for agents.

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

import re
from collections.abc import Mapping
from typing import Any

from daily_papers.site.views.endpoints import GROUPS, NO_PAPERS, Endpoint, Group, Parameter
from daily_papers.site.views.response_schema import COMPONENTS, component

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
        "components": {
            "schemas": COMPONENTS,
            "parameters": {name: _parameter(one) for name, one in _named().items()},
        },
    }


def _slug(path: str) -> str:
    return re.sub(r"\W+", "_", path).strip("_")


def _named() -> dict[str, Parameter]:
    """Return all parameters, each once, named by the first address that takes them."""
    found: dict[str, Parameter] = {}
    for group in GROUPS:
        for one in group.parameters:
            if one not in found.values():
                found[f"{_slug(group.endpoints[0].path)}.{one.name}"] = one
    return found


def _operation(group: Group, one: Endpoint, papers: Mapping[str, str]) -> Described:
    names = [name for each in group.parameters for name, own in _named().items() if own == each]
    return {
        "operationId": _slug(one.path),
        "summary": one.summary,
        "description": f"For example {one.run(papers)}",
        "tags": [group.title],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "responses": {
            "200": {"description": one.summary, "content": {one.media_type: _schema(one)}},
            **{str(status): _refusal(one, status) for status in group.refuses},
        },
    }


def _parameter(one: Parameter) -> Described:
    schema = one.schema
    if one.most > 1:
        schema = {"type": "array", "items": schema, "maxItems": one.most}
        schema |= {"minItems": one.fewest} if one.fewest else {}
    return {
        "name": one.name,
        "in": one.place,
        "description": one.says,
        "required": one.fewest > 0,
        "schema": schema,
    }


def _schema(one: Endpoint) -> Described:
    if one.kind == "db":
        return {}  # bytes
    if one.kind != "json":
        return {"schema": {"type": "string"}}
    return {"schema": component(one.schema) if one.schema else {"type": "object"}}


def _refusal(one: Endpoint, status: int) -> Described:
    schema = component("Error") if one.kind == "json" else {"type": "string"}
    return {"description": REFUSED[status], "content": {one.refusal_type: {"schema": schema}}}
