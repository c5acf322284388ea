"""The declared addresses, and the OpenAPI description made from them."""

import json
import re
from pathlib import Path
from unittest.mock import Mock

import pytest
from msgspec import Struct

from daily_papers.database import schema
from daily_papers.search import query
from daily_papers.search.engine import opened
from daily_papers.site.views import board_request, endpoints, request_params, search_view
from daily_papers.site.views.claim_scales import Metric
from daily_papers.site.views.claim_text import Claim
from daily_papers.site.views.endpoint_types import Endpoint, Parameter
from daily_papers.site.views.endpoints import GROUPS
from daily_papers.site.views.openapi import COMPONENTS, openapi
from daily_papers.site.views.paper_answer import Link, Paper

EXAMPLE = {"id": "a", "other": "b", "period": "2026-08-20", "author": "c"}
DESCRIBED = openapi("https://example.org", "Papers", "What it is.", "1.0", EXAMPLE)
ENDPOINTS = [endpoint for group in GROUPS for endpoint in group.endpoints]


def parameter(path: str, name: str) -> Parameter:
    (match,) = [
        parameter
        for group in GROUPS
        for parameter in group.parameters
        if path in [endpoint.path for endpoint in group.endpoints] and parameter.name == name
    ]
    return match


def test_every_address_is_described_once() -> None:
    assert len({endpoint.path for endpoint in ENDPOINTS}) == len(ENDPOINTS)
    assert set(DESCRIBED["paths"]) == {endpoint.path for endpoint in ENDPOINTS}
    names = [path["get"]["operationId"] for path in DESCRIBED["paths"].values()]
    assert len(set(names)) == len(names)
    assert "paper_id_json" in names


def test_every_operation_has_the_parameters_of_its_group_and_an_example() -> None:
    described = DESCRIBED["components"]["parameters"]
    for group in GROUPS:
        expected = [(parameter.name, parameter.description) for parameter in group.parameters]
        for endpoint in group.endpoints:
            operation = DESCRIBED["paths"][endpoint.path]["get"]
            names = [item["$ref"].rpartition("/")[2] for item in operation["parameters"]]
            parameters = [described[name] for name in names]
            assert [(item["name"], item["description"]) for item in parameters] == expected
            assert operation["description"].endswith(endpoint.url(EXAMPLE))


def test_a_parameter_of_one_name_and_another_limit_is_another() -> None:
    described = DESCRIBED["components"]["parameters"]
    assert described["search.size"]["schema"]["maximum"] == search_view.MOST_PAGE
    assert described["search_csv.size"]["schema"]["maximum"] == search_view.MOST_EXPORTED
    assert described["results.size"]["schema"]["maximum"] == board_request.MOST_PAGE
    assert "search_atom.q" not in described


def test_limits_of_texts_are_those_of_the_code() -> None:
    assert parameter("/search.json", "q").schema["maxLength"] == query.MOST_LETTERS
    assert parameter("/results", "baseline").schema["maxLength"] == request_params.MOST_LETTERS
    assert parameter("/compare.md", "id").most == request_params.MOST_COMPARED


@pytest.mark.parametrize(
    ("path", "name", "text"),
    [
        ("/search", "q", "text of up to 1,000 letters"),
        ("/search", "topic", "text of up to 1,000 letters; up to 20 of them"),
        ("/search", "exact", "1 or nothing"),
        ("/search", "sort", "one of relevance, newest, discussed; relevance unless given"),
        ("/search.bib", "size", "a number from 1 to 1,000; 20 unless given"),
        ("/compare", "id", "text of up to 1,000 letters; 2 to 6 of them"),
        ("/paper/{id}.json", "id", "text"),
    ],
)
def test_limits_are_said_in_words(path: str, name: str, text: str) -> None:
    assert parameter(path, name).limits == text


def test_files_are_refused_in_text_and_json_in_json() -> None:
    kinds = {item.kind: (item.media_type, item.refusal_type) for item in ENDPOINTS}
    assert kinds["json"] == ("application/json", "application/json")
    assert kinds["html"] == ("text/html", "text/html")
    assert kinds["csv"] == ("text/csv", "text/plain")
    answers = DESCRIBED["paths"]["/paper/{id}.bib"]["get"]["responses"]
    assert list(answers) == ["200", "404"]
    assert list(answers["404"]["content"]) == ["text/plain"]


def test_every_component_is_used_and_exists() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DESCRIBED)))
    assert used == set(COMPONENTS)


def test_everything_is_described_in_a_sentence() -> None:
    texts = [group.description for group in GROUPS] + [item.summary for item in ENDPOINTS]
    texts += [parameter.description for group in GROUPS for parameter in group.parameters]
    assert [text for text in texts if not re.fullmatch(r"[A-Z“0-9].*\.", text)] == []


def test_an_example_is_of_papers_that_are_here(database: Path) -> None:
    search_database = opened(database)
    papers = endpoints.papers(search_database)
    assert papers["id"] != papers["other"]
    rows = search_database.rows(
        "select rank from similar_papers where paper_id = :id and similar_id = :other",
        id=papers["id"],
        other=papers["other"],
    )
    assert rows == [{"rank": 1}]
    endpoint = Endpoint("/x", "", "?id={id}&id={other}")
    assert endpoint.url({"id": "a", "other": "b"}) == "/x?id=a&id=b"


def test_without_similar_papers_any_are_an_example() -> None:
    pair, no_papers = {"id": "a", "other": "b"}, endpoints.NO_PAPERS
    for answers, papers in (
        ([[], [pair], [], []], no_papers | pair),
        ([[], [], [], []], no_papers),
    ):
        assert endpoints.papers(Mock(rows=Mock(side_effect=answers))) == papers


@pytest.mark.parametrize(
    ("answer", "table"),
    [(Claim, "claims"), (Paper, "papers"), (Link, "links"), (Metric, "metrics")],
)
def test_an_answer_has_every_column_of_its_table_null_where_the_column_may_be(
    answer: type[Struct], table: str
) -> None:
    fields = COMPONENTS[answer.__name__]["properties"]
    (columns,) = (each.columns for each in schema.TABLES if each.name == table)
    for column in columns:
        is_nullable = {"type": "null"} in fields[column.name].get("anyOf", [])
        assert is_nullable is not column.required, column.name


def test_all_fields_of_an_answer_are_required_and_have_no_default() -> None:
    for component in COMPONENTS.values():
        assert component["required"] == list(component["properties"])
        assert not any("default" in field for field in component["properties"].values())
