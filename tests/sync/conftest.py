"""A visit under way, and tablets that deliver to it."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session

from baqylau.accounts.models import User
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.sync.receipts import public_keys
from baqylau.visits.models import Visit
from tests.factories.answers import Scene, make_scene
from tests.factories.tablets import make_device

SignIn = Callable[[UUID], FlaskClient]
#: The header of an Ed25519 public key in DER (RFC 8410), so that openssl reads it.
_ED25519 = bytes.fromhex("302a300506032b6570032100")


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as opened:
        return make_scene(opened)


@pytest.fixture
def looking(database: Database) -> Iterator[Session]:
    """Return a session that sees what was committed and locks nothing."""
    with database.reading() as opened:
        yield opened


class Tablet:
    """One person's tablet with one visit, and a browser in which this person is signed in."""

    def __init__(self, browser: FlaskClient, visit: Visit, person: User, device: UUID) -> None:
        self.browser, self.visit, self.person, self.device = browser, visit, person, device
        self.address = f"/api/v1/visits/{visit.id}"

    def about(self, **more: Any) -> dict[str, Any]:
        return {"protocol": 2, "author": str(self.person.id), "device": str(self.device), **more}

    def send(self, *items: Any, **more: Any) -> Any:
        return self.browser.post(f"{self.address}/revisions", json=self.about(items=list(items), **more))

    def results(self, *items: Any) -> list[dict[str, Any]]:
        answer = self.send(*items)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: list[dict[str, Any]] = answer.json["results"]
        return found


@pytest.fixture
def tablet(database: Database, scene: Scene, sign_in_as: SignIn) -> Tablet:
    """Return the tablet of the visit's second member."""
    return tablet_of(database, sign_in_as, scene.visit, scene.member)


def tablet_of(database: Database, sign_in_as: SignIn, visit: Visit, person: User) -> Tablet:
    with database.transaction() as opened:
        device = make_device(opened, visit.id, person.id)
    return Tablet(sign_in_as(person.id), visit, person, device.id)


@pytest.fixture
def verified(settings: Settings, tmp_path: Path) -> Callable[[Any], dict[str, Any]]:
    """Return a function that verifies an answer's receipt with openssl and returns what it says."""

    def verify(answer: Any) -> dict[str, Any]:
        receipt, signature, key = tmp_path / "receipt", tmp_path / "signature", tmp_path / "key.der"
        receipt.write_bytes(answer.json["receipt"].encode())
        signature.write_bytes(base64.b64decode(answer.json["signature"]))
        key.write_bytes(_ED25519 + base64.b64decode(public_keys(settings.keys)["key"]))
        command = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", str(key)]
        command += ["-in", str(receipt), "-sigfile", str(signature)]
        checked = subprocess.run(command, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr
        found: dict[str, Any] = json.loads(answer.json["receipt"])
        return found

    return verify
