"""Rights: every address has a policy; nothing is allowed that the table does not say; invariants hold for every row."""

import inspect
import uuid
from importlib import import_module

import pytest
from flask.testing import FlaskClient

from baqylau.app import Application
from baqylau.rights.access import POLICY, Action, Reach, may
from baqylau.rights.guard import ViewWithoutPolicy, public, refuse_views_without_policy
from baqylau.rights.terms import Actor, CouncilKind, MembershipOf, Role, Subject

ROOMS = ("accounts", "answers", "checklists", "councils", "findings", "jobs", "places", "reports", "storage", "visits")
COUNCIL, OTHER_COUNCIL = uuid.uuid4(), uuid.uuid4()
LEADER, MEMBER, OUTSIDER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()


def actor(
    role: Role, council: uuid.UUID = COUNCIL, kind: CouncilKind = CouncilKind.COMMISSION, who: uuid.UUID = OUTSIDER
) -> Actor:
    if role is Role.ADMINISTRATOR:
        return Actor(who, "A", "en", is_administrator=True)
    return Actor(who, "A", "en", memberships=(MembershipOf(council, kind, role),))


def visit(
    kind: CouncilKind = CouncilKind.COMMISSION, *, secret: bool = False, conflicted: frozenset[uuid.UUID] = frozenset()
) -> Subject:
    return Subject(COUNCIL, kind, frozenset({LEADER, MEMBER}), frozenset({LEADER}), secret, None, conflicted)


VISIT_ACTIONS = [action for action, cells in POLICY.items() if Reach.GROUP in cells.values()]


def test_every_action_has_a_row() -> None:
    assert set(POLICY) == set(Action)


def test_nobody_signed_in_may_do_nothing() -> None:
    assert not any(may(None, action, visit()) for action in Action)


@pytest.mark.parametrize("action", [*VISIT_ACTIONS, Action.REPORT_ISSUE])
def test_an_administrator_gets_nothing_of_a_visit(action: Action) -> None:
    assert not may(actor(Role.ADMINISTRATOR), action, visit())
    assert not may(actor(Role.ADMINISTRATOR, who=MEMBER), action, visit())


@pytest.mark.parametrize("action", VISIT_ACTIONS)
@pytest.mark.parametrize("role", [Role.MONITOR, Role.CHAIR, Role.SECRETARY])
def test_another_council_gets_nothing_of_a_visit(action: Action, role: Role) -> None:
    assert not may(actor(role, OTHER_COUNCIL), action, visit())


@pytest.mark.parametrize("role", [Role.MONITOR, Role.SECRETARY, Role.OFFICE])
def test_a_plan_is_unknown_outside_its_group_and_chair(role: Role) -> None:
    assert not may(actor(role), Action.VISIT_VIEW, visit(secret=True))
    assert may(actor(Role.CHAIR), Action.VISIT_VIEW, visit(secret=True))
    assert may(actor(Role.MONITOR, who=MEMBER), Action.VISIT_VIEW, visit(secret=True))


def test_the_office_sees_visits_of_the_npm_and_no_commissions() -> None:
    office = actor(Role.OFFICE, OTHER_COUNCIL, CouncilKind.OMBUDSMAN_OFFICE)
    assert may(office, Action.VISIT_VIEW, visit(CouncilKind.NPM_GROUP))
    assert not may(office, Action.VISIT_VIEW, visit(CouncilKind.COMMISSION))


def test_who_left_the_council_is_out_of_its_groups() -> None:
    left = Actor(MEMBER, "A", "en", memberships=())
    assert not any(may(left, action, visit()) for action in VISIT_ACTIONS)


@pytest.mark.parametrize("action", VISIT_ACTIONS)
def test_a_conflict_of_interest_keeps_out_of_everything(action: Action) -> None:
    for who, role in ((MEMBER, Role.MONITOR), (LEADER, Role.CHAIR)):
        assert not may(actor(role, who=who), action, visit(conflicted=frozenset({who})))


def test_only_the_leader_settles_and_concludes() -> None:
    for action in (Action.ANSWERS_SETTLE, Action.VISIT_CONCLUDE, Action.VISIT_BEGIN):
        assert may(actor(Role.MONITOR, who=LEADER), action, visit())
        assert not may(actor(Role.MONITOR, who=MEMBER), action, visit())


def test_an_administrator_grants_no_role() -> None:
    assert Role.ADMINISTRATOR not in POLICY[Action.MEMBERS_GRANT]


def test_a_view_without_a_policy_stops_the_start(app: Application) -> None:
    app.view_functions["forgotten"] = lambda: ""
    with pytest.raises(ViewWithoutPolicy, match="forgotten"):
        refuse_views_without_policy(app)


def test_every_address_but_the_public_ones_is_closed_to_visitors(app: Application, client: FlaskClient) -> None:
    opened = []
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].policy == "public":  # type: ignore[attr-defined]
            continue
        values = {name: _sample(rule, name) for name in rule.arguments}
        address = app.url_map.bind("localhost").build(rule.endpoint, values)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            answer = client.open(address, method=method)
            refused = answer.status_code in {401, 403, 404} or (
                answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
            )
            if not refused:
                opened.append(f"{method} {rule.rule}: {answer.status_code}")
    assert opened == []


def _sample(rule: object, name: str) -> object:
    defaults = getattr(rule, "defaults", None) or {}
    converter = type(rule._converters.get(name)).__name__  # type: ignore[attr-defined]
    return defaults.get(name) or {"UUIDConverter": uuid.uuid4(), "IntegerConverter": 1, "NoneType": ""}.get(
        converter, "kk"
    )


def test_public_is_what_is_meant_to_be_public(app: Application) -> None:
    public_names = {name for name, view in app.view_functions.items() if getattr(view, "policy", None) == "public"}
    assert public_names == {
        "static", "health", "accounts.sign_in", "accounts.second_factor", "accounts.sign_out", "accounts.invitation",
        "accounts.set_language", "reports.verify",
        # The tablet's program, the same for everybody: it must open without a network, so without a sign-in.
        "tablet.shell", "tablet.worker", "tablet.file", "tablet.manifest", "tablet.icon",
    }  # fmt: skip
    assert public.__doc__


@pytest.mark.parametrize("room", ROOMS)
def test_every_act_writes_to_the_audit_log(room: str) -> None:
    actions = import_module(f"baqylau.{room}.actions")
    exempt = {
        # Written by their callers in the same transaction: a batch is one act; a session's beginning is an act of signing in.
        "answers.add_revision", "storage.store", "storage.keep_file", "storage.write_whole",
        "jobs.step_done", "jobs.put_back_broken_off",
    }  # fmt: skip
    silent = []
    for name, function in inspect.getmembers(actions, inspect.isfunction):
        if function.__module__ == actions.__name__ and not name.startswith("_") and f"{room}.{name}" not in exempt:
            source = inspect.getsource(function)
            if "record(" not in source and "_record" not in source and "_note(" not in source:
                silent.append(name)
    assert silent == []
