"""The findings, recommendations and report of the demo's recorded visit, written, approved and issued by its people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from baqylau import clock
from baqylau.answers.queries import heads_of
from baqylau.checklists.terms import Rating
from baqylau.db.engine import Database
from baqylau.demo.visits import photos_by_section
from baqylau.demo.world import World, content
from baqylau.findings.actions import (
    FindingDraft,
    RecommendationDraft,
    approve_finding,
    approve_recommendation,
    link_photo,
    link_revisions,
    review_finding,
    review_recommendation,
    write_finding,
    write_recommendation,
)
from baqylau.findings.models import Finding
from baqylau.findings.rules import due_on
from baqylau.findings.terms import Cause, FindingKind, Priority, Severity
from baqylau.i18n import LANGUAGES
from baqylau.jobs.queue import run
from baqylau.reports.actions import OwnTexts, issue_report, mark_ready, release_passage, write_dissent, write_text
from baqylau.reports.passages import faults_of_visit
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from baqylau.visits.models import Visit

_LEVELS = {
    "facility": "colony", "regional": "jetisu", "committee": "committee", "ministry": "health", "schooling": "schooling",
    "government": "government", "prosecutor": "prosecutor",
}  # fmt: skip


def judged_items() -> dict[str, Sequence[str]]:
    """Return `{item id: (national, international)}` as the findings judge them, so that the answers agree."""
    found = {}
    for finding in content("findings.yaml"):
        for item in finding["items"]:
            found[item] = finding["ratings"]
    return found


@dataclass(frozen=True)
class People:
    """Who writes, who reads, who approves."""

    writer: Actor
    reader: Actor
    approver: Actor


def write_findings(session: Session, world: World, visit: Visit, at: datetime) -> None:
    """Write, review and approve the findings with their photos and recommendations."""
    texts = content("texts.yaml")
    day = at.date()
    people = People(*(world.actor(session, login, day) for login in ("leader", "monitor1", "coordinator")))
    photos = photos_by_section(session, visit.id)
    revisions: dict[str, list[UUID]] = {}
    for head in heads_of(session, visit.id):
        revisions.setdefault(head.item_id, []).append(head.id)
    recommended = []
    for one in content("findings.yaml"):
        finding = write_finding(session, people.writer, visit.id, _draft(one, texts), at)
        carried = [revision for item in one["items"] for revision in revisions.get(item, ())]
        link_revisions(session, people.writer, finding, carried, at)
        for evidence_id in photos.pop(one["section"], ())[:2]:
            link_photo(session, people.writer, finding, evidence_id, texts["caption"], at)
        review_finding(session, people.reader, finding, finding.written_at, at)
        approve_finding(session, people.approver, finding, finding.written_at, at)
        if "recommendation" in one:
            recommended.append((finding, one["recommendation"]))
    recommended.sort(key=lambda pair: list(Priority).index(Priority(pair[1]["priority"])))
    for finding, one in recommended:
        _recommend(session, world, people, visit, finding, one, at)


def _draft(one: Mapping[str, Any], texts: Mapping[str, Any]) -> FindingDraft:
    return FindingDraft(
        section=one["section"],
        kind=FindingKind(one.get("kind", "shortcoming")),
        items=tuple(one["items"]),
        established=_languages(one),
        whereabouts=texts["where"].get(one.get("where"), {}),
        sources=tuple(one["sources"]),
        standards=tuple(_standard(written) for written in one["standards"]),
        national=Rating(one["ratings"][0]),
        international=Rating(one["ratings"][1]),
        severity=Severity(one["severity"]) if "severity" in one else None,
        cause=Cause(one["cause"]) if "cause" in one else None,
        is_urgent=one.get("urgent", False),
    )


def _standard(written: str) -> tuple[str, str]:
    act, _, at = written.partition(" ")
    return act, at


def _languages(one: Mapping[str, Any]) -> dict[str, str]:
    return {language: one[language] for language in LANGUAGES}


def _recommend(
    session: Session, world: World, people: People, visit: Visit, finding: Finding, one: Mapping[str, Any], at: datetime
) -> None:
    priority = Priority(one["priority"])
    draft = RecommendationDraft(
        findings=(finding.id,),
        authority_id=world.authorities[_LEVELS[one["level"]]],
        priority=priority,
        due_on=due_on(priority, at.date()),
        action=_languages(one),
        sign=one["sign"],
    )
    written = write_recommendation(session, people.writer, visit.id, draft, at.date(), at)
    review_recommendation(session, people.reader, written, written.written_at, at)
    approve_recommendation(session, people.approver, written, written.written_at, at)


def issue(database: Database, settings: Settings, world: World, visit_id: UUID, at: datetime) -> UUID:
    """Write the report's own texts, release what the lint stops, issue, and make it now; return the report's id."""
    with database.transaction() as session:
        visit = _visit(session, visit_id)
        write_findings(session, world, visit, at)
        _own_texts(session, world, visit, at + timedelta(hours=1))
    with database.transaction() as session:
        _release(session, settings, world, _visit(session, visit_id), at + timedelta(hours=2))
    with database.transaction() as session:
        visit = _visit(session, visit_id)
        secretary, coordinator = (world.actor(session, login, at.date()) for login in ("npm-secretary", "coordinator"))
        mark_ready(session, secretary, visit, settings, at + timedelta(hours=3))
        report, job = issue_report(session, coordinator, visit, {}, settings, clock.now())
    run(database, settings, job.id)
    return report.id


def _visit(session: Session, visit_id: UUID) -> Visit:
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise LookupError(visit_id)
    return visit


def _own_texts(session: Session, world: World, visit: Visit, at: datetime) -> None:
    texts = content("texts.yaml")
    leader = world.actor(session, "leader", at.date())
    own = OwnTexts(
        summary=texts["summary"],
        reprisal_checks=texts["reprisal_checks"],
        complaints_received=6,
        complaints_passed=6,
        persons_met=64,
        earlier_states={},
    )
    write_text(session, leader, visit, own, None, at)
    for login, dissent in zip(("monitor2", "monitor1"), texts["dissents"], strict=True):
        actor = world.actor(session, login, at.date())
        write_dissent(session, actor, visit, dissent["language"], dissent["text"], at)


def _release(session: Session, settings: Settings, world: World, visit: Visit, at: datetime) -> None:
    """Let the coordinator, who wrote none of the texts, release the passages that the lint stopped."""
    coordinator = world.actor(session, "coordinator", at.date())
    reason = "Жалпыланған сан: ешкімді көрсетпейді, құжатқа негізделген."
    for fault in faults_of_visit(session, visit, settings):
        release_passage(session, coordinator, visit, fault.passage.hash, fault.rule, reason, settings, at)
