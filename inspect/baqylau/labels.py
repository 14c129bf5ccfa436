"""The words in which enum values are shown: one table for each kind, translated where they are shown.

Knows neither Flask nor the database and imports no room, so that pages, exports and the report say the same word for the
same value. Keys are the values as they are stored (`docs/checklist-format.md`, `reports.schemas`).
"""

from collections.abc import Mapping

from baqylau.i18n import Translate
from baqylau.i18n import lazy as _

RATING: Mapping[str, str] = {
    "met": _("met"),
    "partly": _("partly met"),
    "not_met": _("not met"),
    "not_seen": _("not seen"),
    "not_applicable": _("not applicable"),
}

SEVERITY: Mapping[str, str] = {
    "low": _("low severity"),
    "medium": _("medium severity"),
    "high": _("high severity"),
    "critical": _("critical severity"),
}

CAUSE: Mapping[str, str] = {
    "law": _("legislation"),
    "practice": _("policy and practice"),
    "training": _("training of staff"),
    "staffing": _("staffing"),
    "money": _("funding"),
    "building": _("buildings and equipment"),
    "attitude": _("attitude of staff"),
    "supervision": _("supervision and control"),
}

LEVEL: Mapping[str, str] = {
    "facility": _("Administration of the place"),
    "regional": _("Regional department"),
    "committee": _("Penal System Committee"),
    "ministry": _("Ministry"),
    "government": _("Government and legislature"),
    "prosecutor": _("Prosecutor"),
}

PRIORITY: Mapping[str, str] = {
    "immediate": _("Immediate: within 72 hours"),
    "short": _("Short term: up to 3 months"),
    "medium": _("Medium term: up to 12 months"),
    "structural": _("Structural: more than 12 months"),
}

PLACE_KIND: Mapping[str, str] = {
    "colony_minimum": _("minimum-security institution"),
    "colony_medium": _("medium-security institution"),
    "colony_maximum": _("maximum-security institution"),
    "colony_extraordinary": _("extraordinary-security institution"),
    "colony_full": _("full-security institution"),
    "colony_mixed": _("mixed-security institution"),
    "colony_minors": _("medium-security institution for minors"),
    "remand": _("remand centre"),
    "police_ivs": _("police temporary detention facility"),
    "special_reception": _("special reception centre for administrative arrest"),
    "reception_distribution": _("reception-distribution centre"),
    "minors_adaptation": _("adaptation centre for minors"),
    "guardhouse": _("military guardhouse"),
    "psychiatric": _("psychiatric organisation"),
    "social_care": _("special social services organisation"),
}

GROUP: Mapping[str, str] = {
    "men": _("men"),
    "women": _("women"),
    "minors": _("minors"),
    "life": _("persons serving life imprisonment"),
    "untried": _("suspects and accused persons"),
    "foreigners": _("foreigners"),
    "mothers_with_children": _("mothers with children"),
    "disabled": _("persons with disabilities"),
}

VISIT_KIND: Mapping[str, str] = {
    "periodic": _("periodic preventive visit"),
    "interim": _("interim preventive visit"),
    "special": _("special preventive visit"),
    "commission": _("visit of the public monitoring commission"),
}

COUNCIL_KIND: Mapping[str, str] = {
    "commission": _("public monitoring commission"),
    "npm_group": _("group of the national preventive mechanism"),
    "ombudsman_office": _("office of the Commissioner for Human Rights"),
}

SOURCE: Mapping[str, str] = {
    "O": _("observation"),
    "P": _("persons held"),
    "S": _("staff"),
    "D": _("documents"),
}

FORCE: Mapping[str, str] = {
    "binding": _("binding"),
    "un_soft_law": _("UN soft law"),
    "comparative": _("comparative"),
}

GROUND: Mapping[str, str] = {
    "no_ground": _("no ground was given"),
    "no_mandate_accepted": _("the mandate was not accepted"),
    "lock_down": _("regime of special conditions"),
    "quarantine": _("quarantine"),
    "no_notice": _("no notice was given"),
    "devices": _("tablets, cameras or telephones"),
    "other": _("another ground"),
}

EARLIER_STATE: Mapping[str, str] = {
    "resolved": _("resolved"),
    "repeated": _("not resolved, repeated"),
    "open": _("still open"),
    "not_checked": _("not checked"),
}

SIGN_OFF_ACT: Mapping[str, str] = {
    "recorded": _("answers recorded"),
    "concluded": _("visit concluded"),
    "reviewed": _("findings reviewed"),
    "approved": _("report approved"),
    "issued": _("report issued"),
}

UNIT: Mapping[str, str] = {
    "m2": _("m²"),
    "m": _("m"),
    "cm": _("cm"),
    "lux": _("lux"),
    "celsius": _("°C"),
    "minutes": _("minutes"),
    "hours": _("hours"),
    "days": _("days"),
    "weeks": _("weeks"),
    "months": _("months"),
    "seconds": _("seconds"),
    "percent": "%",
    "persons": _("persons"),
    "per_week": _("times a week"),
    "per_month": _("times a month"),
    "hours_per_week": _("hours a week"),
    "tenge": _("tenge"),
    "grams": _("grams"),
    "dbm": _("dBm"),
    "kilometres": _("km"),
    "m2_per_person": _("m² per person"),
    "persons_per_post": _("persons per post"),
    "points": _("points"),
}

LANGUAGE_NAME: Mapping[str, str] = {
    "kk": _("Kazakh"),
    "ru": _("Russian"),
    "en": _("English"),
}

ANSWER: Mapping[str, str] = {
    "yes": _("yes"),
    "no": _("no"),
    "unknown": _("unknown"),
}

#: How the place of a limit reads beside its number.
COMPARISON: Mapping[str, str] = {
    ">=": "≥",
    "<=": "≤",
    "==": "=",
    "!=": "≠",
    ">": ">",
    "<": "<",
}

KINDS: Mapping[str, Mapping[str, str]] = {
    "rating": RATING,
    "severity": SEVERITY,
    "cause": CAUSE,
    "level": LEVEL,
    "priority": PRIORITY,
    "place_kind": PLACE_KIND,
    "group": GROUP,
    "visit_kind": VISIT_KIND,
    "council_kind": COUNCIL_KIND,
    "source": SOURCE,
    "force": FORCE,
    "ground": GROUND,
    "earlier_state": EARLIER_STATE,
    "sign_off_act": SIGN_OFF_ACT,
    "unit": UNIT,
    "answer": ANSWER,
    "language": LANGUAGE_NAME,
}


def label(kind: str, value: str, translate: Translate) -> str:
    """Return the word for `value` of `kind` in the language of `translate`.

    A value that has no word is returned as it is: a new checklist may bring a unit that this version does not know, and
    a report must still print its number. A kind that is not in `KINDS` is a mistake of ours and raises KeyError.
    """
    word = KINDS[kind].get(value)
    return value if word is None else translate(word)
