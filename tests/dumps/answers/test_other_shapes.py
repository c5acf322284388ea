"""Records as databases, clients and converters write them: the same papers come out of all."""

import json
from functools import partial
from typing import Any

import pytest

from daily_papers.dumps.answers import api
from daily_papers.records import DumpError
from tests.dumps.reading import assert_no_line_is_lost, read_with

read = partial(read_with, api, "records.json")

DAY = "2024-08-01"
PAPERS: list[dict[str, Any]] = [
    {"id": f"2407.0000{number}", "title": f"Slow Lamps, Part {number}", "upvotes": number,
     "abstract": f"Lamp {number} is slower than light.", "authors": ["Ada L", "Charles B"]}
    for number in (1, 2)
]  # fmt: skip
DATED = [{**paper, "date": DAY} for paper in PAPERS]
COLUMNS = {key: [paper[key] for paper in DATED] for key in DATED[0]}


def without(paper: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in paper.items() if key not in keys}


SHAPES: dict[str, object] = {
    "a list of days": [{"date": DAY, "papers": PAPERS}],
    "a list of days in an object": {"days": [{"date": DAY, "papers": PAPERS}]},
    "the day in an object beside them": {"meta": {"date": DAY, "count": 2}, "papers": PAPERS},
    "the day in capital letters": {"Date": "August 1, 2024", "Papers": PAPERS},
    "the day in an inner object": [{"json": {"date": DAY, "papers": PAPERS}}],
    "by numbers": {str(number): paper for number, paper in enumerate(DATED)},
    "by keys of a database": {"papers": {f"-Nx{paper['id']}": paper for paper in DATED}},
    "by titles": {paper["title"]: without(paper, "title") for paper in DATED},
    "by day and id": {DAY: {paper["id"]: without(paper, "id") for paper in PAPERS}},
    "hits of a search engine": {
        "hits": {"hits": [{"_id": paper["id"], "_source": without(paper, "id")} for paper in DATED]}
    },
    "nodes": {"data": {"papers": {"edges": [{"cursor": "x", "node": paper} for paper in DATED]}}},
    "attributes": {
        "data": [{"id": paper["id"], "attributes": without(paper, "id")} for paper in DATED]
    },
    "documents": [
        {"page_content": paper["abstract"], "metadata": without(paper, "abstract")}
        for paper in DATED
    ],
    "constructors of documents": [
        {"lc": 1, "kwargs": {"page_content": paper["abstract"],
                             "metadata": without(paper, "abstract")}}
        for paper in DATED
    ],
    "columns": COLUMNS,
    "columns by row": {key: {str(i): value for i, value in enumerate(column)}
                       for key, column in COLUMNS.items()},
    "names of columns, and rows": {"columns": [*DATED[0]], "index": [0, 1],
                                   "data": [[*paper.values()] for paper in DATED]},
    "values in objects": [
        {key: value if key == "authors" else {"value": value} for key, value in paper.items()}
        for paper in DATED
    ],
    "counts in an object": [
        without(paper, "upvotes") | {"stats": {"upvotes": paper["upvotes"]}} for paper in DATED
    ],
    "counts with their word": [{**paper, "upvotes": f"{paper['upvotes']} votes"}
                               for paper in DATED],
    "ids in an object": [without(paper, "id") | {"ids": {"arxiv": paper["id"]}} for paper in DATED],
}  # fmt: skip


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_the_same_papers_come_out_of_every_shape(content: object) -> None:
    dump = read(content)
    assert [
        (paper.arxiv_id, paper.title, paper.abstract, paper.authors, paper.upvote_count)
        for paper in dump.listings
    ] == [
        (paper["id"], paper["title"], paper["abstract"], tuple(paper["authors"]), paper["upvotes"])
        for paper in PAPERS
    ]
    assert {paper.listed_on for paper in dump.listings} == {DAY}
    assert not dump.problems
    assert_no_line_is_lost(dump, json.dumps(content))


@pytest.mark.parametrize(
    "authors",
    [
        [{"first_name": "Ada", "last_name": "L"}, {"given": "Charles", "family": "B"}],
        [{"author": {"name": "Ada L"}}, {"author": {"displayName": "Charles B"}}],
        {"list": ["Ada L", "Charles B"], "count": 2},
        '["Ada L", "Charles B"]',
        "['Ada L', 'Charles B']",
        "Ada L\nCharles B",
        "Ada L | Charles B",
        "Ada L · Charles B",
    ],
)
def test_authors_are_names_in_any_notation(authors: object) -> None:
    dump = read([{**PAPERS[0], "authors": authors}])
    assert dump.listings[0].authors == ("Ada L", "Charles B")
    assert not dump.problems


def test_authors_in_a_list_that_is_cut_are_a_problem() -> None:
    dump = read([{**PAPERS[0], "authors": '["Ada L", "Cha'}])
    assert dump.listings[0].authors is None
    assert [row.field for row in dump.problems] == ["authors"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"parts": [{"abstract": "Lamps of all kinds are slower than their light is."}]},
         "parts.abstract"),
        ({"blurb": "Lamps of all kinds are slower than light."}, "blurb"),
        ({"info": {"released": "2024-08-01"}}, "info.released"),
        ({"created": 1722470400}, "created"),
    ],
)  # fmt: skip
def test_an_abstract_or_a_date_in_unknown_objects_is_a_problem(
    more: dict[str, object], field: str
) -> None:
    dump = read([without(PAPERS[0], "abstract") | more])
    assert [row.field for row in dump.problems] == [field]


def test_the_text_of_a_date_is_that_of_the_value_that_was_understood() -> None:
    (paper,) = read([{**PAPERS[0], "published_at": "soon", "published": "2024-07-30"}]).listings
    assert (paper.published_text, paper.published_on) == ("2024-07-30", "2024-07-30")


def test_a_control_character_in_a_list_of_texts_is_repaired() -> None:
    dump = read([{**PAPERS[0], "abstract": ["Lamps\0 are", "slow."]}])
    assert dump.listings[0].abstract == "Lamps are slow."
    assert [row.action for row in dump.problems] == ["repaired"]


@pytest.mark.parametrize(
    "content",
    [
        {paper["id"]: paper for paper in DATED},
        {str(number): paper for number, paper in enumerate(DATED)},
        {"days": [{"date": DAY, "papers": PAPERS}]},
    ],
    ids=["by ids", "by numbers", "days"],
)
def test_a_cut_gives_every_whole_record_of_an_object(content: object) -> None:
    text = json.dumps(content)
    whole = read(text).listings
    ends = [text.index("}", text.index(paper["title"])) + 1 for paper in PAPERS]
    for cut in range(1, len(text)):
        count = sum(end <= cut for end in ends)
        try:
            dump = read(text[:cut])
        except DumpError:
            assert not count, cut
        else:
            assert dump.listings == whole[:count], cut
            assert dump.problems, cut


def test_a_broken_day_costs_no_other() -> None:
    days = [{"date": DAY, "papers": [paper]} for paper in PAPERS]
    text = json.dumps([days[0], *days]).replace("]}, {", "] 5}, {", 1)
    assert [paper.rank for paper in read(text).listings][-2:] == [2, 3]


OTHER = {"id": "2407.00009", "title": "Another", "abstract": "Not this one.", "upvotes": 99}


@pytest.mark.parametrize("key", ["venue", "related", "info"])
def test_an_object_with_a_title_of_its_own_is_another_paper(key: str) -> None:
    (paper,) = read([without(PAPERS[0], "abstract") | {key: OTHER}]).listings
    assert (paper.title, paper.arxiv_id, paper.upvote_count) == (
        "Slow Lamps, Part 1",
        "2407.00001",
        1,
    )
    assert paper.abstract == ""


def test_the_title_of_a_journal_is_none_of_the_paper() -> None:
    journal = {"title": "Journal of Lamps", "url": "https://lamps.example.org"}
    with pytest.raises(DumpError, match="no title in it"):
        read([without(PAPERS[0], "title") | {"journal": journal}])
