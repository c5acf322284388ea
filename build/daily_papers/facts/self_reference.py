"""Finds where an abstract stops speaking of the world and begins to speak of the paper."""

from daily_papers.text import Text, word_set

_SPEAKERS = frozenset(("we", "our"))
_ITSELF = word_set("paper work study article report survey review thesis note tutorial technical")


def self_reference_start(abstract: Text) -> int:
    """Return the offset of the first sentence in which the paper speaks of itself; 0 if none."""
    forms = abstract.forms
    for index, form in enumerate(forms):
        if form in _SPEAKERS or (
            form in ("this", "present") and index + 1 < len(forms) and forms[index + 1] in _ITSELF
        ):
            return abstract.sentence_at(abstract.starts[index]).start
    return 0
