"""How a firewall forwards: interfaces, the rules as packets meet them on each, static routes, and what is doubtful."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from scanner.configs.chains.model import ANY_STATE, INCOMING, OUTGOING, ChainRule, Does, FilterChain
from scanner.configs.chains.study import ChainStudy
from scanner.configs.forwarding import (
    DoubtKind,
    Entry,
    Filter,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Relay,
    Route,
    Router,
    SourceTranslation,
    Wire,
)
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    ENCRYPTED,
    JOINED,
    LEARNT,
    NOT_UNDERSTOOD,
    NOT_WHOLE,
    POLICY_ROUTED,
    PROXIED,
    RELAYED,
    STATEFUL,
    TRANSLATED,
)
from scanner.configs.nodes import Node
from scanner.configs.pf_firewalls.document import FirewallFile, child, value
from scanner.configs.pf_firewalls.filtering import Filtering, ipv6_off
from scanner.configs.pf_firewalls.interfaces import PfInterface
from scanner.configs.understood import not_understood
from scanner.configs.xml_tree import XmlElement
from scanner.packet_sets import (
    ADDRESSES,
    ALL_PORTS,
    ALL_PROTOCOLS,
    ANSWER,
    ANSWERS,
    BEGINS,
    EITHER,
    Boxes,
    TooManyBoxes,
)
from scanner.wording import Said, said

_PART = said("only a part of this entry is understood, or it holds at times")
_TUNNELS = ("ipsec", "openvpn", "l2tp", "pptpd", "wireguard", "gifs", "gres")
_PROXIES = ("captiveportal", "load_balancer")
_DYNAMIC = ("frr", "frrbgp", "frrospfd", "frrospf6d", "quagga", "openbgpd", "routed", "olsrd")
_DHCP, _DHCP_VERSION = (67, 68), 4
_TO_RELAY = ((ADDRESSES[4], (ADDRESSES[4][1], ADDRESSES[4][1]), (17, 17), _DHCP, (67, 67), EITHER),)
_NO_DEFAULT = "-"  # in place of a gateway's name
# Networks that bogons never hold, since lists of them leave these out.
_NO_BOGONS = tuple(
    (int(n.network_address), int(n.broadcast_address))
    for n in map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
)


def forwarding(file: FirewallFile, filtering: Filtering) -> Router:
    """The device as packets meet it."""
    return _Forwarding(file, filtering).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, file: FirewallFile, filtering: Filtering) -> None:
        self.file = file
        self.filtering = filtering
        self.source = file.tree.source
        self.router = Router(file.tree.name, self.source, {4: True, 6: not ipv6_off(file)})
        self.router.stateful = all("none" not in value(r.element, "statetype") for r in filtering.rules.filters)
        self.tags = {value(v, "vlanif"): value(v, "tag") for v in file.every("vlans/vlan")}
        self.gateways = {
            value(g, "name"): g
            for g in (*file.every("gateways/gateway_item"), *file.every("OPNsense/Gateways/gateway_item"))
            if file.switch(g, "disabled") is False
        }

    def doubt(self, kind: DoubtKind, why: Said, node: Node) -> ForwardingDoubt:
        """The line makes something doubtful."""
        return ForwardingDoubt(kind, why, self.place(node))

    def place(self, node: Node) -> Place:
        """Where the line stands."""
        return Place(self.source, node.line, node.text)

    def run(self) -> Router:
        """All of it."""
        for one in self.filtering.interfaces.values():
            if one.kind != "loopback":
                self.router.interfaces.append(self._interface(one))
        self._routes()
        self._whole()
        return self.router

    def _interface(self, one: PfInterface) -> Interface:
        node = one.element.node
        tag = self.tags.get(one.device, "") or one.device.rpartition(".")[2]
        vlan = int(tag) if tag.isdecimal() and len(tag) < 5 and one.kind == "svi" else 0
        found = Interface(one.name, self.place(node), vlan=vlan, up=one.up)
        for address, line in one.addresses:
            if not address.ip.is_link_local:
                found.addresses.append(InterfaceAddress(address.ip, address.network, self.place(line.node)))
        for address, line in one.shared:
            found.virtual.append(InterfaceAddress(address.ip, address.network, self.place(line.node)))
        if one.untold:
            found.loose = self.doubt(DoubtKind.ROUTES, ADDRESS_UNTOLD, node)
        if one.kind == "tunnel":
            found.doubts.append(self.doubt(DoubtKind.TUNNELS, ENCRYPTED, node))
            found.peers = ()
        if self._translates(one):
            doubt = self.doubt(DoubtKind.REWRITES, TRANSLATED, self._outbound(node))
            self.router.translations.append(SourceTranslation(doubt, goes_out=frozenset((one.name,))))
        if not self.router.stateful:
            found.doubts.append(self.doubt(DoubtKind.OPENS, STATEFUL, node))  # some answers pass
        found.relays = list(self._relays(one.name))
        for version in (4, 6):
            found.filters_in[version] = [self._filter(one, version, INCOMING)]
            if (self.filtering.passed_on.ruleset.chains.get(("pf", "out"))) is not None:
                found.filters_out[version] = [self._filter(one, version, OUTGOING)]
        return found

    def _outbound(self, node: Node) -> Node:
        at = self.file.at("nat/outbound")
        return at.node if at is not None else node

    def _translates(self, one: PfInterface) -> bool:
        """Addresses of what goes out there are translated."""
        mode = self.file.text("nat/outbound/mode", "automatic")
        named = {value(r, "interface") for r in self.file.every("nat/outbound/rule")}
        named |= {value(r, "interface") for r in self.file.every("OPNsense/Firewall/Filter/snatrules/rule")}
        own = value(one.element, "gateway") not in ("", "none") or 4 in one.untold
        if mode == "disabled":
            return False
        return one.name in named or (mode != "advanced" and own)

    def _filter(self, one: PfInterface, version: int, dimension: int) -> Filter:
        chains = self.filtering.passed_on.ruleset.chains
        root = chains["pf", "filter" if dimension == INCOMING else "out"]
        study = self.filtering.passed_on
        number = study.names.span(one.name)[0]
        entries = list(self._entries(study, root, version, dimension, number))
        if dimension == INCOMING and (bogons := child(one.element, "blockbogons")) is not None and bogons.text != "0":
            entries.insert(0, self._bogons(bogons, version))
        rest = dimension == OUTGOING
        if dimension == INCOMING and version == _DHCP_VERSION:
            entries[:0] = [Entry(relay.doubt.place, True, _TO_RELAY, _TO_RELAY) for relay in self._relays(one.name)]
        at = self.place(root.node)
        return Filter(root.label, self.place(one.element.node), tuple(entries), rest, at=at)

    def _relays(self, name: str) -> Iterator[Relay]:
        """Requests of DHCP that go on from there to servers; the system lets them in."""
        file = self.file
        told = [(e, value(e, "interface"), value(e, "server")) for e in file.every("dhcrelay")]
        told = [one for one in told if file.switch(one[0], "enable")]
        servers = {
            e.attributes.get("uuid", ""): value(e, "server") for e in file.every("OPNsense/DHCRelay/destinations")
        }
        for one in file.every("OPNsense/DHCRelay/relays"):
            if value(one, "enabled") == "1":
                told.append((one, value(one, "interface"), servers.get(value(one, "destination"), "")))
        for line, names, texts in told:
            doubt = self.doubt(DoubtKind.REWRITES, RELAYED, line.node)
            for hop in map(_hop, texts.replace(",", " ").split() if name in names.replace(",", " ").split() else ()):
                if hop is not None:
                    yield Relay(hop, (_DHCP,), doubt)

    def _bogons(self, line: XmlElement, version: int) -> Entry:
        """Networks that nobody may have, which a list tells that is fetched."""
        whole = ADDRESSES[version]
        sources, low = [], whole[0]
        for first, last in _NO_BOGONS if version == 4 else ():
            sources.append((low, first - 1))
            low = last + 1
        sources.append((low, whole[1]))
        most = tuple((s, whole, ALL_PROTOCOLS, ALL_PORTS, ALL_PORTS, EITHER) for s in sources)
        return Entry(self.place(line.node), permit=False, sure=(), most=most, doubt=_PART)

    def _entries(
        self, study: ChainStudy, chain: FilterChain, version: int, dimension: int, number: int
    ) -> Iterator[Entry]:
        """The rules as one list, as packets meet them at an interface."""
        for rule in chain.rules:
            if rule.does is Does.JUMP:
                target = study.ruleset.target(chain, rule.target)
                if target is not None and any(_at(rule, version, dimension, number)):
                    yield from self._entries(study, target, version, dimension, number)
                continue
            if rule.does is Does.GO_ON or version not in rule.matches:
                continue
            match = rule.matches[version]
            try:
                sure, most = (_six(boxes, dimension, number) for boxes in (match.sure, match.most))
            except TooManyBoxes:
                continue
            if most:
                permit = {Does.ACCEPT: True, Does.DENY: False}.get(rule.does)
                whole = permit is not None and match.sure == match.most
                yield Entry(
                    self.place(rule.node), permit, sure if permit is not None else (), most, None if whole else _PART
                )

    def _routes(self) -> None:
        for route in self.file.every("staticroutes/route"):
            enabled = child(route, "enabled")
            if self.file.switch(route, "disabled") or (enabled is not None and enabled.text == "0"):
                continue
            gateway = self.gateways.get(value(route, "gateway"))
            self._route(value(route, "network"), gateway, route)
        for version in (4, 6):
            self._default_routes(version)

    def _default_routes(self, version: int) -> None:
        """By the gateway that is named; where none is, or a group of them, any gateway may be chosen."""
        named = self.file.text(f"gateways/defaultgw{version}")
        own = {n: g for n, g in self.gateways.items() if (value(g, "ipprotocol") == "inet6") is (version == 6)}
        chosen = [n for n, g in own.items() if n == named or self.file.switch(g, "defaultgw")]
        for name in chosen or (own if named != _NO_DEFAULT else ()):
            self._route("::/0" if version == 6 else "0.0.0.0/0", own[name], own[name], certain=bool(chosen))

    def _route(self, text: str, gateway: XmlElement | None, line: XmlElement, *, certain: bool = True) -> None:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            self.router.doubts.append(self.doubt(DoubtKind.ROUTES, NOT_UNDERSTOOD, line.node))
            return
        hop = _hop(value(gateway, "gateway"))
        interface = value(gateway, "interface")
        if gateway is None or (hop is None and not interface):
            self.router.doubts.append(self.doubt(DoubtKind.ROUTES, NOT_UNDERSTOOD, line.node))
            return
        self.router.routes.append(Route(network, self.place(line.node), "", hop, interface, certain=certain))

    def _whole(self) -> None:
        """What is doubtful of the whole device."""
        doubts, file = self.router.doubts, self.file
        if not file.tree.complete or file.tree.problems:
            doubts.append(self.doubt(DoubtKind.ANYTHING, NOT_WHOLE, file.root.node))
        for node in not_understood(file.tree)[:1]:
            doubts.append(self.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
        for forward in self.filtering.rules.forwards[:1]:
            doubts.append(self.doubt(DoubtKind.REWRITES, TRANSLATED, forward.node))
        for path in (
            "nat/onetoone",
            "nat/npt",
            "OPNsense/Firewall/Filter/onetoone/rule",
            "OPNsense/Firewall/Filter/npt/rule",
        ):
            for entry in file.every(path)[:1]:
                doubts.append(self.doubt(DoubtKind.REWRITES, TRANSLATED, entry.node))
        for rule in self.filtering.rules.filters:
            if rule.routed is not None:
                doubts.append(self.doubt(DoubtKind.ROUTES, POLICY_ROUTED, rule.routed.node))
                break
        self._services(doubts)
        for bridge in file.every("bridges/bridged"):
            doubt = self.doubt(DoubtKind.JOINS, JOINED, bridge.node)
            self.router.wires.append(Wire(frozenset(), doubt))

    def _services(self, doubts: list[ForwardingDoubt]) -> None:
        root = self.file.root
        for section in root.children:
            filled = any(c.children or c.given for c in section.children)
            if section.tag in _TUNNELS and filled:
                doubts.append(self.doubt(DoubtKind.TUNNELS, ENCRYPTED, section.node))
            elif section.tag in _PROXIES and any(c.first("enable") is not None for c in section.children):
                doubts.append(self.doubt(DoubtKind.REWRITES, PROXIED, section.node))
            elif section.tag == "installedpackages":
                for package in section.children:
                    self._package(package, doubts)
            elif section.tag == "OPNsense":
                for part in section.children:
                    self._part(part, doubts)

    def _package(self, package: XmlElement, doubts: list[ForwardingDoubt]) -> None:
        if package.tag in _DYNAMIC:
            self._learns(package)
        elif package.tag.startswith(("squid", "haproxy", "wireguard", "tailscale", "tinc", "stunnel")):
            doubts.append(self.doubt(DoubtKind.REWRITES, PROXIED, package.node))
        elif package.tag == "miniupnpd":
            doubts.append(self.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, package.node))

    def _part(self, part: XmlElement, doubts: list[ForwardingDoubt]) -> None:
        tunnels = (
            "IPsec",
            "Swanctl",
            "OpenVPN",
            "wireguard",
            "Tinc",
            "tailscale",
            "zerotier",
            "netbird",
            "openconnect",
        )
        held = any(
            e.tag in ("connection", "Connection", "instance", "Instance", "server", "client") and e.children
            for e in part.walk()
        )
        if part.tag in tunnels and (held or part.tag in tunnels[4:]):
            doubts.append(self.doubt(DoubtKind.TUNNELS, ENCRYPTED, part.node))
        elif part.tag == "quagga":
            self._learns(part)
        elif part.tag in (
            "HAProxy",
            "Nginx",
            "proxy",
            "caddy",
            "siproxd",
            "ftpproxies",
            "relayd",
            "tor",
            "sslh",
            "captiveportal",
            "tayga",
        ) and any(c.tag == "enabled" and c.node.text for c in part.walk()):
            doubts.append(self.doubt(DoubtKind.REWRITES, PROXIED, part.node))

    def _learns(self, element: XmlElement) -> None:
        for version in (4, 6):
            doubt = self.doubt(DoubtKind.ROUTES, LEARNT, element.node)
            self.router.dynamic.setdefault(version, []).append(doubt)


def _hop(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _at(rule: ChainRule, version: int, dimension: int, number: int) -> Iterator[bool]:
    match = rule.matches.get(version)
    return (b[dimension][0] <= number <= b[dimension][1] for b in (match.most if match else ()))


def _six(boxes: Boxes, dimension: int, number: int) -> Boxes:
    """Those at an interface, without what tells interfaces apart and with less of what is told of conversations."""
    found = []
    for box in boxes:
        if box[dimension][0] <= number <= box[dimension][1]:
            state = EITHER if box[ANSWER] == ANY_STATE else BEGINS if box[ANSWER][1] == 0 else ANSWERS
            found.append((*box[:ANSWER], state))
    return tuple(found)
