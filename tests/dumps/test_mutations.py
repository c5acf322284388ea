"""Broken dumps of every format: each is read or refused in a sentence, what is read can be built.

`pytest tests/dumps/test_mutations.py --mutations 10000` tries more of them.
"""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from daily_papers import dumps
from daily_papers.dumps.problems import is_left_out
from daily_papers.records import Dump, DumpError
from tests.conftest import daily_papers
from tests.dumps.mutating import TEXTS, mutations

SEED = 6
LONGEST = 10  # seconds, on a machine that does other things too
BATCH = 500  # dumps of a build


def check_accounts(dump: Dump, data: bytes) -> None:
    """No line is lost: each is of a listing or is furniture, and listings are in order."""
    listed = sum(listing.line_count for listing in dump.listings)
    assert listed + len(dump.furniture) == dump.line_count
    left_out = sorted(item.record for item in filter(is_left_out, dump.problems) if item.record)
    ranks = [listing.rank for listing in dump.listings]
    assert ranks == sorted({*range(1, len(ranks) + len(left_out) + 1)} - {*left_out})
    assert all(listing.title for listing in dump.listings)
    assert all(1 <= listing.first_line <= listing.last_line for listing in dump.listings)
    assert all(first.last_line <= second.first_line for first, second in pairwise(dump.listings))
    assert dump.bytes == len(data)


def build(folder: Path) -> None:
    """All that was read makes a database whose data tests hold."""
    result = daily_papers("build", folder, "-o", folder.with_suffix(".db"), "--workers", 1)
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    for path in folder.iterdir():
        path.unlink()


def test_a_broken_dump_is_read_or_refused_in_a_sentence(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    count = int(request.config.getoption("--mutations"))
    folder = tmp_path / "read"
    folder.mkdir()
    read = refused = 0
    for number, data in enumerate(mutations(count, SEED)):
        path = folder / f"dump_{number}"
        path.write_bytes(data)
        start = time.perf_counter()
        try:
            dump = dumps.read(path)
        except DumpError as error:
            refused += 1
            path.unlink()
            assert str(error).startswith(str(path)), number
            assert "\n" not in str(error), number
            assert len(str(error)) < 600, number
        else:
            read += 1
            check_accounts(dump, data)
            if read % BATCH == 0:
                build(folder)
        assert time.perf_counter() - start < LONGEST, number
    print(f"{count} mutations: {read} read, {refused} refused")
    build(folder)
    assert min(read, refused) > count / 20


def test_what_is_broken_is_read_when_it_is_whole(tmp_path: Path) -> None:
    for number, text in enumerate(TEXTS.values()):
        path = tmp_path / f"dump_{number}"
        path.write_text(text)
        assert dumps.read(path).listings, number
