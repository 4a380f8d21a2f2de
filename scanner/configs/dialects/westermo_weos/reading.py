"""WeOS 4: what a configuration says, as settings."""

from __future__ import annotations

from collections.abc import Callable, Collection

from scanner.configs.dialects.westermo_weos.device import (
    account_settings,
    log_settings,
    system_settings,
    time_settings,
    version_of,
)
from scanner.configs.dialects.westermo_weos.grammar import GRAMMAR
from scanner.configs.dialects.westermo_weos.management import service_settings, snmp_settings
from scanner.configs.dialects.westermo_weos.ports import interface_settings, port_settings, routing_settings
from scanner.configs.nodes import Node, walk
from scanner.configs.secrets import Mask
from scanner.configs.settings import UNKNOWN, Configuration, Sheet
from scanner.configs.tree import Tree, parse
from scanner.configs.understood import doubt_absence, doubt_the_rest, not_understood

_TOPICS: tuple[Callable[[Tree, Sheet], None], ...] = (
    system_settings,
    service_settings,
    snmp_settings,
    account_settings,
    log_settings,
    time_settings,
    interface_settings,
    port_settings,
    routing_settings,
)
_LOGINS = ("account", "line", "management", "password-policy")
# What a line may be about that stands in such a block, or begins so at the top.
_AREAS = {
    "aaa": (*_LOGINS, "interface"),
    "system": (*_LOGINS, "system", "time", "logging"),
    "alarm": ("logging",),
    "port": ("interface", "system"),
    "vlan": ("interface", "system"),
    "spanning-tree": ("interface", "system"),
    "frnt": ("interface", "system"),
    "mrp": ("interface", "system"),
    "lldp": ("interface", "management"),
    "igmp": ("interface",),
    "qos": ("interface",),
    "iface": ("interface", "line", "management", "snmp", "acl", "routing", "time", "logging"),
    "ip": ("interface", "line", "management", "snmp", "acl", "routing", "system", "binding"),
    "snmp-server": ("snmp",),
    "ntp": ("time",),
    "logging": ("logging",),
    "web": _LOGINS,
    "router": ("routing",),
    "tunnel": ("vpn", "interface"),
    "dhcp-server": ("system", "binding"),
}
_FILTERS = "firewall"


def read(data: bytes, name: str, mask: Mask) -> Configuration:
    """The settings of a WeOS configuration; InputError when it is no text or empty."""
    tree = parse(data, name, GRAMMAR, mask)
    sheet = Sheet(tree, "westermo-weos")
    sheet.version = version_of(tree)
    for topic in _TOPICS:
        topic(tree, sheet)
    if any(_FILTERS in node.key.split() and not node.negated for node in walk(tree.root)):
        tree.open.add("acl")
    lost = [_about(node) for node in not_understood(tree) if not node.negated]
    doubt_absence(sheet.rows, lost, UNKNOWN)
    doubt_the_rest(tree, _about)
    return sheet.configuration()


def _about(node: Node) -> Collection[str]:
    top = node
    while top.parent is not None and top.parent.parent is not None:
        top = top.parent
    return _AREAS.get(top.key.split(" ", 1)[0], ())
