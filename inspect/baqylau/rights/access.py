"""Rights: one table, refusal by default.

A cell says how far a role's right reaches. What is not in the table is refused to everybody. The table follows the roles
of the threat model (docs/threat-model.md); a guard test prints it whole and walks every address of the program.
"""

from enum import StrEnum

from baqylau.rights.terms import Actor, CouncilKind, MembershipOf, Role, Subject


class Action(StrEnum):
    """What can be done; each view names one."""

    OWN_ACCOUNT = "own_account"  # change one's password, language, second factor, sessions
    USERS_MANAGE = "users.manage"  # create, invite, disable: never set a password, never grant a role
    COUNCILS_VIEW = "councils.view"
    COUNCILS_MANAGE = "councils.manage"  # create a council, change its name and term
    MEMBERS_GRANT = "members.grant"
    PLACES_VIEW = "places.view"
    PLACES_MANAGE = "places.manage"
    CONFLICT_DECLARE = "conflict.declare"
    CHECKLISTS_VIEW = "checklists.view"
    VISITS_LIST = "visits.list"
    VISIT_PLAN = "visits.plan"
    VISIT_VIEW = "visits.view"
    VISIT_VIEW_PLAN = "visits.view_plan"  # the same before its beginning
    VISIT_EDIT_PLAN = "visits.edit_plan"
    VISIT_BEGIN = "visits.begin"
    VISIT_CONCLUDE = "visits.conclude"
    VISIT_CANCEL = "visits.cancel"
    OBSTRUCTION_RECORD = "visits.record_obstruction"
    NAMES_PROTECT = "visits.protect_names"
    ANSWERS_VIEW = "answers.view"
    ANSWERS_RECORD = "answers.record"
    ANSWERS_DELIVER = "answers.deliver"  # hand over what one has recorded, also after one's right to record has ended
    ANSWERS_IMPORT = "answers.import"  # read a tablet's visit file at the office
    ANSWERS_SETTLE = "answers.settle"
    APART_DECIDE = "answers.decide_apart"  # what came from somebody who may not record any more
    KEY_MAKE = "interviews.make_key"  # one's own, to which interview notes are sealed
    KEYS_APPROVE = "interviews.approve_keys"
    NOTES_SEND = "interviews.send"  # hand over what one has sealed, also after one's right to record has ended
    NOTES_READ = "interviews.read"  # what is sealed to one's own key; without the key it is nothing
    NOTES_SET = "interviews.set"
    TABLET_KEY_RECOVER = "interviews.recover_tablet_key"
    ALERTS_VIEW = "interviews.view_alerts"
    ALERTS_FOLLOW_UP = "interviews.follow_up_alerts"
    EVIDENCE_VIEW = "evidence.view"
    EVIDENCE_WITHDRAW = "evidence.withdraw"
    FINDINGS_VIEW = "findings.view"
    FINDINGS_WRITE = "findings.write"
    FINDINGS_APPROVE = "findings.approve"
    REPORT_VIEW = "reports.view"
    REPORT_WRITE = "reports.write"
    REPORT_RELEASE_PASSAGE = "reports.release_passage"
    REPORT_ISSUE = "reports.issue"
    DISSENT_WRITE = "reports.dissent"
    AUDIT_VIEW = "audit.view"


class Reach(StrEnum):
    """How far a right reaches."""

    OWN = "own"  # one's own thing
    GROUP = "group"  # visits in whose group the person is
    COUNCIL = "council"  # the council in which the person holds the role
    NPM = "npm"  # all visits of the national preventive mechanism
    ALL = "all"


_GROUP = {Role.MONITOR: Reach.GROUP, Role.GROUP_LEADER: Reach.GROUP}
_HEADS = {Role.CHAIR: Reach.COUNCIL, Role.COORDINATOR: Reach.NPM}
_READERS = {**_GROUP, **_HEADS, Role.SECRETARY: Reach.COUNCIL, Role.OFFICE: Reach.NPM}
_EVERY_MEMBER = dict.fromkeys((Role.MONITOR, Role.CHAIR, Role.SECRETARY, Role.COORDINATOR, Role.OFFICE), Reach.ALL)
_EVERYBODY_OWN = dict.fromkeys((*_EVERY_MEMBER, Role.ADMINISTRATOR), Reach.OWN)

POLICY: dict[Action, dict[Role, Reach]] = {
    Action.OWN_ACCOUNT: {Role.PUBLIC: Reach.OWN},  # everybody signed in, with a role or not yet
    Action.USERS_MANAGE: {Role.ADMINISTRATOR: Reach.ALL},
    Action.COUNCILS_VIEW: {**_EVERY_MEMBER, Role.ADMINISTRATOR: Reach.ALL},
    Action.COUNCILS_MANAGE: {Role.ADMINISTRATOR: Reach.ALL, Role.OFFICE: Reach.ALL},
    Action.MEMBERS_GRANT: {Role.CHAIR: Reach.COUNCIL, Role.COORDINATOR: Reach.NPM, Role.OFFICE: Reach.ALL},
    Action.PLACES_VIEW: {**_EVERY_MEMBER, Role.ADMINISTRATOR: Reach.ALL},
    Action.PLACES_MANAGE: {Role.ADMINISTRATOR: Reach.ALL, Role.OFFICE: Reach.ALL, Role.COORDINATOR: Reach.ALL},
    Action.CONFLICT_DECLARE: _EVERYBODY_OWN,
    Action.CHECKLISTS_VIEW: {**_EVERY_MEMBER, Role.ADMINISTRATOR: Reach.ALL},
    Action.VISITS_LIST: _EVERY_MEMBER,
    Action.VISIT_PLAN: _HEADS,
    Action.VISIT_VIEW: _READERS,
    Action.VISIT_VIEW_PLAN: {**_GROUP, **_HEADS},
    Action.VISIT_EDIT_PLAN: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS},
    Action.VISIT_BEGIN: {Role.GROUP_LEADER: Reach.GROUP},
    Action.VISIT_CONCLUDE: {Role.GROUP_LEADER: Reach.GROUP},
    Action.VISIT_CANCEL: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS},
    Action.OBSTRUCTION_RECORD: _GROUP,
    Action.NAMES_PROTECT: _GROUP,
    Action.ANSWERS_VIEW: _READERS,
    Action.ANSWERS_RECORD: _GROUP,
    # Whoever has a device of the visit: sync.queries names its person as the owner of the subject.
    Action.ANSWERS_DELIVER: {Role.PUBLIC: Reach.OWN},
    Action.ANSWERS_IMPORT: _GROUP,
    Action.APART_DECIDE: _HEADS,
    Action.ANSWERS_SETTLE: {Role.GROUP_LEADER: Reach.GROUP},
    Action.KEY_MAKE: dict.fromkeys((Role.MONITOR, Role.CHAIR, Role.COORDINATOR), Reach.OWN),
    Action.KEYS_APPROVE: {Role.CHAIR: Reach.COUNCIL, Role.COORDINATOR: Reach.NPM, Role.OFFICE: Reach.ALL},
    # Whoever the group names: interviews.queries names the person as the owner of the subject.
    Action.NOTES_SEND: {Role.PUBLIC: Reach.OWN},
    Action.NOTES_READ: _GROUP,
    Action.NOTES_SET: {Role.GROUP_LEADER: Reach.GROUP},
    Action.TABLET_KEY_RECOVER: {Role.GROUP_LEADER: Reach.GROUP},
    Action.ALERTS_VIEW: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS, Role.OFFICE: Reach.NPM},
    Action.ALERTS_FOLLOW_UP: {Role.GROUP_LEADER: Reach.GROUP},
    Action.EVIDENCE_VIEW: {**_GROUP, **_HEADS, Role.OFFICE: Reach.NPM},
    Action.EVIDENCE_WITHDRAW: {Role.GROUP_LEADER: Reach.GROUP},
    Action.FINDINGS_VIEW: _READERS,
    Action.FINDINGS_WRITE: {**_GROUP, Role.SECRETARY: Reach.COUNCIL},
    Action.FINDINGS_APPROVE: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS},
    Action.REPORT_VIEW: _READERS,
    Action.REPORT_WRITE: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS, Role.SECRETARY: Reach.COUNCIL},
    Action.REPORT_RELEASE_PASSAGE: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS},
    Action.REPORT_ISSUE: _HEADS,
    Action.DISSENT_WRITE: _GROUP,
    Action.AUDIT_VIEW: {Role.GROUP_LEADER: Reach.GROUP, **_HEADS, Role.OFFICE: Reach.NPM},
}

#: Acts that belong to a visit: whoever has a declared conflict of interest with its place is kept out of all of them.
_OF_A_VISIT = frozenset(
    action
    for action, cells in POLICY.items()
    if Reach.GROUP in cells.values() or action in {Action.REPORT_ISSUE, Action.APART_DECIDE}
)

#: A secretary writes and sends; interviews are kept from the role even where a group names its holder.
_NOT_FOR_SECRETARIES = frozenset(
    {Action.NOTES_READ, Action.TABLET_KEY_RECOVER, Action.ALERTS_VIEW, Action.ALERTS_FOLLOW_UP}
)


def may(actor: Actor | None, action: Action, subject: Subject | None = None) -> bool:
    """Tell whether `actor` may do `action` to `subject`.

    Without a subject: whether any role of the actor holds the action at all (for menus and lists, which filter by
    themselves); never enough to show a thing.
    """
    if actor is None:
        return False
    if subject is not None and subject.is_secret_plan and action is Action.VISIT_VIEW:
        action = Action.VISIT_VIEW_PLAN
    if subject is not None and action in _OF_A_VISIT and actor.user_id in subject.conflicted:
        return False
    if subject is not None and action in _NOT_FOR_SECRETARIES and _is_secretary(actor, subject):
        return False
    cells = POLICY.get(action, {})
    return any(_reaches(actor, role, reach, subject) for role, reach in cells.items())


def _reaches(actor: Actor, role: Role, reach: Reach, subject: Subject | None) -> bool:
    if reach is Reach.GROUP:
        return _in_group(actor, role, subject)
    if role is Role.PUBLIC:
        return _covers(reach, None, actor, subject)
    if role is Role.ADMINISTRATOR:
        return actor.is_administrator and _covers(reach, None, actor, subject)
    return any(
        _covers(reach, membership, actor, subject) for membership in actor.memberships if membership.role is role
    )


def _is_secretary(actor: Actor, subject: Subject) -> bool:
    """Tell whether the actor is the secretary of the visit's council and nothing else there."""
    roles = {one.role for one in actor.memberships if one.council_id == subject.council_id}
    return roles == {Role.SECRETARY}


def _in_group(actor: Actor, role: Role, subject: Subject | None) -> bool:
    """Tell whether the actor is in the visit's group; one who left the council is not, from that day on."""
    if subject is None:
        return bool(actor.memberships)
    people = subject.leaders if role is Role.GROUP_LEADER else subject.group
    return actor.user_id in people and subject.council_id in actor.council_ids


def _covers(reach: Reach, membership: MembershipOf | None, actor: Actor, subject: Subject | None) -> bool:
    if reach is Reach.ALL or subject is None:
        return True
    if reach is Reach.OWN:
        return subject.owner == actor.user_id
    if reach is Reach.COUNCIL:
        return membership is not None and membership.council_id == subject.council_id
    return subject.council_kind is CouncilKind.NPM_GROUP
