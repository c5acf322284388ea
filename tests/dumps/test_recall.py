"""Counts of what files list, made without their readers: the same number or fewer."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.dumps import recall
from daily_papers.dumps.answers import api
from daily_papers.dumps.captures import text_page
from daily_papers.dumps.pages import html
from daily_papers.records import Dump, DumpError
from tests.api_answers import TITLES, answer, archived, card, lines, new, old, saved
from tests.conftest import ROOT
from tests.dumps.pages.test_html import CARDS, NOTHING, PAGES
from tests.dumps.test_variants import VARIANTS
from tests.saved_pages import page, record

LONG = "A long abstract says what it is about. " * 15
RECORDS = [new(0), old(1), new(2)]
EXACT = {
    **{f"text, {name}": content for name, content in VARIANTS.items()},
    **{f"page, {name}": content for name, content in PAGES.items() if name != "with cards"},
    "titles and abstracts": page(*(record(title, LONG, who=None) for title in TITLES)),
    "headings": page(
        *(
            f"### [{title}](/papers/2407.0000{number})\n\nWe list:\n\n{LONG}\n\n{LONG}"
            for number, title in enumerate(TITLES)
        )
    ),
    "list": answer(RECORDS),
    "lines": lines(RECORDS),
    "archived": archived(RECORDS, wrapped=True),
    "cards": NOTHING.format("Daily Papers - Hugging Face", CARDS + card(2)),
    "search beside a day": json.dumps({"searchResults": RECORDS, "dailyPapers": RECORDS * 2}),
    "records inside records": answer([{**item, "related": [old(5), old(6)]} for item in RECORDS]),
}


def read(folder: Path, content: str) -> Dump:
    path = folder / "dump"
    path.write_text(content)
    return dumps.read(path)


@pytest.mark.parametrize("content", EXACT.values(), ids=EXACT)
def test_the_count_is_what_the_reader_reads(tmp_path: Path, content: str) -> None:
    dump = read(tmp_path, content)
    assert dump.item_count == len(dump.listings) == 3


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").iterdir()), ids=lambda path: path.stem[:3])
def test_the_count_of_a_seed_is_exact(path: Path) -> None:
    dump = dumps.read(path)
    assert dump.item_count == len(dump.listings) > 30
    names = ("author_count", "organization_id", "published_on", "comment_count")
    filled = {name for name in names if any(getattr(item, name) for item in dump.listings)}
    assert set(dump.states) == filled


def test_lists_in_abstracts_are_no_details(tmp_path: Path) -> None:
    points = "We list:\n• May 10 of them help\n• about 20 do not\n- • - and 3 authors are left."
    content = VARIANTS["plain"].replace("Waiting is measured", points + "\nWaiting is measured")
    dump = read(tmp_path, content)
    assert dump.item_count == len(dump.listings) == 3


@pytest.mark.parametrize(
    ("content", "module", "name"),
    [
        (VARIANTS["plain"], text_page.paper_blocks, "parse_papers"),
        (EXACT["titles and abstracts"], text_page.paper_blocks, "parse_papers"),
        (EXACT["cards"], html, "read_cards"),
    ],
    ids=["text", "titles and abstracts", "cards"],
)
def test_a_file_of_which_a_reader_loses_a_paper_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, module: object, name: str
) -> None:
    reader = getattr(module, name)

    def lose_one(*arguments: object) -> object:
        papers = reader(*arguments)
        is_text = name == "parse_papers"
        return papers._replace(blocks=papers.blocks[:-1]) if is_text else papers[:-1]

    monkeypatch.setattr(module, name, lose_one)
    with pytest.raises(DumpError, match="it lists 3 papers, of which 2 were understood$"):
        read(tmp_path, content)


def test_of_100_papers_that_a_file_lists_99_have_to_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = answer(RECORDS)
    whole = api.read(content.encode(), tmp_path)

    def read_as_one_of(count: int) -> Dump:
        dump = replace(whole, listings=whole.listings * 33, item_count=count)
        monkeypatch.setattr(api, "read", lambda *_: dump)
        return read(tmp_path, content)

    assert len(read_as_one_of(100).listings) == 99
    with pytest.raises(DumpError, match="it lists 101 papers, of which 99 were understood$"):
        read_as_one_of(101)


def test_an_answer_of_which_another_list_is_read_is_refused(tmp_path: Path) -> None:
    content = json.dumps({"results": RECORDS[:1], "papers": RECORDS})
    with pytest.raises(DumpError, match="it lists 3 papers, of which 1 were understood$"):
        read(tmp_path, content)


def test_cards_that_the_data_of_a_page_lack_refuse_it(tmp_path: Path) -> None:
    """A page that was scrolled down has them."""
    content = saved({"dailyPapers": [old(0), old(1)]}, more=card(0) + card(1) + card(2))
    with pytest.raises(DumpError, match="it lists 3 papers, of which 2 were understood$"):
        read(tmp_path, content)


HOSTILE = (
    '{"id": "2407.09999", "title": "T", "summary": "S", "upvotes": 1}',
    "<h3><a href='/papers/2407.09999'>Not here</a></h3>",
    "[{'id': '2407.09999', 'title': 'T'}, {",
    "### [A title](https://huggingface.co/papers/2407.09999)",
    "searchResults dailyPapers \"papers\": [{}, {}]",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "write",
    [answer, lines, lambda records: saved({"dailyPapers": records})],
    ids=["answer", "lines", "page"],
)
def test_what_an_abstract_says_counts_for_nothing(
    tmp_path: Path, text: str, write: Callable[[list[object]], str]
) -> None:
    dump = read(tmp_path, write([old(0, summary=text), old(1, title=text)]))
    assert dump.item_count == len(dump.listings) == 2


STATED = {
    "authors": "author_count",
    "publishedAt": "published_on",
    "upvotes": "upvote_count",
    "organization": "organization_id",
    "submittedOnDailyAt": "listed_on",
}
COLUMNS = {*STATED.values(), "comment_count", "arxiv_id", "url"}


@pytest.mark.parametrize(("key", "name"), STATED.items())
@pytest.mark.parametrize("nothing", [None, "", " ", [], {}])
def test_what_a_record_states_is_known_by_its_keys(key: str, name: str, nothing: object) -> None:
    def states(*records: object) -> set[str]:
        return set(recall.count_in_json(json.dumps(records)).states)

    without = new(0)
    without["paper"][key] = nothing
    if nothing is None:
        del without["paper"][key]
    assert states(new(0)) == COLUMNS
    assert states(without) == COLUMNS - {name}
    assert states(without, new(1)) == COLUMNS


def test_what_is_stated_is_what_the_reader_reads(tmp_path: Path) -> None:
    for item in (new(0), old(1), new(2, upvotes=0), old(0, id="some-page")):
        dump = api.read(answer([item]).encode(), tmp_path)
        (listing,) = dump.listings
        stated = {name for name in COLUMNS if getattr(listing, name) is not None}
        inferred = set() if "submittedOnDailyAt" in item["paper"] else {"listed_on"}
        of_page = set() if listing.arxiv_id else {"url"}
        assert set(dump.states) == stated - inferred - of_page
