"""Languages, catalogues and the forms of dates and numbers in Kazakh, Russian and English.

Knows neither Flask nor the database, so that the report, which is rendered in a process of its own, and the pages print
the same date in the same way.
"""

import gettext as gettext_module
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from baqylau.locations import shipped

Text = Mapping[str, str]  # {"kk": …, "ru": …, "en": …}

LANGUAGES = ("kk", "ru", "en")
LANGUAGE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
#: The language of a visitor who has not chosen one: the state language.
DEFAULT_LANGUAGE = "kk"

_THIN_SPACE = "\u202f"
#: Four digits are read at a glance; from five on they are grouped.
_GROUPED_FROM = 10_000
# CLDR 2024 has these; they are spelt out because the report's wording must not change with a library's data.
_MONTHS = {
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split(),
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split(),
    "en": "January February March April May June July August September October November December".split(),
}


@cache
def catalogue(language: str) -> gettext_module.NullTranslations:
    """Return the message catalogue of `language`; an empty one where no compiled catalogue is found."""
    translations = Translations.load(str(shipped("translations")), [language])
    return translations if isinstance(translations, gettext_module.NullTranslations) else NullTranslations()


def in_language(text: Text, language: str) -> str:
    """Return the text in `language`, else in the first language that has it, so that no label is ever blank."""
    return next((text[code] for code in (language, *LANGUAGES) if text.get(code)), "")


def format_day(day: date, language: str) -> str:
    """Write a day in full: 23 қараша 2026 ж. / 23 ноября 2026 г. / 23 November 2026."""
    month = _MONTHS[language][day.month - 1]
    ending = {"kk": "\u00a0ж.", "ru": "\u00a0г.", "en": ""}[language]
    return f"{day.day}\u00a0{month} {day.year}{ending}"


def format_month(day: date, language: str) -> str:
    """Write month and year alone, for what must not point at a day."""
    return str(babel_date(day, "LLLL y", locale=Locale.parse(language)))


def local_time(moment: datetime, zone: str) -> datetime:
    """Return the instant in the installation's time zone; a value without a zone is taken as UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZoneInfo(zone))


def format_instant(moment: datetime, language: str, zone: str) -> str:
    """Write day and time of day in the installation's time zone."""
    local = local_time(moment, zone)
    return f"{format_day(local.date(), language)}, {local:%H:%M}"


def format_number(value: float | Decimal, language: str, places: int | None = None) -> str:
    """Write a number with the language's decimal mark and thin spaces between thousands; at most `places` decimals."""
    pattern = "#,##0.###" if places is None else "#,##0" + ("." + "0" * places if places else "")
    written = str(format_decimal(value, format=pattern, locale="en"))
    separator = _THIN_SPACE if abs(float(value)) >= _GROUPED_FROM else ""
    written = written.replace(",", separator)
    return written if language == "en" else written.replace(".", ",")


def lazy(message: str) -> str:
    """Mark `message` for translation and leave it as it is; it is translated where it is shown."""
    return message


Translate = Callable[[str], str]
