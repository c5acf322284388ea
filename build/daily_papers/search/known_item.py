"""Finds the papers that a query names in full, by their title or their arXiv id."""

from daily_papers.papers.cleaning import clean
from daily_papers.papers.titles import key_and_slug
from daily_papers.search.query import MOST_LETTERS, signs
from daily_papers.search.reader import SearchDatabase

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))


def titled(database: SearchDatabase, text: str) -> list[int]:
    """Return the numbers of the papers with this title, in any spelling that has the same key.

    Those spelled as it is come first: “Mamba-2” and “Mamba 2” have the same key.

    A text that excludes words or filters is a title only if that has the same signs: a paper called
    “Mamba Survey” is not what `mamba -survey` looks for.
    """
    title = clean(text[:MOST_LETTERS].replace("\0", " "))
    key, _ = key_and_slug(title)
    typed_signs = signs(title)

    def is_meant(listed_title: str) -> bool:
        listed_title = clean(listed_title)
        has_signs = typed_signs <= signs(listed_title.translate(_DASHES))
        return has_signs and key_and_slug(listed_title)[0] == key

    def is_other_spelling(number: int) -> bool:
        spellings = {_spelling(listed_title) for listed_title in database.titles(number)}
        return _spelling(title) not in spellings

    numbers = dict.fromkeys(database.numbers_with_key(key)) if key else {}
    meant = [number for number in numbers if any(map(is_meant, database.titles(number)))]
    return sorted(meant, key=is_other_spelling)


def _spelling(title: str) -> str:
    return clean(title).translate(_DASHES).casefold()
