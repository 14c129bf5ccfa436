"""Reading checklists from YAML: a valid one comes whole, and every fault is told with its line and its item."""

import copy
import hashlib
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from baqylau.checklists.loading import canonical_json, check, from_json, load, load_standards, show, to_json
from baqylau.checklists.terms import (
    PLACE_GROUPS,
    UNITS,
    AnswerType,
    Basis,
    ChecklistFaults,
    Force,
    SectionKind,
    SourceKind,
    Text,
)

SCHEMA = Path(__file__).parents[2] / "inspect" / "baqylau" / "checklists" / "schema.json"
UNIT_NAMES = ", ".join(UNITS)
GROUP_NAMES = ", ".join(PLACE_GROUPS)
FILE = "forms/sample-visit/v1.yaml"

STANDARDS = """\
PEC:
  force: binding
  short: {kk: "ҚАК", ru: "УИК", en: "PEC"}
  title: {kk: "Кодекс", ru: "Кодекс", en: "Code"}
  valid_from: 2015-01-01
MR:
  force: un_soft_law
  short: {kk: "МҚ", ru: "ПМ", en: "MR"}
  title: {kk: "Қағидалар", ru: "Правила", en: "Rules"}
  valid_to: 2030-12-31
"""

BASE = """\
code: SAMPLE
slug: sample-visit
version: 1
title: {kk: "Үлгі", ru: "Образец", en: "Sample"}
sections:
  - id: A
    kind: domain
    title: {kk: "Қабылдау", ru: "Приём", en: "Admission"}
    intro: {kk: "Бастау", ru: "Начало", en: "Start"}
    items:
      - id: A1
        type: yesno
        text: {kk: "Сұрақ А1?", ru: "Вопрос А1?", en: "Question A1?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        sources: [O, D]
        standards: [PEC 93(1), MR 7(d)]
        limits:
          - {basis: national, field: value, op: "==", bound: no, standard: PEC 93(1)}
      - id: A2
        type: single
        text: {kk: "Сұрақ А2?", ru: "Вопрос А2?", en: "Question A2?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        choices:
          - {id: good, label: {kk: "Жақсы", ru: "Хорошо", en: "Good"}}
          - {id: no, label: {kk: "Жоқ", ru: "Нет", en: "No"}}
        sources: [S]
        standards: [PEC 94]
        relevance: A1 == "yes" and place.kind != "police_ivs"
      - id: A3
        type: ratio
        text: {kk: "Сұрақ А3?", ru: "Вопрос А3?", en: "Question A3?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        numerator: {kk: "Алым", ru: "Числитель", en: "Upper"}
        denominator: {kk: "Бөлім", ru: "Знаменатель", en: "Lower"}
        fields:
          - {id: kinds, type: multi, label: {kk: "Түрі", ru: "Вид", en: "Kind"}, choices: [{id: a, label: {kk: "а", ru: "а", en: "a"}}, {id: b, label: {kk: "б", ru: "б", en: "b"}}]}
          - {id: reason, type: text, label: {kk: "Себебі", ru: "Причина", en: "Reason"}}
        sources: [D]
        standards: [PEC 95]
        sensitive: true
  - id: D
    kind: domain
    title: {kk: "Алаң", ru: "Площадь", en: "Space"}
    intro: {kk: "Бастау", ru: "Начало", en: "Start"}
    repeats:
      - id: cell
        title: {kk: "Камера", ru: "Камера", en: "Cell"}
        add: {kk: "Камера қосу", ru: "Добавить камеру", en: "Add a cell"}
    items:
      - id: D1
        type: measure
        repeat: cell
        text: {kk: "Сұрақ D1?", ru: "Вопрос D1?", en: "Question D1?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        unit: m2
        sources: [O]
        standards: [PEC 115(1)]
      - id: D2
        type: count
        repeat: cell
        text: {kk: "Сұрақ D2?", ru: "Вопрос D2?", en: "Question D2?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        sources: [O]
        standards: [PEC 115(1)]
      - id: D3
        type: computed
        repeat: cell
        text: {kk: "Сұрақ D3?", ru: "Вопрос D3?", en: "Question D3?"}
        guidance: {kk: "Қараңыз.", ru: "Смотрите.", en: "Look."}
        unit: m2_per_person
        expression: D1 / D2
        standards: [PEC 115(1)]
        limits:
          - {basis: national, field: value, op: ">=", bound: 2.5, standard: PEC 115(1), when: '"men" in place.groups'}
          - basis: international
            field: value
            op: ">="
            bound: 4
            standard: MR 13
"""  # noqa: E501


def write(folder: Path, text: str | bytes, name: str = "sample-visit/v1.yaml") -> Path:
    """Put a checklist and the standards into a folder of forms; return the checklist's path."""
    path = folder / "forms" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "forms" / "standards.yaml").write_text(STANDARDS, encoding="utf-8")
    return path


def changed(old: str, new: str) -> str:
    assert BASE.count(old) == 1, f"{old!r} stands {BASE.count(old)} times in the base"
    return BASE.replace(old, new)


def told(path: Path) -> list[str]:
    return [str(fault) for fault in check(path)]


def test_a_valid_checklist_has_no_faults(tmp_path: Path) -> None:
    assert told(write(tmp_path, BASE)) == []


FAULTS: list[tuple[str, str, list[str]]] = [
    # the whole
    ("code: SAMPLE", "code: sample", ['1: "code" "sample" must be 2 to 12 capital letters and digits']),
    ("code: SAMPLE\n", "", ['1: "code" is missing']),
    (
        "code: SAMPLE",
        "code: SAMPLE\nauthor: me",
        ['2: unknown key "author"; one of code, slug, version, title, sections'],
    ),
    (
        "slug: sample-visit",
        "slug: other-visit",
        ['2: the slug "other-visit" is not the name of the folder, "sample-visit"'],
    ),
    ("version: 1", "version: 2", ["3: version 2 does not fit the name of the file, v1.yaml"]),
    (
        "version: 1",
        "version: 0",
        ['3: "version" must be at least 1', "3: version 0 does not fit the name of the file, v1.yaml"],
    ),
    ("version: 1", "version: one", ['3: "version" must be a whole number']),
    ('title: {kk: "Үлгі", ru: "Образец", en: "Sample"}', "title: Sample", ['4: "title" must be a mapping']),
    # languages
    ('{kk: "Сұрақ А1?", ru: "Вопрос А1?",', '{kk: "Сұрақ А1?",', ["13: item A1: text: Russian (ru) is missing"]),
    ('kk: "Сұрақ А1?"', 'kk: " "', ["13: item A1: text: Kazakh (kk) is empty"]),
    ('en: "Question A1?"', "en: 5", ["13: item A1: text: English (en) must be a text"]),
    ('en: "Question A1?"', "en: ~", ["13: item A1: text: English (en) must be a text"]),
    ('en: "Question A1?"', "en: why, de: warum", ['13: item A1: text: unknown key "de"; one of kk, ru, en']),
    ('ru: "Хорошо"', 'ru: ""', ["24: item A2: choice good: label: Russian (ru) is empty"]),
    ('ru: "Причина", ', "", ["37: item A3: field reason: label: Russian (ru) is missing"]),
    ('ru: "Добавить камеру", ', "", ["48: section D: repeat cell: add: Russian (ru) is missing"]),
    ('intro: {kk: "Бастау", ru: "Начало", en: "Start"}\n    repeats', "repeats", ['41: section D: "intro" is missing']),
    # ids
    ("- id: A2", "- id: A1", ['19: item A1: the item id "A1" is here twice']),
    ("- id: A2", "- id: B2", ["19: item B2: the id does not belong to section A"]),
    ("- id: A2", "- id: AA2", ["19: item AA2: the id does not belong to section A"]),
    ("- id: A2", "- id: a2", ['19: item a2: "id" "a2" must be capital letters and a number']),
    ("- id: A2\n        type", "- type", ['19: item 2 of section A: "id" is missing']),
    (
        "  - id: D\n",
        "  - id: A\n",
        [
            '41: section A: the section id "A" is here twice',
            "50: item D1: the id does not belong to section A",
            "58: item D2: the id does not belong to section A",
            "65: item D3: the id does not belong to section A",
        ],
    ),
    ("- {id: no,", "- {id: good,", ['25: item A2: the choice id "good" is here twice']),
    ("{id: b, label", "{id: a, label", ['36: item A3: field kinds: the choice id "a" is here twice']),
    ("{id: reason,", "{id: kinds,", ['37: item A3: the field id "kinds" is here twice']),
    ("{id: reason,", "{id: status,", ['37: item A3: the field id "status" is reserved']),
    (
        "{id: reason,",
        "{id: Reason,",
        ['37: item A3: field Reason: "id" "Reason" must be lower-case letters, digits and underscores'],
    ),
    # known words
    ("unit: m2\n", "unit: sqm\n", [f'55: item D1: unknown unit "sqm"; one of {UNIT_NAMES}']),
    (
        "type: yesno",
        "type: yes",
        [
            '12: item A1: unknown type "yes"; one of scale, count, measure, yesno, single, multi, ratio, text, date, computed'
        ],
    ),
    ("sources: [O, D]", "sources: [O, X]", ['15: item A1: unknown source "X"; one of O, P, S, D']),
    ("sources: [O, D]", "sources: []", ['15: item A1: "sources" must have at least 1 of them']),
    ("sources: [O, D]\n        ", "", ['11: item A1: "sources" is missing']),
    ("standards: [PEC 94]", "standards: [UN 94]", ['27: item A2: unknown act "UN"; one of PEC, MR']),
    (
        "standards: [PEC 94]",
        'standards: ["93(1) PEC"]',
        ['27: item A2: standard 1 "93(1) PEC" must be an act, with the place in it if there is one: PEC 115(1)'],
    ),
    ("        standards: [PEC 94]\n", "", ['19: item A2: "standards" is missing']),
    ("standard: MR 13", "standard: EPR 18", ['79: item D3: unknown act "EPR"; one of PEC, MR']),
    (
        "basis: international",
        "basis: regional",
        ['75: item D3: limit 2: unknown basis "regional"; one of national, international'],
    ),
    ("sensitive: true", "sensitive: yes", ['40: item A3: "sensitive" must be true or false']),
    (
        "sensitive: true",
        "secret: true",
        [
            '40: item A3: unknown key "secret"; one of id, type, repeat, text, guidance, value_label, numerator, '
            "denominator, unit, choices, fields, sources, standards, relevance, expression, limits, sensitive"
        ],
    ),
    # what a type needs
    ("        unit: m2\n", "", ['50: item D1: an item of type measure needs "unit"']),
    ("        unit: m2_per_person\n", "", ['65: item D3: an item of type computed needs "unit"']),
    ("        expression: D1 / D2\n", "", ['65: item D3: an item of type computed needs "expression"']),
    ("type: single", "type: text", ['23: item A2: "choices" has no meaning for an item of type text']),
    (
        "type: ratio",
        "type: scale",
        [
            '33: item A3: "numerator" has no meaning for an item of type scale',
            '34: item A3: "denominator" has no meaning for an item of type scale',
        ],
    ),
    (
        "type: yesno",
        "type: scale",
        [
            '17: item A1: "limits" has no meaning for an item of type scale',
            '28: item A2: relevance: "yes" is no choice of A1; one of met, partly, not_met, not_seen, not_applicable',
        ],
    ),
    (
        "{id: reason, type: text,",
        "{id: reason, type: measure,",
        ['37: item A3: field reason: a field of type measure needs "unit"'],
    ),
    (
        "{id: reason, type: text,",
        "{id: reason, type: date, unit: days,",
        ['37: item A3: field reason: "unit" has no meaning for a field of type date'],
    ),
    (
        "{id: reason, type: text,",
        "{id: reason, type: ratio,",
        ['37: item A3: field reason: unknown type "ratio"; one of count, measure, yesno, single, multi, text, date'],
    ),
    # repeats
    (
        'repeat: cell\n        text: {kk: "Сұрақ D2?"',
        'repeat: room\n        text: {kk: "Сұрақ D2?"',
        [
            '60: item D2: unknown repeat "room"; one of cell',
            "71: item D3: expression: column 6: D2 is answered once for each room; only an item of the same repeat can name it",
        ],
    ),
    (
        "type: yesno",
        "type: yesno\n        repeat: cell",
        [
            '13: item A1: unknown repeat "cell"; its section declares none',
            "29: item A2: relevance: column 1: A1 is answered once for each cell; only an item of the same repeat can name it",
        ],
    ),
    # limits
    (
        'field: value, op: "==", bound: no',
        'field: worth, op: "==", bound: no',
        ['18: item A1: limit 1: unknown field "worth"; one of value'],
    ),
    (
        "bound: no",
        "bound: never",
        ['18: item A1: limit 1: the bound "never" is no choice of value; one of yes, no, unknown'],
    ),
    ("bound: no", "bound: 3", ["18: item A1: limit 1: the bound 3 is no choice of value; one of yes, no, unknown"]),
    ('op: "==", bound: no', 'op: ">", bound: no', ['18: item A1: limit 1: value has no order; ">" cannot be asked']),
    ('op: "==", bound: no', "op: in, bound: no", ['18: item A1: limit 1: a list goes with "in", and "in" with a list']),
    ("bound: no", "bound: [no]", ['18: item A1: limit 1: a list goes with "in", and "in" with a list']),
    ("bound: 4", "bound: four", ['78: item D3: limit 2: value is a number; the bound "four" is not']),
    ("bound: 4", "bound: true", ['78: item D3: limit 2: "bound" must be a number or a text or a list']),
    ("            bound: 4\n", "", ['75: item D3: limit 2: "bound" is missing']),
    ('op: ">="\n', 'op: "=>"\n', ['77: item D3: limit 2: unknown op "=>"; one of >=, <=, ==, !=, >, <, in']),
    # expressions
    ('A1 == "yes" and', 'A1 = "yes" and', ['28: item A2: relevance: column 4: unexpected "="; equal is written "=="']),
    ('A1 == "yes" and', 'A9 == "yes" and', ['28: item A2: relevance: column 1: unknown item "A9"']),
    (
        'A1 == "yes" and',
        'A1.beds == "yes" and',
        ['28: item A2: relevance: column 1: A1 has no field "beds"; one of value'],
    ),
    (
        'A1 == "yes" and',
        'A1 == "sometimes" and',
        ['28: item A2: relevance: "sometimes" is no choice of A1; one of yes, no, unknown'],
    ),
    ('A1 == "yes" and', "A1 == 1 and", ["28: item A2: relevance: 1 is no choice of A1; one of yes, no, unknown"]),
    ('A1 == "yes" and', "A1 and", ['28: item A2: relevance: "and" joins conditions; A1 is none']),
    ('A1 == "yes" and', 'A1 > "no" and', ["28: item A2: relevance: A1 is a choice and has no order"]),
    ('A1 == "yes" and', "A1 + 1 > 2 and", ["28: item A2: relevance: A1 is not a number"]),
    ('A1 == "yes" and', 'A3 == "much" and', ['28: item A2: relevance: A3 and "much" cannot be compared']),
    (
        'A1 == "yes" and',
        'A3.kinds == "a" and',
        ['28: item A2: relevance: A3.kinds holds several choices; ask selected(A3.kinds, "…")'],
    ),
    (
        'A1 == "yes" and',
        'selected(A3.kinds, "c") and',
        ['28: item A2: relevance: "c" is no choice of A3.kinds; one of a, b'],
    ),
    ('A1 == "yes" and', 'selected(A3, "c") and', ["28: item A2: relevance: A3 has no choices"]),
    (
        'A1 == "yes" and',
        'A1 in ["yes", "never"] and',
        ['28: item A2: relevance: "never" is no choice of A1; one of yes, no, unknown'],
    ),
    (
        'A1 == "yes" and',
        'not "children" in place.groups and',
        [f'28: item A2: relevance: "children" is no choice of place.groups; one of {GROUP_NAMES}'],
    ),
    (
        'A1 == "yes" and',
        'not "a" in A3.reason and',
        ['28: item A2: relevance: A3.reason is no list; "in" needs one on its right'],
    ),
    (
        'A1 == "yes" and place.kind',
        "place.size",
        [
            '28: item A2: relevance: column 1: unknown name "place.size"; one of '
            "place.kind, place.groups, place.limit, visit.kind"
        ],
    ),
    (
        'relevance: A1 == "yes" and place.kind != "police_ivs"',
        "relevance: A3 + 1",
        ['28: item A2: relevance: it must be a condition, such as A1 == "yes"'],
    ),
    ("expression: D1 / D2", "expression: D1 > D2", ["71: item D3: expression: it must be a number, not a condition"]),
    (
        "expression: D1 / D2",
        "expression: D1 /",
        ["71: item D3: expression: column 5: the expression ends too early; a value is expected"],
    ),
    (
        '"men" in place',
        '"man" in place',
        [f'74: item D3: limit 1: when: "man" is no choice of place.groups; one of {GROUP_NAMES}'],
    ),
    (
        "sensitive: true",
        "relevance: D3 > 1",
        [
            "40: item A3: relevance: column 1: D3 is answered once for each cell; only an item of the same repeat can name it"
        ],
    ),
    # cycles
    ("sensitive: true", "relevance: A3 > 1", ["40: item A3: it depends on itself: A3 needs A3"]),
    (
        "type: yesno",
        'type: yesno\n        relevance: A2 == "good"',
        ["13: item A1: it depends on itself: A1 needs A2 needs A1"],
    ),
    ("expression: D1 / D2", "expression: D1 / D3", ["71: item D3: it depends on itself: D3 needs D3"]),
    # the writing
    ("  - id: D\n", "  - id: D\n    id: E\n", ['42: the key "id" is here twice']),
    ("unit: m2\n", "unit: &unit m2\n", ["55: the anchor &unit is not allowed"]),
    (
        "unit: m2\n",
        "unit: *unit\n",
        [
            "55: the alias *unit is not allowed; write the words out",
            f"55: item D1: unknown unit null; one of {UNIT_NAMES}",
        ],
    ),
    ("unit: m2\n", "unit: !!str m2\n", ["55: the tag tag:yaml.org,2002:str is not allowed"]),
    (
        "unit: m2\n",
        "? [unit]\n        : m2\n",
        ['50: item D1: an item of type measure needs "unit"', "55: a key must be a word"],
    ),
    (
        'A1 == "yes" and',
        '"men" in place.groups and',
        ["28: not YAML: did not find expected key; is a value that begins with a quotation mark quoted as a whole?"],
    ),
    ("unit: m2\n", "unit: [m2\n", ["56: not YAML: did not find expected ',' or ']'"]),
    ("unit: m2\n", "unit: m2\n---\n", ["56: a second document; a file holds one"]),
    ("unit: m2\n", "unit: \x01\n", ["55: not YAML: control characters are not allowed"]),
]


@pytest.mark.parametrize(
    ("old", "new", "lines"), FAULTS, ids=[f"{at}: {new[:40]!r}" for at, (_, new, _) in enumerate(FAULTS)]
)
def test_a_fault_is_told_with_its_line_and_its_item(tmp_path: Path, old: str, new: str, lines: list[str]) -> None:
    assert told(write(tmp_path, changed(old, new))) == [f"{FILE}:{line}" for line in lines]


def test_all_faults_of_a_file_are_told_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = BASE.replace("unit: m2\n", "unit: sqm\n").replace('kk: "Сұрақ А1?"', 'kk: ""').replace("PEC 94", "UN 94")
    text = text.replace("D1 / D2", "D1 / D9")
    path = write(tmp_path, text)
    assert told(path) == [
        f"{FILE}:13: item A1: text: Kazakh (kk) is empty",
        f'{FILE}:27: item A2: unknown act "UN"; one of PEC, MR',
        f'{FILE}:55: item D1: unknown unit "sqm"; one of {UNIT_NAMES}',
        f'{FILE}:71: item D3: expression: column 6: unknown item "D9"',
    ]
    with pytest.raises(ChecklistFaults) as raised:
        load(path, load_standards(path.parents[1] / "standards.yaml"))
    assert [str(fault) for fault in raised.value.faults] == told(path)
    assert str(raised.value) == "\n".join(told(path))


def test_an_item_refused_by_the_schema_is_still_known_to_expressions(tmp_path: Path) -> None:
    text = changed('kk: "Сұрақ А1?"', 'kk: ""')
    assert told(write(tmp_path, text)) == [f"{FILE}:13: item A1: text: Kazakh (kk) is empty"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"code: \xff\xfe\n", "1: the file is not UTF-8"),
        (BASE.encode().replace("Сұрақ D1?".encode(), b"\xd2"), "53: the file is not UTF-8"),
        (b"# " + b"x" * (2 * 1024 * 1024), "1: the file is larger than 2097152 bytes"),
        (b"", "1: the file must be a mapping"),
        (b"just words\n", "1: the file must be a mapping"),
        (b"- 1\n", "1: the file must be a mapping"),
        (b"code:\n" + b"".join(b" " * at + b"-\n" for at in range(1, 30)), "21: nested more than 20 deep"),
        (b"a: " + b"[" * 100_000, "1: nested more than 20 deep"),
        (b"%YAML 1.1\n--- 5\n", "1: directives are not allowed"),
    ],
    ids=["bytes", "bytes in the middle", "size", "nothing", "words", "list", "depth", "brackets", "directive"],
)
def test_a_file_that_is_no_checklist_is_refused(tmp_path: Path, content: bytes, line: str) -> None:
    assert told(write(tmp_path, content))[0] == f"{FILE}:{line}"


def test_a_file_that_is_not_there_is_a_fault_too(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    path.unlink()
    assert told(path) == [f"{FILE}:1: the file cannot be read: No such file or directory"]


def test_a_mark_of_byte_order_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert told(path) == []
    assert told(write(tmp_path, BASE.replace("\n", "\r\n").replace("unit: m2\r", "unit: sqm\r"))) == [
        f'{FILE}:55: item D1: unknown unit "sqm"; one of {UNIT_NAMES}'
    ]


def test_words_that_old_yaml_would_turn_into_something_else_stay_words(tmp_path: Path) -> None:
    text = changed('en: "No"', "en: No").replace('en: "Look."', "en: 2026-06-30", 1)
    path = write(tmp_path, text)
    checklist = load(path, load_standards(path.parents[1] / "standards.yaml"))
    assert checklist.items["A2"].choices[1].id == "no"
    assert checklist.items["A2"].choices[1].label["en"] == "No"
    assert checklist.items["A1"].guidance["en"] == "2026-06-30"
    assert checklist.items["A1"].limits[0].bound == "no"


def test_an_act_may_be_named_without_a_place_in_it(tmp_path: Path) -> None:
    path = write(tmp_path, changed("standards: [PEC 94]", "standards: [PEC]"))
    assert told(path) == []
    (standard,) = load(path, load_standards(path.parents[1] / "standards.yaml")).items["A2"].standards
    assert (standard.act, standard.at, str(standard)) == ("PEC", "", "PEC")


def test_a_checklist_comes_whole(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    checklist = load(path, load_standards(path.parents[1] / "standards.yaml"))
    assert (checklist.code, checklist.slug, checklist.version) == ("SAMPLE", "sample-visit", 1)
    assert checklist.languages == ("kk", "ru", "en")
    assert [section.kind for section in checklist.sections] == [SectionKind.DOMAIN, SectionKind.DOMAIN]
    assert list(checklist.items) == ["A1", "A2", "A3", "D1", "D2", "D3"]
    first, area = checklist.items["A1"], checklist.items["D3"]
    assert first.sources == (SourceKind.OBSERVATION, SourceKind.DOCUMENT)
    assert [(one.act, one.at, one.force) for one in first.standards] == [
        ("PEC", "93(1)", Force.BINDING),
        ("MR", "7(d)", Force.UN_SOFT_LAW),
    ]
    assert (area.type, area.repeat, area.expression) == (AnswerType.COMPUTED, "cell", "D1 / D2")
    assert [(one.basis, one.bound, str(one.standard)) for one in area.limits] == [
        (Basis.NATIONAL, 2.5, "PEC 115(1)"),
        (Basis.INTERNATIONAL, 4, "MR 13"),
    ]
    assert checklist.items["A3"].sensitive
    assert not first.sensitive
    assert [field.id for field in checklist.items["A3"].fields] == [
        "numerator",
        "denominator",
        "ratio",
        "kinds",
        "reason",
    ]


def test_the_hash_is_that_of_the_canonical_content_and_of_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    standards = load_standards(path.parents[1] / "standards.yaml")
    checklist = load(path, standards)
    content = yaml.load(BASE.replace("bound: no", 'bound: "no"').replace("{id: no,", '{id: "no",'), yaml.CSafeLoader)
    assert checklist.content == canonical_json(content)
    assert checklist.hash == hashlib.sha256(checklist.content.encode()).hexdigest()
    # Comments, order of keys and the words about acts are not what was asked.
    moved = BASE.replace("code: SAMPLE\nslug: sample-visit\n", "slug: sample-visit # a comment\ncode: SAMPLE\n")
    assert load(write(tmp_path, moved.replace("bound: 4\n", "bound: 4.0\n")), standards).hash == checklist.hash
    assert load(write(tmp_path, changed("bound: 4\n", "bound: 5\n")), standards).hash != checklist.hash


def test_a_stored_version_reads_back_without_the_yaml(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    checklist = load(path, load_standards(path.parents[1] / "standards.yaml"))
    stored = to_json(checklist)
    assert from_json(stored) == checklist
    assert to_json(from_json(stored)) == stored
    assert json.loads(stored)["acts"]["MR"]["valid_to"] == "2030-12-31"


def test_a_stored_version_that_was_tampered_with_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    stored = to_json(load(path, load_standards(path.parents[1] / "standards.yaml")))
    with pytest.raises(ChecklistFaults, match="does not fit its hash"):
        from_json(stored.replace('"bound":4', '"bound":3'))


def test_show_gives_plain_data_of_every_section_and_item(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    checklist = load(path, load_standards(path.parents[1] / "standards.yaml"))
    shown = json.loads(json.dumps(show(checklist)))
    assert shown["hash"] == checklist.hash
    assert shown["languages"] == ["kk", "ru", "en"]
    assert [(one["id"], one["kind"], [row["id"] for row in one["repeats"]]) for one in shown["sections"]] == [
        ("A", "domain", []),
        ("D", "domain", ["cell"]),
    ]
    area = shown["items"][-1]
    assert area["standards"] == [{"act": "PEC", "at": "115(1)", "force": "binding"}]
    assert area["limits"][1] == {
        "basis": "international",
        "field": "value",
        "op": ">=",
        "bound": 4,
        "standard": "MR 13",
        "when": None,
    }
    wanted = {
        "id",
        "section",
        "type",
        "text",
        "guidance",
        "sources",
        "standards",
        "relevance",
        "expression",
        "unit",
        "choices",
        "fields",
        "limits",
        "repeat",
        "sensitive",
    }
    assert {frozenset(one) for one in shown["items"]} == {frozenset(wanted)}


JUNK: list[Any] = [
    5,
    -1,
    2.5,
    True,
    None,
    "",
    "x",
    "A1",
    "cell",
    [],
    {},
    [1],
    ["a", "b"],
    {"id": "x"},
    [[]],
    {"kk": "a"},
]
JUNK += [[{"id": 3}], [{"id": ["q"]}], "A1 > 1", "((", [None], "D1 / D2", {"id": None, "type": "count"}]


def places_in(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path to everything inside a content."""
    steps = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for step, one in steps:
        yield (*path, step)
        yield from places_in(one, (*path, step))


def test_a_file_of_any_shape_gives_faults_and_never_breaks_the_check(tmp_path: Path) -> None:
    chance = random.Random(1123)
    path = write(tmp_path, BASE)
    standards = load_standards(path.parents[1] / "standards.yaml")
    whole = json.loads(load(path, standards).content)
    valid = 0
    for _ in range(400):
        content = copy.deepcopy(whole)
        for _ in range(chance.randint(1, 3)):
            *steps, last = chance.choice(list(places_in(content)))
            owner = content
            for step in steps:
                owner = owner[step]
            owner[last] = copy.deepcopy(chance.choice(JUNK))
        # JSON is YAML too, and knows neither anchors nor tags.
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        faults = check(path, standards)
        assert all(str(fault).startswith(FILE) for fault in faults)
        if not faults:
            valid += 1
            load(path, standards)
    assert valid < 40


STANDARD_FAULTS: list[tuple[str, str, str]] = [
    ("force: binding", "force: law", '2: PEC: unknown force "law"; one of binding, un_soft_law, comparative'),
    (
        "valid_from: 2015-01-01",
        "valid_from: 2015-02-30",
        '5: PEC: "valid_from" "2015-02-30" must be a day such as 2026-06-30',
    ),
    ('ru: "УИК", ', "", "3: PEC: short: Russian (ru) is missing"),
    ("force: binding", "weight: 1", '2: PEC: unknown key "weight"; one of force, short, title, valid_from, valid_to'),
    ("MR:", "M-R:", '6: the name "M-R" must be letters and digits'),
]


@pytest.mark.parametrize(("old", "new", "line"), STANDARD_FAULTS)
def test_a_fault_of_the_standards_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: str) -> None:
    path = tmp_path / "forms" / "standards.yaml"
    path.parent.mkdir()
    path.write_text(STANDARDS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ChecklistFaults) as raised:
        load_standards(path)
    assert f"forms/standards.yaml:{line}" in str(raised.value).splitlines()


def test_faults_of_the_standards_are_told_with_those_of_a_checklist(tmp_path: Path) -> None:
    path = write(tmp_path, BASE)
    (path.parents[1] / "standards.yaml").write_text("PEC: 5\n", encoding="utf-8")
    assert told(path)[0] == 'forms/standards.yaml:1: "PEC" must be a mapping'


def test_an_id_that_an_older_version_dropped_may_not_ask_something_else(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    item = BASE[BASE.index("      - id: A3") : BASE.index("  - id: D\n")]
    write(tmp_path, BASE.replace("version: 1", "version: 2").replace(item, ""), "sample-visit/v2.yaml")
    same = write(tmp_path, BASE.replace("version: 1", "version: 3"), "sample-visit/v3.yaml")
    assert told(same) == []
    other = write(
        tmp_path, same.read_text(encoding="utf-8").replace("Question A3?", "Another?"), "sample-visit/v3.yaml"
    )
    assert told(other) == ["forms/sample-visit/v3.yaml:29: item A3: an older version used this id for another question"]


def test_the_schema_and_the_words_of_the_room_know_the_same(tmp_path: Path) -> None:
    known = json.loads(SCHEMA.read_text(encoding="utf-8"))["$defs"]
    assert known["unit"]["enum"] == list(UNITS)
    assert known["item"]["properties"]["type"]["enum"] == list(AnswerType)
    assert known["item"]["properties"]["sources"]["items"]["enum"] == list(SourceKind)
    assert known["section"]["properties"]["kind"]["enum"] == list(SectionKind)
    assert known["limit"]["properties"]["basis"]["enum"] == list(Basis)
    assert known["act"]["properties"]["force"]["enum"] == list(Force)


def test_a_checklist_of_half_a_megabyte_loads_in_a_second_and_a_half(tmp_path: Path) -> None:
    path = write(tmp_path, big_checklist(), "big-visit/v1.yaml")
    standards = load_standards(path.parents[1] / "standards.yaml")
    assert path.stat().st_size >= 500 * 1024
    before = time.process_time()
    checklist = load(path, standards)
    assert time.process_time() - before <= 1.5
    stored = to_json(checklist)
    before = time.process_time()
    from_json(stored)
    assert time.process_time() - before <= 0.3


def big_checklist() -> str:
    """Return a checklist like the FULL one, and longer."""

    def text(words: str) -> Text:
        return {"kk": f"{words} қандай? " * 5, "ru": f"{words} каков? " * 5, "en": f"{words} what? " * 5}

    def item(section: str, at: int) -> dict[str, Any]:
        found: dict[str, Any] = {"id": f"{section}{at}", "text": text("item"), "guidance": text("guide")}
        found |= {"type": ("scale", "count", "measure", "single")[at % 4], "sources": ["O"], "standards": ["PEC 93(1)"]}
        if found["type"] == "single":
            found["choices"] = [{"id": f"c{one}", "label": text("choice")} for one in range(4)]
        if found["type"] == "measure":
            limit = {"basis": "national", "field": "value", "op": ">=", "bound": 2.5, "standard": "PEC 115(1)"}
            found |= {"unit": "m2", "limits": [limit | {"when": '"men" in place.groups'}]}
        if at > 1:
            found["relevance"] = f"{section}1 > {at} or answered({section}1)"
        return found

    sections = [
        {
            "id": one,
            "kind": "domain",
            "title": text("title"),
            "intro": text("intro"),
            "items": [item(one, at) for at in range(1, 31)],
        }
        for one in "ABCDEFGHIJKLMNOP"
    ]
    content = {"code": "BIG", "slug": "big-visit", "version": 1, "title": text("title"), "sections": sections}
    return yaml.dump(content, allow_unicode=True, sort_keys=False, width=1000)
