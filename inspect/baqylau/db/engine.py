"""The engine, and the transactions on it.

SQLite: foreign keys on, write-ahead log, every commit flushed to disk (an acknowledged answer survives a power cut), a
writing transaction takes its lock at once instead of failing half-way.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool
from sqlmodel import Session

_BUSY_MILLISECONDS = 15_000


class Database:
    """One database, opened once per process."""

    def __init__(self, address: str) -> None:
        if address.startswith("sqlite"):
            # A connection a transaction: SQLite opens in microseconds, and no lock outlives its use.
            self.engine = create_engine(address, poolclass=NullPool, connect_args={"isolation_level": None})
            _tame_sqlite(self.engine)
        else:
            self.engine = create_engine(address, pool_pre_ping=True)

    @property
    def is_sqlite(self) -> bool:
        """Tell whether this is SQLite and not PostgreSQL."""
        return self.engine.dialect.name == "sqlite"

    def session(self, *, writes: bool) -> Session:
        """Return a new session; a reading one never takes SQLite's write lock."""
        return Session(self.engine.execution_options(baqylau_writes=writes), expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit what the block did, or nothing of it if it raises."""
        with self.session(writes=True) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that is rolled back at the end."""
        with self.session(writes=False) as session:
            yield session


def _tame_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("baqylau_writes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
