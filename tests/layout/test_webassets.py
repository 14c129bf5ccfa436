"""Scripts and styles have addresses that change with their content, and each script has one address alone."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from baqylau.app import Application
from baqylau.locations import shipped
from baqylau.webassets import asset_address, content_hash, import_map

SCRIPTS = sorted(path.relative_to(shipped("static") / "js").as_posix() for path in (shipped("static/js")).rglob("*.js"))


@pytest.fixture
def imports(app: Application) -> dict[str, str]:
    """Return the import map of every page."""
    with app.test_request_context():
        return dict(json.loads(import_map())["imports"])


def test_an_address_holds_the_hash_of_the_content(app: Application) -> None:
    with app.test_request_context():
        address = urlsplit(asset_address("css/tokens.css"))
    assert address.path == "/static/css/tokens.css"
    assert parse_qs(address.query) == {"v": [content_hash(shipped("static") / "css" / "tokens.css")]}


def test_a_script_is_found_by_name_and_by_path_at_the_same_address(imports: dict[str, str]) -> None:
    assert SCRIPTS
    for name in SCRIPTS:
        assert imports[f"baqylau/{name}"] == imports[f"/static/js/{name}"], name
        assert parse_qs(urlsplit(imports[f"baqylau/{name}"]).query)["v"], name


def test_the_map_names_our_scripts_alone(imports: dict[str, str]) -> None:
    assert set(imports) == {f"baqylau/{name}" for name in SCRIPTS} | {f"/static/js/{name}" for name in SCRIPTS}


def test_below_a_prefix_the_paths_have_it_too(app: Application) -> None:
    with app.test_request_context(environ_overrides={"SCRIPT_NAME": "/oversight"}):
        imports = json.loads(import_map())["imports"]
    address = imports["/oversight/static/js/graph.js"]
    assert address == imports["baqylau/graph.js"]
    assert address.startswith("/oversight/static/js/graph.js?v=")
