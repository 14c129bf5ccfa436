"""The lint against a red team's sentences in three languages, and against the findings of a plausible report."""

import json
from pathlib import Path
from typing import Any

import pytest

from baqylau.demo.world import content
from baqylau.i18n import LANGUAGES
from baqylau.reports.disclosure import Hit, Known, Rule, hits

HERE = Path(__file__).parent
RED_TEAM = json.loads((HERE / "red_team.json").read_text("utf-8"))
#: What the lint stops in the findings of the sample report although nobody can be recognised: (finding, language, words).
FALSE_ALARMS = {
    (23, "ru", "четверо"),  # of the staff
}


def _rules(sentence: dict[str, Any]) -> list[str]:
    known = Known(tuple(sentence.get("protected", ())), tuple(RED_TEAM["harmless"]), 5)
    return sorted({hit.rule.value for hit in hits(sentence["text"], known)})


@pytest.mark.parametrize("sentence", RED_TEAM["sentences"], ids=lambda sentence: sentence["text"][:40])
def test_a_sentence_of_the_red_team_gets_its_verdict(sentence: dict[str, Any]) -> None:
    expected = sentence["rules"] if sentence["verdict"] == "caught" else []
    assert _rules(sentence) == expected


def test_the_red_team_speaks_three_languages_and_tries_every_rule() -> None:
    sentences = RED_TEAM["sentences"]
    assert len(sentences) >= 60
    caught = [one for one in sentences if one["verdict"] == "caught"]
    assert {rule for one in caught for rule in one["rules"]} == set(Rule)
    for language in LANGUAGES:
        verdicts = {one["verdict"] for one in sentences if one["language"] == language}
        assert verdicts == {"caught", "clean", "missed"}
    assert all(one["why"] for one in sentences if one["verdict"] == "missed")


def test_false_alarms_over_a_plausible_report_are_few_and_listed() -> None:
    findings = content("findings.yaml")
    found = set()
    for number, finding in enumerate(findings):
        for language in LANGUAGES:
            for text in _texts(finding, language):
                found |= {(number, language, text[hit.start : hit.end]) for hit in hits(text, Known())}
    assert found == FALSE_ALARMS
    assert len(FALSE_ALARMS) <= 5


def _texts(finding: dict[str, Any], language: str) -> list[str]:
    recommendation = finding.get("recommendation", {})
    sign = recommendation.get("sign", {})
    return [text for text in (finding[language], recommendation.get(language), sign.get(language)) if text]


def test_a_hit_says_where_its_words_stand() -> None:
    text = "The group was told that 3 women asked to be moved."
    (hit,) = hits(text, Known())
    assert hit == Hit(Rule.SMALL_COUNT, 24, 31)
    assert text[hit.start : hit.end] == "3 women"


def test_the_threshold_of_counts_is_the_installations() -> None:
    text = "The isolator held 7 juveniles."
    assert hits(text, Known(smallest_count=5)) == []
    assert [hit.rule for hit in hits(text, Known(smallest_count=10))] == [Rule.SMALL_COUNT]


def test_a_person_is_stopped_though_a_town_stands_nearby() -> None:
    text = "Осуждённый Серик Ахметов из города Атырау просил о переводе."
    assert Rule.PERSON_NAME in {hit.rule for hit in hits(text, Known())}


def test_a_longer_name_of_the_group_hides_no_shorter_name() -> None:
    text = "Сотталған Серік Ахметов дәрі алмаған."
    known = Known(harmless=("Айгүл Серікқызы Ахметовтегі",))
    assert Rule.PERSON_NAME in {hit.rule for hit in hits(text, known)}


def test_words_over_one_rule_are_named_once() -> None:
    text = "ИИН 900101300123"
    assert [hit.rule for hit in hits(text, Known())] == [Rule.IDENTITY_NUMBER]
