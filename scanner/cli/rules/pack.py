"""``otaudit rules pack``: a folder of rules as one zip with a version, signed if need be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand, option
from scanner.wording import Said, said

if TYPE_CHECKING:
    from scanner.errors import DefinitionError


@click.command(name="pack", cls=SpokenCommand)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@option("-o", "--output", required=True, metavar="PACK.zip", type=click.Path(path_type=Path), help="The pack.")
@option("--version", required=True, metavar="V", help="Its version, such as 1.2.")
@option("--name", metavar="NAME", help="Its name.  [default: that of the folder]")
@option("--sign", "key", metavar="FILE", type=click.Path(path_type=Path), help="Ed25519 private key in PEM.")
def command(folder: Path, output: Path, version: str, name: str | None, key: Path | None) -> None:
    """Make one zip of the rules, frameworks, profiles and remedies in a folder, for --rules.

    The pack lists its files with their SHA-256, and with --sign carries a signature of that list. Only a folder that is
    free of mistakes is packed. openssl genpkey -algorithm ed25519 makes a key, openssl pkey -pubout its public half.
    """
    with explain():
        from scanner.cli._writing import writing
        from scanner.engine.definitions.files import own
        from scanner.engine.definitions.packs import named_well, packed, read_pack
        from scanner.engine.definitions.together import load_definitions

        called = name or folder.resolve().name.lower().replace(" ", "-")
        if not named_well(called, version):
            raise _wrong(f"{called} {version}", said("is no name and version of a pack"), _FORM)
        if output.suffix.lower() != ".zip":
            raise _wrong(str(output), said("is no name of a pack"), said("let it end in .zip"))
        load_definitions([folder])
        files = {file.name: file.content for file in own([folder])}
        try:
            content = packed(called, version, files, *_key(key))
        except (ValueError, TypeError):
            raise _wrong(str(key), said("is no Ed25519 private key, or its password is another"), _MAKE) from None
        with writing(output):
            output.write_bytes(content)
        click.echo(f"{output}: {read_pack(output).origin}; {len(files):,} file{'s' * (len(files) != 1)}")


_FORM = said("expected lower-case words joined by hyphens, and for example 1.2")
_MAKE = said("openssl genpkey -algorithm ed25519 makes one")


def _key(path: Path | None) -> tuple[bytes | None, bytes | None]:
    """The key, and the password of one that has one, which is asked for."""
    if path is None:
        return None, None
    from scanner.bounded import read_up_to
    from scanner.errors import reason

    try:
        pem = read_up_to(path, 100_000)
    except OSError as error:
        raise _wrong(
            str(path), said("cannot be read: {reason}", reason=reason(error)), said("check the path")
        ) from None
    if b"ENCRYPTED" in pem:
        return pem, click.prompt(f"Password of {path}", hide_input=True, err=True).encode()
    return pem, None


def _wrong(source: str, what: Said, remedy: Said) -> DefinitionError:
    from scanner.errors import DefinitionError, Problem

    return DefinitionError(Problem(source, what, remedy=remedy))


COMMAND = Command.of(command)
