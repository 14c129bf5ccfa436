"""The web application: settings, database, rooms, and one transaction per request.

The only module that imports the rooms' pages and APIs.
"""

import uuid
from base64 import b64encode
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from secrets import token_bytes
from typing import Any, cast

from flask import Flask, Response, current_app, g, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

from baqylau import clock, error_pages, headers, logs, templating
from baqylau.accounts import cookies, held_forms
from baqylau.accounts import pages as accounts_pages
from baqylau.answers import pages as answers_pages
from baqylau.checklists import pages as checklists_pages
from baqylau.councils import pages as councils_pages
from baqylau.councils.queries import actor_of
from baqylau.db.engine import Database
from baqylau.db.session import current_session
from baqylau.findings import pages as findings_pages
from baqylau.findings.take_along import earlier_for_tablet
from baqylau.i18n import local_time
from baqylau.interviews import pages as interviews_pages
from baqylau.interviews import providers as interviews_providers
from baqylau.interviews.take_along import recipients_for_tablet, slots_for_tablet
from baqylau.jobs.queue import hand_over_waiting_jobs
from baqylau.locations import shipped
from baqylau.places import pages as places_pages
from baqylau.reports import making as report_making
from baqylau.reports import pages as reports_pages
from baqylau.rights.guard import public, refuse_views_without_policy
from baqylau.settings import Settings, read_settings
from baqylau.storage.keys import installation_secret
from baqylau.sync import api as sync_api
from baqylau.sync import pages as sync_pages
from baqylau.sync.providers import EARLIER, RECIPIENTS, SLOTS, provides
from baqylau.sync.queries import devices_to_recover
from baqylau.sync.receipts import signed_receipt
from baqylau.tablet import pages as tablet_pages
from baqylau.visits import pages as visits_pages

BLUEPRINTS = (
    accounts_pages.blueprint,
    councils_pages.blueprint,
    places_pages.blueprint,
    checklists_pages.blueprint,
    visits_pages.blueprint,
    answers_pages.blueprint,
    sync_api.blueprint,
    sync_pages.blueprint,
    tablet_pages.blueprint,
    interviews_pages.blueprint,
    findings_pages.blueprint,
    reports_pages.blueprint,
)


class Application(Flask):
    """Flask with one transaction per request: committed for a writing method that succeeds, rolled back otherwise."""

    database: Database
    baqylau_settings: Settings

    def dispatch_request(self) -> ResponseReturnValue:
        """Open the session, make the response, then commit or roll back; nothing else in the program commits."""
        writes = request.method not in {"GET", "HEAD", "OPTIONS"}
        with self.database.session(writes=writes) as db_session:
            g.session = db_session
            response = self.make_response(super().dispatch_request())
            if writes and (response.status_code < HTTPStatus.BAD_REQUEST or g.get("keep_despite_refusal")):
                db_session.commit()
            else:
                db_session.rollback()
        if writes and response.status_code < HTTPStatus.BAD_REQUEST:
            hand_over_waiting_jobs(self.database, self.baqylau_settings)
        return response


def create_app(instance: str | Path | None = None, settings: Settings | None = None, **values: Any) -> Application:
    """Return the application for the installation in `instance`; refuses to start with a view that has no policy."""
    settings = settings or read_settings(instance, **values)
    app = Application(
        "baqylau",
        instance_path=str(settings.instance),
        template_folder=str(shipped("templates")),
        static_folder=str(shipped("static")),
    )
    app.baqylau_settings = settings
    app.database = Database(settings.database)
    app.config.update(_flask_config(settings))
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    logs.set_up(app)
    # Before the check of form tokens: its refusal is a page like any other, with nonce, request id and person.
    app.before_request(_begin_request)
    CSRFProtect(app)
    Babel(
        app,
        locale_selector=lambda: templating.choose_language(settings),
        timezone_selector=lambda: settings.time_zone,
    )
    templating.set_up(app, settings)
    headers.set_up(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    report_making.register()
    provides(EARLIER, earlier_for_tablet)
    provides(RECIPIENTS, recipients_for_tablet)
    provides(SLOTS, slots_for_tablet)
    interviews_providers.lists_devices(devices_to_recover)
    interviews_providers.signs_receipts(signed_receipt)
    _add_own_views(app)
    error_pages.set_up(app)
    held_forms.set_up(app)
    refuse_views_without_policy(app)
    return app


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key.get_secret_value() or installation_secret(settings.keys),
        "TRUSTED_HOSTS": settings.trusted_hosts,
        "MAX_CONTENT_LENGTH": settings.upload_bytes + 64 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_NAME": "baqylau_page",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=settings.session_hours),
        # The form's token stays good as long as the page does: an expired token must not lose a text.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": settings.secure_cookies,
        "BABEL_TRANSLATION_DIRECTORIES": str(shipped("translations")),
        "BABEL_DEFAULT_LOCALE": settings.default_language,
        "TESTING": settings.testing,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
    }


def _begin_request() -> None:
    """Give the request its id, its nonce and its person, before the view's own transaction begins."""
    g.request_id = uuid.uuid4().hex[:12]
    g.nonce = b64encode(token_bytes(16)).decode()
    g.actor = None
    if request.endpoint == "static":
        return
    app = cast(Application, current_app)
    user = cookies.user_of_request(app.database, app.baqylau_settings)
    if user is not None:
        with app.database.reading() as db_session:
            today = local_time(clock.now(), app.baqylau_settings.time_zone).date()
            g.actor = actor_of(db_session, user, today)


def _add_own_views(app: Application) -> None:
    public(app.view_functions["static"])

    @app.get("/health")
    @public
    def health() -> Response:
        """Tell a watching program that the site and its database answer; say nothing else."""
        current_session().execute(text("SELECT 1"))
        return jsonify({"state": "ok"})
