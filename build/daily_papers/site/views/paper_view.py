"""Reads all that is known of a paper: what it states, what it is compared with, what is near."""

import json
from typing import Any
from urllib.parse import urlencode

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import claim_text
from daily_papers.site.views.annotate import Fact
from daily_papers.site.views.citations import Cited
from daily_papers.site.views.shared_facts import shared

Row = dict[str, Any]
_KINDS = {"hardware": "Hardware", "model": "Model", "dataset": "Data set", "method": "Method"}

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
    order by topics.name
"""
CLAIMS = """
    select claims.*, metrics.name as metric_name
    from claims
    join metrics on metrics.id = claims.metric
    where claims.paper_id = :id
    order by claims.field desc, claims.start, claims.id
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
_COMPARED = """
    select
        entities.id as entity_id, entities.kind, entities.name, min(mentions.text) as written,
        introduced.id as paper_id, introduced.title
    from mentions
    join entities on entities.id = mentions.entity_id
    left join papers as introduced
        on introduced.id = entities.paper_id and introduced.id <> mentions.paper_id
    where mentions.paper_id = :id and mentions.role = 'compared'
    group by entities.id
    order by introduced.id is null, entities.name
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
        listings.first_line, listings.last_line, listings.title_as_listed, listings.listed_on
    from listings
    join dumps on dumps.id = listings.dump_id
    where listings.paper_id = :id
    order by dumps.shown_on is null, dumps.shown_on desc, dumps.id, listings.rank
"""


def paper(corpus: SearchDatabase, paper_id: str, near: bool = True) -> Row | None:
    """Return all that the database knows of a paper, or None where there is no such paper.

    Without `near`, the similar papers are left out.
    """
    found = corpus.rows(PAPER, id=paper_id)
    if not found:
        return None
    (one,) = found
    for column in ("topics", "hardware", "models"):
        one[column] = json.loads(one[column])
    one["has_code"] = bool(one["has_code"])
    one["authors"] = corpus.rows(AUTHORS, id=paper_id)
    one["about"] = corpus.rows(TOPICS, id=paper_id)
    one["claims"] = claims(corpus, paper_id)
    one["mentions"] = corpus.rows(_MENTIONS, id=paper_id)
    one["links"] = corpus.rows(_LINKS, id=paper_id)
    one["compares_with"] = corpus.rows(_COMPARED, id=paper_id)
    one["compared_by"] = corpus.rows(_COMPARED_BY, id=paper_id)
    one["similar"] = _similar(corpus, one) if near else []
    one["listings"] = corpus.rows(_LISTINGS, id=paper_id)
    one["sources"] = sources(one)
    return one


def claims(corpus: SearchDatabase, paper_id: str) -> list[Row]:
    """Return the claims of a paper in the order of its text, each with its words."""
    found = corpus.rows(CLAIMS, id=paper_id)
    for place, claim in enumerate(found, 1):
        claim["number"] = place
        claim["words"] = claim_text.words(claim)
        claim["amount"] = claim_text.amount(claim)
        claim["direction"] = claim_text.direction(claim)
    return found


def _similar(corpus: SearchDatabase, one: Row) -> list[Row]:
    found = corpus.rows(_SIMILAR, id=one["id"])
    for other in found:
        other["shares"] = shared(corpus, one, other)
        del other["abstract"]
    return found


def sources(one: Row) -> list[Row]:
    """Return where the paper itself can be read, or looked for where no arXiv id is known."""
    if one["arxiv_id"]:
        at = one["arxiv_id"]
        found = [
            {"name": "arXiv", "url": f"https://arxiv.org/abs/{at}", "is_search": False},
            {"name": "Hugging Face", "url": f"https://huggingface.co/papers/{at}",
             "is_search": False},
        ]  # fmt: skip
        if one["url"] and one["url"] != found[1]["url"]:
            found.insert(0, {"name": "source page", "url": one["url"], "is_search": False})
        return found
    title = {"query": one["title"], "searchtype": "title"}
    return [
        *([{"name": "source page", "url": one["url"], "is_search": False}] if one["url"] else []),
        {"name": "arXiv", "url": f"https://arxiv.org/search/?{urlencode(title)}",
         "is_search": True},
        {"name": "Hugging Face",
         "url": f"https://huggingface.co/papers?{urlencode({'q': one['title']})}",
         "is_search": True},
    ]  # fmt: skip


def facts(one: Row, field: str) -> list[Fact]:
    """Return the facts of a paper's title or abstract, as `marking.segments` takes them."""
    found = [
        Fact("claim", claim["start"], claim["end"], claim["words"], f"#claim-{claim['number']}")
        for claim in one["claims"]
        if claim["field"] == field
    ]
    for mention in one["mentions"]:
        if mention["field"] == field:
            found.append(
                Fact(
                    mention["kind"],
                    mention["start"],
                    mention["end"],
                    _said(mention),
                    mention["entity_id"],
                )
            )
    return found


def _said(mention: Row) -> str:
    said = f"{_KINDS[mention['kind']]}: {mention['name']}"
    if mention["family"] and mention["family"] != mention["name"]:
        said += f" ({mention['family']})"
    role = {"compared": ", compared with", "introduced": ", introduced here"}
    return said + role.get(mention["role"], "")


def cited(corpus: SearchDatabase, paper_id: str, url: str) -> Cited | None:
    """Return what a citation of a paper needs; `url` is the address of its page."""
    found = corpus.rows(PAPER, id=paper_id)
    if not found:
        return None
    (one,) = found
    authors = tuple(row["name"] for row in corpus.rows(AUTHORS, id=paper_id))
    keys = ("id", "title", "abstract", "name", "organization", "author_count", "published_on",
            "year", "arxiv_id")  # fmt: skip
    return Cited(**{key: one[key] for key in keys}, authors=authors, url=url)
