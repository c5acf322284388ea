"""Data tests: what must hold in every database, each one a query for the rows that break it; and
tests against what is known elsewhere, see baseline.py.
"""

from pathlib import Path

from daily_papers.database.checks import fact_rows, paper_rows, runner, typical
from daily_papers.database.checks.runner import CheckError, DataTest

__all__ = ["TESTS", "CheckError", "DataTest", "require"]

TESTS = (*paper_rows.TESTS, *fact_rows.TESTS, *typical.TESTS)


def require(database: Path, unusual: bool = False) -> int:
    """Return how many data tests hold for a database file, which is only read.

    With `unusual`, those are left out that hold for a usual sample of Daily Papers.

    Raises:
        CheckError: one does not hold, with a line for each; or it cannot run.
    """
    tests = [test for test in TESTS if not (unusual and test.usual)]
    if broken := runner.failures(database.resolve(), tests):
        raise CheckError("\n".join(runner.describe(test, rows) for test, rows in broken))
    return len(tests)
