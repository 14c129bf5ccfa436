"""Gather everything that a report prints into one snapshot. What is not in the snapshot cannot be printed.

Free notes of monitors, texts of answers, labels of rows, real numbers of cells and exact small counts stay behind here.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextvars import Context
from datetime import datetime
from itertools import count
from uuid import UUID

from sqlmodel import Session

from baqylau.accounts.queries import names_of
from baqylau.checklists.terms import Basis, Rating
from baqylau.councils.queries import get_council
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.rules import in_order, is_alleged
from baqylau.findings.standards import acts
from baqylau.i18n import LANGUAGES, catalogue, local_time
from baqylau.places.labels import REGIONS
from baqylau.places.queries import chain_of, get_place
from baqylau.places.terms import AuthorityLevel, Region
from baqylau.reports import queries, rules
from baqylau.reports import schemas as s
from baqylau.reports.answers import answer_lines, measurements
from baqylau.reports.models import ReportText
from baqylau.reports.passages import faults_of_visit, withheld_obstructions
from baqylau.reports.queries import LinkedFinding, LinkedRecommendation, WrittenUp
from baqylau.reports.recorded import Recorded, weigh
from baqylau.settings import Settings
from baqylau.visits.models import Visit
from baqylau.visits.queries import group_of, obstructions_of


def compose(session: Session, visit: Visit, head: s.ReportHead, issued_by: UUID, settings: Settings) -> s.Snapshot:
    """Return the snapshot of the visit's report as it stands now; changes nothing.

    Only approved findings and recommendations are in it.
    """
    recorded = weigh(session, visit)
    text = queries.text_of(session, visit.id) or ReportText(
        visit_id=visit.id, written_by=issued_by, written_at=head.issued_at
    )
    written = queries.written_up(session, visit.id).approved
    council = get_council(session, visit.council_id)
    smallest = settings.smallest_count
    return s.Snapshot(
        report=head,
        council=s.CouncilFacts(name=council.name, kind=council.kind),
        place=_place(session, visit, recorded, smallest),
        visit=_visit(session, visit, recorded, text, settings),
        summary=text.summary,
        tallies=_tallies(recorded),
        earlier=_earlier(session, visit, written, text),
        domains=_domains(recorded, written.findings),
        complaints_received=text.complaints_received,
        complaints_passed=text.complaints_passed,
        reprisal_checks=text.reprisal_checks,
        recommendations=_recommendations(session, written.recommendations),
        measurements=[line for one in recorded for line in measurements(one, smallest)],
        answers=[line for one in recorded for line in answer_lines(one, smallest)],
        dissents=[
            s.Dissent(member=name, language=dissent.language, text=dissent.text)
            for dissent, name in queries.dissents_of(session, visit.id)
        ],
        sign_off=_sign_off(session, visit, recorded, written, text, head.issued_at, issued_by),
        verify_address=f"{settings.public_address}/verify",
        time_zone=settings.time_zone,
    )


def _place(session: Session, visit: Visit, recorded: Sequence[Recorded], smallest_count: int) -> s.PlaceFacts:
    place = get_place(session, visit.place_id)
    chain = chain_of(session, place.authority_id)
    owner = next((one for one in chain if one.level == AuthorityLevel.MINISTRY), chain[-1])
    return s.PlaceFacts(
        code=place.code,
        name=place.name,
        kind=place.kind,
        authority=chain[0].name,
        owner=owner.name,
        region=region_names(Region(place.region)),
        limit=place.limit,
        population=_population(recorded, smallest_count),
        groups=place.groups,
    )


def region_names(region: Region) -> dict[str, str]:
    """Return the region's name in each language."""
    # In a context of its own, where no page has a language, the words of the pages are the catalogue's ids.
    name = Context().run(str, REGIONS[region])
    return {language: catalogue(language).gettext(name) for language in LANGUAGES}


def _population(recorded: Iterable[Recorded], smallest_count: int) -> int | None:
    for one in recorded:
        if item := one.checklist.items.get(rules.POPULATION_ITEM):
            if one.is_confidential(item):
                return None
            value = (one.standing.answer(item, "") or {}).get("value")
            return value if isinstance(value, int) and not rules.is_small(value, smallest_count) else None
    return None


def _visit(
    session: Session, visit: Visit, recorded: Sequence[Recorded], text: ReportText, settings: Settings
) -> s.VisitFacts:
    return s.VisitFacts(
        number=visit.number,
        kind=visit.kind,
        legal_basis=visit.legal_basis,
        starts_on=visit.starts_on,
        ends_on=visit.ends_on,
        notice_at=visit.notice_at,
        mandate_number=visit.number,
        group=[s.GroupMember(name=user.name, is_leader=one.is_leader) for one, user in group_of(session, visit.id)],
        checklists=[_checklist(one) for one in recorded],
        source_items=_source_items(recorded),
        persons_met_from=rules.band_from(text.persons_met),
        access_problems=[problem for one in recorded for problem in _access_problems(one)],
        obstructions=_obstructions(session, visit, settings),
    )


def _obstructions(session: Session, visit: Visit, settings: Settings) -> list[s.ObstructionFacts]:
    withheld = withheld_obstructions(faults_of_visit(session, visit, settings))
    return [
        s.ObstructionFacts(
            happened_on=local_time(one.happened_at, settings.time_zone).date(),
            ground=one.ground,
            official="" if one.id in withheld else one.official,
            account="" if one.id in withheld else one.account,
            language=rules.language_written(one.account),
            stopped_visit=one.stopped_visit,
        )
        for one in obstructions_of(session, visit.id)
    ]


def _checklist(one: Recorded) -> s.ChecklistFacts:
    # Of a confidential item it is counted that it was answered, and not what.
    asked = [key for item in one.checklist.items.values() for key in one.asked(item)]
    answers = {key: one.standing.answer(one.checklist.items[key[0]], key[1]) for key in asked}
    return s.ChecklistFacts(
        code=one.checklist.code,
        title=dict(one.checklist.title),
        version=one.checklist.version,
        hash=one.checklist.hash,
        items_asked=len(answers),
        items_answered=sum(bool(answer) for answer in answers.values()),
        items_not_seen=sum(
            rules.is_not_seen(answer) for key, answer in answers.items() if key[0] not in one.confidential
        ),
    )


def _source_items(recorded: Iterable[Recorded]) -> dict[str, int]:
    counted = dict.fromkeys("OPSD", 0)
    for one in recorded:
        for (item_id, _row), heads in one.heads.items():
            if item_id not in one.confidential:
                for kind in in_order(kind for head in heads for kind in head.sources):
                    counted[kind] += 1
    return counted


def _access_problems(one: Recorded) -> list[s.AccessProblem]:
    found = []
    for section in one.checklist.sections:
        for item in section.items if section.id == rules.ACCESS_SECTION else ():
            rating = one.rating(item, Basis.NATIONAL)
            if rating in {Rating.NOT_MET, Rating.PARTLY}:
                found.append(s.AccessProblem(item=item.id, question=dict(item.text), rating=rating, note=""))
    return found


def _tallies(recorded: Iterable[Recorded]) -> list[s.DomainTally]:
    return [
        s.DomainTally(
            section=section.id,
            title=dict(section.title),
            **{
                basis.value: s.Tally(**rules.tally(one.rating(item, basis) for item in section.items))
                for basis in Basis
            },
        )
        for one in recorded
        for section in rules.domains(one.checklist)
    ]


def _domains(recorded: Iterable[Recorded], findings: Sequence[LinkedFinding]) -> list[s.DomainFindings]:
    photo_numbers = count(1)
    found = []
    for one in recorded:
        for section in one.checklist.sections:
            own = [link for link in findings if link.finding.section == section.id]
            if own:
                written = [_finding(link, photo_numbers) for link in own]
                found.append(s.DomainFindings(section=section.id, title=dict(section.title), findings=written))
    return found


def _finding(link: LinkedFinding, photo_numbers: Iterable[int]) -> s.FindingFacts:
    finding = link.finding
    return s.FindingFacts(
        number=finding.number,
        kind=finding.kind,
        is_urgent=finding.is_urgent,
        severity=finding.severity,
        established=finding.established,
        whereabouts=finding.whereabouts,
        sources=list(in_order(finding.sources)),
        is_alleged=is_alleged(finding.sources),
        standards=[_standard(one) for one in finding.standards],
        national=finding.national,
        international=finding.international,
        cause=finding.cause,
        recommendations=list(link.recommendations),
        photos=[
            s.Photo(
                number=number,
                sha256=photo.evidence.blob_sha256,
                caption=dict(photo.caption),
                width=photo.evidence.width,
                height=photo.evidence.height,
            )
            for photo, number in zip(link.photos, photo_numbers, strict=False)
        ],
        items=finding.items,
    )


def _standard(one: Mapping[str, str]) -> s.StandardFacts:
    act = acts()[one["act"]]
    return s.StandardFacts(
        act=act.act, at=one["at"], short=dict(act.short), title=dict(act.title), force=act.force.value
    )


def _recommendations(session: Session, recommended: Sequence[LinkedRecommendation]) -> list[s.RecommendationFacts]:
    authorities = queries.authorities_by_id(session, {one.recommendation.authority_id for one in recommended})
    return [
        s.RecommendationFacts(
            number=one.recommendation.position,
            addressee=authorities[one.recommendation.authority_id].name,
            level=authorities[one.recommendation.authority_id].level,
            priority=one.recommendation.priority,
            due_on=one.recommendation.due_on,
            action=one.recommendation.action,
            sign=one.recommendation.sign,
            findings=[finding.number for finding in one.findings],
            repeats=one.repeats,
        )
        for one in recommended
    ]


def _earlier(session: Session, visit: Visit, written: WrittenUp, text: ReportText) -> list[s.EarlierRecommendation]:
    repeated = {one.recommendation.repeats_id for one in written.recommendations}
    return [
        s.EarlierRecommendation(
            report=one.visit.number,
            number=one.recommendation.position,
            action=one.recommendation.action,
            addressee=one.authority.name,
            state=(
                "repeated"
                if one.recommendation.id in repeated
                else text.earlier_states.get(str(one.recommendation.id), "not_checked")
            ),
        )
        for one in queries.earlier_recommendations(session, visit)
    ]


def _sign_off(
    session: Session,
    visit: Visit,
    recorded: Sequence[Recorded],
    written: WrittenUp,
    text: ReportText,
    issued_at: datetime,
    issued_by: UUID,
) -> list[s.SignOff]:
    """Return who did what for this report, and when last; the times at which single answers were recorded stay behind."""
    acts_of: dict[tuple[UUID, str], datetime] = {}

    def note(who: UUID | None, act: str, at: datetime | None) -> None:
        if who is not None and at is not None and at <= issued_at:
            acts_of[who, act] = max(at, acts_of.get((who, act), at))

    for head in (head for one in recorded for heads in one.heads.values() for head in heads):
        note(head.author_id, "recorded", head.received_at)
    for member, user in group_of(session, visit.id):
        note(user.id if member.is_leader else None, "concluded", visit.concluded_at)
    texts: list[Finding | Recommendation] = [link.finding for link in written.findings]
    texts += [link.recommendation for link in written.recommendations]
    for one in texts:
        note(one.reviewed_by, "reviewed", one.reviewed_at)
        note(one.approved_by, "reviewed", one.approved_at)
    note(text.ready_by, "approved", text.ready_at)
    note(issued_by, "issued", issued_at)
    names = names_of(session, {who for who, _ in acts_of})
    lines = [s.SignOff(who=names[who], act=act, at=at) for (who, act), at in acts_of.items()]
    return sorted(lines, key=lambda line: (line.at, line.act, line.who))
