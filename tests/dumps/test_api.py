"""JSON that the service answered: every shape of it, and what is refused."""

import json
from functools import partial

import pytest

from daily_papers.dumps import api
from daily_papers.records import DumpError, Listing
from tests.api_answers import ABSTRACTS, TITLES, answer, archived, lines, new, old, paper
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

read = partial(read_with, api, "answer.json")
refusal = partial(refusal_of, read)


def only(content: object) -> Listing:
    (listing,) = read(content).listings
    return listing


OLD, NEW = [old(0), old(1), old(2)], [new(0), new(1), new(2)]
ALONE = [record["paper"] for record in OLD]
SHAPES = {
    "a list": answer(OLD),
    "a list on one line": answer(OLD, indent=None),
    "a list, indented by two": answer(OLD, indent=2),
    "papers alone": answer(ALONE),
    "an object around the list": json.dumps({"papers": OLD}),
    "an object around papers alone": json.dumps({"papers": ALONE}),
    "an object in an object": json.dumps({"ok": True, "answer": {"papers": OLD, "total": 3}}),
    "JSON Lines": lines(OLD),
    "JSON Lines of papers alone": lines(ALONE),
    "JSON Lines of lists": lines(OLD[:1]) + json.dumps(OLD[1:]) + "\n",
    "JSON Lines with blank ones": lines(OLD).replace("\n", "\r\n\r\n"),
    "in Python's notation": archived(OLD, wrapped=False),
    "in Python's notation, in an object": archived(OLD, wrapped=True),
    "as text of JSON": json.dumps([*map(json.dumps, OLD)]),
    "with a byte order mark": "\ufeff" + answer(OLD),
    "as newer answers are": answer(NEW),
}


@pytest.mark.parametrize("content", SHAPES.values(), ids=SHAPES)
def test_every_shape_has_the_same_papers_and_no_line_is_lost(content: str) -> None:
    dump = read(content)
    listings = dump.listings
    assert [listing.rank for listing in listings] == [1, 2, 3]
    assert [listing.title for listing in listings] == [*TITLES]
    assert [listing.arxiv_id for listing in listings] == ["2407.00001", "2407.00002", "2407.00003"]
    days = [listing.published_on for listing in listings]
    assert days == ["2024-07-30", "2024-07-29", "2024-07-28"]
    assert [listing.upvote_count for listing in listings] == [10, 11, 12]
    assert listings[1].authors == ("Ada Lovelace", "Person Number 1")
    assert {listing.author_count for listing in listings} == {2}
    assert listings[0].url == "https://huggingface.co/papers/2407.00001"
    assert_no_line_is_lost(dump, content)
    assert {item.part for item in dump.furniture} <= {"syntax"}


def test_a_listing_stands_where_it_says() -> None:
    content = answer(OLD).split("\n")
    listings = read(answer(OLD)).listings
    assert len(listings) == 3
    for listing in listings:
        record = "\n".join(content[listing.first_line - 1 : listing.last_line]).rstrip(",")
        assert json.loads(record)["paper"]["id"] == listing.arxiv_id


def test_on_one_line_the_first_listing_counts_it() -> None:
    dump = read(answer(OLD, indent=None))
    assert [(listing.first_line, listing.last_line) for listing in dump.listings] == [(1, 1)] * 3
    assert [listing.line_count for listing in dump.listings] == [1, 0, 0]


TUPLE = "{'id': '2407.00001', 'title': 'A', 'summary': 'S', 'authors': ({'name': 'B'},), }"
UNSTATED = "authors author_count published_on listed_on upvote_count comment_count code_url"
FIELDS: dict[str, tuple[object, dict[str, object]]] = {
    "hard line breaks are blanks": (
        [old(0, title="Small\n  Caches")],
        {"title": "Small Caches", "abstract": ABSTRACTS[0].replace("\n", " ")},
    ),
    "older answers have the day of listing around the paper": (
        [old()],
        {"published_on": "2024-07-30", "published_text": "2024-07-30T17:54:27.000Z"}
        | {"published_basis": "stated", "listed_on": "2024-08-01"},
    ),
    "newer answers have it under a key, and more": (
        [new()],
        {"listed_on": "2024-08-01", "code_url": "https://github.com/example/repository-0"}
        | {"project_url": "https://example-0.github.io/", "comment_count": 1, "upvote_count": 10}
        | {"organization_id": "examplelab", "organization_name": "Example Lab"},
    ),
    "a date hours before the paper's own is not it": (
        [new(submittedOnDailyAt=None)],
        {"listed_on": None},
    ),
    "a paper alone has none": (paper(), {"listed_on": None}),
    "but under the key": (
        paper(submittedOnDailyAt="2024-08-02T00:00:00.000Z"),
        {"listed_on": "2024-08-02"},
    ),
    "a date counts in UTC": (
        [old(publishedAt="2024-07-31T23:30:00-04:00")],
        {"published_on": "2024-08-01"},
    ),
    "what is not stated is None": (
        {"id": "2407.00001", "title": "A Title", "summary": None, "authors": []},
        {"abstract": "", "organization_id": None, **dict.fromkeys(UNSTATED.split())},
    ),
    "a backslash in Python's notation is kept": (
        [repr(old(0, title="A \\times B \\'e"))],
        {"title": "A \\times B \\'e"},
    ),
    "a tuple and a last comma are Python's notation": ([TUPLE], {"authors": ("B",)}),
}


@pytest.mark.parametrize(("content", "stated"), FIELDS.values(), ids=FIELDS)
def test_the_fields_of_a_listing(content: object, stated: dict[str, object]) -> None:
    listing = only(content)
    assert {name: getattr(listing, name) for name in stated} == stated


@pytest.mark.parametrize(
    ("page_id", "arxiv_id"),
    [("2407.21783v2", "2407.21783"), ("hep-th/9901001", "hep-th/9901001"), ("own-paper", None)],
)
def test_ids(page_id: str, arxiv_id: str | None) -> None:
    listing = only(paper(id=page_id))
    assert listing.arxiv_id == arxiv_id
    assert listing.url == f"https://huggingface.co/papers/{arxiv_id or page_id}"


@pytest.mark.parametrize("content", ["[]", "[ ]\n", '{"papers": []}', '{"date": "x", "data": []}'])
def test_a_day_without_papers_is_a_dump_without_listings(content: str) -> None:
    assert read(content).listings == ()


LATER = old(1) | {"publishedAt": "2024-08-03T00:10:00.000Z"}
MUCH_LATER = old(1) | {"publishedAt": "2024-08-09T00:10:00.000Z"}
OPEN = (None, None, None)
DAYS = {
    "stated": (archived(OLD, wrapped=True), ("2024-08-01", "2024-08-01", "stated")),
    "the newest day of listing": ([old(0), LATER], (None, "2024-08-03", "inferred")),
    "open where days are of several weeks": ([old(0), MUCH_LATER], OPEN),
    "open where a paper has none": ([new(0), new(1, submittedOnDailyAt=None)], OPEN),
    "open where there is no paper": ([], OPEN),
    "open where there is one paper, which has no day it was saved on": (new()["paper"], OPEN),
}


@pytest.mark.parametrize(("content", "day"), DAYS.values(), ids=DAYS)
def test_the_day_of_an_answer_is(content: object, day: tuple[str | None, ...]) -> None:
    dump = read(content)
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == day


REFUSED = {
    "a number": ("[1]", ":1: record 1: expected an object, found 1"),
    "nothing but numbers": ('{"papers": [1, 2]}', ":1: no list of papers in it"),
    "another answer": ('{"models": [{"id": "a/b"}]}', ":1: no list of papers in it"),
    "an error": ('{"error": "Unauthorized"}', ":1: an answer that says what went wrong, “Unauth"),
    "cut": (answer(OLD)[:-40], ": not JSON: "),
    "cut in a list": ("[", ":1: not JSON: expecting value"),
    "no comma": (answer(OLD).replace("},\n    {\n        \"paper", "}\n    {\n        \"paper"),
                 "not JSON: expecting ',' delimiter"),
    "more behind it": ("[] []", ":1: not JSON: something follows on the line"),
    "a value behind it": ("[]\n1", ":2: expected papers, found 1"),
    "NaN": (answer(OLD).replace('"upvotes": 11', '"upvotes": NaN'), "NaN is no number"),
    "infinity": (answer(OLD).replace('"upvotes": 11', '"upvotes": 1e999'), "is too large"),
    "a very long number": (answer(OLD).replace("11,", "1" * 5000 + ","), "a number of 5000 digits"),
    "a key twice": (answer(OLD).replace('"upvotes": 11', '"upvotes": 11, "upvotes": 12'),
                    ": the key “upvotes” stands twice"),
    "half a pair": (answer(OLD).replace("Who Waits", "Who \\ud83d Waits"),
                    "half of a surrogate pair, U+D83D"),
    "half a pair where nothing is read": (answer(OLD).replace("x.png", "\\udc00.png"),
                                          "half of a surrogate pair, U+DC00"),
    "half a pair in a key": (answer(OLD).replace("thumbnail", "\\udc00"), "half of a surrogate pa"),
    "10,000 deep": ("[" * 10_000 + "]" * 10_000, "nested more than 50 deep"),
    "100 deep": ("[" * 100 + "]" * 100, "nested more than 50 deep"),
    "objects 10,000 deep": ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested more than 50 deep"),
    "deep in a field": (answer([old(0, mediaUrls=json.loads("[" * 99 + "]" * 99))]), "50 deep"),
    "control characters": (json.dumps([old(0, title="a\0b")]), "record 1: paper.title: found the"),
    "no title": (json.dumps([old(0, title=None)]), "record 1: paper.title: expected a title"),
    "blank title": (json.dumps([old(0, title=" \n")]), "record 1: paper.title: expected a title"),
    "no id": (json.dumps([old(0), old(1, id=None)]), "record 2: paper.id: expected an arXiv id"),
    "no such day": (json.dumps([old(0, publishedAt="2024-02-30")]), "paper.publishedAt: expec"),
    "very long": (json.dumps([old(0, summary="x" * 30_000)]), "expected at most 20,000 characters"),
    "an author without a name": (json.dumps([old(0, authors=[{"name": " "}])]),
                                 "record 1: paper.authors[0].name: expected a name"),
    "no web address": (json.dumps([new(0, githubRepo="see the paper")]),
                       "paper.githubRepo: expected a web address, found “see the paper”"),
    "a record of JSON Lines": (lines([old(0), old(1, upvotes="many")]),
                               "folder/answer.json:2: record 2: paper.upvotes: expected"),
    "code to run": (json.dumps([new(0, projectPage="javascript:alert(1)")]),
                    "paper.projectPage: expected a web address"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_strict_answer_is_refused(content: str, problem: str) -> None:
    message = refusal(content)
    assert problem in message
    assert message.startswith("folder/answer.json:")


WRONG = [None, True, 0, -1, 1.5, "", "text", [], {}, [1], {"a": 1}, 10**12]
TYPES: dict[str, tuple[type, ...]] = {
    "id": (str,), "title": (str,), "summary": (str, type(None)), "publishedAt": (str, type(None)),
    "submittedOnDailyAt": (str, type(None)), "upvotes": (int, type(None)),
    "authors": (list, type(None)), "githubRepo": (str, type(None)),
    "projectPage": (str, type(None)), "organization": (dict, type(None)),
}  # fmt: skip


@pytest.mark.parametrize("key", TYPES)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_wrong_type_is_refused_by_record_and_field(key: str, value: object) -> None:
    record = new()
    record["paper"] = record["paper"] | {key: value}
    if key in ("title", "summary"):
        del record[key]
    message = ""
    try:
        read([record])
    except DumpError as error:
        message = str(error)
    if type(value) not in TYPES[key]:
        assert message.startswith(f"folder/answer.json:1: record 1: paper.{key}: expected ")
    assert "\n" not in message


OUTER = {"paper": dict, "title": str, "publishedAt": str, "numComments": int, "summary": str}


@pytest.mark.parametrize("key", OUTER)
@pytest.mark.parametrize("value", [True, 1.5, [], [1], 3, "three", {}], ids=repr)
def test_a_wrong_type_around_the_paper_is_refused(key: str, value: object) -> None:
    if isinstance(value, OUTER[key]) and not isinstance(value, bool):
        return
    message = refusal([old(0), new(1) | {key: value}])
    assert message.startswith(f"folder/answer.json:1: record 2: {key}: expected ")


@pytest.mark.parametrize("value", [1, "x", None, [], {}, {"name": 5}, {"name": None}], ids=repr)
def test_an_author_of_a_wrong_type_is_refused(value: object) -> None:
    assert "record 1: paper.authors[0]" in refusal([old(0, authors=[value])])


def test_an_organization_of_a_wrong_type_is_refused() -> None:
    for wrong in ({"name": 5}, {"name": "two words"}, {"name": "lab", "fullname": []}):
        assert f"paper.organization.{[*wrong][-1]}: " in refusal([new(0, organization=wrong)])


NOTATION = {
    "a call": "{'paper': open('x')}",
    "a sum": "{'paper': 1+1}",
    "a name": "{'paper': nan}",
    "a set": "{'paper': {1, 2}}",
    "bytes": "{'paper': b'x'}",
    "cut": repr(old())[:-5],
    "a broken escape": "{'paper': '\\x'}",
    "no text as a key": "{1: 2}",
    "a long number": "{'paper': " + "9" * 40 + "}",
    "deep": "{'paper': " + "[" * 60 + "]" * 60 + "}",
    "very deep": "{'paper': " + "[" * 100_000,
    "a key twice": "{'paper': 1, 'paper': 2}",
    "half a pair": "{'paper': '\\ud800'}",
    "a null character": "{'paper': '\0'}",
    "nothing": "{",
    "JSON and more": '{"paper": {}} x',
    "very long": "{'paper': '" + "x" * 2_000_000 + "'}",
}


@pytest.mark.parametrize("text", NOTATION.values(), ids=NOTATION)
def test_a_record_in_another_notation_is_refused_and_never_run(text: str) -> None:
    content = json.dumps([repr(old()), text], indent=1)
    assert refusal(content).startswith("folder/answer.json:3: record 2: ")
