"""A group whose commands are plug-ins of a folder, imported only when they are called."""

from __future__ import annotations

import click

from scanner.cli._command import Command
from scanner.cli._errors import tell
from scanner.cli._general import add_general
from scanner.cli._help import SpokenGroup
from scanner.plugins import PluginKind

_BELOW = 2  # parts of the name of the package that holds the first commands: scanner.cli


class FolderGroup(SpokenGroup):
    """The commands of a kind of plug-in. Every command takes the general options too."""

    kind: PluginKind[Command]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Their names; those of others that are broken are told."""
        for problem in self.kind.broken():
            tell(problem)
        return list(self.kind.names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        """The command of that name."""
        command = self.kind.get(cmd_name)
        if command is None:
            return None
        return add_general(command.run, *self.kind.package.split(".")[_BELOW:], cmd_name)


def folder_group(kind: PluginKind[Command]) -> type[FolderGroup]:
    """The class of a group for the commands of the kind."""
    return type("_Commands", (FolderGroup,), {"kind": kind})
