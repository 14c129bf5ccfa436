"""Forms that were sent after the sign-in had ended: nothing that was written is lost.

The answer to such a form is a sign-in page that carries its fields; after signing in on it, one button sends them to
where they were going. Works without scripts. Passwords and codes are never carried.

`set_up` puts itself before the error pages' handlers, which stay in charge of everything else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request
from flask_wtf.csrf import CSRFError

from baqylau.accounts import cookies, rules
from baqylau.accounts.webforms import SignInForm
from baqylau.errors import Problem

_ADDRESS = "held_address"
_FILES = "held_files"
_FIELD = "held."
_NEVER_HELD = ("csrf", "password", "second_factor")
_SHOWN_TEXTS = 3
_WORTH_SHOWING = 20
_FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
_SIGN_IN_PAGES = {"accounts.sign_in", "accounts.second_factor"}


@dataclass(frozen=True)
class HeldForm:
    """A form on its way, waiting for a sign-in."""

    #: Where it was going: path and query on this site.
    address: str
    #: (name, value) in the order of the form; a name may come several times.
    fields: tuple[tuple[str, str], ...]
    #: Files were chosen; they cannot be carried.
    had_files: bool = False

    @property
    def texts(self) -> list[str]:
        """Return the longest texts, for their writer to see and to copy."""
        worth = [value for _, value in self.fields if len(value) >= _WORTH_SHOWING]
        return sorted(worth, key=len, reverse=True)[:_SHOWN_TEXTS]


def set_up(app: Flask) -> None:
    """Let forms sent without a sign-in come back with their text; call it after the error pages are set up."""
    handlers = app.error_handler_spec[None]
    tell_problem = cast("Callable[[Problem], Any]", handlers[None][Problem])
    tell_old_form = cast("Callable[[CSRFError], Any]", handlers[int(HTTPStatus.BAD_REQUEST)][CSRFError])

    def answer_problem(problem: Problem) -> Any:
        if problem.code == "app.not_signed_in" and _is_form():
            return sign_in_page(_held_of_request(), HTTPStatus.UNAUTHORIZED)
        return tell_problem(problem)

    def answer_old_form(error: CSRFError) -> Any:
        # Without its token a form is taken up again only if the browser says that it comes from our own page; even
        # then nothing is done until the person has seen it and pressed the button.
        return _answer_old_form() if _is_form() and _comes_from_here() else tell_old_form(error)

    app.register_error_handler(Problem, answer_problem)
    app.register_error_handler(CSRFError, answer_old_form)


def carried() -> HeldForm | None:
    """Return the form that the sign-in page carries, None if it carries none."""
    if _ADDRESS not in request.form:
        return None
    fields = tuple(
        (name.removeprefix(_FIELD), value) for name, value in request.form.items(multi=True) if name.startswith(_FIELD)
    )
    return HeldForm(rules.own_address(request.form[_ADDRESS]), fields, _FILES in request.form)


def sign_in_page(held: HeldForm | None, status: HTTPStatus, form: SignInForm | None = None) -> Response:
    """Return the sign-in page with what it carries."""
    shown = form if form is not None else SignInForm(formdata=None)
    return make_response(render_template("accounts/sign_in.html", form=shown, held=held), status)


def continue_page(held: HeldForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Return the page whose button sends the held form on, with a fresh token."""
    return make_response(render_template("accounts/continue.html", held=held), status)


def _answer_old_form() -> Response:
    is_sign_in = request.endpoint in _SIGN_IN_PAGES
    held = carried() if is_sign_in else _held_of_request()
    if not _is_somebody_signed_in():
        return sign_in_page(held, HTTPStatus.UNAUTHORIZED)
    if held is not None:
        return continue_page(held, HTTPStatus.BAD_REQUEST)
    return cast(Response, redirect(rules.own_address(request.form.get("then"))))


def _held_of_request() -> HeldForm:
    fields = tuple(
        (name, value) for name, value in request.form.items(multi=True) if not any(word in name for word in _NEVER_HELD)
    )
    had_files = any(file.filename for file in request.files.values())
    return HeldForm(rules.own_address(request.full_path.rstrip("?")), fields, had_files)


def _is_form() -> bool:
    return request.method == "POST" and not request.path.startswith("/api/") and request.mimetype in _FORM_TYPES


def _comes_from_here() -> bool:
    """Tell whether the browser says that our own page sent this (Fetch Metadata, else Origin)."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = urlsplit(request.headers.get("Origin", ""))
    return bool(origin.netloc) and (origin.scheme, origin.netloc) == (request.scheme, request.host)


def _is_somebody_signed_in() -> bool:
    """Tell whether the cookie still holds; the token is checked before the person of the request is known."""
    if g.get("actor") is not None:
        return True
    app = cast(Any, current_app)
    return cookies.user_of_request(app.database, app.baqylau_settings) is not None
