"""The sentence encoder: its word pieces are BERT's, and close meanings have a high cosine."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer

from daily_papers.search import encoder
from daily_papers.search.encoder import wordpiece
from tests.conftest import ROOT, daily_papers, query

REFERENCE = BertWordPieceTokenizer(str(wordpiece.VOCABULARY), lowercase=True)
REFERENCE.enable_truncation(wordpiece.MOST_TOKENS)
# Of other characters, the reference knows an older Unicode.
CHARACTERS = st.characters(max_codepoint=0x2FF) | st.sampled_from(
    "αβΩЖñüßçİıﬁ漢字가日\u200b\u3000’“…€∞×≤😀"
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "KV-cache: 4-bit (int4), 2.5× faster!",
        "Café naïve Ångström İstanbul ß ﬁ",
        "日本語のテスト and 漢字kanji",
        "zero\u200bwidth soft\u00adhyphen null\x00 tab\tline\nend\ufffd",
        "$x^2$ `code` ~tilde~ a_b |c|",
        "a" * 101 + " b",
        "word " * 400,
    ],
)
def test_a_text_has_the_word_pieces_of_bert(text: str) -> None:
    assert wordpiece.token_ids(text) == REFERENCE.encode(text).ids


@given(st.text(CHARACTERS, max_size=40))
def test_any_text_has_the_word_pieces_of_bert(text: str) -> None:
    assert wordpiece.token_ids(text) == REFERENCE.encode(text).ids


def test_abstracts_have_the_word_pieces_of_bert(database: Path) -> None:
    for (abstract,) in query(database, "select abstract from papers"):
        assert wordpiece.token_ids(abstract) == REFERENCE.encode(abstract).ids


def cosine(first: str, second: str) -> float:
    vectors = [encoder.encode(text).astype(float) for text in (first, second)]
    return float(np.divide(vectors[0] @ vectors[1], np.prod(np.linalg.norm(vectors, axis=1))))


@pytest.mark.parametrize(
    ("text", "close", "far"),
    [
        ("run a model on a phone", "inference on mobile devices", "protein folding"),
        ("pictures from words", "text-to-image generation", "sorting network packets"),
        ("the electricity bill of chatbots", "energy use of language models", "video tracking"),
    ],
)
def test_what_is_close_in_meaning_has_the_higher_cosine(text: str, close: str, far: str) -> None:
    assert cosine(text, close) > cosine(text, far) + 0.2


def test_a_vector_is_the_same_each_time_and_of_full_range() -> None:
    vectors = [encoder.encode("attention without softmax") for _ in range(3)]
    assert all(np.array_equal(vectors[0], vector) for vector in vectors)
    assert (vectors[0].dtype, vectors[0].shape) == (np.int8, (encoder.WIDTH,))
    assert np.abs(vectors[0].astype(int)).max() == encoder.LARGEST


def test_the_files_are_those_that_the_readme_names() -> None:
    folder = encoder.MODEL.parent
    hashes = dict(
        re.findall(r"\| `(\S+)` \| ([0-9a-f]{64}) \|", (folder / "README.md").read_text())
    )
    assert set(hashes) == {"model.onnx", "weights.bin", "vocab.txt"}
    for name, expected in hashes.items():
        assert sha256((folder / name).read_bytes()).hexdigest() == expected, name
    assert encoder.NAME.endswith(f" {hashes['weights.bin'][:8]}")


def test_the_database_holds_the_vector_of_each_text(database: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute(
            "select title, abstract, vector from papers"
            " join search_vectors on paper_id = papers.id order by papers.id limit 5"
        ).fetchall()
    for title, abstract, vector in rows:
        assert encoder.encode(f"{title}. {abstract}").tobytes() == vector


def test_any_number_of_processes_makes_the_same_vectors(database: Path, tmp_path: Path) -> None:
    daily_papers(
        "build", ROOT / "seeds", "--no-cache", "--workers", 3, "-o", tmp_path / "papers.db"
    )
    assert (tmp_path / "papers.db").read_bytes() == database.read_bytes()


def test_the_model_is_read_without_telling_its_makers(tmp_path: Path) -> None:
    """onnxruntime begins with a file in the home folder, unless it believes that it is tested."""
    env = {
        name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")
    }
    del env["ORT_DISABLE_TELEMETRY"]  # which the import has set here
    code = "from daily_papers.search import encoder; encoder.load()"
    subprocess.run(
        [sys.executable, "-c", code],
        env={**env, "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        check=True,
    )
    assert list(tmp_path.iterdir()) == []
