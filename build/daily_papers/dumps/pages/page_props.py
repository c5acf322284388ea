"""Reads the papers of a page from its data, which are JSON in an attribute of a tag.

A page that lists papers has them in `<div data-target="DailyPapers" data-props="…">`; pages of a
search may have the list under another key. The page of one paper has `data-target="PaperContent"`.
"""

import re
from collections.abc import Callable
from contextlib import suppress

from bs4.element import Tag

from daily_papers.dumps.answers import envelope, json_values
from daily_papers.dumps.answers.answer_reader import Answers
from daily_papers.dumps.answers.json_values import InvalidValueError
from daily_papers.dumps.pages.html_parse import TAG, ParsedPage
from daily_papers.dumps.problems import Problems
from daily_papers.dumps.saved_file import Lines
from daily_papers.records import DumpError

MOST_OTHERS = 1_000  # tags with data of another name

_LIST, _ONE_PAPER = "DailyPapers", ("PaperContent", "PaperPage")
_PROPS = re.compile(r"data-props\s*=\s*(\"[^\"]*+\"|'[^']*+'|[^\s>]*+)", re.IGNORECASE)
_NEWLINE_BY_NAME = re.compile(r"&(?:#10|#13|#x0*[ad]|newline);?", re.IGNORECASE)

_Lines = Callable[[int, int], tuple[int, int]]


def read_data(page: ParsedPage, is_of_papers: bool) -> Answers | None:
    """Read the papers that a page lists from its data; None where it has none.

    With `is_of_papers`, an empty list under any name is a day without papers.

    Raises:
        DumpError: the data are broken.
    """
    tags = page.soup.find_all(lambda tag: tag.has_attr("data-props"))
    empty: Answers | None = None
    for tag in tags:
        if tag.get("data-target") == _LIST and (answers := _read_list(page, tag)):
            if answers.listings:
                return answers
            empty = empty or answers
    for tag in tags[:MOST_OTHERS]:
        with suppress(DumpError):  # data that are no papers
            if answers := _read_list(page, tag):
                if answers.listings:
                    return answers
                empty = empty or (answers if is_of_papers else None)
    return empty


def read_one_paper(page: ParsedPage, is_of_one_paper: bool) -> Answers | None:
    """Read the paper that a page is about from its data; None where it is about none.

    Raises:
        DumpError: the data are broken.
    """
    tags = page.soup.find_all(lambda tag: tag.has_attr("data-props"))
    named = [tag for tag in tags if tag.get("data-target") in _ONE_PAPER]
    others = [tag for tag in tags if tag.get("data-target") not in _ONE_PAPER]
    others = others if is_of_one_paper else []
    for tag in [*named, *others[:MOST_OTHERS]]:
        with suppress(InvalidValueError):  # no paper in it
            if answers := _read_paper(page, tag):
                return answers
    return None


def _read_paper(page: ParsedPage, tag: Tag) -> Answers | None:
    """Read the paper in the data of a tag, which may be cut behind it; None where there is none."""
    props = str(tag["data-props"])
    json_values.require_few_values(props)
    for key, start, end in json_values.members(props, json_values.skip_blanks(props, 0)):
        if key != "paper":
            continue
        paper, _ = json_values.read_value(props, start)
        if not isinstance(paper, dict) or not {"id", "title"} <= paper.keys():
            return None
        try:
            json_values.read_value(props, 0)
        except InvalidValueError:  # cut behind the paper
            props = f'{{"paper": {props[start:end]}}}'
        answers = Answers(props, _line_span(page, tag, props), Problems(page.file))
        answers.read(json_values.skip_blanks(props, 0))
        answers.is_one_paper = True
        return answers
    return None


def _read_list(page: ParsedPage, tag: Tag) -> Answers | None:
    """Read the papers from the data of a tag; None where it has no list of them."""
    props = str(tag["data-props"])
    span = _line_span(page, tag, props)
    answers = Answers(props, span, Problems(page.file))
    try:
        json_values.require_few_values(props)
        start = json_values.skip_blanks(props, 0)
        if _has_no_list(props, start):
            return None
        answers.read(start)
    except InvalidValueError as error:
        offset = error.offset or 0
        problem = f"data-props: {error.problem}"
        raise DumpError(page.file, span(offset, offset + 1)[0], problem) from error
    return answers


def _has_no_list(props: str, start: int) -> bool:
    """Tell whether data are whole, and have no list of papers."""
    if props[start : start + 1] != "{":
        raise InvalidValueError("not JSON: expected one object", start)
    try:
        data, end = json_values.read_value(props, start)
    except InvalidValueError:
        return False  # what is whole in them counts
    if json_values.skip_blanks(props, end) < len(props):
        raise InvalidValueError("not JSON: expected one object", end)
    try:
        envelope.list_path(data)
    except InvalidValueError:
        return True
    return False


def _line_span(page: ParsedPage, tag: Tag, props: str) -> _Lines:
    """Return the function from offsets in the data of a tag to lines of the file."""
    plain_lines = page.plain_lines
    first = last = tag.sourceline or 1
    offset = plain_lines.offset(first) + (tag.sourcepos or 0)
    whole = TAG.match(page.plain, offset)
    attribute = _PROPS.search(page.plain, offset, whole.end()) if whole else None
    inside = None
    if attribute:
        start, end = attribute.span(1)
        first, last = plain_lines.span(start, max(start + 1, end))
        # Newlines of the data are newlines of the file, unless some are written by name.
        if not _NEWLINE_BY_NAME.search(attribute[1]):
            inside = Lines(props, page.file)

    def span(start: int, end: int) -> tuple[int, int]:
        if first == last or not inside:
            return first, last
        first_inside, last_inside = inside.span(start, end)
        return first + first_inside - 1, first + last_inside - 1

    return span
