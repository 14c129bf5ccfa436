"""Serve an installation in a process that may be killed: `python serving.py FOLDER DATABASE PORT`, "start" on standard input.

The program is imported once; each "start" forks a server of its own, which says "ready PID". A request with the header
X-Die kills its server at that point of the delivery, without any farewell.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import waitress
from sqlalchemy import event
from sqlmodel import Session

from baqylau.answers.models import AnswerRevision
from baqylau.app import create_app
from baqylau.settings import read_settings

_asked = threading.local()


def serve(folder: str, database: str, port: int) -> None:
    settings = read_settings(folder, database_address=database, secure_cookies=False, default_language="en")
    app = create_app(settings=settings)
    app.config["WTF_CSRF_ENABLED"] = False
    event.listen(Session, "before_commit", _before_commit)
    event.listen(Session, "after_commit", _after_commit)
    server = waitress.create_server(_listening(app.wsgi_app), host="127.0.0.1", port=port, threads=4)
    print(f"ready {os.getpid()}", flush=True)
    server.run()


def _listening(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def listen(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _asked.point = environ.get("HTTP_X_DIE", "")
        return app(environ, start_response)

    return listen


def _before_commit(session: Session) -> None:
    if not any(isinstance(one, AnswerRevision) for one in session.identity_map.values()):
        return
    _asked.is_delivery = True
    if _asked.point == "before":
        _die()
    if _asked.point.startswith("during"):
        threading.Thread(target=_die, args=(float(_asked.point.removeprefix("during ")),)).start()


def _after_commit(_session: Session) -> None:
    if getattr(_asked, "is_delivery", False) and getattr(_asked, "point", "") == "after":
        _die()
    _asked.is_delivery = False


def _die(seconds: float = 0.0) -> None:
    time.sleep(seconds)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    folder, database, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    for _line in iter(sys.stdin.readline, ""):
        child = os.fork()
        if child == 0:
            serve(folder, database, port)
        os.waitpid(child, 0)
        print("dead", flush=True)


if __name__ == "__main__":
    main()
