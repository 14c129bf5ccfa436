"""What may go wrong and how it is told: one class, stable dotted codes, a sentence for the person.

Actions raise a `Problem`; the one handler in `app.py` turns it into a page in the user's language or into JSON. Codes are
listed in docs/errors.md and never reused; messages say what happened and what to do, and never name a detained person.
"""

from http import HTTPStatus
from typing import Any


class Problem(Exception):
    """A refusal or failure with a stable code.

    `message` is an English gettext msgid with %(name)s places for `details`; it is translated where it is shown.
    """

    def __init__(self, code: str, status: HTTPStatus, message: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.message = message
        self.details = details


def _(message: str) -> str:
    """Mark a message for extraction; the handler translates it."""
    return message


def not_found() -> Problem:
    """Return the answer to an address that leads nowhere, or nowhere that this person may look."""
    return Problem("app.not_found", HTTPStatus.NOT_FOUND, _("This page does not exist, or you have no access to it."))


def not_signed_in() -> Problem:
    """Return the refusal of an act because the sign-in has ended."""
    return Problem(
        "app.not_signed_in",
        HTTPStatus.UNAUTHORIZED,
        _("Your sign-in has ended. Sign in again; what you wrote is still on this page."),
    )


def not_allowed() -> Problem:
    """Return the refusal of an act that this person's role does not hold."""
    return Problem("app.not_allowed", HTTPStatus.FORBIDDEN, _("Your role does not allow this. Nothing was changed."))


def conflict(code: str, message: str, **details: Any) -> Problem:
    """Return a refusal because the thing is not in the state that the act needs."""
    return Problem(code, HTTPStatus.CONFLICT, message, **details)


def invalid(code: str, message: str, **details: Any) -> Problem:
    """Return a refusal of values that cannot be taken as they are."""
    return Problem(code, HTTPStatus.UNPROCESSABLE_ENTITY, message, **details)
