"""Why an act on a finding or recommendation was refused: what happened, what it means for the text, what to do."""

from baqylau.errors import Problem, conflict, invalid


def visit_not_begun() -> Problem:
    """Return the refusal to establish anything about a visit that has not taken place."""
    return conflict(
        "findings.visit_not_begun",
        "Findings belong to a visit that has begun; this one has not, or was cancelled. Nothing was saved.",
    )


def changed_meanwhile() -> Problem:
    """Return the refusal to write over, or to approve, a text that the person has not seen."""
    return conflict(
        "findings.changed_meanwhile",
        "Somebody else has changed this meanwhile. Nothing was saved; read how it stands now, then decide.",
    )


def own_text() -> Problem:
    """Return the refusal to review or approve what one wrote last."""
    return conflict(
        "findings.own_text",
        "You wrote this text last, so another member has to review and approve it. Nothing was changed.",
    )


def not_written() -> Problem:
    """Return the refusal to approve a text that is not there in the language in which the approver works."""
    return conflict(
        "findings.not_written",
        "There is no finished text in the language in which you work, so it cannot be approved. Write it first, or "
        "choose another language for your account.",
    )


def no_source() -> Problem:
    """Return the refusal to approve a finding that names no source."""
    return conflict(
        "findings.no_source",
        "This finding names no source, so it cannot be approved. Tick who or what it rests on, and save.",
    )


def no_approved_finding() -> Problem:
    """Return the refusal to approve a recommendation whose ground is not established yet."""
    return conflict(
        "findings.no_approved_finding",
        "No finding that this recommendation follows from is approved yet. Approve the finding first.",
    )


def wrong_state() -> Problem:
    """Return the refusal of an act that the state does not allow."""
    return conflict(
        "findings.wrong_state",
        "This is not in the state that the act needs, or somebody else was quicker. Nothing was changed; reload the page.",
    )


def unsettled() -> Problem:
    """Return the refusal to take a proposal whose answers stand against each other."""
    return conflict(
        "findings.unsettled",
        "Two answers to this item stand against each other. Settle which one holds, then take the proposal.",
    )


def not_proposed() -> Problem:
    """Return the refusal to take a proposal that the answers do not make any more."""
    return conflict(
        "findings.not_proposed",
        "The answers have changed and do not propose this any more. Nothing was saved; reload the page.",
    )


def unknown_item() -> Problem:
    """Return the refusal of a section, item or answer that the visit does not have."""
    return invalid(
        "findings.unknown_item",
        "A section, item or answer that was named does not belong to this visit. Nothing was saved; reload the page.",
    )


def unknown_finding() -> Problem:
    """Return the refusal of a recommendation that follows from nothing of this visit."""
    return invalid(
        "findings.unknown_finding",
        "A recommendation follows from at least one finding of this visit that was not dropped. Nothing was saved; "
        "choose the findings.",
    )


def unknown_addressee() -> Problem:
    """Return the refusal of an addressee that is not in the register."""
    return invalid(
        "findings.unknown_addressee", "This addressee is not in the register. Nothing was saved; choose another one."
    )


def due_beyond_term() -> Problem:
    """Return the refusal of a day that lies in the past or beyond what the priority allows."""
    return invalid(
        "findings.due_beyond_term",
        "This day lies in the past or beyond the term of the chosen priority. Nothing was saved; choose an earlier day "
        "or another priority.",
    )


def not_repeated() -> Problem:
    """Return the refusal to repeat what is not an approved recommendation of an earlier visit to this place."""
    return invalid(
        "findings.not_repeated",
        "Only an approved recommendation of an earlier visit to this place can be repeated. Nothing was saved.",
    )


def photo_not_to_be_used() -> Problem:
    """Return the refusal to print a photo without the consent of the persons shown or against a refusal (PEC 32(4)-(5))."""
    return conflict(
        "findings.photo_not_to_be_used",
        "This photo may not be printed: the persons shown gave no consent, permission was refused, or it was withdrawn. "
        "Nothing was saved.",
    )
