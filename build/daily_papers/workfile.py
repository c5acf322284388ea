"""Keeps what a build has in hand on disk, so that memory does not grow with the texts; and what has
to be in memory without an object for each, which processes could not share."""

import os
import tempfile
from array import array
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path

_BUFFER = 1 << 20  # bytes


class Spool(AbstractContextManager["Spool"]):
    """Pieces of data by their numbers, in a file without a name: it goes with the process.

    Processes that are forked later read it too.
    """

    def __init__(self, folder: Path) -> None:
        """Open a file in a folder that has room.

        Raises:
            OSError: it cannot be written there.
        """
        self._folder = folder
        # Closed with the spool.
        self._file = tempfile.TemporaryFile(dir=folder, buffering=_BUFFER)  # noqa: SIM115
        self._ends = array("Q", [0])
        self._written = 0  # bytes that the system has

    def __exit__(self, *_: object) -> None:
        """Close the file, which drops it."""
        with suppress(OSError):  # what could not be written is dropped, too
            self._file.close()

    def __len__(self) -> int:
        """Return how many pieces there are."""
        return len(self._ends) - 1

    def add(self, data: bytes) -> int:
        """Keep a piece, and return its number: 0, 1, 2, …

        Raises:
            OSError: the disk is full.
        """
        try:
            self._file.write(data)
        except OSError as error:
            raise self._placed(error) from error
        self._ends.append(self._ends[-1] + len(data))
        return len(self._ends) - 2

    def __getitem__(self, number: int) -> bytes:
        """Return a piece."""
        start, end = self._ends[number], self._ends[number + 1]
        if end > self._written:
            self.flush()
        return os.pread(self._file.fileno(), end - start, start)

    def flush(self) -> None:
        """Hand all to the system, as is needed before a process is forked that reads it."""
        try:
            self._file.flush()
        except OSError as error:
            raise self._placed(error) from error
        self._written = self._ends[-1]

    def _placed(self, error: OSError) -> OSError:
        """Say which disk is full: a file without a name cannot."""
        return OSError(error.errno, error.strerror, str(self._folder))


class Packed(Sequence[str]):
    """Texts by their numbers, one behind the other in memory.

    To look at an object writes to it, so that every process would come to have its own; and what
    is made between many objects holds on to the memory around it when they have gone.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Take the first texts."""
        self._bytes, self._ends = bytearray(), array("Q", [0])
        for text in texts:
            self.append(text)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def append(self, text: str) -> None:
        """Take the next text."""
        self._bytes += text.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:  # type: ignore[override] # no slices
        """Return a text."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()
