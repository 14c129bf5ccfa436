"""The blueprint of the room, and what its pages need."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf import FlaskForm

from baqylau import clock
from baqylau.accounts import step_up
from baqylau.errors import Problem
from baqylau.i18n import local_time
from baqylau.settings import Settings

#: Requests to views of this blueprint are not logged (`baqylau.logs`): their number could tell how many people talked.
blueprint = Blueprint("interviews", __name__)


def present_settings() -> Settings:
    """Return the installation's settings."""
    return cast(Settings, cast(Any, current_app).baqylau_settings)


def today() -> date:
    """Return the day it is where the installation is."""
    return local_time(clock.now(), present_settings().time_zone).date()


def to_confirm() -> Response | None:
    """Return the way to the page that asks for the password again; None when it was given a short while ago."""
    if step_up.is_fresh(clock.now()):
        return None
    return cast(Response, redirect(url_for("accounts.confirm", then=request.full_path.rstrip("?"))))


def carried_out(form: FlaskForm, act: Callable[[datetime], object], fields: Mapping[str, str] | None = None) -> bool:
    """Do the act if the form is valid; return whether it was done. What is refused is said in the form."""
    if not form.validate_on_submit():
        return False
    try:
        act(clock.now())
    except Problem as problem:
        words = gettext(problem.message, **problem.details)
        name = (fields or {}).get(problem.code)
        if name is None:
            form.form_errors = [*form.form_errors, words]
        else:
            form[name].errors = [*form[name].errors, words]
        return False
    return True


def page(template: str, **values: Any) -> Response:
    """Return the page; with status 422 when it shows a form again that was sent."""
    status = HTTPStatus.OK if request.method in {"GET", "HEAD"} else HTTPStatus.UNPROCESSABLE_ENTITY
    return make_response(render_template(template, **values), status)
