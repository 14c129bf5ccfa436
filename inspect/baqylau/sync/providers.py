"""What a tablet takes along from rooms that sync does not know: they are named to it when the application is set up.

`findings` stands beside sync and `interviews` is a room of its own, so neither is imported here; `app.py` says who provides.
"""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from baqylau.rights.terms import Actor
from baqylau.visits.models import Visit

#: (session, visit, who takes it along) -> what can be written as JSON, always the same for the same data.
Provider = Callable[[Session, Visit, Actor], Any]

#: Earlier open recommendations of the place: [{"id", "number", "visit", "priority", "due_on", "authority", "action", "sign"}].
EARLIER = "earlier"
#: To whom interview notes are sealed: [{"id", "name", "key", "part"}].
RECIPIENTS = "recipients"
#: How many sealed blobs each tablet fills.
SLOTS = "slots"

_PROVIDERS: dict[str, Provider] = {}


def provides(key: str, provider: Provider) -> None:
    """Let the part `visit` of what is taken along hold under `key` what the provider returns."""
    _PROVIDERS[key] = provider


def provided(session: Session, visit: Visit, actor: Actor) -> dict[str, Any]:
    """Return {key: what is provided}; of the two keys that tablets expect, an empty list where nobody provides."""
    empty: dict[str, Any] = {EARLIER: [], RECIPIENTS: []}
    return {**empty, **{key: provider(session, visit, actor) for key, provider in _PROVIDERS.items()}}
