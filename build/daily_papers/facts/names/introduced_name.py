"""Finds the name of what a paper introduces: "DuoAttention", "S²FT", "Natural GaLore".

A title of the form "Name: what it is" comes first, then the sentence that introduces the name ("we
propose X", "a framework called X", "Long Name (ABBR)"). A phrase of ordinary words is no name.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from daily_papers.records import Field
from daily_papers.text import Text, occurrences, word_set
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
_SPEAKS_OF_ITSELF = re.compile(
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
_MAX_TOKENS = 5  # of a name before a title's colon
_MIN_SCORE = 2.2  # of a candidate in the abstract
_STRIPPED = " ,.:;\"“”'‘’*()"
_SINGLE = re.compile(r"[\w.²³₂₀∞*+'’-]+")
_ORDINARY = re.compile(r"^[A-Z]?[a-z]+(?:-[a-z]+)*$")
# Words that begin a phrase before a colon, not a name.
_OPENINGS = word_set(
    "survey position report rethinking beyond towards toward abstract review tutorial from "
    "how why what when is are do does on in the an a every all not no more less better fast "
    "faster efficient scaling understanding exploring revisiting improving accelerating "
    "learning training"
)


class IntroducedName(NamedTuple):
    """The name of what a paper introduces, and the span where it is written."""

    text: str
    field: Field
    start: int
    end: int
    confidence: int = 100


def find_introduced_name(title: Text, abstract: Text) -> IntroducedName | None:
    """Return the introduced name, or None where the paper introduces nothing by name."""
    return (
        _from_title(title.text, abstract.text)
        or _from_abstract(title.text, abstract)
        or _from_title_end(title.text, abstract.text)
    )


def _from_title(title: str, abstract: str) -> IntroducedName | None:
    prefix = _PREFIX.match(title)
    if prefix is None:
        return None
    text = prefix[1].strip(_STRIPPED)
    short = _SHORT_AT_END.search(text)
    if short and has_name_shape(short[1]):
        text = short[1].removesuffix("s") if short[1][:-1].isupper() else short[1]
    tokens = text.split()
    if not text or len(tokens) > _MAX_TOKENS or tokens[0].lower() in _OPENINGS:
        return None
    lower = abstract.lower()
    if len(tokens) == 1:
        often = lower.count(text.lower()) > 2
        is_name = bool(_SINGLE.fullmatch(text)) and (text not in GENERIC or often)
    elif short_name := _short_form(text, tokens, abstract, lower):
        return short_name
    else:
        is_name = _is_name(text, tokens, abstract, lower)
    start = title.index(text)
    return IntroducedName(text, "title", start, start + len(text)) if is_name else None


def _short_form(text: str, tokens: list[str], abstract: str, lower: str) -> IntroducedName | None:
    """Return the short form of a title's phrase, where the abstract gives one in brackets."""
    start = lower.find(text.lower())
    short = _SHORT_BEHIND.match(abstract, start + len(text)) if start >= 0 else None
    if short and _may_be_name(short[1]) and all(map(_ORDINARY.match, tokens)):
        return IntroducedName(short[1], "abstract", *short.span(1))
    return None


def _is_name(text: str, tokens: list[str], abstract: str, lower: str) -> bool:
    """Tell whether the words before a title's colon are a name and no phrase."""
    shaped = all(has_name_shape(token) or token[0].isdigit() for token in tokens)
    if shaped and GENERIC.isdisjoint(tokens):
        return True
    if text[0].isupper():
        for start in occurrences(text, abstract, overlap=True):
            if _WITHIN.search(abstract[max(0, start - 2) : start]):
                return any(token not in GENERIC and not token.islower() for token in tokens)
    return any(
        _INTRODUCING.search(abstract[max(0, start - 160) : start])
        for start in occurrences(text.lower(), lower, overlap=True)
    )


def has_name_shape(text: str) -> bool:
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


def _from_abstract(title: str, abstract: Text) -> IntroducedName | None:
    """Return the candidate of the highest score, the first of those; None if all are low."""
    best, best_score = None, 0.0
    for sentence in abstract.sentences:
        for rank, start, end in _candidates(title, abstract.text, sentence.start, sentence.end):
            text = abstract.text[start:end]
            text = text if text.endswith("++") else text.rstrip(".-+")
            if not _may_be_name(text):
                continue
            count, in_title = _count(text, abstract.text), _count(text, title) > 0
            score = rank + 0.25 * min(count, 4) + 1.5 * in_title + has_name_shape(text)
            if score >= _MIN_SCORE and (not best or (score, -start) > (best_score, -best.start)):
                name = text[:-1] if _PLURAL.fullmatch(text) else text
                best = IntroducedName(name, "abstract", start, start + len(name))
                best_score = score
    return best


def _count(name: str, text: str) -> int:
    """Return how often a name stands in a text by itself, at most five times."""
    count = 0
    for start in occurrences(name, text):
        before, behind = text[start - 1 : start], text[start + len(name) : start + len(name) + 1]
        count += not (before.isalnum() or before == "-" or behind.isalnum() or behind == "_")
        if count == 5:
            break
    return count


def _candidates(title: str, text: str, start: int, end: int) -> Iterator[tuple[float, int, int]]:
    """Yield the names that a sentence may introduce: a rank of how surely, and their spans."""
    speaks_of_itself = _SPEAKS_OF_ITSELF.search(text, start, end)
    for match in _ABBREVIATED.finditer(text, start, end):
        before = text[max(start, match.start() - 140) : match.start()]
        if _spells_title(match[1], title):
            yield 3.0, *match.span(1)
        elif speaks_of_itself and _abbreviates(match[1], before):
            if _INTRODUCED.search(text, start, match.start()):
                yield 1.5, *match.span(1)
            elif NAMES.entry(match[1]) is None:
                yield 0.75, *match.span(1)
    if not speaks_of_itself:
        return
    for pattern, rank in ((_CALLED, 2.0), (_DIRECT, 1.0), (_DISTANT, 0.5), (_LISTED, 0.5)):
        for match in pattern.finditer(text, start, end):
            # Far behind the verb, many a name is that of another method.
            if pattern is _DISTANT and (not has_name_shape(match[1]) or NAMES.entry(match[1])):
                continue
            yield from _ranked_by_context(text, match, rank, end)


def _ranked_by_context(
    text: str, match: re.Match[str], rank: float, end: int
) -> Iterator[tuple[float, int, int]]:
    """Yield a candidate, ranked higher if the text behind it treats it as a name."""
    bracketed = _BRACKETED.match(text, match.end(1), end)
    if bracketed and _may_be_name(bracketed[1]):
        yield rank + 1.5, *bracketed.span(1)
    elif _APPOSED.match(text, match.end(1), end):
        yield rank + 1.0, *match.span(1)
    elif has_name_shape(match[1]) or " " not in match[1]:
        yield rank, *match.span(1)


def _spells_title(short: str, title: str) -> bool:
    """Tell whether the words of a title begin with a word's letters, one after the other."""
    letters = "".join(char.lower() for char in short if char.isupper())
    initials = "".join(word[0].lower() for word in _LETTERS.findall(title))
    return len(letters) >= 3 and short not in GENERIC and initials.startswith(letters)


def _abbreviates(short: str, before: str) -> bool:
    """Tell whether a word's letters begin words before it, in order ("Long Name (LN)")."""
    letters = [char.lower() for char in short if char.isupper()]
    words = [word.lower() for word in _LETTERS.findall(before)][-14:]
    matched = 0
    for word in words:
        matched += letters[matched : matched + 1] == [word[0]]
    return len(letters) >= 2 and matched >= 2 and matched >= len(letters) * 0.6


def _may_be_name(text: str) -> bool:
    tokens = text.split()
    return bool(tokens) and not (
        len(text) < 2
        or not GENERIC.isdisjoint((text, text.removesuffix("s")))
        or all(token in GENERIC or token.lower() in _OPENINGS for token in tokens)
        or (tokens[-1] in GENERIC and len(tokens) > 1)
        or not any(char.isupper() or char.isdigit() for char in text)
        or _SIZE_ONLY.fullmatch(text) is not None
    )


def _from_title_end(title: str, abstract: str) -> IntroducedName | None:
    for match in _FROM_TITLE_END.finditer(title):
        name, start = match[1].rstrip(".-"), match.start(1)
        known = NAMES.entry(name) is not None
        if has_name_shape(name) and _may_be_name(name) and name in abstract and not known:
            return IntroducedName(name, "title", start, start + len(name))
    return None
