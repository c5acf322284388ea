"""An arXiv id leads to its paper on every page and in every file. Files name the source of a paper,
not the address under which the site happens to be served."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

import bibtexparser
import httpx
import pytest
import rispy
from datasette.app import Datasette

from tests.api_answers import answer, old
from tests.conftest import Get, build, client, open_datasette, parse_html, run_in_thread
from tests.saved_pages import page, record

ID, OLD_ID, NOT_HERE = "2407.01234", "cs/0203045", "2407.99999"
TITLE = "Ivy: Do NOT Cache -Twice"
ABSTRACT = "Ivy caches keys once, and needs 40% less memory than vLLM on an A100 GPU."
HOSTS = ("papers.example", "127.0.0.1:8001")
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def datasette(tmp_path_factory: pytest.TempPathFactory) -> Datasette:
    folder = tmp_path_factory.mktemp("ids")
    papers = [
        old(id=ID, title=TITLE, summary=ABSTRACT),
        old(1, id=OLD_ID, title="Caches Before Caches"),
    ]
    (folder / "day.json").write_text(answer(papers), encoding="utf-8")
    (folder / "text.txt").write_text(page(record("A Paper Without Any Id")), encoding="utf-8")
    return open_datasette(build(folder / "papers.db", folder, "--unusual"))


@pytest.fixture(scope="module")
def get(datasette: Datasette) -> Get:
    return client(datasette)


def slug(get: Get, title: str) -> str:
    (row,) = get("/search.json", q=title).json()["results"][:1]
    assert row["title"] == title
    return str(row["id"])


@pytest.mark.parametrize("path", ["/search.json", "/papers/search.json"])
@pytest.mark.parametrize(
    "text",
    [ID, f"arXiv:{ID}v2", f"https://arxiv.org/pdf/{ID}", f"hf.co/papers/{ID}",
     f"https://doi.org/10.48550/arXiv.{ID}", TITLE, TITLE.upper()],
)  # fmt: skip
def test_search_finds_a_paper_by_what_names_it(get: Get, path: str, text: str) -> None:
    body = get(path, q=text, _shape="objects").json()
    rows = body.get("results") or body["rows"]
    assert rows[0]["title"] == TITLE
    assert len(rows) == 1 or text.lower() == TITLE.lower()


@pytest.mark.parametrize("ending", ["csv", "bib", "ris", "atom"])
def test_a_search_by_id_as_a_file_has_its_paper_alone(get: Get, ending: str) -> None:
    text = get(f"/search.{ending}", q=f"https://arxiv.org/abs/{OLD_ID}v1").text
    assert "Caches Before Caches" in text
    assert "Ivy" not in text


def test_a_search_for_an_id_that_is_not_here_says_so_and_where_it_may_be(get: Get) -> None:
    body = get("/search.json", q=f"arXiv:{NOT_HERE}").json()
    assert (body["count"], body["results"], body["corrections"]) == (0, [], None)
    assert body["messages"] == [
        f"No paper here has the arXiv id {NOT_HERE}.",
        "Papers that were saved as text have no arXiv id here; search for the title, too.",
    ]
    urls = [f"https://arxiv.org/abs/{NOT_HERE}", f"https://huggingface.co/papers/{NOT_HERE}"]
    assert [attempt["url"] for attempt in body["tries"]] == urls
    html = parse_html(get("/search", q=NOT_HERE).text)
    assert [link["href"] for link in html.select(".tries a")] == urls


def test_a_filter_that_hides_the_paper_of_an_id_can_be_taken_away(get: Get) -> None:
    body = get("/search.json", q=ID, year="1999").json()
    assert f"No paper here has the arXiv id {ID}." not in body["messages"]
    assert [attempt["label"] for attempt in body["tries"]] == ["without the filters"]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        (ID, TITLE),
        (f"{ID}v3", TITLE),
        (f"arXiv:{ID}", TITLE),
        (f"arXiv%3A{ID}", TITLE),
        (f"https://arxiv.org/abs/{ID}v1", TITLE),
        (OLD_ID, "Caches Before Caches"),
        ("cs%2F0203045v2", "Caches Before Caches"),
    ],
)
def test_an_id_leads_to_the_paper_in_every_format(get: Get, key: str, title: str) -> None:
    paper_id = slug(get, title)
    redirect = get(f"/paper/{key}")
    assert redirect.status_code == 302
    assert redirect.headers["location"] == f"/papers/papers/{paper_id}"
    assert get(f"/paper/{paper_id}").headers["location"] == redirect.headers["location"]
    assert get(f"/paper/{key}.json").json() == get(f"/paper/{paper_id}.json").json()
    for ending in ("bib", "ris"):
        cited = get(f"/paper/{key}.{ending}")
        assert cited.status_code == 200
        assert cited.text == get(f"/paper/{paper_id}.{ending}").text


@pytest.mark.parametrize("ending", ["", ".json", ".bib", ".ris"])
def test_an_id_that_is_not_here_is_not_found_and_names_its_address(get: Get, ending: str) -> None:
    missing = get(f"/paper/{NOT_HERE}v2{ending}")
    assert missing.status_code == 404
    assert f"No paper here has the arXiv id {NOT_HERE}; see https://arxiv.org/abs/{NOT_HERE}." in (
        missing.text
    )


def test_papers_are_compared_by_their_ids(get: Get) -> None:
    body = get(f"/compare.json?id={ID}v1&id=arXiv:{OLD_ID}").json()
    assert [paper["title"] for paper in body["papers"]] == [TITLE, "Caches Before Caches"]
    assert body["ids"] == [paper["id"] for paper in body["papers"]]
    assert get(f"/compare.json?id={ID}&id={NOT_HERE}").status_code == 400


def test_a_paper_links_abstract_pdf_and_listing_on_its_page_and_in_json(get: Get) -> None:
    urls = [
        f"https://arxiv.org/abs/{ID}",
        f"https://arxiv.org/pdf/{ID}",
        f"https://huggingface.co/papers/{ID}",
    ]
    paper = get(f"/paper/{ID}.json").json()["paper"]
    assert [source["url"] for source in paper["sources"] if not source["is_search"]] == urls
    html = parse_html(get(f"/papers/papers/{paper['id']}").text)
    assert [link["href"] for link in html.select(".actions a")][:3] == urls
    assert f"arXiv:{ID}" in html.select("header .meta")[0].get_text()


def test_results_of_a_search_show_their_ids(get: Get) -> None:
    results = get("/search.json", q="caches").json()["results"]
    assert {result["arxiv_id"] for result in results} == {ID, OLD_ID}
    html = parse_html(get("/search", q="caches").text)
    shown = [meta.get_text() for meta in html.select(".results-list .meta")]
    assert all(f"arXiv:{each}" in " ".join(shown) for each in (ID, OLD_ID))
    assert f",{ID}," in get("/search.csv", q=ID).text


def test_a_page_says_where_no_id_is_known(get: Get) -> None:
    warning = "No source here states the arXiv id"
    unknown = slug(get, "A Paper Without Any Id")
    assert warning in get(f"/papers/papers/{unknown}").text
    assert warning not in get(f"/papers/papers/{slug(get, TITLE)}").text
    assert get(f"/paper/{unknown}.bib").text.startswith(f"% {unknown}: arXiv id not known")
    (cited,) = rispy.loads(get(f"/paper/{unknown}.ris").text)
    assert cited["notes"][-1].startswith("arXiv id not known")


def on_host(datasette: Datasette, host: str, path: str) -> httpx.Response:
    async def get() -> httpx.Response:
        return await datasette.client.get(path, headers={"host": host})

    return run_in_thread(asyncio.run, get())


@pytest.mark.parametrize(
    "path", ["/search.bib", "/search.ris", f"/paper/{ID}.bib", f"/paper/{ID}.ris"]
)
def test_citations_never_name_the_address_of_the_site(datasette: Datasette, path: str) -> None:
    first, second = (on_host(datasette, host, path).text for host in HOSTS)
    assert first == second
    assert f"https://arxiv.org/abs/{ID}" in first
    assert not any(host in first for host in (*HOSTS, "localhost"))


def test_the_collection_is_cited_by_its_dumps_not_by_the_address_of_the_site(
    datasette: Datasette,
) -> None:
    first, second = (
        parse_html(on_host(datasette, host, "/about").text).select("pre.cite")[0].get_text()
        for host in HOSTS
    )
    assert first == second
    (entry,) = bibtexparser.parse_string(first).entries
    info = "/papers/build_info.json?name=dumps_sha256&_shape=array"
    (row,) = on_host(datasette, HOSTS[0], info).json()
    assert entry["note"].endswith(f"from dumps with the SHA-256 {row['value']}")


def test_a_citation_has_what_finds_the_paper(get: Get) -> None:
    library = bibtexparser.parse_string(get(f"/paper/{ID}.bib").text)
    assert not library.failed_blocks
    (entry,) = library.entries
    assert {name: entry[name] for name in ("eprint", "archivePrefix", "doi", "url", "author")} == {
        "eprint": ID,
        "archivePrefix": "arXiv",
        "doi": f"10.48550/arXiv.{ID}",
        "url": f"https://arxiv.org/abs/{ID}",
        "author": "Ada Lovelace and Person Number 0",
    }
    (cited,) = rispy.loads(get(f"/paper/{ID}.ris").text)
    assert cited["doi"] == f"10.48550/arXiv.{ID}"
    assert cited["urls"] == [f"https://arxiv.org/abs/{ID}"]
    assert "notes" not in cited


def feed_ids(text: str) -> list[str]:
    root = ElementTree.fromstring(text)
    return [element.text or "" for element in root.iter(f"{ATOM}id")]


@pytest.mark.parametrize("query", ["", "?q=caches", "?q=caches&year=2024", "?topic=other"])
def test_ids_of_a_feed_do_not_depend_on_the_address(datasette: Datasette, query: str) -> None:
    path = f"/search.atom{query}"
    first, second = (feed_ids(on_host(datasette, host, path).text) for host in HOSTS)
    assert first == second
    assert len(first) > 1
    assert len(set(first)) == len(first)
    assert all(tag.startswith("tag:daily-papers,2026:") for tag in first)


def test_feeds_of_two_searches_differ_and_orders_of_parameters_do_not(get: Get) -> None:
    def feed_id(query: str) -> str:
        return feed_ids(get(f"/search.atom?{query}").text)[0]

    same = {feed_id(q) for q in ("q=ivy&year=2024", "year=2024&q=ivy&sort=discussed&compare=x")}
    assert same == {"tag:daily-papers,2026:search?q=ivy&year=2024"}
    others = {
        feed_id(q) for q in ("q=ivy", "q=ivy&year=2023", "q=Ivy&page=2", "q=%22ivy%22+%C3%A9")
    }
    assert len(others | same) == 5


def test_a_site_in_a_folder_leads_to_pages_in_the_folder(datasette: Datasette) -> None:
    path = Path(datasette.get_database("papers").path)
    inside = client(open_datasette(path, base_url="/data/"))
    assert inside(f"/paper/{ID}").headers["location"].startswith("/data/papers/papers/ivy")
