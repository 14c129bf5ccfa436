"""Forms of signing in and of one's account."""

from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Regexp, ValidationError

from baqylau.accounts import passwords
from baqylau.accounts.refusals import FAULTS
from baqylau.accounts.rules import normal_login
from baqylau.accounts.terms import LENGTH_ALONE, LENGTH_MOST, LENGTH_WITH_SECOND_FACTOR
from baqylau.i18n import LANGUAGE_NAMES

_NOT_SPELT = {"spellcheck": "false", "autocapitalize": "none", "autocorrect": "off"}


def _strip(value: str | None) -> str:
    return (value or "").strip()


class SignInForm(FlaskForm):
    """Sign-in name and password."""

    login = StringField(
        lazy_gettext("Sign-in name"),
        filters=[lambda value: normal_login(value or "")],
        validators=[DataRequired(lazy_gettext("Enter your sign-in name."))],
        render_kw={**_NOT_SPELT, "autocomplete": "username"},
    )
    password = PasswordField(
        lazy_gettext("Password"),
        validators=[DataRequired(lazy_gettext("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    then = HiddenField()


class SecondFactorForm(FlaskForm):
    """The code of the authenticator, or a recovery code."""

    second_factor_code = StringField(
        lazy_gettext("Code"),
        filters=[_strip],
        validators=[DataRequired(lazy_gettext("Enter the code."))],
        render_kw={**_NOT_SPELT, "autocomplete": "one-time-code"},
    )
    then = HiddenField()


class NewPasswordForm(FlaskForm):
    """A password chosen and typed twice; `own_words` and `has_second_factor` are set before it is validated."""

    new_password = PasswordField(
        lazy_gettext("New password"),
        validators=[DataRequired(lazy_gettext("Choose a password."))],
        render_kw={"autocomplete": "new-password"},
    )
    new_password_again = PasswordField(
        lazy_gettext("The new password once more"), render_kw={"autocomplete": "new-password"}
    )

    def __init__(self, *args: Any, own_words: tuple[str, ...], has_second_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_words = own_words
        self.has_second_factor = has_second_factor

    def validate_new_password(self, field: PasswordField) -> None:
        """Refuse what is easy to guess, and say what to do instead."""
        fault = passwords.fault_of(field.data or "", has_second_factor=self.has_second_factor, own_words=self.own_words)
        if fault is not None:
            figures = {"alone": LENGTH_ALONE, "beside": LENGTH_WITH_SECOND_FACTOR, "most": LENGTH_MOST}
            raise ValidationError(gettext(FAULTS[fault], **figures))

    def validate_new_password_again(self, field: PasswordField) -> None:
        """Refuse two different ones: a slip of the finger would shut its owner out."""
        if (field.data or "") != (self.new_password.data or ""):
            raise ValidationError(gettext("The two passwords differ. Type the same one twice."))


class InvitationForm(NewPasswordForm):
    """The first password, or a new one after the old was lost."""


class PasswordForm(NewPasswordForm):
    """A new password in place of the old."""

    password = PasswordField(
        lazy_gettext("Present password"),
        validators=[DataRequired(lazy_gettext("Enter your present password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ProofForm(FlaskForm):
    """The password, asked for again before something that a stolen sign-in must not do (ASVS 7.5.1)."""

    password = PasswordField(
        lazy_gettext("Password"),
        validators=[DataRequired(lazy_gettext("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class ConfirmForm(FlaskForm):
    """The password or a code of the second factor, asked for again; its name keeps it out of held forms."""

    password_or_code = PasswordField(
        lazy_gettext("Password"),
        validators=[DataRequired(lazy_gettext("Enter it."))],
        render_kw={"autocomplete": "off"},
    )
    then = HiddenField()


class SwitchOnForm(ProofForm):
    """The first code of an authenticator, with the secret that it was shown."""

    offer = HiddenField()
    second_factor_code = StringField(
        lazy_gettext("Code that the application shows"),
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Enter the code.")),
            Regexp(r"[0-9 ]{6,9}$", message=lazy_gettext("The code has six digits.")),
        ],
        render_kw={**_NOT_SPELT, "autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class PersonForm(FlaskForm):
    """A person who is to sign in."""

    name = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("As it stands in mandates and on signature pages."),
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Enter the person’s name.")),
            Length(max=160, message=lazy_gettext("The name is too long: at most 160 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    login = StringField(
        lazy_gettext("Sign-in name"),
        description=lazy_gettext("3 to 80 small Latin letters, digits, dots or hyphens. It cannot be changed later."),
        filters=[lambda value: normal_login(value or "")],
        validators=[
            DataRequired(lazy_gettext("Enter a sign-in name.")),
            Regexp(
                r"[a-z0-9][a-z0-9._-]{1,78}[a-z0-9]$",
                message=lazy_gettext("Use 3 to 80 Latin letters, digits, dots or hyphens."),
            ),
        ],
        render_kw={**_NOT_SPELT, "autocomplete": "off"},
    )
    language = RadioField(
        lazy_gettext("Language of the pages"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        default="kk",
        invalid_choice_message=lazy_gettext("Choose one of the list."),
    )
    is_administrator = BooleanField(
        lazy_gettext("Runs the installation"),
        description=lazy_gettext("Creates accounts and keeps the registers; sees no visit, no answer and no report."),
    )
