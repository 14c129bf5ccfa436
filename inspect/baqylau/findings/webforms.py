"""Forms of findings and recommendations; what was entered survives an error."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from baqylau.checklists.terms import LANGUAGES, Rating, Standard
from baqylau.db.types import new_id
from baqylau.findings import labels
from baqylau.findings.actions import FindingDraft, RecommendationDraft
from baqylau.findings.advice import without_patterns
from baqylau.findings.models import Finding, Recommendation
from baqylau.findings.rules import is_within_term
from baqylau.findings.standards import in_lines, read_standards
from baqylau.findings.terms import Cause, FindingKind, Priority, Severity

_TOO_LONG = lazy_gettext("This text is too long: at most %(max)d characters.")
#: (value, words) of what can be chosen.
Choices = Sequence[tuple[str | UUID, Any]]


def _strip(value: str | None) -> str:
    return (value or "").strip()


def _uuid_or_none(value: Any) -> UUID | None:
    if not value:
        return None
    return value if isinstance(value, UUID) else UUID(str(value))


def _choices(values: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(str(value), words) for value, words in values]


def _none_first(values: Mapping[Any, Any], none: str) -> list[SelectChoice]:
    return [SelectChoice("", none), *_choices(values.items())]


class _Ticks(SelectMultipleField):
    """Several choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class _Day(DateField):
    """A day, with a message in the page's language for what is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(gettext("Enter a day, such as 2026-11-23.")) from error


def _text(label: Any, longest: int, rows: int) -> TextAreaField:
    limit = Length(max=longest, message=_TOO_LONG)
    return TextAreaField(label, filters=[_strip], validators=[limit], render_kw={"rows": rows})


def _line(label: Any) -> StringField:
    return StringField(label, filters=[_strip], validators=[Length(max=300, message=_TOO_LONG)])


class ActForm(FlaskForm):
    """A button that judges a text: it names the text that was read."""

    read_at = HiddenField()

    def instant(self) -> datetime:
        """Return when the text that was read had been written; the beginning of time for what is none."""
        return _instant(self.read_at.data) or datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class TakeForm(FlaskForm):
    """The item whose proposal is taken."""

    item_id = HiddenField(validators=[DataRequired()])


class PhotoForm(Form):
    """Whether one photo is printed with the finding, and under what caption."""

    evidence_id = HiddenField(filters=[_uuid_or_none])
    is_printed = BooleanField(lazy_gettext("Print this photo with the finding"))
    caption_kk = _line("kk")
    caption_ru = _line("ru")
    caption_en = _line("en")

    def caption(self) -> dict[str, str]:
        """Return the caption in each language."""
        return {language: self[f"caption_{language}"].data or "" for language in LANGUAGES}


class FindingForm(FlaskForm):
    """Everything that a person says about one finding."""

    #: Chosen when the empty form is shown, so that sending it twice makes one finding.
    finding_id = HiddenField(filters=[_uuid_or_none])
    read_at = HiddenField()
    section = SelectField(lazy_gettext("Section"))
    kind = RadioField(lazy_gettext("Kind"), choices=_choices(labels.KINDS.items()))
    established_kk = _text("kk", 8000, 7)
    established_ru = _text("ru", 8000, 7)
    established_en = _text("en", 8000, 7)
    whereabouts_kk = _line("kk")
    whereabouts_ru = _line("ru")
    whereabouts_en = _line("en")
    items = _Ticks(lazy_gettext("Answers it rests on"), validate_choice=True)
    renews = BooleanField(lazy_gettext("The text fits the answers as they stand now"))
    sources = _Ticks(lazy_gettext("Sources"), choices=_choices(labels.SOURCES.items()))
    standards = TextAreaField(lazy_gettext("Standards"), filters=[_strip], render_kw={"rows": 4, "spellcheck": "false"})
    national = SelectField(lazy_gettext("Assessment by national law"))
    international = SelectField(lazy_gettext("Assessment by international standards"))
    severity = SelectField(lazy_gettext("Severity"))
    cause = SelectField(lazy_gettext("Root cause"))
    is_urgent = BooleanField(lazy_gettext("Urgent: the head of the place was told at once, or has to be"))
    photos = FieldList(FormField(PhotoForm))

    def __init__(
        self,
        *args: Any,
        sections: Choices,
        items: Choices,
        acts: Mapping[str, Standard],
        visit_day: date,
        finding: Finding | None = None,
        **kwargs: Any,
    ) -> None:
        given = {**(_values_of_finding(finding) if finding else {"finding_id": new_id()}), **kwargs.pop("data", {})}
        super().__init__(*args, data={"kind": FindingKind.SHORTCOMING.value, **given}, **kwargs)
        self._acts, self._visit_day = acts, visit_day
        self.section.choices = _choices(sections)
        self.items.choices = _choices(items)
        ratings = _none_first(labels.RATINGS, gettext("not assessed"))
        self.national.choices = self.international.choices = ratings
        self.severity.choices = _none_first(labels.SEVERITIES, gettext("not judged yet"))
        self.cause.choices = _none_first(labels.CAUSES, gettext("not judged yet"))

    def validate_standards(self, field: TextAreaField) -> None:
        """Refuse lines that name no act, or one that was not in force on the day of the visit."""
        written = read_standards(field.data, self._visit_day, self._acts)
        found = []
        if written.unknown:
            lines = ", ".join(written.unknown)
            found.append(gettext("No act is known by this name: %(lines)s. Begin each line with an act.", lines=lines))
        if written.not_in_force:
            lines = ", ".join(written.not_in_force)
            found.append(gettext("Not in force on the day of the visit: %(lines)s.", lines=lines))
        if found:
            raise ValidationError(" ".join(found))

    def draft(self) -> FindingDraft:
        """Return what the form says."""
        return FindingDraft(
            section=self.section.data,
            kind=FindingKind(self.kind.data),
            items=tuple(self.items.data or ()),
            established={language: self[f"established_{language}"].data for language in LANGUAGES},
            whereabouts={language: self[f"whereabouts_{language}"].data for language in LANGUAGES},
            sources=tuple(self.sources.data or ()),
            standards=read_standards(self.standards.data, self._visit_day, self._acts).standards,
            national=Rating(self.national.data) if self.national.data else None,
            international=Rating(self.international.data) if self.international.data else None,
            severity=Severity(self.severity.data) if self.severity.data else None,
            cause=Cause(self.cause.data) if self.cause.data else None,
            is_urgent=bool(self.is_urgent.data),
        )

    def instant(self) -> datetime | None:
        """Return when the text that the writer had before them was written; None = there was none."""
        return _instant(self.read_at.data)


def _values_of_finding(finding: Finding) -> dict[str, Any]:
    return {
        "finding_id": finding.id,
        "read_at": finding.written_at.isoformat(),
        "section": finding.section,
        "kind": finding.kind,
        "items": finding.items,
        "sources": finding.sources,
        "standards": in_lines(finding.standards),
        "national": finding.national or "",
        "international": finding.international or "",
        "severity": finding.severity or "",
        "cause": finding.cause or "",
        "is_urgent": finding.is_urgent,
        **_by_language("established", finding.established),
        **_by_language("whereabouts", finding.whereabouts),
    }


class RecommendationForm(FlaskForm):
    """One action, one addressee, one term, one sign of fulfilment."""

    recommendation_id = HiddenField(filters=[_uuid_or_none])
    read_at = HiddenField()
    findings = _Ticks(
        lazy_gettext("Findings it follows from"),
        coerce=_uuid_or_none,
        validators=[DataRequired(lazy_gettext("Choose at least one finding."))],
    )
    authority_id = SelectField(
        lazy_gettext("Addressee"),
        coerce=_uuid_or_none,
        validators=[DataRequired(lazy_gettext("Choose the addressee."))],
    )
    priority = RadioField(
        lazy_gettext("Term"),
        choices=_choices(labels.PRIORITIES.items()),
        validators=[InputRequired(lazy_gettext("Choose a term."))],
    )
    due_on = _Day(
        lazy_gettext("Last day"),
        description=lazy_gettext("Leave empty to let the term count from the day on which the report is issued."),
        validators=[Optional()],
    )
    action_kk = _text("kk", 4000, 5)
    action_ru = _text("ru", 4000, 5)
    action_en = _text("en", 4000, 5)
    sign_kk = _text("kk", 2000, 3)
    sign_ru = _text("ru", 2000, 3)
    sign_en = _text("en", 2000, 3)
    repeats_id = SelectField(lazy_gettext("Repeats an earlier recommendation"), coerce=_uuid_or_none)

    def __init__(
        self,
        *args: Any,
        findings: Sequence[tuple[UUID, str]],
        authorities: Sequence[tuple[UUID, str]],
        earlier: Sequence[tuple[UUID, str]],
        today: date,
        recommendation: Recommendation | None = None,
        linked: Sequence[UUID] = (),
        **kwargs: Any,
    ) -> None:
        given = kwargs.pop("data", {})
        if recommendation:
            given = {**_values_of_recommendation(recommendation, linked), **given}
        super().__init__(*args, data={"recommendation_id": new_id(), **given}, **kwargs)
        self._today, self._due_before = today, recommendation.due_on if recommendation else None
        self.findings.choices = _choices(findings)
        self.authority_id.choices = [SelectChoice("", "—"), *_choices(authorities)]
        self.repeats_id.choices = [SelectChoice("", gettext("no")), *_choices(earlier)]

    def validate_due_on(self, field: DateField) -> None:
        """Refuse a day in the past or beyond the term; a day that was set before may stay."""
        if not field.data or field.data == self._due_before or not self.priority.data:
            return
        if not is_within_term(Priority(self.priority.data), field.data, self._today):
            raise ValidationError(gettext("This day lies in the past, or later than the chosen term allows."))

    def draft(self) -> RecommendationDraft:
        """Return what the form says; a pattern that nobody touched is no text."""
        return RecommendationDraft(
            findings=tuple(self.findings.data),
            authority_id=self.authority_id.data,
            priority=Priority(self.priority.data),
            due_on=self.due_on.data,
            action=self.action(),
            sign=self.sign(),
            repeats_id=self.repeats_id.data,
        )

    def action(self) -> dict[str, str]:
        """Return what is to be done, in the languages in which somebody has begun to write it."""
        return without_patterns({language: self[f"action_{language}"].data or "" for language in LANGUAGES})

    def sign(self) -> dict[str, str]:
        """Return the sign of fulfilment in the languages in which it was written."""
        return {language: self[f"sign_{language}"].data or "" for language in LANGUAGES}

    def instant(self) -> datetime | None:
        """Return when the text that the writer had before them was written; None = there was none."""
        return _instant(self.read_at.data)


def _values_of_recommendation(recommendation: Recommendation, linked: Sequence[UUID]) -> dict[str, Any]:
    return {
        "recommendation_id": recommendation.id,
        "read_at": recommendation.written_at.isoformat(),
        "findings": list(linked),
        "authority_id": recommendation.authority_id,
        "priority": recommendation.priority,
        "due_on": recommendation.due_on,
        "repeats_id": recommendation.repeats_id,
        **_by_language("action", recommendation.action),
        **_by_language("sign", recommendation.sign),
    }


def _by_language(name: str, texts: Mapping[str, str]) -> dict[str, str]:
    return {f"{name}_{language}": texts.get(language, "") for language in LANGUAGES}


def _instant(written: str | None) -> datetime | None:
    """Return an instant as the form carries it; None for what is none."""
    try:
        return datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
