"""How the device forwards, in which RGOS differs from IOS.

Sources: Ruijie RGOS configuration guides (IP routing, ACL, NAT, VLAN, aggregated ports, private VLAN). Routers and
switches of layer 3 forward IPv4 until ``no ip routing``; whether a switch is one of layer 3 is told by its ports that
route, by a protocol or VRRP. A list at an interface of a VLAN also meets what is bridged in the VLAN, unless ``svi
router-acls enable``. An expert list asks for MAC addresses too: what it denies is not told of packets. Lists know no
states, and every one ends in an implicit denial.
"""

from __future__ import annotations

import re

from scanner.configs.dialects.cisco_ios.forwarding import DOUBTFUL, HARMLESS, KNOWN, IosLike, device
from scanner.configs.dialects.ruijie_rgos.access_lists import OVERALL, read_access_lists
from scanner.configs.dialects.ruijie_rgos.grammar import full_name
from scanner.configs.dialects.ruijie_rgos.interfaces import FILTERS
from scanner.configs.dialects.ruijie_rgos.routing import routes
from scanner.configs.forwarding import DoubtKind, ForwardingDoubt, Router
from scanner.configs.forwarding_lines import BRIDGED_FILTER, SELECTED, Lines, join_vlans, note_bridged, relay
from scanner.configs.interfaces import speaks_ipv6, vlans_of
from scanner.configs.nodes import is_on
from scanner.configs.settings import whole
from scanner.configs.tree import Tree

_HARMLESS = re.compile(
    rf"{HARMLESS.pattern}|port-group |aggregateport |medium-type |flow-?control|rldp |anti-arp-spoofing |arp-check"
    r"|arp |dot1x |web-auth|security |address-bind|poe |eee|carrier-delay|physical-port|interface-mode|fec |gvrp"
    r"|switchport (?:hybrid|protected|backup|mode (?:hybrid|uplink))|nfpp |lldp |mac-address-|mac-limit|errdisable"
    r"|ip (?:verify source|igmp|gratuitous|ref|broadcast|nat-log|dhcp (?:snooping|relay information|client))"
    r"|ipv6 (?:nd|dhcp|address|snooping|source)|vrrp |bfd |lacp |rate-limit |traffic-|qos |mls |wrr|drr|speedlimit"
    r"|gateway |line-detect|snmp |monitor|sflow|track|keepalive|nexthop|frame-tag|efm|port |optic|link|erps|ring"
    r"|dlfp|dldp|voice |gsn|load-|multicast|igmp |mld |pim|isis|history|trust|encapsulation dot1q|subvlan"
    r"|supervlan",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    rf"{KNOWN.pattern}|nfpp|rldp|errdisable|switch virtual|vsl|address-bind|install|sysmac|webmaster|cwmp|redundancy"
    r"|ip (?:ref|fragment|dhcp|nat-log|session|icmp|redirects|igmp)|ipv6 (?:nd|dhcp)|expert |mac |time-range"
    r"|lldp|poe|control-plane|cpu-protect|monitor|ip arp|erps|multicast|web-auth|dot1x|http |sntp|security"
    r"|traffic-|queue|aggregateport|gvrp|zam|upgrade|enable |vrf |svi router-acls|ipv6 host|rns|default-",
    re.IGNORECASE,
)
_DHCP = ((67, 67), (68, 68))
_DOUBTFUL = (
    *DOUBTFUL,
    ("expert access-group", DoubtKind.DROPS, SELECTED),
    ("ip session", DoubtKind.DROPS, SELECTED),
    ("reverse-path", DoubtKind.ROUTES, SELECTED),
)


def _forwards(tree: Tree) -> dict[int, bool | None]:
    told = tree.exact("ip routing")
    four = not told.negated if told else True if routes(tree) else None
    six = tree.exact("ipv6 unicast-routing")
    if not speaks_ipv6(tree):
        return {4: four, 6: False}
    return {4: four, 6: not six.negated if six else None}


_SYSTEM = IosLike(
    read_access_lists,
    lambda _: {},
    _forwards,
    filters=(("ip access-group", 4), ("ipv6 traffic-filter", 6), ("ipv6 access-group", 6)),
    harmless=_HARMLESS,
    known=_KNOWN,
    doubtful=_DOUBTFUL,
    joins=("overlay", "vxlan"),
    bridged=("expert access-group", "ipv6 access-group"),
)


def forwarding(tree: Tree) -> Router:
    """The device as packets meet it."""
    router = device(tree, _SYSTEM)
    lines = Lines(tree, read_access_lists(tree), {}, lambda n: n.key.startswith("ipv6"))
    if not is_on(tree.exact("svi router-acls enable")):
        for block in tree.all("interface vlan"):
            found = [n for n in block.children if not n.negated and n.key.startswith(FILTERS)]
            number = full_name(" ".join(block.after("interface"))).removeprefix("vlan")
            if whole(number):
                doubts = [lines.doubt(DoubtKind.DROPS, BRIDGED_FILTER, node) for node in found]
                router.vlan_doubts.setdefault(int(number), []).extend(doubts)
    for interface in router.interfaces:  # the port for management is kept apart, as a rule
        if full_name(interface.name).startswith("mgmt"):
            interface.doubts.append(ForwardingDoubt(DoubtKind.DROPS, SELECTED, interface.place))
        for node, words in tree.given("ip helper-address"):  # for the whole device
            relay(interface, words, _DHCP, node, lines)
    for block in tree.all("vlan"):
        for node in (n for n in block.children if n.is_("subvlan") and not n.negated):
            number, listed = block.key.split()[-1], vlans_of(node.key.split()[-1])
            join_vlans(router, listed | {int(number)} if listed and whole(number) else (), node, lines)
    for command in OVERALL:
        for node in (n for n in tree.all(command) if not n.negated):
            router.doubts.append(lines.doubt(DoubtKind.DROPS, SELECTED, node))
            note_bridged(router, 0, [node], lines)
    return router
