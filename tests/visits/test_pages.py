"""The pages of visits, as each person meets them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from baqylau import clock
from baqylau.accounts.models import User
from baqylau.app import Application
from baqylau.audit.queries import last_event
from baqylau.councils.models import Council
from baqylau.rights.terms import CouncilKind, Role
from baqylau.visits import bases, queries
from baqylau.visits.models import Visit
from baqylau.visits.steps import Step, StepName, StepState, Turn, _tellers, tell_about
from baqylau.visits.terms import VisitKind, VisitState
from tests.factories.checklists import make_checklist_version
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.places import make_conflict, make_place
from tests.factories.visits import AT_THE_GATE, FIRST_DAY, make_visit

SignIn = Callable[[UUID], FlaskClient]
#: Sunday before the visit, noon in Kazakhstan; its group was told on Saturday evening.
DAY_BEFORE = AT_THE_GATE - timedelta(hours=21)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.fixed_at(DAY_BEFORE):
        yield


class Scene:
    """A commission with its people, an npm group, the office, and a planned visit of the commission."""

    def __init__(self, session: Session) -> None:
        self.council = make_council(session, code="ATY")
        self.leader, self.member = self.person(session, name="Leader"), self.person(session, name="Member")
        self.outsider = self.person(session, name="Outsider")
        self.chair = self.person(session, Role.CHAIR, name="Chair")
        self.secretary = self.person(session, Role.SECRETARY)
        self.office = self.person(session, Role.OFFICE, make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE))
        self.npm = make_council(session, code="NPM", kind=CouncilKind.NPM_GROUP)
        self.coordinator = self.person(session, Role.COORDINATOR, self.npm)
        self.administrator = make_user(session, is_administrator=True)
        self.place = make_place(session, name={"kk": "№ 9 мекеме", "ru": "Учреждение № 9", "en": "Institution No. 9"})
        self.version = make_checklist_version(session)
        self.visit = make_visit(
            session, council=self.council, place=self.place, planner=self.chair, leader=self.leader,
            members=[self.member], checklists=[self.version],
        )  # fmt: skip

    def person(
        self, session: Session, role: Role = Role.MONITOR, council: Council | None = None, **values: Any
    ) -> User:
        user = make_user(session, **values)
        make_membership(session, user=user, council=council or self.council, role=role)
        return user


@pytest.fixture
def scene(app: Application) -> Scene:
    with app.database.transaction() as session:
        return Scene(session)


@contextmanager
def changing(app: Application, scene: Scene) -> Iterator[Visit]:
    with app.database.transaction() as session:
        yield queries.get_visit(session, scene.visit.id)


def state_of(app: Application, scene: Scene) -> Visit:
    with app.database.reading() as session:
        return queries.get_visit(session, scene.visit.id)


def address(scene: Scene, rest: str = "") -> str:
    return f"/visits/{scene.visit.id}{rest}"


# The first page


def test_a_visitor_is_sent_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]


def test_the_first_page_says_what_waits_for_whom(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    page = sign_in_as(scene.leader.id).get("/").text
    assert "Waits for you" in page
    assert "Begin the visit" in page
    assert "ATY-2026-001" in page
    assert "23\u00a0November 2026" in page
    page = sign_in_as(scene.member.id).get("/").text
    assert "Nothing waits for you now." in page
    assert "Waits for others" in page
    assert "leader of the group" in page
    assert "ATY-2026-001" not in sign_in_as(scene.outsider.id).get("/").text
    with changing(app, scene) as visit:
        visit.notice_at = None
    assert "Give notice to the head of the place" in sign_in_as(scene.leader.id).get("/").text


def test_a_chair_sees_that_a_group_must_be_named(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        make_visit(
            session, council=scene.council, leader=scene.leader, members=[], starts_on=FIRST_DAY - timedelta(days=9)
        )
    page = sign_in_as(scene.chair.id).get("/").text
    assert page.index("Name the group and its leader") < page.index("Waits for others")
    assert "was due on" in page


def test_an_administrator_finds_people_and_councils_and_no_visit(scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.administrator.id)
    page = browser.get("/").text
    assert "not shown to administrators" in page
    assert "/people" in page
    assert "ATY-2026-001" not in page
    assert browser.get("/visits").status_code == 403
    assert browser.get(address(scene)).status_code == 404


def test_a_visit_leaves_the_first_page_when_the_room_above_says_it_is_done(
    app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    with changing(app, scene) as visit:
        visit.state, visit.began_at, visit.concluded_at = VisitState.CONCLUDED, AT_THE_GATE, AT_THE_GATE
    browser = sign_in_as(scene.leader.id)
    kept = dict(_tellers)
    try:
        _tellers.clear()
        assert "Write the findings" in browser.get("/").text
        for name in (StepName.FINDINGS, StepName.REPORT):
            step = Step(name, StepState.DONE, Turn.LEADER)
            tell_about(name, lambda _session, ids, step=step: dict.fromkeys(ids, step))
        assert "ATY-2026-001" not in browser.get("/").text
    finally:
        _tellers.clear()
        _tellers.update(kept)


# Who sees what


@pytest.mark.parametrize("who", ["secretary", "outsider", "office", "coordinator", "administrator"])
def test_a_plan_is_invisible_outside_its_group_and_chair(scene: Scene, sign_in_as: SignIn, who: str) -> None:
    browser = sign_in_as(getattr(scene, who).id)
    for rest in ("", "/plan", "/group", "/notice", "/cancel", "/names", "/obstruction", "/letters/mandate/kk.pdf"):
        assert browser.get(address(scene, rest)).status_code == 404, rest
    for rest in ("/begin", "/conclude", "/cancel", "/plan", "/group", f"/names/{uuid4()}/forget"):
        assert browser.post(address(scene, rest)).status_code == 404, rest
    if who != "administrator":
        assert "ATY-2026-001" not in browser.get("/visits").text


@pytest.mark.parametrize("who", ["leader", "member", "chair"])
def test_group_and_chair_see_the_plan(scene: Scene, sign_in_as: SignIn, who: str) -> None:
    browser = sign_in_as(getattr(scene, who).id)
    page = browser.get(address(scene)).text
    assert "Institution No. 9" in page
    assert "Short look at cells" in page
    assert "ATY-2026-001" in browser.get("/visits").text


def test_once_begun_the_secretary_sees_the_visit_and_the_office_does_not(
    app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    with changing(app, scene) as visit:
        visit.state, visit.began_at = VisitState.UNDER_WAY, AT_THE_GATE
    assert sign_in_as(scene.secretary.id).get(address(scene)).status_code == 200
    assert sign_in_as(scene.office.id).get(address(scene)).status_code == 404


def test_a_member_changes_nothing_that_is_the_leaders(scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.member.id)
    for rest in ("/begin", "/conclude", "/cancel", "/plan", "/group", "/notice"):
        assert browser.post(address(scene, rest)).status_code == 403, rest
    page = browser.get(address(scene)).text
    assert address(scene, "/begin") not in page
    assert address(scene, "/names") in page


def test_a_conflict_of_interest_hides_the_visit_from_its_own_group(
    app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    with app.database.transaction() as session:
        make_conflict(session, user=scene.member, place=scene.place)
    assert sign_in_as(scene.member.id).get(address(scene)).status_code == 404


def test_the_history_is_for_those_who_may_read_the_log(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    sign_in_as(scene.leader.id).post(address(scene, "/names"), data={"protected": "Жүнісов"})
    page = sign_in_as(scene.chair.id).get(address(scene)).text
    assert "added a protected name" in page
    assert "Leader" in page
    assert "Жүнісов" not in page
    assert "added a protected name" not in sign_in_as(scene.member.id).get(address(scene)).text


def test_the_list_shows_open_and_past_visits_apart(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        make_visit(session, council=scene.council, leader=scene.leader, state=VisitState.CANCELLED)
    browser = sign_in_as(scene.leader.id)
    assert "ATY-2026-002" in browser.get("/visits").text
    assert "ATY-2026-002" not in browser.get("/visits?show=open").text
    assert "ATY-2026-001" not in browser.get("/visits?show=over&page=7").text
    assert "There is no visit here" in sign_in_as(scene.outsider.id).get("/visits").text


# Planning


def plan_data(scene: Scene, **changes: Any) -> dict[str, Any]:
    return {
        "place_id": str(scene.place.id), "kind": "commission", "starts_on": "2026-12-01", "ends_on": "",
        "checklists": [str(scene.version.id)], "purpose": "The kitchen",
        **{f"legal_basis_{code}": text for code, text in bases.USUAL[VisitKind.COMMISSION].items()}, **changes,
    }  # fmt: skip


def test_the_form_comes_with_the_usual_legal_basis(scene: Scene, sign_in_as: SignIn) -> None:
    page = sign_in_as(scene.chair.id).get("/visits/new").text
    assert "Қылмыстық-атқару кодексінің 33 және 38-баптары" in page
    assert "Institution No. 9" in page


def test_a_chair_plans_a_visit_and_goes_on_to_the_group(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    answer = sign_in_as(scene.chair.id).post("/visits/new", data=plan_data(scene))
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/group")
    with app.database.reading() as session:
        visit = queries.get_visit(session, UUID(answer.headers["Location"].split("/")[2]))
        assert (visit.number, visit.ends_on, visit.purpose) == ("ATY-2026-002", date(2026, 12, 1), "The kitchen")
        assert [one.id for one in queries.versions_of_visit(session, visit.id)] == [scene.version.id]


def test_a_wrong_plan_is_shown_again_with_what_was_written(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.chair.id)
    answer = browser.post("/visits/new", data=plan_data(scene, starts_on="soon", checklists=[], kind="special"))
    assert answer.status_code == 422
    for said in ("Enter a day, such as 2026-11-23.", "Choose at least one checklist.", "The kitchen", "error-summary"):
        assert said in answer.text
    answer = browser.post("/visits/new", data=plan_data(scene, ends_on="2026-11-30"))
    assert "The last day must not come before the first." in answer.text
    with app.database.transaction() as session:
        alike = make_checklist_version(session)
    answer = browser.post("/visits/new", data=plan_data(scene, checklists=[str(scene.version.id), str(alike.id)]))
    assert answer.status_code == 422
    assert "answers could not be told apart" in answer.text
    assert "ATY-2026-002" not in browser.get("/visits").text


@pytest.mark.parametrize("who", ["leader", "secretary", "office", "administrator"])
def test_only_heads_plan(scene: Scene, sign_in_as: SignIn, who: str) -> None:
    assert sign_in_as(getattr(scene, who).id).post("/visits/new", data=plan_data(scene)).status_code == 403


def test_nobody_plans_for_another_council(scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.chair.id)
    assert browser.post(f"/visits/new?council={scene.npm.id}", data=plan_data(scene)).status_code == 404
    assert browser.get(f"/visits/new?council={uuid4()}").status_code == 404
    assert browser.get("/visits/new?council=x").status_code == 404


def test_a_coordinator_of_several_groups_is_asked_for_which(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        other = make_council(session, kind=CouncilKind.NPM_GROUP)
    browser = sign_in_as(scene.coordinator.id)
    assert "Which council makes the visit?" in browser.get("/visits/new").text
    data = plan_data(scene, kind="special")
    answer = browser.post(f"/visits/new?council={other.id}", data=data)
    assert answer.status_code == 302
    with app.database.reading() as session:
        visit = queries.get_visit(session, UUID(answer.headers["Location"].split("/")[2]))
        assert (visit.council_id, visit.kind) == (other.id, "special")
        assert visit.legal_basis == bases.USUAL[VisitKind.SPECIAL]


def test_without_a_checklist_the_form_says_so(app: Application, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        chair = make_membership(session, role=Role.CHAIR).user_id
    assert "No checklist is published yet" in sign_in_as(chair).get("/visits/new").text


def test_another_first_day_makes_the_notice_void_and_says_so(
    app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(scene.leader.id)
    answer = browser.post(address(scene, "/plan"), data=plan_data(scene), follow_redirects=True)
    assert "Give notice again." in answer.text
    visit = state_of(app, scene)
    assert (visit.notice_at, visit.starts_on) == (None, date(2026, 12, 1))


def test_a_pinned_version_stays_when_a_newer_one_is_out(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        newer = make_checklist_version(session, slug=scene.version.slug, version=2)
    browser = sign_in_as(scene.leader.id)
    page = browser.get(address(scene, "/plan")).text
    assert "Short look at cells, version 1" in page
    assert "Short look at cells, version 2" in page
    browser.post(address(scene, "/plan"), data=plan_data(scene, checklists=[str(newer.id)]))
    with app.database.reading() as session:
        assert [one.id for one in queries.versions_of_visit(session, scene.visit.id)] == [newer.id]


def test_the_plan_of_a_visit_under_way_cannot_be_changed(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with changing(app, scene) as visit:
        visit.state, visit.began_at = VisitState.UNDER_WAY, AT_THE_GATE
    answer = sign_in_as(scene.leader.id).post(address(scene, "/plan"), data=plan_data(scene))
    assert answer.status_code == 422
    assert "no longer a plan" in answer.text


def group_data(scene: Scene, leader: User, *others: User, **sections: list[str]) -> dict[str, Any]:
    ticks = {f"goes_{user.id.hex}": "y" for user in others}
    return {"leader": str(leader.id), **ticks, **sections}


def test_the_leader_goes_along_even_if_only_named_as_leader(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    data = group_data(scene, scene.member, scene.outsider)
    data[f"sections_{scene.outsider.id.hex}"] = ["F"]
    assert sign_in_as(scene.chair.id).post(address(scene, "/group"), data=data).status_code == 302
    with app.database.reading() as session:
        group = queries.group_of(session, scene.visit.id)
    assert [(user.name, row.is_leader, row.sections) for row, user in group] == [
        ("Member", True, []),
        ("Outsider", False, ["F"]),
    ]


def test_a_wrong_group_is_shown_again_with_the_rule(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.chair.id)
    answer = browser.post(address(scene, "/group"), data=group_data(scene, scene.member))
    assert answer.status_code == 422
    assert "at least two members" in answer.text
    assert browser.post(address(scene, "/group"), data={"leader": ""}).status_code == 422
    with app.database.transaction() as session:
        make_conflict(session, user=scene.outsider, place=scene.place)
    page = browser.get(address(scene, "/group")).text
    assert f"goes_{scene.outsider.id.hex}" not in page
    assert "Stay away" in page
    # A hand-made request names the person all the same: the field does not exist, so nobody is added.
    browser.post(address(scene, "/group"), data=group_data(scene, scene.leader, scene.member, scene.outsider))
    with app.database.reading() as session:
        assert {user.name for _row, user in queries.group_of(session, scene.visit.id)} == {"Leader", "Member"}


# Acts


def test_a_notice_is_entered_in_local_time(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.leader.id)
    assert browser.post(address(scene, "/notice"), data={"given_at": "2026-11-22T09:00"}).status_code == 302
    assert state_of(app, scene).notice_at == datetime.fromisoformat("2026-11-22T04:00:00+00:00")
    answer = browser.post(address(scene, "/notice"), data={"given_at": "2026-11-22T19:00"})
    assert answer.status_code == 422
    assert "This time has not come yet." in answer.text
    assert "Enter day and time" in browser.post(address(scene, "/notice"), data={"given_at": "yesterday"}).text


def test_a_visit_is_begun_and_concluded_by_its_leader(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    assert address(scene, "/begin") not in sign_in_as(scene.leader.id).get(address(scene)).text
    with clock.fixed_at(AT_THE_GATE):
        browser = sign_in_as(scene.leader.id)
        assert address(scene, "/begin") in browser.get(address(scene)).text
        page = browser.post(address(scene, "/begin"), follow_redirects=True).text
        assert "The visit has begun." in page
        assert f"/visits/{scene.visit.id}/record" in page or "answers" in page
        page = browser.post(address(scene, "/conclude"), follow_redirects=True).text
    assert "The visit is concluded." in page
    assert state_of(app, scene).state == VisitState.CONCLUDED


def test_beginning_too_early_after_the_notice_is_refused_with_a_page(
    app: Application, scene: Scene, sign_in_as: SignIn
) -> None:
    with changing(app, scene) as visit:
        visit.notice_at = DAY_BEFORE
    answer = sign_in_as(scene.leader.id).post(address(scene, "/begin"))
    assert answer.status_code == 409
    assert "24 hours have not passed" in answer.text
    assert state_of(app, scene).state == VisitState.PLANNED


def test_a_cancelled_visit_shows_its_reason(scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.chair.id)
    assert browser.post(address(scene, "/cancel"), data={"reason": " "}).status_code == 422
    page = browser.post(address(scene, "/cancel"), data={"reason": "Snow"}, follow_redirects=True).text
    assert "This visit was cancelled" in page
    assert "Snow" in page


def obstruction_data(**changes: str) -> dict[str, str]:
    return {
        "happened_at": "2026-11-22T09:00", "official": "duty assistant", "ground": "devices",
        "account": "Left at the gate <b>.", **changes,
    }  # fmt: skip


def test_an_obstruction_is_kept_and_shown(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.member.id)
    answer = browser.post(address(scene, "/obstruction"), data=obstruction_data(official="", ground="lunch"))
    assert answer.status_code == 422
    assert "Enter the position of the official." in answer.text
    page = browser.post(address(scene, "/obstruction"), data=obstruction_data(), follow_redirects=True).text
    assert "tablets, cameras or telephones" in page
    assert "Left at the gate &lt;b&gt;." in page
    assert state_of(app, scene).state == VisitState.PLANNED
    page = browser.post(
        address(scene, "/obstruction"), data=obstruction_data(stopped_visit="y"), follow_redirects=True
    ).text
    assert "Access was refused" in page
    assert state_of(app, scene).state == VisitState.REFUSED


def test_protected_names_are_seen_by_the_group_only(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.member.id)
    assert browser.post(address(scene, "/names"), data={"protected": "Ли"}).status_code == 422
    page = browser.post(address(scene, "/names"), data={"protected": "Жүнісов"}, follow_redirects=True).text
    assert "Жүнісов" in page
    assert sign_in_as(scene.chair.id).get(address(scene, "/names")).status_code == 403
    with app.database.reading() as session:
        name_id = next(iter(queries.protected_names(session, scene.visit.id, app.baqylau_settings.keys)))
    assert browser.post(address(scene, f"/names/{uuid4()}/forget")).status_code == 404
    page = browser.post(address(scene, f"/names/{name_id}/forget"), follow_redirects=True).text
    assert "Жүнісов" not in page
    with app.database.reading() as session:
        last = last_event(session)
        assert last is not None
        assert last.act == "visits.forget_name"


# Letters


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("kind", ["mandate", "notice"])
def test_letters_of_a_commission_come_as_pdf(scene: Scene, sign_in_as: SignIn, kind: str, language: str) -> None:
    answer = sign_in_as(scene.member.id).get(address(scene, f"/letters/{kind}/{language}.pdf"))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert f"ATY-2026-001-{kind}-{language}.pdf" in answer.headers["Content-Disposition"]


def test_there_is_no_other_letter(scene: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(scene.member.id)
    for rest in ("/letters/mandate/de.pdf", "/letters/thanks/kk.pdf"):
        assert browser.get(address(scene, rest)).status_code == 404


def test_the_npm_has_a_mandate_and_no_notice(app: Application, scene: Scene, sign_in_as: SignIn) -> None:
    with app.database.transaction() as session:
        leader = scene.person(session, Role.MONITOR, scene.npm)
        visit = make_visit(session, council=scene.npm, leader=leader)
    browser = sign_in_as(leader.id)
    page = browser.get(f"/visits/{visit.id}").text
    assert "Mandate letter" in page
    assert "Notice of a visit" not in page
    assert browser.get(f"/visits/{visit.id}/letters/mandate/ru.pdf").status_code == 200
    assert browser.get(f"/visits/{visit.id}/letters/notice/ru.pdf").status_code == 409
    assert browser.post(f"/visits/{visit.id}/notice", data={"given_at": "2026-11-22T09:00"}).status_code == 422


# Languages


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_opens_in_every_language(scene: Scene, sign_in_as: SignIn, language: str) -> None:
    browser = sign_in_as(scene.leader.id)
    for rest in ("", "/plan", "/group", "/notice", "/cancel", "/obstruction", "/names"):
        answer = browser.get(address(scene, f"{rest}?lang={language}"))
        assert answer.status_code == 200, rest
        assert f'<html lang="{language}"' in answer.text
    for page in ("/", "/visits"):
        assert browser.get(f"{page}?lang={language}").status_code == 200
