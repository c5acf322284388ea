"""Fetching papers that a database has no arXiv id of: which answers are taken, what is kept when
the service or the machine misbehaves, and what a build makes of it."""

import fcntl
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from daily_papers import dumps
from daily_papers.fetch.missing import queries
from tests import misbehaving_service as service
from tests import saved_pages
from tests.api_answers import Json
from tests.conftest import COMMAND, ROOT, build, execute, query, wait_until
from tests.fetch.conftest import SIZE, Fetch
from tests.misbehaving_service import DAY, Answer, Stub, body, fine, record, status

TITLE = "Quiet Caches: Sleeping in the Attic"
ABSTRACT = (
    "Caches make noise while nobody listens. We put them into the attic, where they sleep for"
    " nine hours a day, and lose two percent of the answers."
)
OTHER_ABSTRACT = "Attics are warm. This survey lists forty of them, and who wrote letters there."
NOT_ASKED = "daily-papers: {}: not asked for, nor is what follows: "


def paper(
    title: str = TITLE, abstract: str = ABSTRACT, id: str = "2608.00001", **more: Any
) -> Json:
    """A record as the service answers it."""
    answered = record()
    answered["paper"] |= {"title": title, "summary": abstract, "id": id, **more}
    return answered


def saved(*records: Json) -> Json:
    """The file of these records: the outer date, which may be no day of listing, is left out."""
    kept = [{name: record[name] for name in ("paper", "numComments")} for record in records]
    return {"date": None, "papers": kept}


@pytest.fixture
def papers(tmp_path: Path) -> Callable[..., Path]:
    """Write a database of papers with these titles and abstracts; ids are a, b, c, …"""

    def write(*texts: tuple[str, str], arxiv_id: str | None = None) -> Path:
        path = tmp_path / "papers.db"
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("create table papers (id, title, abstract, arxiv_id)")
            rows = [
                (chr(97 + number), *text, arxiv_id)
                for number, text in enumerate(texts or [(TITLE, ABSTRACT)])
            ]
            db.executemany("insert into papers values (?, ?, ?, ?)", rows)
        return path

    return write


class Missing:
    """The command with --missing."""

    def __init__(self, fetch: Fetch, database: Path) -> None:
        self.fetch, self.database = fetch, database
        self.noted = fetch.folder / ".daily-papers-missing"

    def __call__(self, *arguments: object) -> Result:
        return self.fetch("--missing", self.database, *arguments)

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.fetch.folder.glob("[!.]*")}

    def saved(self) -> Json:
        """The only file that there is."""
        (content,) = self.files().values()
        return dict(json.loads(content))


@pytest.fixture
def missing(fetch: Fetch, papers: Callable[..., Path]) -> Missing:
    """The command for a database with one paper, TITLE."""
    return Missing(fetch, papers())


# What is asked for, and what is saved.


def test_a_paper_is_searched_by_its_title_and_saved_as_it_is_answered(
    stub: Stub, missing: Missing
) -> None:
    stub.answer(fine([paper("Loud Caches", id="2608.00002"), paper()]), day=TITLE)
    result = missing()
    assert (result.exit_code, result.stderr) == (0, "")
    path = missing.fetch.folder / "daily-papers-missing-2608.json"
    counts = "saved 1, there 0, empty 0, ambiguous 0, skipped 0, failed 0"
    assert result.stdout == f"a: {path}, 2608.00001\n{counts}\n"
    words = "Quiet+Caches%3A+Sleeping+in+the+Attic"
    assert stub.headers["path"] == f"/api/papers/search?q={words}&limit=20"
    assert missing.saved() == saved(paper())
    assert missing.fetch.waits == []


@pytest.mark.parametrize(
    ("title", "answered"),
    [
        (TITLE, "quiet caches -- sleeping in the {Attic}"),
        ("S²leep for C++", "S$^{2}$leep for C++"),
        ("Mélange of α-Attics", "M\\'elange of $\\alpha$-Attics"),
        ("静かな屋根裏", "静かな屋根裏"),
        ("Attic " * 166 + "Atti", "Attic " * 166 + "Atti"),
    ],
    ids=["case and signs", "markup", "accents", "Japanese", "1000 characters"],
)
def test_a_title_may_be_spelled_otherwise(
    stub: Stub, fetch: Fetch, papers: Callable[..., Path], title: str, answered: str
) -> None:
    stub.answer(fine([paper(answered)]), day=queries(title)[0])
    missing = Missing(fetch, papers((title, ABSTRACT)))
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper(answered))


@pytest.mark.parametrize(
    ("title", "asked"),
    [
        (TITLE, [TITLE, "quiet caches sleeping in the attic"]),
        ("Quiet Caches", ["Quiet Caches"]),
        ('"Attic" AND NOT -cache*', ['"Attic" AND NOT -cache*', "attic and not cache"]),
        ("O(√n) Mélange", ["O(√n) Mélange", "o n melange"]),
        ("word " * 11 + "end", ["word " * 11 + "end", "word " * 9 + "word"]),
        ("word " * 199 + "words", ["word " * 39 + "word", "word " * 9 + "word"]),
        ("屋" * 1000, ["屋" * 200]),
        ("?!", ["?!"]),
    ],
)
def test_a_second_query_is_shorter_and_has_no_signs(title: str, asked: list[str]) -> None:
    assert queries(title) == asked


def test_if_the_first_answer_does_not_hold_the_paper_its_words_are_searched(
    stub: Stub, missing: Missing
) -> None:
    first, second = queries(TITLE)
    stub.answer(fine([paper("Loud Caches")]), day=first)
    stub.answer(fine([paper()]), day=second)
    assert missing().exit_code == 0
    assert stub.requests == [first, second]
    assert missing.fetch.waits == [1.0]
    assert missing.saved() == saved(paper())


THREE = [(f"{name} Attic", ABSTRACT) for name in ("Red", "Blue", "Green")]
THREE_PAPERS = [
    paper("Red Attic", id="2608.00009"),
    paper("Blue Attic", id="2607.00001"),
    paper("Green Attic", id="2608.00002"),
]


@pytest.fixture
def three(stub: Stub, fetch: Fetch, papers: Callable[..., Path]) -> Missing:
    """The command for a database with three papers."""
    for (title, _), answered in zip(THREE, THREE_PAPERS, strict=True):
        stub.answer(fine([answered]), day=title)
    return Missing(fetch, papers(*THREE))


def test_a_file_has_the_papers_of_a_month_of_arxiv_in_order(three: Missing) -> None:
    red, blue, green = THREE_PAPERS
    assert three().exit_code == 0
    texts = three.files()
    assert json.loads(texts.pop("daily-papers-missing-2607.json")) == saved(blue)
    text = texts.pop("daily-papers-missing-2608.json").decode()
    expected = json.dumps(saved(green, red), indent=2, sort_keys=True, ensure_ascii=False)
    assert (text, texts) == (expected + "\n", {})


def test_no_more_papers_are_asked_for_than_allowed_and_the_next_run_goes_on(
    stub: Stub, three: Missing, tmp_path: Path
) -> None:
    first = three("--max", 1)
    assert (first.exit_code, stub.requests) == (1, ["Red Attic"])
    assert (
        first.stderr == NOT_ASKED.format("b") + "a run asks for 1 at most; run again for the rest\n"
    )
    second, third = three("--max", 1), three("--max", 1)
    assert (second.exit_code, third.exit_code) == (1, 0)
    assert third.stdout.splitlines()[-1].startswith("saved 1, there 2, empty 0")
    assert stub.requests == [title for title, _ in THREE]
    in_steps = three.files()
    three.fetch.folder = tmp_path / "at once"
    assert three().exit_code == 0
    assert three.files() == in_steps


def test_no_account_is_saved(stub: Stub, missing: Missing) -> None:
    account = {"name": "secret", "fullname": "Sam Secret", "avatarUrl": "https://secret"}
    more = {"submittedOnDailyBy": account, "upvoters": [account]}
    stub.answer(fine([{**paper(**more), "submittedBy": account}]), day=TITLE)
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper())


def test_papers_with_an_arxiv_id_or_without_an_abstract_are_not_asked_for(
    stub: Stub, fetch: Fetch, papers: Callable[..., Path]
) -> None:
    database = papers((TITLE, ABSTRACT), arxiv_id="2608.00001")
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("insert into papers values ('b', 'Red Attic', '', null)")
    assert Missing(fetch, database)().exit_code == 0
    assert stub.requests == []


# Which answers are taken.

UNFIT = {
    "nothing": ([], "empty", "no such paper"),
    "other titles": ([paper("Loud Caches"), paper(f"{TITLE} II")], "empty", "no such paper"),
    "another abstract": (
        [paper(abstract=OTHER_ABSTRACT)],
        "empty",
        "its title, but not its abstract, is that of 2608.00001",
    ),
    "two that fit": (
        [paper(), paper(id="2607.00003", abstract=f"{ABSTRACT} {OTHER_ABSTRACT}")],
        "ambiguous",
        "several papers fit: 2607.00003, 2608.00001",
    ),
}


@pytest.mark.parametrize(("answer", "kind", "text"), UNFIT.values(), ids=UNFIT)
def test_nothing_is_guessed(
    stub: Stub, missing: Missing, answer: list[Json], kind: str, text: str
) -> None:
    for searched in queries(TITLE):
        stub.answer(fine(answer), day=searched)
    result = missing()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == f"a: {text}"
    assert f"{kind} 1" in result.stdout
    assert missing.files() == {}


def test_what_had_no_answer_is_asked_for_again_only_on_demand(stub: Stub, missing: Missing) -> None:
    for searched in queries(TITLE):
        stub.answer(fine([]), fine([paper()]), day=searched)
    assert missing().exit_code == 0
    stub.requests.clear()
    result = missing()
    assert (result.exit_code, stub.requests) == (0, [])
    assert result.stdout == "saved 0, there 0, empty 0, ambiguous 0, skipped 1, failed 0\n"
    assert missing("--again").stdout.splitlines()[-1].startswith("saved 1, there 0")
    assert missing().stdout.startswith("saved 0, there 1, empty 0, ambiguous 0, skipped 0")


def test_of_two_papers_with_one_title_the_abstract_decides(stub: Stub, missing: Missing) -> None:
    stub.answer(fine([paper(abstract=OTHER_ABSTRACT, id="2608.00002"), paper()]), day=TITLE)
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper())


def test_two_papers_with_one_title_get_an_answer_each(
    stub: Stub, fetch: Fetch, papers: Callable[..., Path]
) -> None:
    second = paper(abstract=OTHER_ABSTRACT, id="2608.00002")
    stub.answer(fine([second, paper()]), day=TITLE)
    missing = Missing(fetch, papers((TITLE, ABSTRACT), (TITLE, OTHER_ABSTRACT)))
    assert missing().stdout.splitlines()[-1].startswith("saved 2,")
    assert missing.saved() == saved(paper(), second)


def test_versions_of_one_paper_are_one(stub: Stub, missing: Missing) -> None:
    stub.answer(fine([paper(id="2608.00001v2"), paper(id="2608.00001")]), day=TITLE)
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper(id="2608.00001v2"))


BROKEN: dict[str, Any] = {
    "a number": 7,
    "no paper": {"title": TITLE, "summary": ABSTRACT},
    "no abstract": paper(abstract=""),
    "no id": paper(id=""),
    "another site's id": paper(id="https://example.org/a"),
    "half a character": paper(f"{TITLE}\ud83d"),
    "infinity": paper(upvotes=float("inf")),
    "authors": paper(authors=["Ada"]),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_record_costs_that_record_alone(
    stub: Stub, missing: Missing, broken: object
) -> None:
    stub.answer(fine([broken, paper(id="2608.00002")]), day=TITLE)
    result = missing()
    assert result.exit_code == 0
    assert result.stderr in ("", "daily-papers: a: records that are no papers: 1\n")
    assert missing.saved() == saved(paper(id="2608.00002"))


# Services that misbehave.


def test_papers_that_always_fail_keep_no_others_waiting(
    stub: Stub, fetch: Fetch, papers: Callable[..., Path]
) -> None:
    failing = [(f"A Title That Fails {number}", ABSTRACT) for number in range(3)]
    for title, _ in failing:
        stub.answer(fine({"error": "x"}), day=title)
    stub.answer(fine([paper()]), day=TITLE)
    missing = Missing(fetch, papers(*failing, (TITLE, ABSTRACT)))
    assert missing().exit_code == 1
    assert not missing.files()
    assert missing().exit_code == 1
    assert missing.saved() == saved(paper())


@pytest.mark.parametrize(
    ("first", "wait"),
    [
        (status(429, Retry_After="7"), 7),
        (status(500), 2),
        (service.half, 2),
        (service.reset, 2),
        (service.stall, 2),
    ],
    ids=["busy", "error", "cut", "closed", "slow"],
)
def test_transient_failures_are_retried(
    stub: Stub, missing: Missing, first: Answer, wait: float
) -> None:
    stub.answer(first, fine([paper()]), day=TITLE)
    missing.fetch.limits["silence"] = 1 if first in (service.stall, service.half) else 10
    assert missing().exit_code == 0
    assert missing.fetch.waits == [wait]
    assert missing.saved() == saved(paper())


INVALID = {
    "HTML": (body(b"<!doctype html><p>Sorry"), "the answer is an HTML page, not JSON"),
    "error": (fine({"error": "overloaded"}), "the answer is JSON, but no list of papers"),
    "all broken": (fine([7, {}]), "the answer is JSON, but no list of papers"),
    "cut": (body(json.dumps([paper()]).encode()[:-1]), "the answer is no whole JSON"),
    "not found": (status(404), "the service answered 404"),
    "another host": (status(302, Location="http://localhost:1/"), "redirects to another host"),
    "huge": (body(b" " * (SIZE + 1)), f"the answer is larger than {SIZE:,} bytes"),
    "endless": (service.endless, f"the answer is larger than {SIZE:,} bytes"),
    "down": (status(503), "the service answered 503, 5 times"),
}


@pytest.mark.parametrize(("answer", "error"), INVALID.values(), ids=INVALID)
@pytest.mark.parametrize("number", [0, 1], ids=["first query", "second query"])
def test_after_an_invalid_answer_the_paper_is_asked_for_again(
    stub: Stub, missing: Missing, answer: Answer, error: str, number: int
) -> None:
    stub.answer(fine([]), day=TITLE)
    stub.answer(answer, day=queries(TITLE)[number])
    result = missing("--quiet")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("daily-papers: a: ")
    assert result.stderr.endswith(f"{error}\n")
    assert result.stderr.count("\n") == 1
    assert (missing.files(), missing.noted.read_text()) == ({}, "?a\n")
    stub.answer(fine([paper()]), day=TITLE)
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper())


def test_a_redirect_on_the_same_service_is_followed(stub: Stub, missing: Missing) -> None:
    stub.answer(status(307, Location="/elsewhere"), day=TITLE)
    stub.answer(fine([paper()]), day="/elsewhere")
    assert missing().exit_code == 0
    assert missing.saved() == saved(paper())


def test_a_busy_service_is_left_alone(stub: Stub, three: Missing) -> None:
    stub.answer(status(429, Retry_After="3600"), day="Blue Attic")
    result = three()
    assert (result.exit_code, stub.requests) == (1, ["Red Attic", "Blue Attic"])
    stopped = NOT_ASKED.format("c") + "the service does not answer as it should"
    assert result.stderr.splitlines()[1:] == [stopped]
    assert [*three.files()] == ["daily-papers-missing-2608.json"]


# Machines that misbehave.


def test_killed_in_the_middle_it_keeps_what_was_answered(stub: Stub, three: Missing) -> None:
    asked = stub.script["Green Attic"]
    stub.answer(service.stall, *asked, day="Green Attic")
    command = [COMMAND, "fetch", "--missing", three.database, "--into", three.fetch.folder]
    with subprocess.Popen([*command, "--base-url", stub.url]) as running:
        wait_until(lambda: "Green Attic" in stub.requests)
        running.kill()
    assert [dumps.read(path).item_count for path in dumps.find([three.fetch.folder])] == [1, 1]
    stub.requests.clear()
    assert three().stdout.splitlines()[-1].startswith("saved 1, there 2,")
    assert stub.requests == ["Green Attic"]


def test_killed_while_a_file_is_written_the_file_before_stays(stub: Stub, three: Missing) -> None:
    assert three("--max", 2).exit_code == 1
    before = three.files()
    script = (
        "import os, sys, time; from daily_papers.cli import main;"
        "os.fsync = lambda _: time.sleep(60); main(sys.argv[1:])"
    )
    options = ["fetch", "--missing", three.database, "--into", three.fetch.folder]
    part = three.fetch.folder / ".daily-papers-missing-2608.json.part"
    command = [sys.executable, "-c", script, *options, "--base-url", stub.url]
    with subprocess.Popen(command) as running:
        wait_until(lambda: part.exists() and part.stat().st_size)
        running.kill()
    assert three.files() == before
    assert three().exit_code == 0
    assert not part.exists()


def test_a_second_fetch_into_the_same_folder_is_refused(stub: Stub, missing: Missing) -> None:
    missing.fetch.folder.mkdir()
    with missing.noted.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = missing()
    assert (result.exit_code, stub.requests) == (1, [])
    folder = missing.fetch.folder
    assert result.stderr == f"daily-papers: {folder}: another fetch is saving into it\n"


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "7", '{"papers": 7}', '{"papers": {}}', '{"papers": [7]}',
     json.dumps({"papers": [paper(), 7]}), "[" * 100_000],
)  # fmt: skip
def test_a_file_of_another_content_is_not_overwritten(
    stub: Stub, missing: Missing, content: str
) -> None:
    missing.fetch.folder.mkdir()
    path = missing.fetch.folder / "daily-papers-missing-2608.json"
    path.write_text(content)
    result = missing()
    problem = "not what fetch saves under this name: remove or rename it"
    assert (result.exit_code, result.stderr) == (1, f"daily-papers: {path}: {problem}\n")
    assert (path.read_text(), stub.requests) == (content, [])


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0 and no more"])
def test_what_is_no_database_is_refused_by_name(
    stub: Stub, fetch: Fetch, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    result = fetch("--missing", path)
    assert (result.exit_code, stub.requests) == (1, [])
    message = f"daily-papers: {path}: not a database that daily-papers built ("
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--missing", __file__, "--query", "x"], "--missing needs neither days nor a --query"),
        (["--missing", __file__, "--until", "2026-08-20"], "--missing needs neither days"),
        (["--again", "--query", "x"], "--again needs --missing"),
        (["--missing", "/no/such.db"], "does not exist"),
    ],
)
def test_wrong_usage_exits_with_2(fetch: Fetch, arguments: list[str], error: str) -> None:
    result = fetch(*arguments)
    assert result.exit_code == 2
    assert error in result.stderr
    assert not fetch.folder.exists()


# What a build makes of it.

STATED = """
    select id, title, abstract, organization_id,
        iif(published_basis = 'stated', published_on, null)
    from papers
    order by id
"""
SOURCES = "select id, arxiv_id, url, upvote_count, has_code from papers where arxiv_id is not null"


def test_a_build_of_the_seeds_adds_what_was_answered_and_overwrites_nothing(
    stub: Stub, fetch: Fetch, database: Path, copy: Path, tmp_path: Path
) -> None:
    execute(copy, "delete from papers where rowid % 20 <> 0")
    sources = []
    rows = query(copy, "select id, title, abstract, published_on from papers order by id")
    for number, (paper_id, title, abstract, stated_day) in enumerate(rows):
        day = stated_day or "2023-12-04"
        arxiv_id, code = (
            f"{day[2:4]}{day[5:7]}.{number:05}",
            f"https://github.com/attic/quiet-{number}",
        )
        answered = paper(title, abstract, arxiv_id, upvotes=number, githubRepo=code)
        answered["paper"]["publishedAt"] = f"{day}T00:00:00.000Z"
        stub.answer(fine([answered]), day=queries(title)[0])
        url = f"https://huggingface.co/papers/{arxiv_id}"
        sources.append((paper_id, arxiv_id, url, number, 1))
    assert fetch("--missing", copy).exit_code == 0
    after = build(tmp_path / "after.db", ROOT / "seeds", fetch.folder)

    assert len(sources) == 16
    assert query(after, f"{SOURCES} order by id") == sources
    for old, new in zip(query(database, STATED), query(after, STATED), strict=True):
        filled = [value if value is not None else new[i] for i, value in enumerate(old)]
        assert new == tuple(filled)
    undated = query(after, f"{SOURCES} and published_on is null")
    named = query(after, "select count(*) from authorships where author_id = 'ada-example'")
    assert (undated, named) == ([], [(16,)])


def test_a_file_is_of_no_day_though_its_papers_were_listed_on_one(
    stub: Stub, three: Missing, tmp_path: Path
) -> None:
    texts = [saved_pages.record(title, abstract, who=None) for title, abstract in THREE]
    page = tmp_path / "page.txt"
    page.write_text(saved_pages.page(*texts))
    assert three().exit_code == 0
    after = build(tmp_path / "after.db", page, three.fetch.folder, "--unusual")
    days = "select distinct file, shown_on, shown_on_basis, listed_on, item_count from dumps"
    rows = query(after, f"{days} join listings on dump_id = dumps.id where format = 'json'")
    assert sorted(rows) == [
        ("daily-papers-missing-2607.json", None, None, DAY, 1),
        ("daily-papers-missing-2608.json", None, None, DAY, 2),
    ]
    assert query(after, "select count(*), count(arxiv_id) from papers") == [(3, 3)]


@pytest.mark.parametrize(
    ("title", "answered"),
    [
        ("Finetuning the Attic", "Fine-tuning the Attic"),
        ("Fine-tuning the Attic", "Finetuning the Attic"),
        ("Mélange of α-Attics", "M\\'elange of $\\alpha$ Attics"),
    ],
)
def test_a_paper_keeps_its_id_however_the_service_spells_its_title(
    stub: Stub, fetch: Fetch, tmp_path: Path, title: str, answered: str
) -> None:
    page = tmp_path / "page.txt"
    page.write_text(saved_pages.page(saved_pages.record(title, ABSTRACT, who=None)))
    before = build(tmp_path / "before.db", page, "--unusual")
    stub.answer(fine([paper(answered)]), day=title)
    assert fetch("--missing", before).exit_code == 0
    after = build(tmp_path / "after.db", page, fetch.folder, "--unusual")
    ((paper_id,),) = query(before, "select id from papers")
    assert query(after, "select id, arxiv_id from papers") == [(paper_id, "2608.00001")]
