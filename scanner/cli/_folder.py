"""A group whose commands are the modules of a package, imported only when they are called."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable

import click

from scanner.cli._general import add_general

_BELOW = 2  # parts of the name of the package that holds the first commands: scanner.cli


class FolderGroup(click.Group):
    """Every module of ``package`` whose name does not begin with ``_`` holds a command called ``command``.

    Every command takes the general options too.
    """

    package: str
    paths: Iterable[str]

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The modules of the package."""
        return sorted(m.name for m in pkgutil.iter_modules(self.paths) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command in the module of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"{self.package}.{cmd_name}").command
        path = self.package.split(".")[_BELOW:]
        return add_general(command, *path, cmd_name) if isinstance(command, click.Command) else None


def folder_group(package: str, paths: Iterable[str]) -> type[FolderGroup]:
    """The class of a group for the package ``package`` (``__name__``) that lies in ``paths`` (``__path__``)."""
    return type("_Commands", (FolderGroup,), {"package": package, "paths": paths})
