"""``otaudit answers``: what people answer about requirements that no input judges; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._folder import folder_group
from scanner.plugins import PluginKind

ANSWERS_COMMANDS = PluginKind("command", Command, __name__)


@click.group(name="answers", cls=folder_group(ANSWERS_COMMANDS))
def command() -> None:
    """Ask people what no input can judge, check what they answer, and bring answers from other tools."""


COMMAND = Command.of(command)
