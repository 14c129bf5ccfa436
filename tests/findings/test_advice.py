"""The ten prompts on a recommendation and the patterns to begin with: tables of cases."""

from datetime import date
from typing import Any

import pytest

from baqylau.findings.advice import (
    Advice,
    Ground,
    Lack,
    Prompt,
    action_pattern,
    double_smart_prompts,
    without_patterns,
)
from baqylau.findings.rules import GAP, is_written
from baqylau.findings.terms import Cause, Priority, Severity
from baqylau.places.terms import AuthorityLevel
from tests.factories.findings import ACTION, SIGN

GOOD = Ground(Severity.HIGH, is_urgent=False, cause=Cause.BUILDING, has_standards=True)


def advice(**changes: Any) -> list[Advice]:
    given: dict[str, Any] = {
        "action": ACTION,
        "sign": SIGN,
        "level": AuthorityLevel.FACILITY,
        "priority": Priority.SHORT,
        "due_on": None,
        "grounds": [GOOD],
    }
    return double_smart_prompts(**{**given, **changes})


def lacks(**changes: Any) -> set[Lack]:
    return {one.lack for one in advice(**changes)}


def test_a_recommendation_that_says_everything_gets_no_advice() -> None:
    assert advice() == []


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        (
            "en",
            "The administration of the place should improve the light in all of the cells of the building.",
            "improve",
        ),
        (
            "en",
            "The administration of the place should consider the question of light in the cells of the unit.",
            "consider",
        ),
        (
            "en",
            "The administration should take the necessary measures with regard to light in all the cells.",
            "take the necessary measures",
        ),
        (
            "ru",
            "Администрации учреждения рекомендуется улучшить освещение во всех жилых камерах учреждения до марта.",
            "улучшить",
        ),
        (
            "ru",
            "Администрации учреждения рекомендуется усилить контроль за освещением во всех камерах до марта.",
            "усилить",
        ),
        (
            "ru",
            "Администрации учреждения рекомендуется принять необходимые меры к освещению всех камер до марта.",
            "принять необходимые меры",
        ),
        (
            "ru",
            "Администрации учреждения рекомендуется рассмотреть вопрос об освещении всех камер до марта.",
            "рассмотреть",
        ),
        (
            "kk",
            "Мекеме әкімшілігіне барлық камералардағы жарықтың сапасын наурызға дейін жақсарту ұсынылады.",
            "жақсарту",
        ),
        (
            "kk",
            "Мекеме әкімшілігіне барлық камералардағы жарыққа бақылауды наурызға дейін күшейту ұсынылады.",
            "күшейту",
        ),
        (
            "kk",
            "Мекеме әкімшілігіне барлық камералардағы жарық мәселесін наурызға дейін қарастыру ұсынылады.",
            "қарастыру",
        ),
    ],
)
def test_a_vague_verb_alone_is_named_in_its_language(language: str, text: str, word: str) -> None:
    assert advice(action={language: text}) == [Advice(Prompt.SPECIFIC, Lack.VAGUE_VERB, language, word)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "The administration of the place should improve the light in every cell by installing lamps of 200 lux.",
        ),
        (
            "ru",
            "Администрации учреждения рекомендуется улучшить освещение камер путём установки светильников в 200 люкс.",
        ),
        ("kk", "Мекеме әкімшілігіне 200 люкс шам орнату арқылы барлық камералардағы жарықты жақсарту ұсынылады."),
    ],
)
def test_a_vague_verb_with_the_means_beside_it_is_let_be(language: str, text: str) -> None:
    assert lacks(action={language: text}) == set()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The administration should install lamps in every cell; it should also open the yard on Sundays."),
        ("en", "The administration should install lamps in every cell as well as open the yard on Sundays."),
        (
            "ru",
            "Администрации рекомендуется установить светильники во всех камерах, а также открыть двор по воскресеньям.",
        ),
        ("kk", "Мекеме әкімшілігіне барлық камераға шам орнату, сондай-ақ жексенбіде ауланы ашу ұсынылады."),
    ],
)
def test_several_actions_in_one_are_noticed(language: str, text: str) -> None:
    assert lacks(action={language: text}) == {Lack.SEVERAL_ACTIONS}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The administration of the place should discuss light in the cells with all of its staff."),
        ("ru", "Администрации учреждения рекомендуется проанализировать освещение во всех жилых камерах учреждения."),
        ("kk", "Мекеме әкімшілігіне барлық камералардағы жарықтың жай-күйін қызметкерлермен бірге талқылау ұсынылады."),
    ],
)
def test_work_on_paper_is_noticed(language: str, text: str) -> None:
    assert lacks(action={language: text}) == {Lack.PROCESS_ONLY}


@pytest.mark.parametrize(
    ("changes", "prompt", "lack"),
    [
        ({"sign": {}}, Prompt.MEASURABLE, Lack.NO_SIGN),
        ({"sign": {"en": " "}}, Prompt.MEASURABLE, Lack.NO_SIGN),
        ({"level": None}, Prompt.TARGETED, Lack.NO_ADDRESSEE),
        ({"priority": None}, Prompt.TIME_BOUND, Lack.NO_TERM),
        ({"priority": Priority.STRUCTURAL}, Prompt.TIME_BOUND, Lack.NO_TERM),
        ({"action": {"en": "The place should install lamps."}}, Prompt.SOLUTION_SUGGESTIVE, Lack.NO_WAY_SHOWN),
        ({"grounds": []}, Prompt.ARGUED, Lack.NO_FINDING),
        (
            {"grounds": [Ground(Severity.LOW, False, Cause.BUILDING, has_standards=False)]},
            Prompt.ARGUED,
            Lack.NO_STANDARD,
        ),
        ({"grounds": [Ground(Severity.LOW, False, None, has_standards=True)]}, Prompt.ROOT_CAUSE, Lack.NO_CAUSE),
        (
            {"grounds": [Ground(Severity.LOW, False, Cause.LAW, has_standards=True)]},
            Prompt.ACHIEVABLE,
            Lack.BEYOND_ADDRESSEE,
        ),
        (
            {"grounds": [Ground(Severity.CRITICAL, False, Cause.BUILDING, True)], "priority": Priority.MEDIUM},
            Prompt.MINDFUL,
            Lack.URGENT_BUT_LATE,
        ),
    ],
)
def test_each_prompt_says_what_is_missing(changes: dict[str, Any], prompt: Prompt, lack: Lack) -> None:
    found = advice(**changes)
    assert [(one.prompt, one.lack) for one in found] == [(prompt, lack)]


@pytest.mark.parametrize(
    "changes",
    [
        {"priority": Priority.STRUCTURAL, "due_on": date(2028, 1, 1)},
        {"grounds": [GOOD, Ground(None, False, None, has_standards=False)]},
        {"grounds": [Ground(Severity.LOW, False, Cause.LAW, True)], "level": AuthorityLevel.MINISTRY},
        {"grounds": [Ground(Severity.LOW, False, Cause.MONEY, True)], "level": AuthorityLevel.REGIONAL},
        {"grounds": [Ground(Severity.CRITICAL, True, Cause.PRACTICE, True)], "priority": Priority.IMMEDIATE},
    ],
)
def test_what_is_said_somewhere_is_not_asked_for_again(changes: dict[str, Any]) -> None:
    assert advice(**changes) == []


def test_advice_comes_in_the_order_of_the_ten_prompts() -> None:
    found = advice(action={"en": "The place should improve it."}, sign={}, level=None, priority=None, grounds=[])
    order = list(Prompt)
    assert [one.prompt for one in found] == sorted((one.prompt for one in found), key=order.index)
    assert len(found) == 6


def test_a_pattern_with_its_gaps_is_not_looked_at() -> None:
    action = {language: action_pattern(language, AuthorityLevel.FACILITY) for language in ("kk", "ru", "en")}
    assert advice(action=action) == []


@pytest.mark.parametrize("level", AuthorityLevel)
@pytest.mark.parametrize(
    ("language", "words"), [("en", "should"), ("ru", "рекомендуется до"), ("kk", "қамтамасыз ету ұсынылады")]
)
def test_each_pattern_is_a_sentence_with_gaps_to_fill(level: AuthorityLevel, language: str, words: str) -> None:
    pattern = action_pattern(language, level)
    assert words in pattern
    assert GAP in pattern
    assert not is_written(pattern)


def test_a_pattern_that_nobody_touched_is_no_text() -> None:
    texts = {
        "kk": action_pattern("kk", AuthorityLevel.REGIONAL),
        "ru": f"  {action_pattern('ru', AuthorityLevel.FACILITY)}\n",
        "en": "The administration should mend the lamps.",
    }
    assert without_patterns(texts) == {"en": "The administration should mend the lamps."}
    begun = action_pattern("en", AuthorityLevel.FACILITY).replace(GAP, "mend the lamps", 1)
    assert without_patterns({"en": begun}) == {"en": begun}
