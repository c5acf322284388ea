"""Reads a paper with all its facts: what it states, what it is compared with, similar papers."""

import json
from typing import Literal
from urllib.parse import urlencode

import msgspec

from daily_papers.papers import arxiv
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows
from daily_papers.site.views import claim_text, paper_answer
from daily_papers.site.views.annotate import Fact
from daily_papers.site.views.citations import Cited
from daily_papers.site.views.claim_text import Claim
from daily_papers.site.views.paper_answer import Mention, Paper, Similar, Source
from daily_papers.site.views.request_params import NoSuchPaper
from daily_papers.site.views.response_schema import Named
from daily_papers.site.views.shared_facts import PaperText, shared
from daily_papers.site.views.typed_rows import rows

_KINDS = {"hardware": "Hardware", "model": "Model", "dataset": "Dataset", "method": "Method"}
_ROLES = {"compared": ", compared with", "introduced": ", introduced here", "mentioned": ""}

PAPER = """
    select papers.*, organizations.name as organization
    from papers
    left join organizations on organizations.id = papers.organization_id
    where papers.id = :id
"""
AUTHORS = """
    select authors.id, authors.name
    from authorships
    join authors on authors.id = authorships.author_id
    where authorships.paper_id = :id
    order by authorships.position
"""
TOPICS = """
    select topics.id, topics.name, evidence, field, start, "end"
    from paper_topics
    join topics on topics.id = paper_topics.topic_id
    where paper_id = :id
    order by topics.name, topics.id
"""
_CLAIMS = """
    select
        claims.*, metrics.name as metric_name,
        (select name from entities where id = claims.dataset_id) as dataset,
        (select name from entities where id = claims.model_id) as model,
        row_number() over (order by claims.field desc, claims.start, claims.id) as number
    from claims
    join metrics on metrics.id = claims.metric
    where claims.paper_id = :id
    order by number
"""
_MENTIONS = """
    select
        mentions.id, mentions.text, mentions.field, mentions.start, mentions."end", mentions.role,
        entities.id as entity_id, entities.kind, entities.name, entities.family
    from mentions
    join entities on entities.id = mentions.entity_id
    where mentions.paper_id = :id
    order by mentions.field desc, mentions.start, mentions.id
"""
_LINKS = "select * from links where paper_id = :id order by start is null, start, url"
_COMPARES_WITH = """
    select
        entities.id as entity_id, entities.kind, entities.name, min(mentions.text) as written,
        introduced.id as paper_id, introduced.title
    from mentions
    join entities on entities.id = mentions.entity_id
    left join papers as introduced
        on introduced.id = entities.paper_id and introduced.id <> mentions.paper_id
    where mentions.paper_id = :id and mentions.role = 'compared'
    group by entities.id
    order by introduced.id is null, entities.name, entities.id
"""
_COMPARED_BY = """
    select
        entities.id as entity_id, entities.name, papers.id as paper_id, papers.title,
        papers.name as paper_name, papers.published_on,
        max(mentions.role = 'compared') as is_compared
    from entities
    cross join mentions on mentions.entity_id = entities.id
        and mentions.paper_id <> entities.paper_id
    cross join papers on papers.id = mentions.paper_id
    where entities.paper_id = :id
    group by papers.id
    order by is_compared desc, papers.published_on desc, papers.id
    limit 50
"""
_SIMILAR = """
    select papers.id, papers.name, papers.title, papers.abstract, papers.year, similar_papers.score
    from similar_papers
    join papers on papers.id = similar_papers.similar_id
    where similar_papers.paper_id = :id
    order by similar_papers.rank
"""
_LISTINGS = """
    select
        dumps.id as dump_id, dumps.file, dumps.shown_on, dumps.listing_count, listings.rank,
        listings.first_line, listings.last_line, listings.title_as_listed, listings.listed_on,
        listings.upvote_count, listings.comment_count
    from listings
    join dumps on dumps.id = listings.dump_id
    where listings.paper_id = :id
    order by dumps.shown_on is null, dumps.shown_on desc, dumps.id, listings.rank
"""


def resolve_id(database: SearchDatabase, key: str) -> str:
    """Return the id of the paper that a key names: the id itself, or an arXiv id in any form.

    Raises:
        NoSuchPaper: there is none.
    """
    requested_id = arxiv.arxiv_id(key)
    if requested_id:
        papers = paper_rows(database, database.numbers_with_arxiv_id(requested_id))
    else:
        papers = database.rows("select id from papers where id = ?", key)
    for row in papers:
        return str(row["id"])
    raise NoSuchPaper(key, requested_id)


def paper(database: SearchDatabase, paper_id: str, with_similar: bool = True) -> Paper | None:
    """Return all that the database knows of a paper, or None where there is no such paper."""
    for row in database.rows(PAPER, id=paper_id):
        row |= {column: json.loads(row[column]) for column in ("topics", "hardware", "models")}
        row |= {
            "has_code": bool(row["has_code"]),
            "authors": rows(database, Named, AUTHORS, id=paper_id),
            "about": rows(database, paper_answer.PaperTopic, TOPICS, id=paper_id),
            "claims": rows(database, Claim, _CLAIMS, id=paper_id),
            "mentions": rows(database, Mention, _MENTIONS, id=paper_id),
            "links": rows(database, paper_answer.Link, _LINKS, id=paper_id),
            "compares_with": rows(database, paper_answer.ComparesWith, _COMPARES_WITH, id=paper_id),
            "compared_by": rows(database, paper_answer.ComparedBy, _COMPARED_BY, id=paper_id),
            "similar": _similar(database, msgspec.convert(row, PaperText)) if with_similar else [],
            "listings": rows(database, paper_answer.Listing, _LISTINGS, id=paper_id),
            "sources": sources(row["title"], row["arxiv_id"], row["url"]),
        }
        return msgspec.convert(row, Paper)
    return None


def _similar(database: SearchDatabase, paper: PaperText) -> list[Similar]:
    return [
        msgspec.convert(
            {**row, "shares": shared(database, paper, msgspec.convert(row, PaperText))}, Similar
        )
        for row in database.rows(_SIMILAR, id=paper.id)
    ]


def sources(title: str, arxiv_id: str | None, url: str | None) -> list[Source]:
    """Return where a paper can be read, or searched for where its arXiv id is not known."""
    if arxiv_id:
        pages = [
            Source("arXiv", arxiv.abstract_url(arxiv_id), False),
            Source("PDF", arxiv.pdf_url(arxiv_id), False),
            Source("Hugging Face", arxiv.listing_url(arxiv_id), False),
        ]
    else:
        on_arxiv = urlencode({"query": title, "searchtype": "title"})
        on_hugging_face = urlencode({"q": title})
        pages = [
            Source("arXiv", f"https://arxiv.org/search/?{on_arxiv}", True),
            Source("Hugging Face", f"https://huggingface.co/papers?{on_hugging_face}", True),
        ]
    if url and url not in [page.url for page in pages]:
        pages.insert(0, Source("source page", url, False))
    return pages


def facts(paper: Paper, field: Literal["title", "abstract"]) -> list[Fact]:
    """Return the facts of a paper's title or abstract, as `annotate.segments` takes them."""
    claims = [
        Fact(
            "claim",
            claim.start,
            claim.end,
            claim_text.with_doubt(claim.words, claim.confidence),
            f"#claim-{claim.number}",
            f"mark-{claim.number}",
            claim.confidence >= claim_text.CONFIDENT,
        )
        for claim in paper.claims
        if claim.field == field
    ]
    mentions = [
        Fact(mention.kind, mention.start, mention.end, _label(mention), mention.entity_id)
        for mention in paper.mentions
        if mention.field == field
    ]
    return claims + mentions


def listed_days(paper: Paper) -> list[str]:
    """Return the days on which the paper was listed, as far as dumps state them, in order."""
    return sorted({listing.listed_on for listing in paper.listings if listing.listed_on})


def _label(mention: Mention) -> str:
    family = mention.family if mention.family != mention.name else None
    name = f"{mention.name} ({family})" if family else mention.name
    return f"{_KINDS[mention.kind]}: {name}{_ROLES[mention.role]}"


def cited(
    database: SearchDatabase, paper_id: str, page_url: str = "", topics: tuple[str, ...] = ()
) -> Cited | None:
    """Return a paper as citations and feeds have it; `page_url` is the address of its page here."""
    authors = tuple(row["name"] for row in database.rows(AUTHORS, id=paper_id))
    for row in database.rows(PAPER, id=paper_id):
        row |= {"page_url": page_url, "authors": authors, "topics": topics}
        return msgspec.convert(row, Cited)
    return None
