"""Reports for tests: a visit whose report lacks nothing, and the people who write and issue it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.councils.models import Council
from baqylau.councils.queries import actor_of
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.terms import DraftState
from baqylau.reports.models import ReportText
from baqylau.rights.terms import Actor, Role
from baqylau.settings import Settings
from baqylau.signatures.keys import SealKeys, make_keys
from baqylau.signatures.terms import KeyNames
from baqylau.visits.models import Visit
from baqylau.visits.terms import VisitState
from tests.factories.answers import make_revision
from tests.factories.findings import make_finding, make_recommendation
from tests.factories.people import LONG_AGO, make_council, make_membership, make_user
from tests.factories.visits import make_visit

#: When the report is marked as ready, and when it is issued: days after findings were approved.
READY_AT = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
ISSUED_AT = datetime(2026, 11, 30, 5, 0, tzinfo=UTC)

#: Texts in which nobody can be recognised.
ESTABLISHED = {
    "kk": "Топ көрген камералардың жартысында кешке кітап оқуға жарық жетпеді.",
    "ru": "В половине камер, осмотренных группой, вечером не хватало света для чтения.",
    "en": "In half of the cells that the group saw there was not enough light to read in the evening.",
}
ACTION = {
    "kk": "Мекеме әкімшілігіне әрбір камераға жеткілікті жарық беретін шамдарды орнату ұсынылады.",
    "ru": "Администрации учреждения рекомендуется установить в каждой камере светильники, дающие достаточно света.",
    "en": "The administration should install lamps that give enough light in every cell.",
}
SIGN = {
    "kk": "тексерілген камералардың бәрінде жарық жеткілікті",
    "ru": "во всех проверенных камерах света достаточно",
    "en": "there is enough light in every cell that is checked",
}
SUMMARY = {
    "kk": "Жарық жеткіліксіз. Дәрігер күн сайын келеді.",
    "ru": "Света недостаточно. Врач приходит каждый день.",
    "en": "There is too little light. A doctor comes every day.",
}
CHECKS = {
    "kk": "Келесі бару кезінде ауыстырулар мен жазалар тексеріледі.",
    "ru": "При следующем посещении будут проверены переводы и взыскания.",
    "en": "The next visit will check transfers and sanctions.",
}
REASON = {
    "kk": "Жарық туралы жазба түзетілді.",
    "ru": "Исправлена запись об освещении.",
    "en": "The entry on light was corrected.",
}


@dataclass(frozen=True)
class Written:
    """A visit with a report, and its people."""

    visit: Visit
    council: Council
    leader: User
    member: User
    #: Chair of the commission: issues.
    chair: User
    secretary: User
    #: Chair of another commission.
    stranger: User
    finding: Finding
    recommendation: Recommendation

    def actor(self, session: Session, who: str) -> Actor:
        """Return one of the people as somebody who asks."""
        return actor_of(session, getattr(self, who))


def make_written(session: Session, **overrides: Any) -> Written:
    """Return a concluded visit with one answer, one approved finding and one approved recommendation.

    Takes `council`; other overrides go to `make_visit`.
    """
    council = overrides.pop("council", None) or make_council(session)
    leader, member, chair, secretary, stranger = (make_user(session) for _ in range(5))
    for user, role in (
        (leader, Role.MONITOR),
        (member, Role.MONITOR),
        (chair, Role.CHAIR),
        (secretary, Role.SECRETARY),
    ):
        make_membership(session, user=user, council=council, role=role)
    make_membership(session, user=stranger, role=Role.CHAIR)
    shared = {"council": council, "leader": leader, "members": [member], "planner": chair}
    visit = make_visit(session, **{"state": VisitState.CONCLUDED, **shared, **overrides})
    make_revision(session, visit, member.id, value={"national": "not_met", "international": "not_met"})
    finding = make_finding(session, visit=visit, writer=member, approver=leader, **_approved(established=ESTABLISHED))
    recommendation = make_recommendation(
        session,
        visit=visit,
        findings=[finding],
        writer=member,
        approver=leader,
        **_approved(action=ACTION, sign=SIGN),
    )
    return Written(visit, council, leader, member, chair, secretary, stranger, finding, recommendation)


def _approved(**texts: Any) -> dict[str, Any]:
    return {"state": DraftState.APPROVED, **texts}


def make_text(session: Session, written: Written, **overrides: Any) -> ReportText:
    """Return the report's own texts in all languages, marked as ready by the leader."""
    values = {
        "visit_id": written.visit.id,
        "summary": SUMMARY,
        "reprisal_checks": CHECKS,
        "complaints_received": 6,
        "complaints_passed": 6,
        "persons_met": 35,
        "written_by": written.secretary.id,
        "written_at": READY_AT,
        "ready_by": written.leader.id,
        "ready_at": READY_AT,
    }
    row = ReportText(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_ready(session: Session, **overrides: Any) -> Written:
    """Return a visit whose report can be issued by its chair."""
    written = make_written(session, **overrides)
    make_text(session, written)
    return written


def make_seal(settings: Settings) -> SealKeys:
    """Make the installation's seal."""
    names = KeyNames(root="Baqylau test root", seal="Baqylau test seal", organisation="Test council")
    return make_keys(settings.keys, names, at=LONG_AGO)
