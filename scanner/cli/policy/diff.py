"""``otaudit policy diff``: what a change of a policy means."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, explain
from scanner.cli._help import SpokenCommand, option


@click.command(name="diff", cls=SpokenCommand)
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@option("--json", "as_json", is_flag=True, help="Differences as JSON.")
def command(old: str, new: str, as_json: bool) -> None:
    """Compare two policies by what they mean; order and spelling say nothing.

    Tells which members moved between zones, what traffic is newly allowed or no longer is, and what changed of roles,
    writers, change windows, waivers and decisions: + only in NEW, - only in OLD, ~ changed.

    \b
    Exit status: 0  both mean the same
                 1  they differ
                 2  usage error, or a policy that is formally wrong
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.policy import read_policy
        from scanner.policy.compare import compare
        from scanner.protocols import protocol_names
        from scanner.report._words import one_line, printable

        names = protocol_names()
        before, after = (read_policy(Path(name), names, source=name) for name in (old, new))
        differences = compare(before.tables(), after.tables())
        if as_json:
            rows = [difference._asdict() for difference in differences]
            click.echo(json.dumps({"otaudit_policy_diff": 1, "differences": rows}, ensure_ascii=False, indent=1))
        else:
            for difference in differences:
                click.echo(one_line(printable(str(difference))))
            if not differences:
                click.echo("both policies mean the same")
    sys.exit(FAILING if differences else 0)


COMMAND = Command.of(command)
