"""Refusals that the API and the pages share."""

from http import HTTPStatus

from baqylau.errors import Problem


def not_open() -> Problem:
    """Return the refusal of answers for a visit that has not begun."""
    return Problem(
        "sync.visit_not_open",
        HTTPStatus.CONFLICT,
        "This visit takes no answers now: it has not begun, or it was cancelled. What is on the tablet stays there.",
    )
