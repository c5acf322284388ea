"""Reads JSON answers of the service: lists of papers, one paper, the results of a search.

It also reads what archives make of them: answers inside other objects, records as text in Python's
notation, and a record on each line (JSON Lines).
"""

from pathlib import Path

from daily_papers.dumps import recall, strict_json
from daily_papers.dumps.envelope import Answers, is_record, list_path
from daily_papers.dumps.saved_file import Lines, decode, make_dump
from daily_papers.dumps.strict_json import InvalidValueError
from daily_papers.records import Dump, DumpError

_SYNTAX = "syntax"  # the part of lines without a record


def read(data: bytes, path: Path) -> Dump:
    """Read a file of answers, one behind the other.

    Raises:
        DumpError: it is no strict JSON, or a record is none; the message names line and field.
    """
    file = str(path)
    text = decode(data, file)
    lines = Lines(text, file)
    answers = Answers(text, lines.span, decode_record)
    offset = 0
    try:
        strict_json.require_few_values(text)
        while (offset := strict_json.skip_blanks(text, offset)) < len(text):
            end = _read_answer(answers, offset)
            offset = strict_json.skip_blanks(text, end)
            if offset < len(text) and lines.at(offset) == lines.at(end):
                problem = "not JSON: something follows on the line that a value ends on"
                raise InvalidValueError(problem, offset)
    except InvalidValueError as error:
        line = lines.at(offset if error.offset is None else error.offset)
        raise DumpError(file, line, error.problem) from error
    account = lines.account(answers.listings, _SYNTAX)
    return make_dump(data, path, "json", answers.shown_on(), account, recall.count_in_json(text))


def decode_record(record: object) -> object:
    """Return a record as it is, or read it from text that has it as JSON or Python literal."""
    if not isinstance(record, str):
        return record
    text = record.strip()
    if not text.startswith('{"'):
        return strict_json.read_literal(text)
    value, end = strict_json.read_value(text, 0)
    if end < len(text):
        raise InvalidValueError("text behind the record")
    return value


def _read_answer(answers: Answers, offset: int) -> int:
    """Add the listings of the answer at an offset; return the offset behind it."""
    if answers.text[offset] == "[":
        return answers.add_list(offset)
    answer, end = strict_json.read_value(answers.text, offset)
    if not isinstance(answer, dict):
        raise InvalidValueError(f"expected papers, found {strict_json.describe(answer)}", offset)
    if is_record(answer):
        answers.is_one_paper = not answers.listings
        answers.add_record(answer, offset, end)
    else:
        answers.add_answer(answer, list_path(answer), offset)
    return end
