"""The command line: one file for each command, found by this folder and imported only when it is called."""

from __future__ import annotations

import io
import sys

import click

import scanner
from scanner.cli._folder import folder_group


@click.group(cls=folder_group(__name__, __path__), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(scanner.__version__, prog_name="otaudit")
def main() -> None:
    """Evidence-based compliance scanning of industrial networks.

    Reads packet captures, device inventories, device configurations and a zones-and-conduits policy, judges them by
    rules, and writes reports that say which control fails, for which devices, in which frames and lines.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a code page (a pipe on Windows) has not every letter
            stream.reconfigure(errors="backslashreplace")
