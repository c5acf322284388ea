"""Which listings are one paper, which value wins, and what the ids are."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from daily_papers.dumps import api
from daily_papers.dumps.captures import text_page
from daily_papers.papers.titles import author_id, key_and_slug
from daily_papers.records import Dump, Paper
from tests import api_answers
from tests.papers.identified import identify
from tests.saved_pages import page, record

ABSTRACT = "Caching keys costs memory and time. We drop nine of ten and lose nothing that matters."
REVISED = (
    "Caching keys costs memory and time on every server. We drop nine of ten and lose nothing."
)
OTHER = "Gradient descent stalls on plateaus. A larger step gets over them on three small problems."
FIRST_OF_2026 = record("Filler", "Words that nobody else writes here.", when="Jan 2")
LAST_OF_2025 = record("Filler", "Words that nobody else writes here.", when="Dec 30, 2025")


def slug(title: str) -> str:
    return key_and_slug(title)[1]


def dump(name: str, *records: str, shown: str | None = "Feb 4") -> Dump:
    return text_page.read(page(*records, shown=shown).encode(), Path(f"{name}.txt"))


def only(*dumps: Dump) -> Paper:
    (paper,) = [one for one in identify(dumps).papers if one.title != "Filler"]
    return paper


def new(name: str, *records: str, shown: str = "Feb 4") -> Dump:
    """A dump of 2026, by its own evidence."""
    return dump(name, *records, FIRST_OF_2026, LAST_OF_2025, shown=shown)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("S$^{2}$FT: Tuning", "S^{2}FT: Tuning"),
        ("S²FT: Tuning", "S2FT: tuning"),
        (r"M\'elange", "Mélange"),
        ("On-Device Inference", "On Device  Inference"),
        (r"$\alpha$-VAE", "alpha-VAE"),
        ("Keys & Values", "Keys and Values"),
        ("Keys -- Values", "Keys – Values"),
    ],
)
def test_titles_that_differ_by_markup_and_accents_are_one_paper(one: str, other: str) -> None:
    dumps = [dump("a", record(one, ABSTRACT)), dump("b", record(other, ABSTRACT, who=None))]
    assert only(*dumps).id == only(*reversed(dumps)).id
    assert len(identify(dumps).paper_ids) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "Attention Is Not All You Need"),
        ("Scaling Laws, Part I", "Scaling Laws, Part II"),
        ("Benchmarking C++", "Benchmarking C#"),
        ("Benchmarking C++", "Benchmarking C"),
        ("α-VAE", "β-VAE"),
        ("A" * 70 + " one", "A" * 70 + " two"),
    ],
)
def test_titles_that_are_almost_the_same_are_two_papers(one: str, other: str) -> None:
    papers = identify([dump("a", record(one, ABSTRACT), record(other, ABSTRACT))]).papers
    assert len({paper.id for paper in papers}) == 2


def test_a_revised_abstract_is_the_same_paper_and_the_newest_dump_gives_it() -> None:
    old, revised = dump("a", record("T", ABSTRACT)), new("b", record("T", REVISED))
    assert only(old, revised).abstract == only(revised, old).abstract == REVISED


def test_an_abstract_that_was_cut_short_is_the_same_paper() -> None:
    assert only(dump("a", record("T", ABSTRACT)), dump("b", record("T", ABSTRACT[:40] + ".")))


def test_one_title_with_two_abstracts_is_two_papers_and_the_older_keeps_the_plain_id() -> None:
    older = dump("a", record("A Note", ABSTRACT, when="Jun 1, 2023"))
    younger = dump("b", record("A Note", OTHER, when="Jun 2, 2023"))
    alone = only(older).id
    for dumps in ([older, younger], [younger, older]):
        ids = {paper.abstract: paper.id for paper in identify(dumps).papers}
        assert ids[ABSTRACT] == alone == "a-note"
        assert ids[OTHER].startswith("a-note-")


def test_the_plain_id_goes_by_the_first_date_of_a_paper_and_one_without_comes_last() -> None:
    first = [dump(name, record("A Note", ABSTRACT, when=day)) for name, day in
             (("a", "Jun 9, 2023"), ("b", "Jun 1, 2023"))]  # fmt: skip
    second = dump("c", record("A Note", OTHER, when="Jun 5, 2023"))
    undated = dump("d", record("A Note", "Nobody says when these words were printed.", who=None))
    for dumps in itertools.permutations([*first, second, undated]):
        ids = {paper.published_on: paper.id for paper in identify(dumps).papers}
        plain = [day for day, key in ids.items() if key == "a-note"]
        assert len(ids) == 3
        assert plain == ["2023-06-09"]  # as one listing says; the other has the first date


def test_listings_join_through_a_third_whatever_the_order() -> None:
    versions = [ABSTRACT, f"{ABSTRACT} {OTHER}", OTHER]
    dumps = [dump(name, record("T", one)) for name, one in zip("abc", versions, strict=True)]
    for order in itertools.permutations(dumps):
        assert len(identify(order).papers) == 1


def test_metadata_of_one_listing_fills_what_another_lacks() -> None:
    bare = dump("a", record("T", ABSTRACT, who=None))
    authors = dump("b", record("T", ABSTRACT, when="Jun 16, 2024"))
    organization = dump("c", record("T", ABSTRACT, "lab A Lab", "Jun 16, 2024 3"))
    paper = only(bare, authors, organization)
    assert (paper.published_on, paper.published_basis, paper.year) == ("2024-06-16", "stated", 2024)
    assert (paper.author_count, paper.organization_id, paper.comment_count) == (8, "lab", 3)


def test_what_no_listing_states_is_null() -> None:
    paper = only(dump("a", record("T", ABSTRACT, who=None)))
    assert (paper.published_on, paper.published_basis, paper.year) == (None, None, None)
    assert (paper.author_count, paper.comment_count, paper.organization_id) == (None, None, None)


def test_the_newest_dump_that_states_a_value_wins() -> None:
    undated = dump("a", record("T", ABSTRACT, when="Jun 16, 2024 9"))
    older = new("z", record("T", ABSTRACT, when="Jun 16, 2024 2"), shown="Feb 4")
    newest = new("y", record("T", ABSTRACT, when="Jun 16, 2024 5"), shown="Mar 4")
    silent = new("x", record("T", ABSTRACT, when="Jun 16, 2024"), shown="Apr 4")
    for order in itertools.permutations([undated, older, newest, silent]):
        assert only(*order).comment_count == 5
    assert only(undated, older).comment_count == 2


def test_dumps_of_one_date_count_in_the_order_of_their_ids() -> None:
    dumps = [new(name, record("T", ABSTRACT, when=f"Jun 16, 2024 {n}")) for n, name in
             enumerate("ba")]  # fmt: skip
    assert only(*dumps).comment_count == only(*reversed(dumps)).comment_count == 1


def test_a_stated_date_beats_a_newer_inferred_one() -> None:
    stated = dump("a", record("T", ABSTRACT, when="Jan 9, 2026"))
    inferred = new("b", record("T", ABSTRACT, when="Jan 8"))
    paper = only(stated, inferred)
    assert (paper.published_on, paper.published_basis) == ("2026-01-09", "stated")


def test_ids_stay_when_dumps_are_added_removed_or_reordered() -> None:
    dumps = [
        dump("a", record("One: A Title", ABSTRACT), record("Two", OTHER)),
        dump("b", record("Two", OTHER, who=None)),
        new("c", record("Three", REVISED)),
    ]
    every = {paper.title: paper.id for paper in identify(dumps).papers}
    for count in (1, 2, 3):
        for some in itertools.permutations(dumps, count):
            for paper in identify(some).papers:
                assert every[paper.title] == paper.id


def test_the_order_of_dumps_does_not_matter() -> None:
    dumps = [dump("a", record("T", ABSTRACT)), new("b", record("T", REVISED)), dump("c")]
    assert identify(dumps) == identify(dumps[::-1])


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("DuoAttention: Long Context", "duoattention-long-context"),
        ("Mélange & S²FT", "melange-and-s2ft"),
        ("H₂O: Don't Evict", "h2o-dont-evict"),
        ("C++ vs. C#", "c-plus-plus-vs-c-sharp"),
        ("β-VAE", "beta-vae"),
    ],
)
def test_slugs_are_the_words_of_the_title(title: str, expected: str) -> None:
    assert slug(title) == expected


@pytest.mark.parametrize("title", ["word " * 40, "北京 transformer", "!?", "x" * 200])
def test_a_slug_that_says_less_than_the_title_ends_in_a_hash(title: str) -> None:
    assert slug(title) != slug(title + "y")
    assert len(slug(title)) <= 73
    assert set(slug(title)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_text_that_is_nothing_but_markup_is_kept() -> None:
    catalogue = identify([dump("a", record("{}", "{}", "lab {}"))])
    (paper,), (organization,) = catalogue.papers, catalogue.organizations
    assert (paper.title, paper.abstract, organization.name) == ("{}", "{}", "{}")
    assert paper.id.startswith("paper-")


def test_an_organization_that_a_newer_dump_replaces_is_not_kept() -> None:
    old = dump("a", record("One", ABSTRACT, "old Old"))
    renamed = new("b", record("One", ABSTRACT, "young Young"))
    assert [one.id for one in identify([old, renamed]).organizations] == ["young"]


@pytest.mark.parametrize(("shared", "count"), [(20, 1), (19, 2)])  # of 80 and 79 runs
def test_abstracts_agree_from_a_quarter_of_their_runs(shared: int, count: int) -> None:
    common = " ".join(f"shared{i}" for i in range(shared + 2))
    abstracts = [f"{common} {' '.join(f'{own}{i}' for i in range(60))}." for own in "ab"]
    dumps = [dump(name, record("T", one)) for name, one in zip("ab", abstracts, strict=True)]
    assert len(identify(dumps).papers) == count


def test_abstracts_that_share_words_by_twos_only_do_not_agree() -> None:
    abstracts = [" ".join(f"one{i} two{i} {own}{i}" for i in range(20)) + "." for own in "ab"]
    dumps = [dump(name, record("T", one)) for name, one in zip("ab", abstracts, strict=True)]
    assert len(identify(dumps).papers) == 2


def test_organizations_stand_once_under_their_newest_name() -> None:
    old = dump("a", record("One", ABSTRACT, "lab Old Name"))
    renamed = new("b", record("Two", OTHER, "lab New Name"))
    catalogue = identify([old, renamed])
    assert [(one.id, one.name) for one in catalogue.organizations] == [("lab", "New Name")]


# Papers with arXiv ids.


def answered(name: str, *papers: dict[str, Any]) -> Dump:
    return api.read(json.dumps(papers).encode(), Path(f"{name}.json"))


def known(arxiv_id: str, title: str, abstract: str, **more: Any) -> dict[str, Any]:
    return {"id": arxiv_id, "title": title, "summary": abstract, **more}


def ids(*dumps: Dump) -> dict[str | None, str]:
    return {paper.arxiv_id: paper.id for paper in identify(dumps).papers}


def test_listings_with_one_arxiv_id_are_one_paper_whatever_title_and_abstract() -> None:
    old = answered("a", known("2407.00001v1", "First Title", ABSTRACT))
    renamed = answered("b", known("2407.00001", "A Second Title", OTHER))
    paper = only(old, renamed)
    assert (paper.arxiv_id, paper.id) == ("2407.00001", "a-second-title")
    assert paper == only(renamed, old)


def test_two_arxiv_ids_are_two_papers_whatever_title_and_abstract() -> None:
    one = answered("a", known("2407.00002", "A Note", ABSTRACT, publishedAt="2024-07-02"))
    other = answered("b", known("2407.00001", "A Note", ABSTRACT, publishedAt="2024-07-03"))
    third = answered("c", known("2407.00003", "A  note!", ABSTRACT, publishedAt="2024-07-03"))
    for order in itertools.permutations([one, other, third]):
        found = ids(*order)
        assert found["2407.00002"] == "a-note"
        assert all(found[key].startswith("a-note-") for key in ("2407.00001", "2407.00003"))
        assert len(set(found.values())) == 3
    assert ids(one, other)["2407.00001"] == ids(one, other, third)["2407.00001"]


def test_of_papers_with_one_title_and_date_the_lower_arxiv_id_has_the_plain_id() -> None:
    papers = [known(f"2407.0000{n}", "A Note", ABSTRACT) for n in (3, 1, 2)]
    found = ids(answered("a", *papers))
    assert found["2407.00001"] == "a-note"
    assert len(set(found.values())) == 3


def test_a_listing_without_an_id_is_the_paper_whose_title_and_abstract_agree() -> None:
    bare = dump("a", record("S$^{2}$FT: Tuning", REVISED))
    paper = only(bare, answered("b", known("2407.00001", "S²FT: Tuning", ABSTRACT)))
    assert (paper.arxiv_id, paper.author_count) == ("2407.00001", 8)


def test_a_listing_without_an_id_is_one_paper_only_the_one_that_agrees_most() -> None:
    bare = dump("c", record("A Note", f"{ABSTRACT} More."))
    papers = [known("2407.00001", "A Note", REVISED), known("2407.00002", "A Note", ABSTRACT)]
    for order in itertools.permutations(papers):
        catalogue = identify([bare, answered("d", *order)])
        assert len(catalogue.papers) == 2
        (paper,) = [one for one in catalogue.papers if one.arxiv_id == "2407.00002"]
        assert catalogue.paper_ids["c", 1] == paper.id


def test_a_listing_without_an_id_whose_abstract_does_not_agree_is_another_paper() -> None:
    bare = dump("a", record("A Note", OTHER))
    assert len(identify([bare, answered("b", known("2407.00001", "A Note", ABSTRACT))]).papers) == 2


def test_a_listing_without_an_abstract_is_the_paper_of_its_title() -> None:
    bare = dump("a", record("A Note", ABSTRACT))
    card = answered("b", known("2407.00001", "A Note", ""))
    assert only(bare, card).abstract == ABSTRACT
    other = answered("c", known("2407.00001", "A Note", OTHER))
    assert len(identify([bare, card, other]).papers) == 2


def test_the_abstract_is_that_of_the_newest_listing_that_has_one() -> None:
    paper = only(
        answered("a", known("2407.00001", "T", "", submittedOnDailyAt="2026-01-01")),
        answered("b", known("2407.00001", "T", ABSTRACT, submittedOnDailyAt="2024-01-01")),
    )
    assert paper.abstract == ABSTRACT


def test_code_page_and_address_come_from_the_listing_that_has_them() -> None:
    page = {"githubRepo": "https://github.com/a/b", "projectPage": "https://a.github.io"}
    paper = only(
        answered("a", known("2407.00001", "T", ABSTRACT)),
        answered("b", known("2407.00001", "T", ABSTRACT, **page)),
    )
    assert (paper.code_url, paper.project_url) == (page["githubRepo"], page["projectPage"])
    assert paper.url == "https://huggingface.co/papers/2407.00001"


# Authors.


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ada Lovelace", "ada-lovelace"), ("Wei Liu", "wei-liu"), ("Cher", "cher")],
)
def test_the_id_of_an_author_is_the_words_of_the_name(name: str, expected: str) -> None:
    assert author_id(name) == expected


@pytest.mark.parametrize(
    "name",
    ["José García", "Jose Garcia", "jose garcia", "JOSE GARCIA", "Jose-Garcia", "Jose  García",
     "J. Garcia", "J Garcia", "王伟", "王", ":", "!", "x" * 400, "X" + "x" * 399, "Author"],
)  # fmt: skip
def test_two_names_never_have_one_id_and_it_fits_an_address(name: str) -> None:
    others = ["José García", "Jose Garcia", "jose garcia", "JOSE GARCIA", "J. Garcia", "王伟", ":"]
    assert all(author_id(name) != author_id(other) for other in others if other != name)
    assert set(author_id(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(author_id(name)) <= 77


def test_authors_with_one_name_are_one_and_stand_in_their_order() -> None:
    def named(*names: str) -> list[dict[str, str]]:
        return [{"name": name} for name in names]

    one = answered("a", known("2407.00001", "One", ABSTRACT, authors=named("B", "A", "Z\\'elie D")))
    two = answered("b", known("2407.00002", "Two", OTHER, authors=named(" A", "Zélie  D")))
    for order in ([one, two], [two, one]):
        catalogue = identify(order)
        assert [author.name for author in catalogue.authors] == ["A", "B", "Zélie D"]
        places = [
            (paper, position, author.partition("-")[0])
            for paper, position, author in catalogue.authorships
        ]
        assert places == [
            ("one", 1, "b"), ("one", 2, "a"), ("one", 3, "zelie"), ("two", 1, "a"),
            ("two", 2, "zelie"),
        ]  # fmt: skip


def test_the_authors_are_those_of_the_newest_listing_that_names_them() -> None:
    listed = [
        answered(name, known("2407.00001", "T", ABSTRACT, authors=[{"name": who}],
                             submittedOnDailyAt=day))
        for name, who, day in (("a", "New Name", "2025-01-02"), ("b", "Old Name", "2025-01-01"))
    ]  # fmt: skip
    # Of a list, which has a day; one paper alone has none.
    listed.append(dump("c", record("T", ABSTRACT)))
    assert [author.name for author in identify(listed).authors] == ["New Name"]


def test_ids_are_the_same_for_all_formats() -> None:
    records = [api_answers.old(0), api_answers.old(1)]
    text_dump = dump("a", *(record(one["title"], one["paper"]["summary"]) for one in records))
    json_dump = api.read(api_answers.answer(records).encode(), Path("b.json"))
    assert {one.id for one in identify([text_dump]).papers} == {
        one.id for one in identify([json_dump]).papers
    }
    assert len(identify([text_dump, json_dump]).papers) == 2
