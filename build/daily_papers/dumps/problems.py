"""Collects what of a file is not understood, and decides when that is too much."""

from dataclasses import dataclass, field

from daily_papers.records import Action, DumpError, Problem

FLOOR = 99  # of 100 records, so many have to be understood

LONGEST_QUOTE = 200  # characters of a file

END_OF_FILE = "the end of the file"  # found where a record is cut


@dataclass
class Problems:
    """The problems of a file, in the order of its lines."""

    file: str
    rows: list[Problem] = field(default_factory=list)

    def add(
        self,
        line: int | None,
        record: int | None,
        field: str | None,
        text: str,
        expected: str,
        action: Action = "left out",
    ) -> None:
        """Add a problem; the text that was found is shortened, and one line."""
        self.rows.append(Problem(line, record, field, shorten(text), expected, action))

    def add_cut(self, line: int | None, record: int) -> None:
        """Add the record in which the file ends, and which is left out."""
        self.add(line, record, None, END_OF_FILE, "the rest of the record: save the page again")

    def require_few(self, listing_count: int) -> None:
        """Raise DumpError if too few records were understood.

        A record that the end of the file cuts does not count, and neither does a single one: a
        fault of a record costs that record alone.
        """
        left_out = [problem for problem in self.rows if is_left_out(problem)]
        lost = [problem for problem in left_out if problem.found != END_OF_FILE]
        most_lost = max(1, (listing_count + len(lost)) * (100 - FLOOR) // 100)
        if left_out and not listing_count:
            problem = str(left_out[0]).rpartition(";")[0]
            raise DumpError(self.file, left_out[0].line, problem)
        if len(lost) > most_lost:
            total = listing_count + len(lost)
            problem = f"of {total} records, {len(lost)} are not understood; the first is {lost[0]}"
            raise DumpError(self.file, lost[0].line, problem)


def is_left_out(problem: Problem) -> bool:
    """Tell whether a problem is a whole record that was left out."""
    return problem.record is not None and problem.field is None and problem.action == "left out"


def shorten(text: str, most: int = LONGEST_QUOTE) -> str:
    """Return a text on one line, printable, and cut to a length."""
    short = "".join(char if char.isprintable() else "·" for char in text[: most + 1])
    return f"{short[:most]}…" if len(text) > most else short
