"""Interfaces and their addresses and filters; ``ports.py`` has what is said of the ports of a switch."""

from __future__ import annotations

from collections.abc import Callable

from scanner.configs.dialects.huawei_vrp.ports import around, port_settings, switching_settings
from scanner.configs.interfaces import describe, is_down, put_address
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree

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
    *((start, "serial") for start in ("serial", "atm", "dialer", "async", "bri", "pos", "mp-group", "controller")),
    *((start, "radio") for start in ("wlan-",)),
)


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, and for a port its switching settings."""
    blocks = [(b, " ".join(b.after("interface"))) for b in tree.all("interface") if not b.negated]
    whole = around(tree, [(name, block.children) for block, name in blocks])
    uses = []
    for block, name in blocks:
        kind = kind_of(name)
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        put_common(sheet, name, block, filter_list)
        if kind in ("physical", "lag") and not name.lower().startswith("meth"):
            uses.append(port_settings(sheet, name, block, whole))
        elif kind == "svi" and name.lower().startswith("vlanif"):
            number = name.lower().removeprefix("vlanif").strip()
            if address_of(block.children) and number.isdecimal() and not is_down(block.children):
                sheet.put("interface", name, "access_vlan", number, block)
    switching_settings(tree, sheet, uses)


def kind_of(name: str) -> str:
    """Physical, svi, lag, loopback, tunnel, serial, radio or other."""
    return next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")


def address_of(nodes: list[Node]) -> Node | None:
    """The line with the first address of the interface, if it has one."""
    return next(
        (n for n in reversed(nodes) if n.is_("ip address") and not n.negated and not n.key.endswith(" sub")), None
    )


def put_common(sheet: Sheet, name: str, block: Node, filter_list: Callable[[Node], str]) -> None:
    """What is said of every interface. filter_list: the access list that a line filters by, empty for other lines."""
    nodes = block.children
    describe(sheet, name, block, nodes)
    node = address_of(nodes)
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
    if node.is_("packet-filter"):
        words = node.text.split()[1:]
        name = next((w for w in words if w.lower() not in ("inbound", "outbound", "acl", "ipv6", "name")), "")
        return f"ipv6 {name}" if name and "ipv6" in node.key.split() else name
    return after_acl(node) if node.is_("traffic-filter") or node.is_("traffic-secure") else ""


def after_acl(node: Node) -> str:
    """The list behind ``acl``, with its family (``acl 3000``, ``ipv6 acl name X``); empty where there is none."""
    words, lower = node.text.split(), node.key.split()
    if node.negated:
        words = words[1:]
    if "acl" not in lower[:-1]:
        return ""
    rest = [w for w in words[lower.index("acl") + 1 :] if w.lower() not in ("ipv6", "name")]
    return ("ipv6 " if "ipv6" in lower else "") + rest[0] if rest else ""
