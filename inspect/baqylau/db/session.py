"""The session of the present request.

`app.py` opens it before the view and commits or rolls it back after; views read it here and hand it to actions and
queries as an argument, which never look for it themselves.
"""

from flask import g
from sqlmodel import Session


def current_session() -> Session:
    """Return the present request's session."""
    session: Session = g.session
    return session


def keep_despite_refusal() -> None:
    """Let what was written stay although the answer is a refusal (a failed sign-in is counted, an attempt is logged)."""
    g.keep_despite_refusal = True
