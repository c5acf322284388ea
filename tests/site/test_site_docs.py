"""Commands and links of README.md and docs/ work as they are written."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, execute
from tests.misbehaving_service import Stub, fine, misbehaving, record

LOCAL = "http://127.0.0.1:8001"
MOST_WORDS = 900  # of README.md: what somebody reads who gives it a minute
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
}
README = PAGES["README.md"]
# What is marked as bash works on the seeds as written; what is marked as sh says what it needs.
COMMANDS = [
    command.strip()
    for text in PAGES.values()
    for block in re.findall(r"```bash\n(.*?)```", text, re.DOTALL)
    for command in re.split(r"\n(?=\S)(?!\")", block.strip())
]


def prose(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def local_links() -> Iterator[str]:
    for text in PAGES.values():
        yield from re.findall(rf"{LOCAL}[^)>\s`]*", prose(text))


def test_the_first_commands_are_there() -> None:
    blocks = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    fetch = '.venv/bin/daily-papers fetch --missing papers.db\nmake serve DUMPS="seeds dumps"\n'
    assert blocks[:3] == ["make serve\n", fetch, "make test\n"]


def test_the_readme_is_short_and_asks_five_questions() -> None:
    assert len(README.split()) <= MOST_WORDS
    assert len(QUESTIONS) == 5


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = {
        target
        for text in PAGES.values()
        for target in re.findall(r"(?:`|^)make ([a-z-]+)(?=[`\s])", text, re.MULTILINE)
    }
    assert {"serve", "test", "help", "wheel", "eval", "export"} <= named <= targets
    help_text = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    listed = {line.split()[0] for line in help_text.splitlines()}
    assert listed == targets - {"chromium", "nginx"}


@pytest.fixture
def service() -> Iterator[Stub]:
    """A service that has a few papers on every day."""
    with misbehaving() as stub:
        for number in range(7):
            day = f"2026-08-{17 + number}"
            stub.answer(fine([record(number, day)]), day=day)
        yield stub


@pytest.mark.parametrize("command", [text for text in COMMANDS if not text.startswith("make")])
def test_a_command_works_as_written(
    command: str, site: str, service: Stub, database: Path, copy: Path, tmp_path: Path
) -> None:
    for shared in (".venv", "seeds"):
        (tmp_path / shared).symlink_to(ROOT / shared)
    if "--missing" in command:  # a second for each paper, or two
        execute(copy, "delete from papers where rowid > 2")
    (tmp_path / "papers.db").symlink_to(copy)
    (tmp_path / "my.db").symlink_to(database)
    if command.startswith("curl"):
        url, *rest = (word for word in shlex.split(command)[1:] if word not in ("-s", "-o"))
        response = httpx.get(url.replace(LOCAL, site))
        assert response.status_code == 200
        check_answer(url, response.content)
        assert rest in ([], ["claims.csv"], ["papers.bib"], ["copy.db"])
        return
    if "--output my.db" in command:
        (tmp_path / "my.db").unlink()
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={**os.environ, "DAILY_PAPERS_BASE_URL": service.url},
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


@pytest.mark.parametrize("link", sorted(set(local_links())))
def test_a_link_leads_to_a_page(link: str, site: str) -> None:
    assert httpx.get(link.replace(LOCAL, site)).status_code == 200


QUESTIONS = re.findall(
    rf"^\| \[(.+?)\]\(({LOCAL}.+?)\) \| (\d+) [\w ]+; (.+) \|$", README, re.MULTILINE
)


@pytest.mark.parametrize(("question", "link", "count", "answer"), QUESTIONS)
def test_a_question_returns_what_the_readme_says(
    question: str, link: str, count: str, answer: str, site: str
) -> None:
    address = httpx.URL(link.replace(LOCAL, site))
    body = httpx.get(address.copy_with(path=f"{address.path}.json")).json()
    first = body["results"][0].values() if "results" in body else body["rows"][0]
    assert body.get("count", len(body.get("rows", ()))) == int(count)
    values = {f"{value:.10g}" if isinstance(value, float) else str(value) for value in first}
    assert {words.replace(",", "") for words in re.findall(r"\*\*(.+?)\*\*", answer)} <= values


def test_known_issues_count_their_rows(site: str) -> None:
    issues = PAGES["docs/provenance.md"]
    counted = re.findall(rf"\[(\d+) (?:papers?|dumps?|links?)\]\(({LOCAL}[^)]*)\)", issues)
    assert len(counted) >= 7
    for count, link in counted:
        page = httpx.get(link.replace(LOCAL, site).replace("?", ".json?"))
        assert page.json()["filtered_table_rows_count"] == int(count), link


def test_the_seeds_are_counted_as_the_docs_say(db: sqlite3.Connection) -> None:
    dumps, listings, papers = (
        db.execute(f"select count(*) from {table}").fetchone()[0]
        for table in ("dumps", "listings", "papers")
    )
    stated = " ".join(PAGES["docs/provenance.md"].split())
    assert f"saved pages with {listings} listings of {papers} papers" in stated
    assert dumps == 5
    assert "five saved pages" in stated
    assert f"five saved pages in `seeds/` ({papers} papers)" in " ".join(README.split())


def test_the_example_paper_stands_where_the_docs_say(db: sqlite3.Connection) -> None:
    first, second = db.execute(
        "select papers.id, dump_id, rank, first_line, last_line, title_as_listed"
        " from listings join papers on papers.id = paper_id"
        " where papers.title like 'S²FT:%' order by dump_id"
    )
    layout = PAGES["docs/layout.md"]
    assert first[0] in layout
    assert first[1:5] == ("000_a11c83cf296bdff8", 46, 373, 379)
    assert first[5] in layout
    assert second[1:4:2] == ("002_80f49f3159c627e0", 53)


def anchors(page: Path) -> set[str]:
    """Return the fragments that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_heading_linked_exists(page: str) -> None:
    for target, _, fragment in (
        link.partition("#") for link in re.findall(r"\]\((?!http)([^)]+)\)", PAGES[page])
    ):
        path = (ROOT / page).parent / target if target else ROOT / page
        # Addresses that only GitHub has begin above the repository.
        assert path.exists() or target.startswith("../../"), target
        assert not fragment or fragment in anchors(path), f"{target}#{fragment}"


def test_the_docs_are_all_reached_from_the_readme() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        for target in re.findall(r"\]\((?!http)([^)#]+\.md)", PAGES[page]):
            path = ((ROOT / page).parent / target).resolve()
            name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else ""
            waiting += [name] if name in PAGES and name not in reached else []
    assert reached == set(PAGES)
