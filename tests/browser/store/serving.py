"""A tiny server: the static files and one page that gives a test the store, under the policy of the tablet's shell."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
NONCE = "store-test"
TYPES = {".js": "text/javascript; charset=utf-8", ".html": "text/html; charset=utf-8"}
#: The policy of `baqylau.headers`, and WebAssembly, without which the key is derived in a weaker way.
POLICY = (
    f"default-src 'none'; script-src 'self' 'nonce-{NONCE}'{{wasm}}; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'; frame-src 'self'"
)


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_request(self, *_: object) -> None:
        """Say nothing."""


def imports() -> str:
    """Return the import map of our modules."""
    modules = sorted((ROOT / "static" / "js").rglob("*.js"))
    names = [path.relative_to(ROOT / "static" / "js").as_posix() for path in modules]
    return json.dumps({"imports": {f"baqylau/{name}": f"/static/js/{name}" for name in names}})


def respond(request: Request) -> Response:
    """Answer with the page or a file; `/plain/…` is the same without WebAssembly."""
    path = request.path.removeprefix("/plain")
    is_plain = path != request.path
    if path in ("/", ""):
        body = (HERE / "page.html").read_text(encoding="utf-8").replace("{{imports}}", imports())
        if is_plain:
            body = body.replace('"/static/', '"/plain/static/').replace('"/store/', '"/plain/store/')
        response = Response(body, content_type=TYPES[".html"])
    else:
        file = HERE / path.removeprefix("/store/") if path.startswith("/store/") else ROOT / path.lstrip("/")
        if not path.startswith(("/store/", "/static/")) or not file.is_file():
            return Response("", 204 if path == "/favicon.ico" else 404)
        response = Response(file.read_bytes(), content_type=TYPES.get(file.suffix, "application/octet-stream"))
    wasm = "" if is_plain else " 'wasm-unsafe-eval'"
    response.headers["Content-Security-Policy"] = POLICY.format(wasm=wasm)
    response.headers["Cache-Control"] = "no-store"
    return response


@contextmanager
def serving() -> Iterator[str]:
    """Serve on a free port of 127.0.0.1; gives the address. `localhost`, for passkeys are not given to bare numbers."""
    server = make_server("127.0.0.1", 0, Request.application(respond), threaded=True, request_handler=_Quiet)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
