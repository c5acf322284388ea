"""The topics of a paper, each with the phrase that names it."""

import pytest

from daily_papers import facts


def topics(title: str, abstract: str) -> set[str]:
    return {topic.topic_id for topic in facts.extract(title, abstract).topics}


@pytest.mark.parametrize(
    ("abstract", "topic"),
    [
        ("We quantize weights to 4-bit; quantization is post-training.", "quantization"),
        ("We compress the KV cache. Our KV-cache eviction keeps keys.", "kv-cache"),
        ("We propose speculative decoding with a draft model.", "speculative-decoding"),
        ("We train a diffusion model for text-to-image generation.", "image-video-generation"),
        ("We build a knee joint.", "other"),
        # A phrase that needs company counts if it is repeated three times.
        ("We study a mantissa. ", "other"),
        ("We study a mantissa. " * 2, "other"),
        ("We study a mantissa. " * 3, "quantization"),
        # Beside a sure topic, one with a single phrase is none.
        ("We study pruning.", "pruning-sparsity"),
        ("We study pruning. We train a MoE.", "mixture-of-experts"),
    ],
)
def test_phrases_name_topics(abstract: str, topic: str) -> None:
    assert topics("A Paper", abstract) == {topic}


def test_a_title_says_it_alone() -> None:
    assert "mixture-of-experts" in topics("Mixture-of-Experts at Scale", "We train it.")


def test_the_surest_topic_comes_first() -> None:
    first, second = facts.extract("Quantization", "We train a MoE. We study quantization.").topics
    assert (first.topic_id, second.topic_id) == ("quantization", "mixture-of-experts")


def test_what_others_do_counts_less_than_what_the_paper_does() -> None:
    aside = "Pruning is common. Others use pruning too. We study LoRA, and LoRA alone."
    assert "pruning-sparsity" not in topics("On Sleep", aside)
    assert "pruning-sparsity" in topics("On Sleep", "We prune weights; our pruning is fast.")


def test_a_phrase_that_only_looks_like_a_topic_is_none() -> None:
    text = "We need no fine-tuning. It works without fine-tuning, without any fine-tuning."
    assert "fine-tuning" not in topics("A Paper", text)


def test_the_evidence_is_the_first_of_the_surest_phrases() -> None:
    abstract = "We study a mantissa. Quantization of weights. And quantization."
    (topic,) = facts.extract("A Paper", abstract).topics
    assert (topic.start, topic.evidence) == (21, "Quantization")
    assert abstract[topic.start : topic.end] == topic.evidence


def test_there_are_at_most_five() -> None:
    crowd = "LoRA, MoE, KV cache quantization, pruning, RAG, NAS, FPGA, Mamba and distillation"
    assert len(topics(f"We use {crowd}", f"We use {crowd}.")) == 5
