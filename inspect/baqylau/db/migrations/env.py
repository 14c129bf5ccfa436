"""Alembic's environment: one transaction for the whole run, on the address that the caller gives."""

from alembic import context
from sqlmodel import SQLModel

from baqylau.db.engine import Database

database = Database(context.config.attributes["address"])
with database.engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=SQLModel.metadata, render_as_batch=False, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()
database.engine.dispose()
