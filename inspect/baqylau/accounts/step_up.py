"""The second step before what a stolen sign-in must not open: password or code again, good for ten minutes (ASVS 7.5.3).

The mark lies in the page's signed cookie and names the sign-in that it was given in: no other sign-in has a use of it.
"""

from datetime import datetime
from http import HTTPStatus

from flask import session

from baqylau.accounts.cookies import present_sign_in
from baqylau.errors import Problem
from baqylau.i18n import lazy as _

MINUTES = 10
_NAME = "step_up"


def stamp(now: datetime) -> None:
    """Let the present sign-in count as confirmed from now on."""
    session[_NAME] = {"sign_in": str(present_sign_in()), "at": now.timestamp()}


def is_fresh(now: datetime) -> bool:
    """Tell whether the present sign-in was confirmed a short while ago."""
    given = session.get(_NAME) or {}
    age = now.timestamp() - given.get("at", 0)
    return given.get("sign_in") == str(present_sign_in()) and 0 <= age <= MINUTES * 60


def demand(now: datetime) -> None:
    """Raise `accounts.confirm_again` unless the present sign-in was confirmed a short while ago."""
    if not is_fresh(now):
        raise Problem(
            "accounts.confirm_again",
            HTTPStatus.FORBIDDEN,
            _("Confirm again that it is you: reload the page."),
        )
