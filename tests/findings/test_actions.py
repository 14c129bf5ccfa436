"""Take, write, link, review, approve, drop: on a real database, with an audit event for each act."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from baqylau.answers.actions import withdraw_evidence
from baqylau.audit.models import AuditEvent
from baqylau.checklists.terms import Rating
from baqylau.errors import Problem
from baqylau.findings import actions, queries
from baqylau.findings.actions import FindingDraft, RecommendationDraft
from baqylau.findings.models import Finding, FindingEvidence, Recommendation
from baqylau.findings.reading import read_answers
from baqylau.findings.terms import Cause, DraftState, FindingKind, Priority, Severity
from baqylau.visits.terms import VisitState
from tests.factories.findings import ACTION, ESTABLISHED, SIGN, WRITTEN_AT, make_finding, make_recommendation
from tests.factories.places import make_authority
from tests.findings.conftest import NOT_MET, Scene, add_photo, make_scene, record_answer

NOW = datetime(2026, 11, 26, 5, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TODAY = date(2026, 11, 26)

DRAFT = FindingDraft(
    section="D",
    kind=FindingKind.SHORTCOMING,
    items=("D4",),
    established=ESTABLISHED,
    whereabouts={"en": "block 2"},
    sources=("P", "O"),
    standards=(("PEC", "115(5)"),),
    national=Rating.NOT_MET,
    international=Rating.NOT_MET,
    severity=Severity.HIGH,
    cause=Cause.BUILDING,
)


def events(session: Session) -> list[str]:
    return list(
        session.exec(
            select(AuditEvent.act).where(col(AuditEvent.act).startswith("findings.")).order_by(col(AuditEvent.number))
        )
    )


def refused(code: str) -> Any:
    return pytest.raises(Problem, check=lambda problem: problem.code == code)


def recommended(scene: Scene, session: Session, *findings: Finding, **changes: Any) -> RecommendationDraft:
    draft = RecommendationDraft(
        findings=tuple(finding.id for finding in findings),
        authority_id=make_authority(session).id,
        priority=Priority.SHORT,
        due_on=None,
        action=ACTION,
        sign=SIGN,
    )
    return replace(draft, **changes)


# Taking a proposal


def test_a_taken_proposal_is_a_draft_without_a_text_but_with_all_that_carries_it(
    session: Session, scene: Scene
) -> None:
    revision = record_answer(
        session, scene, "D4", NOT_MET, sources="OP", note="Four persons said their eyes hurt.", flags=("urgent",)
    )
    add_photo(session, scene)
    proposal = read_answers(session, scene.visit).proposals["D4"]
    finding = actions.take_proposal(session, scene.actor(session, scene.monitor), scene.visit.id, proposal, NOW)
    assert (finding.number, finding.state, finding.written_by) == ("D.1", DraftState.DRAFT, scene.monitor.id)
    assert finding.established == {}
    assert (finding.items, finding.sources, finding.is_urgent, finding.severity) == (
        ["D4"],
        ["O", "P"],
        True,
        "critical",
    )
    assert finding.standards == [{"act": "PEC", "at": "115(5)"}, {"act": "MR", "at": "14"}]
    assert (finding.national, finding.international) == ("not_met", "not_met")
    assert queries.revisions_of(session, finding.id) == {revision.id}
    assert queries.photos_of(session, finding.id) == {}
    assert events(session) == ["findings.take_proposal"]


def test_the_note_of_an_answer_is_nowhere_in_the_finding(session: Session, scene: Scene) -> None:
    record_answer(session, scene, "D4", NOT_MET, note="Secret words of one person")
    proposal = read_answers(session, scene.visit).proposals["D4"]
    finding = actions.take_proposal(session, scene.actor(session, scene.monitor), scene.visit.id, proposal, NOW)
    assert "Secret" not in str(finding.model_dump())


def test_an_item_is_taken_once_even_after_it_was_dropped(session: Session, scene: Scene) -> None:
    record_answer(session, scene, "D4", NOT_MET)
    proposal = read_answers(session, scene.visit).proposals["D4"]
    actor = scene.actor(session, scene.monitor)
    first = actions.take_proposal(session, actor, scene.visit.id, proposal, NOW)
    assert actions.take_proposal(session, actor, scene.visit.id, proposal, LATER).id == first.id
    actions.drop_finding(session, actor, first, LATER)
    assert actions.take_proposal(session, actor, scene.visit.id, proposal, LATER).id == first.id
    assert events(session) == ["findings.take_proposal", "findings.drop_finding"]


def test_a_conflict_cannot_be_taken_until_it_is_settled(session: Session, scene: Scene) -> None:
    one, two = (
        record_answer(session, scene, "D4", NOT_MET),
        record_answer(session, scene, "D4", {"national": "met", "international": "met"}, by=scene.leader),
    )
    actor = scene.actor(session, scene.monitor)
    with refused("findings.unsettled"):
        actions.take_proposal(session, actor, scene.visit.id, read_answers(session, scene.visit).proposals["D4"], NOW)
    record_answer(session, scene, "D4", NOT_MET, supersedes=(one.id, two.id))
    actions.take_proposal(session, actor, scene.visit.id, read_answers(session, scene.visit).proposals["D4"], NOW)


@pytest.mark.parametrize("state", [VisitState.PLANNED, VisitState.CANCELLED])
def test_nothing_is_established_about_a_visit_that_has_not_taken_place(session: Session, state: VisitState) -> None:
    scene = make_scene(session, state=state)
    with refused("findings.visit_not_begun"):
        actions.write_finding(session, scene.actor(session, scene.leader), scene.visit.id, DRAFT, NOW)


# Writing


def test_findings_are_numbered_by_section_and_a_number_is_never_given_twice(session: Session, scene: Scene) -> None:
    actor, visit_id = scene.actor(session, scene.monitor), scene.visit.id
    other = make_scene(session)
    make_finding(session, visit=other.visit)
    first = actions.write_finding(session, actor, visit_id, DRAFT, NOW)
    actions.drop_finding(session, actor, first, NOW)
    second = actions.write_finding(session, actor, visit_id, DRAFT, NOW)
    elsewhere = actions.write_finding(session, actor, visit_id, replace(DRAFT, section="F"), NOW)
    assert [one.number for one in (first, second, elsewhere)] == ["D.1", "D.2", "F.1"]


def test_the_database_refuses_the_same_number_twice(session: Session, scene: Scene) -> None:
    make_finding(session, visit=scene.visit, position=1)
    with pytest.raises(IntegrityError):
        make_finding(session, visit=scene.visit, position=1)


def test_the_same_form_sent_twice_makes_one_finding(session: Session, scene: Scene) -> None:
    actor, finding_id = scene.actor(session, scene.monitor), uuid.uuid4()
    first = actions.write_finding(session, actor, scene.visit.id, DRAFT, NOW, finding_id)
    again = actions.write_finding(session, actor, scene.visit.id, DRAFT, LATER, finding_id)
    assert again is first
    assert first.written_at == NOW
    assert len(queries.findings_of(session, scene.visit.id)) == 1
    assert events(session) == ["findings.write_finding"]


def test_a_new_form_with_other_words_under_the_same_id_is_not_written_over(session: Session, scene: Scene) -> None:
    actor, finding_id = scene.actor(session, scene.monitor), uuid.uuid4()
    actions.write_finding(session, actor, scene.visit.id, DRAFT, NOW, finding_id)
    with refused("findings.changed_meanwhile"):
        actions.write_finding(
            session, actor, scene.visit.id, replace(DRAFT, established={"en": "Other."}), LATER, finding_id
        )


def test_a_text_that_somebody_else_changed_meanwhile_is_not_written_over(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    read_at = finding.written_at
    leader, monitor = (scene.actor(session, user) for user in (scene.leader, scene.monitor))
    actions.write_finding(
        session, leader, scene.visit.id, replace(DRAFT, established={"en": "Theirs."}), NOW, finding.id, read_at
    )
    with refused("findings.changed_meanwhile"):
        actions.write_finding(session, monitor, scene.visit.id, DRAFT, LATER, finding.id, read_at)
    assert finding.established == {"en": "Theirs."}
    actions.write_finding(session, monitor, scene.visit.id, DRAFT, LATER, finding.id, NOW)
    assert finding.established == ESTABLISHED


def test_the_id_of_a_finding_of_another_visit_leads_nowhere(session: Session, scene: Scene) -> None:
    foreign = make_finding(session)
    with refused("app.not_found"):
        actions.write_finding(
            session, scene.actor(session, scene.monitor), scene.visit.id, DRAFT, NOW, foreign.id, foreign.written_at
        )


@pytest.mark.parametrize("changes", [{"section": "Z"}, {"items": ("D4", "Z9")}, {"items": ("cell",)}])
def test_sections_and_items_of_other_checklists_are_refused(session: Session, scene: Scene, changes: Any) -> None:
    with refused("findings.unknown_item"):
        actions.write_finding(
            session, scene.actor(session, scene.monitor), scene.visit.id, replace(DRAFT, **changes), NOW
        )


def test_texts_are_kept_without_blanks_and_good_practice_without_severity(session: Session, scene: Scene) -> None:
    draft = replace(
        DRAFT,
        kind=FindingKind.GOOD_PRACTICE,
        established={"kk": " ", "en": " One.\r\nTwo. "},
        is_urgent=True,
        sources=("D", "X", "O"),
    )
    finding = actions.write_finding(session, scene.actor(session, scene.monitor), scene.visit.id, draft, NOW)
    assert finding.established == {"en": "One.\nTwo."}
    assert (finding.severity, finding.cause, finding.is_urgent) == (None, None, False)
    assert finding.sources == ["O", "D"]


def test_a_finding_moved_to_another_section_gets_the_next_number_there(session: Session, scene: Scene) -> None:
    make_finding(session, visit=scene.visit, section="F")
    finding = make_finding(session, visit=scene.visit)
    draft = replace(DRAFT, section="F")
    actions.write_finding(
        session, scene.actor(session, scene.monitor), scene.visit.id, draft, NOW, finding.id, finding.written_at
    )
    assert finding.number == "F.2"


# An approval is given to words


def judged(session: Session, scene: Scene, state: DraftState) -> Finding:
    revision, photo = record_answer(session, scene, "D4", NOT_MET), add_photo(session, scene)
    return make_finding(
        session,
        visit=scene.visit,
        writer=scene.monitor,
        approver=scene.leader,
        state=state,
        revisions=[revision],
        photos=[photo],
    )


Change = Callable[[Session, Scene, Finding], object]


def _edit(session: Session, scene: Scene, finding: Finding) -> object:
    return actions.write_finding(
        session, scene.actor(session, scene.leader), scene.visit.id, DRAFT, NOW, finding.id, finding.written_at
    )


def _link_revision(session: Session, scene: Scene, finding: Finding) -> object:
    more = record_answer(session, scene, "F1", {"value": "no"})
    return actions.link_revisions(session, scene.actor(session, scene.leader), finding, [more.id], NOW)


def _link_photo(session: Session, scene: Scene, finding: Finding) -> object:
    return actions.link_photo(
        session, scene.actor(session, scene.leader), finding, add_photo(session, scene).id, {}, NOW
    )


def _change_caption(session: Session, scene: Scene, finding: Finding) -> object:
    (photo,) = queries.photos_of(session, finding.id)
    return actions.link_photo(session, scene.actor(session, scene.leader), finding, photo, {"ru": "Лампа"}, NOW)


def _unlink_photo(session: Session, scene: Scene, finding: Finding) -> object:
    (photo,) = queries.photos_of(session, finding.id)
    return actions.unlink_photo(session, scene.actor(session, scene.leader), finding, photo, NOW)


@pytest.mark.parametrize("state", [DraftState.REVIEWED, DraftState.APPROVED])
@pytest.mark.parametrize("change", [_edit, _link_revision, _link_photo, _change_caption, _unlink_photo])
def test_any_change_makes_it_a_draft_of_whoever_changed_it(
    session: Session, scene: Scene, state: DraftState, change: Change
) -> None:
    finding = judged(session, scene, state)
    before = len(events(session))
    change(session, scene, finding)
    session.refresh(finding)
    assert (finding.state, finding.written_by, finding.written_at) == (DraftState.DRAFT, scene.leader.id, NOW)
    assert (finding.reviewed_by, finding.reviewed_at, finding.approved_by, finding.approved_at) == (
        None,
        None,
        None,
        None,
    )
    assert len(events(session)) == before + 1


def _same_text(session: Session, scene: Scene, finding: Finding) -> object:
    draft = FindingDraft(
        section=finding.section,
        kind=FindingKind(finding.kind),
        items=tuple(finding.items),
        established=finding.established,
        whereabouts={},
        sources=tuple(finding.sources),
        standards=tuple((one["act"], one["at"]) for one in finding.standards),
        national=Rating.NOT_MET,
        international=Rating.NOT_MET,
        severity=Severity.MEDIUM,
        cause=Cause.BUILDING,
    )
    return actions.write_finding(
        session, scene.actor(session, scene.leader), scene.visit.id, draft, NOW, finding.id, finding.written_at
    )


def _same_revisions(session: Session, scene: Scene, finding: Finding) -> object:
    linked = queries.revisions_of(session, finding.id)
    return actions.link_revisions(session, scene.actor(session, scene.leader), finding, linked, NOW)


def _same_caption(session: Session, scene: Scene, finding: Finding) -> object:
    ((photo, caption),) = queries.photos_of(session, finding.id).items()
    return actions.link_photo(session, scene.actor(session, scene.leader), finding, photo, caption, NOW)


def _no_photo(session: Session, scene: Scene, finding: Finding) -> object:
    return actions.unlink_photo(session, scene.actor(session, scene.leader), finding, uuid.uuid4(), NOW)


@pytest.mark.parametrize("nothing", [_same_text, _same_revisions, _same_caption, _no_photo])
def test_a_save_that_changes_nothing_keeps_the_approval(session: Session, scene: Scene, nothing: Change) -> None:
    finding = judged(session, scene, DraftState.APPROVED)
    nothing(session, scene, finding)
    session.refresh(finding)
    assert (finding.state, finding.written_by) == (DraftState.APPROVED, scene.monitor.id)
    assert events(session) == []


# Links


def test_revisions_of_another_visit_cannot_carry_a_finding(session: Session, scene: Scene) -> None:
    foreign = record_answer(session, make_scene(session), "D4", NOT_MET)
    finding = make_finding(session, visit=scene.visit)
    with refused("findings.unknown_item"):
        actions.link_revisions(session, scene.actor(session, scene.leader), finding, [foreign.id], NOW)
    with refused("findings.unknown_item"):
        actions.link_revisions(session, scene.actor(session, scene.leader), finding, [uuid.uuid4()], NOW)


def test_revisions_are_replaced_as_a_whole(session: Session, scene: Scene) -> None:
    one, two = (record_answer(session, scene, item, NOT_MET) for item in ("D4", "F1"))
    finding = make_finding(session, visit=scene.visit, revisions=[one])
    actions.link_revisions(session, scene.actor(session, scene.leader), finding, [two.id], NOW)
    assert queries.revisions_of(session, finding.id) == {two.id}


@pytest.mark.parametrize("facts", [{"consent": "not_given"}, {"permission": "refused"}])
def test_a_photo_without_consent_or_against_a_refusal_is_not_printed(
    session: Session, scene: Scene, facts: Any
) -> None:
    photo, finding = add_photo(session, scene, **facts), make_finding(session, visit=scene.visit)
    with refused("findings.photo_not_to_be_used"):
        actions.link_photo(session, scene.actor(session, scene.leader), finding, photo.id, {}, NOW)


def test_a_withdrawn_photo_is_not_printed_and_leaves_the_findings_it_was_in(session: Session, scene: Scene) -> None:
    photo = add_photo(session, scene)
    finding = make_finding(session, visit=scene.visit, photos=[photo])
    assert [one.evidence.id for one in queries.links_of(session, scene.visit.id).photos[finding.id]] == [photo.id]
    withdraw_evidence(session, scene.actor(session, scene.leader), photo, NOW)
    assert finding.id not in queries.links_of(session, scene.visit.id).photos
    with refused("findings.photo_not_to_be_used"):
        actions.link_photo(session, scene.actor(session, scene.leader), finding, photo.id, {"en": "x"}, NOW)


def test_a_photo_of_another_visit_is_unknown(session: Session, scene: Scene) -> None:
    photo = add_photo(session, make_scene(session))
    with refused("findings.unknown_item"):
        actions.link_photo(
            session, scene.actor(session, scene.leader), make_finding(session, visit=scene.visit), photo.id, {}, NOW
        )


# Judging


def test_another_member_reviews_and_a_third_approves(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    actions.review_finding(session, scene.actor(session, scene.secretary), finding, WRITTEN_AT, NOW)
    assert (finding.state, finding.reviewed_by, finding.reviewed_at) == (DraftState.REVIEWED, scene.secretary.id, NOW)
    actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, LATER)
    assert (finding.state, finding.approved_by, finding.approved_at) == (DraftState.APPROVED, scene.chair.id, LATER)
    assert finding.reviewed_by == scene.secretary.id
    assert events(session) == ["findings.review_finding", "findings.approve_finding"]


def test_whoever_approves_a_draft_has_reviewed_it(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, NOW)
    assert (finding.reviewed_by, finding.reviewed_at) == (scene.chair.id, NOW)


def test_nobody_reviews_or_approves_their_own_finding(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.leader)
    leader = scene.actor(session, scene.leader)
    with refused("findings.own_text"):
        actions.review_finding(session, leader, finding, WRITTEN_AT, NOW)
    with refused("findings.own_text"):
        actions.approve_finding(session, leader, finding, WRITTEN_AT, NOW)
    assert finding.state == DraftState.DRAFT


def test_nobody_reviews_or_approves_their_own_recommendation(session: Session, scene: Scene) -> None:
    recommendation = make_recommendation(session, visit=scene.visit, writer=scene.leader)
    leader = scene.actor(session, scene.leader)
    with refused("findings.own_text"):
        actions.review_recommendation(session, leader, recommendation, WRITTEN_AT, NOW)
    with refused("findings.own_text"):
        actions.approve_recommendation(session, leader, recommendation, WRITTEN_AT, NOW)


@pytest.mark.parametrize("make", [make_finding, make_recommendation])
def test_the_database_refuses_an_approval_by_the_writer_whatever_the_program_does(
    session: Session, scene: Scene, make: Callable[..., Finding | Recommendation]
) -> None:
    row = make(session, visit=scene.visit, writer=scene.leader)
    own = f"UPDATE {row.__tablename__} SET state = 'approved', approved_by = written_by WHERE id = :id"
    with pytest.raises(IntegrityError, match="approved_by_another"):
        session.execute(text(own), {"id": _as_stored(session, row.id)})


@pytest.mark.parametrize("make", [make_finding, make_recommendation])
def test_the_database_refuses_an_approval_by_nobody(
    session: Session, scene: Scene, make: Callable[..., Finding | Recommendation]
) -> None:
    row = make(session, visit=scene.visit)
    with pytest.raises(IntegrityError, match="approved_by_somebody"):
        session.execute(
            text(f"UPDATE {row.__tablename__} SET state = 'approved' WHERE id = :id"),
            {"id": _as_stored(session, row.id)},
        )


def _as_stored(session: Session, row_id: uuid.UUID) -> object:
    return row_id.hex if session.get_bind().dialect.name == "sqlite" else row_id


def test_a_text_is_judged_only_as_it_was_read(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    actions.write_finding(
        session, scene.actor(session, scene.monitor), scene.visit.id, DRAFT, NOW, finding.id, WRITTEN_AT
    )
    chair = scene.actor(session, scene.chair)
    for act in (actions.review_finding, actions.approve_finding):
        with refused("findings.changed_meanwhile"):
            act(session, chair, finding, WRITTEN_AT, LATER)
    actions.approve_finding(session, chair, finding, NOW, LATER)


def test_judging_twice_is_judging_once(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    leader = scene.actor(session, scene.leader)
    for _ in range(2):
        actions.review_finding(session, leader, finding, WRITTEN_AT, NOW)
    for _ in range(2):
        actions.approve_finding(session, leader, finding, WRITTEN_AT, NOW)
    assert events(session) == ["findings.review_finding", "findings.approve_finding"]
    with refused("findings.wrong_state"):
        actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, NOW)
    with refused("findings.wrong_state"):
        actions.review_finding(session, leader, finding, WRITTEN_AT, NOW)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"established": {}}, "findings.not_written"),
        ({"established": {"kk": "Жарық жоқ."}}, "findings.not_written"),
        ({"established": {"en": "There was […]."}}, "findings.not_written"),
        ({"sources": []}, "findings.no_source"),
    ],
)
def test_an_approval_needs_the_text_in_the_approver_s_language_and_a_source(
    session: Session, scene: Scene, columns: Any, code: str
) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor, **columns)
    with refused(code):
        actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, NOW)


def test_the_other_languages_may_still_be_missing_at_the_approval(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor, established={"en": "It was dark."})
    actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, NOW)
    assert queries.texts_missing(session, scene.visit.id) == [
        ("finding", "D.1", "established", "kk"),
        ("finding", "D.1", "established", "ru"),
    ]


@pytest.mark.parametrize("state", [DraftState.DRAFT, DraftState.REVIEWED, DraftState.APPROVED])
def test_a_dropped_finding_keeps_text_and_number_and_can_be_taken_up_again(
    session: Session, scene: Scene, state: DraftState
) -> None:
    finding = judged(session, scene, state)
    actor = scene.actor(session, scene.leader)
    for _ in range(2):
        actions.drop_finding(session, actor, finding, NOW)
    assert (finding.state, finding.approved_by, finding.reviewed_by) == (DraftState.DROPPED, None, None)
    assert finding.established == ESTABLISHED
    assert queries.findings_of(session, scene.visit.id) == []
    assert queries.texts_missing(session, scene.visit.id) == []
    with refused("findings.wrong_state"):
        actions.approve_finding(session, scene.actor(session, scene.chair), finding, WRITTEN_AT, NOW)
    _same_text(session, scene, finding)
    assert (finding.state, finding.number) == (DraftState.DRAFT, "D.1")
    assert events(session) == ["findings.drop_finding", "findings.write_finding"]


# Recommendations


def test_recommendations_are_numbered_within_the_visit(session: Session, scene: Scene) -> None:
    finding, actor = make_finding(session, visit=scene.visit), scene.actor(session, scene.monitor)
    make_recommendation(session)
    draft = recommended(scene, session, finding)
    written = [actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW) for _ in range(3)]
    assert [one.position for one in written] == [1, 2, 3]
    assert queries.findings_under(session, written[0].id) == {finding.id}
    assert events(session) == ["findings.write_recommendation"] * 3


def test_the_same_form_sent_twice_makes_one_recommendation(session: Session, scene: Scene) -> None:
    draft = recommended(scene, session, make_finding(session, visit=scene.visit))
    actor, given = scene.actor(session, scene.monitor), uuid.uuid4()
    for _ in range(2):
        actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW, given)
    assert [one.id for one in queries.recommendations_of(session, scene.visit.id)] == [given]
    assert events(session) == ["findings.write_recommendation"]


@pytest.mark.parametrize("state", [DraftState.REVIEWED, DraftState.APPROVED])
def test_a_changed_recommendation_is_a_draft_again(session: Session, scene: Scene, state: DraftState) -> None:
    row = make_recommendation(session, visit=scene.visit, writer=scene.monitor, approver=scene.leader, state=state)
    more = make_finding(session, visit=scene.visit)
    draft = RecommendationDraft((more.id,), row.authority_id, Priority(row.priority), None, row.action, row.sign)
    actor = scene.actor(session, scene.leader)
    actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW, row.id, WRITTEN_AT)
    assert (row.state, row.written_by, row.reviewed_by, row.approved_by) == (
        DraftState.DRAFT,
        scene.leader.id,
        None,
        None,
    )
    assert queries.findings_under(session, row.id) == {more.id}


def test_a_recommendation_changed_meanwhile_is_not_written_over(session: Session, scene: Scene) -> None:
    row = make_recommendation(session, visit=scene.visit)
    draft = recommended(scene, session, make_finding(session, visit=scene.visit))
    with refused("findings.changed_meanwhile"):
        actions.write_recommendation(
            session, scene.actor(session, scene.leader), scene.visit.id, draft, TODAY, NOW, row.id, NOW
        )


@pytest.mark.parametrize(
    ("priority", "days", "is_taken"),
    [
        (Priority.IMMEDIATE, 3, True),
        (Priority.IMMEDIATE, 4, False),
        (Priority.SHORT, 92, True),
        (Priority.SHORT, 93, False),
        (Priority.SHORT, -1, False),
        (Priority.MEDIUM, 366, True),
        (Priority.STRUCTURAL, 2000, True),
    ],
)
def test_the_last_day_lies_within_the_term(
    session: Session, scene: Scene, priority: Priority, days: int, is_taken: bool
) -> None:
    draft = recommended(
        scene, session, make_finding(session, visit=scene.visit), priority=priority, due_on=TODAY + timedelta(days=days)
    )
    actor = scene.actor(session, scene.monitor)
    if is_taken:
        assert actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW).due_on == draft.due_on
    else:
        with refused("findings.due_beyond_term"):
            actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW)


def test_a_day_that_has_passed_meanwhile_does_not_keep_anybody_from_mending_the_text(
    session: Session, scene: Scene
) -> None:
    finding = make_finding(session, visit=scene.visit)
    row = make_recommendation(session, findings=[finding], due_on=TODAY - timedelta(days=1))
    draft = RecommendationDraft(
        (finding.id,), row.authority_id, Priority.SHORT, row.due_on, {"en": "Better."}, row.sign
    )
    actions.write_recommendation(
        session, scene.actor(session, scene.leader), scene.visit.id, draft, TODAY, NOW, row.id, WRITTEN_AT
    )
    assert row.action == {"en": "Better."}


def test_a_recommendation_follows_from_a_finding_of_its_visit(session: Session, scene: Scene) -> None:
    actor, foreign = scene.actor(session, scene.monitor), make_finding(session)
    dropped = make_finding(session, visit=scene.visit, state=DraftState.DROPPED)
    for findings in ((), (foreign,), (dropped,)):
        with refused("findings.unknown_finding"):
            actions.write_recommendation(
                session, actor, scene.visit.id, recommended(scene, session, *findings), TODAY, NOW
            )


def test_an_addressee_stands_in_the_register(session: Session, scene: Scene) -> None:
    draft = recommended(scene, session, make_finding(session, visit=scene.visit), authority_id=uuid.uuid4())
    with refused("findings.unknown_addressee"):
        actions.write_recommendation(session, scene.actor(session, scene.monitor), scene.visit.id, draft, TODAY, NOW)


def test_only_an_approved_recommendation_of_an_earlier_visit_to_the_place_is_repeated(
    session: Session, scene: Scene
) -> None:
    place = session.get_one(type(scene.visit), scene.visit.id).place_id
    earlier = make_scene(session, council=scene.council, starts_on=date(2026, 3, 2)).visit
    earlier.place_id = place
    session.flush()
    approved = make_recommendation(session, visit=earlier, state=DraftState.APPROVED)
    draft_only, elsewhere = (
        make_recommendation(session, visit=earlier),
        make_recommendation(session, state=DraftState.APPROVED),
    )
    actor, finding = scene.actor(session, scene.monitor), make_finding(session, visit=scene.visit)
    for wrong in (draft_only, elsewhere):
        with refused("findings.not_repeated"):
            actions.write_recommendation(
                session, actor, scene.visit.id, recommended(scene, session, finding, repeats_id=wrong.id), TODAY, NOW
            )
    draft = recommended(scene, session, finding, repeats_id=approved.id)
    assert actions.write_recommendation(session, actor, scene.visit.id, draft, TODAY, NOW).repeats_id == approved.id


def test_a_recommendation_is_approved_after_a_finding_under_it(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor)
    row = make_recommendation(session, findings=[finding], writer=scene.monitor)
    chair = scene.actor(session, scene.chair)
    actions.review_recommendation(session, scene.actor(session, scene.secretary), row, WRITTEN_AT, NOW)
    with refused("findings.no_approved_finding"):
        actions.approve_recommendation(session, chair, row, WRITTEN_AT, NOW)
    actions.approve_finding(session, chair, finding, WRITTEN_AT, NOW)
    actions.approve_recommendation(session, chair, row, WRITTEN_AT, NOW)
    assert (row.state, row.approved_by, row.reviewed_by) == (DraftState.APPROVED, scene.chair.id, scene.secretary.id)
    assert events(session) == [
        "findings.review_recommendation",
        "findings.approve_finding",
        "findings.approve_recommendation",
    ]


def test_a_recommendation_is_not_approved_unread(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit, writer=scene.monitor, state=DraftState.APPROVED)
    row = make_recommendation(session, findings=[finding], writer=scene.monitor, action={"kk": "Шам орнату ұсынылады."})
    with refused("findings.not_written"):
        actions.approve_recommendation(session, scene.actor(session, scene.chair), row, WRITTEN_AT, NOW)


def test_a_dropped_recommendation_leaves_the_lists_and_keeps_its_number(session: Session, scene: Scene) -> None:
    finding = make_finding(session, visit=scene.visit)
    row = make_recommendation(session, findings=[finding])
    actor = scene.actor(session, scene.leader)
    actions.drop_recommendation(session, actor, row, NOW)
    actions.drop_recommendation(session, actor, row, NOW)
    assert queries.recommendations_of(session, scene.visit.id) == []
    assert queries.links_of(session, scene.visit.id).recommendations == {}
    following = actions.write_recommendation(
        session, actor, scene.visit.id, recommended(scene, session, finding), TODAY, NOW
    )
    assert following.position == 2
    assert events(session) == ["findings.drop_recommendation", "findings.write_recommendation"]


def test_nothing_here_touches_another_visit(session: Session, scene: Scene) -> None:
    other = make_scene(session)
    theirs = make_finding(session, visit=other.visit, photos=[add_photo(session, other)])
    record_answer(session, scene, "D4", NOT_MET)
    proposal = read_answers(session, scene.visit).proposals["D4"]
    actor = scene.actor(session, scene.monitor)
    finding = actions.take_proposal(session, actor, scene.visit.id, proposal, NOW)
    actions.link_photo(session, actor, finding, add_photo(session, scene).id, {}, NOW)
    actions.drop_finding(session, actor, finding, NOW)
    session.refresh(theirs)
    assert (theirs.state, theirs.position) == (DraftState.DRAFT, 1)
    assert session.exec(select(func.count()).select_from(FindingEvidence)).one() == 2
