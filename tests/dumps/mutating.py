"""Makes dumps of every format and breaks them in the ways that files break, by a seed."""

import gzip
import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from tests.api_answers import answer, archived, card, lines, new, old, paper, saved
from tests.conftest import CORPUS, ROOT
from tests.dumps.captures.test_page_shapes import HEAD
from tests.dumps.captures.test_page_shapes import card as trending_card
from tests.dumps.captures.test_paper_page_text import MARKDOWN
from tests.dumps.feeds import test_feed
from tests.dumps.pages import test_html, test_web_archive
from tests.dumps.test_variants import VARIANTS
from tests.saved_pages import TOP, page, record

RECORDS = [new(0), old(1), new(2)]
TEXTS = {
    **VARIANTS,
    "text": page(record("One"), record("Two", who="examplelab Example Lab", when="Feb 2 7")),
    "text without details": page(record("One", who=None), record("Two", who=None)),
    "trending": f"# Trending Papers\n\n{HEAD}{trending_card(0)}{trending_card(1)}",
    "text of one paper": MARKDOWN,
    "list": answer(RECORDS),
    "list on one line": answer(RECORDS, indent=None),
    "one paper": json.dumps(paper()),
    "wrapped": json.dumps({"date": "2024-08-01", "papers": RECORDS}, indent=1),
    "lines": lines(RECORDS),
    "archived": archived(RECORDS, wrapped=False),
    "archived and wrapped": archived(RECORDS, wrapped=True),
    "page": saved({"date": "2024-08-01", "dailyPapers": RECORDS}, more=card(0)),
    "page on lines": saved(json.dumps({"searchResults": RECORDS}, indent=1)),
    "cards": "<html><title>Daily Papers - Hugging Face</title>" + card(0, "<p>A.</p>") + card(1),
    "page of one paper": test_html.ABOUT_ONE.format(""),
    "page in a file": test_web_archive.mhtml(test_web_archive.CARDS),
    "page in a file, in base64": test_web_archive.mhtml(test_web_archive.PAGE, "base64"),
    **{f"feed, {name}": content for name, content in test_feed.FEEDS.items()},
}
BASES = [text.encode() for text in TEXTS.values()]
BASES += [path.read_bytes() for path in sorted(CORPUS.glob("*.txt"))]
BASES += [(ROOT / "seeds" / "002_80f49f3159c627e0.txt").read_bytes()[:20_000]]
WRONG: list[Any] = [None, True, False, 0, -1, 2**70, 1.5, 1e300, "", " ", "text", "\x00", "\ud800",
                    "x" * 30_000, [], {}, [[]], [None], {"name": 1}, "2024-02-30", "9" * 400,
                    "https://", "\u202e", "<script>", "{}", "['", "-"]  # fmt: skip
PIECES = [
    *("", "\n", "\n\n", "\r", "·", "\n·\n", "  • 8 authors", "Jun 16, 2024 2", "Feb 29"),
    *("12", "[-] 3", "handle Name", "·\nFeb 6", "\u00a0", TOP),
    *("\ufeff", "\u2028", "\x00", "é", "x" * 400, "9" * 50, "{", "}", "[" * 60, '{"a":' * 60),
    *('"', "'", ",", ":", "NaN", "\\ud800", '"upvotes": 1, ', "null", "{'", "True", "\\", "-1e999"),
    *("[", "]", "](", "][1]", "### ", "# Daily Papers", "---", "```", "Subscribe", "System theme"),
    *("https://huggingface.co/papers/2407.00001", "https://huggingface.co/somebody"),
    *("<", "</", ">", "<!--", "-->", "<script>", "&quot;", "&#10;", "&#99999999999;", "<time>"),
    *('<a href="/papers/2407.00001">', "data-props=", "<item>", "</item>", "<entry>", "<![CDATA["),
    *(
        "]]>",
        "&a;",
        "<!DOCTYPE rss [<!ENTITY a 'b'>]>",
        "=\n",
        "=3D",
        "------MultipartBoundary--x----",
    ),
    *("&#" + "9" * 5_000 + ";", "&amp;#" + "9" * 5_000 + ";"),
]


def mutations(count: int, seed: int) -> Iterator[bytes]:
    """Yield `count` broken dumps, the same for the same seed."""
    chance = Random(seed)
    for _ in range(count):
        yield _mutated(chance)


def _mutated(chance: Random) -> bytes:
    if chance.random() < 0.3:
        data = _wrong_types(chance).encode("utf-8", "surrogatepass")
    else:
        data = chance.choice(BASES)
        for _ in range(chance.randint(1, 4)):
            data = chance.choice(_MUTATORS)(data, chance)
    if chance.random() < 0.1:
        data = gzip.compress(data, 1)
        data = chance.choice(_MUTATORS)(data, chance) if chance.random() < 0.7 else data
    return data


def _wrong_types(chance: Random) -> str:
    """Put a wrong value, or none, somewhere in an answer; and write it in one of its shapes."""
    records = json.loads(json.dumps([new(0), old(1), new(2)]))
    for _ in range(chance.randint(1, 2)):
        parent, key = chance.choice(list(_children(records)))
        if isinstance(parent, dict) and chance.random() < 0.1:
            del parent[key]
        else:
            parent[key] = chance.choice(WRONG)
    write: Callable[[Any], str] = chance.choice(_SHAPES)
    return write(records)


_SHAPES: list[Callable[[Any], str]] = [
    lambda records: json.dumps(records, ensure_ascii=False),
    lambda records: json.dumps(records, indent=1),
    lambda records: json.dumps({"papers": records}),
    lines,
    lambda records: json.dumps([*map(repr, records)]),
    lambda records: json.dumps([*map(json.dumps, records)]),
    lambda records: saved({"dailyPapers": records}),
]


def _children(parent: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every value inside another by its parent, and its key or index there."""
    for key in list(parent) if isinstance(parent, dict) else range(len(parent)):
        yield parent, key
        if isinstance(parent[key], dict | list):
            yield from _children(parent[key])


def _flip(data: bytes, chance: Random) -> bytes:
    flipped = bytearray(data)
    for _ in range(chance.randint(1, 8) if data else 0):
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(flipped)


def _cut(data: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] if chance.random() < 0.7 else data[at:]


def _insert(data: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(PIECES).encode() + data[at:]


def _drop(data: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + data[at + chance.randint(1, 200) :]


def _repeat(data: bytes, chance: Random) -> bytes:
    first, last = sorted(chance.randint(0, len(data)) for _ in range(2))
    return data[:last] + data[first : first + 3_000] * chance.randint(1, 3) + data[last:]


def _mix(data: bytes, chance: Random) -> bytes:
    base = chance.choice(BASES)
    end, start = chance.randint(0, len(data)), chance.randint(0, len(base))
    return data[:end] + base[start:]


def _nest(data: bytes, chance: Random) -> bytes:
    before, behind = chance.choice([("[", "]"), ('{"a":', "}"), ("<b>", "</b>"), ("[", "](x)")])
    deep = chance.choice([1, 3, 60, 2_000])
    return (before * deep).encode() + data + (behind * deep).encode()


_MUTATORS = [_flip, _cut, _insert, _insert, _drop, _repeat, _mix, _nest]
