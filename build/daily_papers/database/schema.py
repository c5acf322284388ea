"""The tables, declared once: columns, types, keys, checks, indexes, full-text search.

What each table and column means stands in metadata.yml, which a test holds against this page.
"""

from daily_papers.database.writer import Column, FullText, Table

# docs/data.md says when which is raised; a test holds both against what there was.
MAJOR = 4  # kept in the file as `pragma user_version`
MINOR = 1
VERSION = f"{MAJOR}.{MINOR}"

# What a column holds beyond its type; the export types it by these.
DAY = "{0} is date({0})"
FLAG = "{0} in (0, 1)"
ARRAY = "json_type({0}) = 'array'"

_COUNT = "{0} >= 0"
_BASIS = "{0} in ('stated', 'inferred')"
_FIELD = "{0} in ('title', 'abstract')"
_TYPES = (
    "{0} in ('system', 'method', 'model', 'hardware', 'benchmark', 'survey', 'analysis', 'theory')"
)
_KINDS = "{0} in ('hardware', 'model', 'dataset', 'method')"


def _span() -> tuple[Column, ...]:
    """Return the columns that say which characters state a fact."""
    return (
        Column("field", "text", required=True, check=_FIELD),
        Column("start", "integer", required=True, check=_COUNT),
        Column("end", "integer", required=True),
    )


_SPAN = '"end" > start'

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
        Column("shown_on", "text", check=DAY, index=True),
        Column("shown_on_basis", "text", check=_BASIS),
        Column("listing_count", "integer", required=True, check=_COUNT, index=True),
        Column("item_count", "integer", required=True, check=_COUNT),
        Column("states", "text", required=True, check=ARRAY),
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
    repeated=True,
)

PAPERS = Table(
    "papers",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True, check="{0} not glob '*[^a-z0-9-]*' and {0} <> ''"),
        Column("name", "text", check="{0} <> ''", index=True, filled_from=200),
        Column("title", "text", required=True, check="{0} <> ''", index=True),
        Column("abstract", "text", required=True),
        Column("type", "text", required=True, check=_TYPES, index=True),
        Column("published_on", "text", check=DAY, index=True, stated="published_on"),
        Column("published_basis", "text", check=_BASIS, index=True, stated="published_on"),
        Column("year", "integer", stated="published_on"),
        Column("author_count", "integer", check=_COUNT, index=True, stated="author_count"),
        Column("comment_count", "integer", check=_COUNT, index=True, stated="comment_count"),
        Column("upvote_count", "integer", check=_COUNT, index=True, stated="upvote_count"),
        Column(
            "organization_id",
            "text",
            references="organizations",
            index=True,
            stated="organization_id",
        ),
        Column("arxiv_id", "text", index=True, stated="arxiv_id"),
        Column("url", "text", check="{0} like 'https://%' or {0} like 'http://%'", stated="url"),
        Column("has_code", "integer", required=True, check=FLAG, index=True),
        Column("topics", "text", required=True, check=ARRAY),
        Column("hardware", "text", required=True, check=ARRAY),
        Column("models", "text", required=True, check=ARRAY),
    ),
    checks=(
        "(published_on is null) = (published_basis is null)",
        "year is cast(substr(published_on, 1, 4) as integer)",
    ),
    indexes=(("year", "published_on"),),  # the papers of a year, the newest first
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
        Column("published_text", "text", stated="published_on"),
        Column("listed_on", "text", check=DAY, index=True, stated="listed_on"),
        Column("comment_count", "integer", check=_COUNT, index=True, stated="comment_count"),
        Column("upvote_count", "integer", check=_COUNT, index=True, stated="upvote_count"),
    ),
    checks=("last_line >= first_line",),
)

TOPICS = Table(
    "topics",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("name", "text", required=True, check="{0} <> ''", index=True),
        Column("description", "text", required=True),
        Column("parent", "text", references="topics", index=True, filled_from=0),
    ),
)

PAPER_TOPICS = Table(
    "paper_topics",
    primary_key=("paper_id", "topic_id"),
    columns=(
        Column("paper_id", "text", required=True, references="papers"),
        Column("topic_id", "text", required=True, references="topics", index=True),
        Column("evidence", "text", required=True, check="{0} <> ''"),
        *_span(),
    ),
    checks=(_SPAN,),
)

METRICS = Table(
    "metrics",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("name", "text", required=True, check="{0} <> ''", index=True),
        Column("description", "text", required=True),
        Column("better", "text", check="{0} in ('higher', 'lower')", filled_from=0),
    ),
)

CLAIMS = Table(
    "claims",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("paper_id", "text", required=True, references="papers", index=True),
        Column("quote", "text", required=True, check="{0} <> ''"),
        *_span(),
        Column("sentence", "text", required=True),
        Column("value", "real", required=True, index=True),
        Column("value_low", "real", filled_from=200),
        Column("unit", "text", required=True, index=True),
        Column("metric", "text", required=True, references="metrics", index=True),
        Column("effect", "text", required=True, check="{0} in ('increase', 'decrease', 'level')"),
        Column(
            "bound",
            "text",
            check="{0} in ('up to', 'at least', 'about', 'average')",
            filled_from=200,
        ),
        Column("baseline", "text", check="{0} <> ''", index=True, filled_from=200),
        Column("hardware", "text", check="{0} <> ''", index=True, filled_from=200),
        Column("subject", "text", check="{0} <> ''", filled_from=200),
        Column("is_improvement", "integer", check=FLAG, index=True, filled_from=200),
    ),
    checks=(_SPAN, "value_low <= value", "instr(sentence, quote) > 0"),
)

ENTITIES = Table(
    "entities",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("kind", "text", required=True, check=_KINDS, index=True),
        Column("name", "text", required=True, check="{0} <> ''", index=True),
        Column("family", "text", index=True, filled_from=200),
        Column("paper_id", "text", references="papers", index=True, filled_from=200),
    ),
)

MENTIONS = Table(
    "mentions",
    primary_key=("id",),
    columns=(
        Column("id", "text", required=True),
        Column("paper_id", "text", required=True, references="papers", index=True),
        Column("entity_id", "text", required=True, references="entities", index=True),
        Column("text", "text", required=True, check="{0} <> ''"),
        *_span(),
        Column(
            "role",
            "text",
            required=True,
            check="{0} in ('mentioned', 'compared', 'introduced')",
            index=True,
        ),
    ),
    checks=(_SPAN,),
)

LINKS = Table(
    "links",
    primary_key=("paper_id", "url"),
    columns=(
        Column("paper_id", "text", required=True, references="papers"),
        Column("url", "text", required=True, check="{0} <> ''"),
        Column(
            "kind",
            "text",
            required=True,
            check="{0} in ('code', 'project', 'model', 'dataset', 'demo', 'paper', 'other')",
            index=True,
        ),
        Column("host", "text", required=True, index=True),
        Column("owner", "text", filled_from=100),
        Column("repository", "text", filled_from=100),
        Column("source", "text", required=True, check="{0} in ('abstract', 'listing')", index=True),
        Column("start", "integer", check=_COUNT, filled_from=200),
        Column("end", "integer", filled_from=200),
    ),
    checks=(
        _SPAN,
        "(source = 'abstract') = (start is not null)",
        "(source = 'abstract') = (\"end\" is not null)",
    ),
)

REJECTED_CANDIDATES = Table(
    "rejected_candidates",
    primary_key=("paper_id", "field", "start"),
    columns=(
        Column("paper_id", "text", required=True, references="papers"),
        Column("text", "text", required=True, check="{0} <> ''"),
        *_span(),
        Column("reason", "text", required=True, index=True),
    ),
    checks=(_SPAN,),
)

SIMILAR_PAPERS = Table(
    "similar_papers",
    primary_key=("paper_id", "rank"),
    columns=(
        Column("paper_id", "text", required=True, references="papers"),
        Column("rank", "integer", required=True, check="{0} > 0"),
        Column("similar_id", "text", required=True, references="papers", index=True),
        Column("score", "real", required=True, check="{0} between 0 and 1"),
    ),
    checks=("similar_id <> paper_id",),
)

SYNONYMS = Table(
    "synonyms",
    primary_key=("entry", "kind", "phrase"),
    columns=(
        Column("entry", "integer", required=True),
        Column("kind", "text", required=True, check="{0} in ('same', 'near')", index=True),
        Column("phrase", "text", required=True, index=True),
    ),
)

BUILD_INFO = Table(
    "build_info",
    primary_key=("name",),
    columns=(
        Column("name", "text", required=True, check="{0} <> ''"),
        Column("value", "text", required=True, check="{0} <> ''"),
    ),
)

# What search reads: see search/index.py.
SEARCH_TERMS = Table(
    "search_terms",
    primary_key=("block", "term"),
    columns=(
        Column("block", "integer", required=True, check=_COUNT),
        Column("term", "text", required=True),
        Column("paper_count", "integer", required=True, check="{0} > 0"),
        Column("weights", "blob", required=True),
    ),
)

SEARCH_WORDS = Table(
    "search_words",
    primary_key=("word",),
    columns=(
        Column("word", "text", required=True),
        Column("paper_count", "integer", required=True, check="{0} > 0", index=True),
    ),
)

SEARCH_COLUMNS = Table(
    "search_columns",
    primary_key=("name",),
    columns=(
        Column("name", "text", required=True),
        Column("labels", "text", required=True, check=ARRAY),
        Column("papers", "blob", required=True),
        Column("codes", "blob", required=True),
    ),
)

SEARCH_NAMES = Table(
    "search_names",
    primary_key=("key", "kind", "id"),
    columns=(
        Column("key", "text", required=True),
        Column("kind", "text", required=True),
        Column("id", "text", required=True),
        Column("name", "text", required=True),
        Column("paper_count", "integer", required=True, check=_COUNT),
    ),
)

# Each after the tables that it refers to.
TABLES = (
    DUMPS,
    ORGANIZATIONS,
    AUTHORS,
    PAPERS,
    AUTHORSHIPS,
    LISTINGS,
    TOPICS,
    PAPER_TOPICS,
    METRICS,
    CLAIMS,
    ENTITIES,
    MENTIONS,
    LINKS,
    REJECTED_CANDIDATES,
    SYNONYMS,
    SEARCH_TERMS,
    SEARCH_WORDS,
    SEARCH_COLUMNS,
    SEARCH_NAMES,
    SIMILAR_PAPERS,
    BUILD_INFO,
)
