"""The pages of answers: recording, conflicts, photos; who may see them, and what they say."""

import io
import re
from collections.abc import Callable, Iterator
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlmodel import Session

from baqylau.answers.models import AnswerRevision, EvidenceWithdrawal
from baqylau.answers.queries import conflicts_of, heads_of
from baqylau.app import Application
from baqylau.db.engine import Database
from baqylau.storage.actions import store
from tests.factories.answers import Scene, make_evidence, make_revision, make_row, make_scene, photo_bytes

SignIn = Callable[[UUID], FlaskClient]


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as opened:
        return make_scene(opened)


@pytest.fixture
def conflict(database: Database, scene: Scene) -> tuple[AnswerRevision, AnswerRevision]:
    """Return two answers to D4, the leader's and the member's."""
    with database.transaction() as opened:
        first = make_revision(opened, scene.visit, scene.leader.id, note="The bulb is dim.")
        rating = {"national": "partly", "international": "not_met"}
        second = make_revision(opened, scene.visit, scene.member.id, value=rating, sources=["P"])
    return first, second


@pytest.fixture
def looking(database: Database) -> Iterator[Session]:
    """Return a session that sees what pages committed and locks nothing."""
    with database.reading() as opened:
        yield opened


def address(scene: Scene, rest: str) -> str:
    return f"/visits/{scene.visit.id}/{rest}"


def words_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_recording_page_has_all_that_its_scripts_ask_for(scene: Scene, sign_in_as: SignIn) -> None:
    page = sign_in_as(scene.member.id).get(address(scene, "record"))
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    for found in ('id="page"', 'id="words"', 'name="csrf-token"', 'id="bar-state"', "js/tablet/reading.js?v="):
        assert found in text
    assert f"/api/v1/visits/{scene.visit.id}/bundle" in text
    assert text.count('rel="modulepreload"') > 15
    # Nothing of the visit but its place and number stands in the page itself: that comes by the API.
    assert "Is there light enough" not in text


@pytest.mark.parametrize("rest", ["record", "conflicts"])
def test_only_those_who_may_see_the_answers_get_the_pages(scene: Scene, sign_in_as: SignIn, rest: str) -> None:
    assert sign_in_as(scene.secretary.id).get(address(scene, rest)).status_code == 200
    assert sign_in_as(scene.stranger.id).get(address(scene, rest)).status_code == 404
    assert sign_in_as(scene.leader.id).get(f"/visits/{uuid4()}/{rest}").status_code == 404


def test_the_sign_in_comes_back_to_the_recording(client: FlaskClient, scene: Scene) -> None:
    answer = client.get(address(scene, "record"))
    assert answer.status_code == 302
    assert "record" in answer.headers["Location"]


def test_without_conflicts_the_page_says_what_would_stand_there(
    database: Database, scene: Scene, sign_in_as: SignIn
) -> None:
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.leader.id)
    page = words_of(sign_in_as(scene.leader.id).get(address(scene, "conflicts")).get_data(as_text=True))
    assert "No answers differ" in page
    assert "Is there light enough" not in page


@pytest.mark.usefixtures("conflict")
def test_everybody_sees_both_answers_and_only_the_leader_settles(scene: Scene, sign_in_as: SignIn) -> None:
    for user, may_settle in ((scene.leader, True), (scene.member, False), (scene.secretary, False)):
        html = sign_in_as(user.id).get(address(scene, "conflicts")).get_data(as_text=True)
        page = words_of(html)
        for found in (scene.leader.name, scene.member.name, "The bulb is dim.", "Is there light enough to read?"):
            assert found in page
        assert "partly met" in page
        assert ("/conflicts/D4" in html) == may_settle
        assert ("The leader of the group decides" in page) != may_settle


def settle(
    browser: FlaskClient, scene: Scene, seen: str, chosen: object, reason: str = "Looked again."
) -> tuple[int, str]:
    fields = {"seen": seen, "chosen": str(chosen), "reason": reason}
    sent = {f"settle-D4-{name}": value for name, value in fields.items()}
    answer = browser.post(address(scene, "conflicts/D4"), data=sent)
    return answer.status_code, words_of(answer.get_data(as_text=True))


def seen(*revisions: AnswerRevision) -> str:
    return " ".join(sorted(str(one.id) for one in revisions))


def test_the_leader_lets_one_answer_stand(
    looking: Session, scene: Scene, conflict: tuple[AnswerRevision, AnswerRevision], sign_in_as: SignIn
) -> None:
    status, _ = settle(sign_in_as(scene.leader.id), scene, seen(*conflict), conflict[1].id)
    assert status == 302
    [head] = heads_of(looking, scene.visit.id)
    assert (head.value, head.note) == (conflict[1].value, "Looked again.")


@pytest.mark.parametrize(
    ("chosen", "reason", "message"),
    [
        ("", "Looked again.", "Choose the answer that stands."),
        ("nonsense", "Looked again.", "Choose the answer that stands."),
        ("second", "  ", "Say why this answer stands."),
        ("second", "x" * 2001, "This text is too long"),
    ],
)
def test_a_settlement_without_choice_or_reason_is_shown_again_with_what_was_written(
    looking: Session, scene: Scene, conflict: tuple[AnswerRevision, AnswerRevision], sign_in_as: SignIn,
    chosen: str, reason: str, message: str,
) -> None:  # fmt: skip
    which = conflict[1].id if chosen == "second" else chosen
    status, page = settle(sign_in_as(scene.leader.id), scene, seen(*conflict), which, reason)
    assert status == 422
    assert message in page
    assert reason.strip() in page
    assert len(conflicts_of(looking, scene.visit.id)) == 1


def test_a_settlement_does_not_pass_over_an_answer_that_came_meanwhile(
    database: Database, looking: Session, scene: Scene, conflict: tuple[AnswerRevision, AnswerRevision],
    sign_in_as: SignIn,
) -> None:  # fmt: skip
    browser = sign_in_as(scene.leader.id)
    with database.transaction() as opened:
        make_revision(opened, scene.visit, scene.member.id, note="And a third one.")
    status, page = settle(browser, scene, seen(*conflict), conflict[1].id)
    assert status == 422
    assert "Another answer has come in meanwhile" in page
    assert "And a third one." in page
    assert "Looked again." in page
    assert len(conflicts_of(looking, scene.visit.id)["D4", ""]) == 3


def test_a_settlement_sent_twice_says_that_it_is_settled(
    scene: Scene, conflict: tuple[AnswerRevision, AnswerRevision], sign_in_as: SignIn
) -> None:
    browser = sign_in_as(scene.leader.id)
    assert settle(browser, scene, seen(*conflict), conflict[0].id)[0] == 302
    assert settle(browser, scene, seen(*conflict), conflict[0].id)[0] == 302
    page = words_of(browser.get(address(scene, "conflicts")).get_data(as_text=True))
    assert "settled meanwhile" in page


def test_others_may_not_settle(
    looking: Session, scene: Scene, conflict: tuple[AnswerRevision, AnswerRevision], sign_in_as: SignIn
) -> None:
    assert settle(sign_in_as(scene.member.id), scene, seen(*conflict), conflict[1].id)[0] == 403
    assert settle(sign_in_as(scene.stranger.id), scene, seen(*conflict), conflict[1].id)[0] == 404
    assert len(conflicts_of(looking, scene.visit.id)) == 1


def test_a_row_named_twice_can_be_settled_too(database: Database, scene: Scene, sign_in_as: SignIn) -> None:
    with database.transaction() as opened:
        first = make_row(opened, scene.visit, scene.leader.id, "Cell 12")
        second = make_row(opened, scene.visit, scene.member.id, "Cell 12a", row_id=first.row_id)
        make_revision(opened, scene.visit, scene.leader.id, "D1", row_id=first.row_id, value={"value": 9})
        make_revision(opened, scene.visit, scene.member.id, "D1", row_id=first.row_id, value={"value": 12})
    browser = sign_in_as(scene.leader.id)
    page = words_of(browser.get(address(scene, "conflicts")).get_data(as_text=True))
    assert "Cell 12a" in page
    assert "What is the area of the cell?" in page
    prefix = f"settle-cell-{first.row_id}-"
    sent = {"seen": seen(first, second), "chosen": str(second.id), "reason": "It says so on the door."}
    rest = f"conflicts/cell/{first.row_id}"
    answer = browser.post(address(scene, rest), data={f"{prefix}{name}": value for name, value in sent.items()})
    assert answer.status_code == 302
    page = words_of(browser.get(address(scene, "conflicts")).get_data(as_text=True))
    assert "It says so on the door." not in page
    assert "Cell 12a" in page


@pytest.fixture
def photo(app: Application, scene: Scene) -> UUID:
    """Return a photo whose bytes are stored."""
    settings = app.baqylau_settings
    with app.database.transaction() as opened:
        now = scene.visit.began_at
        assert now is not None
        blob = store(opened, (settings.blobs, settings.keys), photo_bytes(), "image/jpeg", now)
        return make_evidence(opened, scene.visit, scene.member.id, blob_sha256=blob.sha256).id


def test_a_photo_is_given_to_those_who_may_see_it_and_kept_by_no_cache(
    scene: Scene, photo: UUID, sign_in_as: SignIn
) -> None:
    answer = sign_in_as(scene.leader.id).get(address(scene, f"photos/{photo}"))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.data)).size == (40, 30)
    # The secretary reads answers but is no observer: photos of people held are not for the office.
    assert sign_in_as(scene.secretary.id).get(address(scene, f"photos/{photo}")).status_code == 403
    assert sign_in_as(scene.stranger.id).get(address(scene, f"photos/{photo}")).status_code == 404
    foreign = f"/visits/{scene.other_visit.id}/photos/{photo}"
    assert sign_in_as(scene.stranger.id).get(foreign).status_code == 404


def test_the_leader_withdraws_a_photo(looking: Session, scene: Scene, photo: UUID, sign_in_as: SignIn) -> None:
    withdraw = address(scene, f"photos/{photo}/withdraw")
    assert sign_in_as(scene.member.id).post(withdraw).status_code == 403
    browser = sign_in_as(scene.leader.id)
    answer = browser.post(withdraw)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("record#D4")
    assert looking.get(EvidenceWithdrawal, photo) is not None
    assert browser.get(address(scene, f"photos/{photo}")).status_code == 404
    assert browser.post(withdraw).status_code == 404
