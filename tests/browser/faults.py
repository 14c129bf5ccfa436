"""A network that fails: what a tablet meets between an institution and the office, made of the real application's answers."""

import random
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

App = Callable[[dict[str, Any], Any], Iterable[bytes]]

_PORTAL = b"<!doctype html><title>Wi-Fi</title><p>Sign in to this network."


class FaultyNetwork:
    """Stands before the application and spoils the API's answers by chance, before the commit or after it."""

    def __init__(self, app: App, chance: random.Random, share: float) -> None:
        self.app = app
        self.share = share
        self.faults: Counter[str] = Counter()
        self._chance = chance
        self._kinds = (self.cut_before, self.cut_after, self.broken, self.truncated, self.portal)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/api/") or self._chance.random() >= self.share:
            return self.app(environ, start_response)
        fault = self._chance.choice(self._kinds)
        self.faults[fault.__name__] += 1
        return fault(environ, start_response)

    def cut_before(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Cut the connection before the application hears of the request."""
        return _cut(environ, start_response)

    def cut_after(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the application commit, then cut the connection: the tablet hears nothing."""
        self._carried_out(environ)
        return _cut(environ, start_response)

    def broken(self, _environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer with an error of a proxy."""
        start_response("502 Bad Gateway", [("Content-Type", "text/html")])
        return [b"<h1>502 Bad Gateway</h1>"]

    def truncated(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Let the application commit, and give half of its answer."""
        status, headers, body = self._carried_out(environ)
        start_response(status, [one for one in headers if one[0].lower() != "content-length"])
        return [body[: len(body) // 2]]

    def portal(self, _environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as a network that wants a sign-in of its own does: all is well, and a page."""
        start_response("200 OK", [("Content-Type", "text/html")])
        return [_PORTAL]

    def _carried_out(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        told: list[Any] = []
        answer = self.app(environ, lambda status, headers, *_rest: told.append((status, headers)))
        try:
            body = b"".join(answer)
        finally:
            if close := getattr(answer, "close", None):
                close()
        return (*told[0], body)


def _cut(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
    start_response("200 OK", [])
    return [b""]
