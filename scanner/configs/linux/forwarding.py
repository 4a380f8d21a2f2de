"""How a Linux device forwards: interfaces, routes, the chains between interfaces, translations, and what is doubtful.

Sources: ip-address(8), ip-route(8), ip-rule(8), the kernel's ip-sysctl. A file is the state of the device when it was
saved; what no output in it tells is unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from scanner.address_spans import AddressRange, merged
from scanner.address_spans import networks as networks_of
from scanner.addresses import Network
from scanner.configs.acl_objects import between, network
from scanner.configs.chains.model import INCOMING, OUTGOING, POSTROUTING, PREROUTING, ChainRule, Does, FilterChain
from scanner.configs.chains.passing import Chains
from scanner.configs.chains.study import ChainStudy
from scanner.configs.forwarding import (
    DoubtKind,
    ForwardingDoubt,
    Interface,
    InterfaceAddress,
    Place,
    Redirection,
    Route,
    Router,
    SourceTranslation,
    Wire,
)
from scanner.configs.forwarding_lines import (
    ANYWHERE,
    BRIDGED_FILTER,
    JOINED,
    LEARNT,
    NOT_UNDERSTOOD,
    NOT_WHOLE,
    POLICY_ROUTED,
    STATEFUL,
    TRANSLATED,
    Doubts,
)
from scanner.configs.linux.outputs import HostOutputs, PrintedLink
from scanner.configs.linux.routes import RouteLine
from scanner.configs.nodes import Node
from scanner.configs.source_checks import SourceChecks
from scanner.configs.tree import Tree
from scanner.packet_sets import DESTINATION
from scanner.wording import Said, said

_VERSIONS = (4, 6)
_FORWARDING = {
    4: ("net.ipv4.ip_forward", "net.ipv4.conf.all.forwarding"),
    6: ("net.ipv6.conf.all.forwarding",),
}
_NO_ROUTES = said("the routes are not told: 'ip route' is not in the file")
_NO_RULES = said("whether packets are routed by policy is not told: 'ip rule' is not in the file")
_PASSED = said("a filter behind the chains of forwarded packets may drop some")


@dataclass
class AddressRewrite:
    """A rule that rewrites addresses. targets: of destinations; None: it rewrites sources. None in it: anywhere."""

    chain: FilterChain
    rule: ChainRule
    sources: bool
    targets: tuple[Network, ...] | None = None


@dataclass
class Netfilter:
    """What a ruleset says of forwarded packets. versions: of IP whose filters the file has. unread: lines of it
    that are in no chain, or change packets in ways that are not followed; drops: what bridged packets may meet.
    """

    study: ChainStudy
    versions: Sequence[int] = _VERSIONS
    translations: list[AddressRewrite] = field(default_factory=list)
    unread: list[Node] = field(default_factory=list)
    drops: list[Node] = field(default_factory=list)
    helps: bool = False  # conversations of others are expected (FTP, SIP), which begin as related ones


def forwarding(tree: Tree, host: HostOutputs, filters: Netfilter) -> Router:
    """The device as packets meet it."""
    return _Forwarding(tree, host, filters).run()


class _Forwarding:
    """The making of one router."""

    def __init__(self, tree: Tree, host: HostOutputs, filters: Netfilter) -> None:
        self.tree = tree
        self.host = host
        self.netfilter = filters
        self.doubts = Doubts(tree.source)
        self.router = Router(tree.name, tree.source, {v: self._forwards(v) for v in _VERSIONS})
        self.found: dict[str, Interface] = {}
        self.connected: dict[Network, int] = {}  # the least metric of a network that is there by an interface

    def _forwards(self, version: int) -> bool | None:
        value = self.host.setting(*_FORWARDING[version])
        own = {
            self.host.setting(f"net.ipv{version}.conf.{name}.forwarding") for name in self.host.links if name != "lo"
        }
        if value == 0:
            return None if own - {0, None} else False
        return True if value and 0 not in own and version in self.netfilter.versions else None

    def place(self, line: int, text: str) -> Place:
        return Place(self.tree.source, line, text)

    def doubt(self, kind: DoubtKind, why: Said, at: tuple[int, str] | None = None) -> ForwardingDoubt:
        first = next(iter(self.host.links.values()))
        return ForwardingDoubt(kind, why, self.place(*(at or (first.line, first.text))))

    def run(self) -> Router:
        """All of it."""
        for link in self.host.links.values():
            self._interface(link)
        self._bridges()
        self._routes()
        self._filters()
        self._translate()
        if self.host.setting("net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter") != 0:
            checks = SourceChecks(self.router)
            for interface in self.router.interfaces:  # systems differ in whether they check
                checks.check(interface, interface.place)
        self._whole()
        return self.router

    # Interfaces

    def _interface(self, link: PrintedLink) -> None:
        one = Interface(
            link.name, self.place(link.line, link.text), vlan=link.vlan, up=link.up, hosts=link.name != "lo"
        )
        if not link.plain:
            one.peers = ()
        for own in link.addresses:
            place = self.place(own.line, own.text)
            inside = any(o is not own and own.address in o.network for o in link.addresses)
            if inside and own.network.num_addresses == 1:  # which moves between devices
                one.virtual.append(InterfaceAddress(own.address, own.network, place))
            else:
                one.addresses.append(InterfaceAddress(own.address, own.network, place))
        self.found[link.name] = one
        self.router.interfaces.append(one)

    def _bridges(self) -> None:
        """What is put into a bridge joins networks where it is a VLAN, a tunnel or has addresses; bridged packets may
        meet the filters, too.
        """
        for link in (one for one in self.host.links.values() if one.master):
            at = link.line, link.text
            self.router.port_doubts.setdefault(0, []).append(self.doubt(DoubtKind.DROPS, BRIDGED_FILTER, at))
            if link.vlan or not link.plain or link.addresses:
                self.router.wires.append(Wire(frozenset(), self.doubt(DoubtKind.JOINS, JOINED, at)))
        for node in self.netfilter.drops:
            doubt = self.doubts.doubt(DoubtKind.DROPS, BRIDGED_FILTER, node)
            self.router.port_doubts.setdefault(0, []).append(doubt)
            self.router.doubts.append(doubt)

    # Routes

    def _routes(self) -> None:
        routes = [(route, (line, text)) for route, line, text in self.host.routes if route.main]
        homes = self._homes(route for route, _ in routes)
        for version in _VERSIONS:
            own = [one for one in routes if one[0].version == version]
            has = any(a.address.version == version for link in self.host.links.values() for a in link.addresses)
            if own or not has:
                for route, at in own:
                    self._route(route, at, homes)
                self._unrouted(version, [route for route, _ in own])
            elif version == 4:
                self.router.doubts.append(self.doubt(DoubtKind.ROUTES, _NO_ROUTES))
            else:
                self.router.dynamic.setdefault(version, []).append(self.doubt(DoubtKind.ROUTES, _NO_ROUTES))
        for at in self.host.unread:
            self.router.doubts.append(self.doubt(DoubtKind.ROUTES, NOT_UNDERSTOOD, at))
        for at in self.host.rules:
            kind = DoubtKind.ANYTHING if "l3mdev" in at[1] else DoubtKind.ROUTES
            self.router.doubts.append(self.doubt(kind, POLICY_ROUTED, at))
        if not self.host.ruled:
            self.router.doubts.append(self.doubt(DoubtKind.ROUTES, _NO_RULES))
        elif self.host.ruled == 1:
            self.router.dynamic.setdefault(6, []).append(self.doubt(DoubtKind.ROUTES, _NO_RULES))

    def _homes(self, routes: Iterable[RouteLine]) -> Mapping[Network, list[Interface]]:
        """The interfaces that are in a network. routes: of which those tell the metrics."""
        homes: dict[Network, list[Interface]] = {}
        for interface in (one for one in self.router.interfaces if one.up):
            for address in interface.addresses:
                homes.setdefault(address.network, []).append(interface)
        for route in routes:
            if route.connected and route.network is not None:
                self.connected[route.network] = min(route.metric, self.connected.get(route.network, route.metric))
        return homes

    def _route(self, route: RouteLine, at: tuple[int, str], homes: Mapping[Network, list[Interface]]) -> None:
        """homes: the interfaces that are in a network."""
        if route.network is None or route.own or not route.understood:
            return
        if route.learnt:
            self.router.dynamic.setdefault(route.version, []).append(self.doubt(DoubtKind.ROUTES, LEARNT, at))
        place = self.place(*at)
        same = homes.get(route.network, [])
        if same and all(way.next_hop is None and any(i.name == way.interface for i in same) for way in route.ways):
            return  # the network of an interface
        if same and self.connected.get(route.network, route.metric) < route.metric:
            return  # which counts when no interface leads there
        if same:
            self.router.doubts.append(self.doubt(DoubtKind.ROUTES, POLICY_ROUTED, at))
        if route.discards:
            self.router.routes.append(Route(route.network, place, discards=True, distance=route.metric))
            return
        for way in route.ways:
            if route.network.is_link_local or route.network.is_multicast or way.interface == "lo":
                continue
            self.router.routes.append(
                Route(route.network, place, "", way.next_hop, way.interface, False, route.metric, route.certain)
            )

    def _unrouted(self, version: int, routes: Sequence[RouteLine]) -> None:
        """Networks of interfaces that no route leads to."""
        known = {(route.network, way.interface) for route in routes for way in route.ways}
        for interface in (i for i in self.router.interfaces if i.up and i.hosts):
            for address in interface.addresses:
                alone = address.network.num_addresses == 1
                if address.network.version == version and not alone and (address.network, interface.name) not in known:
                    doubt = ForwardingDoubt(DoubtKind.ROUTES, POLICY_ROUTED, address.place)
                    self.router.doubts.append(doubt)

    # Filters

    def _filters(self) -> None:
        study = self.netfilter.study
        chains = Chains(study, self.found, self.doubts, related_begins=self.netfilter.helps)
        self.router.filters = {version: chains.filters(version) for version in self.netfilter.versions}
        filtered = [version for version, filters in self.router.filters.items() if filters]
        self.router.stateful = bool(filtered) and all(chains.knows_conversations(version) for version in filtered)
        if filtered and not self.router.stateful:
            node = study.on_the_way("forward", filtered[0])[0].node
            for interface in self.router.interfaces[:1]:  # some answers may pass
                interface.doubts.append(self.doubts.doubt(DoubtKind.OPENS, STATEFUL, node))
        for chain in study.ruleset.chains.values():
            behind = chain.hook in (POSTROUTING, "egress") and chain.filters
            if (behind and _may_deny(study, chain)) or (chain.hook and not chain.filters and _denies(study, chain)):
                self.router.doubts.append(self.doubts.doubt(DoubtKind.DROPS, _PASSED, chain.node))

    # Translations

    def _translate(self) -> None:
        for one in self.netfilter.translations:
            hooks = {root.hook for root in self.netfilter.study.roots(one.chain)}
            doubt = self.doubts.doubt(DoubtKind.REWRITES, TRANSLATED, one.rule.node)
            comes_in, goes_out = self._on(one.rule, INCOMING), self._on(one.rule, OUTGOING)
            if comes_in is None or goes_out is None:
                continue  # of no interface that there is
            if one.sources and POSTROUTING in hooks:
                self.router.translations.append(SourceTranslation(doubt, frozenset(), goes_out))
            if not one.sources and PREROUTING in hooks:
                asked = _asked(one.rule)
                targets = ANYWHERE if one.targets is None else one.targets
                self.router.redirections.append(Redirection(doubt, asked, targets, comes_in))

    def _on(self, rule: ChainRule, dimension: int) -> frozenset[str] | None:
        """The interfaces that a rule may hold for; empty for all, None for none of those that there are."""
        names = self.netfilter.study.names
        spans = [box[dimension] for match in rule.matches.values() for box in match.most]
        if any(span == names.every for span in spans):
            return frozenset()
        held = frozenset(n for n in self.found if any(low <= names.place(n) <= high for low, high in spans))
        return held or None

    # The whole device

    def _whole(self) -> None:
        tree, doubts = self.tree, self.router.doubts
        if not tree.complete or tree.problems or tree.endless:
            doubts.append(self.doubts.doubt(DoubtKind.ANYTHING, NOT_WHOLE, tree.root))
        for node in self.netfilter.unread[:1]:
            doubts.append(self.doubts.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))


def _may_deny(study: ChainStudy, chain: FilterChain) -> bool:
    walks = (study.walked(chain, version) for version in chain.versions)
    return any(walk is None or walk.may_deny for walk in walks)


def _denies(study: ChainStudy, chain: FilterChain) -> bool:
    every = (other for other in study.ruleset.chains.values() if chain in (other, *study.roots(other)))
    return any(rule.does in (Does.DENY, Does.UNTOLD) for one in every for rule in one.rules)


def _asked(rule: ChainRule) -> tuple[Network, ...]:
    """The destinations that a rule asks for, of all that it may match."""
    found: list[Network] = []
    for version, match in rule.matches.items():
        ranges = merged(AddressRange(version, *box[DESTINATION]) for box in match.most)
        for text in networks_of(ranges):
            found += network(*text.split("/", 1)) or ()
    return tuple(found)


def targets_in(texts: Iterable[str]) -> tuple[Network, ...] | None:
    """The addresses that texts of iptables and nft name: an address, a network or a range, with or without ports; None
    where one is something else.
    """
    found: list[Network] = []
    for text in texts:
        plain = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
        if plain.count(":") == 1:
            plain = plain.partition(":")[0]
        own = _target(plain)
        if not own:
            return None
        found += own
    return tuple(found)


def _target(text: str) -> list[Network] | None:
    first, sign, last = text.partition("-")
    return between(first, last) if sign else network(*text.split("/", 1))
