"""JSON that the service answered: every shape of it, and what is refused."""

import json
import re
from functools import partial

import pytest
from msgspec.structs import replace

from daily_papers.dumps.answers import api
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
    "a withdrawn paper says when": (
        [new(0, withdrawnAt="2024-08-05T23:30:00-04:00")],
        {"withdrawn_on": "2024-08-06"},
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
    "open where the date is null": (json.dumps({"date": None, "papers": NEW[:1]}), OPEN),
    "open where there is one paper, which has no day it was saved on": (new()["paper"], OPEN),
}


@pytest.mark.parametrize(("content", "day"), DAYS.values(), ids=DAYS)
def test_the_day_of_an_answer_is(content: object, day: tuple[str | None, ...]) -> None:
    dump = read(content)
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == day


REFUSED = {
    "a number": ("[1]", ":1: record 1: found 1, expected a record of a paper"),
    "nothing but numbers": ('{"papers": [1, 2]}', ":1: no list of papers in it"),
    "another answer": ('{"models": [{"id": "a/b"}]}', ":1: no list of papers in it"),
    "an error": ('{"error": "Unauthorized"}', ":1: an answer that says what went wrong, “Unauth"),
    "cut before the first record": ('[{"paper": {"id": "2407.0', ":1: record 1: found the end of"),
    "no value behind another": ("[]\n1", ":2: 1"),
    "10,000 deep": ("[" * 10_000 + "]" * 10_000, "nested too deep"),
    "100 deep": ("[" * 100 + "]" * 100, "nested more than 6 deep"),
    "objects 10,000 deep": ('{"a":' * 10_000 + "1" + "}" * 10_000, "nested"),
    "no title": (json.dumps([paper(0, title=None)]), "no title in it"),
    "blank titles": (json.dumps([paper(0, title=" \n")] * 2), "record 1: found no title in it"),
    "too few records": (json.dumps([paper(), *[{"title": 5, "id": "2407.1"}] * 2]),
                        ":1: of 3 records, 2 are not understood; the first is record 2: found no"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_answer_is_refused(content: str, problem: str) -> None:
    message = refusal(content)
    assert problem in message
    assert message.startswith("folder/answer.json:")


def changed(old_text: str, new_text: str) -> str:
    content = answer(OLD)
    assert content.count(old_text) >= 1
    return content.replace(old_text, new_text, 1)


LEFT_OUT, REPAIRED = "left out", "repaired"
# What is broken: the content, the problem, and the fields that differ from those of the whole
# records (None for a record that is left out).
FAULTS: dict[str, tuple[str, str, dict[str, object] | None]] = {
    "NaN": (changed('"upvotes": 11', '"upvotes": NaN'),
            "record 2, paper.upvotes: found NaN, expected a whole number from 0; left out",
            {"upvote_count": None}),
    "infinity": (changed('"upvotes": 11', '"upvotes": 1e999'), "is too large, “1e999”",
                 {"upvote_count": None}),
    "a very long number": (changed("11,", "1" * 5000 + ","), "a number of 5000 digits",
                           {"upvote_count": None}),
    "a key twice": (changed('"upvotes": 11', '"upvotes": 11, "upvotes": 12'),
                    "record 2, paper.upvotes: found the key twice", {"upvote_count": 12}),
    "half a pair": (changed("Who Waits", "Who\\ud83d Waits"),
                    "paper.title: found the character U+D83D, expected text without it; repaired",
                    {}),
    "a control character": (changed("Who Waits", "Who\\u0000 Waits"), "U+0000", {}),
    "no such day": (changed("2024-07-29T", "2024-02-30T"), "paper.publishedAt: found “2024-02-30T",
                    {"published_on": None, "published_text": None, "published_basis": None,
                     "listed_on": None}),
    "a very long abstract": (changed("Waiting is", "x" * 30_000), "at most 20,000 characters",
                             {"abstract": ""}),
    "an author without a name": (changed('"name": "Person Number 1"', '"name": 5'),
                                 "paper.authors[1]: found an object, expected an author's name",
                                 {"authors": ("Ada Lovelace",), "author_count": 1}),
    "no comma": (changed('"upvotes": 11,', '"upvotes": 11'), "record 2: found not JSON: expecting",
                 None),
    "a quote inside a text": (changed("Who Waits", 'Who "Waits'), "record 2: found not JSON", None),
    "no title": (answer([OLD[0], paper(1, title=None), OLD[2]]), "record 2: found no title", None),
    "deep in a record": (changed('"upvotes": 11', '"upvotes": ' + "[" * 9_999 + "]" * 9_999),
                         "record 2: found not JSON: nested too deep", None),
    "another value": (answer([OLD[0], 7, OLD[2]]), "record 2: found 7, expected a record", None),  # type: ignore[list-item]
    "a line of JSON Lines": (lines(OLD).replace('"upvotes": 11', '"upvotes": }'),
                             "record 2: found not JSON: expecting value", None),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem", "changes"), FAULTS.values(), ids=FAULTS)
def test_a_fault_costs_its_field_or_record(
    content: str, problem: str, changes: dict[str, object] | None
) -> None:
    dump, whole = read(content), [*read(answer(OLD)).listings]
    assert any(problem in str(row) for row in dump.problems), dump.problems
    assert all(row.record == 2 and row.line for row in dump.problems)
    by_rank = {listing.rank: listing for listing in dump.listings}
    assert [*by_rank] == ([1, 3] if changes is None else [1, 2, 3])
    whole = [whole[0], replace(whole[1], **(changes or {})), whole[2]]
    assert [same(listing) for listing in dump.listings] == [
        same(listing) for listing in whole if listing.rank in by_rank
    ]
    assert_no_line_is_lost(dump, content)


def same(listing: Listing) -> Listing:
    """Return a listing without its lines."""
    return replace(listing, first_line=0, last_line=0, line_count=0)


@pytest.mark.parametrize(
    "content",
    [
        answer(OLD).replace('},\n    {\n        "paper', '}\n    {\n        "paper'),
        answer(OLD)[:-1] + ",]",
        answer(OLD).replace("x.png", "\\udc00.png"),
        answer(OLD).replace("thumbnail", "\\udc00"),
        answer([old(number, mediaUrls=json.loads("[" * 99 + "]" * 99)) for number in range(3)]),
        "".join(lines(OLD).splitlines()),
    ],
    ids=["no comma", "a last comma", "half a pair", "in a key", "deep", "on one line"],
)
def test_a_fault_where_nothing_is_read_costs_nothing(content: str) -> None:
    dump = read(content)
    assert not dump.problems
    assert [*map(same, dump.listings)] == [*map(same, read(answer(OLD)).listings)]


WRONG = [True, -1, 1.5, "text", [5], {"a": 1}, 10**12, "javascript:alert(1)", "see the paper"]
OPTIONAL = {
    "id": "url", "summary": "abstract", "publishedAt": "published_on",
    "submittedOnDailyAt": "listed_on", "upvotes": "upvote_count", "authors": "authors",
    "githubRepo": "code_url", "projectPage": "project_url", "organization": "organization_id",
}  # fmt: skip


@pytest.mark.parametrize("key", OPTIONAL)
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_wrong_value_is_a_problem_or_a_value_of_its_field(key: str, value: object) -> None:
    record = new()
    record["paper"] = record["paper"] | {key: value}
    record.pop("summary")
    dump = read([record, new(1)])
    listing, other = dump.listings
    assert same(other) == same(read([new(0), new(1)]).listings[1])
    is_problem = any(row.field == f"paper.{key}" for row in dump.problems)
    is_part = any(str(row.field).startswith(f"paper.{key}[") for row in dump.problems)
    assert is_problem or is_part or getattr(listing, OPTIONAL[key])


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
    "half a pair": "{'paper': '\ud800'}",
    "a null character": "{'paper': '\0'}",
    "nothing": "{",
    "JSON and more": '{"paper": {}} x',
    "very long": "{'paper': '" + "x" * 2_000_000 + "'}",
}


@pytest.mark.parametrize("text", NOTATION.values(), ids=NOTATION)
def test_a_record_in_another_notation_is_left_out_and_never_run(text: str) -> None:
    dump = read(json.dumps([repr(old()), text, repr(old(1))], indent=1))
    assert [listing.rank for listing in dump.listings] == [1, 3]
    assert [row.line for row in dump.problems if row.field is None] == [3]


FLAT = {"title": "Small Caches", "abstract": ABSTRACTS[0].replace("\n", " ")}
LISTED = {"title": "Small Caches", "abstract": FLAT["abstract"], "arxiv_id": "2407.00001"}
URL = "https://huggingface.co/papers/2407.00001"
SCRAPED: dict[str, tuple[object, dict[str, object]]] = {
    "the official client": (
        [{"id": "2407.00001", "title": FLAT["title"], "summary": FLAT["abstract"],
          "published_at": "2024-07-30T17:54:27+00:00", "submitted_at": "2024-08-01T00:00:00+00:00",
          "authors": [{"name": "Ada Lovelace", "user": None}], "comments": 4, "upvotes": 12,
          "github_repo": "https://github.com/example/caches", "project_page": "https://x.io/c",
          "organization": {"name": "examplelab", "fullname": "Example Lab"}}],
        {"published_on": "2024-07-30", "published_basis": "stated", "listed_on": "2024-08-01",
         "comment_count": 4, "upvote_count": 12, "code_url": "https://github.com/example/caches",
         "project_url": "https://x.io/c", "organization_id": "examplelab"},
    ),
    "names as texts, a day around": (
        {"date": "2024-08-01", "papers": [FLAT | {"arxiv_id": "2407.00001", "authors": ["A. B."]}]},
        {"authors": ("A. B.",), "author_count": 1, "listed_on": "2024-08-01"},
    ),
    "authors in a text, votes, a day": (
        [FLAT | {"url": URL, "authors": "Ada Lovelace, Person Two and C. Third", "votes": "1,024",
                 "date": "2024-08-01"}],
        {"authors": ("Ada Lovelace", "Person Two", "C. Third"), "upvote_count": 1024,
         "listed_on": "2024-08-01", "published_on": "2024-08-01", "published_basis": "inferred"},
    ),
    "last names first": (
        [FLAT | {"link": "https://arxiv.org/abs/2407.00001v2", "author": "Lovelace, Ada; Two, P."}],
        {"authors": ("Ada Lovelace", "P. Two"), "author_count": 2},
    ),
    "not all authors": (
        [FLAT | {"id": "arXiv:2407.00001", "authors": "Ada Lovelace, P. Two, et al."}],
        {"authors": ("Ada Lovelace", "P. Two"), "author_count": None},
    ),
    "a comma behind each name": (
        [FLAT | {"id": "2407.00001", "authors": ["Ada Lovelace,", "P. Two"]}],
        {"authors": ("Ada Lovelace", "P. Two"), "author_count": 2},
    ),
    "a comma behind the last name, where the list was cut": (
        [FLAT | {"id": "2407.00001", "authors": ["Ada Lovelace,", "P. Two,"]}],
        {"authors": ("Ada Lovelace", "P. Two"), "author_count": None},
    ),
    "an abstract and links in details": (
        [{"title": FLAT["title"], "paper_url": URL,
          "details": {"abstract": FLAT["abstract"], "github_links": ["https://github.com/a/b"]}}],
        {"code_url": "https://github.com/a/b"},
    ),
    "what PowerShell makes of a list": ({"value": [FLAT | {"id": "2407.00001"}], "Count": 1}, {}),
    "some authors, and how many there are": (
        [FLAT | {"id": "2407.00001", "authors": ["Ada Lovelace"], "author_count": 13}],
        {"authors": ("Ada Lovelace",), "author_count": 13},
    ),
    "a number of authors": ([FLAT | {"id": "2407.00001", "authors": 8}], {"author_count": 8}),
    "by ids": ({"2407.00001": FLAT | {"votes": 3}}, {"upvote_count": 3}),
    "by ids in an object": ({"papers": {"2407.00001v1": FLAT}}, {"url": URL}),
    "by days": ({"2024-08-01": [FLAT | {"url": URL}]}, {"listed_on": "2024-08-01"}),
    "a list of days": (
        [{"date": "2024-08-01", "papers": [FLAT | {"url": URL}]}, {"date": "2024-08-02",
                                                                  "papers": []}],
        {"listed_on": "2024-08-01"},
    ),
    "rows of a dataset": (
        {"features": [], "rows": [{"row_idx": 0, "row": FLAT | {"arxiv_id": "2407.00001"}}]}, {},
    ),
    "a repository without its host, and nothing": (
        [FLAT | {"id": "2407.00001", "github": "example/caches", "project": "N/A", "upvotes": ""}],
        {"code_url": "https://github.com/example/caches", "project_url": None},
    ),
    "seconds, and comments": (
        [FLAT | {"id": "2407.00001", "published": 1722300000, "comments": [{"text": "x"}]}],
        {"published_on": "2024-07-30", "comment_count": 1},
    ),
    "both an abstract and a summary": (
        [FLAT | {"id": "2407.00001", "summary": "What a model made of it.", "Publish Date":
                 "Jul 30, 2024"}],
        {"published_on": "2024-07-30", "published_basis": "stated"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "stated"), SCRAPED.values(), ids=SCRAPED)
def test_records_of_the_client_and_of_scrapers_are_read(
    content: object, stated: dict[str, object]
) -> None:
    dump = read(content)
    (listing,) = dump.listings
    expected = LISTED | stated
    assert {name: getattr(listing, name) for name in expected} == expected
    assert not dump.problems


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"published": "2024-08-01", "fetchedAt": "2024-08-01"}, "published"),
        ({"tl_dr_text": "An abstract " * 20}, "tl_dr_text"),
        ({"teaser": "We show in a sentence what a paper has to say here."}, "teaser"),
        ({"seen": "2024-08-01"}, "seen"),
    ],
)
def test_what_may_be_an_abstract_or_a_date_and_is_none_is_a_problem(
    more: dict[str, object], field: str
) -> None:
    dump = read([{"id": "2407.00001", "title": "A Title", "authors": ["A. B."]} | more])
    assert [row.field for row in dump.problems] == [field]


@pytest.mark.parametrize(
    "content",
    [answer(OLD), answer(OLD, indent=None), lines(OLD), json.dumps({"a": 1, "papers": OLD}),
     json.dumps({"date": "2024-08-01", "data": {"papers": OLD}}, indent=2)],
    ids=["a list", "on one line", "JSON Lines", "an object", "objects"],
)  # fmt: skip
def test_a_cut_gives_every_whole_record_before_it(content: str) -> None:
    whole = [*map(same, read(answer(OLD)).listings)]
    starts = [match.start() for match in re.finditer(r'\{\s*"paper"', content)]
    ends = [json.JSONDecoder().raw_decode(content, start)[1] for start in starts]
    for cut in sorted({*range(0, len(content), 7), *ends, *(end - 1 for end in ends)}):
        expected = whole[: sum(end <= cut for end in ends)]
        try:
            dump = read(content[:cut])
        except DumpError as error:
            assert not expected, (cut, error)
        else:
            assert [*map(same, dump.listings)] == expected, cut
            is_whole = cut in ends or content[cut - 1] == "\n" or not content[cut:].strip(" \n]}")
            assert dump.problems or is_whole or not expected, cut
