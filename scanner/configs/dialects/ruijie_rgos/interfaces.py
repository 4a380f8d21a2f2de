"""Interfaces and their addresses and filters; ``ports.py`` has what is said of the ports of a switch."""

from __future__ import annotations

from scanner.configs.dialects.ruijie_rgos.grammar import full_name
from scanner.configs.dialects.ruijie_rgos.ports import around, port_settings, switching_settings
from scanner.configs.interfaces import describe, is_down, put_address
from scanner.configs.nodes import Node
from scanner.configs.settings import Sheet
from scanner.configs.tree import Tree

_KINDS = (
    *(("vlan", "svi"), ("bvi", "svi"), ("aggregateport", "lag"), ("loopback", "loopback")),
    *((start, "tunnel") for start in ("tunnel", "overlay", "vxlan", "nve")),
    *((start, "serial") for start in ("serial", "dialer", "async", "multilink", "pos", "e1", "virtual-ppp")),
    *((start, "radio") for start in ("dot11radio", "wlan")),
    *((start, "other") for start in ("null", "cellular", "virtual-", "vsl")),
)
FILTERS = (*("ip access-group", "ipv6 traffic-filter", "ipv6 access-group", "mac access-group", "expert access-group"),)


def port_name(block: Node) -> str:
    """The port of a block; a range may be of one."""
    words = block.after("interface")
    return " ".join(words[1:] if words[0].lower() == "range" else words)


def kind_of(name: str) -> str:
    """Physical, svi, lag, loopback, tunnel, serial, radio or other."""
    return next((kind for start, kind in _KINDS if full_name(name).startswith(start)), "physical")


def port_rows(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, and for a port its switching settings."""
    blocks = [(b, port_name(b)) for b in tree.all("interface") if not b.negated and len(b.text.split()) > 1]
    whole = around(tree, [(name, block.children) for block, name in blocks])
    uses = []
    for block, name in blocks:
        kind = kind_of(name)
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _common(sheet, name, block)
        if kind in ("physical", "lag"):
            uses.append((port_settings(sheet, name, block, whole), block.children))
        elif kind == "svi" and full_name(name).startswith("vlan"):
            number = full_name(name).removeprefix("vlan")
            if address_line(block.children) and number.isdecimal() and not is_down(block.children):
                sheet.put("interface", name, "access_vlan", number, block)
    switching_settings(tree, sheet, uses)


def _common(sheet: Sheet, name: str, block: Node) -> None:
    describe(sheet, name, block, block.children)
    node = address_line(block.children)
    put_address(sheet, name, block, node, address_words(node) if node else [])
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        bound = [n for n in block.children if not n.negated and filter_of(n)[1:2] == [way]]
        if bound:
            sheet.put("interface", name, setting, filter_of(bound[-1])[0], bound[-1])
        else:
            sheet.missing("interface", name, setting, node=block)


def address_line(nodes: list[Node]) -> Node | None:
    """The line with the first address of the interface, if it has one; a fixed one rather than one that it is given."""
    found = [n for n in nodes if n.is_("ip address") and not n.negated and "secondary" not in n.key]
    found = [n for n in found if address_words(n)]
    return next((n for n in reversed(found) if "dhcp" not in n.key), found[-1] if found else None)


def address_words(node: Node) -> list[str]:
    """The words behind ``ip address``, without ``mix``, by which a port has a fixed address and one of DHCP."""
    words = node.after("ip address")
    words = words[1:] if words[:1] == ["mix"] else words
    if words and "/" in words[0]:
        return [*words[0].split("/", 1), *words[1:]]
    return words


def filter_of(node: Node) -> list[str]:
    """The list that a line binds to an interface, and its direction; empty for other lines."""
    for command in FILTERS:
        if node.is_(command):
            words = node.after(command)
            return [words[0], words[1].lower()] if len(words) > 1 else []
    return []
