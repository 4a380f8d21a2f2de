"""``otaudit map``: which port of which switch is connected to which device."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scanner.cli._command import Command
from scanner.cli._errors import INCOMPLETE, NOTHING_JUDGED, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli._reading import chosen_dialects, exclusions, processes, saved_facts, text_or_json
from scanner.cli._spoken import usage_error
from scanner.wording import said

if TYPE_CHECKING:
    from scanner.topology.model import CableMap

_DRAWN = (".svg", ".graphml")


@click.command(name="map", cls=SpokenCommand)
@click.argument("inputs", nargs=-1, metavar="INPUT...")
@option("-i", "--inventory", multiple=True, metavar="FILE", help="Device inventory; gives MAC addresses names.")
@option("-o", "--output", multiple=True, metavar="FILE", help="Draw the map: .svg, or .graphml for yEd and the like.")
@text_or_json
@saved_facts
@exclusions
@chosen_dialects
@processes
def command(  # noqa: PLR0917 - one for each option
    inputs: tuple[str, ...],
    inventory: tuple[str, ...],
    output: tuple[str, ...],
    form: str,
    facts: tuple[str, ...],
    exclude: tuple[str, ...],
    dialects: tuple[str, ...],
    jobs: int,
) -> None:
    """Say which port of which switch is connected to which device, and what of that deserves a look.

    Each INPUT is what otaudit scan takes. Best are saved outputs of switches, as text: their tables of MAC addresses,
    their neighbours by LLDP and CDP, the state of their ports, ARP. A file may hold several, with prompts.
    Configurations tell access ports from trunks, inventories give names, captures show what they do not contain
    and what devices say of their ports on the wire (LLDP, CDP, spanning tree, MRP, PROFINET).

    What a device says of itself is a claim; nothing is allowed by it.

    \b
    Exit status: 0  made
                 2  usage, or a file that cannot be written
                 3  an input could not be read completely; the map is made from the rest
                 4  no output of a switch was given, and nothing is said of ports on the wire
    """  # noqa: D301 - click looks for the backspace itself
    if not inputs and not facts:
        raise usage_error(said("name at least one input (see {command})", command="otaudit map --help"))
    for name in output:
        if not name.lower().endswith(_DRAWN):
            raise usage_error(said("{file} is no {kinds}", file=name, kinds=" or ".join(_DRAWN)))
    with explain():
        from scanner.cli._inputs import find, read
        from scanner.facts.cables import cable_sources
        from scanner.facts.enrich import devices
        from scanner.topology.cables import cable_map

        found, problems, _ = find(inputs, inventory, (), facts, exclude, dialects=dialects)
        scan = read(found, problems, jobs=jobs)
        made = cable_map(cable_sources(scan.facts, devices(scan.facts)))
        for name in output:
            _write(made, Path(name))
        if form == "json":
            from scanner.topology.text import as_rows

            click.echo(json.dumps(as_rows(made, general().language), ensure_ascii=False, indent=1))
        else:
            _tell(made, drawn=bool(output))
    if not made.switches and not made.announcements:
        tell(said("no output of a switch was given"))
        sys.exit(NOTHING_JUDGED)
    sys.exit(INCOMPLETE if scan.problems else 0)


def _write(made: CableMap, path: Path) -> None:
    """Draw it; DefinitionError when the file cannot be written."""
    from scanner.errors import DefinitionError, Problem, reason
    from scanner.topology.graphml import graphml
    from scanner.topology.svg import svg

    content = svg(made, general().language).encode() if path.suffix.lower() == ".svg" else graphml(made)
    try:
        path.write_bytes(content)
    except OSError as error:
        what = said("cannot be written: {reason}", reason=reason(error))
        raise DefinitionError(Problem(str(path), what, remedy=said("choose another place"))) from error


def _tell(made: CableMap, *, drawn: bool) -> None:
    """The whole, or beside a drawing what deserves a look."""
    from scanner.report._words import printable
    from scanner.topology.text import lines, notice_lines
    from scanner.wording.spoken import spoken

    if general().quiet and drawn:
        return
    for line in notice_lines(made) if drawn or general().quiet else lines(made):
        click.echo(printable(spoken(line, general().language)))


COMMAND = Command.of(command)
