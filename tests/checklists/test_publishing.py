"""Published checklists: what never changes, what is never reused, what is read back."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from baqylau.audit.models import AuditEvent
from baqylau.audit.queries import events_of
from baqylau.checklists.actions import publish, publish_shipped
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.queries import (
    checklist_of,
    find_numbered,
    get_version,
    newest,
    newest_of_each,
    published,
    versions_of,
)
from baqylau.checklists.terms import ChecklistFaults
from baqylau.councils.queries import actor_of
from baqylau.db.types import new_id
from baqylau.errors import Problem
from baqylau.locations import shipped
from tests.factories.checklists import make_checklist_version, small_checklist, small_yaml
from tests.factories.people import LONG_AGO, make_membership, make_user

#: The texts of F2, as {old: new}, with which it asks something else.
OTHER_QUESTION = {"How many people were examined?": "How many people were weighed?"}


def refused(code: str, session: Session, **wanted: object) -> Problem:
    with pytest.raises(Problem) as caught:
        publish(session, None, small_checklist(**wanted), LONG_AGO)  # type: ignore[arg-type]
    assert caught.value.code == code
    return caught.value


def test_a_published_checklist_is_read_back_as_it_was_written(session: Session) -> None:
    version = make_checklist_version(session, slug="short-look", prefix="Q")
    wanted = small_checklist("short-look", prefix="Q")
    found = checklist_of(session, version.id)
    assert found == wanted
    assert (version.hash, version.code, version.version) == (wanted.hash, "SMALL", 1)


def test_publishing_is_recorded_with_who_did_it(session: Session) -> None:
    user = make_membership(session).user_id
    person = actor_of(session, make_user(session, id=new_id()))
    by_program = make_checklist_version(session)
    by_person = publish(session, person, small_checklist("other"), LONG_AGO)
    assert [event.actor_id for event in events_of(session, "checklist_version", by_program.id)] == [None]
    assert [event.actor_id for event in events_of(session, "checklist_version", by_person.id)] == [str(person.user_id)]
    assert str(user) != str(person.user_id)


def test_the_same_content_again_changes_nothing(session: Session) -> None:
    first = make_checklist_version(session, slug="short-look")
    again = publish(session, None, small_checklist("short-look"), LONG_AGO + timedelta(days=1))
    assert again is first
    assert len(session.exec(select(ChecklistVersion)).all()) == 1
    assert len(session.exec(select(AuditEvent)).all()) == 1


def test_a_number_is_never_published_twice_with_other_content(session: Session) -> None:
    make_checklist_version(session, slug="short-look")
    problem = refused(
        "checklists.version_changed", session, slug="short-look", words={"Ask the doctor.": "Ask a nurse."}
    )
    assert problem.details == {"slug": "short-look", "version": 1}
    assert len(versions_of(session, "short-look")) == 1


def test_an_id_that_was_dropped_does_not_come_back_for_another_question(session: Session) -> None:
    make_checklist_version(session, slug="short-look")
    dropped = {"{prefix}F2".replace("{prefix}", ""): "F9"}
    make_checklist_version(session, slug="short-look", version=2, words=dropped)
    problem = refused("checklists.item_reused", session, slug="short-look", version=3, words=OTHER_QUESTION)
    assert problem.details["items"] == "F2"
    assert [one.version for one in versions_of(session, "short-look")] == [1, 2]
    back = make_checklist_version(session, slug="short-look", version=3)
    assert newest(session, "short-look") is back


def test_an_id_that_stands_may_get_better_words(session: Session) -> None:
    make_checklist_version(session, slug="short-look")
    version = make_checklist_version(session, slug="short-look", version=2, words=OTHER_QUESTION)
    assert checklist_of(session, version.id).items["F2"].text["en"] == "How many people were weighed?"


def test_an_id_of_another_checklist_is_free(session: Session) -> None:
    make_checklist_version(session, slug="short-look")
    assert make_checklist_version(session, slug="other-look", words=OTHER_QUESTION).version == 1


def test_versions_are_listed_by_slug_with_the_newest_first(session: Session) -> None:
    for slug, version in [("b-look", 1), ("a-look", 1), ("a-look", 2)]:
        make_checklist_version(session, slug=slug, version=version)
    assert [(one.slug, one.version) for one in published(session)] == [("a-look", 2), ("a-look", 1), ("b-look", 1)]
    assert [(one.slug, one.version) for one in newest_of_each(session)] == [("a-look", 2), ("b-look", 1)]
    found = newest(session, "a-look")
    assert found is not None
    assert found.version == 2
    assert find_numbered(session, "a-look", 1) is versions_of(session, "a-look")[0]
    assert (newest(session, "c-look"), find_numbered(session, "a-look", 3)) == (None, None)


def test_the_tenth_version_comes_after_the_ninth(session: Session) -> None:
    for version in (9, 10):
        make_checklist_version(session, slug="a-look", version=version)
    found = newest(session, "a-look")
    assert found is not None
    assert found.version == 10


def test_a_version_that_does_not_exist_is_not_found(session: Session) -> None:
    for look in (get_version, checklist_of):
        with pytest.raises(Problem) as caught:
            look(session, new_id())
        assert caught.value.code == "app.not_found"


def test_a_published_version_can_be_neither_changed_nor_removed(session: Session) -> None:
    version = make_checklist_version(session)
    session.commit()
    for change in (lambda: setattr(version, "content", "{}"), lambda: session.delete(version)):
        change()
        with pytest.raises(DBAPIError):
            session.flush()
        session.rollback()
    assert checklist_of(session, version.id).items


def test_a_row_that_does_not_fit_its_hash_is_not_read(session: Session) -> None:
    true = make_checklist_version(session, slug="short-look")
    forged = ChecklistVersion(
        slug="forged", code="F", version=1, hash=true.hash, published_at=LONG_AGO,
        content=true.content.replace("Look at the log.", "Do not look."),
    )  # fmt: skip
    session.add(forged)
    session.flush()
    with pytest.raises(ChecklistFaults, match="does not fit its hash"):
        checklist_of(session, forged.id)


def test_everything_that_ships_is_published_older_versions_first_and_only_once(
    session: Session, tmp_path: Path
) -> None:
    (tmp_path / "standards.yaml").write_text(
        (shipped("forms") / "standards.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    for slug, version, words in [("a-look", 1, {}), ("a-look", 2, {"F2": "F9"}), ("a-look", 10, {}), ("b-look", 1, {})]:
        path = tmp_path / slug / f"v{version}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(small_yaml(slug, version, **words), encoding="utf-8")
    first = publish_shipped(session, LONG_AGO, tmp_path)
    assert [(one.slug, one.version) for one in first] == [("a-look", 1), ("a-look", 2), ("a-look", 10), ("b-look", 1)]
    assert publish_shipped(session, LONG_AGO, tmp_path) == first
    assert len(session.exec(select(AuditEvent)).all()) == 4


def test_a_faulty_file_stops_the_publishing(session: Session, tmp_path: Path) -> None:
    (tmp_path / "standards.yaml").write_text(
        (shipped("forms") / "standards.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    path = tmp_path / "a-look" / "v1.yaml"
    path.parent.mkdir()
    path.write_text(small_yaml("a-look").replace("unit: m2\n", "unit: acres\n"), encoding="utf-8")
    with pytest.raises(ChecklistFaults):
        publish_shipped(session, LONG_AGO, tmp_path)
    assert published(session) == []


def test_what_comes_with_the_program_can_be_published(session: Session) -> None:
    versions = publish_shipped(session, LONG_AGO)
    assert "full-visit" in {version.slug for version in versions}
    assert all(checklist_of(session, version.id).items for version in versions)
