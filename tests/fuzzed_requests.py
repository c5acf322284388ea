"""Requests that nobody means well: made of every route and argument that Datasette knows, with
values that fit, values that do not, and bytes that are neither. The same number, the same request.
"""

import re
from dataclasses import dataclass
from random import Random
from urllib.parse import quote, quote_from_bytes

from datasette.app import Datasette
from datasette.filters import Filters
from datasette.utils import tilde_encode

from tests import raw_http

_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")
METHODS = ("GET",) * 24 + ("HEAD", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH", "BREW")
FORMATS = ("json", "csv", "blob", "jsono", "html", "md", "db", "0", "JSON", "json.json", "é")
OPERATORS = [operator.key for operator in Filters._filters]
# Arguments that Datasette, our plugins or others read, each with values that make some sense.
MEANT: dict[str, tuple[str, ...]] = {
    "_size": ("1", "max", "0", "1000", "1001", "-1", "1.5"),
    "_next": ("1", "a,b", ",", "1,1", "x,~", "$null,1"),
    "_sort": ("id", "title", "year", "rowid"),
    "_sort_desc": ("id", "title", "year", "rowid"),
    "_sort_by_desc": ("on",),
    "_facet": ("year", "topics", "type", "id", "rowid", "abstract"),
    "_facet_array": ("topics", "hardware", "title", "id"),
    "_facet_date": ("published_on", "title", "year"),
    "_facet_m2m": ("topics", "papers"),
    "_facet_size": ("max", "1", "0", "-3"),
    "_where": ("1", "id > 1", "id in (select id from papers)", "1)) --", "id = :id", ";"),
    "_col": ("id", "title", "year"),
    "_nocol": ("id", "title", "year"),
    "_shape": ("array", "arrays", "object", "objects", "arrayfirst"),
    "_json": ("topics", "title", "id"),
    "_ttl": ("0", "60", "-1", "1e9"),
    "_labels": ("on", "off"),
    "_label": ("id", "paper_id"),
    "_through": ('{"table":"listings","column":"rank","value":"1"}', "{}", "[]", '{"table":1}'),
    "_search": ("kv cache", '"', "NEAR(", "a*", "title:", "-"),
    "_search_title": ("cache", '"'),
    "_searchmode": ("raw", "escaped"),
    "_fts_table": ("papers_fts", "papers", "nowhere"),
    "_fts_pk": ("rowid", "id", "nothing"),
    "_extras": ("foreign_key_tables", "x"),
    "_extra": ("count", "x"),
    "_blob_column": ("weights", "id", "papers"),
    "_blob_hash": ("0" * 64, "x"),
    "_stream": ("on", "1"),
    "_header": ("off",),
    "_nl": ("on",),
    "_timelimit": ("1", "100", "-1", "x", "99999999999"),
    "_filter_column": ("id", "title"),
    "_filter_op": ("exact", "notblank"),
    "_filter_value": ("1", "x"),
    "_filter_column_1": ("id", "title"),
    "_filter_op_1": ("contains", "isnull__1"),
    "sql": (
        "select 1",
        "select :a, :b",
        "select x'00ff' as weights",
        "explain select 1",
        "explain query plan select * from papers",
        "with a as (select 1) select * from a",
        "select * from pragma_table_info('papers')",
        "select 9223372036854775807 + 1, 1e999, -1e999, null",
        "select * from papers where id = :id limit 3",
        "select 1 as a, 2 as a",
        "select",
        "-- \nselect 1",
        "values (1)",
    ),
    "q": ("cache", '"', "year:2024 topic:x", "-", "(", "*"),
    "size": ("1", "1000", "-1"),
    "page": ("1", "2", "9999"),
    "compare": ("x", "a,b"),
    "metric": ("speedup", "x"),
    "unit": ("x", "%"),
    "topic": ("kv-cache", "x"),
    "baseline": ("vLLM",),
    "sort": ("newest", "x"),
    "token": ("x",),
    **dict.fromkeys(("_hash", "a", "id", "rowid", "rowid__exact"), ("1", "x")),
    **dict.fromkeys(("_json_infinity", "_trace", "_dl", "_nocount", "_nofacet"), ("1",)),
    **dict.fromkeys(("_nosuggest", "_show_hidden", "_hide_sql", "_show_sql", "_success"), ("1",)),
}
HOSTILE = (
    "", "0", "-1", "1e309", "NaN", "null", "true", "9" * 30, "1" * 4_400, "'", '"', "`", "[", "]]",
    "%", "%%", "%s%n", "_", "*", ";", "--", "/*", "\\", "\\0", "\0", "a\0b", "\r\n", "\n\nx: y",
    "\t", " ", "../" * 8, "/etc/passwd", "file:///etc/passwd", "~", "~0", "~zz", "~2E~2E~2F",
    "<script>", "{{7*7}}", "${7*7}", "{}", "[]", "[[[[", "[" * 3_000, '{"a":' * 200,
    "'; drop table papers; --", "1 or 1=1", "id", "rowid", "_", "__", "__exact", "sqlite_master",
    "é", "\u202e", "\ufeff", "\ufffe", "\U0001f469\u200d\U0001f52c", "ﷺ" * 200, "İ", "ß",
    "A" * 5_000, "a," * 2_000, "é" * 900, "x" * 20_000, "-0", "+1", "0x10", "1_000", "١", "²",
    "2024-13-45", "0000-00-00", "$null", "json", "on", "off", "max", "None",
)  # fmt: skip
BYTES = (b"\xff", b"\xc3(", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x80" * 50, b"%ff", b"%",
         b"%u00e9", b"%ed%a0%80", b"%00", b"%0d%0aX: y", b"%2e%2e%2f" * 6,
         b"..%2f", b"%252e", b"~ff", b"~")  # fmt: skip
HEADERS: tuple[str | bytes, ...] = (
    "Accept-Encoding: gzip", "Accept-Encoding: gzip;q=0, br", "Accept-Encoding: \0",
    "Accept: application/json", "Accept: */*;q=x", "Cookie: ds_actor=x; ds_messages=y",
    b"Cookie: \xff=\xfe; =; a", "Cookie: ds_actor=" + "a" * 3_000, "Authorization: Bearer dstok_x",
    "Authorization: x", "If-None-Match: *", "If-None-Match: W/\"x\", \"", "Range: bytes=0-9",
    "Range: bytes=-", "Range: bytes=9-1,0-,,", "Range: x", "If-Range: x", "X-Forwarded-For: x, y",
    "X-Forwarded-Host: evil.example", "X-Forwarded-Proto: javascript", "X-Original-URL: /-/x",
    "Content-Type: multipart/form-data", "Content-Type: application/json; charset=\"",
    "Origin: null", "Transfer-Encoding: x", "Expect: 100-continue", "Upgrade: websocket",
    "If-Modified-Since: x", b"X-\xff: y", "Referer: " + "r" * 2_000,
)  # fmt: skip
WRONG_HOSTS = ("", "localhost:x", "[::1", "a b", "é.example", "x" * 300, "a/b?c#d")
HOSTS = (raw_http.NAME,) * 40 + WRONG_HOSTS
BODIES = (b"", b"", b"{}", b"sql=select+1", b"\xff" * 40, b'{"jsonrpc":"2.0","id":1,"method":"x"}')


@dataclass(frozen=True)
class Routes:
    """What a server has: the routes of Datasette and its plugins, and names that lead somewhere."""

    routes: tuple[str, ...]
    names: dict[str, tuple[str, ...]]  # group of a route → values
    columns: tuple[str, ...]


def routes_of(datasette: Datasette, tables: dict[str, list[str]], keys: list[str]) -> Routes:
    """Return what requests are made of: routes, tables with columns, and keys of papers."""
    routes = tuple(_spelled(regex.pattern) for regex, _ in datasette._routes())
    names = {
        "database": ("papers",) * 6 + ("_internal", "_memory", "nowhere"),
        "db": ("papers", "nowhere"),
        "table": (*tables, *("papers",) * 8, "papers_fts", "search", "lineage", "nowhere"),
        "pks": (*map(tilde_encode, keys), "1", "1,1", ",", "a,b,c", ""),
        "key": (*map(tilde_encode, keys), "x"),
        "format": FORMATS,
        "kind": ("csv", "md", "bib", "ris", "json", "x"),
        "path": ("app.css", "table.js", "site.css", "", ".", "..", "../app.py", "a" * 300),
        "rest": ("", "/x", ".json"),
    }
    columns = tuple(sorted({column for each in tables.values() for column in each}))
    return Routes(routes, names, columns)


def _spelled(pattern: str) -> str:
    """Return the regular expression of a route as a path with the names of its groups in it."""
    path = _GROUP.sub(r"{\1}", pattern)
    path = re.sub(r"\(((?:\\\.)?[^()]*)\)\?", r"<\1>", path)  # what may be left out
    return re.sub(r"[\\^$?]|\(\?:|\)", "", path)


def made(site: Routes, number: int) -> bytes:
    """Return a request, by its number."""
    chance = Random(number)
    target = _path(site, chance) + _query(site, chance)
    if chance.random() < 0.05:  # anything at all
        target = b"/" + bytes(chance.choices(range(0x21, 0x100), k=chance.randint(1, 60)))
    headers = chance.sample(HEADERS, chance.choice((0, 0, 0, 1, 2, 4)))
    method = chance.choice(METHODS)
    body = chance.choice(BODIES) if method in ("POST", "PUT", "DELETE", "PATCH") else b""
    host = chance.choice(HOSTS)
    return raw_http.request(target, *headers, method=method, host=host, body=body)


def _path(site: Routes, chance: Random) -> bytes:
    path = chance.choice(site.routes)
    if chance.random() < 0.5:  # most of Datasette is in these
        path = chance.choice([route for route in site.routes if "{database}" in route])
    path = re.sub(r"<([^<>]*)>", lambda match: match[1] if chance.random() < 0.7 else "", path)
    made = b""
    for part in re.split(r"(\{\w+\})", path):
        names = site.names.get(part[1:-1], ("x",))
        made += _value(names, chance, "/~,:@") if part.startswith("{") else part.encode()
    return made


def _query(site: Routes, chance: Random) -> bytes:
    pairs = []
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        name = chance.choice(list(MEANT))
        values: tuple[str, ...] = MEANT[name]
        if chance.random() < 0.3:
            column = chance.choice((*site.columns, *site.columns, "nothing", "é", "'", ""))
            name = f"{column}__{chance.choice(OPERATORS)}"
            values = ("1", "2024", "cache", "a,b", "[]")
        pairs.append(_value((name,), chance, "", 0.03) + b"=" + _value(values, chance, "", 0.4))
    return b"?" + b"&".join(pairs) if pairs else b""


def _value(meant: tuple[str, ...], chance: Random, safe: str, hostile: float = 0.12) -> bytes:
    """Return a value as it stands in an address: often one that is meant, else a hostile one."""
    if chance.random() >= hostile:
        return quote(chance.choice(meant), safe=safe).encode()
    if chance.random() < 0.2:
        return chance.choice(BYTES)
    value = chance.choice(HOSTILE)
    if chance.random() < 0.2:
        return tilde_encode(value).encode()
    if chance.random() < 0.1:  # twice
        return quote(quote(value)).encode()
    return quote_from_bytes(value.encode(), safe=chance.choice(("", "/~,'[]{}"))).encode()
