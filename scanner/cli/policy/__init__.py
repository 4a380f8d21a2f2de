"""``otaudit policy``: make, check and compare zones-and-conduits policies; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

POLICY_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="policy", cls=folder_group(POLICY_COMMANDS))
def command() -> None:
    """Make, check and compare zones-and-conduits policies."""


COMMAND = Command.of(command)
