"""Refusals that actions and pages share."""

from http import HTTPStatus

from baqylau.accounts.terms import PasswordFault
from baqylau.errors import Problem, invalid
from baqylau.i18n import lazy as _


def invitation_over() -> Problem:
    """Return the refusal of a link that leads to no open invitation."""
    return Problem(
        "accounts.invitation_over",
        HTTPStatus.GONE,
        _("This link has been used, has expired or was replaced by a newer one. Ask the administrator for a new one."),
    )


def code_wrong() -> Problem:
    """Return the refusal of a code of the second factor."""
    return invalid(
        "accounts.code_wrong",
        _("This code is not right, or it was used before. Take the code that the application shows now."),
    )


#: What is said about a password that is not taken; the places are the figures of `terms`.
FAULTS: dict[PasswordFault, str] = {
    PasswordFault.SHORT: _("The password is too short: it needs at least %(alone)s characters."),
    PasswordFault.SHORT_ALONE: _(
        "The password is too short: it needs at least %(alone)s characters, or %(beside)s with a second factor."
    ),
    PasswordFault.LONG: _("The password is too long: at most %(most)s characters are taken."),
    PasswordFault.COMMON: _(
        "This password is among the first that anybody would try. Choose another, such as four or five words that have"
        " nothing to do with each other."
    ),
    PasswordFault.OWN_WORDS: _(
        "This password is little more than your name or the name of this program. Choose another."
    ),
}
