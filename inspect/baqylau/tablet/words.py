"""What the shell's scripts say and name, in each language: one JSON file a language, part of the edition."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any, cast
from uuid import UUID

from flask import current_app, get_template_attribute, url_for
from flask_babel import force_locale
from markupsafe import Markup

from baqylau.answers import labels
from baqylau.checklists.terms import UNITS
from baqylau.i18n import LANGUAGES
from baqylau.settings import Settings
from baqylau.tablet.edition import as_json

_NO_VISIT = UUID(int=0)


def words_by_language() -> Mapping[str, bytes]:
    """Return {language: the JSON of everything that the shell says, names and asks}."""
    settings: Settings = cast(Any, current_app).baqylau_settings
    return {language: _words(language, settings.time_zone) for language in LANGUAGES}


@cache
def _words(language: str, zone: str) -> bytes:
    with force_locale(language):
        strings = {}
        for template in ("answers/words.html", "tablet/words.html", "interviews/words.html"):
            strings.update(_read(get_template_attribute(template, "words_as_json")()))
        words = {
            "language": language,
            "zone": zone,
            "strings": strings,
            "labels": labels.for_script(),
            "units": {unit: list(bounds) for unit, bounds in UNITS.items()},
            "addresses": addresses(),
        }
    return as_json(words).encode()


def _read(text: Markup) -> dict[str, str]:
    return cast(dict[str, str], json.loads(text))


def addresses() -> dict[str, str]:
    """Return the addresses that the shell asks; `{visit}` stands for the visit's id."""
    of_visit = {
        "heads": "sync.heads",
        "revisions": "sync.revisions",
        "devices": "sync.devices",
        "takeAlong": "sync.take_along",
        "receipt": "sync.receipt",
        "photos": "sync.photos",
        "alerts": "interviews.put_alert",
        "visit": "visits.show",
        "conflicts": "answers.conflicts",
    }
    found = {name: url_for(view, visit_id=_NO_VISIT) for name, view in of_visit.items()}
    # Below it the tablet names a slot, or asks what is held of it.
    found["notes"] = url_for("interviews.held", visit_id=_NO_VISIT).removesuffix("/held")
    found["photo"] = f"{found['visit']}/photos"
    found["signIn"] = url_for("accounts.sign_in", then=url_for("tablet.shell"))
    return {name: address.replace(str(_NO_VISIT), "{visit}") for name, address in found.items()}
