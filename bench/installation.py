"""An installation in a temporary folder, made by the demo's own functions, for the figures that need one."""

import atexit
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

from baqylau import clock
from baqylau.db.engine import Database
from baqylau.db.migrate import upgrade
from baqylau.demo.report import judged_items
from baqylau.demo.visits import Sketch, plan, record_whole_visit
from baqylau.demo.world import World, make_world
from baqylau.i18n import local_time
from baqylau.settings import Settings, read_settings
from baqylau.visits.actions import begin_visit
from baqylau.visits.terms import VisitKind


@dataclass(frozen=True)
class Installation:
    """What was made and who is in it."""

    settings: Settings
    database: Database
    world: World
    now: datetime

    @property
    def today(self) -> date:
        """The day of the installation's time zone."""
        return local_time(self.now, self.settings.time_zone).date()


def temporary_folder() -> Path:
    """Return a new folder that goes when the benchmark ends."""
    folder = tempfile.TemporaryDirectory(prefix="baqylau-bench-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    return Path(folder.name)


@cache
def installation() -> Installation:
    """Return the installation with its councils, places and people; made once a run."""
    settings = read_settings(temporary_folder(), secure_cookies=False)
    upgrade(settings.database)
    database, now = Database(settings.database), clock.now()
    with database.transaction() as session:
        world = make_world(session, settings, now - timedelta(days=300))
    return Installation(settings, database, world, now)


@cache
def recorded_visit() -> UUID:
    """Return the demo's visit whose full checklist is answered by three members."""
    made = installation()
    return record_whole_visit(made.database, made.settings, made.world, made.today, judged_items())


@cache
def begun_visit() -> UUID:
    """Return a visit under way with the full checklist and no answers, led by `leader`."""
    made = installation()
    sketch = Sketch("NPM", "JET-901", VisitKind.PERIODIC, "coordinator", ("leader",), made.today, 1, "Бару")
    with made.database.transaction() as session:
        visit = plan(session, made.world, sketch, made.now - timedelta(days=7))
        begin_visit(session, made.world.actor(session, "leader", made.today), visit, made.now)
        return visit.id
