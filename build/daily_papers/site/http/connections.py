"""The connections of a worker: how many are open at a time, and how long each may wait for its
client."""

import resource
from typing import Protocol

MOST_CONNECTIONS = 1000  # of a worker
RESERVED_FILES = 200  # of a worker, for the database, its pages and whatever else is not a client
REQUEST_SECONDS = 20.0  # for a whole request, from the connection or the answer before it
UNREAD_SECONDS = 60.0  # in which a client has to read LEAST_READ bytes of what is to be sent to it
FULL_UNREAD_SECONDS = 5.0  # the same, while no other connection can be opened
YIELD_SECONDS = 1.0  # after which a connection without a request gives way to another
LEAST_READ = 16_384  # bytes, or all that there is


class Connection(Protocol):
    """A connection, as its rules need it."""

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
    wanted = MOST_CONNECTIONS + RESERVED_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(1, min(MOST_CONNECTIONS, wanted - RESERVED_FILES))


class Connections:
    """The open connections of a worker, `most` of them at most.

    Times are seconds of a clock that only goes forward. A connection that cannot be accepted waits
    in the queue of the system.
    """

    def __init__(self, most: int) -> None:
        """Begin with none."""
        self.most = most
        self._open = set[Connection]()
        self._awaited_since = dict[Connection, float]()  # the longest awaited first
        # The bytes that were left to send when the client last read enough of them, and when.
        self._unread_since = dict[Connection, tuple[int, float]]()

    def __len__(self) -> int:
        """Return how many are open."""
        return len(self._open)

    def is_full(self, now: float) -> bool:
        """Tell whether no other connection may be opened, since none of these gives way."""
        longest = next(iter(self._awaited_since.values()), now)
        return len(self._open) >= self.most and now - longest < YIELD_SECONDS

    def opened(self, connection: Connection, now: float) -> None:
        """Count a connection; it takes the place of the one whose request is awaited longest."""
        if len(self._open) >= self.most and not self.is_full(now):
            self._abort(next(iter(self._awaited_since)))
        self._open.add(connection)
        self._awaited_since[connection] = now

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        self._open.discard(connection)
        self._awaited_since.pop(connection, None)
        self._unread_since.pop(connection, None)

    def changed(self, connection: Connection, now: float) -> None:
        """Look whether a request of a connection is awaited, which it may be only so long."""
        if connection not in self._open or not connection.is_awaited():
            self._awaited_since.pop(connection, None)
        elif now - self._awaited_since.setdefault(connection, now) > REQUEST_SECONDS:
            self._abort(connection)

    def has_read(self, connection: Connection) -> None:
        """Take note that a client has read most of what was sent to it."""
        self._unread_since.pop(connection, None)

    def sweep(self, now: float) -> None:
        """Close the connections whose clients send no whole request, or do not read."""
        patience = FULL_UNREAD_SECONDS if self.is_full(now) else UNREAD_SECONDS
        for connection in tuple(self._open):
            self.changed(connection, now)
            unsent = connection.unsent_bytes()
            most, since = self._unread_since.get(connection, (unsent, now))
            if not unsent or most - unsent >= LEAST_READ:
                most, since = unsent, now
            self._unread_since[connection] = max(most, unsent), since
            if now - since > patience:
                self._abort(connection)

    def _abort(self, connection: Connection) -> None:
        self.closed(connection)
        connection.abort()
