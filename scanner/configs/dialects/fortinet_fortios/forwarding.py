"""How a FortiGate forwards: interfaces, static routes, policies between interfaces, and what is doubtful.

Sources: FortiOS CLI references 5.2 to 7.6 and administration guides (policies, zones, routing concepts, virtual IPs,
reverse path forwarding, "packets with ingress and egress as same interface"). What no policy accepts is denied, also
what goes out where it came in unless ``allow-traffic-redirect`` lets it; a source is believed only where a route leads
back to it. A virtual domain is a table of its own, and its policies hold between its interfaces. So is a VRF; static
routes are in that of their interface, and VRF 0 has those of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_interface, ip_network

from scanner.addresses import IPAddress, Network
from scanner.configs.acls import prefix_length
from scanner.configs.dialects.fortinet_fortios.passing import FortiosPassing, Names
from scanner.configs.dialects.fortinet_fortios.tables import (
    Device,
    DomainTable,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
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
    CHANGES_ITSELF,
    ENCRYPTED,
    JOINED,
    LEARNT,
    NOT_UNDERSTOOD,
    NOT_WHOLE,
    POLICY_ROUTED,
    PROXIED,
    RELAYED,
    SELECTED,
    STATEFUL,
    TRANSLATED,
    Doubts,
    address_in,
    vlan_number,
)
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import every_packet
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources
from scanner.configs.understood import not_understood

_ANYTHING, _DROPS, _ROUTES, _REWRITES = DoubtKind.ANYTHING, DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES
_VERSIONS = (4, 6)
_DISTANCE = 10  # of static routes
_PRIORITIES = 65_536  # of routes of one distance, the least of which counts
_TUNNELS = frozenset(("tunnel", "gre", "ipip", "sit", "vxlan", "geneve"))
_BRIDGES = frozenset(("vxlan", "geneve", "emac-vlan", "wl-mesh"))
_UNTOLD_MODES = ("dhcp", "pppoe", "pppoa", "ipoa", "eoa", "ipam")
# Keys of an interface that do something to packets, when they are not off: kind of doubt, why.
_INTERFACE_KEYS = (
    ("vlanforward", DoubtKind.JOINS, JOINED),
    ("l2forward", DoubtKind.JOINS, JOINED),
    ("wccp", _REWRITES, PROXIED),
    ("explicit-web-proxy", _REWRITES, PROXIED),
    ("explicit-ftp-proxy", _REWRITES, PROXIED),
    ("netbios-forward", _REWRITES, RELAYED),
    ("security-mode", _DROPS, SELECTED),
    ("ipmac", _DROPS, SELECTED),
    ("dedicated-to", _DROPS, SELECTED),
    ("ips-sniffer-mode", _DROPS, SELECTED),
    ("ip-managed-by-fortiipam", _ROUTES, ADDRESS_UNTOLD),
)
_OFF = ("disable", "none")
# Tables that do something to packets when they have entries or are on: kind of doubt, why.
_TABLES = (
    ("router policy", _ROUTES, POLICY_ROUTED),
    ("router policy6", _ROUTES, POLICY_ROUTED),
    ("firewall proute", _ROUTES, POLICY_ROUTED),
    ("firewall identity-based-route", _ROUTES, POLICY_ROUTED),
    ("firewall policy46", _REWRITES, TRANSLATED),
    ("firewall policy64", _REWRITES, TRANSLATED),
    ("firewall ip-translation", _REWRITES, TRANSLATED),
    ("firewall explicit-proxy-policy", _REWRITES, PROXIED),
    ("firewall proxy-policy", _REWRITES, PROXIED),
    ("firewall access-proxy", _REWRITES, PROXIED),
    ("firewall acl", _DROPS, SELECTED),
    ("firewall acl6", _DROPS, SELECTED),
    ("firewall interface-policy", _DROPS, SELECTED),
    ("firewall interface-policy6", _DROPS, SELECTED),
    ("firewall ttl-policy", _DROPS, SELECTED),
    ("firewall ipmacbinding table", _DROPS, SELECTED),
    ("system virtual-wire-pair", _ANYTHING, JOINED),
    ("system auto-script", _ANYTHING, CHANGES_ITSELF),
    ("system evpn", _ANYTHING, JOINED),
    ("system vdom-link", _ANYTHING, NOT_UNDERSTOOD),
    ("firewall ssl-server", _REWRITES, PROXIED),
)
_SWITCHES = (  # tables with a status
    ("web-proxy explicit", _REWRITES, PROXIED),
    ("ftp-proxy explicit", _REWRITES, PROXIED),
    ("system nat64", _REWRITES, TRANSLATED),
)
_LEARNS = (  # table, versions of IP, tables in it that make it speak
    ("router ospf", (4,), ("network", "area")),
    ("router rip", (4,), ("network", "interface")),
    ("router isis", (4, 6), ("isis-net", "isis-interface")),
    ("router bgp", (4, 6), ("neighbor", "neighbor-range")),
    ("router ospf6", (6,), ("ospf6-interface", "area")),
    ("router ripng", (6,), ("network", "interface")),
)
_PACKETS = re.compile(  # tables that decide about packets: a line in them that is not understood may do anything
    r"config (?:firewall|router|system (?:interface|zone|settings|switch-interface|virtual-switch|sdwan"
    r"|virtual-wan-link|vdom|global|npu|ipv6|nat|ha)|vpn)\b"
)


def forwarding(device: Device) -> Router:
    """The device as packets meet it."""
    return _Forwarding(device).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.lost = not_understood(device.tree)
        self.doubts = Doubts(device.tree.source)
        self.router = Router(device.tree.name, device.tree.source, {4: True, 6: True}, stateful=True)
        self.domains = sorted({t.domain for t in device.tables("firewall policy", "system settings", "router static")})
        self.several = len([d for d in self.domains if d]) > 1
        self.entries: dict[str, Node] = {}  # of interfaces
        self.tables: dict[str, str] = {}

    def run(self) -> Router:
        """All of it."""
        self.entries = {name: entry for _, name, entry in self.device.entries("system interface")}
        for _, name, entry in self.device.entries("system interface"):
            self.router.interfaces.append(self._interface(name, entry))
        self.tables = {i.name: i.table for i in self.router.interfaces}
        for domain in self.domains or [""]:
            self._policies(domain)
            self._routes(domain)
            self._in_vrf_0(domain if self.several else "")
        self._sources()
        self._whole()
        return self.router

    # Interfaces

    def _table(self, entry: Node) -> str:
        """The routes that an interface goes by."""
        domain = value(entry, "vdom", "root") if self.several else ""
        vrf = value(entry, "vrf", "0")
        return f"{domain}/{vrf}" if vrf != "0" else domain

    def _interface(self, name: str, entry: Node) -> Interface:
        kind = value(entry, "type", "physical" if not setting(entry, "vlanid") else "vlan")
        tag = value(entry, "vlanid")
        found = Interface(
            name,
            self.doubts.place(entry),
            table=self._table(entry),
            vlan=vlan_number(tag),
            up=not self._is_down(name),
            hosts=kind != "loopback",
        )
        self._addresses(found, entry)
        self._relays(found, entry)
        if kind in _TUNNELS:
            found.peers = self._peers(name)  # what comes out meets the policies of the tunnel
        if kind in _BRIDGES:
            self._join(entry)
        for key, doubt_kind, why in _INTERFACE_KEYS:
            line = setting(entry, key)
            if line is None or value(entry, key) in _OFF:
                continue
            if doubt_kind is DoubtKind.JOINS:
                self._join(line)
            else:
                found.doubts.append(self.doubts.doubt(doubt_kind, why, line))
        return found

    def _is_down(self, name: str) -> bool:
        """It is, or an interface that it is a VLAN of."""
        seen: set[str] = set()
        while name in self.entries and name not in seen:
            seen.add(name)
            entry = self.entries[name]
            if value(entry, "status", "up") == "down":
                return True
            name = value(entry, "interface") if setting(entry, "vlanid") else ""
        return False

    def _join(self, line: Node) -> None:
        self.router.wires.append(Wire(frozenset(), self.doubts.doubt(DoubtKind.JOINS, JOINED, line)))

    def _addresses(self, found: Interface, entry: Node) -> None:
        line = setting(entry, "mode")
        if value(entry, "mode", "static") in _UNTOLD_MODES:
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, line or entry)
        else:
            self._address(found, values(entry, "ip"), setting(entry, "ip"))
        if is_on(entry, "secondary-ip"):
            for _, second in entries(inner(entry, "secondaryip")):
                self._address(found, values(second, "ip"), setting(second, "ip"))
        six = inner(entry, "ipv6")
        if value(six, "ip6-mode", "static") != "static" or is_on(six, "autoconf"):
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, six or entry)
        self._address(found, values(six, "ip6-address"), setting(six, "ip6-address"))
        for text, extra in entries(inner(six, "ip6-extra-addr")):
            self._address(found, [text], extra)
        for _, shared in (*entries(inner(entry, "vrrp")), *entries(inner(six, "vrrp6"))):
            one = address_in(value(shared, "vrip") or value(shared, "vrip6"))
            if one is not None:
                found.virtual.append(InterfaceAddress(one, ip_network(one), self.doubts.place(shared)))

    def _address(self, found: Interface, words: list[str], line: Node | None) -> None:
        if not words or line is None or words[0] in ("0.0.0.0", "::/0"):  # noqa: S104 - no address
            return
        bits = prefix_length(words[1]) if len(words) > 1 else None
        try:
            one = ip_interface(f"{words[0]}/{bits}" if bits is not None else words[0])
        except ValueError:
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, line)
            return
        if not one.ip.is_link_local:
            found.addresses.append(InterfaceAddress(one.ip, one.network, self.doubts.place(line)))

    def _relays(self, found: Interface, entry: Node) -> None:
        if is_on(entry, "dhcp-relay-service"):
            line = setting(entry, "dhcp-relay-ip") or entry
            doubt = self.doubts.doubt(_REWRITES, RELAYED, line)
            for server in (one for one in map(address_in, values(entry, "dhcp-relay-ip")) if one):
                found.relays.append(Relay(server, ((67, 67), (68, 68)), doubt))

    def _peers(self, name: str) -> tuple[IPAddress, ...]:
        """Where the other ends of a tunnel are; none: anywhere."""
        for _, called, entry in self.device.entries("vpn ipsec phase1-interface", "system gre-tunnel"):
            end = address_in(value(entry, "remote-gw"))
            if called == name and end is not None and not end.is_unspecified:
                return (end,)
        return ()

    # Policies

    def _zones(self, domain: str) -> dict[str, frozenset[str]]:
        found = {}
        for table in self._of(domain, "system zone"):
            for name, entry in entries(table.node):
                found[name] = frozenset(values(entry, "interface"))
        for table in self._of(domain, "system sdwan", "system virtual-wan-link"):
            members: dict[str, set[str]] = {"virtual-wan-link": set()}
            for name, _ in entries(inner(table.node, "zone")):
                members.setdefault(name, set())
            for _, entry in entries(inner(table.node, "members")):
                zone = value(entry, "zone", "virtual-wan-link")
                members.setdefault(zone, set()).add(value(entry, "interface"))
            found.update({zone: frozenset(some) for zone, some in members.items()})
        return found

    def _of(self, domain: str, *paths: str) -> Iterator[DomainTable]:
        return (t for t in self.device.tables(*paths) if t.domain in (domain, ""))

    def _policies(self, domain: str) -> None:
        own = [i for i in self.router.interfaces if not self.several or i.table.partition("/")[0] == domain]
        names = Names([i.name for i in own], self._zones(domain), alone=not self.several)
        passing = FortiosPassing(self.device, domain, names, self.doubts)
        found = passing.entries()
        known = {i.name for i in self.router.interfaces}
        for version, made in found.items():
            entries_ = [*self._turning(own, version), *made]
            self._strangers(entries_, known, domain)
            place = self.doubts.place(self.device.tree.root)
            kept = self.router.filters.setdefault(version, [Filter("policy", place)])
            kept[0] = replace(kept[0], entries=(*kept[0].entries, *entries_))
        self.router.translations += passing.translations
        self.router.redirections += passing.redirections
        for line in passing.encrypting:
            self.router.doubts.append(self.doubts.doubt(_ANYTHING, ENCRYPTED, line))

    def _turning(self, interfaces: list[Interface], version: int) -> Iterator[Entry]:
        """What goes out where it came in may do so without a policy."""
        key = "allow-traffic-redirect" if version == _VERSIONS[0] else "ipv6-allow-traffic-redirect"
        top = self.device.table("system global")
        line = setting(top, key)
        if line is None or value(top, key) != "disable":
            for one in interfaces:
                only = frozenset((one.name,))
                yield every_packet(self.doubts.place(line or self.device.tree.root), None, version, only, only)

    def _strangers(self, found: list[Entry], known: set[str], domain: str) -> None:
        """Interfaces that policies alone name: those of tunnels."""
        named = {name: e.place for e in found for name in (*e.comes_in, *e.goes_out)}
        for name, place in named.items():
            if name not in known:
                known.add(name)
                table = domain if self.several else ""
                self.router.interfaces.append(Interface(name, place, table=table, peers=()))

    # Routes

    def _routes(self, domain: str) -> None:
        table = domain if self.several else ""
        watched = {value(e, "srcintf") for t in self._of(domain, "system link-monitor") for _, e in entries(t.node)}
        for block in self._of(domain, "router static", "router static6"):
            if block.domain == domain:
                for _, entry in entries(block.node):
                    if value(entry, "status", "enable") == "enable":
                        self._route(domain, table, entry, watched)
        for path, versions, speaking in _LEARNS:
            for block in self._of(domain, path):
                if block.domain == domain and any([*entries(inner(block.node, key))] for key in speaking):
                    for version in versions:
                        learnt = self.doubts.doubt(_ROUTES, LEARNT, block.node)
                        self.router.dynamic.setdefault(version, []).append(learnt)

    def _route(self, domain: str, table: str, entry: Node, watched: set[str]) -> None:
        networks = self._destinations(entry)
        if networks is None:
            self.router.doubts.append(self.doubts.doubt(_ROUTES, POLICY_ROUTED, entry))
            return
        vrf = value(entry, "vrf", "0")
        given = f"{table}/{vrf}" if vrf != "0" else ""
        distance, priority = (
            int(n) if whole(n) else usual
            for n, usual in ((value(entry, "distance"), _DISTANCE), (value(entry, "priority"), 0))
        )
        hop = address_in(value(entry, "gateway"))
        device = value(entry, "device")
        ways = [(hop, device)]
        zones = values(entry, "sdwan-zone") or ["virtual-wan-link"] * (
            is_on(entry, "sdwan") or is_on(entry, "virtual-wan-link") or device == "virtual-wan-link"
        )
        if zones:
            ways = [*self._members(domain, zones)]
        for network in networks:
            for gateway, name in ways:
                usable = gateway is not None and not gateway.is_unspecified and gateway.version == network.version
                self.router.routes.append(
                    Route(
                        network,
                        self.doubts.place(entry),
                        given or self.tables.get(name, table),
                        gateway if usable else None,
                        name,
                        is_on(entry, "blackhole"),
                        distance * _PRIORITIES + priority,
                        certain=not zones and name not in watched and not is_on(entry, "dynamic-gateway"),
                    )
                )

    def _in_vrf_0(self, domain: str) -> None:
        """The routes of other VRFs, which VRF 0 has, too; whether it forwards by them is not told."""
        apart = [i for i in self.router.interfaces if i.table.startswith(f"{domain}/")]
        told = [(a.network, a.place, i.name) for i in apart for a in i.addresses]
        told += [(r.network, r.place, r.interface) for r in self.router.routes if r.table.startswith(f"{domain}/")]
        for network, place, name in told:
            self.router.routes.append(Route(network, place, domain, None, name, certain=False))

    def _members(self, domain: str, zones: list[str]) -> Iterator[tuple[IPAddress | None, str]]:
        for table in self._of(domain, "system sdwan", "system virtual-wan-link"):
            for _, member in entries(inner(table.node, "members")):
                if value(member, "zone", "virtual-wan-link") in zones:
                    yield address_in(value(member, "gateway")), value(member, "interface")

    @staticmethod
    def _destinations(entry: Node) -> list[Network] | None:
        """The networks that a route is to; None where that is not told."""
        if setting(entry, "internet-service") or setting(entry, "internet-service-custom"):
            return None
        if setting(entry, "dstaddr"):
            return None
        six = entry.parent is not None and entry.parent.key.endswith("static6")
        words = values(entry, "dst") or ["::/0" if six else "0.0.0.0/0"]
        bits = prefix_length(words[1]) if len(words) > 1 else None
        try:
            return [ip_network(f"{words[0]}/{bits}" if bits is not None else words[0], strict=False)]
        except ValueError:
            return None

    # The whole device

    def _sources(self) -> None:
        """A source is believed where some route leads back to it."""
        checked = all(not is_on(t.node, "asymroute") for t in self.device.tables("system settings"))
        off = {n for _, n, e in self.device.entries("system interface") if value(e, "src-check") == "disable"}
        for interface in self.router.interfaces if checked else ():
            if interface.name in off or interface.loose or interface.peers is not None:
                continue
            check_sources(self.router, interface, interface.place)

    def _whole(self) -> None:
        doubts, tree = self.router.doubts, self.device.tree
        if not tree.complete or tree.problems or tree.endless:
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_WHOLE, tree.root))
        for node in [n for n in self.lost if _decides(n)][:1]:
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
        for path, kind, why in _TABLES:
            for _, _, entry in self.device.entries(path):
                if value(entry, "status", "enable") != "disable":
                    doubts.append(self.doubts.doubt(kind, why, entry))
                    break
        for path, kind, why in _SWITCHES:
            for table in self.device.tables(path):
                if is_on(table.node):
                    doubts.append(self.doubts.doubt(kind, why, table.node))
        doubts += [self.doubts.doubt(_ANYTHING, CHANGES_ITSELF, entry) for entry in self._scripts()]
        for table in self.device.tables("system settings"):
            self._mode(table.node)
        self._resolving()

    def _scripts(self) -> list[Node]:
        """Scripts that the device runs by itself when something happens; what they say is not kept."""
        stitches = [e for _, _, e in self.device.entries("system automation-stitch")]
        on = [e for e in stitches if value(e, "status", "enable") == "enable"]
        used = {name for e in on for name in values(e, "action")}
        used |= {value(one, "action") for e in on for _, one in entries(inner(e, "actions"))}
        actions = self.device.entries("system automation-action")
        return [e for _, name, e in actions if name in used and value(e, "action-type") == "cli-script"]

    def _mode(self, settings: Node) -> None:
        for key, harmless in (("opmode", "nat"), ("ngfw-mode", "profile-based"), ("asymroute", "disable")):
            line = setting(settings, key)
            if line is not None and value(settings, key, harmless) != harmless:
                self.router.doubts.append(self.doubts.doubt(_ANYTHING, STATEFUL, line))
        line = setting(settings, "asymroute6")
        if line is not None and is_on(settings, "asymroute6"):
            self.router.doubts.append(self.doubts.doubt(_ANYTHING, STATEFUL, line))

    def _resolving(self) -> None:
        """Whoever asks the device for a name makes it ask its own servers."""
        for _, _, entry in self.device.entries("system dns-server"):
            servers = [
                address_in(v)
                for t in self.device.tables("system dns", "system vdom-dns")
                for key in ("primary", "secondary", "ip6-primary", "ip6-secondary")
                for v in values(t.node, key)
            ]
            forwarders = [
                address_in(v) for _, _, e in self.device.entries("system dns-database") for v in values(e, "forwarder")
            ]
            targets = tuple(ip_network(one) for one in (*servers, *forwarders) if one is not None)
            doubt = self.doubts.doubt(_REWRITES, PROXIED, entry)
            self.router.redirections.append(Redirection(doubt, (), targets))
            return


def _decides(node: Node) -> bool:
    """The line stands where packets are decided about, or nobody knows where."""
    while node.parent is not None and node.parent.parent is not None and not _is_scope(node.parent):
        node = node.parent
    return not node.key.startswith("config ") or _PACKETS.match(node.key) is not None


def _is_scope(node: Node) -> bool:
    return node.key in ("config global", "config vdom") or (
        node.key.startswith("edit ") and node.parent is not None and node.parent.key == "config vdom"
    )
