"""Bring a database to the newest schema, or back."""

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def _config(address: str) -> Config:
    config = Config()
    config.set_main_option("script_location", "baqylau.db:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["address"] = address
    return config


def upgrade(address: str, revision: str = "head") -> None:
    """Run the migrations up to `revision`."""
    command.upgrade(_config(address), revision)


def downgrade(address: str, revision: str) -> None:
    """Undo the migrations down to `revision`; "base" leaves an empty database."""
    command.downgrade(_config(address), revision)


def newest_revision() -> str:
    """Return the revision that this program needs."""
    head = ScriptDirectory.from_config(_config("")).get_current_head()
    if head is None:
        raise RuntimeError("no migrations are packed with the program")
    return head
