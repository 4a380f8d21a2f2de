"""``otaudit reach``: what configurations let through between zones, proved."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, NOTHING_JUDGED, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import chosen_dialects, exclusions, policies, processes, saved_facts, text_or_json
from scanner.cli._spoken import usage_error
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.configs.forwarding import Router
    from scanner.errors import Problem
    from scanner.facts.frames import Facts
    from scanner.reach.study import Study
    from scanner.wording import Said


class _Devices(NamedTuple):
    """routers: those that can be followed. untold: files of the others. unread: files that may be of devices."""

    routers: list[Router]
    untold: list[str]
    unread: list[str]

    @property
    def forward(self) -> bool:
        """Some of them may send packets from network to network."""
        return any(may is not False for router in self.routers for may in router.forwards.values())


class _Outcome(NamedTuple):
    """differs: something contradicts, opens or closes. proved: something is, of a pair of zones."""

    differs: bool
    proved: bool


@click.command(name="reach", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; gives names their addresses.")
@policies
@option(
    "--before",
    metavar="DIR",
    type=click.Path(exists=True),
    help="Configurations as they were; compare them with --after.",
)
@option("--after", metavar="DIR", type=click.Path(exists=True), help="Configurations as they are to be.")
@text_or_json
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

    Where a file cannot be read or followed and may be the configuration of a device, nothing is proved closed. Leave
    out with --exclude what is of no device.

    \b
    Exit status: 0  nothing contradicts; with --before and --after, the change makes no difference
                 1  something does
                 2  usage, or a mistake in a policy
                 3  an input could not be read completely
                 4  nothing is proved: no configuration that forwards was given, or none says enough
    Where several apply: 2 before 1 before 4 before 3 before 0.
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
            sides.append(_devices((scan.facts, side.facts), (*problems, *lacking)))
        if sides:
            outcome = _tell_changes(scan.facts, sides, form)
        else:
            sides = [_devices((scan.facts,), problems)]
            outcome = _tell_proofs(scan.facts, sides[0], form)
        if not all(side.forward for side in sides):
            tell(said("no configuration that forwards was given"))
    if outcome.differs:
        sys.exit(FAILING)
    sys.exit(0 if outcome.proved and not troubled else INCOMPLETE if outcome.proved else NOTHING_JUDGED)


def _must_have_zones(facts: Facts, inputs: tuple[str, ...], policy: tuple[str, ...]) -> None:
    from scanner.errors import DefinitionError, Problem

    if not facts["zones"].height:
        none = Problem(
            (*policy, *inputs, "--policy")[0],
            said("no policy was given"),
            remedy=said("name at least one policy (otaudit_policy: 1)"),
        )
        raise DefinitionError(none)


def _devices(read: Iterable[Facts], problems: Iterable[Problem]) -> _Devices:
    """The devices whose configurations were read, and the files of those that cannot be followed.

    problems: of finding the inputs.
    """
    from scanner.cli._plugins import broken_readers
    from scanner.facts.proofs import followed_devices
    from scanner.reach.unread import unread_devices

    found = _Devices([], [], [])
    for facts in read:
        routers, untold, unread = followed_devices(facts)
        found.routers.extend(routers)
        found.untold.extend(untold)
        found.unread.extend(unread)
    broken = broken_readers()
    found.unread.extend(unread_devices(p for p in problems if p not in broken))
    return found


def _policy(facts: Facts) -> dict[str, Sequence[dict[str, Any]]]:
    return {name: facts[name].to_dicts() for name in ("zones", "conduits", "inventory")}


def _tell_proofs(facts: Facts, devices: _Devices, form: str) -> _Outcome:
    from scanner.facts.enrich import enrich
    from scanner.facts.proofs import answered_flows
    from scanner.reach.tell import as_rows, contradicting, lines

    flows = answered_flows(enrich(facts)["flows"]) if facts.has("capture") else None
    found = _study(devices, facts, flows)
    if form == "json":
        click.echo(json.dumps(as_rows(found, general().language), ensure_ascii=False, indent=1))
    else:
        _echo(contradicting(found) if general().quiet else lines(found))
    return _Outcome(bool(found.contradictions), found.proved)


def _tell_changes(facts: Facts, sides: Sequence[_Devices], form: str) -> _Outcome:
    from scanner.reach.change import changes, contradictions, still_unknown
    from scanner.reach.tell import change_lines, change_rows

    old, new = (_study(side, facts, None) for side in sides)
    found = list(changes(old, new))
    unknown, against = still_unknown(old, new), contradictions(old, new)
    if form == "json":
        click.echo(json.dumps(change_rows(found, unknown, against), ensure_ascii=False, indent=1))
    else:
        _echo(change_lines(found, () if general().quiet else unknown, against))
        if not found and not unknown and not any(against) and not general().quiet:
            _echo([said("no flow between zones opens or closes")])
    return _Outcome(bool(found) or any(against), old.proved or new.proved)


def _study(devices: _Devices, facts: Facts, flows: Sequence[dict[str, Any]] | None) -> Study:
    from scanner.facts.homes import HomePorts
    from scanner.reach.study import study

    lacking = {"untold": devices.untold, "unread": devices.unread}
    return study(devices.routers, _policy(facts), HomePorts(), flows, **lacking)


def _echo(told: Iterable[Said]) -> None:
    from scanner.report._words import printable
    from scanner.wording.spoken import spoken

    for line in told:
        click.echo(printable(spoken(line, general().language)))


COMMAND = Command.of(command)
