"""Reads the labelled papers: their cleaned texts, and what an annotator labelled in them."""

import json
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from score_facts import key

from daily_papers import dumps
from daily_papers.papers.cleaning import clean_listing
from daily_papers.text import Text

HERE = Path(__file__).parent
TEXTS = (HERE.parent / "seeds", *sorted(HERE.glob("facts.*.papers.json")))
LABELS = tuple(sorted(HERE.glob("facts.*.jsonl")))
MEASURED = ("dev", "train")  # files of labels by which facts are measured; "archive" only trains


class LabelledPaper(NamedTuple):
    """A paper: its label's id, its texts as facts are extracted from them, its label, and the file
    of labels that it is in ("archive", "dev", "train")."""

    id: str
    title: Text
    abstract: Text
    gold: dict[str, Any]
    file: str


@cache
def labelled_papers() -> Sequence[LabelledPaper]:
    """Return all labelled papers in the order of their ids."""
    files = (file for folder in TEXTS for file in dumps.find([folder]))
    listings = (clean_listing(listing) for file in files for listing in dumps.read(file).listings)
    texts = {key(listing.title): (listing.title, listing.abstract) for listing in listings}
    papers = []
    for file in LABELS:
        for line in file.read_text(encoding="utf-8").splitlines():
            gold = json.loads(line)
            title, abstract = texts[key(gold["title"])]
            name = file.name.split(".")[1]
            texts_of_paper = Text("title", title), Text("abstract", abstract)
            papers.append(LabelledPaper(gold["id"], *texts_of_paper, gold, name))
    return sorted(papers, key=lambda paper: paper.id)


def labels_hash() -> str:
    """Return a hash of the labels and of their texts, which the weights' files carry."""
    digest = sha256()
    for path in sorted((*LABELS, *(file for folder in TEXTS for file in dumps.find([folder])))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
