"""What a visit rests on, as the letters print it: the usual text for each kind, which planners may change.

Article 45 names the three preventive visits, decree 266 holds their rules; article 33 gives a commission its task and
article 38 its visits.
"""

from collections.abc import Mapping
from typing import Final

from baqylau.visits.terms import VisitKind

Text = Mapping[str, str]

_DECREE: Final = {
    "kk": "Қазақстан Республикасы Үкіметінің 2014 жылғы 26 наурыздағы № 266 қаулысы",
    "ru": "постановление Правительства Республики Казахстан от 26 марта 2014 года № 266",
    "en": "Decree of the Government of the Republic of Kazakhstan No 266 of 26 March 2014",
}


def _preventive(point: int) -> Text:
    return {
        "kk": f"Қазақстан Республикасы Қылмыстық-атқару кодексінің 45-бабы бірінші бөлігінің {point}) тармағы; "
        f"{_DECREE['kk']}",
        "ru": f"Пункт {point}) части первой статьи 45 Уголовно-исполнительного кодекса Республики Казахстан; "
        f"{_DECREE['ru']}",
        "en": f"Article 45(1)({point}) of the Penal Executive Code of the Republic of Kazakhstan; {_DECREE['en']}",
    }


USUAL: Final[Mapping[VisitKind, Text]] = {
    VisitKind.PERIODIC: _preventive(1),
    VisitKind.INTERIM: _preventive(2),
    VisitKind.SPECIAL: _preventive(3),
    VisitKind.COMMISSION: {
        "kk": "Қазақстан Республикасы Қылмыстық-атқару кодексінің 33 және 38-баптары",
        "ru": "Статьи 33 и 38 Уголовно-исполнительного кодекса Республики Казахстан",
        "en": "Articles 33 and 38 of the Penal Executive Code of the Republic of Kazakhstan",
    },
}


def fitting(written: Text, kind: VisitKind) -> dict[str, str]:
    """Return `written` with the usual text of `kind` wherever nothing, or the usual text of another kind, stands."""
    return {
        language: USUAL[kind][language] if _is_usual(written.get(language, ""), language) else written[language]
        for language in USUAL[kind]
    }


def _is_usual(words: str, language: str) -> bool:
    return not words.strip() or any(words.strip() == usual[language] for usual in USUAL.values())
