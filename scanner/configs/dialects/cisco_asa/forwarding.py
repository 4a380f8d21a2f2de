"""How an ASA forwards: named interfaces with their levels and lists, static routes, and what is doubtful.

Sources: Cisco ASA Series General Operations and Firewall CLI configuration guides ("Interfaces", "Access Rules",
"Network Address Translation", "Static and Default Routes"), command reference (``same-security-traffic``,
``access-group``, ``security-level``). What comes in on an interface with a list, its own or that of all, is judged by
it and denied otherwise; without a list it goes to interfaces of a lower level alone. Interfaces of one level do not
speak with one another, nor does a packet go out where it came in, unless ``same-security-traffic`` permits it. What
comes out of a tunnel passes no list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_network

from scanner.addresses import IPAddress
from scanner.configs.acl_entries import Acl, AclEntry
from scanner.configs.acl_packets import as_filter
from scanner.configs.acls import prefix_length
from scanner.configs.dialects.cisco_asa.access_lists import read_access_lists
from scanner.configs.dialects.cisco_asa.interfaces import name_of
from scanner.configs.dialects.cisco_asa.objects import NamedObjects
from scanner.configs.dialects.cisco_asa.translations import translated
from scanner.configs.forwarding import DoubtKind, Entry, Filter, Interface, Redirection, Route, Router, Wire
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    ANYWHERE,
    ENCRYPTED,
    JOINED,
    NOT_UNDERSTOOD,
    POLICY_ROUTED,
    PROXIED,
    SELECTED,
    STATEFUL,
    Lines,
    add_address,
    address_in,
    note_learnt,
    relay,
    sift,
    unfinished,
    unread_at_top,
)
from scanner.configs.interfaces import lies_down, shut_ports
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.policy_packets import every_packet
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources
from scanner.configs.tree import Tree
from scanner.packet_sets import BEGINS, Boxes

_ANYTHING, _DROPS, _ROUTES, _REWRITES = DoubtKind.ANYTHING, DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES
_VERSIONS = (4, 6)
_HARMLESS = re.compile(
    r"description |(?:no )?shutdown$|duplex |speed |mtu |delay |nameif |security-level |ip address "
    r"|ipv6 (?:address|enable|nd |dhcp)|vlan |management-only|channel-group |lacp |flowcontrol |media-type "
    r"|mac-address |ospf |rip |eigrp |hello|hold-time |authentication |split-horizon |summary-address "
    r"|negotiation |power |poe |port-channel |redundant |member-interface |igmp |pim |switchport |nve-only|no "
    r"|lldp |hardware |carrier-delay|fec |debounce|bandwidth |bfd |backup interface",
    re.IGNORECASE,
)
_LEARNS = (
    ("router ospf", (4,)),
    ("router rip", (4,)),
    ("router eigrp", (4,)),
    ("router bgp", (4, 6)),
    ("router isis", (4, 6)),
    ("ipv6 router ospf", (6,)),
)
_ABOUT = re.compile(
    r"\brout|\bnat\b|forward|redirect|firewall|\bpolicy\b|\bfilter|tunnel|wccp|\bzone\b|bridge|\bvrf\b|segment|context"
    r"|established|access-group|static|global|alias|same-security"
)
_KNOWN = re.compile(
    r"route |ipv6 route |router |route-map |policy-map |policy-list|class-map |service-policy |nat |object "
    r"|object-group |access-list|access-group |group-policy |tunnel-group|dynamic-access-policy"
    r"|same-security-traffic |logging |snmp|threat-detection |password-policy|crypto |aaa|username |http |ssh "
    r"|telnet |webvpn|vpn|timeout |sysopt |failover|interface |ftp |dns |dhcp|arp |icmp |mac-address"
    r"|monitor-interface|sla |track |prefix-list|as-path|banner|ipv6 (?:icmp|access|dhcp|nd|neighbor)|no |no-|url-"
    r"|filter (?:url|https?|ftp|java|activex)|hostname|domain|ip (?:local|verify|audit)|license|management|name"
    r"|boot|cluster|flow-export|established|context |firewall |static |global |alias |zone |wccp |interface-policy"
    r"|tls-proxy|ntp|clock|ipsec|user-identity|cts|asdm|prompt |key|call-home|smart|service ",
    re.IGNORECASE,
)
# Commands of the whole device that do something to packets: kind, why.
_TOP = (
    ("firewall transparent", _ANYTHING, JOINED),
    ("context", _ANYTHING, NOT_UNDERSTOOD),
    ("mode multiple", _ANYTHING, NOT_UNDERSTOOD),
    ("established", _ANYTHING, STATEFUL),
    ("wccp", _REWRITES, PROXIED),
    ("zone", _ANYTHING, NOT_UNDERSTOOD),
    ("cluster group", _ANYTHING, NOT_UNDERSTOOD),
    ("aaa authentication match", _DROPS, SELECTED),
    ("aaa authentication include", _DROPS, SELECTED),
    ("url-server", _DROPS, SELECTED),
)
_DHCP = ((67, 67), (68, 68))
_HIGHEST = 100


@dataclass
class _Named:
    """An interface by its name. guards: its own list and that of all, on the way in; apart: for management alone."""

    interface: Interface
    level: int
    line: Node
    apart: bool = False
    guards: list[Node] = field(default_factory=list)
    out: Node | None = None


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    return _Forwarding(tree).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.shut = shut_ports(tree)
        self.objects = NamedObjects(tree)
        self.lists = read_access_lists(tree, self.objects)
        self.lines = Lines(tree, self.lists, {}, lambda _: False)
        self.router = Router(tree.name, tree.source, {4: True, 6: True}, stateful=True)
        self.named: dict[str, _Named] = {}

    def run(self) -> Router:
        """All of it."""
        for block in self.tree.all("interface"):
            if not block.negated:
                self._interface(block)
        self._lists()
        self._levels()
        self._routes()
        known = {n.interface.name for n in self.named.values()}
        for one in translated(self.tree, self.objects, self.lines, known):
            if isinstance(one, Redirection):
                self.router.redirections.append(one)
            else:
                self.router.translations.append(one)
        self._tunnels()
        self._whole()
        return self.router

    # Interfaces

    def _interface(self, block: Node) -> None:
        name, nodes = name_of(block), block.children
        bridges = last(nodes, "bridge-group")
        if bridges is not None and not bridges.negated:
            doubt = self.lines.doubt(DoubtKind.JOINS, JOINED, bridges)
            self.router.wires.append(Wire(frozenset(), doubt))
        if not name:
            return
        spelt = block.key.partition(" ")[2]
        found = Interface(
            name, self.lines.place(block), up=not lies_down(block, self.shut), hosts=not spelt.startswith("loopback")
        )
        tag = last(nodes, "vlan")
        number = tag.after("vlan")[:1] if tag and not tag.negated else [spelt.removeprefix("vlan").strip()]
        found.vlan = int(number[0]) if number and whole(number[0]) else 0
        for node in (n for n in nodes if not n.negated):
            self._addressing(found, node)
        taken = ("policy-route", "tunnel", "zone-member", "bridge-group", "no forward")
        found.doubts += sift(nodes, lambda n: n.key.startswith(taken), _HARMLESS, self.lines)
        for node in nodes:
            if node.key.startswith("no forward") or (node.negated and node.is_("forward interface")):
                found.doubts.append(self.lines.doubt(_DROPS, SELECTED, node))
            elif not node.negated and node.is_("policy-route"):
                found.doubts.append(self.lines.doubt(_ROUTES, POLICY_ROUTED, node))
            elif not node.negated and node.is_("zone-member"):
                found.doubts.append(self.lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
        if spelt.startswith(("tunnel", "bvi")):
            found.doubts.append(self.lines.doubt(DoubtKind.TUNNELS, ENCRYPTED, block))
            end = last(nodes, "tunnel destination")
            peer = address_in(self.objects.address(end.text.split()[-1])) if end and not end.negated else None
            found.peers = (peer,) if peer else () if spelt.startswith("tunnel") else None
        apart = is_on(last(nodes, "management-only"))
        found.table = "management-only" if apart else ""
        level = last(nodes, "security-level")
        told = level.after("security-level")[:1] if level and not level.negated else []
        value = int(told[0]) if told and whole(told[0]) else _HIGHEST if name.lower() == "inside" else 0
        self.router.interfaces.append(found)
        self.named[name.lower()] = _Named(found, value, level or block, apart)

    def _addressing(self, found: Interface, node: Node) -> None:
        for command in ("ip address", "ipv6 address"):
            if not node.is_(command):
                continue
            words = [self.objects.address(w) for w in node.after(command)]
            words = words[: words.index("standby")] if "standby" in words else words
            if words[1:2] != ["link-local"] and not add_address(found, words, self.lines.place(node)):
                found.loose = self.lines.doubt(_ROUTES, ADDRESS_UNTOLD, node)
        if node.is_("ipv6 address autoconfig") or node.is_("ip unnumbered"):
            found.loose = self.lines.doubt(_ROUTES, ADDRESS_UNTOLD, node)

    # Lists and levels

    def _lists(self) -> None:
        every: list[Node] = []
        for node, words in self.tree.given("access-group"):
            if words[1:2] == ["global"]:
                every.append(node)
                continue
            one = self.named.get(words[3].lower()) if len(words) > 3 and words[2] == "interface" else None
            if one is None or "control-plane" in words[4:]:
                continue
            if "per-user-override" in words[4:] or words[1] not in ("in", "out"):
                one.interface.doubts.append(self.lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
            if words[1] == "in":
                one.guards = [node]
            else:
                one.out = node
        for one in self.named.values():
            one.guards += every
            for version in _VERSIONS:
                if one.guards:
                    one.interface.filters_in[version] = [self._filter(one.guards, version)]
                if one.out is not None:
                    one.interface.filters_out[version] = [self._filter([one.out], version)]

    def _filter(self, guards: list[Node], version: int) -> Filter:
        """Lists one after the other, at the end of which everything is denied."""
        entries: list[Entry] = []
        first: Filter | None = None
        for node in guards:
            name = node.text.split()[1]
            acl = self.lists.get(name)
            own = None if acl is None else Acl(acl.name, acl.node, [e for e in acl.entries if _is_of(e, version)])
            unread = list(self._unread(name)) if acl is not None else ()
            made = as_filter(name, own, self.lines.place(node), version, permits_rest=False, groups={}, unread=unread)
            if not made.defined:
                return made
            first = first or made
            entries += [replace(e, sure=_beginning(e.sure), most=_beginning(e.most)) for e in made.entries]
        assert first is not None  # noqa: S101 - there is a guard
        return replace(first, entries=tuple(e for e in entries if e.most), permits_rest=False)

    def _unread(self, name: str) -> Iterator[Node]:
        """Lines of a list that are not understood as entries."""
        for node, words in self.tree.given("access-list"):
            rest = [w.lower() for w in words[1:]]
            rest = rest[2:] if rest[:1] == ["line"] else rest
            kind = rest[0] if rest else ""
            if words[:1] == [name] and kind not in (
                "remark",
                "permit",
                "deny",
                "extended",
                "standard",
                "ethertype",
                "webtype",
            ):
                yield node

    def _levels(self) -> None:
        """Which interface may speak to which, and whether a list is needed for it."""
        same = {n.key.split()[-1] for n in self.tree.all("same-security-traffic permit") if not n.negated}
        for version in _VERSIONS:
            entries: list[Entry] = []
            for one in self.named.values():
                sure: set[str] = set()
                perhaps: set[str] = set()
                for other in self.named.values():
                    may = self._may(one, other, same)
                    (sure if may else perhaps if may is None else set()).add(other.interface.name)
                only = frozenset((one.interface.name,))
                place = self.lines.place(one.guards[0] if one.guards else one.line)
                for permit, names in ((True, sure), (None, perhaps)):
                    if names:
                        entries.append(every_packet(place, permit, version, only, frozenset(names)))
            at = self.tree.last("same-security-traffic") or self.tree.root
            self.router.filters[version] = [Filter("security-level", self.lines.place(at), tuple(entries))]

    @staticmethod
    def _may(one: _Named, other: _Named, same: set[str]) -> bool | None:
        if one is other:
            return "intra-interface" in same and not one.apart
        if one.apart or other.apart:
            return False
        if one.level == other.level:
            return "inter-interface" in same
        if one.guards or one.level > other.level:
            return True
        return None if other.out is not None else False

    # Routes

    def _routes(self) -> None:
        for command in ("route", "ipv6 route"):
            for node, words in self.tree.given(command):
                route = self._route(node, words)
                if route is None:
                    self.router.doubts.append(self.lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
                else:
                    self.router.routes.append(route)
        for command, versions in _LEARNS:
            note_learnt(self.router, versions, (n for n in self.tree.all(command) if not n.negated), self.lines)

    def _route(self, node: Node, words: list[str]) -> Route | None:
        name, rest = (words or [""])[0], [self.objects.address(w) for w in words[1:]]
        try:
            if "/" in rest[0]:
                network, rest = ip_network(rest[0], strict=False), rest[1:]
            else:
                base = "0.0.0.0" if rest[0] == "0" else rest[0]  # noqa: S104 - the default route
                bits = 0 if rest[1] == "0" else prefix_length(rest[1])
                network, rest = ip_network(f"{base}/{bits}", strict=False), rest[2:]
        except (ValueError, IndexError):
            return None
        discards = name.lower() == "null0"
        hop = address_in(rest[0]) if rest else None
        number = rest[1:2] if hop else rest[:1]
        one = self.named.get(name.lower())
        if (hop is None and not discards) or (one is None and not discards):
            return None
        distance = int(number[0]) if number and whole(number[0]) else 1
        certain = not {"track", "tunneled"}.intersection(rest)
        table = one.interface.table if one else ""
        return Route(network, self.lines.place(node), table, hop, "" if hop else name, discards, distance, certain)

    # Tunnels and the whole device

    def _tunnels(self) -> None:
        """What comes out of a tunnel at an interface passes none of its lists."""
        peers: list[IPAddress | None] = []
        for _, words in self.tree.given("crypto map"):
            if words[2:4] == ["set", "peer"]:
                peers += [address_in(self.objects.address(w)) for w in words[4:]]
        for node, words in self.tree.given("crypto map"):
            if len(words) > 2 and words[1] == "interface":
                known = tuple(p for p in peers if p) if all(peers) else ()
                self._carries(words[2], node, known)
        for block in self.tree.all("webvpn"):
            for node in (n for n in block.children if n.is_("enable") and not n.negated):
                for name in node.after("enable")[:1]:
                    self._carries(name, node, ())
                    doubt = self.lines.doubt(_REWRITES, PROXIED, node)
                    self.router.redirections.append(Redirection(doubt, (), ANYWHERE, frozenset((name,))))
        for command in ("crypto ikev1 enable", "crypto ikev2 enable", "crypto isakmp enable"):
            for node, words in self.tree.given(command):
                if words and self.tree.all("tunnel-group"):
                    self._carries(words[0], node, ())

    def _carries(self, name: str, node: Node, peers: tuple[IPAddress, ...]) -> None:
        one = self.named.get(name.lower())
        if one is not None:
            one.interface.doubts.append(self.lines.doubt(DoubtKind.TUNNELS, ENCRYPTED, node))
            one.interface.peers = peers if one.interface.peers is None else ()

    def _whole(self) -> None:
        doubts = self.router.doubts
        doubts += unfinished(self.tree, self.lines)
        doubts += unread_at_top(self.tree, _ABOUT, _KNOWN, self.lines)
        for command, kind, why in _TOP:
            doubts += [self.lines.doubt(kind, why, n) for n in self.tree.all(command) if not n.negated]
        for node, words in self.tree.given("ip verify reverse-path interface"):
            one = self.named.get(words[-1].lower()) if words else None
            if one is not None:
                check_sources(self.router, one.interface, self.lines.place(node))
        servers = [words[0] for _, words in self.tree.given("dhcprelay server") if words]
        for node, words in self.tree.given("dhcprelay enable"):
            one = self.named.get(words[0].lower()) if words else None
            if one is not None:
                relay(one.interface, [self.objects.address(s) for s in servers], _DHCP, node, self.lines)


def _is_of(entry: AclEntry, version: int) -> bool:
    """The entry is about this version of IP. ICMP is that of IPv4; that of IPv6 has a name of its own."""
    if entry.protocol == "icmp":
        return version == 4
    ends = f"{entry.source} {entry.destination}"
    six = ":" in ends or entry.protocol in ("ipv6", "icmp6", "58") or "/ipv6-" in entry.name
    four = "." in ends or "group " in ends
    return four <= (version == 4) if not six else version == 6


def _beginning(boxes: Boxes) -> Boxes:
    """Packets that begin conversations: lists are asked about no others."""
    return tuple((*b[:5], BEGINS) for b in boxes if b[5][0] == 0)
