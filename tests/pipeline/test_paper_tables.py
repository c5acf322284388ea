"""The rows of a claim: the entities that it refers to."""

from msgspec.structs import replace

from daily_papers.database import schema
from daily_papers.pipeline.paper_tables import paper_rows
from daily_papers.records import Claim, Entity, EntityKind, Facts, Mention, Paper


def entity(kind: EntityKind, name: str) -> Entity:
    return Entity(f"{kind}-{name}", kind, name, None, None)


ENTITIES = {
    "foobench": entity("dataset", "foobench"),
    "qux7b": entity("model", "qux7b"),
    "h300": entity("hardware", "h300"),
    "barcache": entity("method", "barcache"),
}
PAPER = Paper("p", "T", "A.", *[None] * 9)
CLAIM = Claim(
    "5×", "abstract", 0, 2, "5×", 5.0, None, "x", "speedup", "increase", *[None] * 4, True,
    dataset_key="foobench", model_key="qux7b", hardware_key="h300", baseline_key="barcache",
)  # fmt: skip


def claim_row(claim: Claim) -> schema.Claim:
    mentions = tuple(
        Mention("x", "abstract", 0, 1, "mentioned", each.kind, key, None, listed=True)
        for key, each in ENTITIES.items()
    )
    facts = Facts(None, "method", (), (claim,), (), (), mentions)
    (row,) = (row for row in paper_rows(PAPER, facts, ENTITIES) if isinstance(row, schema.Claim))
    return row


def test_a_claim_refers_to_the_entities_that_its_keys_name() -> None:
    row = claim_row(CLAIM)
    ids = (row.dataset_id, row.model_id, row.hardware_id, row.baseline_id)
    assert ids == ("dataset-foobench", "model-qux7b", "hardware-h300", "method-barcache")


def test_what_papers_take_for_another_kind_is_no_dataset() -> None:
    row = claim_row(replace(CLAIM, dataset_key="qux7b", model_key=None, baseline_key="qux7b"))
    assert (row.dataset_id, row.model_id, row.baseline_id) == (None, None, "model-qux7b")
