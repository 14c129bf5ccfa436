"""The de-identification lint: passages of a text by which a detained person could be recognised; pure.

The reader to fear is the administration, which knows the roll, the cells and the days of the visit. The lint is a net and
not a proof: tests/reports/red_team.json holds what it must catch, what it must let pass, and what it is known to miss.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from airlock_pii import EntityType, detect

from baqylau.reports import identifying as i


class Rule(StrEnum):
    """Why a passage is stopped."""

    PERSON_NAME = "person_name"
    PROTECTED_NAME = "protected_name"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    EMAIL = "email"
    INITIALS = "initials"
    YEAR_OF_BIRTH = "year_of_birth"
    ARTICLE_AND_NATIONALITY = "article_and_nationality"
    ARTICLE_AND_TERM = "article_and_term"
    NATIONALITY_AND_STATEMENT = "nationality_and_statement"
    CELL_AND_STATEMENT = "cell_and_statement"
    TIME_OF_STATEMENT = "time_of_statement"
    VERBATIM_QUOTE = "verbatim_quote"
    SMALL_COUNT = "small_count"


@dataclass(frozen=True)
class Hit:
    """A stopped passage: the rule, and where in the text its words stand."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True)
class Known:
    """What the lint is told: names that must not occur, phrases that are no persons, the threshold of counts."""

    protected: tuple[str, ...] = ()
    #: Names of places, councils, authorities and of the group's members, in any language.
    harmless: tuple[str, ...] = ()
    smallest_count: int = 5


_FOUND_BY_LIBRARY = {
    EntityType.IIN: Rule.IDENTITY_NUMBER,
    EntityType.PHONE: Rule.PHONE,
    EntityType.EMAIL: Rule.EMAIL,
    EntityType.PERSON: Rule.PERSON_NAME,
}
_BESIDE = 16
_BEHIND = 48
#: A quotation of so few words is a term and not somebody's speech.
_WORDS_OF_A_TERM = 3


def hits(text: str, known: Known) -> list[Hit]:
    """Return the passages of `text` that must be mended or released, by their place; overlapping ones of one rule once."""
    kept: list[Hit] = []
    for hit in sorted(set(_found(text, known)), key=lambda one: (one.start, -one.end, one.rule)):
        if not any(hit.rule is other.rule and hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return kept


def _found(text: str, known: Known) -> Iterator[Hit]:
    for pattern, rule in ((i.TWELVE_DIGITS, Rule.IDENTITY_NUMBER), (i.YEAR_OF_BIRTH, Rule.YEAR_OF_BIRTH)):
        yield from (Hit(rule, *match.span()) for match in pattern.finditer(text))
    for hit in _names(text):
        if not _is_no_person(text, hit.start, hit.end, known):
            yield hit
    yield from _protected(text, known.protected)
    yield from _small_counts(text, known.smallest_count)
    for start, end in _sentences(text):
        for hit in _in_sentence(text[start:end]):
            yield Hit(hit.rule, start + hit.start, start + hit.end)


def _names(text: str) -> Iterator[Hit]:
    for entity in detect(text, types=list(_FOUND_BY_LIBRARY), countries="kz"):
        yield Hit(_FOUND_BY_LIBRARY[entity.type], entity.start, entity.end)
    yield from (Hit(Rule.INITIALS, *match.span()) for match in i.INITIALS.finditer(text))
    yield from (Hit(Rule.PERSON_NAME, *match.span()) for match in i.SURNAME.finditer(text))
    for match in i.INITIALS_ALONE.finditer(text):
        if i.PERSON_HELD.search(text[max(0, match.start() - _BESIDE) : match.start()]):
            yield Hit(Rule.INITIALS, *match.span())


def _is_no_person(text: str, start: int, end: int, known: Known) -> bool:
    """Tell whether a capitalised word stands for a place, an act or somebody who signs the report."""
    if i.PLACE_AFTER.match(text[end : end + _BESIDE]) or i.PLACE_BEFORE.search(text[max(0, start - _BESIDE) : start]):
        return True
    words = [_as_latin(word) for word in re.findall(r"\w{3,}", text[start:end])]
    return bool(words) and any(_all_in(words, phrase) for phrase in known.harmless)


def _all_in(words: Sequence[str], phrase: str) -> bool:
    """Tell whether each word is one of the phrase's, whatever its case ending."""
    stems = _stems((phrase,))
    return all(any(_is_of(word, stem) for stem in stems) for word in words)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    """Give where sentences begin and end; a full stop in an abbreviation or within a quotation ends none."""
    masked = i.ABBREVIATION.sub(lambda match: match.group().replace(".", ","), text)
    masked = i.QUOTE.sub(lambda match: re.sub(r"[.!?…\n]", ",", match.group()), masked)
    yield from (match.span() for match in i.SENTENCE.finditer(masked))


def _in_sentence(sentence: str) -> Iterator[Hit]:
    """Give the combinations that identify only together."""
    whole = (0, len(sentence))
    speaks, quote = i.STATEMENT.search(sentence), i.QUOTE.search(sentence)
    if _names_offence(sentence) and i.PERSON_HELD.search(sentence):
        if i.NATIONALITY.search(sentence):
            yield Hit(Rule.ARTICLE_AND_NATIONALITY, *whole)
        if i.TERM.search(sentence):
            yield Hit(Rule.ARTICLE_AND_TERM, *whole)
    if i.ONE_FOREIGNER.search(sentence) and (speaks or quote):
        yield Hit(Rule.NATIONALITY_AND_STATEMENT, *whole)
    if i.CELL.search(sentence) and (speaks or quote):
        yield Hit(Rule.CELL_AND_STATEMENT, *whole)
    if i.EXACT_TIME.search(sentence) and (speaks or i.TALK.search(sentence)):
        yield Hit(Rule.TIME_OF_STATEMENT, *whole)
    if quote and speaks and len(quote["words"].split()) > _WORDS_OF_A_TERM:
        yield Hit(Rule.VERBATIM_QUOTE, *quote.span())


def _names_offence(sentence: str) -> bool:
    """Tell whether an article is named that is not one of the laws on which reports rest."""
    return any(not i.QUOTED_LAW.match(sentence[match.end() :]) for match in i.ARTICLE.finditer(sentence))


def _small_counts(text: str, smallest_count: int) -> Iterator[Hit]:
    for match in i.COUNTED.finditer(text):
        word = match["number"].lower()
        number = int(word) if word.isdigit() else i.NUMBER_WORDS[word]
        if 0 < number < smallest_count and not _counts_no_people(text, match.start(), match.start("who")):
            yield Hit(Rule.SMALL_COUNT, *match.span())
    for pattern in (i.COLLECTIVE, i.COUNTED_AFTER):
        for match in pattern.finditer(text):
            if not _counts_no_people(text, match.start("number"), match.end()):
                yield Hit(Rule.SMALL_COUNT, *match.span())


def _counts_no_people(text: str, number_at: int, who_at: int) -> bool:
    """Tell whether the number is the end of a larger one, or says how much there is for each."""
    before = text[:number_at]
    return bool(
        i.BIGGER_BEFORE.search(before)
        or i.MEASURE_BEFORE.search(before)
        or i.FOR_ONE.search(text[:who_at])
        or i.MEASURE_AFTER.match(text[who_at : who_at + _BEHIND])
    )


def _protected(text: str, names: Sequence[str]) -> Iterator[Hit]:
    """Give the protected names, whatever their case ending, spelling or script."""
    stems = _stems(names)
    if not stems:
        return
    for match in re.finditer(r"\w{3,}", text):
        word = _as_latin(match.group())
        if match.group()[0].isupper() and any(_is_of(word, stem) for stem in stems):
            yield Hit(Rule.PROTECTED_NAME, *match.span())


def _as_latin(word: str) -> str:
    """Return the word as an English text may spell it, roughly: y, j and i are one, q is k, doubled letters are single."""
    plain = word.casefold().translate(i.PLAIN_LETTERS)
    latin = "".join(i.LATIN_LETTERS.get(letter, letter) for letter in plain)
    latin = re.sub(r"[yj]", "i", latin).replace("q", "k").replace("w", "v").replace("dzh", "zh").replace("kh", "h")
    return re.sub(r"(.)\1", r"\1", latin)


#: Kazakh and Russian endings of case and possession are at most this long.
_ENDING = 7
_SHORTEST_STEM = 3


def _stems(phrases: Sequence[str]) -> set[str]:
    return {stem for phrase in phrases for part in re.findall(r"\w{3,}", phrase) if (stem := _stem(_as_latin(part)))}


def _stem(name: str) -> str:
    """Return the part of a name that its case endings leave alone."""
    stem = re.sub(r"(?:skaia|skii|aia|ii|ia|a|e|i|o|u)$", "", name) if len(name) > _SHORTEST_STEM + 1 else name
    return stem if len(stem) >= _SHORTEST_STEM else name


def _is_of(word: str, stem: str) -> bool:
    return word.startswith(stem) and len(word) - len(stem) <= _ENDING
