"""Why an act on a visit was refused: what happened, what it means for the data, what to do."""

from collections.abc import Iterable
from datetime import datetime

from baqylau.errors import Problem, conflict, invalid


def already_begun() -> Problem:
    """Return the refusal to change what the letters and the recording rest on."""
    return conflict(
        "visits.already_begun",
        "This visit is no longer a plan, so its plan cannot be changed. Nothing was changed.",
    )


def group_settled() -> Problem:
    """Return the refusal to change the group of a visit that is over."""
    return conflict("visits.group_settled", "This visit is over, so its group cannot be changed. Nothing was changed.")


def wrong_state() -> Problem:
    """Return the refusal of an act that the visit's state does not allow."""
    return conflict(
        "visits.wrong_state",
        "The visit is not in the state that this act needs. Nothing was changed; reload the page to see where it stands.",
    )


def kind_not_of_council() -> Problem:
    """Return the refusal of a kind of visit that this council does not make."""
    return invalid(
        "visits.kind_not_of_council",
        "A commission makes visits of the commission; a group of the national preventive mechanism makes periodic, "
        "interim and special preventive visits. Nothing was saved; choose another kind.",
    )


def days_out_of_order() -> Problem:
    """Return the refusal of a visit that ends before it begins."""
    return invalid("visits.days_out_of_order", "The last day is before the first. Nothing was saved; correct the days.")


def place_closed() -> Problem:
    """Return the refusal of a place that the register calls closed."""
    return invalid(
        "visits.place_closed",
        "The register says that this place is closed. Nothing was saved; choose another place or correct the register.",
    )


def place_out_of_reach() -> Problem:
    """Return the refusal of a place outside the commission's region (PEC 34(2))."""
    return invalid(
        "visits.place_out_of_reach",
        "A commission works within its own region (Penal Executive Code, article 34(2)), and this place lies in another. "
        "Nothing was saved; choose a place of the region.",
    )


def legal_basis_missing() -> Problem:
    """Return the refusal of a plan whose letters would not say what they rest on."""
    return invalid(
        "visits.legal_basis_missing",
        "The legal basis is needed in Kazakh, Russian and English: the letters print it. Nothing was saved.",
    )


def leader_missing() -> Problem:
    """Return the refusal of a group without a leader, or with several."""
    return invalid("visits.leader_missing", "A group has exactly one leader. Nothing was saved; name one.")


def group_too_small() -> Problem:
    """Return the refusal of a commission's group of one."""
    return invalid(
        "visits.group_too_small",
        "A commission visits in a group of at least two members (Penal Executive Code, article 38(2)). "
        "Nothing was changed; name one more.",
    )


def named_twice() -> Problem:
    """Return the refusal of a list in which somebody stands twice."""
    return invalid("visits.named_twice", "Somebody is named twice in the group. Nothing was saved.")


def not_a_member(names: Iterable[str]) -> Problem:
    """Return the refusal of people who hold no membership on the day of the visit."""
    return invalid(
        "visits.not_a_member",
        "Not a member of this council on the days of the visit: %(names)s. Nothing was changed; choose members only.",
        names=", ".join(names),
    )


def conflict_of_interest(names: Iterable[str]) -> Problem:
    """Return the refusal of people who must step aside (PEC 36(3), 43(3))."""
    return invalid(
        "visits.conflict_of_interest",
        "A conflict of interest with this place was declared for: %(names)s. Whoever has one stays away from its visits "
        "(Penal Executive Code, articles 36(3) and 43(3)). Nothing was changed; name somebody else.",
        names=", ".join(names),
    )


def section_unknown(sections: Iterable[str]) -> Problem:
    """Return the refusal of sections that the visit's checklists do not have."""
    return invalid(
        "visits.section_unknown",
        "The checklists of this visit have no section %(sections)s. Nothing was saved; reload the page and choose again.",
        sections=", ".join(sections),
    )


def checklist_missing() -> Problem:
    """Return the refusal of a visit that nothing could be recorded in."""
    return invalid("visits.checklist_missing", "A visit needs at least one checklist. Nothing was changed; choose one.")


def checklist_unknown() -> Problem:
    """Return the refusal of a checklist that was never published."""
    return invalid("visits.checklist_unknown", "This checklist was never published. Nothing was saved; choose again.")


def checklists_overlap(ids: Iterable[str]) -> Problem:
    """Return the refusal of checklists that cannot be told apart in the answers."""
    return invalid(
        "visits.checklists_overlap",
        "The chosen checklists use the same ids (%(ids)s), so answers could not be told apart. "
        "Nothing was saved; choose one of them.",
        ids=", ".join(ids),
    )


def no_notice_for_npm() -> Problem:
    """Return the refusal of a notice of a preventive visit."""
    return conflict(
        "visits.no_notice_for_npm",
        "A preventive visit is not announced: the law asks no notice of the national preventive mechanism. "
        "Nothing was recorded.",
    )


def notice_in_future() -> Problem:
    """Return the refusal of a notice that cannot have been given yet."""
    return invalid(
        "visits.notice_in_future",
        "This time has not come yet. Nothing was recorded; enter when the notice was given.",
    )


def notice_too_late() -> Problem:
    """Return the refusal of a notice after which the first day cannot be kept."""
    return invalid(
        "visits.notice_too_late",
        "Notice must be given at least 24 hours before the visit (Penal Executive Code, article 38(2)), and so late a "
        "notice leaves nothing of the first day. Nothing was recorded; move the days first.",
    )


def notice_missing() -> Problem:
    """Return the refusal to begin a commission's visit unannounced."""
    return conflict(
        "visits.notice_missing",
        "The head of the place must be told at least 24 hours before (Penal Executive Code, article 38(2)), and no notice "
        "is recorded. The visit was not begun; record the notice first.",
    )


def notice_too_short(may_begin_at: datetime) -> Problem:
    """Return the refusal to begin less than 24 hours after the notice."""
    return conflict(
        "visits.notice_too_short",
        "24 hours have not passed since the notice (Penal Executive Code, article 38(2)). "
        "The visit was not begun; it may begin later.",
        may_begin_at=may_begin_at.isoformat(timespec="minutes"),
    )


def reason_missing() -> Problem:
    """Return the refusal to cancel without a word."""
    return invalid("visits.reason_missing", "A visit is cancelled with a reason. Nothing was changed; write it.")


def obstruction_in_future() -> Problem:
    """Return the refusal of an obstruction that cannot have happened yet."""
    return invalid(
        "visits.obstruction_in_future",
        "This time has not come yet. Nothing was recorded; enter when it happened.",
    )


def obstruction_incomplete() -> Problem:
    """Return the refusal of an obstruction record that says too little."""
    return invalid(
        "visits.obstruction_incomplete",
        "Write the position of the official and what happened. Nothing was recorded.",
    )


def name_too_short() -> Problem:
    """Return the refusal of a protected name that would be found in every word."""
    return invalid(
        "visits.name_too_short",
        "A protected name has at least three letters, or it would be found everywhere. Nothing was saved; write the "
        "surname or the full name.",
    )
