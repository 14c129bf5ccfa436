"""The desk at which a visit's findings are written: the visit, what the reader may do, and the answers in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from baqylau.db.session import current_session
from baqylau.findings import labels
from baqylau.findings.pages.start import page_language, translated
from baqylau.findings.queries import Missing
from baqylau.findings.reading import Line, Reading
from baqylau.findings.rules import is_alleged
from baqylau.places.queries import get_place
from baqylau.rights.access import Action, may
from baqylau.rights.guard import current_actor
from baqylau.rights.terms import Subject
from baqylau.visits.models import Visit
from baqylau.visits.queries import get_visit, subject_of_visit
from baqylau.visits.terms import VisitState

_WRITABLE = {VisitState.UNDER_WAY, VisitState.CONCLUDED, VisitState.REFUSED}


@dataclass(frozen=True)
class Desk:
    """What every page of a visit's findings is about."""

    visit: Visit
    subject: Subject

    @property
    def may_write(self) -> bool:
        """Tell whether the reader may write findings of this visit now."""
        return self.visit.state in _WRITABLE and may(current_actor(), Action.FINDINGS_WRITE, self.subject)

    @property
    def may_approve(self) -> bool:
        """Tell whether the reader may approve findings of this visit."""
        return may(current_actor(), Action.FINDINGS_APPROVE, self.subject)

    @property
    def may_see_photos(self) -> bool:
        """Tell whether the reader may see the visit's photos; a secretary may not."""
        return may(current_actor(), Action.EVIDENCE_VIEW, self.subject)

    def words(self) -> dict[str, Any]:
        """Return what every template of the room needs."""
        place = get_place(current_session(), self.visit.place_id)
        return {"visit": self.visit, "place": place, "desk": self, "labels": labels, "is_alleged": is_alleged}


def desk_of(visit_id: UUID) -> Desk:
    """Return the desk of the visit."""
    return Desk(get_visit(current_session(), visit_id), subject_of_visit(current_session(), visit_id))


def lines_of(reading: Reading, item_ids: list[str]) -> list[Line]:
    """Return the answers to these items in words of the page's language."""
    found = (reading.line(item_id, page_language(), translated) for item_id in item_ids)
    return [line for line in found if line is not None]


@dataclass(frozen=True)
class Lack:
    """One text with the languages in which it is not written yet."""

    kind: str
    number: str
    field: str
    languages: list[str]


def gathered(missing: Iterable[Missing]) -> list[Lack]:
    """Return the missing texts, one line for each text."""
    found: dict[tuple[str, str, str], Lack] = {}
    for one in missing:
        line = found.setdefault(one[:3], Lack(one.kind, one.number, one.field, []))
        line.languages.append(one.language)
    return list(found.values())
