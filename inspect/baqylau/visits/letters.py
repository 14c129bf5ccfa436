"""The letters of a visit as PDF: the group's mandate, and a commission's notice to the head of the place.

A letter is made when it is asked for, from the visit as it stands; nothing of it is stored. The renderer reaches the
faces of static/fonts and nothing else: no file, no network.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache, partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from baqylau.i18n import Text, catalogue, format_day, in_language
from baqylau.labels import label
from baqylau.locations import shipped
from baqylau.rights.terms import CouncilKind

_FACES = frozenset(
    {"PTSerif-Regular.ttf", "PTSerif-Bold.ttf", "PTSerif-Italic.ttf", "PTSans-Regular.ttf", "PTSans-Bold.ttf"}
)


class LetterKind(StrEnum):
    """The letters."""

    MANDATE = "mandate"
    NOTICE = "notice"  # of a commission, 24 hours before (PEC 38(2)); the NPM gives none


class AddressRefused(ValueError):
    """A letter asked for a file or an address that is not one of its faces."""


@dataclass(frozen=True)
class LetterFacts:
    """What the letters say, as plain values."""

    number: str
    council_name: Text
    council_kind: CouncilKind
    visit_kind: str
    place_name: Text
    place_kind: str
    starts_on: date
    ends_on: date
    legal_basis: Text
    #: Names with True for the leader, the leader first.
    group: tuple[tuple[str, bool], ...]
    #: Name of the chair or coordinator who signs; "" leaves the line empty.
    signer: str
    issued_on: date

    @property
    def is_commission(self) -> bool:
        """Tell whether a commission visits (PEC ch. 8) and not the NPM (ch. 9)."""
        return self.council_kind is CouncilKind.COMMISSION

    @property
    def is_penal(self) -> bool:
        """Tell whether the place executes sentences, so that articles 36, 38 and 42 can be quoted by their points."""
        return self.place_kind.startswith("colony")


class _Faces(URLFetcher):  # type: ignore[misc] # the library is not typed
    """Gives WeasyPrint the faces and refuses every other address."""

    def __init__(self) -> None:
        super().__init__(fail_on_errors=True)

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 -- the library's signature
        """Return the face that stands at `font:<file>`; AddressRefused for anything else."""
        scheme, _colon, name = url.partition(":")
        if scheme != "font" or name not in _FACES:
            raise AddressRefused(url)
        content = (shipped("static") / "fonts" / name).read_bytes()
        return URLFetcherResponse(url, content, {"Content-Type": "font/ttf"})


def render_letter(facts: LetterFacts, kind: LetterKind, language: str) -> bytes:
    """Return the letter in `language` as a tagged PDF with the faces embedded."""
    page = letter_html(facts, kind, language)
    document = HTML(string=page, base_url="letter:", url_fetcher=_Faces())
    return bytes(document.write_pdf(pdf_tags=True, font_config=FontConfiguration()))


def letter_html(facts: LetterFacts, kind: LetterKind, language: str) -> str:
    """Return the letter as one HTML page whose faces only the fetcher can give."""
    return _environment(language).get_template(f"{kind}.html").render(f=facts)


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=FileSystemLoader(shipped("templates") / "visits" / "letters"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    words = catalogue(language)
    made.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    made.globals["language"] = language
    made.filters.update(
        here=partial(_here, language=language),
        day=partial(_day, language=language),
        label=lambda value, of: label(of, value, words.gettext),
    )
    return made


def _here(text: Text, language: str) -> str:
    return in_language(text, language)


def _day(day: date, language: str) -> str:
    return format_day(day, language)
