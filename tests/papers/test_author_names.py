"""Names of authors: accents, and no marks of affiliations."""

import pytest

from daily_papers.papers.cleaning import clean_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # accents as TeX knows them, in any braces, with any blank
        (r"Bj\"orn, J{\"o}rg, M\"{u}ller, M{\"{u}}ller", "Björn, Jörg, Müller, Müller"),
        (r"\'{E}mile Jos\' e, Ne\v{c}as, Ne\v cas", "Émile José, Nečas, Nečas"),
        (r"S{\o}ren \L{}ojas, \L ojas, Erd\H{o}s", "Søren Łojas, Łojas, Erdős"),
        (r"\.{I}\c{s}{\i}k \AA{}ge Stra{\ss}e Wa\l\k{e}sa", "İşık Åge Straße Wałęsa"),
        (r"Mart\'{\i}nez, Mart{\'\i}n, Mart\'\inez", "Martínez, Martín, Martínez"),
        (r"Nguy{\~{\^e}}n Vi\d{\^{e}}t, Ph\d{a}m, Ti\d{ê}n", "Nguyễn Việt, Phạm, Tiện"),
        (r"Jos$\acute{e}$ J$\ddot{o}$rg", "José Jörg"),
        # half translated: the accent is there
        (r"Ida M\üstern, Ha L\~ê, Ren\'é \Łuk", "Ida Müstern, Ha Lê, René Łuk"),
        # escaped twice
        (r"Jos\\'e M\\\"uller", "José Müller"),
        # apostrophes that were escaped
        (r"Jean D\'Angel O\'Brien", "Jean D'Angel O'Brien"),
        # blanks, fonts, braces
        (r"Ann~B.\ Doe\,Roe", "Ann B. Doe Roe"),
        (r"{\rm Ann} \textbf{Doe}", "Ann Doe"),
        ("{Ann} {van der Doe}", "Ann van der Doe"),
        # marks that a PDF writes beside the letter
        ("Mu¨ller, M¨uller, Mu ¨ller, M ¨uller", "Müller, Müller, Müller, Müller"),
        ("´Angel Jos´e Garc´ıa, Andre´, Be´la", "Ángel José García, André, Béla"),
        ("Franc¸ois, Fran¸cois, Hoˇr´ak, Concei¸c˜ao", "François, François, Hořák, Conceição"),
        ("Ann ¨Ozt¨urk, Nicol`o, Erd˝os", "Ann Öztürk, Nicolò, Erdős"),
    ],
)
def test_accents_are_on_their_letters(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    "marks",
    [
        *(r"$^{1,2}$", r"$^1$", r"$^{*}$", r"$^\dagger$", r"${}^{1,\dagger}$", r" $^{\text{1}}$"),
        *(r"\textsuperscript{1,*}", r"\textsuperscript{\rm 1}", "^1", "^{1}", "^*", "¹²", " ¹,²"),
        *("*", "†", "∗", "*†", "§", r"\dag", "1", "1,2", "12*", ",", r"\and"),
        *(r"\thanks{Work at {Lab}.}", r"\footnotemark[1]", r"\inst{1,2}", r"\footnote{Lead}"),
        *(r"\orcidlink{0000-0001}", r"\IEEEauthorrefmark{1}", r"\email{a@b.org}"),
    ],
)
def test_marks_behind_a_name_are_no_part_of_it(marks: str) -> None:
    assert clean_name(f"Ann Doe{marks}") == "Ann Doe"


@pytest.mark.parametrize(
    "name",
    [
        *("Ann O'Neil", "Ann O’Neil", "J.-P. Doe", "Ann Doe, Jr.", "Ann (Bo) Doe", 'Ann "Bo" Doe'),
        *("Đặng Văn", "Ñu de la Cruz-Ñú", "李 明", "Zoë Å", "ʻOkina", "van 't Doe", "M’Barek"),
        *("X Æ A-12", "Team Foo 7", "Wei Doe 0001", "Foo K2", "foo123", "Foo3 Team", "3D Lab"),
        *("user_name", "O´Brien", "Kami´nski", "A$AP Doe", "Foo & Bar", "Foo (*)"),
    ],
)
def test_a_name_without_markup_and_marks_stays(name: str) -> None:
    assert clean_name(name) == name


@pytest.mark.parametrize("text", ["*", "{}", "\\", "$^1$", "¨", "~"])
def test_a_name_is_never_empty(text: str) -> None:
    assert clean_name(text)
