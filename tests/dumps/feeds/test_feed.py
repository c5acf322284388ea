"""Feeds of daily papers: RSS, RDF, Atom and JSON Feed, whole, cut and broken."""

import json
from functools import partial
from html import escape
from pathlib import Path

import pytest
from msgspec.structs import replace

from daily_papers import dumps
from daily_papers.dumps.feeds import feed, feed_text
from daily_papers.records import DumpError
from tests.api_answers import ABSTRACTS, TITLES
from tests.dumps.reading import assert_no_line_is_lost, read_with, refusal_of

read = partial(read_with, feed, "feed.xml")
refusal = partial(refusal_of, read)

IDS = ("2407.00001", "2407.00002", "2407.00003")
PAGES = tuple(f"https://huggingface.co/papers/{paper_id}" for paper_id in IDS)
TEXTS = tuple(abstract.replace("\n", " ") for abstract in ABSTRACTS)
ABOUT = "<title>Hugging Face Daily Papers</title><link>https://huggingface.co/papers</link>"


def rss(*items: str, about: str = ABOUT, root: str = 'rss version="2.0"') -> str:
    name = root.split()[0]
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}><channel>\n{about}\n'
        + "".join(f"<item>{item}</item>\n" for item in items)
        + f"</channel></{name}>\n"
    )


def rss_item(number: int = 0, text: str | None = None, more: str = "") -> str:
    text = TEXTS[number] if text is None else text
    return (
        f"<title>{TITLES[number]}</title>\n<link>{PAGES[number]}</link>\n"
        f"<guid isPermaLink='true'>{PAGES[number]}</guid>\n"
        f"<description>{escape(text)}</description>"
        f"<pubDate>Thu, 0{number + 1} Aug 2024 02:00:00 GMT</pubDate>{more}"
    )


RDF = '<?xml version="1.0"?>\n<rdf:RDF xmlns="x"><channel>' + ABOUT + "".join(
    f'</channel>\n<item rdf:about="{PAGES[number]}"><title>{TITLES[number]}</title>'
    f"<description><![CDATA[<p>{TEXTS[number]}</p>]]></description>"
    f"<dc:date>2024-08-0{number + 1}T02:00:00Z</dc:date></item>"
    for number in range(3)
) + "</rdf:RDF>"  # fmt: skip
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom">\n<title>HF papers of the day</title>' + "".join(
    f"<link href='https://huggingface.co/papers'/>\n<entry><id>urn:x:{number}</id>"
    f"<title type='html'>{TITLES[number]}</title><link rel='alternate' href='{PAGES[number]}'/>"
    f"<published>2024-08-0{number + 1}T02:00:00Z</published><updated>2024-09-01T00:00:00Z</updated>"
    f"<content type='xhtml'><div><p>{TEXTS[number]}</p></div></content></entry>\n"
    for number in range(3)
) + "</feed>"  # fmt: skip
JSON_ITEMS = [
    {
        "id": PAGES[number],
        "url": PAGES[number],
        "title": TITLES[number],
        "content_text": TEXTS[number],
        "date_published": f"2024-08-0{number + 1}T02:00:00Z",
    }
    for number in range(3)
]
JSON_HEAD = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Hugging Face Papers",
    "home_page_url": "https://huggingface.co/papers",
}
JSON = json.dumps(JSON_HEAD | {"items": JSON_ITEMS}, indent=1)
FEEDS = {
    "RSS": rss(*map(rss_item, range(3))),
    "RSS on one line": rss(*map(rss_item, range(3))).replace("\n", ""),
    "RSS 1.0": RDF,
    "Atom": ATOM,
    "Atom with prefixes": ATOM.replace("</", "</atom:").replace("<", "<atom:").replace(
        "<atom:/atom:", "</atom:"
    ),
    "JSON Feed": JSON,
    "JSON Feed 1.0": json.dumps({"items": JSON_ITEMS, **JSON_HEAD}).replace("/", "\\/"),
}  # fmt: skip


@pytest.mark.parametrize("content", FEEDS.values(), ids=FEEDS)
def test_a_feed_has_the_papers_of_its_items(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dump"
    path.write_text(content)
    dump = dumps.read(path)
    assert dump.format == "feed"
    assert [listing.title for listing in dump.listings] == [*TITLES]
    assert [listing.abstract for listing in dump.listings] == [*TEXTS]
    assert [listing.arxiv_id for listing in dump.listings] == [*IDS]
    assert [listing.url for listing in dump.listings] == [*PAGES]
    days = ["2024-08-01", "2024-08-02", "2024-08-03"]
    assert [listing.listed_on for listing in dump.listings] == days
    # An id of July is of no paper of the second of August.
    assert [listing.published_on for listing in dump.listings] == [days[0], None, None]
    assert dump.listings[0].published_basis == "inferred"
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-03", "inferred")
    assert dump.item_count == 3
    assert dump.problems == ()
    assert_no_line_is_lost(dump, content)


def only(item: str, **around: str) -> dict[str, object]:
    (listing,) = read(rss(item, **around)).listings
    return {name: getattr(listing, name) for name in listing.__struct_fields__}


TEXT = "We show that x<y & 10% more."
NOISE = {
    "in a paragraph": f"<p>{escape(TEXT)}</p>",
    "beside a picture": f'<img src="x.png" alt="A > B"><br/>{escape(TEXT)}',
    "below details": (
        "<p><b>Authors:</b> Ada Lovelace, Bo Li</p><p>👍 Upvotes: 12</p>"
        "<p>Submitted by: somebody</p>"
        f"<h3>Abstract</h3><p>{escape(TEXT)}</p><p><a href='{PAGES[0]}'>Read the paper</a></p>"
    ),
    "above boilerplate": f"{TEXT}\n\nJoin the discussion on this paper page\n\n12 upvotes",
    "below a line of signs": f"<p>👍 1,024 | 💬 3 | <a>Read on arXiv</a></p>{escape(TEXT)}",
    "with a label": f"Abstract: {TEXT}",
    "as arXiv writes it": f"arXiv:2407.00001v1 Announce Type: new \nAbstract: {TEXT}",
    "with a script": f"<script>let a = '<p>no</p>'</script><div>{escape(TEXT)}</div>",
    "in lines": TEXT.replace(" that ", "\n  that "),
}


@pytest.mark.parametrize("text", NOISE.values(), ids=NOISE)
def test_the_abstract_is_the_text_of_an_item_without_what_stands_around_it(text: str) -> None:
    assert only(rss_item(text=text))["abstract"] == TEXT


def test_a_line_inside_an_abstract_is_no_label() -> None:
    text = "We measure the number of\nupvotes: there are\n12\nof them."
    assert only(rss_item(text=text))["abstract"] == text.replace("\n", " ")


def test_a_text_that_is_too_long_is_a_problem() -> None:
    for length in (30_000, 1_100_000):
        dump = read(rss(rss_item(text="x" * length, more=f"<summary>{TEXT[:12]}</summary>")))
        assert [listing.abstract for listing in dump.listings] == [TEXT[:12]]
        assert [str(problem) for problem in dump.problems] == [
            f"record 1, text: found {length:,} of them, expected at most 20,000 characters;"
            " left out"
        ]


def test_raised_digits_do_not_become_other_numbers() -> None:
    text = "It takes 10<sup>3</sup> steps."
    assert only(rss_item(text=text))["abstract"] == "It takes 10^{3} steps."


def test_boilerplate_alone_is_no_abstract() -> None:
    text = "Join the discussion on this paper page"
    assert only(rss_item(text=text))["abstract"] == ""


def test_the_longest_text_of_an_item_is_its_abstract() -> None:
    more = f"<content:encoded><![CDATA[<p>{TEXTS[0]} In full.</p>]]></content:encoded>"
    assert only(rss_item(more=more))["abstract"] == f"{TEXTS[0]} In full."


AUTHORS = {
    "a name each": ("<dc:creator>Ada Lovelace</dc:creator><dc:creator>Bo Li</dc:creator>", 2),
    "in one element": ("<author>Ada Lovelace, Bo Li</author>", 2),
    "with others": ("<author>Ada Lovelace and Bo Li et al.</author>", None),
    "in elements of Atom": ("<author><name>Ada Lovelace</name></author>"
        "<author><name>Bo Li</name></author>", 2),
    "in the text": ("<dc:creator>Ada Lovelace</dc:creator><content:encoded>&lt;p&gt;Authors: Ada"
        " Lovelace, Bo Li&lt;/p&gt;"
        "</content:encoded>", 2),
}  # fmt: skip


@pytest.mark.parametrize(("more", "count"), AUTHORS.values(), ids=AUTHORS)
def test_authors_of_an_item_are_those_of_the_paper(more: str, count: int | None) -> None:
    listing = only(rss_item(more=more))
    assert (listing["authors"], listing["author_count"]) == (("Ada Lovelace", "Bo Li"), count)


@pytest.mark.parametrize(
    "more",
    ["<author>Hugging Face</author>", "<dc:creator>some-handle</dc:creator>",
     "<author>noreply@example.org (Daily Papers)</author>"],
)  # fmt: skip
def test_a_service_or_an_account_is_no_author(more: str) -> None:
    listing = only(rss_item(more=more))
    assert (listing["authors"], listing["author_count"]) == (None, None)


@pytest.mark.parametrize("upvotes", ["Upvotes: 1,024", "1,024 upvotes", "👍 1,024 | 💬 3"])
def test_details_in_the_text_are_read(upvotes: str) -> None:
    text = f"<p>Published on: Jul 29, 2024</p><p>{upvotes}</p><p>{TEXT}</p>"
    listing = only(rss_item(text=text))
    assert (listing["published_on"], listing["published_basis"]) == ("2024-07-29", "stated")
    assert (listing["listed_on"], listing["upvote_count"]) == ("2024-08-01", 1024)


def test_the_date_of_an_entry_of_arxiv_is_the_papers_own() -> None:
    content = ATOM.replace("urn:x:0", "http://arxiv.org/abs/2407.00001v2")
    first, second, _ = read(content).listings
    assert (first.published_on, first.published_basis) == ("2024-08-01", "stated")
    assert first.listed_on is None
    assert second.listed_on == "2024-08-02"


ADDRESSES = {
    "of arXiv": "https://arxiv.org/abs/2407.00001v2",
    "of a file": "http://arxiv.org/pdf/2407.00001.pdf",
    "with a query": "https://huggingface.co/papers/2407.00001?utm_source=feed",
    "short": "https://hf.co/papers/2407.00001",
    "of an archive": "https://web.archive.org/web/20240801000000/https://huggingface.co/papers/2407.00001",
    "as an id": "oai:arXiv.org:2407.00001v1",
}  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES.values(), ids=ADDRESSES)
def test_a_paper_is_known_by_an_address(address: str) -> None:
    assert only(rss_item().replace(PAGES[0], address))["arxiv_id"] == IDS[0]


def test_an_address_in_the_text_names_the_paper_if_it_is_the_only_one() -> None:
    elsewhere = rss_item(text=f"{TEXT} {PAGES[0]}").replace(
        f">{PAGES[0]}<", ">https://example.org<"
    )
    assert only(elsewhere)["arxiv_id"] == IDS[0]


def test_the_day_of_a_feed_is_the_one_it_states_unless_an_item_is_newer() -> None:
    built = ABOUT + "<lastBuildDate>Mon, 0{} Aug 2024 05:00:00 GMT</lastBuildDate>"
    dump = read(rss(rss_item(1), about=built.format(5)))
    stated = ("Mon, 05 Aug 2024 05:00:00 GMT", "2024-08-05", "stated")
    assert (dump.shown_on_text, dump.shown_on, dump.shown_on_basis) == stated
    dump = read(rss(rss_item(1), about=built.format(1)))
    assert (dump.shown_on, dump.shown_on_basis) == ("2024-08-02", "inferred")


@pytest.mark.parametrize("content", [rss(), json.dumps(JSON_HEAD | {"items": []})])
def test_a_feed_without_items_has_no_papers(content: str) -> None:
    dump = read(content)
    assert (dump.listings, dump.problems, dump.item_count) == ((), (), 0)


def test_an_item_that_is_no_paper_is_a_problem_and_has_no_rank() -> None:
    news = "<title>News</title><link>https://huggingface.co/blog/news</link>"
    dump = read(rss(rss_item(0), news, rss_item(1)))
    assert [listing.rank for listing in dump.listings] == [1, 2]
    (problem,) = dump.problems
    assert (problem.line, problem.record, problem.action) == (8, None, "left out")
    assert (
        str(problem)
        == "found the item “News”, expected an item with the address of a paper; left out"
    )


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("<b></item>", "broken XML: mismatched tag"),
        ("<!DOCTYPE x>", "broken XML: "),
        ("<a>" * 200, "broken XML: elements nested more than 100 deep"),
    ],
)
def test_a_broken_item_costs_itself(wrong: str, found: str) -> None:
    content = rss(
        rss_item(0), rss_item(1).replace("<description>", f"{wrong}<description>"), rss_item(2)
    )
    dump = read(content)
    assert [listing.rank for listing in dump.listings] == [1, 3]
    assert dump.problems[0].record == 2
    assert dump.problems[0].found.startswith(found)
    assert_no_line_is_lost(dump, content)


def test_an_item_without_an_end_costs_itself() -> None:
    content = rss(*map(rss_item, range(3))).replace("</item>", "", 1)
    dump = read(content)
    assert [listing.rank for listing in dump.listings] == [2, 3]
    assert [(row.record, row.found) for row in dump.problems] == [(1, "no end of the item")]


def test_what_is_no_xml_is_repaired() -> None:
    content = rss(rss_item().replace("We cut", "We&nbsp;cut &AMP; &unknown; \x0c&#1; & "))
    (listing,) = read(content).listings
    assert "word. We cut & &unknown;" in listing.abstract


LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 20}">'
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)  # fmt: skip


@pytest.mark.parametrize("declared", [LAUGHS, '<!ENTITY i SYSTEM "file:///etc/passwd">'])
def test_no_entity_is_expanded(tmp_path: Path, declared: str) -> None:
    content = rss(rss_item(text="We say &i;.").replace("&amp;i;", "&i;"))
    content = content.replace("?>\n", f"?>\n<!DOCTYPE rss [{declared}]>\n", 1)
    path = tmp_path / "dump"
    path.write_text(content)
    (listing,) = dumps.read(path).listings
    assert listing.abstract == "We say &i;."


NEWS = "<title>A</title><link>https://{}/a</link>"
OF_ARXIV = rss_item().replace("huggingface.co/papers", "arxiv.org/abs")
FOREIGN = {"version": JSON_HEAD["version"], "title": "x", "items": [{}]}
OTHER = {
    "of another site": (rss(NEWS.format("example.org"), about="<title>News</title>"),
        "a feed of another site, “News”: expected one of Hugging Face’s daily papers"),
    "of arXiv": (rss(OF_ARXIV, about="<title>cs.CL</title>"), "a feed of another site, “cs.CL”"),
    "of a blog": (rss(NEWS.format("huggingface.co/blog")),
        "a feed without papers, “Hugging Face Daily Papers”"),
    "without anything": ("<rss></rss>", "a feed of another site, without a title"),
    "that is cut": ("<rss><channel><title>Hugging Face", "a feed that is cut before the end of"),
    "in JSON of another site": (json.dumps(FOREIGN), "a feed of another site, “x”"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "problem"), OTHER.values(), ids=OTHER)
def test_a_feed_of_something_else_is_refused(content: str, problem: str) -> None:
    assert refusal(content).startswith(f"folder/feed.xml: {problem}")


def test_a_feed_in_another_encoding_is_read() -> None:
    content = rss(rss_item().replace("We cut", "Wir kürzen")).replace("UTF-8", "ISO-8859-1")
    (listing,) = read(content.encode("latin-1")).listings
    assert "Wir kürzen" in listing.abstract


def test_a_number_of_a_character_that_is_too_long_breaks_nothing() -> None:
    number = "&#" + "9" * 5_000 + ";"
    listing = only(rss_item(text=f"We say {number}."))
    assert listing["abstract"] == f"We say {number}."


@pytest.mark.parametrize("content", ["<rss>" + "<item/>" * 60_000, '{"items": [' + "1," * 60_000])
def test_a_feed_of_too_many_items_is_refused(content: str) -> None:
    assert refusal(content).endswith("more than 50,000 items in one feed: split it")


def test_a_feed_whose_title_says_nothing_is_known_by_its_items() -> None:
    assert len(read(rss(rss_item(0), rss_item(1), about="<title>x</title>")).listings) == 2


@pytest.mark.parametrize("content", FEEDS.values(), ids=FEEDS)
def test_of_a_feed_that_is_cut_the_items_before_the_cut_are_there(content: str) -> None:
    whole = read(content).listings
    for length in range(1, len(content.rstrip()), 7):
        cut = content[:length]
        count = sum(cut.count(f"</{name}>") for name in ("item", "entry", "atom:entry"))
        try:
            dump = read(cut)
        except DumpError as error:
            assert count == 0
            assert "cut" in str(error) or "of another site" in str(error)
            continue
        assert count <= len(dump.listings) <= 3
        for listing, expected in zip(dump.listings, whole, strict=False):
            assert replace(listing, line_count=0) == replace(expected, line_count=0)
        assert dump.problems[-1].found == "the end of the file"
        assert_no_line_is_lost(dump, cut)


def test_names_of_people_are_split() -> None:
    texts = ["Ada Lovelace, Bo Li; 李明 & Grace Hopper", "some-handle"]
    assert feed_text.split_names(texts) == (
        ["Ada Lovelace", "Bo Li", "李明", "Grace Hopper"],
        False,
    )


@pytest.mark.parametrize(
    ("more", "field", "stated"),
    [
        ({"title": "Small\x07 Caches"}, "title", {"title": "Small Caches"}),
        ({"date_published": True}, "date_published", {"listed_on": None}),
        ({"date_published": 1722470400}, None, {"listed_on": "2024-08-01"}),
        ({"content_text": 5}, "content_text", {"abstract": ""}),
        ({"content_text": None, "_paper": {"abstract": TEXTS[0]}}, None, {"abstract": TEXTS[0]}),
        ({"content_text": None, "body": TEXTS[0]}, "body", {"abstract": ""}),
        ({"date_published": None, "seen": "2024-08-01"}, "seen", {"listed_on": None}),
    ],
)
def test_a_field_of_a_json_item_is_read_or_is_a_problem(
    more: dict[str, object], field: str | None, stated: dict[str, object]
) -> None:
    item = {"id": PAGES[0], "title": TITLES[0], "content_text": TEXTS[0]}
    about = {"version": "https://jsonfeed.org/version/1.1", "title": "Hugging Face papers"}
    dump = read(about | {"items": [item | {"date_published": "2024-08-01"} | more]})
    (listing,) = dump.listings
    assert {name: getattr(listing, name) for name in stated} == stated
    assert [row.field for row in dump.problems] == ([field] if field else [])


@pytest.mark.parametrize(("name", "is_read"), [("hf:abstract", True), ("body", False)])
def test_a_text_in_an_unknown_element_is_never_lost_silently(name: str, is_read: bool) -> None:
    dump = read(rss(rss_item(text="", more=f"<{name}>{escape(TEXTS[0])}</{name}>")))
    assert dump.listings[0].abstract == (TEXTS[0] if is_read else "")
    assert [row.field for row in dump.problems] == ([] if is_read else [name])


def test_the_papers_own_date_in_the_text_is_read() -> None:
    dump = read(rss(rss_item(text=f"<p>{TEXTS[0]}</p><p><b>Published:</b> 2024-07-30</p>")))
    assert dump.listings[0].published_on == "2024-07-30"
    assert dump.listings[0].abstract == TEXTS[0]
