"""Declares every address that our plugins add: its parameters, its answer, an example.

Limits come from the code that enforces them. Addresses of Datasette itself are not listed.
"""

from daily_papers.search import engine, query, suggest
from daily_papers.search.documents import FACETS
from daily_papers.search.reader import SearchDatabase
from daily_papers.site.views import (
    author_view,
    board_request,
    days_endpoints,
    request_params,
    results_board,
    search_view,
)
from daily_papers.site.views.about_view import AboutAnswer
from daily_papers.site.views.claim_columns import CODE
from daily_papers.site.views.compare_view import FEWEST, ComparisonAnswer
from daily_papers.site.views.endpoint_types import (
    Endpoint,
    Group,
    Parameter,
    choice_parameter,
    number_parameter,
    text_parameter,
)
from daily_papers.site.views.paper_answer import PaperAnswer
from daily_papers.site.views.search_answer import SearchAnswer, SuggestionsAnswer

# Of a database without any.
NO_PAPERS = {"id": "ID", "other": "OTHER", "period": "2026-08-20", "author": "jane-doe"}

_PAIR = "select paper_id as id, similar_id as other from similar_papers order by 1, rank limit 1"
_FIRST = "select min(id) as id, max(id) as other from papers having count(*) > 0"
_AUTHOR = "select min(id) as author from authors having count(*) > 0"
_NEWEST_DAY = "select max(listed_on) as period from listings having max(listed_on) is not null"


_Q = text_parameter(
    "q",
    "Words, “phrases”, prefix*, -without, OR, and filters such as year:2024.. or topic:serving;"
    " or a title in full; or an arXiv id, DOI or address, which finds this paper alone."
    " Without it all papers are found, the newest first.",
    letters=query.MOST_LETTERS,
)
_FILTERS = {
    "topic": "Id or name of a topic, as kv-cache.",
    "year": "A year or years: 2024, 2024..2025, 2024.., <=2024; “undated” for papers without one.",
    "type": "Kind of paper, as survey.",
    "hardware": "Named hardware, as A100.",
    "model": "Named model, as LLaMA.",
    "organization": "Id or name of an organization, as nvidia.",
    "has": "“code” for papers whose abstract or listing names a repository.",
}
_ALL_HOLD = (
    " A filter may be given several times; all must hold, but years are alternatives,"
    f" {search_view.MOST_CHOSEN} at most."
)
_SEARCH = (
    _Q,
    *(text_parameter(name, _FILTERS[name], most=search_view.MOST_CHOSEN) for name in FACETS),
    Parameter(
        "exact",
        "Takes words as they are typed, and corrects none.",
        {"type": "string", "const": "1"},
    ),
)
_SORT = choice_parameter("sort", "The order of the papers.", engine.ORDERS)
_PAGE = number_parameter(
    "page",
    f"Which page, from 1; page × size is {search_view.MOST_PLACE:,} at most.",
    search_view.MOST_PLACE,
    1,
)
_COMPARED_WITH = text_parameter(
    "compare",
    "Id of a paper to compare; kept in the links of the answer.",
    most=request_params.MOST_COMPARED,
)


_SIZE, _FILE_SIZE = (
    number_parameter("size", "How many papers a page has.", most, search_view.PAGE)
    for most in (search_view.MOST_PAGE, search_view.MOST_EXPORTED)
)
_AS_WRITTEN = ", as papers write it or as its entity is called."
_RESULTS = (
    Parameter(
        "metric",
        f"Id of a metric that claims measure; {board_request.USUAL_METRIC} unless given.",
        {"type": "string"},
    ),
    text_parameter(
        "scale",
        "Id of a scale, as an answer has it: factor, or effect, good direction and unit of claims"
        " without a factor, as level/higher/%; the factor unless the metric has none.",
    ),
    text_parameter(
        "unit", "Unit, as x, % or points, in place of a scale: the scale of most of its claims."
    ),
    text_parameter("topic", "Id of a topic that the papers are about."),
    text_parameter("baseline", f"A part of the name of what is compared with{_AS_WRITTEN}"),
    text_parameter("hardware", f"A part of the name of what it was measured on{_AS_WRITTEN}"),
    text_parameter("model", "Id or name of a model that claims are for."),
    text_parameter("dataset", "Id or name of a dataset that claims are for."),
    Parameter(
        "bound",
        "How the number is stated; on the scale factor the bound of the factor.",
        {"type": "string", "enum": [*board_request.BOUNDS]},
    ),
    Parameter("has", "For papers that name a repository.", {"type": "string", "const": CODE}),
    choice_parameter("sort", "The order of the claims.", board_request.ORDERS),
    number_parameter(
        "size", "How many claims a page has.", board_request.MOST_PAGE, board_request.PAGE
    ),
    number_parameter("page", "Which page, from 1.", board_request.MOST_PAGES, 1),
)
_COMPARED = text_parameter(
    "id",
    "Id of a paper, or its arXiv id; several can also stand in one value, with commas.",
    most=request_params.MOST_COMPARED,
    fewest=FEWEST,
)
_COMPARED_TOO = text_parameter(
    "compare", "The same as id, as pages of papers name it.", most=request_params.MOST_COMPARED
)
_ADDED = text_parameter("q", "Words, a title or an arXiv id of a paper to add.")
_PAPER = Parameter(
    "id",
    "Id of a paper, or its arXiv id, as 2407.21783, also with a version or as an address.",
    {"type": "string"},
    fewest=1,
    location="path",
)

_QUERY = "?q=kv+cache+quantization&year=2024.."
_BOARD = "?baseline=vLLM&size=10"
_PAIR_OF_IDS = "?id={id}&id={other}"

GROUPS = (
    Group(
        "Search",
        "Papers by relevance, with facets, corrections and what matched." + _ALL_HOLD,
        (
            Endpoint("/search", "The search page.", _QUERY),
            Endpoint("/search.json", "The search page as JSON.", f"{_QUERY}&size=5", SearchAnswer),
        ),
        (*_SEARCH, _SORT, _SIZE, _PAGE, _COMPARED_WITH),
    ),
    Group(
        "A search as a file",
        "For spreadsheets and programs that manage references." + _ALL_HOLD,
        (
            Endpoint("/search.csv", "A table of papers.", f"{_QUERY}&size=100"),
            Endpoint("/search.bib", "BibTeX.", _QUERY),
            Endpoint("/search.ris", "RIS.", _QUERY),
        ),
        (*_SEARCH, _SORT, _FILE_SIZE, _PAGE),
    ),
    Group(
        "A search as a feed",
        "For feed readers: the papers that fit, always the newest first." + _ALL_HOLD,
        (Endpoint("/search.atom", "An Atom feed.", "?q=kv+cache&has=code"),),
        (*_SEARCH, _SIZE, _PAGE),
    ),
    Group(
        "Suggestions",
        f"Completions of what is typed so far, from {suggest.SHORTEST} letters on:"
        f" {suggest.MOST_NAMES} names and {suggest.MOST_TITLES} titles at most; or"
        f" {suggest.MOST_VALUES} values of a filter at the end, as topic:quan.",
        (
            Endpoint(
                "/search/suggest.json", "Names, titles or values.", "?q=quan", SuggestionsAnswer
            ),
        ),
        (text_parameter("q", "What is typed so far.", letters=query.MOST_LETTERS),),
        (),
    ),
    Group(
        "Results",
        "Claims of one metric and one unit side by side, each with the sentence that states it.",
        (
            Endpoint("/results", "The results board.", _BOARD),
            Endpoint("/results.json", "The board as JSON.", _BOARD, results_board.ResultsAnswer),
            Endpoint("/results.csv", "The board as a table.", _BOARD),
        ),
        _RESULTS,
    ),
    Group(
        "Compare",
        f"{FEWEST} to {request_params.MOST_COMPARED} papers side by side: facts,"
        " claims, and what they share; and a search for papers to add.",
        (Endpoint("/compare", "The comparison.", _PAIR_OF_IDS),),
        (_COMPARED, _COMPARED_TOO, _ADDED),
    ),
    Group(
        "A comparison as data",
        "The comparison for programs and documents.",
        (
            Endpoint("/compare.json", "The comparison as JSON.", _PAIR_OF_IDS, ComparisonAnswer),
            Endpoint("/compare.csv", "The comparison as a table.", _PAIR_OF_IDS),
            Endpoint("/compare.md", "The comparison as a Markdown table.", _PAIR_OF_IDS),
        ),
        (_COMPARED, _COMPARED_TOO),
    ),
    *days_endpoints.GROUPS,
    Group(
        "A paper",
        "All that is known of one paper, and how to cite it.",
        (
            Endpoint("/paper/{id}", "The paper's page.", redirects=True),
            Endpoint("/paper/{id}.json", "The paper with all its facts.", answer=PaperAnswer),
            Endpoint("/paper/{id}.bib", "BibTeX."),
            Endpoint("/paper/{id}.ris", "RIS."),
        ),
        (_PAPER,),
        (404,),
    ),
    Group(
        "An author",
        "The papers of an author, the newest first, at most"
        f" {author_view.MOST_IN_FILE:,}. People of the same name are one author.",
        (
            Endpoint("/author/{author}.atom", "An Atom feed."),
            Endpoint("/author/{author}.bib", "BibTeX."),
            Endpoint("/author/{author}.ris", "RIS."),
            Endpoint("/author/{author}.csv", "A table of papers."),
        ),
        (
            Parameter(
                "author",
                "Id of an author, as links of papers have it.",
                {"type": "string"},
                fewest=1,
                location="path",
            ),
        ),
        (404,),
    ),
    Group(
        "About this data",
        "Source, licence, quality, problems, the build, and how to cite it.",
        (
            Endpoint("/about", "The page about the data."),
            Endpoint("/about.json", "The same as JSON.", answer=AboutAnswer),
        ),
        refuses=(),
    ),
    Group(
        "The file and the server",
        "The whole database, also in parts (Range), and whether the server is well.",
        (
            Endpoint("/papers.db", "The database, one SQLite file."),
            Endpoint("/health", "The number of papers; 503 where no query succeeds."),
        ),
        refuses=(),
    ),
    Group(
        "This description",
        "This description, for people and for programs.",
        (
            Endpoint("/api", "This page."),
            Endpoint("/openapi.json", "All addresses above as OpenAPI 3.1."),
        ),
        refuses=(),
    ),
)


def papers(database: SearchDatabase) -> dict[str, str]:
    """Return what examples are of: the ids of two papers, similar ones if there are any, the newest
    day on which papers were listed, and the id of an author."""
    ids = next(iter([*database.rows(_PAIR), *database.rows(_FIRST)]), {})
    day, author = (next(iter(database.rows(sql)), {}) for sql in (_NEWEST_DAY, _AUTHOR))
    return NO_PAPERS | ids | day | author
