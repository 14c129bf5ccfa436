"""Every answer, of whatever kind, carries the security headers."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from baqylau.app import Application
from tests.factories.people import make_user

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), browsing-topics=()",
}
NOBODY = "00000000-0000-0000-0000-000000000000"
SHUT = ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'", "form-action 'self'")


def crash() -> None:
    raise RuntimeError("a fault of ours")


@pytest.fixture
def broken(app: Application, monkeypatch: pytest.MonkeyPatch) -> Application:
    """Return an application whose page of sign-in breaks, as in earnest and not as in tests."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", crash)
    return app


def visitor(address: str, method: str = "GET") -> Callable[[Flask], TestResponse]:
    return lambda app: app.test_client().open(address, method=method)


KINDS = {
    "page": (visitor("/sign-in"), 200),
    "redirect": (visitor("/"), 302),
    "static file that is not there": (visitor("/static/css/none.css"), 404),
    "health": (visitor("/health"), 200),
    "API error": (visitor(f"/api/v1/visits/{NOBODY}/bundle"), 401),
    "not found": (visitor("/nothing-here"), 404),
    "wrong method": (visitor("/health", method="DELETE"), 405),
}


def holds(answer: Response) -> str:
    """Check what every answer has; return its policy."""
    for name, value in ALWAYS.items():
        assert answer.headers.getlist(name) == [value], name
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    for directive in SHUT:
        assert directive in policy.split("; "), directive
    assert "unsafe" not in policy
    assert "*" not in policy
    assert re.fullmatch(r"[0-9a-f]{8,}", answer.headers["X-Request-Id"])
    return policy


def test_a_static_file_has_them_and_may_be_kept(client: FlaskClient) -> None:
    with client.get("/static/css/base.css") as answer:
        assert answer.status_code == 200
        holds(answer)
        assert "max-age=31536000" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_of_each_kind_has_them(app: Application, kind: str) -> None:
    ask, status = KINDS[kind]
    answer = ask(app)
    assert answer.status_code == status
    holds(answer)


def test_the_page_of_a_signed_in_person_has_them(
    app: Application, sign_in_as: Callable[..., FlaskClient], session: Session
) -> None:
    user = make_user(session)
    session.commit()
    answer = sign_in_as(user.id).get("/account")
    assert answer.status_code == 200
    holds(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/sign-in", "/api/v1/broken"])
def test_an_answer_to_a_crash_has_them_and_tells_nothing(broken: Application, address: str) -> None:
    broken.url_map.add(broken.url_rule_class("/api/v1/broken", endpoint="accounts.sign_in", methods=["GET"]))
    answer = broken.test_client().get(address)
    assert answer.status_code == 500
    holds(answer)
    assert "a fault of ours" not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_nonce_is_new_in_each_page_and_on_every_script(client: FlaskClient) -> None:
    nonces = set()
    for _ in range(2):
        answer = client.get("/sign-in")
        (nonce,) = re.findall(r"script-src 'self' 'nonce-([^']{16,})'", holds(answer))
        assert set(re.findall(r'<script[^>]* nonce="([^"]*)"', answer.text)) == {nonce}
        nonces.add(nonce)
    assert len(nonces) == 2


def test_no_other_answer_may_be_kept(client: FlaskClient) -> None:
    for address in ("/sign-in", "/nothing-here", "/verify", f"/api/v1/visits/{NOBODY}/bundle"):
        assert client.get(address).headers["Cache-Control"] == "no-store", address


def test_https_is_asked_for_only_over_https(client: FlaskClient) -> None:
    secure = client.get("/sign-in", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
