"""What a publisher sets in metadata: it shows on every page, and an error names file and field."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml

from daily_papers.site import palette
from daily_papers.site.metadata_checks import check_metadata
from daily_papers.site.site_settings import (
    Link,
    Settings,
    SettingsError,
    check_contrast,
    read_metadata,
    settings,
)
from tests.conftest import METADATA, ROOT, Get, client, daily_papers, open_datasette, parse_html

CSS = (ROOT / "static" / "site.css").read_text(encoding="utf-8")
OWN = """
title: "Kernels & caches"
license:
databases:
  papers:
    queries:
      most_discussed:
plugins:
  site:
    introduction_html: What <em>our group</em> reads.
    links:
      - {name: Wiki, url: "https://wiki.example.org/?a=1&b=2"}
    footer_links:
      - {name: Imprint, url: /imprint}
    colours:
      light: {top: "#402060", link: "#402060"}
      dark: {top: "#301040"}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("own") / "own.yml"
    file.write_text(OWN, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def metadata(own: Path) -> dict[str, Any]:
    return read_metadata(ROOT / "metadata.yml", own)


@pytest.fixture(scope="module")
def get_own(database: Path, metadata: dict[str, Any]) -> Get:
    return client(open_datasette(database, metadata=metadata))


# --- metadata


def test_own_metadata_stand_over_those_of_the_site(metadata: dict[str, Any]) -> None:
    queries = METADATA["databases"]["papers"]["queries"]
    assert metadata["title"] == "Kernels & caches"
    assert metadata["description"] == METADATA["description"]
    assert metadata["plugins"].keys() == METADATA["plugins"].keys() | {"site"}
    assert metadata["databases"]["papers"]["tables"] == METADATA["databases"]["papers"]["tables"]
    assert metadata["databases"]["papers"]["queries"].keys() == queries.keys() - {"most_discussed"}
    assert "license" not in metadata


def test_a_licence_or_source_without_address_takes_none_of_another(tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    own.write_text("license: CC BY 4.0\nsource: Us\nsource_url: https://us.example.org/\n")
    chosen = settings(read_metadata(ROOT / "metadata.yml", own)).credits
    assert chosen == {
        "license": "CC BY 4.0",
        "source": "Us",
        "source_url": "https://us.example.org/",
    }


def test_settings_are_those_of_the_metadata(metadata: dict[str, Any]) -> None:
    chosen = settings(metadata)
    assert chosen.title == "Kernels & caches"
    assert chosen.links == (Link("Wiki", "https://wiki.example.org/?a=1&b=2"),)
    assert chosen.colours_css == (
        ":root {\n  --top: #402060;\n  --link: #402060;\n}\n"
        "@media (prefers-color-scheme: dark) {\n:root {\n  --top: #301040;\n}\n}\n"
    )
    assert settings({}).colours_css == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title: [", "line 2: did not find expected node content"),
        ("- title", "expected keys with values, such as “title: My papers”"),
        ("title: 7", "title: Expected `str`, got `int`"),
        (
            "plugins: {site: {colors: {}}}",
            "plugins: site: Object contains unknown field `colors`",
        ),
        (
            "plugins: {site: {links: [{name: A, url: /a}, {name: B}]}}",
            "plugins: site: links: 2: Object missing required field `url`",
        ),
        (
            'plugins: {site: {links: [{name: A, url: "javascript:alert(1)"}]}}',
            "plugins: site: links: 1: url: Expected `str` matching regex",
        ),
        ('source_url: "javascript:alert(1)"', "source_url: Expected `str` matching regex"),
        (
            'plugins: {wrong_facts: {new_issue_url: "javascript:alert(1)"}}',
            "plugins: wrong_facts: new_issue_url: Expected `str` matching regex",
        ),
        (
            "databases: {papers: {tables: {claims: {license_url: 4}}}}",
            "databases: papers: tables: claims: license_url: Expected `str`, got `int`",
        ),
        (
            "plugins: {site: {links: [{name: A, url: //elsewhere.example.org}]}}",
            "plugins: site: links: 1: url: Expected `str` matching regex",
        ),
        (
            'plugins: {site: {colours: {night: {top: "#000000"}}}}',
            "plugins: site: colours: night: expected light or dark",
        ),
        (
            'plugins: {site: {colours: {light: {mark: "#000000"}}}}',
            "plugins: site: colours: light: mark: expected one of ground, panel,",
        ),
        (
            "plugins:\n  site:\n    colours:\n      light:\n        top: #123456",
            'plugins: site: colours: light: top: expected a colour in quotes, such as "#1a5680"',
        ),
        (
            'plugins: {site: {colours: {light: {link: "red;} body {display: none"}}}}',
            'plugins: site: colours: light: link: expected a colour in quotes, such as "#1a5680"',
        ),
        (
            'plugins: {site: {colours: {dark: {top: "#9090a0"}}}}',
            "plugins: site: colours: dark: top: the contrast of top_ink (#ffffff) on top (#9090a0)"
            " is 3.1; it must be 4.5 or more",
        ),
        ("colors: {top: red}", "colors: unknown key; expected one of about, about_url,"),
        ("databases: {other: {}}", "databases: other: unknown key; expected one of papers"),
        ("databases: {papers: {querys: {}}}", "databases: papers: querys: unknown key;"),
        (
            "databases: {papers: {tables: {paper: {}}}}",
            "databases: papers: tables: paper: there is no such table",
        ),
        (
            "databases: {papers: {tables: {claims: {facets: [metrics]}}}}",
            "databases: papers: tables: claims: facets: there is no column metrics; expected one",
        ),
        (
            "databases: {papers: {tables: {papers: {facets: [{array: topic}]}}}}",
            "databases: papers: tables: papers: facets: there is no column topic;",
        ),
        (
            "databases: {papers: {tables: {papers: {sort_desc: date}}}}",
            "databases: papers: tables: papers: sort_desc: there is no column date;",
        ),
        (
            "databases: {papers: {queries: {mine: {sql: select titel from papers}}}}",
            "databases: papers: queries: mine: sql: no such column: titel",
        ),
        (
            "databases: {papers: {queries: {mine: {title: Mine}}}}",
            "databases: papers: queries: mine: sql: expected the SQL of the query",
        ),
    ],
)
def test_an_error_names_file_and_field(
    tmp_path: Path, database: Path, text: str, problem: str
) -> None:
    file = tmp_path / "own.yml"
    file.write_text(text, encoding="utf-8")
    refused = daily_papers("serve", database, "--metadata", file, "--port", 0)
    assert refused.stderr.startswith(f"daily-papers: {file}: {problem}")
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)


def test_an_older_database_may_lack_what_metadata_describe(tmp_path: Path, database: Path) -> None:
    older = shutil.copy(database, tmp_path / "papers.db")
    with closing(sqlite3.connect(older)) as opened, opened:
        opened.execute("update build_info set value = '4.0' where name = 'schema_version'")
    lacking = {"databases": {"papers": {"tables": {"claims": {"facets": ["new"]}}}}}
    check_metadata(lacking, older, "own.yml")
    with pytest.raises(SettingsError, match="no column new"):
        check_metadata(lacking, database, "own.yml")


def test_the_example_of_the_docs_is_accepted() -> None:
    text = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    first, second = (
        yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", text, re.S)
    )
    chosen = settings(first)
    check_contrast(chosen, CSS, "own.yml")
    assert [link.name for link in chosen.footer_links] == ["Imprint", "Contact"]
    queries = METADATA["databases"]["papers"]["queries"]
    assert second["databases"]["papers"]["queries"].keys() <= queries.keys()


def test_the_docs_name_every_field_and_colour() -> None:
    text = (ROOT / "docs" / "publishing.md").read_text(encoding="utf-8")
    fields = set(re.findall(r"^\| `plugins: site: (\w+)` \|", text, re.M))
    assert fields == set(Settings.__struct_fields__)
    table = text.partition("## Colours")[2]
    named = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.M)
        for name in re.findall(r"`(\w+)`", row)
    }
    assert named == set(palette.SETTABLE)


# --- colours


def test_the_contrast_of_two_colours_is_that_of_wcag() -> None:
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("scheme", palette.SCHEMES)
def test_the_colours_of_the_stylesheet_are_readable(scheme: str) -> None:
    colours = palette.read_palettes(CSS)[scheme]
    assert set(palette.SETTABLE) <= colours.keys()
    assert list(palette.unreadable(colours, colours)) == []


def test_a_colour_that_makes_text_hard_to_read_is_refused() -> None:
    pale = settings({"plugins": {"site": {"colours": {"light": {"link": "#aaaaaa"}}}}})
    with pytest.raises(SettingsError, match="light: link: the contrast of link"):
        check_contrast(pale, CSS, "own.yml")


# --- pages


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/", "Kernels & caches"),
        ("/search?q=cache", "cache – Search – Kernels & caches"),
        ("/papers/papers", "papers – Kernels & caches"),
        ("/papers/none", "Not found – Kernels & caches"),
    ],
)
def test_every_page_has_what_the_publisher_set(get_own: Get, path: str, title: str) -> None:
    page = parse_html(get_own(path).text)
    links = {link.get_text(): link["href"] for link in page.select("header a, footer a")}
    assert page.select_one("title").get_text() == title
    assert links["Kernels & caches"] == "/"
    assert links["Wiki"] == "https://wiki.example.org/?a=1&b=2"
    assert links["Imprint"] == "/imprint"
    sheets = [link["href"] for link in page.select("link[rel=stylesheet]")]
    assert [sheet.partition("?")[0] for sheet in sheets[:2]] == [
        "/static/site.css",
        "/site-colours.css",
    ]
    colours = get_own(sheets[1])
    assert "--top: #402060" in colours.text
    assert colours.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in colours.headers["cache-control"]


def test_the_home_page_begins_with_the_introduction(get_own: Get) -> None:
    lead = parse_html(get_own("/").text).select_one(".lead")
    assert lead.get_text() == "What our group reads."


def test_files_and_descriptions_take_the_title(get_own: Get) -> None:
    assert "<title>Kernels &amp; caches: KV</title>" in get_own("/search.atom?q=KV").text
    assert get_own("/openapi.json").json()["info"]["title"] == "Kernels & caches"


def test_a_site_without_colours_loads_no_stylesheet_for_them(get: Get) -> None:
    assert "site-colours.css" not in get("/").text
    assert get("/site-colours.css").text == ""


@pytest.mark.parametrize("file", sorted((ROOT / "templates").iterdir()), ids=lambda file: file.name)
def test_no_template_has_a_title_of_its_own(file: Path) -> None:
    assert "Daily Papers" not in file.read_text(encoding="utf-8")
