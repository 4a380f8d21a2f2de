"""Routing protocols, and what a device that routes does with what others send.

Sources: Cisco IOS IP Routing command references (OSPF, EIGRP, RIP, BGP), First Hop Redundancy Protocols, IP Addressing,
Security and Quality of Service command references.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.grammar import exact, is_on
from scanner.configs.interfaces import is_down, is_for_management
from scanner.configs.routes import KEYED, PLAIN, kept, put_authentication, put_silent
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Node, Tree, every, last

_ROUTED = ("router ospf", "router eigrp", "router rip", "router bgp", "router isis", "ip routing")


def sources(tree: Tree) -> list[tuple[str, Node]]:
    """Interfaces with an address that are up, without loopbacks and ports that are for management alone."""
    found = []
    for block in tree.all("interface"):
        address = next((n for n in block.children if n.is_("ip address") and not n.negated), None)
        name = " ".join(block.after("interface"))
        if is_for_management(block.children, "vrf forwarding", "ip vrf forwarding"):
            continue
        if address and not block.negated and not is_down(block.children) and not name.lower().startswith("loopback"):
            found.append((name, block))
    return found


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, source addresses, and what guards the device itself."""
    interfaces = [b for _, b in sources(tree)]
    for block in tree.all("router ospf"):
        _ospf(sheet, block, interfaces)
    for name, command in (("eigrp", "ip authentication mode eigrp"), ("rip", "ip rip authentication mode")):
        for block in tree.all(f"router {name}"):
            _by_interface(sheet, block, interfaces, command)
    for block in tree.all("router bgp"):
        _bgp(sheet, block)
    _standby(tree, sheet)
    if _routes(tree, interfaces):
        _traffic(tree, sheet)


def _routes(tree: Tree, interfaces: list[Node]) -> bool:
    """It forwards between networks; switches do not unless they are told to."""
    if len(interfaces) < 2 or any(n.key == "ip routing" and n.negated for n in tree.all("ip routing")):
        return False
    told = any(not n.negated for c in _ROUTED for n in tree.all(c))
    switch = any(n.is_("switchport") and not n.negated for b in tree.all("interface") for n in b.children)
    return told or not switch


def _silent(block: Node) -> bool:
    """Every interface is passive."""
    nodes = [n for n in block.children if n.is_("passive-interface")]
    return any(n.key == "passive-interface default" and not n.negated for n in nodes) and not any(
        n.negated for n in nodes
    )


def _ospf(sheet: Sheet, block: Node, interfaces: list[Node]) -> None:
    item = " ".join(block.text.split()[1:3])
    if block.negated:
        return
    if _silent(block):
        put_silent(sheet, item, block)
        return
    areas = {n.key.split()[-1] for n in every(block.children, "network") if " area " in n.key}
    own = [n for b in interfaces for n in b.children if n.is_("ip ospf authentication") and not n.negated]
    asked = {
        n.key.split()[1]: n
        for n in every(block.children, "area")
        if n.key.split()[2:3] == ["authentication"] and not n.negated
    }
    found = [KEYED if "message-digest" in n.key else PLAIN for n in asked.values()]
    found += [PLAIN if n.key == "ip ospf authentication" else KEYED for n in own if "null" not in n.key]
    uncovered = areas - asked.keys()
    if not own and (uncovered or not asked):
        put_authentication(sheet, item, [], 0, block)
        return
    whole = bool(areas) and not uncovered and not any("null" in n.key for n in own)
    put_authentication(sheet, item, found, len(found) if whole else 0, block)


def _by_interface(sheet: Sheet, block: Node, interfaces: list[Node], command: str) -> None:
    item = " ".join(block.text.split()[1:3])
    if block.negated:
        return
    if _silent(block):
        put_silent(sheet, item, block)
        return
    family = [n for b in block.children if b.is_("address-family") for i in b.children for n in (i, *i.children)]
    found = [KEYED for n in family if n.is_("authentication mode") and not n.negated]
    if found:
        default = any(n.is_("af-interface default") and last(n.children, "authentication mode") for n in family)
        put_authentication(sheet, item, found, len(found) if default else 0, block)
        return
    nodes = [n for b in interfaces for n in b.children if n.is_(command) and not n.negated]
    put_authentication(sheet, item, [kept(n.key.split(), plain="text") for n in nodes], len(interfaces), block)


def _bgp(sheet: Sheet, block: Node) -> None:
    nodes = [n for n in (*block.children, *(i for f in block.children for i in f.children)) if n.is_("neighbor")]
    said: dict[str, set[str]] = {}
    group: dict[str, str] = {}
    first: dict[str, Node] = {}
    for node in nodes:
        words = node.key.split()
        if len(words) < 3 or node.negated:
            continue
        said.setdefault(words[1], set()).update(words[2:3] if words[2] != "inherit" else ["inherit"])
        first.setdefault(words[1], node)
        if words[2] == "peer-group" and len(words) > 3:
            group[words[1]] = words[3]
    for peer, what in said.items():
        if not (peer[0].isdigit() or ":" in peer) or "shutdown" in what:
            continue
        what = what | said.get(group.get(peer, ""), set())  # noqa: PLW2901
        if "remote-as" not in what and "inherit" not in what:
            continue
        asked = KEYED if {"password", "ao"} & what else UNKNOWN if "inherit" in what else ABSENT
        at = first[peer]
        sheet.put("routing", f"bgp neighbor {peer}", "authentication", asked, at, present=asked == KEYED)


def _standby(tree: Tree, sheet: Sheet) -> None:
    """HSRP: without anything the key is the word cisco, in clear."""
    for name, block in sources(tree):
        groups = {n.key.split()[1]: n for n in block.children if n.key.split()[2:3] == ["ip"] and n.is_("standby")}
        for number, node in groups.items():
            keys = [n for n in every(block.children, f"standby {number} authentication") if not n.negated]
            asked = ABSENT if not keys else KEYED if "md5" in keys[-1].key.split() else PLAIN
            item = f"hsrp {name} {number}"
            sheet.put("routing", item, "authentication", asked, keys[-1] if keys else node, present=bool(keys))


def _traffic(tree: Tree, sheet: Sheet) -> None:
    """Forged source addresses, answers for others, and the load on the processor."""
    nobody = exact(tree, "ip arp proxy disable")
    for name, block in sources(tree):
        nodes = block.children
        check = last(nodes, "ip verify unicast")
        filtered = next(
            (n for n in nodes if n.is_("ip access-group") and n.key.endswith(" in") and not n.negated), None
        )
        checked = "urpf" if is_on(check) else "acl" if filtered else ABSENT
        sheet.put("interface", name, "source_check", checked, check or filtered or block, present=checked != ABSENT)
        proxy = last(nodes, "ip proxy-arp")
        answers = NO if is_on(nobody) or (proxy and proxy.negated) else YES
        sheet.put("interface", name, "proxy_arp", answers, proxy or block, present=proxy is not None)
        broadcast = last(nodes, "ip directed-broadcast")
        sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)
    plane = tree.last("control-plane")
    policy = last(plane.children, "service-policy input") if plane else None
    sheet.switch("system", "device", "control_plane_policing", policy, default=ABSENT, block=plane)
