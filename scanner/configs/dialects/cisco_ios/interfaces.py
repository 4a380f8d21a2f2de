"""Interfaces and their addresses and filters; ``ports.py`` has what is said of the ports of a switch."""

from __future__ import annotations

from dataclasses import replace

from scanner.configs.dialects.cisco_ios.ports import IOS, PortWords, around, port_settings, switching_settings
from scanner.configs.interfaces import describe, is_down, put_address
from scanner.configs.nodes import Node, every
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
_NEXUS = "inherit port-profile"
_TAKES_OVER = {  # how profiles begin, and the command of a port that takes one over
    "template": "source template",
    "port-profile": _NEXUS,
    "interface profile": "profile",
}


def interface_settings(tree: Tree, sheet: Sheet, words: PortWords = IOS) -> None:
    """Each interface: address, filters, and for a port its switching settings. words: those of a relative."""
    blocks = [(b, " ".join(b.after("interface"))) for b in tree.all("interface") if not b.negated and not is_pattern(b)]
    taken_over = _Profiles(tree)
    whole = around(tree, [(name, taken_over.nodes(block)) for block, name in blocks], words)
    uses = []
    for block, name in blocks:
        kind = kind_of(name)
        nodes = taken_over.nodes(block)
        sheet.put("interface", name, "kind", kind, block)
        if kind == "other":
            continue
        _interface_common(sheet, name, block, nodes)
        if kind in ("physical", "lag"):
            uses.append(port_settings(sheet, name, block, nodes, whole))
        elif kind == "svi" and name.lower().startswith("vlan"):
            _management_vlan(sheet, name, block, nodes)
    switching_settings(tree, sheet, uses, words)


class _Profiles:
    """What ports take over from elsewhere: templates of IOS, port profiles of NX-OS, interface profiles of EOS.

    Sources: IOS XE Interface and Hardware Command Reference (template, source template); NX-OS Interfaces Configuration
    Guide (port-profile, inherit port-profile, state enabled); EOS User Manual (interface profile, command, profile).
    """

    def __init__(self, tree: Tree) -> None:
        self._said: dict[tuple[str, str], list[Node]] = {}
        for start, command in _TAKES_OVER.items():
            for block in tree.all(start):
                name = " ".join(block.text.split()[-1:]).lower()
                self._said[command, name] = [_said(node) for node in block.children[-MAX_TEMPLATE:]]

    def nodes(self, block: Node) -> list[Node]:
        """The commands of a port behind those that it takes over; its own come last, so they win."""
        return [*self._inherited(block.children, set()), *block.children]

    def _inherited(self, nodes: list[Node], seen: set[tuple[str, str]]) -> list[Node]:
        found: list[Node] = []
        for command in _TAKES_OVER.values():
            for node in every(nodes, command):
                for name in node.key.removeprefix(command).split():
                    said = self._said.get((command, name), [])
                    if (command, name) not in seen and not node.negated:
                        seen.add((command, name))
                        if command != _NEXUS or any(n.key == "state enabled" for n in said):
                            found += [*self._inherited(said, seen), *said]
        return found


def is_pattern(block: Node) -> bool:
    """It is about no interface of its own, but what others take over."""
    return block.is_("interface profile") or block.is_("interface defaults")


def _said(node: Node) -> Node:
    """A command of a profile; those of EOS stand behind ``command``."""
    if not node.is_("command"):
        return node
    node.understood = True
    text = node.text.split(None, 1)[-1]
    negated = text.lower().startswith("no ")
    text = text[3:] if negated else text
    return replace(node, text=text, key=" ".join(text.lower().split()), negated=negated)


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
