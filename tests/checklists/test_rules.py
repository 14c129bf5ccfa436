"""The decisions of a checklist: the shared cases of standing, what may be entered, and what may not be reused."""

import json
import math
import random
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from baqylau.checklists.building import build, build_act, fields_of
from baqylau.checklists.rules import (
    Standing,
    assess,
    assessments,
    check_answer,
    computed_values,
    evaluation_order,
    is_answered,
    needed_items,
    never_reused,
    progress,
    questions,
    relevant_items,
)
from baqylau.checklists.terms import (
    UNITS,
    Answers,
    AnswerType,
    Assessment,
    Basis,
    Checklist,
    Choice,
    Field,
    FieldType,
    Force,
    Item,
    Key,
    Rating,
    Standard,
)

HERE = Path(__file__).parent
SHARED: dict[str, Any] = json.loads((HERE / "standing_cases.json").read_text(encoding="utf-8"))
RELEVANCE_JS = HERE.parents[1] / "static" / "js" / "relevance.js"
WORDS = {"kk": "сөз", "ru": "слово", "en": "word"}


def sample() -> Checklist:
    return build(SHARED["content"], {act: build_act(act, one) for act, one in SHARED["acts"].items()})


def shown(key: Key) -> str:
    return "/".join(part for part in key if part)


def keyed(answers: dict[str, Any]) -> Answers:
    return {(key.partition("/")[0], key.partition("/")[2]): answer for key, answer in answers.items()}


def weighed(found: dict[Basis, Assessment]) -> dict[str, Any]:
    def bound(value: object) -> object:
        return list(value) if isinstance(value, tuple) else value

    return {
        basis.value: [one.rating, [[str(limit.standard), limit.op, bound(limit.bound)] for limit in one.limits]]
        for basis, one in found.items()
    }


def stand(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the rules say of a visit, in the shape of the shared cases."""
    given = sample(), case["context"], keyed(case["answers"]), case["rows"]
    found = {shown(key): weighed(one) for key, one in assessments(*given).items()}
    return {
        "asked": [shown(key) for key in relevant_items(*given)],
        "computed": {shown(key): value for key, value in computed_values(*given).items()},
        "assessments": {key: one for key, one in found.items() if any(rating for rating, _ in one.values())},
        "progress": {section: [one.asked, one.answered] for section, one in progress(*given).items()},
    }


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["about"])
def test_a_visit_stands_as_the_shared_cases_say(case: dict[str, Any]) -> None:
    for name, found in stand(case).items():
        assert found == case[name], name


NODE_SCRIPT = """
import { readFileSync } from "node:fs";
const { Standing, keyOf, prepare } = await import(process.argv[1]);
const { content, cases } = JSON.parse(readFileSync(0, "utf8"));
const plan = prepare(content);
const found = cases.map(({ context, answers, rows }) => {
  const standing = new Standing(plan, { context, answers: new Map(Object.entries(answers)), rows });
  const keys = [...plan.nodes.keys()].flatMap((id) => standing.rowsOf(id).map((row) => keyOf(id, row)));
  const asked = keys.filter((key) => standing.isAsked(key));
  const ratings = asked.map((key) => {
    const { national, international } = standing.assessments(key);
    return [key, national.rating, international.rating];
  });
  return { asked, computed: asked.map((key) => standing.computed(key)), ratings, progress: standing.progress() };
});
process.stdout.write(JSON.stringify(found));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_python_and_javascript_stand_alike_on_visits_made_by_chance() -> None:
    chance = random.Random(1123)
    cases = [visit_by_chance(chance) for _ in range(300)]
    run = subprocess.run(
        ["node", "--input-type=module", "-e", NODE_SCRIPT, RELEVANCE_JS.as_uri()],
        input=json.dumps({"content": SHARED["content"], "cases": cases}),
        capture_output=True,
        text=True,
        check=True,
    )
    for case, there in zip(cases, json.loads(run.stdout), strict=True):
        standing = stand(case)
        assert standing["asked"] == there["asked"], case
        assert [standing["computed"].get(key) for key in standing["asked"]] == there["computed"], case
        ratings = {key: (one["national"][0], one["international"][0]) for key, one in standing["assessments"].items()}
        assert [[key, *ratings.get(key, (None, None))] for key in standing["asked"]] == there["ratings"], case
        counted = {section: [one["asked"], one["answered"]] for section, one in there["progress"].items()}
        assert standing["progress"] == counted, case


def visit_by_chance(chance: random.Random) -> dict[str, Any]:
    numbers = [0, 1, 2, 4, 6, 14.2, 501]
    values: dict[str, list[dict[str, Any]]] = {
        "A1": [{"value": "yes"}, {"value": "no"}, {"status": "not_seen"}],
        "A2": [{"value": number} for number in numbers],
        "A4": [{"value": "good"}, {"value": "bad"}],
        "A5": [{"value": ["cuffs"]}, {"value": ["none"]}, {"value": ["chains", "cuffs"]}],
        "A6": [{"numerator": one, "denominator": chance.choice(numbers), "minors": 1} for one in numbers],
        "A8": [{"national": "met", "international": "not_met"}, {"national": "not_seen"}],
        "D9": [{"value": 501}, {"value": 3}],
    }
    answers = {item: chance.choice(several) for item, several in values.items() if chance.random() < 0.7}
    for row in ("r1", "r2", "r3")[: chance.randint(0, 3)]:
        answers[f"D1/{row}"] = {"value": chance.choice(numbers)}
        answers[f"D2/{row}"] = {"value": chance.choice(numbers), "beds": chance.choice(numbers)}
    groups = chance.sample(["men", "women", "minors"], chance.randint(0, 3))
    context = {"place.kind": chance.choice(["remand", "police_ivs"]), "place.groups": groups, "place.limit": 101}
    return {"context": context, "answers": answers, "rows": {"cell": ["r1"]} if chance.random() < 0.5 else {}}


def test_a_limit_is_weighed_for_a_single_answer_with_the_names_of_its_row() -> None:
    checklist = sample()
    context = {"place.groups": ["women"]}
    answers: Answers = {("D2", "r1"): {"value": 1}}
    item = checklist.items["D3"]
    lookup = Standing(checklist, context, answers).lookup(item, "r1")
    found = assess(item, {"value": 5}, context, lookup)
    assert found[Basis.NATIONAL] == Assessment(Rating.MET, (item.limits[1],))
    assert found[Basis.INTERNATIONAL] == Assessment(Rating.NOT_MET, (item.limits[4],))


def test_a_missing_answer_is_weighed_as_nothing() -> None:
    checklist = sample()
    for item_id in ("A1", "A8", "D3"):
        found = assess(checklist.items[item_id], None, {}, lambda _: None)
        assert {one.rating for one in found.values()} == {None}


# What may be entered


def item(kind: str, **more: Any) -> Item:
    """Return an item of that type as a checklist would make it."""
    labels = {"numerator": WORDS, "denominator": WORDS} if kind == "ratio" else {}
    fields = fields_of({"type": kind, **labels, **more})
    return Item("A1", "A", AnswerType(kind), WORDS, WORDS, (), (), fields)


COLOURS: list[dict[str, Any]] = [{"id": one, "label": WORDS} for one in ("red", "blue", "none")]
BESIDE = [
    {"id": "beds", "type": "count", "label": WORDS},
    {"id": "length", "type": "measure", "unit": "days", "label": WORDS},
    {"id": "told", "type": "yesno", "label": WORDS},
    {"id": "kinds", "type": "multi", "choices": COLOURS, "label": WORDS},
    {"id": "kind", "type": "single", "choices": COLOURS, "label": WORDS},
    {"id": "last", "type": "date", "label": WORDS},
    {"id": "reason", "type": "text", "label": WORDS},
]
GOOD: list[tuple[Item, object]] = [
    (item("scale"), {"national": "met", "international": "not_applicable"}),
    (item("scale"), {"national": "not_seen"}),
    (item("count"), {"value": 0}),
    (item("count"), {"value": 12.0}),
    (item("count", unit="persons"), {"value": 9}),
    (item("measure", unit="m2"), {"value": 14.2, "instrument": "laser", "time": "23:59"}),
    (item("measure", unit="celsius"), {"value": -31.5, "time": "00:00"}),
    (item("yesno"), {"value": "unknown"}),
    (item("single", choices=COLOURS), {"value": "red"}),
    (item("multi", choices=COLOURS), {"value": ["red", "blue"]}),
    (item("multi", choices=COLOURS), {"value": ["none"]}),
    (item("ratio"), {"numerator": 900, "denominator": 800}),
    (item("text"), {"value": "қ" * 4000}),
    (item("text"), {"value": "two\nlines\tand a tab"}),
    (item("date"), {"value": "2028-02-29"}),
    (item("count", fields=BESIDE), {"value": 1, "beds": 2, "length": 3.5, "told": "no", "kinds": ["red"]}),
    (item("count", fields=BESIDE), {"kind": "blue", "last": "2026-01-31", "reason": "why"}),
    (item("count"), {"status": "not_seen"}),
    (item("date"), {"status": "not_applicable"}),
    (item("text"), {}),
    (item("computed", unit="points"), {}),
]


@pytest.mark.parametrize(("asked", "value"), GOOD)
def test_a_right_answer_is_taken(asked: Item, value: object) -> None:
    assert check_answer(asked, value) == []


WRONG: list[tuple[Item, object, list[tuple[str, str]]]] = [
    (item("count"), None, [("not_an_object", "")]),
    (item("count"), [1], [("not_an_object", "")]),
    (item("count"), {"value": -1}, [("out_of_range", "value")]),
    (item("count"), {"value": 10_000_001}, [("out_of_range", "value")]),
    (item("count"), {"value": 10**400}, [("out_of_range", "value")]),
    (item("count"), {"value": 1.5}, [("not_whole", "value")]),
    (item("count"), {"value": True}, [("not_a_number", "value")]),
    (item("count"), {"value": "3"}, [("not_a_number", "value")]),
    (item("count"), {"value": None}, [("not_a_number", "value")]),
    (item("count"), {"value": math.nan}, [("not_finite", "value")]),
    (item("count", unit="celsius"), {"value": -4}, [("out_of_range", "value")]),
    (item("count"), {"colour": 1, "value": 2}, [("unknown_field", "colour")]),
    (item("measure", unit="m2"), {"value": -0.1}, [("out_of_range", "value")]),
    (item("measure", unit="hours_per_week"), {"value": 169}, [("out_of_range", "value")]),
    (item("measure", unit="m2"), {"value": math.inf}, [("not_finite", "value")]),
    (item("measure", unit="m2"), {"value": 3, "time": "24:00"}, [("not_a_time", "time")]),
    (item("measure", unit="m2"), {"value": 3, "time": "9:05"}, [("not_a_time", "time")]),
    (item("measure", unit="m2"), {"value": 3, "instrument": 5}, [("not_a_text", "instrument")]),
    (item("yesno"), {"value": True}, [("unknown_choice", "value")]),
    (item("yesno"), {"value": "maybe"}, [("unknown_choice", "value")]),
    (item("single", choices=COLOURS), {"value": "green"}, [("unknown_choice", "value")]),
    (item("single", choices=COLOURS), {"value": ["red"]}, [("unknown_choice", "value")]),
    (item("multi", choices=COLOURS), {"value": "red"}, [("not_a_list", "value")]),
    (item("multi", choices=COLOURS), {"value": []}, [("nothing_chosen", "value")]),
    (item("multi", choices=COLOURS), {"value": ["red", "green"]}, [("unknown_choice", "value")]),
    (item("multi", choices=COLOURS), {"value": [["red"]]}, [("unknown_choice", "value")]),
    (item("multi", choices=COLOURS), {"value": ["red", "red"]}, [("repeated_choice", "value")]),
    (item("multi", choices=COLOURS), {"value": ["none", "red"]}, [("none_with_others", "value")]),
    (
        item("scale"),
        {"national": "bad", "international": 1},
        [("unknown_choice", "national"), ("unknown_choice", "international")],
    ),
    (item("scale"), {"status": "not_seen"}, [("status_on_scale", "status")]),
    (item("ratio"), {"numerator": 1, "denominator": 2, "ratio": 50}, [("computed_field", "ratio")]),
    (
        item("ratio"),
        {"numerator": 0.5, "denominator": -2},
        [("not_whole", "numerator"), ("out_of_range", "denominator")],
    ),
    (item("text"), {"value": "a" * 4001}, [("too_long", "value")]),
    (item("text"), {"value": " \n"}, [("blank", "value")]),
    (item("text"), {"value": "a\x00b"}, [("unprintable", "value")]),
    (item("text"), {"value": "a\ud800b"}, [("unprintable", "value")]),
    (item("text"), {"value": 5}, [("not_a_text", "value")]),
    (item("date"), {"value": "2027-02-29"}, [("not_a_date", "value")]),
    (item("date"), {"value": "20270201"}, [("not_a_date", "value")]),
    (item("date"), {"value": "2027-2-1"}, [("not_a_date", "value")]),
    (item("date"), {"value": "0202-12-01"}, [("out_of_range", "value")]),
    (item("date"), {"value": 20270201}, [("not_a_date", "value")]),
    (item("count"), {"status": "gone"}, [("unknown_status", "status")]),
    (item("count"), {"status": ["not_seen"]}, [("unknown_status", "status")]),
    (item("count"), {"status": "not_seen", "value": 1}, [("status_with_fields", "status")]),
    (item("computed", unit="points"), {"value": 1}, [("nothing_entered", "")]),
    (item("computed", unit="points"), {"status": "not_seen"}, [("nothing_entered", "")]),
    (
        item("count", fields=BESIDE),
        {"value": 1, "beds": 1.5, "told": 1},
        [("not_whole", "beds"), ("unknown_choice", "told")],
    ),
]


@pytest.mark.parametrize(("asked", "value", "problems"), WRONG)
def test_a_wrong_answer_is_refused_with_a_code_for_each_field(
    asked: Item, value: object, problems: list[tuple[str, str]]
) -> None:
    assert [(one.code, one.field) for one in check_answer(asked, value)] == problems


def test_a_problem_carries_what_its_message_needs() -> None:
    (found,) = check_answer(item("measure", unit="lux"), {"value": 1e9})
    assert found.params == {"low": UNITS["lux"][0], "high": UNITS["lux"][1]}
    (found,) = check_answer(item("text"), {"value": "a" * 5000})
    assert found.params == {"most": 4000, "length": 5000}
    (found,) = check_answer(item("single", choices=COLOURS), {"value": "green"})
    assert found.params == {"choices": ["red", "blue", "none"]}


@pytest.mark.parametrize(
    ("asked", "value", "answered"),
    [
        (item("scale"), {"national": "met"}, False),
        (item("scale"), {"national": "met", "international": "met"}, True),
        (item("ratio"), {"numerator": 3}, False),
        (item("ratio"), {"numerator": 0, "denominator": 0}, True),
        (item("measure", unit="m2"), {"instrument": "laser"}, False),
        (item("measure", unit="m2"), {"value": 0}, True),
        (item("count", fields=BESIDE), {"beds": 3}, False),
        (item("count"), {"status": "not_seen"}, True),
        (item("count"), {}, False),
        (item("count"), None, False),
    ],
)
def test_an_item_is_answered_when_its_main_fields_are_filled_or_a_status_is_given(
    asked: Item, value: dict[str, object] | None, answered: bool
) -> None:
    assert is_answered(asked, value) is answered


# Order and ids


def test_items_are_decided_after_those_that_they_need() -> None:
    order, cycles = evaluation_order({"A1": ["B2"], "B2": ["C3"], "C3": [], "D4": ["A1", "Z9"]})
    assert order.index("C3") < order.index("B2") < order.index("A1") < order.index("D4")
    assert cycles == []


def test_every_cycle_is_found_and_read_from_the_needing_to_the_needed() -> None:
    order, cycles = evaluation_order({"A1": ["A2"], "A2": ["A3"], "A3": ["A1"], "B1": ["B1"], "C1": []})
    assert order == ["C1"]
    turned = {tuple(cycle) for cycle in cycles}
    assert ("B1", "B1") in turned
    assert turned - {("B1", "B1")} <= {("A1", "A2", "A3", "A1"), ("A2", "A3", "A1", "A2"), ("A3", "A1", "A2", "A3")}
    assert len(cycles) == 2


def test_a_very_long_chain_of_items_is_decided_without_deep_recursion() -> None:
    content = json.loads(json.dumps(SHARED["content"]))
    template = content["sections"][0]["items"][0]
    chain = [{**template, "id": f"A{at}", "relevance": f'A{at + 1} == "no"'} for at in range(1, 3000)]
    content["sections"] = [{**content["sections"][0], "items": [*chain, {**template, "id": "A3000"}]}]
    checklist = build(content, {act: build_act(act, one) for act, one in SHARED["acts"].items()})
    answers = {(item_id, ""): {"value": "no"} for item_id in checklist.items}
    assert len(relevant_items(checklist, {}, answers)) == 3000
    answers["A3000", ""] = {"value": "yes"}
    assert relevant_items(checklist, {}, answers) == [("A3000", "")]


def test_the_items_that_expressions_need_are_named_once_and_without_the_place() -> None:
    assert needed_items(['A1 == "yes" and A2.beds > 3', None, "A2 / place.limit"]) == ["A1", "A2"]


def test_an_id_that_was_dropped_may_not_come_back_with_another_question() -> None:
    first = [("A1", "one"), ("A2", "two"), ("A3", "three")]
    second = [("A1", "one, in better words"), ("A3", "three")]
    assert never_reused([], first) == []
    assert never_reused([first], second) == []
    assert never_reused([first, second], [("A1", "one again"), ("A2", "something else"), ("A4", "new")]) == ["A2"]
    assert never_reused([first, second], [("A2", "two")]) == []


def test_a_question_is_known_by_its_words_in_every_language() -> None:
    checklist = sample()
    before = dict(questions(checklist))
    section = checklist.sections[0]
    changed = replace(section.items[0], text={**section.items[0].text, "kk": "басқа"})
    other = replace(checklist, sections=(replace(section, items=(changed, *section.items[1:])),))
    after = dict(questions(other))
    assert before["A1"] != after["A1"]
    assert before["A2"] == after["A2"]


def test_a_standard_may_be_quoted_only_within_its_days() -> None:
    standard = Standard("C95", "17", Force.BINDING, WORDS, WORDS, date(1995, 9, 5), date(2026, 6, 30))
    assert standard.is_valid_on(date(2026, 6, 30))
    assert not standard.is_valid_on(date(2026, 7, 1))
    assert not standard.is_valid_on(date(1995, 9, 4))
    assert str(standard) == "C95 17"


def test_every_field_of_an_answer_is_listed_those_of_the_type_first() -> None:
    asked = item("measure", unit="m2", fields=BESIDE[:1])
    assert [field.id for field in asked.fields] == ["value", "instrument", "time", "beds"]
    assert [field.id for field in item("ratio").fields] == ["numerator", "denominator", "ratio"]
    assert [field.id for field in item("scale").fields] == ["national", "international"]
    assert item("single", choices=COLOURS).field("value") == Field(
        "value", FieldType.SINGLE, {}, choices=tuple(Choice(one["id"], WORDS) for one in COLOURS), is_main=True
    )
    assert asked.field("colour") is None
