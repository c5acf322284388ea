"""Lays out charts, which templates/_charts.html draws as SVG: where each mark is, and its words.

Positions are percentages of the width, so that text keeps its size on a phone; heights are pixels.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from daily_papers.site.views.chart_axis import Axis, width_of
from daily_papers.site.views.claim_text import number, short_number

MOST_ROWS = 12  # of a chart; what is left is told in words
ROW_HEIGHT, AXIS_HEIGHT = 40, 20  # pixels, of rows and of the ticks below them
COLUMN_HEIGHT, TIMES_HEIGHT = 140, 22

Link = tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar or a part of it, in percent of the width; `kind` is its CSS class."""

    start: float
    width: float
    kind: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A point, in percent of the width; `kind` is its form: exact, at least, up to, …; a claim that
    is not confident is hollow."""

    at: float
    kind: str
    label: str
    is_confident: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A name with its marks below it.

    `text` is the number, behind the bar or else above the points; `link` has the table and the key
    of the row of the database that has a page.
    """

    name: str
    text: str
    bars: Sequence[Bar] = ()
    points: Sequence[Point] = ()
    link: Link = None

    @property
    def is_confident(self) -> bool:
        """Whether any of its claims is confident, if it has claims."""
        return not self.points or any(point.is_confident for point in self.points)

    @property
    def end(self) -> float:
        """Where the last bar ends, in percent of the width."""
        return round(max((bar.start + bar.width for bar in self.bars), default=0), 2)


@dataclass(frozen=True, slots=True)
class Column:
    """An upright bar of a time: start and width in percent, height in pixels."""

    start: float
    width: float
    height: float
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a line over time: percent of the width, height in pixels, and its number."""

    at: float
    height: float
    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """What is written beside an axis: in percent of the width, or in pixels of the height."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """An entry of the legend: what a colour or a form means."""

    name: str
    kind: str
    is_point: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of rows, of columns or of a line, with what a table of its numbers has."""

    title: str
    axis: str = ""  # what the axis shows, and its unit
    rows: Sequence[Row] = ()
    columns: Sequence[Column] = ()
    line: Sequence[Dot] = ()
    ticks: Sequence[Tick] = ()
    lines: Sequence[Tick] = ()  # across columns or a line
    legend: Sequence[Series] = ()
    note: str = ""  # what is not drawn
    head: Sequence[str] = ()
    cells: Sequence[Sequence[str]] = ()

    @property
    def height(self) -> int:
        """The height of the picture in pixels."""
        if not self.rows:
            return COLUMN_HEIGHT + TIMES_HEIGHT
        return len(self.rows) * ROW_HEIGHT + (AXIS_HEIGHT if self.ticks else 0)

    @property
    def has_links(self) -> bool:
        """Whether a row leads somewhere."""
        return any(row.link for row in self.rows)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of something that has a name."""

    name: str
    value: float
    link: Link = None


def counted(value: float, noun: str) -> str:
    """Return a number of things: 1 paper, 1,234 papers, 12%; the noun is plural."""
    text = short_number(value)
    if noun in ("×", "%", ""):
        return text + noun
    return f"{text} {noun.removesuffix('s') if value == 1 else noun}"


def left_out(count: float, noun: str, which: str) -> str:
    """Return a sentence on what is not drawn; empty where it is nothing."""
    verb = "is" if count == 1 else "are"
    return f"{counted(count, noun)} {which} {verb} left out." if count else ""


def bars(title: str, amounts: Sequence[Amount], noun: str, is_sum: bool = True) -> Chart | None:
    """Return a bar for each of MOST_ROWS names, in order; None if there is nothing to draw.

    `noun` is what is counted, or × or %; with `is_sum` the rest is added up in words.
    """
    drawn, rest = amounts[:MOST_ROWS], amounts[MOST_ROWS:]
    largest = max((amount.value for amount in drawn), default=0)
    if largest <= 0 or min(amount.value for amount in drawn) < 0:
        return None
    suffix = noun if noun in ("%", "×") else ""
    texts = [short_number(amount.value) + suffix for amount in drawn]
    scale = bar_scale(largest, texts)
    rows = []
    for amount, text in zip(drawn, texts, strict=True):
        end = round(scale * amount.value, 2)
        label = f"{amount.name}: {counted(amount.value, noun)}"
        rows.append(Row(amount.name, text, (Bar(0, end, "", label),), link=amount.link))
    return Chart(
        title=title,
        rows=rows,
        note=_rest(rest, noun, is_sum),
        head=("", noun),
        cells=[(amount.name, text) for amount, text in zip(drawn, texts, strict=True)],
    )


def bar_scale(largest: float, texts: Iterable[str]) -> float:
    """Return the percent of the width for one of what is counted; texts fit behind the bars."""
    return (100 - max(map(width_of, texts))) / largest


def _rest(rest: Sequence[Amount], noun: str, is_sum: bool) -> str:
    if not rest:
        return ""
    total = f", with {counted(sum(amount.value for amount in rest), noun)}" if is_sum else ""
    return f"{len(rest):,} more {'is' if len(rest) == 1 else 'are'} not drawn{total}."


def axis_ticks(axis: Axis, unit: str = "") -> list[Tick]:
    """Return the numbers beside an axis, with × or %."""
    return [Tick(axis.position(tick), compact(tick) + unit) for tick in axis.ticks()]


def compact(value: float) -> str:
    """Return a number as it stands beside an axis: 0.5, 20, 5k, 2M."""
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return number(round(value / size, 2)) + letter
    return number(value)
