"""Commands on what tablets deliver: clean up after photos that never became whole."""

from datetime import timedelta
from pathlib import Path

import click

from baqylau.cli.installation import ensure_ready, open_database
from baqylau.clock import now
from baqylau.settings import read_settings
from baqylau.sync.photos import drop_stale_parts, orphaned_photos, remove_part_files


@click.group()
def tablets() -> None:
    """Clean up after tablets."""


@tablets.command("clean")
@click.pass_obj
def clean(instance: Path | None) -> None:
    """Drop parts of photos of which nothing has come for `tablet_days`; run it daily. Tablets send such photos anew."""
    settings = read_settings(instance)
    ensure_ready(settings)
    database = open_database(settings)
    with database.transaction() as session:
        dropped = drop_stale_parts(session, settings, now())
    with database.reading() as session:
        # A day's grace: a part whose row is about to be committed has a file already.
        orphans = orphaned_photos(session, settings.parts, now() - timedelta(days=1))
    database.engine.dispose()
    for photo_id in {*dropped, *orphans}:
        remove_part_files(settings.parts, photo_id)
    click.echo(f"dropped {len({*dropped, *orphans})} unfinished photos")
