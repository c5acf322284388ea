"""Lets few answers be computed at a time in a process. Addresses take turns, and those that took
little of its time lately come before those that took much."""

import asyncio
import time
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv6Address, ip_address

from starlette.types import Scope

from daily_papers.site.http.admission import RequestRefused

MOST_QUERIES = 16  # of one address that may wait
MOST_PAGES = 100  # the same
MOST_WAIT = 10.0  # seconds that a query waits
SLICE = 0.1  # seconds of a turn, after which a stream lets others go first
ALONE_SECONDS = 10.0  # without a request of others, after which an address may have all turns
MODEST_SHARE = 0.2  # of a process's time, that an address may take without waiting for others
MODEST_SECONDS = 2.0  # that it may take at once
_HOST_BITS = 64  # of an IPv6 address: one customer has all of these
_MOST_REMEMBERED = 4096  # addresses


class Lane(Enum):
    """What is computed, and how many of these at a time."""

    PAGES = 2  # more only share the one interpreter of a process
    QUERIES = 1  # that bring their own SQL, beside these


class Use:
    """The seconds that addresses took lately, beyond their modest share."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none; the clock returns seconds, and only goes forward."""
        self._clock = clock
        self._levels: dict[str, tuple[float, float]] = {}  # seconds, at a time

    def add(self, client: str, seconds: float) -> None:
        """Add what an address took."""
        self._levels[client] = self._level(client) + seconds, self._clock()
        if len(self._levels) > _MOST_REMEMBERED:
            levels = ((client, self._level(client)) for client in self._levels)
            now = self._clock()
            self._levels = {client: (level, now) for client, level in levels if level > 0}

    def is_modest(self, client: str) -> bool:
        """Tell whether an address took no more than it may."""
        return self._level(client) <= MODEST_SECONDS

    def _level(self, client: str) -> float:
        seconds, since = self._levels.get(client, (0.0, 0.0))
        return max(0.0, seconds - MODEST_SHARE * (self._clock() - since))


@dataclass(eq=False)
class Turn:
    """A turn of an address in a lane, which may be given back meanwhile and taken again."""

    turns: "Turns"
    lane: Lane
    client: str
    began: float | None = None

    async def take(self) -> None:
        """Wait for it; raises RequestRefused where too many wait, or for too long."""
        await self.turns.take(self)
        self.began = time.monotonic()

    def give_back(self) -> None:
        """Let the next one compute."""
        if self.began is not None:
            seconds, self.began = time.monotonic() - self.began, None
            # The processor's time of a query is that of another process, which is not known.
            self.turns.give_back(self, seconds if self.lane is Lane.QUERIES else 0)

    async def pause(self) -> None:
        """Let others go first, if it lasts long already."""
        if self.began is not None and time.monotonic() - self.began > SLICE:
            self.give_back()
            await self.take()


class Turns:
    """The turns of a process, in all lanes."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._use = Use()
        self._counted = time.process_time()
        self._seen: OrderedDict[str, float] = OrderedDict()  # when addresses asked last
        self._computing: dict[Lane, Counter[str]] = {lane: Counter() for lane in Lane}
        self._waiting = defaultdict[Lane, OrderedDict[str, deque[asyncio.Future[None]]]](
            OrderedDict
        )

    @asynccontextmanager
    async def turn(self, lane: Lane, client: str) -> AsyncIterator[Turn]:
        """Compute within a turn."""
        turn = Turn(self, lane, client)
        await turn.take()
        try:
            yield turn
        finally:
            turn.give_back()

    async def take(self, turn: Turn) -> None:
        """Wait for a turn."""
        self._count()
        self._see(turn.client)
        if self._may_compute(turn.lane, turn.client):
            self._computing[turn.lane][turn.client] += 1
            return
        waiting = self._waiting[turn.lane].setdefault(turn.client, deque())
        is_query = turn.lane is Lane.QUERIES
        if len(waiting) >= (MOST_QUERIES if is_query else MOST_PAGES):
            raise RequestRefused(429, "Too many requests of yours wait; ask again in a moment.")
        its_turn = asyncio.get_running_loop().create_future()
        waiting.append(its_turn)
        try:
            async with asyncio.timeout(MOST_WAIT if is_query else None):
                await its_turn
        except BaseException as error:
            if its_turn.done() and not its_turn.cancelled():  # it came just then
                self.give_back(turn, 0)
            else:
                self._leave(turn, its_turn)
            if isinstance(error, TimeoutError):
                sentence = "Other queries took too long; ask again in a moment."
                raise RequestRefused(429, sentence) from None
            raise

    def _count(self) -> None:
        """Share what the processor did since the last time among those who computed meanwhile: by
        the clock, whoever is slowed down by others would seem to take much."""
        now = time.process_time()
        spent, self._counted = now - self._counted, now
        computing = [name for lane in Lane for name in self._computing[lane].elements()]
        for client in computing:
            self._use.add(client, spent / len(computing))

    def _leave(self, turn: Turn, its_turn: asyncio.Future[None]) -> None:
        waiting = self._waiting[turn.lane].get(turn.client, deque())
        if its_turn in waiting:
            waiting.remove(its_turn)
        if not waiting:
            self._waiting[turn.lane].pop(turn.client, None)
        self._begin_next()  # who waited for this one to be answered first

    def _see(self, client: str) -> None:
        now = time.monotonic()
        self._seen[client] = now
        self._seen.move_to_end(client)
        while now - next(iter(self._seen.values())) > ALONE_SECONDS:
            self._seen.popitem(last=False)

    def _may_compute(self, lane: Lane, client: str) -> bool:
        """Tell whether a turn is free for an address. One that took much has a turn only while no
        others compute or wait that took little; and leaves one free, if others asked lately."""
        free = lane.value - self._computing[lane].total()
        if not free or self._use.is_modest(client):
            return free > 0
        if free < lane.value and len(self._seen) > 1:
            return False
        others = {name for each in Lane for name in (*self._computing[each], *self._waiting[each])}
        return not any(map(self._use.is_modest, others - {client}))

    def give_back(self, turn: Turn, seconds: float) -> None:
        """Let the next one compute, after a turn that took so many seconds elsewhere."""
        self._count()
        self._use.add(turn.client, seconds)
        computing = self._computing[turn.lane]
        computing[turn.client] -= 1
        if not computing[turn.client]:
            del computing[turn.client]
        if turn.client in self._waiting[turn.lane]:
            self._waiting[turn.lane].move_to_end(turn.client)
        self._begin_next()

    def _begin_next(self) -> None:
        """Give free turns to the addresses whose last one is longest ago, modest ones first."""
        for lane in Lane:
            clients = sorted(self._waiting[lane], key=lambda name: not self._use.is_modest(name))
            for client in clients:
                if self._may_compute(lane, client):
                    self._begin(lane, client)

    def _begin(self, lane: Lane, client: str) -> None:
        waiting = self._waiting[lane].pop(client)
        while waiting:
            its_turn = waiting.popleft()
            if not its_turn.done():
                self._computing[lane][client] += 1
                its_turn.set_result(None)
                break
        if waiting:
            self._waiting[lane][client] = waiting


def client_of(scope: Scope) -> str:
    """Return the address that asks; of IPv6, all that one customer has counts as one."""
    address = (scope.get("client") or ("",))[0]
    try:
        ip = ip_address(address)
    except ValueError:  # of a socket file
        return address
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> _HOST_BITS)
    return str(ip)
