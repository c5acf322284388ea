"""Keeps papers that a service answered, in a file for each month of arXiv ids.

A file has the records as the service answers them, without accounts, in the order of their ids. Its
date is null: it is not what was shown on a day, though each record states the day of its listing.
"""

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from daily_papers.dumps import saved_file
from daily_papers.dumps.answers import api
from daily_papers.fetch import loop, validation
from daily_papers.fetch.client import ResponseError
from daily_papers.papers.arxiv import listing_url
from daily_papers.papers.cleaning import clean_listing
from daily_papers.papers.identity import abstracts_agree
from daily_papers.papers.titles import key_and_slug
from daily_papers.records import CleanListing, DumpError

_NAME = "daily-papers-missing-{}.json"  # of the first digits of arXiv ids, the year and the month


@dataclass(frozen=True)
class Candidate:
    """A paper that a service answered: its record without accounts, as a build reads it."""

    record: validation.Json
    listing: CleanListing

    @property
    def id(self) -> str:
        """The arXiv id, or else the id of the paper's page."""
        return str(self.listing.url).removeprefix(listing_url(""))

    @property
    def key(self) -> str:
        """The key of its title."""
        return key_and_slug(self.listing.title)[0]

    def entitled(self, title: str) -> "Candidate":
        """Return it with this spelling of its title, if the id that a build makes of its own
        differs: a paper keeps its id."""
        if key_and_slug(title) == key_and_slug(self.listing.title):
            return self
        paper = {**self.record["paper"], "title": title}
        return Candidate({**self.record, "title": title, "paper": paper}, self.listing)


def candidates(records: Sequence[object]) -> list[Candidate]:
    """Return those of an answer's records that a build reads.

    Raises:
        ResponseError: there are records, and a build reads none.
    """
    read = [candidate for record in records if (candidate := _candidate(record))]
    if records and not read:
        raise ResponseError("the answer is JSON, but no list of papers")
    return read


def _candidate(record: object) -> Candidate | None:
    if not validation.is_paper(record):
        return None
    kept = validation.without_accounts(record)
    kept.pop("publishedAt", None)  # the paper's own day, some hours off: no day of listing
    try:
        dump = api.read(validation.to_json(kept), Path())
    except (ResponseError, DumpError):
        return None
    listings = (clean_listing(listing) for listing in dump.listings if listing.url)
    return next((Candidate(kept, listing) for listing in listings), None)


class SavedAnswers:
    """The files of a folder, and the abstracts in them by the key of the title."""

    def __init__(self, folder: Path) -> None:
        """Read the files; raise DumpError for what has the name of one, and is none."""
        self._folder = folder
        self._abstracts: defaultdict[str, list[str]] = defaultdict(list)
        for path in sorted(folder.glob(_NAME.format("*"))):
            for candidate in _read(path):
                self._abstracts[candidate.key].append(candidate.listing.abstract)

    def has(self, title: str, abstract: str) -> bool:
        """Tell whether the paper of a title and an abstract was saved."""
        abstracts = self._abstracts.get(key_and_slug(title)[0], ())
        return any(abstracts_agree(abstract, saved) for saved in abstracts)

    def save(self, candidate: Candidate, title: str) -> Path:
        """Save a paper that is known by this title; return its file."""
        digits = re.search(r"\d{4}", candidate.listing.arxiv_id or "")
        path = self._folder / _NAME.format(digits[0] if digits else "other")
        papers = {saved.id: saved for saved in (_read(path) if path.exists() else ())}
        papers[candidate.id] = candidate.entitled(title)
        records = [papers[paper_id].record for paper_id in sorted(papers)]
        loop.save(path, validation.to_json({"date": None, "papers": records}))
        self._abstracts[candidate.key].append(candidate.listing.abstract)
        return path


def _read(path: Path) -> list[Candidate]:
    try:
        records = json.loads(saved_file.read(path))["papers"]
        if isinstance(records, list) and len(papers := candidates(records)) == len(records):
            return papers
    except (ValueError, TypeError, KeyError, RecursionError, ResponseError):
        pass
    raise DumpError(str(path), None, "not what fetch saves under this name: remove or rename it")
