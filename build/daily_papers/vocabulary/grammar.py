"""Reads the words at which noun phrases end."""

from itertools import chain

from daily_papers.text import PhraseMatcher, forms_of
from daily_papers.vocabulary.metrics_units import verb_forms
from daily_papers.vocabulary.yaml_file import Schema, VocabularyFile


class _GrammarFile(Schema, frozen=True):
    determiners: list[str]
    prepositions: list[str]
    others: list[str]
    verbs: list[str]
    irregular: list[str]
    nouns: list[str]
    devices: list[str]
    comparisons: dict[str, list[str]]


class Grammar:
    """Words by what they do in a sentence, in the form under which words are looked up."""

    def __init__(self, file: VocabularyFile) -> None:
        """Take the file."""
        content = file.parse(_GrammarFile)
        self.determiners = _forms(content.determiners)
        self.prepositions = _forms(content.prepositions)
        self.nouns = nouns = frozenset(map(str.lower, content.nouns))
        verbs = (form for form in chain(*map(verb_forms, content.verbs)) if form not in nouns)
        self.verbs = _forms([*verbs, *content.irregular]) - _forms(content.nouns)
        self.ends = self.determiners | self.prepositions | self.verbs | _forms(content.others)
        self.devices = _forms(content.devices)
        self.comparisons = PhraseMatcher(
            (phrase, name) for name, phrases in content.comparisons.items() for phrase in phrases
        )


def _forms(words: list[str]) -> frozenset[str]:
    return frozenset(chain.from_iterable(map(forms_of, words)))
