"""Command on the audit log: is the chain whole?"""

import sys
from pathlib import Path

import click

from baqylau.audit.actions import event_hash
from baqylau.audit.models import AuditEvent
from baqylau.audit.queries import events_after
from baqylau.cli.installation import ensure_ready, open_database
from baqylau.cli.output import json_option, show
from baqylau.settings import read_settings

_PAGE = 1000


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command("check")
@json_option
@click.pass_obj
def check(instance: Path | None, as_json: bool) -> None:
    """Recompute the chain of hashes; exit 1 at the first event that does not fit."""
    settings = read_settings(instance)
    ensure_ready(settings)
    count, head, broken = 0, "0" * 64, None
    with open_database(settings).reading() as session:
        while broken is None and (page := events_after(session, count, _PAGE)):
            for event in page:
                if not _fits(event, count + 1, head):
                    broken = event.number
                    break
                count, head = event.number, event.hash
    found = {"events": count, "head": head, "broken_at": broken}
    words = f"{count} events, head {head[:16]}" if broken is None else f"the chain is broken at event {broken}"
    show(found, as_json, lambda: [words])
    sys.exit(0 if broken is None else 1)


def _fits(event: AuditEvent, number: int, previous_hash: str) -> bool:
    return event.number == number and event.previous_hash == previous_hash and event.hash == event_hash(event)
