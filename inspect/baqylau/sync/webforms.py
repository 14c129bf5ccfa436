"""Forms of sync: deciding on what was kept apart, reading in a visit file."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectMultipleField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

_MOST = 2000


class DecideForm(FlaskForm):
    """What of the waiting is decided on, and how: one of two buttons."""

    chosen = SelectMultipleField(
        lazy_gettext("What is decided on"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(lazy_gettext("Tick at least one."))],
    )
    reason = TextAreaField(
        lazy_gettext("Reason"),
        description=lazy_gettext("Needed for a refusal. It is kept and shown beside what was refused."),
        filters=[lambda text: (text or "").strip()],
        validators=[Length(max=_MOST, message=lazy_gettext("This text is too long: at most %(max)d characters."))],
    )
    take = SubmitField(lazy_gettext("Take into the visit"))
    refuse = SubmitField(lazy_gettext("Refuse"))

    def __init__(self, waiting: Iterable[UUID], **values: Any) -> None:
        """Offer these, all of them ticked."""
        offered = [str(one) for one in waiting]
        super().__init__(data={"chosen": offered}, **values)
        self.chosen.choices = [(one, one) for one in offered]

    def validate_reason(self, field: TextAreaField) -> None:
        """Refuse a refusal that says nothing."""
        if not self.take.data and not field.data:
            raise ValidationError(lazy_gettext("Say why this is refused."))


class ImportForm(FlaskForm):
    """The file that a tablet has written."""

    file = FileField(
        lazy_gettext("Visit file"),
        description=lazy_gettext("The file from the tablet, for example on a USB stick. Its name ends with .baqylau."),
        validators=[FileRequired(lazy_gettext("Choose the file that the tablet has written."))],
    )
