"""What guards spanning tree between switches: ``no-root-port`` and ``bpdu-timeout-action block`` on trunks."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs.dialects.juniper_junos.ports import Ports
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.settings import Sheet
from scanner.configs.statements.statement import TreeStatement, at, has, place, value
from scanner.configs.tree_guards import AS_ROOT, put_loop_guard, put_root_guard

_KILO = 1_024


def guard_settings(ports: Ports, sheet: Sheet, trunks: Sequence[str]) -> None:
    """The rows of a switch with trunks that take part in spanning tree."""
    trees = [tree for protocol in ports.spanning for tree in (protocol, *_inner(protocol))]
    said = [[found for tree in trees if (found := ports.said_of(tree, trunk)) is not None] for trunk in trunks]
    part = [each for each in said if (each or not ports.enhanced) and not any(has(s, "disable") for s in each)]
    if not part or not ports.spanning:
        return
    if len(part) > 1:
        blocks = [next((b for s in each if (b := at(s, "bpdu-timeout-action", "block"))), None) for each in part]
        one = place(*(b for b in blocks if b is not None))
        put_loop_guard(sheet, one if all(blocks) else None, one)
    if any(_leads(tree) for tree in trees):
        guards = [guard for each in part for s in each if (guard := at(s, "no-root-port")) is not None]
        put_root_guard(sheet, place(*guards))


def _inner(protocol: TreeStatement) -> list[TreeStatement]:
    """The trees of single VLANs or groups of them."""
    return [tree for kind in ("msti", "vlan", "vlan-group") for tree in entries(protocol, kind)]


def _leads(tree: TreeStatement) -> bool:
    """The switch is set to be its root: ``bridge-priority 4k``."""
    number = value(tree, "bridge-priority")
    told = number.removesuffix("k")
    return told.isdecimal() and len(told) < 6 and int(told) * (_KILO if number != told else 1) <= AS_ROOT
