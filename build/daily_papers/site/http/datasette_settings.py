"""Datasette's settings, and why; the same for a public site and for one on this machine."""

SETTINGS = {
    # Ours take less over 100,000 papers: docs/site.md.
    "sql_time_limit_ms": 1000,
    "max_returned_rows": 1000,
    "default_page_size": 50,
    # Suggesting costs up to 50 ms for each column of a table, on every page of it.
    "suggest_facets": False,
    # A facet that takes longer is left out, and the page says so.
    "facet_time_limit_ms": 30,
    # Datasette's caching, which knows no more than a time, gives way to ours.
    "default_cache_ttl": 0,
    # A stream is broken off there, in megabytes; the file itself is the way to all of it.
    "max_csv_mb": 1000,
    "num_sql_threads": 3,
}
