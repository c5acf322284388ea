"""Keeps what pages look up again and again in a file that does not change, as its schema."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

MOST = 1_000  # lookups, as visitors may ask for tables that there are not
LONGEST = 1_000  # letters of a key: names of tables, and the query that asks for them

Key = tuple[object, ...]


class LookupCache:
    """The results of lookups by key; the least recently used go first. For one event loop."""

    def __init__(self, most: int = MOST) -> None:
        """Take how many are kept."""
        self._most = most
        self._results: OrderedDict[Key, Any] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._results)

    async def read(self, key: Key, look_up: Callable[[], Awaitable[Any]]) -> Any:
        """Return what is kept, or look it up; nothing is kept of a lookup that raises.

        Lists are copied, as Datasette adds to some.
        """
        if key in self._results:
            self._results.move_to_end(key)
            result = self._results[key]
        else:
            result = self.put(key, await look_up())
        return list(result) if isinstance(result, list) else result

    def get(self, key: Key) -> Any:
        """Return what is kept; None for nothing."""
        return self._results.get(key)

    def put(self, key: Key, result: Any) -> Any:
        """Keep a result, unless its key is too long, and return it."""
        if sum(len(str(part)) for part in key) <= LONGEST:
            self._results[key] = result
        if len(self._results) > self._most:
            self._results.popitem(last=False)
        return result
