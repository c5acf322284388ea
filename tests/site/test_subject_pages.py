"""The pages of subjects lead to all of the papers and claims that they show the first of."""

import re
import sqlite3

import pytest
from bs4 import BeautifulSoup

from tests.conftest import Get, parse_html

ALL = re.compile(r"(?:All )?([\d,]+) (papers?|claims?)\b")
LARGEST = {
    "topics": "paper_topics group by topic_id",
    "metrics": "claims group by metric",
    "organizations": "papers where organization_id is not null group by organization_id",
    "entities": "mentions group by entity_id",
}
DATASET = "/papers/entities/dataset-imagenet"  # whose claims are its results


def links_to_all(page: BeautifulSoup, noun: str) -> dict[str, int]:
    """Return the addresses of the links to all papers or claims, and the numbers that they say."""
    found = [(link["href"], ALL.match(link.get_text())) for link in page.select(".more a")]
    return {
        str(address): int(match[1].replace(",", ""))
        for address, match in found
        if match and match[2].startswith(noun)
    }


def count_at(get: Get, address: str) -> int:
    """Return how many rows or papers a list has, as its JSON says."""
    path, _, query = address.partition("?")
    answer = get(f"{path}.json?{query}").json()
    return int(answer["count"] if "count" in answer else answer["filtered_table_rows_count"])


@pytest.mark.parametrize("table", LARGEST)
def test_a_subject_leads_to_all_of_its_papers(get: Get, db: sqlite3.Connection, table: str) -> None:
    key = LARGEST[table].rpartition(" ")[2]
    several = "having count(*) > 1 order by count(*) desc limit 3"
    sql = f"select {key} from {LARGEST[table]} {several}"
    for (subject,) in db.execute(sql).fetchall():
        page = parse_html(get(f"/papers/{table}/{subject}").text)
        ((address, count),) = links_to_all(page, "paper").items()
        assert f"{count:,} paper" in page.select("#papers")[0].get_text()
        assert count_at(get, address) == count


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        ("/papers/metrics/memory", ["metric"]),
        ("/papers/entities/hardware-a100", ["baseline_id", "hardware_id"]),
        (DATASET, ["dataset_id"]),
    ],
)
def test_a_subject_leads_to_all_of_its_claims(get: Get, path: str, columns: list[str]) -> None:
    page = parse_html(get(path).text)
    found = links_to_all(page, "claim")
    assert [address.partition("?")[2].partition("=")[0] for address in found] == columns
    assert {address: count_at(get, address) for address in found} == found
