"""Pages of councils: the list, one council with its members, granting and ending memberships."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import Session

from baqylau import clock, i18n
from baqylau.accounts.queries import active_people, get_user, names_of
from baqylau.councils import (
    actions,
    people_pages,  # noqa: F401 - adds the list of people to the blueprint of `accounts`
    queries,
    rules,
)
from baqylau.councils.labels import KINDS, REGIONS, ROLES
from baqylau.councils.models import Council
from baqylau.councils.terms import COMMISSION_SIZE, Term
from baqylau.councils.webforms import CouncilForm, EndForm, GrantForm
from baqylau.db.session import current_session
from baqylau.errors import Problem
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.rights.terms import CouncilKind, Subject

blueprint = Blueprint("councils", __name__)


def today() -> date:
    """Return the day that it is in the installation's time zone."""
    return i18n.local_time(clock.now(), cast(Any, current_app).baqylau_settings.time_zone).date()


def subject_of_membership(session: Session, council_id: UUID, membership_id: UUID) -> Subject:
    """Return the membership's council as a subject of rights; raises not_found if it is another council's."""
    queries.get_membership(session, council_id, membership_id)
    return queries.subject_of_council(session, council_id)


@blueprint.get("/councils")
@requires(Action.COUNCILS_VIEW)
def index() -> str:
    """Show all councils with their sizes."""
    return render_template(
        "councils/index.html",
        councils=[
            (council, size, rules.size_fault(CouncilKind(council.kind), size))
            for council, size in queries.councils_with_sizes(current_session(), today())
        ],
        kinds=KINDS,
        regions=REGIONS,
    )


@blueprint.get("/councils/<uuid:council_id>")
@requires(Action.COUNCILS_VIEW)
def show(council_id: UUID) -> str:
    """Show a council and who is, was and will be its member."""
    council, day = queries.get_council(current_session(), council_id), today()
    memberships = queries.all_memberships_of(current_session(), council_id)
    present = [pair for pair in memberships if Term(pair[0].starts_on, pair[0].ends_on).holds_on(day)]
    people = len({membership.user_id for membership, _user in present})
    return render_template(
        "councils/show.html",
        council=council,
        subject=queries.subject_of_council(current_session(), council_id),
        present=sorted(present, key=lambda pair: pair[1].name.casefold()),
        coming=[pair for pair in memberships if pair[0].starts_on > day],
        past=[pair for pair in memberships if pair[0].ends_on is not None and pair[0].ends_on < day],
        granters=names_of(current_session(), {row.granted_by for row, _user in memberships if row.granted_by}),
        people=people,
        size_fault=rules.size_fault(CouncilKind(council.kind), people),
        size_limits=COMMISSION_SIZE,
        is_over=council.term_ends_on is not None and council.term_ends_on < day,
        kinds=KINDS,
        regions=REGIONS,
        roles=ROLES,
    )


@blueprint.route("/councils/new", methods=["GET", "POST"])
@requires(Action.COUNCILS_MANAGE)
def new() -> ResponseReturnValue:
    """Add a council."""
    form = CouncilForm()
    if form.validate_on_submit():
        try:
            council = actions.create_council(
                current_session(),
                current_actor(),
                form.code.data,
                form.chosen_kind,
                form.name,
                form.region.data or None,
                form.term,
                clock.now(),
            )
        except Problem as problem:
            form.form_errors = [_(problem.message, **problem.details)]
        else:
            flash(_("The council is saved. Its members are granted their roles by people who may do so."), "good")
            return redirect(url_for("councils.show", council_id=council.id))
    return _page("councils/new.html", form=form)


@blueprint.route("/councils/<uuid:council_id>/edit", methods=["GET", "POST"])
@requires(Action.COUNCILS_MANAGE, subject=queries.subject_of_council)
def edit(council_id: UUID) -> ResponseReturnValue:
    """Change a council's name, region or term."""
    council = queries.get_council(current_session(), council_id)
    form = CouncilForm(council=council)
    if form.validate_on_submit():
        actions.edit_council(
            current_session(), current_actor(), council_id, form.name, form.region.data or None, form.term, clock.now()
        )
        flash(_("The council is saved."), "good")
        return redirect(url_for("councils.show", council_id=council_id))
    return _page("councils/edit.html", form=form, council=council, kinds=KINDS)


@blueprint.route("/councils/<uuid:council_id>/memberships/new", methods=["GET", "POST"])
@requires(Action.MEMBERS_GRANT, subject=queries.subject_of_council)
def grant(council_id: UUID) -> ResponseReturnValue:
    """Grant a person a role in the council."""
    council = queries.get_council(current_session(), council_id)
    others = [user for user in active_people(current_session()) if user.id != current_actor().user_id]
    form = GrantForm(
        council=council,
        people=[(user.id, f"{user.name} ({user.login})") for user in others],
        starts_on=max(today(), council.term_starts_on),
    )
    if form.validate_on_submit():
        try:
            actions.grant_membership(
                current_session(),
                current_actor(),
                council_id,
                form.user_id.data,
                form.chosen_role,
                form.term,
                clock.now(),
            )
        except Problem as problem:
            form.form_errors = [_(problem.message, **problem.details)]
        else:
            _tell_of_grant(council)
            return redirect(url_for("councils.show", council_id=council_id))
    return _page("councils/grant.html", form=form, council=council, has_people=bool(others))


def _tell_of_grant(council: Council) -> None:
    flash(_("The role is granted."), "good")
    people = len({user.id for _row, user in queries.members_of(current_session(), council.id, today())})
    if rules.size_fault(CouncilKind(council.kind), people) is rules.SizeFault.TOO_MANY:
        flash(
            _(
                "The commission has %(people)s members now; the law allows at most %(most)s (article 34 of the Penal"
                " Executive Code). End a membership that is over.",
                people=people,
                most=COMMISSION_SIZE[1],
            ),
            "partly",
        )


@blueprint.route("/councils/<uuid:council_id>/memberships/<uuid:membership_id>/end", methods=["GET", "POST"])
@requires(Action.MEMBERS_GRANT, subject=subject_of_membership)
def end_membership(council_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """End a membership with a day."""
    membership = queries.get_membership(current_session(), council_id, membership_id)
    form = EndForm(last_day=today() - timedelta(days=1))
    if form.validate_on_submit():
        actions.end_membership(
            current_session(), current_actor(), council_id, membership_id, form.last_day.data, clock.now()
        )
        flash(_("The end of the membership is saved. What the person recorded stays."), "good")
        return redirect(url_for("councils.show", council_id=council_id))
    return _page(
        "councils/end_membership.html",
        form=form,
        council=queries.get_council(current_session(), council_id),
        membership=membership,
        person=get_user(current_session(), membership.user_id),
        roles=ROLES,
    )


def _page(template: str, form: Any, **values: Any) -> Response:
    """Return the page of a form; 422 when it comes back."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return make_response(render_template(template, form=form, **values), status)
