"""Makes what titles and names go by: the key of a title, and the ids made of titles and names."""

import re
import unicodedata
from collections.abc import Sequence
from hashlib import sha256

LONGEST_SLUG = 64  # characters, before the hash that a shortened one ends in

_APOSTROPHES = re.compile("['’‘`]")
_WORDS = re.compile(r"[^\W_]+")
_SPELLED_OUT = {"+": " plus ", "&": " and ", "#": " sharp ", "×": "x", "∞": "infty"}
_TRANSLATED = str.maketrans({**_SPELLED_OUT, "'": "", "`": ""})
_SPECIAL = re.compile("[+&#'`]")
_HASH_LENGTH = 8
_NAME_HASH_LENGTH = 12  # of millions of names, some have no letter of ASCII


def title_words(title: str) -> list[str]:
    """Split a clean title into the words of its key: "Mélange: S²FT" → ["melange", "s2ft"]."""
    if title.isascii():  # as most are, and this is five times as fast
        plain = title.translate(_TRANSLATED) if _SPECIAL.search(title) else title
        return _WORDS.findall(plain.lower())
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", title)).casefold()
    return _WORDS.findall("".join(_plain(char) for char in text))


def key_and_slug(title: str) -> tuple[str, str]:
    """Return the key of a clean title, the same for all ways of writing it, and its id.

    The id is the words in ASCII, joined by hyphens. One that was shortened, or that lost letters
    ASCII does not have, ends in a hash of the key.
    """
    words = title_words(title)
    return "".join(words), _slug(words)


def _slug(words: Sequence[str]) -> str:
    full = "-".join(words)
    short = "-".join(part for word in words if (part := _ascii(word)))
    if len(short) > LONGEST_SLUG:
        short = short[: LONGEST_SLUG + 1].rpartition("-")[0] or short[:LONGEST_SLUG]
    return short if short and short == full else f"{short or 'paper'}-{short_hash(''.join(words))}"


def _plain(char: str) -> str:
    if char.isascii():
        return _SPELLED_OUT.get(char, char)
    if unicodedata.combining(char):
        return ""
    name = unicodedata.name(char, "")
    if name.startswith("GREEK SMALL LETTER "):
        return name.split()[3].lower()
    return _SPELLED_OUT.get(char, char)


def author_id(name: str) -> str:
    """Make the id of an author: the words of the name, in ASCII, joined by hyphens.

    Where the name cannot be told from these ("J. Doe", "José Doe", "DOE"), a hash of it follows:
    so two names have next to never one id, whatever other names there are.
    """
    words = [part for word in title_words(name) if (part := _ascii(word))]
    plain = "-".join(words)[:LONGEST_SLUG].rstrip("-") or "author"
    said = " ".join(word.capitalize() for word in words)
    return (
        plain
        if said == name and len(said) <= LONGEST_SLUG
        else f"{plain}-{short_hash(name, _NAME_HASH_LENGTH)}"
    )


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def short_hash(text: str, length: int = _HASH_LENGTH) -> str:
    """Return what tells a text from all others, short enough for an id."""
    return sha256(text.encode()).hexdigest()[:length]
