"""Data tests: what must hold in every database, each one a query for the rows that break it; and
tests against what is known elsewhere, see outside.py.
"""

from pathlib import Path

from daily_papers.checks import facts, papers, running, usual
from daily_papers.checks.running import CheckError, DataTest

__all__ = ["TESTS", "CheckError", "DataTest", "require"]

TESTS = (*papers.TESTS, *facts.TESTS, *usual.TESTS)


def require(database: Path, unusual: bool = False) -> int:
    """Return how many data tests hold for a database file, which is only read.

    With `unusual`, those are left out that hold for a usual sample of Daily Papers.

    Raises:
        CheckError: one does not hold, with a line for each; or it cannot run.
    """
    tests = [test for test in TESTS if not (unusual and test.usual)]
    if broken := running.failures(database.resolve(), tests):
        raise CheckError("\n".join(running.describe(test, rows) for test, rows in broken))
    return len(tests)
