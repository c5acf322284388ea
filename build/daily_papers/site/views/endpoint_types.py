"""Defines how an address is declared: its parameters and their limits, its answer, an example."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from daily_papers.site.views import request_params, responses
from daily_papers.site.views.response_schema import Answer, Schema

HTML = "text/html"


@dataclass(frozen=True, eq=False)
class Parameter:
    """What an address takes: the schema of one value, and how many values there may be."""

    name: str
    description: str
    schema: Schema
    most: int = 1
    fewest: int = 0
    location: Literal["query", "path"] = "query"

    @property
    def limits(self) -> str:
        """Return in words what values it takes."""
        texts = {
            "maximum": "a number from {minimum} to {maximum:,}",
            "enum": "one of {options}",
            "const": "{const} or nothing",
            "maxLength": "text of up to {maxLength:,} letters",
            "default": "{default} unless given",
        }
        values = {**self.schema, "options": ", ".join(self.schema.get("enum", ()))}
        limits = [text.format(**values) for key, text in texts.items() if key in values]
        if self.most > 1:
            limits.append(f"{self.fewest or 'up'} to {self.most} of them")
        return "; ".join(limits) or "text"


@dataclass(frozen=True)
class Endpoint:
    """An address, a summary, the query of an example that works, the class of its JSON answer, and
    whether it redirects to another address.

    In path and query {id} and {other} stand for papers, {period} for a day, week or month,
    {author} for an author.
    """

    path: str
    summary: str
    query: str = ""
    answer: type[Answer] | None = None
    redirects: bool = False

    @property
    def kind(self) -> str:
        """Return the kind of the answer, as its ending says: one of responses.TYPES, or html."""
        return "json" if self.path == "/health" else self.path.partition(".")[2] or "html"

    @property
    def media_type(self) -> str:
        """Return the media type of the answer."""
        return HTML if self.kind == "html" else responses.TYPES[self.kind].split(";")[0]

    @property
    def refusal_type(self) -> str:
        """Return the media type of an error: errors of files are plain text."""
        return self.media_type if self.kind in ("html", "json") else "text/plain"

    def url(self, papers: Mapping[str, str]) -> str:
        """Return the address of the example, with ids and a day put in."""
        return f"{self.path}{self.query}".format(**papers)


@dataclass(frozen=True)
class Group:
    """Addresses that take the same parameters, and the statuses of their errors."""

    title: str
    description: str
    endpoints: tuple[Endpoint, ...]
    parameters: tuple[Parameter, ...] = ()
    refuses: tuple[int, ...] = (400,)


def text_parameter(
    name: str,
    description: str,
    letters: int = request_params.MOST_LETTERS,
    most: int = 1,
    fewest: int = 0,
) -> Parameter:
    """Return a parameter that is text."""
    return Parameter(name, description, {"type": "string", "maxLength": letters}, most, fewest)


def number_parameter(name: str, description: str, most: int, default: int) -> Parameter:
    """Return a parameter that is a number from 1."""
    limits = {"minimum": 1, "maximum": most, "default": default}
    return Parameter(name, description, {"type": "integer", **limits})


def choice_parameter(name: str, description: str, options: Sequence[str]) -> Parameter:
    """Return a parameter that is one of some options, the first unless given."""
    schema = {"type": "string", "enum": [*options], "default": options[0]}
    return Parameter(name, description, schema)
