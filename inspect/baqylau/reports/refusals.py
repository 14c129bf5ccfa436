"""Why an act on a report was refused: what happened, what it means for the data, what to do."""

from http import HTTPStatus

from baqylau.errors import Problem, conflict, invalid
from baqylau.i18n import lazy as _

RENDERING_TROUBLE = _("The pages of the report could not be made. Nothing was issued; tell the administrator the code.")
#: What a renderer's code means to the person who asked for the report.
RENDERING_TROUBLES = {
    "reports.letters_missing": _(
        "A text holds a sign that the report’s typefaces do not have, such as an emoji. Nothing was issued; take it out, "
        "have the text approved, and issue again."
    ),
    "reports.photo_missing": _(
        "A photo of the report cannot be read from the store. Nothing was issued; tell the administrator, or take the "
        "photo out of its finding."
    ),
    "reports.photo_unreadable": _(
        "A photo of the report is damaged. Nothing was issued; take it out of its finding, and issue again."
    ),
    "reports.renderer_died": _(
        "The program that makes the pages was stopped, as a rule because the server had too little memory. Nothing was "
        "issued; try again."
    ),
}


def changed_meanwhile() -> Problem:
    """Return the refusal to write over texts that the person has not seen."""
    return conflict(
        "reports.changed_meanwhile",
        "Somebody else has changed the texts of this report meanwhile. Nothing was saved; what you wrote is still in the "
        "form. Copy it, reload the page, and bring the two together.",
    )


def being_made() -> Problem:
    """Return the refusal to change or issue a report while its files are being made."""
    return conflict(
        "reports.being_made",
        "This report is being made at the moment. Nothing was changed; wait until it is ready.",
    )


def passed_exceeds_received() -> Problem:
    """Return the refusal of more complaints passed on than were received."""
    return invalid(
        "reports.passed_exceeds_received",
        "More complaints are said to be passed on than were received. Nothing was saved; correct the numbers.",
    )


def earlier_unknown() -> Problem:
    """Return the refusal of a state of a recommendation that is not an earlier one of this place."""
    return invalid(
        "reports.earlier_unknown",
        "An earlier recommendation that was named does not belong to this place. Nothing was saved; reload the page.",
    )


def not_ready(count: int) -> Problem:
    """Return the refusal to mark or issue a report while something is open."""
    return conflict(
        "reports.not_ready",
        "The report cannot go on yet: open points: %(count)s. Nothing was changed; the report’s page lists them.",
        count=count,
    )


def no_fault() -> Problem:
    """Return the refusal to release what the lint does not stop."""
    return conflict(
        "reports.no_fault",
        "This passage is not stopped any more, or its text has changed. Nothing was released; reload the page.",
    )


def own_passage() -> Problem:
    """Return the refusal to release what one wrote last."""
    return conflict(
        "reports.own_passage",
        "You wrote this passage last, so another person has to release it. Nothing was released.",
    )


def release_reason_missing() -> Problem:
    """Return the refusal to release without a word."""
    return invalid(
        "reports.release_reason_missing",
        "A passage is released with a reason. Nothing was released; write why it cannot harm anybody.",
    )


def reason_missing() -> Problem:
    """Return the refusal of a correction that does not say what it corrects."""
    return invalid(
        "reports.reason_missing",
        "A version is issued already, so this is a correction: its reason is needed in Kazakh, Russian and English, "
        "because the report prints it. Nothing was issued.",
    )


def reason_stopped(words: str) -> Problem:
    """Return the refusal of a reason by which a person could be recognised."""
    return invalid(
        "reports.reason_stopped",
        "The reason would be printed, and somebody could be recognised by these words: %(words)s. Nothing was issued; "
        "write it without them.",
        words=words,
    )


def not_failed() -> Problem:
    """Return the refusal to make again what did not fail."""
    return conflict(
        "reports.not_failed", "This report did not fail, so there is nothing to try again. Reload the page."
    )


def not_being_made() -> Problem:
    """Return the refusal of a job whose report does not wait for it."""
    return conflict("reports.not_being_made", "This report is not waiting to be made. Nothing was changed.")


def seal_unusable() -> Problem:
    """Return the failure to seal for want of a usable key."""
    return conflict(
        "reports.seal_unusable",
        "The seal of this installation cannot be used. Nothing was issued; tell the administrator, then try again.",
    )


def not_rendered(code: str) -> Problem:
    """Return the failure to render; `code` is the renderer's."""
    return Problem(code, HTTPStatus.CONFLICT, RENDERING_TROUBLES.get(code, RENDERING_TROUBLE))


def not_sealed(code: str) -> Problem:
    """Return the failure to seal; `code` is the signing room's."""
    return Problem(
        "reports.not_sealed",
        HTTPStatus.CONFLICT,
        "The report could not be sealed (%(reason)s). Nothing was issued; tell the administrator.",
        reason=code,
    )
