"""What happened with an account, in words."""

from flask_babel import lazy_gettext

ACTS = {
    "accounts.create_user": lazy_gettext("The account was made"),
    "accounts.invite": lazy_gettext("An invitation to choose a password was made"),
    "accounts.accept_invitation": lazy_gettext("A password was chosen through an invitation"),
    "accounts.set_password": lazy_gettext("The password was changed"),
    "accounts.switch_on_totp": lazy_gettext("The second factor was switched on"),
    "accounts.switch_off_totp": lazy_gettext("The second factor was switched off"),
    "accounts.renew_recovery_codes": lazy_gettext("New recovery codes were made"),
    "accounts.use_second_factor": lazy_gettext("A code of the second factor was used"),
    "accounts.use_recovery_code": lazy_gettext("A recovery code was used"),
    "accounts.confirm_again": lazy_gettext("The password was given again for what is kept apart"),
    "accounts.begin_session": lazy_gettext("Signed in"),
    "accounts.end_session": lazy_gettext("Signed out, or a sign-in was ended"),
    "accounts.end_other_sessions": lazy_gettext("The other sign-ins were ended"),
    "accounts.disable_user": lazy_gettext("The account was disabled"),
    "accounts.enable_user": lazy_gettext("The account was enabled again"),
    "accounts.choose_language": lazy_gettext("The language was changed"),
}
