"""Restores commands that lost their backslash: `2.7times`, `textbf{fast}`, `lambda_1`.

A command is restored only where it cannot be a word: beside a number, in braces, or if it is a word
of no language (`downarrow`). "Many times", "sim2real" and "Adapt-infty" stay as they are.
"""

from daily_papers.papers.latex.latex_rules import rule
from daily_papers.papers.latex.latex_symbols import printed

_ARROWS = {"down": "↓", "up": "↑", "right": "→", "left": "←", "leftright": "↔"}
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|"
    "tau|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Sigma|Psi|Omega|ell"
)
_UNITS = "ms|s|pp|[KMGT]B|[kMG]?Hz|[mn]m|dB|FPS|fps"
_NUMBER = r"[0-9][0-9.,]*(?:×|%|[KMGTk]?B?)"
LOST = [
    rule("times", r"(?<=[0-9])(?: ?\{times\} ?|times(?!tamp|tep|cale))", "×"),
    rule("times", r"times(?<=[0-9][KMk]times)(?=[0-9])", "×"),
    rule(
        "{",
        r"(?<=[0-9])\{([a-z]{2,})\}|\{([a-z]{2,})\}(?= ?[0-9])",
        lambda match: printed(match[1] or match[2]) or match[0],
    ),
    rule(
        "arrow",
        r"(?<![A-Za-z\\])(down|up|right|left|leftright)arrow(?![A-Za-z])",
        lambda match: _ARROWS[match[1]],
    ),
    rule("sim", rf"({_NUMBER}) ?\bsim ?(?=[0-9])", r"\1~"),
    # "sim2" is a simulator: two digits, or a unit.
    rule("sim", r"sim(?<![\w-]sim)(?=[0-9][0-9.,]+[KMGTk]?B?(?![A-Za-z]))", "~"),
    rule("sim", r"sim(?<![\w-]sim) ?(?=[0-9][0-9.,]*(?:[×%]|(?:[xX]|[KMGT]?B|[KMk])\b))", "~"),
    rule("approx", r"approx(?<![\w-]approx)(?=[0-9])", "≈"),
    rule("le", r"le(?<![\w-]le)(?:q ?)?(?=[0-9.]+(?![0-9A-Za-z]))", "≤"),
    rule("ge", r"ge(?<![\w-]ge)(?:q ?)?(?=[0-9.]+(?![0-9A-Za-z]))", "≥"),
    rule("pm", r"(?<=[0-9]) ?pm ?(?=[0-9]+\.[0-9])", " ± "),
    rule("ell_ ell^", r"(?<![A-Za-z])ell(?=[_^])", "ℓ"),
    rule("cdot", r" ?!?(?<![A-Za-z])cdot(?![A-Za-z])!? ?", " · "),
    rule("langle", r"(?<![A-Za-z])langle(?![A-Za-z])", "⟨"),
    rule("rangle", r"(?<![A-Za-z])rangle(?![A-Za-z])", "⟩"),
    rule("ldots", r"(?<![A-Za-z])ldots(?![A-Za-z])", "…"),
    *[
        rule(
            "{",
            r"(?<![A-Za-z\\])(?:(?:math|text)(?:bb|bf|cal|it|rm|sc|sf|tt) ?|"
            r"text|emph|underline|boldsymbol|operatorname|ensuremath|mbox|bm)\{([^{}]*)\}",
            r"\1",
        )
    ]
    * 2,
    rule("cite{ citep{ citet{", r" ?(?<![A-Za-z\\])cite[pt]?\{[^{}]{0,200}\}", ""),
    rule("footnote{", r" ?(?<![A-Za-z\\])footnote\{([^{}]*)\}", r" (\1)"),
    rule("{", r"\{(?:bf|em|it|rm|sc|sf|tt) ([^{}]*)\}", r"\1"),
    rule("sqrt{", r"(?<![A-Za-z])sqrt\{([^{}]*)\}", r"√(\1)"),
    rule(
        "_ ^",
        rf"(?<![A-Za-z\\])({_GREEK})(?=[_^](?:\{{|[0-9A-Za-z](?!\w)))",
        lambda match: printed(match[1]),
    ),
    rule(
        "^",
        r"\^(?:\{(top|star|circ|prime|dagger)\}|(top|star|circ|prime|dagger)(?![A-Za-z]))",
        lambda match: "^" + printed(match[1] or match[2]),
    ),
    rule(" times ", r" times (?:(?<=[0-9] times )(?=[0-9])|(?<=_\w times )(?=\w_))", " × "),
    # A thin space: 0.5\,s
    rule(",", rf",(?<=[0-9],)(?=(?:{_UNITS})(?![\w-]))", " "),
]
