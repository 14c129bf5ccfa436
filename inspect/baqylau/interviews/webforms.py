"""Forms of keys, slots and alerts."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length

from baqylau.interviews.labels import OUTCOMES


def _strip(value: str | None) -> str:
    return (value or "").strip()


class KeyForm(FlaskForm):
    """The public part of a key that the page's script has made."""

    public_key = HiddenField(
        filters=[_strip],
        validators=[DataRequired(_("The key was not made. Allow scripts for this page and try again."))],
    )


class ApprovalForm(FlaskForm):
    """That the fingerprint was compared in person."""

    is_compared = BooleanField(
        _("I have compared all eight groups with this person, face to face"),
        validators=[DataRequired(_("Compare the groups with the person first, then tick here."))],
    )


class RecoveryKeyForm(FlaskForm):
    """A recovery key of a council."""

    label = StringField(
        _("Who keeps the recovery key"),
        description=_("For instance: ombudsman’s office, safe. Members read this on their tablets."),
        filters=[_strip],
        validators=[
            DataRequired(_("Say who keeps it.")),
            Length(max=120, message=_("At most 120 characters.")),
        ],
    )
    public_key = StringField(
        _("Public part of the key"),
        description=_("It begins with age1. Leave it empty to propose that there be no recovery key."),
        filters=[_strip],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class SlotsForm(FlaskForm):
    """How many slots each tablet fills."""

    slots = IntegerField(_("Sealed blobs on each tablet"), validators=[InputRequired(_("Enter a number."))])


class FollowUpForm(FlaskForm):
    """What following an alert up has shown."""

    outcome = RadioField(
        _("What it has shown"),
        choices=[SelectChoice(outcome.value, words) for outcome, words in OUTCOMES.items()],
        validators=[InputRequired(_("Choose one."))],
        validate_choice=True,
    )
