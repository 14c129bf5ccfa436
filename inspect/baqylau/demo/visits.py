"""The demo's visits: one recorded, concluded and reported; one under way; one planned; one refused at the gate."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from baqylau.answers.actions import add_evidence
from baqylau.answers.photos import MEDIA_TYPE, clean_photo
from baqylau.answers.queries import evidence_of, heads_of
from baqylau.answers.terms import NewEvidence
from baqylau.checklists.queries import newest
from baqylau.db.engine import Database
from baqylau.demo.answers import recorded
from baqylau.demo.photos import drawn_photos
from baqylau.demo.world import World
from baqylau.i18n import local_time
from baqylau.settings import Settings
from baqylau.storage.actions import store
from baqylau.sync.actions import register_device, take_items
from baqylau.sync.schemas import MOST_REVISIONS, PROTOCOL, NewDevice
from baqylau.sync.terms import Delivery
from baqylau.visits.actions import (
    begin_visit,
    conclude_visit,
    pin_checklists,
    plan_visit,
    protect_name,
    record_notice,
    record_obstruction,
    set_group,
)
from baqylau.visits.bases import USUAL
from baqylau.visits.models import Visit
from baqylau.visits.queries import checklists_of_visit
from baqylau.visits.terms import Ground, GroupMember, ObstructionAccount, Plan, VisitKind

OBSERVERS = {"leader": "kk", "monitor1": "ru", "monitor2": "kk"}


@dataclass(frozen=True)
class Sketch:
    """A visit of the demo in short."""

    council: str
    place: str
    kind: VisitKind
    planner: str
    group: tuple[str, ...]
    starts_on: date
    days: int
    purpose: str


def plan(session: Session, world: World, sketch: Sketch, at: datetime) -> Visit:
    """Plan the visit and name its group, the first of it as leader, with the full checklist."""
    actor = world.actor(session, sketch.planner, at.date())
    visit = plan_visit(
        session,
        actor,
        Plan(
            council_id=world.councils[sketch.council],
            place_id=world.places[sketch.place],
            kind=sketch.kind,
            starts_on=sketch.starts_on,
            ends_on=sketch.starts_on + timedelta(days=sketch.days - 1),
            purpose=sketch.purpose,
            legal_basis=USUAL[sketch.kind],
        ),
        at,
    )
    version = newest(session, "full-visit")
    if version is None:
        raise LookupError("the full checklist was not published")
    pin_checklists(session, actor, visit, [version.id], at)
    members = [GroupMember(world.users[login].id, place == 0) for place, login in enumerate(sketch.group)]
    set_group(session, actor, visit, members, at)
    return visit


def record_whole_visit(
    database: Database, settings: Settings, world: World, today: date, judged: Mapping[str, Any]
) -> UUID:
    """Make the visit that is recorded by three members, with photos and measured cells; return its id."""
    first_day = today - timedelta(days=24)
    morning = _local(settings, first_day, 9)
    sketch = Sketch(
        "NPM", "JET-901", VisitKind.PERIODIC, "coordinator", tuple(OBSERVERS), first_day, 3, "Кезеңдік алдын ала бару"
    )
    with database.transaction() as session:
        visit = plan(session, world, sketch, morning - timedelta(days=14))
        leader = world.actor(session, "leader", first_day)
        begin_visit(session, leader, visit, morning)
        protect_name(session, leader, visit, "Қанатов Серғазы Мысалұлы", settings.keys, morning)
    with database.transaction() as session:
        checklist = checklists_of_visit(session, visit.id)[0]
        sent: dict[str, list[dict[str, Any]]] = {login: [] for login in OBSERVERS}
        for login, revision in recorded(checklist, judged, OBSERVERS, morning + timedelta(hours=1)):
            sent[login].append(revision)
        for login, revisions in sent.items():
            _deliver(session, world, login, visit.id, revisions, morning + timedelta(days=2, hours=8))
    with database.transaction() as session:
        _disagree_and_settle(session, world, visit.id, morning + timedelta(days=2, hours=9))
        _photograph(session, settings, world, visit.id, morning + timedelta(hours=3))
    with database.transaction() as session:
        again = session.get(Visit, visit.id)
        assert again is not None
        conclude_visit(session, world.actor(session, "leader", first_day), again, morning + timedelta(days=2, hours=10))
    return visit.id


def _deliver(
    session: Session, world: World, login: str, visit_id: UUID, revisions: list[dict[str, Any]], at: datetime
) -> None:
    """Send revisions as a tablet does, in batches; whatever is refused stops the demo."""
    actor = world.actor(session, login, at.date())
    checklists = tuple(checklists_of_visit(session, visit_id))
    new = NewDevice(protocol=PROTOCOL, device=uuid.uuid5(visit_id, login), label=f"tablet-{login}")
    device = register_device(session, actor, visit_id, new, at)
    delivery = Delivery(visit_id, device.id, actor, None, checklists)
    items = [_as_item(number, revision) for number, revision in enumerate(revisions, 1)]
    for start in range(0, len(items), MOST_REVISIONS):
        results = take_items(session, actor, delivery, items[start : start + MOST_REVISIONS], at)
        if refused := [result for result in results if result.code]:
            raise ValueError(f"refused: {refused}")


def _as_item(number: int, revision: Mapping[str, Any]) -> dict[str, Any]:
    body = json.dumps(revision, ensure_ascii=False)
    return {"id": revision["id"], "seq": number, "body": body, "sha256": hashlib.sha256(body.encode()).hexdigest()}


def _disagree_and_settle(session: Session, world: World, visit_id: UUID, at: datetime) -> None:
    """Let a second member see the light in the cells differently, and the leader settle it."""
    first = next(head for head in heads_of(session, visit_id) if head.item_id == "E10" and head.value)
    other = {
        **_again(first, at),
        "value": {"national": "partly", "international": "partly"},
        "note": "Қамтылмаған секция бар.",
    }
    _deliver(session, world, "monitor2", visit_id, [other], at)
    settled = {**_again(first, at), "value": other["value"], "supersedes": [str(first.id), other["id"]]}
    _deliver(session, world, "leader", visit_id, [settled], at + timedelta(minutes=5))


def _again(head: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "item": head.item_id,
        "row": head.row_id,
        "value": head.value,
        "sources": ["O", "P"],
        "note": "",
        "flags": [],
        "recorded_at": at.isoformat(),
        "supersedes": [],
    }


#: Items whose answers have a photo.
_PHOTOGRAPHED = ("D5", "D8", "D9", "B2", "B4", "E3", "F11", "H11", "K4", "M8", "J6", "C1")


def _photograph(session: Session, settings: Settings, world: World, visit_id: UUID, at: datetime) -> None:
    actor = world.actor(session, "monitor1", at.date())
    rows = {head.item_id: head.row_id for head in heads_of(session, visit_id)}
    for item, sent in zip(_PHOTOGRAPHED, drawn_photos(len(_PHOTOGRAPHED)), strict=True):
        photo = clean_photo(sent, settings.photo_pixels, settings.photo_side)
        blob = store(session, (settings.blobs, settings.keys), photo.content, MEDIA_TYPE, at)
        new = NewEvidence(uuid.uuid4(), item, rows.get(item, ""), "", "given", "no_persons", at, blob.sha256)
        add_evidence(session, actor, visit_id, new, photo, blob.sha256, at)


def photos_by_section(session: Session, visit_id: UUID) -> dict[str, list[UUID]]:
    """Return `{section: [evidence id]}` of the visit's photos."""
    found: dict[str, list[UUID]] = {}
    for evidence in evidence_of(session, visit_id):
        found.setdefault(evidence.item_id[0], []).append(evidence.id)
    return found


def make_other_visits(database: Database, settings: Settings, world: World, today: date) -> list[UUID]:
    """Make the visits in the other states: under way, planned, refused."""
    with database.transaction() as session:
        return [
            _under_way(session, settings, world, today),
            _planned(session, settings, world, today),
            _refused(session, settings, world, today),
        ]


def _under_way(session: Session, settings: Settings, world: World, today: date) -> UUID:
    group = ("jet-monitor1", "jet-monitor2")
    sketch = Sketch(
        "JET", "JET-902", VisitKind.COMMISSION, "chair", group, today, 1, "Тамақтану және медициналық көмек"
    )
    planned_at = _local(settings, today - timedelta(days=5), 10)
    visit = plan(session, world, sketch, planned_at)
    chair = world.actor(session, "chair", today)
    notice_at = _local(settings, today - timedelta(days=2), 9)
    record_notice(session, chair, visit, notice_at, settings.time_zone, notice_at)
    morning = _local(settings, today, 0)
    begin_visit(session, world.actor(session, group[0], today), visit, morning)
    checklist = checklists_of_visit(session, visit.id)[0]
    revisions = dict.fromkeys(group, "ru")
    sent: dict[str, list[dict[str, Any]]] = {login: [] for login in group}
    for login, revision in recorded(checklist, {}, revisions, morning):
        if revision["item"][:1] in {"A", "B", "C", "E"} and revision["item"][1:].isdigit():
            sent[login].append({**revision, "id": str(uuid.uuid4())})
    for login, part in sent.items():
        _deliver(session, world, login, visit.id, part[:40], morning)
    first = next(head for head in heads_of(session, visit.id) if head.value and "national" in head.value)
    other = "not_met" if first.value and first.value["national"] != "not_met" else "met"
    second = next(login for login in group if world.users[login].id != first.author_id)
    differing = {**_again(first, morning), "value": {"national": other, "international": other}}
    _deliver(session, world, second, visit.id, [differing], morning)
    return visit.id


def _planned(session: Session, settings: Settings, world: World, today: date) -> UUID:
    sketch = Sketch(
        "NPM", "KOS-906", VisitKind.INTERIM, "coordinator", ("monitor1", "leader"), today + timedelta(days=9), 2,
        "Бұрынғы ұсынымдардың орындалуын тексеру",
    )  # fmt: skip
    return plan(session, world, sketch, _local(settings, today - timedelta(days=1), 11)).id


def _refused(session: Session, settings: Settings, world: World, today: date) -> UUID:
    day = today - timedelta(days=12)
    group = ("aty-monitor1", "aty-monitor2")
    sketch = Sketch("ATY", "ATY-904", VisitKind.COMMISSION, "aty-chair", group, day, 1, "Тәртіптік изоляторды қарау")
    planned_at = _local(settings, day - timedelta(days=6), 10)
    visit = plan(session, world, sketch, planned_at)
    record_notice(
        session, world.actor(session, "aty-chair", day), visit, planned_at + timedelta(days=2), settings.time_zone,
        planned_at + timedelta(days=2),
    )  # fmt: skip
    told = ObstructionAccount(
        happened_at=_local(settings, day, 10),
        official="кезекші бөлім бастығы",
        ground=Ground.NO_MANDATE_ACCEPTED,
        account="Топ қақпада бір сағат отыз минут күтті; мандат қабылданбады, негізі жазбаша көрсетілмеді.",
        stopped_visit=True,
    )
    record_obstruction(session, world.actor(session, group[0], day), visit, told, _local(settings, day, 12))
    return visit.id


def _local(settings: Settings, day: date, hour: int) -> datetime:
    """Return the hour of the day in the installation's time zone, as an instant."""
    zone = local_time(datetime.combine(day, time(12)), settings.time_zone).tzinfo
    return datetime.combine(day, time(hour), tzinfo=zone)
