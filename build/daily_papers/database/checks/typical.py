"""Data tests of the whole: columns that are filled, topics that are used, the share of claims.

Of small databases most do not say anything: each begins at a number of papers at which nothing but
an error breaks it, by what was measured; docs/checks.md has the figures. What one paper says breaks
none of them, however strange it is. A large collection of other papers may: `--unusual`.
"""

from collections.abc import Iterator

from daily_papers.database.checks.runner import DataTest
from daily_papers.database.columns import Column, Table
from daily_papers.database.schema import TABLES

MANY = 200  # papers, of which a share is told
FEWEST_CLAIMING, MOST_CLAIMING = 20, 90  # percent of papers
SOME_TOPICS = 2 / 3  # of all
EVERY_TOPIC_FROM = 5_000  # papers
REST = "other"  # the topic of papers that have no other


def _papers_in(table: Table) -> str:
    """Return a query for the number of papers that have rows in a table."""
    if any(column.name == "paper_id" and column.required for column in table.columns):
        return f"select count(distinct paper_id) from {table.name}"
    if table.name == "entities":
        return "select count(distinct paper_id) from mentions"
    return "select count(*) from papers"


def _is_empty(table: Table) -> Iterator[str]:
    """Yield, for each column that papers fill, what is a row if the column is empty and it should
    not be: one pass over the table for all of them."""
    columns = [column for column in table.columns if column.filled_from is not None]
    if columns:
        counts = ", ".join(f'count("{one.name}") as "{one.name}"' for one in columns)
        rows = " union all ".join(
            f"""
            select '{table.name}.{one.name}', papers from counted
            where "{one.name}" = 0 and row_count and papers >= {one.filled_from}
            """
            for one in columns
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


def _is_lost(table: Table, column: Column) -> str:
    """Return what is a row if a dump states what is in no row of a column."""
    return f"""
        select '{table.name}.{column.name}', min(dumps.file)
        from dumps, json_each(dumps.states)
        where json_each.value = '{column.stated}'
            and not exists (select 1 from {table.name} where "{column.name}" is not null)
        group by json_each.value
    """


_FILLED = " union all ".join(sql for table in TABLES for sql in _is_empty(table))
_STATED = " union all ".join(
    _is_lost(table, column) for table in TABLES for column in table.columns if column.stated
)

_CLAIMING = f"""
    select papers, claiming
    from (
        select
            (select count(*) from papers where abstract <> '') as papers,
            (select count(distinct paper_id) from claims) as claiming
    )
    where papers >= {MANY}
        and 100 * claiming not between {FEWEST_CLAIMING} * papers and {MOST_CLAIMING} * papers
"""
_TOPICS = f"""
    with used as (
        select topics.id, exists (select 1 from paper_topics where topic_id = topics.id) as is_used
        from topics
        where topics.id <> '{REST}'
    ),
    whole as (
        select (select count(*) from papers where abstract <> '') as papers, avg(is_used) as share
        from used
    )
    select used.id, papers
    from used, whole
    where not is_used
        and (papers >= {EVERY_TOPIC_FROM} or (papers >= {MANY} and share < {SOME_TOPICS}))
"""

TESTS = (
    DataTest(
        "A column that papers fill is not empty, from some hundred papers on.",
        _FILLED,
        usual=True,
    ),
    DataTest("What some dump states is in some row of its column.", _STATED),
    DataTest(
        f"From {MANY} papers on, {FEWEST_CLAIMING} to {MOST_CLAIMING} % of them have a claim.",
        _CLAIMING,
        usual=True,
    ),
    DataTest(
        f"From {MANY} papers on, two thirds of the topics are used; from {EVERY_TOPIC_FROM:,} on,"
        " each.",
        _TOPICS,
        usual=True,
    ),
)
