"""Which listings are one paper, which value wins, and what the ids are."""

import itertools
from pathlib import Path

import pytest

from daily_papers.dumps import text
from daily_papers.identity import identify, slug
from daily_papers.records import Dump, Paper
from tests.saved import page, record

ABSTRACT = "Caching keys costs memory and time. We drop nine of ten and lose nothing that matters."
REVISED = (
    "Caching keys costs memory and time on every server. We drop nine of ten and lose nothing."
)
OTHER = "Gradient descent stalls on plateaus. A larger step gets over them on three small problems."
FIRST_OF_2026 = record("Filler", "Words that nobody else writes here.", when="Jan 2")
LAST_OF_2025 = record("Filler", "Words that nobody else writes here.", when="Dec 30, 2025")


def dump(name: str, *records: str, shown: str | None = "Feb 4") -> Dump:
    return text.read(page(*records, shown=shown).encode(), Path(f"{name}.txt"))


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


@pytest.mark.parametrize(("shared", "count"), [(24, 1), (14, 2)])
def test_abstracts_agree_from_a_quarter_of_their_runs(shared: int, count: int) -> None:
    common = " ".join(f"shared{i}" for i in range(shared + 2))
    abstracts = [f"{common} {' '.join(f'{own}{i}' for i in range(60))}." for own in "ab"]
    dumps = [dump(name, record("T", one)) for name, one in zip("ab", abstracts, strict=True)]
    assert len(identify(dumps).papers) == count


def test_organizations_stand_once_under_their_newest_name() -> None:
    old = dump("a", record("One", ABSTRACT, "lab Old Name"))
    renamed = new("b", record("Two", OTHER, "lab New Name"))
    catalogue = identify([old, renamed])
    assert [(one.id, one.name) for one in catalogue.organizations] == [("lab", "New Name")]
