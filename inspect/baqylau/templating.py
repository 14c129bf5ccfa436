"""What templates can use: filters for dates and numbers, addresses of assets, the language, the rights of the reader."""

from typing import Any

from flask import Flask, g, request, session
from jinja2 import StrictUndefined

from baqylau import i18n
from baqylau.rights.access import Action, may
from baqylau.settings import Settings
from baqylau.webassets import asset_address, import_map


def choose_language(settings: Settings) -> str:
    """Return the language of this page: the address's, the visitor's choice, the account's, the browser's, the default."""
    asked = request.args.get("lang", "")
    if asked in i18n.LANGUAGES:
        return asked
    if (chosen := session.get("language")) in i18n.LANGUAGES:
        return str(chosen)
    if actor := g.get("actor"):
        return str(actor.language)
    best = request.accept_languages.best_match(list(i18n.LANGUAGES))
    return best or settings.default_language


def set_up(app: Flask, settings: Settings) -> None:
    """Give the templates of `app` their filters and words."""
    zone = settings.time_zone
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True

    def language() -> str:
        return choose_language(settings)

    app.jinja_env.filters.update(
        day=lambda value: i18n.format_day(value, language()),
        instant=lambda value: i18n.format_instant(value, language(), zone),
        clock_time=lambda value: f"{i18n.local_time(value, zone):%H:%M}",
        number=lambda value, places=None: i18n.format_number(value, language(), places),
        here=lambda text: i18n.in_language(text, language()),
    )
    app.jinja_env.globals.update(
        asset=asset_address, import_map=import_map, languages=i18n.LANGUAGE_NAMES, Action=Action
    )

    @app.context_processor
    def _page_words() -> dict[str, Any]:
        return {
            "language": language(),
            "actor": g.get("actor"),
            "may": lambda action, subject=None: may(g.get("actor"), action, subject),
            "nonce": g.get("nonce", ""),
        }
