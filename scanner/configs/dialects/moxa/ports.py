"""The ports: what each is for, and the VLANs that it carries. What guards a port is in no published command.

A port as it is delivered is up and in VLAN 1, as is one towards another switch of a network without VLANs: such a port
is for a device only where something else says so. Ports of a ring lead to other switches.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.configs.dialects.moxa.lines import ports_in, text_of, vlan_text, vlans_in
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    EDGE_SETTINGS,
    MEMBER,
    MIRROR,
    SPARE,
    TRUNK,
    carries_every_vlan,
    carries_vlan,
    put_aggregate,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
)
from scanner.configs.nodes import Node, every, is_on, last, walk
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_NAME = re.compile(r"(ethernet \d+/\d+|trunk \d+)", re.IGNORECASE)
_RING = re.compile(r"redundancy |turbo-|ring |chain ")
_OF_RING = re.compile(r"\b(?:ring|chain)\b")
_RINGS = re.compile(r"turbo|ring|chain|mrp|hsr|prp")
_ENDS = 2  # ports of a ring
_TAGGED = "1qvlan"  # the mode in which ports have VLANs by number


@dataclass
class MoxaPort:
    """One port and its lines."""

    name: str
    block: Node
    use: str = UNKNOWN

    def last(self, *commands: str) -> Node | None:
        """The last of these lines in its block."""
        return last(self.block.children, *commands)

    def kind(self) -> str:
        """``access``, ``trunk`` or ``hybrid``, as the last line has it; nothing where none tells."""
        node = self.last("switchport")
        return node.key.split()[1] if node is not None and not node.negated and len(node.key.split()) > 1 else ""

    def vlan(self) -> str:
        """The VLAN of an access port."""
        told = text_of(self.last("switchport access vlan"), "switchport access vlan")
        return told if whole(told) else ""


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Each port that has lines."""
    ring, all_may_be = _rings(tree)
    mirrors = {p for n in tree.all("monitor destination interface") if not n.negated for p in ports_in(n.text)}
    uses = []
    for block in tree.all("interface"):
        name = " ".join(block.after("interface")).lower()
        if block.negated or not _NAME.fullmatch(name):
            continue
        port = MoxaPort(name, block)
        port.use = _use(tree, port)
        number = name.split()[-1]
        if port.use not in (DOWN, SPARE):
            port.use = MIRROR if number in mirrors else port.use
        declared = is_on(port.last("spanning-tree edge-port"))
        if port.use == EDGE and (number in ring or (all_may_be and not declared)):
            port.use = UNKNOWN
        uses.append(port.use)
        _put(tree, sheet, port)
    put_switching(sheet, uses, dict.fromkeys(("dhcp_snooping", "arp_inspection"), lambda: (UNKNOWN, None)))


def _rings(tree: Tree) -> tuple[set[str], bool]:
    """Ports of rings and their couplings; and whether there is a ring of which no lines name both ports."""
    lines = [n for top in tree.root.children if _RING.match(top.key) for n in walk(top) if not n.negated]
    found = {port for node in lines for port in ports_in(node.text)}
    own = {port for n in lines if _OF_RING.search(n.key) and "coupling" not in n.key for port in ports_in(n.text)}
    mode = tree.last("redundancy mode")
    on = mode is not None and not mode.negated and _RINGS.search(mode.key) is not None
    return found, on and len(own) < _ENDS


def _use(tree: Tree, port: MoxaPort) -> str:
    if is_on(port.last("shutdown")):
        return DOWN
    if says_spare(text_of(port.last("name"), "name")):
        return SPARE
    if is_on(port.last("trunk-group")):
        return MEMBER
    mode = tree.last("vlan mode")
    if mode is not None and (mode.negated or text_of(mode, "vlan mode").lower() != _TAGGED):
        return UNKNOWN
    kind = port.kind()
    if kind == "trunk":
        return TRUNK
    declared = is_on(port.last("spanning-tree edge-port"))
    return EDGE if kind == "access" and port.vlan() and (port.vlan() != "1" or declared) else UNKNOWN


def _put(tree: Tree, sheet: Sheet, port: MoxaPort) -> None:
    name, block = port.name, port.block
    down, named = port.last("shutdown"), port.last("name")
    sheet.put("interface", name, "kind", "lag" if name.startswith("trunk") else "physical", block)
    sheet.switch("interface", name, "shutdown", down, default=NO, block=block)
    description = text_of(named, "name")
    sheet.put("interface", name, "description", description or ABSENT, named or block, present=bool(description))
    at = down if port.use == DOWN else port.last("switchport") or block
    sheet.put("interface", name, "use", port.use, at, present=port.use != UNKNOWN)
    if port.use == MEMBER:
        put_aggregate(sheet, name, block.children, "trunk-group", "trunk ")
    if port.use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if port.use == MIRROR:
        sheet.missing("interface", name, "mirror_input", UNKNOWN, block)
    if port.use in (TRUNK, EDGE):
        sheet.put("interface", name, "mode", "trunk" if port.use == TRUNK else "access", port.last("switchport"))
        sheet.missing("interface", name, "bpdu_filter", UNKNOWN, block)
    if port.use == TRUNK:
        _trunk(tree, sheet, port)
    if port.use == EDGE:
        _edge(tree, sheet, port)


def _trunk(tree: Tree, sheet: Sheet, port: MoxaPort) -> None:
    """VLANs with a tag, by lines that add and remove them, and the one of what comes without; GVRP may add others."""
    name, block = port.name, port.block
    added = every(block.children, "switchport trunk fixed vlan")
    carried_ones = None if is_on(tree.exact("gvrp")) or is_on(port.last("gvrp")) else _fixed(added)
    known = carried_ones is not None
    listed = UNKNOWN if carried_ones is None else vlan_text([(vlan, vlan) for vlan in carried_ones])
    value = "all" if known and carries_every_vlan(listed) else listed
    sheet.put("interface", name, "trunk_vlans", value, added[-1] if added else block, present=known)
    native = port.last("switchport trunk native vlan")
    told = text_of(native, "switchport trunk native vlan")
    carried = told != "1" or (known and carries_vlan(listed, told))  # else it may be pruned
    sure = whole(told) and carried
    sheet.put("interface", name, "native_vlan", told if sure else UNKNOWN, native or block, present=sure)


def _fixed(lines: Sequence[Node]) -> set[int] | None:
    """The VLANs that these lines leave one after another; None where that is not told."""
    found: set[int] = set()
    for line in lines:
        what, *rest = line.after("switchport trunk fixed vlan") or [""]
        vlans = vlans_in(rest)
        if line.negated or vlans is None or what.lower() not in ("add", "remove"):
            return None
        named = {vlan for low, high in vlans for vlan in range(low, high + 1)}
        found = found | named if what.lower() == "add" else found - named
    return found or None


def _edge(tree: Tree, sheet: Sheet, port: MoxaPort) -> None:
    """What is asked of a port that faces a device, as far as it is told."""
    name, block = port.name, port.block
    sheet.put("interface", name, "access_vlan", port.vlan(), port.last("switchport access vlan"))
    declared, lldp = port.last("spanning-tree edge-port"), tree.exact("lldp enable")
    told: dict[str, tuple[str, Node | None]] = dict.fromkeys(EDGE_SETTINGS, (UNKNOWN, None))
    told["edge"] = (YES if is_on(declared) else UNKNOWN, declared)
    if lldp is not None:
        told["discovery"] = ("none" if lldp.negated else "lldp", lldp)
    put_edge(sheet, name, block, told)
