"""A database is compared with kept counts, an older database and the day."""

from pathlib import Path

import pytest

from daily_papers.database.checks import baseline
from tests.api_answers import answer, new
from tests.conftest import ROOT, daily_papers, execute, query

COUNTS = ROOT / "tests" / "seeds.counts"


def problems(*arguments: object) -> list[str]:
    """Return the lines that a check prints, without the name of the database."""
    result = daily_papers("check", *arguments)
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout == "") == ((1, True) if lines else (0, False))
    prefix = f"daily-papers: {arguments[0]}: "
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


def test_the_seeds_have_the_kept_counts(database: Path) -> None:
    assert problems(database, "--counts", COUNTS) == []


def test_counts_are_kept_as_they_are(database: Path, tmp_path: Path) -> None:
    assert problems(database, "--write-counts", tmp_path / "counts") == []
    assert (tmp_path / "counts").read_bytes() == COUNTS.read_bytes()


def test_a_dump_that_is_missing_new_or_has_another_count_is_named(
    database: Path, tmp_path: Path
) -> None:
    counts = tmp_path / "counts"
    lines = COUNTS.read_text().splitlines()
    changed = [lines[0], *lines[2:-1], lines[-1].replace(",100", ",99"), "gone.txt,7"]
    counts.write_text("\n".join(changed))
    assert problems(database, "--counts", counts) == [
        f"000_a11c83cf296bdff8.txt: a dump of 54 listings that {counts} does not have",
        f"004_4a3b2f1b9bb3692d.txt: 100 listings, but {counts} has 99",
        f"gone.txt: no such dump, but {counts} has 7 listings of it",
    ]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", ":1: expected file,listings"),
        ("a,1\n", ":1: expected file,listings"),
        ("file,listings\na\n", ":2: expected a file and how many listings it has"),
        ("file,listings\na,-1\n", ":2: expected a file and how many"),
        ("file,listings\na,1\na,1\n", ":3: a stands here twice"),
        ('file,listings\n"a" b,1\n', ": "),
        (b"\xff", ": "),
    ],
)
def test_a_file_without_counts_is_refused(
    database: Path, tmp_path: Path, content: str | bytes, problem: str
) -> None:
    counts = tmp_path / "counts"
    counts.write_bytes(content if isinstance(content, bytes) else content.encode())
    (line,) = problems(database, "--counts", counts)
    assert line.startswith(f"{counts}{problem}")


def test_nothing_is_kept_of_a_database_that_does_not_hold(copy: Path, tmp_path: Path) -> None:
    execute(copy, "update dumps set item_count = 1000")
    assert problems(copy, "--write-counts", tmp_path / "counts")
    assert not (tmp_path / "counts").exists()


def test_a_database_is_not_smaller_than_itself(database: Path, copy: Path) -> None:
    assert problems(database, "--not-smaller-than", copy) == []


def without_key(table: str) -> tuple[str, ...]:
    """Return statements after which a table takes any row."""
    return (
        f"create table copied as select * from {table}",
        f"drop table {table}",
        f"alter table copied rename to {table}",
    )


@pytest.mark.parametrize("table", baseline.GROWING)
def test_a_table_with_fewer_rows_is_named(database: Path, copy: Path, table: str) -> None:
    """The older one gets more rows, so that the newer one stays sound."""
    execute(copy, *without_key(table), f"insert into {table} select * from {table} limit 2")
    ((count,),) = query(database, f"select count(*) from {table}")
    lines = problems(database, "--not-smaller-than", copy)
    assert f"{table}: {count:,} rows, 2 fewer than in {copy} ({count + 2:,})" in lines


def test_dumps_that_are_missing_or_have_fewer_listings_are_named(
    database: Path, copy: Path
) -> None:
    execute(
        copy,
        "update dumps set file = 'old_' || file where id like '000%'",
        "update dumps set listing_count = 120 where id like '001%'",
    )
    assert problems(database, "--not-smaller-than", copy) == [
        f"dumps: missing are 1 that {copy} has: old_000_a11c83cf296bdff8.txt",
        f"001_29d11b4d362d5ee4.txt: 118 listings, 2 fewer than in {copy}",
    ]


def test_of_many_missing_dumps_five_are_named(database: Path, copy: Path) -> None:
    rows = ", ".join(f"('gone{number}.txt', 1)" for number in range(7))
    execute(copy, *without_key("dumps"), f"insert into dumps (file, listing_count) values {rows}")
    names = ", ".join(f"gone{number}.txt" for number in range(5))
    lines = problems(database, "--not-smaller-than", copy)
    assert f"dumps: missing are 7 that {copy} has: {names} and 2 more" in lines


def test_an_older_schema_than_before_is_refused(database: Path, copy: Path) -> None:
    ((version,),) = query(copy, "pragma user_version")
    execute(copy, f"pragma user_version = {version + 1}")
    assert problems(database, "--not-smaller-than", copy) == [
        f"its schema is version {version}, older than that of {copy}, {version + 1}"
    ]


def test_what_is_no_database_cannot_be_the_older_one(database: Path, tmp_path: Path) -> None:
    (tmp_path / "older").write_bytes(b"no database" * 100)
    (line,) = problems(database, "--not-smaller-than", tmp_path / "older")
    assert line == f"{tmp_path / 'older'}: file is not a database"


@pytest.fixture
def dated(tmp_path: Path) -> Path:
    """A database of papers that were listed on August 1, 2024; one says that it will be in 2099."""
    late = new(1, submittedOnDailyAt="2099-01-01T00:00:00.000Z")
    (tmp_path / "day.json").write_text(answer([new(0), late]))
    daily_papers("build", tmp_path / "day.json", "-o", tmp_path / "papers.db")
    return tmp_path / "papers.db"


@pytest.mark.parametrize(
    ("today", "days", "expected"),
    [
        ("2024-08-01", 0, []),
        ("2024-07-31", 0, []),  # it is tomorrow already where the dump is from
        ("2024-08-04", 3, []),
        (
            "2024-08-05",
            3,
            ["listings: the newest day is 2024-08-01, 4 days before 2024-08-05: more than 3"],
        ),
        (
            "2024-07-30",
            3,
            [
                "listings: no day up to 2024-07-31 is known, so nothing says that they are fresh",
            ],
        ),
    ],
)
def test_the_newest_day_is_not_too_old(
    dated: Path, today: str, days: int, expected: list[str]
) -> None:
    assert problems(dated, "--fresh-days", days, "--today", today) == expected


def test_today_is_today_by_default(dated: Path) -> None:
    (line,) = problems(dated, "--fresh-days", 3)
    assert line.startswith("listings: the newest day is 2024-08-01, ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--today", "2024-08-01"],
        ["--fresh-days", "-1"],
        ["--fresh-days", "x"],
        ["--fresh-days", "1", "--today", "yesterday"],
        ["--counts", "nowhere"],
        ["--not-smaller-than", "nowhere"],
        ["--counts", "/dev/null"],
        ["--write-counts", "/"],
    ],
)
def test_wrong_usage_is_another_status(database: Path, arguments: list[str]) -> None:
    result = daily_papers("check", database, *arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr
