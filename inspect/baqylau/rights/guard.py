"""Guards of views: each view says what it needs, or that it is public; the program does not start otherwise."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, g, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from baqylau.db.session import current_session
from baqylau.errors import not_allowed, not_found, not_signed_in
from baqylau.rights.access import Action, may
from baqylau.rights.terms import Actor, Subject

P = ParamSpec("P")
R = TypeVar("R")
SubjectOf = Callable[..., Subject]


class ViewWithoutPolicy(RuntimeError):
    """A view was written that does not say who may use it."""


def current_actor() -> Actor:
    """Return the signed-in person; raises not_allowed when nobody is."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise not_allowed()
    return actor


def check(action: Action, subject: Subject) -> None:
    """Refuse unless the signed-in person may do `action` to `subject`.

    Who may not even see the thing is told that there is nothing, so that ids cannot be tried out.
    """
    actor = g.get("actor")
    if may(actor, action, subject):
        return
    if may(actor, Action.VISIT_VIEW, subject):
        raise not_allowed()
    raise not_found()


def requires(action: Action, subject: SubjectOf | None = None) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Let a view be used only by those who may do `action`.

    `subject(session, **address values)` finds what the address names and returns its Subject; it raises not_found when
    there is nothing. Without it the view shows a list that it filters by itself, or a thing that is not anybody's.
    """

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if g.get("actor") is None:
                return _ask_to_sign_in()
            if subject is None:
                if not may(g.actor, action):
                    raise not_allowed()
            else:
                check(action, subject(current_session(), **kwargs))
            return view(*args, **kwargs)

        guarded.policy = (action, subject)  # type: ignore[attr-defined]
        return guarded

    return decorate


def own(session: Session, **_address: Any) -> Subject:  # noqa: ARG001
    """Return the signed-in person's own account as a subject."""
    return Subject(owner=current_actor().user_id)


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may use."""
    view.policy = "public"  # type: ignore[attr-defined]
    return view


def _ask_to_sign_in() -> Response:
    """Send a reader to the sign-in page and back; a script gets its refusal from the handler of `not_signed_in`."""
    if request.path.startswith("/api/") or request.method not in {"GET", "HEAD"}:
        raise not_signed_in()
    return redirect(url_for("accounts.sign_in", then=request.full_path.rstrip("?")))


def refuse_views_without_policy(app: Flask) -> None:
    """Raise ViewWithoutPolicy if any address of `app` leads to a view that says nothing about rights."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static" and not hasattr(view, "policy"):
            raise ViewWithoutPolicy(endpoint)
