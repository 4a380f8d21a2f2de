"""How the device forwards: its interfaces with their filters, its static routes, and what makes that doubtful.

Sources: Cisco IOS IP Routing, IP Addressing, IPv6 and Security command references. IPv4 is forwarded unless ``no ip
routing`` stands there; a switch does so only when told, on some models without being told. IPv6 is forwarded only with
``ipv6 unicast-routing``. Every list ends in an implicit denial.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from scanner.addresses import IPAddress
from scanner.configs import acls
from scanner.configs.acl_packets import Groups
from scanner.configs.acls import Acls
from scanner.configs.dialects.cisco_ios.access_lists import packet_lists
from scanner.configs.dialects.cisco_ios.bridging import joins, port
from scanner.configs.dialects.cisco_ios.grammar import full_name
from scanner.configs.dialects.cisco_ios.object_groups import network_groups
from scanner.configs.forwarding import DoubtKind, Interface, Route, Router
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    BRIDGED_FILTER,
    CHANGES_ITSELF,
    CHECKED_SOURCE,
    ENCRYPTED,
    NOT_UNDERSTOOD,
    POLICY_ROUTED,
    PROXIED,
    SELECTED,
    STATEFUL,
    TRANSLATED,
    Lines,
    add_address,
    add_virtual,
    address_in,
    join_vlans,
    note_bridged,
    note_learnt,
    relay,
    sift,
    unaddressed,
    unfinished,
    unread_at_top,
)
from scanner.configs.interfaces import lies_down, shut_ports, vlans_of
from scanner.configs.nodes import Node, last, walk
from scanner.configs.settings import whole
from scanner.configs.source_checks import check_sources
from scanner.configs.tree import Tree
from scanner.packet_sets import ALL_PORTS
from scanner.wording import Said

_DROPS, _ROUTES, _REWRITES, _OPENS = DoubtKind.DROPS, DoubtKind.ROUTES, DoubtKind.REWRITES, DoubtKind.OPENS
_TUNNELS, _ANYTHING = DoubtKind.TUNNELS, DoubtKind.ANYTHING

# Lines of an interface that make packets doubtful: first words, what may happen, why.
DOUBTFUL = (
    ("ip nat", _REWRITES, TRANSLATED),
    ("nat64", _REWRITES, TRANSLATED),
    ("ip policy route-map", _ROUTES, POLICY_ROUTED),
    ("ipv6 policy route-map", _ROUTES, POLICY_ROUTED),
    ("zone-member security", _DROPS, STATEFUL),
    ("ip inspect", _OPENS, STATEFUL),
    ("ipv6 inspect", _OPENS, STATEFUL),
    ("crypto map", _TUNNELS, ENCRYPTED),
    ("tunnel", _TUNNELS, ENCRYPTED),
    ("ip verify unicast", _DROPS, CHECKED_SOURCE),
    ("ipv6 verify unicast", _DROPS, CHECKED_SOURCE),
    ("mac access-group", _DROPS, BRIDGED_FILTER),
)
HARMLESS = re.compile(
    r"description |(?:no )?shutdown$|duplex |speed |negotiation |mtu |bandwidth |delay |load-interval|carrier-delay"
    r"|keepalive|logging |snmp |cdp |lldp |spanning-tree |storm-control |switchport(?: mode| access| trunk"
    r"| nonegotiate| voice| block| port-security|$)|channel-group |channel-protocol |lacp |media-type |mdix |udld "
    r"|power |hold-queue |load-balance|mls qos |auto qos |priority-queue |srr-queue |arp timeout|macro |errdisable"
    r"|ip (?:address|mtu|tcp adjust-mss|redirects|unreachables|proxy-arp|directed-broadcast|ospf|rip|pim|igmp"
    r"|helper-address|flow |route-cache|cef|load-sharing|dhcp snooping|arp inspection|mask-reply|bandwidth-percent"
    r"|hello-interval|hold-time|summary-address|split-horizon|authentication|virtual-reassembly|local-proxy-arp)"
    r"|ipv6 (?:address|enable|nd |mtu|ospf|rip|eigrp|redirects|unreachables|dhcp |flow )"
    r"|standby |vrrp |glbp |bfd |isis |eigrp |vrf forwarding |ip vrf forwarding |encapsulation dot1q |cip |profinet "
    r"|rep |ptp |alarm |dot1x |authentication |mab$|access-session |device-tracking |clock rate |no |hsrp |mop "
    r"|platform |ntp |history |nmsp|trust |l2protocol|energywise|link state|traffic-shape|fair-queue|random-detect"
    r"|private-vlan mapping ",
    re.IGNORECASE,
)
_DYNAMIC = (  # protocols that learn routes, and of which versions of IP
    ("router ospf", (4,)),
    ("router rip", (4,)),
    *((f"router {name}", (4, 6)) for name in ("bgp", "eigrp", "isis", "ospfv3", "odr", "lisp")),
    ("ipv6 router", (6,)),
)
_ABOUT = re.compile(  # what a line at the top may be about when it decides about packets
    r"\brout|\bnat\b|forward|redirect|firewall|\bpolicy\b|\bfilter|\binspect\b|tunnel|wccp|\bzone\b|bridge|\bvrf\b"
    r"|xconnect|segment"
)
KNOWN = re.compile(
    r"ip route |ipv6 route |ip routing|ipv6 unicast-routing|ip multicast-routing|ipv6 multicast-routing|router-id"
    r"|router |ipv6 router |route-map |policy-map |class-map |interface |ip nat |vlan filter|vlan access-map"
    r"|ip forward-protocol|ip local policy|ipv6 local policy|ip prefix-list|ipv6 prefix-list|ip vrf "
    r"|vrf definition |rd "
    r"|ip http |logging |snmp-server |zone security|zone-pair|ip inspect|object-group |ip access-list"
    r"|ipv6 access-list"
    r"|access-list|aaa |crypto |track |ip sla|event |alias |spanning-tree |password|mac access-list|ip domain"
    r"|ip dhcp|ntp |line |username |enable |banner |key chain|ip source-route|ip name-server|ip tftp|ip ftp"
    r"|hostname |vlan |name |ip arp |radius|tacacs|archive|ip as-path|ip community-list|ip ssh|clock |service "
    r"|qos |mls |policy-server|dot1x|device-tracking policy|class |template |system mtu ",
    re.IGNORECASE,
)
_RELAYED = tuple((p, p) for p in (37, 49, 53, 67, 68, 69, 137, 138))  # ports of UDP, unless others are told
# Lines by which the device passes on what is sent to itself.
_PASSES_ON = re.compile(
    r"translate |ip dns server$|ip dns view-group|scada-gw |app-hosting appid|virtual-service |guestshell enable"
    r"|webvpn |ip slb |dlsw |ip admission proxy|crypto ssl |nat66 |voice service "
)
_CONFIGURES = re.compile(r"\bcommand \"?(?:conf|copy|archive|tclsh)")  # what an applet of the event manager enters
_REPLICATES = ("route-replicate", "import ipv4", "import ipv6")
_CHECKS = re.compile(r"(?:ip|ipv6) verify unicast (?:source reachable-via (?:rx|any)(?: allow-default)?|reverse-path)")
_WAY = {"in": "filters_in", "out": "filters_out"}


@dataclass(frozen=True)
class IosLike:
    """What systems that write as IOS does say in other words.

    filters: commands that bind a list to an interface, with the version of IP. tables: commands that put an interface
    into another table of routes. shared: first words of addresses that several devices have. harmless, known: lines of
    interfaces and of the top that leave packets alone. doubtful: lines of interfaces that do not. switches: a port of
    which nothing is said bridges; None: that is not told.
    """

    read_lists: Callable[[Tree], Acls]
    groups: Callable[[Tree], Groups]
    forwards: Callable[[Tree], dict[int, bool | None]]
    filters: tuple[tuple[str, int], ...] = (("ip access-group", 4), ("ipv6 traffic-filter", 6))
    tables: tuple[str, ...] = ("vrf forwarding", "ip vrf forwarding")
    relays: tuple[tuple[str, tuple[tuple[int, int], ...]], ...] = ()
    harmless: re.Pattern[str] = HARMLESS
    known: re.Pattern[str] = KNOWN
    doubtful: tuple[tuple[str, DoubtKind, Said], ...] = DOUBTFUL
    joins: tuple[str, ...] = ()
    switches: bool | None = None
    bridged: tuple[str, ...] = ()


def device(tree: Tree, system: IosLike) -> Router:
    """A device that writes as IOS does."""
    lines = Lines(tree, system.read_lists(tree), system.groups(tree), lambda n: n.key.startswith("ipv6"))
    router = Router(tree.name, tree.source, system.forwards(tree))
    _interfaces(tree, router, lines, system)
    _routes(tree, router, lines)
    for interface in router.interfaces:
        _check(router, interface)
    for command, versions in _DYNAMIC:
        note_learnt(router, versions, (n for n in tree.all(command) if not n.negated), lines)
    router.doubts += unfinished(tree, lines)
    router.doubts += unread_at_top(tree, _ABOUT, system.known, lines)
    for node in (n for n in tree.all("ip nat") if not n.negated and n.key.split()[2:3] in (["inside"], ["outside"])):
        router.doubts.append(lines.doubt(_REWRITES, TRANSLATED, node))
    joins(tree, router, lines)
    _whole_device(tree, router, lines)
    for node in (n for n in tree.all("vlan filter") if not n.negated):
        for vlan in vlans_of("".join(node.after("vlan filter")[2:])) or {0}:
            note_bridged(router, vlan, [node], lines)
    return router


def _whole_device(tree: Tree, router: Router, lines: Lines) -> None:
    """Proxies, routes of one table in another, and what the device makes of itself."""
    for node in (n for n in tree.root.children if not n.negated):
        if _PASSES_ON.match(node.key):
            router.doubts.append(lines.doubt(_REWRITES, PROXIED, node))
        elif node.is_("event manager policy") or (
            node.is_("event manager applet") and any(_CONFIGURES.search(n.key) for n in node.children)
        ):
            router.doubts.append(lines.doubt(_ANYTHING, CHANGES_ITSELF, node))
        elif node.key.startswith(("cts role-based enforcement", "ip tcp intercept")):
            router.doubts.append(lines.doubt(_DROPS, SELECTED, node))
        elif node.key.startswith(("vrf definition", "ip vrf ", "global-address-family")):
            note_learnt(router, (4, 6), (n for n in walk(node) if n.key.startswith(_REPLICATES)), lines)


def _ios_forwards(tree: Tree) -> dict[int, bool | None]:
    told = tree.exact("ip routing")
    switch = any(n.is_("switchport") for b in tree.all("interface") for n in b.children)
    four = not told.negated if told else None if switch else True
    six = tree.exact("ipv6 unicast-routing")
    return {4: four, 6: six is not None and not six.negated}


def _interfaces(tree: Tree, router: Router, lines: Lines, system: IosLike) -> None:
    classes = {" ".join(b.after("policy-map")): b for b in tree.all("policy-map")}
    told = router.forwards[4] is None or any(n.is_("switchport") for b in tree.all("interface") for n in b.children)
    switch = told if system.switches is None else system.switches
    shut = shut_ports(tree)
    for block in tree.all("interface"):
        name = " ".join(block.after("interface"))
        if block.negated or full_name(name).startswith("null"):
            continue
        if full_name(name).startswith(system.joins or ("?",)):
            join_vlans(router, (), block, lines)
        elif _is_port(name, block.children, switch=switch):
            port(router, block, lines, system.harmless, system.bridged)
        else:
            router.interfaces.append(_interface(name, block, (lines, classes, system)))
            router.interfaces[-1].up = not lies_down(block, shut)
            if not router.interfaces[-1].addresses and not router.interfaces[-1].loose:
                unaddressed(router, block, lines)


def _is_port(name: str, nodes: list[Node], *, switch: bool) -> bool:
    """It bridges, and has no address."""
    node = last(nodes, "switchport")
    plain = next((n for n in reversed(nodes) if n.key == "switchport"), None)
    if plain is not None and plain.negated:
        return False
    addressed = any(n.is_("ip address") or n.is_("ipv6 address") for n in nodes if not n.negated)
    physical = not full_name(name).startswith(("vlan", "loopback", "tunnel", "bdi", "bvi")) and "." not in name
    return physical and not addressed and (node is not None or switch)


def _check(router: Router, interface: Interface) -> None:
    """Sources that are checked in the usual way; a list may let others in, too."""
    checks = [d for d in interface.doubts if d.why == CHECKED_SOURCE]
    if checks and all(_CHECKS.fullmatch(d.place.text.strip().lower()) for d in checks):
        interface.doubts = [d for d in interface.doubts if d.why != CHECKED_SOURCE]
        default = all("allow-default" in d.place.text for d in checks)
        check_sources(router, interface, checks[0].place, default=default)


def _interface(name: str, block: Node, known: tuple[Lines, dict[str, Node], IosLike]) -> Interface:
    """known: lines, policies by their names, and how the system says things."""
    lines, _, system = known
    nodes = block.children
    spelt = full_name(name)
    found = Interface(name, lines.place(block), hosts=not spelt.startswith("loopback"))
    table = last(nodes, *system.tables)
    if table and not table.negated:
        found.table = table.text.split()[-1]
    found.vlan = _vlan(spelt, nodes)
    for node in (n for n in nodes if not n.negated):
        _addressing(found, node, lines)
        _relaying(found, node, lines)
        for command, ports in system.relays:
            if node.is_(command):
                relay(found, node.after(command), ports, node, lines)
        _filtering(found, node, known)
    binding = tuple(command for command, _ in system.filters)
    unbound = [n for n in nodes if n.negated and n.key.startswith(binding)]
    if found.filters_in or found.filters_out:  # what it takes away is not told in these words
        found.doubts += [lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node) for node in unbound]
    taken = (*binding, "ip unnumbered", "service-policy", "ipv6 unnumbered", *(r for r, _ in system.relays))
    first = (*taken, *(start for start, _, _ in system.doubtful))
    found.doubts += sift(nodes, lambda n: n.key.startswith(first), system.harmless, lines)
    if spelt.startswith(("tunnel", "virtual-", "dialer")):
        found.doubts.append(lines.doubt(_TUNNELS, ENCRYPTED, block))
    found.peers = _peers(spelt, nodes, lines)
    return found


def _peers(spelt: str, nodes: list[Node], lines: Lines) -> tuple[IPAddress, ...] | None:
    """Where the other ends of a tunnel are, or of what a crypto map encrypts; none: anywhere."""
    if spelt.startswith("tunnel"):
        node = last(nodes, "tunnel destination")
        named = node.after("tunnel destination")[:1] if node and not node.negated else []
    elif spelt.startswith(("virtual-t", "virtual-ppp", "dialer")):
        named = []
    elif last(nodes, "crypto map"):
        maps = (n for b in lines.tree.all("crypto map") for n in b.children if n.is_("set peer") and not n.negated)
        named = [n.after("set peer")[0] for n in maps if n.after("set peer")]
    else:
        return None
    found = [address_in(word) for word in named]
    return tuple(one for one in found if one) if all(found) else ()


def _relaying(found: Interface, node: Node, lines: Lines) -> None:
    if node.is_("ip helper-address"):
        more = any(n.after("ip forward-protocol")[:1] == ["udp"] for n in lines.tree.all("ip forward-protocol"))
        relay(found, node.after("ip helper-address"), (ALL_PORTS,) if more else _RELAYED, node, lines)
    elif node.is_("ipv6 dhcp relay destination"):
        relay(found, node.after("ipv6 dhcp relay destination"), ((547, 547),), node, lines)


def _vlan(spelt: str, nodes: list[Node]) -> int:
    tag = last(nodes, "encapsulation dot1q vlan", "encapsulation dot1q")
    words = tag.text.split() if tag and not tag.negated else []
    number = words[-1:] if words and whole(words[-1]) else words[2:3] or [spelt.removeprefix("vlan")]
    return int(number[0]) if number and whole(number[0]) else 0


def _addressing(found: Interface, node: Node, lines: Lines) -> None:
    for command in ("ip address", "ipv6 address"):
        if node.is_(command):
            words = node.after(command)
            words = words[1:] if words[:1] in (["virtual"], ["mix"]) else words
            if words[1:2] == ["link-local"] or add_address(found, words, lines.place(node)):
                return
            found.loose = lines.doubt(_ROUTES, ADDRESS_UNTOLD, node)
    if node.is_("ip unnumbered") or node.is_("ipv6 unnumbered"):
        found.loose = lines.doubt(_ROUTES, ADDRESS_UNTOLD, node)
    words = node.text.split()
    shared = words[2:3] if node.is_("standby") or node.is_("vrrp") or node.is_("glbp") else []
    if (
        (shared in (["ip"], ["ipv4"], ["ipv6"]) and len(words) > 3)
        or node.is_("ip virtual-router address")
        or node.is_("ipv6 virtual-router address")
    ):
        add_virtual(found, (words[3:4] or [""])[0], lines.place(node))
    for group in node.children:  # hsrp 10, vrrp 10
        if node.is_("hsrp") or node.is_("vrrp") or node.is_("vrrpv3"):
            add_virtual(found, (group.text.split()[1:2] or [""])[0], lines.place(group))


def _filtering(found: Interface, node: Node, known: tuple[Lines, dict[str, Node], IosLike]) -> None:
    lines, classes, system = known
    words = node.text.split()
    for command, version in system.filters:
        if not node.is_(command):
            continue
        way = _WAY.get(words[-1].lower())
        if way is None or len(words) != 4:
            found.doubts.append(lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
            continue
        one = lines.filter(words[2], node, version, permits_rest=False)
        getattr(found, way)[version] = [one]
    if node.is_("service-policy") and not _only_shapes(classes.get(words[-1])):
        found.doubts.append(lines.doubt(_ROUTES if "type" in words else _DROPS, SELECTED, node))
    for start, kind, why in system.doubtful:
        if node.is_(start):
            found.doubts.append(lines.doubt(kind, why, node))


def _only_shapes(policy: Node | None) -> bool:
    """The policy drops no class of traffic whole."""
    if policy is None:
        return False
    inside = [n for c in policy.children for n in (c, *c.children)]
    return not any(n.key == "drop" or "conform-action drop" in n.key for n in inside)


_NEXT = re.compile(r"(?:tag|name|track|weight) \S+|permanent|multicast|unicast|global", re.IGNORECASE)


def _routes(tree: Tree, router: Router, lines: Lines) -> None:
    for command in ("ip route", "ipv6 route"):
        for node, words in tree.given(command):
            if command == "ip route" and words[:1] in (["static"], ["profile"]):
                continue
            route = static_route(words, node, lines)
            if route is None:
                router.doubts.append(lines.doubt(_ANYTHING, NOT_UNDERSTOOD, node))
            else:
                router.routes.append(route)


def in_table(route: Route, table: str) -> Route:
    """The route in another table."""
    return replace(route, table=table)


def static_route(words: list[str], node: Node, lines: Lines) -> Route | None:
    """The route that the words behind ``ip route`` tell; None when they are not understood."""
    table = ""
    if words[:1] == ["vrf"] and len(words) > 2:
        table, words = words[1], words[2:]
    try:
        if words and "/" in words[0]:
            network, words = ipaddress.ip_network(words[0], strict=False), words[1:]
        else:
            bits = acls.prefix_length(words[1])
            network, words = ipaddress.ip_network(f"{words[0]}/{bits}", strict=False), words[2:]
    except (ValueError, IndexError):
        return None
    rest = _NEXT.sub(" ", " ".join(words)).split()
    into_another = "global" in words
    interface: str = ""
    hop: ipaddress.IPv4Address | ipaddress.IPv6Address | None = None
    if rest and address_in(rest[0]) is None:
        interface = rest.pop(0)
        if interface.isalpha() and rest and rest[0][:1].isdigit() and address_in(rest[0]) is None:
            interface += rest.pop(0)
    if rest and (hop := address_in(rest[0])) is not None:
        rest.pop(0)
    distance = int(rest.pop(0)) if rest and whole(rest[0]) else 1
    discards = full_name(interface).startswith("null")
    if rest or (hop is None and not interface):
        return None
    certain = "track" not in words and not into_another
    return Route(network, lines.place(node), table, hop, interface, discards, distance, certain)


_IOS = IosLike(packet_lists, network_groups, _ios_forwards)


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    return device(tree, _IOS)
