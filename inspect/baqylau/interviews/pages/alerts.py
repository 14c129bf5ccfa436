"""The list of alerts about reprisals: the leader follows them up, the heads see that they exist."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau.accounts.queries import names_of
from baqylau.db.session import current_session
from baqylau.interviews import actions, queries
from baqylau.interviews.blueprint import blueprint, carried_out, page, today
from baqylau.interviews.labels import OUTCOMES, SIGNS
from baqylau.interviews.terms import Outcome
from baqylau.interviews.webforms import FollowUpForm
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits.queries import get_visit, subject_of_visit


@blueprint.get("/visits/<uuid:visit_id>/alerts")
@requires(Action.ALERTS_VIEW, subject=subject_of_visit)
def alerts(visit_id: UUID) -> ResponseReturnValue:
    """Show the visit's alerts."""
    return _alerts_page(visit_id, FollowUpForm(formdata=None))


@blueprint.post("/visits/<uuid:visit_id>/alerts/<uuid:alert_id>/follow-up")
@requires(Action.ALERTS_FOLLOW_UP, subject=subject_of_visit)
def follow_up(visit_id: UUID, alert_id: UUID) -> ResponseReturnValue:
    """Close an alert with what following it up has shown."""
    form = FollowUpForm()
    alert = queries.get_alert(current_session(), visit_id, alert_id)
    if carried_out(
        form,
        lambda now: actions.follow_up(
            current_session(), current_actor(), alert, Outcome(form.outcome.data), today(), now
        ),
    ):
        flash(_("The alert is followed up."), "good")
        return redirect(url_for("interviews.alerts", visit_id=visit_id))
    return _alerts_page(visit_id, form)


def _alerts_page(visit_id: UUID, form: FollowUpForm) -> ResponseReturnValue:
    db_session = current_session()
    lines = queries.alerts_of(db_session, visit_id)
    return page(
        "interviews/alerts.html",
        visit=get_visit(db_session, visit_id),
        subject=subject_of_visit(db_session, visit_id),
        form=form,
        lines=lines,
        people=names_of(db_session, {done.done_by for _alert, done in lines if done}),
        signs=SIGNS,
        outcomes=OUTCOMES,
    )
