"""Forms of councils and memberships."""

from typing import Any
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp, ValidationError

from baqylau.councils import rules
from baqylau.councils.labels import KINDS, REGIONS, ROLES
from baqylau.councils.models import Council
from baqylau.councils.terms import ROLES_OF_KIND, Term
from baqylau.rights.terms import CouncilKind, Role

_TOO_LONG = lazy_gettext("This name is too long: at most 200 characters.")
_NAME_MISSING = lazy_gettext("Enter the name in this language.")
_NOT_LISTED = lazy_gettext("Choose one of the list.")
_DAY = lazy_gettext("Enter a day, such as 2026-11-23.")


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _name_field(language: str) -> StringField:
    return StringField(
        language,
        filters=[_strip],
        validators=[DataRequired(_NAME_MISSING), Length(max=200, message=_TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )


class _Day(DateField):
    """A day, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a day, such as 2026-11-23.")) from error


class CouncilForm(FlaskForm):
    """A council's name, region and term; code and kind are chosen once."""

    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("Stands in report numbers, such as ATY. It cannot be changed later."),
        filters=[lambda value: _strip(value).upper()],
        validators=[
            DataRequired(lazy_gettext("Enter a code.")),
            Regexp(r"[A-Z0-9-]{2,12}$", message=lazy_gettext("Use 2 to 12 Latin letters, digits or hyphens.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    kind = SelectField(
        lazy_gettext("Kind of council"),
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        invalid_choice_message=_NOT_LISTED,
    )
    name_kk = _name_field("kk")
    name_ru = _name_field("ru")
    name_en = _name_field("en")
    region = SelectField(
        lazy_gettext("Region"),
        choices=[
            SelectChoice("", lazy_gettext("The whole country")),
            *(SelectChoice(code, label) for code, label in REGIONS.items()),
        ],
        invalid_choice_message=_NOT_LISTED,
        validators=[Optional()],
    )
    term_starts_on = _Day(lazy_gettext("First day of the term"), validators=[InputRequired(_DAY)])
    term_ends_on = _Day(
        lazy_gettext("Last day of the term"),
        description=lazy_gettext("Leave empty: two calendar years for a commission, no end for others."),
        validators=[Optional()],
    )

    def __init__(self, *args: Any, council: Council | None = None, **kwargs: Any) -> None:
        super().__init__(*args, obj=council, data=_values_of(council), **kwargs)
        if council is not None:
            # Report numbers and rights hang on them.
            del self.code
            del self.kind
        self.fixed_kind = CouncilKind(council.kind) if council is not None else None

    @property
    def chosen_kind(self) -> CouncilKind:
        """Return the council's kind."""
        return self.fixed_kind or CouncilKind(self.kind.data)

    @property
    def name(self) -> dict[str, str]:
        """Return the name in three languages."""
        return {"kk": self.name_kk.data, "ru": self.name_ru.data, "en": self.name_en.data}

    @property
    def term(self) -> Term:
        """Return the term; a commission's is two calendar years unless its end is given."""
        until = self.term_ends_on.data
        if until is None and self.chosen_kind is CouncilKind.COMMISSION:
            until = rules.end_of_commission_term(self.term_starts_on.data)
        return Term(self.term_starts_on.data, until)

    def _is_kind_known(self) -> bool:
        return self.fixed_kind is not None or self.kind.data in KINDS

    def validate_term_ends_on(self, field: Field) -> None:
        """Refuse a term that ends before it begins, or a commission's of more than two calendar years."""
        if self.term_starts_on.data is None or field.data is None or not self._is_kind_known():
            return
        if field.data <= self.term_starts_on.data:
            raise ValidationError(gettext("The last day must come after the first."))
        if rules.is_term_too_long(self.chosen_kind, self.term):
            raise ValidationError(
                gettext("A commission’s term is at most two calendar years (article 34 of the Penal Executive Code).")
            )


def _values_of(council: Council | None) -> dict[str, str] | None:
    if council is None:
        return None
    return {f"name_{language}": text for language, text in council.name.items()}


class GrantForm(FlaskForm):
    """A role for a person, from a day to a day."""

    user_id = SelectField(
        lazy_gettext("Person"),
        description=lazy_gettext("Whoever is not in the list needs an account first: ask the administrator."),
        coerce=lambda value: UUID(value) if value and not isinstance(value, UUID) else value,
        invalid_choice_message=_NOT_LISTED,
        invalid_value_message=_NOT_LISTED,
        validators=[DataRequired(lazy_gettext("Choose a person."))],
    )
    role = SelectField(
        lazy_gettext("Role"),
        validators=[DataRequired(lazy_gettext("Choose a role."))],
        invalid_choice_message=_NOT_LISTED,
    )
    starts_on = _Day(lazy_gettext("First day"), validators=[InputRequired(_DAY)])
    ends_on = _Day(
        lazy_gettext("Last day"),
        description=lazy_gettext("Leave empty for the end of the council’s term."),
        validators=[Optional()],
    )

    def __init__(self, *args: Any, council: Council, people: list[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.council = council
        self.user_id.choices = [
            SelectChoice("", "—"),
            *(SelectChoice(str(user_id), name) for user_id, name in people),
        ]
        self.role.choices = [SelectChoice(role.value, ROLES[role]) for role in ROLES_OF_KIND[CouncilKind(council.kind)]]

    @property
    def term(self) -> Term:
        """Return the days of the membership."""
        return Term(self.starts_on.data, self.ends_on.data or self.council.term_ends_on)

    @property
    def chosen_role(self) -> Role:
        """Return the role."""
        return Role(self.role.data)

    def validate_ends_on(self, field: Field) -> None:
        """Refuse an end before the beginning."""
        if field.data is not None and self.starts_on.data is not None and field.data < self.starts_on.data:
            raise ValidationError(gettext("The last day must not come before the first."))


class EndForm(FlaskForm):
    """The last day of a membership."""

    last_day = _Day(
        lazy_gettext("Last day of the membership"),
        description=lazy_gettext("With yesterday’s date the person loses every access at once."),
        validators=[InputRequired(_DAY)],
    )
