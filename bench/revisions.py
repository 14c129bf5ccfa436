"""A thousand answers into SQLite: through the program, and as bare INSERTs of the very same rows."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from baqylau.checklists.terms import Checklist
from baqylau.db.engine import Database
from baqylau.demo.answers import recorded
from baqylau.rights.terms import Actor
from baqylau.sync.actions import take_batch
from baqylau.sync.schemas import MOST_REVISIONS
from baqylau.sync.schemas import OldBatch as Batch

COUNT = 1000
_TABLES = ("answer_revision", "supersession")


def revisions(checklist: Checklist, began: datetime) -> list[dict[str, Any]]:
    """Return revisions as tablets send them: every item answered, then all of them again and again, each superseding."""
    first = [revision for _, revision in recorded(checklist, {}, {"leader": "kk"}, began)]
    sent: list[dict[str, Any]] = []
    newest: dict[tuple[str, str], str] = {}
    while len(sent) < COUNT:
        for one in first[: COUNT - len(sent)]:
            key = (one["item"], one["row"])
            again = {**one, "id": str(uuid4()), "supersedes": [newest[key]] if key in newest else []}
            newest[key] = again["id"]
            sent.append(again)
    return sent


def take(
    database: Database, actor: Actor, visit_id: UUID, checklist: Checklist, sent: list[dict[str, Any]], now: datetime
) -> None:
    """Deliver the revisions in batches, each in a transaction of its own that is committed; none may be refused."""
    for start in range(0, len(sent), MOST_REVISIONS):
        part = sent[start : start + MOST_REVISIONS]
        batch = Batch(protocol=1, device="bench", author=actor.user_id, revisions=part)
        with database.transaction() as session:
            results = take_batch(session, actor, visit_id, [checklist], batch, now)
        if any(result.state != "saved" for result in results):
            raise ValueError("a revision was not saved")


def insert_bare(database: Path, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Insert the rows as `rows_of` gave them, as many revisions a transaction as a batch has."""
    with sqlite3.connect(database, isolation_level=None) as connection:
        _tame(connection)
        orders = {table: f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[table][0]))})" for table in _TABLES}
        replaced: dict[Any, list[tuple[Any, ...]]] = {}
        for row in rows["supersession"]:
            replaced.setdefault(row[0], []).append(row)
        for start in range(0, len(rows["answer_revision"]), MOST_REVISIONS):
            connection.execute("BEGIN IMMEDIATE")
            for row in rows["answer_revision"][start : start + MOST_REVISIONS]:
                connection.execute(orders["answer_revision"], row)
                for older in replaced.get(row[0], ()):
                    connection.execute(orders["supersession"], older)
            connection.execute("COMMIT")
    connection.close()


def rows_of(database: Path, visit_id: UUID) -> dict[str, list[tuple[Any, ...]]]:
    """Return what the program wrote for the visit, as the database holds it, in the order of writing."""
    with sqlite3.connect(database) as connection:
        found = {table: list(connection.execute(f"SELECT * FROM {table} ORDER BY rowid")) for table in _TABLES}
    connection.close()
    own = {row[0] for row in found["answer_revision"] if visit_id.hex in row}
    return {table: [row for row in rows if row[0] in own] for table, rows in found.items()}


def copies(database: Path, folder: Path) -> Iterator[Path]:
    """Give new copies of the database, one at each asking."""
    number = 0
    while True:
        number += 1
        path = folder / f"copy{number}.sqlite3"
        with sqlite3.connect(database) as source, sqlite3.connect(path) as target:
            source.backup(target)
        source.close()
        target.close()
        _journal(path)
        yield path


def _journal(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def _tame(connection: sqlite3.Connection) -> None:
    """Set what `db.engine` sets."""
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA busy_timeout=15000")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
