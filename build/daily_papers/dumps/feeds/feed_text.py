"""Turns the HTML of a feed's item into the paper's abstract, and what stands around it.

Feeds of daily papers put more than the abstract into an item: a picture, authors, upvotes, links.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape

from daily_papers.dumps import dates
from daily_papers.dumps.saved_file import fold

LONGEST_NAME = 200  # characters
_LONGEST_NAMES = 100_000  # of all authors

_BLOCK = (
    "p|div|br|hr|li|ul|ol|dl|dt|dd|table|tr|td|th|h[1-6]|section|article|blockquote|pre|header|"
    "footer|figure|figcaption|details|summary"
)
_INLINE = (
    "a|abbr|b|big|cite|code|em|font|i|img|label|mark|picture|q|s|small|source|span|strong|sub|sup|"
    "svg|time|tt|u|var|video|html|body|main|center"
)
_ATTRIBUTES = r"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+"
_UNREAD = re.compile(
    r"<(script|style|svg)\b(?:[^<]++|<(?!/\1))*+(?:</\1\s*>)?|<!--(?:[^-]++|-(?!->))*+(?:-->)?",
    re.IGNORECASE,
)
_TAG = re.compile(
    rf"<(?P<end>/?)(?:(?P<block>{_BLOCK})|(?P<inline>{_INLINE}))(?=[\s/>]){_ATTRIBUTES}/?>",
    re.IGNORECASE,
)
# A number of a character that is too long for Python to read.
_LONG_NUMBER = re.compile(r"&(?=#[xX]?[0-9A-Fa-f]{12})")
_RAISED = {"sup": "^{", "sub": "_{"}

_LABEL = re.compile(
    r"[^\w(]{0,4}(?P<label>authors?|by|abstract|summary|tl;?dr|published(?: on| at| date)?"
    r"|submitted (?:by|on)|date"
    r"|organi[sz]ations?|arxiv(?: id)?"
    r"|paper(?: id| page)?|pdf|links?|url|source|tags?|keywords?|categor(?:y|ies)|subjects?|rank)"
    r"\**\s*[:：]\**\s*(?P<value>.*)",
    re.IGNORECASE,
)
# A line of such words, numbers and signs alone is none of an abstract: "👍 12 | 💬 3 | Read paper".
_FURNITURE = re.compile(
    r"an?|and|are|arxiv|articles?|authors?|by|code|comments?|community|continue|daily|discuss(?:ions?)?"
    r"|face|for|full|github|here|html|hugging|images?|in|likes?|links?|model|more|of|on|open|original"
    r"|pages?|papers?|pdf|project|published|read|reading|see|source|stars?|submitted|summary|the|this"
    r"|thumbnail|to|up|upvoted?|upvotes|view|votes?|website"
)
_LONGEST_FURNITURE = 150  # characters
_WORD = re.compile(r"[^\W\d_]+(?:['’][a-z]+)?")
_ADDRESS = re.compile(r"https?://\S+")
_UPVOTES = re.compile(r"(?:\bup ?votes?\W{1,4}|[👍▲⬆🔼]\W{0,3})([0-9][0-9,]{0,8})\b", re.IGNORECASE)
_UPVOTES_BEHIND = re.compile(r"\b([0-9][0-9,]{0,8}) up ?votes?\b", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"\W{0,4}(?:join the discussion on this paper page\b.{0,20}"
    r"|arxiv:\S{5,30} announce type: .{1,30}"
    r"|(?:submitted|posted|published) (?:by|on|at) .{1,80})",
    re.IGNORECASE,
)
_ABSTRACT = re.compile(r"\W{0,3}(?:abstract|summary)\W{0,3}", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:…][\"”’)\]]{0,2}$")
_BETWEEN_NAMES = re.compile(r"[;,&\n]|\band\b")
_AND_OTHERS = re.compile(r" (?:et al\.?|\+? ?[0-9]{0,5} ?(?:others|more)|…|\.{3})$", re.IGNORECASE)
_NO_AUTHOR = re.compile(
    r"hugging ?face.*|(?:hf )?daily papers.*|[^@]*@.*|https?:.*|unknown",
    re.IGNORECASE,
)


@dataclass
class ItemText:
    """What the text of an item says: the abstract, and details that stand beside it."""

    abstract: str = ""
    names: list[str] = field(default_factory=list)
    upvote_count: int | None = None
    published_on: str | None = None


def plain_text(html: str) -> str:
    """Return HTML as text, with a blank line between blocks; of no tags (“x<y”) nothing changes."""

    def replace(tag: re.Match[str]) -> str:
        if tag["block"]:
            return "\n\n"
        raised = _RAISED.get(tag["inline"].lower())
        return ("}" if tag["end"] else raised) if raised else ""

    readable = _UNREAD.sub("", html)
    if any(tag["block"] for tag in _TAG.finditer(readable)):
        readable = readable.replace("\n", " ")
    return with_characters(_TAG.sub(replace, readable))


def with_characters(html: str) -> str:
    """Return HTML with the characters that its entities stand for."""
    return unescape(_LONG_NUMBER.sub("&amp;", html))


def read_text(text: str, title: str) -> ItemText:
    """Read the text of an item that has this title."""
    item = ItemText()
    blocks: list[str] = []
    may_be_detail = True  # not in the middle of a sentence, which lines may be cut in
    for line in text.split("\n"):
        block = fold(line)
        if not block or block == title:
            may_be_detail = True
        elif _ABSTRACT.fullmatch(block):
            blocks = []
        elif not (may_be_detail and _read_detail(block, item, blocks)):
            blocks.append(block)
            may_be_detail = bool(_SENTENCE_END.search(block))
    item.abstract = fold(" ".join(blocks))
    return item


def _read_detail(block: str, item: ItemText, blocks: list[str]) -> bool:
    """Tell whether a line is no part of the abstract; what it states goes into the item."""
    label = _LABEL.fullmatch(block)
    if label and label["label"].lower().startswith("published"):
        item.published_on = item.published_on or dates.iso_day(label["value"])
    if is_furniture := _is_furniture(block):
        upvotes = _UPVOTES.search(block) or _UPVOTES_BEHIND.search(block)
        item.upvote_count = int(upvotes[1].replace(",", "")) if upvotes else item.upvote_count
    elif label:
        name, value = label["label"].lower(), label["value"]
        if name == "abstract":
            blocks[:] = [value] if value else []
        elif name in ("summary", "tldr", "tl;dr"):
            blocks.extend([value] if value and not blocks else [])
        elif name.startswith("author"):
            item.names = item.names or [value]
    return bool(is_furniture or label)


def _is_furniture(block: str) -> bool:
    if _BOILERPLATE.fullmatch(block):
        return True
    words = _WORD.findall(_ADDRESS.sub("", block).lower())
    return len(block) <= _LONGEST_FURNITURE and all(map(_FURNITURE.fullmatch, words))


def split_names(texts: Iterable[str]) -> tuple[list[str], bool]:
    """Return the names of people in texts, and whether these are all that the texts name.

    Names of services and addresses are none; a single word is the handle of an account.
    """
    pieces = [f" {name}" for text in texts for name in _BETWEEN_NAMES.split(text[:_LONGEST_NAMES])]
    people = [fold(_AND_OTHERS.sub("", name.rstrip())) for name in pieces]
    people = [name for name in people if name and not _NO_AUTHOR.fullmatch(name)]
    names = [name for name in people if " " in name or not name.isascii()]
    names = [name for name in names if len(name) <= LONGEST_NAME]
    is_whole = len(names) == len(people) and not any(_AND_OTHERS.search(name) for name in pieces)
    return list(dict.fromkeys(names)), is_whole
