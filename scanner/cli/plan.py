"""``otaudit plan``: what to capture next, before or after a visit."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import (
    chosen_dialects,
    country_database,
    exclusions,
    own_rules,
    policies,
    processes,
    saved_facts,
    text_or_json,
    trusted_authorities,
)
from scanner.cli._spoken import usage_error
from scanner.wording import said


@click.command(name="plan", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory (Excel, CSV, YAML, JSON).")
@policies
@option("-p", "--profile", default="default", show_default=True, metavar="NAME", help="Rules that matter.")
@text_or_json
@own_rules
@saved_facts
@exclusions
@chosen_dialects
@country_database
@trusted_authorities
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    profile: str,
    form: str,
    rules: tuple[Path, ...],
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    dialects: tuple[str, ...],
    countries: str | None,
    trust: str | None,
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
        raise usage_error(said("name at least one input (see {command})", command="otaudit plan --help"))
    with explain():
        from scanner.cli._inputs import beside, find, read
        from scanner.engine.definitions.together import load_definitions
        from scanner.plan.plan import plan
        from scanner.plan.text import as_json, lines

        definitions = load_definitions(rules)
        found, problems, _ = find(inputs, inventory, policy, facts, exclude, rules=rules, dialects=dialects)
        scan = read(found, problems, jobs=jobs)
        beside(scan, countries, trust)
        chosen = definitions.profile(profile)
        made = plan(
            scan.facts,
            chosen.chosen(chosen.tuned(definitions.rules), definitions.frameworks),
            today=datetime.now(UTC).date(),
            minimum_duration=chosen.minimum_duration,
        )
        click.echo(as_json(made) if form == "json" else "\n".join(lines(made, general().language)), nl=form != "json")
    sys.exit(INCOMPLETE if scan.problems else 0)


COMMAND = Command.of(command)
