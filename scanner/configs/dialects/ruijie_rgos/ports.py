"""The ports of a switch: what each is for, and what guards it.

Sources: Ruijie RGOS configuration guides (VLAN, aggregated ports, MSTP, port security, 802.1X, storm control, DHCP
snooping, IP source guard, ARP check, dynamic ARP inspection, LLDP). A port of a switch is in VLAN 1 until it is told
otherwise, and no trunk is negotiated. Spanning tree, and with it BPDU guard, works only with ``spanning-tree`` at the
top. ARP is inspected where ``ip arp inspection`` names the VLAN, or on the ports with ``arp-check``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.configs.dialects.cisco_ios.ports import put_trunk
from scanner.configs.dialects.ruijie_rgos.grammar import full_name, units
from scanner.configs.dialects.ruijie_rgos.release import release
from scanner.configs.dialects.ruijie_rgos.system import GUARD_DEFAULT
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    ROUTED,
    SPARE,
    TRUNK,
    into_own_vlan,
    is_down,
    panel,
    put_aggregate,
    put_edge,
    put_switching,
    put_unknown_port,
    said_to_be_spare,
    switching_panels,
    yes_or,
)
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

# Commands that only a port which switches has.
_SWITCHES = (
    *("switchport", "spanning-tree", "storm-control", "rldp", "port-group", "dot1x", "arp-check", "ip verify source"),
    *("anti-arp-spoofing", "ip dhcp snooping", "poe"),
)
_FILTERED_OTHERWISE = ("web-auth", "security gsn", "nac", "smp-server", "mac-auth")
_NO_LIMIT = re.compile(r" level 100(?:\.0+)?\b")  # of what the port can carry
_NOBODY_BUT = ("storm-control broadcast", "storm-control multicast")


@dataclass(frozen=True)
class Around:
    """What the rest of the configuration says of every port."""

    panels: frozenset[str]  # names without their last number, of ports that switch
    mirrors: frozenset[str]  # destinations of monitor sessions
    tree_on: bool  # spanning tree runs
    guard: bool  # BPDU guard on every edge port
    silent: Node | None  # edge ports send and hear no BPDU
    edge: Node | None  # access ports are edge ports
    aaa: bool
    asks_nobody: bool  # 802.1X lets everybody in, by the list of AAA that it asks
    lldp: Node | None
    lldp_default: str


def around(tree: Tree, ports: Sequence[tuple[str, list[Node]]]) -> Around:
    """Read it once."""
    on = is_on(tree.exact("spanning-tree"))
    return Around(
        switching_panels(ports, _SWITCHES),
        frozenset(full_name(name) for name, _ in _mirrors(tree)),
        on,
        on and is_on(tree.last(GUARD_DEFAULT)),
        tree.last("spanning-tree portfast bpdufilter default"),
        tree.exact("spanning-tree portfast default"),
        is_on(tree.last("aaa new-model")),
        _asks_nobody(tree),
        tree.exact("lldp enable"),
        YES if release(tree).major == 11 and not release(tree).other else UNKNOWN,
    )


def _asks_nobody(tree: Tree) -> bool:
    """The list that 802.1X is checked by has ``none``, first or when no server answers."""
    chosen = [words[0].lower() for _, words in tree.given("dot1x authentication") if words]
    lists = {words[0].lower(): words[1:] for _, words in tree.given("aaa authentication dot1x") if words}
    methods = lists.get(chosen[-1] if chosen else "default", [])
    return "none" in map(str.lower, methods)


def _mirrors(tree: Tree) -> list[tuple[str, Node]]:
    """The ports to which traffic is mirrored, and the lines that say so."""
    found = []
    for node in (n for n in tree.all("monitor session") if not n.negated):
        words = node.text.split()
        if [w.lower() for w in words[3:5]] == ["destination", "interface"]:
            names = re.split(
                r"\s(?:ingress|switch|encapsulation)\b", " ".join(words[5:]), maxsplit=1, flags=re.IGNORECASE
            )[0]
            found += [(unit.text.partition(" ")[2], node) for unit in units(f"interface range {names}")]
    return found


def port_settings(sheet: Sheet, name: str, block: Node, whole: Around) -> str:
    """The rows of a port; what it is for."""
    nodes = block.children
    mode, node = _mode(name, nodes, whole)
    use = _use(name, nodes, mode, whole)
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    sheet.put("interface", name, "use", use, block)
    if use == MEMBER:
        put_aggregate(sheet, name, nodes, "port-group", "AggregatePort ")
    if use == TRUNK:
        put_trunk(sheet, name, block, nodes)
    elif use == EDGE and not full_name(name).startswith("aggregateport"):
        _edge(sheet, name, block, whole)
    elif use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if use in (TRUNK, EDGE, UNKNOWN):
        sheet.put("interface", name, "negotiation", NO, node or block, present=node is not None)
        value, at = _bpdu_filter(nodes, whole)
        sheet.put("interface", name, "bpdu_filter", value, at or block, present=at is not None)
    return use


def _mode(name: str, nodes: list[Node], whole: Around) -> tuple[str, Node | None]:
    switch = next((n for n in reversed(nodes) if n.key == "switchport"), None)
    if switch and switch.negated:
        return "routed", switch
    node = last(nodes, "switchport mode")
    if node and not node.negated and node.after("switchport mode"):
        return " ".join(node.after("switchport mode")).lower(), node
    routed = last(nodes, "ip address", "ipv6 address", "vrf forwarding", "ip vrf forwarding", "encapsulation dot1q")
    if (routed and not switch) or "." in name or full_name(name).startswith("mgmt"):
        return "routed", routed
    own = any(n.is_(c) and not n.negated for n in nodes for c in _SWITCHES)
    lag = full_name(name).startswith("aggregateport") and bool(whole.panels)
    return ("access" if own or lag or panel(name) in whole.panels else UNKNOWN), switch


def _use(name: str, nodes: list[Node], mode: str, whole: Around) -> str:
    if is_down(nodes):
        return DOWN
    if mode == "routed":
        return ROUTED
    if is_on(last(nodes, "port-group")):
        return MEMBER
    if full_name(name) in whole.mirrors:
        return MIRROR
    return TRUNK if mode in ("trunk", "uplink") else _with_device(nodes, mode)


def _with_device(nodes: list[Node], mode: str) -> str:
    """Whether a device is behind a port that is up, or nobody has set anything on it."""
    if said_to_be_spare(nodes):
        return SPARE
    if mode not in ("access", "private-vlan host"):
        return UNKNOWN  # hybrid, a tunnel, ...
    return EDGE if any(not n.negated for n in nodes) else SPARE


def _edge(sheet: Sheet, name: str, block: Node, whole: Around) -> None:
    nodes = block.children
    sheet.words("interface", name, "access_vlan", "switchport access vlan", default="1", block=block)
    storm = [n for n in nodes if any(n.is_(c) for c in _NOBODY_BUT) and not n.negated and not _NO_LIMIT.search(n.key)]
    edge, fast = _is_edge(nodes, whole)
    put_edge(
        sheet,
        name,
        block,
        {
            "access_control": _access_control(nodes, whole),
            "storm_control": (YES, storm[-1]) if storm else (ABSENT, None),
            "edge": (YES if edge else ABSENT, fast),
            "bpdu_guard": _bpdu_guard(nodes, whole, edge=edge),
            "source_guard": yes_or(ABSENT, last(nodes, "ip verify source")),
            "discovery": _discovery(nodes, whole),
        },
    )


def _is_edge(nodes: list[Node], whole: Around) -> tuple[bool, Node | None]:
    fast = last(nodes, "spanning-tree portfast")
    if fast is not None:
        return not fast.negated and "disable" not in fast.key, fast
    return is_on(whole.edge), whole.edge if is_on(whole.edge) else None


def _bpdu_guard(nodes: list[Node], whole: Around, *, edge: bool) -> tuple[str, Node | None]:
    """Whether a BPDU shuts the port: not where spanning tree is off."""
    own = last(nodes, "spanning-tree bpduguard")
    if own and (own.negated or "disable" in own.key):
        return NO, own
    if not whole.tree_on:
        return ABSENT, None
    return (YES, own) if own else (YES if whole.guard and edge else ABSENT, None)


def _bpdu_filter(nodes: list[Node], whole: Around) -> tuple[str, Node | None]:
    own = last(nodes, "spanning-tree bpdufilter")
    if own:
        return (NO if own.negated or "disable" in own.key else YES), own
    edge, _ = _is_edge(nodes, whole)
    if edge and is_on(whole.silent):
        return YES, whole.silent
    return (NO if whole.tree_on else UNKNOWN), None


_LETS_IN = re.compile(r"dot1x (?:guest-vlan|auth-fail vlan|critical vlan) (\d+)")


def _access_control(nodes: list[Node], whole: Around) -> tuple[str, Node | None]:
    """What decides which devices may use the port. 802.1X asks the lists of AAA."""
    secure = next((n for n in reversed(nodes) if n.key == "switchport port-security"), None)
    dot1x = last(nodes, "dot1x port-control")
    if dot1x and is_on(dot1x) and dot1x.key.endswith(" auto"):
        open_ = into_own_vlan(nodes, ("switchport access vlan",), _LETS_IN)
        how = "dot1x-open" if whole.asks_nobody or open_ else "dot1x"
        return (how, open_ or dot1x) if whole.aaa else (UNKNOWN, None)
    if is_on(secure):
        return "port-security", secure
    if last(nodes, *_FILTERED_OTHERWISE):
        return UNKNOWN, None  # users log in on a page, or a server decides
    return ABSENT, None


def _discovery(nodes: list[Node], whole: Around) -> tuple[str, Node | None]:
    """LLDP towards the device."""
    own = next((n for n in reversed(nodes) if n.key == "lldp enable"), None)
    way = last(nodes, "lldp mode")
    if own and own.negated:
        return "none", own
    if way and (way.negated or way.key.endswith(" rx")):
        return "none", way
    if whole.lldp and whole.lldp.negated:
        return "none", whole.lldp
    spoken = whole.lldp_default if whole.lldp is None else YES
    return ("lldp", whole.lldp) if spoken == YES else (UNKNOWN, None)


def switching_settings(tree: Tree, sheet: Sheet, uses: Sequence[tuple[str, list[Node]]]) -> None:
    """DHCP snooping, ARP inspection, and ports on which traffic is mirrored. uses: of each port, and its lines."""

    def snooping() -> tuple[str, Node | None]:
        on, vlans = tree.exact("ip dhcp snooping"), tree.last("ip dhcp snooping vlan")
        if is_on(on) and vlans and vlans.negated:
            return UNKNOWN, None  # some VLANs were taken out
        return yes_or(ABSENT, on)

    def inspection() -> tuple[str, Node | None]:
        node = tree.last("ip arp inspection vlan")
        words = node.after("ip arp inspection vlan") if node and is_on(node) else []
        if words:
            return " ".join(words), node
        checked = [last(nodes, "arp-check") for use, nodes in uses if use == EDGE]
        on = [n for n in checked if n and is_on(n)]
        if on and len(on) == len(checked):
            return YES, on[0]
        return (UNKNOWN if on else ABSENT), None

    put_switching(sheet, [use for use, _ in uses], {"dhcp_snooping": snooping, "arp_inspection": inspection})
    for name, node in _mirrors(tree):
        takes = {"ingress", "switch"} & set(node.key.split()[6:])
        sheet.put("interface", name, "mirror_input", YES if takes else NO, node)
