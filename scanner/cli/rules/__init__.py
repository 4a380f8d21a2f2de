"""``otaudit rules``: write, list, check and explain rules; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

RULES_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="rules", cls=folder_group(RULES_COMMANDS))
def command() -> None:
    """Write, list, check and explain rules."""


COMMAND = Command.of(command)
