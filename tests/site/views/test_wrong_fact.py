"""The address of the form in which a reader reports a wrong fact."""

from urllib.parse import parse_qs, urlsplit

import yaml

from daily_papers.site.views import wrong_fact
from tests.conftest import ROOT
from tests.site.views.test_claim_text import claim

FORM = "https://git.example.org/papers/issues/new"


def fields(**changes: object) -> dict[str, str]:
    address = wrong_fact.report_url(FORM, claim(**changes), "tables 4.3")
    assert address.startswith(f"{FORM}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def test_the_form_is_filled_in_with_the_claim() -> None:
    filled = fields(measured="goodput", baseline="vLLM", factor=2.7, factor_bound="up to")
    assert filled["template"] == wrong_fact.FORM
    assert filled["title"] == "Wrong fact: 2.7x"
    assert filled["paper"] == "a"
    assert filled["sentence"] == "2.7x"
    assert filled["version"] == "tables 4.3"
    assert filled["shown"].splitlines() == [
        "claim: a.1",
        "quote: 2.7x",
        "value: 2.7× (increase)",
        "metric: throughput",
        "measured: goodput",
        "factor: up to 2.7×",
        "baseline: vLLM",
        "confidence: 85%",
    ]


def test_its_fields_and_options_are_those_of_the_form() -> None:
    path = ROOT / ".github" / "ISSUE_TEMPLATE" / wrong_fact.FORM
    form = {part.get("id"): part for part in yaml.safe_load(path.read_text())["body"]}
    filled = fields()
    assert filled.keys() - {"template", "title"} <= form.keys()
    assert filled["kind"] in form["kind"]["attributes"]["options"]


def test_what_papers_write_is_escaped_and_bounded() -> None:
    hostile = '&template=x#"><script>\n' + "é漢😀" * 3_000
    names = ("quote", "sentence", "baseline", "hardware", "subject", "measured", "paper_id", "id")
    changed = claim(**dict.fromkeys(names, hostile))
    address = wrong_fact.report_url(FORM, changed, "v")
    assert len(address) <= wrong_fact.MOST_LETTERS
    assert not set(address) & set('<>"# \n')
    assert parse_qs(urlsplit(address).query)["template"] == [wrong_fact.FORM]
