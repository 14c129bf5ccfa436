"""Checklists for tests: a small valid instrument with one item of most types, and published versions of it."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session

from baqylau.checklists.actions import publish
from baqylau.checklists.loading import load, load_standards
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.terms import Checklist
from baqylau.locations import shipped
from tests.factories.people import LONG_AGO

_numbers = count(1)

#: {slug}, {version}, {prefix} are replaced; the items are <prefix>D1 … <prefix>D6 and <prefix>F1 … <prefix>F3.
SMALL = """
code: SMALL
slug: {slug}
version: {version}
title: {kk: "Камераны қысқаша қарау", ru: "Краткий осмотр камер", en: "Short look at cells"}
sections:
  - id: {prefix}D
    kind: domain
    title: {kk: "Тұрғын алаң", ru: "Жилая площадь", en: "Living space"}
    intro: {kk: "Камералардан бастаңыз.", ru: "Начните с камер.", en: "Begin with the cells."}
    repeats:
      - id: {repeat}
        title: {kk: "Камера", ru: "Камера", en: "Cell"}
        add: {kk: "Камера қосу", ru: "Добавить камеру", en: "Add a cell"}
    items:
      - id: {prefix}D1
        type: measure
        repeat: {repeat}
        text: {kk: "Камераның ауданы қандай?", ru: "Какова площадь камеры?", en: "What is the area of the cell?"}
        guidance: {kk: "Дәретханасыз өлшеңіз.", ru: "Измерьте без санузла.", en: "Measure without the sanitary part."}
        unit: m2
        sources: [O]
        standards: [PEC 115(1), MR 13]
      - id: {prefix}D2
        type: count
        repeat: {repeat}
        text: {kk: "Камерада неше адам ұсталады?", ru: "Сколько человек в камере?", en: "How many people are held in the cell?"}
        guidance: {kk: "Өзіңіз санаңыз.", ru: "Посчитайте сами.", en: "Count yourself."}
        value_label: {kk: "Адамдар", ru: "Люди", en: "People"}
        fields:
          - id: beds
            type: count
            label: {kk: "Төсектер", ru: "Кровати", en: "Beds"}
        sources: [O, D]
        standards: [MR 13]
      - id: {prefix}D3
        type: computed
        repeat: {repeat}
        text: {kk: "Бір адамға неше шаршы метр келеді?", ru: "Сколько метров на человека?", en: "How much area has each?"}
        guidance: {kk: "Өзі есептеледі.", ru: "Считается само.", en: "It is computed."}
        unit: m2_per_person
        expression: "{prefix}D1 / {prefix}D2"
        standards: [PEC 115(1)]
        limits:
          - {basis: national, field: value, op: ">=", bound: 2.5, standard: PEC 115(1)}
          - {basis: international, field: value, op: ">=", bound: 4, standard: CPT living space}
      - id: {prefix}D4
        type: scale
        text: {kk: "Жарық оқуға жете ме?", ru: "Хватает ли света для чтения?", en: "Is there light enough to read?"}
        guidance: {kk: "Терезенің жанында тексеріңіз.", ru: "Проверьте у окна.", en: "Try it at the window."}
        sources: [O, P]
        standards: [PEC 115(5), MR 14]
      - id: {prefix}D5
        type: multi
        text: {kk: "Камерада не жетіспейді?", ru: "Чего не хватает в камере?", en: "What is missing in the cell?"}
        guidance: {kk: "Бәрін белгілеңіз.", ru: "Отметьте всё.", en: "Tick everything."}
        choices:
          - {id: none, label: {kk: "Ештеңе", ru: "Ничего", en: "Nothing"}}
          - {id: table, label: {kk: "Үстел", ru: "Стол", en: "Table"}}
          - {id: window, label: {kk: "Терезе", ru: "Окно", en: "Window"}}
        sources: [O]
        standards: [MR 13]
      - id: {prefix}D6
        type: single
        relevance: place.kind == "remand"
        text: {kk: "Бөлек ұстала ма?", ru: "Содержатся ли раздельно?", en: "Are they held apart?"}
        guidance: {kk: "Тізімді қараңыз.", ru: "Посмотрите список.", en: "Look at the list."}
        choices:
          - {id: always, label: {kk: "Әрқашан", ru: "Всегда", en: "Always"}}
          - {id: never, label: {kk: "Ешқашан", ru: "Никогда", en: "Never"}}
        sources: [D]
        standards: [MR 11]
  - id: {prefix}F
    kind: domain
    title: {kk: "Денсаулық сақтау", ru: "Медицинская помощь", en: "Health care"}
    intro: {kk: "Дәрігерден сұраңыз.", ru: "Спросите врача.", en: "Ask the doctor."}
    items:
      - id: {prefix}F1
        type: yesno
        text: {kk: "Дәрігер күн сайын келе ме?", ru: "Приходит ли врач каждый день?", en: "Does a doctor come every day?"}
        guidance: {kk: "Журналды қараңыз.", ru: "Посмотрите журнал.", en: "Look at the log."}
        sources: [D, S]
        standards: [MR 31]
        limits:
          - {basis: international, field: value, op: "==", bound: "yes", standard: MR 31}
      - id: {prefix}F2
        type: ratio
        text: {kk: "Неше адам тексерілді?", ru: "Сколько людей осмотрено?", en: "How many people were examined?"}
        guidance: {kk: "Журналдан санаңыз.", ru: "Посчитайте по журналу.", en: "Count in the log."}
        numerator: {kk: "Тексерілді", ru: "Осмотрено", en: "Examined"}
        denominator: {kk: "Келді", ru: "Прибыло", en: "Arrived"}
        sources: [D]
        standards: [MR 30]
      - id: {prefix}F3
        type: text
        sensitive: true
        text: {kk: "Адамдар не айтты?", ru: "Что рассказали люди?", en: "What did people tell?"}
        guidance: {kk: "Аттарын жазбаңыз.", ru: "Не пишите имён.", en: "Write no names."}
        sources: [P]
        standards: [MR 24]
"""


def small_yaml(slug: str = "short-look", version: int = 1, prefix: str = "", **words: str) -> str:
    """Return the small checklist as YAML; `words` replaces texts: {"old words": "new words"} by `**`."""
    places = {"slug": slug, "version": str(version), "prefix": prefix, "repeat": f"cell{prefix.lower()}"}
    written = SMALL
    for place, value in places.items():
        written = written.replace(f"{{{place}}}", value)
    for old, new in words.items():
        if old not in written:
            raise ValueError(f"the small checklist does not hold {old!r}")
        written = written.replace(old, new)
    return written


def small_checklist(
    slug: str = "short-look", version: int = 1, prefix: str = "", words: Mapping[str, str] | None = None
) -> Checklist:
    """Return the small checklist, loaded as a file of forms/ is."""
    return _loaded(slug, version, small_yaml(slug, version, prefix, **(words or {})))


@cache
def _loaded(slug: str, version: int, written: str) -> Checklist:
    with TemporaryDirectory() as folder:
        path = Path(folder) / slug / f"v{version}.yaml"
        path.parent.mkdir()
        path.write_text(written, encoding="utf-8")
        return load(path, load_standards(shipped("forms") / "standards.yaml"))


def make_checklist_version(
    session: Session,
    slug: str | None = None,
    version: int = 1,
    prefix: str = "",
    words: Mapping[str, str] | None = None,
    checklist: Checklist | None = None,
    published_at: datetime = LONG_AGO,
) -> ChecklistVersion:
    """Return a published version of the small checklist (or of `checklist`) under a slug of its own.

    `prefix` (capital letters) goes before section and item ids, so that two can be pinned to one visit.
    """
    slug = slug or f"short-look-{next(_numbers)}"
    return publish(session, None, checklist or small_checklist(slug, version, prefix, words), published_at)
