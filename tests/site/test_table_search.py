"""The search box of a table takes any text."""

import pytest

from tests.conftest import Get

WORDLESS = ("", " ", "\t\n", '"', '""', '"""', '" "', "*", "-", "(", "\0", "\0\0", "^:{}")


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
@pytest.mark.parametrize("text", [*WORDLESS, 'a\0b"', '"a', 'a""b', "NEAR(", "a AND", "title:"])
def test_no_text_is_a_syntax_error(get: Get, text: str, ending: str) -> None:
    assert get(f"/papers/papers{ending}", _search=text, _size="1").status_code == 200


@pytest.mark.parametrize("text", WORDLESS[1:])
def test_a_text_without_a_word_finds_nothing(get: Get, text: str) -> None:
    answer = get("/papers/papers.json", _search=text).json()
    assert answer["filtered_table_rows_count"] == 0
    assert answer["rows"] == []


def test_words_find_what_has_all_of_them(get: Get) -> None:
    count = get("/papers/papers.json", _search="kv cache\0").json()["filtered_table_rows_count"]
    assert (
        count
        == get("/papers/papers.json", _search='"kv" cache').json()["filtered_table_rows_count"]
    )
    assert count > 0
