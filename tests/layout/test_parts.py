"""What a reader gets from the macros and layouts: labels, messages beside fields, marks in words, pages that never fail."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any

import pytest
import wtforms
from flask import Blueprint, Flask, g, render_template, render_template_string
from flask_babel import Babel
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from werkzeug.datastructures import MultiDict
from wtforms import validators
from wtforms.fields.choices import SelectChoice

from baqylau import templating
from baqylau.errors import Problem, not_found
from baqylau.locations import shipped
from baqylau.rights.terms import Actor, CouncilKind, MembershipOf, Role
from baqylau.settings import read_settings

ENDPOINTS = {
    "visits": ["my_work", "index"],
    "places": ["index"],
    "councils": ["index"],
    "checklists": ["index"],
    "accounts": ["people", "account", "sign_in", "sign_out", "set_language"],
}


class BlockForm(FlaskForm):
    class Meta:
        csrf = False

    name = wtforms.StringField("Name of the block", [validators.DataRequired()])
    beds = wtforms.IntegerField("Beds", [validators.Optional()])


class VisitForm(FlaskForm):
    reason = wtforms.StringField("Reason", [validators.DataRequired("Write the reason.")])
    begins_on = wtforms.DateField("First day", [validators.DataRequired("Choose a day.")])
    kind = wtforms.RadioField(
        "Kind", [validators.InputRequired("Choose a kind.")], choices=[SelectChoice("p", "Periodic")]
    )
    lists = wtforms.SelectMultipleField(
        "Checklists",
        choices=[SelectChoice("a", "Living conditions"), SelectChoice("b", "Health care")],
        widget=wtforms.widgets.ListWidget(prefix_label=False),
        option_widget=wtforms.widgets.CheckboxInput(),
    )
    place = wtforms.SelectField("Place", choices=[SelectChoice("1", "First"), SelectChoice("2", "Second")])
    note = wtforms.TextAreaField("Note", [validators.Optional()], description="Nobody outside the group reads it.")
    agreed = wtforms.BooleanField("No conflict of interest", [validators.DataRequired("Say that you have none.")])
    block = wtforms.FormField(BlockForm, "Block")
    members = wtforms.FieldList(wtforms.StringField("Member", [validators.DataRequired()]), "Members", min_entries=1)
    version = wtforms.HiddenField(default="7")


def actor(*roles: Role, is_administrator: bool = False) -> Actor:
    memberships = tuple(MembershipOf(uuid.uuid4(), CouncilKind.COMMISSION, role) for role in roles)
    return Actor(uuid.uuid4(), "Айгүл Сейітова", "en", is_administrator, memberships)


@pytest.fixture
def app(tmp_path: Any) -> Flask:
    """Return a site with the addresses that the layouts link to, and nothing behind them."""
    settings = read_settings(tmp_path / "instance", secure_cookies=False, testing=True)
    made = Flask("site", template_folder=str(shipped("templates")), static_folder=str(shipped("static")))
    made.config.update(SECRET_KEY="test", TESTING=True)
    CSRFProtect(made)
    Babel(made, locale_selector=lambda: templating.choose_language(settings))
    templating.set_up(made, settings)
    for room, views in ENDPOINTS.items():
        blueprint = Blueprint(room, room)
        for view in views:
            blueprint.add_url_rule(f"/{room}/{view}", view, lambda: "", methods=["GET", "POST"])
        made.register_blueprint(blueprint)
    return made


@pytest.fixture
def show(app: Flask) -> Callable[..., str]:
    """Return a function that renders a piece of template with macros as a signed-in or unknown reader."""

    def render(text: str, reader: Actor | None = None, address: str = "/visits/index?lang=en", **words: Any) -> str:
        with app.test_request_context(address):
            g.actor, g.nonce = reader, "nonce"
            return render_template_string(text, **words)

    return render


@pytest.fixture
def shown_form(app: Flask) -> Callable[..., str]:
    """Return a function that renders the whole form, sent with these entries or fresh."""

    def render(**entries: str) -> str:
        with app.test_request_context("/visits/index?lang=en", method="POST" if entries else "GET"):
            g.actor, g.nonce = None, "nonce"
            form = VisitForm(MultiDict(entries) if entries else None, meta={"csrf": False})
            if entries:
                form.validate()
            return render_template_string(
                '{% from "parts/forms.html" import csrf, error_summary, field %}{{ error_summary(form) }}{{ csrf(form) }}'
                "{% for one in form %}{{ field(one) }}{% endfor %}",
                form=form,
            )

    return render


def ids(text: str) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', text)


def test_a_fresh_form_has_no_summary_and_no_message(shown_form: Callable[..., str]) -> None:
    text = shown_form()
    assert "error-summary" not in text
    assert "field-error" not in text
    assert "aria-invalid" not in text


def test_every_control_has_a_label_and_every_id_is_there_once(shown_form: Callable[..., str]) -> None:
    text = shown_form()
    visible = set(re.findall(r'<(?:input|select|textarea)\b(?![^>]*type="hidden")[^>]*\sid="([^"]+)"', text))
    assert len(visible) == 11
    assert visible == set(re.findall(r'<label[^>]*\sfor="([^"]+)"', text))
    assert len(ids(text)) == len(set(ids(text)))


def test_hidden_fields_are_sent_once(shown_form: Callable[..., str]) -> None:
    assert shown_form().count('name="version"') == 1


def test_an_invalid_form_names_each_fault_in_the_summary_and_leads_to_the_control(
    shown_form: Callable[..., str],
) -> None:
    text = shown_form(**{"note": "kept", "members-0": "", "block-name": "", "block-beds": "many"})
    links = dict(re.findall(r'<a href="#([^"]+)">([^<]+)</a>', text))
    assert links["reason"] == "Reason: Write the reason."
    assert links["begins_on"] == "First day: Choose a day."
    assert links["kind-0"] == "Kind: Choose a kind."
    assert links["agreed"] == "No conflict of interest: Say that you have none."
    assert links["block-name"].startswith("Name of the block: ")
    assert links["block-beds"].startswith("Beds: ")
    assert links["members-0"].startswith("Member: ")
    assert set(links) <= set(ids(text))


def test_what_was_written_stays_in_an_invalid_form(shown_form: Callable[..., str]) -> None:
    text = shown_form(note="the head was away", kind="p")
    assert "the head was away</textarea>" in text
    assert re.search(r'<input[^>]*\bchecked\b[^>]*id="kind-0"', text)


def test_every_description_that_a_control_names_is_on_the_page(shown_form: Callable[..., str]) -> None:
    text = shown_form(reason="")
    named = [name for names in re.findall(r'aria-describedby="([^"]+)"', text) for name in names.split()]
    assert {"reason-error", "note-hint"} <= set(named)
    assert set(named) <= set(ids(text))


def test_a_group_of_fields_does_not_repeat_the_messages_of_its_parts(shown_form: Callable[..., str]) -> None:
    text = shown_form(**{"members-0": "", "block-name": ""})
    assert "block-error" not in text
    assert "members-error" not in text


def test_only_fields_that_may_stay_empty_are_called_optional(shown_form: Callable[..., str]) -> None:
    labels = re.findall(r"<label[^>]*>([^<]+)\s*<span class=\"optional\">", shown_form())
    assert [label.strip() for label in labels] == ["Note", "Beds"]


def test_text_from_people_is_escaped(show: Callable[..., str]) -> None:
    text = show('{% from "parts/marks.html" import badge %}{{ badge(name) }}', name="<script>alert(1)</script>")
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("rating", "word", "shape"),
    [
        ("met", "met", "#good"),
        ("partly", "partly met", "#partly"),
        ("not_met", "not met", "#bad"),
        ("not_seen", "not seen", "#unseen"),
        ("not_applicable", "not applicable", None),
        (None, "not answered", None),
    ],
)
def test_a_rating_is_said_by_word_and_shape(
    show: Callable[..., str], rating: str, word: str, shape: str | None
) -> None:
    text = show('{% from "parts/marks.html" import rating_mark %}{{ rating_mark(rating) }}', rating=rating)
    assert f"<span>{word}</span>" in text
    assert (shape in text) if shape else "<svg" not in text


@pytest.mark.parametrize(
    ("page", "pages", "expected"),
    [(1, 1, ""), (1, 3, "123"), (5, 9, "1…456…9"), (9, 9, "1…89"), (3, 9, "1234…9")],
)
def test_the_pager_shows_first_last_and_neighbours(
    show: Callable[..., str], page: int, pages: int, expected: str
) -> None:
    text = show(
        '{% from "parts/pager.html" import pager %}{{ pager(page, pages, "visits.index", state="planned") }}',
        page=page,
        pages=pages,
    )
    numbers = re.sub(r"<span.*?</span>|<a class=\"pager-step\".*?</a>", "", text)
    assert re.sub(r"<[^>]+>|\s", "", numbers) == expected
    assert all("state=planned" in link for link in re.findall(r'href="([^"]+)"', text))


def test_a_fact_without_a_value_says_so_and_zero_is_a_value(show: Callable[..., str]) -> None:
    macro = '{% from "parts/facts.html" import fact %}{{ fact("Beds", value) }}'
    assert "not entered" in show(macro, value="")
    assert "not entered" in show(macro, value=None)
    assert "<dd>0</dd>" in show(macro, value=0)


def test_an_event_shows_a_day_or_an_instant(show: Callable[..., str]) -> None:
    macro = '{% from "parts/timeline.html" import event %}{{ event(at, "Planned") }}'
    assert ">23\u00a0November 2026</time>" in show(macro, at=date(2026, 11, 23))
    assert ", 12:04</time>" in show(macro, at=datetime(2026, 11, 23, 7, 4, tzinfo=UTC))


def test_progress_over_nothing_does_not_divide(show: Callable[..., str]) -> None:
    text = show('{% from "parts/progress.html" import progress %}{{ progress("Sections", 0, 0) }}')
    assert 'max="1" value="0"' in text
    assert "0 of 0" in text


OFFICE = '{% extends "layout/office.html" %}{% block heading %}<b>Visits</b> &amp; more{% endblock %}'


def menu(text: str) -> list[str]:
    listed = re.search(r'<ul class="menu-list">(.*?)</ul>', text, re.DOTALL)
    assert listed
    return re.findall(r"<a [^>]*>([^<]+)</a>", listed[1])


def test_the_menu_shows_what_the_reader_may_open(show: Callable[..., str]) -> None:
    everybody = ["My work", "Visits", "Places", "Councils", "Checklists"]
    assert menu(show(OFFICE, actor(Role.MONITOR))) == everybody
    assert menu(show(OFFICE, actor(is_administrator=True))) == ["My work", "Places", "Councils", "Checklists", "People"]
    assert menu(show(OFFICE, None)) == []


def test_the_menu_marks_the_page_one_is_on(show: Callable[..., str]) -> None:
    for address, label in [("/visits/my_work", "My work"), ("/visits/index", "Visits"), ("/places/index", "Places")]:
        text = show(OFFICE, actor(Role.MONITOR), address + "?lang=en")
        assert re.findall(r'aria-current="page">([^<]+)<', text) == [label]


def test_the_title_is_the_heading_without_its_markup(show: Callable[..., str]) -> None:
    assert "<title>Visits &amp; more · Baqylau</title>" in show(OFFICE, actor(Role.MONITOR))


def test_an_office_page_has_landmarks_only_for_what_it_holds(show: Callable[..., str]) -> None:
    bare = show(OFFICE, actor(Role.MONITOR))
    assert "<aside" not in bare
    assert "crumbs" not in bare
    full = show(
        OFFICE + "{% block aside %}facts{% endblock %}{% block crumbs %}back{% endblock %}", actor(Role.MONITOR)
    )
    assert '<aside class="aside">facts</aside>' in full
    assert "crumbs" in full


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_language_of_the_page_is_declared_and_the_switch_comes_back_to_it(
    show: Callable[..., str], language: str
) -> None:
    text = show(OFFICE, actor(Role.MONITOR), f"/places/index?page=2&lang={language}")
    assert f'<html lang="{language}"' in text
    assert re.search(rf'value="{language}" lang="{language}" aria-current="true"', text)
    assert f'name="then" value="/places/index?page=2&amp;lang={language}"' in text


def test_what_was_flashed_is_shown_once_with_its_tone(app: Flask) -> None:
    with app.test_request_context("/visits/index?lang=en"):
        from flask import flash

        g.actor, g.nonce = actor(Role.MONITOR), "nonce"
        flash("The visit has been planned.", "good")
        flash("One tablet is missing.", "bad")
        text = render_template_string(OFFICE)
    assert text.count("The visit has been planned.") == 1
    assert re.search(r'notice-good" role="status".*?planned.*?notice-bad" role="status".*?missing', text, re.DOTALL)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 507])
def test_the_page_of_a_problem_needs_nobody_signed_in(app: Flask, method: str, status: int) -> None:
    problem = Problem("app.test", HTTPStatus(status), "What happened and what to do.")
    with app.test_request_context("/nowhere?lang=en", method=method):
        text = render_template(
            "layout/problem.html", problem=problem, message=problem.message, request_id="4f1c9a77b210"
        )
    assert "What happened and what to do." in text
    assert "app.test" in text
    assert "4f1c9a77b210" in text
    assert re.search(r"<h1>\s*\w", text)


def test_the_page_of_a_problem_leads_a_signed_in_reader_on(app: Flask) -> None:
    problem = not_found()
    with app.test_request_context("/nowhere?lang=en"):
        g.actor = actor(Role.MONITOR)
        text = render_template("layout/problem.html", problem=problem, message=problem.message, request_id="")
    assert 'href="/visits/my_work">Go to the first page' in text
    assert "Request" not in text
