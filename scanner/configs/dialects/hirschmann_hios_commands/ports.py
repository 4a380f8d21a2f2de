"""The ports: what each is for, and what guards it; interfaces with addresses.

A port as it is delivered is up and in VLAN 1 without a tag, as is one towards another switch of a network without
VLANs: such a port is for a device only where something else says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from scanner.configs.dialects.hirschmann_hios_commands.lines import is_on, text_of
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    PRUNED,
    ROUTED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_address,
    put_bpdu_filter,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
)
from scanner.configs.nodes import Node, every, given, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_PORT = re.compile(r"\d+(?:/\d+)+")  # not vlan/99, lag/1
_VIRTUAL = re.compile(r"vlan/(\d{1,4})")
_RING = re.compile(
    r"(?:mrp domain modify port (?:primary|secondary)(?: port)?|sub-ring (?:add|modify) \d+ .*port) (\d+(?:/\d+)+)"
)
_LLDP = {"tx-only": "lldp", "rx-only": "none", "tx-and-rx": "lldp", "disable": "none"}
_AUTHENTICATES = ("auto", "multi-client", "mac-based")


@dataclass
class HiosPort:
    """One port, its lines and its VLANs."""

    name: str
    block: Node
    tagged: frozenset[int]
    untagged: frozenset[int]
    use: str = UNKNOWN

    def last(self, *commands: str) -> Node | None:
        """The last of these lines in its block."""
        return last(self.block.children, *commands)

    def own_vlan(self) -> str:
        """The VLAN of what comes without a tag, where the port is in it."""
        told = text_of(self.last("vlan pvid"), "vlan pvid")
        bare = sorted(map(str, self.untagged), key=int)
        return told if told in bare else bare[0] if bare else ""


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Each port that has lines, with the VLAN of the address by which the switch is managed."""
    rings, members, mirrors = _rings(tree), _members(tree), _mirrors(tree)
    uses = []
    for block in tree.all("interface"):
        name = " ".join(block.after("interface")).lower()
        if _VIRTUAL.fullmatch(name):
            _virtual(sheet, name, block)
        if block.negated or not _PORT.fullmatch(name):
            continue
        port = HiosPort(name, block, *vlans_of_port(block))
        port.use = _use(tree, port)
        if port.use not in (DOWN, SPARE):
            port.use = MEMBER if name in members else MIRROR if name in mirrors else port.use
            port.use = UNKNOWN if name in rings and port.use == EDGE else port.use
        uses.append(port.use)
        _put(tree, sheet, port)
    put_switching(sheet, uses, {"dhcp_snooping": lambda: _snooping(tree), "arp_inspection": lambda: _inspection(tree)})
    _management(tree, sheet)


def vlans_of_port(block: Node) -> tuple[frozenset[int], frozenset[int]]:
    """VLANs with a tag and without one, as the lines leave them; VLAN 1 has no tag unless one says otherwise."""
    member, tagged = {1}, set[int]()
    for node in block.children:
        words = node.key.split()
        if words[:1] != ["vlan"] or len(words) < 3 or not whole(words[-1]):
            continue
        vlan = int(words[-1])
        if words[1] == "participation" and len(words) == 4:
            (member.add if words[2] == "include" and not node.negated else member.discard)(vlan)
        elif words[1] == "tagging":
            (tagged.discard if node.negated else tagged.add)(vlan)
        else:
            continue
        node.understood = True
    return frozenset(member & tagged), frozenset(member - tagged)


def _use(tree: Tree, port: HiosPort) -> str:
    if is_on(port.last("shutdown")):
        return DOWN
    if says_spare(text_of(port.last("name"), "name")):
        return SPARE
    if is_on(port.last("ip routing")):
        return ROUTED
    if port.tagged:
        return TRUNK
    declared = is_on(port.last("spanning-tree edge-port")) or _access(tree, port)[0] in ("port-security", "dot1x")
    return EDGE if port.untagged and (declared or 1 not in port.untagged) else UNKNOWN


def _put(tree: Tree, sheet: Sheet, port: HiosPort) -> None:
    name, block = port.name, port.block
    down, named = port.last("shutdown"), port.last("name")
    sheet.put("interface", name, "kind", "physical", block)
    sheet.switch("interface", name, "shutdown", down, default=NO, block=block)
    description = text_of(named, "name")
    sheet.put("interface", name, "description", description or ABSENT, named or block, present=bool(description))
    at = down if port.use == DOWN else block
    sheet.put("interface", name, "use", port.use, at, present=port.use != UNKNOWN)
    if port.use == UNKNOWN:
        put_unknown_port(sheet, name, block)
    if port.use == TRUNK:
        listed = vlan_list(port.tagged | port.untagged)
        sheet.put("interface", name, "trunk_vlans", "all" if carries_every_vlan(listed) else listed, block)
        sheet.put("interface", name, "native_vlan", port.own_vlan() or PRUNED, port.last("vlan pvid") or block)
    if port.use == ROUTED:
        _address(sheet, name, block)
    if port.use in (TRUNK, EDGE):
        sheet.put("interface", name, "mode", "trunk" if port.use == TRUNK else "access", block)
        silent = port.last("spanning-tree bpdu-filter")
        treeless = (tree.last("spanning-tree operation"), port.last("spanning-tree mode"))
        put_bpdu_filter(sheet, name, block, silent, next((n for n in treeless if is_on(n) is False), None))
    if port.use == EDGE:
        _edge(tree, sheet, port)


def _access(tree: Tree, port: HiosPort) -> tuple[str, Node | None]:
    """What decides which devices may use the port."""
    limit = port.last("port-security operation")
    if is_on(limit):
        return ("port-security" if is_on(tree.last("port-security operation")) else ABSENT), limit
    control = port.last("dot1x port-control")
    if control is not None and not control.negated and control.key.split()[-1] in _AUTHENTICATES:
        return ("dot1x" if is_on(tree.last("dot1x system-auth-control")) else "dot1x-off"), control
    return ABSENT, None


def _edge(tree: Tree, sheet: Sheet, port: HiosPort) -> None:
    """What is asked of a port that faces a device."""
    name, block = port.name, port.block
    sheet.put("interface", name, "access_vlan", port.own_vlan(), port.last("vlan pvid") or block)
    limits = [port.last(f"storm-control ingress {kind} operation") for kind in ("broadcast", "multicast")]
    limited = next((n for n in limits if is_on(n)), None)
    declared, guard = port.last("spanning-tree edge-port"), tree.last("spanning-tree bpdu-guard")
    silenced = any(is_on(n) is False for n in (tree.last("spanning-tree operation"), port.last("spanning-tree mode")))
    guarded = NO if silenced else YES if is_on(declared) and is_on(guard) else ABSENT
    sources = port.last("ip source-guard mode")
    lldp = port.last("lldp admin-state")
    put_edge(
        sheet,
        name,
        block,
        {
            "access_control": _access(tree, port),
            "storm_control": (YES if limited else ABSENT, limited or limits[0]),
            "edge": (YES if is_on(declared) else UNKNOWN, declared),
            "bpdu_guard": (guarded, guard),
            "source_guard": (YES if is_on(sources) else ABSENT, sources),
            "discovery": (_LLDP.get(text_of(lldp, "lldp admin-state"), UNKNOWN), lldp),
        },
    )


def _virtual(sheet: Sheet, name: str, block: Node) -> None:
    """The interface of a VLAN by which the device routes."""
    sheet.put("interface", name, "kind", "svi", block)
    _address(sheet, name, block)
    if last(block.children, "ip address primary"):
        sheet.put("interface", name, "access_vlan", name.partition("/")[2], block)


def _address(sheet: Sheet, name: str, block: Node) -> None:
    node = last(block.children, "ip address primary")
    words = node.after("ip address primary") if node and not node.negated else []
    if words:  # by access lists, which are not read
        sheet.missing("interface", name, "source_check", UNKNOWN, node)
    put_address(sheet, name, block, node, words)
    for setting, command in (("proxy_arp", "ip proxy-arp operation"), ("directed_broadcast", "ip netdirbcast")):
        sheet.switch("interface", name, setting, last(block.children, command), default=UNKNOWN, block=block)


def _management(tree: Tree, sheet: Sheet) -> None:
    """The VLAN of the address by which the switch is managed, where it has one of its own."""
    vlan, parms = tree.last("network management vlan"), tree.last("network parms")
    told = text_of(vlan, "network management vlan")
    words = parms.after("network parms") if parms and not parms.negated else []
    if whole(told):
        sheet.put("interface", "management", "access_vlan", told, vlan)
    elif words and words[0] != "0.0.0.0":  # noqa: S104
        sheet.put("interface", "management", "access_vlan", "1", parms, present=False)


def _rings(tree: Tree) -> set[str]:
    """Ports of a ring, behind which is another switch."""
    nodes = (*tree.all("mrp"), *tree.all("sub-ring"))
    return {found[1] for n in nodes if not n.negated and (found := _RING.match(n.key))}


def _members(tree: Tree) -> set[str]:
    """Ports of an aggregation: ``link-aggregation modify lag/1 addport 1/1``."""
    added = (w for _, w in given(tree.all("link-aggregation"), "link-aggregation modify"))
    return {w[i + 1].lower() for w in added for i, word in enumerate(w[:-1]) if word.lower() == "addport"}


def _mirrors(tree: Tree) -> set[str]:
    """Ports on which traffic is mirrored: ``monitor session 1 destination interface 1/4``."""
    nodes = [n for n in every(tree.all("monitor"), "monitor session") if not n.negated]
    return {n.key.split()[-1] for n in nodes if " destination interface " in n.key}


def _snooping(tree: Tree) -> tuple[str, Node | None]:
    mode = tree.last("ip dhcp-snooping mode")
    if not is_on(mode):
        return ABSENT, mode
    return (YES if _in_vlans(tree, "ip dhcp-snooping") else "no-vlan"), mode


def _inspection(tree: Tree) -> tuple[str, Node | None]:
    node = _in_vlans(tree, "ip arp-inspection")
    return (YES, node) if node else (ABSENT, None)


def _in_vlans(tree: Tree, command: str) -> Node | None:
    """The function is on in some VLAN; the line stands among those of the VLANs."""
    inside = [n for block in tree.all("vlan database") for n in every(block.children, command)]
    return next((n for n in inside if is_on(n)), None)
