"""Forms of answers: settling a conflict."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from baqylau.answers.terms import Head

_MOST = 2000


class SettleForm(FlaskForm):
    """Which of several answers stands, and why. Several such forms stand on one page, told apart by their prefix."""

    #: The answers that the page showed: another one that came meanwhile must be looked at before it is settled.
    seen = HiddenField()
    chosen = RadioField(
        lazy_gettext("Which answer stands?"),
        validators=[InputRequired(lazy_gettext("Choose the answer that stands."))],
        validate_choice=False,
    )
    reason = TextAreaField(
        lazy_gettext("Why this one"),
        description=lazy_gettext(
            "What was counted again, who was asked, which paper was seen. It is added to the note of the answer."
        ),
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(lazy_gettext("Say why this answer stands.")),
            Length(max=_MOST, message=lazy_gettext("This text is too long: at most %(max)d characters.")),
        ],
    )

    def __init__(self, heads: Sequence[Head], names: Mapping[UUID, str]) -> None:
        """Offer these answers, each under the name of its observer."""
        super().__init__(prefix=f"settle-{heads[0].item_id}-{heads[0].row_id}")
        self.heads = heads
        self.chosen.choices = [(str(head.id), names.get(head.author_id, "")) for head in heads]
        self.now = " ".join(sorted(str(head.id) for head in heads))

    def validate_seen(self, field: HiddenField) -> None:
        """Refuse what was decided before another answer came in."""
        if field.data != self.now:
            raise ValidationError(
                lazy_gettext("Another answer has come in meanwhile. Look at the answers below once more and choose.")
            )

    def validate_chosen(self, field: RadioField) -> None:
        """Refuse an answer that is not among those offered."""
        if field.data not in {value for value, _name in self.chosen.choices}:
            raise ValidationError(lazy_gettext("Choose the answer that stands."))

    @property
    def choice(self) -> Head:
        """The chosen answer; only of a valid form."""
        return next(head for head in self.heads if head.id == UUID(self.chosen.data))
