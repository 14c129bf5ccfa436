"""Shared fixtures: an installation in a temporary folder, on SQLite and on PostgreSQL, and people who sign in."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import NullPool, create_engine, text
from sqlmodel import Session

from baqylau.app import Application, create_app
from baqylau.db.engine import Database
from baqylau.db.migrate import upgrade
from baqylau.settings import Settings, read_settings

POSTGRESQL = os.environ.get("BAQYLAU_TEST_POSTGRESQL", "")
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)] if POSTGRESQL else ["sqlite"]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file; each test works on a copy."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    upgrade(f"sqlite:///{path}")
    database = Database(f"sqlite:///{path}")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """Return the name of a migrated, empty PostgreSQL database; each test gets a copy of it."""
    name = f"baqylau_template_{uuid.uuid4().hex[:8]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    upgrade(_with_name(POSTGRESQL, name))
    yield name
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def _with_name(address: str, name: str) -> str:
    return f"{address.rsplit('/', 1)[0]}/{name}"


@pytest.fixture(params=ENGINES)
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "baqylau.sqlite3"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgresql_template")
    name = f"baqylau_{uuid.uuid4().hex[:12]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _with_name(POSTGRESQL, name)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def settings(database_address: str, tmp_path: Path) -> Settings:
    """Return the settings of a test installation."""
    return read_settings(
        tmp_path / "instance",
        database_address=database_address,
        secure_cookies=False,
        testing=True,
        default_language="en",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Application]:
    """Return the application of a test installation."""
    application = create_app(settings=settings)
    application.config["WTF_CSRF_ENABLED"] = False  # one test of its own switches it on
    yield application
    application.database.engine.dispose()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """Return the test installation's database."""
    opened = Database(settings.database)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Return a writing session; what a test flushes is rolled back unless it commits."""
    with database.session(writes=True) as opened:
        yield opened


@pytest.fixture
def client(app: Application) -> FlaskClient:
    """Return a browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def sign_in_as(app: Application) -> Callable[..., FlaskClient]:
    """Return a function that gives a browser in which the user with this id is signed in."""
    from baqylau import clock
    from baqylau.accounts import cookies
    from baqylau.accounts.actions import begin_session

    def signed_in(user_id: uuid.UUID) -> FlaskClient:
        with app.database.transaction() as opened:
            token = begin_session(opened, user_id, "test browser", app.baqylau_settings, clock.now())
        browser = app.test_client()
        browser.set_cookie(cookies.NAME, token, domain="localhost")
        return browser

    return signed_in
