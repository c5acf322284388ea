"""The topics of a paper, each with the phrase that names it."""

import pytest

from daily_papers import facts

QUANTIZATION = (
    "Large language models need much memory. We propose Zorbit, a "
    "post-training quantization method "
    "that rounds weights to 4-bit integers. Zorbit quantizes each group of "
    "weights by its outliers. "
    "Experiments show that 4-bit models keep their accuracy."
)
KV_CACHE = (
    "The KV cache grows with the length of the context. We propose Korbo, which compresses the KV "
    "cache by the eviction of tokens with low attention scores. Korbo halves KV cache memory and "
    "keeps quality on long-context tasks."
)
DECODING = (
    "Decoding one token at a time is slow. We present Drafto, a "
    "speculative decoding method in which "
    "a small draft model proposes tokens that the target model verifies in "
    "parallel. Our draft model "
    "is trained by distillation, and speculative decoding becomes twice as fast."
)
ROBOTS = (
    "Robots must handle objects that they have not seen. We train Grasbo, a vision-language-action "
    "model for robotic manipulation, on demonstrations of robots. In the real world, our robot "
    "policy succeeds more often than earlier policies."
)
PRUNING = (
    "Large language models need much memory. We propose Zorbit, a structured pruning method that "
    "removes whole layers. Our pruning needs no training, and pruned models keep their accuracy."
)
KNEES = "We describe the joint of the knee of a horse and how it bends. Horses bend it each day."


def topics(title: str, abstract: str) -> set[str]:
    return {topic.topic_id for topic in facts.extract(title, abstract).topics}


@pytest.mark.parametrize(
    ("title", "abstract", "topic"),
    [
        ("Zorbit: Rounding Weights of Language Models", QUANTIZATION, "quantization"),
        ("Korbo: Smaller Caches for Long Contexts", KV_CACHE, "kv-cache"),
        ("Drafto: Faster Decoding", DECODING, "speculative-decoding"),
        ("Grasbo: Learning to Grasp", ROBOTS, "robotics"),
    ],
)
def test_a_paper_has_the_topics_that_it_is_about(title: str, abstract: str, topic: str) -> None:
    assert topic in topics(title, abstract)
    assert "other" not in topics(title, abstract)


def test_a_paper_without_a_topic_has_the_topic_other() -> None:
    assert topics("On the Knees of Horses", KNEES) == {"other"}


def test_what_others_do_counts_less_than_what_the_paper_does() -> None:
    assert "pruning-sparsity" not in topics("Zorbit", "Pruning is common. " + QUANTIZATION)
    assert "pruning-sparsity" in topics("Zorbit", PRUNING)


def test_the_topic_of_title_and_abstract_comes_first() -> None:
    aside = QUANTIZATION + " We also combine it with speculative decoding."
    first = facts.extract("Zorbit: Post-Training Quantization", aside).topics[0]
    assert first.topic_id == "quantization"


def test_the_evidence_is_the_first_of_the_surest_phrases() -> None:
    (topic,) = (
        topic
        for topic in facts.extract("Zorbit: Rounding", QUANTIZATION).topics
        if topic.topic_id == "quantization"
    )
    assert QUANTIZATION[topic.start : topic.end] == topic.evidence == "post-training quantization"


def test_there_are_at_most_five() -> None:
    crowd = "LoRA, MoE, KV cache quantization, pruning, RAG, NAS, FPGA, Mamba and distillation"
    assert len(topics(f"We use {crowd}", f"We use {crowd}.")) == 5
