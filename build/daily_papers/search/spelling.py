"""Turns British spelling into American, so that a word is the same term in both.

A rule names the words that it is for where others end like them: “colour”, but not “tour”;
“centre”, but not “genre”.
"""

import re


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_OUR = _any_of(
    "arb ard arm behavi cand clam col demean endeav fav ferv flav glam hon hum lab neighb od parl"
    " ranc rig rum sav savi splend tum val vap vig"
)
_RE = _any_of("calib cent fib lit lust meag met sab scept somb spect theat")
_OGUE = _any_of("anal catal dial epil homol monol prol travel")
# Verbs of which British spelling doubles the l before an ending.
_DOUBLING = _any_of(
    "cancel channel counsel dial duel equal fuel initial jewel label level marshal model panel"
    " parallel pencil rival shovel signal spiral swivel total travel tunnel unravel"
)
# Words with -ise in American spelling, too. So are those in -aise, -oise, -uise, -wise and -vise.
_ALWAYS_ISE = _any_of(
    "advert ar chast circumc compr comprom conc dem desp enterpr exc exerc expert franch merchand"
    " parad pract prem prom surm surpr treat"
)
_ISE = _any_of("e es ed er ers ing ings able ability ation ations ational")

# Parts of words.
_PAIRS = """
    aemi>emi aesthe>esthe aetiolog>etiolog aluminium>aluminum amoeb>ameb anaesth>anesth
    archaeo>archeo artefact>artifact biass>bias caesarean>cesarean coeliac>celiac
    cypher>cipher diarrhoe>diarrhe enquir>inquir focuss>focus foetal>fetal foetus>fetus
    gynaec>gynec haem>hem homoeo>homeo judgement>judgment ledgement>ledgment learnt>learned
    mediaev>mediev mould>mold oedem>edem oesoph>esoph oestr>estr paed>ped
    palaeo>paleo plough>plow sceptic>skeptic skilful>skillful sulph>sulf wilful>willful
    woollen>woolen
"""
_PARTS = dict(pair.split(">") for pair in _PAIRS.split())
_PART = re.compile("|".join(_PARTS))

# Each with the letters that a word must have: they spare most words the search for the pattern.
_RULES = [
    (letters, re.compile(pattern), replacement)
    for letters, pattern, replacement in (
        ("is", rf"^(?!{_ALWAYS_ISE}is)(.+(?:[^aouvw]|tiv))is({_ISE})$", r"\1iz\2"),
        ("our", rf"({_OUR})our", r"\1or"),
        ("re", rf"({_RE})re(s?)$", r"\1er\2"),
        ("centr", r"centr(?=ed$|ing$)", "center"),
        ("og", rf"({_OGUE}og)(?:ue(?=s?$)|u(?=ed$|er|ing$))", r"\1"),
        ("enc", r"(def|off|pret|lic)enc(?=e|ing)", r"\1ens"),
        ("oeuvr", r"manoeuvr(?:e(?=s?$))?", "maneuver"),
        ("ys", r"lys(?=(?:e|ed|ers?|ing)$)", "lyz"),
        ("ll", rf"({_DOUBLING})l(?=(?:ed|ers?|ings?|ors?)$)", r"\1"),
        ("lyses", r"lyses$", "lysis"),  # more often the plural than the British verb
        ("grey", r"^grey", "gray"),
        ("program", r"^programme(s?)$", r"program\1"),
        ("practis", r"practis(?=e|ing)", "practic"),
    )
]

# What the two spell differently in words of which the end may be missing. To take “iz” at the end
# for “is”, too, would make “realistic” of “realiz”.
_HALF_TYPED = (
    (re.compile(r"(?<=\w\w[iy])s(?=[aei]|\b)"), "z"),
    (re.compile(r"(?<=\w\w[iy])z(?=[aei])"), "s"),
    (re.compile(r"(?<=\w\wo)u(?:r|\b)"), "r"),
    (re.compile(r"(?<=\w\wl)l(?=[aei])"), ""),
    (re.compile(r"(?<=\w\w[aeiou])l(?=(?:in?g?|e[dr]?)\b)"), "ll"),
)


def american(word: str) -> str:
    """Return the American spelling of a normalized word."""
    for letters, pattern, replacement in _RULES:
        if letters in word:
            word = pattern.sub(replacement, word)
    return _PART.sub(lambda part: _PARTS[part[0]], word)


def half_typed_spellings(words: str) -> list[str]:
    """Return normalized words, the last of which may be half a word, as they are and as they may be
    spelled in British or American English: “quantis” and “quantiz”."""
    return list(dict.fromkeys([words, *(rule.sub(new, words) for rule, new in _HALF_TYPED)]))
