"""``otaudit inventory check``: how complete inventories are, by zone and criticality."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner.cli._command import Command
from scanner.cli._errors import FAILING, INCOMPLETE, explain, tell
from scanner.cli._general import general
from scanner.cli._help import SpokenCommand, option
from scanner.cli.inventory._read import files, read_files
from scanner.columns import columns

if TYPE_CHECKING:
    from scanner.assets.completeness import Completeness
    from scanner.errors import Problem


@click.command(name="check", cls=SpokenCommand)
@files
@option("-z", "--policy", multiple=True, metavar="FILE", help="Policy that says in which zone an asset is.")
@option(
    "--least",
    type=click.IntRange(0, 100),
    default=0,
    metavar="PERCENT",
    help="What must be filled in every zone and criticality.",
)
@option("--json", "as_json", is_flag=True, help="The matrix as JSON.")
def command(
    names: tuple[str, ...], mapping: Path | None, policy: tuple[str, ...], least: int, *, as_json: bool
) -> None:
    """Say how complete inventories are: for each zone and criticality, the share of assets that have each of the
    fourteen attributes of high priority in CISA's Foundations for OT Cybersecurity: Asset Inventory Guidance (August
    2025).

    \b
    Exit status: 0  every zone and criticality has at least PERCENT of the attributes
                 1  one has less
                 2  usage error, or a mistake in the policy or the columns file
                 3  a file could not be read completely
    """  # noqa: D301 - click looks for the backspace itself
    with explain():
        from scanner.assets.completeness import completeness

        groups, problems = _groups(names, mapping, policy, completeness)
        if as_json:
            click.echo(
                json.dumps(
                    {"otaudit_inventory_check": 1, "groups": [_data(g) for g in groups]}, ensure_ascii=False, indent=1
                )
            )
        else:
            for line in _lines(groups):
                click.echo(line)
        for problem in problems:
            tell(problem)
        if any(100 * group.share < least for group in groups):
            sys.exit(FAILING)
        sys.exit(INCOMPLETE if problems else 0)


def _groups(
    names: tuple[str, ...], mapping: Path | None, policy: tuple[str, ...], count: Any
) -> tuple[list[Completeness], list[Problem]]:
    from scanner.addresses import address_of
    from scanner.inputs import Input, InputKind
    from scanner.policy.listed import entry_words
    from scanner.policy.membership import Membership
    from scanner.scan import read_inputs

    found, problems = read_files(names, mapping)
    scan = read_inputs([Input(InputKind.POLICY, name, Path(name)) for name in policy])
    book = Membership.of(scan.facts["zones"].to_dicts()) if policy else None

    def zone(row: Any) -> str:
        if book is None:
            return str(row.get("zone", ""))
        given = {"name": "", "hostname": "", "profinet_name": "", "id": "", "ips": [], "macs": [], "vlans": [], **row}
        addresses = [address_of(ip) for ip in given["ips"]]
        return book.zone_of(
            macs=given["macs"], names=entry_words(given), addresses=addresses, vlans=given["vlans"]
        ).zone

    rows = [(zone(row), row) for inventory in found for row in inventory.rows]
    return count(rows), problems + scan.problems


def _data(group: Completeness) -> dict[str, Any]:
    return {**group._asdict(), "filled": dict(group.filled), "share": round(group.share, 4)}


def _lines(groups: list[Completeness]) -> Iterator[str]:
    from scanner.assets.completeness import whole
    from scanner.assets.inventory import HIGH_PRIORITY
    from scanner.report._words import one_line, printable
    from scanner.wording import said
    from scanner.wording.spoken import spoken

    language = general().language
    none = spoken(said("(not given)"), language)
    heads = [spoken(text, language) for text in (said("zone"), said("criticality"), said("assets"), said("filled"))]
    table = [[*heads, *HIGH_PRIORITY]]
    table += ([group.zone or none, group.criticality or none, *_numbers(group)] for group in groups)
    if len(groups) > 1:
        table.append([spoken(said("all together"), language), "", *_numbers(whole(groups))])
    clean = [[one_line(printable(text)) for text in row] for row in table]
    widths = [max(map(columns, column)) for column in zip(*clean, strict=True)]
    for row in clean:
        cells = [_padded(text, width, right=n > 1) for n, (text, width) in enumerate(zip(row, widths, strict=True))]
        yield "  ".join(cells).rstrip()


def _numbers(group: Completeness) -> list[str]:
    shares = (group.filled[name] / group.assets if group.assets else 0 for name in group.filled)
    return [f"{group.assets:,}", f"{group.share:.0%}" if group.assets else "", *(f"{share:.0%}" for share in shares)]


def _padded(text: str, width: int, *, right: bool) -> str:
    gap = " " * (width - columns(text))
    return gap + text if right else text + gap


COMMAND = Command.of(command)
