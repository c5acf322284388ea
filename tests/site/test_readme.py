"""README.md: its commands and links work as they are written."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    command.strip()
    for block in re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    for command in re.split(r"\n(?=\S)(?!\")", block.strip())
]
LOCAL = "http://127.0.0.1:8001"
PROSE = re.sub(r"```.*?```|`[^`]*`", "", README, flags=re.DOTALL)
LINKS = sorted(set(re.findall(rf"{LOCAL}[^)>\s`]*", PROSE)))


def test_the_two_commands_are_there() -> None:
    assert COMMANDS[:2] == ["make serve", "make test"]


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)(?=[`\s])", README.split("## Run it")[1]))
    assert {"serve", "test", "help", "lint", "format", "golden", "constraints"} <= named <= targets
    help_text = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    listed = {line.split()[0] for line in help_text.splitlines()}
    assert listed == targets - {"chromium", "nginx"}


@pytest.mark.parametrize("command", [one for one in COMMANDS if not one.startswith("make")])
def test_a_command_works_as_written(command: str, site: str, tmp_path: Path) -> None:
    for shared in (".venv", "seeds", "papers.db", "metadata.yml"):
        (tmp_path / shared).symlink_to(ROOT / shared)
    if command.startswith("curl"):
        url, *rest = (one for one in shlex.split(command)[1:] if one not in ("-s", "-o"))
        response = httpx.get(url.replace(LOCAL, site))
        assert response.status_code == 200
        check_answer(url, response.content)
        assert rest in ([], ["papers.csv"], ["papers.bib"], ["copy.db"])
        return
    if command.startswith(".venv/bin/daily-papers check"):
        (tmp_path / "my.db").symlink_to(ROOT / "papers.db")
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def check_answer(url: str, content: bytes) -> None:
    if ".json" in url:
        answer = json.loads(content)
        keys = ("rows", "results", "claims")
        assert any(answer.get(key) for key in keys) if isinstance(answer, dict) else answer
    elif ".atom" in url:
        assert content.count(b"<entry>") > 5
    elif ".bib" in url:
        assert content.count(b"@misc{") > 5
    elif ".csv" in url:
        assert content.count(b"\n") > 5
    else:
        assert content.startswith(b"SQLite format 3\0")


@pytest.mark.parametrize("link", LINKS)
def test_a_link_leads_to_a_page(link: str, site: str) -> None:
    assert httpx.get(link.replace(LOCAL, site)).status_code == 200


def test_known_issues_count_their_rows(site: str) -> None:
    counted = re.findall(rf"\[(\d+) (?:papers?|dumps?)\]\(({LOCAL}[^)]*)\)", README)
    assert len(counted) >= 6
    for count, link in counted:
        page = httpx.get(link.replace(LOCAL, site).replace("?", ".json?"))
        assert page.json()["filtered_table_rows_count"] == int(count), link


def test_the_example_paper_stands_where_the_readme_says(database: Path) -> None:
    with sqlite3.connect(database) as db:
        rows = db.execute(
            "select papers.id, dump_id, rank, first_line, last_line, title_as_listed"
            " from listings join papers on papers.id = paper_id"
            " where papers.title like 'S²FT:%' order by dump_id"
        ).fetchall()
    one, other = rows
    assert one[0] in README
    assert one[1:5] == ("000_a11c83cf296bdff8", 46, 373, 379)
    assert one[5] in README
    assert other[1:4:2] == ("002_80f49f3159c627e0", 53)


def test_every_local_file_linked_exists() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert linked
    assert [one for one in linked if not (ROOT / one).exists()] == []
