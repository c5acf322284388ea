"""Makes the address of the issue form in which a reader reports a wrong fact, filled in."""

from urllib.parse import urlencode

from daily_papers.site.views.claim_text import StatedClaim, times

FORM = "1-wrong-fact.yml"  # of .github/ISSUE_TEMPLATE; the names below are those of its fields
MOST_LETTERS = 6_000  # of an address; GitHub takes about 8,000
# Letters of a text: of those with which the address is not too long, the most. A letter takes up to
# twelve in the address.
_MOST_OF_A_TEXT = (800, 200, 30)


def report_url(new_issue_url: str, claim: StatedClaim, version: str) -> str:
    """Return the address of the form for a claim, of MOST_LETTERS at most: long texts are cut."""
    for most in _MOST_OF_A_TEXT:
        address = f"{new_issue_url}?{urlencode(_fields(claim, version, most))}"
        if len(address) <= MOST_LETTERS:
            break
    return address


def _fields(claim: StatedClaim, version: str, most: int) -> dict[str, str]:
    def cut(text: str) -> str:
        return text if len(text) <= most else f"{text[:most]}…"

    shown = {
        "claim": claim.id,
        "quote": claim.quote,
        "value": f"{claim.amount} ({claim.effect})",
        "metric": claim.metric,
        "measured": claim.measured,
        "factor": times(claim, is_exact=True),
        "baseline": claim.baseline,
        "hardware": claim.hardware,
        "subject": claim.subject,
        "confidence": f"{claim.confidence}%",
    }
    return {
        "template": FORM,
        "title": f"Wrong fact: {cut(claim.quote)}",
        "paper": cut(claim.paper_id),
        "sentence": cut(claim.sentence),
        "kind": "claim (a number)",
        "shown": "\n".join(f"{name}: {cut(value)}" for name, value in shown.items() if value),
        "version": version,
    }
