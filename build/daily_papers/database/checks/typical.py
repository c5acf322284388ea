"""Data tests of a whole database: filled columns, used topics, the share of papers with claims.

Each applies from a number of papers on at which only an error breaks it, as measured:
docs/checks.md has the figures. No single paper breaks one, however strange it is. A large
collection of papers of another kind may: `--unusual` leaves these tests out.
"""

from collections.abc import Iterator

from daily_papers.database.checks.runner import DataTest
from daily_papers.database.columns import Column, Table
from daily_papers.database.schema import TABLES

MANY = 200  # papers, enough for a share of them to mean something
FEWEST_CLAIMING, MOST_CLAIMING = 20, 90  # percent of papers
SOME_TOPICS = 2 / 3  # of all
EVERY_TOPIC_FROM = 5_000  # papers
REST = "other"  # the topic of papers without any other topic


def _papers_in(table: Table) -> str:
    """Return a query for the number of papers that have rows in a table."""
    if any(column.name == "paper_id" and column.required for column in table.columns):
        return f"select count(distinct paper_id) from {table.name}"
    if table.name == "entities":
        return "select count(distinct paper_id) from mentions"
    return "select count(*) from papers"


def _empty_columns(table: Table) -> Iterator[str]:
    """Yield a query for the columns of a table that papers should have filled and that are empty,
    if it has such columns: one pass over the table for all of them."""
    columns = [column for column in table.columns if column.filled_from is not None]
    if columns:
        counts = ", ".join(f'count("{column.name}") as "{column.name}"' for column in columns)
        rows = " union all ".join(
            f"""
            select '{table.name}.{column.name}', papers from counted
            where "{column.name}" = 0 and row_count and papers >= {column.filled_from}
            """
            for column in columns
        )
        yield f"""
        select * from (
            with counted as (
                select ({_papers_in(table)}) as papers, count(*) as row_count, {counts}
                from {table.name}
            )
            {rows}
        )
        """


def _lost_values(table: Table, column: Column) -> str:
    """Return a query for a column without any value though a dump states some."""
    return f"""
        select '{table.name}.{column.name}', min(dumps.file)
        from dumps, json_each(dumps.states)
        where json_each.value = '{column.stated}'
            and not exists (select 1 from {table.name} where "{column.name}" is not null)
        group by json_each.value
    """


_FILLED = " union all ".join(sql for table in TABLES for sql in _empty_columns(table))
_STATED = " union all ".join(
    _lost_values(table, column) for table in TABLES for column in table.columns if column.stated
)

TESTS = (
    DataTest(
        "A column that papers fill is not empty, from some hundred papers on.",
        _FILLED,
        typical=True,
    ),
    DataTest("What some dump states is in some row of its column.", _STATED),
    DataTest(
        f"From {MANY} papers on, {FEWEST_CLAIMING} to {MOST_CLAIMING} % of them have a claim.",
        f"""
        select papers, claiming
        from (
            select
                (select count(*) from papers where abstract <> '') as papers,
                (select count(distinct paper_id) from claims) as claiming
        )
        where papers >= {MANY}
            and 100 * claiming not between {FEWEST_CLAIMING} * papers and {MOST_CLAIMING} * papers
        """,
        typical=True,
    ),
    DataTest(
        f"From {MANY} papers on, two thirds of the topics are used; from {EVERY_TOPIC_FROM:,} on,"
        " each.",
        f"""
        with used as (
            select id, id in (select topic_id from paper_topics) as is_used
            from topics
            where id <> '{REST}'
        ),
        whole as (
            select
                (select count(*) from papers where abstract <> '') as papers,
                avg(is_used) as share
            from used
        )
        select used.id, papers
        from used, whole
        where not is_used
            and (papers >= {EVERY_TOPIC_FROM} or (papers >= {MANY} and share < {SOME_TOPICS}))
        """,
        typical=True,
    ),
)
