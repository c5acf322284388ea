"""What people edit so that facts are found and named: the YAML files of this folder, read once.

Every file is checked when it is read; an error names the file and the key.
"""

from daily_papers.vocabulary.known_names import Hardware, Names, generic
from daily_papers.vocabulary.metrics_units import Metrics, Units, cues
from daily_papers.vocabulary.synonyms import synonyms
from daily_papers.vocabulary.topics_types import Topics, Types
from daily_papers.vocabulary.yaml_file import VocabularyFile

METRICS = Metrics(VocabularyFile("metrics.yml"))
UNITS = Units(VocabularyFile("units.yml"), METRICS)
CUES = cues(VocabularyFile("cues.yml"))
TOPICS = Topics(VocabularyFile("topics.yml"))
TYPES = Types(VocabularyFile("types.yml"))
NAMES = Names(
    VocabularyFile("models.yml"), VocabularyFile("datasets.yml"), VocabularyFile("methods.yml")
)
HARDWARE = Hardware(VocabularyFile("hardware.yml"))
GENERIC = generic(VocabularyFile("generic.yml"))
SYNONYMS = synonyms(VocabularyFile("synonyms.yml"))
