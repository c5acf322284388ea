"""The JSON Schemas of our JSON answers, by name; columns come from the tables' declaration.

Each schema names all that its answer has. More may come: see SCHEMA_VERSION in responses.py.
"""

from typing import Any

from daily_papers.database import schema
from daily_papers.database.columns import Table
from daily_papers.search.engine import ORDERS
from daily_papers.search.results import MOST_CLAIMS
from daily_papers.site.views import results_board
from daily_papers.site.views.responses import SCHEMA_VERSION

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
URL: Schema = {"type": "string", "format": "uri-reference"}

_TYPES = {"text": TEXT, "integer": WHOLE, "real": NUMBER}


def _object(description: str = "", /, **properties: Schema) -> Schema:
    """Return the schema of an object that always has all of its properties."""
    own: Schema = {"type": "object", "description": description} if description else {}
    return {"type": "object", **own, "properties": properties, "required": list(properties)}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _or_null(one: Schema) -> Schema:
    return {**one, "type": [one["type"], "null"]} if "type" in one else {
        "anyOf": [one, {"type": "null"}]
    }  # fmt: skip


def _said(one: Schema, description: str) -> Schema:
    return {**one, "description": description}


def component(name: str) -> Schema:
    """Return a reference to one of COMPONENTS."""
    return {"$ref": f"#/components/schemas/{name}"}


def _columns(table: Table) -> dict[str, Schema]:
    """Return the schemas of a table's columns."""
    return {
        column.name: _TYPES[column.type] if column.required else _or_null(_TYPES[column.type])
        for column in table.columns
    }


def _answer(description: str, **properties: Schema) -> Schema:
    return _object(
        description,
        ok={"const": True},
        schema_version={"const": SCHEMA_VERSION},
        **properties,
    )


def _paged(**properties: Schema) -> dict[str, Schema]:
    """Return properties, and those of an answer that is one page of several."""
    return {
        **properties,
        "page": WHOLE,
        "pages": WHOLE,
        "size": _said(WHOLE, "Most that a page has."),
        "next_url": _said(_or_null(URL), "Relative to what was asked; null on the last page."),
        "previous_url": _said(_or_null(URL), "Relative to what was asked; null on the first."),
    }


_NAMED = component("Named")
_RESULT_COLUMNS = {
    name: column
    for name, column in _columns(schema.Paper.table).items()
    if name in ("id", "title", "name", "type", "published_on", "year", "organization_id",
                "comment_count")
}  # fmt: skip
_CLAIM = {
    **_columns(schema.Claim.table),
    "metric_name": TEXT,
    "amount": _said(TEXT, "Value, unit and bound in words."),
    "direction": _said(TEXT, "Which way it went, in a word; empty for what is reached."),
}
_SEARCH = _answer(
    "A page of what a search finds, with links to other searches.",
    q=TEXT,
    exact=FLAG,
    sort={"enum": list(ORDERS)},
    count=_said(WHOLE, "Papers that fit, on all pages."),
    **_paged(),
    corrections=_said(
        _or_null(_object(words=_list(_object(typed=TEXT, used=TEXT)), exact_url=URL)),
        "Words that were taken for misspelt; null where none was.",
    ),
    messages=_said(_list(TEXT), "What the reader should know, in sentences."),
    filters=_list(_object(facet=TEXT, value=TEXT, name=TEXT, remove_url=URL)),
    clear_url=URL,
    orders=_list(_object(order={"enum": list(ORDERS)}, url=URL, selected=FLAG)),
    facets=_list(
        _object(
            name=TEXT,
            title=TEXT,
            values=_list(_object(value=TEXT, name=TEXT, count=WHOLE, selected=FLAG, url=URL)),
        )
    ),
    results=_list(component("SearchResult")),
    picked=_said(_list(TEXT), "Ids of the papers that were collected with “compare”."),
    unpicked_url=URL,
    tries=_said(
        _list(_object(label=TEXT, count=_or_null(WHOLE), url=URL)),
        "Searches to try instead, where nothing fits.",
    ),
)
_RESULT = _object(
    "A paper that a search finds. What matched stands between ⟦ and ⟧.",
    **_RESULT_COLUMNS,
    organization=_or_null(TEXT),
    has_code=FLAG,
    topics=_list(_NAMED),
    score=_said(NUMBER, "How well it fits; comparable within one answer only."),
    highlighted_title=TEXT,
    snippet=TEXT,
    why=_said(TEXT, "What matched, in words."),
    claims=_said(
        _list(
            _object(
                quote=TEXT,
                sentence=TEXT,
                metric=TEXT,
                baseline=_or_null(TEXT),
                hardware=_or_null(TEXT),
            )
        ),
        f"Its strongest claims, {MOST_CLAIMS} at most.",
    ),
    url=_said(URL, "Its page."),
    collect_url=_or_null(URL),
)
_RESULTS = _answer(
    "A page of claims of one metric and unit.",
    **dict.fromkeys(("metric", "unit", "topic", "baseline", "hardware"), TEXT),
    sort={"enum": list(results_board.ORDERS)},
    count=_said(WHOLE, "Claims that fit, on all pages."),
    paper_count=WHOLE,
    **_paged(),
    metric_named=_object(**_columns(schema.Metric.table), claims=WHOLE),
    is_log=_said(FLAG, "Whether the chart compares values by their ratio."),
    claims=_list(
        _object(
            **_CLAIM,
            claim_id=TEXT,
            paper=_said(TEXT, "Name of what the paper introduces, else its title."),
            **{
                name: _columns(schema.Paper.table)[name]
                for name in ("title", "year", "published_on", "has_code")
            },
        )
    ),
)
_COMPARISON = _answer(
    "Papers side by side: every row has a cell for each paper, in their order.",
    ids=_list(TEXT),
    papers=_list(
        _object(
            **{
                name: _columns(schema.Paper.table)[name]
                for name in ("id", "title", "name", "abstract", "year")
            }
        )
    ),
    facts=_list(
        _object(
            name=TEXT,
            cells=_list(
                _list(
                    _object(text=TEXT, is_shared=_said(FLAG, "Whether another paper has it too."))
                )
            ),
        )
    ),
    claims=_list(_object(metric=TEXT, name=TEXT, cells=_list(_list(component("Claim"))))),
)
_SPAN = {
    name: column
    for name, column in _columns(schema.Claim.table).items()
    if name in ("field", "start", "end")
}
_PAPER = _object(
    "A paper and all that was found in its title and abstract.",
    **{
        **_columns(schema.Paper.table),
        "has_code": FLAG,
        **{name: _list(TEXT) for name in ("topics", "hardware", "models")},
    },
    organization=_or_null(TEXT),
    authors=_list(_NAMED),
    about=_list(_object("A topic, and the words that say so.", id=TEXT, name=TEXT, evidence=TEXT,
                        **_SPAN)),
    claims=_list(component("Claim")),
    mentions=_list(_object(id=TEXT, text=TEXT, **_SPAN, role=TEXT, entity_id=TEXT, kind=TEXT,
                           name=TEXT, family=_or_null(TEXT))),
    links=_list(_object(**_columns(schema.Link.table))),
    compares_with=_list(_object(entity_id=TEXT, kind=TEXT, name=TEXT, written=TEXT,
                                paper_id=_or_null(TEXT), title=_or_null(TEXT))),
    compared_by=_list(_object(entity_id=TEXT, name=TEXT, paper_id=TEXT, title=TEXT,
                              paper_name=_or_null(TEXT), published_on=_or_null(TEXT),
                              is_compared=_said(WHOLE, "1 where it is compared, else 0."))),
    similar=_list(_object(id=TEXT, name=_or_null(TEXT), title=TEXT, year=_or_null(WHOLE),
                          score=NUMBER, shares=_object(topics=_list(TEXT), names=_list(TEXT),
                                                       words=_list(TEXT)))),
    listings=_list(_object(dump_id=TEXT, file=TEXT, shown_on=_or_null(TEXT), listing_count=WHOLE,
                           rank=WHOLE, first_line=WHOLE, last_line=WHOLE, title_as_listed=TEXT,
                           listed_on=_or_null(TEXT))),
    sources=_said(_list(_object(name=TEXT, url=URL, is_search=FLAG)),
                  "Where the paper itself can be read, or looked for."),
)  # fmt: skip

COMPONENTS: dict[str, Schema] = {
    "Error": _object(
        "What is wrong, in a sentence.",
        ok={"const": False},
        schema_version={"const": SCHEMA_VERSION},
        error=TEXT,
    ),
    "Named": _object(id=TEXT, name=TEXT),
    "Claim": _object(
        "A number that a paper states as its own result: a row of the table claims, with words."
        " Places count characters (Unicode code points) of the field from 0; end is behind it.",
        **_CLAIM,
        number=_said(WHOLE, "Place among the paper's claims, from 1."),
        words=_said(TEXT, "The claim in words."),
    ),
    "SearchAnswer": _SEARCH,
    "SearchResult": _RESULT,
    "SuggestionsAnswer": _answer(
        "What may be meant: names first, then titles.",
        suggestions=_list(_object(kind=TEXT, id=TEXT, name=TEXT, url=URL)),
    ),
    "ResultsAnswer": _RESULTS,
    "ComparisonAnswer": _COMPARISON,
    "PaperAnswer": _answer("A paper.", paper=component("Paper")),
    "Paper": _PAPER,
}
