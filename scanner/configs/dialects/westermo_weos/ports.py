"""Addresses of interfaces, and what ports are for, as the VLANs have them.

A port without tags faces a device only where no ring is set up: rings need none. What guards ports is not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from scanner.configs.dialects.westermo_weos.lines import ALL, listed_ports
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    TRUNK,
    carries_every_vlan,
    put_switching,
    put_unknown_port,
    vlan_list,
)
from scanner.configs.nodes import Node, given, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_RINGS = ("frnt", "mrp", "ring-coupling", "rico", "multi-link-dependency")


@dataclass
class WeosVlans:
    """The VLANs of each port. ``whole``: every list was read."""

    untagged: dict[str, set[int]] = field(default_factory=dict)
    tagged: dict[str, set[int]] = field(default_factory=dict)
    whole: bool = True

    def of(self, kind: dict[str, set[int]], port: str) -> set[int]:
        """The VLANs in which a port is, of one kind."""
        return kind.get(port, set()) | kind.get(ALL, set())


def members_of(tree: Tree) -> WeosVlans:
    """What the blocks of VLANs say."""
    members = WeosVlans()
    for vlan, words in tree.given("vlan"):
        if not words or not whole(words[0]):
            members.whole = False
            continue
        for command, kind in (("untagged", members.untagged), ("tagged", members.tagged)):
            for node, ports in given(vlan.children, command):
                listed = listed_ports(ports)
                members.whole &= listed is not None
                node.understood = node.understood or listed is not None
                for port in listed or ():
                    kind.setdefault(port, set()).add(int(words[0]))
    return members


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """The addresses, and the VLAN by which the device itself is reached."""
    for node in tree.all("iface"):
        words = node.after("iface")
        if node.negated or not words:
            continue
        name, how = words[0], words[2].lower() if len(words) > 2 else ""
        vlan = name[len("vlan") :] if name.lower().startswith("vlan") else ""
        sheet.put("interface", name, "kind", "svi" if whole(vlan) else "other", node)
        down = _put_shutdown(sheet, name, node)
        told = [(n, w[0]) for n, w in given(node.children, "address") if w]
        for line, _ in told:
            line.understood = True
        main = next(((n, a) for n, a in told if not n.key.endswith(" secondary")), None)
        if how == "static" and main:
            sheet.put("interface", name, "address", main[1], main[0])
        elif how == "dhcp":
            sheet.put("interface", name, "address", "dhcp", node)
        else:
            sheet.missing("interface", name, "address", UNKNOWN if told else ABSENT, node)
        services = last(node.children, "management")
        if whole(vlan) and not (services and services.negated) and not down:
            sheet.put("interface", name, "access_vlan", vlan, node)


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Each port that has a block."""
    members = members_of(tree)
    ringed = any(not node.negated for word in _RINGS for node in tree.all(word))
    uses = []
    for node in tree.all("port"):
        name = "".join(node.after("port")).lower()
        if node.negated or not name:
            continue
        uses.append(_put(sheet, name, node, members, ringed=ringed))
    put_switching(sheet, uses, {"dhcp_snooping": lambda: (UNKNOWN, None), "arp_inspection": lambda: (UNKNOWN, None)})


def _put(sheet: Sheet, name: str, node: Node, members: WeosVlans, *, ringed: bool) -> str:
    untagged, tagged = members.of(members.untagged, name), members.of(members.tagged, name)
    sheet.put("interface", name, "kind", "physical", node)
    use = DOWN if _put_shutdown(sheet, name, node) else _use(untagged, tagged, members, ringed=ringed)
    sheet.put("interface", name, "use", use, node, present=use != UNKNOWN)
    if use == TRUNK:
        listed = vlan_list(tagged | untagged)
        sheet.put("interface", name, "trunk_vlans", "all" if carries_every_vlan(listed) else listed, node)
        native = str(next(iter(untagged))) if len(untagged) == 1 else UNKNOWN
        sheet.put("interface", name, "native_vlan", native, node, present=native != UNKNOWN)
    if use == EDGE:
        sheet.put("interface", name, "access_vlan", str(next(iter(untagged))), node)
        put_unknown_port(sheet, name, node, but=("access_vlan",))
    if use == UNKNOWN:
        put_unknown_port(sheet, name, node)
    return use


def _put_shutdown(sheet: Sheet, name: str, block: Node) -> bool:
    """The row of an interface or port that says whether it is off; what it says."""
    told = last(block.children, "enable")
    down = told is not None and told.negated
    sheet.put("interface", name, "shutdown", YES if down else NO, told or block, present=told is not None)
    return down


def _use(untagged: set[int], tagged: set[int], members: WeosVlans, *, ringed: bool) -> str:
    if not members.whole:
        return UNKNOWN
    if tagged:
        return TRUNK
    return EDGE if len(untagged) == 1 and untagged != {1} and not ringed else UNKNOWN


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Protocols with neighbours, whose proofs are not read."""
    for node in tree.all("router"):
        words = node.after("router")
        if not node.negated and words:
            sheet.missing("routing", words[0].lower(), "authentication", UNKNOWN, node)
