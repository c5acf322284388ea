"""Which listings are one paper, which value wins, and what the ids are."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from daily_papers.dumps.answers import api
from daily_papers.dumps.captures import text_page
from daily_papers.papers.titles import author_id, key_and_slug
from daily_papers.records import Dump, Organization, Paper
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


def dump_of_2026(name: str, *records: str, shown: str = "Feb 4") -> Dump:
    """A dump whose year follows from its own papers."""
    return dump(name, *records, FIRST_OF_2026, LAST_OF_2025, shown=shown)


def dumps_of(*abstracts: str) -> list[Dump]:
    """A dump for each abstract, all with the same title."""
    return [dump(name, record("T", text)) for name, text in zip("abc", abstracts, strict=False)]


def only_paper(*dumps: Dump) -> Paper:
    (paper,) = [paper for paper in identify(dumps).papers if paper.title != "Filler"]
    return paper


@pytest.mark.parametrize(
    ("title", "spelling"),
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
def test_titles_that_differ_by_markup_and_accents_are_one_paper(title: str, spelling: str) -> None:
    dumps = [dump("a", record(title, ABSTRACT)), dump("b", record(spelling, ABSTRACT, who=None))]
    assert only_paper(*dumps).id == only_paper(*reversed(dumps)).id
    assert len(identify(dumps).paper_ids) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Attention Is All You Need", "Attention Is Not All You Need"),
        ("Scaling Laws, Part I", "Scaling Laws, Part II"),
        ("Benchmarking C++", "Benchmarking C#"),
        ("Benchmarking C++", "Benchmarking C"),
        ("α-VAE", "β-VAE"),
        ("A" * 70 + " one", "A" * 70 + " two"),
    ],
)
def test_titles_that_are_almost_the_same_are_two_papers(first: str, second: str) -> None:
    papers = identify([dump("a", record(first, ABSTRACT), record(second, ABSTRACT))]).papers
    assert len({paper.id for paper in papers}) == 2


def test_a_revised_abstract_is_the_same_paper_and_the_newest_dump_gives_it() -> None:
    dumps = [dump("a", record("T", ABSTRACT)), dump_of_2026("b", record("T", REVISED))]
    assert only_paper(*dumps).abstract == only_paper(*reversed(dumps)).abstract == REVISED


def test_an_abstract_that_was_cut_short_is_the_same_paper() -> None:
    assert only_paper(*dumps_of(ABSTRACT, ABSTRACT[:40] + "."))


def test_one_title_with_two_abstracts_is_two_papers_and_the_older_keeps_the_plain_id() -> None:
    older = dump("a", record("A Note", ABSTRACT, when="Jun 1, 2023"))
    younger = dump("b", record("A Note", OTHER, when="Jun 2, 2023"))
    alone = only_paper(older).id
    for dumps in ([older, younger], [younger, older]):
        ids = {paper.abstract: paper.id for paper in identify(dumps).papers}
        assert ids[ABSTRACT] == alone == "a-note"
        assert ids[OTHER].startswith("a-note-")


def test_the_plain_id_goes_by_the_first_date_of_a_paper_and_one_without_comes_last() -> None:
    days = {"a": "Jun 9, 2023", "b": "Jun 1, 2023"}
    first = [dump(name, record("A Note", ABSTRACT, when=day)) for name, day in days.items()]
    second = dump("c", record("A Note", OTHER, when="Jun 5, 2023"))
    undated = dump("d", record("A Note", "Nobody says when these words were printed.", who=None))
    for dumps in itertools.permutations([*first, second, undated]):
        ids = {paper.published_on: paper.id for paper in identify(dumps).papers}
        assert len(ids) == 3
        plain = [day for day, key in ids.items() if key == "a-note"]
        assert plain == ["2023-06-09"]  # as one listing says; the other has the first date


def test_listings_join_through_a_third_whatever_the_order() -> None:
    for order in itertools.permutations(dumps_of(ABSTRACT, f"{ABSTRACT} {OTHER}", OTHER)):
        assert len(identify(order).papers) == 1


def test_metadata_of_one_listing_fills_what_another_lacks() -> None:
    bare = dump("a", record("T", ABSTRACT, who=None))
    authors = dump("b", record("T", ABSTRACT, when="Jun 16, 2024"))
    organization = dump("c", record("T", ABSTRACT, "lab A Lab", "Jun 16, 2024 3"))
    paper = only_paper(bare, authors, organization)
    assert (paper.published_on, paper.published_basis, paper.year) == ("2024-06-16", "stated", 2024)
    assert (paper.author_count, paper.organization_id, paper.comment_count) == (8, "lab", 3)


def test_what_no_listing_states_is_null() -> None:
    paper = only_paper(dump("a", record("T", ABSTRACT, who=None)))
    assert {paper.published_on, paper.published_basis, paper.year} == {None}
    assert {paper.author_count, paper.comment_count, paper.organization_id} == {None}


def test_the_newest_dump_that_states_a_value_wins() -> None:
    undated = dump("a", record("T", ABSTRACT, when="Jun 16, 2024 9"))
    older, newest, silent = (
        dump_of_2026(name, record("T", ABSTRACT, when=f"Jun 16, 2024{comments}"), shown=day)
        for name, comments, day in (("z", " 2", "Feb 4"), ("y", " 5", "Mar 4"), ("x", "", "Apr 4"))
    )
    for order in itertools.permutations([undated, older, newest, silent]):
        assert only_paper(*order).comment_count == 5
    assert only_paper(undated, older).comment_count == 2


def test_in_a_file_of_several_days_the_newest_day_wins() -> None:
    days = [
        api_answers.new(0, upvotes=upvotes, submittedOnDailyAt=f"2024-08-{day}T00:00:00.000Z")
        for day, upvotes in (("01", 5), ("20", 8), ("11", 7))
    ]
    archive = api.read(json.dumps(days).encode(), Path("archive.json"))
    assert archive.shown_on is None
    assert only_paper(archive).upvote_count == 8


def test_a_paper_stays_withdrawn_when_a_newer_dump_does_not_say_so() -> None:
    old_dump = dump_of_2026("a", record("T", ABSTRACT, when="Jan 9"), shown="Feb 4")
    (withdrawn, *others) = old_dump.listings
    listings = (replace(withdrawn, withdrawn_on="2026-01-20"), *others)
    newer = dump_of_2026("b", record("T", ABSTRACT, when="Jan 9"), shown="Mar 4")
    assert only_paper(newer).withdrawn_on is None
    assert only_paper(replace(old_dump, listings=listings), newer).withdrawn_on == "2026-01-20"


def test_dumps_of_one_date_count_in_the_order_of_their_ids() -> None:
    dumps = [
        dump_of_2026(name, record("T", ABSTRACT, when=f"Jun 16, 2024 {comment_count}"))
        for comment_count, name in enumerate("ba")
    ]
    assert only_paper(*dumps).comment_count == only_paper(*reversed(dumps)).comment_count == 1


def test_a_stated_date_beats_a_newer_inferred_one() -> None:
    stated = dump("a", record("T", ABSTRACT, when="Jan 9, 2026"))
    inferred = dump_of_2026("b", record("T", ABSTRACT, when="Jan 8"))
    paper = only_paper(stated, inferred)
    assert (paper.published_on, paper.published_basis) == ("2026-01-09", "stated")


def linked(arxiv_id: str, who: str | None, when: str = "") -> str:
    title = f"### [T](https://huggingface.co/papers/{arxiv_id})"
    return record(title, ABSTRACT, who=who, when=when)


def test_without_a_date_the_arxiv_id_tells_the_year() -> None:
    undated = dump("a", linked("2605.00001", who=None))
    paper = only_paper(undated)
    assert (paper.published_on, paper.published_basis, paper.year) == (None, "arxiv id", 2026)
    dated = dump("b", record("T", ABSTRACT, when="May 9, 2026"))
    paper = only_paper(undated, dated)
    assert (paper.published_on, paper.published_basis) == ("2026-05-09", "stated")


def test_an_inferred_date_that_the_arxiv_id_of_another_listing_rules_out_does_not_count() -> None:
    inferred = dump_of_2026("a", record("T", ABSTRACT, when="Jan 8"))
    assert only_paper(inferred).published_on == "2026-01-08"
    paper = only_paper(inferred, dump("b", linked("2601.00001", who=None)))
    assert (paper.published_on, paper.published_basis) == ("2026-01-08", "inferred")
    paper = only_paper(inferred, dump("b", linked("2502.00001", who=None)))
    assert (paper.published_on, paper.published_basis, paper.year) == (None, "arxiv id", 2025)


def test_ids_stay_when_dumps_are_added_removed_or_reordered() -> None:
    dumps = [
        dump("a", record("One: A Title", ABSTRACT), record("Two", OTHER)),
        dump("b", record("Two", OTHER, who=None)),
        dump_of_2026("c", record("Three", REVISED)),
    ]
    expected = {paper.title: paper.id for paper in identify(dumps).papers}
    for count in (1, 2, 3):
        for subset in itertools.permutations(dumps, count):
            ids = {paper.title: paper.id for paper in identify(subset).papers}
            assert ids
            assert ids.items() <= expected.items()


def test_the_order_of_dumps_does_not_matter() -> None:
    dumps = [dump("a", record("T", ABSTRACT)), dump_of_2026("b", record("T", REVISED)), dump("c")]
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


@pytest.mark.parametrize(("shared", "count"), [(20, 1), (19, 2)])  # of 80 and 79 runs
def test_abstracts_agree_from_a_quarter_of_their_runs(shared: int, count: int) -> None:
    common = " ".join(f"shared{i}" for i in range(shared + 2))
    abstracts = (f"{common} {' '.join(f'{prefix}{i}' for i in range(60))}." for prefix in "ab")
    assert len(identify(dumps_of(*abstracts)).papers) == count


def test_abstracts_that_share_words_by_twos_only_do_not_agree() -> None:
    abstracts = (" ".join(f"one{i} two{i} {end}{i}" for i in range(20)) + "." for end in "ab")
    assert len(identify(dumps_of(*abstracts)).papers) == 2


@pytest.mark.parametrize(("title", "handle"), [("Two", "lab"), ("One", "replaced")])
def test_organizations_that_papers_have_stand_once_under_their_newest_name(
    title: str, handle: str
) -> None:
    old = dump("a", record("One", ABSTRACT, f"{handle} Old Name"))
    newer = dump_of_2026("b", record(title, ABSTRACT, "lab New Name"))
    assert identify([old, newer]).organizations == [Organization("lab", "New Name")]


# Papers with arXiv ids.


def api_dump(name: str, arxiv_id: str, title: str, abstract: str, **more: Any) -> Dump:
    """A dump with one paper as the API lists it."""
    paper = {"id": arxiv_id, "title": title, "summary": abstract, **more}
    return api.read(json.dumps([paper]).encode(), Path(f"{name}.json"))


def ids_by_arxiv_id(*dumps: Dump) -> dict[str | None, str]:
    return {paper.arxiv_id: paper.id for paper in identify(dumps).papers}


def test_listings_with_one_arxiv_id_are_one_paper_whatever_title_and_abstract() -> None:
    old = api_dump("a", "2407.00001v1", "First Title", ABSTRACT)
    renamed = api_dump("b", "2407.00001", "A Second Title", OTHER)
    paper = only_paper(old, renamed)
    assert (paper.arxiv_id, paper.id) == ("2407.00001", "a-second-title")
    assert paper == only_paper(renamed, old)


def test_two_arxiv_ids_are_two_papers_whatever_title_and_abstract() -> None:
    first = api_dump("a", "2407.00002", "A Note", ABSTRACT, publishedAt="2024-07-02")
    second = api_dump("b", "2407.00001", "A Note", ABSTRACT, publishedAt="2024-07-03")
    third = api_dump("c", "2407.00003", "A  note!", ABSTRACT, publishedAt="2024-07-03")
    for order in itertools.permutations([first, second, third]):
        ids = ids_by_arxiv_id(*order)
        assert ids["2407.00002"] == "a-note"
        assert all(ids[key].startswith("a-note-") for key in ("2407.00001", "2407.00003"))
        assert len(set(ids.values())) == 3
        assert ids_by_arxiv_id(first, second)["2407.00001"] == ids["2407.00001"]


def test_of_papers_with_one_title_and_date_the_lower_arxiv_id_has_the_plain_id() -> None:
    dumps = [api_dump(f"{n}", f"2407.0000{n}", "A Note", ABSTRACT) for n in (1, 2, 3)]
    for order in itertools.permutations(dumps):
        ids = ids_by_arxiv_id(*order)
        assert ids["2407.00001"] == "a-note"
        assert len(set(ids.values())) == 3


def test_a_listing_without_an_id_is_the_paper_whose_title_and_abstract_agree() -> None:
    bare = dump("a", record("S$^{2}$FT: Tuning", REVISED))
    paper = only_paper(bare, api_dump("b", "2407.00001", "S²FT: Tuning", ABSTRACT))
    assert (paper.arxiv_id, paper.author_count) == ("2407.00001", 8)


def test_a_listing_without_an_id_is_one_paper_only_the_one_that_agrees_most() -> None:
    bare = dump("c", record("A Note", f"{ABSTRACT} More."))
    versions = [("2407.00001", REVISED), ("2407.00002", ABSTRACT)]
    for order in itertools.permutations(versions):
        dumps = (api_dump(f"d{n}", key, "A Note", text) for n, (key, text) in enumerate(order))
        catalogue = identify([bare, *dumps])
        assert len(catalogue.papers) == 2
        (paper,) = [paper for paper in catalogue.papers if paper.arxiv_id == "2407.00002"]
        assert catalogue.paper_ids["c", 1] == paper.id


def test_a_listing_without_an_id_whose_abstract_does_not_agree_is_another_paper() -> None:
    bare = dump("a", record("A Note", OTHER))
    assert len(identify([bare, api_dump("b", "2407.00001", "A Note", ABSTRACT)]).papers) == 2


def test_a_listing_without_an_abstract_is_the_paper_of_its_title() -> None:
    bare = dump("a", record("A Note", ABSTRACT))
    card = api_dump("b", "2407.00001", "A Note", "")
    assert only_paper(bare, card).abstract == ABSTRACT
    disagreeing = api_dump("c", "2407.00001", "A Note", OTHER)
    assert len(identify([bare, card, disagreeing]).papers) == 2


def test_the_abstract_is_that_of_the_newest_listing_that_has_one() -> None:
    paper = only_paper(
        api_dump("a", "2407.00001", "T", "", submittedOnDailyAt="2026-01-01"),
        api_dump("b", "2407.00001", "T", ABSTRACT, submittedOnDailyAt="2024-01-01"),
    )
    assert paper.abstract == ABSTRACT


def test_code_page_and_address_come_from_the_listing_that_has_them() -> None:
    urls = {"githubRepo": "https://github.com/a/b", "projectPage": "https://a.github.io"}
    bare = api_dump("a", "2407.00001", "T", ABSTRACT)
    paper = only_paper(bare, api_dump("b", "2407.00001", "T", ABSTRACT, **urls))
    assert [paper.code_url, paper.project_url] == list(urls.values())
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
    names = ["José García", "Jose Garcia", "jose garcia", "JOSE GARCIA", "J. Garcia", "王伟", ":"]
    assert author_id(name) not in {author_id(another) for another in names if another != name}
    assert set(author_id(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert 0 < len(author_id(name)) <= 77


def author_dump(name: str, *authors: str, day: str | None = None) -> Dump:
    listed = [{"name": author} for author in authors]
    return api_dump(name, "2407.00001", "T", ABSTRACT, authors=listed, submittedOnDailyAt=day)


def test_authors_are_clean_names_in_their_order() -> None:
    paper = only_paper(author_dump("a", "B", " A", "Z\\'elie  D", "C"))
    assert paper.authors == ("B", "A", "Zélie D", "C")


def test_the_authors_are_those_of_the_newest_listing_that_names_them() -> None:
    new = author_dump("a", "New Name", day="2025-01-02")
    old = author_dump("b", "Old Name", day="2025-01-01")
    # Of a list, which has a day; one paper alone has none.
    assert only_paper(new, old, dump("c", record("T", ABSTRACT))).authors == ("New Name",)


def test_ids_are_the_same_for_all_formats() -> None:
    records = [api_answers.old(0), api_answers.old(1)]
    text_dump = dump("a", *(record(row["title"], row["paper"]["summary"]) for row in records))
    json_dump = api.read(api_answers.answer(records).encode(), Path("b.json"))
    text_ids, json_ids = (
        {paper.id for paper in identify([dump]).papers} for dump in (text_dump, json_dump)
    )
    assert text_ids == json_ids
    assert len(identify([text_dump, json_dump]).papers) == 2
