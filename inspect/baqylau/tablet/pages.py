"""The shell's page, its service worker, its files and its manifest; public, for they say nothing about any visit."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, current_app, g, make_response, render_template, url_for
from flask_babel import force_locale, gettext

from baqylau.errors import not_found
from baqylau.i18n import LANGUAGES
from baqylau.locations import shipped
from baqylau.rights.guard import public
from baqylau.tablet.edition import MEDIA_TYPES, STYLES, Edition, as_json, edition_of
from baqylau.tablet.words import words_by_language

blueprint = Blueprint("tablet", __name__, url_prefix="/tablet")

ICON_SIZES = (192, 512)
#: What the shell may load and run: its own files, and the two scripts that stand in its page, by their hash.
_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {hashes}; style-src 'self'; img-src 'self' blob: data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'self'; worker-src 'self'; object-src 'none'"
)


@blueprint.get("/")
@public
def shell() -> Response:
    """Show the shell: the same bytes for everybody, so that a tablet can check them by their hash."""
    return _shell(_edition())


@blueprint.get("/worker.js")
@public
def worker() -> Response:
    """Give the service worker with the list of this edition's files."""
    edition = _edition()
    listed = [[_address(edition, path), file.sha256] for path, file in sorted(edition.files.items())]
    shell_hash = hashlib.sha256(_shell(edition).get_data()).hexdigest()
    manifests = [
        [_manifest_address(language), hashlib.sha256(_manifest(language)).hexdigest()] for language in LANGUAGES
    ]
    given = {"version": edition.version, "files": [[url_for("tablet.shell"), shell_hash], *manifests, *listed]}
    script = (shipped("static") / "js" / "tablet" / "worker.js").read_text(encoding="utf-8")
    response = make_response(f"const EDITION = {as_json(given)};\n{script}")
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/v/<version>/<path:path>")
@public
def file(version: str, path: str) -> Response:
    """Give one file of this edition; those of earlier editions live in the tablets that still run them."""
    edition = _edition()
    if version != edition.version or path not in edition.files:
        raise not_found()
    response = make_response(edition.files[path].content)
    response.headers["Content-Type"] = MEDIA_TYPES[Path(path).suffix]
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@blueprint.get("/manifest-<language>.webmanifest")
@public
def manifest(language: str) -> Response:
    """Give what a browser needs to install the shell, named in this language."""
    if language not in LANGUAGES:
        raise not_found()
    response = make_response(_manifest(language))
    response.headers["Content-Type"] = MEDIA_TYPES[".webmanifest"]
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/icon-<int:size>.png")
@public
def icon(size: int) -> Response:
    """Give the icon under which an installed shell stands."""
    if size not in ICON_SIZES:
        raise not_found()
    response = make_response((shipped("static") / "icons" / f"tablet-{size}.png").read_bytes())
    response.headers["Content-Type"] = MEDIA_TYPES[".png"]
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def _edition() -> Edition:
    """Return the edition that this program gives; made once a request."""
    if "edition" not in g:
        template = Path(current_app.jinja_env.get_template("tablet/shell.html").filename or "")
        script = shipped("static") / "js" / "tablet" / "worker.js"
        g.edition = edition_of(words_by_language(), template.read_bytes() + script.read_bytes())
    return g.edition  # type: ignore[no-any-return]


def _shell(edition: Edition) -> Response:
    base = _address(edition, "")
    imports = as_json({"imports": {"baqylau/": f"{base}js/", "vendor/": f"{base}vendor/"}})
    page = render_template(
        "tablet/shell.html",
        imports=imports,
        base=base,
        version=edition.version,
        styles=STYLES,
        scripts=edition.script_paths(),
        languages=LANGUAGES,
        manifest=_manifest_address("kk"),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _POLICY.format(hashes=_script_hash(imports))
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _script_hash(script: str) -> str:
    """Return the source expression that allows exactly this inline script (CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


@cache
def _manifest(language: str) -> bytes:
    with force_locale(language):
        names = {"name": gettext("Baqylau: visits on the tablet"), "short_name": gettext("Baqylau")}
    base = url_for("tablet.shell")
    icons = [
        {"src": f"{base}icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}
        for size in ICON_SIZES
    ]
    look = {"display": "standalone", "background_color": "#ffffff", "theme_color": "#0b3c5d", "icons": icons}
    return as_json({**names, "lang": language, "id": base, "start_url": base, "scope": base, **look}).encode()


def _address(edition: Edition, path: str) -> str:
    return f"{url_for('tablet.shell')}v/{edition.version}/{path}"


def _manifest_address(language: str) -> str:
    return url_for("tablet.manifest", language=language)
