"""Read reports and what they are made of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from baqylau.accounts.models import User
from baqylau.errors import not_found
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.queries import (
    Earlier,
    PhotoLink,
    findings_of,
    links_of,
    recommendations_of,
)
from baqylau.findings.queries import earlier_recommendations as recommendations_before
from baqylau.findings.terms import DraftState
from baqylau.places.models import Authority
from baqylau.reports.models import DissentingOpinion, PassageRelease, Report, ReportFile, ReportText
from baqylau.reports.terms import ReportState
from baqylau.rights.terms import Subject
from baqylau.visits.models import Visit
from baqylau.visits.queries import subject_of_visit


@dataclass(frozen=True)
class LinkedFinding:
    """A finding with the photos printed beside it."""

    finding: Finding
    photos: tuple[PhotoLink, ...]
    #: Numbers of the approved recommendations that follow from it.
    recommendations: tuple[int, ...]


@dataclass(frozen=True)
class LinkedRecommendation:
    """A recommendation with the findings it follows from, and the one it repeats as "ATY-2026-003, 4"."""

    recommendation: Recommendation
    findings: tuple[Finding, ...]
    repeats: str | None


@dataclass(frozen=True)
class WrittenUp:
    """Findings by section and number, recommendations by number; dropped ones left out."""

    findings: tuple[LinkedFinding, ...]
    recommendations: tuple[LinkedRecommendation, ...]

    @property
    def approved(self) -> "WrittenUp":
        """What may be printed."""
        return WrittenUp(
            tuple(one for one in self.findings if one.finding.state == DraftState.APPROVED),
            tuple(one for one in self.recommendations if one.recommendation.state == DraftState.APPROVED),
        )


def written_up(session: Session, visit_id: UUID) -> WrittenUp:
    """Return the visit's findings and recommendations with what hangs together with them."""
    links = links_of(session, visit_id)
    recommended = recommendations_of(session, visit_id)
    repeated = _named(session, {one.repeats_id for one in recommended if one.repeats_id})
    return WrittenUp(
        tuple(
            LinkedFinding(
                one,
                tuple(links.photos.get(one.id, ())),
                tuple(
                    following.position
                    for following in links.recommendations.get(one.id, ())
                    if following.state == DraftState.APPROVED
                ),
            )
            for one in findings_of(session, visit_id)
        ),
        tuple(
            LinkedRecommendation(
                one,
                tuple(links.findings.get(one.id, ())),
                repeated.get(one.repeats_id) if one.repeats_id else None,
            )
            for one in recommended
        ),
    )


def _named(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    found = select(Recommendation.id, Recommendation.position, Visit.number).where(
        Recommendation.visit_id == Visit.id, col(Recommendation.id).in_(list(ids))
    )
    return {one: f"{number}, {position}" for one, position, number in session.exec(found)}


def earlier_recommendations(session: Session, visit: Visit) -> list[Earlier]:
    """Return what the same body recommended for the place in reports that were issued, the latest visit first."""
    found = recommendations_before(session, visit.place_id, visit)
    issued = issued_visits(session, {one.visit.id for one in found})
    return [one for one in found if one.visit.id in issued]


def issued_visits(session: Session, visit_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the visits that have an issued report."""
    found = select(Report.visit_id).where(col(Report.visit_id).in_(list(visit_ids)), Report.state == ReportState.ISSUED)
    return set(session.exec(found))


def text_of(session: Session, visit_id: UUID) -> ReportText | None:
    """Return what the council has written for the report itself."""
    return session.get(ReportText, visit_id)


def texts_of(session: Session, visit_ids: Iterable[UUID]) -> dict[UUID, ReportText]:
    """Return {visit id: the report's own texts} for several visits at once."""
    found = session.exec(select(ReportText).where(col(ReportText.visit_id).in_(list(visit_ids))))
    return {text.visit_id: text for text in found}


def dissents_of(session: Session, visit_id: UUID) -> Sequence[tuple[DissentingOpinion, str]]:
    """Return the dissenting opinions with their authors' names, in the order in which they were first written."""
    found = (
        select(DissentingOpinion, User.name)
        .where(DissentingOpinion.user_id == User.id, DissentingOpinion.visit_id == visit_id)
        .order_by(col(DissentingOpinion.written_at), col(DissentingOpinion.id))
    )
    return session.exec(found).all()


def dissent_of(session: Session, visit_id: UUID, user_id: UUID) -> DissentingOpinion | None:
    """Return the person's own dissenting opinion, None without one."""
    found = select(DissentingOpinion).where(
        DissentingOpinion.visit_id == visit_id, DissentingOpinion.user_id == user_id
    )
    return session.exec(found).first()


def authorities_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Authority]:
    """Return the authorities with these ids."""
    found = session.exec(select(Authority).where(col(Authority.id).in_(list(ids))))
    return {authority.id: authority for authority in found}


def reports_of(session: Session, visit_id: UUID) -> Sequence[Report]:
    """Return the versions of the visit's report, newest first."""
    return session.exec(select(Report).where(Report.visit_id == visit_id).order_by(col(Report.version).desc())).all()


def newest_reports(session: Session, visit_ids: Iterable[UUID]) -> dict[UUID, Report]:
    """Return {visit id: the newest version of its report} for several visits at once."""
    found = select(Report).where(col(Report.visit_id).in_(list(visit_ids))).order_by(col(Report.version))
    return {report.visit_id: report for report in session.exec(found)}


def newest_issued(session: Session, number: str) -> Report | None:
    """Return the current version of the report with this number, None before the first is issued."""
    found = select(Report).where(Report.number == number, Report.state == ReportState.ISSUED)
    return session.exec(found.order_by(col(Report.version).desc()).limit(1)).first()


def files_of(session: Session, report_ids: Iterable[UUID]) -> dict[UUID, dict[str, ReportFile]]:
    """Return {report id: {language: its sealed file}} for several reports at once."""
    grouped: dict[UUID, dict[str, ReportFile]] = {}
    for file in session.exec(select(ReportFile).where(col(ReportFile.report_id).in_(list(report_ids)))):
        grouped.setdefault(file.report_id, {})[file.language] = file
    return grouped


def get_report(session: Session, report_id: UUID) -> Report:
    """Return the report; raises not_found."""
    report = session.get(Report, report_id)
    if report is None:
        raise not_found()
    return report


def subject_of_report(session: Session, report_id: UUID, **_address: object) -> Subject:
    """Return the visit of the report as a subject of rights."""
    return subject_of_visit(session, get_report(session, report_id).visit_id)


def get_file(session: Session, report_id: UUID, language: str) -> ReportFile:
    """Return the sealed file of a report in a language; raises not_found."""
    file = session.get(ReportFile, (report_id, language))
    if file is None:
        raise not_found()
    return file


def report_by_file_hash(session: Session, sha256: str) -> tuple[Report, ReportFile] | None:
    """Return the report that one sealed file with this SHA-256 belongs to."""
    found = select(Report, ReportFile).where(ReportFile.report_id == Report.id, ReportFile.sha256 == sha256)
    return session.exec(found).first()


def find_version(session: Session, number: str, version: int) -> Report | None:
    """Return that version of the report with this number, issued."""
    found = select(Report).where(Report.number == number, Report.version == version, Report.state == ReportState.ISSUED)
    return session.exec(found).first()


def releases_of(session: Session, visit_id: UUID) -> set[tuple[str, str]]:
    """Return (hash of passage, rule) of the passages that were released."""
    found = select(PassageRelease.passage_hash, PassageRelease.rule).where(PassageRelease.visit_id == visit_id)
    return set(session.exec(found))
