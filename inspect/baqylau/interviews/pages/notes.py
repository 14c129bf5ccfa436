"""The group's page of interviews, the reading of notes, and the recovery of a tablet's key: all opened in the reader's page."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau.db.session import current_session
from baqylau.interviews import actions, queries
from baqylau.interviews.blueprint import blueprint, carried_out, page, to_confirm, today
from baqylau.interviews.webforms import SlotsForm
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits.queries import get_visit, subject_of_visit
from baqylau.visits.terms import VisitState


@blueprint.route("/visits/<uuid:visit_id>/interviews", methods=["GET", "POST"])
@requires(Action.NOTES_READ, subject=subject_of_visit)
def overview(visit_id: UUID) -> ResponseReturnValue:
    """Show whom notes are sealed to and how many slots there are; the leader may set these before the visit begins."""
    db_session, actor = current_session(), current_actor()
    visit, subject = get_visit(db_session, visit_id), subject_of_visit(db_session, visit_id)
    form = SlotsForm(slots=queries.slots_of(db_session, visit_id))
    is_leader = actor.user_id in subject.leaders
    if is_leader and carried_out(
        form,
        lambda now: actions.set_slots(db_session, actor, visit, form.slots.data, now),
        {"interviews.slots_out_of_bounds": "slots"},
    ):
        flash(_("Each tablet will fill so many blobs."), "good")
        return redirect(url_for("interviews.overview", visit_id=visit_id))
    return page(
        "interviews/overview.html",
        visit=visit,
        subject=subject,
        form=form,
        may_set=is_leader and visit.state == VisitState.PLANNED,
        slots=queries.slots_of(db_session, visit_id),
        recipients=queries.recipients_of(db_session, visit_id, today()),
        without_key=queries.without_key(db_session, visit_id, today()),
    )


@blueprint.get("/visits/<uuid:visit_id>/notes")
@requires(Action.NOTES_READ, subject=subject_of_visit)
def notes(visit_id: UUID) -> ResponseReturnValue:
    """Show the page in which sealed notes are opened with the reader's own key."""
    if asked := to_confirm():
        return asked
    return page("interviews/notes.html", visit=get_visit(current_session(), visit_id))


@blueprint.get("/visits/<uuid:visit_id>/tablet-recovery")
@requires(Action.TABLET_KEY_RECOVER, subject=subject_of_visit)
def tablet_recovery(visit_id: UUID) -> ResponseReturnValue:
    """Show the page in which the leader opens the recovery copy of a tablet's key and reads its code out."""
    if asked := to_confirm():
        return asked
    return page("interviews/recovery.html", visit=get_visit(current_session(), visit_id))
