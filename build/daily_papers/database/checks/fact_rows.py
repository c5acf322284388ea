"""Data tests of facts, of columns and entities made of them, and of the tables of search."""

from daily_papers.database.checks.runner import DataTest
from daily_papers.facts.claims.plausibility import LIMITS

_LIMITS = " ".join(f"when {limit.sql} then '{limit.reason}'" for limit in LIMITS)

_SPANS = " union all ".join(
    f"""select '{table}', paper_id, {field}, start, "end", {text} from {table}"""
    for table, field, text in (
        ("claims", "field", "quote"),
        ("paper_topics", "field", "evidence"),
        ("mentions", "field", "text"),
        ("rejected_candidates", "field", "text"),
        ("links", "'abstract'", "url"),  # those of listings have no span
    )
)

TESTS = (
    DataTest(
        "Every fact has its evidence: the characters of its span are its text.",
        f"""
        with spans(kind, paper_id, field, start, "end", text) as ({_SPANS})
        select spans.kind, spans.paper_id, spans.start, spans.text
        from spans
        join papers on papers.id = spans.paper_id
        where substr(
            case spans.field when 'title' then papers.title else papers.abstract end,
            spans.start + 1,
            spans."end" - spans.start
        ) <> spans.text
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
        "No claim has a value outside physical sense.",
        f"""
        select id, reason, value, quote
        from (select id, value, quote, case {_LIMITS} end as reason from claims)
        where reason is not null
        """,
    ),
    DataTest(
        "The entities of a claim are mentioned in its paper, each of the right kind.",
        """
        with named(claim_id, paper_id, entity_id, kind) as (
            select id, paper_id, dataset_id, 'dataset' from claims
            union all
            select id, paper_id, model_id, 'model' from claims
            union all
            select id, paper_id, hardware_id, 'hardware' from claims
            union all
            select id, paper_id, baseline_id, null from claims
        )
        select named.claim_id, named.entity_id
        from named
        join entities on entities.id = named.entity_id
        where named.kind <> entities.kind
            or not exists (
                select 1
                from mentions
                where mentions.entity_id = named.entity_id and mentions.paper_id = named.paper_id
            )
        """,
    ),
    DataTest(
        "A factor has a good direction, and is within physical sense.",
        """
        select id, factor, quote
        from claims
        where factor is not null and (better is null or factor > 1e31)
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
        "A topic of a paper has the year of the paper.",
        """
        select papers.id, papers.year, paper_topics.paper_year
        from paper_topics
        join papers on papers.id = paper_topics.paper_id
        where paper_topics.paper_year is not papers.year
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
        select id, rowid, position
        from (select id, rowid, row_number() over (order by id) as position from papers)
        where rowid <> position
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
        "Search knows a title of every paper.",
        """
        select name, length(papers), length(codes)
        from search_columns
        where name = 'title'
            and (
                length(codes) < 4 * (select count(*) from papers)
                or length(codes) <> length(papers)
            )
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
        "Search has a vector of every paper, in their order, or of none.",
        """
        select papers.id, search_vectors.paper_id, length(search_vectors.vector) as bytes
        from papers
        left join search_vectors on search_vectors.rowid = papers.rowid
        where exists (select 1 from search_vectors)
            and (papers.id is not search_vectors.paper_id or length(search_vectors.vector) <> 384)
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
                row_number() over (partition by paper_id order by rank) as position,
                lag(score) over (partition by paper_id order by rank) as score_before
            from similar_papers
        )
        where rank <> position or score > score_before or rank > 10
        """,
    ),
)
