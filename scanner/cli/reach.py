"""``otaudit reach``: what configurations let through between zones, proved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, explain
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import chosen_dialects, exclusions, processes, saved_facts
from scanner.cli._spoken import usage_error
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.configs.forwarding import Router
    from scanner.facts.frames import Facts
    from scanner.inputs import Input
    from scanner.wording import Said


class _Devices(NamedTuple):
    """routers: those that can be followed. untold: files of the others."""

    routers: list[Router]
    untold: list[str]


@click.command(name="reach", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; gives names their addresses.")
@option("-z", "--policy", multiple=True, metavar="FILE", help="Zones-and-conduits policy.")
@option("--before", metavar="DIR", type=click.Path(), help="Configurations as they were; compare them with --after.")
@option("--after", metavar="DIR", type=click.Path(), help="Configurations as they are to be.")
@option(
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
@chosen_dialects
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    policy: tuple[str, ...],
    before: str | None,
    after: str | None,
    form: str,
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    dialects: tuple[str, ...],
    jobs: int,
) -> None:
    """Prove what configurations let through between the zones of a policy, and in its conduits.

    Each INPUT is what otaudit scan takes: the configurations of switches and routers, a policy, inventories, captures.
    Each ordered pair of zones is closed (with the lines that close it), open (with a packet that gets through, and the
    lines that let it) or unknown (with what is missing). What contradicts the policy or the captures is told. With
    --before and --after: which flows a change of configurations opens or closes.

    \b
    Exit status: 0  nothing contradicts; with --before and --after, no flow opens or closes
                 1  something does
                 2  usage, or a mistake in a policy
                 3  an input could not be read completely
    """  # noqa: D301 - click looks for the backspace itself
    if (before is None) != (after is None):
        raise usage_error(said("give both --before and --after, or neither"))
    if not inputs and not policy and not before:
        raise usage_error(said("name at least one input (see {command})", command="otaudit reach --help"))
    with explain():
        from scanner.cli._inputs import find, read

        found, problems, _ = find(inputs, inventory, policy, facts, exclude, dialects=dialects)
        scan = read(found, problems, jobs=jobs)
        _must_have_zones(scan.facts, inputs, policy)
        troubled = bool(scan.problems)
        sides = []
        for folder in (before, after) if before and after else ():
            own, lacking, _ = find((folder,), exclude=exclude, dialects=dialects)
            side = read(own, lacking, jobs=jobs)
            troubled = troubled or bool(side.problems)
            sides.append(_routers([*found, *own], (scan.facts, side.facts)))
        if sides:
            differs = _tell_changes(scan.facts, sides, form)
        else:
            differs = _tell_proofs(scan.facts, _routers(found, (scan.facts,)), form)
    sys.exit(INCOMPLETE if troubled else FAILING if differs else 0)


def _must_have_zones(facts: Facts, inputs: tuple[str, ...], policy: tuple[str, ...]) -> None:
    from scanner.errors import DefinitionError, Problem

    if not facts["zones"].height:
        none = Problem(
            (*policy, *inputs, "")[0],
            said("no policy was given"),
            remedy=said("name at least one policy (otaudit_policy: 1)"),
        )
        raise DefinitionError(none)


def _routers(found: Iterable[Input], read: Iterable[Facts]) -> _Devices:
    """The devices whose configurations were read, and the files of those that cannot be followed."""
    from scanner.bounded import read_up_to
    from scanner.configs.reader import read_forwarding
    from scanner.inputs import InputKind
    from scanner.limits import limits

    dialects = {
        entry.source: dict(entry.notes).get("dialect", "")
        for facts in read
        for entry in facts.inputs
        if entry.kind == "configuration"
    }
    devices = _Devices([], [])
    for entry in found:
        if entry.kind is not InputKind.CONFIGURATION or entry.path is None:
            continue
        router, dialect = None, dialects.get(entry.source, "")
        if dialect:
            data = read_up_to(entry.path, limits().configuration_bytes)
            router = read_forwarding(data, entry.source, dialect)
        if router is None:
            devices.untold.append(entry.source)
        else:
            devices.routers.append(router)
    return devices


def _policy(facts: Facts) -> dict[str, Sequence[dict[str, Any]]]:
    return {name: facts[name].to_dicts() for name in ("zones", "conduits", "inventory")}


def _tell_proofs(facts: Facts, devices: _Devices, form: str) -> bool:
    from scanner.facts.enrich import home_ports
    from scanner.reach.study import study
    from scanner.reach.tell import as_rows, lines

    flows = facts["flows"].to_dicts() if facts.has("capture") else None
    found = study(devices.routers, _policy(facts), home_ports(), flows, untold=devices.untold)
    if form == "json":
        click.echo(json.dumps(as_rows(found, general().language), ensure_ascii=False, indent=1))
    else:
        _echo(lines(found))
    return bool(found.contradictions)


def _tell_changes(facts: Facts, sides: Sequence[_Devices], form: str) -> bool:
    from scanner.facts.enrich import home_ports
    from scanner.reach.change import changes
    from scanner.reach.study import study
    from scanner.reach.tell import change_lines, change_rows

    policy, ports = _policy(facts), home_ports()
    old, new = (study(side.routers, policy, ports, untold=side.untold) for side in sides)
    found = list(changes(old.proofs, new.proofs))
    if form == "json":
        click.echo(json.dumps(change_rows(found), ensure_ascii=False, indent=1))
    elif found:
        _echo(change_lines(found))
    else:
        _echo([said("no flow between zones opens or closes")])
    return bool(found)


def _echo(told: Iterable[Said]) -> None:
    from scanner.report._words import printable
    from scanner.wording.spoken import spoken

    for line in told:
        click.echo(printable(spoken(line, general().language)))


COMMAND = Command.of(command)
