"""Commands on the installation's seal: make it, replace it, show its fingerprint."""

from pathlib import Path

import click

from baqylau.cli.output import json_option, show
from baqylau.clock import now
from baqylau.settings import read_settings
from baqylau.signatures.keys import SealKeys, fingerprint, load_keys, make_keys, rotate_seal
from baqylau.signatures.takeover import take_over_pkcs12
from baqylau.signatures.terms import KeyNames, KeyTrouble


@click.group()
def keys() -> None:
    """Make, replace and show the key that seals reports."""


@keys.command("init")
@click.option("--pkcs12", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Take a CA's key instead.")
@click.option("--passphrase-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def init(instance: Path | None, pkcs12: Path | None, passphrase_file: Path | None) -> None:
    """Make the installation's own root and seal, or take over a PKCS#12 file; nothing is ever overwritten."""
    settings = read_settings(instance)
    names = KeyNames(root=f"{settings.seal_name} root", seal=settings.seal_name, organisation=settings.seal_name)
    try:
        if pkcs12 is None:
            made = make_keys(settings.keys, names, at=now())
        elif passphrase_file is None:
            raise click.ClickException("a PKCS#12 file needs --passphrase-file; a passphrase is never an argument")
        else:
            made = take_over_pkcs12(settings.keys, pkcs12, passphrase_file, at=now())
    except KeyTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    _tell(made, as_json=False)


@keys.command("rotate")
@click.confirmation_option(prompt="Reports from now on will carry a new seal; old ones stay verifiable. Go on?")
@click.pass_obj
def rotate(instance: Path | None) -> None:
    """Replace the seal under the same root."""
    try:
        _tell(rotate_seal(read_settings(instance).keys, at=now()), as_json=False)
    except KeyTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble


@keys.command("show")
@json_option
@click.pass_obj
def show_keys(instance: Path | None, as_json: bool) -> None:
    """Show the fingerprints that the verification page publishes."""
    try:
        _tell(load_keys(read_settings(instance).keys), as_json)
    except KeyTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble


def _tell(held: SealKeys, as_json: bool) -> None:
    found = {
        "seal": fingerprint(held.certificate),
        "seal_until": held.certificate.not_valid_after_utc.date().isoformat(),
        "root": fingerprint(held.root) if held.root else None,
        "retired": [fingerprint(certificate) for certificate in held.retired],
    }
    show(found, as_json, lambda: [f"{name:11} {value}" for name, value in found.items() if value])
