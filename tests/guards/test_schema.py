"""The migrated schema is the one of the models, both ways, with data; what is append-only refuses to be changed."""

import uuid
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from baqylau.clock import now
from baqylau.db.engine import Database
from baqylau.db.migrate import downgrade, newest_revision, upgrade
from baqylau.db.tables import APPEND_ONLY, load_all_tables

load_all_tables()


def test_the_migrated_schema_is_the_one_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrations_go_down_and_up_again_with_rows_in_the_tables(database_address: str) -> None:
    database = Database(database_address)
    with database.transaction() as session:
        _fill(session)
    database.engine.dispose()
    downgrade(database_address, "0001")
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM audit_event")).scalar() == 1
    database.engine.dispose()
    upgrade(database_address)
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(text("DELETE FROM audit_event"))
    database.engine.dispose()
    downgrade(database_address, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    database.engine.dispose()
    upgrade(database_address)


def _fill(session: Session) -> None:
    from baqylau.audit.actions import record

    record(session, "guards.fill", None, ("test", uuid.uuid4()), now())


def test_the_newest_revision_is_written_down() -> None:
    assert newest_revision() == (Path(__file__).parent / "newest_revision.txt").read_text().strip()


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_an_append_only_table_refuses_to_be_changed(database: Database, table: str, statement: str) -> None:
    """The trigger fires before any foreign key is looked at, so a bare row is enough."""
    model = SQLModel.metadata.tables[table]
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(insert(model).values({column.name: _value(column) for column in model.columns}))
        if not database.is_sqlite:
            connection.execute(text("SET session_replication_role = origin"))
        column = next(iter(model.columns)).name
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement.format(table=table, column=column)))
        connection.rollback()


def _value(column: object) -> object:
    from sqlalchemy import CheckConstraint, Column

    assert isinstance(column, Column)
    for constraint in column.table.constraints:
        if isinstance(constraint, CheckConstraint) and str(constraint.sqltext).startswith(f"{column.name} IN ("):
            return str(constraint.sqltext).split("'")[1]
    python_type = getattr(column.type, "python_type", str)
    values = {uuid.UUID: uuid.uuid4(), int: 1, bool: False, dict: {}, list: [], str: "x", date: now().date()}
    return now() if "DateTime" in type(column.type).__name__ else values.get(python_type, "x")


def test_every_append_only_table_exists(database: Database) -> None:
    with database.reading() as session:
        for table in APPEND_ONLY:
            assert session.execute(select(text("1")).select_from(text(table))).first() is None
