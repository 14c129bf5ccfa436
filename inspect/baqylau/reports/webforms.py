"""Forms of reports: own texts, dissenting opinion, release of a passage, issue, verification."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from baqylau.i18n import LANGUAGES
from baqylau.reports.actions import OwnTexts
from baqylau.reports.labels import EARLIER_STATES
from baqylau.reports.labels import LANGUAGES as LANGUAGE_NAMES
from baqylau.reports.models import DissentingOpinion, ReportText
from baqylau.reports.terms import EarlierState

_TOO_LONG = lazy_gettext("This text is too long: at most %(max)d characters.")
#: One page of a report.
_SUMMARY = 4000
_CHECKS = 4000
_MOST = 100_000


def _strip(value: str | None) -> str:
    # PostgreSQL holds no zero bytes, and nobody types one.
    return (value or "").replace("\x00", "").strip()


class _Number(IntegerField):
    """A whole number, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a whole number.")) from error


def _count(label: Any, description: Any) -> _Number:
    return _Number(
        label,
        description=description,
        validators=[Optional(), NumberRange(0, _MOST, lazy_gettext("Enter a number between 0 and 100,000."))],
        render_kw={"inputmode": "numeric"},
    )


def _text(language: str, most: int, rows: int) -> TextAreaField:
    return TextAreaField(
        language,
        filters=[_strip],
        validators=[Length(max=most, message=_TOO_LONG)],
        render_kw={"rows": rows},
    )


class TextsForm(FlaskForm):
    """What the council writes for the report itself; made for one visit by `texts_form`."""

    #: When the texts were written that the person sees, so that nobody writes over another's.
    seen = HiddenField()
    summary_kk, summary_ru, summary_en = (_text(language, _SUMMARY, 8) for language in LANGUAGES)
    checks_kk, checks_ru, checks_en = (_text(language, _CHECKS, 4) for language in LANGUAGES)
    complaints_received = _count(
        lazy_gettext("Complaints of torture and ill-treatment received"),
        lazy_gettext("Penal Executive Code, article 43(4); leave empty if it is not to be stated."),
    )
    complaints_passed = _count(
        lazy_gettext("Of these, passed on to the Commissioner for Human Rights"),
        lazy_gettext("Leave empty if it is not to be stated."),
    )
    persons_met = _count(
        lazy_gettext("Persons met in confidence"),
        lazy_gettext("The report prints a range, such as “fewer than 10” or “10–19”, and never the number."),
    )
    earlier_ids: Sequence[str] = ()

    def earlier(self, recommendation_id: object) -> Field:
        """Return the field of an earlier recommendation."""
        return self[_earlier_name(str(recommendation_id))]

    @property
    def seen_at(self) -> datetime | None:
        """Return when the texts were written that the person saw; None for none."""
        return datetime.fromisoformat(self.seen.data) if self.seen.data else None

    @property
    def texts(self) -> OwnTexts:
        """Return what was entered."""
        stated = {one: self.earlier(one).data for one in self.earlier_ids}
        return OwnTexts(
            summary=_written(self, "summary"),
            reprisal_checks=_written(self, "checks"),
            complaints_received=self.complaints_received.data,
            complaints_passed=self.complaints_passed.data,
            persons_met=self.persons_met.data,
            earlier_states={one: state for one, state in stated.items() if state != EarlierState.NOT_CHECKED},
        )

    def validate_seen(self, field: Field) -> None:
        """Refuse what no page of ours holds."""
        try:
            datetime.fromisoformat(field.data or "2026-01-01")
        except ValueError as error:
            raise ValidationError(gettext("Reload the page and enter it again.")) from error

    def validate_complaints_passed(self, field: Field) -> None:
        """Refuse more complaints passed on than were received."""
        if field.data is not None and field.data > (self.complaints_received.data or 0):
            raise ValidationError(gettext("Not more can be passed on than were received."))


def _earlier_name(recommendation_id: str) -> str:
    return f"earlier_{recommendation_id.replace('-', '')}"


def _written(form: FlaskForm, name: str) -> dict[str, str]:
    texts = {language: form[f"{name}_{language}"].data for language in LANGUAGES}
    return {language: text for language, text in texts.items() if text}


def texts_form(text: ReportText | None, earlier: Sequence[tuple[str, str]], **kwargs: Any) -> TextsForm:
    """Return the form filled with `text`; `earlier` is [(recommendation id, how it is called)].

    `formdata=None` keeps what another form of the page has sent out of it; so in the other forms.
    """
    states = [SelectChoice(state.value, words) for state, words in EARLIER_STATES.items()]
    fields: dict[str, Any] = {_earlier_name(one): SelectField(label, choices=states) for one, label in earlier}
    fields["earlier_ids"] = [one for one, _ in earlier]
    values: dict[str, Any] = {}
    if text is not None:
        values = {f"summary_{language}": words for language, words in text.summary.items()}
        values |= {f"checks_{language}": words for language, words in text.reprisal_checks.items()}
        values |= {_earlier_name(one): state for one, state in text.earlier_states.items()}
        values |= {name: getattr(text, name) for name in ("complaints_received", "complaints_passed", "persons_met")}
        values["seen"] = text.written_at.isoformat()
    made: TextsForm = type("TextsFormOfVisit", (TextsForm,), fields)(data=values, **kwargs)
    return made


class DissentForm(FlaskForm):
    """A member's own dissenting opinion."""

    language = SelectField(
        lazy_gettext("Language of the opinion"),
        choices=[SelectChoice(code, name) for code, name in LANGUAGE_NAMES.items()],
        description=lazy_gettext("It is printed in this language in every copy of the report."),
    )
    opinion = TextAreaField(
        lazy_gettext("Dissenting opinion"),
        description=lazy_gettext("Empty it to take it back. No names of persons held."),
        filters=[_strip],
        validators=[Length(max=10_000, message=_TOO_LONG)],
        render_kw={"rows": 6},
    )

    def __init__(self, dissent: DissentingOpinion | None, language: str, **kwargs: Any) -> None:
        values = {"language": language} if dissent is None else {"language": dissent.language, "opinion": dissent.text}
        super().__init__(data=values, **kwargs)


class ReleaseForm(FlaskForm):
    """Why a stopped passage cannot harm anybody."""

    reason = TextAreaField(
        lazy_gettext("Why nobody can be recognised by it"),
        description=lazy_gettext("Kept with your name; not printed."),
        filters=[_strip],
        validators=[DataRequired(lazy_gettext("Write the reason.")), Length(max=2000, message=_TOO_LONG)],
        render_kw={"rows": 2},
    )

    def __init__(self, passage_hash: str, rule: str, **kwargs: Any) -> None:
        # Several of these stand on one page: each has names of its own.
        super().__init__(prefix=f"release-{passage_hash[:12]}-{rule}-", **kwargs)


class IssueForm(FlaskForm):
    """Issue, or correct with a reason."""

    reason_kk, reason_ru, reason_en = (_text(language, 1000, 2) for language in LANGUAGES)

    @property
    def reason(self) -> dict[str, str]:
        """Return the reason of a correction in the languages in which it was written."""
        return _written(self, "reason")


class NumberForm(FlaskForm):
    """What stands on a printed page."""

    number = StringField(
        lazy_gettext("Report number"),
        filters=[_strip],
        validators=[DataRequired(lazy_gettext("Enter the number of the report.")), Length(max=30, message=_TOO_LONG)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    version = _Number(
        lazy_gettext("Version"),
        validators=[
            InputRequired(lazy_gettext("Enter the version.")),
            NumberRange(1, 999, lazy_gettext("Enter the version: 1 for the first.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    hash = StringField(
        lazy_gettext("Hash of the report’s data"),
        description=lazy_gettext("Sixteen digits in groups of four, in the annex on checking the report."),
        filters=[_strip],
        validators=[
            DataRequired(lazy_gettext("Enter the sixteen digits of the hash.")),
            Length(max=80, message=_TOO_LONG),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )


class FileForm(FlaskForm):
    """A file to be checked."""

    file = FileField(
        lazy_gettext("File of the report (PDF)"),
        description=lazy_gettext("It is checked and not kept."),
        validators=[FileRequired(lazy_gettext("Choose the file."))],
        render_kw={"accept": "application/pdf,.pdf"},
    )
