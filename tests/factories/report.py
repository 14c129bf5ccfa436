"""A rich, plausible snapshot for trying out the report: about 60 pages in each of the three languages.

The place, the people and the facts are invented. The texts are those of the demo installation; photos are
drawn here, so no picture of a real place is in the repository.
"""

import hashlib
import io
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import yaml
from PIL import Image, ImageDraw

from baqylau.demo.world import content
from baqylau.i18n import LANGUAGES
from baqylau.locations import shipped
from baqylau.reports import schemas as s

_TERM_DAYS = {"immediate": date(2026, 11, 27), "short": date(2027, 2, 19), "medium": date(2027, 11, 19)}
_RATINGS: tuple[s.Rating, ...] = (
    "met",
    "met",
    "partly",
    "not_met",
    "met",
    "not_seen",
    "partly",
    "met",
    "not_applicable",
)
FINDINGS = 40


@cache
def _texts() -> dict[str, Any]:
    return dict(content("texts.yaml"))


@cache
def _written_findings() -> list[dict[str, Any]]:
    return list(content("findings.yaml"))


@cache
def _sections() -> dict[str, dict[str, Any]]:
    """Return the sixteen domains of the full checklist, so that the sample asks what monitors really ask."""
    checklist = yaml.safe_load((shipped("forms") / "full-visit" / "v1.yaml").read_text("utf-8"))
    return {section["id"]: section for section in checklist["sections"] if section["kind"] == "domain"}


@cache
def _acts() -> dict[str, Any]:
    return dict(yaml.safe_load((shipped("forms") / "standards.yaml").read_text("utf-8")))


def sample_snapshot(**report: Any) -> tuple[s.Snapshot, dict[str, bytes]]:
    """Return a snapshot and its photos by hash; keyword arguments replace fields of the report's head."""
    photos: dict[str, bytes] = {}
    domains = _domains(photos)
    answers = _answers()
    snapshot = s.Snapshot(
        report=_head(report),
        council=s.CouncilFacts(name=_texts()["council"], kind="npm_group"),
        place=_place(),
        visit=_visit(),
        summary=_texts()["summary"],
        tallies=[_tally(domain) for domain in answers],
        earlier=[
            s.EarlierRecommendation(
                report="2024-031",
                number=number,
                action=_words(one),
                addressee=_texts()["addressee"]["facility"],
                state=one["state"],
            )
            for number, one in enumerate(_texts()["earlier"], 1)
        ],
        domains=domains,
        complaints_received=7,
        complaints_passed=7,
        reprisal_checks=_texts()["reprisal_checks"],
        recommendations=_recommendations(domains),
        measurements=_measurements(),
        answers=answers,
        dissents=[
            s.Dissent(member=name, language=one["language"], text=one["text"])
            for name, one in zip(("Сәуле Ермекова", "Виктор Ли"), _texts()["dissents"], strict=True)
        ],
        sign_off=_sign_off(),
        verify_address="https://baqylau.example/check",
        time_zone="Asia/Almaty",
    )
    return snapshot, photos


def superseding_snapshot() -> tuple[s.Snapshot, dict[str, bytes]]:
    """Return the second version of the sample report, which says what it replaces and why."""
    return short_snapshot(version=2, supersedes="2026-047/1", reason=_texts()["reason"])


def small_snapshot() -> s.Snapshot:
    """Return a snapshot in which everything that may be absent is absent."""
    snapshot, _photos = sample_snapshot()
    visit = snapshot.visit.model_copy(
        update={"kind": "commission", "persons_met_from": None, "access_problems": [], "source_items": {}}
    )
    place = snapshot.place.model_copy(update={"limit": None, "population": None, "groups": []})
    lists = ("tallies", "earlier", "domains", "recommendations", "measurements", "answers", "dissents")
    empty: dict[str, Any] = {name: [] for name in lists}
    return snapshot.model_copy(
        update={
            **empty,
            "visit": visit,
            "place": place,
            "complaints_received": None,
            "complaints_passed": None,
            "reprisal_checks": {},
        }
    )


def short_snapshot(**report: Any) -> tuple[s.Snapshot, dict[str, bytes]]:
    """Return the sample cut down to two domains, with photos, for tests that render again and again."""
    snapshot, photos = sample_snapshot(**report)
    kept = ("A", "B")
    domains = [domain for domain in snapshot.domains if domain.section in kept]
    numbers = {number for domain in domains for one in domain.findings for number in one.recommendations}
    changes = {
        "domains": domains,
        "tallies": snapshot.tallies[:2],
        "answers": snapshot.answers[:2],
        "measurements": snapshot.measurements[:1],
        "recommendations": [one for one in snapshot.recommendations if one.number in numbers],
    }
    return snapshot.model_copy(update=changes), photos


def _words(entry: dict[str, Any]) -> dict[str, str]:
    return {language: entry[language] for language in LANGUAGES}


def _head(report: dict[str, Any]) -> s.ReportHead:
    issued = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return s.ReportHead(**{"number": "2026-047", "version": 1, "issued_at": issued, **report})


def _place() -> s.PlaceFacts:
    texts = _texts()["place"]
    return s.PlaceFacts(
        code="JT-00",
        kind="colony_medium",
        limit=1050,
        population=1184,
        groups=["men", "life", "foreigners", "disabled"],
        **texts,
    )


def _visit() -> s.VisitFacts:
    group = [
        "Айгүл Нұрланқызы Сәрсенова",
        "Сәуле Ермекова",
        "Виктор Ли",
        "Дәурен Қасымұлы Әбенов",
        "Ольга Павловна Ким",
    ]
    titles = _texts()["checklist"]
    asked = {"full": ("FULL", 240, 221, 11), "interview": ("INT", 42, 40, 2), "isolator": ("DIZ", 31, 31, 0)}
    return s.VisitFacts(
        number="2026-112",
        kind="periodic",
        legal_basis=_texts()["legal_basis"],
        starts_on=date(2026, 10, 27),
        ends_on=date(2026, 10, 29),
        notice_at=None,
        mandate_number="18-2/336",
        group=[s.GroupMember(name=name, is_leader=name == group[0]) for name in group],
        checklists=[
            s.ChecklistFacts(
                code=code,
                title=titles[name],
                version=1,
                hash=hashlib.sha256(code.encode()).hexdigest(),
                items_asked=count,
                items_answered=answered,
                items_not_seen=not_seen,
            )
            for name, (code, count, answered, not_seen) in asked.items()
        ],
        source_items={"O": 138, "P": 92, "S": 57, "D": 121},
        persons_met_from=40,
        access_problems=[s.AccessProblem(**problem) for problem in _texts()["access"]],
    )


def _standard(written: str) -> s.StandardFacts:
    act, _space, at = written.partition(" ")
    facts = _acts()[act]
    return s.StandardFacts(act=act, at=at, short=facts["short"], title=facts["title"], force=facts["force"])


def _domains(photos: dict[str, bytes]) -> list[s.DomainFindings]:
    written = _written_findings()
    # A second pass over the same texts, as found again in another unit, until there are enough.
    again = [{**one, "is_again": True, "photos": 0} for one in written[: FINDINGS - len(written)]]
    found: dict[str, list[s.FindingFacts]] = {section: [] for section in _sections()}
    recommended = 0
    for one in written + again:
        number = None
        if "recommendation" in one and "is_again" not in one:
            number = recommended = recommended + 1
        _add_finding(found[one["section"]], {**one, "number_of_recommendation": number}, photos)
    return [
        s.DomainFindings(section=section, title=_sections()[section]["title"], findings=findings)
        for section, findings in found.items()
    ]


def _add_finding(findings: list[s.FindingFacts], one: dict[str, Any], photos: dict[str, bytes]) -> None:
    kind = one.get("kind", "shortcoming")
    tail = _texts()["again_good" if kind == "good_practice" else "again"]
    is_again = "is_again" in one
    established = {code: f"{one[code]} {tail[code]}" if is_again else one[code] for code in LANGUAGES}
    findings.append(
        s.FindingFacts(
            number=f"{one['section']}.{len(findings) + 1}",
            kind=kind,
            is_urgent=one.get("urgent", False) and not is_again,
            severity=one.get("severity"),
            established=established,
            whereabouts=_texts()["where"][one["where"]] if "where" in one else {},
            sources=one["sources"],
            is_alleged=one.get("alleged", False),
            standards=[_standard(standard) for standard in one["standards"]],
            national=one["ratings"][0],
            international=one["ratings"][1],
            cause=one.get("cause"),
            recommendations=[one["number_of_recommendation"]] if one["number_of_recommendation"] else [],
            photos=[_photo(photos) for _ in range(one.get("photos", 0))],
            items=one["items"],
        )
    )


def _recommendations(domains: list[s.DomainFindings]) -> list[s.RecommendationFacts]:
    texts = _texts()
    finding_of = {
        number: finding.number for one in domains for finding in one.findings for number in finding.recommendations
    }
    made = []
    for number, one in enumerate((x["recommendation"] for x in _written_findings() if "recommendation" in x), 1):
        addressee = "schooling" if one["en"].startswith("The Ministry of Enlightenment") else one["level"]
        made.append(_recommendation(number, one, texts["addressee"][addressee], one["sign"], [finding_of[number]]))
    for number, one in enumerate(texts["further_actions"], len(made) + 1):
        addressee = texts["addressee"][one["level"]]
        made.append(_recommendation(number, one, addressee, texts["further_sign"], one["findings"]))
    return made


def _recommendation(
    number: int, one: dict[str, Any], addressee: dict[str, str], sign: dict[str, str], findings: list[str]
) -> s.RecommendationFacts:
    return s.RecommendationFacts(
        number=number,
        addressee=addressee,
        level=one["level"],
        priority=one["priority"],
        due_on=_TERM_DAYS.get(one["priority"]),
        action=_words(one),
        sign=sign,
        findings=findings,
        repeats="2024-031/2" if number == 7 else None,
    )


def _measurements() -> list[s.Measurement]:
    return [_measurement(one) for one in _texts()["measurements"]]


def _measurement(one: dict[str, Any]) -> s.Measurement:
    limits = [
        s.LimitFacts(basis=basis, op=op, bound=bound, standard=_standard(standard))
        for basis, op, bound, standard in one["limits"]
    ]

    def rated(value: float, basis: str) -> s.Rating | None:
        for limit in limits:
            if limit.basis == basis:
                bound = float(limit.bound)
                if value >= bound if limit.op == ">=" else value <= bound:
                    return "met"
                return "partly" if abs(value - bound) <= bound / 10 else "not_met"
        return None

    return s.Measurement(
        item=one["item"],
        question=one["question"],
        unit=one["unit"],
        limits=limits,
        rows=[
            s.MeasurementRow(
                label=f"№ {number}",
                value=value,
                national=rated(value, "national"),
                international=rated(value, "international"),
            )
            for number, value in enumerate(one["values"], 1)
        ],
    )


def _answers() -> list[s.DomainAnswers]:
    return [
        s.DomainAnswers(
            section=section,
            title=domain["title"],
            lines=[_line(item, number, place) for number, item in enumerate(domain["items"], 1)],
        )
        for place, (section, domain) in enumerate(_sections().items())
    ]


def _line(item: dict[str, Any], number: int, place: int) -> s.AnswerLine:
    national = _RATINGS[(number * 5 + place * 2) % len(_RATINGS)]
    # International standards are never met where the law, which asks less, is not.
    international: s.Rating = "partly" if national == "met" and (number + place) % 3 == 0 else national
    is_rated = item["type"] == "scale" or bool(item.get("limits"))
    return s.AnswerLine(
        item=item["id"],
        question=item["text"],
        national=national if is_rated else None,
        international=international if is_rated else None,
        answer={} if item["type"] == "scale" else dict.fromkeys(LANGUAGES, str(3 * number + place)),
        sources=item.get("sources", []),
    )


def _tally(domain: s.DomainAnswers) -> s.DomainTally:
    def tally(basis: str) -> s.Tally:
        given = [getattr(line, basis) for line in domain.lines]
        return s.Tally(**{name: given.count(name) for name in s.Tally.model_fields})

    return s.DomainTally(
        section=domain.section, title=domain.title, national=tally("national"), international=tally("international")
    )


def _sign_off() -> list[s.SignOff]:
    acts = [
        ("recorded", "Дәурен Қасымұлы Әбенов", 29, 13),
        ("concluded", "Айгүл Нұрланқызы Сәрсенова", 29, 14),
        ("reviewed", "Ольга Павловна Ким", 30, 10),
        ("approved", "Айгүл Нұрланқызы Сәрсенова", 31, 8),
    ]
    log = [s.SignOff(act=act, who=who, at=datetime(2026, 10, day, hour, 5, tzinfo=UTC)) for act, who, day, hour in acts]
    issued = s.SignOff(act="issued", who="Айгүл Нұрланқызы Сәрсенова", at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC))
    return [*log, issued]


def _photo(photos: dict[str, bytes]) -> s.Photo:
    number = len(photos) + 1
    picture = _draw(number)
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=88)
    sha256 = hashlib.sha256(written.getvalue()).hexdigest()
    photos[sha256] = written.getvalue()
    return s.Photo(
        number=number, sha256=sha256, caption=_texts()["caption"], width=picture.width, height=picture.height
    )


def _draw(number: int) -> Image.Image:
    """Draw a bare room in perspective; each number gives another light, another window and another door."""
    width, height = (1200, 900) if number % 5 else (900, 1200)
    grey = 150 + 8 * (number % 9)
    picture = Image.new("RGB", (width, height), (grey, grey - 4, grey - 14))
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = width * 0.26, height * 0.24, width * 0.76, height * 0.7
    pen.polygon([(0, height), (left, bottom), (right, bottom), (width, height)], fill=(96, 92, 84))
    pen.polygon([(0, 0), (left, top), (right, top), (width, 0)], fill=(grey + 30, grey + 30, grey + 24))
    pen.rectangle([left, top, right, bottom], fill=(grey - 26, grey - 22, grey - 16))
    window = left + (right - left) * (0.2 + 0.08 * (number % 4))
    pen.rectangle([window, top + 40, window + 130, top + 210], fill=(226, 234, 240), outline=(70, 70, 70), width=8)
    for bar in range(1, 4):
        pen.line([(window + 32 * bar, top + 40), (window + 32 * bar, top + 210)], fill=(80, 80, 80), width=7)
    pen.polygon(
        [(width * 0.82, height * 0.86), (width * 0.82, height * 0.2), (width, 0), (width, height)], fill=(112, 118, 112)
    )
    for shelf in range(2 + number % 2):
        y = bottom - 26 - 90 * shelf
        pen.rectangle([width * 0.06, y, left - 10, y + 22], fill=(70, 84, 92))
    for spot in range(number % 6):
        x = left + 40 + 70 * spot
        pen.ellipse([x, bottom - 60, x + 46, bottom - 24], fill=(62, 70, 58))
    return picture
