"""Authorities, places, councils and people of the demo, as `world.yaml` lists them."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlmodel import Session

from baqylau.accounts.actions import accept_invitation, create_user, invite
from baqylau.accounts.models import User
from baqylau.checklists.actions import publish_shipped
from baqylau.councils.actions import create_council, grant_membership
from baqylau.councils.queries import actor_of
from baqylau.councils.terms import Term
from baqylau.places.actions import PlaceValues, create_authority, create_place
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region
from baqylau.rights.terms import Actor, CouncilKind, Role
from baqylau.settings import Settings

_PASSWORD_BYTES = 12


def content(name: str) -> Any:
    """Return the YAML file `name` that lies beside this module."""
    return yaml.safe_load((Path(__file__).parent / name).read_text())


@dataclass
class World:
    """What was made, by the short names of world.yaml."""

    authorities: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, UUID] = field(default_factory=dict)
    councils: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def actor(self, session: Session, login: str, on: date) -> Actor:
        """Return the person as an actor with the memberships of that day."""
        return actor_of(session, self.users[login], on)


def make_world(session: Session, settings: Settings, since: datetime) -> World:
    """Add everything but visits, as it stood at `since`."""
    listed = content("world.yaml")
    world = World()
    publish_shipped(session, since)
    for one in listed["authorities"]:
        parent = world.authorities.get(one.get("above"))
        authority = create_authority(session, None, one["name"], AuthorityLevel(one["level"]), parent, since)
        world.authorities[one["id"]] = authority.id
    for one in listed["places"]:
        values = PlaceValues(
            kind=PlaceKind(one["kind"]),
            name=one["name"],
            authority_id=world.authorities[one["authority"]],
            region=Region(one["region"]),
            limit=one["limit"],
            limit_on=date(since.year, 1, 1),
            groups=[GroupHeld(group) for group in one["groups"]],
        )
        world.places[one["code"]] = create_place(session, None, one["code"], values, since).id
    _make_councils(session, world, listed, since)
    for one in listed["people"]:
        _make_person(session, world, settings, one, since)
    return world


def _make_councils(session: Session, world: World, listed: Any, since: datetime) -> None:
    for one in listed["councils"]:
        kind = CouncilKind(one["kind"])
        # A commission's term is two calendar years (PEC 34); the other bodies have none.
        ends = date(since.year + 1, 12, 31) if kind is CouncilKind.COMMISSION else None
        term = Term(date(since.year, 1, 1), ends)
        world.councils[one["code"]] = create_council(
            session, None, one["code"], kind, one["name"], one["region"], term, since
        ).id


def _make_person(session: Session, world: World, settings: Settings, one: dict[str, Any], since: datetime) -> None:
    login = one["login"]
    administrator = one.get("administrator", False)
    user = create_user(session, None, login, one["name"], one["language"], administrator, since)
    world.passwords[login] = secrets.token_urlsafe(_PASSWORD_BYTES)
    accept_invitation(session, invite(session, None, user.id, settings, since), world.passwords[login], since)
    world.users[login] = user
    world.roles[login] = Role.ADMINISTRATOR if administrator else one["role"]
    if "council" in one:
        term = Term(date(since.year, 1, 1), date(since.year + 1, 12, 31))
        grant_membership(session, None, world.councils[one["council"]], user.id, Role(one["role"]), term, since)
