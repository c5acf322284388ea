"""Writes records as bytes and reads them back, for the disk and for other processes."""

import json
import zlib
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Generic, TypeVar

from msgspec.structs import fields

from daily_papers.records import (
    Claim,
    Dump,
    Entity,
    Facts,
    Furniture,
    Link,
    Listing,
    Mention,
    PaperTopic,
    RejectedCandidate,
)

Record = TypeVar("Record")
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_LEVEL = 1  # of zlib: the fastest


class Codec(Generic[Record]):
    """Turns records of a class into lists that JSON has, and back."""

    def __init__(self, kind: Callable[..., Record], **parts: "Codec[Any] | None") -> None:
        """Take the class, and what its tuples hold: records with a codec of theirs, or texts."""
        names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
        self._kind = kind
        self._values: Callable[[Record], tuple[Any, ...]] = attrgetter(*names)
        self._parts = [(names.index(name), codec) for name, codec in parts.items()]

    def pack(self, record: Record) -> list[Any]:
        """Return the values of a record."""
        values = list(self._values(record))
        for place, codec in self._parts:
            if codec and values[place]:
                values[place] = list(map(codec.pack, values[place]))
        return values

    def unpack(self, values: list[Any]) -> Record:
        """Return the record that has these values."""
        for place, codec in self._parts:
            if values[place] is not None:
                made: Iterable[Any] = values[place]
                values[place] = tuple(map(codec.unpack, made) if codec else made)
        return self._kind(*values)


LISTING = Codec(Listing, authors=None)
DUMP = Codec(Dump, listings=LISTING, furniture=Codec(Furniture), states=None)
MENTION = Codec(Mention)
ENTITY = Codec(Entity)
FACTS = Codec(
    Facts,
    topics=Codec(PaperTopic),
    claims=Codec(Claim),
    rejected=Codec(RejectedCandidate),
    mentions=MENTION,
    links=Codec(Link),
)


def dumps(values: Any) -> bytes:
    """Return lists, texts and numbers as compressed JSON."""
    return zlib.compress(_JSON.encode(values).encode(), _LEVEL)


def loads(data: bytes) -> Any:
    """Return what `dumps` was given.

    Raises:
        ValueError: the data is damaged.
    """
    try:
        return json.loads(zlib.decompress(data).decode())
    except zlib.error as error:  # it has a checksum, which finds what JSON would let pass
        raise ValueError(str(error)) from error
