"""What a report prints and the snapshot does not spell out: groups, totals, the list of standards, the address to verify.

Pure functions from the snapshot to frozen values, so that templates need no logic beyond `if` and `for`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from baqylau.i18n import Text, in_language
from baqylau.i18n import lazy as _
from baqylau.labels import LEVEL, PRIORITY
from baqylau.reports.schemas import (
    FindingFacts,
    Measurement,
    RecommendationFacts,
    Snapshot,
    StandardFacts,
    Tally,
)

#: The report's name by the kind of the visit that it is about.
REPORT_TITLE = {
    "periodic": _("Report on the results of a periodic preventive visit"),
    "interim": _("Report on the results of an interim preventive visit"),
    "special": _("Report on the results of a special preventive visit"),
    "commission": _("Report on the results of a visit of the public monitoring commission"),
}
#: Digits of the snapshot's hash that are printed, typed and carried by the QR code.
SHORT_HASH_DIGITS = 16
_FORCES = ("binding", "un_soft_law", "comparative")


@dataclass(frozen=True)
class Term:
    """Recommendations to one addressee with one priority, in order of their numbers."""

    priority: str
    recommendations: Sequence[RecommendationFacts]


@dataclass(frozen=True)
class Addressee:
    """Everything that one addressee is asked to do, the most pressing first."""

    name: Text
    level: str
    terms: Sequence[Term]
    count: int


@dataclass(frozen=True)
class Act:
    """An act that the report quotes, with the places in it that are quoted."""

    short: Text
    title: Text
    force: str
    places: Sequence[str]


@dataclass(frozen=True)
class GaugeRow:
    """One measured value with the length of its bar, in per cent of the longest."""

    label: str
    value: float
    share: str
    national: str | None
    international: str | None


@dataclass(frozen=True)
class GaugeMark:
    """Where a limit stands on the bars, in per cent of the longest."""

    basis: str
    share: str


@dataclass(frozen=True)
class Gauge:
    """The bars of one measurement, all from zero and on one scale."""

    rows: Sequence[GaugeRow]
    marks: Sequence[GaugeMark]
    has_national: bool
    has_international: bool


@dataclass(frozen=True)
class Arrangement:
    """All that the templates need beside the snapshot itself."""

    findings: Sequence[FindingFacts]
    shortcomings: Sequence[FindingFacts]
    urgent: Sequence[FindingFacts]
    good_practice: Sequence[FindingFacts]
    finding_numbers: frozenset[str]
    recommendation_numbers: frozenset[int]
    addressees: Sequence[Addressee]
    acts: Sequence[Act]
    national: Tally
    international: Tally
    items_answered: int
    #: Persons held for each hundred places; None when either number is unknown.
    occupancy: float | None
    verify_link: str


def arrange(snapshot: Snapshot, language: str, snapshot_hash: str) -> Arrangement:
    """Work out what the templates need from `snapshot`; `language` decides the order of names only."""
    findings = [finding for domain in snapshot.domains for finding in domain.findings]
    return Arrangement(
        findings=findings,
        shortcomings=[finding for finding in findings if finding.kind == "shortcoming"],
        urgent=[finding for finding in findings if finding.is_urgent],
        good_practice=[finding for finding in findings if finding.kind == "good_practice"],
        finding_numbers=frozenset(finding.number for finding in findings),
        recommendation_numbers=frozenset(one.number for one in snapshot.recommendations),
        addressees=_addressees(snapshot.recommendations, language),
        acts=_acts(snapshot, findings, language),
        national=_total(domain.national for domain in snapshot.tallies),
        international=_total(domain.international for domain in snapshot.tallies),
        items_answered=sum(checklist.items_answered for checklist in snapshot.visit.checklists),
        occupancy=_occupancy(snapshot.place.population, snapshot.place.limit),
        verify_link=verify_link(snapshot, language, snapshot_hash),
    )


def verify_link(snapshot: Snapshot, language: str, snapshot_hash: str) -> str:
    """Return the address that the QR code opens: the verification page, told all that it needs to judge at once."""
    query = {
        "report": snapshot.report.number,
        "version": snapshot.report.version,
        "hash": snapshot_hash[:SHORT_HASH_DIGITS],
        "language": language,
    }
    return f"{snapshot.verify_address}?{urlencode(query)}"


def share_met(tally: Tally) -> float | None:
    """Return the per cent of judged items that are met; not seen and not applicable are left out; None when none was."""
    judged = tally.met + tally.partly + tally.not_met
    return 100 * tally.met / judged if judged else None


def gauge(measurement: Measurement) -> Gauge:
    """Scale the values and the limits of one measurement to bars; limits that are no number have no mark."""
    bounds = [(limit.basis, bound) for limit in measurement.limits if (bound := _as_number(limit.bound)) is not None]
    # Five per cent of air, so that a mark at the very end is not taken for the edge of the chart.
    most = 1.05 * max([row.value for row in measurement.rows] + [bound for _basis, bound in bounds], default=0)
    rows = [
        GaugeRow(row.label, row.value, _share(row.value, most), row.national, row.international)
        for row in measurement.rows
    ]
    return Gauge(
        rows=rows,
        marks=[GaugeMark(basis, _share(bound, most)) for basis, bound in bounds],
        has_national=any(row.national for row in rows),
        has_international=any(row.international for row in rows),
    )


def _share(value: float, most: float) -> str:
    return f"{100 * max(value, 0) / most:.1f}" if most > 0 else "0"


def _as_number(bound: str) -> float | None:
    try:
        return float(bound)
    except ValueError:
        return None


def _occupancy(population: int | None, limit: int | None) -> float | None:
    return 100 * population / limit if population is not None and limit else None


def _total(tallies: Iterable[Tally]) -> Tally:
    rows = list(tallies)
    return Tally(**{name: sum(getattr(row, name) for row in rows) for name in Tally.model_fields})


def _addressees(recommendations: Sequence[RecommendationFacts], language: str) -> list[Addressee]:
    grouped: dict[tuple[int, str], list[RecommendationFacts]] = {}
    for one in recommendations:
        key = (_rank(one.level, tuple(LEVEL)), in_language(one.addressee, language))
        grouped.setdefault(key, []).append(one)
    return [
        Addressee(name=ones[0].addressee, level=ones[0].level, terms=_terms(ones), count=len(ones))
        for _key, ones in sorted(grouped.items(), key=lambda pair: pair[0])
    ]


def _terms(recommendations: Sequence[RecommendationFacts]) -> list[Term]:
    grouped: dict[str, list[RecommendationFacts]] = {priority: [] for priority in PRIORITY}
    for one in sorted(recommendations, key=lambda one: one.number):
        grouped[one.priority].append(one)
    return [Term(priority, ones) for priority, ones in grouped.items() if ones]


def _acts(snapshot: Snapshot, findings: Sequence[FindingFacts], language: str) -> list[Act]:
    quoted: dict[str, list[StandardFacts]] = {}
    limits = [limit.standard for measurement in snapshot.measurements for limit in measurement.limits]
    for standard in [one for finding in findings for one in finding.standards] + limits:
        quoted.setdefault(standard.act, []).append(standard)
    acts = [
        Act(ones[0].short, ones[0].title, ones[0].force, sorted({one.at for one in ones if one.at}, key=_by_number))
        for ones in quoted.values()
    ]
    return sorted(acts, key=lambda act: (_rank(act.force, _FORCES), in_language(act.short, language)))


def _rank(value: str, order: Sequence[str]) -> int:
    return order.index(value) if value in order else len(order)


def _by_number(place: str) -> tuple[int, str]:
    digits = "".join(letter if letter.isdigit() else " " for letter in place).split()
    return (int(digits[0]) if digits else 0, place)
