"""``otaudit profiles``: list, show and compare profiles; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

PROFILES_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="profiles", cls=folder_group(PROFILES_COMMANDS))
def command() -> None:
    """List, show and compare profiles."""


COMMAND = Command.of(command)
