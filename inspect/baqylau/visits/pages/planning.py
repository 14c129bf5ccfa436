"""Plan a visit: place, days, basis, checklists; then the group."""

from collections.abc import Sequence
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from baqylau import clock
from baqylau.checklists.models import ChecklistVersion
from baqylau.checklists.queries import newest_of_each, read_stored
from baqylau.councils.labels import REGIONS
from baqylau.councils.models import Council
from baqylau.councils.queries import get_council, members_of, subject_of_council
from baqylau.db.session import current_session
from baqylau.errors import not_found
from baqylau.i18n import in_language
from baqylau.places.queries import conflicted_user_ids
from baqylau.rights.access import Action
from baqylau.rights.guard import check, current_actor, requires
from baqylau.rights.terms import CouncilKind
from baqylau.visits import actions, queries, rules
from baqylau.visits.models import Visit
from baqylau.visits.pages.start import blueprint, carried_out, page_language, show_form
from baqylau.visits.queries import subject_of_visit
from baqylau.visits.terms import GroupMember, VisitKind, VisitState
from baqylau.visits.webforms import PlanForm, group_form

_FIELDS = {
    "visits.place_closed": "place_id",
    "visits.place_out_of_reach": "place_id",
    "visits.conflict_of_interest": "place_id",
    "visits.kind_not_of_council": "kind",
    "visits.checklist_unknown": "checklists",
    "visits.checklists_overlap": "checklists",
}


@blueprint.route("/visits/new", methods=["GET", "POST"])
@requires(Action.VISIT_PLAN)
def new() -> ResponseReturnValue:
    """Plan a visit of the council that the address names; ask for the council first when there are several."""
    db_session, actor, today = current_session(), current_actor(), clock.now().date()
    council = _asked_council()
    if council is None:
        councils = queries.councils_to_plan_for(db_session, actor, today)
        if len(councils) != 1:
            return render_template("visits/choose_council.html", councils=councils)
        council = councils[0]
    versions = newest_of_each(db_session)
    form = _plan_form(council, versions)
    planned: list[Visit] = []

    def plan() -> None:
        visit = actions.plan_visit(db_session, actor, form.plan(council.id), clock.now())
        actions.pin_checklists(db_session, actor, visit, form.checklists.data, clock.now())
        planned.append(visit)

    if carried_out(form, plan, _FIELDS):
        flash(_("Visit %(number)s is planned. Now name the group.", number=planned[0].number), "good")
        return redirect(url_for("visits.group", visit_id=planned[0].id))
    return show_form("visits/plan.html", form=form, council=council, visit=None, has_checklists=bool(versions))


@blueprint.route("/visits/<uuid:visit_id>/plan", methods=["GET", "POST"])
@requires(Action.VISIT_EDIT_PLAN, subject=subject_of_visit)
def edit(visit_id: UUID) -> ResponseReturnValue:
    """Change the plan."""
    db_session, actor = current_session(), current_actor()
    visit = queries.get_visit(db_session, visit_id)
    council = get_council(db_session, visit.council_id)
    pinned = queries.versions_of_visit(db_session, visit_id)
    form = _plan_form(council, newest_of_each(db_session), visit, pinned)

    def change() -> None:
        had_notice = visit.notice_at is not None
        actions.edit_plan(db_session, actor, visit, form.plan(council.id), clock.now())
        if set(form.checklists.data) != {version.id for version in pinned}:
            actions.pin_checklists(db_session, actor, visit, form.checklists.data, clock.now())
        if had_notice and visit.notice_at is None:
            flash(
                _("The recorded notice is void, because place or first day has changed. Give notice again."), "partly"
            )

    if carried_out(form, change, _FIELDS):
        flash(_("The plan is changed. Letters that were printed before are out of date."), "good")
        return redirect(url_for("visits.show", visit_id=visit_id))
    return show_form("visits/plan.html", form=form, council=council, visit=visit, has_checklists=True)


@blueprint.route("/visits/<uuid:visit_id>/group", methods=["GET", "POST"])
@requires(Action.VISIT_EDIT_PLAN, subject=subject_of_visit)
def group(visit_id: UUID) -> ResponseReturnValue:
    """Name the group, its leader, and who takes which sections first."""
    db_session = current_session()
    visit = queries.get_visit(db_session, visit_id)
    day = max(visit.starts_on, clock.now().date())
    conflicted = conflicted_user_ids(db_session, visit.place_id)
    in_force = {user.id: user for _membership, user in members_of(db_session, visit.council_id, day) if user.is_active}
    people = [(user.id, user.name) for user in in_force.values() if user.id not in conflicted]
    present = [
        GroupMember(member.user_id, member.is_leader, tuple(member.sections))
        for member, _user in queries.group_of(db_session, visit_id)
    ]
    form = group_form(people, _sections(visit_id), present)
    if carried_out(
        form,
        lambda: actions.set_group(db_session, current_actor(), visit, form.members, clock.now()),
        {"visits.leader_missing": "leader"},
    ):
        flash(_("The group is named."), "good")
        return redirect(url_for("visits.show", visit_id=visit_id))
    return show_form(
        "visits/group.html",
        form=form,
        visit=visit,
        kept_away=[user.name for user in in_force.values() if user.id in conflicted],
        smallest=rules.COMMISSION_GROUP if rules.needs_notice(VisitKind(visit.kind)) else 1,
        may_change=rules.may_change_group(VisitState(visit.state)),
    )


def _asked_council() -> Council | None:
    asked = request.args.get("council", "")
    if not asked:
        return None
    try:
        council_id = UUID(asked)
    except ValueError as error:
        raise not_found() from error
    check(Action.VISIT_PLAN, subject_of_council(current_session(), council_id))
    return get_council(current_session(), council_id)


def _plan_form(
    council: Council,
    versions: Sequence[ChecklistVersion],
    visit: Visit | None = None,
    pinned: Sequence[ChecklistVersion] = (),
) -> PlanForm:
    language = page_language()
    places = [
        (str(REGIONS[place.region]), place.id, f"{in_language(place.name, language)} ({place.code})")
        for place in queries.places_in_reach(current_session(), council, current_actor().user_id)
    ]
    # A pinned version stays choosable when a newer one is out.
    offered = {version.id: version for version in [*versions, *pinned]}
    return PlanForm(
        places=places,
        kinds=rules.kinds_for(CouncilKind(council.kind)),
        checklists=[(version_id, _title(version, language)) for version_id, version in offered.items()],
        visit=visit,
        pinned=[version.id for version in pinned],
    )


def _title(version: ChecklistVersion, language: str) -> str:
    title = in_language(read_stored(version).title, language)
    return str(_("%(title)s, version %(version)s", title=title, version=version.version))


def _sections(visit_id: UUID) -> list[tuple[str, str]]:
    language = page_language()
    found: dict[str, str] = {}
    for checklist in queries.checklists_of_visit(current_session(), visit_id):
        for section in checklist.sections:
            found.setdefault(section.id, f"{section.id} {in_language(section.title, language)}")
    return list(found.items())
