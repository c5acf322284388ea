"""Finds the name of what a paper introduces: "DuoAttention", "S²FT", "Natural GaLore".

A title of the form "Name: what it is" says it; else the sentence that introduces it ("we propose
X", "a framework called X", "Long Name (ABBR)"). A phrase of ordinary words is no name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from daily_papers.records import Field
from daily_papers.text import Text
from daily_papers.vocabulary import GENERIC, NAMES

_PREFIX = re.compile(r"^(.{1,60}?)\s?(?::|\s[–—-]{1,2})\s")
_NAME = (
    r"(?:[a-z]{2,}-\d[\w.]*|[A-Z0-9ΔΦαβμλτ∞*$][\w.²³₂₀∞*+$-]*|[a-z]{1,5}-?[A-Z][\w.²³₂+-]*|"
    r"[A-Za-z]\w*[A-Z\d]\w*(?:\.\d+)?)"
)
_NAMES = rf"{_NAME}(?:\s{_NAME}){{0,3}}"
_INTRODUCES = (
    r"(?:\b(?:[Ww]e|[Pp]aper|[Ww]ork|[Rr]eport|[Ss]tudy|[Aa]rticle|and|also|then|further|to|team)\b[^.]{0,60}?"
    r"\b(?:propos|introduc|present|develop|design|describ|unveil|releas|build|built|creat|"
    r"implement|offer|announc|call|devis|contribut|put forward)\w*)"
)
_DIRECT = re.compile(
    rf"{_INTRODUCES}\s(?:the\s|our\s|an?\s|\"|“|‘|\*+)*({_NAMES})(?=[\s,.:;(\"”’*–—-]|$)"
)
_DISTANT = re.compile(
    rf"{_INTRODUCES}\s(?:[a-z(][\w\s,()-]{{0,70}}?\s)({_NAME})(?=[\s,.:;(\"”’*–—-]|$)"
)
_LISTED = re.compile(rf"\((?:i|1)\)\s({_NAME})(?=,|:|\s\()")
_APPOSED = re.compile(
    r"\"?”?(?:,\s(?:an?|the|which|our|one|is)\b|:|\s[–—]|\s\(|\sis\s|\s-\s|,\sa\b|-\sa)"
)
_BRACKETED = re.compile(
    r"\"?”?\s?\(\s?(?:\"|“|\*+)?([A-Za-z0-9²³₂∞^+*.-]*[A-Z][A-Za-z0-9²³₂∞^+*.-]*)(?:\"|”|\*+)?\s?[),;]"
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|namely|known as|denoted(?: as)?|referred to as|"
    r"abbreviated as|"
    r"which we (?:call|name|term|dub|refer to as)|we (?:call|name|term|dub)(?: it| this \w+|"
    r" our \w+)?|titled|framework,|method,|model,|system,|approach,|algorithm,|architecture,|"
    r"benchmark,|dataset,|library,|engine,|strategy,|technique,|scheme,|infrastructure,|"
    r"policy,|tool,|solution,|paradigm,|accelerator,|kernels?,|optimizer,|pipeline,|mechanism,|"
    r"network,|toolkit,)"
    rf"\s(?:as\s|the\s|an?\s|\"|“|‘|‘‘|\*+)*({_NAMES})(?=[\s,.:;()\"”’*–—-]|$)"
)
_ABBREVIATED = re.compile(
    r"\(\s?(?:\*+|\"|“|dubbed |called |termed |abbreviated as |or |"
    r"i\.e\., )?([A-Za-z0-9²³₂∞^+*.-]{2,24}[A-Za-z0-9²³₂∞+*])(?:\"|”|\*+|,[^()]{0,40}|"
    r"\s?[:;][^()]{0,40})?\s?\)"
)
_OWN = re.compile(
    rf"{_INTRODUCES}|\b[Oo]ur\b|\b[Hh]ere,? we\b|\bnamed\b|\bcalled\b|\bdubbed\b|\btermed\b"
)
_INTRODUCED = re.compile(_INTRODUCES)
_INTRODUCING = re.compile(_INTRODUCES + r"\s(?:the\s|our\s|an?\s|novel\s|new\s){0,4}$")
_WITHIN = re.compile(r"[a-z,(] $")
_SHORT_AT_END = re.compile(r"\((\S{2,20})$")
_SHORT_BEHIND = re.compile(r"\s\(([^\s()]{2,16})\)")
_FROM_TITLE_END = re.compile(rf"\b(?:with|via|using|by|of|of the)\s({_NAME})")
_LETTERS = re.compile(r"[A-Za-z]+")
_PLURAL = re.compile(r"[A-Z]{2,}s")
_SIZE_ONLY = re.compile(r"\d+[A-Za-z]{1,2}")
_MOST_TOKENS = 5  # of a name before a title's colon
_STRIPPED = " ,.:;\"“”'‘’*()"
_SINGLE = re.compile(r"[\w.²³₂₀∞*+'’-]+")
_ORDINARY = re.compile(r"^[A-Z]?[a-z]+(?:-[a-z]+)*$")


@dataclass(frozen=True)
class Name:
    """The name of what a paper introduces, where it is written."""

    text: str
    field: Field
    start: int
    end: int


def find(title: Text, abstract: Text) -> Name | None:
    """Return the introduced name, or None where the paper introduces nothing by name."""
    return (
        _from_title(title, abstract)
        or _from_abstract(title, abstract)
        or _from_title_end(title, abstract)
    )


def _from_title(title: Text, abstract: Text) -> Name | None:
    found = _PREFIX.match(title.text)
    if found is None:
        return None
    text = found[1].strip(_STRIPPED)
    short = _SHORT_AT_END.search(text)
    if short and shaped(short[1]):
        text = short[1].removesuffix("s") if short[1][:-1].isupper() else short[1]
    tokens = text.split()
    if not text or len(tokens) > _MOST_TOKENS or tokens[0].lower() in _OPENINGS:
        return None
    lower = abstract.text.lower()
    if len(tokens) == 1:
        often = lower.count(text.lower()) > 2
        fits = bool(_SINGLE.fullmatch(text)) and (text not in GENERIC or often)
    else:
        fits = _is_a_name(text, tokens, abstract.text, lower)
        named = _shortened(text, tokens, abstract.text, lower)
        if named is not None:
            return named
    if not fits:
        return None
    start = title.text.index(text)
    return Name(text, "title", start, start + len(text))


def _shortened(text: str, tokens: list[str], abstract: str, lower: str) -> Name | None:
    """Return the short form of a title's phrase, where the abstract gives one in brackets."""
    place = lower.find(text.lower())
    short = _SHORT_BEHIND.match(abstract, place + len(text)) if place >= 0 else None
    if short and _fits(short[1]) and all(_ORDINARY.match(one) for one in tokens):
        return Name(short[1], "abstract", *short.span(1))
    return None


def _is_a_name(text: str, tokens: list[str], abstract: str, lower: str) -> bool:
    """Tell whether the words before a title's colon are a name and no phrase."""
    if all(shaped(one) or one[0].isdigit() for one in tokens) and GENERIC.isdisjoint(tokens):
        return True
    place = abstract.find(text)
    while place >= 0 and text[0].isupper():
        if _WITHIN.search(abstract[max(0, place - 2) : place]):
            return any(one not in GENERIC and not one.islower() for one in tokens)
        place = abstract.find(text, place + 1)
    place = lower.find(text.lower())
    while place >= 0:
        if _INTRODUCING.search(abstract[max(0, place - 160) : place]):
            return True
        place = lower.find(text.lower(), place + 1)
    return False


# Words that begin a phrase before a colon, not a name.
_OPENINGS = frozenset(
    str.split(
        "survey position report rethinking beyond towards toward abstract review tutorial from "
        "how why what when is are do does on in the an a every all not no more less better fast "
        "faster efficient scaling understanding exploring revisiting improving accelerating "
        "learning training"
    )
)


def shaped(text: str) -> bool:
    """Tell whether a word has the shape of a name: capitals or digits inside ("vLLM", "S²FT")."""
    bare = text.strip(_STRIPPED)
    parts = [part for part in bare.split("-") if part]
    if not parts or not any(char.isalpha() for char in bare):
        return False
    if any(char in "²³₂₀∞" for char in bare):
        return True
    if len(parts) > 1 and all(_ORDINARY.match(part) or part in GENERIC for part in parts):
        return parts[0] in GENERIC and parts[-1][:1].isupper() and parts[-1] not in GENERIC
    return any(
        any(char.isupper() for char in part[1:])
        or (part[:1].isalpha() and any(char.isdigit() for char in part))
        or (len(parts) > 1 and len(part) == 1 and part.isupper())
        for part in parts
    )


def _from_abstract(title: Text, abstract: Text) -> Name | None:
    best: tuple[tuple[float, int], Name] | None = None
    for sentence in abstract.sentences:
        own = bool(_OWN.search(abstract.text, sentence.start, sentence.end))
        for rank, start, end in _candidates(
            title.text, abstract.text, sentence.start, sentence.end, own
        ):
            text = (
                abstract.text[start:end].rstrip(".-+")
                if not abstract.text[start:end].endswith("++")
                else abstract.text[start:end]
            )
            if not _fits(text):
                continue
            score = _score(text, rank, title.text, abstract.text), -start
            if score[0] >= _LEAST and (best is None or score > best[0]):
                plural = _PLURAL.fullmatch(text) is not None
                best = score, Name(text, "abstract", start, start + len(text) - plural)
    if best is None:
        return None
    name = best[1]
    return Name(abstract.text[name.start : name.end], name.field, name.start, name.end)


_LEAST = 2.2


def _score(text: str, rank: float, title: str, abstract: str) -> float:
    times = _times(text, abstract)
    in_title = _times(text, title) > 0
    return rank + 0.25 * min(times, 4) + 1.5 * in_title + shaped(text)


def _times(name: str, text: str) -> int:
    """Return how often a name stands in a text by itself, at most five times."""
    times, place = 0, text.find(name)
    while place >= 0 and times < 5:
        before, behind = text[place - 1 : place], text[place + len(name) : place + len(name) + 1]
        times += not (before.isalnum() or before == "-" or behind.isalnum() or behind == "_")
        place = text.find(name, place + len(name))
    return times


def _candidates(
    title: str, text: str, start: int, end: int, own: bool
) -> Iterator[tuple[float, int, int]]:
    """Yield the names that a sentence may introduce: how surely, and where they stand."""
    for one in _ABBREVIATED.finditer(text, start, end):
        before = text[max(start, one.start() - 140) : one.start()]
        if _spelled_in(one[1], title):
            yield 3.0, *one.span(1)
        elif own and _abbreviates(one[1], before):
            if _INTRODUCED.search(text, start, one.start()):
                yield 1.5, *one.span(1)
            elif NAMES.entry(one[1]) is None:
                yield 0.75, *one.span(1)
    if not own:
        return
    for pattern, rank in ((_CALLED, 2.0), (_DIRECT, 1.0), (_DISTANT, 0.5), (_LISTED, 0.5)):
        for one in pattern.finditer(text, start, end):
            # Far behind the verb stands many a name that is another's.
            if pattern is _DISTANT and (not shaped(one[1]) or NAMES.entry(one[1])):
                continue
            yield from _with_company(text, one, rank, end)


def _with_company(
    text: str, one: re.Match[str], rank: float, end: int
) -> Iterator[tuple[float, int, int]]:
    """Yield a name the more surely, the more like a name what follows treats it."""
    bracketed = _BRACKETED.match(text, one.end(1), end)
    if bracketed and _fits(bracketed[1]):
        yield rank + 1.5, *bracketed.span(1)
    elif _APPOSED.match(text, one.end(1), end):
        yield rank + 1.0, *one.span(1)
    elif shaped(one[1]) or " " not in one[1]:
        yield rank, *one.span(1)


def _spelled_in(short: str, title: str) -> bool:
    """Tell whether the words of a title begin with a word's letters, one after the other."""
    letters = "".join(char.lower() for char in short if char.isupper())
    initials = "".join(word[0].lower() for word in _LETTERS.findall(title))
    return len(letters) >= 3 and short not in GENERIC and initials.startswith(letters)


def _abbreviates(short: str, before: str) -> bool:
    """Tell whether a word's letters begin words before it, in order ("Long Name (LN)")."""
    letters = [char.lower() for char in short if char.isupper()]
    words = [word.lower() for word in _LETTERS.findall(before)][-14:]
    place = 0
    for word in words:
        if place < len(letters) and letters[place] == word[0]:
            place += 1
    return len(letters) >= 2 and place >= 2 and place >= len(letters) * 0.6


def _fits(text: str) -> bool:
    tokens = text.split()
    return bool(tokens) and not (
        len(text) < 2
        or text in GENERIC
        or text.removesuffix("s") in GENERIC
        or all(one in GENERIC or one.lower() in _OPENINGS for one in tokens)
        or (tokens[-1] in GENERIC and len(tokens) > 1)
        or not any(char.isupper() or char.isdigit() for char in text)
        or _SIZE_ONLY.fullmatch(text) is not None
    )


def _from_title_end(title: Text, abstract: Text) -> Name | None:
    for found in _FROM_TITLE_END.finditer(title.text):
        text = found[1].rstrip(".-")
        if shaped(text) and _fits(text) and text in abstract.text and NAMES.entry(text) is None:
            return Name(text, "title", found.start(1), found.start(1) + len(text))
    return None
