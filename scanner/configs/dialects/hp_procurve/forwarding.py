"""How the device forwards: VLANs with their addresses and filters, static routes, and what makes that doubtful.

Source: ArubaOS-Switch Multicast and Routing Guide, Access Security Guide (IPv4 and IPv6 access control lists).
Nothing is routed without ``ip routing`` and ``ipv6 unicast-routing``; the port for management (OOBM) routes nothing.
"""

from __future__ import annotations

import re

from scanner.configs import acl_words
from scanner.configs.dialects.cisco_ios.forwarding import static_route
from scanner.configs.dialects.hp_procurve.access_lists import BINDINGS, INCOMING, OUTGOING, read_access_lists, used
from scanner.configs.dialects.hp_procurve.lines import given, vlan_blocks, words_of
from scanner.configs.dialects.hp_procurve.ports import ListedPorts, ports_in
from scanner.configs.forwarding import DoubtKind, Interface, Router
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    ENCRYPTED,
    NOT_UNDERSTOOD,
    POLICY_ROUTED,
    PORT_UNTOLD,
    SELECTED,
    Lines,
    add_address,
    add_virtual,
    join_vlans,
    note_bridged,
    note_learnt,
    relay,
    sift,
    unfinished,
    unread_at_top,
)
from scanner.configs.nodes import Node, is_on, walk
from scanner.configs.tree import Tree
from scanner.packet_sets import ALL_PORTS

_HARMLESS = re.compile(
    r"name |untagged|tagged|forbid |voice$|jumbo$|qos |ip (?:address|igmp|helper-address|forward-protocol|ospf|rip|pim"
    r"|mroute|bootp-gateway|proxy-arp|local-proxy-arp|irdp|mld|icmp|arp|recv|rip|udp)|ipv6 (?:address|enable|nd |mld"
    r"|ospf|ospf3|dhcp-relay|ra-guard|helper-address|pim)|dhcp-server$|dhcp-snooping|arp-protect|vrrp|management|monitor"
    r"|disable-|protocol|rate-limit|dhcpv6|sflow|loop-protect|mdns|client-tracker|gvrp|unknown",
    re.IGNORECASE,
)
_PORT_HARMLESS = re.compile(
    rf"{_HARMLESS.pattern}|disable$|enable$|speed-duplex|mdix-mode|flow-control|power|poe-|lacp|energy-|type |lldp"
    r"|spanning-tree|broadcast-limit|link-keepalive|bandwidth|arp-protect|port-security|dhcp|aaa |cdp|mac-notify"
    r"|unidirectional|no |speed|trunk|untagged|service-policy",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\brout|\bnat\b|forward|redirect|firewall|\bpolicy\b|\bfilter|tunnel|bridge|\bvrf\b|segment|vxlan")
_KNOWN = re.compile(
    r"ip (?:route |routing|access-list|ssh|source-|rip|ospf|pim|multicast|dns|forward|prefix-list|router-id|dhcp)"
    r"|ipv6 (?:route |unicast-routing|access-list|prefix-list|dhcp-relay)|router |interface |vlan |spanning-tree"
    r"|lldp |snmp|logging |aaa |radius|tacacs|banner |crypto |password|hostname|route-map|connection-rate|dhcp"
    r"|mac-access-list|class |policy |no |device-|name |job |alias |filter |tunneled-node|openflow|vxlan|mirror"
    r"|console|console |monitor|trunk |web|key-chain|password|sntp|ntp|time",
    re.IGNORECASE,
)
_DYNAMIC = (
    ("router ospf", (4,)),
    ("router rip", (4,)),
    ("router bgp", (4, 6)),
    ("router ospf3", (6,)),
    ("ipv6 router", (6,)),
)
_BOOTP = ((67, 68),)


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    lists = read_access_lists(tree)
    lines = Lines(tree, lists, {}, lambda n: n.key.startswith("ipv6"))
    routing, sixth = tree.exact("ip routing"), tree.exact("ipv6 unicast-routing")
    router = Router(tree.name, tree.source, {4: is_on(routing), 6: is_on(sixth)})
    ports = ports_in(tree)
    for number, block in vlan_blocks(tree):
        router.interfaces.append(_vlan(router, block, int(number), lines))
    for block, words in given(tree.all("interface"), "interface"):
        if words[:1] == ["loopback"]:
            router.interfaces.append(_loopback(block, " ".join(words), lines))
        elif words and words[0].lower() == "vlan":
            continue
        elif words and words[0].lower() in ("tunnel", "svlan"):
            router.doubts.append(lines.doubt(DoubtKind.TUNNELS, ENCRYPTED, block))
        else:
            _port(router, ports, block, lines)
    _routes(tree, router, lines)
    for command, versions in _DYNAMIC:
        note_learnt(router, versions, (n for n in tree.all(command) if not n.negated), lines)
    router.doubts += unfinished(tree, lines)
    router.doubts += unread_at_top(tree, _ABOUT, _KNOWN, lines)
    _whole_device(tree, router, lines)
    return router


def _vlan(router: Router, block: Node, number: int, lines: Lines) -> Interface:
    found = Interface(f"vlan {number}", lines.place(block), vlan=number)
    for node in (n for n in block.children if not n.negated):
        _addressing(found, node, lines)
        _filtering(router, found, node, lines)
        if node.is_("ip helper-address"):
            relay(found, words_of(node, "ip helper-address"), _BOOTP, node, lines)
        elif node.is_("ip forward-protocol"):
            words = words_of(node, "ip forward-protocol")
            port = acl_words.port(words[-1].lower()) if len(words) > 2 else None
            relay(found, words, (ALL_PORTS,) if port is None else ((port, port),), node, lines)
        elif node.is_("service-policy"):
            found.doubts.append(lines.doubt(DoubtKind.ROUTES, POLICY_ROUTED, node))
    taken = (*BINDINGS, "service-policy")
    found.doubts += sift(block.children, lambda n: n.key.startswith(taken), _HARMLESS, lines)
    return found


def _addressing(found: Interface, node: Node, lines: Lines) -> None:
    for command in ("ip address", "ipv6 address"):
        if node.is_(command):
            words = words_of(node, command)
            if "link-local" in words or add_address(found, words, lines.place(node)):
                return
            found.loose = lines.doubt(DoubtKind.ROUTES, ADDRESS_UNTOLD, node)
    if node.is_("vrrp"):
        for inner in walk(node):
            words = inner.text.split()
            if "virtual-ip-address" in words[:-1]:
                add_virtual(found, words[words.index("virtual-ip-address") + 1], lines.place(inner))


def _filtering(router: Router, found: Interface, node: Node, lines: Lines) -> None:
    """Lists on routed packets (in, out), and on all that comes in or goes out, bridged packets too."""
    name, way = used(node)
    command = next((c for c in BINDINGS if node.is_(c)), "")
    if not command:
        return
    version = 6 if command.startswith("ipv6") else 4
    if command.startswith("mac") or way not in (*INCOMING, *OUTGOING):
        found.doubts.append(lines.doubt(DoubtKind.DROPS, SELECTED, node))
        return
    one = lines.filter(name, node, version, permits_rest=False)
    filters = found.filters_in if way in INCOMING else found.filters_out
    filters.setdefault(version, []).append(one)
    if way.startswith("vlan"):
        doubt = lines.doubt(DoubtKind.DROPS, SELECTED, node)
        router.vlan_doubts.setdefault(found.vlan, []).append(doubt)


def _loopback(block: Node, name: str, lines: Lines) -> Interface:
    found = Interface(f"interface {name}", lines.place(block), hosts=False)
    for node in (n for n in block.children if not n.negated):
        _addressing(found, node, lines)
    return found


def _port(router: Router, ports: ListedPorts, block: Node, lines: Lines) -> None:
    """What bridged packets may meet on a port, and where it may take them."""
    name = " ".join(words_of(block, "interface"))
    port = ports.found.get(name) or ports.found.get(name.upper()) or ports.found.get(name.capitalize())
    vlans = (port.tagged | {port.bare}) - {0} if port else set()
    for node in (n for n in block.children if not n.negated):
        if any(node.is_(c) for c in BINDINGS) or node.is_("service-policy"):
            for vlan in sorted(vlans) or [0]:
                note_bridged(router, vlan, [node], lines)
        elif node.is_("tunneled-node-server"):
            router.doubts.append(lines.doubt(DoubtKind.TUNNELS, ENCRYPTED, node))
        elif node.is_("qinq") or node.is_("untag-migrate"):
            join_vlans(router, (), node, lines)
        elif not _PORT_HARMLESS.match(node.key):
            join_vlans(router, (), node, lines, PORT_UNTOLD)


def _routes(tree: Tree, router: Router, lines: Lines) -> None:
    for command in ("ip route", "ipv6 route"):
        for node, words in given(tree.all(command), command):
            route = static_route(_as_ios(words), node, lines)
            if route is None:
                router.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
            else:
                router.routes.append(route)


def _as_ios(words: list[str]) -> list[str]:
    """As IOS says it: ``blackhole`` and ``reject`` are no next hop, ``distance`` stands before its number."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word.lower() in ("blackhole", "reject"):
            found.append("Null0")
        elif word.lower() == "distance":
            continue
        elif word.lower() in ("metric", "tag-value", "tag", "name") and rest:
            rest.pop(0)
        elif word.lower() == "vlan" and rest:
            found.append(f"vlan{rest.pop(0)}")
        else:
            found.append(word)
    return found


def _whole_device(tree: Tree, router: Router, lines: Lines) -> None:
    """What bridges, tunnels or drops on the whole device."""
    for node in (n for n in tree.root.children if not n.negated):
        if node.key.startswith(("openflow", "sdn")):
            router.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
        elif node.key.startswith(("vxlan", "qinq", "svlan", "mesh", "distributed-trunking")):
            join_vlans(router, (), node, lines)
        elif node.key.startswith("tunneled-node-server"):
            router.doubts.append(lines.doubt(DoubtKind.TUNNELS, ENCRYPTED, node))
        elif node.key.startswith(("filter ", "connection-rate-filter", "aaa authorization user-role")):
            note_bridged(router, 0, [node], lines)
