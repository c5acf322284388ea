"""The page of a dump: what of the file was not understood."""

import json
from pathlib import Path

from tests.api_answers import new
from tests.conftest import build, client, open_datasette, parse_html

HOSTILE = "<script>alert(1)</script>"
LONG = "no address " * 40


def test_a_dump_shows_its_problems_and_never_as_html(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    records = [new(0, upvotes=HOSTILE), new(1), new(2, authors=[{"name": 5}])]
    path.write_text(json.dumps(records, indent=1))
    get = client(open_datasette(build(tmp_path / "papers.db", path)))
    page = parse_html(get("/papers/dumps/day"))
    section = page.find(attrs={"aria-labelledby": "problems"})
    cells = [[cell.text for cell in row("td")] for row in section("tr")[1:]]
    assert [row[1:4] for row in cells] == [
        ["1", "paper.upvotes", f"“{HOSTILE}”"],
        ["3", "paper.authors[0]", "an object"],
    ]
    assert all(row[5] == "left out" for row in cells)
    assert not section("script")
    names = [heading.text for heading in section("th")]
    for row in section("tr")[1:]:  # on a phone, where names of columns are those of the page's row
        assert [cell["data-name"] for cell in row("td")] == names


def test_what_was_found_is_shortened_once(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(json.dumps([new(0, githubRepo=LONG), new(1)]))
    get = client(open_datasette(build(tmp_path / "papers.db", path)))
    section = parse_html(get("/papers/dumps/day")).find(attrs={"aria-labelledby": "problems"})
    found = section("tr")[1]("td")[3].text
    assert (found[:3], found[-2:], found.count("…"), len(found)) == ("“no", "…”", 1, 200)


def test_a_dump_without_problems_says_nothing_of_them(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text(json.dumps([new(0)]))
    get = client(open_datasette(build(tmp_path / "papers.db", path)))
    assert "Not understood" not in get("/papers/dumps/day").text
