"""The ports of a switch: what each is for, and what guards it.

Sources: H3C command references (Ethernet interfaces, VLAN, port security, 802.1X, MAC authentication, storm control,
spanning tree, DHCP snooping, IP source guard, ARP attack protection, LLDP, mirroring). A port that switches is an
access port in VLAN 1 without a command, in every release.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scanner.configs.interfaces import (
    DOWN,
    EDGE,
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
    put_edge,
    put_native_vlan,
    put_switching,
    put_unknown_port,
    said_to_be_spare,
    storm_guard,
    switching_panels,
)
from scanner.configs.nodes import Node, every, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

# Commands that only a port which switches has, and only one which routes.
_SWITCHES = (
    *("port link-mode bridge", "port link-type", "port access vlan", "port trunk", "port hybrid"),
    *("stp edged-port", "port-security"),
)
_ROUTES = ("port link-mode route", "ip address", "ipv6 address", "ip binding vpn-instance", "pppoe-client")
_STORM = ("storm-constrain", "broadcast-suppression", "multicast-suppression", "unicast-suppression")


@dataclass(frozen=True)
class _Around:
    """What the rest of the configuration says of every port."""

    panels: frozenset[str]  # names without their last number, of ports that switch
    mirrors: frozenset[str]  # monitor ports, in lower case
    guard: bool  # BPDU guard on every edge port
    dot1x: bool
    mac: bool  # MAC authentication
    security: bool  # port security
    lldp: Node | None


def around(tree: Tree, ports: Sequence[tuple[str, list[Node]]]) -> _Around:
    """Read it once."""
    mirrors = {
        "".join(n.key.split()[n.key.split().index("monitor-port") + 1 :])
        for n, words in tree.given("mirroring-group")
        if "monitor-port" in words
    }
    mirrors |= {
        name.lower()
        for name, nodes in ports
        if any(n.is_("mirroring-group") and n.key.endswith("monitor-port") and not n.negated for n in nodes)
    }
    return _Around(
        switching_panels(ports, _SWITCHES),
        frozenset(mirrors),
        is_on(tree.last("stp bpdu-protection")),
        is_on(tree.exact("dot1x")),
        is_on(tree.exact("mac-authentication")),
        is_on(tree.last("port-security enable")),
        tree.last("lldp global enable", "lldp enable"),
    )


def port_settings(sheet: Sheet, name: str, block: Node, whole: _Around) -> str:
    """The rows of a port; what it is for."""
    nodes = block.children
    mode, node = _mode(name, nodes, whole)
    use = _use(name, nodes, mode, whole)
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    sheet.put("interface", name, "use", use, block)
    if use == MEMBER:
        put_aggregate(sheet, name, nodes, "port link-aggregation group", "Bridge-Aggregation")
    if use == TRUNK:
        _trunk(sheet, name, block)
    elif use == EDGE and not name.lower().startswith("bridge-aggregation"):
        _edge(sheet, name, block, whole)
    elif use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if use in (TRUNK, EDGE):
        sheet.put("interface", name, "negotiation", NO, node or block, present=node is not None)
    return use


def _mode(name: str, nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    routed = next((n for n in nodes for c in _ROUTES if n.is_(c) and not n.negated), None)
    if routed or "." in name or name.lower().startswith("route-"):
        return "routed", routed
    link = last(nodes, "port link-type")
    words = link.after("port link-type") if link and not link.negated else []
    if words:
        return words[0].lower(), link
    return ("access" if panel(name) in whole.panels else UNKNOWN), None


def _use(name: str, nodes: list[Node], mode: str, whole: _Around) -> str:
    if is_down(nodes):
        return DOWN
    if mode == "routed":
        return ROUTED
    if any(n.is_("port link-aggregation group") and not n.negated for n in nodes):
        return MEMBER
    if name.lower().replace(" ", "") in whole.mirrors:
        return MIRROR
    if mode == "trunk" or (mode == "hybrid" and _tagged(nodes)):
        return TRUNK
    return SPARE if said_to_be_spare(nodes) else _with_device(nodes, mode)


def _with_device(nodes: list[Node], mode: str) -> str:
    """Whether a device is behind a port that is up, or nobody has set anything on it."""
    if mode == "hybrid":
        tagged = [n for n in every(nodes, "port hybrid vlan") if not n.negated and n.key.endswith(" tagged")]
        return EDGE if not tagged else UNKNOWN
    if mode != "access":
        return UNKNOWN
    set_ = [n for n in nodes if not n.negated and not n.is_("port link-mode") and not n.is_("combo")]
    return EDGE if set_ else SPARE


def _edge(sheet: Sheet, name: str, block: Node, whole: _Around) -> None:
    nodes = block.children
    command = "port hybrid pvid vlan" if last(nodes, "port hybrid pvid") else "port access vlan"
    sheet.words("interface", name, "access_vlan", command, default="1", block=block)
    fast = last(nodes, "stp edged-port")
    edge = is_on(fast) and fast is not None and not fast.key.endswith("disable")
    own = last(nodes, "stp port bpdu-protection")
    guard = (not own.key.endswith("disable") and not own.negated) if own else whole.guard and edge
    source = last(nodes, "ip verify source", "ip check source")
    put_edge(
        sheet,
        name,
        block,
        {
            "access_control": _access_control(nodes, whole),
            "storm_control": storm_guard(nodes, _STORM),
            "edge": (YES if edge else ABSENT, fast),
            "bpdu_guard": (YES if guard else ABSENT, own),
            "source_guard": (YES if is_on(source) else ABSENT, source),
            "discovery": _discovery(nodes, whole),
        },
    )


_ACCESS = ("port access vlan", "port hybrid pvid vlan")
_LETS_IN = re.compile(r"dot1x (?:guest-vlan|(?:auth-fail|critical) vlan) (\d+)")


def _access_control(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """What decides which devices may use the port."""
    mode, forced = last(nodes, "port-security port-mode"), last(nodes, "dot1x port-control")
    dot1x = next((n for n in reversed(nodes) if n.key == "dot1x"), None)
    mac, limit = last(nodes, "mac-authentication"), last(nodes, "mac-address max-mac-count")
    if is_on(mode) and mode is not None and "norestrictions" not in mode.key:
        return ("port-security", mode) if whole.security else (ABSENT, mode)
    if is_on(dot1x) and forced is not None and is_on(forced) and forced.key.endswith(" authorized-force"):
        return "dot1x-open", forced
    if is_on(dot1x) and (open_ := into_own_vlan(nodes, _ACCESS, _LETS_IN)):
        return "dot1x-open", open_
    if is_on(dot1x):
        return ("dot1x" if whole.dot1x or whole.security else "dot1x-off"), dot1x
    if is_on(mac) and mac is not None and mac.key == "mac-authentication" and (whole.mac or whole.security):
        return "mab", mac
    return ("port-security", limit) if is_on(limit) else (ABSENT, None)


def _discovery(nodes: list[Node], whole: _Around) -> tuple[str, Node | None]:
    """LLDP towards the device; whether it runs by default depends on the release."""
    own = next((n for n in reversed(nodes) if n.key == "lldp enable"), None)
    off = own if own and own.negated else None
    status = last(nodes, "lldp admin-status")
    silent = status is not None and status.key.split()[-1] in ("rx", "disable")
    if off or silent or (whole.lldp and whole.lldp.negated):
        return "none", off or status or whole.lldp
    return ("lldp", whole.lldp) if whole.lldp else (UNKNOWN, None)


def _trunk(sheet: Sheet, name: str, block: Node) -> None:
    """Allowed VLANs: VLAN 1 unless it is removed, and what is allowed; ``all`` when (nearly) all 4094 are."""
    hybrid = _tagged(block.children)
    nodes = hybrid or every(block.children, "port trunk permit vlan")
    text = _listed(nodes, "port hybrid vlan" if hybrid else "port trunk permit vlan")
    if text == "all" or carries_every_vlan(text):
        text = "all"
    elif not any(n.negated and n.key.split()[-1] == "1" for n in nodes):
        text = f"1,{text}" if text else "1"
    every_vlan = next((n for n in reversed(nodes) if not n.negated), None) if text == "all" else None
    at = every_vlan or next(iter(nodes), block)
    sheet.put("interface", name, "trunk_vlans", text or "none", at, present=bool(nodes))
    put_native_vlan(
        sheet, name, block, block.children, f"port {'hybrid' if hybrid else 'trunk'} pvid vlan", listed=text
    )


def _listed(nodes: Sequence[Node], command: str) -> str:
    """The VLANs behind the command: ``1-99,101``, or the word ``all``."""
    words = [w for n in nodes if not n.negated for w in n.after(command) if w.lower() != "tagged"]
    if any(w.lower() == "all" for w in words):
        return "all"
    return " ".join(words).replace(" to ", "-").replace(" ", ",")


def _tagged(nodes: list[Node]) -> list[Node]:
    """The lines that make a hybrid port a trunk: those that let it carry every VLAN."""
    found = [n for n in every(nodes, "port hybrid vlan") if not n.negated and n.key.endswith(" tagged")]
    return found if carries_every_vlan(_listed(found, "port hybrid vlan")) else []


def switching_settings(tree: Tree, sheet: Sheet, uses: Sequence[str]) -> None:
    """DHCP snooping and ARP inspection of a device with edge ports."""
    vlans = [n for b in tree.all("vlan") for n in b.children]

    def snooping() -> tuple[str, Node | None]:
        on = tree.last("dhcp snooping enable", "dhcp-snooping")
        on = on or next((n for n in vlans if n.is_("dhcp snooping enable") and not n.negated), None)
        return (ABSENT, None) if on is None else (NO if on.negated else YES, on)

    def inspection() -> tuple[str, Node | None]:
        node = next((n for n in vlans if n.is_("arp detection enable") and not n.negated), None)
        return (YES if node else ABSENT), node

    put_switching(sheet, uses, {"dhcp_snooping": snooping, "arp_inspection": inspection})
