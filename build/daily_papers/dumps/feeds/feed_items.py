"""Finds the items of a feed, and their fields, in RSS, Atom and JSON Feed.

XML is read an item at a time, so that a broken or a cut item costs itself. What stands before the
items, such as a document type with entities, is never parsed: no entity can be declared.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from html import escape, unescape
from typing import Any
from xml.parsers import expat

from daily_papers.dumps.answers import json_values
from daily_papers.dumps.answers.json_values import InvalidValueError
from daily_papers.dumps.feeds.feed_text import plain_text, with_characters
from daily_papers.dumps.saved_file import fold

MOST_DEEP = 100  # elements inside each other
MOST_ITEMS = 50_000
MOST_OTHERS = 50  # unknown elements of an item
LONGEST_OTHER = 1_000  # characters that are looked at
LONGEST_HEAD = 50_000  # characters before the first item

_CDATA = r"<!\[CDATA\[(?:[^\]]++|\](?!\]>))*+(?:\]\]>)?"
_UNREAD = rf"{_CDATA}|<!--(?:[^-]++|-(?!->))*+(?:-->)?"
_ITEM = re.compile(
    rf"{_UNREAD}|<(?P<end>/?)(?P<name>(?:[\w-]{{1,30}}:)?(?:item|entry))(?=[\s/>])[^>]*+(?P<closes>>?)"
)
_ENTITY = re.compile(rf"{_UNREAD}|&(?P<name>#?\w{{1,32}};)?")
_XML_ENTITIES = ("amp;", "lt;", "gt;", "quot;", "apos;")
_HEAD = re.compile(
    r"<(?:[\w-]{1,30}:)?(?P<name>title|lastBuildDate|pubDate|updated|date)(?=[\s>])[^>]*+>"
    rf"(?P<text>(?:[^<]++|{_CDATA})*+)"
)
_END = re.compile(r"</(?:[\w-]{1,30}:)?(?:rss|feed|RDF)\s*>\s*(?:<!--[^>]*-->\s*)*\Z")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PREFIXES = ("", "atom", "a10", "content", "dc", "dcterms", "rss", "rdf", "ns0")
_FIELDS = {  # of an item, by the names of elements or keys
    "title": ("title",),
    "address": (
        "link",
        "guid",
        "id",
        "about",
        "url",
        "external_url",
        "origLink",
        "feedburner:origLink",
    ),
    "text": (
        *("abstract", "description", "summary", "content", "encoded", "content_html"),
        *("content_text", "media:description", "itunes:summary"),
    ),
    "listed": ("pubDate", "date", "issued", "date_published", "created"),
    "published": ("published",),
    "updated": ("updated", "modified", "date_modified", "lastBuildDate"),
    "author": ("author", "creator", "author/name", "authors", "media:credit"),
}
_DATES = ("listed", "published", "updated")
_TOO_MANY = f"more than {MOST_ITEMS:,} items in one feed: split it"
_RELATIONS = ("alternate", "related", "via", "self")  # of links of an item to its paper
_FIELD_OF = {name: field_name for field_name, names in _FIELDS.items() for name in names}


@dataclass
class Item:
    """An item: its offsets, its texts by the name of the field, and why it could not be read.

    `wrong` has the names of elements or keys that are no texts, with what stands there, and
    `others` has unknown ones, with their texts.
    """

    start: int
    end: int
    fields: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    problem: str | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)

    def add(self, name: str, text: str) -> None:
        """Add the text of an element or a key, without control characters."""
        prefix, _, local = name.rpartition(":")
        is_known = prefix in _PREFIXES or local == "abstract"
        field_name = _FIELD_OF.get(local if is_known else name)
        if character := _NO_XML.search(text):
            self.wrong.append((name, f"the character U+{ord(character[0]):04X}"))
            text = _NO_XML.sub(" ", text)
        if not text.strip():
            return
        if field_name:
            self.fields[field_name].append(text)
        elif len(self.others) < MOST_OTHERS:
            self.others.append((name, text[:LONGEST_OTHER]))


@dataclass
class Feed:
    """What a feed says of itself, and its items; `cut_at` is the offset of one that is cut."""

    title: str
    built: str  # when
    head: str
    items: list[Item]
    is_cut: bool
    cut_at: int | None


def read_xml(text: str) -> Feed:
    """Read RSS, RDF or Atom.

    Raises:
        InvalidValueError: it has too many items.
    """
    items: list[Item] = []
    start: int | None = None
    for tag in _ITEM.finditer(text):
        if not tag["name"]:
            continue
        if len(items) > MOST_ITEMS:
            raise InvalidValueError(_TOO_MANY, tag.start())
        if not tag["end"]:
            if start is not None:
                items.append(Item(start, tag.start(), problem="no end of the item"))
            start = tag.start()
        if start is not None and tag["closes"] and (tag["end"] or tag[0].endswith("/>")):
            items.append(_parse_item(text, start, tag.end()))
            start = None
    first = items[0].start if items else start
    head = text[: LONGEST_HEAD if first is None else min(first, LONGEST_HEAD)]
    stated: dict[str, str] = {}
    for element in _HEAD.finditer(head):
        stated.setdefault(
            element["name"], fold(plain_text(with_characters(_without_cdata(element["text"]))))
        )
    built = next(
        (
            stated[name]
            for name in ("lastBuildDate", "updated", "pubDate", "date")
            if name in stated
        ),
        "",
    )
    return Feed(stated.get("title", ""), built, head, items, not _END.search(text[-5_000:]), start)


def _parse_item(text: str, start: int, end: int) -> Item:
    """Parse an item on its own; entities are text by then, and a document type is an error."""
    item = Item(start, end)
    path: list[str] = []
    texts: list[list[str]] = [[]]

    def open_element(name: str, attributes: dict[str, str]) -> None:
        if len(path) > MOST_DEEP:
            raise ValueError(f"elements nested more than {MOST_DEEP} deep")
        path.append(name)
        texts.append([])
        local = name.rpartition(":")[2]
        if local == "link" and attributes.get("rel", "alternate") in _RELATIONS:
            item.add("link", attributes.get("href", ""))
        elif local in ("item", "entry"):
            item.add("id", attributes.get("rdf:about", ""))

    def close_element(name: str) -> None:
        content = "".join(texts.pop())
        path.pop()
        if len(path) == 1 and not (name.endswith("author") and "<" in content):
            item.add(name, content)
        elif len(path) == 2:
            item.add(f"{path[1].rpartition(':')[2]}/{name.rpartition(':')[2]}", content)
        if len(path) >= 2:  # HTML as XML, in Atom's content
            tag = name.rpartition(":")[2]
            texts[-1].append(f"<{tag}>{content}</{tag}>")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = open_element
    parser.EndElementHandler = close_element
    parser.CharacterDataHandler = lambda content: texts[-1].append(content)
    try:
        parser.Parse(_ENTITY.sub(_readable_entity, _NO_XML.sub(" ", text[start:end])), True)
    except (expat.ExpatError, ValueError) as error:
        item.problem = f"broken XML: {error}"
    return item


def _readable_entity(entity: re.Match[str]) -> str:
    """Return an entity that XML knows; of HTML's the character, and other ones as text."""
    name = entity["name"]
    if entity[0][0] == "<" or name in _XML_ENTITIES:
        return entity[0]
    character = unescape(entity[0])
    return escape(_NO_XML.sub(" ", character))


def _without_cdata(text: str) -> str:
    return text.replace("<![CDATA[", "").replace("]]>", "")


def read_json(text: str) -> Feed:
    """Read a JSON Feed.

    Raises:
        InvalidValueError: it has too many values, or is broken outside of its items.
    """
    json_values.require_few_values(text)
    feed = Feed("", "", "", [], not text.rstrip().endswith("}"), None)
    head: dict[str, str] = {}

    def read_broken(key: str, offset: int) -> int | None:
        return _read_json_items(text, offset, feed) if key == "items" else None

    try:
        start = json_values.skip_blanks(text, 0)
        for key, offset, end in json_values.members(text, start, read_broken):
            if end is None:
                feed.is_cut = True
            elif key == "items" and not feed.items:
                _read_json_items(text, offset, feed)
            elif isinstance(value := json_values.read_value(text, offset)[0], str):
                head[key] = value
    except InvalidValueError as error:
        if not feed.is_cut or error.problem == _TOO_MANY:
            raise
    feed.title, feed.head = fold(head.get("title", "")), " ".join(head.values())
    return feed


def _read_json_items(text: str, offset: int, feed: Feed) -> int | None:
    """Read the list of items at an offset; return the offset behind it, None if it is cut."""
    if text[offset : offset + 1] != "[":
        return None
    offset = json_values.skip_blanks(text, offset + 1)
    while (char := text[offset : offset + 1]) != "]":
        if not char:
            return None
        if len(feed.items) > MOST_ITEMS:
            raise InvalidValueError(_TOO_MANY, offset)
        try:
            value, end = json_values.read_value(text, offset)
            feed.items.append(_json_item(value, offset, end))
        except InvalidValueError as error:
            broken_end = json_values.skip_broken(text, offset)
            if broken_end is None:
                feed.cut_at = offset
                return None
            end = broken_end
            feed.items.append(Item(offset, end, problem=error.problem))
        offset = json_values.skip_blanks(text, end)
        if text[offset : offset + 1] == ",":
            offset = json_values.skip_blanks(text, offset + 1)
    return offset + 1


def _json_item(value: Any, start: int, end: int) -> Item:
    item = Item(start, end)
    if not isinstance(value, dict):
        item.problem = f"{json_values.describe(value)} where an item has to be"
        return item
    for key, child in value.items():
        if isinstance(child, dict) and key not in _FIELD_OF:  # an extension, such as {"_paper": …}
            for name, text in child.items():
                _add_value(item, name, text)
        for part in child if isinstance(child, list) else [child]:
            _add_value(item, key, part.get("name") if isinstance(part, dict) else part)
    return item


def _add_value(item: Item, key: str, value: object) -> None:
    """Add the value of a key, which has to be a text; a date may be a number."""
    name = _FIELD_OF.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and name in _DATES:
        value = str(value)
    if isinstance(value, str):
        is_plain = key in ("title", "content_text", "summary")
        item.add(key, escape(value, quote=False) if is_plain else value)
    elif name and value is not None:
        item.wrong.append((key, json_values.describe(value)))
