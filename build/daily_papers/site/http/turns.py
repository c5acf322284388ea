"""Lets few answers be computed at a time in a process; those who wait take turns by their address,
so that who asks for much waits longest."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv6Address, ip_address

from daily_papers.site.http.admission import RequestRefused

PAGES_AT_ONCE = 2  # answers of a process: more only share its one interpreter
QUERIES_AT_ONCE = 1  # that bring their own SQL, beside these
MOST_QUERIES = 16  # of one address that may wait
MOST_WAIT = 10.0  # seconds that a query waits
_HOST_BITS = 64  # of an IPv6 address: one customer has all of these


class Turns:
    """Turns to compute, a few at a time."""

    def __init__(
        self, at_once: int, most_waiting: int | None = None, most_wait: float | None = None
    ) -> None:
        """Take how many compute at a time; how many of one address wait, and for how many seconds,
        or None for no limit."""
        self._free, self._most_waiting, self._most_wait = at_once, most_waiting, most_wait
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, client: str) -> None:
        """Wait for a turn; raises RequestRefused where too many wait, or for too long."""
        if self._free:
            self._free -= 1
            return
        waiting = self._waiting.setdefault(client, deque())
        if self._most_waiting is not None and len(waiting) >= self._most_waiting:
            raise RequestRefused(429, "Too many queries are waiting; ask again in a moment.")
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            async with asyncio.timeout(self._most_wait):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # it came just then
                self.give_back()
            else:
                self._leave(client, turn)
            if isinstance(error, TimeoutError):
                sentence = "Other queries took too long; ask again in a moment."
                raise RequestRefused(429, sentence) from None
            raise

    def _leave(self, client: str, turn: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(client, deque())
        if turn in waiting:
            waiting.remove(turn)
        if not waiting:
            self._waiting.pop(client, None)

    def give_back(self) -> None:
        """Let the next one compute: the first of the address whose last turn is longest ago."""
        while self._waiting:
            client, waiting = self._waiting.popitem(last=False)
            turn = waiting.popleft()
            if waiting:
                self._waiting[client] = waiting
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator["Turn"]:
        """Compute within a turn."""
        turn = Turn(self, client)
        await turn.take()
        try:
            yield turn
        finally:
            turn.give_back()


class Turn:
    """A turn of somebody, which may be given back meanwhile."""

    def __init__(self, turns: Turns, client: str) -> None:
        """Take whose turn it will be."""
        self._turns, self._client, self._is_taken = turns, client, False

    async def take(self) -> None:
        """Wait for it."""
        await self._turns.take(self._client)
        self._is_taken = True

    def give_back(self) -> None:
        """Let the next one compute."""
        if self._is_taken:
            self._is_taken = False
            self._turns.give_back()


def client_of(address: str) -> str:
    """Return who is behind an address: of IPv6, all that one customer has counts as one."""
    try:
        ip = ip_address(address)
    except ValueError:  # of a socket file
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> _HOST_BITS)
    return str(ip)
