"""Interfaces, their addresses and filters; of the few models that switch, what the ports are for.

Source: Cisco ASA Series General Operations CLI Configuration Guide, "Interfaces". A port forwards nothing before it has
a name; the ASA 5505, ASA 5506 and Firepower 1010 have ports that switch, without any guard of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from scanner.configs.dialects.cisco_ios.ports import put_trunk
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    ROUTED,
    SPARE,
    TRUNK,
    describe,
    is_down,
    put_address,
    put_aggregate,
    put_unknown_port,
    said_to_be_spare,
)
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, UNKNOWN, Sheet
from scanner.configs.tree import Tree

_KINDS = (
    *(("vlan", "svi"), ("bvi", "svi"), ("port-channel", "lag"), ("redundant", "lag"), ("loopback", "loopback")),
    *(("tunnel", "tunnel"), ("vni", "tunnel"), ("nve", "tunnel"), ("internal-", "other")),
)


def interface_settings(tree: Tree, sheet: Sheet) -> None:
    """Each interface: address, filters, what it is for."""
    blocks = [(b, " ".join(b.after("interface"))) for b in tree.all("interface") if not b.negated]
    filters = _filters(tree)
    parents = {name.partition(".")[0].lower() for _, name in blocks if "." in name}
    parents |= {w.lower() for n in tree.all("failover") for w in n.text.split()[2:] if not n.negated}
    parents |= {" ".join(n.after("member-interface")).lower() for b, _ in blocks for n in b.children if not n.negated}
    switches = any(name.lower().startswith("vlan") for _, name in blocks)
    for block, name in blocks:
        kind = next((k for start, k in _KINDS if name.lower().startswith(start)), "physical")
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        nodes = block.children
        describe(sheet, name, block, nodes)
        node = last(nodes, "ip address")
        put_address(sheet, name, block, node, node.after("ip address")[:2] if node and not node.negated else [])
        _put_filters(sheet, name, block, filters)
        if kind in ("physical", "lag"):
            _port(sheet, name, block, parent=name.lower() in parents, switches=switches)
        elif name.lower().startswith("vlan") and is_on(node) and not is_down(nodes):
            sheet.put("interface", name, "access_vlan", name.lower().removeprefix("vlan").strip(), block)


def name_of(block: Node) -> str:
    """The name that the rest of the configuration calls an interface by; empty without one."""
    node = last(block.children, "nameif")
    return " ".join(node.after("nameif")) if node and not node.negated else ""


def _filters(tree: Tree) -> dict[tuple[str, str], Node]:
    """The lines that bind lists, by the name of the interface (empty: of all) and the direction."""
    found = {}
    for node, words in tree.given("access-group"):
        if words[1:2] == ["global"]:
            found["", "in"] = node
        elif len(words) > 3 and "control-plane" not in words[4:]:
            found[words[3], words[1]] = node
    return found


def filter_of(block: Node, filters: Mapping[tuple[str, str], Node], way: str) -> Node | None:
    """The line that filters what comes in or goes out at an interface."""
    name = name_of(block)
    return (filters.get((name, way)) or filters.get(("", way))) if name else None


def _put_filters(sheet: Sheet, name: str, block: Node, filters: Mapping[tuple[str, str], Node]) -> None:
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        node = filter_of(block, filters, way)
        if node:
            sheet.put("interface", name, setting, node.text.split()[1], node)
        else:
            sheet.missing("interface", name, setting, node=block)


def _port(sheet: Sheet, name: str, block: Node, *, parent: bool, switches: bool) -> None:
    nodes = block.children
    mode = last(nodes, "switchport mode")
    trunk = mode is not None and mode.key.endswith(" trunk") and not mode.negated
    switching = not name_of(block) and any(n.is_("switchport") and not n.negated for n in nodes)
    routed = bool(name_of(block)) or parent or "." in name
    if is_down(nodes):
        use = DOWN
    elif last(nodes, "channel-group"):
        use = MEMBER
    elif routed:
        use = ROUTED
    elif switching or switches:
        use = TRUNK if trunk else SPARE if said_to_be_spare(nodes) else EDGE
    else:
        use = UNKNOWN if last(nodes, "description") and not said_to_be_spare(nodes) else SPARE
    sheet.put("interface", name, "use", use, block)
    if use == MEMBER:
        put_aggregate(sheet, name, nodes, "channel-group", "Port-channel")
    if use == TRUNK:
        put_trunk(sheet, name, block, nodes)
    elif use == EDGE:
        put_unknown_port(sheet, name, block, but=("access_vlan",))
        sheet.words("interface", name, "access_vlan", "switchport access vlan", default="1", block=block)


def checked_sources(tree: Tree, sheet: Sheet) -> None:
    """Whether forged source addresses are dropped at each interface."""
    filters = _filters(tree)
    checks = {words[-1]: n for n, words in tree.given("ip verify reverse-path interface") if words}
    for block in tree.all("interface"):
        name = name_of(block)
        address = last(block.children, "ip address")
        apart = is_on(last(block.children, "management-only"))
        if block.negated or not name or is_down(block.children) or apart or not is_on(address):
            continue
        check, guard = checks.get(name), filter_of(block, filters, "in")
        value = "urpf" if check else "acl" if guard else ABSENT
        port = " ".join(block.after("interface"))
        sheet.put("interface", port, "source_check", value, check or guard or block, present=value != ABSENT)
