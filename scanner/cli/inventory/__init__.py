"""``otaudit inventory``: how inventories are understood, in one form, and how complete they are."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

INVENTORY_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="inventory", cls=folder_group(INVENTORY_COMMANDS))
def command() -> None:
    """See how inventories are understood, write them in one form, and check how complete they are."""


COMMAND = Command.of(command)
