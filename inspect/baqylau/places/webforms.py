"""Forms of the register of places."""

from typing import Any
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from baqylau.places.actions import PlaceValues
from baqylau.places.labels import GROUPS, KINDS, LEVELS, REGIONS
from baqylau.places.models import Authority, Place
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region

_NONE = SelectChoice("", "—")
_NOT_LISTED = lazy_gettext("Choose one of the list.")
_LARGEST_LIMIT = 20_000


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _id_or_none(value: Any) -> UUID | None:
    return value if isinstance(value, UUID) else UUID(value) if value else None


def _name_field(language: str) -> StringField:
    return StringField(
        language,
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Enter the name in this language.")),
            Length(max=200, message=lazy_gettext("This name is too long: at most 200 characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )


class _Day(DateField):
    """A day, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a day, such as 2026-11-23.")) from error


class _Number(IntegerField):
    """A whole number, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a whole number.")) from error


class _Ticks(SelectMultipleField):
    """Several choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Named(FlaskForm):
    name_kk = _name_field("kk")
    name_ru = _name_field("ru")
    name_en = _name_field("en")

    @property
    def name(self) -> dict[str, str]:
        """Return the name in three languages."""
        return {"kk": self.name_kk.data, "ru": self.name_ru.data, "en": self.name_en.data}


class PlaceForm(_Named):
    """A place of deprivation of liberty."""

    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("The register’s own code, such as ATY-03. It cannot be changed later."),
        filters=[lambda value: _strip(value).upper()],
        validators=[
            DataRequired(lazy_gettext("Enter a code.")),
            Regexp(r"[A-Z0-9-]{2,20}$", message=lazy_gettext("Use 2 to 20 Latin letters, digits or hyphens.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    kind = SelectField(
        lazy_gettext("Kind of place"),
        choices=[_NONE, *(SelectChoice(kind.value, label) for kind, label in KINDS.items())],
        invalid_choice_message=_NOT_LISTED,
        validators=[DataRequired(lazy_gettext("Choose the kind of place."))],
    )
    region = SelectField(
        lazy_gettext("Region"),
        choices=[_NONE, *(SelectChoice(region.value, label) for region, label in REGIONS.items())],
        invalid_choice_message=_NOT_LISTED,
        validators=[DataRequired(lazy_gettext("Choose the region."))],
    )
    authority_id = SelectField(
        lazy_gettext("Authority that answers for it"),
        description=lazy_gettext("Recommendations go to it and to those above it."),
        coerce=_id_or_none,
        invalid_choice_message=_NOT_LISTED,
        invalid_value_message=_NOT_LISTED,
        validators=[DataRequired(lazy_gettext("Choose the authority that answers for the place."))],
    )
    limit = _Number(
        lazy_gettext("Official limit of places"),
        description=lazy_gettext("Article 115(2) of the Penal Executive Code; leave empty if it is not known."),
        validators=[
            Optional(),
            NumberRange(1, _LARGEST_LIMIT, lazy_gettext("Enter a number of places between 1 and 20,000.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    limit_on = _Day(lazy_gettext("Day from which the limit holds"), validators=[Optional()])
    groups = _Ticks(
        lazy_gettext("Groups held here"),
        choices=[SelectChoice(group.value, label) for group, label in GROUPS.items()],
        invalid_choice_message=_NOT_LISTED,
    )
    is_open = BooleanField(
        lazy_gettext("In use"),
        description=lazy_gettext("A place that is closed stays in the register with its visits and reports."),
        default=True,
    )

    def __init__(
        self, *args: Any, authorities: list[tuple[UUID, str]], place: Place | None = None, **kwargs: Any
    ) -> None:
        names = {f"name_{code}": text for code, text in place.name.items()} if place is not None else None
        super().__init__(*args, obj=place, data=names, **kwargs)
        self.authority_id.choices = [_NONE, *(SelectChoice(str(one), name) for one, name in authorities)]
        if place is not None:
            del self.code  # reports carry it

    def validate_limit_on(self, field: Field) -> None:
        """Refuse a day without a limit: it would say since when nothing is known."""
        if field.data is not None and self.limit.data is None and not self.limit.errors:
            raise ValidationError(gettext("Enter the limit that holds from this day, or leave the day empty."))

    @property
    def values(self) -> PlaceValues:
        """Return what was entered."""
        return PlaceValues(
            kind=PlaceKind(self.kind.data),
            name=self.name,
            authority_id=self.authority_id.data,
            region=Region(self.region.data),
            limit=self.limit.data,
            limit_on=self.limit_on.data,
            groups=[GroupHeld(value) for value in self.groups.data or ()],
            is_open=self.is_open.data,
        )


class AuthorityForm(_Named):
    """An authority that recommendations can be addressed to."""

    level = SelectField(
        lazy_gettext("Level"),
        choices=[SelectChoice(level.value, label) for level, label in LEVELS.items()],
        invalid_choice_message=_NOT_LISTED,
    )
    parent_id = SelectField(
        lazy_gettext("Authority above it"),
        description=lazy_gettext("Leave empty at the top of the line."),
        coerce=_id_or_none,
        invalid_choice_message=_NOT_LISTED,
        invalid_value_message=_NOT_LISTED,
        validators=[Optional()],
    )

    def __init__(
        self, *args: Any, authorities: list[tuple[UUID, str]], authority: Authority | None = None, **kwargs: Any
    ) -> None:
        names = {f"name_{code}": text for code, text in authority.name.items()} if authority is not None else None
        super().__init__(*args, obj=authority, data=names, **kwargs)
        self.parent_id.choices = [_NONE, *(SelectChoice(str(one), name) for one, name in authorities)]

    @property
    def chosen_level(self) -> AuthorityLevel:
        """Return the level."""
        return AuthorityLevel(self.level.data)
