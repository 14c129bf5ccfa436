"""The words of councils."""

from dataclasses import dataclass
from datetime import date

from baqylau.rights.terms import CouncilKind, Role

#: Roles that a membership may grant, by kind of council.
ROLES_OF_KIND = {
    CouncilKind.COMMISSION: (Role.MONITOR, Role.CHAIR, Role.SECRETARY),
    CouncilKind.NPM_GROUP: (Role.MONITOR, Role.COORDINATOR, Role.SECRETARY),
    CouncilKind.OMBUDSMAN_OFFICE: (Role.OFFICE,),
}

#: A commission has three to nine members (PEC 34).
COMMISSION_SIZE = (3, 9)
#: Its term is two calendar years (PEC 34).
COMMISSION_TERM_YEARS = 2


@dataclass(frozen=True)
class Term:
    """A membership's or council's time, both days included; `until` None = open."""

    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether `day` lies within the term."""
        return self.since <= day and (self.until is None or day <= self.until)
