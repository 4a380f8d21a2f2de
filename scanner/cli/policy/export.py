"""``otaudit policy export``: a policy for spreadsheets, firewalls and documents."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand, option
from scanner.policy.export import FORMS, ToExport
from scanner.wording import said


@click.command(name="export", cls=SpokenCommand)
@click.argument("policy", metavar="POLICY")
@option("--format", "form", type=click.Choice(FORMS.names()), required=True, help="What to make of it.")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; gives clients their addresses.")
@option("--zone", default="", metavar="ZONE", help="Access lists and usage descriptions: of this zone only.")
@option("--mud-url", default="", metavar="URL", help="Where a usage description will be published.")
@option("-o", "--output", default="-", metavar="FILE", help="Where to write it; - for stdout, the default.")
def command(policy: str, form: str, *, inventory: tuple[str, ...], zone: str, mud_url: str, output: str) -> None:
    """Write a policy as a table, a flowchart, a ruleset, access lists or a usage description (MUD).

    Rulesets and access lists drop everything that no conduit allows. What a filter cannot see, verbs above all, stands
    in them as a comment. Names of clients become addresses where an inventory gives them.
    """
    with explain():
        from scanner.cli._writing import writing
        from scanner.errors import DefinitionError, Problem

        given = _given(policy, inventory, zone, mud_url)
        chosen = FORMS.all()[form]
        text = chosen.render(given)
        for beyond in chosen.beyond(given):
            click.echo(said("not expressed, {what}", what=beyond), err=True)
        if output == "-":
            sys.stdout.buffer.write(text.encode())
            return
        if Path(output).resolve() in {Path(name).resolve() for name in (policy, *inventory)}:
            raise DefinitionError(Problem(output, said("is one of the inputs; nothing is written over it")))
        with writing(output):
            Path(output).write_text(text, encoding="utf-8", newline="")


def _given(policy: str, inventory: tuple[str, ...], zone: str, address: str) -> ToExport:
    from scanner.errors import DefinitionError, Problem
    from scanner.facts.homes import HomePorts
    from scanner.inputs import Input, InputKind
    from scanner.nearest import closest
    from scanner.policy import read_policy
    from scanner.protocols import protocol_names
    from scanner.scan import read_inputs

    tables = read_policy(Path(policy), protocol_names(), source=policy).tables()
    scan = read_inputs([Input(InputKind.INVENTORY, name, Path(name)) for name in inventory])
    if scan.problems:
        raise DefinitionError(*scan.problems)
    zones = [row["zone"] for row in tables["zones"]]
    if zone and zone not in zones:
        raise DefinitionError(
            Problem(policy, said("there is no zone '{zone}'", zone=zone), remedy=closest(zone, zones))
        )
    today = datetime.now(UTC).date()
    return ToExport(tables, scan.facts["inventory"].to_dicts(), HomePorts(), zone, address, today)


COMMAND = Command.of(command)
