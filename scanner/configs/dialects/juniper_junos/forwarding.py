"""How the device forwards: its interfaces with their filters, its static routes, and what makes that doubtful.

Sources: Junos OS Interfaces, Routing Policies, Firewall Filters, and Traffic Policers, and Ethernet Switching User
Guides. A device forwards between its interfaces; what no term of a filter matches is discarded, and of filters in a
list the last one's end counts alone. Every statement that is not known to leave packets alone is a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_interface, ip_network

from scanner.configs.acl_entries import Acl
from scanner.configs.acl_packets import as_filter
from scanner.configs.acls import Acls
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.filters import GOES_ON, called, read_filters, terms, used
from scanner.configs.dialects.juniper_junos.guard import MANAGEMENT
from scanner.configs.dialects.juniper_junos.prefixes import entries
from scanner.configs.dialects.juniper_junos.zones import Zones, is_firewall
from scanner.configs.forwarding import (
    DoubtKind,
    Filter,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Route,
    Router,
    Wire,
)
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    BRIDGED_FILTER,
    CHANGES_ITSELF,
    CHECKED_SOURCE,
    ENCRYPTED,
    JOINED,
    LEARNT,
    NOT_UNDERSTOOD,
    NOT_WHOLE,
    POLICY_ROUTED,
    PROXIED,
    SELECTED,
    STATEFUL,
    address_in,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, value
from scanner.configs.understood import not_understood
from scanner.wording import Said

_ANYTHING, _DROPS, _ROUTES = DoubtKind.ANYTHING, DoubtKind.DROPS, DoubtKind.ROUTES
_VERSIONS = {"inet": 4, "inet6": 6}
_PREFERENCE = 5  # of static routes
# Hierarchies, by their first two words, that leave packets alone.
_HARMLESS = re.compile(
    r"version|groups|apply-groups|interfaces|firewall|vlans|routing-instances|applications|access(?:-profile)?|poe|snmp"
    r"|virtual-chassis|policy-options|chassis(?! cluster)|switch-options (?:interface|mac-|vtep|voip|service-id)"
    r"|ethernet-switching-options (?:secure-access-port|storm-control|bpdu-block|voip|mac-|port-error-disable|analyzer"
    r"|nonstop-bridging|unknown-unicast|traceoptions)|forwarding-options (?:storm-control-profiles|sampling|hash-key"
    r"|enhanced-hash-key|analyzer|port-mirroring)|class-of-service|schedulers|routing-options (?:static|rib|router-id"
    r"|autonomous-system|graceful-restart|nonstop-routing|forwarding-table|route-record|traceoptions|ppm)"
    r"|protocols (?:lldp(?:-med)?|rstp|mstp|vstp|stp|layer2-control|dot1x|igmp-snooping|mld-snooping|lacp|sflow|vrrp"
    r"|router-advertisement|igmp|oam|uplink-failure-detection|mvrp|gvrp|ptp|l2-learning)\b"
)
_LEARNS = {"ospf": (4,), "rip": (4,), "ospf3": (4, 6), "ripng": (6,), "bgp": (4, 6), "isis": (4, 6)}
_INTERFACE = frozenset(  # statements of an interface and of its units that leave packets alone
    (
        *("description", "disable", "mtu", "speed", "link-mode", "native-vlan-id", "vlan-tagging", "hold-time", "unit"),
        *(
            "flexible-vlan-tagging",
            "ether-options",
            "gigether-options",
            "aggregated-ether-options",
            "traps",
            "no-traps",
        ),
        *(
            "apply-groups",
            "apply-groups-except",
            "vlan-id",
            "family",
            "bandwidth",
            "proxy-arp",
            "mac",
            "auto-negotiation",
            "apply-macro",
        ),
        *("redundant-ether-options", "fastether-options", "optics-options", "no-gratuitous-arp-request", "arp-resp"),
    )
)
_FAMILY = frozenset(
    (
        "address",
        "filter",
        "mtu",
        "no-redirects",
        "primary",
        "targeted-broadcast",
        "apply-groups",
        "apply-groups-except",
        "rpf-check",
    )
)
_INSTANCE = (
    *("interface", "description", "routing-options", "route-distinguisher", "apply-groups", "apply-groups-except"),
)
_DYNAMIC_ADDRESS = ("dhcp", "dhcp-client", "dhcpv6-client", "unnumbered-address", "negotiate-address")
_BRIDGED = frozenset(
    (
        "vlan",
        "native-vlan-id",
        "port-mode",
        "interface-mode",
        "storm-control",
        "recovery-timeout",
        "apply-groups",
        "apply-groups-except",
        "filter",
    )
)
_TUNNELS = re.compile(r"(?:gr|ip|lt|mt|vt|pd|pe|sp|ms|si|rlsq|ls|lsq)-|st0|gre|ipip|vtep|fti|pp0|dl0|ps\d")
_OF_VLANS = frozenset(
    (
        "vlan-id",
        "vlan-id-list",
        "vlan-range",
        "interface",
        "l3-interface",
        "description",
        "forwarding-options",
        "filter",
    )
)
_ROUTE = frozenset(
    ("next-hop", "qualified-next-hop", "discard", "reject", "preference", "metric", "tag", "retain", "no-retain")
)
_ROUTE_MORE = frozenset(
    ("readvertise", "no-readvertise", "install", "resolve", "no-resolve", "community", "active", "passive")
)
_KEYS_AND_LOGS = frozenset(("authentication-key-chains", "ssh-known-hosts", "pki", "log", "certificates", "macsec"))
_PACKETS = frozenset(("packet-forwarding-options", "processes", "proxy", "demux-options", "subscriber-management"))
_MANAGEMENT = frozenset(
    (
        *("ssh", "telnet", "ftp", "finger", "netconf", "web-management", "rest", "xnm-clear-text", "xnm-ssl"),
        *("outbound-ssh", "extension-service", "rlogin", "rsh", "tftp-server", "apply-groups"),
    )
)
_ENDS = frozenset(("accept", "discard", "reject", "next"))


def forwarding(device: JunosDevice) -> Router:
    """The device as packets meet it."""
    return _Reader(device).run()


class _Reader:
    """Makes it of the statements."""

    def __init__(self, device: JunosDevice) -> None:
        self.device = device
        self.lost = not_understood(device.tree)  # before anything below is asked for
        self.source = device.tree.source
        self.lists: Acls = read_filters(device)
        self.statements = self._filters()
        self.tables = {
            i.word: table.word for table in entries(device.top, "routing-instances") for i in inside(table, "interface")
        }
        self.vlans = {value(v, "l3-interface"): v for v in entries(device.top, "vlans") if value(v, "l3-interface")}
        self.checks: list[tuple[Interface, TreeStatement]] = []  # of sources, at interfaces
        self.firewall = is_firewall(device)
        mode = value(device.top, "security", "forwarding-options", "family", "inet6", "mode")
        six = (mode == "flow-based" or None) if self.firewall else True
        self.router = Router(device.tree.name, self.source, {4: True, 6: six})

    def _filters(self) -> dict[str, TreeStatement]:
        found = {f.word: f for f in entries(self.device.top, "firewall", "filter")}
        for family in entries(self.device.top, "firewall", "family"):
            found |= {called(f.word, family.word): f for f in entries(family, "filter")}
        return found

    def run(self) -> Router:
        """All of it."""
        for interface in entries(self.device.top, "interfaces"):
            self._interface(interface)
        self._vlans()
        for table, top in [
            ("", self.device.top),
            *((t.word, t) for t in entries(self.device.top, "routing-instances")),
        ]:
            self._routes(table, top)
            self._learnt(top)
            if table:
                self._instance(top)
        self.zones = Zones(self.device, self.router, self.doubt) if self.firewall else None
        if self.zones is not None:
            self.zones.follow()
        for checked, check in self.checks:
            check_sources(self.router, checked, self._where(check))
        self._whole_device()
        return self.router

    def doubt(self, kind: DoubtKind, why: Said, statement: TreeStatement | None) -> ForwardingDoubt:
        """The statement makes something doubtful."""
        return ForwardingDoubt(kind, why, self._place(leaf(statement) or self.device.tree.root))

    def _place(self, node: Node) -> Place:
        return Place(self.source, node.line, node.text)

    def _where(self, statement: TreeStatement) -> Place:
        return self._place(leaf(statement) or self.device.tree.root)

    # Interfaces

    def _interface(self, interface: TreeStatement) -> None:
        odd = [s for s in interface if s.word not in _INTERFACE]
        up = not has(interface, "disable")
        units = entries(interface, "unit")
        for unit in units:
            families = {f.word: f for f in entries(unit, "family")}
            routed = {w: f for w, f in families.items() if w in _VERSIONS}
            others = [f for w, f in families.items() if w not in (*_VERSIONS, "iso")]
            odd_here = odd + [s for s in unit if s.word not in _INTERFACE]
            if routed:
                found = self._routed(interface, unit, routed)
                found.up = up and not has(unit, "disable")
                found.doubts += [self.doubt(_ANYTHING, NOT_UNDERSTOOD, s) for s in odd_here]
                found.doubts += [self.doubt(DoubtKind.TUNNELS, ENCRYPTED, s) for s in others]
                self.router.interfaces.append(found)
            elif up and not has(unit, "disable"):
                self._bridged(others, odd_here)
        if not units and up:
            for statement in odd:
                self._join((), statement)

    def _routed(self, interface: TreeStatement, unit: TreeStatement, families: dict[str, TreeStatement]) -> Interface:
        name = f"{interface.word}.{unit.word}"
        found = Interface(
            name, self._where(unit), table=self.tables.get(name, ""), hosts=not interface.word.startswith("lo")
        )
        vlan = value(self.vlans.get(name), "vlan-id") or value(unit, "vlan-id")
        found.vlan = int(vlan) if whole(vlan) else 0
        if vlan and not whole(vlan):
            found.doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, unit))
        for word, family in families.items():
            version = _VERSIONS[word]
            for address in entries(family, "address"):
                self._address(found, address)
            for way, kept in (("input", found.filters_in), ("output", found.filters_out)):
                named = used(family, way)
                if named and not interface.word.startswith("lo"):
                    kept[version] = [self._filter(named, word, version, found)]
            for statement in family:
                if statement.word in _DYNAMIC_ADDRESS:
                    found.loose = self.doubt(_ROUTES, ADDRESS_UNTOLD, statement)
                elif statement.word not in _FAMILY:
                    found.doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, statement))
            self._check(found, at(family, "rpf-check"))
            kinds = {s.word for s in inside(family, "filter")} - {"input", "output", "input-list", "output-list"}
            found.doubts += [self.doubt(_ANYTHING, NOT_UNDERSTOOD, at(family, "filter", k)) for k in sorted(kinds)]
        if interface.word in MANAGEMENT:  # whether anything is forwarded between it and others is not told
            found.doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, unit))
        if _TUNNELS.match(interface.word):
            found.doubts.append(self.doubt(DoubtKind.TUNNELS, ENCRYPTED, unit))
            end = address_in(value(unit, "tunnel", "destination"))
            found.peers = (end,) if end else ()
        return found

    def _check(self, found: Interface, check: TreeStatement | None) -> None:
        """Sources that are checked; the filter for those that fail may let others in."""
        if check is not None and has(check, "fail-filter"):
            found.doubts.append(self.doubt(_DROPS, CHECKED_SOURCE, check))
        elif check is not None:
            self.checks.append((found, check))

    def _address(self, found: Interface, address: TreeStatement) -> None:
        try:
            one_ = ip_interface(address.word)
        except ValueError:
            found.loose = self.doubt(_ROUTES, ADDRESS_UNTOLD, address)
            return
        if not one_.ip.is_link_local:
            found.addresses.append(InterfaceAddress(one_.ip, one_.network, self._where(address)))
        for group in (*entries(address, "vrrp-group"), *entries(address, "vrrp-inet6-group")):
            for shared in (*inside(group, "virtual-address"), *inside(group, "virtual-inet6-address")):
                if (ip := address_in(shared.word)) is not None:
                    found.virtual.append(InterfaceAddress(ip, ip_network(ip), self._where(shared)))
        for shared in inside(address, "virtual-gateway-address"):
            if (ip := address_in(shared.word)) is not None:
                found.virtual.append(InterfaceAddress(ip, ip_network(ip), self._where(shared)))

    def _filter(
        self, named: Sequence[tuple[str, TreeStatement]], family: str, version: int, found: Interface
    ) -> Filter:
        """One filter of those that are named, which packets pass one after the other until a term of one decides."""
        names = [called(name, family) for name, _ in named]
        place = self._where(named[0][1])
        missing = [n for n in names if n not in self.lists]
        if missing:
            return as_filter(missing[0], None, place, version, permits_rest=None, groups={})
        for name in names:
            found.doubts += self._actions(self.statements.get(name))
        first = self.lists[names[0]]
        together = Acl(names[0], first.node, [e for n in names for e in self.lists[n].entries])
        made = as_filter(names[0], together, place, version, permits_rest=False, groups={})
        if not together.entries and all(terms(s) for n in names if (s := self.statements.get(n)) is not None):
            return Filter(made.name, made.place, permits_rest=False, at=made.at)  # terms that match nothing
        return made

    def _actions(self, statement: TreeStatement | None) -> Iterator[ForwardingDoubt]:
        """What terms do beside letting through and dropping."""
        for term in terms(statement) if statement is not None else ():
            for action in inside(term, "then"):
                if action.word == "routing-instance":
                    yield self.doubt(_ROUTES, POLICY_ROUTED, action)
                elif action.word == "packet-mode" and self.firewall:  # past zones and policies
                    yield self.doubt(_ANYTHING, STATEFUL, action)
                elif action.word not in _ENDS and action.word not in GOES_ON:
                    yield self.doubt(_ANYTHING, NOT_UNDERSTOOD, action)
            if at(term, "filter"):
                yield self.doubt(_ANYTHING, NOT_UNDERSTOOD, term)

    # Bridging

    def _bridged(self, families: Iterable[TreeStatement], odd: Iterable[TreeStatement]) -> None:
        for statement in odd:
            self._join((), statement)
        for family in families:
            if family.word != "ethernet-switching":
                self._join((), family)
                continue
            for statement in family:
                if statement.word not in _BRIDGED:
                    self._join((), statement)
            if (guard := at(family, "filter")) is not None:
                doubt = self.doubt(_DROPS, BRIDGED_FILTER, guard)
                self.router.port_doubts.setdefault(0, []).append(doubt)

    def _join(self, vlans: Iterable[int], statement: TreeStatement) -> None:
        self.router.wires.append(Wire(frozenset(vlans), self.doubt(DoubtKind.JOINS, JOINED, statement)))
        self.router.port_doubts.setdefault(0, []).append(self.doubt(_DROPS, BRIDGED_FILTER, statement))

    def _vlans(self) -> None:
        for vlan in entries(self.device.top, "vlans"):
            for statement in vlan:
                if statement.word not in _OF_VLANS:
                    self._join((), statement)
            options = at(vlan, "forwarding-options")
            guards = [g for g in (at(vlan, "filter"), at(options, "filter")) if g is not None]
            odd = [s for s in options or () if s.word not in ("filter", "dhcp-security")]
            number = value(vlan, "vlan-id")
            key = int(number) if whole(number) else 0
            for guard in (*guards, *odd):
                self.router.vlan_doubts.setdefault(key, []).append(self.doubt(_DROPS, BRIDGED_FILTER, guard))
                for interface in self.router.interfaces:
                    if interface.name == value(vlan, "l3-interface"):
                        interface.doubts.append(self.doubt(_ANYTHING, SELECTED, guard))

    # Routes

    def _routes(self, table: str, top: TreeStatement) -> None:
        options = at(top, "routing-options")
        found = [("", s) for s in entries(options, "static", "route")]
        for rib in entries(options, "rib"):
            found += [(rib.word, s) for s in entries(rib, "static", "route")]
            for statement in rib:
                if statement.word != "static":
                    self.router.doubts.append(self.doubt(_ROUTES, POLICY_ROUTED, statement))
        for statement in inside(options, "static"):
            if statement.word not in ("route", "apply-groups", "apply-groups-except"):
                self.router.doubts.append(self.doubt(_ROUTES, POLICY_ROUTED, statement))
        for rib_name, route in found:
            if rib_name and rib_name not in ("inet.0", "inet6.0", f"{table}.inet.0", f"{table}.inet6.0"):
                self.router.doubts.append(self.doubt(_ROUTES, POLICY_ROUTED, route))
                continue
            self._route(table, route)

    def _route(self, table: str, route: TreeStatement) -> None:
        try:
            network = ip_network("0.0.0.0/0" if route.word in ("default", "0/0") else route.word, strict=False)
        except ValueError:
            self.router.doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, route))
            return
        odd = [s for s in route if s.word not in _ROUTE and s.word not in _ROUTE_MORE]
        self.router.doubts += [self.doubt(_ROUTES, POLICY_ROUTED, s) for s in odd]
        preference = value(route, "preference")
        distance = int(preference) if whole(preference) else _PREFERENCE
        hops = [(s, distance) for s in inside(route, "next-hop")]
        for other in entries(route, "qualified-next-hop"):
            own = value(other, "preference")
            hops.append((other, int(own) if whole(own) else distance))
        place = self._where(route)
        if has(route, "discard") or has(route, "reject"):
            self.router.routes.append(Route(network, place, table, discards=True, distance=distance))
        for hop, number in hops:
            ip = address_in(hop.word)
            name = "" if ip is not None else hop.word
            self.router.routes.append(Route(network, self._where(hop), table, ip, name, False, number, certain=not odd))

    def _learnt(self, top: TreeStatement) -> None:
        for protocol in entries(top, "protocols"):
            for version in _LEARNS.get(protocol.word, ()):
                doubt = self.doubt(_ROUTES, LEARNT, protocol)
                self.router.dynamic.setdefault(version, []).append(doubt)

    def _instance(self, table: TreeStatement) -> None:
        """What a routing instance says beside its interfaces, its static routes and its protocols."""
        kind = value(table, "instance-type")
        for statement in table:
            if statement.word in _INSTANCE:
                continue
            if statement.word == "protocols" and all(p.word in _LEARNS for p in statement):
                continue
            if statement.word == "instance-type" and kind == "virtual-router":
                continue
            self.router.doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, statement))
        for statement in inside(table, "routing-options"):
            if statement.word not in ("static", "rib", "router-id", "autonomous-system"):
                self.router.doubts.append(self.doubt(_ROUTES, POLICY_ROUTED, statement))

    # The whole device

    def _whole_device(self) -> None:
        doubts = self.router.doubts
        if not self.device.tree.complete or self.device.tree.problems or self.device.tree.endless:
            doubts.append(ForwardingDoubt(_ANYTHING, NOT_WHOLE, self._place(self.device.tree.root)))
        for node in self.lost[:1]:
            doubts.append(ForwardingDoubt(_ANYTHING, NOT_UNDERSTOOD, self._place(node)))
        for top in self.device.top:
            if top.word in ("security", "system"):
                doubts += self._security(top) if top.word == "security" else self._system(top)
                continue
            if not top.children and not _HARMLESS.match(top.word):
                doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, top))
            for inner in top:
                told = f"{top.word} {inner.word}"
                if top.word == "protocols" and inner.word in _LEARNS:
                    continue
                if not _HARMLESS.match(told):
                    doubts.append(self.doubt(_ANYTHING, NOT_UNDERSTOOD, inner))

    def _security(self, top: TreeStatement) -> Iterator[ForwardingDoubt]:
        """A firewall that knows states, and tunnels."""
        if self.zones is not None:
            yield from self.zones.odd()
            return
        for statement in top:
            if statement.word not in _KEYS_AND_LOGS:
                yield self.doubt(_ANYTHING, STATEFUL, statement)

    def _system(self, top: TreeStatement) -> Iterator[ForwardingDoubt]:
        """What passes on what is sent to the device itself, or changes the configuration."""
        for statement in top:
            if statement.word == "scripts":
                yield self.doubt(_ANYTHING, CHANGES_ITSELF, statement)
            elif statement.word in _PACKETS:
                yield self.doubt(_ANYTHING, NOT_UNDERSTOOD, statement)
            for service in statement if statement.word == "services" else ():
                if service.word not in _MANAGEMENT:
                    yield self.doubt(DoubtKind.REWRITES, PROXIED, service)
