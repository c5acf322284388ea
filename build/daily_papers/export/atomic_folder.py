"""Puts a folder in place all at once, and only where there is none, or one that is ours."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daily_papers.export.descriptions import ExportError

SUMS = "SHA256SUMS"  # names every file of an export but itself


@contextmanager
def placed(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside the target; put it in its place, or drop it if anything fails.

    What a killed export left behind is taken over by the next one. Between the old folder and the
    new one there is a moment without either; the old one, killed then, is put back by the next.

    Raises:
        ExportError: the target is something else, or another export is writing it.
    """
    target = target.resolve()  # a link stays, what it leads to is replaced
    new, old = (target.with_name(f".{target.name}.{one}") for one in ("exporting", "replaced"))
    with _locked(new, target):
        if old.is_dir() and not target.exists():
            old.rename(target)
        _require_ours(target)
        try:
            _empty(new)
            yield new
            _sync(new)
            shutil.rmtree(old, ignore_errors=True)
            if target.exists():
                target.rename(old)
            new.rename(target)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        _sync_one(target.parent)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _locked(folder: Path, target: Path) -> Iterator[None]:
    """Make a folder that no other export has, and keep others out; the lock goes with us."""
    folder.mkdir(exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ExportError(f"{target}: another export is writing it") from error
        if not folder.exists() or not os.path.samestat(os.fstat(descriptor), folder.stat()):
            raise ExportError(f"{target}: another export has just written it")
        try:
            yield
        finally:
            with suppress(OSError):
                folder.rmdir()  # if it is empty: nothing was begun
    finally:
        os.close(descriptor)


def _require_ours(target: Path) -> None:
    """Raise ExportError unless every file that would go is one that an export wrote."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target}: not a folder")
    known = {SUMS}
    with suppress(OSError, UnicodeDecodeError):
        lines = (target / SUMS).read_text(encoding="utf-8").splitlines()
        known |= {line.partition("  ")[2] for line in lines}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if name not in known and not (path.is_dir() and not path.is_symlink()):
            problem = f"{name} in it is not of an export; nothing is overwritten"
            raise ExportError(f"{target}: {problem}")


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        _sync_one(path)
    _sync_one(folder)


def _sync_one(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
