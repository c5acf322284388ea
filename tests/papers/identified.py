"""Identifies the papers of dumps in memory, for tests."""

from collections.abc import Iterable
from typing import NamedTuple

from daily_papers.papers.cleaning import clean_listing
from daily_papers.papers.identity import Register
from daily_papers.papers.merging import Organizations, merge
from daily_papers.papers.titles import key_and_slug
from daily_papers.records import Dump, Organization, Paper


class Catalogue(NamedTuple):
    """The papers and organizations of some dumps, and the id of the paper of each dump and rank."""

    papers: list[Paper]
    organizations: list[Organization]
    paper_ids: dict[tuple[str, int], str]


def identify(dumps: Iterable[Dump]) -> Catalogue:
    """Group the listings of dumps into papers."""
    listed = [
        (dump, listing)
        for dump in sorted(dumps, key=lambda dump: dump.id)
        for listing in dump.listings
    ]
    clean = [clean_listing(listing) for _, listing in listed]
    register, organizations = Register(clean.__getitem__), Organizations()
    for (dump, _), listing in zip(listed, clean, strict=True):
        day = dump.shown_on or listing.listed_on
        register.add(*key_and_slug(listing.title), listing.arxiv_id, day)
        organizations.add(listing.organization_id, listing.organization_name, day)
    identified = register.papers()
    papers = [
        merge(paper_id, [clean[number] for number in listings])
        for paper_id, listings in zip(identified.ids, identified.groups(), strict=True)
    ]
    numbers = identified.paper_numbers()
    return Catalogue(
        papers,
        organizations.listing({paper.organization_id or "" for paper in papers}),
        {
            (dump.id, listing.rank): identified.ids[numbers[number]]
            for number, (dump, listing) in enumerate(listed)
        },
    )
