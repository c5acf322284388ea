"""Why a number is not a claim: named filters that every candidate passes, in this order.

Each filter looks at one number where it stands and says whether the number is of that kind; the
name of the first that does is the reason kept in `rejected_candidates`.
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
    r"[\w-]+['’]s ){0,3}"
    r"|\(vs\.?\s)$"
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


class Candidate(NamedTuple):
    """A number with what stands before and behind it in its sentence."""

    quantity: Quantity
    before: str  # the sentence up to the number
    after: str  # the rest of the sentence
    background: bool  # the sentence speaks of the world before this paper


Filter = Callable[[Candidate], bool]


def part_of_a_name(one: Candidate) -> bool:
    """`GPT-4`, `Stable Diffusion 3.5`, `Section 3.2`: the number belongs to the word before it."""
    if one.quantity.unit is not None:
        return one.before.endswith("-") and one.before[-2:-1].isalpha()
    return bool(_NAME_BEFORE.search(one.before[-40:]))


def year_or_citation(one: Candidate) -> bool:
    """`2024`, `(Sun et al., 2023a)`."""
    year = (
        one.quantity.unit is None
        and one.quantity.value % 1 == 0
        and 1900 <= one.quantity.value <= 2100
    )
    return year and one.after[:1] != "%"


def enumeration(one: Candidate) -> bool:
    """`(1) … (2) …`: the number counts the points of a list."""
    opened = (
        one.before.rstrip().endswith(("(", ":", ",", ";", ".", "and")) or not one.before.strip()
    )
    return (
        one.quantity.unit is None
        and one.quantity.value < 20
        and opened
        and bool(_ENUMERATED.match(one.after))
    )


def dimension(one: Candidate) -> bool:
    """`224×224`, `3x3`: a shape."""
    return (
        bool(_DIMENSION.match(one.after))
        or one.before[-1:] in ("×", "x")
        and one.before[-2:-1].isdigit()
    )


def rank_cutoff(one: Candidate) -> bool:
    """`top-5`, `pass@10`."""
    return one.quantity.unit is None and bool(_CUTOFF.search(one.before[-8:]))


def formula(one: Candidate) -> bool:
    """`O(1/log n)`, `n>=120`, `p<0.001`: mathematics and statistics."""
    return bool(_FORMULA_STATISTIC.search(one.before[-8:])) or (
        one.quantity.unit is None and bool(_FORMULA_BEFORE.search(one.before[-24:]))
    )


def kind_of_thing(one: Candidate) -> bool:
    """`5-fold cross-validation`, `3-shot`, `12-layer`."""
    return one.quantity.unit in (None, "x") and bool(_CROSS.match(one.after))


def bit_width(one: Candidate) -> bool:
    """`8-bit`: how numbers are stored, unless it is what the paper brings them down to."""
    if (one.quantity.unit or "").lower() not in _BIT:
        return False
    return not (_ACHIEVED_BITS.search(one.before[-90:]) and _LOSSLESS.match(one.after))


def background(one: Candidate) -> bool:
    """The sentence speaks of the world before this paper."""
    return one.background


def starting_point(one: Candidate) -> bool:
    """`compared with 73.7% for the baseline`: the number is another's."""
    return bool(_BASELINE_BEFORE.search(one.before[-60:])) or bool(_BASELINE_AFTER.match(one.after))


def of_another(one: Candidate) -> bool:
    """`while the baseline drops by 90%`: the number is another's."""
    return bool(_ANOTHER.search(one.before[-120:]))


def setting(one: Candidate) -> bool:
    """`at 50% sparsity`, `with a 20% budget`: what was set, not what was found."""
    return (
        one.quantity.unit in ("%", "x")
        and bool(_SETUP_BEFORE.search(one.before[-30:]))
        and bool(_SETUP_AFTER.match(one.after))
    )


def hardware_count(one: Candidate) -> bool:
    """`8 GPUs`, `48 nodes`."""
    return one.quantity.unit in (None, "x") and bool(_HARDWARE_COUNT.match(one.after))


def model_size(one: Candidate) -> bool:
    """`7B`, `13 billion`: how large the models are."""
    quantity = one.quantity
    if quantity.known is not None and quantity.known.unit == "parameters":
        return not (
            _FEW_PARAMETERS.search(one.before[-24:]) or "trainable" in (quantity.unit or "")
        )
    return quantity.unit is None and quantity.scaled and quantity.value >= 1e8


# In the order in which they are asked; the cheap and certain ones first.
FILTERS: tuple[Filter, ...] = (
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


def reason_against(one: Candidate) -> str | None:
    """Return the name of the first filter that a candidate does not pass."""
    return next((one_filter.__name__ for one_filter in FILTERS if one_filter(one)), None)
