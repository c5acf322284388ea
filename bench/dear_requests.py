"""The dearest requests that are known of each route, each with the plain one of its route."""

from urllib.parse import quote_plus

_FACETS = "&".join(
    f"_facet={column}"
    for column in ("sentence", "subject", "metric", "value", "baseline", "hardware", "unit", "id")
)
_EVERY_LETTER = quote_plus("".join(f"%{letter}" for letter in "aeiouaeioz"))
_ANY_LETTERS = quote_plus(f"%{'_a%' * 20}")
_TEXT = quote_plus("the of a model memory cache attention speed language large training " * 12)
# SQL: what is computed in many rows, in a single row, or as much as an answer may have.
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
ONE_ROW = "select " + ",".join(f"search_papers('a the {n}','','',1000)" for n in range(190))
_LIKES = ",".join(f"t like '%{'a' * 180}{n}'" for n in range(190))
_TEXT_OF_ONE_LETTER = "replace(hex(zeroblob(290000)), '0', 'a')"
PATTERNS = f"with l as (select {_TEXT_OF_ONE_LETTER} as t) select {_LIKES} from l"  # noqa: S608
MEMORY = (
    "select count(*) from (select distinct a.abstract || b.abstract || c.id"
    " from papers a, papers b, papers c)"
)
_COLUMNS = ",".join(f"{n} as c{n}" for n in range(99))
CELLS = f"select {_COLUMNS} from papers, topics limit 1000"  # noqa: S608
BYTES = "select hex(zeroblob(250000)) as x from papers limit 15"
LINKS = (
    "select (select json_group_array('') from (select 1 from claims limit 3000)) as topics"
    " from papers limit 300"
)
BRACKETS = (
    "select '[' || replace(hex(zeroblob(33000)), '00', '[],') || '[]]' as a from papers limit 2"
)


def sql(path: str, query: str, others: str = "") -> str:
    """Return the address of a query, which has other parameters before it."""
    return f"{path}?{others}sql={quote_plus(query)}"


# Route → a plain request, and the dearest of it; {n} makes addresses different.
REQUESTS: dict[str, tuple[str, str]] = {
    "/": ("/?x={n}", "/?x={n}"),
    "/search": ("/search?q=kv+cache&x={n}", f"/search?q={_TEXT}&x={{n}}"),
    "/search.json": ("/search.json?q=kv+cache", "/search.json?q=model&size=100"),
    "/results": ("/results?metric=memory", "/results?metric=speedup"),
    "/days": ("/days?x={n}", "/days?x={n}"),
    "/papers": ("/papers?x={n}", "/papers?x={n}"),
    "/openapi.json": ("/openapi.json?x={n}", "/openapi.json?x={n}"),
    "/papers/TABLE": ("/papers/papers?x={n}", "/papers/claims?_size=1000"),
    "/papers/TABLE, filters": (
        "/papers/papers?year=2025",
        "/papers/papers?" + "&".join(f"abstract__like={_ANY_LETTERS}{n}" for n in range(12)),
    ),
    "/papers/TABLE, facets": (
        "/papers/papers?_facet=year",
        f"/papers/claims?_facet_size=max&_size=1000&{_FACETS}",
    ),
    "/papers/TABLE, order": (
        "/papers/papers?_sort=title",
        f"/papers/papers?_size=1000&_sort=abstract&abstract__like={_EVERY_LETTER}",
    ),
    "/papers/TABLE, full text": (
        "/papers/papers?_search=cache",
        "/papers/papers?_size=1000&_searchmode=raw&_search=a*+OR+b*+OR+c*+OR+d*",
    ),
    "/papers/TABLE.json": ("/papers/papers.json?_size=50", "/papers/claims.json?_size=1000"),
    "/papers/TABLE.csv": ("/papers/papers.csv?_size=50", "/papers/claims.csv?_size=1000"),
    "/papers/TABLE.csv, stream": (
        "/papers/papers.csv?_stream=on",
        "/papers/search_terms.csv?_stream=on&_size=1",
    ),
    "/papers/QUERY": (
        "/papers/claims_against?baseline=vLLM",
        "/papers/claims_against?baseline=a&_rows=all",
    ),
    "/papers/TABLE, _where": (
        "/papers/papers?_where=year=2025",
        "/papers/papers?_where=exists(select+1+from+claims+a,claims+b,claims+c"
        "+where+a.value%2Bb.value%2Bc.value<0)",
    ),
    "SQL, many rows": (sql("/papers.json", "select 1"), sql("/papers.json", ENDLESS)),
    "SQL, one row": (sql("/papers.json", "select 1"), sql("/papers.json", ONE_ROW)),
    "SQL, patterns": (sql("/papers.json", "select 1"), sql("/papers.json", PATTERNS)),
    "SQL, memory": (sql("/papers.json", "select 1"), sql("/papers.json", MEMORY)),
    "SQL, cells": (sql("/papers", "select 1"), sql("/papers", CELLS)),
    "SQL, links": (sql("/papers", "select 1"), sql("/papers", LINKS, "_rows=all&")),
    "SQL, _json": (sql("/papers.json", "select 1"), sql("/papers.json", BRACKETS, "_json=a&")),
    "SQL, bytes": (sql("/papers", "select 1"), sql("/papers", BYTES)),
}


def different(request: str, number: int) -> str:
    """Return a request at another address, with the same answer."""
    if "{n}" in request:
        return request.replace("{n}", str(number))
    return f"{request}--{number}" if "?sql=" in request else f"{request}&_none={number}"
