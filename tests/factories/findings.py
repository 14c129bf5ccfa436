"""Findings and recommendations for tests: each function adds one row with its links, flushes it and returns it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.answers.models import AnswerRevision, Evidence
from baqylau.findings.models import (
    Finding,
    FindingEvidence,
    FindingRevision,
    Recommendation,
    RecommendationFinding,
)
from baqylau.findings.queries import next_finding_position, next_recommendation_position
from baqylau.findings.terms import Cause, DraftState, FindingKind, Priority, Severity
from baqylau.visits.models import Visit, VisitMember
from baqylau.visits.terms import VisitState
from tests.factories.people import make_user
from tests.factories.places import make_authority
from tests.factories.visits import make_visit

#: When the texts of the tests were written and looked at: two days after the visit.
WRITTEN_AT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
JUDGED_AT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

ESTABLISHED = {
    "kk": ("Топ көрген төрт камераның үшеуінде кешке кітап оқуға жарық жетпеді. Төрт адам көзінің ауыратынын айтты."),
    "ru": (
        "В трёх из четырёх камер, осмотренных группой, вечером не хватало света для чтения. Четыре "
        "человека жаловались на боль в глазах."
    ),
    "en": (
        "In three of the four cells that the group saw there was not enough light to read in the "
        "evening. Four persons said that their eyes hurt."
    ),
}
ACTION = {
    "kk": (
        "Мекеме әкімшілігіне әрбір камераға кемінде 200 люкс жарық беретін шамдарды орнату арқылы "
        "оқуға жеткілікті жарықты қамтамасыз ету ұсынылады."
    ),
    "ru": (
        "Администрации учреждения рекомендуется установить в каждой камере светильники, дающие не "
        "менее 200 люкс, и обеспечить достаточный для чтения свет."
    ),
    "en": (
        "The administration of the place should install lamps that give at least 200 lux in every "
        "cell, so that people can read in the evening."
    ),
}
SIGN = {
    "kk": "тексерілген камералардың бәрінде люксметр кемінде 200 люкс көрсетеді",
    "ru": "во всех проверенных камерах люксметр показывает не менее 200 люкс",
    "en": "the light meter shows at least 200 lux in every cell that is checked",
}


def begun_visit(session: Session, **overrides: Any) -> Visit:
    """Return a concluded visit, which is what findings are written about."""
    return make_visit(session, **{"state": VisitState.CONCLUDED, **overrides})


def group_members(session: Session, visit: Visit) -> list[UUID]:
    """Return the ids of the visit's group, the leader first."""
    found = select(VisitMember).where(VisitMember.visit_id == visit.id).order_by(col(VisitMember.is_leader).desc())
    return [member.user_id for member in session.exec(found)]


def make_finding(session: Session, **overrides: Any) -> Finding:
    """Return a draft shortcoming about item D4 with a text in all languages; makes visit and writer if not given.

    Takes `visit`, `writer`, `approver` as rows, `revisions` and `photos` as rows to link. With `state` reviewed or
    approved, somebody other than the writer has judged it.
    """
    visit = overrides.pop("visit", None) or begun_visit(session)
    revisions: Sequence[AnswerRevision] = overrides.pop("revisions", ())
    photos: Sequence[Evidence] = overrides.pop("photos", ())
    section = overrides.get("section", "D")
    values: dict[str, Any] = {
        "visit_id": visit.id,
        "section": section,
        "position": next_finding_position(session, visit.id, section),
        "items": ["D4"],
        "kind": FindingKind.SHORTCOMING.value,
        "severity": Severity.MEDIUM.value,
        "cause": Cause.BUILDING.value,
        "established": ESTABLISHED,
        "sources": ["O", "P"],
        "standards": [{"act": "PEC", "at": "115(5)"}, {"act": "MR", "at": "14"}],
        "national": "not_met",
        "international": "not_met",
        **_judged(session, visit, overrides),
    }
    row = Finding(**{**values, **overrides})
    session.add(row)
    session.flush()
    session.add_all(FindingRevision(finding_id=row.id, revision_id=one.id) for one in revisions)
    session.add_all(
        FindingEvidence(finding_id=row.id, evidence_id=one.id, caption={"en": "A lamp that gives no light"})
        for one in photos
    )
    session.flush()
    return row


def make_recommendation(session: Session, **overrides: Any) -> Recommendation:
    """Return a draft recommendation with a text in all languages; makes visit, finding and addressee if not given.

    Takes `visit`, `findings`, `authority`, `writer`, `approver` as rows.
    """
    findings: Sequence[Finding] | None = overrides.pop("findings", None)
    visit = overrides.pop("visit", None)
    if visit is None:
        visit = session.get_one(Visit, findings[0].visit_id) if findings else begun_visit(session)
    if findings is None:
        findings = [make_finding(session, visit=visit, state=overrides.get("state", DraftState.DRAFT))]
    authority = overrides.pop("authority", None)
    values: dict[str, Any] = {
        "visit_id": visit.id,
        "position": next_recommendation_position(session, visit.id),
        "authority_id": overrides.get("authority_id") or (authority or make_authority(session)).id,
        "priority": Priority.SHORT.value,
        "action": ACTION,
        "sign": SIGN,
        **_judged(session, visit, overrides),
    }
    row = Recommendation(**{**values, **overrides})
    session.add(row)
    session.flush()
    session.add_all(RecommendationFinding(recommendation_id=row.id, finding_id=one.id) for one in findings)
    session.flush()
    return row


def _judged(session: Session, visit: Visit, overrides: dict[str, Any]) -> dict[str, Any]:
    """Return writer, reviewer and approver as the state asks for them."""
    state = overrides.get("state", DraftState.DRAFT)
    writer: User | None = overrides.pop("writer", None)
    approver: User | None = overrides.pop("approver", None)
    members = group_members(session, visit)
    written_by = writer.id if writer else overrides.get("written_by") or (members or [make_user(session).id])[0]
    columns: dict[str, Any] = {"state": state, "written_by": written_by, "written_at": WRITTEN_AT}
    if state in (DraftState.REVIEWED, DraftState.APPROVED):
        others = [one for one in members if one != written_by]
        judge = approver.id if approver else (others or [make_user(session).id])[0]
        columns |= {"reviewed_by": judge, "reviewed_at": JUDGED_AT}
        if state == DraftState.APPROVED:
            columns |= {"approved_by": judge, "approved_at": JUDGED_AT}
    return columns
