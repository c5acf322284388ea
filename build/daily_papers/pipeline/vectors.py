"""Makes vectors of titles and abstracts: runs in any worker, and its results are cached."""

from collections.abc import Iterable


def encode_all(texts: Iterable[tuple[str, str]]) -> list[bytes]:
    """Return the vectors of pairs of title and abstract, each as the bytes of its numbers."""
    from daily_papers.search import encoder  # loading its library takes longer than many a build

    return [encoder.encode(f"{title}. {abstract}").tobytes() for title, abstract in texts]
