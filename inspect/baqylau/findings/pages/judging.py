"""Review, approval and dropping: acts by another member on a text that they have read."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.db.session import current_session
from baqylau.findings import actions, queries
from baqylau.findings.pages.start import blueprint
from baqylau.findings.webforms import ActForm
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, requires
from baqylau.visits.queries import subject_of_visit


def _back_to_finding(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("findings.edit", visit_id=visit_id, finding_id=finding_id, mode="text"))


def _back_to_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    address = url_for(
        "findings.edit_recommendation", visit_id=visit_id, recommendation_id=recommendation_id, mode="text"
    )
    return redirect(address)


@blueprint.post("/visits/<uuid:visit_id>/findings/<uuid:finding_id>/review")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def review(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Note that the reader has read the finding and finds it right."""
    finding = queries.get_finding(current_session(), visit_id, finding_id)
    actions.review_finding(current_session(), current_actor(), finding, ActForm().instant(), clock.now())
    flash(_("Finding %(number)s is reviewed.", number=finding.number), "good")
    return _back_to_finding(visit_id, finding_id)


@blueprint.post("/visits/<uuid:visit_id>/findings/<uuid:finding_id>/approve")
@requires(Action.FINDINGS_APPROVE, subject=subject_of_visit)
def approve(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Let the finding be printed."""
    finding = queries.get_finding(current_session(), visit_id, finding_id)
    actions.approve_finding(current_session(), current_actor(), finding, ActForm().instant(), clock.now())
    flash(_("Finding %(number)s is approved; the report will print it.", number=finding.number), "good")
    return _back_to_finding(visit_id, finding_id)


@blueprint.post("/visits/<uuid:visit_id>/findings/<uuid:finding_id>/drop")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def drop(visit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Take the finding out of the report."""
    finding = queries.get_finding(current_session(), visit_id, finding_id)
    actions.drop_finding(current_session(), current_actor(), finding, clock.now())
    flash(
        _("Finding %(number)s is dropped. Its text is kept; saving it again takes it up again.", number=finding.number),
        "good",
    )
    return redirect(url_for("findings.index", visit_id=visit_id))


@blueprint.post("/visits/<uuid:visit_id>/recommendations/<uuid:recommendation_id>/review")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def review_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    """Note that the reader has read the recommendation and finds it right."""
    found = queries.get_recommendation(current_session(), visit_id, recommendation_id)
    actions.review_recommendation(current_session(), current_actor(), found, ActForm().instant(), clock.now())
    flash(_("Recommendation %(number)s is reviewed.", number=found.position), "good")
    return _back_to_recommendation(visit_id, recommendation_id)


@blueprint.post("/visits/<uuid:visit_id>/recommendations/<uuid:recommendation_id>/approve")
@requires(Action.FINDINGS_APPROVE, subject=subject_of_visit)
def approve_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    """Let the recommendation be printed."""
    found = queries.get_recommendation(current_session(), visit_id, recommendation_id)
    actions.approve_recommendation(current_session(), current_actor(), found, ActForm().instant(), clock.now())
    flash(_("Recommendation %(number)s is approved; the report will print it.", number=found.position), "good")
    return _back_to_recommendation(visit_id, recommendation_id)


@blueprint.post("/visits/<uuid:visit_id>/recommendations/<uuid:recommendation_id>/drop")
@requires(Action.FINDINGS_WRITE, subject=subject_of_visit)
def drop_recommendation(visit_id: UUID, recommendation_id: UUID) -> ResponseReturnValue:
    """Take the recommendation out of the report."""
    found = queries.get_recommendation(current_session(), visit_id, recommendation_id)
    actions.drop_recommendation(current_session(), current_actor(), found, clock.now())
    flash(
        _(
            "Recommendation %(number)s is dropped. Its text is kept; saving it again takes it up again.",
            number=found.position,
        ),
        "good",
    )
    return redirect(url_for("findings.recommendations", visit_id=visit_id))
