"""The blueprint of the room's pages, and what all of them need."""

from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from flask_wtf import FlaskForm

from baqylau import clock
from baqylau.errors import Problem
from baqylau.findings.standing import steps_of_findings
from baqylau.i18n import local_time
from baqylau.settings import Settings
from baqylau.visits.steps import StepName, tell_about

blueprint = Blueprint("findings", __name__)

tell_about(StepName.FINDINGS, steps_of_findings)


def page_language() -> str:
    """Return the language of this page."""
    return str(get_locale().language)


def translated(message: str) -> str:
    """Return the message in the language of this page."""
    return str(gettext(message))


def today() -> date:
    """Return the local day."""
    settings = cast(Settings, cast(Any, current_app).baqylau_settings)
    return local_time(clock.now(), settings.time_zone).date()


def carried_out(form: FlaskForm, act: Callable[[], object], fields: Mapping[str, str] | None = None) -> bool:
    """Do the act if the form is valid; return whether it was done.

    What the act refuses is said in the form: beside the field that `fields` gives for its code, else on top.
    """
    if not form.validate_on_submit():
        return False
    try:
        act()
    except Problem as problem:
        words = gettext(problem.message, **problem.details)
        name = (fields or {}).get(problem.code)
        if name is not None:
            form[name].errors = [*form[name].errors, words]
        else:
            form.form_errors = [*form.form_errors, words]
        return False
    return True


def show_form(template: str, **values: Any) -> ResponseReturnValue:
    """Return the page; with status 422 when it shows a form again that was sent."""
    status = HTTPStatus.OK if request.method in {"GET", "HEAD"} else HTTPStatus.UNPROCESSABLE_ENTITY
    return make_response(render_template(template, **values), status)
