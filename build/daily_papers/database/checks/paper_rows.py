"""Data tests of the file, of papers with authors and organizations, and of dumps with listings."""

from daily_papers.database.checks.runner import DataTest
from daily_papers.dumps.problems import FLOOR

_LEFT_OUT = """
    select count(*)
    from problems
    where dump_id = dumps.id and record is not null and field is null and action = 'left out'
"""

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
        f"Of what a dump lists, counted without its reader, at least {FLOOR} % are listings or"
        " problems.",
        f"""
        select id, item_count, listing_count
        from dumps
        where 100 * (listing_count + ({_LEFT_OUT})) < {FLOOR} * item_count
        """,
    ),
    DataTest(
        "The listings of a dump are ranked 1, 2, 3, …; where a record was left out is a gap.",
        f"""
        select id, listing_count, (select max(rank) from listings where dump_id = dumps.id)
        from dumps
        where listing_count + ({_LEFT_OUT}) <> (
                select max(rank)
                from (
                    select rank from listings where dump_id = dumps.id
                    union all
                    select record from problems where dump_id = dumps.id and field is null
                )
            )
        """,
    ),
    DataTest(
        "A dump has as many problems as it says.",
        """
        select id, problem_count, (select count(*) from problems where dump_id = dumps.id)
        from dumps
        where problem_count <> (select count(*) from problems where dump_id = dumps.id)
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
            or title || abstract glob '*  *'
            or title || abstract glob '*[' || char(9, 10, 13, 160) || ']*'
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
)
