"""Forms of visits: plan, group, notice, cancellation, obstruction, protected names."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    Field,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from baqylau.i18n import LANGUAGES
from baqylau.visits import bases
from baqylau.visits.labels import GROUNDS, KINDS
from baqylau.visits.models import Visit
from baqylau.visits.terms import Ground, GroupMember, ObstructionAccount, Plan, VisitKind

_TOO_LONG = lazy_gettext("This text is too long: at most %(max)d characters.")
_LAST_BEFORE_FIRST = lazy_gettext("The last day must not come before the first.")


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _id_or_none(value: Any) -> UUID | None:
    return value if isinstance(value, UUID) or not value else UUID(str(value))


class _Day(DateField):
    """A day, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a day, such as 2026-11-23.")) from error


class _Moment(DateTimeLocalField):
    """Day and time of day, local, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter day and time, such as 2026-11-23 09:30.")) from error


class _Ticks(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _basis_field(language: str) -> TextAreaField:
    return TextAreaField(
        language,
        filters=[_strip],
        validators=[Length(max=1000, message=_TOO_LONG)],
        render_kw={"rows": 4},
    )


class PlanForm(FlaskForm):
    """Place, kind, days, purpose, legal basis and checklists of a planned visit."""

    place_id = SelectField(
        lazy_gettext("Place"),
        coerce=_id_or_none,
        validators=[DataRequired(lazy_gettext("Choose a place."))],
    )
    kind = SelectField(
        lazy_gettext("Kind of visit"),
        coerce=VisitKind,
        validators=[DataRequired(lazy_gettext("Choose the kind of visit."))],
    )
    starts_on = _Day(lazy_gettext("First day"), validators=[InputRequired(lazy_gettext("Enter the first day."))])
    ends_on = _Day(
        lazy_gettext("Last day"),
        description=lazy_gettext("Leave empty for a visit of one day."),
        validators=[Optional()],
    )
    checklists = _Ticks(
        lazy_gettext("Checklists"),
        description=lazy_gettext("The visit is recorded by the versions chosen here; from its beginning they stay."),
        coerce=_id_or_none,
        validators=[DataRequired(lazy_gettext("Choose at least one checklist."))],
    )
    purpose = TextAreaField(
        lazy_gettext("What the visit is to find out"),
        description=lazy_gettext("Working text of the group; no letter prints it."),
        filters=[_strip],
        validators=[Optional(), Length(max=5000, message=_TOO_LONG)],
        render_kw={"rows": 4},
    )
    legal_basis_kk = _basis_field("kk")
    legal_basis_ru = _basis_field("ru")
    legal_basis_en = _basis_field("en")

    def __init__(
        self,
        *args: Any,
        places: Sequence[tuple[str, UUID, str]],
        kinds: Sequence[VisitKind],
        checklists: Sequence[tuple[UUID, str]],
        visit: Visit | None = None,
        pinned: Sequence[UUID] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, data=_values_of(visit, kinds, pinned), **kwargs)
        self.place_id.choices = [
            SelectChoice("", gettext("Not chosen yet")),
            *(SelectChoice(str(place_id), name, optgroup=region) for region, place_id, name in places),
        ]
        self.kind.choices = [SelectChoice(kind.value, KINDS[kind]) for kind in kinds]
        self.checklists.choices = [SelectChoice(str(version_id), title) for version_id, title in checklists]

    def plan(self, council_id: UUID) -> Plan:
        """Return what the form says; a usual legal basis follows the kind that was chosen."""
        written = {language: self[f"legal_basis_{language}"].data for language in LANGUAGES}
        return Plan(
            council_id=council_id,
            place_id=self.place_id.data,
            kind=self.kind.data,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data or self.starts_on.data,
            purpose=self.purpose.data,
            legal_basis=bases.fitting(written, self.kind.data),
        )

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data is not None and self.starts_on.data is not None and field.data < self.starts_on.data:
            raise ValidationError(_LAST_BEFORE_FIRST)


def _values_of(visit: Visit | None, kinds: Sequence[VisitKind], pinned: Sequence[UUID]) -> dict[str, Any]:
    basis = bases.USUAL[kinds[0]] if visit is None else visit.legal_basis
    values: dict[str, Any] = {f"legal_basis_{language}": basis[language] for language in LANGUAGES}
    if visit is not None:
        values |= {name: getattr(visit, name) for name in ("place_id", "starts_on", "ends_on", "purpose")}
        values |= {"kind": VisitKind(visit.kind)}
    return {**values, "checklists": list(pinned)}


class GroupForm(FlaskForm):
    """Who goes, who leads, and which sections each takes first; made for one visit by `group_form`."""

    leader = SelectField(
        lazy_gettext("Leader of the group"),
        description=lazy_gettext("Begins and concludes the visit, settles differing answers. Goes along in any case."),
        validators=[DataRequired(lazy_gettext("Name the leader."))],
    )
    people: Sequence[UUID] = ()

    def goes(self, user_id: UUID) -> Field:
        """Return the box that says whether the person goes."""
        return self[f"goes_{user_id.hex}"]

    def sections(self, user_id: UUID) -> Field:
        """Return the boxes of the sections that the person takes first."""
        return self[f"sections_{user_id.hex}"]

    @property
    def members(self) -> list[GroupMember]:
        """Return the group, the leader among it even if only named as such."""
        return [
            GroupMember(user_id, str(user_id) == self.leader.data, tuple(self.sections(user_id).data or ()))
            for user_id in self.people
            if self.goes(user_id).data or str(user_id) == self.leader.data
        ]


def group_form(
    people: Sequence[tuple[UUID, str]], sections: Sequence[tuple[str, str]], members: Sequence[GroupMember]
) -> GroupForm:
    """Return the form in which these people can be chosen, filled with the present group."""
    fields: dict[str, Any] = {"people": [user_id for user_id, _ in people]}
    values: dict[str, Any] = {}
    for user_id, name in people:
        fields[f"goes_{user_id.hex}"] = BooleanField(name)
        fields[f"sections_{user_id.hex}"] = _Ticks(
            lazy_gettext("Sections that %(name)s takes first", name=name),
            choices=[SelectChoice(section_id, title) for section_id, title in sections],
        )
    for member in members:
        values[f"goes_{member.user_id.hex}"] = True
        values[f"sections_{member.user_id.hex}"] = list(member.sections)
        if member.is_leader:
            values["leader"] = str(member.user_id)
    made: GroupForm = type("GroupFormOfVisit", (GroupForm,), fields)(data=values)
    made.leader.choices = [
        SelectChoice("", gettext("Not chosen yet")),
        *(SelectChoice(str(user_id), name) for user_id, name in people),
    ]
    return made


class NoticeForm(FlaskForm):
    """When the head of the place was told."""

    given_at = _Moment(
        lazy_gettext("Day and time of the notice"),
        description=lazy_gettext("As it stands on the copy that the place received."),
        validators=[InputRequired(lazy_gettext("Enter day and time."))],
    )


class CancelForm(FlaskForm):
    """Why a planned visit is given up."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        filters=[_strip],
        validators=[DataRequired(lazy_gettext("Write the reason.")), Length(max=2000, message=_TOO_LONG)],
        render_kw={"rows": 3},
    )


class ObstructionForm(FlaskForm):
    """A refusal of access or another obstruction."""

    happened_at = _Moment(lazy_gettext("Day and time"), validators=[InputRequired(lazy_gettext("Enter day and time."))])
    official = StringField(
        lazy_gettext("Position of the official"),
        description=lazy_gettext("The position, not the name: such as “duty assistant to the head”."),
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Enter the position of the official.")),
            Length(max=200, message=_TOO_LONG),
        ],
        render_kw={"autocomplete": "off"},
    )
    ground = RadioField(
        lazy_gettext("Ground that was given"),
        choices=[SelectChoice(ground.value, label) for ground, label in GROUNDS.items()],
        validators=[InputRequired(lazy_gettext("Choose the ground that was given."))],
    )
    account = TextAreaField(
        lazy_gettext("What happened"),
        description=lazy_gettext("In the order in which it happened; no names of persons held."),
        filters=[_strip],
        validators=[DataRequired(lazy_gettext("Write what happened.")), Length(max=10000, message=_TOO_LONG)],
        render_kw={"rows": 7},
    )
    stopped_visit = BooleanField(
        lazy_gettext("The visit could not be made at all"),
        description=lazy_gettext("The visit is then closed as refused. This cannot be undone."),
    )

    def told(self, zone: str) -> ObstructionAccount:
        """Return what the form says; its time is local time of `zone`."""
        return ObstructionAccount(
            happened_at=in_utc(self.happened_at.data, zone),
            official=self.official.data,
            ground=Ground(self.ground.data),
            account=self.account.data,
            stopped_visit=self.stopped_visit.data,
        )


class NameForm(FlaskForm):
    """A name that must not occur in anything that leaves."""

    protected = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("Surname, nickname or full name, at least three letters, one name at a time."),
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Write the name.")),
            Length(min=3, max=120, message=lazy_gettext("Write three to 120 letters.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


def in_utc(local: datetime, zone: str) -> datetime:
    """Return the instant of a local day and time."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
