"""Reads what the page and the files of an author show: papers, co-authors, topics."""

import numpy as np

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views.home_view import TopicCount, topic_counts
from daily_papers.site.views.request_params import NoSuchAuthor
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.subject_views import (
    MOST_NEIGHBOURS,
    MOST_PAPERS,
    STRONGEST,
    Subject,
    subject_claims,
    subject_of,
)
from daily_papers.site.views.typed_rows import rows

MOST_IN_FILE = 1_000  # papers
MOST_READ = 200  # papers whose other authors are counted

_OF_AUTHOR = "(select distinct paper_id from authorships where author_id = :id) as these"
_AUTHOR = "select id, name from authors where id = :id"
# Crossed joins fix their order: from the author to the papers.
_PAPERS = f"""
    select papers.id, papers.rowid - 1 as number
    from {_OF_AUTHOR}
    cross join papers on papers.id = these.paper_id
    order by papers.published_on is null, papers.published_on desc, papers.id
"""  # noqa: S608 - a part of this module
_CO_AUTHORS = """
    select authors.id, authors.name, count(distinct others.paper_id) as papers
    from (
        select distinct paper_id from authorships where author_id = :id limit :read
    ) as these
    cross join authorships as others on others.paper_id = these.paper_id
    cross join authors on authors.id = others.author_id
    where authors.id <> :id
    group by authors.id
    order by papers desc, authors.name, authors.id
    limit :most
"""


def author(database: SearchDatabase, author_id: str) -> Subject:
    """Return what the page of an author shows besides its row."""
    newest = [row["number"] for row in database.rows(_PAPERS, id=author_id)]
    numbers = np.array(newest, dtype=np.int64)
    subject = subject_of(
        database,
        numbers,
        newest[:MOST_PAPERS],
        topic_counts(database, numbers),
        subject_claims(database, _OF_AUTHOR, STRONGEST, author_id),
    )
    limits = {"read": MOST_READ, "most": MOST_NEIGHBOURS}
    subject.co_authors = rows(database, TopicCount, _CO_AUTHORS, id=author_id, **limits)
    return subject


def named_author(database: SearchDatabase, author_id: str) -> Named:
    """Return an author.

    Raises:
        NoSuchAuthor: there is none with this id.
    """
    for match in rows(database, Named, _AUTHOR, id=author_id):
        return match
    raise NoSuchAuthor(author_id)


def paper_ids(database: SearchDatabase, author_id: str) -> list[str]:
    """Return the ids of an author's papers, the newest first, at most MOST_IN_FILE."""
    return [row["id"] for row in database.rows(_PAPERS, id=author_id)[:MOST_IN_FILE]]
