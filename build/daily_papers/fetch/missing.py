"""Asks a service for the papers of a database that have no arXiv id, by their titles.

An answer is taken for a paper if a build would make them one: the keys of the titles are the same,
and the abstracts agree (papers/identity.py). Of several papers that fit, none is taken.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain, filterfalse
from pathlib import Path

from daily_papers.fetch import loop, validation
from daily_papers.fetch.client import ResponseError, Service, UnavailableError
from daily_papers.fetch.loop import FetchResult, Note
from daily_papers.fetch.saved_answers import Candidate, SavedAnswers, candidates
from daily_papers.papers.identity import abstracts_agree
from daily_papers.papers.titles import key_and_slug, title_words

_SEARCH = "/api/papers/search"
_LIMIT = 20  # papers requested of a search; that of the title is among the first
_LONGEST_QUERY = 200  # characters
_FEW_WORDS = 10  # of the second query
# Papers that had no answer, one a line; `build` skips hidden files. The file is also the lock.
_UNANSWERED = ".daily-papers-missing"
_FAILED = "?"  # before those whose answers failed

_PAPERS = """
    select id, title, abstract
    from papers
    where arxiv_id is null and abstract <> ''
    order by id
"""


class DatabaseError(Exception):
    """A file that is no database of papers."""


@dataclass(frozen=True)
class MissingPaper:
    """A paper without an arXiv id: its id, title and abstract in the database."""

    name: str
    title: str
    abstract: str


@dataclass
class _Matches:
    """The papers that were answered for one, by id: those that fit, and those of the same title
    with another abstract; and how many records could not be read."""

    fitting: dict[str, Candidate] = field(default_factory=dict)
    namesakes: set[str] = field(default_factory=set)
    unreadable: int = 0

    def add(self, paper: MissingPaper, answer: bytes) -> None:
        """Add what an answer has for a paper; raise ResponseError if it is no list of papers."""
        records = validation.read_list(answer)
        read = candidates(records)
        self.unreadable += len(records) - len(read)
        for candidate in read:
            if candidate.key != key_and_slug(paper.title)[0]:
                continue
            if abstracts_agree(candidate.listing.abstract, paper.abstract):
                self.fitting.setdefault(candidate.id, candidate)
            else:
                self.namesakes.add(candidate.id)

    def doubt(self) -> str | None:
        """Return a warning about what was not read."""
        return f"records that are no papers: {self.unreadable}" if self.unreadable else None

    def problem(self) -> str:
        """Return why no paper was taken."""
        if self.fitting:
            return f"several papers fit: {_joined(self.fitting)}"
        if self.namesakes:
            return f"its title, but not its abstract, is that of {_joined(self.namesakes)}"
        return "no such paper"


def fetch(
    database: Path, folder: Path, service: Service, most: int, again: bool = False
) -> Iterator[FetchResult]:
    """Ask for at most `most` papers that were not asked for before; yield the result of each.

    With `again`, papers that had no answer are asked for once more.

    Raises:
        DatabaseError: it is no database of papers.
        DumpError: a file in the folder has the name of one for answers, and is none.
        OSError: the folder cannot be written, or another fetch is saving into it.
    """
    with loop.noted(folder / _UNANSWERED, again) as (unanswered, note):
        saved = SavedAnswers(folder)

        def known(paper: MissingPaper) -> FetchResult | None:
            if saved.has(paper.title, paper.abstract):
                return FetchResult("there", paper.name, "saved before")
            if paper.name in unanswered:
                return FetchResult("skipped", paper.name, "it had no answer before")
            return None

        def ask(paper: MissingPaper) -> FetchResult:
            try:
                return _ask(paper, saved, service, note)
            except (ResponseError, UnavailableError):
                note(_FAILED + paper.name)
                raise

        def has_failed(paper: MissingPaper) -> bool:
            return _FAILED + paper.name in unanswered

        # What failed before comes last: papers that always fail keep no others waiting.
        new = filterfalse(has_failed, _missing(database))
        papers = chain(new, filter(has_failed, _missing(database)))
        yield from loop.in_turn(papers, known, ask, service, most)


def _missing(database: Path) -> Iterator[MissingPaper]:
    """Yield the papers to ask for, by id: without an abstract, no answer could be judged."""
    address = f"{database.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            for row in connection.execute(_PAPERS):
                yield MissingPaper(*row)
    except sqlite3.Error as error:
        problem = f"{database}: not a database that daily-papers built ({error})"
        raise DatabaseError(problem) from error


def _ask(paper: MissingPaper, saved: SavedAnswers, service: Service, note: Note) -> FetchResult:
    """Search for a paper; save the answer that fits, or note that there is none."""
    matches = _Matches()
    for number, query in enumerate(queries(paper.title)):
        if number:
            service.sleep(service.pause)
        matches.add(paper, service.get(_SEARCH, {"q": query, "limit": str(_LIMIT)}))
        if matches.fitting:
            break
    if len(matches.fitting) == 1:
        (candidate,) = matches.fitting.values()
        text = f"{saved.save(candidate, paper.title)}, {candidate.id}"
        return FetchResult("saved", paper.name, text, matches.doubt())
    note(paper.name)
    kind: loop.Kind = "ambiguous" if matches.fitting else "empty"
    return FetchResult(kind, paper.name, matches.problem(), matches.doubt())


def queries(title: str) -> list[str]:
    """Return what to search for: a title, and, if that is something else, its first words without
    signs and accents, as these may mean something to a search."""
    whole = _shortened(title)
    words = _shortened(" ".join(title_words(title)[:_FEW_WORDS]))
    return [whole, words] if words and words != whole.casefold() else [whole]


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_QUERY:
        return text
    return text[: _LONGEST_QUERY + 1].rpartition(" ")[0] or text[:_LONGEST_QUERY]


def _joined(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids))
