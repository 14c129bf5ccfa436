"""Pages of the register: places, authorities, and one's own conflicts of interest."""

from enum import StrEnum
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import Field

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.errors import Problem
from baqylau.i18n import in_language
from baqylau.places import actions, queries
from baqylau.places.labels import GROUPS, KINDS, LEVELS, REGIONS
from baqylau.places.terms import PlaceKind, Region
from baqylau.places.webforms import AuthorityForm, PlaceForm
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, own, requires

blueprint = Blueprint("places", __name__)

Choice = TypeVar("Choice", bound=StrEnum)
_PAGE_SIZE = 50


@blueprint.get("/places")
@requires(Action.PLACES_VIEW)
def index() -> str:
    """Show the register, searched and filtered."""
    search = request.args.get("search", "").strip()[:200]
    kind, region = _chosen(PlaceKind, "kind"), _chosen(Region, "region")
    page = max(1, request.args.get("page", 1, type=int))
    return render_template(
        "places/index.html",
        found=queries.places_page(current_session(), search, kind, region, page=page, size=_PAGE_SIZE),
        search=search,
        kind=kind,
        region=region,
        filters={"search": search or None, "kind": kind, "region": region},
        kinds=KINDS,
        regions=REGIONS,
    )


def _chosen(kind: type[Choice], name: str) -> Choice | None:
    """Return the filter's value, None for none and for a value that is none of ours."""
    value = request.args.get(name, "")
    return kind(value) if value in set(kind) else None


@blueprint.get("/places/<uuid:place_id>")
@requires(Action.PLACES_VIEW)
def show(place_id: UUID) -> str:
    """Show a place and who answers for it."""
    place = queries.get_place(current_session(), place_id)
    return render_template(
        "places/show.html",
        place=place,
        chain=queries.chain_of(current_session(), place.authority_id),
        conflict=queries.open_conflict(current_session(), current_actor().user_id, place_id),
        kinds=KINDS,
        groups=GROUPS,
        levels=LEVELS,
        regions=REGIONS,
    )


@blueprint.route("/places/new", methods=["GET", "POST"])
@requires(Action.PLACES_MANAGE)
def new() -> ResponseReturnValue:
    """Add a place."""
    form = PlaceForm(authorities=_authority_choices())
    if form.validate_on_submit():
        try:
            place = actions.create_place(current_session(), current_actor(), form.code.data, form.values, clock.now())
        except Problem as problem:
            _say_at(form.code, problem)
        else:
            flash(_("The place is saved."), "good")
            return redirect(url_for("places.show", place_id=place.id))
    return _page("places/new.html", form=form)


@blueprint.route("/places/<uuid:place_id>/edit", methods=["GET", "POST"])
@requires(Action.PLACES_MANAGE)
def edit(place_id: UUID) -> ResponseReturnValue:
    """Change what the register says about a place."""
    place = queries.get_place(current_session(), place_id)
    form = PlaceForm(authorities=_authority_choices(), place=place)
    if form.validate_on_submit():
        actions.edit_place(current_session(), current_actor(), place_id, form.values, clock.now())
        flash(_("The place is saved."), "good")
        return redirect(url_for("places.show", place_id=place_id))
    return _page("places/edit.html", form=form, place=place)


@blueprint.get("/authorities")
@requires(Action.PLACES_VIEW)
def authorities() -> str:
    """Show the authorities, each under the one above it."""
    tree = queries.tree_of_authorities(current_session(), str(get_locale()))
    return render_template("places/authorities.html", tree=tree, levels=LEVELS)


@blueprint.route("/authorities/new", methods=["GET", "POST"])
@requires(Action.PLACES_MANAGE)
def new_authority() -> ResponseReturnValue:
    """Add an authority."""
    form = AuthorityForm(authorities=_authority_choices())
    if form.validate_on_submit():
        try:
            actions.create_authority(
                current_session(), current_actor(), form.name, form.chosen_level, form.parent_id.data, clock.now()
            )
        except Problem as problem:
            _say_at(form.parent_id, problem)
        else:
            flash(_("The authority is saved."), "good")
            return redirect(url_for("places.authorities"))
    return _page("places/new_authority.html", form=form)


@blueprint.route("/authorities/<uuid:authority_id>/edit", methods=["GET", "POST"])
@requires(Action.PLACES_MANAGE)
def edit_authority(authority_id: UUID) -> ResponseReturnValue:
    """Change an authority."""
    authority = queries.get_authority(current_session(), authority_id)
    form = AuthorityForm(
        authorities=_authority_choices(but=queries.ids_below(current_session(), authority_id)), authority=authority
    )
    if form.validate_on_submit():
        try:
            actions.edit_authority(
                current_session(),
                current_actor(),
                authority_id,
                form.name,
                form.chosen_level,
                form.parent_id.data,
                clock.now(),
            )
        except Problem as problem:
            _say_at(form.level if problem.code == "places.level_below" else form.parent_id, problem)
        else:
            flash(_("The authority is saved."), "good")
            return redirect(url_for("places.authorities"))
    return _page("places/edit_authority.html", form=form, authority=authority)


@blueprint.get("/conflicts")
@requires(Action.CONFLICT_DECLARE, subject=own)
def my_conflicts() -> str:
    """Show the places from which the person stays away."""
    conflicts = queries.conflicts_of(current_session(), current_actor().user_id)
    return render_template("places/my_conflicts.html", conflicts=conflicts)


@blueprint.post("/places/<uuid:place_id>/conflict")
@requires(Action.CONFLICT_DECLARE, subject=own)
def declare_conflict(place_id: UUID) -> ResponseReturnValue:
    """Stay away from the visits of a place."""
    actions.declare_conflict(current_session(), current_actor(), place_id, clock.now())
    flash(
        _("The conflict of interest is declared: you take no part in visits of this place and do not see them."), "good"
    )
    return redirect(url_for("places.my_conflicts"))


@blueprint.post("/conflicts/<uuid:conflict_id>/end")
@requires(Action.CONFLICT_DECLARE, subject=own)
def end_conflict(conflict_id: UUID) -> ResponseReturnValue:
    """End one's conflict of interest."""
    actions.end_conflict(current_session(), current_actor(), conflict_id, clock.now())
    flash(_("The conflict of interest has ended. The register keeps from when to when it was."), "good")
    return redirect(url_for("places.my_conflicts"))


def _authority_choices(but: set[UUID] | None = None) -> list[tuple[UUID, str]]:
    language = str(get_locale())
    return [
        (authority.id, f"{'– ' * depth}{in_language(authority.name, language)}")
        for authority, depth in queries.tree_of_authorities(current_session(), language)
        if authority.id not in (but or set())
    ]


def _say_at(field: Field, problem: Problem) -> None:
    field.errors = [*field.errors, _(problem.message, **problem.details)]


def _page(template: str, form: Any, **values: Any) -> Response:
    """Return the page of a form; 422 when it comes back."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return make_response(render_template(template, form=form, **values), status)
