"""The letters: what they say, in which language, with which faces, and what they cannot reach."""

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from weasyprint.urls import FatalURLFetchingError

from baqylau.rights.terms import CouncilKind
from baqylau.visits import bases, letters
from baqylau.visits.letters import LetterFacts, LetterKind, letter_html, render_letter
from baqylau.visits.terms import VisitKind

FACTS = LetterFacts(
    number="ATY-2026-007",
    council_name={
        "kk": "Атырау облысының қоғамдық байқау комиссиясы",
        "ru": "Общественная наблюдательная комиссия Атырауской области",
        "en": "Public monitoring commission of Atyrau region",
    },
    council_kind=CouncilKind.COMMISSION,
    visit_kind="commission",
    place_name={"kk": "№ 9 мекеме", "ru": "Учреждение № 9", "en": "Institution No. 9"},
    place_kind="colony_medium",
    starts_on=date(2026, 11, 23),
    ends_on=date(2026, 11, 24),
    legal_basis=bases.USUAL[VisitKind.COMMISSION],
    group=(("Әсел Құрманбекқызы", True), ("Ғабит Өмірұлы", False)),
    signer="Қанат Сүлейменов",
    issued_on=date(2026, 11, 20),
)
NPM = replace(
    FACTS,
    council_kind=CouncilKind.NPM_GROUP,
    visit_kind="special",
    legal_basis=bases.USUAL[VisitKind.SPECIAL],
)


def text_of(pdf: bytes, folder: Path) -> str:
    path = folder / "letter.pdf"
    path.write_bytes(pdf)
    written = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout
    return " ".join(written.split())


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_can_be_read_back_in_kazakh(kind: LetterKind, tmp_path: Path) -> None:
    words = text_of(render_letter(FACTS, kind, "kk"), tmp_path)
    for said in (
        "Атырау облысының қоғамдық байқау комиссиясы", "№ 9 мекеме", "Әсел Құрманбекқызы", "Ғабит Өмірұлы",
        "Қанат Сүлейменов", "23 қараша 2026 ж.", "24 қараша 2026 ж.", "ATY-2026-007",
        "Қылмыстық-атқару кодексінің 33 және",
    ):  # fmt: skip
        assert said in words


@pytest.mark.parametrize(("language", "day"), [("ru", "23 ноября 2026 г."), ("en", "23 November 2026")])
def test_a_letter_speaks_the_language_asked_for(language: str, day: str, tmp_path: Path) -> None:
    words = text_of(render_letter(FACTS, LetterKind.MANDATE, language), tmp_path)
    assert FACTS.council_name[language] in words
    assert day in words
    assert FACTS.place_name[language] in words


def test_only_the_letters_own_faces_are_embedded(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter(FACTS, LetterKind.MANDATE, "kk"))
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True).stdout.splitlines()[2:]
    assert listed
    for line in listed:
        assert "+Letter-" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"]  # embedded, a subset, with a map to Unicode


def test_the_rights_of_a_commission_are_those_of_article_36_and_of_the_npm_those_of_article_42() -> None:
    commission, npm = letter_html(FACTS, LetterKind.MANDATE, "en"), letter_html(NPM, LetterKind.MANDATE, "en")
    assert "article 36(1)(3)" in commission
    assert "article 42" not in commission
    assert "article 42(1)(4)" in npm
    assert "article 36" not in npm


def test_outside_the_penal_system_the_articles_on_penal_institutions_are_not_quoted() -> None:
    words = letter_html(replace(NPM, place_kind="psychiatric"), LetterKind.MANDATE, "en")
    assert "article 42(1)" not in words
    assert "without witnesses" in words


def test_the_notice_quotes_its_article_and_leaves_room_for_the_receipt() -> None:
    words = letter_html(FACTS, LetterKind.NOTICE, "en")
    assert "article 38(2)" in words
    assert "Received" in words


def test_names_and_texts_are_text_and_never_markup() -> None:
    evil = '<img src="file:///etc/hostname">'
    words = letter_html(
        replace(FACTS, signer=evil, legal_basis=dict.fromkeys(("kk", "ru", "en"), evil)), "mandate", "en"
    )  # type: ignore[arg-type]
    assert "<img" not in words


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "https://example.org/a.png", "font:../../pyproject.toml", "font:Other.ttf"]
)
def test_the_renderer_reaches_nothing_but_the_faces(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    page = f'<html><body><img src="{address}"></body></html>'
    monkeypatch.setattr(letters, "letter_html", lambda *_arguments: page)
    with pytest.raises((letters.AddressRefused, FatalURLFetchingError)):
        render_letter(FACTS, LetterKind.MANDATE, "en")
