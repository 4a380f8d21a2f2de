"""Routing protocols, and what a device that routes does with what others send.

Sources: Huawei S series and NetEngine Command References (OSPF, RIP, BGP, URPF, ARP, IP performance).
"""

from __future__ import annotations

from scanner.configs.interfaces import is_down, is_for_management
from scanner.configs.routes import KEYED, kept, put_authentication, put_silent
from scanner.configs.settings import ABSENT, NO, YES, Sheet
from scanner.configs.tree import Node, Tree, every, last


def sources(tree: Tree) -> list[tuple[str, Node]]:
    """Interfaces with an address that are up, without loopbacks and ports that are for management alone."""
    found = []
    for block in tree.all("interface"):
        name = " ".join(block.after("interface"))
        address = next((n for n in block.children if n.is_("ip address") and not n.negated), None)
        if name.lower().startswith("meth") or is_for_management(block.children, "ip binding vpn-instance"):
            continue
        if address and not block.negated and not is_down(block.children) and not name.lower().startswith("loopback"):
            found.append((name, block))
    return found


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, source addresses, and answers for others."""
    interfaces = [b for _, b in sources(tree)]
    for block in tree.all("ospf"):
        if not block.negated and every(block.children, "area"):
            _ospf(sheet, block, interfaces)
    for block in tree.all("rip"):
        nodes = [n for b in interfaces for n in every(b.children, "rip authentication-mode") if not n.negated]
        if not block.negated and every(block.children, "network"):
            found = [kept(n.key.split(), plain="simple") for n in nodes]
            put_authentication(sheet, " ".join(block.text.split()[:2]), found, len(interfaces), block)
    for block in tree.all("bgp"):
        if not block.negated:
            _bgp(sheet, block)
    if len(interfaces) > 1:
        _traffic(tree, sheet)


def _ospf(sheet: Sheet, block: Node, interfaces: list[Node]) -> None:
    areas = every(block.children, "area")
    asked = [
        m for a in areas if (m := last(a.children, "authentication-mode")) and not m.negated and "null" not in m.key
    ]
    own = [n for b in interfaces for n in every(b.children, "ospf authentication-mode") if not n.negated]
    item = " ".join(block.text.split()[:2])
    silent = [n for n in block.children if n.is_("silent-interface")]
    if any(n.key == "silent-interface all" and not n.negated for n in silent) and not any(n.negated for n in silent):
        put_silent(sheet, item, block)
        return
    if not own and len(asked) < len(areas):
        put_authentication(sheet, item, [], 0, block)
        return
    found = [kept(n.key.split(), plain="simple") for n in (*asked, *own) if "null" not in n.key]
    whole = len(asked) == len(areas) and not any("null" in n.key for n in own)
    put_authentication(sheet, item, found, len(found) if whole else 0, block)


def _bgp(sheet: Sheet, block: Node) -> None:
    nodes = [n for n in (*block.children, *(i for f in block.children for i in f.children)) if n.is_("peer")]
    said: dict[str, set[str]] = {}
    group: dict[str, str] = {}
    first: dict[str, Node] = {}
    for node in nodes:
        words = node.key.split()
        if len(words) < 3 or node.negated:
            continue
        said.setdefault(words[1], set()).add(words[2])
        first.setdefault(words[1], node)
        if words[2] == "group" and len(words) > 3:
            group[words[1]] = words[3]
    for peer, what in said.items():
        what = what | said.get(group.get(peer, ""), set())  # noqa: PLW2901
        if not (peer[0].isdigit() or ":" in peer) or "ignore" in what or "as-number" not in what:
            continue
        asked = KEYED if {"password", "keychain", "tcp-ao"} & what else ABSENT
        sheet.put("routing", f"bgp peer {peer}", "authentication", asked, first[peer], present=asked == KEYED)


def _traffic(tree: Tree, sheet: Sheet) -> None:
    """Forged source addresses and answers for others."""
    for name, block in sources(tree):
        nodes = block.children
        check = last(nodes, "urpf")
        filtered = next((n for n in nodes if n.is_("traffic-filter inbound") and not n.negated), None)
        checked = "urpf" if check and not check.negated else "acl" if filtered else ABSENT
        sheet.put("interface", name, "source_check", checked, check or filtered or block, present=checked != ABSENT)
        proxy = last(nodes, "arp-proxy enable", "arp proxy enable")
        answers = YES if proxy and not proxy.negated else NO
        sheet.put("interface", name, "proxy_arp", answers, proxy or block, present=proxy is not None)
        broadcast = last(nodes, "ip forward-broadcast")
        sheet.switch("interface", name, "directed_broadcast", broadcast, default=NO, block=block)
