"""Which requests are let in: by host, method, size and parameters."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit

Pairs = Sequence[tuple[str, str]]  # the names and values of a query's parameters, in order
READ_METHODS = ("GET", "HEAD", "OPTIONS")
MAX_BODY = 1 << 20  # bytes of a request's body; only agents send any
MOST_PATH = 2_000  # letters; Datasette looks at each part of one
MOST_PARAMETERS = 250
MOST_REPEATS = 40  # of one of Datasette's own: a table has fewer columns
MOST_FACETS = 8  # of a page of a table
MOST_SEARCHED = 500  # letters of a search in a table, which SQLite does not interrupt
RETRY_AFTER = 5  # seconds after which a refused client may ask again
# Datasette's tools for its developers: they set cookies, or show what this site does not have.
_DEVELOPER_TOOLS = re.compile(
    r"/-/(?:messages|logout|permissions|allow-debug|auth-token|patterns)\b", re.IGNORECASE
)
_OWNER_TOOLS = re.compile(r"/-/(?:threads|databases)\b", re.IGNORECASE)  # they tell where files are
_SQL_PARAMS = {"sql", "_where"}  # that have SQL of the client
_AGENTS = re.compile(r"/-/mcp\b", re.IGNORECASE)
_FACETS = ("_facet", "_facet_array", "_facet_date", "_facet_m2m")
_FILES = re.compile(r"/(?:static|-/static|-/static-plugins)/|/health$|/papers\.db$")
# Functions whose value is another each time, whatever they are named for.
_OF_THE_MOMENT = re.compile(
    r"\b(?:date|time|datetime|julianday|unixepoch|strftime|timediff|current_\w+|random|randomblob)\b",
    re.IGNORECASE,
)
_PORT = re.compile(r":\d+$")
brings_sql: ContextVar[bool] = ContextVar("brings_sql", default=False)  # of the request


@dataclass(eq=False)
class RequestRefused(Exception):  # noqa: N818 - a refusal, not an error
    """A request that is not let in: the status of the response, a sentence that says why, and the
    methods that its address has, where it is the method."""

    status: int
    sentence: str
    methods: tuple[str, ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        """Return what the response tells besides."""
        again = {"retry-after": str(RETRY_AFTER)} if self.status == 429 else {}
        return again | ({"allow": ", ".join(self.methods)} if self.methods else {})


def check(
    method: str, host: str, path: str, hosts: Collection[str], is_public: bool = False
) -> None:
    """Raise RequestRefused for a host that is none or not among `hosts` (if there are any), for a
    path that is too long, for a method that writes, for tools of developers, and on a public site
    for those of its owner."""
    try:
        urlsplit(f"//{host}")
    except ValueError as error:  # of brackets without an IPv6 address
        raise RequestRefused(400, "The Host of this request is no host.") from error
    name = _PORT.sub("", host.lower())
    if hosts and name not in hosts:
        raise RequestRefused(400, f"This server does not answer for “{name[:80]}”.")
    if len(path) > MOST_PATH:
        raise RequestRefused(414, f"An address has at most {MOST_PATH:,} letters before its “?”.")
    if not path.startswith("/") or path.startswith("//"):
        raise RequestRefused(400, "An address begins with one slash.")
    if _DEVELOPER_TOOLS.match(path) or (is_public and _OWNER_TOOLS.match(path)):
        raise RequestRefused(404, "This is not offered here.")
    is_agent = bool(_AGENTS.match(path))
    if is_agent and method in ("GET", "HEAD", "DELETE"):  # there is no session to follow or to end
        raise RequestRefused(405, "Agents send questions here, by POST.", ("POST", "OPTIONS"))
    if method not in READ_METHODS and not (is_agent and method == "POST"):
        sentence = f"{method[:20]} is not answered here: this site can only be read."
        raise RequestRefused(405, sentence, READ_METHODS)


def too_many_parameters(query: bytes) -> RequestRefused | None:
    """Return why a query is refused that has too many parameters, before these are read."""
    if query.count(b"&") < MOST_PARAMETERS:
        return None
    return RequestRefused(400, f"A request has at most {MOST_PARAMETERS} parameters.")


def check_query(pairs: Pairs, http_version: str) -> None:
    """Raise RequestRefused for a query that has a parameter too often, each of which may cost a
    query of the database; and for a stream by a version that has no sign for its end."""
    names = [name for name, _ in pairs]
    if http_version == "1.0" and "_stream" in names:
        raise RequestRefused(400, "Ask for a stream with HTTP/1.1: 1.0 has no sign for its end.")
    for name, count in Counter(names).items():
        if name[:1] == "_" and count > MOST_REPEATS:
            sentence = f"“{name[:80]}” may be given {MOST_REPEATS} times."
            raise RequestRefused(400, sentence)
    if sum(name in _FACETS for name in names) > MOST_FACETS:
        raise RequestRefused(400, f"A page shows at most {MOST_FACETS} facets.")
    for name, value in pairs:
        if name.startswith("_search") and len(value) > MOST_SEARCHED:
            raise RequestRefused(400, f"“_search” has at most {MOST_SEARCHED} letters.")


def is_costly(method: str, path: str, pairs: Pairs) -> bool:
    """Tell whether a request brings its own SQL."""
    is_agent = method == "POST" and bool(_AGENTS.match(path))
    return is_agent or any(name in _SQL_PARAMS for name, _ in pairs)


def is_lasting(pairs: Pairs) -> bool:
    """Tell whether the parameters of a page have the same answer until data or code change, which
    may be kept: no stream, and no SQL of a client that asks for the moment or for chance."""
    return not any(
        name == "_stream" or (name in _SQL_PARAMS and _OF_THE_MOMENT.search(value))
        for name, value in pairs
    )


def is_computed(path: str) -> bool:
    """Tell whether an answer takes computing, other than a file or a sign of life."""
    return not _FILES.match(path)
