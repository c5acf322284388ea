"""Reads JSON answers of the service: lists of papers, one paper, the results of a search.

It also reads what archives make of them: answers inside other objects, records as text in Python's
notation, and a record on each line (JSON Lines).
"""

from pathlib import Path

from daily_papers.dumps import recall
from daily_papers.dumps.answers import json_values
from daily_papers.dumps.answers.answer_reader import Answers
from daily_papers.dumps.answers.json_values import InvalidValueError
from daily_papers.dumps.problems import Problems
from daily_papers.dumps.saved_file import Lines, decode, make_dump
from daily_papers.records import Dump, DumpError

_SYNTAX = "syntax"  # the part of lines without a record


def read(data: bytes, path: Path) -> Dump:
    """Read a file of answers, one behind the other.

    Raises:
        DumpError: it is no JSON, has no list of papers, or too many records are none; the message
            names line, record and field.
    """
    file = str(path)
    problems = Problems(file)
    text = decode(data, problems)
    lines = Lines(text, file)
    answers = Answers(text, lines.span, problems, _decode_record)
    offset: int | None = 0
    try:
        json_values.require_few_values(text)
        while offset is not None and (offset := json_values.skip_blanks(text, offset)) < len(text):
            offset = answers.read_next(offset)
    except InvalidValueError as error:
        line = lines.at(offset or 0 if error.offset is None else error.offset)
        raise DumpError(file, line, error.problem) from error
    problems.require_few(len(answers.listings))
    account = lines.account(answers.listings, _SYNTAX, answers.left_out)
    count = recall.count_in_json(text)
    return make_dump(data, path, "json", answers.shown_on(), account, problems.rows, count)


def _decode_record(record: object) -> object:
    """Return a record as it is, or read it from text that has it as JSON or Python literal."""
    if not isinstance(record, str):
        return record
    text = record.strip()
    if not text.startswith('{"'):
        return json_values.read_literal(text)
    value, end = json_values.read_value(text, 0)
    if end < len(text):
        raise InvalidValueError("text behind the record")
    return value
