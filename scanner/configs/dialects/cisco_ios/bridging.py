"""What the ports of a switch do with packets that are only bridged: filters, and what joins VLANs to one another.

Sources: Cisco Catalyst and Industrial Ethernet Layer 2, VLAN (private VLANs, VLAN mapping) and L2NAT configuration
guides; IOS XE Carrier Ethernet (service instances, bridge domains).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.forwarding import DoubtKind, Router
from scanner.configs.forwarding_lines import (
    PORT_UNTOLD,
    REWRITTEN_BELOW,
    Lines,
    join_vlans,
    note_bridged,
)
from scanner.configs.interfaces import is_down, vlans_of
from scanner.configs.nodes import Node, last
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_FILTERS = (
    "ip access-group",
    "ipv6 traffic-filter",
    "mac access-group",
    "switchport protected",
    "switchport private-vlan",
    "service-policy",
)
# Lines of a port that bridges which join no networks, beside those that no interface minds.
_HARMLESS = re.compile(
    r"switchport(?:$| (?:mode (?:access|trunk|dynamic|private-vlan|dot1q-tunnel)|access vlan|trunk|nonegotiate|voice"
    r"|block|port-security|protected|private-vlan|backup|autostate|host$|priority))|ip (?:verify|device tracking|flow)"
    r"|(?:ip|ipv6) (?:access-group|traffic-filter|dhcp|nd|snooping|source-guard|destination-guard|igmp|mld)"
    r"|mac access-group|mac-address|service-policy (?:input|output) |subscriber aging|cts |wrr-queue |rcv-queue "
    r"|tx-queue|queue-set |flowcontrol |hw-module |mvr |network-policy |location |dampening|pagp |ethernet (?:oam|cfm)"
    r"|epm |prp-channel-group |hsr-ring |mrp |dlr |stackwise-virtual |mka |macsec|rmon |vtp$|fips|beacon|lre |medium "
    r"|port-type |access-group mode |auto(?: |$)|l2protocol-tunnel|physical-layer |isdn ",
    re.IGNORECASE,
)
_TRANSLATES = (
    "switchport vlan mapping",
    "switchport vlan translation",
    "vlan mapping",
    "switchport trunk vlan mapping",
)
# Lines at the top that carry VLANs elsewhere, or join them.
_CARRIES = re.compile(r"bridge(?:-domain)? |l2vpn |l2 vfi |pseudowire|xconnect |evpn|vlan mapping|connect \S+ \S+ \S+ ")


def port(router: Router, block: Node, lines: Lines, harmless: re.Pattern[str], filters: tuple[str, ...] = ()) -> None:
    """What bridged packets may meet on a port, and where it may take them. harmless: lines that no interface minds.

    filters: beginnings of lines that filter what is bridged, beside those of IOS.
    """
    nodes = block.children
    if is_down(nodes):
        return
    found = [n for n in nodes if not n.negated and n.key.startswith((*_FILTERS, *filters))]
    if found:
        note_bridged(router, _vlan_of(nodes), found, lines)
    for node in (n for n in nodes if not n.negated):
        if node.key.startswith(_TRANSLATES):
            join_vlans(router, _translated(node), node, lines)
        elif node.key.startswith("l2nat"):
            router.doubts.append(lines.doubt(DoubtKind.REWRITES, REWRITTEN_BELOW, node))
            note_bridged(router, 0, [node], lines)
        elif not _HARMLESS.match(node.key) and not harmless.match(node.key) and not node.key.startswith(filters or "?"):
            join_vlans(router, (), node, lines, PORT_UNTOLD)


def _vlan_of(nodes: list[Node]) -> int:
    """The VLAN of a port with one; 0: several, or they are not told."""
    access = last(nodes, "switchport access vlan")
    several = ("switchport mode trunk", "switchport mode private-vlan", "switchport private-vlan")
    trunk = any(n.key.startswith(several) for n in nodes)
    number = access.key.split()[-1] if access and not access.negated else "1"
    return int(number) if whole(number) and not trunk else 0


def _translated(node: Node) -> set[int]:
    """The VLANs of a line that translates; none when any may be meant."""
    words = node.key.split("mapping" if "mapping" in node.key else "translation")[-1].split()
    if len(words) != 2:
        return set()
    found = [vlans_of(word) for word in words]
    return set().union(*found) if all(found) else set()


def joins(tree: Tree, router: Router, lines: Lines) -> None:
    """What joins VLANs on the whole device."""
    for node in (n for n in tree.root.children if not n.negated):
        if _CARRIES.match(node.key) or (node.is_("vlan configuration") and any("vni" in n.key for n in node.children)):
            join_vlans(router, (), node, lines)
    for block in tree.all("vlan"):
        number = block.key.split()[-1]
        for node in _associations(block):
            listed = vlans_of(node.key.split()[-1])
            join_vlans(router, listed | {int(number)} if listed and whole(number) else (), node, lines)
    for block in (b for b in tree.all("vlan access-map") if not b.negated):
        for node in (n for n in block.children if n.key.startswith("action redirect") and not n.negated):
            join_vlans(router, (), node, lines)


def _associations(block: Node) -> Iterator[Node]:
    return (n for n in block.children if n.key.startswith("private-vlan association") and not n.negated)
