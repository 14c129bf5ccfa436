"""The words of answers, in the page's language; what reports print too stands in `baqylau.labels`."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext

from baqylau import labels
from baqylau.answers.terms import Consent, Flag, Permission
from baqylau.checklists.labels import BASES, SOURCES, YESNO
from baqylau.checklists.terms import UNITS, Rating, SourceKind

__all__ = ["CONSENTS", "FLAGS", "PERMISSIONS", "SOURCES", "for_script"]

FLAGS = {
    Flag.URGENT: lazy_gettext("urgent"),
    Flag.CONFIDENTIAL: lazy_gettext("confidential"),
    Flag.GOOD_PRACTICE: lazy_gettext("good practice"),
}

PERMISSIONS = {
    Permission.NOT_NEEDED: lazy_gettext("not needed: no security objects"),
    Permission.GIVEN: lazy_gettext("permission given"),
    Permission.REFUSED: lazy_gettext("permission refused"),
}

CONSENTS = {
    Consent.NO_PERSONS: lazy_gettext("nobody can be recognised"),
    Consent.GIVEN: lazy_gettext("everybody shown has agreed"),
    Consent.NOT_GIVEN: lazy_gettext("no consent"),
}


def for_script() -> Mapping[str, Mapping[str, str]]:
    """Return {kind: {value: word}} of everything that the recording page names, in the page's language."""
    return {
        "rating": {rating.value: labels.label("rating", rating.value, gettext) for rating in Rating},
        "source": {source.value: labels.label("source", source.value, gettext) for source in SourceKind},
        "unit": {unit: labels.label("unit", unit, gettext) for unit in UNITS},
        "basis": {basis.value: str(word) for basis, word in BASES.items()},
        "yesno": {value: str(word) for value, word in YESNO.items()},
        "flag": {flag.value: str(word) for flag, word in FLAGS.items()},
        "permission": {value.value: str(word) for value, word in PERMISSIONS.items()},
        "consent": {value.value: str(word) for value, word in CONSENTS.items()},
    }
