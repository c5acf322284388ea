"""Data tests: queries that return the rows of a built database which break a rule.

Tests of typical.py hold for usual collections of papers only. baseline.py compares a database with
kept counts, an older database, or a day.
"""

from pathlib import Path

from daily_papers.database.checks import fact_rows, paper_rows, runner, typical
from daily_papers.database.checks.runner import CheckError, DataTest

__all__ = ["TESTS", "CheckError", "DataTest", "require"]

TESTS = (*paper_rows.TESTS, *fact_rows.TESTS, *typical.TESTS)


def require(database: Path, unusual: bool = False) -> int:
    """Run the data tests on a database file, which is only read; return how many there are.

    With `unusual`, tests that hold only for a typical sample of Daily Papers are left out.

    Raises:
        CheckError: tests fail, with a line for each; or one cannot run.
    """
    tests = [test for test in TESTS if not (unusual and test.typical)]
    if broken := runner.failures(database, tests):
        raise CheckError("\n".join(broken))
    return len(tests)
