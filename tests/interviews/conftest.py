"""The room of interviews, connected, and a visit whose leader and member have approved keys."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pyrage
import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.accounts.passwords import hashed
from baqylau.app import Application
from baqylau.councils.models import Council
from baqylau.visits.models import Visit
from tests.factories.answers import Scene, make_scene
from tests.factories.interviews import make_key

PASSWORD = "қызғалдақ далада гүлдейді"


@dataclass(frozen=True)
class Talks:
    """A visit under way with keys, and people around it."""

    scene: Scene
    leader_key: pyrage.x25519.Identity
    member_key: pyrage.x25519.Identity

    @property
    def visit(self) -> Visit:
        return self.scene.visit

    @property
    def keys(self) -> list[Any]:
        return [self.leader_key.to_public(), self.member_key.to_public()]


@pytest.fixture
def make_talks() -> Callable[[Session], Talks]:
    """Return a function that makes the visit."""

    def make(session: Session) -> Talks:
        scene = make_scene(session)
        talks = Talks(scene, make_key(session, scene.leader), make_key(session, scene.member))
        make_key(session, scene.stranger)
        for user in (scene.leader, scene.member, scene.secretary):
            user.password_hash = hashed(PASSWORD)
            session.add(user)
        session.flush()
        return talks

    return make


@pytest.fixture
def talks(app: Application, make_talks: Callable[[Session], Talks]) -> Talks:
    """Return the visit, committed."""
    with app.database.transaction() as session:
        made = make_talks(session)
        session.expunge_all()
    return made


@pytest.fixture
def confirmed(sign_in_as: Callable[[UUID], FlaskClient]) -> Callable[[User], FlaskClient]:
    """Return a function that gives a browser in which the person has confirmed the sign-in a moment ago."""

    def confirm(user: User) -> FlaskClient:
        browser = sign_in_as(user.id)
        answer = browser.post("/account/confirm", data={"password_or_code": PASSWORD, "then": "/account"})
        assert answer.status_code == 302, answer.text
        return browser

    return confirm


@pytest.fixture
def device() -> UUID:
    """Return the id of a tablet's vault."""
    return uuid4()


def member_of(session: Session, council: Council) -> User:
    """Return a further member of the council."""
    from tests.factories.people import make_membership, make_user

    user = make_user(session)
    make_membership(session, user=user, council=council)
    return user
