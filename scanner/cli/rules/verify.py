"""``otaudit rules verify``: whose pack of rules it is, and whether it is as it was made."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain
from scanner.cli._help import SpokenCommand, option
from scanner.wording import said


@click.command(name="verify", cls=SpokenCommand)
@click.argument("pack", metavar="PACK.zip", type=click.Path(path_type=Path))
@option("--key", metavar="FILE", type=click.Path(path_type=Path), help="Ed25519 public key in PEM, whose it must be.")
def command(pack: Path, key: Path | None) -> None:
    """Check a pack: that each file is what was packed, that its signature fits, and with --key who signed it.

    A signature alone says that somebody signed it: without --key compare the fingerprint, which is the SHA-256 of the
    public key, with one that you know.

    \b
    Exit status: 0  everything fits; with --key, it was signed with that key
                 1  it is not signed, or with another key
                 2  usage error, or the pack was altered or is none
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.bounded import read_up_to
        from scanner.engine.definitions.packs import fingerprint, read_pack
        from scanner.errors import DefinitionError, Problem

        read = read_pack(pack)
        wanted = ""
        if key is not None:
            try:
                wanted = fingerprint(read_up_to(key, 100_000))
            except (OSError, ValueError):
                what = said("is no Ed25519 public key in PEM")
                remedy = said("openssl pkey -in KEY -pubout makes it of a private one")
                raise DefinitionError(Problem(str(key), what, remedy=remedy)) from None
    signed = f"signed with the key of SHA-256 {read.signer}" if read.signer else "not signed"
    click.echo(f"{pack}: {read.name} {read.version}, {len(read.files):,} file{'s' * (len(read.files) != 1)}, {signed}")
    if wanted and read.signer and wanted != read.signer:
        click.echo(f"{pack}: the key of --key is another one, of SHA-256 {wanted}")
    sys.exit(0 if read.signer and wanted in ("", read.signer) else FAILING)


COMMAND = Command.of(command)
