"""Routing protocols, and what a device that routes does with what others send.

Sources: Cisco IOS IP Routing command references (OSPF, EIGRP, RIP, BGP), First Hop Redundancy Protocols, IP Addressing,
Security and Quality of Service command references.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scanner.configs.interfaces import addressed, lies_down, shut_ports
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.routes import (
    KEYED,
    PLAIN,
    Asked,
    asked_by,
    is_silent,
    kept,
    neighbours,
    put_authentication,
    put_isis,
    put_silent,
)
from scanner.configs.routes_ipv6 import IOS, put_routing_ipv6
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.standby import groups_by_lines, put_group
from scanner.configs.tree import Tree

_ROUTED = ("router ospf", "router eigrp", "router rip", "router bgp", "router isis", "ip routing")
_WITHOUT_ARP = ("serial", "atm", "dialer", "async", "group-async", "bri", "pos", "multilink", "tunnel")
_EVERY, _MODE = "af-interface default", "authentication mode"
_PASSIVE = ("passive-interface", "default")
_NOT_FOUND = "?"  # a template that the file lacks


def sources(tree: Tree) -> list[tuple[str, Node]]:
    """Interfaces with an address that are up, without loopbacks and ports that are for management alone."""
    return addressed(tree, "vrf forwarding", "ip vrf forwarding")


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, source addresses, and what guards the device itself."""
    found = sources(tree)
    neighbour_settings(tree, sheet, found)
    if routes(tree, [b for _, b in found]):
        checked_sources(sheet, found)
        _traffic(tree, sheet, found)


def neighbour_settings(tree: Tree, sheet: Sheet, found: list[tuple[str, Node]]) -> None:
    """Authentication of neighbours. found: interfaces with an address."""
    interfaces = [b for _, b in found]
    own = asked_by(interfaces, "ip ospf authentication", _kept_by_ospf)
    for block in tree.all("router ospf"):
        speakers = sum(any(_joins_area(n) for n in b.children) for b in interfaces)
        put_ospf(sheet, block, own, speakers, keys=has_ospf_keys(interfaces, "ip ospf"))
    for name, command in (("eigrp", "ip authentication mode eigrp"), ("rip", "ip rip authentication mode")):
        own = asked_by(interfaces, command, lambda n: kept(n.key.split(), plain="text"))
        for block in tree.all(f"router {name}"):
            put_by_interface(sheet, block, own, len(interfaces))
    for block in tree.all("router bgp"):
        put_bgp(sheet, block)
    put_isis(
        sheet, tree.all("router isis"), tree.all("interface"), ("ip router isis", "ipv6 router isis", "isis enable")
    )
    put_routing_ipv6(tree, sheet, IOS)
    _standby(tree, sheet, found)


def routes(tree: Tree, interfaces: list[Node]) -> bool:
    """It forwards between networks; switches do not unless they are told to."""
    if len(interfaces) < 2 or any(n.key == "ip routing" and n.negated for n in tree.all("ip routing")):
        return False
    told = any(not n.negated for c in _ROUTED for n in tree.all(c))
    switch = any(n.is_("switchport") and not n.negated for b in tree.all("interface") for n in b.children)
    return told or not switch


def _kept_by_ospf(node: Node) -> str:
    if "null" in node.key:
        return ""
    return PLAIN if node.key == "ip ospf authentication" else KEYED


def _joins_area(node: Node) -> bool:
    """The interface speaks OSPF by a line of its own."""
    words = node.key.split()
    return not node.negated and words[:1] == ["ip"] and "ospf" in words[1:3] and "area" in words[2:5]


def has_ospf_keys(interfaces: list[Node], command: str) -> bool:
    """Some interface has a key for digests; without one the key is empty, and whoever knows that is let in."""
    keyed = (f"{command} message-digest-key", f"{command} authentication key-chain")
    return any(n.is_(k) and not n.negated for b in interfaces for n in b.children for k in keyed)


def put_ospf(sheet: Sheet, block: Node, own: Asked, speakers: int = 0, *, keys: bool) -> None:
    """What OSPF asks of its neighbours, by area or by interface. speakers: interfaces that say so themselves."""
    item = " ".join(block.text.split()[1:3])
    if block.negated:
        return
    if is_silent(block, *_PASSIVE):
        put_silent(sheet, item, block)
        return
    areas = {n.key.split()[-1] for n in every(block.children, "network") if " area " in n.key}
    asked = {
        n.key.split()[1]: n
        for n in every(block.children, "area")
        if n.key.split()[2:3] == ["authentication"] and not n.negated
    }
    found = own.kinds | {KEYED if "message-digest" in n.key else PLAIN for n in asked.values()}
    uncovered = areas - asked.keys()
    if not own.lines and (uncovered or not asked):
        put_authentication(sheet, item, (), block)
        return
    each = 0 < speakers <= own.lines and not areas
    everywhere = keys and (each or (bool(areas) and not uncovered)) and not own.nothing
    put_authentication(sheet, item, found, block, whole=everywhere)


def put_by_interface(sheet: Sheet, block: Node, own: Asked, interfaces: int) -> None:
    """What EIGRP or RIP asks of its neighbours, by interface."""
    item = " ".join(block.text.split()[1:3])
    if block.negated:
        return
    if is_silent(block, *_PASSIVE):
        put_silent(sheet, item, block)
        return
    families = [b for b in block.children if b.is_("address-family")]
    inside = [n for b in families for i in b.children for n in (i, *i.children)]
    if any(n.is_(_MODE) and not n.negated for n in inside):
        _put_named(sheet, item, block, families)
        return
    put_authentication(sheet, item, own.kinds, block, whole=0 < interfaces <= own.lines)


def _put_named(sheet: Sheet, item: str, block: Node, families: Sequence[Node]) -> None:
    """What EIGRP asks by the interfaces of its address families, where some of them ask for something.

    What is said of the interface ``default`` holds for all that do not say otherwise.
    """
    blocks = [_interfaces(family) for family in families]
    default = all(any(n.key == _EVERY and is_on(last(n.children, _MODE)) for n in found) for found in blocks)
    ones = [n for found in blocks for n in found if n.key != _EVERY]
    modes = [last(n.children, _MODE) for n in ones if not is_on(last(n.children, "passive-interface", "shutdown"))]
    bare = next((mode for mode in modes if mode is not None and mode.negated), None)
    if bare is not None:
        put_authentication(sheet, item, (), bare)
    else:
        put_authentication(sheet, item, (KEYED,), block, whole=default)


def _interfaces(family: Node) -> list[Node]:
    """The blocks of interfaces in an address family; one stands in another where nothing closes that."""
    found = (n for child in family.children for n in (child, *child.children))
    return [n for n in found if n.is_("af-interface") and not n.negated]


def put_bgp(sheet: Sheet, block: Node) -> None:
    """What BGP asks of each neighbour."""
    templates = {" ".join(n.after("template peer-session")): n for n in every(block.children, "template peer-session")}
    for peer in neighbours(block, "neighbor", "peer-group"):
        inherited = _inherited(templates, [n for n in block.children if n.is_(f"neighbor {peer.address} inherit")])
        told = peer.whole | inherited
        if "shutdown" in peer.own | inherited or not {"remote-as", "inherit"} & told:
            continue
        asked = KEYED if {"password", "ao"} & told else UNKNOWN if _NOT_FOUND in told else ABSENT
        item = f"bgp neighbor {peer.address}"
        sheet.put("routing", item, "authentication", asked, peer.node, present=asked == KEYED)


def _inherited(templates: Mapping[str, Node], lines: Sequence[Node]) -> set[str]:
    """What session templates set that these lines inherit, and those that they inherit in turn, by first words.

    Policy templates, which come beside them, have no passwords (IOS IP Routing: BGP, "BGP Peer Session Templates").
    """
    told: set[str] = set()
    open_ends = [name for line in lines if (name := _session(line))]
    for name in open_ends:
        block = templates.get(name)
        if block is None:
            told.add(_NOT_FOUND)
            continue
        for node in block.children:
            if not node.negated:
                told.add(node.key.split()[0])
                inner = _session(node)
                open_ends += [inner] if inner and inner not in open_ends else []
    return told


def _session(line: Node) -> str:
    """The session template that a line inherits."""
    words = line.text.split()
    at = words.index("peer-session") + 1 if "peer-session" in words and not line.negated else len(words)
    return " ".join(words[at : at + 1])


def _standby(tree: Tree, sheet: Sheet, interfaces: list[tuple[str, Node]]) -> None:
    """HSRP, VRRP and GLBP; of HSRP the key is the word cisco, in clear, where nothing is said."""
    shut, named = shut_ports(tree), {name for name, _ in interfaces}
    six = [(" ".join(b.after("interface")), b) for b in tree.all("interface") if not b.negated]
    six = [(n, b) for n, b in six if n not in named and every(b.children, "ipv6 address") and not lies_down(b, shut)]
    for protocol, command in (("hsrp", "standby"), ("vrrp", "vrrp"), ("glbp", "glbp")):
        for name, block in (*interfaces, *six):
            for group in groups_by_lines(name, block, protocol, command):
                put_group(sheet, group)


def checked_sources(sheet: Sheet, interfaces: list[tuple[str, Node]]) -> None:
    """Whether forged source addresses are dropped."""
    for name, block in interfaces:
        nodes = block.children
        check = last(nodes, "ip verify unicast")
        filtered = next(
            (n for n in nodes if n.is_("ip access-group") and n.key.endswith(" in") and not n.negated), None
        )
        checked = "urpf" if is_on(check) else "acl" if filtered else ABSENT
        sheet.put("interface", name, "source_check", checked, check or filtered or block, present=checked != ABSENT)


def _traffic(tree: Tree, sheet: Sheet, interfaces: list[tuple[str, Node]]) -> None:
    """Answers for others, and the load on the processor."""
    nobody = tree.exact("ip arp proxy disable")
    for name, block in interfaces:
        nodes = block.children
        if not name.lower().startswith(_WITHOUT_ARP):
            proxy = last(nodes, "ip proxy-arp")
            answers = NO if is_on(nobody) or (proxy and proxy.negated) else YES
            sheet.put("interface", name, "proxy_arp", answers, proxy or block, present=proxy is not None)
        broadcast = last(nodes, "ip directed-broadcast")
        sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)
    plane = tree.last("control-plane")
    policy = last(plane.children, "service-policy input") if plane else None
    sheet.switch("system", "device", "control_plane_policing", policy, default=ABSENT, block=plane)
