"""Says a claim in words: amounts with their units, and which way the thing measured went."""

from collections.abc import Mapping
from typing import Any

_SIGNS = {"x": "×", "%": "%"}  # written right behind the number
_ORDERS = "orders"
_FASTER = {"increase": "faster", "decrease": "slower", "level": ""}
_HIGHER = {"increase": "higher", "decrease": "lower", "level": ""}

Claim = Mapping[str, Any]


def number(value: float) -> str:
    """Return a number as people write it: 137, 2.7, 0.0004, 249,960."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-9 else f"{value:g}"


def amount(claim: Claim) -> str:
    """Return what a claim states: `up to 2.7×`, `1.9–38.8×`, `32,000 tokens`."""
    said = number(claim["value"])
    if claim["value_low"] is not None:
        said = f"{number(claim['value_low'])}–{said}"
    unit = claim["unit"]
    if unit in _SIGNS:
        said += _SIGNS[unit]
    elif unit == _ORDERS:
        said += " orders of magnitude"
    elif unit != "score":
        said += f" {unit}"
    return f"{claim['bound']} {said}" if claim["bound"] else said


def direction(claim: Claim) -> str:
    """Return which way it went: higher, lower, faster, slower; nothing for what is reached."""
    words = _FASTER if claim["metric"] == "speedup" else _HIGHER
    return words[claim["effect"]]


def conditions(claim: Claim) -> str:
    """Return what it is compared with, on what and for what, as far as the paper says."""
    said = (("than", "baseline"), ("on", "hardware"), ("for", "subject"))
    return ", ".join(f"{word} {claim[key]}" for word, key in said if claim[key])


def words(claim: Claim) -> str:
    """Return a claim in words: `Throughput: up to 2.7× higher, than vLLM, on A100`.

    The claim has the name of its metric as `metric_name`.
    """
    said = " ".join(part for part in (amount(claim), direction(claim)) if part)
    return ", ".join(
        part for part in (f"{claim['metric_name']}: {said}", conditions(claim)) if part
    )
