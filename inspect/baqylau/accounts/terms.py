"""The words of signing in: what a password may lack, and the figures of the rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

#: A password that stands alone is so long (NIST SP 800-63B-4, 3.1.1.2).
LENGTH_ALONE = 15
#: A password beside a second factor is so long (the same).
LENGTH_WITH_SECOND_FACTOR = 8
#: Longer ones are refused, so that nobody makes the server hash a book.
LENGTH_MOST = 128

#: Recovery codes made at once; each replaces the second factor once.
RECOVERY_CODES = 10

#: Failures that cost no waiting, by account and by network address (many people may sit behind one address).
FREE_FAILURES_OF_ACCOUNT = 5
FREE_FAILURES_OF_ADDRESS = 25
#: The first wait, doubled by each further failure up to the longest; there is no lock-out (ASVS 6.3.1).
FIRST_WAIT_SECONDS = 5
LONGEST_WAIT_SECONDS = 15 * 60
#: Failures older than this are forgotten.
ATTEMPTS_HOURS = 24

#: The second factor must follow the password within so many minutes.
SECOND_FACTOR_MINUTES = 10


class Person(Protocol):
    """Who acts, as far as this room needs to know: `councils.terms.Actor` is one."""

    @property
    def user_id(self) -> UUID:
        """Return the id of the person's account."""


class PasswordFault(StrEnum):
    """Why a password is not taken."""

    SHORT = "short"  # shorter than any password may be
    SHORT_ALONE = "short_alone"  # long enough only beside a second factor
    LONG = "long"
    COMMON = "common"  # in the block-list, or a repetition or a run of keys
    OWN_WORDS = "own_words"  # little more than the sign-in name, the person's name or the product's


@dataclass(frozen=True)
class Credentials:
    """What a sign-in name leads to; `user_id` None = nobody, with nothing else that tells so."""

    user_id: UUID | None
    #: None for nobody, for a person who may not sign in and for one who has not chosen a password yet.
    password_hash: str | None


@dataclass(frozen=True)
class Failures:
    """Failed attempts that still count."""

    count: int
    #: When the last of them was; None without any.
    last_at: datetime | None


@dataclass(frozen=True)
class PersonRow:
    """A person as the administrator's list shows them."""

    user_id: UUID
    login: str
    name: str
    is_administrator: bool
    is_active: bool
    has_password: bool
    has_second_factor: bool
