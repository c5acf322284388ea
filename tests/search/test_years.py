"""How years are read, and which of several are alternatives."""

import pytest

from daily_papers.search.years import alternatives, with_year, year_range


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024..2025", 2024, 2025),
        (" 2024 - 2025 ", 2024, 2025),
        ("2024..", 2024, 9999),
        ("..2024", 0, 2024),
        (">2024", 2025, 9999),
        (">= 2024", 2024, 9999),
        ("<2024", 0, 2023),
        ("<=2024", 0, 2024),
    ],
)
def test_a_range_has_its_first_and_its_last_year(value: str, first: int, last: int) -> None:
    years = year_range(value)
    assert years
    assert (years[0], years[-1]) == (first, last)


@pytest.mark.parametrize("value", ["2024", "undated", "..", ">", "", "20240..", "24..25"])
def test_other_text_is_no_range(value: str) -> None:
    assert year_range(value) is None


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([], []),
        (["2023", "2025"], [["2023"], ["2025"]]),
        ([">=2022", "undated", "<2025"], [["undated"], [">=2022", "<2025"]]),
        (["2020..2021", "2024.."], [["2020..2021"], ["2024.."]]),
    ],
)
def test_years_are_alternatives_and_bounds_hold_together(
    values: list[str], groups: list[list[str]]
) -> None:
    assert alternatives(values) == groups


@pytest.mark.parametrize(
    ("values", "year", "expected"),
    [
        ([], "2024", ["2024"]),
        (["2023"], "2024", ["2023", "2024"]),
        (["2024.."], "2025", ["2025"]),
        (["2024..", "undated"], "2025", ["undated", "2025"]),
        (["2024.."], "2023", ["2024..", "2023"]),
        (["2024.."], "undated", ["2024..", "undated"]),
        ([">=2022", "<2025"], "2023", ["2023"]),
        ([">=2022", "<2025"], "2021", [">=2022", "<2025", "2021"]),
    ],
)
def test_one_more_year_is_added_and_narrows_a_range_that_has_it(
    values: list[str], year: str, expected: list[str]
) -> None:
    assert with_year(values, year) == expected
