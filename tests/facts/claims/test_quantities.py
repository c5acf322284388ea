"""The grammar that reads every number."""

import pytest

from daily_papers.facts.claims.quantities import find_quantities
from daily_papers.text import Text


def read(text: str) -> list[tuple[str, float, float | None, str | None]]:
    return [
        (text[quantity.start : quantity.end], quantity.value, quantity.low, quantity.unit)
        for quantity in find_quantities(Text("abstract", text))
    ]


@pytest.mark.parametrize(
    ("written", "value", "low", "unit"),
    [
        ("2.55x", 2.55, None, "x"),
        ("2.55×", 2.55, None, "x"),
        ("2.55 times", 2.55, None, "x"),
        ("3-fold", 3, None, "x"),
        ("1,024", 1024, None, None),
        ("71.8%", 71.8, None, "%"),
        ("61 percent", 61, None, "%"),
        ("14–49×", 49, 14, "x"),
        ("20%-50%", 50, 20, "%"),
        ("1.1x to 2x", 2, 1.1, "x"),
        ("2.35×~3.47×", 3.47, 2.35, "x"),
        ("3.2 points", 3.2, None, "points"),
        ("1.5 percentage points", 1.5, None, "points"),
        ("6.5 pp", 6.5, None, "points"),
        ("3.4%p", 3.4, None, "points"),
        ("two orders of magnitude", 2, None, "orders"),
        ("an order-of-magnitude", 1, None, "orders"),
        ("twice", 2, None, "x"),
        ("three times", 3, None, "x"),
        ("3.3 million tokens", 3_300_000, None, "tokens"),
        ("128K tokens", 128_000, None, "tokens"),
        ("30-billion parameter", 30_000_000_000, None, "parameter"),
        ("7 to 13 billion", 13_000_000_000, 7_000_000_000, None),
        ("1.2 TB/s", 1.2, None, "TB/s"),
        ("1000 tokens/second", 1000, None, "tokens/second"),
        ("88 GPU-days", 88, None, "GPU-days"),
        ("5 ms", 5, None, "ms"),
        ("84.5 ± 0.3%", 84.5, None, "%"),
        ("1.98% (±0.07)", 1.98, None, "%"),
        ("1.98 (+/-0.07)%", 1.98, None, "%"),
        ("31.5% → 44.2%", 44.2, 31.5, "%"),
        ("31.5%->44.2%", 44.2, 31.5, "%"),
        ("6 days to 12 hours", 144, 12, "hours"),
        ("2 TB → 500 GB", 2_000, 500, "GB"),
        ("150 ms to 1.2 s", 1.2, 0.15, "s"),
        ("one-sixth of", 0.1667, None, "x"),
        ("a quarter of", 0.25, None, "x"),
        ("two-thirds of", 0.6667, None, "x"),
        ("1/20 of", 0.05, None, "x"),
        ("five to six times", 6, 5, "x"),
        ("three- to four-fold", 4, 3, "x"),
        ("a 10^3 times", 1000, None, "x"),
        ("12,5 ms", 12.5, None, "ms"),
        ("1 to 2 orders of magnitude", 2, 1, "orders"),
        ("0.17 s/frame", 0.17, None, "s/frame"),
    ],
)
def test_it_is_read_whole(written: str, value: float, low: float | None, unit: str | None) -> None:
    (quantity,) = read(f"It gives {written} the cost.")
    assert quantity[1:] == (value, low, unit)
    assert quantity[0] in written
    assert len(written) - len(quantity[0]) <= len(" of")


@pytest.mark.parametrize(
    ("text", "falls"),
    [("cut from 42GB to 11GB", True), ("raised from 39.3 to 42.8", False), ("1.4x to 3x", None)]
    + [("31% → 44%", False), ("9.6 -> 7.2", True), ("from 2 days to 9 hours", True)]
    + [("from 150 ms to 1.2 s", False), ("from 80 GB to 900 MB", True)],
)
def test_a_change_has_a_direction_and_a_range_none(text: str, falls: bool | None) -> None:
    (quantity,) = find_quantities(Text("abstract", text))
    assert quantity.falls is falls
    assert quantity.low is not None
    assert quantity.low < quantity.value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("It cost $184M.", 184_000_000, "dollars"),
        ("faster by a factor of 4.", 4, "x"),
        ("cuts memory in half", 50, "%"),
        ("uses half the memory", 0.5, "x"),
        ("faster by a factor of two", 2, "x"),
        ("at USD 0.38 a request", 0.38, "dollars"),
    ],
)
def test_the_unit_may_stand_before_a_number(text: str, value: float, unit: str) -> None:
    assert read(text)[0][1:] == (value, None, unit)


@pytest.mark.parametrize(
    "words", ["W4A8", "3D", "T5", "H2O", "a1", "int8", "x86", "the first half of the layers"]
)
def test_a_name_with_digits_and_a_half_that_is_no_share_are_no_numbers(words: str) -> None:
    assert read(f"We use {words} here.") == []


@pytest.mark.parametrize(
    "text",
    ["It doubles as a cache.", "We store triples of a graph.", "Knowledge triples are rare."],
)
def test_a_noun_and_another_sense_of_a_verb_that_is_a_number_are_no_numbers(text: str) -> None:
    assert read(text) == []


def test_a_list_shares_the_unit_behind_its_last_number() -> None:
    assert [unit for *_, unit in read("drops of 18/13/53% and 3.8 and 1.9 dB")] == [
        *("%",) * 3,
        *("dB",) * 2,
    ]


@pytest.mark.parametrize("text", ["8xH200 nodes", "double quantization", "5-fold cross-validation"])
def test_what_looks_like_times_is_not(text: str) -> None:
    assert all(unit != "x" for *_, unit in read(text))


@pytest.mark.parametrize(
    ("text", "sign"),
    [("~5%", "~"), ("<1%", "<"), ("by +14.4% here", "+"), ("of 2.1↓", "-"), ("14.4%", "")],
)
def test_the_sign_before_or_behind_is_kept(text: str, sign: str) -> None:
    (quantity,) = find_quantities(Text("abstract", f"It is {text}"))
    assert quantity.sign == sign
