"""`baqylau verify FILE`: is this one of our reports, and is it current?"""

import sys
from dataclasses import asdict
from pathlib import Path

import click

from baqylau.cli.installation import ensure_ready, open_database
from baqylau.cli.output import json_option, show
from baqylau.reports.terms import Authenticity
from baqylau.reports.verify import Verification, verify_file
from baqylau.settings import read_settings
from baqylau.signatures.terms import MAX_PDF_BYTES

#: 0 is yes, 1 no, 2 could not tell.
_EXIT = {Authenticity.CURRENT: 0, Authenticity.SUPERSEDED: 0, Authenticity.NOT_OURS: 1, Authenticity.UNREADABLE: 2}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
@click.pass_obj
def verify(instance: Path | None, file: Path, as_json: bool) -> None:
    """Check a report: 0 genuine (with a notice when a newer version exists), 1 not ours or changed, 2 unreadable."""
    settings = read_settings(instance)
    ensure_ready(settings)
    try:
        with file.open("rb") as opened:
            # One byte more than any report has is enough to refuse it.
            content = opened.read(MAX_PDF_BYTES + 1)
    except OSError as trouble:
        click.echo(f"{file} cannot be read: {trouble.strerror}", err=True)
        sys.exit(2)
    with open_database(settings).reading() as session:
        found = verify_file(session, settings, content)
    show(asdict(found), as_json, lambda: [_in_words(found)])
    sys.exit(_EXIT[found.authenticity])


def _in_words(found: Verification) -> str:
    if found.authenticity is Authenticity.CURRENT:
        return f"genuine and current: report {found.number}, version {found.version}, language {found.language}"
    if found.authenticity is Authenticity.SUPERSEDED:
        return (
            f"genuine, but superseded: report {found.number}, version {found.version}, language {found.language}; "
            f"NOTICE: version {found.current_version} is the current one"
        )
    if found.authenticity is Authenticity.NOT_OURS:
        return f"not ours, or changed ({found.reason})"
    return f"could not be read as a sealed PDF ({found.reason})"
