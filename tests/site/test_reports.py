"""What pages show beside each claim: its confidence, and the form for a wrong fact."""

import re
from pathlib import Path

import pytest

from tests.conftest import METADATA, Get, client, execute, open_datasette, parse_html
from tests.site.page_kinds import PAPER

FORM = METADATA["plugins"]["wrong_facts"]["new_issue_url"]
PAGES = ("/results", f"/papers/papers/{PAPER}", "/papers/topics/kv-cache")


@pytest.mark.parametrize("page", PAGES)
def test_each_claim_has_its_confidence_and_the_form_for_a_wrong_fact(get: Get, page: str) -> None:
    rows = parse_html(get(page).text).select("table.claims-told tbody tr, .claim-list li")
    assert len(rows) > 5
    for row in rows:
        cell = row.find("td", {"data-label": "Confidence"})
        confidence = f"confidence {cell.get_text()}" if cell else row.get_text()
        assert re.search(r"confidence \d+%", confidence)
        (link,) = (
            link for link in row.select("a") if link.get_text().startswith("report a wrong fact: ")
        )
        assert str(link["href"]).startswith(f"{FORM}?template=1-wrong-fact.yml&")


@pytest.mark.parametrize(("metric", "is_less"), [("memory", True), ("quality", False)])
def test_a_board_says_what_better_is_for_its_metric(get: Get, metric: str, is_less: bool) -> None:
    text = parse_html(get("/results", metric=metric).text).get_text()
    assert ("80% less, 5× smaller and 20% of it are all 5× better" in text) is is_less
    assert ("80% more is 1.8× better, and 80% of it 0.8×" in text) is not is_less


def test_a_dataset_has_its_results_each_measure_in_a_table(get: Get) -> None:
    page = parse_html(get("/papers/entities/dataset-imagenet").text)
    captions = [caption.get_text() for caption in page.select("#results ~ .wide caption")]
    assert len(captions) == len(set(captions)) > 2
    assert any(caption.endswith("lower is better") for caption in captions)


def test_without_an_address_there_is_no_form(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasette = open_datasette(database)
    monkeypatch.setattr(datasette, "plugin_config", lambda *_, **__: None)
    assert "report a wrong fact" not in client(datasette)("/results").text


def test_an_unsure_claim_is_marked(copy: Path) -> None:
    execute(copy, "update claims set confidence = 40 where metric = 'speedup'")
    site = client(open_datasette(copy.rename(copy.with_name("papers.db"))))
    (mark, *_) = parse_html(site("/results").text).select("td.sure.unsure")
    assert mark.get_text() == "40% as likely right as wrong"
