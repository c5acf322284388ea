"""Identifies dumps that are all in memory, for tests."""

from collections.abc import Iterable
from typing import NamedTuple

from daily_papers.papers.identity import Register
from daily_papers.papers.merging import Organizations, entry
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
    ordered = sorted(dumps, key=lambda dump: dump.id)
    listed = [(dump, one) for dump in ordered for one in map(entry, dump.listings)]
    entries = [one for _, one in listed]
    register, organizations = Register(entries.__getitem__), Organizations()
    for dump, one in listed:
        listing = one.listing
        register.add(one.key, one.slug, listing.arxiv_id, dump.shown_on)
        organizations.add(listing.organization_id, listing.organization_name, dump.shown_on)
    found = register.papers()
    every = [found.with_authors(number) for number in range(len(found))]
    homes = found.homes()
    return Catalogue(
        [paper for paper, _ in every],
        organizations.listing({paper.organization_id or "" for paper, _ in every}),
        sorted({one for _, authors in every for one in authors}, key=lambda one: one.id),
        [
            (paper.id, position, one.id)
            for paper, authors in every
            for position, one in enumerate(authors, 1)
        ],
        {
            (dump.id, one.listing.rank): found.ids[homes[place]]
            for place, (dump, one) in enumerate(listed)
        },
    )
