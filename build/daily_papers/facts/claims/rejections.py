"""Says why a number may be no claim, by named filters that every candidate passes in order.

Each filter tells whether a number is of a kind that is hardly ever a claim. The name of the first
that matches is the reason in `rejected_candidates`, so renaming a filter changes the data.
"""

import re
from collections.abc import Callable
from typing import NamedTuple

from daily_papers.facts.claims.quantities import Quantity

_NAME_BEFORE = re.compile(
    r"(?:[A-Za-z]-|\b(?:Table|Section|Sec\.|Figure|Fig\.|Eq\.|Equation|Level|Levels|Stage|Phase|Type|Version|"
    r"Chapter|Appendix|Theorem|Lemma|Step|Task|Tier|Gen|No\.|Round|version|layer|layers|level|levels|stage|"
    r"iteration|seed|epoch|rank|order)\s|[A-Z][\w.+]*[a-zA-Z][\w.+]*\s)$"
)
_ENUMERATED = re.compile(r"\s?[).:]")
_DIMENSION = re.compile(r"\s?[×xX*]\s?\d")
_CUTOFF = re.compile(r"(?:\b[Tt]op[-\s]?|@|\bk\s?=\s?)$")
_FORMULA_BEFORE = re.compile(r"(?:\b[A-Za-z]\s?[=<>≥≤]\s?|O\([^)]{0,20}|[\^_]\{?|[≤≥<>=]\s?)$")
_FORMULA_STATISTIC = re.compile(r"\b[pnNkdrαβλε]\s?[=<>≥≤]+\s?$")
_BASELINE_BEFORE = re.compile(
    r"(?:\b(?:compared (?:to|with)|in comparison (?:to|with)|versus|vs\.?|against|relative to|"
    r"(?<!more )(?<!less )(?<!higher )(?<!lower )(?<!greater )(?<!fewer )(?<!better )"
    r"(?<!larger )(?<!smaller )(?<!other )(?<!faster )than|rather than|instead of|"
    r"as opposed to|up from|down from)"
    r"\s(?:the |a |an |its |just |only |about |around |nearly |roughly |approximately |over |"
    r"[\w-]+['’]s ){0,3}|\(vs\.?\s)$"
)
_BASELINE_AFTER = re.compile(r"\s(?:[\w-]+\s)?baseline\b")
_ANOTHER = re.compile(
    r"\b(?:while|whereas|but|where)\s(?:the\s)?(?:latter|baselines?|original|"
    r"throughput of (?:the\s)?baselines?|existing|others|"
    r"vanilla|standard|previous|prior|conventional|traditional)\b[^,;]*$"
    r"|\b(?:outperform|surpass|exceed|beat)\w*\s[^,;()]{1,60}\($"
    r"|\b(?:outperform|surpass|exceed|beat)\w*\s[^,;]{1,50}(?:\bat|"
    r"['’]s(?:\s\w+){0,2}(?:\sof)?)\s(?:about |only )?$"
)
_SETUP_BEFORE = re.compile(
    r"\b(?:[Aa]t|[Uu]nder|[Ww]ith|[Ff]or|[Gg]iven|[Aa]ssuming|[Uu]sing)\s(?:an?\s|the\s|only\s)?(?:\w+\s)?[~≈]?$"
)
_SETUP_AFTER = re.compile(
    r"\s?(?:and \d+%\s)?(?:\w+[-\s]){0,3}(?:sparsity|compression (?:rate|ratio)|"
    r"pruning (?:rate|ratio)|sparsity (?:rate|ratio)|"
    r"budget|heavy hitters|confidence|cache budget|masking|dropout|ratio|of the time\b|noise)"
)
_CROSS = re.compile(r"[-\s](?:cross|shot|way|stage|step|layer|hop|turn|class|dimensional|D\b)")
_BIT = frozenset(("bit", "bits"))
_ACHIEVED_BITS = re.compile(
    r"\b(?:quantiz|compress|push|down|reduc)\w*\b[^.;]{0,60}\b(?:to|into|at)\s(?:only\s|just\s)?$"
)
_LOSSLESS = re.compile(
    r"[^;]{0,60}\b(?:with|while|without)\b[^;]{0,40}\b(?:loss|lossless|degradation|accuracy|performance|perplexity|quality|retaining|maintain\w*)"
)
_FEW_PARAMETERS = re.compile(
    r"\b(?:only|just|merely|as few as|fewer than|less than)\s(?:about\s|~\s?)?$"
)
_HARDWARE_COUNT = re.compile(
    r"\s?(?:[A-Z]\w*\s){0,2}(?:GPUs|TPUs|nodes|CPUs|cores|accelerators|devices|machines|chips|GCDs)\b"
)
# A device that is enough is a result: “trains on a single A100 80GB”.
_SINGLE = re.compile(r"\b(?:single|one|only|just)\s(?:[A-Z]\w*\s)?$")


class Candidate(NamedTuple):
    """A number with the text before and behind it in its sentence."""

    quantity: Quantity
    before: str  # the sentence up to the number
    after: str  # the rest of the sentence
    background: bool  # the sentence speaks of the world before this paper
    before_device: str | None = None  # the sentence up to the device whose memory the number is


def part_of_a_name(number: Candidate) -> bool:
    """`GPT-4`, `Stable Diffusion 3.5`, `Section 3.2`: the number belongs to the word before it."""
    if number.quantity.unit is not None:
        return number.before.endswith("-") and number.before[-2:-1].isalpha()
    return bool(_NAME_BEFORE.search(number.before[-40:]))


def year_or_citation(number: Candidate) -> bool:
    """`2024`, `(Sun et al., 2023a)`."""
    value = number.quantity.value
    is_year = number.quantity.unit is None and value % 1 == 0 and 1900 <= value <= 2100
    return is_year and number.after[:1] != "%"


def enumeration(number: Candidate) -> bool:
    """`(1) … (2) …`: the number counts the points of a list."""
    before = number.before.rstrip()
    opens = not before or before.endswith(("(", ":", ",", ";", ".", "and"))
    is_count = number.quantity.unit is None and number.quantity.value < 20
    return is_count and opens and bool(_ENUMERATED.match(number.after))


def dimension(number: Candidate) -> bool:
    """`224×224`, `3x3`: a shape."""
    if _DIMENSION.match(number.after):
        return True
    return number.before[-1:] in ("×", "x") and number.before[-2:-1].isdigit()


def rank_cutoff(number: Candidate) -> bool:
    """`top-5`, `pass@10`."""
    return number.quantity.unit is None and bool(_CUTOFF.search(number.before[-8:]))


def formula(number: Candidate) -> bool:
    """`O(1/log n)`, `n>=120`, `p<0.001`: mathematics and statistics."""
    return bool(_FORMULA_STATISTIC.search(number.before[-8:])) or (
        number.quantity.unit is None and bool(_FORMULA_BEFORE.search(number.before[-24:]))
    )


def kind_of_thing(number: Candidate) -> bool:
    """`5-fold cross-validation`, `3-shot`, `12-layer`."""
    return number.quantity.unit in (None, "x") and bool(_CROSS.match(number.after))


def bit_width(number: Candidate) -> bool:
    """`8-bit`: how numbers are stored, unless it is what the paper brings them down to."""
    if (number.quantity.unit or "").lower() not in _BIT:
        return False
    return not (_ACHIEVED_BITS.search(number.before[-90:]) and _LOSSLESS.match(number.after))


def background(number: Candidate) -> bool:
    """The sentence speaks of the world before this paper."""
    return number.background


def starting_point(number: Candidate) -> bool:
    """`compared with 73.7% for the baseline`: the number is the baseline's."""
    return bool(_BASELINE_BEFORE.search(number.before[-60:]) or _BASELINE_AFTER.match(number.after))


def of_another(number: Candidate) -> bool:
    """`while the baseline drops by 90%`: the number is another method's."""
    return bool(_ANOTHER.search(number.before[-120:]))


def setting(number: Candidate) -> bool:
    """`at 50% sparsity`, `with a 20% budget`: a setting and no result."""
    if number.quantity.unit not in ("%", "x"):
        return False
    return bool(_SETUP_BEFORE.search(number.before[-30:]) and _SETUP_AFTER.match(number.after))


def hardware_count(number: Candidate) -> bool:
    """`8 GPUs`, `48 nodes`."""
    return number.quantity.unit in (None, "x") and bool(_HARDWARE_COUNT.match(number.after))


def model_size(number: Candidate) -> bool:
    """`7B`, `13 billion`: the size of models, unless the parameters are few or trainable."""
    quantity = number.quantity
    if quantity.unit_entry is None or quantity.unit_entry.unit != "parameters":
        return quantity.unit is None and quantity.scaled and quantity.value >= 1e8
    return not (_FEW_PARAMETERS.search(number.before[-24:]) or "trainable" in (quantity.unit or ""))


def device_memory(number: Candidate) -> bool:
    """`A100-80G`, `RTX 4090 (24 GB)`: the memory is a part of the device's name, unless a single
    one of it is what the paper gets by with."""
    return number.before_device is not None and not _SINGLE.search(number.before_device)


# The cheap and certain filters come first.
FILTERS: tuple[Callable[[Candidate], bool], ...] = (
    rank_cutoff,
    part_of_a_name,
    year_or_citation,
    enumeration,
    dimension,
    formula,
    kind_of_thing,
    background,
    starting_point,
    of_another,
    bit_width,
    setting,
    hardware_count,
    model_size,
)
# The models were trained without this one: it overrules them, and is no feature.
OVERRULING = device_memory

# No label is a number of these kinds; of the other kinds the model decides, with this among its
# features.
CERTAIN = frozenset(("rank_cutoff", "dimension", "of_another", "hardware_count", "device_memory"))


def rejection_reason(candidate: Candidate) -> str | None:
    """Return the name of the first filter that matches a candidate, or None."""
    return next((filter_.__name__ for filter_ in FILTERS if filter_(candidate)), None)
