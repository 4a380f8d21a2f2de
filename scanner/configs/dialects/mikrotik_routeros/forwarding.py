"""How a device forwards: interfaces, static routes, the chain ``forward`` between interfaces, and what is doubtful.

Source: RouterOS documentation (IP Addressing, IP Routing, VRF, Bridging and Switching, Firewall, NAT, Packet Flow, IP
Settings). It forwards both versions of IP unless told otherwise; what the chain ``forward`` does not decide is
accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_interface, ip_network

from scanner.addresses import Network
from scanner.configs.acl_objects import between
from scanner.configs.chains.passing import Chains
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.mikrotik_routeros.configuration import RosDevice
from scanner.configs.dialects.mikrotik_routeros.menus import RosEntry
from scanner.configs.forwarding import (
    DoubtKind,
    Interface,
    InterfaceAddress,
    Redirection,
    Relay,
    Route,
    Router,
    SourceTranslation,
    Wire,
)
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    ANYWHERE,
    BRIDGED_FILTER,
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
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources

_ANYTHING, _DROPS, _ROUTES, _REWRITES = DoubtKind.ANYTHING, DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES
_TUNNELS = (
    *("wireguard", "gre", "gre6", "eoip", "eoipv6", "ipip", "ipipv6", "6to4", "vxlan", "l2tp-client", "pptp-client"),
    *("sstp-client", "ovpn-client", "pppoe-client", "lte", "ppp-client", "vpls", "zerotier"),
)
_BRIDGING_TUNNELS = ("eoip", "eoipv6", "vxlan", "vpls", "zerotier", "l2tp-ether")
_SERVERS = tuple(f"interface {kind}-server server" for kind in ("l2tp", "pptp", "sstp", "ovpn"))
_LEARNS = (  # menus in which somebody is spoken to, and versions of IP
    ("routing ospf network", (4,)),
    ("routing ospf interface-template", (4, 6)),
    ("routing ospf-v3 interface", (6,)),
    ("routing rip network", (4,)),
    ("routing rip interface-template", (4, 6)),
    ("routing rip interface", (4,)),
    ("routing ripng interface", (6,)),
    ("routing bgp peer", (4, 6)),
    ("routing bgp connection", (4, 6)),
    ("routing isis interface-template", (4, 6)),
)
_ENTRIES = (  # menus whose entries do something to packets: kind, why
    ("routing rule", _ROUTES, POLICY_ROUTED),
    ("ip route rule", _ROUTES, POLICY_ROUTED),
    ("interface bridge nat", _REWRITES, TRANSLATED),
    ("interface ethernet switch rule", _DROPS, SELECTED),
    ("interface ethernet switch acl", _DROPS, SELECTED),
    ("ip hotspot", _DROPS, SELECTED),
    ("ip kid-control", _DROPS, SELECTED),
    ("mpls interface", _ANYTHING, NOT_UNDERSTOOD),
    ("interface traffic-eng", _ANYTHING, NOT_UNDERSTOOD),
    ("openflow", _ANYTHING, NOT_UNDERSTOOD),
    ("container", _ANYTHING, NOT_UNDERSTOOD),
)
_SWITCHES = ("ip proxy", "ip socks", "ip upnp", "ip nat-pmp")  # which pass on what they are asked for
_RELEVANT = re.compile(
    r"(?:interface|ipv6|routing|mpls|ppp|ip (?!service|ssh|neighbor|cloud|smb|tftp|traffic-flow))\b|ip$"
)
_SCRIPTS = (  # what the device runs by itself; texts of scripts are not kept
    ("system scheduler", ("on-event",)),
    ("tool netwatch", ("up-script", "down-script")),
    ("ip dhcp-client", ("script",)),
    ("ppp profile", ("on-up", "on-down")),
)
_PASSES = ("accept", "return", "log", "passthrough", "add-src-to-address-list", "add-dst-to-address-list")


def forwarding(device: RosDevice, study: ChainStudy, lost: list[Node]) -> Router:
    """The device as packets meet it. lost: lines that are not understood."""
    return _Forwarding(device, study, lost).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, device: RosDevice, study: ChainStudy, lost: list[Node]) -> None:
        self.device = device
        self.study = study
        self.lost = lost
        self.doubts = Doubts(device.tree.source)
        self.router = Router(device.tree.name, device.tree.source, self._forwards())
        self.found: dict[str, Interface] = {}
        self.tags = {e.text("name"): e for e in device.entries("interface vlan")}
        self.tables = {
            name: e.text("name") for e in device.entries("ip vrf") for name in e.text("interfaces").split(",")
        }
        self.down = {
            name
            for path, menu in device.menus.items()
            if path.startswith("interface ")
            for e in menu.entries
            if e.disabled
            for name in (e.text("name"), e.text("default-name"))
        }

    def _forwards(self) -> dict[int, bool | None]:
        four = self.device.menu("ip settings").whole.text("ip-forward", "yes")
        settings = self.device.menu("ipv6 settings").whole
        six = settings.text("forward", "yes") != "no" and not settings.of("disable-ipv6").is_yes
        return {4: four != "no", 6: six}

    def run(self) -> Router:
        """All of it."""
        self._addresses()
        self._tunnels()
        self._routes()
        self._bridges()
        self._filters()
        self._translate()
        check = self.device.menu("ip settings").whole.of("rp-filter")
        if check.text in ("strict", "loose") and check.node is not None:
            for interface in self.router.interfaces:
                check_sources(self.router, interface, self.doubts.place(check.node))
        self._whole()
        return self.router

    # Interfaces

    def _interface(self, name: str, node: Node) -> Interface:
        if name not in self.found:
            tag = self.tags[name].text("vlan-id", "1") if name in self.tags else ""
            one = Interface(
                name,
                self.doubts.place(node),
                table=self.tables.get(name, ""),
                vlan=vlan_number(tag),
                up=not self._is_down(name),
                hosts=name not in ("lo", "loopback"),
            )
            self.found[name] = one
            self.router.interfaces.append(one)
        return self.found[name]

    def _is_down(self, name: str) -> bool:
        """It is, or an interface that it is a VLAN of."""
        seen: set[str] = set()
        while name not in seen:
            if name in self.down:
                return True
            seen.add(name)
            name = self.tags[name].text("interface") if name in self.tags else name
        return False

    def _addresses(self) -> None:
        shared = {e.text("name"): e.text("interface") for e in self.device.entries("interface vrrp")}
        for path in ("ip address", "ipv6 address"):
            for entry in self.device.entries(path):
                name = entry.text("interface")
                if name:
                    self._address(self._interface(shared.get(name, name), entry.node), entry, shared=name in shared)
        for path in ("ip dhcp-client", "ipv6 dhcp-client"):
            for entry in self.device.entries(path):
                if entry.text("interface"):
                    one = self._interface(entry.text("interface"), entry.node)
                    one.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, entry.node)
        for entry in self.device.entries("ip dhcp-relay"):
            one = self._interface(entry.text("interface"), entry.node)
            doubt = self.doubts.doubt(_REWRITES, RELAYED, entry.node)
            for server in (s for s in map(address_in, entry.text("dhcp-server").split(",")) if s):
                one.relays.append(Relay(server, ((67, 68),), doubt))

    def _address(self, found: Interface, entry: RosEntry, *, shared: bool) -> None:
        text = entry.text("address")
        mask = entry.text("netmask")
        try:
            one = ip_interface(f"{text}/{mask}" if mask and "/" not in text else text)
        except ValueError:
            one = None
        if one is None or entry.text("from-pool") or entry.of("eui-64").is_yes:
            found.loose = self.doubts.doubt(_ROUTES, ADDRESS_UNTOLD, entry.node)
        elif not one.ip.is_link_local:
            kept = found.virtual if shared else found.addresses
            network = ip_network(one.ip) if shared else one.network
            kept.append(InterfaceAddress(one.ip, network, self.doubts.place(entry.node)))

    def _tunnels(self) -> None:
        for kind in _TUNNELS:
            for entry in self.device.entries(f"interface {kind}"):
                name = entry.text("name") or entry.text("default-name")
                if name:
                    end = address_in(entry.text("remote-address") or entry.text("connect-to"))
                    self._interface(name, entry.node).peers = (end,) if end else ()
        for path in _SERVERS:
            setting = self.device.menu(path).whole.of("enabled")
            if setting.is_yes and setting.node is not None:
                self._interface(f"<{path.split()[1]}>", setting.node).peers = ()

    def _bridges(self) -> None:
        """Ports of bridges that are themselves VLANs or tunnels, or have addresses, join networks."""
        tunnels = {e.text("name") for kind in _BRIDGING_TUNNELS for e in self.device.entries(f"interface {kind}")}
        for port in self.device.entries("interface bridge port"):
            name = port.text("interface")
            if name in self.tags or name in tunnels or name in self.found:
                doubt = self.doubts.doubt(DoubtKind.JOINS, JOINED, port.node)
                self.router.wires.append(Wire(frozenset(), doubt))
        for entry in self.device.entries("interface bridge filter")[:1]:
            doubt = self.doubts.doubt(_DROPS, BRIDGED_FILTER, entry.node)
            self.router.doubts.append(doubt)

    # Routes

    def _routes(self) -> None:
        for path, default in (("ip route", "0.0.0.0/0"), ("ipv6 route", "::/0")):
            for entry in self.device.entries(path):
                if entry.own and not self._route(entry, default):
                    self.router.doubts.append(self.doubts.doubt(_ROUTES, POLICY_ROUTED, entry.node))
        for path, versions in _LEARNS:
            for entry in self.device.entries(path)[:1]:
                for version in versions:
                    learnt = self.doubts.doubt(_ROUTES, LEARNT, entry.node)
                    self.router.dynamic.setdefault(version, []).append(learnt)

    def _route(self, entry: RosEntry, default: str) -> bool:
        """Keep a route; whether it was understood."""
        try:
            network = ip_network(entry.text("dst-address", default), strict=False)
        except ValueError:
            return False
        table = entry.text("routing-table") or entry.text("routing-mark")
        place = self.doubts.place(entry.node)
        discards = "blackhole" in entry.values or entry.text("type", "unicast") != "unicast"
        number = entry.text("distance")
        distance = int(number) if whole(number) else 1
        certain = entry.text("check-gateway", "none") == "none"
        table = "" if table == "main" else table
        if discards:
            self.router.routes.append(Route(network, place, table, discards=True, distance=distance))
            return True
        ways = entry.text("gateway").split(",")
        if any("@" in way or not way for way in ways):
            return False
        for way in ways:
            address, _, name = way.partition("%")
            hop = address_in(address)
            self.router.routes.append(
                Route(network, place, table, hop, name or ("" if hop else address), False, distance, certain)
            )
        return True

    # The firewall

    def _filters(self) -> None:
        chains = Chains(self.study, self.found, self.doubts)
        self.router.filters = {version: chains.filters(version) for version in (4, 6)}
        tracking = self.device.menu("ip firewall connection tracking").whole
        if tracking.text("enabled") == "no" and any(self.router.filters.values()):
            self.router.doubts.append(self.doubts.doubt(_ANYTHING, STATEFUL, tracking.node))
        filtered = [version for version, filters in self.router.filters.items() if filters]
        self.router.stateful = bool(filtered) and all(chains.knows_conversations(version) for version in filtered)
        if filtered and not self.router.stateful:
            for interface in self.router.interfaces[:1]:  # some answers may pass
                node = self.study.on_the_way("forward", filtered[0])[0].node
                interface.doubts.append(self.doubts.doubt(DoubtKind.OPENS, STATEFUL, node))

    def _on(self, entry: RosEntry, way: str) -> frozenset[str]:
        """The interfaces that a rule names; empty for any."""
        named = entry.text(f"{way}-interface")
        listed = entry.text(f"{way}-interface-list")
        if named and not named.startswith(("!", "all-")):
            return frozenset((named,))
        if listed and not listed.startswith("!") and self._is_plain(listed):
            members = [m for m in self.device.entries("interface list member") if m.text("list") == listed]
            return frozenset(m.text("interface") for m in members)
        return frozenset()

    def _is_plain(self, listed: str) -> bool:
        """The list holds its members and nothing else."""
        return any(
            e.text("name") == listed and not e.text("include") for e in self.device.entries("interface list")
        ) and not any(p.text("interface-list") == listed for p in self.device.entries("ppp profile"))

    def _translate(self) -> None:
        for path, anywhere in (("ip firewall nat", ANYWHERE[:1]), ("ipv6 firewall nat", ANYWHERE[1:])):
            for entry in (e for e in self.device.entries(path) if e.own):
                if entry.text("action", "accept") not in _PASSES:
                    self._translated(entry, anywhere)
        for entry in (e for e in self.device.entries("ip firewall mangle", "ipv6 firewall mangle") if e.own):
            if entry.text("action") in ("mark-routing", "route", "sniff-tzsp", "sniff-pc"):
                self.router.doubts.append(self.doubts.doubt(_ROUTES, POLICY_ROUTED, entry.node))

    def _translated(self, entry: RosEntry, anywhere: tuple[Network, ...]) -> None:
        doubt = self.doubts.doubt(_REWRITES, TRANSLATED, entry.node)
        chain = entry.text("chain")
        if chain != "dstnat":
            self.router.translations.append(SourceTranslation(doubt, frozenset(), self._on(entry, "out")))
        if chain != "srcnat":
            asked = _networks(entry.text("dst-address")) or anywhere
            if entry.text("action") == "redirect":
                targets: tuple[Network, ...] = ()
            else:
                targets = _networks(entry.text("to-addresses") or entry.text("to-address")) or anywhere
            self.router.redirections.append(Redirection(doubt, asked, targets, self._on(entry, "in")))

    # The whole device

    def _whole(self) -> None:
        doubts, tree = self.router.doubts, self.device.tree
        if not tree.complete or tree.problems or tree.endless:
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_WHOLE, tree.root))
        for node in self._unknown():
            doubts.append(self.doubts.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
        for path, kind, why in _ENTRIES:
            for entry in [e for e in self.device.entries(path) if e.own][:1]:
                doubts.append(self.doubts.doubt(kind, why, entry.node))
        for entry in self.device.entries("ip ipsec policy"):
            if entry.own and not entry.of("template").is_yes:
                doubts.append(self.doubts.doubt(_ROUTES, ENCRYPTED, entry.node))
        for entry in self.device.entries("ip ipsec identity"):
            if entry.text("generate-policy", "no") != "no":
                doubts.append(self.doubts.doubt(_ROUTES, ENCRYPTED, entry.node))
        self._passes_on()
        for path, names in _SCRIPTS:
            for entry in self.device.entries(path):
                if any(entry.text(name) for name in names):
                    doubts.append(self.doubts.doubt(_ANYTHING, CHANGES_ITSELF, entry.node))

    def _unknown(self) -> Iterator[Node]:
        """The first line that is not understood and may be about packets."""
        for node in self.lost:
            menu = self.device.of_node.get(id(node), "")
            if not menu or _RELEVANT.match(menu):
                yield node
                return

    def _passes_on(self) -> None:
        for path in _SWITCHES:
            setting = self.device.menu(path).whole.of("enabled")
            if setting.is_yes and setting.node is not None:
                doubt = self.doubts.doubt(_REWRITES, PROXIED, setting.node)
                self.router.redirections.append(Redirection(doubt, (), ANYWHERE))
        dns = self.device.menu("ip dns").whole
        asked = dns.of("allow-remote-requests")
        if asked.is_yes and asked.node is not None:
            servers = [address_in(s) for s in dns.text("servers").split(",") if s]
            targets = tuple(ip_network(s) for s in servers if s is not None)
            doubt = self.doubts.doubt(_REWRITES, PROXIED, asked.node)
            self.router.redirections.append(Redirection(doubt, (), targets if all(servers) else ANYWHERE))


def _networks(text: str) -> tuple[Network, ...]:
    """An address, a network or a range; none where it is none, or all but one."""
    first, _, last = text.partition("-")
    if last or "/" not in text:
        return tuple(between(first, last or first) or ())
    try:
        return (ip_network(text, strict=False),)
    except ValueError:
        return ()
