"""Declares the JSON answer of a paper with all its facts."""

from typing import Annotated

from msgspec import Meta, Struct

from daily_papers.site.views.claim_text import Claim
from daily_papers.site.views.response_schema import Answer, Named, Url
from daily_papers.site.views.shared_facts import Shared


class Span(Struct, kw_only=True):
    """Characters [start, end) of a field."""

    field: str
    start: int
    end: int


class PaperTopic(Span, kw_only=True):
    """A topic, and the words that say so."""

    id: str
    name: str
    evidence: str


class Mention(Span, kw_only=True):
    """A way in which the paper names an entity."""

    id: str
    text: str
    role: str
    entity_id: str
    kind: str
    name: str
    family: str | None


class Link(Struct):
    """A row of the table links."""

    paper_id: str
    url: str
    kind: str
    host: str
    owner: str | None
    repository: str | None
    source: str
    start: int | None
    end: int | None


class ComparesWith(Struct):
    """An entity that the paper is compared with, and the paper here that introduces it."""

    entity_id: str
    kind: str
    name: str
    written: str
    paper_id: str | None
    title: str | None


class ComparedBy(Struct):
    """Another paper that names what the paper introduces."""

    entity_id: str
    name: str
    paper_id: str
    title: str
    paper_name: str | None
    published_on: str | None
    is_compared: Annotated[int, Meta(description="1 where it is compared, else 0.")]


class Similar(Struct):
    """A similar paper, and what both share."""

    id: str
    name: str | None
    title: str
    year: int | None
    score: float
    shares: Shared


class Listing(Struct):
    """A dump that lists the paper, and where."""

    dump_id: str
    file: str
    shown_on: str | None
    listing_count: int
    rank: int
    first_line: int
    last_line: int
    title_as_listed: str
    listed_on: str | None
    upvote_count: int | None
    comment_count: int | None


class Source(Struct):
    """A page that has the paper, or a search for it."""

    name: str
    url: Url
    is_search: bool


class Paper(Struct, kw_only=True):
    """A paper and all that was found in its title and abstract."""

    id: str
    name: str | None
    title: str
    abstract: str
    type: str
    published_on: str | None
    published_basis: str | None
    year: int | None
    author_count: int | None
    comment_count: int | None
    upvote_count: int | None
    organization_id: str | None
    arxiv_id: str | None
    url: str | None
    withdrawn_on: str | None
    has_code: bool
    topics: list[str]
    hardware: list[str]
    models: list[str]
    organization: str | None
    authors: list[Named]
    about: list[PaperTopic]
    claims: list[Claim]
    mentions: list[Mention]
    links: list[Link]
    compares_with: list[ComparesWith]
    compared_by: list[ComparedBy]
    similar: list[Similar]
    listings: list[Listing]
    sources: Annotated[
        list[Source], Meta(description="Where the paper itself can be read, or looked for.")
    ]


class PaperAnswer(Answer, kw_only=True):
    """A paper."""

    paper: Paper
