"""Data tests: what must hold in every database, each one a query for the rows that break it."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_SHOWN = 5  # offending rows


class CheckError(Exception):
    """A database that cannot be checked, or that breaks a data test."""


@dataclass(frozen=True)
class DataTest:
    """A sentence that must hold, and the query that returns the rows for which it does not."""

    sentence: str
    sql: str


TESTS = (
    DataTest(
        "The file is a sound SQLite database.",
        "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'",
    ),
    DataTest(
        "Every reference leads to a row.",
        'select "table", rowid, parent from pragma_foreign_key_check',
    ),
    DataTest(
        "Every paper stands on at least one dump.",
        "select id from papers where id not in (select paper_id from listings)",
    ),
    DataTest(
        "No paper stands twice.",
        """
        select min(id), max(id), lower(title)
        from papers
        where lower(title) in (select lower(title) from papers group by 1 having count(*) > 1)
        group by lower(title), abstract
        having count(*) > max(1, count(distinct arxiv_id))
        """,
    ),
    DataTest(
        "No arXiv id stands twice.",
        """
        select arxiv_id, min(id), max(id)
        from papers
        group by arxiv_id
        having arxiv_id is not null and count(*) > 1
        """,
    ),
    DataTest(
        "Every author has a paper, and those of a paper are numbered 1, 2, 3, … without a gap.",
        """
        select id, null as authors, null as last
        from authors
        where id not in (select author_id from authorships)
        union all
        select paper_id, count(*), max(position)
        from authorships
        group by paper_id
        having min(position) <> 1 or max(position) <> count(*)
        """,
    ),
    DataTest(
        "Every organization has a paper.",
        """
        select id
        from organizations
        where id not in (select organization_id from papers where organization_id is not null)
        """,
    ),
    DataTest(
        "A dump has as many listings as it says.",
        """
        select id, listing_count, (select count(*) from listings where dump_id = dumps.id)
        from dumps
        where listing_count <> (select count(*) from listings where dump_id = dumps.id)
        """,
    ),
    DataTest(
        "The listings of a dump are ranked 1, 2, 3, … without a gap.",
        """
        select dump_id, count(*), max(rank)
        from listings
        group by dump_id
        having min(rank) <> 1 or max(rank) <> count(*)
        """,
    ),
    DataTest(
        "The listings of a dump follow each other, and those of a text share no line.",
        """
        select dump_id, rank, first_line, last_line_before
        from (
            select
                listings.dump_id,
                listings.rank,
                listings.first_line,
                lag(listings.last_line) over (
                    partition by listings.dump_id
                    order by listings.rank
                ) as last_line_before,
                dumps.format = 'text' as is_text
            from listings
            join dumps on dumps.id = listings.dump_id
        )
        where first_line < last_line_before + is_text
        """,
    ),
    DataTest(
        "Titles and abstracts are one line each, with no blank at the ends and none doubled.",
        """
        select id
        from papers
        where title <> trim(title)
            or abstract <> trim(abstract)
            or instr(title || abstract, '  ')
            or instr(title || abstract, char(9))
            or instr(title || abstract, char(10))
            or instr(title || abstract, char(13))
            or instr(title || abstract, char(160))
        """,
    ),
    DataTest(
        "A paper that some listing dates in full has a stated date.",
        """
        select papers.id, papers.published_on, listings.published_text
        from papers
        join listings on listings.paper_id = papers.id
        where papers.published_basis is not 'stated'
            and listings.published_text glob '*[0-9][0-9][0-9][0-9]*'
        """,
    ),
    DataTest(
        "No inferred date lies after all the pages that list the paper.",
        """
        select papers.id, papers.published_on, max(dumps.shown_on)
        from papers
        join listings on listings.paper_id = papers.id
        join dumps on dumps.id = listings.dump_id
        where papers.published_basis = 'inferred'
        group by papers.id
        having count(dumps.shown_on) = count(*) and max(dumps.shown_on) < papers.published_on
        """,
    ),
    DataTest(
        "Every fact has its evidence: the characters of its span are its text.",
        """
        with spans as (
            select paper_id, field, start, "end", quote as said, 'claims' as kind from claims
            union all
            select paper_id, field, start, "end", evidence, 'paper_topics' from paper_topics
            union all
            select paper_id, field, start, "end", text, 'mentions' from mentions
            union all
            select paper_id, field, start, "end", text, 'rejected_candidates'
            from rejected_candidates
            union all
            select paper_id, 'abstract', start, "end", url, 'links'
            from links
            where source = 'abstract'
        )
        select spans.kind, spans.paper_id, spans.start, spans.said
        from spans
        join papers on papers.id = spans.paper_id
        where substr(
            case spans.field when 'title' then papers.title else papers.abstract end,
            spans.start + 1,
            spans."end" - spans.start
        ) <> spans.said
        """,
    ),
    DataTest(
        "The sentence of a claim stands in its paper.",
        """
        select claims.id, claims.sentence
        from claims
        join papers on papers.id = claims.paper_id
        where not instr(papers.title || char(10) || papers.abstract, claims.sentence)
        """,
    ),
    DataTest(
        "Every entity is mentioned, and what a paper introduces is mentioned there.",
        """
        select entities.id, entities.paper_id
        from entities
        where id not in (select entity_id from mentions)
            or (
                paper_id is not null
                and not exists (
                    select 1
                    from mentions
                    where mentions.entity_id = entities.id
                        and mentions.paper_id = entities.paper_id
                        and mentions.role = 'introduced'
                )
            )
        """,
    ),
    DataTest(
        "The arrays of a paper are its topics, and the hardware and models that it names.",
        """
        with arrays as (
            select papers.id as paper_id, 'topic' as kind, value
            from papers, json_each(papers.topics)
            union all
            select papers.id, 'hardware', value from papers, json_each(papers.hardware)
            union all
            select papers.id, 'model', value from papers, json_each(papers.models)
        ),
        named as (
            select paper_id, 'topic' as kind, topic_id as value from paper_topics
            union
            select mentions.paper_id, entities.kind, entities.name
            from mentions
            join entities on entities.id = mentions.entity_id
            where entities.kind in ('hardware', 'model') and mentions.role <> 'introduced'
        )
        select * from (select * from arrays except select * from named)
        union all
        select * from (select * from named except select * from arrays)
        """,
    ),
    DataTest(
        "A paper has code where its abstract or a listing links to a repository.",
        """
        select id, has_code
        from papers
        where has_code <> exists (
            select 1 from links where links.paper_id = papers.id and links.kind = 'code'
        )
        """,
    ),
    DataTest(
        "Full-text search knows every paper.",
        """
        select papers.id
        from papers
        left join papers_fts_docsize on papers_fts_docsize.id = papers.rowid
        where papers_fts_docsize.id is null
        """,
    ),
    DataTest(
        "Papers are numbered in the order of their ids, as search numbers them.",
        """
        select id, rowid, place
        from (select id, rowid, row_number() over (order by id) as place from papers)
        where rowid <> place
        """,
    ),
    DataTest(
        "Every order of search has a number for every paper.",
        """
        select name, length(codes)
        from search_columns
        where labels = '[]'
            and name in ('newest', 'discussed', 'upvoted')
            and length(codes) <> 4 * (select count(*) from papers)
        """,
    ),
    DataTest(
        "Search knows the topics of every paper.",
        """
        with indexed as (
            select substr(term, 7) as topic_id, sum(paper_count) as papers
            from search_terms
            where term like 'topic:%'
            group by term
        ),
        named as (select topic_id, count(*) as papers from paper_topics group by topic_id)
        select * from (select * from indexed except select * from named)
        union all
        select * from (select * from named except select * from indexed)
        """,
    ),
    DataTest(
        "Neighbours of a paper are ranked 1, 2, 3, … without a gap, the nearest first.",
        """
        select paper_id, rank, score, score_before
        from (
            select
                paper_id,
                rank,
                score,
                row_number() over (partition by paper_id order by rank) as place,
                lag(score) over (partition by paper_id order by rank) as score_before
            from similar_papers
        )
        where rank <> place or score > score_before or rank > 10
        """,
    ),
)


def failures(database: Path) -> list[tuple[DataTest, list[tuple[Any, ...]]]]:
    """Run the data tests on a file; return each that does not hold, with the first offending rows.

    Raises:
        CheckError: a test cannot run, for want of a table or column.
    """

    def run(test: DataTest) -> list[tuple[Any, ...]]:
        try:
            with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
                return connection.execute(test.sql).fetchmany(MOST_SHOWN)
        except sqlite3.DatabaseError as error:
            raise CheckError(f"{error} (needed to check: {test.sentence})") from error

    # SQLite lets other threads run; the first test takes as long as many others.
    with ThreadPoolExecutor() as pool:
        found = zip(TESTS, pool.map(run, TESTS), strict=True)
        return [(test, rows) for test, rows in found if rows]


def require(database: Path) -> None:
    """Raise CheckError unless all data tests hold for a database file, which is only read; with a
    line for each that does not."""
    if broken := [describe(test, rows) for test, rows in failures(database.resolve())]:
        raise CheckError("\n".join(broken))


def describe(test: DataTest, rows: list[tuple[Any, ...]]) -> str:
    """Say in one line what does not hold and for which rows."""
    shown = ", ".join(" | ".join(str(value) for value in row) for row in rows)
    return f"does not hold: {test.sentence} First offending rows: {shown}"
