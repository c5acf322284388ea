"""Puts papers side by side: facts row by row, claims by metric, what they share and do not."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import request_params
from daily_papers.site.views.paper_view import paper

FEWEST = 2

Row = dict[str, Any]

_KINDS = {"hardware": "Hardware", "model": "Models", "dataset": "Data sets", "method": "Methods"}


def ids(arguments: request_params.Arguments) -> list[str]:
    """Read which papers are meant, each once; also several in one parameter, with commas.

    Raises:
        BadRequest: they are more than MOST_COMPARED.
    """
    found = list(
        dict.fromkeys(
            part.strip()
            for one in request_params.texts(arguments, "id")
            for part in one.split(",")
            if part.strip()
        )
    )
    if len(found) > request_params.MOST_COMPARED:
        raise request_params.BadRequest(
            f"At most {request_params.MOST_COMPARED} papers can be compared."
        )
    return found


def comparison(corpus: SearchDatabase, wanted: Sequence[str]) -> Row:
    """Return papers and the rows of their table: a name, and a list of texts for each paper.

    Raises:
        BadRequest: there is no such paper.
    """
    papers = []
    for one in wanted:
        found = paper(corpus, one, near=False)
        if found is None:
            raise request_params.BadRequest(f"No paper here has the id “{one[:80]}”.")
        papers.append(found)
    return {
        "ids": list(wanted),
        "papers": [
            {key: one[key] for key in ("id", "title", "name", "abstract", "year")} for one in papers
        ],
        "facts": [*_plain(papers), *_listed(papers)],
        "claims": _claims(papers),
    }


def _plain(papers: Sequence[Row]) -> list[Row]:
    rows = {
        "Name": [one["name"] for one in papers],
        "Type": [one["type"] for one in papers],
        "Date": [one["published_on"] for one in papers],
        "Organization": [one["organization"] for one in papers],
        "Authors": [_authors(one) for one in papers],
        "Comments": [one["comment_count"] for one in papers],
        "Code": [
            next((link["url"] for link in one["links"] if link["kind"] == "code"), None)
            for one in papers
        ],
    }
    return [
        {
            "name": name,
            "cells": [[_item(str(one), False)] if one is not None else [] for one in row],
        }
        for name, row in rows.items()
        if any(one is not None for one in row)
    ]


def _authors(one: Row) -> str | None:
    if one["authors"]:
        return ", ".join(author["name"] for author in one["authors"])
    return f"{one['author_count']} authors" if one["author_count"] else None


def _item(text: str, is_shared: bool) -> Row:
    return {"text": text, "is_shared": is_shared}


def _listed(papers: Sequence[Row]) -> list[Row]:
    """Return the rows of many values; a value that several of the papers have is shared."""
    rows = {"Topics": [[topic["name"] for topic in one["about"]] for one in papers]}
    rows["Compares with"] = [[row["name"] for row in one["compares_with"]] for one in papers]
    for kind, name in _KINDS.items():
        rows[name] = [
            [row["name"] for row in one["mentions"] if row["kind"] == kind] for one in papers
        ]
    return [{"name": name, "cells": _shared(cells)} for name, cells in rows.items() if any(cells)]


def _shared(cells: Sequence[Sequence[str]]) -> list[list[Row]]:
    counts = Counter(value for cell in cells for value in set(cell))
    found = []
    for cell in cells:
        values = sorted(dict.fromkeys(cell), key=lambda one: (-counts[one], one.casefold(), one))
        found.append([_item(value, counts[value] > 1) for value in values])
    return found


def _claims(papers: Sequence[Row]) -> list[Row]:
    """Return a row for each metric that a paper claims, those that most papers claim first."""
    by_metric: dict[str, list[list[Row]]] = {}
    names: dict[str, str] = {}
    for place, one in enumerate(papers):
        for claim in one["claims"]:
            names[claim["metric"]] = claim["metric_name"]
            cells = by_metric.setdefault(claim["metric"], [[] for _ in papers])
            cells[place].append(claim)
    order = sorted(by_metric, key=lambda key: (-sum(map(bool, by_metric[key])), names[key]))
    return [{"metric": key, "name": names[key], "cells": by_metric[key]} for key in order]


def table(shown: Row) -> tuple[list[str], list[list[str]]]:
    """Return a comparison as the columns and rows of one table of texts."""
    columns = ["", *(one["name"] or one["title"] for one in shown["papers"])]
    rows = [["Title", *(one["title"] for one in shown["papers"])]]
    for row in shown["facts"]:
        rows.append(
            [row["name"], *("; ".join(item["text"] for item in cell) for cell in row["cells"])]
        )
    for row in shown["claims"]:
        cells = ("; ".join(_claimed(claim) for claim in cell) for cell in row["cells"])
        rows.append([f"Claim: {row['name']}", *cells])
    return columns, rows


def _claimed(claim: Row) -> str:
    said = claim["words"].removeprefix(f"{claim['metric_name']}: ")
    return f"{said} (“{claim['quote']}”)"
