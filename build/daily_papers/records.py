"""What passes from place to place: the records of a dump, and the rows that the database keeps."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

DateBasis = Literal["stated", "inferred"]
Format = Literal["text", "html", "json"]
Field = Literal["title", "abstract"]
Effect = Literal["increase", "decrease", "level"]
EntityKind = Literal["hardware", "model", "dataset", "method"]
Role = Literal["mentioned", "compared", "introduced"]
Bound = Literal["up to", "at least", "about", "average"]
LinkSource = Literal["abstract", "listing"]


class Record(Struct, frozen=True, array_like=True):
    """What passes from package to package: its fields, in this order, as values of its own."""


class DumpError(Exception):
    """A dump that cannot be read: names the file, the line if there is one, what was expected."""

    def __init__(self, file: str, line: int | None, problem: str) -> None:
        """Take the file's name, the line (from 1; None for the whole file) and one sentence."""
        super().__init__(file, line, problem)
        self.file, self.line, self.problem = file, line, problem

    def __str__(self) -> str:
        """Return "file:line: problem", one line."""
        file = "".join(
            char if char.isprintable() else char.encode("unicode_escape").decode()
            for char in self.file
        )
        return f"{file if self.line is None else f'{file}:{self.line}'}: {self.problem}"


class Listing(Record, frozen=True):
    """A paper as one dump lists it; text is as it was saved, but for white space.

    Lines count from 1 and are inclusive; `line_count` leaves out blank ones, and those that an
    earlier listing has too. `published_on`, the paper's own date, and `listed_on`, the day it was
    listed, are ISO 8601 (YYYY-MM-DD). What the dump does not state is None; an abstract that it
    does not state is "".
    """

    rank: int
    title: str
    abstract: str
    first_line: int
    last_line: int
    line_count: int
    published_text: str | None = None
    published_on: str | None = None
    published_basis: DateBasis | None = None
    author_count: int | None = None
    comment_count: int | None = None
    upvote_count: int | None = None
    organization_id: str | None = None
    organization_name: str | None = None
    listed_on: str | None = None
    arxiv_id: str | None = None
    url: str | None = None
    authors: tuple[str, ...] | None = None
    code_url: str | None = None
    project_url: str | None = None


class Furniture(Record, frozen=True):
    """A line of the file that is no listing: its number and the name of the part it belongs to."""

    line: int
    part: str


class Dump(Record, frozen=True):
    """One saved file: where it came from, when the page was shown, and what it lists, in order."""

    id: str
    file: str
    format: Format
    sha256: str
    bytes: int
    shown_on_text: str | None
    shown_on: str | None
    shown_on_basis: DateBasis | None
    listings: tuple[Listing, ...]
    furniture: tuple[Furniture, ...]
    line_count: int  # lines that are not blank
    item_count: int  # papers that it lists, counted without its reader
    states: tuple[str, ...]  # what its records state, found so too


class CleanListing(Record, frozen=True):
    """What a listing says of its paper, in plain Unicode on one line; a title is identified by its
    `key`, and `slug` is the id made from it. The other fields are those of Listing."""

    title: str
    key: str
    slug: str
    abstract: str
    published_on: str | None
    published_basis: DateBasis | None
    author_count: int | None
    comment_count: int | None
    upvote_count: int | None
    organization_id: str | None
    organization_name: str | None
    arxiv_id: str | None
    url: str | None
    authors: tuple[str, ...] | None
    code_url: str | None
    project_url: str | None


class Paper(Record, frozen=True):
    """One row of `papers`, its text clean Unicode; the names of its authors in order, and where
    listings say its code and its page are."""

    id: str
    title: str
    abstract: str
    published_on: str | None
    published_basis: DateBasis | None
    year: int | None
    author_count: int | None
    comment_count: int | None
    upvote_count: int | None
    organization_id: str | None
    arxiv_id: str | None
    url: str | None
    authors: tuple[str, ...] = ()
    code_url: str | None = None
    project_url: str | None = None


class Organization(Record, frozen=True):
    """One row of `organizations`: the handle, and the name it shows."""

    id: str
    name: str


class Author(Record, frozen=True):
    """One row of `authors`: a name, and the id made from it."""

    id: str
    name: str


class Claim(Record, frozen=True):
    """One number that a paper states as its result; quote is `text[start:end]` of its field."""

    quote: str
    field: Field
    start: int
    end: int
    sentence: str
    value: float
    value_low: float | None
    unit: str
    metric: str
    effect: Effect
    bound: Bound | None
    baseline: str | None
    hardware: str | None
    subject: str | None
    is_improvement: bool | None


class RejectedCandidate(Record, frozen=True):
    """A number that is no claim, and the name of the rule that says so."""

    text: str
    field: Field
    start: int
    end: int
    reason: str


class PaperTopic(Record, frozen=True):
    """A topic of a paper, and the phrase that says so best."""

    topic_id: str
    evidence: str
    field: Field
    start: int
    end: int


class Mention(Record, frozen=True):
    """A name in a title or an abstract; mentions with the same kind and key name one entity."""

    text: str
    field: Field
    start: int
    end: int
    role: Role
    kind: EntityKind
    key: str  # letters and digits alone, vendor and size of memory left out
    family: str | None
    listed: bool  # the vocabulary knows it, and so its kind


class Link(Record, frozen=True):
    """A URL as the abstract writes it, closing punctuation left out, and where; or as a listing
    names it, which has no place in the abstract."""

    url: str
    kind: str
    host: str
    owner: str | None
    repository: str | None
    source: LinkSource
    start: int | None
    end: int | None


class Facts(Record, frozen=True):
    """What one paper states."""

    name: str | None
    type: str
    topics: tuple[PaperTopic, ...]
    claims: tuple[Claim, ...]
    rejected: tuple[RejectedCandidate, ...]
    links: tuple[Link, ...]
    mentions: tuple[Mention, ...]  # last: a digest keeps them apart


class Entity(Record, frozen=True):
    """One row of `entities`: a named thing, and the paper that introduces it, if it is here."""

    id: str
    kind: EntityKind
    name: str
    family: str | None
    paper_id: str | None


class PackedStrings(Sequence[str]):
    """Strings by number, one behind the other in memory.

    Millions of objects would cost several times as much, and processes could not share them: to
    look at an object writes to it.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        """Take the first strings."""
        self._bytes, self._ends = bytearray(), array("Q", [0])
        for string in strings:
            self.append(string)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def append(self, string: str) -> None:
        """Take the next string."""
        self._bytes += string.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:  # type: ignore[override] # no slices
        """Return a string."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()
