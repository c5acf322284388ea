"""How text is analyzed into the terms of the index."""

from collections import Counter
from itertools import compress, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daily_papers.search import analysis
from daily_papers.search.analysis import STOP_WORDS, analyze, bigram, is_bigram, stem
from daily_papers.search.spelling import american, half_typed_spellings


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("S²FT", "s2ft"),
        ("on-device", "ondevice"),
        ("on device", "ondevice"),
        ("FlashAttention", "flash attention"),
        ("Mélange", "melange"),
        ("H₂O", "h2o"),
        ("α-divergence", "alphadivergence"),
    ],
)
def test_ways_to_write_a_term_share_it(written: str, typed: str) -> None:
    assert set(analyze(written).terms) & set(analyze(typed).terms)


@pytest.mark.parametrize(
    ("word", "variant", "same"),
    [
        ("quantisation", "quantization", True),
        ("LLMs", "llm", True),
        ("GPUs", "gpu", True),
        ("caches", "caching", True),
        ("matrices", "matrix", True),
        ("indices", "index", True),
        ("optimised", "optimizing", True),
        ("class", "clas", False),
        ("precise", "precision", False),
    ],
)
def test_spellings_and_inflections_share_a_stem(word: str, variant: str, same: bool) -> None:
    assert (stem(word.lower()) == stem(variant.lower())) is same


COMPOUNDS = """
    finetune, fine-tune, fine tuning, fine-tuned, finetuning
    pretraining, pre-training, pre-trained, pretrained
    multimodal, multi-modal, multi modal
    datasets, data sets, dataset, data-set
    codesign, co-design, co-designed
    kvcache, KV-caches, KV cache, KV caching
    multigpu, multi-GPUs, multi-GPU, multi GPUs
    selfsupervised, self-supervised, self supervision
    tradeoff, trade-off, trade-offs, tradeoffs
    allreduce, all-reduce
    reranker, re-ranking, re-rank
    lookup, look-up, lookups
    plugins, plug-in, plug-ins
    rollout, roll-outs, roll-out
    ondevice, on-device, on device
    attentionmatrix, attention matrices, attention-matrix
    xray, x-rays, X-ray
"""


@pytest.mark.parametrize("compound", COMPOUNDS.strip().splitlines())
def test_a_compound_is_one_term_in_one_word_two_words_or_with_a_hyphen(compound: str) -> None:
    in_one_word, *others = compound.split(", ")
    for other in others:
        assert stem(in_one_word.strip()) in analyze(other).terms


def test_not_every_pair_with_a_hyphen_is_a_compound() -> None:
    assert analyze("state-of-the-art").terms == ["state", "art"]


@pytest.mark.parametrize(
    "spellings",
    [
        "quantisation quantization quantised quantizer",
        "organisational organizational",
        "generalisability generalizability",
        "prioritise prioritizing",
        "incentivised incentivizes",
        "colour colors colored colouring",
        "behavioural behavior",
        "neighbours neighbor",
        "centre centers centred centering",
        "fibres fiber",
        "theatre theater",
        "millimetres millimeter",
        "catalogue catalogs catalogued",
        "analogue analog",
        "dialogues dialog",
        "defence defense",
        "licence license",
        "modelling modeling modelled models",
        "labelled labeled labeller",
        "travelling traveled",
        "fuelled fueled",
        "analyse analyzing analyser analyzed",
        "analyses analysis",
        "grey gray",
        "greyscale grayscale",
        "artefacts artifact",
        "programme programs",
        "practise practicing practice",
        "leukaemia leukemia",
        "haematology hematology",
        "paediatric pediatric",
        "manoeuvres maneuvering",
        "judgement judgments",
        "learnt learned",
        "noise noises noising",
        "supervised supervising supervision",
    ],
)
def test_british_and_american_spellings_share_a_stem(spellings: str) -> None:
    assert len(set(map(stem, spellings.split()))) == 1


@pytest.mark.parametrize(
    "words",
    [
        "tour tor",
        "four for",
        "contour contor",
        "hour hor",
        "detour detor",
        "acre acer",
        "genre gener",
        "entire entier",
        "rogue rog",
        "vogue vog",
        "reference referens",
        "conference conferens",
        "pencil pens",
        "exercise exercize",
        "advise advize",
        "radially radialy",
        "spelling speling",
        "controlled controled",
        "should shold",
        "their there",
    ],
)
def test_words_that_only_end_like_british_ones_are_left_alone(words: str) -> None:
    like_british, wrong = words.split()
    assert american(like_british) == like_british != wrong


def test_words_are_american_before_they_are_joined() -> None:
    assert bigram("grey", "centre") == bigram("gray", "center")
    assert bigram("labelled", "tunnelling") == bigram("labeled", "tunneling")
    assert set(analyze("colour-neighbours").terms) == set(analyze("color neighbor").terms)


@given(st.text(st.characters(codec="ascii", categories=("Ll",)), max_size=40))
def test_american_spelling_stays_as_it_is(word: str) -> None:
    assert american(american(word)) == american(word)


def test_no_bigram_spans_a_comma_or_begins_with_an_article() -> None:
    assert "kvcach" in analyze("a KV cache").terms
    assert "kvcach" not in analyze("KV, cache").terms
    assert not any(term.startswith("the") for term in analyze("the cache").terms)


@pytest.mark.parametrize(
    ("words", "quantities"),
    [
        ("7b models", "7b"),
        ("4 bit codec", "4 bit"),
        ("a bit of 2bit", "2bit"),
        ("int4 fp8 bf16 w4a16 w4a8kv4", "int4 fp8 bf16 w4a16 w4a8kv4"),
        ("3x in 2031", "3x 2031"),
        ("128k tokens 24gb 60fps 5ms", "128k 24gb 60fps 5ms"),
        ("a100 h2o s2ft gpt4 t5 3d 5g print8", ""),  # names
    ],
)
def test_quantities_are_numbers_sizes_and_formats(words: str, quantities: str) -> None:
    flags = analysis.are_quantities(words.split())
    assert list(compress(words.split(), flags)) == quantities.split()


@pytest.mark.parametrize(
    ("text", "stems", "bigrams"),
    [
        ("pruned without retraining", "retrain", ""),
        ("without any retraining of it", "retrain", ""),
        ("a retraining-free codec", "retrain", ""),
        ("needs no retraining", "retrain", ""),
        ("not need retraining", "retrain", ""),
        ("does not require retraining", "retrain", ""),
        ("free of retraining", "retrain", ""),
        ("pruning, not retraining", "retrain", ""),
        ("non-autoregressive codec", "autoregress", ""),
        ("without fine-tuning, on a chip", "fine tune", "finetun"),
        ("without labelled data or", "label data", "labeleddata"),
        ("without labelled data or pruning", "label data prune", "labeleddata"),
        ("no teacher or a codec", "teacher", ""),
        ("neither pruning nor folding, nor a codec", "prune fold", ""),
        ("no teacher network required", "teacher network", "teachernetwork"),
        ("without rank-aware training runs", "rank awar train", "rankawar awaretrain"),
        ("without A, B-free", "b", ""),
        ("it does not fit", "", ""),
        ("not only faster", "", ""),
        ("no longer slow", "", ""),
        ("free kernels", "", ""),
        ("kernels for free", "", ""),
        ("without. Pruning", "", ""),
        ("without the codec forgetting what it knew", "", ""),
        ("without losing accuracy", "", ""),
        ("without pruning", "prune", ""),
        ("no training data", "train data", "trainingdata"),
        ("without", "", ""),
        ("It doesn't need retraining", "retrain", ""),
        ("it doesn’t have a teacher", "teacher", ""),
        ("Codecs don't use pruning", "prune", ""),
        ("dont need pruning", "prune", ""),
        ("we can't rely on pruning", "prune", ""),
        ("cannot use pruning", "prune", ""),
        ("a codec that isn't autoregressive", "autoregress", ""),
        ("codecs which are not autoregressive", "autoregress", ""),
        ("it isn't a codec", "codec", ""),
        ("this is not a codec", "codec", ""),
        ("folding w/o any pruning", "prune", ""),
        ("folding instead of pruning", "prune", ""),
        ("fold layers rather than prune them", "prune", ""),
        ("codecs other than the transformer", "transform", ""),
        ("folding instead of pruning layers", "", ""),
        ("folding instead of pruning by the layer", "", ""),
        ("it doesn't fit", "", ""),
        ("it isn't fast", "", ""),
        ("we can't fold it", "", ""),
        ("in step t use pruning", "", ""),
        ("not enough memory", "", ""),
        ("don't have enough memory", "", ""),
        ("32 W or 40 W", "", ""),
        ("another instead, or rather other codecs", "", ""),
        ("codecs free for commercial use", "", ""),
        ("codecs free to use", "", ""),
        ("large free datasets", "", ""),
        ("free of charge", "", ""),
        ("with or without pruning", "", ""),
        ("with and without pruning", "", ""),
        ("with/without pruning", "", ""),
        ("w/ or w/o pruning", "", ""),
        ("small and without pruning", "prune", ""),
    ],
)
def test_what_a_text_negates_is_known(text: str, stems: str, bigrams: str) -> None:
    analysis = analyze(text)
    assert list(analysis.negated_stems) == stems.split()
    assert list(analysis.negated_bigrams) == bigrams.split()
    assert "without" not in analysis.words


NEGATING = st.sampled_from(
    ["without ", "no ", "not ", "free", "-", ", ", "KV ", "cache ", "the ", "or ", "w/o ", "don't "]
)


@given(st.lists(NEGATING, max_size=20).map("".join))
def test_what_is_negated_is_among_the_terms(text: str) -> None:
    analysis = analyze(text)
    assert Counter(analysis.negated_stems + analysis.negated_bigrams) <= Counter(analysis.terms)


def test_stop_words_are_not_content_words() -> None:
    assert analysis.content_words(["How does the cache work?"]) == {"cache"}


@given(st.text(st.characters(codec="ascii", categories=("L", "N"))))
def test_ascii_is_normalized_as_any_text_is(word: str) -> None:
    assert analysis.normalize(word) == analysis.normalize(word[:40] + "\u0301")


@given(st.text())
def test_any_text_has_terms_without_case(text: str) -> None:
    assert all(term == term.casefold() and term for term in analyze(text).terms)


SNIPPETS = st.sampled_from(
    ["the ", "re", "off", "-", "KV", "-cache", "S²FT", " on", ", ", "_", "  –  ", "GPUs", "ﾞ"]
)


@given(st.text() | st.lists(SNIPPETS, max_size=20).map("".join))
def test_the_terms_are_the_stems_and_bigrams_of_the_runs(text: str) -> None:
    expected = []
    for run in analysis.token_runs(text):
        words = [word.normal for word in run]
        expected += [stem(word) for word in words if word and word not in STOP_WORDS]
        for first, second in pairwise(run):
            two, gap = (first.normal, second.normal), text[first.end : second.start]
            if all(two) and (is_bigram(*two) or is_bigram(*two, is_hyphenated=gap == "-")):
                expected.append(bigram(*two))
    assert sorted(analyze(text).terms) == sorted(expected)
    assert analyze(text).words == {
        word for word in analysis.content_words([text]) if word.isalpha()
    }


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        ("quantis", "quantiz"),
        ("post training quantisa", "post training quantiza"),
        ("generalized", "generalised"),
        ("analyse", "analyze"),
        ("behaviou", "behavior"),
        ("behaviour", "behavior"),
        ("modelli", "modeli"),
        ("modeling", "modelling"),
        ("realiz", "realiz"),  # not realis, as in realistic
        ("disk", "disk"),
        ("four sizes", "four sizes"),
    ],
)
def test_half_a_word_is_also_spelled_as_elsewhere(typed: str, other: str) -> None:
    assert half_typed_spellings(typed) == list(dict.fromkeys([typed, other]))
