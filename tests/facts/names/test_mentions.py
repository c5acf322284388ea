"""Hardware, models, datasets and methods, known and unknown, and their roles."""

from operator import attrgetter, itemgetter

import pytest

from daily_papers import facts
from daily_papers.papers.entities import Naming, resolve
from daily_papers.records import Entity, Facts
from tests.facts import FRAME, facts_of


def names(sentence: str, kind: str) -> set[str]:
    mentions = [mention for mention in facts_of(sentence).mentions if mention.role != "introduced"]
    return {mention.text for mention in mentions if mention.kind == kind}


@pytest.mark.parametrize(
    ("sentence", "kind", "expected"),
    [
        ("Experiments on an NVIDIA A100 GPU show low latency.", "hardware", {"NVIDIA A100"}),
        (
            "On RTX 4090s and Jetson AGX Orin, it decodes fast.",
            "hardware",
            {"RTX 4090", "Jetson AGX Orin"},
        ),
        ("It serves long requests on an H300 GPU.", "hardware", {"H300"}),
        ("It runs on a GPU, a CPU and an FPGA.", "hardware", set()),
        ("We implement it on the Xilinx Alveo U280.", "hardware", {"Xilinx Alveo U280"}),
        (
            "Experiments with LLaMA2-7B and Qwen2.5-VL show its gains.",
            "model",
            {"LLaMA2-7B", "Qwen2.5-VL"},
        ),
        ("We evaluate it on Qwen9-7B and find the same.", "model", {"Qwen9-7B"}),
        ("We fine-tune Fooler-13B-Chat with it.", "model", {"Fooler-13B-Chat"}),
        ("It speeds up Stable Diffusion XL by a third.", "model", {"Stable Diffusion XL"}),
        ("We quantize BERT and Llama 2 70B to four bits.", "model", {"BERT", "Llama 2 70B"}),
        (
            "We test it with large language models such as FooLM2-7B and BarLM-13B.",
            "model",
            {"FooLM2-7B", "BarLM-13B"},
        ),
        ("We take a claude of smoke.", "model", set()),
        ("It improves accuracy on MMLU and GSM8K.", "dataset", {"MMLU", "GSM8K"}),
        ("It improves accuracy on FooBench by three points.", "dataset", {"FooBench"}),
        ("It is accurate on the QuuxSet dataset.", "dataset", {"QuuxSet"}),
        (
            "Experiments on benchmarks such as AbBench, CdQA and EfX4 show its gains.",
            "dataset",
            {"AbBench", "CdQA", "EfX4"},
        ),
        ("We collect a new dataset for it.", "dataset", set()),
    ],
)
def test_names_are_found_by_entry_or_by_shape(sentence: str, kind: str, expected: set[str]) -> None:
    assert names(sentence, kind) == expected


@pytest.mark.parametrize(
    ("sentence", "name", "role"),
    [
        ("Experiments show that it outperforms FlexGen by 20%.", "FlexGen", "compared"),
        ("It is up to 3x faster than QuuxServe.", "QuuxServe", "compared"),
        ("It is compared with QuuxServe and vLLM on real traces.", "QuuxServe", "compared"),
        ("Compared to state-of-the-art systems such as Galaxy, it is fast.", "Galaxy", "compared"),
        ("It outperforms baselines such as GaLore and LoRA.", "GaLore", "compared"),
        ("We test it with GPT-4 on questions of law.", "GPT-4", "mentioned"),
        ("It is implemented in PyTorch and released as open source.", "PyTorch", "mentioned"),
        ("We implemented its kernels in Triton.", "Triton", "mentioned"),
        ("It is integrated into vLLM, and its code is open.", "vLLM", "mentioned"),
        ("ONNX Runtime is popular.", "ONNX Runtime", "mentioned"),  # what runs others
        ("It is faster than an A100.", "A100", "mentioned"),  # hardware and data are no rivals
        ("It outperforms others on GSM8K.", "GSM8K", "mentioned"),
    ],
)
def test_the_role_is_read_from_the_words_around(sentence: str, name: str, role: str) -> None:
    assert {mention.text: mention.role for mention in facts_of(sentence).mentions}[name] == role


@pytest.mark.parametrize("order", [1, -1])
def test_a_name_is_compared_where_it_is_so_once(order: int) -> None:
    sentences = " ".join(["It is integrated into vLLM.", "It is faster than vLLM."][::order])
    (mention,) = [each for each in facts_of(sentences).mentions if each.text == "vLLM"]
    assert mention.role == "compared"
    assert (FRAME + sentences)[: mention.start].endswith("faster than ")


def test_hardware_written_in_full_elsewhere_is_one_mention() -> None:
    assert names("It runs on an NVIDIA A100. The A100 is fast.", "hardware") == {"NVIDIA A100"}


def test_variants_of_the_own_name_are_not_mentions() -> None:
    assert names("Zorbit-7B beats Zorbit.", "model") == set()


def test_a_web_address_names_nothing() -> None:
    assert names("Code: https://github.com/InternLM/lmdeploy.", "model") == set()


def entities_of(stated: dict[str, Facts]) -> tuple[Entity, ...]:
    """The entities of papers, whose ids are the keys."""
    ids = sorted(stated)
    naming = attrgetter("kind", "text", "family", "listed")
    namings = [
        Naming(mention.key, paper, *naming(mention), mention.role == "introduced")
        for paper, paper_id in enumerate(ids)
        for mention in stated[paper_id].mentions
    ]
    return tuple(entity for _, entity, _ in resolve(sorted(namings, key=itemgetter(0, 1)), ids))


def test_ways_of_writing_are_one_entity() -> None:
    texts = {
        "a": ("A", "We take LLaMA2-7B on an A100."),
        "b": ("B", "We take Llama-2-7B on an NVIDIA A100-80GB."),
        "c": ("C", "We take Llama 2 7B and H₂O, not H2O."),
    }
    stated = {key: facts.extract(*text) for key, text in texts.items()}
    assert [(entity.id, entity.family) for entity in entities_of(stated)] == [
        ("hardware-a100", "NVIDIA data-center GPU"),
        ("method-h2o", None),
        ("model-llama27b", "Llama 2"),
    ]


def test_an_entity_leads_to_the_paper_that_introduces_it() -> None:
    stated = {
        "old": facts.extract("ZorServe: a System", "We present ZorServe, a system."),
        "new": facts.extract("B", "We present Quux, which is faster than ZorServe."),
    }
    introduced_by = {entity.name: entity.paper_id for entity in entities_of(stated)}
    assert introduced_by["ZorServe"] == "old"
