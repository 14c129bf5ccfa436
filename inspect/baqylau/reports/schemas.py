"""The report snapshot: everything a report prints, frozen once as JSON.

`compose` writes it, `render` reads it and nothing else. Texts are `{"kk", "ru", "en"}`; days are ISO dates, instants ISO
date-times in UTC; counts that could identify a person are already banded here, so no later step can leak them.
"""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Text = dict[str, str]
Rating = Literal["met", "partly", "not_met", "not_seen", "not_applicable"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReportHead(_Frozen):
    """What the report is called, and what it replaces."""

    number: str
    version: int
    issued_at: datetime
    #: Number and version of the report that this one replaces.
    supersedes: str | None = None
    #: What the correction changed, in each language; empty for a first version.
    reason: Text = Field(default_factory=dict)


class CouncilFacts(_Frozen):
    """The body that issues the report."""

    name: Text
    kind: Literal["commission", "npm_group", "ombudsman_office"]


class PlaceFacts(_Frozen):
    """The place that was visited."""

    code: str
    name: Text
    #: Value of `places.terms.PlaceKind`.
    kind: str
    #: The authority that answers for the place, and the ministry above it.
    authority: Text
    owner: Text
    region: Text
    #: Official limit of places (PEC 115(2)); None when unknown.
    limit: int | None
    #: Persons held on the day of the visit as recorded; None when not recorded.
    population: int | None
    groups: list[str]


class GroupMember(_Frozen):
    """A member of the visiting group."""

    name: str
    is_leader: bool


class ChecklistFacts(_Frozen):
    """A checklist that the visit was recorded by."""

    code: str
    title: Text
    version: int
    hash: str
    items_asked: int
    items_answered: int
    items_not_seen: int


class VisitFacts(_Frozen):
    """The visit."""

    number: str
    kind: Literal["periodic", "interim", "special", "commission"]
    legal_basis: Text
    starts_on: date
    ends_on: date
    #: When the head of the place was given notice; None = no notice (none is due for the NPM).
    notice_at: datetime | None
    mandate_number: str
    group: list[GroupMember]
    checklists: list[ChecklistFacts]
    #: Kinds of source used, with the number of items each supports: {"O": 120, "P": 60, "S": 40, "D": 90}.
    source_items: dict[str, int]
    #: Lower bound of the band of ten that is printed: 0 "fewer than 10", 10 "10–19" …; None when it is not stated.
    persons_met_from: int | None
    #: Access problems as the group recorded them: {item id, text}; empty when there were none.
    access_problems: list["AccessProblem"]
    #: Obstructions recorded for the visit, the earliest first; a snapshot of an older version has none.
    obstructions: list["ObstructionFacts"] = Field(default_factory=list)


class AccessProblem(_Frozen):
    """An item on access that was not met, or met in part."""

    item: str
    question: Text
    rating: Rating | None
    note: str


class ObstructionFacts(_Frozen):
    """A refusal of access or another obstruction (PEC 49(1)), as a member of the group recorded it."""

    happened_on: date
    #: Value of `visits.terms.Ground`: the ground that was given.
    ground: str
    #: Position of the official, and what happened; both empty when the words were stopped and nobody released them.
    official: str
    account: str
    #: In which language it was written; it is printed as it was written.
    language: Literal["kk", "ru", "en"]
    stopped_visit: bool


class Tally(_Frozen):
    """How often each rating was given."""

    met: int
    partly: int
    not_met: int
    not_seen: int
    not_applicable: int


class DomainTally(_Frozen):
    """The ratings of one domain on both bases."""

    section: str
    title: Text
    national: Tally
    international: Tally


class StandardFacts(_Frozen):
    """A place in an act, with the act's name and force."""

    act: str
    at: str
    short: Text
    title: Text
    force: Literal["binding", "un_soft_law", "comparative"]


class Photo(_Frozen):
    """A photo beside a finding."""

    #: "Photo 3" in the report.
    number: int
    #: SHA-256 of the stored image; the renderer asks for it as `storage:<sha256>`.
    sha256: str
    caption: Text
    width: int
    height: int


class FindingFacts(_Frozen):
    """What was established about one matter."""

    #: "D.2": section and running number.
    number: str
    kind: Literal["shortcoming", "good_practice"]
    is_urgent: bool
    severity: Literal["low", "medium", "high", "critical"] | None
    established: Text
    #: Where in the place; empty when it concerns the whole place.
    whereabouts: Text
    sources: list[Literal["O", "P", "S", "D"]]
    #: True when it rests on statements without a second independent kind of source.
    is_alleged: bool
    standards: list[StandardFacts]
    national: Rating | None
    international: Rating | None
    #: Value of `findings.terms.Cause`; None when not judged.
    cause: str | None
    recommendations: list[int]
    photos: list[Photo]
    items: list[str]


class DomainFindings(_Frozen):
    """The findings of one domain."""

    section: str
    title: Text
    findings: list[FindingFacts]


class RecommendationFacts(_Frozen):
    """One recommendation."""

    number: int
    addressee: Text
    #: Value of `places.terms.AuthorityLevel`.
    level: str
    priority: Literal["immediate", "short", "medium", "structural"]
    due_on: date | None
    action: Text
    #: Sign of fulfilment: "done when …".
    sign: Text
    findings: list[str]
    #: Report and number of the earlier recommendation that this one repeats.
    repeats: str | None


class EarlierRecommendation(_Frozen):
    """What an earlier report recommended, and how this visit found it."""

    report: str
    number: int
    action: Text
    addressee: Text
    #: "resolved", "repeated", "open": as this visit found it; "not_checked" when nobody looked.
    state: Literal["resolved", "repeated", "open", "not_checked"]


class MeasurementRow(_Frozen):
    """One measured value."""

    #: The row's own label within the visit ("Cell 1"), never a cell's real number.
    label: str
    value: float
    national: Rating | None
    international: Rating | None


class LimitFacts(_Frozen):
    """A norm that values are held against."""

    basis: Literal["national", "international"]
    op: str
    bound: str
    standard: StandardFacts


class Measurement(_Frozen):
    """What was measured for one item."""

    item: str
    question: Text
    unit: str
    limits: list[LimitFacts]
    rows: list[MeasurementRow]


class AnswerLine(_Frozen):
    """One line of the annex of all items: what was asked and how it was judged, without notes or quotes."""

    item: str
    question: Text
    national: Rating | None
    international: Rating | None
    #: The answer as printed in each language, for items that are not a rating; empty otherwise.
    answer: Text
    sources: list[str]


class DomainAnswers(_Frozen):
    """The items of one domain."""

    section: str
    title: Text
    lines: list[AnswerLine]


class Dissent(_Frozen):
    """A dissenting opinion (PEC 46(4))."""

    member: str
    language: Literal["kk", "ru", "en"]
    text: str


class SignOff(_Frozen):
    """Who did what for this report."""

    who: str
    #: "recorded", "concluded", "reviewed", "approved", "issued"
    act: str
    at: datetime


class Snapshot(_Frozen):
    """Everything that the report prints."""

    format: Literal[1] = 1
    report: ReportHead
    council: CouncilFacts
    place: PlaceFacts
    visit: VisitFacts
    #: The council's own summary, one page at most.
    summary: Text
    tallies: list[DomainTally]
    earlier: list[EarlierRecommendation]
    domains: list[DomainFindings]
    #: Torture complaints received and passed on to the Ombudsman (PEC 43(4)); None = not recorded.
    complaints_received: int | None
    complaints_passed: int | None
    #: What the next visit will check to prevent reprisals, in each language.
    reprisal_checks: Text
    recommendations: list[RecommendationFacts]
    measurements: list[Measurement]
    answers: list[DomainAnswers]
    dissents: list[Dissent]
    sign_off: list[SignOff]
    #: Public address of the verification page, without the query.
    verify_address: str
    #: IANA name of the time zone in which instants are printed.
    time_zone: str
