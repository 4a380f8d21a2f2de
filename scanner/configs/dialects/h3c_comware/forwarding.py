"""How the device forwards. Comware says it as VRP does, with names of its own.

Sources: H3C Comware 5 and 7 Command References (Layer 3 IP Services, IP Routing, ACL and QoS). Packets that no rule of
a packet filter matches are forwarded unless ``packet-filter default deny`` stands there. Comware 7 forwards IPv6 where
interfaces have addresses; Comware 5 wants to be told.
"""

from __future__ import annotations

from scanner.configs.dialects.h3c_comware.access_lists import read_access_lists
from scanner.configs.dialects.h3c_comware.interfaces import filter_list
from scanner.configs.dialects.huawei_vrp.forwarding import VrpLike, device
from scanner.configs.forwarding import Router
from scanner.configs.forwarding_lines import Lines
from scanner.configs.tree import Tree


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    lines = Lines(tree, read_access_lists(tree), {}, lambda n: "ipv6" in n.key.split())
    closed = tree.last("packet-filter default deny")
    seven = any(n.key.startswith("version 7") for n in tree.all("version"))
    system = VrpLike(
        "vlan-interface",
        filter_list,
        not (closed and not closed.negated),
        True if seven or tree.exact("ipv6") else None,
        ("traffic behavior", "qos apply policy"),
        ("port link-mode route",),
        denied_are_dropped=False,
    )
    return device(tree, lines, system)
