"""Nothing that a tablet was told is held is lost or doubled: cut connections, captive portals, servers killed at any point.

`BAQYLAU_FAULTS` says how many faults (100).
"""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from select import select as select_ready
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import select

from baqylau import clock
from baqylau.accounts import cookies
from baqylau.accounts.actions import begin_session
from baqylau.accounts.models import User
from baqylau.answers.models import AnswerRevision, Evidence
from baqylau.answers.queries import heads_of
from baqylau.db.engine import Database
from baqylau.settings import Settings
from baqylau.sync.receipts import public_keys
from tests.factories.answers import Scene, photo_bytes
from tests.factories.tablets import item, make_device, photo_facts, sha256

FAULTS = int(os.environ.get("BAQYLAU_FAULTS", "100"))
_LOGIN = b"<html>Sign in to the net</html>"
PORTAL = (
    f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(_LOGIN)}\r\nConnection: close\r\n\r\n".encode()
    + _LOGIN
)
NETWORK = ("refused", "request cut", "answer lost", "answer cut", "portal", "broken off while the server works")
DEATHS = ("before", "during", "after", "between")


class Proxy:
    """A bad network between tablet and server: the next connection suffers `fault`."""

    def __init__(self, port: int, random: Random) -> None:
        self.server_port, self.random, self.fault = port, random, ""
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join()

    def _run(self) -> None:
        with suppress(OSError):
            while True:
                tablet, _address = self.listener.accept()
                with tablet, suppress(OSError):
                    tablet.settimeout(10)
                    self._carry(tablet)

    def _carry(self, tablet: socket.socket) -> None:
        if self.fault == "refused":
            return
        request = _whole(tablet)
        if self.fault == "portal":
            tablet.sendall(PORTAL)
            return
        with socket.create_connection(("127.0.0.1", self.server_port), timeout=10) as server:
            if self.fault == "request cut":
                server.sendall(request[: self.random.randrange(len(request))])
                return
            server.sendall(request)
            if self.fault == "broken off while the server works":
                return
            answer = _whole(server)
            if self.fault == "answer lost":
                return
            tablet.sendall(answer[: self.random.randrange(len(answer))] if self.fault == "answer cut" else answer)


def _whole(stream: socket.socket) -> bytes:
    """Return one HTTP message, headers and body by Content-Length; what there is of it when the other side is gone."""
    got = b""
    while b"\r\n\r\n" not in got:
        if not (more := stream.recv(65536)):
            return got
        got += more
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    left = (int(lengths[0]) if lengths else 0) - len(body)
    while left > 0 and (more := stream.recv(65536)):
        got, left = got + more, left - len(more)
    return got


class Server:
    """The server, killed and started again."""

    def __init__(self, settings: Settings, port: int) -> None:
        command = [sys.executable, str(Path(__file__).parent / "serving.py"), str(settings.instance), settings.database]
        self.process = subprocess.Popen(
            [*command, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.pid = 0
        self.start()

    def start(self) -> None:
        self._stdin().write("start\n")
        self._stdin().flush()
        self.pid = int(self._line().split()[1])

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        self.restart()

    def restart(self) -> None:
        """Start anew a server that is dying."""
        assert self._line() == "dead\n"
        self.start()

    def close(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self._stdin().close()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _line(self) -> str:
        assert self.process.stdout is not None
        is_there, _, _ = select_ready([self.process.stdout], [], [], 30)
        assert is_there, "the server neither started nor died"
        return self.process.stdout.readline()

    def _stdin(self) -> Any:
        return self.process.stdin


@dataclass
class Outbox:
    """One tablet: what it has recorded, and what it was told is held."""

    person: User
    device: UUID
    visit: UUID
    cookie: str
    port: int
    key: Ed25519PublicKey
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    photos: dict[str, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    receipted: dict[str, str] = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)
    seq: int = 0

    def record(self, count: int) -> None:
        for _ in range(count):
            self.seq += 1
            one = item(self.seq, item="F1", value={"value": "yes"}, note=f"{self.device} {self.seq}")
            self.waiting[one["id"]] = one
            self.recorded.add(one["id"])

    def photograph(self) -> None:
        content = photo_bytes(size=(40 + len(self.recorded) % 200, 30))
        facts = photo_facts(content)
        self.photos[facts["id"]] = (facts, content)
        self.recorded.add(facts["id"])

    def ask(self, method: str, path: str, content: bytes, **headers: str) -> Any:
        """Return the JSON of the answer, None for whatever else happens."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        address = f"/api/v1/visits/{self.visit}/{path}"
        about = {"Cookie": f"{cookies.NAME}={self.cookie}", "Content-Type": "application/json", "Connection": "close"}
        try:
            connection.request(method, address, content or None, {**about, **headers})
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except (OSError, HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def about(self, **more: Any) -> bytes:
        return json.dumps({"protocol": 2, "author": str(self.person.id), "device": str(self.device), **more}).encode()

    def send(self, die: str = "") -> None:
        batch = list(self.waiting.values())[:50]
        if batch:
            self.take(self.ask("POST", "revisions", self.about(items=batch), **({"X-Die": die} if die else {})))

    def send_photo(self) -> None:
        for photo_id, (facts, content) in list(self.photos.items())[:1]:
            half = len(content) // 2
            for number, part in enumerate((content[:half], content[half:])):
                headers = {"X-Content-SHA256": sha256(part), "Content-Type": "application/octet-stream"}
                self.ask("PUT", f"photos/{photo_id}/parts/{number}?of=2", part, **headers)
            told = {name: value for name, value in facts.items() if name != "id"}
            self.take(self.ask("POST", f"photos/{photo_id}", self.about(**told)))

    def take(self, answer: Any) -> None:
        """Believe a receipt that verifies, is ours, and names the very bytes; nothing else."""
        if not isinstance(answer, dict) or "receipt" not in answer:
            return
        self.key.verify(base64.b64decode(answer["signature"]), answer["receipt"].encode())
        receipt = json.loads(answer["receipt"])
        assert receipt["device"] == str(self.device)
        for one, sha in receipt["have"]:
            self.receipted[one] = sha
            if one in self.waiting:
                assert self.waiting.pop(one)["sha256"] == sha
            if one in self.photos:
                assert self.photos.pop(one)[0]["sha256"] == sha


@pytest.fixture
def random() -> Random:
    return Random(11)


@pytest.fixture
def server(settings: Settings, scene: Scene) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = Server(settings, port)
    running.port = port  # type: ignore[attr-defined]
    yield running
    running.close()


@pytest.fixture
def proxy(server: Server, random: Random) -> Iterator[Proxy]:
    network = Proxy(server.port, random)  # type: ignore[attr-defined]
    yield network
    network.close()


@pytest.fixture
def outboxes(database: Database, settings: Settings, scene: Scene, proxy: Proxy) -> list[Outbox]:
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_keys(settings.keys)["key"]))
    found = []
    for person in (scene.leader, scene.member):
        with database.transaction() as opened:
            token = begin_session(opened, person.id, "tablet", settings, clock.now())
            device = make_device(opened, scene.visit.id, person.id)
        found.append(Outbox(person, device.id, scene.visit.id, token, proxy.port, key))
    return found


def suffer(fault: str, server: Server, proxy: Proxy, send: Callable[..., None], random: Random) -> None:
    """Let one exchange meet the fault."""
    if fault in NETWORK:
        proxy.fault = fault
        send()
        proxy.fault = ""
    elif fault == "between":
        send()
        server.kill()
    else:
        send(die=f"during {random.random() * 0.006:.6f}" if fault == "during" else fault)
        server.restart()


def test_nothing_that_was_acknowledged_is_lost_or_doubled(
    database: Database, scene: Scene, server: Server, proxy: Proxy, outboxes: list[Outbox], random: Random
) -> None:
    met: Counter[str] = Counter()
    for number in range(FAULTS):
        outbox = outboxes[number % 2]
        outbox.record(random.randint(1, 4))
        fault = DEATHS[number // 7 % len(DEATHS)] if number % 7 == 6 else random.choice(NETWORK)
        if fault in NETWORK and number % 9 == 4:
            outbox.photograph()
            suffer(fault, server, proxy, outbox.send_photo, random)
        else:
            suffer(fault, server, proxy, outbox.send, random)
        met[fault] += 1
        if number % 3 == 0:
            outbox.send()
    assert set(met) == {*NETWORK, *DEATHS}
    for outbox in outboxes:
        for _ in range(60):
            if outbox.waiting or outbox.photos:
                outbox.send()
                outbox.send_photo()
        assert (outbox.waiting, outbox.photos) == ({}, {})
    _compare(database, scene, outboxes)


def _compare(database: Database, scene: Scene, outboxes: list[Outbox]) -> None:
    """What each tablet was told is held is held, once, under its author; nothing else is there."""
    with database.reading() as opened:
        revisions = opened.exec(select(AnswerRevision)).all()
        photos = opened.exec(select(Evidence)).all()
        heads = heads_of(opened, scene.visit.id)
        for outbox in outboxes:
            mine = [one for one in (*revisions, *photos) if one.device == str(outbox.device)]
            assert {str(one.id): one.sent_sha256 for one in mine} == outbox.receipted
            assert set(outbox.receipted) == outbox.recorded
            assert {one.author_id for one in mine} == {outbox.person.id}
            notes = [one.note for one in mine if isinstance(one, AnswerRevision)]
            assert sorted(notes) == sorted(f"{outbox.device} {seq}" for seq in range(1, outbox.seq + 1))
    assert len(revisions) + len(photos) == sum(len(outbox.recorded) for outbox in outboxes)
    assert len(heads) == len(revisions)
