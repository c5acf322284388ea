"""Writes the text of saved pages for tests, in the two layouts that exist."""

TOP = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\n"
    "Daily Papers\n\nbyAK and the research community\n\n"
)
ABSTRACT = "We show that a small change helps. It is tested on two problems."


def record(
    title: str = "A Small Change",
    abstract: str = ABSTRACT,
    who: str | None = "  • 8 authors",
    when: str = "Jun 16, 2024",
) -> str:
    """One paper as a page prints it; without `who`, title and abstract only."""
    details = "" if who is None else f"\n\n{who}\n·\n{when}"
    return f"{title}\n\n{abstract}{details}"


def page(*records: str, shown: str | None = "Feb 4", top: str = TOP) -> str:
    """A page with these papers."""
    return "\n\n".join([top.rstrip("\n"), *([shown] if shown else []), *records]) + "\n"


def dated(*dates: str, shown: str = "Feb 4") -> str:
    """A page with one paper for each date."""
    return page(*(record(f"Paper {i}", when=date) for i, date in enumerate(dates)), shown=shown)
