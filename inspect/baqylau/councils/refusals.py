"""Why a role is not granted or a term not taken, told to the person."""

from baqylau.councils.rules import GrantFault
from baqylau.errors import Problem, conflict, invalid
from baqylau.i18n import lazy as _


def grant_refused(fault: GrantFault) -> Problem:
    """Return the refusal of a grant, which says what to do instead."""
    return {
        GrantFault.ONESELF: conflict(
            "councils.grant_oneself",
            _("Nobody grants a role to themselves. Ask another person who may grant roles here."),
        ),
        GrantFault.ADMINISTRATOR: conflict(
            "councils.grant_administrator",
            _(
                "This person runs the installation and may hold no role in a council. Make a second account for the"
                " council."
            ),
        ),
        GrantFault.NOT_ACTIVE: conflict(
            "councils.grant_not_active",
            _("This person’s account is disabled. Ask the administrator to enable it first."),
        ),
        GrantFault.ROLE_OF_OTHER_KIND: conflict(
            "councils.grant_role_of_other_kind",
            _("A council of this kind has no such role. Choose another role."),
        ),
        GrantFault.OUTSIDE_TERM: conflict(
            "councils.grant_outside_term",
            _("The membership must lie within the council’s own term. Correct its days."),
        ),
        **_clashes(),
    }[fault]


def _clashes() -> dict[GrantFault, Problem]:
    return {
        GrantFault.HOLDS_A_ROLE: conflict(
            "councils.grant_holds_a_role",
            _(
                "This person has a role in this council at that time already. End that membership first, then grant the"
                " new one."
            ),
        ),
        GrantFault.HAS_A_HEAD: conflict(
            "councils.grant_has_a_head",
            _(
                "The council has somebody in this role at that time already. End that membership first, then grant the"
                " new one."
            ),
        ),
        GrantFault.CIVIL_SERVANT: conflict(
            "councils.grant_civil_servant",
            _(
                "An employee of the Commissioner’s office cannot be a member of a commission (article 35 of the Penal"
                " Executive Code)."
            ),
        ),
    }


def term_not_valid() -> Problem:
    """Return the refusal of a term that is too long or ends before it begins."""
    return invalid(
        "councils.term_not_valid",
        _(
            "The last day must come after the first, and a commission’s term is at most two calendar years (article 34 of"
            " the Penal Executive Code). Nothing was saved."
        ),
    )
