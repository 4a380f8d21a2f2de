"""What the ports of a switch do with packets that are only bridged: filters, and what joins VLANs to one another.

Sources: Huawei S series Ethernet Switching (MUX VLAN, VLAN aggregation, VLAN mapping, QinQ) and VPN configuration
guides; H3C Comware 5 and 7 Layer 2 LAN Switching (private VLAN, super VLAN, VLAN mapping) configuration guides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from scanner.configs.forwarding import Router
from scanner.configs.forwarding_lines import PORT_UNTOLD, Lines, join_vlans, note_bridged
from scanner.configs.interfaces import is_down, vlans_of
from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_FILTERS = (
    "traffic-filter",
    "traffic-secure",
    "packet-filter",
    "traffic-policy",
    "qos apply",
    "port-isolate",
    "port mux-vlan",
    "port private-vlan",
    "port isolate-user-vlan",
)
# Lines of a port that bridges which join no networks, beside those that no interface minds.
_HARMLESS = re.compile(
    r"port-isolate |port (?:mux-vlan|private-vlan|isolate-user-vlan|port-name|vlan-stacking|bridge|up-mode|discard)"
    r"|traffic-(?:filter|secure|limit|statistic|policy)|packet-filter |qos |undo |ip (?:source|verify|urpf|check)"
    r"|port link-aggregation |dot1x|mac-authentication|port-security "
    r"|user-bind |nd |dhcpv6 |ipv6 |igmp-snooping |mld-snooping |l2-multicast|poe |eee |flow-control|line-protocol"
    r"|error-down|erps |rrpp |smart-link|monitor-link|dldp |efm |cfm |oam |sflow |netstream |mirroring|port-mirroring"
    r"|link-aggregation |link-delay|bpdu|vlan-mapping miss|qinq (?:enable|ethernet-type|protocol)|mvrp|gvrp|voice vlan"
    r"|mac-address |enable|authentication |web-auth|access-|macsec |mka |alarm |transceiver |ptp |synchronization"
    r"|broadcast-|multicast-|unicast-|unknown-|mdi|vbst |single-fiber|module |assign port-queue",
    re.IGNORECASE,
)
_TRANSLATES = re.compile(r"port vlan-mapping|vlan mapping|vlan-mapping|qinq vlan-translation|vlan-translation")
# Blocks and lines at the top that carry VLANs elsewhere, or join them.
_CARRIES = re.compile(
    r"bridge(?:-domain)? |vsi |l2vpn|evpn|mpls l2vc|vxlan |pw-class|xconnect-group|nve|ccc |cross-connect"
)
_SHARED = (  # lines of a VLAN that name others beside it
    "access-vlan",
    "subvlan",
    "subordinate",
    "private-vlan secondary",
    "private-vlan associate",
    "isolate-user-vlan",
)


def port(router: Router, block: Node, lines: Lines, harmless: re.Pattern[str]) -> None:
    """What bridged packets may meet on a port, and where it may take them. harmless: lines that no interface minds."""
    nodes = block.children
    if is_down(nodes):
        return
    found = [n for n in nodes if not n.negated and n.key.startswith(_FILTERS)]
    if found:
        vlan = next((n for n in nodes if n.key.startswith(("port default vlan", "port access vlan"))), None)
        number = vlan.key.split()[-1] if vlan and not vlan.negated else "0"
        note_bridged(router, int(number) if whole(number) else 0, found, lines)
    for node in (n for n in nodes if not n.negated):
        if node.key.startswith(("traffic-policy", "qos apply", "traffic-redirect")) and _redirects(lines.tree, node):
            join_vlans(router, (), node, lines)
        elif _TRANSLATES.match(node.key) and " miss" not in node.key:
            join_vlans(router, _numbers(node.key.split()), node, lines)
        elif not _HARMLESS.match(node.key) and not harmless.match(node.key):
            join_vlans(router, (), node, lines, PORT_UNTOLD)


def _redirects(tree: Tree, node: Node) -> bool:
    """The line sends some packets out of another port."""
    inside = (n for b in tree.all("traffic behavior") for n in b.children if not n.negated)
    return node.key.startswith("traffic-redirect") or any(n.key.startswith("redirect ") for n in inside)


def _numbers(words: Iterable[str]) -> set[int]:
    """The VLANs that a line names: ``vlan 10 to 12 map-vlan 20``. Words between them change nothing but ``to``."""
    text = re.sub(r" to ", "-", " ".join(words))
    found = [vlans_of(word) for word in text.split() if re.fullmatch(r"[\d,-]+", word)]
    return set().union(*found) if len(found) > 1 and all(found) else set()


def joins(tree: Tree, router: Router, lines: Lines) -> None:
    """What joins VLANs on the whole device, or keeps hosts of one VLAN apart."""
    for node in (n for n in tree.root.children if not n.negated):
        if _CARRIES.match(node.key):
            join_vlans(router, (), node, lines)
        elif node.key.startswith("isolate-user-vlan "):
            join_vlans(router, _numbers(node.key.split()), node, lines)
    for block in tree.all("vlan"):
        number = block.key.split()[-1]
        for node in (n for n in block.children if not n.negated and n.key.startswith(_SHARED)):
            listed = _numbers([number, *node.key.split()]) if whole(number) else ()
            join_vlans(router, listed, node, lines)
