"""The page that asks once more who is there, before what is kept apart even from a stolen sign-in."""

from http import HTTPStatus

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.accounts import actions, attempts, queries, step_up
from baqylau.accounts.blueprint import blueprint, present_settings, say_at, say_on_top, words_of, words_of_waiting
from baqylau.accounts.rules import own_address
from baqylau.accounts.webforms import ConfirmForm
from baqylau.db.session import current_session, keep_despite_refusal
from baqylau.errors import Problem
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, own, requires


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@requires(Action.OWN_ACCOUNT, subject=own)
def confirm() -> ResponseReturnValue:
    """Take the password or a code again, then go on to where the person wanted to."""
    user = queries.get_user(current_session(), current_actor().user_id)
    has_code = user.totp_secret is not None
    form = ConfirmForm() if request.method == "POST" else ConfirmForm(then=own_address(request.args.get("then")))
    if has_code:
        form.password_or_code.label.text = _("Code")
    if form.validate_on_submit() and _is_confirmed(form, user.login):
        step_up.stamp(clock.now())
        return redirect(own_address(form.then.data))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return make_response(render_template("accounts/confirm.html", form=form, has_code=has_code), status)


def _is_confirmed(form: ConfirmForm, login: str) -> bool:
    db_session, now, settings = current_session(), clock.now(), present_settings()
    keys = attempts.keys_of_request(settings.keys, login)
    if seconds := attempts.seconds_to_wait(db_session, keys, now):
        say_on_top(form, words_of_waiting(seconds))
        return False
    try:
        actions.confirm_again(db_session, current_actor(), form.password_or_code.data, settings.keys, now)
    except Problem as problem:
        actions.count_attempt(db_session, *keys, succeeded=False, now=now)
        keep_despite_refusal()
        say_at(form.password_or_code, words_of(problem))
        return False
    return True
