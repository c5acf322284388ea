"""Reads the word lists that people edit, for facts and for search: the YAML files here.

A file that breaks its schema or a rule of its reader raises a VocabularyError, which names the file
and the key.
"""

from daily_papers.vocabulary.grammar import Grammar
from daily_papers.vocabulary.known_names import Hardware, Names, read_generic
from daily_papers.vocabulary.metrics_units import Cues, Metrics, Units
from daily_papers.vocabulary.topics_types import Topics, Types
from daily_papers.vocabulary.yaml_file import VocabularyFile

METRICS = Metrics(VocabularyFile("metrics.yml"))
UNITS = Units(VocabularyFile("units.yml"), METRICS)
CUES = Cues(VocabularyFile("cues.yml"))
GRAMMAR = Grammar(VocabularyFile("grammar.yml"))
TOPICS = Topics(VocabularyFile("topics.yml"))
TYPES = Types(VocabularyFile("types.yml"))
NAMES = Names(
    VocabularyFile("models.yml"), VocabularyFile("datasets.yml"), VocabularyFile("methods.yml")
)
HARDWARE = Hardware(VocabularyFile("hardware.yml"))
GENERIC = read_generic(VocabularyFile("generic.yml"))
