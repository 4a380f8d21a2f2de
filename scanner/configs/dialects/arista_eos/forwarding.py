"""How the device forwards, in which EOS differs from IOS.

Source: Arista EOS User Manual (IPv4, IPv6, ACLs and Route Maps, VRRP and VARP, Traffic Management, VXLAN). Nothing is
routed without ``ip routing`` and ``ipv6 unicast-routing``; a port bridges until it is told not to. Lists know no
states, and every one ends in an implicit denial.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.arista_eos.network import read_access_lists
from scanner.configs.dialects.cisco_ios.forwarding import DOUBTFUL, HARMLESS, KNOWN, IosLike, device
from scanner.configs.forwarding import DoubtKind, Router
from scanner.configs.forwarding_lines import ENCRYPTED, LEARNT, NOT_UNDERSTOOD, POLICY_ROUTED, SELECTED, Doubts
from scanner.configs.nodes import walk
from scanner.configs.tree import Tree

_HARMLESS = re.compile(
    rf"{HARMLESS.pattern}|vrf |ip (?:virtual-router address|attached-host|arp|icmp|hardware|dhcp relay information)"
    r"|ipv6 (?:virtual-router address|attached|dhcp relay (?:option|add))|encapsulation dot1q vlan|mlag "
    r"|port-channel |qos |flowcontrol |error-correction|phy |sflow |traffic-loop|transceiver|forwarding "
    r"|autostate|arp |pim |igmp |address locking|poe |dcbx |priority-flow|service-profile |counters "
    r"|queue-monitor|l2 mtu|multicast |vrrp |tx-queue|uc-tx-queue|comment",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    rf"{KNOWN.pattern}|vrf instance|service routing"
    r"|ip (?:load-sharing|hardware|virtual-router mac|community|icmp|extcommunity|routing|igmp|pim)"
    r"|ipv6 (?:hardware|routing)|management |mlag |hardware |tcam |system |platform |daemon |event-handler"
    r"|peer-filter |switchport default|no |interface |transceiver|monitor |queue-monitor|sflow|dhcp |agent "
    r"|default |match |mac ",
    re.IGNORECASE,
)
_DOUBTFUL = (
    *DOUBTFUL,
    ("traffic-policy", DoubtKind.DROPS, SELECTED),
    ("policy-map type pbr", DoubtKind.ROUTES, POLICY_ROUTED),
    ("bgp ", DoubtKind.ANYTHING, NOT_UNDERSTOOD),
    ("l3 source-interface", DoubtKind.TUNNELS, ENCRYPTED),
)


_ROUTING = ((4, "ip routing"), (6, "ipv6 unicast-routing"))


def _tables(tree: Tree, command: str) -> set[str]:
    """The tables of routes that are in use; each VRF is told by itself."""
    found: set[str] = set()
    for node in tree.all(command):
        words = node.text.split()[len(command.split()) + node.negated :]
        words = words[2:] if words[:2] == ["ipv6", "interfaces"] else words
        if not words or (words[0] == "vrf" and len(words) > 1):
            table = words[1] if words else ""
            (found.discard if node.negated else found.add)(table)
    return found


def _forwards(tree: Tree) -> dict[int, bool | None]:
    return {version: bool(_tables(tree, command)) for version, command in _ROUTING}


_SYSTEM = IosLike(
    read_access_lists,
    lambda _: {},
    _forwards,
    filters=(("ip access-group", 4), ("ipv6 access-group", 6)),
    tables=("vrf", "vrf forwarding"),
    harmless=_HARMLESS,
    known=_KNOWN,
    doubtful=_DOUBTFUL,
    joins=("vxlan", "recirc", "switch"),
    switches=True,
)


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    router = device(tree, _SYSTEM)
    doubts = Doubts(tree.source)
    for block in tree.all("router general"):
        leaks = (n for n in walk(block) if not n.negated and n.key.startswith("leak routes"))
        for node in leaks:  # of another table
            for version, _ in _ROUTING:
                router.dynamic.setdefault(version, []).append(doubts.doubt(DoubtKind.ROUTES, LEARNT, node))
    for version, command in _ROUTING:
        still = {i.table for i in router.interfaces} - _tables(tree, command)
        if still and router.forwards[version]:
            router.tables_off[version] = sorted(still)
    return router
