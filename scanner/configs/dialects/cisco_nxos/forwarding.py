"""How the device forwards, in which NX-OS differs from IOS.

Source: Cisco Nexus 9000 Series NX-OS Unicast Routing, Interfaces, Security and Layer 2 Switching configuration guides.
It forwards both versions of IP wherever interfaces have addresses; static routes of other tables stand in their
``vrf context``. An SVI is shut down until it is told otherwise. Lists know no states, and every one ends in an implicit
denial.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.cisco_ios.forwarding import (
    DOUBTFUL,
    HARMLESS,
    KNOWN,
    IosLike,
    device,
    in_table,
    static_route,
)
from scanner.configs.dialects.cisco_nxos.network import read_access_lists
from scanner.configs.forwarding import DoubtKind, Router
from scanner.configs.forwarding_lines import LEARNT, NOT_UNDERSTOOD, SELECTED, Lines
from scanner.configs.tree import Tree

_DHCP = ((67, 67), (68, 68))
_HARMLESS = re.compile(
    rf"{HARMLESS.pattern}|vrf member |ip (?:forward|arp|router |port-unreachable|dhcp relay information|eigrp|passive)"
    r"|ipv6 (?:router |link-local|dhcp relay (?:option|source))|hsrp |vrrp |vrrpv3 |vpc |fec |beacon|hardware "
    r"|no-shutdown|management$|fabric |autostate|medium |inherit |carrier|system |rate-limit|flowcontrol"
    r"|priority-flow|encapsulation dot1q|layer2|switchport host|lldp|sflow|isis |delay|ntp |duplex|cdp",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    rf"{KNOWN.pattern}|feature(?:-set)? |vrf context|vdc |no |system |hardware |copp |role |cfs |vpc |fabric |boot "
    r"|ip (?:dns|igmp|pim|host|load|adjacency|sla)|ipv6 (?:pim|mld)|key |license|cli |control-plane"
    r"|limit-resource|allocate|fex|install|scheduler|nxapi|telemetry|callhome|port-profile|monitor|flow "
    r"|switchname|errdisable|lldp|copy|class-map|interface|slot|rmon|icam",
    re.IGNORECASE,
)
_DOUBTFUL = (
    *DOUBTFUL,
    ("ip port access-group", DoubtKind.DROPS, SELECTED),
    ("ipv6 port traffic-filter", DoubtKind.DROPS, SELECTED),
)
_SYSTEM = IosLike(
    read_access_lists,
    lambda _: {},
    lambda _: {4: True, 6: True},
    tables=("vrf member",),
    relays=(("ip dhcp relay address", _DHCP), ("ipv6 dhcp relay address", ((547, 547),))),
    harmless=_HARMLESS,
    known=_KNOWN,
    doubtful=_DOUBTFUL,
    joins=("nve", "overlay"),
)


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    router = device(tree, _SYSTEM)
    lines = Lines(tree, read_access_lists(tree), {}, lambda n: n.key.startswith("ipv6"))
    blocks = {" ".join(b.after("interface")): b for b in tree.all("interface")}
    for interface in router.interfaces:
        block = blocks[interface.name]
        if block.key.startswith("interface vlan") and not any(n.key.endswith("shutdown") for n in block.children):
            interface.doubts.append(lines.doubt(DoubtKind.DROPS, NOT_UNDERSTOOD, block))
    for block in tree.all("vrf context"):
        table = " ".join(block.after("vrf context")[:1])
        for node in (n for n in block.children if not n.negated):
            for command in ("ip route", "ipv6 route"):
                if not node.is_(command):
                    continue
                route = static_route(node.after(command), node, lines)
                if route is None:
                    router.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
                else:
                    router.routes.append(in_table(route, table))
            if node.is_("address-family") and any("import" in n.key for n in node.children):
                for version in (4, 6):
                    learnt = lines.doubt(DoubtKind.ROUTES, LEARNT, node)
                    router.dynamic.setdefault(version, []).append(learnt)
    return router
