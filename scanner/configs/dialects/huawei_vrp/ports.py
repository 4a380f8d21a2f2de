"""The ports of a switch: what each is for, and what guards it.

Sources: Huawei S series Command Reference (Ethernet interfaces, VLAN, port security, NAC, traffic suppression and storm
control, STP/RSTP/MSTP, DHCP snooping, IP source guard, ARP security, LLDP, mirroring).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.configs.dialects.huawei_vrp.domains import Domains
from scanner.configs.dialects.huawei_vrp.grammar import full_name, units
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
    storm_guard,
    switching_panels,
    vlan_list,
    vlans_of,
)
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

# Commands that only a port which switches has.
_SWITCHES = ("port link-type", "port default vlan", "port trunk", "port hybrid", "stp edged-port", "port-security")
_STORM = (
    *("storm-control", "storm suppression"),
    *("broadcast-suppression", "multicast-suppression", "unicast-suppression"),
)
_ROUTES = ("ip address", "ipv6 address", "ip binding vpn-instance", "pppoe-client")


@dataclass(frozen=True)
class _Around:
    """What the rest of the configuration says of every port."""

    panels: frozenset[str]  # names without their last number, of ports that switch
    mirrors: frozenset[str]  # observing ports
    guard: bool  # BPDU guard on every edge port
    edge: Node | None  # ports are edge ports
    dot1x: bool
    lldp: Node | None
    sources: frozenset[str]  # VLANs in which source addresses are checked
    profiles: Mapping[str, str]  # authentication profiles, with how devices prove themselves
    profile_blocks: Mapping[str, Node]
    domains: Domains
    treeless: Node | None  # the line by which spanning tree runs nowhere
    members: Mapping[str, tuple[str, Node]]  # ports, of which an aggregation says that they are its own, with that line

    def events(self, profile: Node) -> list[Node]:
        """What the profile does when authentication does not end well."""
        block = self.profile_blocks.get(profile.key.split()[-1])
        return block.children if block else []


_BUILT_IN = {f"{kind}_authen_profile": how for kind, how in (("dot1x", "dot1x"), ("mac", "mab"), ("dot1xmac", "dot1x"))}


def _profiles(tree: Tree) -> dict[str, str]:
    """How devices prove themselves by each authentication profile; one without a way lets anybody in, or nobody."""
    found: dict[str, str] = dict(_BUILT_IN)
    for block in tree.all("authentication-profile name"):
        ways = {word for word in ("dot1x", "mac") if is_on(last(block.children, f"{word}-access-profile"))}
        if ways:
            found[block.key.split()[-1]] = "dot1x" if "dot1x" in ways else "mab"
    return found


def around(tree: Tree, ports: Sequence[tuple[str, list[Node]]]) -> _Around:
    """Read it once."""
    mirrors = (n.text.split()[-1].lower() for n, words in tree.given("observe-port") if "interface" in words)
    guard = tree.last("stp bpdu-protection")
    edge = tree.last("stp edged-port default")
    return _Around(
        switching_panels(ports, _SWITCHES),
        frozenset(mirrors),
        is_on(guard),
        edge if is_on(edge) else None,
        is_on(tree.last("dot1x enable")),
        tree.exact("lldp enable"),
        frozenset(
            " ".join(b.after("vlan"))
            for b in tree.all("vlan")
            if is_on(last(b.children, "ip source check user-bind enable"))
        ),
        _profiles(tree),
        {b.key.split()[-1]: b for b in tree.all("authentication-profile name") if not b.negated},
        Domains.of(tree),
        _says_off(tree.last("stp enable", "stp disable")),
        dict(_members(tree)),
    )


def _says_off(node: Node | None) -> Node | None:
    """The line, where spanning tree does not run by it."""
    return node if node is not None and node.key.startswith("stp disable") != node.negated else None


def _without_tree(nodes: list[Node], whole: _Around) -> Node | None:
    """The line by which no spanning tree runs on the port."""
    return whole.treeless or _says_off(last(nodes, "stp enable", "stp disable"))


def _members(tree: Tree) -> Iterator[tuple[str, tuple[str, Node]]]:
    """``trunkport GigabitEthernet 0/0/1 to 0/0/4 0/0/9`` in the block of an aggregation; a device saves it as lines of
    its ports, and scripts have it as it is.
    """
    for block in tree.all("interface"):
        for node in every(block.children, "trunkport") if not block.negated else ():
            kind, _, rest = " ".join(node.after("trunkport")).partition(" ")
            for part in re.findall(r"[\d/]+(?:\s+to\s+[\d/]+)?", rest.lower().partition(" mode")[0]):
                first, _, final = (word.strip() for word in part.partition("to"))
                names = f"{kind}{first} to {kind}{final or first}"
                for unit in units(f"interface range {names}") if not node.negated else ():
                    yield unit.key.removeprefix("interface "), (" ".join(block.after("interface")), node)


def port_settings(sheet: Sheet, name: str, block: Node, whole: _Around) -> str:
    """The rows of a port; what it is for."""
    nodes = block.children
    mode, node = _mode(name, nodes)
    use = _use(name, nodes, mode, whole)
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    sheet.put("interface", name, "use", use, block)
    if use == MEMBER:
        if full_name(name) in whole.members:
            sheet.put("interface", name, "aggregate", *whole.members[full_name(name)])
        else:
            put_aggregate(sheet, name, nodes, "eth-trunk", "Eth-Trunk")
    if use == TRUNK:
        _trunk(sheet, name, block)
    elif use == EDGE and not name.lower().startswith("eth-trunk"):
        _edge(sheet, name, block, whole)
    elif use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if use in (TRUNK, EDGE, UNKNOWN):
        how = YES if mode == "dynamic" else UNKNOWN if mode == UNKNOWN else NO
        sheet.put("interface", name, "negotiation", how, node or block, present=node is not None)
        put_bpdu_filter(sheet, name, block, last(nodes, "stp bpdu-filter"), _without_tree(nodes, whole))
    return use


def _mode(name: str, nodes: list[Node]) -> tuple[str, Node | None]:
    routed = next((n for n in nodes if n.key == "portswitch" and n.negated), None)
    routed = routed or next((n for n in nodes if any(n.is_(c) for c in _ROUTES) and not n.negated), None)
    if routed or "." in name:
        return "routed", routed
    link = last(nodes, "port link-type")
    words = link.after("port link-type") if link and not link.negated else []
    if not words:
        return UNKNOWN, None
    return ("dynamic" if words[0].startswith("negotiation") else words[0].lower()), link


def _use(name: str, nodes: list[Node], mode: str, whole: _Around) -> str:
    if is_down(nodes):
        return DOWN
    if mode == "routed":
        return ROUTED
    if full_name(name) in whole.members or any(n.is_("eth-trunk") and not n.negated for n in nodes):
        return MEMBER
    if name.lower().replace(" ", "") in whole.mirrors:
        return MIRROR
    if mode == "trunk" or last(nodes, "port trunk allow-pass vlan") or (mode == "hybrid" and _tagged(nodes)):
        return TRUNK
    return SPARE if said_to_be_spare(nodes) else _with_device(name, nodes, mode, whole)


def _with_device(name: str, nodes: list[Node], mode: str, whole: _Around) -> str:
    """Whether a device is behind a port that is up, or nobody has set anything on it."""
    if mode == "access" or last(nodes, "port default vlan"):
        return EDGE
    if mode == "hybrid" or last(nodes, "port hybrid"):
        tagged = [n for n in every(nodes, "port hybrid tagged") if not n.negated]
        return EDGE if not tagged and last(nodes, "port hybrid pvid", "stp edged-port enable") else UNKNOWN
    if mode != UNKNOWN or panel(name) not in whole.panels:
        return UNKNOWN
    return EDGE if any(not n.negated for n in nodes) else SPARE


def _edge(sheet: Sheet, name: str, block: Node, whole: _Around) -> None:
    nodes = block.children
    hybrid = last(nodes, "port hybrid pvid vlan")
    command = "port hybrid pvid vlan" if hybrid else "port default vlan"
    sheet.words("interface", name, "access_vlan", command, default="1", block=block)
    fast = last(nodes, "stp edged-port")
    edge = is_on(fast) and fast is not None and "disable" not in fast.key if fast else whole.edge is not None
    vlan = last(nodes, command)
    guarded = is_on(last(nodes, "ip source check user-bind enable"))
    guarded = guarded or (vlan is not None and vlan.key.split()[-1] in whole.sources)
    put_edge(
        sheet,
        name,
        block,
        {
            "access_control": _access_control(nodes, whole),
            "storm_control": storm_guard(nodes, _STORM),
            "edge": (YES if edge else ABSENT, fast or whole.edge),
            "bpdu_guard": (YES if whole.guard and edge else ABSENT, None),
            "source_guard": (YES if guarded else ABSENT, last(nodes, "ip source check user-bind enable")),
            "discovery": _discovery(nodes, whole),
        },
    )


_ACCESS = ("port default vlan", "port hybrid pvid vlan")
_LETS_IN = re.compile(
    r"(?:authentication event \S+ action authorize vlan|authentication (?:guest|critical|restrict)-vlan"
    r"|dot1x (?:guest|critical|restrict)-vlan) (\d+)"
)


def _access_control(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """What decides which devices may use the port."""
    secure, limit = last(nodes, "port-security enable"), last(nodes, "mac-limit maximum")
    dot1x, mac = last(nodes, "dot1x enable"), last(nodes, "mac-authen")
    profile = last(nodes, "authentication-profile")
    if profile is not None and is_on(profile):
        lines = whole.events(profile)
        open_ = into_own_vlan([*nodes, *lines], _ACCESS, _LETS_IN)
        if found := None if open_ else whole.domains.unasked(lines):
            return found
        return ("dot1x-open" if open_ else whole.profiles.get(profile.key.split()[-1], UNKNOWN)), profile
    forced = last(nodes, "dot1x port-control authorized-force")
    forced = forced if forced is last(nodes, "dot1x port-control") and is_on(forced) else None
    forced = forced or into_own_vlan(nodes, _ACCESS, _LETS_IN)
    asks = is_on(dot1x) and whole.dot1x and forced is None
    if asks or is_on(mac):
        return whole.domains.unasked([]) or (("dot1x", dot1x) if asks else ("mab", mac))
    if is_on(secure) or is_on(limit):
        return "port-security", secure if is_on(secure) else limit
    if is_on(dot1x) and whole.dot1x:
        return "dot1x-open", forced
    return ("dot1x-off", dot1x) if is_on(dot1x) else (ABSENT, None)


def _discovery(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """LLDP towards the device; whether it runs by default depends on the release."""
    own = next((n for n in reversed(nodes) if n.key == "lldp enable"), None)
    off = own if own and own.negated else None
    status = last(nodes, "lldp admin-status")
    if off or (whole.lldp and whole.lldp.negated) or (status and status.key.split()[-1] in ("rx", "disable")):
        return "none", off or whole.lldp or status
    return ("lldp", whole.lldp) if whole.lldp else (UNKNOWN, None)


def _trunk(sheet: Sheet, name: str, block: Node) -> None:
    """Allowed VLANs: VLAN 1 unless it is removed, and what is allowed; ``all`` when (nearly) all 4094 are."""
    hybrid = _tagged(block.children)
    nodes = hybrid or every(block.children, "port trunk allow-pass vlan")
    text = vlan_list(_allowed(nodes))
    text = "all" if carries_every_vlan(text) else text
    every_vlan = next((n for n in reversed(nodes) if not n.negated), None) if text == "all" else None
    at = every_vlan or next(iter(nodes), block)
    sheet.put("interface", name, "trunk_vlans", text, at, present=bool(nodes))
    command = "port hybrid pvid vlan" if hybrid else "port trunk pvid vlan"
    put_native_vlan(sheet, name, block, block.children, command, listed=text)


def _tagged(nodes: list[Node]) -> list[Node]:
    """The lines that make a hybrid port a trunk: those that let it carry every VLAN."""
    found = every(nodes, "port hybrid tagged vlan")
    return found if carries_every_vlan(vlan_list(_allowed(found))) else []


def _allowed(nodes: Sequence[Node]) -> set[int]:
    """The VLANs that the lines allow, and VLAN 1 as long as no line takes it away."""
    allowed = {1}
    for node in nodes:
        listed = node.key.partition(" vlan ")[2]
        vlans = vlans_of(f"1-{LAST_VLAN}" if listed == "all" else listed.replace(" to ", "-").replace(" ", ","))
        allowed = allowed - vlans if node.negated else allowed | vlans
    return allowed


def switching_settings(tree: Tree, sheet: Sheet, uses: Sequence[str]) -> None:
    """DHCP snooping and ARP inspection of a device with edge ports."""
    inside = [n for kind in ("interface", "vlan") for b in tree.all(kind) for n in b.children]

    def snooping() -> tuple[str, Node | None]:
        on = tree.exact("dhcp snooping enable")
        if on is None or on.negated:
            return (NO if on else ABSENT), on
        somewhere = any(n.is_("dhcp snooping enable") and not n.negated for n in inside)
        somewhere = somewhere or any(len(n.key.split()) > 3 and not n.negated for n in tree.all("dhcp snooping enable"))
        return (YES if somewhere else "no-vlan"), on

    def inspection() -> tuple[str, Node | None]:
        node = next((n for n in inside if n.is_("arp anti-attack check user-bind enable") and not n.negated), None)
        return (YES if node else ABSENT), node

    put_switching(sheet, uses, {"dhcp_snooping": snooping, "arp_inspection": inspection})
