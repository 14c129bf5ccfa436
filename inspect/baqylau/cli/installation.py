"""What the commands share: the installation's database, and whether it is ready to be used."""

import click
from alembic.migration import MigrationContext

from baqylau.db.engine import Database
from baqylau.db.migrate import newest_revision
from baqylau.settings import Settings


def open_database(settings: Settings) -> Database:
    """Return the installation's database."""
    return Database(settings.database)


def schema_revision(settings: Settings) -> str | None:
    """Return the revision that the database stands at; None for an empty one."""
    if settings.database.startswith("sqlite") and not (settings.instance / "baqylau.sqlite3").exists():
        return None
    database = open_database(settings)
    try:
        with database.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        database.engine.dispose()


def ensure_ready(settings: Settings) -> None:
    """Refuse to go on when the schema is not this program's, saying which command mends it."""
    if schema_revision(settings) != newest_revision():
        raise click.ClickException("the database is not at this program's schema: run `baqylau db upgrade`")
