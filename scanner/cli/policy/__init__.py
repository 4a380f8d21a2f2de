"""``otaudit policy``: make, check and compare zones-and-conduits policies; one file for each command."""

from __future__ import annotations

import click

from scanner.cli._folder import folder_group


@click.group(name="policy", cls=folder_group(__name__, __path__))
def command() -> None:
    """Make, check and compare zones-and-conduits policies."""
