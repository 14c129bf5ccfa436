"""Every message exists in Kazakh and Russian, and every text is spelt as a dictionary or a person knows it."""

import re

import pytest
from babel.messages.catalog import Message

from tests.guards import spelling, translations

KAZAKH_LETTERS = set("әғқңөұүһіӘҒҚҢӨҰҮҺІ")
_PLACES = re.compile(r"%\(\w+\)[sd]")


def _messages(language: str) -> list[Message]:
    return [message for message in translations.read(language) if message.id]


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_no_message_lacks_a_translation(language: str) -> None:
    assert translations.missing(language) == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_catalogue_holds_what_nobody_says_any_more(language: str) -> None:
    assert translations.stale(language) == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_translation_has_the_places_of_its_message(language: str) -> None:
    wrong = []
    for message in _messages(language):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string)
        wanted = set().union(*(_PLACES.findall(text) for text in ids))
        wrong += [message.id for text in texts if not set(_PLACES.findall(text or "")) <= wanted]
        wrong += [message.id] if isinstance(message.id, str) and set(_PLACES.findall(texts[0] or "")) != wanted else []
    assert wrong == []


def test_a_kazakh_text_is_not_the_russian_one() -> None:
    russian = {message.id: message.string for message in _messages("ru")}
    same = [
        message.id
        for message in _messages("kk")
        if isinstance(message.string, str)
        and len(message.string.split()) > 2
        and message.string == russian.get(message.id)
    ]
    assert same == []


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_word_is_known_to_the_dictionary_or_was_read_by_a_person(language: str) -> None:
    assert spelling.unknown(language) == []
