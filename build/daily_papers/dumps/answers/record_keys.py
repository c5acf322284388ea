"""Names the keys under which records hold each field: those of the service, its client, scrapers.

Keys are compared by their letters and digits alone, so that `publishedAt`, `published_at` and
"Published At" are the same.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

LONGEST_KEY = 40  # characters
LONG_TEXT = 200  # characters that no field but an abstract has
MOST_PARTS = 20  # of a list in which unknown texts and dates are searched
DEEPEST_VALUE = 3  # objects around them

# Field: keys in order of precedence.
_KEYS = {
    "id": "id arxivid paperid paperarxivid arxiv arxivnumber identifier",
    "url": "url link paperurl paperlink paperpage pageurl href arxivurl arxivlink arxivpage"
    " arxivpageurl absurl abslink hfurl hflink huggingfaceurl entryid pdfurl pdflink pdf",
    "title": "title papertitle papername headline",
    "abstract": "abstract paperabstract summary papersummary abstracttext description content"
    " text pagecontent",
    "authors": "authors author authorlist authornames authorsnames paperauthors creators",
    "author_count": "authorcount authorscount numauthors nauthors numberofauthors",
    "published": "publishedat publishedon published publisheddate datepublished publishdate"
    " publicationdate pubdate publishtime publicationtime publishedtime datepublish",
    "listed": "submittedondailyat submittedat listedon listedat listeddate dailydate featuredat"
    " featuredon featureddate hfdate",
    "date": "date day paperdate paperdateiso datestring dateadded timestamp",
    "comments": "numcomments commentcount commentscount ncomments numberofcomments comments",
    "upvotes": "upvotes upvotecount upvotescount numupvotes votes votecount likes likecount points",
    "code": "githubrepo github githuburl githublink githublinks githuburls githubrepos"
    " githubrepourl repourl repositoryurl repository repo codeurl codelink coderepo code",
    "project": "projectpage projecturl projectlink projectwebsite project homepage website",
    "organization": "organization organisation org",
    "withdrawn": "withdrawnat withdrawnon withdrawndate withdrawn",
}
_FIELD_BY_KEY = {
    key: (field, rank) for field, keys in _KEYS.items() for rank, key in enumerate(keys.split())
}
# Keys of texts and dates that are neither an abstract nor a date of the paper.
_OTHERS = frozenset(
    [
        "paper",
        "thumbnail",
        "mediaurl",
        "mediaurls",
        "submittedby",
        "submitter",
        "submitterorganization",
        "discussionid",
        "aisummary",
        "aisummarymodel",
        "aikeywords",
        "tldr",
        "keywords",
        "tags",
        "categories",
        "stars",
        "githubstars",
        "statuslastchangedat",
        "scrapedat",
        "crawledat",
        "fetchedat",
        "updatedat",
        "updated",
        "lastmodified",
    ]
)
_FETCHED = {"fetchedat", "scrapedat", "crawledat", "fetcheddate", "scrapeddate", "crawleddate"}
_OF_DETAILS = {"abstract", "authors", "published", "code"}
_COUNTS = {"upvotes", "comments"}
# What also stands in objects that are of others than the paper, such as its models.
_KEYS_OF_COUNTS = {"stats", "statistics", "metrics", "counts", "engagement", "metadata", "meta",
                   "info", "details"}  # fmt: skip
_ARXIV_IDS = {"arxiv", "arxivid"}
_NO_LETTER = re.compile("[^a-z0-9]+")


@lru_cache(maxsize=4096)
def normalized(key: str) -> str:
    """Return the letters and digits of a key in lower case; "" for one that is too long."""
    return _NO_LETTER.sub("", key.lower()) if len(key) <= LONGEST_KEY else ""


def values_by_field(values: Mapping[str, Any]) -> dict[str, list[tuple[str, Any]]]:
    """Return the keys and values of an object for each field, in order of precedence."""
    ranked: dict[str, list[tuple[int, str, Any]]] = {}
    for key, value in values.items():
        if known := _FIELD_BY_KEY.get(normalized(key)):
            ranked.setdefault(known[0], []).append((known[1], key, value))
    return {
        field: [(key, value) for _, key, value in sorted(items, key=lambda item: item[0])]
        for field, items in ranked.items()
    }


def details_of(values: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the keys and values of objects under unknown keys that have fields of a paper, such as
    {"title": …, "details": {"abstract": …}}."""
    return [
        (key, value)
        for key, value in values.items()
        if isinstance(value, dict)
        and normalized(key) not in _FIELD_BY_KEY
        and normalized(key) not in _OTHERS
        and _is_of_details(normalized(key), value)
    ]


def _is_of_details(key: str, value: Mapping[str, Any]) -> bool:
    fields = fields_of(value)
    return not (
        _OF_DETAILS.isdisjoint(fields)
        and (key not in _KEYS_OF_COUNTS or _COUNTS.isdisjoint(fields))
        and _ARXIV_IDS.isdisjoint(map(normalized, value))
    )


def fetch_times(values: Mapping[str, Any]) -> list[Any]:
    """Return the values that say when a record was fetched."""
    return [value for key, value in values.items() if normalized(key) in _FETCHED]


def unknown_values(
    values: Mapping[str, Any], depth: int = 0
) -> Iterator[tuple[str, str | int | float]]:
    """Yield the keys, with dots between those of nested objects, and the texts and numbers under
    keys that are not known here."""
    for key, value in values.items():
        if normalized(key) in _OTHERS | _FETCHED or (
            depth == 0 and normalized(key) in _FIELD_BY_KEY
        ):
            continue
        for part in value[:MOST_PARTS] if isinstance(value, list) else [value]:
            if isinstance(part, dict) and depth < DEEPEST_VALUE:
                for inner_key, inner in unknown_values(part, depth + 1):
                    yield f"{key}.{inner_key}", inner
            elif isinstance(part, str | int | float) and not isinstance(part, bool):
                yield key, part


def fields_of(keys: Iterable[str]) -> set[str]:
    """Return the fields that keys are of."""
    return {known[0] for key in keys if (known := _FIELD_BY_KEY.get(normalized(key)))}
