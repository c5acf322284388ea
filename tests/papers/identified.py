"""Identifies dumps that are all in memory, for tests."""

from collections.abc import Iterable
from typing import NamedTuple

from daily_papers.papers.cleaning import clean_listing
from daily_papers.papers.identity import Register
from daily_papers.papers.merging import Organizations, merge
from daily_papers.papers.titles import author_id
from daily_papers.records import Author, Dump, Organization, Paper


class Catalogue(NamedTuple):
    """What the listings of some dumps come to; `paper_ids` goes by dump and rank, `authorships` are
    of paper, position and author."""

    papers: list[Paper]
    organizations: list[Organization]
    authors: list[Author]
    authorships: list[tuple[str, int, str]]
    paper_ids: dict[tuple[str, int], str]


def identify(dumps: Iterable[Dump]) -> Catalogue:
    """Tell which papers the listings of dumps are."""
    listed = [
        (dump, listing)
        for dump in sorted(dumps, key=lambda dump: dump.id)
        for listing in dump.listings
    ]
    clean = [clean_listing(listing) for _, listing in listed]
    register, organizations = Register(clean.__getitem__), Organizations()
    for (dump, _), listing in zip(listed, clean, strict=True):
        register.add(listing.key, listing.slug, listing.arxiv_id, dump.shown_on)
        organizations.add(listing.organization_id, listing.organization_name, dump.shown_on)
    identified = register.papers()
    papers = [
        merge(paper_id, [clean[number] for number in listings])
        for paper_id, listings in zip(identified.ids, identified.groups(), strict=True)
    ]
    names = {name for paper in papers for name in paper.authors}
    numbers = identified.paper_numbers()
    return Catalogue(
        papers,
        organizations.listing({paper.organization_id or "" for paper in papers}),
        sorted((Author(author_id(name), name) for name in names), key=lambda author: author.id),
        [
            (paper.id, position, author_id(name))
            for paper in papers
            for position, name in enumerate(paper.authors, 1)
        ],
        {
            (dump.id, listing.rank): identified.ids[numbers[number]]
            for number, (dump, listing) in enumerate(listed)
        },
    )
