"""The public page on which anybody checks a report: by the digits that are printed, or by the file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from sqlmodel import Session

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.i18n import LANGUAGES, local_time
from baqylau.reports import labels, limiter
from baqylau.reports.pages.start import blueprint, present_settings
from baqylau.reports.verify import Verification, verify_file, verify_number
from baqylau.reports.webforms import FileForm, NumberForm
from baqylau.rights.guard import public
from baqylau.settings import Settings
from baqylau.signatures.keys import fingerprint, load_keys
from baqylau.signatures.terms import KeyTrouble

#: Bytes that a form may take beside its file.
_FORM_AROUND = 64 * 1024
Look = Callable[[Session, Settings], Verification]


@dataclass(frozen=True)
class PublishedSeal:
    """A certificate under which this installation has sealed reports."""

    fingerprint: str
    since: datetime
    until: datetime
    is_in_use: bool


@dataclass(frozen=True)
class PublishedKeys:
    """What the page publishes; the root is None where a certification authority keeps its own."""

    seals: Sequence[PublishedSeal] = ()
    root_fingerprint: str | None = None
    root_pem: str = ""


@blueprint.url_value_preprocessor
def _take_whole_reports(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the page on verifying take files larger than any other upload; set here, before the form token is read."""
    if endpoint == "reports.verify":
        request.max_content_length = present_settings().verify_bytes + _FORM_AROUND


@blueprint.route("/verify", methods=["GET", "POST"])
@public
def verify() -> ResponseReturnValue:
    """Tell whether a report is genuine and current; say nothing that its holder does not know already."""
    if request.method == "GET":
        return _look_at_address()
    if "file" in request.files:
        file = FileForm()
        if not file.validate():
            return _page(HTTPStatus.UNPROCESSABLE_ENTITY, file=file)
        content = file.file.data.read()
        return _judge(lambda db, settings: verify_file(db, settings, content), file=file)
    number = NumberForm()
    if not number.validate():
        return _page(HTTPStatus.UNPROCESSABLE_ENTITY, number=number)
    return _judge(_by_number(number), number=number)


def _look_at_address() -> ResponseReturnValue:
    """Take what the QR code says; without the hash it begins the form, and the reader types the digits beside the code."""
    asked = request.args
    language = asked.get("language", "")
    if language in LANGUAGES and "lang" not in asked and "language" not in session:
        # The copy in hand is in this language.
        return redirect(f"{url_for('reports.verify')}?{urlencode({**asked.to_dict(), 'lang': language})}")
    known = {
        "number": asked.get("report", ""),
        "version": asked.get("version", type=int),
        "hash": asked.get("hash", ""),
    }
    form = NumberForm(formdata=None, data=known)
    if all(known.values()):
        return _judge(_by_number(form), number=form)
    return _page(number=form, is_begun=bool(known["number"]))


def _by_number(form: NumberForm) -> Look:
    return lambda db, _settings: verify_number(db, form.number.data, form.version.data, form.hash.data)


def _judge(look: Look, **sent: FlaskForm) -> Response:
    """Show what was found; an address that sent much that is not ours waits first."""
    db_session, settings, now = current_session(), present_settings(), clock.now()
    key = limiter.key_of(settings.keys, request.remote_addr or "")
    if seconds := limiter.seconds_to_wait(db_session, key, now):
        for form in sent.values():
            form.form_errors = [*form.form_errors, _too_many(seconds)]
        response = _page(HTTPStatus.TOO_MANY_REQUESTS, **sent)
        response.headers["Retry-After"] = str(seconds)
        return response
    # Looking at a file takes time: it must not hold the only writing transaction of SQLite.
    db_session.rollback()
    found = look(db_session, settings)
    if not found.is_ours and request.method == "POST":
        limiter.count_failure(db_session, key, now)
    return _page(found=found)


def _too_many(seconds: int) -> str:
    words = _(
        "Too many checks from your network found nothing. Nothing is locked: wait %(minutes)s min %(seconds)s s, then try "
        "again.",
        minutes=seconds // 60,
        seconds=seconds % 60,
    )
    return str(words)


def _page(
    status: HTTPStatus = HTTPStatus.OK,
    *,
    found: Verification | None = None,
    number: FlaskForm | None = None,
    file: FlaskForm | None = None,
    is_begun: bool = False,
) -> Response:
    """Return the page; `is_begun`: the address has filled the form as far as it could."""
    settings = present_settings()
    issued_at = found.issued_at if found else None
    page = render_template(
        "reports/verify.html",
        found=found,
        issued_on=local_time(issued_at, settings.time_zone).date() if issued_at else None,
        number=number or NumberForm(formdata=None),
        file=file or FileForm(formdata=None),
        is_begun=is_begun,
        keys=_published(settings),
        labels=labels,
    )
    return make_response(page, status)


def _published(settings: Settings) -> PublishedKeys:
    try:
        keys = load_keys(settings.keys)
    except KeyTrouble:
        return PublishedKeys()
    seals = [_seal(certificate, is_in_use=certificate == keys.certificate) for certificate in keys.trusted]
    if keys.root is None:
        return PublishedKeys(seals)
    return PublishedKeys(seals, fingerprint(keys.root), keys.root.public_bytes(Encoding.PEM).decode())


def _seal(certificate: x509.Certificate, *, is_in_use: bool) -> PublishedSeal:
    return PublishedSeal(
        fingerprint(certificate), certificate.not_valid_before_utc, certificate.not_valid_after_utc, is_in_use
    )
