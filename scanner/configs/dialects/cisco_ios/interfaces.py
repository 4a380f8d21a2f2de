"""Interfaces and their switching settings."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.grammar import is_on
from scanner.configs.dialects.cisco_ios.system import guard_default
from scanner.configs.interfaces import carries_every_vlan, describe, put_address
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Node, Tree, every, last

_KINDS = (
    ("vlan", "svi"),
    ("port-channel", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("null", "other"),
    ("bdi", "svi"),
    ("cellular", "other"),
    ("virtual-", "other"),
)


MAX_TEMPLATE = 200  # commands of an interface template


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, and for a port its switching settings."""
    guard = is_on(guard_default(tree))
    templates = {" ".join(t.after("template")).lower(): t for t in tree.all("template")}
    for block in tree.all("interface"):
        if block.negated:
            continue
        name = " ".join(block.after("interface"))
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        source = last(block.children, "source template")
        template = templates.get(" ".join(source.after("source template")).lower()) if source else None
        nodes = (template.children[-MAX_TEMPLATE:] if template else []) + block.children
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block, nodes)
        if kind in ("physical", "lag"):
            _port(sheet, name, block, nodes, guard=guard, sub="." in name)


def _interface_common(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    describe(sheet, name, block, nodes)
    node = next((n for n in reversed(nodes) if n.is_("ip address") and "secondary" not in n.key), None)
    words = node.after("ip address") if node and not node.negated else []
    put_address(sheet, name, block, node, words)
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        bound = [n for n in nodes if filters_traffic(n) and not n.negated and n.key.split()[-1] == way]
        if bound:
            sheet.put("interface", name, setting, bound[-1].text.split()[-2], bound[-1])
        else:
            sheet.missing("interface", name, setting, node=block)


def filters_traffic(node: Node) -> bool:
    """The line binds an access list to the traffic of an interface."""
    return node.is_("ip access-group") or node.is_("ipv6 traffic-filter") or node.is_("mac access-group")


def _port(sheet: Sheet, name: str, block: Node, nodes: list[Node], *, guard: bool, sub: bool) -> None:
    """Switching settings of a port."""
    mode, node = _mode(nodes, sub=sub)
    sheet.put("interface", name, "mode", mode, node or block, present=node is not None)
    if mode == "routed":
        return
    negotiate = last(nodes, "switchport nonegotiate")
    fixed = negotiate is not None and not negotiate.negated
    how = NO if fixed or mode == "access" else YES if mode == "dynamic" else UNKNOWN
    sheet.put("interface", name, "negotiation", how, negotiate or node or block, present=fixed)
    if mode != "trunk":
        sheet.words("interface", name, "access_vlan", "switchport access vlan", default="1", block=block, nodes=nodes)
    if mode != "access":
        sheet.words(
            "interface", name, "native_vlan", "switchport trunk native vlan", default="1", block=block, nodes=nodes
        )
        _trunk_vlans(sheet, name, block, nodes)
    sheet.switch(
        "interface",
        name,
        "port_security",
        next((n for n in reversed(nodes) if n.key == "switchport port-security"), None),
        default=ABSENT,
        block=block,
    )
    dot1x = last(
        nodes, "authentication port-control auto", "dot1x port-control auto", "access-session port-control auto"
    )
    sheet.switch("interface", name, "dot1x", dot1x, default=ABSENT, block=block)
    storm = last(nodes, "storm-control broadcast", "storm-control multicast", "storm-control unicast")
    sheet.switch("interface", name, "storm_control", storm, default=ABSENT, block=block)
    edge = last(nodes, "spanning-tree portfast")
    is_edge = edge is not None and not edge.negated and "disable" not in edge.key
    sheet.put("interface", name, "edge", YES if is_edge else ABSENT, edge or block, present=is_edge)
    bpdu = last(nodes, "spanning-tree bpduguard")
    if bpdu:
        off = bpdu.negated or "disable" in bpdu.key
        sheet.put("interface", name, "bpdu_guard", NO if off else YES, bpdu)
    else:
        sheet.missing("interface", name, "bpdu_guard", YES if guard and is_edge else ABSENT, block)


def _mode(nodes: list[Node], *, sub: bool) -> tuple[str, Node | None]:
    off = next((n for n in nodes if n.key == "switchport" and n.negated), None)
    if off:
        return "routed", off
    node = last(nodes, "switchport mode")
    if node and not node.negated:
        words = node.after("switchport mode")
        return (words[0].lower() if words else UNKNOWN), node
    address = last(nodes, "ip address", "ipv6 address")
    if sub or (address and not address.negated):
        return "routed", address
    return UNKNOWN, None


def _trunk_vlans(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """The allowed list; long lists are printed in several lines that begin with ``add``."""
    found = [n for n in every(nodes, "switchport trunk allowed vlan") if not n.negated]
    if not found:
        sheet.missing("interface", name, "trunk_vlans", "all", block)
        return
    words = [w for n in found for w in n.after("switchport trunk allowed vlan") if w.lower() != "add"]
    listed = ",".join(words)
    unlimited = carries_every_vlan(listed)
    sheet.put("interface", name, "trunk_vlans", "all" if unlimited else listed, found[0])
