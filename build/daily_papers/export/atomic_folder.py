"""Replaces a folder of an export in one step, and only a folder that an export wrote."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from daily_papers.database import atomic
from daily_papers.export.descriptions import ExportError

SUMS = "SHA256SUMS"  # names every file of an export but itself


@contextmanager
def replaced(target: Path) -> Iterator[Path]:
    """Yield an empty folder beside the target; then put it in place, or drop it if anything fails.

    What a killed export left behind is taken over by the next one, which also puts back the old
    folder if it was moved away.

    Raises:
        ExportError: the target is something else, or another export is writing it.
    """
    target = Path(os.path.realpath(target))  # a link stays, what it leads to is replaced
    new, old = (target.with_name(f".{target.name}.{role}") for role in ("exporting", "replaced"))

    def refuse(problem: str) -> ExportError:
        return ExportError(f"{target}: another export {problem}")

    new.mkdir(exist_ok=True)
    with atomic.locked(new, refuse):
        try:
            if old.is_dir() and not old.is_symlink() and not target.exists():
                old.rename(target)
            _require_ours(target)
            with atomic.replace_folder(target, new, old):
                yield new
        finally:
            with suppress(OSError):
                new.rmdir()  # if it is empty: nothing was begun


def _require_ours(target: Path) -> None:
    """Raise ExportError if the target is no folder, or has a file that no export wrote."""
    if not target.exists():
        return
    if not target.is_dir():
        raise ExportError(f"{target}: not a folder")
    exported = {SUMS}
    with suppress(OSError, UnicodeDecodeError):
        lines = (target / SUMS).read_text(encoding="utf-8").splitlines()
        exported |= {line.partition("  ")[2] for line in lines}
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if name not in exported and not (path.is_dir() and not path.is_symlink()):
            problem = f"{name} in it is not of an export; nothing is overwritten"
            raise ExportError(f"{target}: {problem}")
