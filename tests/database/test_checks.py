"""The data tests: they hold for the seeds, and each one notices what it guards against."""

import json
import shutil
from itertools import product
from operator import attrgetter
from pathlib import Path
from random import Random

import pytest

from daily_papers.database import checks
from daily_papers.database.columns import Column, Table
from daily_papers.database.schema import TABLES
from tests.api_answers import answer, new
from tests.conftest import build, daily_papers, execute, query

FIRST = "(select min(id) from papers)"
# By the beginning of the sentence of a data test.
BREAKAGES = {
    "Every reference leads to a row.": "update listings set paper_id = 'nowhere' where rank = 1",
    "Every paper stands on at least one dump.": f"delete from listings where paper_id = {FIRST}",
    "No paper stands twice.": "insert into papers "
    "(id, title, abstract, type, has_code, topics, hardware, models) "
    "select 'twice', title, abstract, type, 0, '[]', '[]', '[]' "
    f"from papers where id = {FIRST}",
    "No arXiv id stands twice.": "update papers set arxiv_id = '2407.00001' where rowid < 3",
    "Search has a vector of every paper": "delete from search_vectors where rowid = 2",
    "Every author has a paper": "insert into authors values ('x', 'X')",
    "Every organization has a paper.": "insert into organizations values ('x', 'X')",
    "A dump has as many listings as it says.": "update dumps set listing_count = 1",
    "A dump has as many problems as it says.": "update dumps set problem_count = 1",
    "The listings of a dump are ranked": "update listings set rank = 999 where rank = 2",
    "The listings of a dump follow": "update listings set last_line = first_line + 8",
    "Titles and abstracts are one line": (
        f"update papers set title = 'two  blanks' where id = {FIRST}"
    ),
    "A paper that some listing dates": (
        "update papers set published_basis = 'inferred' where published_basis = 'stated'"
    ),
    "No inferred date lies after": (
        "update dumps set shown_on = '2001-01-01', shown_on_basis = 'inferred'"
    ),
    "Every fact has its evidence": (
        'update claims set start = start + 1, "end" = "end" + 1 where rowid % 7 = 0'
    ),
    "The sentence of a claim": "update claims set sentence = quote || '!' || quote where rowid = 1",
    "The entities of a claim": (
        "update claims set dataset_id = (select id from entities where kind = 'dataset' limit 1)"
    ),
    "A factor has": "update claims set better = null",
    "Every entity is mentioned": (
        "insert into entities values ('method-x', 'method', 'X', null, null)"
    ),
    "The arrays of a paper are its topics": "update papers set models = '[\"X\"]' where rowid = 1",
    "A paper has code": "update papers set has_code = 1 - has_code where rowid = 1",
    "Full-text search knows every paper": "delete from papers_fts_docsize where id = 1",
    "Papers are numbered": "update papers set rowid = rowid + 1000 where rowid = 3",
    "Every order of search": "update search_columns set codes = x'00000000' where name = 'newest'",
    "A topic of a paper has the year": "update paper_topics set paper_year = 1999 where rowid = 1",
    "Search knows a title": "update search_columns set codes = x'00000000' where name = 'title'",
    "Search knows the topics": "delete from search_terms where term = 'topic:kv-cache'",
    "Of what a dump lists": "update dumps set item_count = listing_count + 2",
    "No claim has a value": (
        "update claims set value = 10000, value_low = null, unit = '%', effect = 'decrease' "
        "where rowid = 1"
    ),
    "A column that papers fill": "update claims set baseline = null",
    "What some dump states": "update papers set comment_count = null",
    "From 200 papers on, 20 to 90 %": "delete from claims where rowid > 60",
    "From 200 papers on, two thirds": (
        "delete from paper_topics where topic_id in (select id from topics limit 13)"
    ),
    "Neighbours of a paper are ranked": "update similar_papers set score = 0 where rank = 1",
}


def errors_after(database: Path, *statements: str) -> str:
    """Change a database, and return the errors that its check prints."""
    execute(database, *statements)
    return daily_papers("check", database).stderr


@pytest.mark.parametrize("test", checks.TESTS, ids=lambda test: test.sentence)
def test_it_holds_for_the_seeds(database: Path, test: checks.DataTest) -> None:
    assert query(database, test.sql) == []


@pytest.mark.parametrize(("beginning", "breakage"), BREAKAGES.items(), ids=BREAKAGES)
def test_it_notices(copy: Path, beginning: str, breakage: str) -> None:
    execute(copy, breakage)
    result = daily_papers("check", copy)
    assert result.exit_code == 1
    assert f"does not hold: {beginning}" in result.stderr


def test_every_data_test_has_a_breakage_here() -> None:
    beginnings = [*BREAKAGES, "The file is a sound SQLite database."]  # the next test
    assert len(beginnings) == len(checks.TESTS)
    for beginning in beginnings:
        assert sum(test.sentence.startswith(beginning) for test in checks.TESTS) == 1


def test_a_damaged_file_is_noticed(copy: Path) -> None:
    data = bytearray(copy.read_bytes())
    for page in range(4096 * 3, len(data) - 4096, 4096):
        data[page : page + 8] = b"\xff" * 8
    copy.write_bytes(bytes(data))
    result = daily_papers("check", copy)
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "no such table: papers"), (b"not a database" * 100, "file is not a database")],
)
def test_another_file_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    path = tmp_path / "other.db"
    path.write_bytes(content)
    result = daily_papers("check", path)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"daily-papers: {path}: {problem}")
    assert path.read_bytes() == content


def test_papers_with_two_arxiv_ids_may_have_one_title_and_abstract(copy: Path) -> None:
    first = f"update papers set arxiv_id = '2407.00001' where id = {FIRST}"
    second = "update papers set arxiv_id = '2407.00002' where id = 'twice'"
    errors = errors_after(copy, BREAKAGES["No paper stands twice."], first, second)
    assert "No paper stands twice" not in errors


@pytest.mark.parametrize(
    "breakage",
    [
        f"insert into authorships values ({FIRST}, 2, 'x')",
        f"insert into authorships values ({FIRST}, 1, 'x'), ({FIRST}, 3, 'x')",
    ],
)
def test_a_gap_in_the_authors_of_a_paper_is_noticed(copy: Path, breakage: str) -> None:
    errors = errors_after(copy, "insert into authors values ('x', 'X')", breakage)
    assert "does not hold: Every author has a paper" in errors


def test_listings_of_other_formats_may_share_a_line(copy: Path) -> None:
    on_one_line = "update listings set first_line = 1, last_line = 1"
    assert "follow each other" not in errors_after(
        copy, on_one_line, "update dumps set format = 'html'"
    )


COLUMNS = [(table, column) for table in TABLES for column in table.columns if not column.required]
FILLED = [(table, column) for table, column in COLUMNS if column.filled_from is not None]
STATED = [(table, column) for table, column in COLUMNS if column.stated]
# The day of a page is null if neither it nor its papers state it: all pages of a folder may be so.
OPEN = {("dumps", "shown_on_text"), ("dumps", "shown_on"), ("dumps", "shown_on_basis")}
# A problem may be of a whole file, or record.
OPEN |= {("problems", "line"), ("problems", "record"), ("problems", "field")}
# Another test compares it with the year of the paper.
OPEN |= {("paper_topics", "paper_year")}
# No fact has them so far.
OPEN |= {("claims", name) for name in ("measured", "dataset_id", "model_id")}
OPEN |= {("claims", name) for name in ("hardware_id", "baseline_id")}


def test_every_column_that_may_be_null_says_when_it_is_not_all_null() -> None:
    tested = {(table.name, column.name) for table, column in [*FILLED, *STATED]}
    assert {(table.name, column.name) for table, column in COLUMNS} - tested == OPEN
    assert all(column.stated is None or column.filled_from is None for _, column in COLUMNS)


MORE_LINKS = """
    insert or ignore into links
    select id, 'https://example.org', 'other', 'example.org', null, null, 'listing', null, null
    from papers
"""


@pytest.mark.parametrize(("table", "column"), FILLED, ids=attrgetter("name"))
def test_an_empty_column_is_noticed(copy: Path, table: Table, column: Column) -> None:
    cleared = f'update {table.name} set "{column.name}" = null'
    if column.name in ("start", "end"):  # they are null together
        cleared = """update links set source = 'listing', "start" = null, "end" = null"""
    elif column.name == "factor":  # its bound goes with it
        cleared += ", factor_bound = null"
    errors = errors_after(copy, MORE_LINKS, cleared)
    assert errors.count("does not hold: A column that papers fill") == 1
    assert f" {table.name}.{column.name} | " in errors


@pytest.fixture(scope="module")
def stating(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of three papers that state everything."""
    folder = tmp_path_factory.mktemp("stating")
    (folder / "day.json").write_text(answer([new(0), new(1), new(2, withdrawnAt="2024-08-05")]))
    return build(folder / "papers.db", folder / "day.json")


@pytest.mark.parametrize(("table", "column"), STATED, ids=attrgetter("name"))
def test_a_column_without_what_a_dump_states_is_noticed(
    stating: Path, tmp_path: Path, table: Table, column: Column
) -> None:
    copied = Path(shutil.copy(stating, tmp_path / "copy.db"))
    cleared = f"update {table.name} set {column.name} = null"
    if column.stated == "published_on" and table.name == "papers":
        cleared += ", published_on = null, published_basis = null, year = null"
        cleared = cleared.replace(f"set {column.name} = null, ", "set ")
    assert f"{table.name}.{column.name} | day.json" in errors_after(copied, cleared)


@pytest.mark.parametrize("column", ["author_count", "comment_count", "organization_id"])
def test_a_column_without_what_a_text_states_is_noticed(copy: Path, column: str) -> None:
    errors = errors_after(copy, f"update papers set {column} = null")
    assert f"papers.{column} | 000_a11c83cf296bdff8.txt" in errors


def test_five_offending_rows_are_shown(copy: Path) -> None:
    lines = errors_after(copy, "update papers set title = 'two  blanks ' || rowid").splitlines()
    (line,) = [line for line in lines if "Titles and abstracts are one line" in line]
    assert line.partition("First offending rows: ")[2].count(", ") == 4


def test_of_few_papers_an_empty_column_says_nothing(copy: Path) -> None:
    problem = "A column that papers fill"
    fewer = (
        "delete from claims where paper_id not in (select distinct paper_id from claims limit 199)"
    )
    assert problem in errors_after(copy, "update claims set baseline = null")
    assert problem not in errors_after(copy, fewer)
    assert problem in errors_after(copy, "insert into metrics values ('x', 'X', '', null)",
                          "update metrics set better = null")  # fmt: skip


def test_of_many_papers_every_topic_is_used(copy: Path) -> None:
    problem = "two thirds of the topics are used"
    more = """
        with recursive number(n) as (select 1 union all select n + 1 from number where n < 4675)
        insert into papers (id, title, abstract, type, has_code, topics, hardware, models)
        select 'more-' || n, n, 'A.', 'method', 0, '[]', '[]', '[]' from number
    """
    one_less = "delete from paper_topics where topic_id = 'medical'"
    assert problem not in errors_after(
        copy, one_less, "delete from paper_topics where topic_id = 'other'"
    )
    assert "First offending rows: medical | 5000 (--unusual" in errors_after(copy, more)


def test_unusual_papers_are_checked_without_what_is_usual(copy: Path) -> None:
    execute(copy, "delete from claims", "update entities set family = null")
    result = daily_papers("check", copy)
    assert result.exit_code == 1
    assert result.stderr.count("(--unusual leaves this test out)") == 2
    result = daily_papers("check", copy, "--unusual")
    assert (result.exit_code, result.stderr) == (0, "")
    left_out = sum(test.typical for test in checks.TESTS)
    assert f"all {len(checks.TESTS) - left_out} data tests hold" in result.stdout


def build_papers(folder: Path, summaries: list[str], *more: str) -> tuple[int, str]:
    """Build a database of papers with these abstracts; return the exit status and the errors."""
    papers = [
        new(0, id=f"2407.{number:05}", title=f"Number {number} of a Kind", summary=summary)
        for number, summary in enumerate(summaries)
    ]
    (folder / "day.json").write_text(json.dumps(papers))
    result = daily_papers("build", folder / "day.json", "-o", folder / "papers.db", *more)
    return result.exit_code, result.stderr


VERBS = ("reduces {0} by {1}", "improves {0} by {1}", "reaches {1} {0}", "has a {0} of {1}",
         "lowers {0} from {1} to 3%", "is {1} faster in {0}")  # fmt: skip
THINGS = ("memory", "accuracy", "throughput", "latency", "error rate", "sparsity", "perplexity")
NUMBERS = ("10,000%", "0%", "0x", "-5%", "1e9x", "999999999999999 trillion x", "130%", "0-3x",
           "101 percent", "∞%", "40 orders of magnitude", "zero times", "1,5 GB", "3x", "30%",
           "999,999,999 trillion tokens", "100%", "250 points", "-1 points", "0 GB")  # fmt: skip


def test_no_strange_number_keeps_the_others_from_being_published(tmp_path: Path) -> None:
    """All ways to say something impossible: each is a claim that holds, or none."""
    sentences = [
        f"We present Zorbit{index}. Zorbit{index} {verb.format(thing, number)}."
        for index, (verb, thing, number) in enumerate(product(VERBS, THINGS, NUMBERS))
    ]
    Random(3).shuffle(sentences)
    summaries = [" ".join(sentences[first::199]) for first in range(199)]
    assert build_papers(tmp_path, summaries) == (0, "")
    built = tmp_path / "papers.db"
    ((claims,),) = query(built, "select count(*) from claims")
    reasons = dict(query(built, "select reason, count(*) from rejected_candidates group by 1"))
    assert claims > 100
    assert {"no_ratio", "more_than_all", "beyond_its_scale", "absurd_magnitude"} <= reasons.keys()


def test_one_strange_abstract_keeps_no_other_from_being_published(tmp_path: Path) -> None:
    """It has more claims, and names more things, than a hundred papers."""
    claims = "Zorbit is 3x faster. " * 600
    names = " ".join(f"Zorb{number}Net-{number}B" for number in range(600))
    assert build_papers(tmp_path, [claims, names, *["Nothing is said here."] * 150]) == (0, "")


def test_many_papers_that_say_nothing_are_built_as_unusual_ones(tmp_path: Path) -> None:
    summaries = ["Lorem ipsum dolor sit amet."] * 400
    status, errors = build_papers(tmp_path, summaries)
    assert status == 1
    assert "20 to 90 % of them have a claim. First offending rows: 400 | 0 (--unusual" in errors
    assert not (tmp_path / "papers.db").exists()
    assert build_papers(tmp_path, summaries, "--unusual") == (0, "")
