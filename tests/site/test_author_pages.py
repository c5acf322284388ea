"""The page of an author, and the papers of an author as files."""

import csv
import io
import shutil
from pathlib import Path

import bibtexparser
import feedparser
import pytest
import rispy
from bs4 import BeautifulSoup

from tests.conftest import Get, client, execute, open_datasette, parse_html, query

AUTHOR, NAME = "team-foo-7", "Team Foo 7"  # an id and a name that end in a digit
CO_AUTHORS = [("jane-doe", "Jane Doe"), ("a-b", "A B")]


@pytest.fixture(scope="module")
def authored(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seeds with authors: six papers of one, who wrote four with Jane Doe and two with A B."""
    path = Path(shutil.copy(database, tmp_path_factory.mktemp("authors") / "papers.db"))
    names = ", ".join(f"('{key}', '{name}')" for key, name in [(AUTHOR, NAME), *CO_AUTHORS])
    papers = "select id, rowid as number from papers order by number limit 6"
    execute(
        path,
        f"insert into authors values {names}",
        f"insert into authorships select id, 1, '{AUTHOR}' from ({papers})",
        f"insert into authorships select id, 2, 'jane-doe' from ({papers}) where number <= 4",
        f"insert into authorships select id, 3, 'a-b' from ({papers}) where number in (2, 6)",
        f"insert into authorships select id, 9, '{AUTHOR}' from ({papers}) where number = 1",
    )
    return path


@pytest.fixture(scope="module")
def papers(authored: Path) -> list[str]:
    """The ids of the author's papers, the newest first."""
    sql = """
        select id from papers where id in (select paper_id from authorships)
        order by published_on is null, published_on desc, id
    """
    return [key for (key,) in query(authored, sql)]


@pytest.fixture(scope="module")
def ask(authored: Path) -> Get:
    return client(open_datasette(authored))


@pytest.fixture(scope="module")
def page(ask: Get) -> BeautifulSoup:
    return parse_html(ask(f"/papers/authors/{AUTHOR}").text)


def links(page: BeautifulSoup, selector: str) -> list[str]:
    return [str(link["href"]) for link in page.select(selector)]


def test_the_page_has_the_name_and_the_papers_the_newest_first(
    page: BeautifulSoup, papers: list[str]
) -> None:
    assert [heading.get_text() for heading in page.select("h1")] == [NAME]
    assert links(page, "ul.papers a:not(.compare-toggle)") == [
        f"/papers/papers/{key}" for key in papers
    ]
    assert "6 papers here name this author" in page.get_text()


def test_it_has_co_authors_and_topics_by_the_papers_that_they_share(
    page: BeautifulSoup, authored: Path
) -> None:
    rows = page.select('section[aria-labelledby="co-authors"] li')
    assert [row.get_text(" ", strip=True) for row in rows] == ["Jane Doe 4", "A B 2"]
    assert links(page, "section[aria-labelledby=co-authors] a") == [
        "/papers/authors/jane-doe", "/papers/authors/a-b",
    ]  # fmt: skip
    topics = query(
        authored,
        "select count(distinct paper_id) from paper_topics"
        " where paper_id in (select paper_id from authorships) group by topic_id",
    )
    shown = page.select('section[aria-labelledby="related"] .number')
    counts = sorted((count for (count,) in topics), reverse=True)[:12]
    assert [int(number.get_text()) for number in shown] == counts


def test_it_leads_to_the_table_of_all_papers_of_the_author(
    ask: Get, page: BeautifulSoup, papers: list[str]
) -> None:
    (link,) = [link for link in page.select("p.more a") if link.get_text() == "All 6 papers"]
    path, _, query = str(link["href"]).partition("?")
    rows = ask(f"{path}.json?{query}&_shape=objects").json()["rows"]
    assert [row["id"] for row in rows] == papers


@pytest.mark.parametrize("kind", ["atom", "bib", "ris", "csv"])
def test_the_papers_are_files_in_the_same_order(
    ask: Get, page: BeautifulSoup, papers: list[str], kind: str
) -> None:
    url = f"/author/{AUTHOR}.{kind}"
    assert url in links(page, "p.more a")
    text = ask(url).text
    ids = {
        "atom": lambda: [entry.id.rpartition("/")[2] for entry in feedparser.parse(text).entries],
        "bib": lambda: [entry.key for entry in bibtexparser.parse_string(text).entries],
        "ris": lambda: [record["id"] for record in rispy.loads(text)],
        "csv": lambda: [row["id"] for row in csv.DictReader(io.StringIO(text))],
    }
    assert ids[kind]() == papers


def test_the_feed_is_named_after_the_author(ask: Get) -> None:
    answer = ask(f"/author/{AUTHOR}.atom")
    feed = feedparser.parse(answer.text)
    assert not feed.bozo
    assert feed.feed.title == f"Daily Papers: {NAME}"
    assert feed.feed.id == f"tag:daily-papers,2026:author/{AUTHOR}"
    assert feed.feed.link == f"http://localhost/papers/authors/{AUTHOR}"


def test_an_author_who_is_not_here_is_not_found(ask: Get) -> None:
    answer = ask("/author/nobody.bib")
    assert (answer.status_code, answer.text) == (404, "No author here has the id “nobody”.\n")
