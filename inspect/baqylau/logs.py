"""Structured logs: one JSON line an event, with ids and codes only; never a name, an address or a text that was written."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask, Response, g, has_request_context, request

#: The only fields of a record that are written, beside level, logger and event.
FIELDS = ("code", "status", "endpoint", "method", "milliseconds", "job", "subject")


#: Views of the room `interviews`: no line tells that one of them was asked for, let alone how often. Errors are written.
_UNTOLD = "interviews."


class Untold(logging.Filter):
    """Keep requests about confidential interviews out of the log: their number could tell how many people talked."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is written."""
        is_untold = has_request_context() and (request.endpoint or "").startswith(_UNTOLD)
        return record.levelno >= logging.ERROR or not is_untold


class JsonLine(logging.Formatter):
    """Write a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; of an exception only its type and place, for its message may hold what people wrote."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": record.getMessage() if not record.args else record.msg,
        }
        if has_request_context():
            line["request"] = g.get("request_id", "")
        line.update({field: getattr(record, field) for field in FIELDS if hasattr(record, field)})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def _places(traceback: object) -> list[str]:
    places = []
    while traceback is not None:
        code = traceback.tb_frame.f_code  # type: ignore[attr-defined]
        places.append(f"{code.co_qualname if hasattr(code, 'co_qualname') else code.co_name}:{traceback.tb_lineno}")  # type: ignore[attr-defined]
        traceback = traceback.tb_next  # type: ignore[attr-defined]
    return places[-8:]


def set_up(app: Flask) -> None:
    """Send the program's log to standard error as JSON lines, and log each request by its endpoint, never its path."""
    logger = logging.getLogger("baqylau")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLine())
        handler.addFilter(Untold())
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False

    @app.after_request
    def _log_request(response: Response) -> Response:
        if request.endpoint not in {None, "static", "health"} and not str(request.endpoint).startswith(_UNTOLD):
            # The endpoint's name and not the address: an address holds ids of interviews and tokens of invitations.
            extra = {"endpoint": request.endpoint, "method": request.method, "status": response.status_code}
            logging.getLogger("baqylau.requests").info("request", extra=extra)
        return response
