"""The tables, declared once: columns, types, keys, checks, indexes, full-text search.

What each table and column means stands in metadata.yml, which a test holds against this page.
"""

from daily_papers.store import Column, FullText, Table

VERSION = 1  # kept in the file as `pragma user_version`

_DAY = "{0} is date({0})"
_COUNT = "{0} >= 0"
_BASIS = "{0} in ('stated', 'inferred')"

DUMPS = Table(
    "dumps",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("file", "text", required=True),
        Column("format", "text", required=True, check="{0} in ('text', 'html', 'json')"),
        Column("sha256", "text", required=True, check="length({0}) = 64"),
        Column("bytes", "integer", required=True, check="{0} > 0"),
        Column("shown_on_text", "text"),
        Column("shown_on", "text", check=_DAY, index=True),
        Column("shown_on_basis", "text", check=_BASIS),
        Column("listing_count", "integer", required=True, check=_COUNT, index=True),
    ),
    checks=("(shown_on is null) = (shown_on_basis is null)",),
)

ORGANIZATIONS = Table(
    "organizations",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("name", "text", required=True, check="{0} <> ''", index=True),
    ),
)

AUTHORS = Table(
    "authors",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("name", "text", required=True, check="{0} <> ''", index=True),
    ),
)

PAPERS = Table(
    "papers",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True, check="{0} not glob '*[^a-z0-9-]*' and {0} <> ''"),
        Column("title", "text", required=True, check="{0} <> ''", index=True),
        Column("abstract", "text", required=True),
        Column("published_on", "text", check=_DAY, index=True),
        Column("published_basis", "text", check=_BASIS, index=True),
        Column("year", "integer", index=True),
        Column("author_count", "integer", check=_COUNT, index=True),
        Column("comment_count", "integer", check=_COUNT, index=True),
        Column("upvote_count", "integer", check=_COUNT, index=True),
        Column("organization_id", "text", references="organizations", index=True),
        Column("arxiv_id", "text", index=True),
        Column("url", "text", check="{0} like 'https://%' or {0} like 'http://%'"),
    ),
    checks=(
        "(published_on is null) = (published_basis is null)",
        "year is cast(substr(published_on, 1, 4) as integer)",
    ),
    full_text=FullText({"title": 10.0, "abstract": 1.0}, "porter unicode61 remove_diacritics 2"),
)

AUTHORSHIPS = Table(
    "authorships",
    primary_key=("paper_id", "position"),
    columns=(
        Column("paper_id", "text", required=True, references="papers"),
        Column("position", "integer", required=True, check="{0} > 0"),
        Column("author_id", "text", required=True, references="authors", index=True),
    ),
)

LISTINGS = Table(
    "listings",
    primary_key=("dump_id", "rank"),
    columns=(
        Column("dump_id", "text", required=True, references="dumps"),
        Column("rank", "integer", required=True, check="{0} > 0"),
        Column("paper_id", "text", required=True, references="papers", index=True),
        Column("title_as_listed", "text", required=True),
        Column("first_line", "integer", required=True, check="{0} > 0"),
        Column("last_line", "integer", required=True),
        Column("published_text", "text"),
        Column("comment_count", "integer", check=_COUNT, index=True),
        Column("upvote_count", "integer", check=_COUNT, index=True),
    ),
    checks=("last_line >= first_line",),
)

# Each after the tables that it refers to.
TABLES = (DUMPS, ORGANIZATIONS, AUTHORS, PAPERS, AUTHORSHIPS, LISTINGS)
