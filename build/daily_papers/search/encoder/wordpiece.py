"""Splits text into the word pieces of BERT's uncased vocabulary, as their numbers.

Source: Devlin and others, BERT: Pre-training of Deep Bidirectional Transformers (2019); the rules
are those of its published tokenizer, which a test compares.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

VOCABULARY = Path(__file__).parent / "vocab.txt"  # a piece a line, its number is that of the line
MOST_TOKENS = 256  # of a text, the first and the last of them marks; the model was trained on these
_LONGEST = 100  # characters of a word that has pieces
_MOST_WORDS = 20_000  # whose pieces are kept
_IDEOGRAPH = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f"
    r"\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]"
)
_DROPPED = frozenset(("Mn", "Cc", "Cf", "Co", "Cs"))  # categories: accents and control characters


@cache
def pieces() -> dict[str, int]:
    """Return the number of each piece; pieces within a word begin with ##."""
    return {piece: n for n, piece in enumerate(VOCABULARY.read_text("utf-8").splitlines())}


def token_ids(text: str) -> list[int]:
    """Return the numbers of the pieces of a text, between those that mark its start and its end."""
    numbers: list[int] = []
    for word in _words(text):
        numbers += _word_pieces(word) if len(word) <= _LONGEST else [pieces()["[UNK]"]]
        if len(numbers) >= MOST_TOKENS - 2:
            break
    return [pieces()["[CLS]"], *numbers[: MOST_TOKENS - 2], pieces()["[SEP]"]]


def _words(text: str) -> Iterator[str]:
    """Yield words without case and accents, and each punctuation mark and ideograph."""
    word: list[str] = []
    for letter in unicodedata.normalize("NFD", _IDEOGRAPH.sub(r" \g<0> ", text)).lower():
        category = unicodedata.category(letter)
        is_blank = letter in "\t\n\r" or category[0] == "Z"
        if is_blank or _is_mark(letter, category):
            if word:
                yield "".join(word)
                word = []
            if not is_blank:
                yield letter
        elif category not in _DROPPED and letter != "\ufffd":
            word.append(letter)
    if word:
        yield "".join(word)


def _is_mark(letter: str, category: str) -> bool:
    return category[0] == "P" or ("!" <= letter <= "~" and not letter.isalnum())


@lru_cache(_MOST_WORDS)
def _word_pieces(word: str) -> tuple[int, ...]:
    """Return the longest pieces that make up a word, from its start; or the unknown piece."""
    known, numbers, start = pieces(), [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            if (number := known.get(prefix + word[start:end])) is not None:
                numbers.append(number)
                start = end
                break
        else:
            break
    return tuple(numbers) if start == len(word) else (known["[UNK]"],)
