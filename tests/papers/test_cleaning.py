"""Clean text: what is markup becomes Unicode, and what only looks like it stays."""

import itertools
import re
import sys
import unicodedata
from contextlib import ExitStack
from time import process_time
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from pylatexenc.latex2text import get_default_latex_context_db

from daily_papers import dumps
from daily_papers.facts.links import find_links
from daily_papers.papers import cleaning
from daily_papers.papers.cleaning import INVISIBLE, clean, clean_name
from daily_papers.papers.latex import (
    accents,
    latex_cleanup,
    latex_commands,
    latex_escapes,
    latex_lost,
    latex_urls,
)
from daily_papers.records import Listing
from daily_papers.text import Text
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # scripts
        ("S$^{2}$FT", "S²FT"),
        ("S^{2}FT", "S²FT"),
        ("MoE^2: Experts", "MoE²: Experts"),
        ("H$_2$O and (H_2O)", "H₂O and (H₂O)"),
        ("T_{2}^*-weighted", "T₂*-weighted"),
        ("O(n^2) or O(n^k)", "O(n²) or O(nᵏ)"),
        ("10^{-3} and 10^-3", "10⁻³ and 10⁻³"),
        ("2^{16} states", "2¹⁶ states"),
        ("$x_i$ and x_{in}", "xᵢ and xᵢₙ"),
        ("log_2 n", "log₂ n"),
        ("G_{stack}", "G_stack"),
        (r"$\pi_{0.5}$", "π_0.5"),
        ("90$^\\circ$", "90°"),
        (r"x^{\alpha}", "x^α"),
        # accents, as pylatexenc knows them
        (r"M\'elange", "Mélange"),
        (r"na\"ively", "naïvely"),
        (r"\"Ust\"un, Bolet\'{\i}n, Erd\H{o}s, {\'e}", "Üstün, Boletín, Erdős, é"),
        # escapes and spaces
        (r"50\% of \$20 \& more\_", "50% of $20 & more_"),
        (r"+6.48\,pp", "+6.48 pp"),
        (r"e.g.\ this", "e.g. this"),
        (r"a set \{7B, 13B\}", "a set {7B, 13B}"),
        # ties
        ("LLMs~(here)", "LLMs (here)"),
        ("Fig.~2, LLaMA~7B, 50\\%~of", "Fig. 2, LLaMA 7B, 50% of"),
        # dashes and quotes
        ("keys -- and values", "keys – and values"),
        ("14--49x", "14–49x"),
        ("no---yes", "no—yes"),
        ("the ``memory wall''", "the “memory wall”"),
        ("a `sampler' network", "a ‘sampler’ network"),
        # commands
        (r"2.4\times faster", "2.4× faster"),
        (r"\(7\times\) and $9\times$", "7× and 9×"),
        (r"up to $\sim$5$\times$", "up to ~5×"),
        (r"$\leq$5 and $<$3", "≤5 and <3"),
        (r"{\Lambda}-shaped, $\alpha$-VAE", "Λ-shaped, α-VAE"),
        (r"\textbf{a \emph{b}} {\em c}", "a b c"),
        (r"$\mathcal{O}(n \log n)$", "O(n log n)"),
        (r"$\frac{1}{2}$", "1/2"),
        (r"as shown~\cite{who2024}.", "as shown."),
        (r"\textcolor{red}{hot}", "hot"),
        (r"the \method layer", "the method layer"),
        ("{B}ERT", "BERT"),
        (r"O(n\log n), O(n^1.5), $\sqrt n$", "O(n log n), O(n^1.5), √n"),
        (r"x\in\mathbb{R}^{n\times d}", "x∈R^(n×d)"),
        (r"$\text{A}\rightarrow\text{B}$, $\mu\text{m}$", "A→B, μm"),
        (r"$\tilde{O}(n)$, $\hat{y}$, $\frac12$", "Õ(n), ŷ, 1/2"),
        (r"$k_{\max}$, $\text{LLM}_\text{online}$", "k_max, LLM_online"),
        (r"\textcolor{red}{\textbf{hot}}, {\color{red} x}, {\textbf{Foo}}: y", "hot, x, Foo: y"),
        (r"\begin{itemize} \item A \end{itemize}", "A"),
        (r"Good.\footnote{Twice.} \verb|code|", "Good. (Twice.) code"),
        (r"10{,}000 of $\|x\|_2$ e.g.\@ in \S 3", "10,000 of ‖x‖₂ e.g. in § 3"),
        (r"\L ojasiewicz, na\"\i ve", "Łojasiewicz, naïve"),
        (r"written on \today", "written on"),
        ("for $500 ($k$ GPUs, $m$ nodes)", "for $500 (k GPUs, m nodes)"),
        # markup that lost its backslash
        ("2.7times faster", "2.7× faster"),
        ("1.6times-1.8times", "1.6×-1.8×"),
        ("224times224, 224{times}224, 4timesRTX 3090", "224×224, 224×224, 4×RTX 3090"),
        ("2.17downarrow vs 3", "2.17↓ vs 3"),
        ('"no" rightarrow "yes"', '"no" → "yes"'),
        ("up to sim 5times", "up to ~5×"),
        ("by sim75\\%", "by ~75%"),
        ("100M sim 1B", "100M~1B"),
        ("{approx}77 and approx5", "≈77 and ≈5"),
        ("0.81 pm 0.02", "0.81 ± 0.02"),
        ("leq5 and geq 3", "≤5 and ≥3"),
        ("ell_2 norm", "ℓ₂ norm"),
        ("langle x, {bf 1}rangle^{-1}", "⟨ x, 1⟩⁻¹"),
        ("W_V !cdot! W_O", "W_V · W_O"),
        ("textit{O}bstacles", "Obstacles"),
        # hyperlinks
        ("at https://a.org/x_y{https://a.org/x_y}.", "at https://a.org/x_y."),
        ("a https://a.org/x_y{new benchmark} here", "a new benchmark (https://a.org/x_y) here"),
        (r"\href{https://a.org}{code}, \url{https://b.org/a\_b}", "code (https://a.org), "
         "https://b.org/a_b"),
        ("at~https://a.org/~me/x_1--2", "at https://a.org/~me/x_1--2"),
        (r"\href{https://a.org}{\texttt{code}}", "code (https://a.org)"),
        (r"as~\cite{https://a.org} say at https://b.org", "as say at https://b.org"),
        (r"\href{https://a.org/b}{\color{blue}{\textbf{code}}}", "code (https://a.org/b)"),
        (r"\href{https://a.org/b}{\url{https://a.org/b}}.", "https://a.org/b."),
        (r"\href{https://a.org/b}{this https URL}", "https://a.org/b"),
        (r"at url{https://a.org/b}, URL{https://a.org/c}, href{https://a.org/d}{data}",
         "at https://a.org/b, https://a.org/c, data (https://a.org/d)"),
        (r"at https://a.org/b{\color[RGB]{1,2,3}{Code}}, or", "at Code (https://a.org/b), or"),
        (r"at https://a.org/b{color[RGB]{1,2,3}{Code}}.", "at Code (https://a.org/b)."),
        ("at https://a.org/b{blue{Code}} and a.org/c{Data}.",
         "at Code (https://a.org/b) and Data (a.org/c)."),
        (r"at https://a.org/b{\color[RGB]{1,2", "at https://a.org/b"),
        ("at https://a.org/b.} (https://a.org/c)$.", "at https://a.org/b. (https://a.org/c)."),
        (r"$https://a.org/b$, https://a.org/c\\. ``https://a.org/d''",
         "https://a.org/b, https://a.org/c. “https://a.org/d”"),
        (r"at https://a.org/b\footnote{Soon.} https://a.org/c%7D. https://a.org/d\xspace.",
         "at https://a.org/b (Soon.) https://a.org/c. https://a.org/d."),
        (r"https://a.org/$\sim$me/b{\_}c, https://a.org/\textasciitilde me",
         "https://a.org/~me/b_c, https://a.org/~me"),
        (r"https:\/\/a.org\/b", "https://a.org/b"),
        # colors, boxes, pieces without a print
        (r"\textcolor[HTML]{FF0000}{hot}, {\color{blue}{cold}}, {red{warm}}", "hot, cold, warm"),
        (r"\definecolor{x}{RGB}{1,2,3}\color[RGB]{1,2,3} A", "A"),
        (r"\raisebox{-1pt}{\includegraphics[height=1em]{a.png}} Foo", "Foo"),
        (r"\resizebox{1em}{!}{A} \makebox[2em]{B} \scalebox{0.5}{C}", "A B C"),
        (r"\texorpdfstring{$\beta$}{beta}-VAE, \ensuremath{x}, \mbox{a b}", "β-VAE, x, a b"),
        (r"\SI{5}{GB}, \enquote{so}, \nicefrac{1}{2}, \smallskip a", "5 GB, “so”, 1/2, a"),
        (r"CO\textsubscript{2}, 5\textsuperscript{th}, x\textsuperscript{2}", "CO₂, 5th, x²"),
        (r"\textdollar 5, \texteuro{}5, 5\textdegree C, \copyright", "$5, €5, 5°C, ©"),
        (r"$N{=}4$, 2$\,\times\,$3, up to $\sim$ 10, a$_{-}$b", "N=4, 2×3, up to ~10, a₋b"),
        ("N{=}4, x$ and forgetting} them, {open", "N=4, x and forgetting them, open"),
        # escaped twice
        (r"5\\% of \\textbf{it}, 2\\times, Jos\\'e", "5% of it, 2×, José"),
        # accents, nested, of any letter, or half translated
        (r"Nguy\~{\^e}n, V\~{\^{e}}, M\üller, L\~ê, Ren\'é", "Nguyễn, Vễ, Müller, Lê, René"),
        (r"\DJ or\dj e, Mart\'\inez, Hr{\o}d, $\ddot{o}$", "Đorđe, Martínez, Hrød, ö"),
        (r"it\'s a \"quoted\" word of D\'Arc", "it's a \"quoted\" word of D'Arc"),
        ("na¨ıve Fran¸cois", "naïve François"),
        (r"30{--}40, 5{---}6, A:\textbf{b}", "30–40, 5—6, A:b"),
        # more that lost its backslash
        ("emph{a}, text{b}, footnote{c} as citep{d}", "a, b, (c) as"),
        ("lambda_1=0, phi_i^top, pi_{0}", "λ₁=0, ϕ_iᵀ, π₀"),
        ("64 times 64, d_k times d_v, 0.5,s", "64 × 64, d_k × d_v, 0.5 s"),
        # comments of the source: the mark goes, the sentence stays
        ("Data matters. % We show it. % Code is here.", "Data matters. We show it. Code is here."),
        ("% First words", "First words"),
        # white space and Unicode
        ("two\n lines\u00a0and\ttabs ", "two lines and tabs"),
        ("e\u0301 \ufb01ne\u200b \u00ad\ufeff", "é fine"),
    ],
)  # fmt: skip
def test_markup_becomes_unicode(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"only \700, \30.5 or \2 million", "only $700, $30.5 or $2 million"),
        (r"from \5 to \1,000 (<\20/hour, US\9K)", "from $5 to $1,000 (<$20/hour, US$9K)"),
        (r"it costs \3", "it costs $3"),
        (r"\400 (\0.02/query)", "$400 ($0.02/query)"),
    ],
)
def test_a_backslash_before_an_amount_of_money_is_a_lost_dollar(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at https://github.com/lab/ my-tool.", "at https://github.com/lab/my-tool."),
        ("at https://github.com/ lab/tool. We", "at https://github.com/lab/tool. We"),
        ("at https:// github.com/lab/tool", "at https://github.com/lab/tool"),
        ("(huggingface.co/datasets/lab/ Data2)", "(huggingface.co/datasets/lab/Data2)"),
    ],
)
def test_a_blank_in_an_address_goes_if_what_follows_can_only_be_its_rest(
    text: str, expected: str
) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (
            r"At https://a.org/b{\color[RGB]{1,2,3}{A}}, https://a.org/c{blue{B}} and a.org/d{C}.",
            ["https://a.org/b", "https://a.org/c", "a.org/d"],
        ),
        (
            r"(at \url{https://a.org/b}.} $https://a.org/c$)$.",
            ["https://a.org/b", "https://a.org/c"],
        ),
        (r"\href{https://a.org/b\_c}{\textcolor{red}{x}}\footnote{Y.}", ["https://a.org/b_c"]),
        (
            r"``https://a.org/b'', https://a.org/c\\. https://a.org/d%7D",
            ["https://a.org/b", "https://a.org/c", "https://a.org/d"],
        ),
    ],
)
def test_links_of_a_clean_abstract_end_where_the_address_ends(text: str, urls: list[str]) -> None:
    abstract = Text("abstract", clean(text))
    assert [link.url for link in find_links(abstract)] == urls


@pytest.mark.parametrize(
    "text",
    [
        "many times, 3 times faster, sometimes",
        "sim2real, sim-to-real, a sim 2 real gap, similar, sim2-real, from sim1 to sim2",
        "a ge2e loss, every 5timesteps, 3timestamps",
        "Adapt-infty, alpha and beta, the degree of it",
        "costs $5 to $10, or $20/$30, between $5 and $10 million",
        "10 % of them, 95%ile, a higher % of tokens",
        "~20% less, 1.8~2.01x, about ~7B",
        "float8_e4m3, _private, W_O, PAT_ch, snake_case_2",
        "sets {7B, 13B} and {-1, 0, 1}, c in {True, False}",
        "run it with --no-cache, `--fp16` (--bf16), a ---- rule",
        "The table lists size, % sparsity. Accuracy: % of answers",
        "We run the sim 100 times.",
        "people.eecs.berkeley.edu/~me/x and github.com/a/my--repo",
        "`code` and it's, 'quoted'",
        "at 5 pm 20 people, le 5 mai",
        "approx. 5, approximately 5, leq alone",
        "C++, C#, A*-Decoding, x > y & z",
        "https://a.org/a_b^c~d",
        "naïve Ω(T) — “quoted” 北京",
        "family emoji 👩\u200d🔬",
        r"the group \1 of a regex, \1\2, only \1",
        r"a regex with \10 and \500 groups",
        "1,2,3 and 2,mostly 3D,4D and 1,s-t",
        "visit https://github.com/lab/ soon. See https://huggingface.co/ for more.",
        "from https://github.com/ and/or elsewhere",
        "cost 5$, US$5, the $HOME folder",
        "^abc$ matches A$AP",
        'JSON like {"a": 1}, the { sign, :-} if (x) { y }',
        "color: blue, text, url: https://a.org/{id}/x",
        "lambda functions, alpha_dropout, mu_law",
        "don´t, 5´ and 3´ ends",
        r"saved at C:\Users\me\alpha-1.0, or (D:\a_b\times.txt)",
        "press `~`, type `tool -- x^2`, or set `a_1` and `times 5`",
        r"the pattern \d is of digits, a\b is not",
    ],
)
def test_what_is_no_markup_stays(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("form", [r"\{}", r"\{}{{x}}", r"$\{}$", "5{{{}}}", r"a \{} b", r"\{}["])
def test_every_command_that_pylatexenc_knows_is_cleaned(form: str) -> None:
    specs = get_default_latex_context_db()
    names = [name for category in specs.categories() for name in specs.d[category]["macros"]]
    assert len(names) > 500
    for name in names:
        assert "%s" not in clean(form.format(name))


@pytest.mark.parametrize(
    "text",
    [r"\frac is", r"\href{", r"\sqrt", r"\cite[", "$\\", "\\'", "{", "}", "``", "$_$"],
)
def test_broken_markup_does_not_raise(text: str) -> None:
    assert len(clean(text * 1000)) <= len(text * 1000)


SEED_TEXTS = sorted(
    {
        text
        for path in dumps.find([ROOT / "seeds"])
        for listing in dumps.read(path).listings
        for text in (listing.title, listing.abstract)
    }
)


def test_no_markup_is_left_in_the_seeds_and_cleaning_twice_changes_nothing_more() -> None:
    assert len(SEED_TEXTS) > 600
    for cleaned in map(clean, SEED_TEXTS):
        assert clean(cleaned) == cleaned
        assert not set(cleaned) & set("\\^`\n\t\u00a0")
        assert "--" not in cleaned


@given(st.text(max_size=300) | st.text(alphabet="\\${}^_~`'%-0a .", max_size=60))
def test_any_text_cleans_to_one_composed_line_without_private_characters(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split()) == unicodedata.normalize("NFC", cleaned)
    assert not any("\ue000" <= char <= "\uf8ff" for char in cleaned)


PIECES = [
    *"\\${}^_~`'%-∼() .,!?02aleKMGxB×é\u00a0\n\t\u200b\ufb01\ue000\x1c\u2028",
    *("times", "arrow", "downarrow", "sim", "approx", "leq", "ge", "pm", "cdot", "langle", "ldots"),
    *("\\times", "\\url{", "\\href{", "https://a.org/x_y", "a.ai/b", "\\text{", "{\\bf ", "color{"),
    *("--", "---", "``", "''", "\\cite{a}", "sqrt{", "ell_", ". % A"),
    *("log_2", "^{2}", "$x$", "\\[", "\\'e", "\\~ê", "\\500", "url{", "{blue{", "\\\\", "%7D"),
    *("github.com/a/ b-c", " times ", "lambda_1", "1,s", "\\footnote{", "\\$", "\\{", "a¨u", "{=}"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join) | st.sampled_from(SEED_TEXTS)
ANY_MARKUP = re.compile(
    r"[\\{}^$~`]|--|[A-Za-z)\]|‖⟩*]_|(?:^|[.!?:;,] )%|[0-9][KMk]?times|arrow|\bsim ?[0-9]"
    r"|approx[0-9]|\b[lg]eq? ?[0-9]|[0-9] ?pm ?[0-9]|cdot|langle|rangle|ldots"
    r"|[0-9] times [0-9]|[\w:/]/ \w|%7|[0-9],[a-zA-Z]|[¨¸ˇ˘˚˝]"
)
MODULES = (accents, latex_cleanup, latex_commands, latex_escapes, latex_lost, latex_urls)
RULES = {
    module: {name: rules for name, rules in vars(module).items() if isinstance(rules, list)}
    for module in MODULES
}
ALWAYS = {
    module: {name: [rule._replace(needs=("",)) for rule in rules] for name, rules in lists.items()}
    for module, lists in RULES.items()
}


def slowly_clean(text: str) -> str:
    """Clean without looking first whether there is anything to clean."""
    text = INVISIBLE.sub("", re.sub(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]", " ", text))
    text = " ".join(text.split())
    for ligature, letters in zip("ﬀﬁﬂﬃﬄ", ("ff", "fi", "fl", "ffi", "ffl"), strict=True):
        text = text.replace(ligature, letters)
    text = unicodedata.normalize("NFC", text)
    with ExitStack() as patches:
        for module, lists in ALWAYS.items():
            patches.enter_context(patch.multiple(module, **lists))
        patches.enter_context(patch.object(latex_urls, "BARE_SIGNS", ("",)))
        for _ in range(cleaning._MOST_PASSES):
            if ANY_MARKUP.search(text):
                text = " ".join(latex_cleanup.without_markup(text).split())
                text = unicodedata.normalize("NFC", text)
    return text


@settings(max_examples=500)
@given(TEXTS | st.text())
def test_looking_first_changes_nothing(text: str) -> None:
    assert clean(text) == slowly_clean(text)


@settings(max_examples=300)
@given(TEXTS)
def test_a_rule_finds_nothing_where_what_it_needs_is_not(text: str) -> None:
    for rule in itertools.chain(*(rules for lists in RULES.values() for rules in lists.values())):
        assert any(sign in text for sign in rule.needs) or not rule.pattern.search(text)


@settings(max_examples=500)
@given(TEXTS | st.text(max_size=100))
def test_cleaning_a_clean_text_changes_nothing(text: str) -> None:
    for function in (clean, clean_name):
        cleaned = function(text)
        assert function(cleaned) == cleaned
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\ue000-\uf8ff]", cleaned)


HOSTILE = [
    *("\\", "{", "}", "$", "^", "_", "~", "`", "--", "''", "¨", ")", "{a", "a}", "$a\\b", "\\1 "),
    *("\\'{", "\\textbf{", "\\href{a}{", "\\color[", "\\SI{a}{", "\\cite[a]", "{blue{", "\\verb|"),
    *("cost \\", "github.com/a/ b-c ", "https://a.b/)", "a-.", "%7D", "1,s ", "lambda_{", "a^{b"),
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_cleaning_takes_time_in_proportion_to_the_length(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        started = process_time()
        clean(text)
        return process_time() - started

    # Eight times the text; quadratic work would take 64 times as long.
    assert seconds(40_000) < 30 * min(seconds(5_000) for _ in range(3)) + 0.2


def test_addresses_that_a_listing_states_end_where_the_address_ends() -> None:
    listing = Listing(1, "A", "", 1, 1, 1)
    code, page = "https://github.com/a/b{\\color{red}{x}}", "https://a.org/b)."
    cleaned = cleaning.clean_listing(replace(listing, code_url=code, project_url=page))
    assert (cleaned.code_url, cleaned.project_url) == ("https://github.com/a/b", "https://a.org/b")


def test_what_can_be_printed_is_no_white_space_and_not_invisible() -> None:
    printable = "".join(filter(str.isprintable, map(chr, range(sys.maxunicode + 1))))
    assert set(re.findall(r"\s|[\x00-\x1f\x7f-\x9f]", printable)) == {" "}
    assert not INVISIBLE.search(printable)
