"""The command line: one file for each command, found by this folder and imported only when it is called."""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys

import click

import scanner


class _Commands(click.Group):
    """Every module of this package is a command called ``command``; modules are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = importlib.import_module(f"{__name__}.{cmd_name}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(scanner.__version__, prog_name="otaudit")
def main() -> None:
    """Evidence-based compliance scanning of industrial networks.

    Reads packet captures, device inventories, device configurations and a zones-and-conduits policy, judges them by
    rules, and writes reports that say which control fails, for which devices, in which frames and lines.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a code page (a pipe on Windows) has not every letter
            stream.reconfigure(errors="backslashreplace")
