"""The report's own template environment: how texts, days, numbers and words of enums come into a page.

Flask's environment plays no part here, so a report rendered in a worker process looks as one rendered anywhere else.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache, partial

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from baqylau.i18n import Text, catalogue, format_day, format_instant, format_number, in_language
from baqylau.labels import COMPARISON, label
from baqylau.locations import shipped
from baqylau.reports.arrangement import gauge, share_met

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ«“\"(])")


@cache
def environment(language: str) -> Environment:
    """Return the environment of the report's templates in one language."""
    made = Environment(
        loader=FileSystemLoader(shipped("templates") / "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["language"] = language
    made.filters.update(
        text=partial(_text, language=language),
        spoken=partial(_spoken, language=language),
        day=partial(_day, language=language),
        days=partial(_days, language=language),
        instant=partial(_instant, language=language),
        number=partial(_number, language=language),
        label=partial(_label, language=language),
        compared=_compared,
        paragraphs=paragraphs,
        lead=lead,
        share_met=share_met,
        gauge=gauge,
        bound=partial(_bound, language=language),
        css=css_string,
        capital=_capital,
        whole=_whole,
    )
    return made


def paragraphs(words: str) -> list[str]:
    """Return the paragraphs of a text as people type it: each line that is not empty is one."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def lead(words: str) -> str:
    """Return the first sentence of `words`, for the summary."""
    return _SENTENCE_END.split(words.strip(), maxsplit=1)[0]


def css_string(words: str) -> Markup:
    """Return a CSS `content` value: `words` in quotes, in which {page} and {pages} become the counters."""
    return Markup(" ".join(_css_parts(str(words))))  # noqa: S704 -- every character but letters and digits is escaped


def _css_parts(words: str) -> Iterator[str]:
    for part in re.split(r"(\{pages?\})", words):
        if part in {"{page}", "{pages}"}:
            yield f"counter({part[1:-1]})"
        elif part:
            # Spaces too: one that follows an escape would be taken for its end.
            yield '"' + re.sub(r"\W", lambda found: f"\\{ord(found[0]):06x}", part) + '"'


def _text(text: Text, language: str) -> str:
    return in_language(text, language)


def _spoken(text: Text, language: str) -> str:
    """Return the language in which `text` will be printed, for `lang` and so for hyphenation."""
    shown = in_language(text, language)
    return language if text.get(language) == shown else next((code for code in text if text[code] == shown), language)


def _day(day: date, language: str) -> str:
    return format_day(day, language)


def _days(first: date, last: date, language: str) -> str:
    """Return a stretch of days: 27–29 October 2026, or both days in full when the month changes."""
    if first == last:
        return format_day(first, language)
    is_one_month = (first.year, first.month) == (last.year, last.month)
    start = str(first.day) if is_one_month else f"{format_day(first, language)} "
    return f"{start}–{'' if is_one_month else ' '}{format_day(last, language)}"


def _instant(moment: datetime, zone: str, language: str) -> str:
    return format_instant(moment, language, zone)


def _number(value: float, places: int | None = None, *, language: str) -> str:
    return format_number(value, language, places)


def _bound(bound: str, language: str) -> str:
    """Return a limit as printed: a number in the language's way, yes and no as words, a choice's id as it is."""
    try:
        return format_number(float(bound), language)
    except ValueError:
        return _label(bound, "answer", language)


def _label(value: str, kind: str, language: str) -> str:
    return label(kind, value, catalogue(language).gettext)


def _compared(operator: str) -> str:
    return COMPARISON.get(operator, operator)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _whole(words: str) -> str:
    """Return `words` so that no line breaks within them."""
    return words.replace(" ", "\u00a0")
