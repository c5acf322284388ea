"""Writes files and folders beside their target and puts them there whole, or not at all.

What a killed process left beside a target is taken over by the next one that locks it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(path: Path, refuse: Callable[[str], Exception]) -> Iterator[None]:
    """Lock a file, which is created if need be, or a folder, while the context lasts.

    The lock ends with this process and those that it forked.

    Raises:
        Exception: what `refuse` returns for “is writing it” or “has just written it”, if another
            process has the lock, or had it and put the file in place.
    """
    if path.is_symlink():  # to what is not ours
        raise OSError(f"{path}: a link; remove it")
    # O_NONBLOCK opens a pipe without waiting for its other end.
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
    descriptor = os.open(path, flags | (0 if path.is_dir() else os.O_CREAT), 0o666)
    try:
        if not (path.is_dir() or path.is_file()):
            raise OSError(f"{path}: not a regular file; remove it")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refuse("is writing it") from error
        if not path.exists() or not os.path.samestat(os.fstat(descriptor), path.stat()):
            raise refuse("has just written it")
        yield
    finally:
        os.close(descriptor)


@contextmanager
def replace_file(target: Path, beside: Path) -> Iterator[None]:
    """Empty the file `beside`, to be written in the context, then put it in place of `target`.

    If anything fails, `target` stays as it was and `beside` is removed.
    """
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666))
        yield
        sync(beside)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync(target.parent)


@contextmanager
def replace_folder(target: Path, beside: Path, old: Path) -> Iterator[None]:
    """Empty the folder `beside`, to be filled in the context, then put it in place of `target`.

    If anything fails, `target` stays as it was and `beside` is removed. For a moment there is no
    target: `old` is the folder that was there, which a killed process leaves.
    """
    try:
        for path in beside.iterdir():  # the folder itself may be locked
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        yield
        for path in beside.rglob("*"):
            sync(path)
        sync(beside)
        shutil.rmtree(old, ignore_errors=True)
        if target.exists():
            target.rename(old)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    sync(target.parent)
    shutil.rmtree(old, ignore_errors=True)


def sync(path: Path) -> None:
    """Wait until a file or the entries of a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
