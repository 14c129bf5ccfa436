"""Acts on a visit: begin, conclude, cancel, notice, obstruction, protected names."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.errors import not_found
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits import actions, queries
from baqylau.visits.pages.start import blueprint, carried_out, present_settings, show_form
from baqylau.visits.queries import get_visit, subject_of_visit
from baqylau.visits.webforms import CancelForm, NameForm, NoticeForm, ObstructionForm, in_utc


def _back_to(visit_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("visits.show", visit_id=visit_id))


@blueprint.post("/visits/<uuid:visit_id>/begin")
@requires(Action.VISIT_BEGIN, subject=subject_of_visit)
def begin(visit_id: UUID) -> ResponseReturnValue:
    """Let the visit begin."""
    visit = get_visit(current_session(), visit_id)
    actions.begin_visit(current_session(), current_actor(), visit, clock.now())
    flash(_("The visit has begun. Open the recording on every tablet while there is network."), "good")
    return _back_to(visit_id)


@blueprint.post("/visits/<uuid:visit_id>/conclude")
@requires(Action.VISIT_CONCLUDE, subject=subject_of_visit)
def conclude(visit_id: UUID) -> ResponseReturnValue:
    """Let the visit be over."""
    visit = get_visit(current_session(), visit_id)
    actions.conclude_visit(current_session(), current_actor(), visit, clock.now())
    flash(_("The visit is concluded. Tablets that have not delivered yet can still do so."), "good")
    return _back_to(visit_id)


@blueprint.route("/visits/<uuid:visit_id>/cancel", methods=["GET", "POST"])
@requires(Action.VISIT_CANCEL, subject=subject_of_visit)
def cancel(visit_id: UUID) -> ResponseReturnValue:
    """Give up a planned visit, with the reason."""
    visit, form = get_visit(current_session(), visit_id), CancelForm()
    if carried_out(
        form,
        lambda: actions.cancel_visit(current_session(), current_actor(), visit, form.reason.data, clock.now()),
    ):
        flash(_("The visit is cancelled. It stays known to its group and heads only."), "good")
        return _back_to(visit_id)
    return show_form("visits/cancel.html", form=form, visit=visit)


@blueprint.route("/visits/<uuid:visit_id>/notice", methods=["GET", "POST"])
@requires(Action.VISIT_EDIT_PLAN, subject=subject_of_visit)
def notice(visit_id: UUID) -> ResponseReturnValue:
    """Note when the head of the place was told."""
    visit, form, zone = get_visit(current_session(), visit_id), NoticeForm(), present_settings().time_zone
    if carried_out(
        form,
        lambda: actions.record_notice(
            current_session(), current_actor(), visit, in_utc(form.given_at.data, zone), zone, clock.now()
        ),
        dict.fromkeys(("visits.notice_in_future", "visits.notice_too_late"), "given_at"),
    ):
        flash(_("The notice is recorded."), "good")
        return _back_to(visit_id)
    return show_form("visits/notice.html", form=form, visit=visit)


@blueprint.route("/visits/<uuid:visit_id>/obstruction", methods=["GET", "POST"])
@requires(Action.OBSTRUCTION_RECORD, subject=subject_of_visit)
def obstruction(visit_id: UUID) -> ResponseReturnValue:
    """Keep what hindered the visit."""
    visit, form, zone = get_visit(current_session(), visit_id), ObstructionForm(), present_settings().time_zone
    if carried_out(
        form,
        lambda: actions.record_obstruction(current_session(), current_actor(), visit, form.told(zone), clock.now()),
        {"visits.obstruction_in_future": "happened_at"},
    ):
        flash(_("The obstruction is recorded and cannot be changed any more."), "good")
        return _back_to(visit_id)
    return show_form("visits/obstruction.html", form=form, visit=visit)


@blueprint.route("/visits/<uuid:visit_id>/names", methods=["GET", "POST"])
@requires(Action.NAMES_PROTECT, subject=subject_of_visit)
def names(visit_id: UUID) -> ResponseReturnValue:
    """Show the names that must not leave, and add one."""
    visit, form, keys = get_visit(current_session(), visit_id), NameForm(), present_settings().keys
    if carried_out(
        form,
        lambda: actions.protect_name(current_session(), current_actor(), visit, form.protected.data, keys, clock.now()),
        {"visits.name_too_short": "protected"},
    ):
        flash(_("The name is protected: the report is searched for it before it is issued."), "good")
        return redirect(url_for("visits.names", visit_id=visit_id))
    return show_form(
        "visits/names.html",
        form=form,
        visit=visit,
        kept=queries.protected_names(current_session(), visit_id, keys),
    )


@blueprint.post("/visits/<uuid:visit_id>/names/<uuid:name_id>/forget")
@requires(Action.NAMES_PROTECT, subject=subject_of_visit)
def forget_name(visit_id: UUID, name_id: UUID) -> ResponseReturnValue:
    """Take a name off the list."""
    protected = queries.find_protected_name(current_session(), visit_id, name_id)
    if protected is None:
        raise not_found()
    actions.forget_name(current_session(), current_actor(), protected, clock.now())
    flash(_("The name is off the list."), "good")
    return redirect(url_for("visits.names", visit_id=visit_id))
