"""The pages as people read them: what speaks, what was written, who may judge it, and what an error leaves in the form."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, select
from werkzeug.test import TestResponse

from baqylau.accounts.models import User
from baqylau.audit.models import AuditEvent
from baqylau.findings import queries
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.terms import DraftState
from baqylau.places.models import Place
from baqylau.places.terms import AuthorityLevel
from baqylau.rights.terms import CouncilKind, Role
from tests.factories.findings import ACTION, ESTABLISHED, SIGN, WRITTEN_AT, make_finding, make_recommendation
from tests.factories.people import make_council, make_membership, make_user
from tests.factories.places import make_authority
from tests.findings.conftest import NOT_MET, Scene, add_photo, make_scene, record_answer

SignIn = Callable[[UUID], FlaskClient]


def words(response: TestResponse) -> str:
    """Return what a person reads on the page, in one line."""
    body = response.get_data(as_text=True).partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def controls(response: TestResponse) -> dict[str, list[str]]:
    """Return the values of the page's text areas, fields and ticked boxes by name."""
    page, found = response.get_data(as_text=True), {}
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', page, re.DOTALL):
        found.setdefault(name, []).append(unescape(text))
    for tag in re.findall(r"<input[^>]+>", page):
        kind, name, value = (re.search(rf'\b{part}="([^"]*)"', tag) for part in ("type", "name", "value"))
        if name and (not kind or kind[1] not in ("checkbox", "radio") or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        found.setdefault(name, []).extend(re.findall(r'<option selected value="([^"]*)"', options))
    return found


def index(visit_id: UUID, **query: str) -> str:
    return f"/visits/{visit_id}/findings" + (
        "?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    )


def one(finding: Finding, act: str = "") -> str:
    return f"/visits/{finding.visit_id}/findings/{finding.id}{act}"


def one_of_recommendations(row: Recommendation, act: str = "") -> str:
    return f"/visits/{row.visit_id}/recommendations/{row.id}{act}"


def seen(session: Session, read: Callable[[Session], Any]) -> Any:
    """Return what another session reads: the test's own would keep SQLite's write lock."""
    with Session(session.get_bind().execution_options(baqylau_writes=False), expire_on_commit=False) as other:  # type: ignore[union-attr]
        return read(other)


def fresh(session: Session, row: Any) -> Any:
    return seen(session, lambda other: other.get_one(type(row), row.id))


@pytest.fixture
def desk(session: Session, scene: Scene) -> Scene:
    """Return the scene with answers of every sort, saved."""
    record_answer(session, scene, "cell", {"label": "Cell 1"}, row="a")
    record_answer(session, scene, "D1", {"value": 9}, row="a")
    record_answer(session, scene, "D2", {"value": 4}, row="a")
    record_answer(session, scene, "D4", NOT_MET, sources="P", note="Persons said their eyes hurt.")
    record_answer(session, scene, "D5", {"value": ["table"]}, flags=("urgent",))
    record_answer(session, scene, "F1", {"value": "no"}, sources="D")
    record_answer(session, scene, "F1", {"value": "yes"}, sources="S", by=scene.leader)
    record_answer(session, scene, "F3", {"value": "Doctors are kind."}, sources="P", flags=("good_practice",))
    record_answer(session, scene, "F2", {"numerator": 3, "denominator": 4})
    session.commit()
    return scene


# The list


def test_the_list_shows_what_speaks_with_observer_and_note_and_says_what_a_proposal_is(
    desk: Scene, sign_in_as: SignIn
) -> None:
    response = sign_in_as(desk.monitor.id).get(index(desk.visit.id))
    page = words(response)
    assert response.status_code == 200
    for said in (
        "D4 Is there light enough to read?",
        "Persons said their eyes hurt.",
        desk.monitor.name,
        "2.25 m² per person",
        "alleged so far",
        "good practice",
        "A proposal is not a finding until a person takes it",
        "There is no finding yet.",
    ):
        assert said in page
    assert "How many people were examined?" not in page


def test_a_conflict_is_shown_with_both_answers_and_the_way_to_settle_it_and_cannot_be_taken(
    desk: Scene, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(desk.monitor.id)
    response = browser.get(index(desk.visit.id, show="conflict"))
    page = words(response)
    assert "Answers stand against each other: 1" in page
    assert "Answer 1 no" in page
    assert "Answer 2 yes" in page
    assert "Take as a finding" not in page
    assert f'href="/visits/{desk.visit.id}/conflicts"' in response.get_data(as_text=True)
    refused = browser.post(index(desk.visit.id) + "/take", data={"item_id": "F1"})
    assert refused.status_code == 409
    assert "Settle which one holds" in words(refused)


@pytest.mark.parametrize(
    ("query", "items"),
    [
        ({}, {"D3", "D4", "D5", "F1", "F3"}),
        ({"show": "not_met"}, {"D3", "D4", "F1"}),
        ({"show": "urgent"}, {"D5"}),
        ({"show": "good_practice"}, {"F3"}),
        ({"show": "photo"}, set()),
        ({"section": "F"}, {"F1", "F3"}),
        ({"section": "F", "show": "conflict"}, {"F1"}),
        ({"show": "nonsense", "section": "nonsense", "page": "99"}, {"D3", "D4", "D5", "F1", "F3"}),
    ],
)
def test_filters_choose_what_is_listed(desk: Scene, sign_in_as: SignIn, query: dict[str, str], items: set[str]) -> None:
    response = sign_in_as(desk.monitor.id).get(index(desk.visit.id, **query))
    assert set(re.findall(r'id="item-(\w+)"', response.get_data(as_text=True))) == items
    if not items:
        assert "No answer is of this kind." in words(response)


def test_a_visit_without_answers_says_what_will_come(session: Session, scene: Scene, sign_in_as: SignIn) -> None:
    session.commit()
    page = words(sign_in_as(scene.monitor.id).get(index(scene.visit.id)))
    assert "Nothing has been recorded yet." in page
    assert "Back to the visit" in page


def test_a_proposal_is_taken_by_a_button_and_then_written(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(desk.monitor.id)
    for _ in range(2):
        response = browser.post(index(desk.visit.id) + "/take", data={"item_id": "D4"})
    (finding,) = seen(session, lambda other: queries.findings_of(other, desk.visit.id))
    assert response.headers["Location"] == one(finding)
    form = browser.get(response.headers["Location"])
    assert "Persons said their eyes hurt." in words(form)
    assert controls(form)["established_en"] == [""]
    assert controls(form)["items"] == ["D4"]
    listed = words(browser.get(index(desk.visit.id)))
    assert "Taken into finding D.1" in listed
    assert "No text yet: items D4" in listed


def test_what_nothing_proposes_cannot_be_taken(desk: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(desk.monitor.id)
    for item in ("F2", "Z9", ""):
        assert browser.post(index(desk.visit.id) + "/take", data={"item_id": item}).status_code == 409


def test_the_list_says_exactly_what_is_missing_in_which_language(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit, established={"kk": "Жарық жоқ."}, whereabouts={"en": "block 2"})
    make_recommendation(session, findings=[finding], action={"ru": "Починить свет."}, sign={})
    session.commit()
    page = words(sign_in_as(desk.monitor.id).get(index(desk.visit.id)))
    assert "Text missing in: Russian, English" in page
    assert "Finding D.1, what was established: Russian, English" in page
    assert "Finding D.1, where in the place: Kazakh, Russian" in page
    assert "Recommendation 1, what is to be done: Kazakh, English" in page


def test_long_lists_are_paged_and_keep_their_filter(
    session: Session, scene: Scene, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("baqylau.findings.pages.findings.LINES_ON_A_PAGE", 2)
    for item, value in (("D4", NOT_MET), ("D5", {"value": ["table"]}), ("F1", {"value": "no"})):
        record_answer(session, scene, item, value, flags=("urgent",))
    session.commit()
    response = sign_in_as(scene.monitor.id).get(index(scene.visit.id, show="urgent", page="2"))
    assert re.findall(r'id="item-(\w+)"', response.get_data(as_text=True)) == ["F1"]
    assert "show=urgent" in response.get_data(as_text=True).partition('class="pager"')[2]


# Writing a finding


def entered(**changes: Any) -> dict[str, Any]:
    values = {
        "section": "D",
        "kind": "shortcoming",
        "items": ["D4"],
        "established_kk": ESTABLISHED["kk"],
        "established_ru": ESTABLISHED["ru"],
        "established_en": ESTABLISHED["en"],
        "sources": ["O", "P"],
        "standards": "PEC 115(5)\nMR 14",
        "national": "not_met",
        "international": "partly",
        "severity": "high",
        "cause": "building",
    }
    return {**values, **changes}


def test_a_finding_of_one_s_own_is_written_once_though_the_form_is_sent_twice(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(desk.monitor.id)
    form = controls(browser.get(index(desk.visit.id) + "/new?section=D"))
    data = entered(finding_id=form["finding_id"][0], read_at=form["read_at"][0])
    first, second = (browser.post(index(desk.visit.id) + "/new", data=data) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    (finding,) = seen(session, lambda other: queries.findings_of(other, desk.visit.id))
    assert (finding.number, finding.established, finding.severity) == ("D.1", ESTABLISHED, "high")
    assert finding.standards == [{"act": "PEC", "at": "115(5)"}, {"act": "MR", "at": "14"}]
    assert len(seen(session, lambda other: queries.revisions_of(other, finding.id))) == 1
    events = select(AuditEvent.act).where(AuditEvent.subject_id == str(finding.id))
    acts = seen(session, lambda other: list(other.exec(events)))
    assert acts == ["findings.write_finding", "findings.link_revisions"]


def test_the_form_sent_twice_with_other_words_is_held_back_and_keeps_them(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    browser = sign_in_as(desk.monitor.id)
    given = controls(browser.get(index(desk.visit.id) + "/new"))["finding_id"][0]
    browser.post(index(desk.visit.id) + "/new", data=entered(finding_id=given))
    again = browser.post(index(desk.visit.id) + "/new", data=entered(finding_id=given, established_en="Other words."))
    assert again.status_code == 422
    assert controls(again)["established_en"] == ["Other words."]
    assert "Somebody else has changed this meanwhile." in words(again)


def test_texts_survive_an_error_and_each_error_stands_beside_its_field(desk: Scene, sign_in_as: SignIn) -> None:
    browser = sign_in_as(desk.monitor.id)
    text = "Қараңғы <b>камера</b> & “терезе”"
    data = entered(
        established_kk=text, standards="XYZ 1\nC95 17\nMR 14", sources=["O"], finding_id="", severity="grave"
    )
    response = browser.post(index(desk.visit.id) + "/new", data=data)
    page = words(response)
    assert response.status_code == 422
    assert "No act is known by this name: XYZ 1." in page
    assert "Not in force on the day of the visit: C95 17." in page
    assert "What you wrote is still in the form." in page
    kept = controls(response)
    assert kept["established_kk"] == [text]
    assert kept["established_ru"] == [ESTABLISHED["ru"]]
    assert kept["standards"] == ["XYZ 1\nC95 17\nMR 14"]
    assert kept["sources"] == ["O"]
    assert kept["items"] == ["D4"]


def test_an_edit_makes_an_approved_finding_a_draft_again(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    finding = make_finding(
        session, visit=desk.visit, writer=desk.monitor, approver=desk.leader, state=DraftState.APPROVED
    )
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    assert "Any change makes it a draft again" in words(browser.get(one(finding)))
    form = browser.get(one(finding) + "?mode=form")
    data = controls(form) | {"established_en": "It was dark."}
    assert browser.post(one(finding), data=data).status_code == 302
    changed = fresh(session, finding)
    assert (changed.state, changed.approved_by, changed.established["en"]) == (DraftState.DRAFT, None, "It was dark.")
    assert changed.established["kk"] == ESTABLISHED["kk"]


def test_saving_without_a_change_keeps_the_approval(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    finding = make_finding(
        session, visit=desk.visit, writer=desk.monitor, approver=desk.leader, state=DraftState.APPROVED, items=[]
    )
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    assert browser.post(one(finding), data=controls(browser.get(one(finding) + "?mode=form"))).status_code == 302
    assert fresh(session, finding).state == DraftState.APPROVED


def test_two_people_who_write_at_once_both_keep_their_words(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor)
    session.commit()
    leader, monitor = sign_in_as(desk.leader.id), sign_in_as(desk.monitor.id)
    mine = controls(monitor.get(one(finding))) | {"established_en": "My words."}
    leader.post(
        one(finding), data=controls(leader.get(one(finding) + "?mode=form")) | {"established_en": "The leader’s words."}
    )
    response = monitor.post(one(finding), data=mine)
    page = words(response)
    assert response.status_code == 422
    assert "Somebody else has changed this meanwhile." in page
    assert f"How it stands now: {desk.leader.name}" in page
    assert "The leader’s words." in page
    assert controls(response)["established_en"] == ["My words."]
    again = monitor.post(one(finding), data=controls(response))
    assert again.status_code == 302
    assert fresh(session, finding).established["en"] == "My words."


def test_photos_are_chosen_with_captions_and_a_secretary_neither_sees_nor_loses_them(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    photo, hidden = add_photo(session, desk), add_photo(session, desk, consent="not_given")
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    response = browser.get(one(finding))
    assert f"/visits/{desk.visit.id}/photos/{photo.id}" in response.get_data(as_text=True)
    assert str(hidden.id) not in response.get_data(as_text=True)
    data = controls(response) | {"photos-0-is_printed": "y", "photos-0-caption_ru": "Лампа над дверью"}
    assert browser.post(one(finding), data=data).status_code == 302
    assert seen(session, lambda other: queries.photos_of(other, finding.id)) == {photo.id: {"ru": "Лампа над дверью"}}

    secretary = sign_in_as(desk.secretary.id)
    form = secretary.get(one(finding) + "?mode=form")
    assert str(photo.id) not in form.get_data(as_text=True)
    assert (
        secretary.post(one(finding), data=controls(form) | {"established_en": "Typed by the secretary."}).status_code
        == 302
    )
    assert seen(session, lambda other: queries.photos_of(other, finding.id)) == {photo.id: {"ru": "Лампа над дверью"}}

    form = browser.get(one(finding) + "?mode=form")
    kept = {name: value for name, value in controls(form).items() if name != "photos-0-is_printed"}
    browser.post(one(finding), data=kept)
    assert seen(session, lambda other: queries.photos_of(other, finding.id)) == {}


def test_an_answer_that_changed_since_is_told_and_confirmed_by_hand(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    old = record_answer(session, desk, "D4", NOT_MET, row="")
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor, revisions=[old])
    first = next(head for head in queries_heads(session, desk) if head.item_id == "D4" and head.id != old.id)
    new = record_answer(
        session, desk, "D4", {"national": "partly", "international": "partly"}, supersedes=(old.id, first.id)
    )
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    form = browser.get(one(finding))
    assert "Answers have changed since this was written" in words(form)
    browser.post(one(finding), data=controls(form) | {"established_en": "Again."})
    assert seen(session, lambda other: queries.revisions_of(other, finding.id)) == {old.id}
    browser.post(one(finding), data=controls(browser.get(one(finding))) | {"renews": "y"})
    assert seen(session, lambda other: queries.revisions_of(other, finding.id)) == {new.id}
    assert "Answers have changed" not in words(browser.get(one(finding)))


def queries_heads(session: Session, scene: Scene) -> list[Any]:
    from baqylau.answers.queries import heads_of

    return heads_of(session, scene.visit.id)


# Reading and judging


def test_another_member_reads_the_finding_as_it_will_be_printed_and_judges_it(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(
        session, visit=desk.visit, writer=desk.monitor, established={"en": ESTABLISHED["en"]}, sources=["P"]
    )
    session.commit()
    leader = sign_in_as(desk.leader.id)
    page = leader.get(one(finding))
    read = words(page)
    for said in (
        ESTABLISHED["en"],
        "not written yet",
        "printed as alleged",
        "PEC 115(5)",
        "buildings and equipment",
        "I have reviewed it",
        "Approve for the report",
        "what was established: Kazakh, Russian",
    ):
        assert said in read
    assert leader.post(one(finding, "/review"), data={"read_at": controls(page)["read_at"][0]}).status_code == 302
    assert fresh(session, finding).state == DraftState.REVIEWED
    chair = sign_in_as(desk.chair.id)
    page = chair.get(one(finding))
    assert f"Reviewed: {desk.leader.name}" in words(page)
    assert "Change the text" not in words(page)
    done = chair.post(one(finding, "/approve"), data={"read_at": controls(page)["read_at"][0]}, follow_redirects=True)
    assert "Finding D.1 is approved; the report will print it." in words(done)
    assert fresh(session, finding).approved_by == desk.chair.id


def test_nobody_is_offered_to_judge_their_own_text_nor_may_do_it_by_hand(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.leader)
    session.commit()
    leader = sign_in_as(desk.leader.id)
    page = words(leader.get(one(finding) + "?mode=text"))
    assert "another member has to review and approve it" in page
    assert "Approve for the report" not in page
    for act in ("/review", "/approve"):
        response = leader.post(one(finding, act), data={"read_at": WRITTEN_AT.isoformat()})
        assert response.status_code == 409
        assert "You wrote this text last" in words(response)
    assert fresh(session, finding).state == DraftState.DRAFT


@pytest.mark.parametrize("read_at", ["", "yesterday", "2026-01-01T00:00:00+00:00"])
def test_a_text_is_approved_only_as_it_was_read(
    session: Session, desk: Scene, sign_in_as: SignIn, read_at: str
) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor)
    session.commit()
    assert sign_in_as(desk.chair.id).post(one(finding, "/approve"), data={"read_at": read_at}).status_code == 409
    assert fresh(session, finding).state == DraftState.DRAFT


def test_a_dropped_finding_is_listed_apart_and_taken_up_again_by_saving(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    listed = browser.post(one(finding, "/drop"), follow_redirects=True)
    assert "Dropped findings: 1" in words(listed)
    assert "Taken and dropped: D.1" in words(listed)
    assert "Take it up again" in words(browser.get(one(finding)))
    browser.post(one(finding), data=controls(browser.get(one(finding) + "?mode=form")))
    assert fresh(session, finding).state == DraftState.DRAFT


# Recommendations


def new_recommendation(desk: Scene, **query: str) -> str:
    return f"/visits/{desk.visit.id}/recommendations/new" + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def test_a_new_recommendation_begins_with_the_pattern_and_its_gaps_are_no_text(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    form = controls(browser.get(new_recommendation(desk, finding=str(finding.id))))
    assert form["findings"] == [str(finding.id)]
    assert form["action_en"] == ["The regional department […] should […] by […], so that […]."]
    assert form["action_ru"][0].startswith("Департаменту […] рекомендуется до […]")
    assert form["action_kk"][0].endswith("қамтамасыз ету ұсынылады.")
    data = form | {"action_ru": ACTION["ru"], "priority": "short"}
    for _ in range(2):
        response = browser.post(new_recommendation(desk), data=data)
        assert response.status_code == 302, words(response)
    (written,) = seen(session, lambda other: queries.recommendations_of(other, desk.visit.id))
    assert (written.action, written.priority, written.position) == ({"ru": ACTION["ru"]}, "short", 1)


def test_what_was_entered_survives_an_error_of_a_recommendation(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    form = controls(browser.get(new_recommendation(desk)))
    data = form | {"action_kk": ACTION["kk"], "sign_ru": SIGN["ru"], "due_on": "2020-01-01", "priority": "immediate"}
    response = browser.post(new_recommendation(desk), data=data)
    page = words(response)
    assert response.status_code == 422
    assert "Choose at least one finding." in page
    assert "This day lies in the past, or later than the chosen term allows." in page
    kept = controls(response)
    assert (kept["action_kk"], kept["sign_ru"], kept["due_on"]) == ([ACTION["kk"]], [SIGN["ru"]], ["2020-01-01"])
    assert kept["priority"] == ["immediate"]
    assert finding.number in page


def test_advice_stands_beside_a_recommendation_and_blocks_nothing(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    finding = make_finding(session, visit=desk.visit, cause=None)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    form = controls(browser.get(new_recommendation(desk, finding=str(finding.id))))
    data = form | {"action_en": "The place should improve the light.", "priority": "medium"}
    response = browser.post(new_recommendation(desk), data=data, follow_redirects=True)
    page = words(response)
    assert response.status_code == 200
    assert "“improve” alone names no action" in page
    assert "There is no sign by which the next visit sees that it is done." in page
    assert "No finding under it names a cause" in page


def test_addressees_that_answer_for_the_place_come_first(session: Session, scene: Scene, sign_in_as: SignIn) -> None:
    ministry = make_authority(
        session, level=AuthorityLevel.MINISTRY, name={"kk": "Я", "ru": "Я", "en": "Zeta ministry"}
    )
    department = make_authority(session, parent=ministry, name={"kk": "Ю", "ru": "Ю", "en": "Yota department"})
    make_authority(session, level=AuthorityLevel.PROSECUTOR, name={"kk": "А", "ru": "А", "en": "Alpha prosecutor"})
    place = session.get_one(Place, scene.visit.place_id)
    place.authority_id = department.id
    make_finding(session, visit=scene.visit)
    session.commit()
    page = sign_in_as(scene.monitor.id).get(new_recommendation(scene)).get_data(as_text=True)
    names = re.findall(
        r"<option[^>]*>([^<]+)</option>", page.partition('name="authority_id"')[2].partition("</select>")[0]
    )
    assert names[1:4] == ["Yota department", "Zeta ministry", names[3]]
    assert "Alpha prosecutor" in names[3:]


def test_an_earlier_recommendation_is_repeated_with_its_words(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    from datetime import date

    past = make_scene(session, council=desk.council, starts_on=date(2026, 3, 2)).visit
    past.place_id = desk.visit.place_id
    earlier = make_recommendation(session, visit=past, state=DraftState.APPROVED)
    finding = make_finding(session, visit=desk.visit)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    listing = browser.get(f"/visits/{desk.visit.id}/recommendations")
    assert f"{past.number}/1" in words(listing)
    form = controls(browser.get(new_recommendation(desk, repeats=str(earlier.id))))
    assert form["action_kk"] == [ACTION["kk"]]
    assert form["repeats_id"] == [str(earlier.id)]
    browser.post(new_recommendation(desk), data=form | {"findings": str(finding.id), "priority": "short"})
    (written,) = seen(session, lambda other: queries.recommendations_of(other, desk.visit.id))
    assert written.repeats_id == earlier.id
    assert "repeated" in words(browser.get(f"/visits/{desk.visit.id}/recommendations"))
    assert f"Repeats {past.number}/1" in words(browser.get(one_of_recommendations(written) + "?mode=text"))


def test_the_list_of_recommendations_names_shortcomings_without_one(
    session: Session, desk: Scene, sign_in_as: SignIn
) -> None:
    with_one, without = (make_finding(session, visit=desk.visit) for _ in range(2))
    make_finding(session, visit=desk.visit, kind="good_practice", severity=None, cause=None)
    make_recommendation(session, findings=[with_one])
    session.commit()
    page = words(sign_in_as(desk.monitor.id).get(f"/visits/{desk.visit.id}/recommendations"))
    lacking = page.partition("Shortcomings without a recommendation")[2]
    assert without.number in lacking
    assert with_one.number not in lacking
    assert "D.3" not in lacking


def test_a_recommendation_is_judged_by_others(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    finding = make_finding(
        session, visit=desk.visit, writer=desk.monitor, approver=desk.leader, state=DraftState.APPROVED
    )
    row = make_recommendation(session, findings=[finding], writer=desk.monitor)
    session.commit()
    leader = sign_in_as(desk.leader.id)
    page = leader.get(one_of_recommendations(row))
    assert ACTION["ru"] in words(page)
    data = {"read_at": controls(page)["read_at"][0]}
    assert leader.post(one_of_recommendations(row, "/review"), data=data).status_code == 302
    assert sign_in_as(desk.chair.id).post(one_of_recommendations(row, "/approve"), data=data).status_code == 302
    assert fresh(session, row).state == DraftState.APPROVED
    monitor = sign_in_as(desk.monitor.id)
    form = controls(monitor.get(one_of_recommendations(row) + "?mode=form")) | {"sign_en": "Another sign."}
    assert monitor.post(one_of_recommendations(row), data=form).status_code == 302
    assert fresh(session, row).state == DraftState.DRAFT
    assert monitor.post(one_of_recommendations(row, "/drop")).status_code == 302
    assert fresh(session, row).state == DraftState.DROPPED


# Rights


def pages_of(scene: Scene, finding: Finding, row: Recommendation) -> dict[str, str]:
    visit = f"/visits/{scene.visit.id}"
    return {
        "index": f"{visit}/findings",
        "finding": one(finding),
        "recommendations": f"{visit}/recommendations",
        "recommendation": one_of_recommendations(row),
        "new": f"{visit}/findings/new",
        "new recommendation": f"{visit}/recommendations/new",
    }


READ = {"index", "finding", "recommendations", "recommendation"}


@pytest.mark.parametrize(
    ("who", "reads", "writes"),
    [
        ("leader", True, True),
        ("monitor", True, True),
        ("secretary", True, True),
        ("chair", True, False),
        ("outsider", False, False),
        ("office", False, False),
        ("colleague", False, False),
        ("administrator", False, False),
    ],
)
def test_rights_of_each_role(
    session: Session, desk: Scene, sign_in_as: SignIn, who: str, reads: bool, writes: bool
) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor)
    row = make_recommendation(session, findings=[finding], writer=desk.monitor)
    person = _person(session, desk, who)
    session.commit()
    browser = sign_in_as(person.id)
    for name, address in pages_of(desk, finding, row).items():
        expected = 200 if (reads if name in READ else writes) else (403 if reads else 404)
        assert browser.get(address).status_code == expected, name
    for address in (index(desk.visit.id) + "/take", one(finding), one(finding, "/drop"), one_of_recommendations(row)):
        status = browser.post(address, data={"item_id": "nothing"}).status_code
        assert (status in (302, 409, 422)) is writes, address


@pytest.mark.parametrize(
    ("who", "approves"),
    [("leader", True), ("chair", True), ("monitor", False), ("secretary", False), ("outsider", False)],
)
def test_who_may_approve(session: Session, desk: Scene, sign_in_as: SignIn, who: str, approves: bool) -> None:
    writer = desk.leader if who == "monitor" else desk.monitor
    finding = make_finding(session, visit=desk.visit, writer=writer)
    session.commit()
    response = sign_in_as(_person(session, desk, who).id).post(
        one(finding, "/approve"), data={"read_at": WRITTEN_AT.isoformat()}
    )
    assert (response.status_code == 302) is approves
    assert (fresh(session, finding).state == DraftState.APPROVED) is approves


def _person(session: Session, scene: Scene, who: str) -> User:
    """Return the person of that name; some are made for the occasion."""
    if who == "office":
        council = make_council(session, kind=CouncilKind.OMBUDSMAN_OFFICE)
        return _member(session, council, Role.OFFICE)
    if who == "colleague":
        return _member(session, scene.council, Role.MONITOR)
    if who == "administrator":
        return make_user(session, is_administrator=True)
    person: User = getattr(scene, who)
    return person


def _member(session: Session, council: Any, role: Role) -> User:
    user = make_user(session)
    make_membership(session, user=user, council=council, role=role)
    return user


def test_the_office_reads_findings_of_the_preventive_mechanism_and_changes_none(
    session: Session, sign_in_as: SignIn
) -> None:
    scene = make_scene(session, council=make_council(session, kind=CouncilKind.NPM_GROUP))
    finding = make_finding(session, visit=scene.visit)
    office = _person(session, scene, "office")
    session.commit()
    browser = sign_in_as(office.id)
    page = words(browser.get(one(finding)))
    assert ESTABLISHED["en"] in page
    assert "Drop it" not in page
    assert browser.post(one(finding, "/drop")).status_code == 403


def test_a_finding_is_not_found_under_another_visit(session: Session, desk: Scene, sign_in_as: SignIn) -> None:
    foreign, row = make_finding(session), make_recommendation(session)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    assert browser.get(f"/visits/{desk.visit.id}/findings/{foreign.id}").status_code == 404
    assert browser.post(f"/visits/{desk.visit.id}/findings/{foreign.id}/drop").status_code == 404
    assert browser.get(f"/visits/{desk.visit.id}/recommendations/{row.id}").status_code == 404


def test_nobody_signed_in_is_asked_to_sign_in(desk: Scene, client: FlaskClient) -> None:
    assert client.get(index(desk.visit.id)).status_code == 302
    assert client.post(index(desk.visit.id) + "/take", data={"item_id": "D4"}).status_code == 401


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_page_opens_in_every_language(session: Session, desk: Scene, sign_in_as: SignIn, language: str) -> None:
    finding = make_finding(session, visit=desk.visit, writer=desk.monitor, established={"ru": "Темно."}, national=None)
    row = make_recommendation(session, findings=[finding], writer=desk.monitor)
    session.commit()
    browser = sign_in_as(desk.monitor.id)
    for address in pages_of(desk, finding, row).values():
        for mode in ("form", "text"):
            response = browser.get(f"{address}?lang={language}&mode={mode}")
            assert response.status_code == 200
            assert f'<html lang="{language}"' in response.get_data(as_text=True)
