"""How a firewall forwards: interfaces, virtual routers, rules between zones, and what is doubtful.

Sources: PAN-OS Networking Administrator's Guide (interfaces, virtual routers, static routes, logical routers, DHCP
relay, DNS proxy, policy-based forwarding, zone protection), Administrator's Guide ("Virtual Systems").
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_interface, ip_network

from scanner.addresses import Network
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.dialects.paloalto_panos.interfaces import PanosInterface, interfaces, zone_profiles
from scanner.configs.dialects.paloalto_panos.objects import PanosObjects
from scanner.configs.dialects.paloalto_panos.passing import PanosPassing
from scanner.configs.dialects.paloalto_panos.paths import part_of
from scanner.configs.forwarding import (
    DoubtKind,
    Entry,
    Filter,
    Interface,
    InterfaceAddress,
    Redirection,
    Relay,
    Route,
    Router,
    Wire,
)
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    ANYWHERE,
    JOINED,
    LEARNT,
    NOT_UNDERSTOOD,
    NOT_WHOLE,
    POLICY_ROUTED,
    PROXIED,
    RELAYED,
    SELECTED,
    Doubts,
    address_in,
    vlan_number,
)
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import every_packet
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, value, words
from scanner.configs.understood import not_understood

_ANYTHING, _DROPS, _ROUTES, _REWRITES = DoubtKind.ANYTHING, DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES
_VERSIONS = (4, 6)
_DISTANCE = 10  # of static routes
_LEARNS = {"ospf": (4,), "rip": (4,), "ospfv3": (4, 6), "bgp": (4, 6)}
_RULES = (("pbf", _ROUTES, POLICY_ROUTED), ("sdwan", _ROUTES, POLICY_ROUTED), ("authentication", _DROPS, SELECTED))
_ELSEWHERE = ("deviceconfig", "mgt-config", "shared reports", "panorama")


def forwarding(device: PanosDevice) -> Router:
    """The device as packets meet it."""
    return _Forwarding(device).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, device: PanosDevice) -> None:
        self.device = device
        self.lost = not_understood(device.tree)
        self.doubts = Doubts(device.tree.source)
        self.router = Router(device.tree.name, device.tree.source, {4: True, 6: True}, stateful=True)
        scopes = [s for s in (at(device.top, "shared"), *inside(device.top, "vsys")) if s is not None]
        self.objects = PanosObjects(scopes)
        self.tables: dict[str, str] = {}

    def node(self, statement: TreeStatement | None) -> Node:
        """A line to point to."""
        return leaf(statement) or self.device.tree.root

    def run(self) -> Router:
        """All of it."""
        routers = list(self._routers())
        for table, found in routers:
            self.tables.update(dict.fromkeys(words(found, "interface"), table))
        for one in interfaces(self.device):
            self.router.interfaces.append(self._interface(one))
        for table, found in routers:
            self._routes(table, found)
        self._bridges()
        self._rules()
        self._checks()
        self._whole()
        return self.router

    # Interfaces

    def _interface(self, one: PanosInterface) -> Interface:
        node = self.node(one.settings)
        tag = value(one.settings, "tag")
        found = Interface(
            one.name,
            self.doubts.place(node),
            table=self.tables.get(one.name, f"none of {one.name}"),
            vlan=vlan_number(tag),
            up=one.is_up,
            hosts=one.kind != "loopback",
        )
        for address in one.addresses:
            self._address(found, address.word, address)
        six = at(one.settings, "ipv6")
        for address in inside(six, "address") if value(six, "enabled") == "yes" else ():
            self._address(found, address.word, address)
        for untold in ("dhcp-client", "pppoe"):
            client = at(one.settings, untold)
            if client is not None and value(client, "enable") != "no":
                found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, self.node(client))
        for untold in ("dhcp-client", "inherited"):
            if value(six, untold, "enable") == "yes":
                found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, self.node(six))
        if one.kind in ("tunnel", "sdwan"):
            found.peers = ()
        for relay in inside(self.device.part("network", "dhcp"), "interface"):
            if relay.word == one.name:
                self._relays(found, at(relay, "relay"))
        return found

    def _address(self, found: Interface, word: str, statement: TreeStatement) -> None:
        told = self.objects.networks([word]) if "/" not in word and address_in(word) is None else None
        try:
            one = ip_interface(str(told[0]) if told else word)
        except ValueError:
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, self.node(statement))
            return
        if told and one.network.prefixlen < one.max_prefixlen:  # which address of the network is not kept
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, self.node(statement))
        elif not one.ip.is_link_local:
            place = self.doubts.place(self.node(statement))
            found.addresses.append(InterfaceAddress(one.ip, one.network, place))

    def _relays(self, found: Interface, relay: TreeStatement | None) -> None:
        for kind, ports in (("ip", (67, 68)), ("ipv6", (547, 547))):
            given = at(relay, kind)
            if given is None or value(given, "enabled") == "no":
                continue
            doubt = self.doubts.doubt(_REWRITES, RELAYED, self.node(given))
            for server in (s for s in map(address_in, words(given, "server")) if s is not None):
                found.relays.append(Relay(server, (ports,), doubt))

    def _bridges(self) -> None:
        network = self.device.part("network")
        for kind in ("virtual-wire", "vlan"):
            for each in inside(network, kind):
                if kind == "virtual-wire" or len(words(each, "interface")) > 1:
                    doubt = self.doubts.doubt(DoubtKind.JOINS, JOINED, self.node(each))
                    self.router.wires.append(Wire(frozenset(), doubt))

    # Routes

    def _routers(self) -> Iterator[tuple[str, TreeStatement]]:
        for each in inside(self.device.part("network", "virtual-router")):
            yield each.word, each
        for each in inside(self.device.part("network", "logical-router")):
            for vrf in inside(each, "vrf"):
                yield f"{each.word}/{vrf.word}", vrf

    def _routes(self, table: str, found: TreeStatement) -> None:
        for family in ("ip", "ipv6"):
            for route in inside(found, "routing-table", family, "static-route"):
                self._route(table, route)
        for top in (at(found, "protocol"), found):
            for name, versions in _LEARNS.items():
                protocol = at(top, name)
                if protocol is not None and value(protocol, "enable") != "no":
                    for version in versions:
                        learnt = self.doubts.doubt(_ROUTES, LEARNT, self.node(protocol))
                        self.router.dynamic.setdefault(version, []).append(learnt)

    def _route(self, table: str, route: TreeStatement) -> None:
        place = self.doubts.place(self.node(route))
        hop_kind = next(iter(at(route, "nexthop") or ()), None)
        kind = hop_kind.word if hop_kind is not None else ""
        networks = self._networks(value(route, "destination"))
        hop = address_in(value(hop_kind).partition("/")[0]) if kind in ("ip-address", "ipv6-address") else None
        untold = kind in ("next-vr", "next-lr", "fqdn") or (kind.endswith("-address") and hop is None)
        interface = value(route, "interface")
        if networks is None or untold or (kind in ("", "none") and not interface):
            self.router.doubts.append(self.doubts.doubt(_ROUTES, POLICY_ROUTED, self.node(route)))
            return
        number = value(route, "admin-dist")
        distance = int(number) if whole(number) else _DISTANCE
        monitored = value(route, "path-monitor", "enable") == "yes" or value(route, "bfd", "profile") not in (
            "",
            "None",
        )
        for network in networks:
            self.router.routes.append(
                Route(network, place, table, hop, interface, kind == "discard", distance, certain=not monitored)
            )

    def _networks(self, word: str) -> list[Network] | None:
        try:
            return [ip_network(word, strict=False)]
        except ValueError:
            return self.objects.networks([word])

    # Rules

    def _rules(self) -> None:
        entries: dict[int, list[Entry]] = {version: [] for version in _VERSIONS}
        setting = at(self.device.top, "deviceconfig", "setting", "session")
        if value(setting, "ipv6-firewalling") == "no":
            entries[6].append(every_packet(self.doubts.place(self.node(setting)), None, 6))
        for scope in inside(self.device.top, "vsys"):
            passing = PanosPassing(self.device, scope, self.doubts)
            for version in _VERSIONS:
                entries[version].extend(passing.entries(version))
            passing.translate()
            self.router.translations += passing.translations
            self.router.redirections += passing.redirections
            for kind, doubt, why in _RULES:
                node = passing.first(kind)
                if node is not None:
                    self.router.doubts.append(self.doubts.doubt(doubt, why, node))
            other = passing.has_other_zones()
            if other is not None:
                self.router.doubts.append(self.doubts.doubt(_ANYTHING, NOT_UNDERSTOOD, self.node(other)))
        place = self.doubts.place(self.device.tree.root)
        for version in _VERSIONS:
            self.router.filters[version] = [Filter("security rules", place, tuple(entries[version]))]

    def _checks(self) -> None:
        profiles = zone_profiles(self.device)
        for interface in self.router.interfaces:
            profile = profiles.get(interface.name)
            for word in ("discard-ip-spoof", "strict-ip-check"):
                if profile is not None and value(profile, word) == "yes":
                    check_sources(self.router, interface, self.doubts.place(self.node(at(profile, word))))

    # The whole device

    def _whole(self) -> None:
        doubts, device = self.router.doubts, self.device
        tree = device.tree
        if not tree.complete or tree.problems or tree.endless or device.managed or device.is_panorama:
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_WHOLE, tree.root))
        for node in [n for n in self.lost if not part_of(n.key.split()).startswith(_ELSEWHERE)][:1]:
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
        for proxy in inside(device.part("network", "dns-proxy")):
            if value(proxy, "enabled") == "no":
                continue
            named = [value(proxy, "default", word) for word in ("primary", "secondary")]
            named += [w for s in inside(proxy, "domain-servers") for k in ("primary", "secondary") for w in words(s, k)]
            servers = [address_in(word) for word in named if word]
            targets = tuple(ip_network(s) for s in servers if s) if servers and all(servers) else ANYWHERE
            doubt = self.doubts.doubt(_REWRITES, PROXIED, self.node(proxy))
            self.router.redirections.append(Redirection(doubt, (), targets, frozenset(words(proxy, "interface"))))
