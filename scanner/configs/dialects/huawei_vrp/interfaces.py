"""Interfaces and their switching settings."""

from __future__ import annotations

from scanner.configs.interfaces import carries_every_vlan, describe, put_address
from scanner.configs.settings import ABSENT, UNKNOWN, YES, Sheet
from scanner.configs.tree import Node, Tree, every, last

_KINDS = (
    ("vlanif", "svi"),
    ("eth-trunk", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("null", "other"),
    ("vbdif", "svi"),
    ("virtual-", "other"),
    ("nve", "other"),
    ("stack-port", "other"),
    ("cellular", "other"),
)


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, and for a port its switching settings."""
    guard = tree.last("stp bpdu-protection")
    on = guard is not None and not guard.negated
    for block in tree.all("interface"):
        if block.negated:
            continue
        name = " ".join(block.after("interface"))
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block)
        if kind in ("physical", "lag") and not name.lower().startswith("meth"):
            _port(sheet, name, block, guard=on)


def _interface_common(sheet: Sheet, name: str, block: Node) -> None:
    nodes = block.children
    describe(sheet, name, block, nodes)
    node = next(
        (n for n in reversed(nodes) if n.is_("ip address") and not n.negated and not n.key.endswith(" sub")), None
    )
    words = ["dhcp" if word == "dhcp-alloc" else word for word in node.after("ip address")] if node else []
    put_address(sheet, name, block, node, words)
    for setting, way in (("acl_in", "inbound"), ("acl_out", "outbound")):
        bound = [(n, acl) for n in nodes if not n.negated and way in n.key.split() and (acl := filter_list(n))]
        if bound:
            sheet.put("interface", name, setting, bound[-1][1], bound[-1][0])
        else:
            sheet.missing("interface", name, setting, node=block)


def filter_list(node: Node) -> str:
    """The list of a ``traffic-filter … acl [ipv6] [name] X`` or ``packet-filter X`` line, empty for other lines."""
    words = node.text.split()
    if node.is_("packet-filter"):
        return next((w for w in words[1:] if w.lower() not in ("inbound", "outbound", "acl", "ipv6", "name")), "")
    if (node.is_("traffic-filter") or node.is_("traffic-secure")) and "acl" in words[:-1]:
        rest = [w for w in words[words.index("acl") + 1 :] if w.lower() not in ("ipv6", "name")]
        return rest[0] if rest else ""
    return ""


def _port(sheet: Sheet, name: str, block: Node, *, guard: bool) -> None:
    """Switching settings of a port."""
    nodes = block.children
    routed = next((n for n in nodes if n.key == "portswitch" and n.negated), None)
    if routed or "." in name:
        sheet.put("interface", name, "mode", "routed", routed or block, present=routed is not None)
        return
    link = last(nodes, "port link-type")
    words = link.after("port link-type") if link and not link.negated else []
    mode = ("dynamic" if words[0].startswith("negotiation") else words[0].lower()) if words else UNKNOWN
    sheet.put("interface", name, "mode", mode, link or block, present=link is not None)
    if mode != "trunk":
        sheet.words("interface", name, "access_vlan", "port default vlan", default="1", block=block)
    if mode != "access":
        sheet.words("interface", name, "native_vlan", "port trunk pvid vlan", default="1", block=block)
        _trunk_vlans(sheet, name, block)
    sheet.switch("interface", name, "port_security", last(nodes, "port-security enable"), default=ABSENT, block=block)
    sheet.switch(
        "interface", name, "dot1x", last(nodes, "dot1x enable", "authentication-profile"), default=ABSENT, block=block
    )
    storm = last(nodes, "storm-control", "storm suppression", "broadcast-suppression", "multicast-suppression")
    sheet.switch("interface", name, "storm_control", storm, default=ABSENT, block=block)
    edge = last(nodes, "stp edged-port enable")
    sheet.switch("interface", name, "edge", edge, default=ABSENT, block=block)
    is_edge = edge is not None and not edge.negated
    sheet.missing("interface", name, "bpdu_guard", YES if guard and is_edge else ABSENT, block)


def _trunk_vlans(sheet: Sheet, name: str, block: Node) -> None:
    """Allowed VLANs: VLAN 1 unless it is removed, and what is allowed; ``all`` when (nearly) all 4094 are."""
    nodes = every(block.children, "port trunk allow-pass vlan")
    allowed = [n for n in nodes if not n.negated]
    text = " ".join(w for n in allowed for w in n.after("port trunk allow-pass vlan"))
    text = text.replace(" to ", "-").replace(" ", ",")
    if text == "all" or carries_every_vlan(text):
        text = "all"
    elif not any(n.negated and n.key.split()[-1] == "1" for n in nodes):
        text = f"1,{text}" if text else "1"
    sheet.put("interface", name, "trunk_vlans", text or "none", nodes[0] if nodes else block, present=bool(nodes))
