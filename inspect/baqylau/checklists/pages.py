"""Pages of checklists: which instruments there are, and each whole, to read or to print as the paper form."""

from collections.abc import Mapping

from flask import Blueprint, render_template
from flask_babel import get_locale

from baqylau.checklists import labels, queries
from baqylau.checklists.spoken import Speaker
from baqylau.checklists.terms import AnswerType, Force, Item, Standard
from baqylau.db.session import current_session
from baqylau.errors import not_found
from baqylau.i18n import in_language
from baqylau.rights.access import Action
from baqylau.rights.guard import requires

blueprint = Blueprint("checklists", __name__)

#: So many rows are printed for what is measured several times.
ROWS_ON_PAPER = 6


@blueprint.get("/checklists")
@requires(Action.CHECKLISTS_VIEW)
def index() -> str:
    """Show which instruments there are, the newest version of each."""
    rows = [(version, queries.read_stored(version)) for version in queries.newest_of_each(current_session())]
    return render_template("checklists/index.html", rows=rows)


@blueprint.get("/checklists/<slug>/<int:version>")
@requires(Action.CHECKLISTS_VIEW)
def show(slug: str, version: int) -> str:
    """Show a version whole; printed, it is the form for a place that lets no tablet in."""
    row = queries.find_numbered(current_session(), slug, version)
    if row is None:
        raise not_found()
    checklist, language = queries.read_stored(row), str(get_locale().language)
    return render_template(
        "checklists/show.html",
        row=row,
        checklist=checklist,
        versions=queries.versions_of(current_session(), slug),
        speak=Speaker(checklist, language),
        standards={item.id: standards_by_force(item, language) for item in checklist.items.values()},
        labels=labels,
        AnswerType=AnswerType,
        rows_on_paper=ROWS_ON_PAPER,
    )


def standards_by_force(item: Item, language: str) -> Mapping[Force, list[str]]:
    """Return the item's standards as they are quoted in `language`, the binding ones first."""
    found: dict[Force, list[str]] = {force: [] for force in Force}
    for standard in item.standards:
        found[standard.force].append(quoted(standard, language))
    return {force: quotes for force, quotes in found.items() if quotes}


def quoted(standard: Standard, language: str) -> str:
    """Return "PEC 115(1)" in the words of `language`."""
    return f"{in_language(standard.short, language)} {standard.at}".rstrip()
