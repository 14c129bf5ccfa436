"""One's own account: password, second factor, recovery codes, sign-ins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from baqylau import clock
from baqylau.accounts import actions, attempts, cookies, queries, second_factor
from baqylau.accounts.blueprint import (
    blueprint,
    present_settings,
    say_at,
    say_on_top,
    words_of,
    words_of_waiting,
)
from baqylau.accounts.labels import ACTS
from baqylau.accounts.models import User
from baqylau.accounts.pages.sign_in import begin_anew
from baqylau.accounts.rules import browser_words
from baqylau.accounts.webforms import PasswordForm, ProofForm, SwitchOnForm
from baqylau.db.session import current_session, keep_despite_refusal
from baqylau.errors import Problem
from baqylau.rights.access import Action
from baqylau.rights.guard import current_actor, own, requires

T = TypeVar("T")
_EVENTS_SHOWN = 12


@blueprint.get("/account")
@requires(Action.OWN_ACCOUNT, subject=own)
def account() -> str:
    """Show what the account holds and what happened with it."""
    user, db_session, now = _own_user(), current_session(), clock.now()
    idle_since = now - timedelta(hours=present_settings().session_idle_hours)
    return render_template(
        "accounts/account.html",
        person=user,
        own=own(db_session),
        codes_left=queries.count_recovery_codes(db_session, user.id),
        sign_ins=queries.sign_ins_of(db_session, user.id, idle_since, now),
        present=cookies.present_sign_in(),
        browser_words=browser_words,
        events=queries.newest_events_of(db_session, user.id, _EVENTS_SHOWN),
        acts=ACTS,
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Action.OWN_ACCOUNT, subject=own)
def change_password() -> ResponseReturnValue:
    """Take a new password for the old one; this browser stays signed in, all others are not."""
    user = _own_user()
    form = PasswordForm(own_words=(user.login, user.name), has_second_factor=user.totp_secret is not None)
    fields: dict[str, Field] = {"accounts.password_wrong": form.password}
    if form.validate_on_submit() and _carried_out(
        form,
        fields,
        lambda now: actions.set_password(
            current_session(), current_actor(), form.password.data, form.new_password.data, now
        ),
    ):
        flash(_("Your password is changed. All other sign-ins have ended."), "good")
        response = make_response(redirect(url_for("accounts.account")))
        cookies.set_cookie(response, begin_anew(user.id), present_settings())
        return response
    return _page("accounts/password.html", form=form, has_second_factor=user.totp_secret is not None)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@requires(Action.OWN_ACCOUNT, subject=own)
def switch_on_second_factor() -> ResponseReturnValue:
    """Show an authenticator its secret; once a first code proves it, show the recovery codes."""
    user, keys, now = _own_user(), present_settings().keys, clock.now()
    form = SwitchOnForm()
    secret = second_factor.taken_offer(keys, user.id, form.offer.data or "", now) if form.is_submitted() else None
    codes: list[str] = []

    def switch_on(at: datetime) -> None:
        codes.extend(
            actions.switch_on_totp(
                current_session(),
                current_actor(),
                secret or "",
                form.second_factor_code.data,
                form.password.data,
                keys,
                at,
            )
        )

    fields: dict[str, Field] = {
        "accounts.password_wrong": form.password,
        "accounts.code_wrong": form.second_factor_code,
    }
    if secret is None:
        secret = second_factor.new_secret()
        form.offer.data = second_factor.offer(keys, user.id, secret, now)
        if form.is_submitted():
            say_on_top(form, _("This page was open too long. Scan the new code and go on."))
    elif form.validate() and _carried_out(form, fields, switch_on):
        return render_template("accounts/recovery_codes.html", codes=codes, is_new=True)
    address = second_factor.setup_address(secret, user.login)
    return _page(
        "accounts/second_factor_on.html", form=form, picture=second_factor.picture(address), secret=_in_fours(secret)
    )


@blueprint.route("/account/second-factor/off", methods=["GET", "POST"])
@requires(Action.OWN_ACCOUNT, subject=own)
def switch_off_second_factor() -> ResponseReturnValue:
    """Sign in by the password alone from now on, if it is long enough to stand alone."""
    form = ProofForm()
    fields: dict[str, Field] = {"accounts.password_wrong": form.password}
    if form.validate_on_submit() and _carried_out(
        form,
        fields,
        lambda now: actions.switch_off_totp(current_session(), current_actor(), form.password.data, now),
    ):
        flash(_("The second factor is off. Your password alone signs you in now."), "partly")
        return redirect(url_for("accounts.account"))
    return _page("accounts/second_factor_off.html", form=form)


@blueprint.route("/account/recovery-codes", methods=["GET", "POST"])
@requires(Action.OWN_ACCOUNT, subject=own)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make ten new recovery codes and show them once."""
    form = ProofForm()
    codes: list[str] = []
    fields: dict[str, Field] = {"accounts.password_wrong": form.password}

    def renew(now: datetime) -> None:
        codes.extend(actions.renew_recovery_codes(current_session(), current_actor(), form.password.data, now))

    if form.validate_on_submit() and _carried_out(form, fields, renew):
        return render_template("accounts/recovery_codes.html", codes=codes, is_new=False)
    return _page("accounts/recovery_codes_ask.html", form=form)


@blueprint.post("/account/sign-ins/<uuid:sign_in_id>/end")
@requires(Action.OWN_ACCOUNT, subject=own)
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """End one sign-in, such as that of a tablet that was taken away."""
    actions.end_session(current_session(), current_actor(), sign_in_id, clock.now())
    flash(_("The sign-in has ended; that device can open nothing any more."), "good")
    return redirect(url_for("accounts.account"))


@blueprint.post("/account/sign-ins/end-others")
@requires(Action.OWN_ACCOUNT, subject=own)
def end_other_sign_ins() -> ResponseReturnValue:
    """End all sign-ins but this one."""
    actions.end_other_sessions(current_session(), current_actor(), cookies.present_sign_in(), clock.now())
    flash(_("All other sign-ins have ended."), "good")
    return redirect(url_for("accounts.account"))


def _own_user() -> User:
    return queries.get_user(current_session(), current_actor().user_id)


def _carried_out(form: Any, fields: dict[str, Field], act: Callable[[datetime], None]) -> bool:
    """Do `act`; if it is refused, say so in the form, and count a wrong password or code as an attempt to sign in."""
    db_session, now = current_session(), clock.now()
    keys = attempts.keys_of_request(present_settings().keys, _own_user().login)
    if seconds := attempts.seconds_to_wait(db_session, keys, now):
        say_on_top(form, words_of_waiting(seconds))
        return False
    try:
        act(now)
    except Problem as problem:
        if problem.code in fields:
            actions.count_attempt(db_session, *keys, succeeded=False, now=now)
            keep_despite_refusal()
            say_at(fields[problem.code], words_of(problem))
        else:
            say_on_top(form, words_of(problem))
        return False
    return True


def _page(template: str, form: Any, **values: Any) -> Response:
    """Return the page of a form; 422 when it comes back."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
    return make_response(render_template(template, form=form, **values), status)


def _in_fours(secret: str) -> str:
    """Return the secret as it is easiest to type."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
