"""A paper's arXiv id and its title in full find the paper, whatever operators they seem to have."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from daily_papers.search.engine import ORDERS, Question, ask
from daily_papers.search.reader import SearchDatabase
from daily_papers.search.results import paper_rows, results
from daily_papers.search.suggest import suggest
from tests.api_answers import answer, old
from tests.conftest import build, execute

TITLES = [
    "Bramble: Do NOT Prune What You Need",
    "NOT Every Layer AND Not Every Head",
    "Prune OR Quantize OR Both?",
    "OR",
    "CacheFold -XL: Folding a Cache",
    "CacheFold –KV: Folding With a Dash",
    'Asking "Why" Twice: Models That Doubt',
    '"Quoted From End to End"',
    "author: A Language for Crediting Work",
    "topic:serving Is a Filter, and a Title",
    "Topic: What Papers Are About",
    "year:2019 Was Long Ago",
    "Has:Nothing, -Type:Survey and has:code",
    "A* in a Maze (Revisited) [Extended]",
    "Grow*: Prefixes That Grow",
    "+More Is -Less",
    "- Minus First",
    "C++ or C#? A Study of R&D at 5×",
    "What Is This, and Is It Any Good?",
    "To Be or Not to Be",
    "∞",
    "Ünïcode Straße: Ω₂ With α²",
    "L’Hôpital’s Cache: Don't Divide",
    "Fine-Tuning Un-Tuned Low-Bit Nets; or, Why?",
    "漢字のキャッシュ",
    "How S$^{2}$Fold Folds {Bits} in $\\alpha$-Space",
    " ".join(f"Word{number}" for number in range(70)),
    "The",
    "Less Bramble: Do Prune What You Do Not Need and What You Need",
    "Mamba Survey",
    "Has Code",
]
FORMS: dict[str, Callable[[str], str]] = {
    "typed": str,
    "lower case": str.lower,
    "capitals": str.upper,
    "quoted": '"{}"'.format,
    "blanks": "  {}.\n".format,
    "no punctuation": lambda title: re.sub(r"[^\w\s+&#×∞]|_", "", title),
    "blanks for punctuation": lambda title: re.sub(r"[^\w\s+&#×∞'’]|_", " ", title),
}
SPELLINGS = ["Quick Sift 2", "Quick-Sift 2", "Quick Sift-2", "QuickSift 2*"]  # of one key
TWINS = ("2407.00201", "2407.00202")  # two papers of one title
RETITLED = "2407.00203"  # a paper of two titles


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> SearchDatabase:
    folder = tmp_path_factory.mktemp("known")
    papers = [old(id=f"2407.{number:05}", title=title) for number, title in enumerate(TITLES, 1)]
    papers += [old(id=paper_id, title="Two Papers, One Title") for paper_id in TWINS]
    papers += [old(id=RETITLED, title="A Title of Its Youth")]
    papers += [
        old(
            id=f"2407.{number:05}", title=title, summary=f"Of {title}, number {number}, all is new."
        )
        for number, title in enumerate(SPELLINGS, 301)
    ]
    papers += [old(id="cs/0203045", title="Old Ids Have a Slash")]
    code = "https://github.com/example/knots"
    papers += [old(id="math.GT/0203045", title="Knots, Cut", githubRepo=code)]
    (folder / "page.json").write_text(answer(papers), encoding="utf-8")
    later = old(id=RETITLED, title="Another Title, Since It Grew Up")
    (folder / "later.json").write_text(answer([later]), encoding="utf-8")
    return SearchDatabase(build(folder / "papers.db", folder, "--unusual"))


def ids(db: SearchDatabase, text: str, most: int = 40, **options: object) -> list[str]:
    """Return the arXiv ids of what a search finds, in order."""
    numbers = ask(db, Question(text, **options)).page(0, most)  # type: ignore[arg-type]
    sql = "select arxiv_id from papers where rowid = ?"
    return [row["arxiv_id"] for number in numbers for row in db.rows(sql, number + 1)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", range(1, len(TITLES) + 1))
def test_a_title_typed_in_full_finds_its_paper_first(
    db: SearchDatabase, number: int, form: str
) -> None:
    assert ids(db, FORMS[form](TITLES[number - 1]), 1) == [f"2407.{number:05}"]


@pytest.mark.parametrize("order", ORDERS)
def test_a_title_is_found_in_every_order_and_first_in_that_of_relevance(
    db: SearchDatabase, order: str
) -> None:
    found_ids = ids(db, TITLES[0], order=order)
    assert "2407.00001" in found_ids[: 1 if order == "relevance" else None]


@pytest.mark.parametrize("number", range(len(SPELLINGS)))
def test_of_titles_with_one_key_that_typed_comes_first_and_the_others_follow(
    db: SearchDatabase, number: int
) -> None:
    first, *others = ids(db, SPELLINGS[number].lower(), len(SPELLINGS))
    assert first == f"2407.{301 + number:05}"
    assert sorted([first, *others]) == [f"2407.{301 + n:05}" for n in range(len(SPELLINGS))]


def test_all_papers_of_one_title_come_first(db: SearchDatabase) -> None:
    assert sorted(ids(db, "two papers one title", 2)) == list(TWINS)


@pytest.mark.parametrize("title", ["A title of its youth", "Another Title, Since It Grew Up"])
def test_a_paper_is_found_by_each_title_that_it_had(db: SearchDatabase, title: str) -> None:
    assert ids(db, title, 1) == [RETITLED]


def test_other_papers_follow_a_title_and_have_lower_scores(db: SearchDatabase) -> None:
    first, second, *_ = results(db, ask(db, Question(TITLES[0])), 0, 5)
    assert second.row["title"] == TITLES[28]
    assert first.score > second.score > 0
    assert first.why == "title: Bramble Prune"


def test_a_title_has_no_misspelt_word(db: SearchDatabase) -> None:
    assert not ask(db, Question("fine tuning untuned lowbit nets or why")).ranking.corrections


@pytest.mark.parametrize("text", ["mamba -survey", "has:code", "-mamba survey"])
def test_operators_that_no_title_has_are_operators(db: SearchDatabase, text: str) -> None:
    titles = {TITLES[-2], TITLES[-1]}
    rows = paper_rows(db, ask(db, Question(text)).page(0, 40))
    assert not titles & {row["title"] for row in rows}


def test_filters_that_were_chosen_hold_for_titles_too(db: SearchDatabase) -> None:
    assert ids(db, TITLES[0], chosen={"year": ["2025"]}) == []


def test_a_title_that_is_being_typed_is_suggested_when_it_is_complete(db: SearchDatabase) -> None:
    assert [item.name for item in suggest(db, TITLES[0])][:1] == TITLES[:1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2407.00001", "2407.00001"),
        ("https://arxiv.org/pdf/2407.00002v3.pdf", "2407.00002"),
        ("arXiv:cs/0203045", "cs/0203045"),
        ("math/0203045", "math/0203045"),
        ("math.GT/0203045", "math/0203045"),
    ],
)
def test_an_id_finds_its_paper_alone(db: SearchDatabase, text: str, expected: str) -> None:
    assert ids(db, text) == [expected]
    (result,) = results(db, ask(db, Question(text)), 0, 9)
    assert result.why == "arXiv id"
    assert [item.name for item in suggest(db, text)] == [result.row["title"]]


@pytest.mark.parametrize("text", ["2407.99999", "hf.co/papers/2407.0000", "hep-th/0203045"])
@pytest.mark.parametrize("correct_spelling", [True, False])
def test_an_id_of_no_paper_here_finds_nothing(
    db: SearchDatabase, text: str, correct_spelling: bool
) -> None:
    nothing = ask(db, Question(text, correct_spelling=correct_spelling))
    assert (nothing.count, nothing.ranking.corrections) == (0, {})
    assert nothing.arxiv_id


def test_filters_narrow_ids_too(db: SearchDatabase) -> None:
    assert ids(db, "math/0203045", chosen={"has": ["code"]}) == ["math/0203045"]
    assert ids(db, "2407.00001", chosen={"has": ["code"]}) == []


def test_a_title_of_the_seeds_finds_its_paper_first(database: Path) -> None:
    db = SearchDatabase(database)
    rows = db.rows("select rowid - 1 as number, title from papers order by id")
    misses = [
        row["title"]
        for row in rows
        if ask(db, Question(row["title"])).page(0, 1) != [row["number"]]
    ]
    assert misses == []


def test_papers_whose_titles_only_share_a_hash_are_told_apart(
    db: SearchDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = list(range(db.paper_count))
    monkeypatch.setattr(SearchDatabase, "numbers_with_key", lambda self, key: everything)
    assert ids(db, TITLES[0], 1) == ["2407.00001"]
    assert sorted(ids(db, "two papers one title", 2)) == list(TWINS)


def test_a_database_built_before_titles_were_looked_up_is_searched(copy: Path) -> None:
    execute(copy, "delete from search_columns where name = 'title'")
    assert ask(SearchDatabase(copy), Question("kv cache")).count
