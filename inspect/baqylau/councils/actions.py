"""Create councils, grant and end memberships."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from baqylau.accounts.queries import get_user
from baqylau.audit.actions import record
from baqylau.councils import queries, rules
from baqylau.councils.models import Council, Membership
from baqylau.councils.refusals import grant_refused, term_not_valid
from baqylau.councils.rules import Candidate, Held
from baqylau.councils.terms import Term
from baqylau.errors import conflict, invalid
from baqylau.i18n import LANGUAGES
from baqylau.i18n import lazy as _
from baqylau.rights.terms import Actor, CouncilKind, Role


def create_council(
    session: Session,
    actor: Actor | None,
    code: str,
    kind: CouncilKind,
    name: Mapping[str, str],
    region: str | None,
    term: Term,
    now: datetime,
) -> Council:
    """Add a council without members. Raises `councils.code_taken`, `councils.term_not_valid`."""
    _refuse_bad_values(kind, name, term)
    if queries.find_council_by_code(session, code) is not None:
        raise conflict("councils.code_taken", _("Another council has this code. Choose another; nothing was saved."))
    council = Council(
        code=code,
        kind=kind.value,
        name=dict(name),
        region=region,
        term_starts_on=term.since,
        term_ends_on=term.until,
        created_at=now,
    )
    session.add(council)
    session.flush()
    record(session, "councils.create_council", actor.user_id if actor else None, ("council", council.id), now)
    return council


def edit_council(
    session: Session,
    actor: Actor,
    council_id: UUID,
    name: Mapping[str, str],
    region: str | None,
    term: Term,
    now: datetime,
) -> Council:
    """Change name, region and term; code and kind stay, for report numbers and rights hang on them.

    Memberships keep their days: a council whose term ends early ends its memberships one by one.
    """
    council = queries.get_council(session, council_id)
    _refuse_bad_values(CouncilKind(council.kind), name, term)
    council.name, council.region = dict(name), region
    council.term_starts_on, council.term_ends_on = term.since, term.until
    session.flush()
    record(session, "councils.edit_council", actor.user_id, ("council", council.id), now)
    return council


def grant_membership(
    session: Session,
    actor: Actor | None,
    council_id: UUID,
    user_id: UUID,
    role: Role,
    term: Term,
    now: datetime,
) -> Membership:
    """Give the person the role from a day to a day. `actor` None = the command line of a new installation.

    Raises a refusal for each `rules.GrantFault` (see `refusals.grant_refused`), and `councils.term_not_valid`.
    """
    council = queries.get_council(session, council_id)
    if term.until is not None and term.until < term.since:
        raise term_not_valid()
    user = get_user(session, user_id)
    wanted = Held(user_id, council_id, CouncilKind(council.kind), role, term)
    held = [
        Held(row.user_id, row.council_id, CouncilKind(of.kind), Role(row.role), Term(row.starts_on, row.ends_on))
        for row, of in queries.roles_that_could_clash(session, council_id, user_id)
    ]
    fault = rules.grant_fault(
        actor.user_id if actor else None,
        Candidate(user_id, user.is_active, user.is_administrator),
        wanted,
        Term(council.term_starts_on, council.term_ends_on),
        held,
    )
    if fault is not None:
        raise grant_refused(fault)
    membership = Membership(
        council_id=council_id,
        user_id=user_id,
        role=role.value,
        starts_on=term.since,
        ends_on=term.until,
        granted_by=actor.user_id if actor else None,
        created_at=now,
    )
    session.add(membership)
    session.flush()
    granter = actor.user_id if actor else None
    record(session, "councils.grant_membership", granter, ("council", council_id), now, user=user_id, role=role.value)
    return membership


def end_membership(
    session: Session, actor: Actor, council_id: UUID, membership_id: UUID, last_day: date, now: datetime
) -> None:
    """Let the membership end with `last_day`; what was recorded under it stays.

    A last day before its first day takes it back whole: it never was in force for a day. The event keeps that it was.
    Raises `councils.membership_over` for one that has ended earlier.
    """
    membership = queries.get_membership(session, council_id, membership_id)
    if membership.ends_on is not None and membership.ends_on < last_day:
        raise conflict(
            "councils.membership_over", _("This membership ends before that day already. Nothing was changed.")
        )
    is_taken_back = last_day < membership.starts_on
    user_id = membership.user_id
    if is_taken_back:
        session.delete(membership)
    else:
        membership.ends_on = last_day
    session.flush()
    record(
        session,
        "councils.end_membership",
        actor.user_id,
        ("council", council_id),
        now,
        user=user_id,
        membership=membership_id,
        last_day=last_day,
        taken_back=is_taken_back,
    )


def _refuse_bad_values(kind: CouncilKind, name: Mapping[str, str], term: Term) -> None:
    if (term.until is not None and term.until <= term.since) or rules.is_term_too_long(kind, term):
        raise term_not_valid()
    if any(not name.get(language, "").strip() for language in LANGUAGES):
        raise invalid("councils.name_incomplete", _("The name is needed in all three languages. Nothing was saved."))
