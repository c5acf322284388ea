"""Declares the records that packages exchange: those of dumps, of papers and of facts."""

from array import array
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from msgspec import Struct

Day = Annotated[str, "day"]  # YYYY-MM-DD
DateBasis = Literal["stated", "inferred"]
YearBasis = Literal["stated", "inferred", "arxiv id"]
Format = Literal["text", "html", "json", "feed"]
Action = Literal["left out", "repaired"]
Field = Literal["title", "abstract"]
Effect = Literal["increase", "decrease", "level"]
EntityKind = Literal["hardware", "model", "dataset", "method"]
Role = Literal["mentioned", "compared", "introduced"]
Bound = Literal["up to", "at least", "about", "average"]
LinkSource = Literal["abstract", "listing"]
Better = Literal["higher", "lower"]
SynonymKind = Literal["same", "near"]


class Record(Struct, frozen=True, array_like=True):
    """A record; msgspec encodes it as an array of its fields in this order."""


class DumpError(Exception):
    """A dump that cannot be read: the error names the file, the line if any, and the problem."""

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
    """A paper as a dump lists it; texts are as they were saved, except for white space.

    Lines count from 1, and `last_line` is included; `line_count` leaves out blank lines, and lines
    that an earlier listing has, too. `published_on` (date of the paper), `listed_on` (day of the
    listing) and `withdrawn_on` (day on which the paper was withdrawn) are ISO 8601 (YYYY-MM-DD).
    Values that the dump does not state are None; a missing abstract is "".
    """

    rank: int
    title: str
    abstract: str
    first_line: int
    last_line: int
    line_count: int
    published_text: str | None = None
    published_on: Day | None = None
    published_basis: DateBasis | None = None
    author_count: int | None = None
    comment_count: int | None = None
    upvote_count: int | None = None
    organization_id: str | None = None
    organization_name: str | None = None
    listed_on: Day | None = None
    arxiv_id: str | None = None
    url: str | None = None
    authors: tuple[str, ...] | None = None
    code_url: str | None = None
    project_url: str | None = None
    withdrawn_on: Day | None = None


class CleanListing(Listing, frozen=True):
    """A listing whose texts are plain Unicode on one line."""


class Furniture(Record, frozen=True):
    """A line of the file outside of listings: its number, and the name of its part of the page."""

    line: int
    part: str


class Problem(Record, frozen=True):
    """Something of a dump that was not understood, and what was done about it.

    `line` counts from 1; `record` is the rank that the listing has, or would have. Without a record
    it is of the file; without a field it is the whole record.
    """

    line: int | None
    record: int | None
    field: str | None
    found: str
    expected: str
    action: Action

    def __str__(self) -> str:
        """Return what it is on one line: "record 2, paper.upvotes: found …, expected …"."""
        where = f"record {self.record}" if self.record else ""
        where = ", ".join(filter(None, (where, self.field)))
        prefix = f"{where}: " if where else ""
        return f"{prefix}found {self.found}, expected {self.expected}; {self.action}"


class Dump(Record, frozen=True):
    """A saved file: its source, the day when the page was shown, its listings in order, and what of
    it was not understood.

    Ranks of listings have a gap where a record was left out, which is one of the problems.
    """

    id: str
    file: str
    format: Format
    sha256: str
    bytes: int
    shown_on_text: str | None
    shown_on: Day | None
    shown_on_basis: DateBasis | None
    listings: tuple[Listing, ...]
    furniture: tuple[Furniture, ...]
    problems: tuple[Problem, ...]
    line_count: int  # lines that are not blank
    item_count: int  # papers that it lists, counted without its reader (dumps/recall.py)
    states: tuple[str, ...]  # what its records state, also without its reader


class Paper(Record, frozen=True):
    """A row of `papers` in clean Unicode, with the names of authors in order, and the URLs of code
    and project page that listings state."""

    id: str
    title: str
    abstract: str
    published_on: Day | None
    published_basis: YearBasis | None
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
    withdrawn_on: Day | None = None


class Organization(Record, frozen=True):
    """A row of `organizations`: the handle, and the name."""

    id: str
    name: str


class Claim(Record, frozen=True):
    """A number that a paper states as its result; `quote` is `text[start:end]` of its field.

    `better` says which way is good for what is measured. `is_change` says whether `value_low` and
    `value` are states before and after, and not the ends of a range. The keys are those of mentions
    that dataset, model, hardware and baseline name. `confidence` is in percent.
    """

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
    is_change: bool | None = None
    better: Better | None = None
    measured: str | None = None
    factor: float | None = None
    factor_bound: Bound | None = None
    dataset_key: str | None = None
    model_key: str | None = None
    hardware_key: str | None = None
    baseline_key: str | None = None
    confidence: int = 100


class RejectedCandidate(Record, frozen=True):
    """A number that is not a claim, and the name of the rule that rejected it; `confidence` that
    it is none is in percent."""

    text: str
    field: Field
    start: int
    end: int
    reason: str
    confidence: int = 100


class PaperTopic(Record, frozen=True):
    """A topic of a paper, and the phrase that is the best evidence."""

    topic_id: str
    evidence: str
    field: Field
    start: int
    end: int


class Mention(Record, frozen=True):
    """A name in a title or an abstract; mentions with the same key name the same entity."""

    text: str
    field: Field
    start: int
    end: int
    role: Role
    kind: EntityKind
    key: str  # letters and digits only, without vendor and memory size
    family: str | None
    listed: bool  # the vocabulary has the name, and so its kind
    confidence: int = 100  # percent


class Link(Record, frozen=True):
    """A URL of an abstract without closing punctuation, and its span; or a URL that a listing
    states, without a span."""

    url: str
    kind: str
    host: str
    owner: str | None
    repository: str | None
    source: LinkSource
    start: int | None
    end: int | None


class Facts(Record, frozen=True):
    """The facts that a paper states."""

    name: str | None
    type: str
    topics: tuple[PaperTopic, ...]
    claims: tuple[Claim, ...]
    rejected: tuple[RejectedCandidate, ...]
    links: tuple[Link, ...]
    mentions: tuple[Mention, ...]


class Entity(Record, frozen=True):
    """A row of `entities`: a named thing, and the paper that introduces it, if that is known."""

    id: str
    kind: EntityKind
    name: str
    family: str | None
    paper_id: str | None


class PackedStrings(Sequence[str]):
    """Strings by number in one block of memory.

    Millions of str objects would take several times as much memory, and forked processes could not
    share them, as reading an object writes its reference count.
    """

    def __init__(self, strings: Iterable[str] = ()) -> None:
        """Append these strings."""
        self._bytes, self._ends = bytearray(), array("Q", [0])
        for string in strings:
            self.append(string)

    def __len__(self) -> int:
        """Return the number of strings."""
        return len(self._ends) - 1

    def append(self, string: str) -> None:
        """Append a string."""
        self._bytes += string.encode()
        self._ends.append(len(self._bytes))

    def __getitem__(self, number: int) -> str:  # type: ignore[override] # no slices
        """Return a string by number."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return self._bytes[self._ends[number] : self._ends[number + 1]].decode()
