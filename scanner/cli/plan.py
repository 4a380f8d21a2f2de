"""``otaudit plan``: what to capture next, before or after a visit."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain
from scanner.cli._general import general
from scanner.cli._reading import exclusions, processes, saved_facts


@click.command(name="plan")
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@click.option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory (Excel, CSV, YAML, JSON).")
@click.option("-z", "--policy", multiple=True, metavar="FILE", help="Zones-and-conduits policy.")
@click.option("-p", "--profile", default="default", show_default=True, metavar="NAME", help="Rules that matter.")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text, or JSON.",
)
@saved_facts
@exclusions
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    profile: str,
    form: str,
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    jobs: int,
) -> None:
    """Say which switch ports to mirror and how long, so that the most checks become decidable.

    Each INPUT is what otaudit scan takes: what was captured so far, inventories, policies and configurations. The
    steps are the fewest that show every zone and boundary that checks without evidence ask for.

    \b
    Exit status: 0  planned
                 2  usage, or a mistake in a policy
                 3  an input could not be read completely; the plan is made from the rest
    """  # noqa: D301 - click looks for the backspace itself
    if not inputs and not inventory and not policy and not facts:
        raise click.UsageError("name at least one input (see otaudit plan --help)")
    with explain():
        from scanner.cli._inputs import find, tell_problems
        from scanner.cli._stages import stages
        from scanner.engine.definitions.frameworks import load_frameworks
        from scanner.engine.definitions.loader import load_rules
        from scanner.engine.definitions.profiles import load_profile
        from scanner.plan.plan import plan
        from scanner.plan.text import as_json, lines
        from scanner.scan import read_inputs

        found, problems, _ = find(inputs, inventory, policy, facts, exclude)
        with stages(found, reading=True) as watcher:
            scan = read_inputs(found, jobs=jobs, watcher=watcher)
        scan.problems += problems
        tell_problems(scan.problems)
        frameworks = load_frameworks()
        rules = load_rules(frameworks=frameworks)
        chosen = load_profile(profile, rules, frameworks)
        made = plan(
            scan.facts,
            chosen.chosen(rules, frameworks),
            today=datetime.now(UTC).date(),
            minimum_duration=chosen.minimum_duration,
        )
        click.echo(as_json(made) if form == "json" else "\n".join(lines(made, general().language)), nl=form != "json")
    sys.exit(INCOMPLETE if scan.problems else 0)


COMMAND = Command.of(command)
