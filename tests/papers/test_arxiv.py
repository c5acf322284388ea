"""How arXiv ids are read, and which addresses follow from them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.papers import arxiv

NEW, OLD, CLASSED = "2603.04567", "cs/0203045", "math/0203045"


@pytest.mark.parametrize(
    "text",
    [
        "2603.04567",
        "2603.04567v3",
        "  2603.04567\n",
        "(2603.04567).",
        "[2603.04567]",
        "“2603.04567”,",
        "2603.04567v1.pdf",
        "2603.04567 (v2)",
        "arXiv:2603.04567",
        "arXiv: 2603.04567v12",
        "ARXIV 2603.04567",
        "arxiv.2603.04567",
        "arXiv：２６０３.０４５６７",
        "\u200barXiv:2603.04567\ufeff",
        "arXiv id 2603.04567",
        "arXiv:2603.04567v1 [cs.CL]",
        "arXiv:2603.04567v1 [stat.ML] 9 Mar 2026",
        "arXiv preprint arXiv:2603.04567 (2026)",
        "arXiv preprint arXiv:2603.04567, 2026.",
        "papers/2603.04567",
        "abs/2603.04567",
    ],
)
def test_an_id_is_read_as_people_write_and_cite_it(text: str) -> None:
    assert arxiv.arxiv_id(text) == NEW


@pytest.mark.parametrize("scheme", ["https://", "http://", "HTTPS://www.", "", "www."])
@pytest.mark.parametrize(
    "address",
    [
        "arxiv.org/abs/2603.04567",
        "arxiv.org/abs/2603.04567v2",
        "arxiv.org/pdf/2603.04567",
        "arxiv.org/pdf/2603.04567v2.pdf",
        "arxiv.org/pdf/2603.04567.pdf#page=4",
        "arxiv.org/html/2603.04567v1#S3.T1",
        "arXiv.org/abs/2603.04567/?context=cs.LG",
        "arxiv.org:443/abs/2603.04567",
        "arxiv.org/abs/2603.04567?query=a%20b",
        "huggingface.co/papers/2603.04567",
        "huggingface.co/papers/2603.04567.md",
        "huggingface.co/api/papers/2603.04567",
        "hf.co/papers/2603.04567v1?utm_source=x#community",
        "alphaxiv.org/abs/2603.04567",
        "alphaxiv.org/overview/2603.04567v4",
        "alphaxiv.org/zh/overview/2603.04567",
        "doi.org/10.48550/arXiv.2603.04567",
        "doi.org/10.48550%2FarXiv.2603.04567",
        "ar5iv.org/html/2603.04567",
        "semanticscholar.org/arXiv:2603.04567",
    ],
)
def test_an_address_of_a_paper_has_its_id(scheme: str, address: str) -> None:
    assert arxiv.arxiv_id(scheme + address) == NEW
    assert arxiv.arxiv_id(f"<{scheme}{address}>.") == NEW


@pytest.mark.parametrize(
    "text",
    [
        "https://export.arxiv.org/abs/2603.04567",
        "https:/arxiv.org/abs/2603.04567",  # as servers that fold slashes pass it on
        "https://ar5iv.labs.arxiv.org/html/2603.04567",
        "https://ui.adsabs.harvard.edu/abs/arXiv:2603.04567/abstract",
        "10.48550/arXiv.2603.04567",
        "10.48550/ARXIV.2603.04567v2",
        "doi:10.48550/arXiv.2603.04567",
        "DOI: 10.48550/arXiv.2603.04567.",
        "doi:https://doi.org/10.48550/arXiv.2603.04567",
        "http://dx.doi.org/10.48550/arXiv.2603.04567",
    ],
)
def test_a_mirror_and_a_doi_have_the_id(text: str) -> None:
    assert arxiv.arxiv_id(text) == NEW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cs/0203045", OLD),
        ("CS/0203045v2", OLD),
        ("arXiv:cs/0203045", OLD),
        ("arXiv:cs.LG/0203045 [cs.LG]", OLD),
        ("https://arxiv.org/abs/cs/0203045v1", OLD),
        ("arxiv.org/pdf/cs/0203045.pdf", OLD),
        ("10.48550/arXiv.cs/0203045", OLD),
        ("math.GT/0203045", CLASSED),
        ("https://arxiv.org/abs/math.GT/0203045", CLASSED),
        ("hep-th/0203045", "hep-th/0203045"),
        ("https://huggingface.co/papers/hep-th/0203045", "hep-th/0203045"),
    ],
)
def test_an_old_id_is_read_with_or_without_its_class(text: str, expected: str) -> None:
    assert arxiv.arxiv_id(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2603",
        "2603.045",
        "2603.045678",
        "12603.04567",
        "3.14159",
        "year:2024",
        "2603.04567 attention",
        "attention 2603.04567",
        "2603.04567 2603.04568",
        "https://arxiv.org/list/cs.CL/recent",
        "https://arxiv.org/abs/",
        "https://huggingface.co/papers/month/2026-03",
        "https://huggingface.co/datasets/someone/2603.04567",
        "https://example.org/abs/2603.04567",
        "https://notarxiv.org.example/abs/2603.04567",
        "https://example.org/news/0203045",
        "10.1145/2603.04567",
        "fastcache-keeps-what-answers-need-0f3a9c21",
        "2603.04567" + " " * arxiv.LONGEST,
    ],
)
def test_what_is_no_id_is_none(text: str) -> None:
    assert arxiv.arxiv_id(text) is None


@given(st.integers(0, 9999), st.integers(0, 99999), st.sampled_from([4, 5]))
def test_every_id_that_listings_state_is_read(month: int, number: int, digits: int) -> None:
    text = f"{month:04}.{number:05}"[: 5 + digits]
    assert arxiv.arxiv_id(text) == text
    for url in (arxiv.abstract_url, arxiv.pdf_url, arxiv.listing_url, arxiv.doi):
        assert arxiv.arxiv_id(url(text)) == text


def test_what_follows_from_an_id() -> None:
    assert arxiv.abstract_url(NEW) == "https://arxiv.org/abs/2603.04567"
    assert arxiv.pdf_url("math.GT/0203045") == "https://arxiv.org/pdf/math/0203045"
    assert arxiv.listing_url(NEW) == "https://huggingface.co/papers/2603.04567"
    assert arxiv.doi("math.GT/0203045") == "10.48550/arXiv.math/0203045"
    classes = [arxiv.subject_class(text) for text in ("math.GT/0203045", OLD, NEW)]
    assert classes == ["math.GT", None, None]


@pytest.mark.parametrize(
    "part", ["arxiv ", "a.", "a-", "/", "arxiv.org/", "https:", "1234.", "arxiv:", "[a", "%25", "("]
)
def test_text_that_is_almost_an_id_takes_no_longer(part: str) -> None:
    start = time.perf_counter()
    for end in ("", "1234.5678x", "\n!"):
        assert arxiv.arxiv_id((part * arxiv.LONGEST)[: arxiv.LONGEST - len(end)] + end) is None
    assert time.perf_counter() - start < 0.1
