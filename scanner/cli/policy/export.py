"""``otaudit policy export``: a policy for spreadsheets, firewalls and documents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import explain
from scanner.cli._help import SpokenCommand, option
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.policy import Policy

_FORMATS = ("csv", "nftables", "mermaid")


@click.command(name="export", cls=SpokenCommand)
@click.argument("policy", metavar="POLICY")
@option("--format", "form", type=click.Choice(_FORMATS), required=True, help="What to make of it.")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; gives clients their addresses.")
@option("-o", "--output", default="-", metavar="FILE", help="Where to write it; - for stdout, the default.")
def command(policy: str, form: str, inventory: tuple[str, ...], output: str) -> None:
    """Write a policy as CSV, as an nftables ruleset or as a Mermaid flowchart.

    The ruleset drops everything that no conduit allows. What a firewall cannot see, verbs above all, stands in it as a
    comment. Names of clients become addresses where an inventory gives them.
    """
    with explain():
        from scanner.cli._writing import writing
        from scanner.errors import DefinitionError, Problem
        from scanner.policy import read_policy
        from scanner.protocols import protocol_names

        text = _rendered(read_policy(Path(policy), protocol_names(), source=policy), form, inventory)
        if output == "-":
            sys.stdout.buffer.write(text.encode())
            return
        if Path(output).resolve() in {Path(name).resolve() for name in (policy, *inventory)}:
            raise DefinitionError(Problem(output, said("is one of the inputs; nothing is written over it")))
        with writing(output):
            Path(output).write_text(text, encoding="utf-8", newline="")


def _rendered(policy: Policy, form: str, inventory: tuple[str, ...]) -> str:
    if form == "csv":
        from scanner.policy.export import table

        return table.render(policy.tables())
    if form == "mermaid":
        from scanner.policy.export import mermaid

        return mermaid.render(policy.tables())
    from scanner.errors import DefinitionError
    from scanner.facts.enrich import home_ports
    from scanner.inputs import Input, InputKind
    from scanner.policy.export import nftables
    from scanner.scan import read_inputs

    scan = read_inputs([Input(InputKind.INVENTORY, name, Path(name)) for name in inventory])
    if scan.problems:
        raise DefinitionError(*scan.problems)
    return nftables.render(policy.tables(), scan.facts["inventory"].to_dicts(), home_ports())


COMMAND = Command.of(command)
