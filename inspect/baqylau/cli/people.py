"""Commands on people: the first administrator, and a new invitation."""

from datetime import datetime
from pathlib import Path

import click

from baqylau import clock
from baqylau.accounts.actions import create_user, invite
from baqylau.accounts.queries import find_user_by_login
from baqylau.cli.installation import ensure_ready, open_database
from baqylau.councils.actions import grant_membership
from baqylau.councils.queries import find_council_by_code
from baqylau.councils.terms import Term
from baqylau.errors import Problem
from baqylau.i18n import local_time
from baqylau.rights.terms import Role
from baqylau.settings import read_settings


@click.group()
def people() -> None:
    """Create the first administrator, invite a person anew."""


@people.command("add")
@click.argument("login")
@click.argument("name")
@click.option("--administrator", is_flag=True, help="Runs the installation; sees no visit.")
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="kk", show_default=True)
@click.pass_obj
def add(instance: Path | None, login: str, name: str, administrator: bool, language: str) -> None:
    """Create the person NAME with the sign-in name LOGIN and print the invitation, which lets them choose a password."""
    settings = read_settings(instance)
    ensure_ready(settings)
    with open_database(settings).transaction() as session:
        user = create_user(session, None, login, name, language, administrator, clock.now())
        token = invite(session, None, user.id, settings, clock.now())
    click.echo(f"{settings.public_address}/invitations/{token}")


@people.command("invite")
@click.argument("login")
@click.pass_obj
def invite_again(instance: Path | None, login: str) -> None:
    """Print a new invitation for LOGIN, for somebody who has lost password and second factor."""
    settings = read_settings(instance)
    ensure_ready(settings)
    with open_database(settings).transaction() as session:
        user = find_user_by_login(session, login)
        if user is None:
            raise click.ClickException(f'nobody signs in as "{login}"')
        token = invite(session, None, user.id, settings, clock.now())
    click.echo(f"{settings.public_address}/invitations/{token}")


@people.command("grant")
@click.argument("login")
@click.argument("council")
@click.argument("role", type=click.Choice(["monitor", "chair", "secretary", "coordinator", "office"]))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day; today if not given.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day; open if not given.")
@click.pass_obj
def grant(
    instance: Path | None, login: str, council: str, role: str, since: datetime | None, until: datetime | None
) -> None:
    """Grant LOGIN a ROLE in the COUNCIL with this code: for a council's first chair, who then grants the others."""
    settings = read_settings(instance)
    ensure_ready(settings)
    now = clock.now()
    first_day = since.date() if since else local_time(now, settings.time_zone).date()
    try:
        with open_database(settings).transaction() as session:
            user, body = find_user_by_login(session, login), find_council_by_code(session, council)
            if user is None or body is None:
                raise click.ClickException(f'nobody signs in as "{login}", or no council has the code "{council}"')
            term = Term(first_day, until.date() if until else body.term_ends_on)
            grant_membership(session, None, body.id, user.id, Role(role), term, now)
    except Problem as problem:
        raise click.ClickException(
            problem.message % problem.details if problem.details else str(problem.message)
        ) from problem
    click.echo(f"{login} is {role} of {council} since {first_day}")
