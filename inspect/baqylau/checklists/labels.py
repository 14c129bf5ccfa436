"""The words of checklists, in the page's language; what reports print too stands in `baqylau.labels`."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.checklists.terms import AnswerType, Basis, Force, Rating, SectionKind, SourceKind, Status

RATINGS = {rating: lazy_gettext(labels.RATING[rating.value]) for rating in Rating}
STATUSES = {status: lazy_gettext(labels.RATING[status.value]) for status in Status}
SOURCES = {source: lazy_gettext(labels.SOURCE[source.value]) for source in SourceKind}
FORCES = {force: lazy_gettext(labels.FORCE[force.value]) for force in Force}
UNITS = {unit: lazy_gettext(word) if word != "%" else word for unit, word in labels.UNIT.items()}

BASES = {
    Basis.NATIONAL: lazy_gettext("national law"),
    Basis.INTERNATIONAL: lazy_gettext("international standards"),
}

TYPES = {
    AnswerType.SCALE: lazy_gettext("rating against both norms"),
    AnswerType.COUNT: lazy_gettext("count"),
    AnswerType.MEASURE: lazy_gettext("measurement"),
    AnswerType.YESNO: lazy_gettext("yes or no"),
    AnswerType.SINGLE: lazy_gettext("one choice"),
    AnswerType.MULTI: lazy_gettext("several choices"),
    AnswerType.RATIO: lazy_gettext("share"),
    AnswerType.TEXT: lazy_gettext("text"),
    AnswerType.DATE: lazy_gettext("day"),
    AnswerType.COMPUTED: lazy_gettext("computed"),
}

YESNO = {"yes": lazy_gettext("yes"), "no": lazy_gettext("no"), "unknown": lazy_gettext("unknown")}

SECTION_KINDS = {
    SectionKind.HEADER: lazy_gettext("facts of the visit"),
    SectionKind.OPENING: lazy_gettext("opening talk"),
    SectionKind.DOMAIN: lazy_gettext("domain"),
    SectionKind.CLOSING: lazy_gettext("closing talk"),
    SectionKind.REPRISAL: lazy_gettext("protection from reprisals"),
}
