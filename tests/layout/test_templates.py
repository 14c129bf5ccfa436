"""Every template compiles, uses what it imports, imports what it uses, and keeps to the page's security policy."""

import re
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, nodes
from jinja2.ext import i18n

from baqylau import templating
from baqylau.locations import shipped
from baqylau.reports import typesetting
from baqylau.settings import read_settings
from baqylau.tablet.edition import STYLES

TEMPLATES = shipped("templates")
PAGES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
#: The report and the letters of a visit are laid out on paper, each in an environment of its own with its own sheet.
SITE_PAGES = [name for name in PAGES if not name.startswith(("report/", "visits/letters/"))]
#: The tablet's page loads the sheets of its edition.
SHELL = "tablet/shell.html"
#: What Jinja knows within a macro or a loop.
JINJA_WORDS = {"caller", "loop", "super", "self", "varargs", "kwargs"}
#: What the page's context brings beside the globals (templating._page_words, Flask).
PAGE_WORDS = {"may", "actor", "language", "nonce", "request", "session", "g", "csrf_token"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return the environment of the site's pages."""
    settings = read_settings(tmp_path_factory.mktemp("instance"), secure_cookies=False, testing=True)
    app = Flask("site", template_folder=str(TEMPLATES))
    templating.set_up(app, settings)
    app.jinja_env.add_extension(i18n)
    return app.jinja_env


def parse(name: str) -> nodes.Template:
    return Environment(extensions=[i18n]).parse(source(name))


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def markup(name: str) -> str:
    """Return the template's own markup; what Jinja computes is left out, so that `>` in it closes no tag."""
    return re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source(name), flags=re.DOTALL)


def imported(tree: nodes.Template) -> set[str]:
    names = {
        name if isinstance(name, str) else name[1] for node in tree.find_all(nodes.FromImport) for name in node.names
    }
    return names | {node.target for node in tree.find_all(nodes.Import)}


def read_names(tree: nodes.Template) -> set[str]:
    return {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}


def called_names(tree: nodes.Template) -> set[str]:
    return {node.node.name for node in tree.find_all(nodes.Call) if isinstance(node.node, nodes.Name)}


def own_names(tree: nodes.Template) -> set[str]:
    macros = {node.name for node in tree.find_all(nodes.Macro)}
    stored = {node.name for node in tree.find_all(nodes.Name) if node.ctx in {"store", "param"}}
    return macros | stored


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_page_compiles_with_the_filters_of_the_site(name: str, site: Environment) -> None:
    assert site.get_template(name).root_render_func is not None


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("report/")])
def test_a_part_of_the_report_compiles_with_the_filters_of_the_report(name: str) -> None:
    assert typesetting.environment("kk").get_template(name.removeprefix("report/")).root_render_func is not None


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_page_uses_every_macro_that_it_imports(name: str) -> None:
    tree = parse(name)
    assert imported(tree) - read_names(tree) == set()


def every_macro() -> set[str]:
    """Return the names of all macros of all templates."""
    return {macro.name for name in SITE_PAGES for macro in parse(name).find_all(nodes.Macro)}


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_page_imports_every_macro_that_it_calls(name: str, site: Environment) -> None:
    tree = parse(name)
    known = imported(tree) | own_names(tree) | set(site.globals) | JINJA_WORDS | PAGE_WORDS
    # A name that is no macro is a function that the view gives the page.
    assert (called_names(tree) - known) & every_macro() == set()


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_page_imports_only_macros_that_exist(name: str, site: Environment) -> None:
    for node in parse(name).find_all(nodes.FromImport):
        assert isinstance(node.template, nodes.Const)
        held = {macro.name for macro in parse(str(node.template.value)).find_all(nodes.Macro)}
        asked = {imported_name if isinstance(imported_name, str) else imported_name[0] for imported_name in node.names}
        assert asked <= held


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_page_holds_no_inline_style_and_no_inline_handler(name: str) -> None:
    text = markup(name)
    assert not re.search(r"<style\b|\sstyle\s*=|javascript:|<[a-z][^>]*\son[a-z]+\s*=", text, re.IGNORECASE)


@pytest.mark.parametrize("name", SITE_PAGES)
def test_a_script_is_a_file_of_ours_or_the_import_map_and_carries_the_nonce(name: str) -> None:
    for tag in re.findall(
        r"<script\b.*?>(?=\{\{|</script>)", re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL), re.DOTALL
    ):
        if name == SHELL:
            # One page for everybody, kept by the tablet: its policy names the import map by its hash (tests/tablet).
            assert 'src="{{ base }}js/' in tag or tag.startswith('<script type="importmap">')
            continue
        assert 'nonce="{{ nonce }}"' in tag
        ours = "src=\"{{ asset('js/" in tag or 'type="importmap"' in tag
        # Words and facts for a script, which the browser does not run.
        assert ours or 'type="application/json"' in tag


@pytest.mark.parametrize("name", SITE_PAGES)
def test_every_button_says_its_type(name: str) -> None:
    for tag in re.findall(r"<button\b[^>]*>", markup(name)):
        assert re.search(r'\stype="(submit|button|reset)"', tag), tag


@pytest.mark.parametrize("name", SITE_PAGES)
def test_every_form_that_sends_carries_the_token(name: str) -> None:
    for form in re.findall(r"<form\b.*?</form>", source(name), re.DOTALL):
        if re.search(r'method="post"', form, re.IGNORECASE):
            assert re.search(r"\b(csrf|token)\(", form), form[:120]


@pytest.mark.parametrize("name", SITE_PAGES)
def test_every_file_that_a_page_names_is_there(name: str) -> None:
    for asset in re.findall(r"asset\('([^'~]+)'\)", source(name)):
        assert (shipped("static") / asset).is_file()


@pytest.mark.parametrize("name", SITE_PAGES)
def test_every_module_that_a_page_names_is_there(name: str) -> None:
    for modules in re.findall(r'data-module="([^"{]+)"', source(name)):
        for module in modules.split():
            assert (shipped("static") / "js" / f"{module}.js").is_file()


def test_every_sheet_is_used_by_a_page() -> None:
    listed = re.search(r"for sheet in \[(.*?)\]", source("layout/base.html"), re.DOTALL)
    assert listed
    named = {f"{sheet}.css" for sheet in re.findall(r'"([\w-]+)"', listed[1])}
    for name in SITE_PAGES:
        named |= set(re.findall(r"asset\('css/([\w/-]+\.css)'\)", source(name)))
    named |= {f"{sheet}.css" for sheet in STYLES}
    folder = shipped("static") / "css"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.css")} == named


def test_sheets_use_only_tokens_that_are_defined() -> None:
    sheets = [path.read_text(encoding="utf-8") for path in (shipped("static") / "css").rglob("*.css")]
    defined = {name for text in sheets for name in re.findall(r"(--[\w-]+)\s*:", text)}
    used = {name for text in sheets for name in re.findall(r"var\((--[\w-]+)", text)}
    assert used == defined


def test_sheets_name_colours_only_as_tokens() -> None:
    """So that the dark scheme and paper follow by themselves."""
    for path in (shipped("static") / "css").rglob("*.css"):
        if path.name in {"tokens.css", "print.css"}:
            continue
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|:\s*(white|black|red|green|blue)\b", text), (
            path.name
        )


def test_sheets_put_every_rule_into_a_layer() -> None:
    """A rule outside the layers would beat all of them."""
    for path in (shipped("static") / "css").rglob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        outermost = _outermost(text)
        assert all(rule.startswith(("@layer", "@font-face")) for rule in outermost), (path.name, outermost)


def _outermost(text: str) -> list[str]:
    """Return the preludes of the rules that lie in no other rule."""
    rules, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character == "{":
            if depth == 0:
                rules.append(text[start:place].strip())
            depth += 1
        elif character == "}":
            depth -= 1
            start = place + 1
        elif character == ";" and depth == 0:
            start = place + 1
    return rules


def test_every_tone_has_its_shape() -> None:
    shapes = set(re.findall(r'<symbol id="(\w+)"', Path(shipped("static") / "icons" / "marks.svg").read_text()))
    assert shapes == {"good", "partly", "bad", "unseen", "urgent"}
