"""The page of a paper: its links, its claims beside its text, and what is folded."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

from tests.conftest import Get, client, execute, open_datasette, parse_html, query
from tests.site.page_kinds import PAPER

URL = f"/papers/papers/{PAPER}"
AUTHORS = [("jane-doe", "Jane Doe"), ("team-foo-7", "Team Foo 7")]
AUTHORS += [(f"author-{number}", f"Author {number}") for number in range(3, 31)]


@pytest.fixture(scope="module")
def page(get: Get) -> BeautifulSoup:
    return parse_html(get(URL).text)


def test_a_quote_leads_to_its_mark_and_the_mark_to_its_claim(get: Get, database: Path) -> None:
    papers = query(database, "select paper_id from claims group by 1 order by count(*) desc, 1")
    for (key,) in papers[:10]:
        page = parse_html(get(f"/papers/papers/{key}").text)
        for claim in page.select(".claim-list > li"):
            (link,) = claim.select("a.quoted")
            (place,) = page.select(f"#{str(link['href']).removeprefix('#')}")
            text = place.get_text()
            assert text.startswith(link.get_text()) or link.get_text().startswith(text)
            mark = place.find_parent("a")
            assert mark
            assert str(mark["data-marks"]).split().count(str(claim["data-mark"])) == 1
        ids = {f"#{node['id']}" for node in page.select("[id]")}
        assert {str(mark["href"]) for mark in page.select("a.is-claim")} - ids == {
            str(mark["href"]) for mark in page.select("a.is-claim") if "/entities/" in mark["href"]
        }


def test_a_claim_says_what_is_known_and_no_more(page: BeautifulSoup) -> None:
    first, *_, last = page.select(".claim-list > li")
    assert [term.get_text() for term in first.select("dt")] == ["Baseline", "Setting"]
    assert "up to 2.55× lower" in first.get_text()
    texts = [node.get_text().replace("\xa0", " ") for node in last.select("dt, dd")]
    assert texts == [
        "Hardware", "A100 GPU", "Model", "Llama-3-8B",
    ]  # fmt: skip
    assert page.select(".claim-list dl:empty") == []


def test_a_factor_is_told_where_it_is_another_number_than_the_amount(copy: Path) -> None:
    execute(
        copy, f"update claims set unit = '%', value = 80, factor = 5 where paper_id = '{PAPER}'"
    )
    get = client(open_datasette(copy.rename(copy.with_name("papers.db"))))
    claim = parse_html(get(URL).text).select(".claim-list > li")[0]
    assert [node.get_text() for node in claim.select("div")[0].select("dt, dd")] == [
        "Times better", "up to 5×",
    ]  # fmt: skip


def test_only_kinds_that_the_text_has_can_be_marked(page: BeautifulSoup) -> None:
    assert [box["id"] for box in page.select(".legend input")] == [
        "show-claim", "show-hardware", "show-model", "show-method",
    ]  # fmt: skip


def test_an_address_without_a_scheme_is_a_link(get: Get, database: Path) -> None:
    ((key, url),) = query(database, "select paper_id, url from links where url not like 'http%'")
    (link,) = parse_html(get(f"/papers/papers/{key}").text).select(f'a[href="https://{url}"]')
    assert link.get_text() == "Code: bioinf-jku/SNNs"


def test_the_day_of_a_listing_has_its_link(copy: Path) -> None:
    execute(copy, f"update listings set listed_on = '2026-08-20' where paper_id = '{PAPER}'")
    get = client(open_datasette(copy.rename(copy.with_name("papers.db"))))
    (link,) = parse_html(get(URL).text).select('.paper-head a[href="/days/2026-08-20"]')
    assert link.get_text() == "2026-08-20"
    assert get("/days/2026-08-20").status_code == 200


def test_citations_are_folded(page: BeautifulSoup) -> None:
    folds = page.select("details.citation")
    assert [fold.summary.get_text() for fold in folds if fold.summary] == ["BibTeX", "RIS"]
    assert not [fold for fold in folds if fold.has_attr("open")]


def test_its_rows_are_linked_once_a_table_and_hidden_tables_are_not(page: BeautifulSoup) -> None:
    names = [link.get_text() for link in page.select(".twins a")]
    assert len(names) == len(set(names))
    assert {"claims", "similar_papers"} <= set(names)
    assert "search_vectors" not in names
    (similar,) = page.select('.twins a[href*="similar_papers"]')
    assert unquote(str(similar["href"])) == f"/papers/similar_papers?paper_id={PAPER}"


def test_the_first_authors_are_shown_and_the_others_folded(copy: Path) -> None:
    values = ", ".join(f"('{key}', '{name}')" for key, name in AUTHORS)
    places = ", ".join(
        f"('{PAPER}', {place}, '{key}')" for place, (key, _) in enumerate(AUTHORS, 1)
    )
    execute(
        copy, f"insert into authors values {values}", f"insert into authorships values {places}"
    )
    get = client(open_datasette(copy.rename(copy.with_name("papers.db"))))
    head = parse_html(get(URL).text).select(".paper-head")[0]
    links = [(link["href"], link.get_text()) for link in head.select(".authors a")]
    assert links == [(f"/papers/authors/{key}", name) for key, name in AUTHORS]
    assert len(head.select("details .authors a")) == len(AUTHORS) - 12
    assert "18 more authors" in head.get_text()
