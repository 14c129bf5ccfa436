"""The one handler of what goes wrong: a page in the reader's language with code and request id, or JSON for a script.

Nothing of the cause is told beyond the code; the log has the rest under the same request id.
"""

import logging
from errno import EDQUOT, ENOSPC
from http import HTTPStatus

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import gettext, lazy_gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from baqylau.errors import Problem

_log = logging.getLogger("baqylau.errors")

_FULL_DISK = Problem(
    "app.disk_full",
    HTTPStatus.INSUFFICIENT_STORAGE,
    lazy_gettext(
        "The server has no room left, so this was not saved. Keep the page open, tell the administrator, and try again."
    ),
)

_HTTP_MESSAGES = {
    HTTPStatus.BAD_REQUEST: lazy_gettext(
        "The request could not be understood. Go back, reload the page and try again."
    ),
    HTTPStatus.NOT_FOUND: lazy_gettext("This page does not exist, or you have no access to it."),
    HTTPStatus.METHOD_NOT_ALLOWED: lazy_gettext("This page does not exist, or you have no access to it."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: lazy_gettext(
        "What you sent is too large. Nothing was changed; send a smaller file or fewer of them."
    ),
    HTTPStatus.TOO_MANY_REQUESTS: lazy_gettext("Too many requests. Wait a little and try again."),
}


def set_up(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(Problem, _tell)
    app.register_error_handler(CSRFError, _tell_csrf)
    app.register_error_handler(HTTPException, _tell_http)
    app.register_error_handler(IntegrityError, _tell_integrity)
    app.register_error_handler(OperationalError, _tell_storage)
    app.register_error_handler(OSError, _tell_storage)
    app.register_error_handler(Exception, _tell_crash)


def _tell(problem: Problem) -> Response:
    message = gettext(str(problem.message), **problem.details) if problem.details else gettext(str(problem.message))
    level = logging.ERROR if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO
    _log.log(level, "refused", extra={"code": problem.code, "status": int(problem.status)})
    if request.path.startswith("/api/"):
        body = jsonify(code=problem.code, message=message, details=problem.details, request_id=g.get("request_id", ""))
        return make_response(body, problem.status)
    page = render_template("layout/problem.html", problem=problem, message=message, request_id=g.get("request_id", ""))
    return make_response(page, problem.status)


def _tell_csrf(_error: CSRFError) -> Response:
    return _tell(
        Problem(
            "app.form_expired",
            HTTPStatus.BAD_REQUEST,
            lazy_gettext(
                "This form is too old to be taken. Go back, copy what you wrote, reload the page and send again."
            ),
        )
    )


def _tell_http(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect that werkzeug raised
        return error.response  # type: ignore[return-value]
    status = HTTPStatus(error.code or 500)
    message = _HTTP_MESSAGES.get(status, lazy_gettext("Something went wrong here. Nothing was changed."))
    return _tell(Problem(f"app.http_{int(status)}", status, message))


def _tell_integrity(error: IntegrityError) -> Response:
    """A rule of the database refused: somebody else was quicker, or the act was not possible in this state."""
    _log.exception("integrity", exc_info=error)
    return _tell(
        Problem(
            "app.changed_meanwhile",
            HTTPStatus.CONFLICT,
            lazy_gettext(
                "This was changed by somebody else at the same time, or sent twice. Reload the page and look."
            ),
        )
    )


def _tell_storage(error: OSError | OperationalError) -> Response:
    full = getattr(error, "errno", None) in {ENOSPC, EDQUOT} or "disk is full" in str(error)
    return _tell(_FULL_DISK) if full else _tell_crash(error)


def _tell_crash(error: Exception) -> Response:
    _log.exception("crash", exc_info=error)
    return _tell(
        Problem(
            "app.crash",
            HTTPStatus.INTERNAL_SERVER_ERROR,
            lazy_gettext(
                "Something went wrong here. Nothing was changed. Try again; if it stays, tell the administrator."
            ),
        )
    )
