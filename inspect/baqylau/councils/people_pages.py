"""The people of the installation, for its administrator: names and memberships, never what they record.

The addresses belong to `accounts`; the views lie here because `accounts` does not know what a council is.
"""

from http import HTTPStatus
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.accounts import actions, queries
from baqylau.accounts.blueprint import blueprint, present_settings, say_at, words_of
from baqylau.accounts.webforms import PersonForm
from baqylau.councils.labels import ROLES
from baqylau.councils.queries import memberships_of_users
from baqylau.db.session import current_session
from baqylau.errors import Problem
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires

_PAGE_SIZE = 50


@blueprint.get("/people")
@requires(Action.USERS_MANAGE)
def people() -> str:
    """Show who has an account and in which councils they are."""
    search = request.args.get("search", "").strip()[:80]
    page = max(1, request.args.get("page", 1, type=int))
    rows, total = queries.people_page(current_session(), search, page, _PAGE_SIZE)
    return render_template(
        "accounts/people.html",
        people=rows,
        memberships=memberships_of_users(current_session(), [row.user_id for row in rows], clock.now().date()),
        roles=ROLES,
        search=search,
        page=page,
        pages=-(-total // _PAGE_SIZE),
    )


@blueprint.route("/people/new", methods=["GET", "POST"])
@requires(Action.USERS_MANAGE)
def new_person() -> ResponseReturnValue:
    """Make an account and show the invitation that goes with it."""
    form = PersonForm()
    if form.validate_on_submit():
        try:
            user = actions.create_user(
                current_session(),
                current_actor(),
                form.login.data,
                form.name.data,
                form.language.data,
                form.is_administrator.data,
                clock.now(),
            )
        except Problem as problem:
            say_at(form.login, words_of(problem))
        else:
            return _show_invitation(user.id)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return make_response(render_template("accounts/new_person.html", form=form), status)


@blueprint.post("/people/<uuid:user_id>/invitation")
@requires(Action.USERS_MANAGE)
def invite_person(user_id: UUID) -> ResponseReturnValue:
    """Show a new invitation for somebody who has lost the password or the second factor."""
    return _show_invitation(user_id)


def _show_invitation(user_id: UUID) -> str:
    """Show the link once, in the answer itself: it must not pass through a cookie or an address."""
    token = actions.invite(current_session(), current_actor(), user_id, present_settings(), clock.now())
    return render_template(
        "accounts/invited.html",
        person=queries.get_user(current_session(), user_id),
        link=present_settings().public_address.rstrip("/") + url_for("accounts.invitation", token=token),
        hours=present_settings().invitation_hours,
    )


@blueprint.post("/people/<uuid:user_id>/disable")
@requires(Action.USERS_MANAGE)
def disable_person(user_id: UUID) -> ResponseReturnValue:
    """Let the person sign in no more."""
    actions.disable_user(current_session(), current_actor(), user_id, clock.now())
    flash(_("The account is disabled and signed out everywhere. What the person recorded stays."), "good")
    return redirect(url_for("accounts.people"))


@blueprint.post("/people/<uuid:user_id>/enable")
@requires(Action.USERS_MANAGE)
def enable_person(user_id: UUID) -> ResponseReturnValue:
    """Let the person sign in again."""
    actions.enable_user(current_session(), current_actor(), user_id, clock.now())
    flash(_("The account is enabled again."), "good")
    return redirect(url_for("accounts.people"))
