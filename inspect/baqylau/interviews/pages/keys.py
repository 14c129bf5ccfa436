"""Keys: a member makes one, somebody else approves it in person; the council's recovery key."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau.councils.queries import get_council, subject_of_council
from baqylau.db.session import current_session
from baqylau.interviews import actions, queries
from baqylau.interviews.blueprint import blueprint, carried_out, page, today
from baqylau.interviews.rules import fingerprint
from baqylau.interviews.webforms import ApprovalForm, KeyForm, RecoveryKeyForm
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, own, requires
from baqylau.rights.terms import Subject


def _council(_session: object, council_id: UUID, **_rest: object) -> Subject:
    return subject_of_council(current_session(), council_id)


@blueprint.route("/account/key", methods=["GET", "POST"])
@requires(Action.KEY_MAKE, subject=own)
def own_key() -> ResponseReturnValue:
    """Let a member make a key in the own browser, and take its public part."""
    db_session, actor, form = current_session(), current_actor(), KeyForm()
    if carried_out(form, lambda now: actions.add_key(db_session, actor, form.public_key.data, now)):
        flash(_("Your key is handed in. It is used once somebody has compared its fingerprint with you."), "good")
        return redirect(url_for("interviews.own_key"))
    keys = queries.keys_of(db_session, actor.user_id)
    return page("interviews/own_key.html", form=form, keys=keys, fingerprint=fingerprint)


@blueprint.get("/councils/<uuid:council_id>/keys")
@requires(Action.KEYS_APPROVE, subject=_council)
def keys(council_id: UUID) -> ResponseReturnValue:
    """Show the members' keys, and the council's recovery key."""
    return _keys_page(council_id, ApprovalForm(formdata=None), RecoveryKeyForm(formdata=None))


@blueprint.post("/councils/<uuid:council_id>/keys/<uuid:key_id>/approve")
@requires(Action.KEYS_APPROVE, subject=_council)
def approve_key(council_id: UUID, key_id: UUID) -> ResponseReturnValue:
    """Approve a member's key whose fingerprint was compared in person."""
    db_session, form = current_session(), ApprovalForm()
    key = queries.get_key_of_council(db_session, council_id, key_id, today())
    if carried_out(form, lambda now: actions.approve_key(db_session, current_actor(), key, now)):
        flash(_("The key is approved. From now on notes are sealed to it."), "good")
        return redirect(url_for("interviews.keys", council_id=council_id))
    return _keys_page(council_id, form, RecoveryKeyForm(formdata=None))


@blueprint.post("/councils/<uuid:council_id>/recovery-key")
@requires(Action.KEYS_APPROVE, subject=_council)
def propose_recovery_key(council_id: UUID) -> ResponseReturnValue:
    """Take the proposal of a recovery key, or of none."""
    db_session, actor, form = current_session(), current_actor(), RecoveryKeyForm()
    if carried_out(
        form,
        lambda now: actions.propose_recovery_key(
            db_session, actor, council_id, form.label.data, form.public_key.data, now
        ),
        {"interviews.recovery_key_not_valid": "public_key"},
    ):
        flash(_("The recovery key is proposed. It holds once a second person has confirmed it."), "good")
        return redirect(url_for("interviews.keys", council_id=council_id))
    return _keys_page(council_id, ApprovalForm(formdata=None), form)


@blueprint.post("/councils/<uuid:council_id>/recovery-key/<uuid:key_id>/confirm")
@requires(Action.KEYS_APPROVE, subject=_council)
def confirm_recovery_key(council_id: UUID, key_id: UUID) -> ResponseReturnValue:
    """Confirm what another person has proposed."""
    db_session, form = current_session(), ApprovalForm()
    key = queries.get_recovery_key(db_session, council_id, key_id)
    if carried_out(form, lambda now: actions.confirm_recovery_key(db_session, current_actor(), key, now)):
        flash(_("The recovery key is confirmed."), "good")
        return redirect(url_for("interviews.keys", council_id=council_id))
    return _keys_page(council_id, form, RecoveryKeyForm(formdata=None))


def _keys_page(council_id: UUID, form: ApprovalForm, recovery_form: RecoveryKeyForm) -> ResponseReturnValue:
    db_session, actor = current_session(), current_actor()
    return page(
        "interviews/keys.html",
        council=get_council(db_session, council_id),
        form=form,
        recovery_form=recovery_form,
        lines=queries.key_lines(db_session, council_id, actor, today()),
        recovery_lines=queries.recovery_lines(db_session, council_id, actor),
    )
