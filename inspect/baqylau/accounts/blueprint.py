"""The blueprint of accounts, and what all of its pages need."""

from typing import Any, cast

from flask import Blueprint, current_app
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field

from baqylau.errors import Problem
from baqylau.settings import Settings

blueprint = Blueprint("accounts", __name__)


def present_settings() -> Settings:
    """Return the installation's settings."""
    return cast(Settings, cast(Any, current_app).baqylau_settings)


def say_at(field: Field, message: str) -> None:
    """Put a message beside a field of a form that was validated."""
    field.errors = [*field.errors, message]


def say_on_top(form: FlaskForm, message: str) -> None:
    """Put a message into the summary of a form that was validated."""
    form.form_errors = [*form.form_errors, message]


def words_of(problem: Problem) -> str:
    """Return what the problem says, in the page's language."""
    return str(gettext(problem.message, **problem.details))


def words_of_waiting(seconds: int) -> str:
    """Say how long the next attempt must wait."""
    message = gettext(
        "There were too many failed attempts. Nothing is locked: wait %(minutes)s min %(seconds)s s, then try again.",
        minutes=seconds // 60,
        seconds=seconds % 60,
    )
    return str(message)
