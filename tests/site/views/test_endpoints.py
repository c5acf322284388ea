"""The declared addresses, and the OpenAPI description made from them."""

import json
import re
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from daily_papers.search import query
from daily_papers.search.documents import FACETS
from daily_papers.search.engine import ORDERS, opened
from daily_papers.site.views import endpoints, request_params, results_board, search_view
from daily_papers.site.views.endpoints import GROUPS, Endpoint, Parameter
from daily_papers.site.views.openapi import openapi
from daily_papers.site.views.response_schema import COMPONENTS

DESCRIBED = openapi(
    "https://example.org", "Papers", "What it is.", "1.0", {"id": "a", "other": "b"}
)
ENDPOINTS = [one for group in GROUPS for one in group.endpoints]


def parameter(path: str, name: str) -> Parameter:
    (found,) = [
        each
        for group in GROUPS
        for each in group.parameters
        if path in [one.path for one in group.endpoints] and each.name == name
    ]
    return found


def test_the_description_is_openapi_and_json() -> None:
    assert list(OpenAPIV31SpecValidator(DESCRIBED).iter_errors()) == []
    assert json.loads(json.dumps(DESCRIBED)) == DESCRIBED


def test_every_address_is_described_once() -> None:
    assert len({one.path for one in ENDPOINTS}) == len(ENDPOINTS)
    assert set(DESCRIBED["paths"]) == {one.path for one in ENDPOINTS}
    names = [path["get"]["operationId"] for path in DESCRIBED["paths"].values()]
    assert len(set(names)) == len(names)
    assert "paper_id_json" in names


def test_every_operation_has_the_parameters_of_its_group_and_an_example() -> None:
    known = DESCRIBED["components"]["parameters"]
    for group in GROUPS:
        for one in group.endpoints:
            operation = DESCRIBED["paths"][one.path]["get"]
            found = [known[each["$ref"].rpartition("/")[2]] for each in operation["parameters"]]
            assert [each["name"] for each in found] == [each.name for each in group.parameters]
            assert [each["description"] for each in found] == [
                each.says for each in group.parameters
            ]
            assert operation["description"].endswith(one.run({"id": "a", "other": "b"}))


def test_a_parameter_of_one_name_and_another_limit_is_another() -> None:
    known = DESCRIBED["components"]["parameters"]
    assert known["search.size"]["schema"]["maximum"] == search_view.MOST_PAGE
    assert known["search_csv.size"]["schema"]["maximum"] == search_view.MOST_EXPORTED
    assert known["results.size"]["schema"]["maximum"] == results_board.MOST_PAGE
    assert "search_atom.q" not in known


def test_limits_are_those_of_the_code() -> None:
    assert parameter("/search.json", "q").schema["maxLength"] == query.MOST_LETTERS
    assert parameter("/search.json", "sort").schema["enum"] == list(ORDERS)
    assert parameter("/search.json", "topic").most == search_view.MOST_CHOSEN
    assert parameter("/results", "baseline").schema["maxLength"] == request_params.MOST_LETTERS
    assert parameter("/results", "page").schema["maximum"] == results_board.MOST_PAGES
    assert parameter("/compare.md", "id").most == request_params.MOST_COMPARED
    assert {each.name for each in endpoints.GROUPS[0].parameters} >= set(FACETS)


@pytest.mark.parametrize(
    ("path", "name", "said"),
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
def test_limits_are_said_in_words(path: str, name: str, said: str) -> None:
    assert parameter(path, name).limits == said


def test_files_are_refused_in_text_and_json_in_json() -> None:
    kinds = {one.kind: (one.media_type, one.refusal_type) for one in ENDPOINTS}
    assert kinds["json"] == ("application/json", "application/json")
    assert kinds["html"] == ("text/html", "text/html")
    assert kinds["csv"] == ("text/csv", "text/plain")
    answers = DESCRIBED["paths"]["/paper/{id}.bib"]["get"]["responses"]
    assert list(answers) == ["200", "404"]
    assert list(answers["404"]["content"]) == ["text/plain"]


def test_every_component_is_used_and_exists() -> None:
    used = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(DESCRIBED)))
    assert used == set(COMPONENTS)


def test_everything_is_said_in_a_sentence() -> None:
    said = [group.says for group in GROUPS] + [one.summary for one in ENDPOINTS]
    said += [each.says for group in GROUPS for each in group.parameters]
    assert [text for text in said if not re.fullmatch(r"[A-Z“0-9].*\.", text)] == []


def test_an_example_is_of_papers_that_are_here(database: Path) -> None:
    corpus = opened(database)
    papers = endpoints.papers(corpus)
    assert papers["id"] != papers["other"]
    near = corpus.rows(
        "select rank from similar_papers where paper_id = :id and similar_id = :other", **papers
    )
    assert near == [{"rank": 1}]
    one = Endpoint("/x", "html", "", "/x?id={id}&id={other}")
    assert one.run({"id": "a", "other": "b"}) == "/x?id=a&id=b"


class Rows:
    """A corpus that answers with rows that are given."""

    def __init__(self, *answers: list[dict[str, str]]) -> None:
        self._answers = iter(answers)

    def rows(self, _: str) -> list[dict[str, str]]:
        return next(self._answers)


def test_without_near_papers_any_are_an_example() -> None:
    two = {"id": "a", "other": "b"}
    assert endpoints.papers(Rows([], [two])) == two  # type: ignore[arg-type]
    assert endpoints.papers(Rows([], [])) == endpoints.NO_PAPERS  # type: ignore[arg-type]
