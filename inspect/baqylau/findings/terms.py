"""The words of findings and recommendations."""

from enum import StrEnum


class FindingKind(StrEnum):
    """What a finding is about."""

    SHORTCOMING = "shortcoming"
    GOOD_PRACTICE = "good_practice"


class Severity(StrEnum):
    """How grave a shortcoming is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Cause(StrEnum):
    """Root cause, as far as the group could see."""

    LAW = "law"
    PRACTICE = "practice"
    TRAINING = "training"
    STAFFING = "staffing"
    MONEY = "money"
    BUILDING = "building"
    ATTITUDE = "attitude"
    SUPERVISION = "supervision"


class DraftState(StrEnum):
    """Where a finding or recommendation stands; only approved ones are printed."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    DROPPED = "dropped"


class Priority(StrEnum):
    """Term of a recommendation."""

    IMMEDIATE = "immediate"  # 24-72 hours
    SHORT = "short"  # up to 3 months
    MEDIUM = "medium"  # up to 12 months
    STRUCTURAL = "structural"


#: Longest term in days that a priority allows; None = as agreed.
TERM_DAYS = {Priority.IMMEDIATE: 3, Priority.SHORT: 92, Priority.MEDIUM: 366, Priority.STRUCTURAL: None}
