"""What a paper is about, with the phrase that says so."""

import pytest

from daily_papers import facts


def topics(title: str, abstract: str) -> set[str]:
    return {one.topic_id for one in facts.extract(title, abstract).topics}


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("We quantize weights to 4-bit; quantization is post-training.", {"quantization"}),
        ("We compress the KV cache. Our KV-cache eviction keeps keys.", {"kv-cache"}),
        ("We propose speculative decoding with a draft model.", {"speculative-decoding"}),
        ("We train a diffusion model for text-to-image generation.", {"image-video-generation"}),
        ("We build a knee joint.", {"other"}),
    ],
)
def test_phrases_name_topics(abstract: str, expected: set[str]) -> None:
    assert topics("A Paper", abstract) == expected


def test_a_title_says_it_alone() -> None:
    assert "mixture-of-experts" in topics("Mixture-of-Experts at Scale", "We train it.")


def test_what_others_do_counts_less_than_what_the_paper_does() -> None:
    aside = "Pruning is common. Others use pruning too. We study LoRA, and LoRA alone."
    assert "pruning-sparsity" not in topics("On Sleep", aside)
    assert "pruning-sparsity" in topics("On Sleep", "We prune weights; our pruning is fast.")


def test_a_phrase_that_only_looks_like_a_topic_is_none() -> None:
    text = "We need no fine-tuning. It works without fine-tuning, without any fine-tuning."
    assert "fine-tuning" not in topics("A Paper", text)


def test_the_evidence_is_in_the_text() -> None:
    title, abstract = "A Paper", "We quantize weights to 4-bit; quantization is post-training."
    (topic,) = facts.extract(title, abstract).topics
    assert abstract[topic.start : topic.end] == topic.evidence


def test_there_are_at_most_five() -> None:
    crowd = (
        "We use LoRA, MoE, KV cache quantization, pruning, RAG, NAS, FPGA, Mamba and distillation"
    )
    assert len(topics(crowd, f"{crowd}.")) == 5
