"""Tells from an arXiv id when the paper was published: the id has the year and the month.

`2605.01234` was given in May 2026, `hep-th/9901001` in January 1999. A paper's date is the day on
which its first version was submitted. That is in the month of its id, or on the last days of the
month before, as papers are announced a day or some days later; or long before, as arXiv may hold a
paper back for months to look at it.

Source: https://info.arxiv.org/help/arxiv_identifier.html
"""

import re
from datetime import date, timedelta

LONGEST_WAIT = timedelta(days=183)  # from submission to the month of the id
_TIME_ZONES = timedelta(days=1)  # a day of UTC begins or ends elsewhere
_FIRST_YEAR = 1991

_MONTH = re.compile(r"(?:[A-Za-z.-]+/)?([0-9]{2})(0[1-9]|1[0-2])(?=[0-9.])", re.ASCII)


def id_month(arxiv_id: str) -> date | None:
    """Return the first day of the month in which an id was given; None where it names no month."""
    match = _MONTH.match(arxiv_id)
    if not match:
        return None
    year = 2000 + int(match[1])
    if "/" in arxiv_id and int(match[1]) >= _FIRST_YEAR % 100:
        year -= 100
    return date(year, int(match[2]), 1)


def earliest_listing(month: date) -> date:
    """Return the first day on which a paper with an id of this month can have been listed."""
    return month - _TIME_ZONES


def publication_bounds(month: date) -> tuple[date, date]:
    """Return the first and the last day on which a paper with an id of this month can have been
    submitted; they are less than a year apart."""
    next_month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return month - LONGEST_WAIT, next_month - timedelta(days=1) + _TIME_ZONES


def may_be_published(day: str, month: date) -> bool:
    """Tell whether a paper with an id of this month can have been submitted on a day, as
    YYYY-MM-DD."""
    earliest, latest = publication_bounds(month)
    return earliest.isoformat() <= day <= latest.isoformat()
