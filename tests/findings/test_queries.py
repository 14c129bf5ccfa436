"""What is read: order, what is missing in which language, earlier recommendations, and how many queries it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from baqylau.findings import queries
from baqylau.findings.reading import Show, read_answers
from baqylau.findings.standing import step_of_findings, steps_of_findings
from baqylau.findings.terms import DraftState
from baqylau.rights.terms import CouncilKind
from baqylau.visits.models import Visit
from baqylau.visits.steps import StepState, Turn
from tests.factories.findings import ESTABLISHED, make_finding, make_recommendation
from tests.factories.people import make_council
from tests.findings.conftest import NOT_MET, Scene, add_photo, make_scene, record_answer


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """Gather the statements that the block sends."""
    seen: list[str] = []
    engine = session.get_bind()
    assert isinstance(engine, Engine)

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def identity(text: str) -> str:
    return text


def test_findings_come_by_section_and_number(session: Session, scene: Scene) -> None:
    for section in ("F", "D", "D"):
        make_finding(session, visit=scene.visit, section=section)
    make_finding(session)
    dropped = make_finding(session, visit=scene.visit, state=DraftState.DROPPED)
    assert [one.number for one in queries.findings_of(session, scene.visit.id)] == ["D.1", "D.2", "F.1"]
    assert dropped in queries.findings_of(session, scene.visit.id, with_dropped=True)


def test_links_hold_both_directions_without_dropped_ones(session: Session, scene: Scene) -> None:
    revision, photo = record_answer(session, scene, "D4", NOT_MET), add_photo(session, scene)
    one = make_finding(session, visit=scene.visit, revisions=[revision], photos=[photo])
    two = make_finding(session, visit=scene.visit, state=DraftState.DROPPED)
    standing = make_recommendation(session, findings=[one, two])
    make_recommendation(session, findings=[one], state=DraftState.DROPPED)
    make_recommendation(session)
    links = queries.links_of(session, scene.visit.id)
    assert links.revisions == {one.id: [revision.id]}
    assert [link.evidence.id for link in links.photos[one.id]] == [photo.id]
    assert links.recommendations == {one.id: [standing], two.id: [standing]}
    assert links.findings[standing.id] == [one]


@pytest.mark.parametrize("size", [1, 12])
def test_what_a_page_reads_does_not_grow_with_the_visit(session: Session, scene: Scene, size: int) -> None:
    for number in range(size):
        revision = record_answer(session, scene, "D1", {"value": 4}, row=f"r{number}")
        record_answer(session, scene, "D2", {"value": 4}, row=f"r{number}")
        finding = make_finding(session, visit=scene.visit, revisions=[revision], photos=[add_photo(session, scene)])
        make_recommendation(session, findings=[finding])
    session.commit()
    session.expunge_all()
    visit = session.get_one(Visit, scene.visit.id)
    for read, most in (
        (lambda: queries.findings_of(session, visit.id), 1),
        (lambda: queries.recommendations_of(session, visit.id), 1),
        (lambda: queries.links_of(session, visit.id), 3),
        (lambda: queries.texts_missing(session, visit.id), 5),
        (lambda: queries.earlier_recommendations(session, visit.place_id, visit), 2),
        (lambda: queries.counts_by_state(session, [visit.id]), 2),
        (lambda: read_answers(session, visit), 6),
    ):
        with counted(session) as statements:
            read()
        assert len(statements) <= most, statements


# What is missing


def test_everything_that_the_report_lacks_is_named_text_by_text_and_language_by_language(
    session: Session, scene: Scene
) -> None:
    finding = make_finding(
        session,
        visit=scene.visit,
        established={"kk": "Жарық жоқ.", "ru": " "},
        whereabouts={"ru": "второй блок"},
        photos=[add_photo(session, scene)],
    )
    make_finding(session, visit=scene.visit, state=DraftState.DROPPED, established={})
    make_recommendation(session, findings=[finding], action={"en": "The place should […]."}, sign={"kk": "шам жанады"})
    make_finding(session, established={})
    assert queries.texts_missing(session, scene.visit.id) == [
        ("finding", "D.1", "established", "ru"),
        ("finding", "D.1", "established", "en"),
        ("finding", "D.1", "whereabouts", "kk"),
        ("finding", "D.1", "whereabouts", "en"),
        ("finding", "D.1", "caption", "kk"),
        ("finding", "D.1", "caption", "ru"),
        ("recommendation", "1", "action", "kk"),
        ("recommendation", "1", "action", "ru"),
        ("recommendation", "1", "action", "en"),
        ("recommendation", "1", "sign", "ru"),
        ("recommendation", "1", "sign", "en"),
    ]


def test_a_visit_with_all_texts_lacks_nothing(session: Session, scene: Scene) -> None:
    make_recommendation(session, findings=[make_finding(session, visit=scene.visit)])
    assert queries.texts_missing(session, scene.visit.id) == []


# Earlier recommendations


def earlier_visit(session: Session, scene: Scene, day: date, council: object = None) -> Visit:
    visit = make_scene(session, council=council or scene.council, starts_on=day).visit
    visit.place_id = scene.visit.place_id
    session.flush()
    return visit


def test_approved_recommendations_of_earlier_visits_to_the_place_come_the_latest_first(
    session: Session, scene: Scene
) -> None:
    last = earlier_visit(session, scene, date(2026, 8, 1))
    before = earlier_visit(session, scene, date(2026, 2, 1))
    after = earlier_visit(session, scene, date(2026, 12, 1))
    wanted = [make_recommendation(session, visit=last, state=DraftState.APPROVED) for _ in range(2)]
    wanted.append(make_recommendation(session, visit=before, state=DraftState.APPROVED))
    for visit, state in (
        (last, DraftState.DRAFT),
        (last, DraftState.DROPPED),
        (after, DraftState.APPROVED),
        (scene.visit, DraftState.APPROVED),
    ):
        make_recommendation(session, visit=visit, state=state)
    make_recommendation(session, state=DraftState.APPROVED)
    found = queries.earlier_recommendations(session, scene.visit.place_id, scene.visit)
    assert [one.recommendation for one in found] == wanted
    assert [one.visit for one in found] == [last, last, before]


def test_what_another_council_approved_may_not_have_left_its_house_and_is_not_shown(
    session: Session, scene: Scene
) -> None:
    theirs = earlier_visit(session, scene, date(2026, 2, 1), make_council(session))
    make_recommendation(session, visit=theirs, state=DraftState.APPROVED)
    assert queries.earlier_recommendations(session, scene.visit.place_id, scene.visit) == []


def test_the_groups_of_the_preventive_mechanism_share_their_recommendations(session: Session) -> None:
    one, two = (make_council(session, kind=CouncilKind.NPM_GROUP) for _ in range(2))
    scene = make_scene(session, council=one)
    approved = make_recommendation(
        session, visit=earlier_visit(session, scene, date(2026, 2, 1), two), state=DraftState.APPROVED
    )
    commission = earlier_visit(session, scene, date(2026, 2, 2), make_council(session))
    make_recommendation(session, visit=commission, state=DraftState.APPROVED)
    found = queries.earlier_recommendations(session, scene.visit.place_id, scene.visit)
    assert [one.recommendation for one in found] == [approved]


def test_a_repetition_stands_for_what_it_repeats_once_it_is_approved(session: Session, scene: Scene) -> None:
    first, second = (earlier_visit(session, scene, date(2026, month, 1)) for month in (2, 5))
    original = make_recommendation(session, visit=first, state=DraftState.APPROVED)
    repetition = make_recommendation(session, visit=second, repeats_id=original.id)
    make_recommendation(session, visit=scene.visit, repeats_id=original.id, state=DraftState.APPROVED)
    place_id = scene.visit.place_id

    def found() -> list[object]:
        return [one.recommendation for one in queries.earlier_recommendations(session, place_id, scene.visit)]

    assert found() == [original]
    repetition.state, repetition.approved_by = DraftState.APPROVED, scene.chair.id
    session.flush()
    assert found() == [repetition]


# The answers as they are read


def test_an_answer_is_read_in_words_with_observer_note_and_rows(session: Session, scene: Scene) -> None:
    record_answer(session, scene, "cell", {"label": "Cell 1"}, row="a")
    record_answer(session, scene, "D1", {"value": 9.5, "instrument": "laser"}, row="a", note="measured twice")
    record_answer(session, scene, "D2", {"value": 4, "beds": 3}, row="a", by=scene.leader)
    record_answer(session, scene, "D5", {"value": ["table", "window"]})
    record_answer(session, scene, "F1", {"value": "no"}, sources="DS")
    record_answer(session, scene, "F3", {"status": "not_seen"})
    reading = read_answers(session, scene.visit)
    area, people, share = (reading.line(item, "en", identity) for item in ("D1", "D2", "D3"))
    assert area is not None
    assert people is not None
    assert share is not None
    assert (area.rows[0].label, area.rows[0].told[0].observer) == ("Cell 1", scene.monitor.name)
    assert area.rows[0].told[0].words[0] == ("", "9.5\u00a0m²")
    assert area.rows[0].told[0].head.note == "measured twice"
    assert people.rows[0].told[0].words == [("People", "4"), ("Beds", "3")]
    assert people.rows[0].told[0].observer == scene.leader.name
    assert share.rows[0].computed == "2.375\u00a0m² per person"
    assert (share.rows[0].national, share.rows[0].international) == ("not_met", "not_met")
    assert reading.line("D5", "ru", identity).rows[0].told[0].words == [("", "Стол, Окно")]  # type: ignore[union-attr]
    assert reading.line("F3", "en", identity).rows[0].told[0].words == [("", "not seen")]  # type: ignore[union-attr]
    assert reading.line("Z9", "en", identity) is None
    assert reading.answered_items("D") == ["D1", "D2", "D3", "D5"]


def test_filters_choose_among_what_speaks(session: Session, scene: Scene) -> None:
    record_answer(session, scene, "D4", NOT_MET)
    record_answer(session, scene, "D4", {"national": "met", "international": "met"}, by=scene.leader)
    record_answer(session, scene, "D5", {"value": ["table"]}, flags=("urgent",))
    record_answer(session, scene, "F1", {"value": "yes"}, flags=("good_practice",))
    record_answer(session, scene, "F2", {"numerator": 1, "denominator": 2})
    add_photo(session, scene, "D5")
    reading = read_answers(session, scene.visit)
    taken = [make_finding(session, visit=scene.visit, items=["D5"])]
    assert reading.conflicts == 1
    for show, items in (
        (Show.ALL, ["D4", "D5", "F1"]),
        (Show.WAITING, ["D4", "F1"]),
        (Show.NOT_MET, ["D4"]),
        (Show.CONFLICT, ["D4"]),
        (Show.URGENT, ["D5"]),
        (Show.PHOTO, ["D5"]),
        (Show.GOOD_PRACTICE, ["F1"]),
    ):
        assert reading.listed(show, "", taken) == items
    assert reading.listed(Show.ALL, "F", taken) == ["F1"]


def test_an_answer_that_was_replaced_is_told_and_linked_anew_only_on_demand(session: Session, scene: Scene) -> None:
    old = record_answer(session, scene, "D4", NOT_MET)
    new = record_answer(session, scene, "D4", {"national": "partly", "international": "met"}, supersedes=(old.id,))
    other = record_answer(session, scene, "F1", {"value": "no"})
    reading = read_answers(session, scene.visit)
    assert reading.changed_since(session, [old.id, other.id]) == ["D4"]
    assert reading.changed_since(session, [new.id]) == []
    assert reading.revisions_to_link(session, ["D4", "F1"], [old.id], renews=False) == {old.id, other.id}
    assert reading.revisions_to_link(session, ["D4", "F1"], [old.id], renews=True) == {new.id, other.id}
    assert reading.revisions_to_link(session, ["F1"], [old.id], renews=False) == {other.id}


def test_a_computed_item_is_linked_through_what_it_is_computed_from(session: Session, scene: Scene) -> None:
    area, people = (
        record_answer(session, scene, "D1", {"value": 4}, row="a"),
        record_answer(session, scene, "D2", {"value": 4}, row="a"),
    )
    reading = read_answers(session, scene.visit)
    assert reading.revisions_to_link(session, ["D3"], [], renews=False) == {area.id, people.id}
    assert reading.revisions_to_link(session, ["D3"], [area.id], renews=False) == {area.id}


# The step of the visit


@pytest.mark.parametrize(
    ("states", "is_over", "state", "turn"),
    [
        ({DraftState.DRAFT: 1, DraftState.APPROVED: 4}, True, StepState.GOES_ON, Turn.GROUP),
        ({DraftState.REVIEWED: 1, DraftState.APPROVED: 4}, True, StepState.GOES_ON, Turn.LEADER),
        ({DraftState.APPROVED: 4, DraftState.DROPPED: 2}, True, StepState.DONE, Turn.LEADER),
        ({DraftState.APPROVED: 4}, False, StepState.GOES_ON, Turn.LEADER),
    ],
)
def test_the_step_is_done_when_everything_is_approved(
    states: dict[DraftState, int], is_over: bool, state: StepState, turn: Turn
) -> None:
    step = step_of_findings(states, is_over=is_over)
    assert (step.state, step.turn) == (state, turn)


def test_findings_tell_the_visits_how_they_stand(session: Session, scene: Scene) -> None:
    make_finding(session, visit=scene.visit)
    nothing, dropped = make_scene(session), make_scene(session)
    make_finding(session, visit=dropped.visit, state=DraftState.DROPPED, established=ESTABLISHED)
    steps = steps_of_findings(session, [scene.visit.id, nothing.visit.id, dropped.visit.id])
    assert list(steps) == [scene.visit.id]
