"""What a command offers."""

from __future__ import annotations

from dataclasses import dataclass

import click

from scanner.plugins import Plugin, PluginKind


@dataclass(frozen=True)
class Command(Plugin):
    """One command; each file in ``scanner/cli/``, or in the folder of a group, has exactly one, named ``COMMAND``.

    run: the command as click knows it. Its help says what it does and what its exit statuses mean; what is heavy is
    imported only when it runs.
    """

    run: click.Command

    @classmethod
    def of(cls, run: click.Command) -> Command:
        """A command that is called and described as click calls and describes it."""
        return cls(run.name or "", run.get_short_help_str(200), run)


COMMANDS = PluginKind("command", Command, "scanner.cli", group="otaudit.commands")
