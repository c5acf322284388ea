"""Packs records as compressed MessagePack, for the cache and for other processes."""

import zlib
from functools import cache
from typing import TypeVar

from msgspec import msgpack

from daily_papers.records import Record

AnyRecord = TypeVar("AnyRecord", bound=Record)
_FASTEST = 1  # level of zlib

encode = msgpack.Encoder().encode
decoder = cache(msgpack.Decoder)  # by the type that it decodes


def pack(record: Record) -> bytes:
    """Return a record as compressed MessagePack."""
    return zlib.compress(encode(record), _FASTEST)


def unpack(data: bytes, kind: type[AnyRecord]) -> AnyRecord:
    """Return the record of this type that `pack` was given."""
    record: AnyRecord = decoder(kind).decode(zlib.decompress(data))
    return record
