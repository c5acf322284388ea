"""Trains the models of facts from the labels here, and writes their weights into the package.

python eval/train.py
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from labels import LabelledPaper, labelled_papers, labels_hash
from train_claims import train_claims
from train_conditions import train_conditions
from train_names import train_names
from train_papers import train_papers

from daily_papers.facts import models
from daily_papers.facts.models import Models
from daily_papers.facts.training import fold_of

# The groups of models in the order in which they are trained: later ones build on earlier ones.
# A trainer takes papers, and for each paper the models before it.
Trainer = Callable[[Sequence[LabelledPaper], Callable[[LabelledPaper], Models]], Models]
GROUPS: dict[str, Trainer] = {
    "names": train_names,
    "papers": train_papers,
    "claims": train_claims,
    "conditions": train_conditions,
}
_FOLDS = 3


def train_all(papers: Sequence[LabelledPaper], only: Sequence[str] = ()) -> Models:
    """Return all models; with `only`, these groups are trained, the others are the package's.

    Later models are trained on names as models find them that did not see the paper, since those
    that did find them too well.
    """
    trained = dict(models.shipped()) if only else {}
    names: list[Models] = [{}] * _FOLDS
    if not only or {"claims", "conditions"} & set(only):
        for fold in range(_FOLDS):
            others = [paper for paper in papers if fold_of(paper.id, _FOLDS) != fold]
            names[fold] = train_names(others, lambda _: {})

    def models_of(paper: LabelledPaper) -> Models:
        return {**trained, **names[fold_of(paper.id, _FOLDS)]}

    for group, trainer in GROUPS.items():
        if not only or group in only:
            trained.update(trainer(papers, models_of))
    return trained


def weights_hash() -> str:
    """Return a hash of the package's weights."""
    files = sorted(models.FOLDER.glob("*.tsv"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def main() -> None:
    """Write the weights."""
    labels = labels_hash()
    for name, model in train_all(labelled_papers()).items():
        text = models.dump(model, labels)
        (models.FOLDER / f"{name}.tsv").write_text(text, encoding="utf-8")
        print(f"{name:12} {len(model.weights):6} features {len(text.encode()):8} bytes")


if __name__ == "__main__":
    main()
