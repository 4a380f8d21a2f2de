"""Interfaces and their addresses and filters; ``ports.py`` has what is said of the ports of a switch."""

from __future__ import annotations

from scanner.configs.dialects.cisco_ios.ports import IOS, PortWords, around, port_settings, switching_settings
from scanner.configs.interfaces import describe, is_down, put_address
from scanner.configs.nodes import Node, last
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree

_KINDS = (
    ("vlan", "svi"),
    ("port-channel", "lag"),
    ("loopback", "loopback"),
    ("tunnel", "tunnel"),
    ("vxlan", "tunnel"),
    ("nve", "tunnel"),
    ("recirc-channel", "other"),
    ("null", "other"),
    ("bdi", "svi"),
    ("bvi", "svi"),
    ("cellular", "other"),
    ("virtual-", "other"),
    ("appgigabit", "other"),  # towards applications on the device itself
    ("embedded-service", "other"),
    ("service-engine", "other"),
    *((start, "serial") for start in ("serial", "atm", "dialer", "async", "group-async", "bri", "pos", "multilink")),
    *((start, "radio") for start in ("dot11radio", "wlan-")),
)
MAX_TEMPLATE = 200  # commands of an interface template


def interface_settings(tree: Tree, sheet: Sheet, words: PortWords = IOS) -> None:
    """Each interface: address, filters, and for a port its switching settings. words: those of a relative."""
    blocks = [(b, " ".join(b.after("interface"))) for b in tree.all("interface") if not b.negated]
    templates = {" ".join(t.after("template")).lower(): t for t in tree.all("template")}
    whole = around(tree, [(name, block.children) for block, name in blocks], words)
    uses = []
    for block, name in blocks:
        kind = kind_of(name)
        source = last(block.children, "source template")
        template = templates.get(" ".join(source.after("source template")).lower()) if source else None
        nodes = (template.children[-MAX_TEMPLATE:] if template else []) + block.children
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block, nodes)
        if kind in ("physical", "lag"):
            uses.append(port_settings(sheet, name, block, nodes, whole))
        elif kind == "svi" and name.lower().startswith("vlan"):
            _management_vlan(sheet, name, block, nodes)
    switching_settings(tree, sheet, uses, words)


def kind_of(name: str) -> str:
    """Physical, svi, lag, loopback, tunnel, serial, radio or other."""
    return next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")


def _interface_common(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    describe(sheet, name, block, nodes)
    node = address_of(nodes)
    put_address(sheet, name, block, node, node.after("ip address") if node else [])
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        bound = [n for n in nodes if filters_traffic(n) and not n.negated and n.key.split()[-1] == way]
        if bound:
            sheet.put("interface", name, setting, bound[-1].text.split()[-2], bound[-1])
        else:
            sheet.missing("interface", name, setting, node=block)


def address_of(nodes: list[Node]) -> Node | None:
    """The line with the first address of the interface, if it has one."""
    node = next((n for n in reversed(nodes) if n.is_("ip address") and "secondary" not in n.key), None)
    return node if node and not node.negated and node.after("ip address") else None


def _management_vlan(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """The VLAN in which the device itself has an address."""
    node = address_of(nodes)
    number = name.lower().removeprefix("vlan").strip()
    if node and number.isdecimal() and not is_down(nodes):
        sheet.put("interface", name, "access_vlan", number, block)


_FILTERS = (
    *("ip access-group", "ipv6 access-group", "ipv6 traffic-filter", "mac access-group"),
    *("ip port access-group", "ipv6 port traffic-filter", "mac port access-group"),
)


def filters_traffic(node: Node) -> bool:
    """The line binds an access list to the traffic of an interface, of Arista and at ports of Nexus as well."""
    return any(node.is_(words) for words in _FILTERS)
