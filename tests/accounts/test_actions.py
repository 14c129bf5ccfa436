import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from baqylau.accounts import actions, passwords, queries, second_factor
from baqylau.accounts.models import Invitation, RecoveryCode, SignInAttempt, SignInSession, User
from baqylau.audit.models import AuditEvent
from baqylau.errors import Problem
from baqylau.rights.terms import Actor
from baqylau.settings import Settings
from tests.factories.accounts import PASSWORD, SHORT_PASSWORD, make_signer, make_signer_with_second_factor
from tests.factories.people import make_user

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
NEW_PASSWORD = "дала жел бұлт жаңбыр"


def actor(user: User) -> Actor:
    return Actor(user.id, user.name, user.language, user.is_administrator)


def last_event(session: Session) -> AuditEvent:
    return session.exec(select(AuditEvent).order_by(col(AuditEvent.number).desc())).first() or pytest.fail("no event")


def count_events(session: Session) -> int:
    return len(session.exec(select(AuditEvent)).all())


def test_a_person_is_added_without_password_and_role(session: Session) -> None:
    administrator = make_user(session, is_administrator=True)

    user = actions.create_user(session, actor(administrator), " Assel.K ", " Әсел ", "kk", False, NOW)

    assert (user.login, user.name, user.password_hash, user.is_administrator) == ("assel.k", "Әсел", None, False)
    assert last_event(session).act == "accounts.create_user"
    assert last_event(session).actor_id == str(administrator.id)
    assert "Әсел" not in str(last_event(session).details)


def test_two_people_cannot_have_one_sign_in_name(session: Session) -> None:
    make_user(session, login="assel")

    with pytest.raises(Problem) as refused:
        actions.create_user(session, None, "ASSEL", "Another", "kk", False, NOW)

    assert refused.value.code == "accounts.login_taken"


@pytest.mark.parametrize(
    ("login", "name", "language"), [("әсел", "A", "kk"), ("assel", "  ", "kk"), ("assel", "A", "de")]
)
def test_a_person_is_not_added_with_values_that_cannot_be(
    session: Session, login: str, name: str, language: str
) -> None:
    with pytest.raises(Problem):
        actions.create_user(session, None, login, name, language, False, NOW)

    assert session.exec(select(User)).all() == []


def test_an_invitation_is_kept_as_a_hash_and_gives_a_password_once(session: Session, settings: Settings) -> None:
    make_signer(session)
    user = make_user(session)
    token = actions.invite(session, None, user.id, settings, NOW)

    kept = session.exec(select(Invitation)).one()
    assert kept.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 43  # 256 bits

    assert actions.accept_invitation(session, token, PASSWORD, NOW + timedelta(hours=1)).id == user.id
    assert passwords.matches(user.password_hash, PASSWORD)
    assert last_event(session).act == "accounts.accept_invitation"
    with pytest.raises(Problem) as refused:
        actions.accept_invitation(session, token, NEW_PASSWORD, NOW + timedelta(hours=1))
    assert refused.value.code == "accounts.invitation_over"
    assert passwords.matches(user.password_hash, PASSWORD)


def test_an_invitation_expires(session: Session, settings: Settings) -> None:
    user = make_user(session)
    token = actions.invite(session, None, user.id, settings, NOW)

    with pytest.raises(Problem) as refused:
        actions.accept_invitation(session, token, PASSWORD, NOW + timedelta(hours=settings.invitation_hours))

    assert refused.value.code == "accounts.invitation_over"
    assert user.password_hash is None


def test_a_newer_invitation_replaces_the_older_and_touches_nobody_elses(session: Session, settings: Settings) -> None:
    user, other = make_user(session), make_user(session)
    others = actions.invite(session, None, other.id, settings, NOW)
    older = actions.invite(session, None, user.id, settings, NOW)
    newer = actions.invite(session, None, user.id, settings, NOW)

    with pytest.raises(Problem):
        actions.accept_invitation(session, older, PASSWORD, NOW)
    actions.accept_invitation(session, newer, PASSWORD, NOW)
    actions.accept_invitation(session, others, PASSWORD, NOW)


def test_a_password_chosen_by_invitation_must_stand_alone(session: Session, settings: Settings) -> None:
    user = make_user(session)
    token = actions.invite(session, None, user.id, settings, NOW)

    with pytest.raises(Problem) as refused:
        actions.accept_invitation(session, token, SHORT_PASSWORD, NOW)

    assert refused.value.code == "accounts.password_not_taken"
    actions.accept_invitation(session, token, PASSWORD, NOW)  # the refusal did not use it up


def test_recovery_ends_all_sign_ins_and_switches_the_second_factor_off(session: Session, settings: Settings) -> None:
    user, _totp = make_signer_with_second_factor(session, settings, codes=("aaaa",))
    other, _ = make_signer_with_second_factor(session, settings, codes=("bbbb",))
    for person in (user, other):
        actions.begin_session(session, person.id, "", settings, NOW)
    token = actions.invite(session, None, user.id, settings, NOW)

    actions.accept_invitation(session, token, NEW_PASSWORD, NOW)

    assert user.totp_secret is None
    assert other.totp_secret is not None
    assert {code.user_id for code in session.exec(select(RecoveryCode))} == {other.id}
    assert {row.user_id for row in session.exec(select(SignInSession)) if row.ended_at is None} == {other.id}


def test_nobody_invites_themselves_nor_a_disabled_person(session: Session, settings: Settings) -> None:
    administrator, disabled = make_signer(session, is_administrator=True), make_user(session, is_active=False)

    for user, code in ((administrator, "accounts.invite_oneself"), (disabled, "accounts.disabled")):
        with pytest.raises(Problem) as refused:
            actions.invite(session, actor(administrator), user.id, settings, NOW)
        assert refused.value.code == code


def test_a_password_is_changed_by_giving_the_old_one_and_ends_all_sign_ins(
    session: Session, settings: Settings
) -> None:
    user, other = make_signer(session), make_signer(session)
    for person in (user, user, other):
        actions.begin_session(session, person.id, "", settings, NOW)
    actions.invite(session, None, user.id, settings, NOW)

    actions.set_password(session, actor(user), PASSWORD, NEW_PASSWORD, NOW)

    assert passwords.matches(user.password_hash, NEW_PASSWORD)
    assert {row.user_id for row in session.exec(select(SignInSession)) if row.ended_at is None} == {other.id}
    assert all(row.used_at for row in session.exec(select(Invitation)))
    assert last_event(session).details == {"ended_sign_ins": 2}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("wrong", NEW_PASSWORD, "accounts.password_wrong"),
        ("", NEW_PASSWORD, "accounts.password_wrong"),
        (PASSWORD, SHORT_PASSWORD, "accounts.password_not_taken"),
        (PASSWORD, "password12345678", "accounts.password_not_taken"),
    ],
)
def test_a_password_is_not_changed_without_the_old_or_to_an_easy_one(
    session: Session, old: str, new: str, code: str
) -> None:
    user = make_signer(session)

    with pytest.raises(Problem) as refused:
        actions.set_password(session, actor(user), old, new, NOW)

    assert refused.value.code == code
    assert passwords.matches(user.password_hash, PASSWORD)
    assert count_events(session) == 0


def test_a_short_password_is_taken_beside_a_second_factor_and_keeps_it_on(session: Session, settings: Settings) -> None:
    user, _totp = make_signer_with_second_factor(session, settings)

    actions.set_password(session, actor(user), PASSWORD, SHORT_PASSWORD, NOW)
    with pytest.raises(Problem) as refused:
        actions.switch_off_totp(session, actor(user), SHORT_PASSWORD, NOW)
    assert refused.value.code == "accounts.password_needs_second_factor"
    assert user.totp_secret is not None

    actions.set_password(session, actor(user), SHORT_PASSWORD, PASSWORD, NOW)
    actions.switch_off_totp(session, actor(user), PASSWORD, NOW)
    assert user.totp_secret is None


def test_the_second_factor_is_switched_on_by_a_code_and_the_password(session: Session, settings: Settings) -> None:
    user = make_signer(session)
    secret = second_factor.new_secret()
    import pyotp

    code = pyotp.TOTP(secret).at(NOW)
    for wrong_code, password, refusal in (
        (code, "wrong", "accounts.password_wrong"),
        ("000000" if code != "000000" else "111111", PASSWORD, "accounts.code_wrong"),
    ):
        with pytest.raises(Problem) as refused:
            actions.switch_on_totp(session, actor(user), secret, wrong_code, password, settings.keys, NOW)
        assert refused.value.code == refusal
        assert user.totp_secret is None

    codes = actions.switch_on_totp(session, actor(user), secret, code, PASSWORD, settings.keys, NOW)

    assert len(codes) == 10
    assert user.totp_secret is not None
    assert second_factor.opened(settings.keys, user.id, user.totp_secret) == secret
    stored = [row.code_hash for row in session.exec(select(RecoveryCode))]
    assert len(stored) == 10
    assert not any(one in "".join(stored) for one in codes)
    with pytest.raises(Problem):  # the code that switched it on cannot sign in as well
        actions.use_second_factor(session, user.id, code, settings.keys, NOW)
    with pytest.raises(Problem) as refused:
        actions.switch_on_totp(session, actor(user), secret, code, PASSWORD, settings.keys, NOW)
    assert refused.value.code == "accounts.second_factor_is_on"


def test_a_code_of_the_authenticator_works_once(session: Session, settings: Settings) -> None:
    user, totp = make_signer_with_second_factor(session, settings)

    actions.use_second_factor(session, user.id, totp.at(NOW), settings.keys, NOW)
    for moment in (NOW, NOW + timedelta(seconds=20)):
        with pytest.raises(Problem) as refused:
            actions.use_second_factor(session, user.id, totp.at(NOW), settings.keys, moment)
        assert refused.value.code == "accounts.code_wrong"
    later = NOW + timedelta(minutes=1)
    actions.use_second_factor(session, user.id, totp.at(later), settings.keys, later)


def test_a_recovery_code_works_once_and_for_its_owner_alone(session: Session, settings: Settings) -> None:
    user, _ = make_signer_with_second_factor(session, settings, codes=("k7xq-2m4a", "9w3e-r5ty"))
    other, _ = make_signer_with_second_factor(session, settings, codes=("bbbb-bbbb",))

    with pytest.raises(Problem):
        actions.use_second_factor(session, other.id, "k7xq-2m4a", settings.keys, NOW)
    actions.use_second_factor(session, user.id, "K7XQ 2M4A", settings.keys, NOW)
    with pytest.raises(Problem) as refused:
        actions.use_second_factor(session, user.id, "k7xq-2m4a", settings.keys, NOW)

    assert refused.value.code == "accounts.code_wrong"
    assert queries.count_recovery_codes(session, user.id) == 1
    assert last_event(session).act == "accounts.use_recovery_code"


def test_no_code_works_without_a_second_factor_or_for_a_disabled_person(session: Session, settings: Settings) -> None:
    without = make_signer(session)
    disabled, totp = make_signer_with_second_factor(session, settings, is_active=False)

    for user in (without, disabled):
        with pytest.raises(Problem):
            actions.use_second_factor(session, user.id, totp.at(NOW), settings.keys, NOW)


def test_new_recovery_codes_replace_the_old(session: Session, settings: Settings) -> None:
    user, _ = make_signer_with_second_factor(session, settings, codes=("k7xq-2m4a",))
    other, _ = make_signer_with_second_factor(session, settings, codes=("bbbb-bbbb",))

    with pytest.raises(Problem):
        actions.renew_recovery_codes(session, actor(user), "wrong", NOW)
    codes = actions.renew_recovery_codes(session, actor(user), PASSWORD, NOW)

    with pytest.raises(Problem):
        actions.use_second_factor(session, user.id, "k7xq-2m4a", settings.keys, NOW)
    actions.use_second_factor(session, user.id, codes[3], settings.keys, NOW)
    actions.use_second_factor(session, other.id, "bbbb-bbbb", settings.keys, NOW)


def test_recovery_codes_need_a_second_factor(session: Session) -> None:
    user = make_signer(session)

    with pytest.raises(Problem) as refused:
        actions.renew_recovery_codes(session, actor(user), PASSWORD, NOW)

    assert refused.value.code == "accounts.second_factor_is_off"


def test_a_sign_in_is_kept_as_a_hash_with_its_browser_and_its_end(session: Session, settings: Settings) -> None:
    user = make_user(session)

    token = actions.begin_session(session, user.id, "F" * 500, settings, NOW)

    row = session.exec(select(SignInSession)).one()
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert row.browser == "F" * 200
    assert row.expires_at == NOW + timedelta(hours=settings.session_hours)
    assert token != actions.begin_session(session, user.id, "", settings, NOW)


def test_one_ends_ones_own_sign_ins_and_nobody_elses(session: Session, settings: Settings) -> None:
    user, other = make_user(session), make_user(session)
    for person in (user, user, user, other):
        actions.begin_session(session, person.id, "", settings, NOW)
    first, second, third = session.exec(select(SignInSession).where(SignInSession.user_id == user.id)).all()
    others = session.exec(select(SignInSession).where(SignInSession.user_id == other.id)).one()

    with pytest.raises(Problem) as refused:
        actions.end_session(session, actor(user), others.id, NOW)
    assert refused.value.code == "app.not_found"
    actions.end_session(session, actor(user), first.id, NOW)
    actions.end_session(session, actor(user), first.id, NOW + timedelta(hours=1))
    assert first.ended_at == NOW
    assert actions.end_other_sessions(session, actor(user), second.id, NOW) == 1
    assert (second.ended_at, third.ended_at, others.ended_at) == (None, NOW, None)


def test_a_disabled_person_loses_sign_ins_and_invitations_at_once(session: Session, settings: Settings) -> None:
    administrator = make_user(session, is_administrator=True)
    user, other = make_signer(session), make_signer(session)
    tokens = {person.id: actions.begin_session(session, person.id, "", settings, NOW) for person in (user, other)}
    invitation = actions.invite(session, None, user.id, settings, NOW)

    actions.disable_user(session, actor(administrator), user.id, NOW)

    def found(person: User) -> object:
        return queries.find_sign_in(session, hashlib.sha256(tokens[person.id].encode()).hexdigest())

    assert found(user) is None
    assert found(other) is not None
    assert queries.credentials_of(session, user.login).user_id is None
    actions.enable_user(session, actor(administrator), user.id, NOW)
    assert found(user) is None  # what has ended stays ended
    assert queries.credentials_of(session, user.login).user_id == user.id
    with pytest.raises(Problem):
        actions.accept_invitation(session, invitation, PASSWORD, NOW)


def test_an_installation_keeps_an_administrator(session: Session) -> None:
    only, member = make_user(session, is_administrator=True), make_user(session)

    with pytest.raises(Problem) as refused:
        actions.disable_user(session, actor(only), only.id, NOW)
    assert refused.value.code == "accounts.disable_oneself"
    with pytest.raises(Problem) as refused:
        actions.disable_user(session, actor(member), only.id, NOW)
    assert refused.value.code == "accounts.last_administrator"
    second = make_user(session, is_administrator=True)
    actions.disable_user(session, actor(second), only.id, NOW)
    assert not only.is_active


def test_a_language_is_chosen_of_three(session: Session) -> None:
    user = make_user(session, language="kk")

    actions.choose_language(session, actor(user), "ru", NOW)
    assert user.language == "ru"
    with pytest.raises(Problem) as refused:
        actions.choose_language(session, actor(user), "de", NOW)
    assert refused.value.code == "accounts.language_unknown"


def test_attempts_of_yesterday_are_forgotten_and_a_success_starts_anew(session: Session) -> None:
    def fail(hours_ago: float) -> None:
        moment = NOW - timedelta(hours=hours_ago)
        actions.count_attempt(session, "a", "address", succeeded=False, now=moment)

    since = NOW - timedelta(hours=24)
    for hours_ago in (30, 23, 22):
        fail(hours_ago)
    actions.count_attempt(session, "b", "address", succeeded=False, now=NOW - timedelta(hours=1))
    assert queries.failures_of(session, "a", since).count == 2
    assert queries.failures_of(session, "address", since).count == 3

    actions.count_attempt(session, "a", "address", succeeded=True, now=NOW - timedelta(minutes=30))
    assert queries.failures_of(session, "a", since).count == 0
    assert queries.failures_of(session, "address", since).count == 3  # other accounts may be guessed from there
    fail(0)
    assert queries.failures_of(session, "a", since).count == 1
    oldest = min(row.at for row in session.exec(select(SignInAttempt)))
    assert oldest >= since


def test_the_event_of_an_attempt_names_nobody(session: Session) -> None:
    actions.count_attempt(session, "f" * 64, "e" * 64, succeeded=False, now=NOW)

    event = last_event(session)
    assert (event.actor_id, event.subject_id, event.details) == (None, "f" * 64, {"succeeded": False})
