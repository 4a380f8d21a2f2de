"""The ports of a switch: what each is for, and what guards it.

Sources: Cisco IOS LAN Switching, Security and Interface command references; Catalyst and IE 3x00 configuration guides
(port security, 802.1X, storm control, BPDU guard, IP source guard, DHCP snooping, CDP and LLDP).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scanner.configs.dialects.cisco_ios.grammar import full_name, units
from scanner.configs.dialects.cisco_ios.system import GUARD_DEFAULT, guard_default
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    LAST_VLAN,
    MEMBER,
    MIRROR,
    ROUTED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    into_own_vlan,
    is_down,
    panel,
    put_aggregate,
    put_bpdu_filter,
    put_edge,
    put_native_vlan,
    put_switching,
    put_unknown_port,
    said_to_be_spare,
    switching_panels,
    vlan_list,
    vlans_of,
    yes_or,
)
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

# Commands that only a port which switches has.
_SWITCHES = ("switchport", "spanning-tree portfast", "spanning-tree bpduguard", "storm-control", "authentication")
_NEGOTIATED = "dynamic"  # what ports that can also route do in VLANs where no mode is said
_NO_LIMIT = re.compile(r" level 100(?:\.0+)?\b")  # of what the port can carry
_VLANS = re.compile(r"\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*")
_DOT1X = ("authentication port-control", "dot1x port-control", "access-session port-control")


@dataclass(frozen=True)
class PortWords:
    """How relatives say of ports what differs from IOS, and what holds where they say nothing."""

    mode: str = UNKNOWN  # of a port of which no mode is said
    routed: tuple[str, ...] = ()  # beginnings of names of ports that never switch
    edge: str = "spanning-tree portfast"
    edge_default: tuple[str, ...] = ("spanning-tree portfast default", "spanning-tree portfast edge default")
    guard_default: tuple[str, ...] = GUARD_DEFAULT
    cdp: str = UNKNOWN  # runs: yes, no
    lldp: str = NO
    vlan_database: bool = True  # switches may share their list of VLANs (VTP)
    negotiates: bool = True  # ports may agree on a trunk (DTP)
    shut: str = ""  # the command by which ports that switch are down until a line says otherwise


IOS = PortWords()


@dataclass(frozen=True)
class _Around:
    """What the rest of the configuration says of every port."""

    panels: frozenset[str]  # names without their last number, of ports that switch
    mirrors: frozenset[str]  # destinations of monitor sessions
    guard: bool  # BPDU guard on every edge port
    edge: Node | None  # access ports are edge ports
    dot1x: Node | None
    cdp: Node | None
    lldp: Node | None
    profinet: bool
    treeless: Mapping[int, Node]  # VLANs without spanning tree, with the line that says so
    words: PortWords = IOS
    shut: bool = False


def around(tree: Tree, ports: Sequence[tuple[str, list[Node]]], words: PortWords = IOS) -> _Around:
    """Read it once."""
    mirrors = (
        unit.key.removeprefix("interface ")
        for n in tree.all("monitor session")
        if n.key.split()[3:5] == ["destination", "interface"]
        for unit in units(f"interface range {_ports_named(n)}")
    )
    return _Around(
        switching_panels(ports, _SWITCHES),
        frozenset(mirrors),
        is_on(guard_default(tree, *words.guard_default)),
        tree.exact(*words.edge_default),
        tree.last("dot1x system-auth-control"),
        tree.exact("cdp run", "cdp enable"),  # the latter: NX-OS
        tree.exact("lldp run", "feature lldp"),
        is_on(tree.exact("profinet")),
        _treeless(tree),
        words,
        bool(words.shut) and is_on(tree.exact(words.shut)),
    )


def _treeless(tree: Tree) -> dict[int, Node]:
    """The VLANs without spanning tree: ``no spanning-tree vlan 1-4094``, of EOS ``spanning-tree mode none``."""
    none = tree.exact("spanning-tree mode none")
    if none is not None and none is tree.last("spanning-tree mode") and not none.negated:
        return dict.fromkeys(range(1, LAST_VLAN + 1), none)
    found: dict[int, Node] = {}
    for node in tree.all("spanning-tree"):
        what, *words = node.after("spanning-tree") or [""]
        vlans = vlans_of("".join(words)) if what in ("vlan", "vlan-id") and _VLANS.fullmatch("".join(words)) else ()
        others = {vlan: line for vlan, line in found.items() if vlan not in vlans}
        found = others | dict.fromkeys(vlans, node) if node.negated else others
    return found


def _without_tree(nodes: list[Node], use: str, whole: _Around) -> Node | None:
    """The line by which no spanning tree runs in any VLAN of the port."""
    if use != EDGE:
        return whole.treeless.get(1) if len(whole.treeless) == LAST_VLAN else None
    vlan = last(nodes, "switchport access vlan")
    told = vlan.key.split()[-1] if is_on(vlan) and vlan is not None else "1"
    return whole.treeless.get(int(told)) if told.isdecimal() else None


def _ports_named(node: Node) -> str:
    """The ports of a destination, without what follows them: ``ingress untagged vlan 5``."""
    return re.split(r"\s(?:ingress|encapsulation)\b", " ".join(node.text.split()[5:]), maxsplit=1)[0]


def port_settings(sheet: Sheet, name: str, block: Node, nodes: list[Node], whole: _Around) -> str:
    """The rows of a port; what it is for."""
    mode, node = _mode(nodes, sub="." in name or name.lower().startswith(whole.words.routed), default=whole.words.mode)
    use = _use(name, nodes, mode, whole)
    if whole.shut and use not in (DOWN, ROUTED) and last(nodes, "shutdown") is None:
        use = DOWN if any(n.is_("switchport") for n in nodes) else UNKNOWN  # one that routes may be up
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    sheet.put("interface", name, "use", use, block)
    if use == MEMBER:
        put_aggregate(sheet, name, nodes, "channel-group", "Port-channel")
    if use == TRUNK:
        put_trunk(sheet, name, block, nodes)
    elif use == EDGE and not name.lower().startswith("port-channel"):
        _edge(sheet, name, block, nodes, whole)
    elif use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if use in (TRUNK, EDGE, UNKNOWN):
        negotiate = last(nodes, "switchport nonegotiate")
        fixed = is_on(negotiate) or not whole.words.negotiates
        how = NO if fixed or mode == "access" else YES if mode.startswith("dynamic") else UNKNOWN
        sheet.put("interface", name, "negotiation", how, negotiate or node or block, present=is_on(negotiate))
        put_bpdu_filter(sheet, name, block, last(nodes, "spanning-tree bpdufilter"), _without_tree(nodes, use, whole))
    return use


def _mode(nodes: list[Node], *, sub: bool, default: str) -> tuple[str, Node | None]:
    off = next((n for n in reversed(nodes) if n.key == "switchport"), None)
    if off and off.negated:
        return "routed", off
    node = last(nodes, "switchport mode")
    if node and not node.negated:
        words = node.after("switchport mode")
        return (" ".join(words).lower() if words else UNKNOWN), node
    routed = last(nodes, "ip address", "ipv6 address", "vrf forwarding", "ip vrf forwarding", "vrf member")
    if off and not sub:  # it says that it switches, and no more, whatever it says of addresses
        return {"routed": "access", UNKNOWN: _NEGOTIATED}.get(default, default), off
    if sub or routed:  # a port that switches has no line about addresses, not even "no ip address"
        return "routed", routed
    return default, None


def _use(name: str, nodes: list[Node], mode: str, whole: _Around) -> str:
    if is_down(nodes):
        return DOWN
    if mode == "routed" or any(n.is_("service instance") for n in nodes):
        return ROUTED
    if last(nodes, "channel-group"):
        return MEMBER
    if full_name(name) in whole.mirrors:
        return MIRROR
    if mode == "trunk":
        return TRUNK
    return SPARE if said_to_be_spare(nodes) else _with_device(name, nodes, mode, whole)


def _with_device(name: str, nodes: list[Node], mode: str, whole: _Around) -> str:
    """Whether a device is behind a port that is up, or nobody has set anything on it."""
    if mode == whole.words.mode and mode != UNKNOWN and all(n.negated for n in nodes):
        return SPARE  # it switches by default, and nothing is set on it
    if mode in ("access", "private-vlan host"):
        return EDGE
    if mode != UNKNOWN:  # negotiated, a tunnel, ...
        return EDGE if mode.startswith("dynamic") and last(nodes, "switchport access vlan") else UNKNOWN
    if panel(name) not in whole.panels:
        return UNKNOWN
    return EDGE if any(not n.negated for n in nodes) else SPARE


def _edge(sheet: Sheet, name: str, block: Node, nodes: list[Node], whole: _Around) -> None:
    sheet.words("interface", name, "access_vlan", "switchport access vlan", default="1", block=block, nodes=nodes)
    storm = [n for n in nodes if n.is_("storm-control") and not n.negated and _NO_LIMIT.search(n.key) is None]
    storm = [n for n in storm if "level" in n.key.split()]
    fast = last(nodes, whole.words.edge)
    default = whole.edge if is_on(whole.edge) else None
    edge = (is_on(fast) and fast is not None and "disable" not in fast.key) or (fast is None and default is not None)
    guard = last(nodes, "spanning-tree bpduguard")
    off = guard is not None and (guard.negated or "disable" in guard.key)
    source = last(nodes, "ip verify source")
    put_edge(
        sheet,
        name,
        block,
        {
            "access_control": _access_control(nodes, whole),
            "storm_control": (YES, storm[-1]) if storm else (ABSENT, None),
            "edge": (YES if edge else ABSENT, fast or default),
            "bpdu_guard": (NO if off else YES, guard) if guard else (YES if whole.guard and edge else ABSENT, None),
            "source_guard": yes_or(ABSENT, source),
            "discovery": _discovery(nodes, whole),
        },
    )


_LETS_IN = re.compile(
    r"authentication event (?:fail(?: retry \d+)?|no-response|server dead) action (?:authorize|reinitialize)"
    r"(?: vlan (\d+))?$"
    r"|dot1x (?:critical|guest-vlan|auth-fail)(?: vlan)?(?: (\d+))?$"
    r"|dot1x authentication failure action traffic allow(?: vlan (\d+))?$"
)


def _unlocked(nodes: list[Node]) -> Node | None:
    """The line by which whoever does not authenticate gets into the VLAN of the port: open mode, or when no server
    answers (``authentication event server dead action authorize``, IEEE 802.1X with critical authentication). Into
    another VLAN is not in.
    """
    unlocked = last(nodes, "authentication open")
    return unlocked if is_on(unlocked) else into_own_vlan(nodes, ("switchport access vlan",), _LETS_IN)


def _access_control(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """What decides which devices may use the port."""
    secure = next((n for n in reversed(nodes) if n.key == "switchport port-security"), None)
    dot1x = last(nodes, *_DOT1X)
    dot1x = dot1x if dot1x and dot1x.key.endswith(" auto") else None  # force-authorized asks nobody
    mab = last(nodes, "mab")
    unlocked = _unlocked(nodes)
    if is_on(unlocked):  # what does not authenticate gets in too
        return ("port-security", secure) if is_on(secure) else ("dot1x-open", unlocked)
    if dot1x and not dot1x.negated and (is_on(whole.dot1x) or is_on(mab)):
        return ("dot1x" if is_on(whole.dot1x) else "mab"), dot1x
    if secure and not secure.negated:
        return "port-security", secure
    if last(nodes, "source template", "service-policy type control subscriber"):
        return UNKNOWN, None  # what the template or policy does was not read
    return ("dot1x-off", dot1x) if dot1x and not dot1x.negated else (ABSENT, None)


def _discovery(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """CDP and LLDP towards the device; whether CDP runs by default depends on the platform. PROFINET needs LLDP."""
    spoken, doubt = [], False
    cdp, lldp = last(nodes, "cdp enable"), last(nodes, "lldp transmit")
    if not (cdp and cdp.negated):
        on = whole.words.cdp if whole.cdp is None else YES if is_on(whole.cdp) else NO
        spoken += ["cdp"] if on == YES else []
        doubt = on == UNKNOWN
    heard = whole.words.lldp if whole.lldp is None else YES if is_on(whole.lldp) else NO
    if not (lldp and lldp.negated) and heard == YES and not whole.profinet:
        spoken.append("lldp")
    if spoken:
        return ",".join(spoken), whole.cdp if "cdp" in spoken else whole.lldp
    return (UNKNOWN, None) if doubt else ("none", cdp or whole.cdp)


def put_trunk(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """The allowed list, printed in several lines that begin with ``add`` where it is long, and the untagged VLAN."""
    found = [n for n in every(nodes, "switchport trunk allowed vlan") if not n.negated]
    listed = vlan_list(_allowed(nodes))
    told = "all" if carries_every_vlan(listed) else listed
    at = found[-1 if told == "all" else 0] if found else block
    sheet.put("interface", name, "trunk_vlans", told, at, present=bool(found))
    _put_native(sheet, name, block, nodes, listed)


def _put_native(sheet: Sheet, name: str, block: Node, nodes: list[Node], listed: str) -> None:
    """The untagged VLAN, unless the device or the port tags that one, too."""
    own = last(nodes, "switchport trunk native vlan tag")
    tags = own or sheet.tree.last("vlan dot1q tag native")
    if tags and not tags.negated:
        sheet.put("interface", name, "native_vlan", "tagged", tags)
        return
    others = [n for n in nodes if not n.is_("switchport trunk native vlan tag")]
    put_native_vlan(sheet, name, block, others, "switchport trunk native vlan", listed=listed)


def _allowed(nodes: list[Node]) -> set[int]:
    """The VLANs that the lines allow together: all without any."""
    every_vlan = set(range(1, LAST_VLAN + 1))
    allowed = every_vlan
    for node in every(nodes, "switchport trunk allowed vlan"):
        words = [w.lower() for w in node.after("switchport trunk allowed vlan")]
        vlans = vlans_of(",".join(words[1:] if words and words[0].isalpha() else words))
        how = words[0] if words else "all"
        if node.negated or how == "all":
            allowed = every_vlan
        elif how == "add":
            allowed = allowed | vlans
        elif how in ("remove", "except"):
            allowed = (allowed if how == "remove" else every_vlan) - vlans
        else:
            allowed = vlans
    return allowed


def guarded_in(tree: Tree, command: str) -> Node | None:
    """The last line that names VLANs of which later lines leave some; ``no`` takes out what it names."""
    found: Node | None = None
    left: set[int] = set()
    for node in tree.all(command):
        named = vlans_of(",".join(node.after(command)))
        left = left - named if node.negated else left | named
        found = (found if left else None) if node.negated else node
    return found


def switching_settings(tree: Tree, sheet: Sheet, uses: Sequence[str], spelt: PortWords = IOS) -> None:
    """DHCP snooping, ARP inspection, the VLAN database, and ports on which traffic is mirrored."""

    def snooping() -> tuple[str, Node | None]:
        on = tree.exact("ip dhcp snooping")
        if is_on(on) and guarded_in(tree, "ip dhcp snooping vlan") is None:
            return "no-vlan", on
        return yes_or(ABSENT, on)

    def inspection() -> tuple[str, Node | None]:
        node = guarded_in(tree, "ip arp inspection vlan")
        return (" ".join(node.after("ip arp inspection vlan")) if node else ABSENT), node

    def vlan_database() -> tuple[str, Node | None]:
        node = tree.last("vtp mode")
        words = node.after("vtp mode") if node and is_on(node) else []
        return (words[0].lower(), node) if words else (UNKNOWN, None)

    guards = {"dhcp_snooping": snooping, "arp_inspection": inspection}
    if spelt.vlan_database:
        guards["vlan_database"] = vlan_database
    put_switching(sheet, uses, guards)
    for node in tree.all("monitor session"):
        words = node.text.split()
        if words[3:5] == ["destination", "interface"] and not node.negated and len(words) > 5:
            takes = YES if "ingress" in words[6:] else NO
            sheet.put("interface", " ".join(words[5:6]), "mirror_input", takes, node)
