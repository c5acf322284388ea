"""The connections of a worker: how many are open at a time, and how long each may wait for its
client."""

import resource
from collections import Counter
from typing import Protocol

MOST_CONNECTIONS = 500  # of a worker
FILES = 2  # that a connection may have open: its socket, and the file that it downloads
MOST_OF_ADDRESS = 100  # of these
RESERVED_FILES = 200  # of a worker, for the database, its pages and whatever else is not a client
MOST_UNSENT = 64_000_000  # bytes of all answers of a worker that wait until their clients read
SEND_BUFFER = 1 << 18  # bytes that the system keeps of an answer, twice
REQUEST_SECONDS = 20.0  # for a whole request, from the connection or the answer before it
UNREAD_SECONDS = 60.0  # in which a client has to read LEAST_READ bytes of what is to be sent to it
YIELD_SECONDS = 0.2  # without a request or reading, after which it gives way to a new connection
LEAST_READ = 16_384  # bytes, or all that there is


class Connection(Protocol):
    """A connection, as its rules need it: `address` is where it comes from, or nothing for a proxy
    whose clients are many."""

    address: str

    def is_awaited(self) -> bool:
        """Tell whether a request is awaited, or its rest, and all answers before it are sent."""

    def unsent_bytes(self) -> int:
        """Return how many bytes wait in the process until the client reads."""

    def abort(self) -> None:
        """Close at once, without sending what is left."""


def most_connections() -> int:
    """Raise this process's limit of open files as far as it needs and may, and return how many
    connections fit into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES * MOST_CONNECTIONS + RESERVED_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, min(MOST_CONNECTIONS, (wanted - RESERVED_FILES) // FILES))


class Connections:
    """The open connections of a worker, `most` of them at most.

    Times are seconds of a clock that only goes forward. A connection that cannot be accepted waits
    in the queue of the system.
    """

    def __init__(self, most: int) -> None:
        """Begin with none."""
        self.most = most
        self._open = set[Connection]()
        self._of_address = Counter[str]()
        self._awaited_since = dict[Connection, float]()  # the longest awaited first
        # The bytes that were left to send when the client last read enough of them, and when.
        self._unread_since = dict[Connection, tuple[int, float]]()

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def is_full(self, now: float) -> bool:
        """Tell whether no other connection may be opened, since none of these gives way."""
        return len(self._open) >= self.most and self._yielding(now) is None

    def opened(self, connection: Connection, now: float) -> None:
        """Count a connection; it takes the place of the one whose request is awaited longest, or
        else whose client has not read for longest. One too many of an address is closed."""
        if connection.address and self._of_address[connection.address] >= MOST_OF_ADDRESS:
            connection.abort()
            return
        if len(self._open) >= self.most and (yielding := self._yielding(now)):
            self._abort(yielding)
        self._open.add(connection)
        self._of_address[connection.address] += 1
        self._awaited_since[connection] = now

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        if connection in self._open:
            self._open.remove(connection)
            self._of_address[connection.address] -= 1
            self._of_address += Counter()  # without those that have none
        self._awaited_since.pop(connection, None)
        self._unread_since.pop(connection, None)

    def changed(self, connection: Connection, now: float) -> None:
        """Look whether a request of a connection is awaited, which it may be only so long, or what
        was sent to it is unread, of which there may be only so much."""
        if connection not in self._open or not connection.is_awaited():
            self._awaited_since.pop(connection, None)
        elif now - self._awaited_since.setdefault(connection, now) > REQUEST_SECONDS:
            self._abort(connection)
        if connection in self._open and (unsent := connection.unsent_bytes()):
            self._unread_since.setdefault(connection, (unsent, now))
            self._bound_memory()

    def has_read(self, connection: Connection) -> None:
        """Take note that a client has read most of what was sent to it."""
        self._unread_since.pop(connection, None)

    def sweep(self, now: float) -> None:
        """Close the connections whose clients send no whole request, or do not read."""
        for connection in tuple(self._open):
            self.changed(connection, now)
        for connection, (most, since) in tuple(self._unread_since.items()):
            unsent = connection.unsent_bytes()
            if not unsent:
                self.has_read(connection)
            elif most - unsent >= LEAST_READ:
                self.has_read(connection)
                self._unread_since[connection] = unsent, now
            elif now - since > UNREAD_SECONDS:
                self._abort(connection)
            else:
                self._unread_since[connection] = max(most, unsent), since

    def _yielding(self, now: float) -> Connection | None:
        awaited = next(iter(self._awaited_since.items()), None)
        if awaited and now - awaited[1] >= YIELD_SECONDS:
            return awaited[0]
        unread = next(iter(self._unread_since.items()), None)
        return unread[0] if unread and now - unread[1][1] >= YIELD_SECONDS else None

    def _bound_memory(self) -> None:
        unsent = {connection: connection.unsent_bytes() for connection in self._unread_since}
        total = sum(unsent.values())
        for connection in sorted(unsent, key=lambda largest: -unsent[largest]):
            if total <= MOST_UNSENT:
                break
            total -= unsent[connection]
            self._abort(connection)

    def _abort(self, connection: Connection) -> None:
        self.closed(connection)
        connection.abort()
