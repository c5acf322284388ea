"""Says in a line which data a page shows: for reports and on paper."""

from daily_papers.search.reader import SearchDatabase

_VERSION = """
    select name, value from build_info
    where name in ('schema_version', 'rules_hash', 'dumps_sha256')
    order by name
"""
_NEWEST = """
    select max(day) as day
    from (
        select max(shown_on) as day from dumps
        union all select max(listed_on) from listings
        union all select max(published_on) from papers
    )
"""


def version(database: SearchDatabase) -> str:
    """Return what tells whether two databases have the same facts: "tables 4.3, rules 89ab…"."""
    values = {row["name"]: row["value"] for row in database.rows(_VERSION)}
    return (
        f"tables {values['schema_version']}, rules {values['rules_hash'][:16]},"
        f" dumps {values['dumps_sha256'][:16]}"
    )


def sentence(database: SearchDatabase) -> str:
    """Return the newest day that the data knows, and its version: "Data up to 2026-08-20 (…)."."""
    (newest,) = database.rows(_NEWEST)
    until = f" up to {newest['day']}" if newest["day"] else ""
    return f"Data{until} ({version(database)})."
