"""How the device forwards: its interfaces with their filters, its static routes, and what makes that doubtful.

Sources: Huawei S series, AR and NetEngine Command References (IP Service, IP Routing, ACL, QoS). Packets that no rule
of a traffic filter matches are forwarded. A filter in a VLAN meets what comes in or leaves in it, routed packets too;
where filters of an interface, its VLAN and the device come together, one of them counts, which is not told here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scanner.addresses import IPAddress
from scanner.configs import acls
from scanner.configs.dialects.huawei_vrp.access_lists import read_access_lists
from scanner.configs.dialects.huawei_vrp.bridging import joins, port
from scanner.configs.dialects.huawei_vrp.firewall_zones import follow_zones
from scanner.configs.dialects.huawei_vrp.interfaces import filter_list
from scanner.configs.dialects.huawei_vrp.security_policy import is_followed
from scanner.configs.forwarding import DoubtKind, Filter, Interface, Route, Router
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    BRIDGED_FILTER,
    CHECKED_SOURCE,
    ENCRYPTED,
    NOT_UNDERSTOOD,
    POLICY_ROUTED,
    PROXIED,
    RELAYED,
    SELECTED,
    STATEFUL,
    TRANSLATED,
    Lines,
    add_address,
    add_virtual,
    address_in,
    note_bridged,
    note_learnt,
    relay,
    sift,
    unaddressed,
    unfinished,
    unread_at_top,
)
from scanner.configs.interfaces import lies_down, shut_ports
from scanner.configs.nodes import Node, last, walk
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.packet_sets import ALL_PORTS

_DROPS, _ROUTES, _REWRITES = DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES
_TUNNELS, _ANYTHING = DoubtKind.TUNNELS, DoubtKind.ANYTHING

# Lines of an interface that make packets doubtful: first words, what may happen, why.
_DOUBTFUL = (
    ("nat ", _REWRITES, TRANSLATED),
    ("ip policy-based-route", _ROUTES, POLICY_ROUTED),
    ("ipv6 policy-based-route", _ROUTES, POLICY_ROUTED),
    ("ipsec ", _TUNNELS, ENCRYPTED),
    ("urpf", _DROPS, CHECKED_SOURCE),
    ("ip urpf", _DROPS, CHECKED_SOURCE),
    ("ipv6 urpf", _DROPS, CHECKED_SOURCE),
    ("zone ", _DROPS, STATEFUL),
    ("firewall ", _DROPS, STATEFUL),
    ("aspf ", DoubtKind.OPENS, STATEFUL),
    ("portal ", _DROPS, STATEFUL),
    ("traffic-secure", _DROPS, SELECTED),
    ("traffic-redirect", _ROUTES, SELECTED),
    ("mpls", _TUNNELS, ENCRYPTED),
)
_HARMLESS = re.compile(
    r"description |(?:undo )?shutdown$|(?:auto )?(?:speed|duplex)|negotiation |mtu |jumboframe|flow-control|loopback"
    r"|qos (?!apply)|trust |stp |lldp |lacp |eth-trunk |mode |max active|least |load-balance "
    r"|port (?:link-type|link-mode|default|access|trunk|hybrid|priority|media|mode|auto-neg)"
    r"|(?:undo )?portswitch|ip address|ip binding|ip relay|ipv6 (?:enable|address|nd |mtu)|arp |arp-proxy|dhcp |vrrp6? "
    r"|ospf |isis |rip |pim |igmp |mpls|bfd |dot1q termination|vlan-type |control-vid |statistic|traffic-statistic"
    r"|traffic-limit |set |combo |bandwidth |am |dot1x |mac-authen|mac-|port-security|storm-|loop-detect"
    r"|loopback-detect"
    r"|ntp-service |ntp |management-|enable snmp|mac-vlan|voice-vlan|unicast-suppression|broadcast-suppression"
    r"|multicast-suppression|link-protocol|clock |trap|device |icmp |ip forward-broadcast|tcp |local-proxy|proxy-arp"
    r"|snmp |local-aa|link-delay|virtual-cable|duplex|undo |packet-filter filter|service-manage |alias |anti-ddos "
    r"|hrp ",
    re.IGNORECASE,
)
_DYNAMIC = (  # protocols that learn routes, and of which versions of IP
    *((name, (4,)) for name in ("ospf", "rip")),
    *((name, (6,)) for name in ("ospfv3", "ripng")),
    *((name, (4, 6)) for name in ("bgp", "isis")),
)
_ABOUT = re.compile(r"\brout|\bnat\b|forward|redirect|firewall|\bpolicy\b|filter|\bzone\b|tunnel|\bvpn|bridge|\bslb\b")
_KNOWN = re.compile(
    r"ip route-static|ipv6 route-static|router[ -]id|route-policy|ip vpn-instance|traffic (?:policy|classifier"
    r"|behavior)"
    r"|interface |ospf|bgp|rip|isis|ip (?:ipv6-)?prefix|info-center|snmp-agent|nat address-group|nat alg|acl "
    r"|aaa|domain"
    r"|ssl policy|traffic-filter|packet-filter|qos (?:policy|map)|stp |mpls|multicast routing|dhcp|pki|authentication"
    r"|ip forward-broadcast|header|sysname|user-|line |local-|password|arp |mac-|http|ssh|port-mirroring"
    r"|security-zone"
    r"|zone-pair|security-policy|firewall zone|policy interzone|object-policy|object-group|mirroring|ike "
    r"|ipsec |vlan|clock|role |password-control|ip pool|radius|hwtacacs|nat-policy|nat server"
    r"|ip (?:address|service)-set|policy-based-route"
    r"|(?:auth|traffic|quota|pcp|dns-transparent|rightm|proxy|decryption|audit|password)-policy"
    r"|firewall (?:interzone|defend|detect|dataplane|mac-binding|session|blacklist|packet-filter basic)"
    r"|web-manager|user-manage",
    re.IGNORECASE,
)


# Lines by which the device passes on what is sent to itself.
_PASSES_ON = re.compile(
    r"dns proxy enable|dns-proxy |slb |sslvpn |ssl-vpn |v-gateway |loadbalance |virtual-server |l2tp |web-proxy |sip "
)
_REPLICATES = ("route-replicate", "import-rib")


@dataclass(frozen=True)
class VrpLike:
    """What differs between VRP and its relative.

    svi: how the interface of a VLAN is named. named: the list that a line filters by. permits_rest: what no rule
    matches passes.
    """

    svi: str
    named: Callable[[Node], str]
    permits_rest: bool
    forwards_six: bool | None
    behaviours: tuple[str, str]  # blocks that tell what is done, and the line that applies them
    routed: tuple[str, ...] = ("undo portswitch",)
    denied_are_dropped: bool = True  # what a list denies that chooses a class of traffic
    has_policy: bool = False  # its firewalls have a security policy between zones, and ports that route


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    lines = Lines(tree, read_access_lists(tree), {}, lambda n: "ipv6" in n.key.split())
    six = tree.exact("ipv6")
    behaviours = ("traffic behavior", "traffic-policy")
    system = VrpLike("vlanif", filter_list, True, True if six else None, behaviours, has_policy=True)
    return device(tree, lines, system)


def device(tree: Tree, lines: Lines, system: VrpLike) -> Router:
    """The device that the tree describes."""
    router = Router(tree.name, tree.source, {4: True, 6: system.forwards_six})
    reader = _Reader(tree, lines, system)
    for block in tree.all("interface"):
        name = " ".join(block.after("interface"))
        if block.negated or name.lower().startswith("null"):
            continue
        if reader.is_port(name, block.children):
            port(router, block, lines, _HARMLESS)
        else:
            router.interfaces.append(reader.interface(name, block))
            if not router.interfaces[-1].addresses and not router.interfaces[-1].loose:
                unaddressed(router, block, lines)
    reader.filters_of_vlans(router)
    joins(tree, router, lines)
    _whole_device(tree, router, lines)
    _routes(tree, router, lines)
    router.doubts += unfinished(tree, lines)
    router.doubts += unread_at_top(tree, _ABOUT, _KNOWN, lines)
    followed = system.has_policy and follow_zones(tree, router, lines)
    for start in () if followed else ("firewall zone", "security-zone"):
        zones = [n for n in tree.all(start) if not n.negated and n.children]
        router.doubts += [lines.doubt(_DROPS, STATEFUL, n) for n in zones]
    for start in ("nat static",) if followed else ("nat server", "nat static"):
        router.doubts += [lines.doubt(_REWRITES, TRANSLATED, n) for n in tree.all(start) if not n.negated]
    return router


def _whole_device(tree: Tree, router: Router, lines: Lines) -> None:
    """Proxies, virtual systems, and routes of one table in another."""
    for node in (n for n in tree.root.children if not n.negated):
        if _PASSES_ON.match(node.key):
            router.doubts.append(lines.doubt(_REWRITES, PROXIED, node))
        elif node.key.startswith("vsys "):
            router.doubts.append(lines.doubt(_ANYTHING, STATEFUL, node))
        elif node.key.startswith("ip vpn-instance"):
            note_learnt(router, (4, 6), (n for n in walk(node) if n.key.startswith(_REPLICATES)), lines)


def _routes(tree: Tree, router: Router, lines: Lines) -> None:
    """Static routes, and that others are learnt."""
    for command in ("ip route-static", "ipv6 route-static"):
        for node, words in tree.given(command):
            route = _route(words, node, lines)
            if route is not None:
                router.routes.append(route)
            elif words[:1] not in (["default-preference"], ["selection-rule"], ["bfd"]):
                router.doubts.append(lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
    for command, versions in _DYNAMIC:
        note_learnt(router, versions, (n for n in tree.all(command) if not n.negated and n.children), lines)


class _Reader:
    """The interfaces of a device."""

    def __init__(self, tree: Tree, lines: Lines, system: VrpLike) -> None:
        self.tree = tree
        self.lines = lines
        self.system = system
        self.shut = shut_ports(tree)
        block, _ = system.behaviours
        kinds = ("deny", "redirect", "filter deny", "nexthop")
        inside = [n for b in tree.all(block) for n in b.children if not n.negated]
        self.selects = any(n.key.startswith(kinds) for n in inside)  # before a filter or behind it: that is not told
        classes = (n for b in tree.all("traffic classifier") for n in b.children)
        self.drops = system.denied_are_dropped and any(
            n.key.startswith("if-match") and " acl" in n.key for n in classes
        )

    def is_port(self, name: str, nodes: list[Node]) -> bool:
        """It bridges, and has no address."""
        low = name.lower()
        if low.startswith((self.system.svi, "loopback", "tunnel")) or "." in low:
            return False
        if any(n.is_("ip address") or n.is_("ipv6 address") for n in nodes if not n.negated):
            return False
        if self.system.has_policy and is_followed(self.tree):
            return any(n.key == "portswitch" and not n.negated for n in nodes)
        routed = any(n.text.lower().startswith(self.system.routed) for n in nodes)
        return not routed

    def interface(self, name: str, block: Node) -> Interface:
        """One that routes."""
        nodes, spelt = block.children, name.lower()
        found = Interface(
            name, self.lines.place(block), up=not lies_down(block, self.shut), hosts=not spelt.startswith("loopback")
        )
        table = last(nodes, "ip binding vpn-instance")
        if table and not table.negated:
            found.table = table.text.split()[-1]
        found.vlan = self._vlan(spelt, nodes)
        for node in (n for n in nodes if not n.negated):
            self._addressing(found, node)
            _relaying(found, node, self.lines)
            self._filtering(found, node)
        unbound = [
            n for n in nodes if n.negated and n.key.startswith(("traffic-filter", "packet-filter", "traffic-secure"))
        ]
        if found.filters_in or found.filters_out:  # what it takes away is not told in these words
            found.doubts += [self.lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node) for node in unbound]
        first = ("traffic-filter", "packet-filter", self.system.behaviours[1], *(start for start, _, _ in _DOUBTFUL))
        found.doubts += sift(nodes, lambda n: n.key.startswith(first), _HARMLESS, self.lines)
        if spelt.startswith(("tunnel", "virtual-", "dialer")):
            found.doubts.append(self.lines.doubt(_TUNNELS, ENCRYPTED, block))
        found.peers = _peers(spelt, nodes)
        return found

    def _vlan(self, spelt: str, nodes: list[Node]) -> int:
        tag = last(nodes, "dot1q termination vid", "vlan-type dot1q vid", "vlan-type dot1q")
        number = tag.key.split()[-1] if tag and not tag.negated else spelt.removeprefix(self.system.svi).strip()
        return int(number) if whole(number) else 0

    def _addressing(self, found: Interface, node: Node) -> None:
        for command in ("ip address", "ipv6 address"):
            if node.is_(command):
                words = [w for w in node.after(command) if w.lower() not in ("sub", "secondary")]
                if "link-local" not in node.key and not add_address(found, words, self.lines.place(node)):
                    found.loose = self.lines.doubt(_ROUTES, ADDRESS_UNTOLD, node)
        words = node.text.split()
        if (node.is_("vrrp") or node.is_("vrrp6")) and "virtual-ip" in words[:-1]:
            add_virtual(found, words[words.index("virtual-ip") + 1], self.lines.place(node))

    def _filtering(self, found: Interface, node: Node) -> None:
        for way, one in self.filters(node):
            _put(found, way, one)
        if node.is_(self.system.behaviours[1]) and (self.selects or self.drops):
            found.doubts.append(self.lines.doubt(_ANYTHING if self.selects else _DROPS, SELECTED, node))
        for start, kind, why in _DOUBTFUL:
            if node.key.startswith(start):
                found.doubts.append(self.lines.doubt(kind, why, node))

    def filters(self, node: Node) -> Iterator[tuple[bool, tuple[int, Filter]]]:
        """(goes out, version and filter) of a line that filters."""
        name = self.system.named(node)
        words = node.key.split()
        if not name or node.negated:
            return
        version = 6 if "ipv6" in words else 4
        one = self.lines.filter(name, node, version, permits_rest=self.system.permits_rest)
        if "rule" in words or ("inbound" in words) == ("outbound" in words):  # of one rule alone
            one = replace(one, defined=False)
        yield "outbound" in words, (version, one)

    def filters_of_vlans(self, router: Router) -> None:
        """Filters that hold in a VLAN or on the whole device, on the interfaces that route for it."""
        for block in self.tree.all("vlan"):
            number = block.key.split()[-1]
            for node in block.children:
                self._everywhere(router, node, int(number) if whole(number) else -1)
                if node.is_(self.system.behaviours[1]) and (self.selects or self.drops) and not node.negated:
                    self._doubt_vlan(router, node, int(number) if whole(number) else -1)
        for command in ("traffic-filter", "traffic-secure", "packet-filter"):
            for node in self.tree.all(command):
                found = re.search(r"vlan ([0-9]+)", node.key)
                self._everywhere(router, node, int(found[1]) if found else 0)

    def _everywhere(self, router: Router, node: Node, vlan: int) -> None:
        for way, one in self.filters(node):
            for interface in router.interfaces:
                if vlan in (0, interface.vlan):
                    _put(interface, way, one)
            router.vlan_doubts.setdefault(max(vlan, 0), []).append(self.lines.doubt(_DROPS, BRIDGED_FILTER, node))

    def _doubt_vlan(self, router: Router, node: Node, vlan: int) -> None:
        for interface in router.interfaces:
            if interface.vlan == vlan:
                interface.doubts.append(self.lines.doubt(_ANYTHING, SELECTED, node))
        note_bridged(router, max(vlan, 0), [node], self.lines)


def _peers(spelt: str, nodes: list[Node]) -> tuple[IPAddress, ...] | None:
    """Where the other end of a tunnel is; none: anywhere."""
    if spelt.startswith(("tunnel", "virtual-t", "dialer")):
        node = last(nodes, "destination")
        found = address_in((node.after("destination") or [""])[0]) if node and not node.negated else None
        return (found,) if found else ()
    return () if any(n.key.startswith("ipsec ") and not n.negated for n in nodes) else None


_RELAYS = ("dhcp relay server-ip", "dhcp relay server-address", "ip relay address", "udp-helper server")


def _relaying(found: Interface, node: Node, lines: Lines) -> None:
    """``dhcp relay server-ip 10.0.0.5`` and its relatives."""
    if node.key.startswith(_RELAYS):
        relay(found, node.text.split()[-1:], (ALL_PORTS,) if node.is_("udp-helper") else ((67, 68),), node, lines)
    elif node.key.startswith(("dhcp relay server-select", "dhcpv6 relay", "ipv6 dhcp relay")):
        found.doubts.append(lines.doubt(_REWRITES, RELAYED, node))


def _put(interface: Interface, outgoing: bool, one: tuple[int, Filter]) -> None:
    """Of several filters in one place only one counts, which is not told."""
    version, made = one
    kept = interface.filters_out if outgoing else interface.filters_in
    if version in kept:
        made = replace(made, defined=False)
    kept[version] = [made]


def _route(words: list[str], node: Node, lines: Lines) -> Route | None:
    table, certain = "", True
    if words[:1] == ["vpn-instance"] and len(words) > 2:
        table, words = words[1], words[2:]
    try:
        length = words[1] if words[1].isdecimal() else str(acls.prefix_length(words[1]))
        network, words = ipaddress.ip_network(f"{words[0]}/{length}", strict=False), words[2:]
    except (ValueError, IndexError):
        return None
    if "description" in words:
        words = words[: words.index("description")]
    interface, hop, distance = "", None, 60
    while words:
        word = words[0].lower()
        if hop is None and (hop := address_in(word)) is not None:
            words = words[1:]
        elif word in ("preference", "tag") and len(words) > 1 and whole(words[1]):
            distance, words = (int(words[1]) if word == "preference" else distance), words[2:]
        elif word in ("track", "bfd", "nqa", "vpn-instance", "permanent", "inherit-cost"):
            certain = certain and word in ("permanent", "inherit-cost")
            words = words[2:] if word == "vpn-instance" else [] if word in ("track", "bfd", "nqa") else words[1:]
        elif not interface and hop is None:
            interface, words = words[0], words[1:]
            if interface.isalpha() and words and words[0][:1].isdigit() and address_in(words[0]) is None:
                interface, words = interface + words[0], words[1:]
        else:
            return None
    if hop is None and not interface:
        return None
    discards = interface.lower().startswith("null")
    return Route(network, lines.place(node), table, hop, interface, discards, distance, certain)
