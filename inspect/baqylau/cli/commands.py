"""The group of all commands, and the few that run the installation."""

import signal
import sys
from multiprocessing import Process
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from baqylau import __version__
from baqylau.app import create_app
from baqylau.checklists.actions import publish_shipped
from baqylau.cli.audit import audit
from baqylau.cli.checklists import checklists
from baqylau.cli.doctor import doctor
from baqylau.cli.installation import ensure_ready, open_database
from baqylau.cli.keys import keys
from baqylau.cli.people import people
from baqylau.cli.tablets import tablets
from baqylau.cli.verify import verify
from baqylau.clock import now
from baqylau.db.migrate import downgrade, newest_revision, upgrade
from baqylau.jobs.queue import work as do_jobs
from baqylau.settings import Settings, read_settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--instance", type=click.Path(file_okay=False, path_type=Path), help="Folder of the installation.")
@click.pass_context
def main(context: click.Context, instance: Path | None) -> None:
    """Checklists, visits, findings and sealed reports for people who inspect places of deprivation of liberty."""
    context.obj = instance


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.pass_obj
def serve(instance: Path | None, host: str, port: int, threads: int) -> None:
    """Serve the pages, and do the jobs in a process beside, until Ctrl-C."""
    settings = read_settings(instance)
    ensure_ready(settings)
    worker = Process(target=_work, args=(settings,), name="baqylau-jobs")
    worker.start()
    signal.signal(signal.SIGTERM, _stop)
    import waitress  # noqa: PLC0415  # only this command serves

    try:
        click.echo(f"Serving at http://{host}:{port} - end with Ctrl-C")
        waitress.serve(create_app(settings=settings), host=host, port=port, threads=threads, ident=None)
    finally:
        worker.terminate()
        worker.join(10)


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _work(settings: Settings) -> None:
    # The job processes of Huey end by themselves on SIGTERM; Ctrl-C reaches the whole group.
    create_app(settings=settings)
    do_jobs(open_database(settings), settings)


@main.command()
@click.pass_obj
def work(instance: Path | None) -> None:
    """Do the jobs (rendering and sealing reports) until Ctrl-C; for installations that serve the pages otherwise."""
    settings = read_settings(instance)
    ensure_ready(settings)
    _work(settings)


@main.group()
def db() -> None:
    """Bring the database to the newest schema, or back."""


@db.command("upgrade")
@click.pass_obj
def db_upgrade(instance: Path | None) -> None:
    """Run the migrations, then publish the checklists that came with the program."""
    settings = read_settings(instance)
    settings.instance.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    with open_database(settings).transaction() as session:
        publish_shipped(session, now())
    click.echo(f"the schema is at {newest_revision()}")


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="Data of the newer schema will be lost. Go on?")
@click.pass_obj
def db_downgrade(instance: Path | None, revision: str) -> None:
    """Undo the migrations down to REVISION ("base" leaves an empty database)."""
    downgrade(read_settings(instance).database, revision)


for command in (audit, checklists, doctor, keys, people, tablets, verify):
    main.add_command(command)


if __name__ == "__main__":
    sys.exit(main())
