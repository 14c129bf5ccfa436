"""The words of reports."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ReportState(StrEnum):
    """Where a report stands."""

    MAKING = "making"  # frozen, being rendered and sealed
    ISSUED = "issued"
    FAILED = "failed"  # could not be rendered or sealed; nothing left the house


class Authenticity(StrEnum):
    """What the verification says of a file."""

    CURRENT = "current"  # genuine and current
    SUPERSEDED = "superseded"  # genuine, a newer version exists
    NOT_OURS = "not_ours"  # not ours, or changed
    UNREADABLE = "unreadable"


class EarlierState(StrEnum):
    """How a visit found an earlier recommendation."""

    NOT_CHECKED = "not_checked"
    RESOLVED = "resolved"
    OPEN = "open"


class Kind(StrEnum):
    """In what a passage stands."""

    FINDING = "finding"
    RECOMMENDATION = "recommendation"
    REPORT = "report"  # the report's own texts
    DISSENT = "dissent"
    OBSTRUCTION = "obstruction"  # append-only: words that were stopped stay out unless they are released


@dataclass(frozen=True)
class Where:
    """Where in the report something stands."""

    kind: Kind
    #: "D.2" for a finding, "4" for a recommendation, the author's name for a dissenting opinion,
    #: the day (ISO) for an obstruction, "" for own texts.
    number: str
    #: "established", "whereabouts", "caption", "action", "sign", "summary", "reprisal_checks", "dissent",
    #: "official", "account"; "" = the whole.
    field: str = ""
    #: Id of the finding or recommendation, for a link to its editor.
    id: UUID | None = None


class ObstacleKind(StrEnum):
    """What keeps a report from being issued."""

    VISIT_NOT_OVER = "visit_not_over"
    ANSWERS_IN_CONFLICT = "answers_in_conflict"
    NO_FINDINGS = "no_findings"
    FINDING_NOT_APPROVED = "finding_not_approved"
    RECOMMENDATION_NOT_APPROVED = "recommendation_not_approved"
    TEXT_MISSING = "text_missing"
    PASSAGE_STOPPED = "passage_stopped"
    SEAL_UNUSABLE = "seal_unusable"
    NOT_MARKED_READY = "not_marked_ready"
    CHANGED_SINCE_READY = "changed_since_ready"
    MARKED_BY_SAME_PERSON = "marked_by_same_person"


#: Obstacles that marking as ready, or another person, takes away; the others are mended in the report itself.
LAST_STEPS = frozenset(
    {
        ObstacleKind.SEAL_UNUSABLE,
        ObstacleKind.NOT_MARKED_READY,
        ObstacleKind.CHANGED_SINCE_READY,
        ObstacleKind.MARKED_BY_SAME_PERSON,
    }
)


class NextAct(StrEnum):
    """The one thing that the reader of a report's page is to do next."""

    WAIT = "wait"  # it is being made
    TRY_AGAIN = "try_again"
    MEND = "mend"  # open points stand in the list
    MARK = "mark"  # nothing is open: say that it is ready
    HAND_OVER = "hand_over"  # it is ready, and somebody else must issue it
    ISSUE = "issue"
    READ = "read"  # it is issued
