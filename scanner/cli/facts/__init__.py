"""``otaudit facts``: look at the tables that rules judge; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

FACTS_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="facts", cls=folder_group(FACTS_COMMANDS))
def command() -> None:
    """Look at the tables that rules judge, row by row."""


COMMAND = Command.of(command)
