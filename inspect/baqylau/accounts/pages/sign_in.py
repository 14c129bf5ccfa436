"""Sign in by password and second factor, sign out, use an invitation, choose the language."""

import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.accounts import actions, attempts, cookies, held_forms, passwords, queries
from baqylau.accounts.blueprint import blueprint, present_settings, say_on_top, words_of, words_of_waiting
from baqylau.accounts.held_forms import HeldForm
from baqylau.accounts.models import User
from baqylau.accounts.refusals import invitation_over
from baqylau.accounts.rules import own_address
from baqylau.accounts.terms import SECOND_FACTOR_MINUTES
from baqylau.accounts.tokens import token_hash
from baqylau.accounts.webforms import InvitationForm, SecondFactorForm, SignInForm
from baqylau.db.session import current_session, keep_despite_refusal
from baqylau.errors import Problem
from baqylau.i18n import LANGUAGES
from baqylau.rights.guard import current_actor, public

_HALF_WAY = "second_factor"


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Ask for name and password; whoever has no second factor is signed in then."""
    if request.method == "GET":
        if g.actor is not None:
            return redirect(own_address(request.args.get("then")))
        return held_forms.sign_in_page(None, HTTPStatus.OK, SignInForm(then=request.args.get("then", "")))
    form, held = SignInForm(), held_forms.carried()
    if not form.validate():
        return held_forms.sign_in_page(held, HTTPStatus.UNPROCESSABLE_ENTITY, form)
    return _try_password(form, held)


def _try_password(form: SignInForm, held: HeldForm | None) -> ResponseReturnValue:
    db_session, now = current_session(), clock.now()
    keys = attempts.keys_of_request(present_settings().keys, form.login.data)
    if seconds := attempts.seconds_to_wait(db_session, keys, now):
        return _tell_to_wait(form, held, seconds)
    credentials = queries.credentials_of(db_session, form.login.data)
    # Hashing takes a good part of a second: it must not hold the only writing transaction of SQLite.
    db_session.rollback()
    is_right = passwords.matches(credentials.password_hash, form.password.data)
    # Others may have failed in the same moment; without this look many guesses could be sent side by side.
    if seconds := attempts.seconds_to_wait(db_session, keys, now):
        return _tell_to_wait(form, held, seconds)
    if not is_right or credentials.user_id is None:
        actions.count_attempt(db_session, *keys, succeeded=False, now=now)
        keep_despite_refusal()
        say_on_top(form, _("Sign-in name or password is not right. Look whether the keyboard is set to your language."))
        return held_forms.sign_in_page(held, HTTPStatus.UNPROCESSABLE_ENTITY, form)
    user = queries.get_user(db_session, credentials.user_id)
    if user.totp_secret is None:
        return _let_in(user, keys, form.then.data, held)
    session[_HALF_WAY] = {"user": str(user.id), "at": now.timestamp(), "mark": _mark(user)}
    if held is None:
        return redirect(url_for("accounts.second_factor", then=own_address(form.then.data)))
    return _second_factor_page(SecondFactorForm(formdata=None, then=form.then.data), held, HTTPStatus.OK)


def _tell_to_wait(form: SignInForm | SecondFactorForm, held: HeldForm | None, seconds: int) -> Response:
    say_on_top(form, words_of_waiting(seconds))
    if isinstance(form, SignInForm):
        response = held_forms.sign_in_page(held, HTTPStatus.TOO_MANY_REQUESTS, form)
    else:
        response = _second_factor_page(form, held, HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(seconds)
    return response


@blueprint.route("/sign-in/second-factor", methods=["GET", "POST"])
@public
def second_factor() -> ResponseReturnValue:
    """Ask for the authenticator's code or a recovery code, soon after the password."""
    held = held_forms.carried()
    user = _person_half_way()
    if user is None:
        flash(_("Enter your password again: the code must follow it within ten minutes."), "partly")
        if held is not None:
            return held_forms.sign_in_page(held, HTTPStatus.UNAUTHORIZED)
        return redirect(url_for("accounts.sign_in", then=own_address(request.values.get("then"))))
    if request.method == "GET":
        form = SecondFactorForm(then=own_address(request.args.get("then")))
        return _second_factor_page(form, None, HTTPStatus.OK)
    form = SecondFactorForm()
    if not form.validate():
        return _second_factor_page(form, held, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _try_code(user, form, held)


def _try_code(user: User, form: SecondFactorForm, held: HeldForm | None) -> ResponseReturnValue:
    db_session, now, settings = current_session(), clock.now(), present_settings()
    keys = attempts.keys_of_request(settings.keys, user.login)
    if seconds := attempts.seconds_to_wait(db_session, keys, now):
        return _tell_to_wait(form, held, seconds)
    try:
        actions.use_second_factor(db_session, user.id, form.second_factor_code.data, settings.keys, now)
    except Problem as problem:
        actions.count_attempt(db_session, *keys, succeeded=False, now=now)
        keep_despite_refusal()
        say_on_top(form, words_of(problem))
        return _second_factor_page(form, held, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _let_in(user, keys, form.then.data, held)


def _person_half_way() -> User | None:
    """Return who has given the password a short while ago and not changed it since, None otherwise."""
    half_way = session.get(_HALF_WAY)
    if half_way is None:
        return None
    given_at = datetime.fromtimestamp(half_way["at"], UTC)
    if clock.now() - given_at > timedelta(minutes=SECOND_FACTOR_MINUTES):
        return None
    user = queries.get_user(current_session(), UUID(half_way["user"]))
    is_same = user.is_active and user.totp_secret is not None and half_way["mark"] == _mark(user)
    return user if is_same else None


def _mark(user: User) -> str:
    """Return what changes with the password, so that a half sign-in dies with it; it tells nothing of the hash."""
    return hashlib.sha256(f"{user.id}|{user.password_hash}".encode()).hexdigest()[:16]


def _second_factor_page(form: SecondFactorForm, held: HeldForm | None, status: HTTPStatus) -> Response:
    return make_response(render_template("accounts/second_factor.html", form=form, held=held), status)


def _let_in(user: User, keys: tuple[str, str], then: str | None, held: HeldForm | None) -> Response:
    """Begin the sign-in with a new token and a new page session, then go where the person wanted to."""
    db_session, now, settings = current_session(), clock.now(), present_settings()
    actions.count_attempt(db_session, *keys, succeeded=True, now=now)
    token = begin_anew(user.id)
    response = held_forms.continue_page(held) if held is not None else make_response(redirect(own_address(then)))
    cookies.set_cookie(response, token, settings)
    attempts.remember_browser(response, user.login, settings)
    return response


def begin_anew(user_id: UUID) -> str:
    """Return the token of a new sign-in in this browser; the one that it had ends (no fixation: ASVS 7.2.4)."""
    db_session, now = current_session(), clock.now()
    old = cookies.present_sign_in()
    if old is not None:
        queries.end_sign_in(db_session, old, now)
    renew_page_session()
    return actions.begin_session(db_session, user_id, request.user_agent.string, present_settings(), now)


def renew_page_session() -> None:
    """Forget what the page's cookie held but the language; forms made before need a new token."""
    language = session.get("language")
    session.clear()
    g.pop("csrf_token", None)
    if language in LANGUAGES:
        session["language"] = language


@blueprint.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End this sign-in at once and forget it in the browser."""
    sign_in_id = cookies.present_sign_in()
    if g.actor is not None and sign_in_id is not None:
        actions.end_session(current_session(), current_actor(), sign_in_id, clock.now())
    renew_page_session()
    flash(_("You have signed out."), "good")
    response = make_response(redirect(url_for("accounts.sign_in")))
    cookies.clear_cookie(response)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """Let the holder of an invitation choose a password, and sign them in with it."""
    found = queries.find_invitation(current_session(), token_hash(token))
    if found is None or found.used_at is not None or found.expires_at <= clock.now():
        raise invitation_over()
    user = queries.get_user(current_session(), found.user_id)
    form = InvitationForm(own_words=(user.login, user.name), has_second_factor=False)
    if not form.validate_on_submit():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK
        return make_response(render_template("accounts/invitation.html", form=form, person=user), status)
    actions.accept_invitation(current_session(), token, form.new_password.data, clock.now())
    flash(_("Your password is saved and you are signed in. Switch on a second factor now: it takes two minutes."))
    response = make_response(redirect(url_for("accounts.account")))
    cookies.set_cookie(response, begin_anew(user.id), present_settings())
    return response


@blueprint.post("/language")
@public
def set_language() -> ResponseReturnValue:
    """Show pages in the chosen language from now on, also at the next sign-in."""
    language = request.form.get("language", "")
    if language in LANGUAGES:
        session["language"] = language
        if g.actor is not None and g.actor.language != language:
            actions.choose_language(current_session(), current_actor(), language, clock.now())
    return redirect(own_address(request.form.get("then")))
