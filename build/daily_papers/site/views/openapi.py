"""Describes the addresses of endpoints.py as OpenAPI, for generated clients and for agents.

Source: https://spec.openapis.org/oas/v3.1.1.html
"""

import re
from collections.abc import Mapping
from typing import Any

from daily_papers.site.views.endpoint_types import Endpoint, Group, Parameter
from daily_papers.site.views.endpoints import GROUPS, NO_PAPERS
from daily_papers.site.views.response_schema import Error, Schema, component, components

VERSION = "3.1.1"
REFUSED = {
    400: "The request is not valid; the answer says why in a sentence.",
    404: "There is no such paper, author or day; the answer says so in a sentence.",
}
_ENDPOINTS = [endpoint for group in GROUPS for endpoint in group.endpoints]
COMPONENTS = components([endpoint.answer for endpoint in _ENDPOINTS if endpoint.answer] + [Error])


def _slug(path: str) -> str:
    return re.sub(r"\W+", "_", path).strip("_")


# All parameters, each once, named after the first address that takes them.
_NAMES: dict[Parameter, str] = {}
for _group in GROUPS:
    for _parameter in _group.parameters:
        _NAMES.setdefault(_parameter, f"{_slug(_group.endpoints[0].path)}.{_parameter.name}")


def openapi(
    server: str, title: str, description: str, version: str, papers: Mapping[str, str] = NO_PAPERS
) -> dict[str, Any]:
    """Return the description, as JSON has it.

    `server` is the address of the site without a slash at its end, `papers` what examples are of.
    """
    return {
        "openapi": VERSION,
        "info": {"title": title, "description": description, "version": version},
        "servers": [{"url": server}],
        "security": [],
        "externalDocs": {"url": f"{server}/api", "description": "The same for people, and more."},
        "tags": [{"name": group.title, "description": group.description} for group in GROUPS],
        "paths": {
            endpoint.path: {"get": _operation(group, endpoint, papers)}
            for group in GROUPS
            for endpoint in group.endpoints
        },
        "components": {
            "schemas": COMPONENTS,
            "parameters": {name: _described(parameter) for parameter, name in _NAMES.items()},
        },
    }


def _operation(group: Group, endpoint: Endpoint, papers: Mapping[str, str]) -> dict[str, Any]:
    names = [_NAMES[parameter] for parameter in group.parameters]
    answers: Schema = {
        "200": {
            "description": endpoint.summary,
            "content": {endpoint.media_type: _content(endpoint)},
        }
    }
    if endpoint.redirects:
        location = {"schema": {"type": "string", "format": "uri-reference"}}
        answers = {"302": {"description": endpoint.summary, "headers": {"Location": location}}}
    return {
        "operationId": _slug(endpoint.path),
        "summary": endpoint.summary,
        "description": f"For example {endpoint.url(papers)}",
        "tags": [group.title],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "responses": {
            **answers,
            **{str(status): _refusal(endpoint, status) for status in group.refuses},
        },
    }


def _described(parameter: Parameter) -> Schema:
    schema = parameter.schema
    if parameter.most > 1:
        schema = {"type": "array", "items": schema, "maxItems": parameter.most}
        schema |= {"minItems": parameter.fewest} if parameter.fewest else {}
    return {
        "name": parameter.name,
        "in": parameter.location,
        "description": parameter.description,
        "required": parameter.fewest > 0,
        "schema": schema,
    }


def _content(endpoint: Endpoint) -> Schema:
    if endpoint.kind == "db":
        return {}  # bytes
    if endpoint.kind != "json":
        return {"schema": {"type": "string"}}
    return {"schema": component(endpoint.answer) if endpoint.answer else {"type": "object"}}


def _refusal(endpoint: Endpoint, status: int) -> Schema:
    schema = component(Error) if endpoint.kind == "json" else {"type": "string"}
    return {"description": REFUSED[status], "content": {endpoint.refusal_type: {"schema": schema}}}
