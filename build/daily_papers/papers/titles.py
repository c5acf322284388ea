"""Makes the keys of titles, and the ids of papers and authors from titles and names."""

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
_NAME_HASH_LENGTH = 12  # of millions of names, many have no letter in ASCII


def title_words(title: str) -> list[str]:
    """Split a clean title into the words of its key: "Mélange: S²FT" → ["melange", "s2ft"]."""
    if title.isascii():  # as most titles are; this is five times as fast
        plain = title.translate(_TRANSLATED) if _SPECIAL.search(title) else title
        return _WORDS.findall(plain.lower())
    text = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", title)).casefold()
    return _WORDS.findall("".join(_plain(char) for char in text))


def key_and_slug(title: str) -> tuple[str, str]:
    """Return the key of a clean title, which is the same for all its spellings, and its slug.

    The slug is the words in ASCII, joined by hyphens. It ends in a hash of the key if it was
    shortened, or lost letters that ASCII does not have.
    """
    words = title_words(title)
    return "".join(words), _slug(words)


def key_hash(key: str) -> int:
    """Return 32 bits of a key's SHA-256; keys that have the same are to be compared."""
    return int.from_bytes(sha256(key.encode()).digest()[:4], "little")


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

    A hash of the name follows if the words do not give the name back ("J. Doe", "José Doe", "DOE").
    So two names almost never have the same id, and an id does not depend on other names.
    """
    words = [part for word in title_words(name) if (part := _ascii(word))]
    slug = "-".join(words)[:LONGEST_SLUG].rstrip("-") or "author"
    is_exact = " ".join(word.capitalize() for word in words) == name and len(name) <= LONGEST_SLUG
    return slug if is_exact else f"{slug}-{short_hash(name, _NAME_HASH_LENGTH)}"


def _ascii(text: str) -> str:
    return text.encode("ascii", "ignore").decode()


def short_hash(text: str, length: int = _HASH_LENGTH) -> str:
    """Return the first hexadecimal digits of a text's SHA-256, for an id."""
    return sha256(text.encode()).hexdigest()[:length]
