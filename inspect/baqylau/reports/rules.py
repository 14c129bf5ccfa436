"""What a report may print, and how answers are weighed for it; pure."""

from collections.abc import Iterable, Mapping

from baqylau.checklists.rules import Context, Standing, assess
from baqylau.checklists.terms import (
    Answer,
    AnswerType,
    Basis,
    Checklist,
    Field,
    FieldType,
    Item,
    Rating,
    Section,
    SectionKind,
)

#: The item that holds the number of persons held on the day. Ids of items are never reused for another question.
POPULATION_ITEM = "P1"
#: The section on access and independent monitoring, whose shortcomings are named with the visit itself.
ACCESS_SECTION = "O"

#: The gravest first; what was not seen weighs less than what was.
_ORDER = (Rating.NOT_MET, Rating.PARTLY, Rating.MET, Rating.NOT_SEEN, Rating.NOT_APPLICABLE)
_BAND = 10
_KAZAKH_LETTERS = frozenset("әғқңөұүһі")


def band_from(count: int | None) -> int | None:
    """Return the lower bound of the band of ten that a number of persons is printed as; 0 stands for "fewer than 10"."""
    return None if count is None else count // _BAND * _BAND


def language_written(words: str) -> str:
    """Return the language in which a person seems to have written, by its letters: Kazakh has nine of its own."""
    letters = [letter for letter in words.lower() if letter.isalpha()]
    if any(letter in _KAZAKH_LETTERS for letter in letters):
        return "kk"
    cyrillic = sum("а" <= letter <= "я" or letter == "ё" for letter in letters)
    return "ru" if 2 * cyrillic >= len(letters) and cyrillic else "en"


def is_small(count: object, smallest_count: int) -> bool:
    """Tell whether a number is above nothing and so small that it may point at a person."""
    return isinstance(count, int) and 0 < count < smallest_count


def counts_people(item: Item, field: Field) -> bool:
    """Tell whether a field counts persons, or cases that may point at one."""
    return field.type is FieldType.COUNT and (item.sensitive or field.unit == "persons" or item.unit == "persons")


def rating_in(item: Item, answer: Answer | None, assessed: Rating | None, basis: Basis) -> Rating | None:
    """Return how one answer counts on one basis: as rated, as its limits say, or as not seen and not applicable."""
    if not answer:
        return None
    given = answer.get(basis.value if item.type is AnswerType.SCALE else "status")
    if given in set(Rating):
        return Rating(str(given))
    return None if item.type is AnswerType.SCALE else assessed


def worst(ratings: Iterable[Rating | None]) -> Rating | None:
    """Return the gravest of the ratings of several rows; what was not seen weighs less than what was."""
    found = set(ratings)
    return next((rating for rating in _ORDER if rating in found), None)


def item_ratings(standing: Standing, item: Item, context: Context, basis: Basis) -> list[Rating | None]:
    """Return the rating of each row of an item that is asked; one for an item outside repeats."""
    found = []
    for key in standing.keys(item):
        if standing.is_asked(key):
            answer = standing.answer(item, key[1])
            assessed = assess(item, answer, context, standing.lookup(item, key[1]))[basis].rating
            found.append(rating_in(item, answer, assessed, basis))
    return found


def tally(ratings: Iterable[Rating | None]) -> dict[str, int]:
    """Return how often each rating occurs, `{rating: count}` with every rating."""
    counted = dict.fromkeys((rating.value for rating in Rating), 0)
    for rating in ratings:
        if rating is not None:
            counted[rating.value] += 1
    return counted


def domains(checklist: Checklist) -> list[Section]:
    """Return the sections that the report judges."""
    return [section for section in checklist.sections if section.kind is SectionKind.DOMAIN]


def is_not_seen(answer: Answer | None) -> bool:
    """Tell whether the answer says that nobody could look."""
    given = answer or {}
    return Rating.NOT_SEEN in {given.get("status"), given.get("national"), given.get("international")}


def written_in_all(text: Mapping[str, str], languages: Iterable[str]) -> bool:
    """Tell whether a text stands in each of the languages."""
    return all(text.get(language, "").strip() for language in languages)
