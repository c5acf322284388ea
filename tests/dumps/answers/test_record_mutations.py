"""Any value in place of any optional field: the other records are read, and it is a problem, or a
value that the field can have.

`pytest tests/dumps/test_record_mutations.py --mutations 10000` tries more of them.
"""

import json
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from daily_papers.dumps.answers import api
from daily_papers.dumps.pages import html
from daily_papers.records import Dump, Listing
from tests.api_answers import answer, lines, new, old, saved
from tests.dumps.reading import assert_no_line_is_lost, read_with

SEED = 19
RECORDS: list[Any] = [new(0), old(1), new(2)]
FLAT = [
    {
        "id": f"2407.0000{number}",
        "title": f"Paper {number}",
        "abstract": "A sentence of a paper.",
        "authors": ["Ada Lovelace", "Person Two"],
        "published_at": "2024-07-30",
        "votes": number,
        "github": "example/repository",
        "comments": 4,
    }
    for number in range(1, 4)
]
WRITERS: dict[str, Callable[[Any], str]] = {
    "a list": answer,
    "on one line": partial(answer, indent=None),
    "an object": lambda records: json.dumps({"date": "2024-08-01", "papers": records}, indent=1),
    "JSON Lines": lines,
    "texts": lambda records: json.dumps([*map(json.dumps, records)], indent=1),
    "a page": lambda records: saved({"dailyPapers": records}),
}
NEEDED = {"title", "paper"}  # without them it is no record
TEXTS = ["", " ", "x", "N/A", "-1", "2024-13-45", "\x00", "\ud800", "<b>", "https://", "x" * 30_000,
         "https://github.com/a/ b", "http://[", "Jan 5", "99999999999999999999", "{}", "[", "a;b,c",
         "et al.", " and ", "\u202e", "é", "10.48550/arXiv.", "2407.99999v1", "\n\n"]  # fmt: skip


def any_value(chance: Random, depth: int = 0) -> Any:
    """Return any JSON value, often one that some field has."""
    kind = chance.randrange(9 if depth < 4 else 6)
    if kind < 2:
        return chance.choice(TEXTS)
    if kind == 2:
        return chance.choice([None, True, False])
    if kind == 3:
        return chance.choice([0, -1, 1, 2**40, 10**17, 1e308, 1.5, -0.0, 1704067200])
    if kind < 6:
        return "".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(30)))
    if kind == 6:
        return [any_value(chance, depth + 1) for _ in range(chance.randrange(4))]
    keys = ["name", "fullname", "url", "id", "title", "paper", "date", "papers", "\ud800", "x"]
    return {chance.choice(keys): any_value(chance, depth + 1) for _ in range(chance.randrange(4))}


def mutate(records: Any, chance: Random) -> None:
    """Put any value in place of something in the second record that a record does not need."""
    parent = records[1]
    while True:
        keys = [*parent] if isinstance(parent, dict) else [*range(len(parent))]
        if isinstance(parent, dict) and chance.random() < 0.1:
            parent[chance.choice(TEXTS + ["abstract", "day", "code", "org"])] = any_value(chance)
            return
        key = chance.choice(keys) if keys else None
        inner = parent[key] if keys else None
        if key == "paper" or (isinstance(inner, dict | list) and inner and chance.random() < 0.7):
            parent = inner
        elif key is not None and key not in NEEDED:
            if chance.random() < 0.1 and isinstance(parent, dict):
                del parent[key]
            else:
                parent[key] = any_value(chance)
            return
        elif not keys:
            return


def contents(listing: Listing) -> Listing:
    """Return a listing without its lines."""
    return replace(listing, first_line=0, last_line=0, line_count=0)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_mutated_field_costs_no_other_record(
    write: Callable[[Any], str], request: pytest.FixtureRequest
) -> None:
    chance = Random(SEED)
    is_page = write is WRITERS["a page"]
    read: Callable[[object], Dump] = partial(read_with, html if is_page else api, "mutated")
    wholes = [(records, read(write(records)).listings) for records in (RECORDS, FLAT)]
    for number in range(int(request.config.getoption("--mutations")) // len(WRITERS)):
        records, whole = chance.choice(wholes)
        mutated = json.loads(json.dumps(records))
        mutate(mutated, chance)
        content = write(mutated).encode("utf-8", "backslashreplace").decode()
        dump = read(content)
        first, *second, last = dump.listings
        assert contents(first) == contents(whole[0]), number
        assert contents(last) == contents(whole[2]), number
        assert second or dump.problems, number
        assert all(row.record == 2 for row in dump.problems), (number, dump.problems)
        assert_no_line_is_lost(dump, content)
        for row in dump.problems:
            assert row.found.isprintable(), number
            assert len(str(row)) < 1_000, number
