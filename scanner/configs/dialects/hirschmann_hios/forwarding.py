"""How the switch forwards.

Sources: HM2-PLATFORM-ROUTING-MIB (interfaces, secondary addresses, helpers), RFC 4292 (static routes), VRRP-MIB,
OSPF-MIB; HiOS user manuals, "Routing". It routes IPv4 between the interfaces for which routing is on while it is on for
the device. Lists know no states, and what no rule matches is dropped. Objects of MIBs that nobody lists here may do
anything to packets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.acl_packets import as_filter
from scanner.configs.acls import prefix_length
from scanner.configs.dialects.hirschmann_hios.access_lists import HiosLists
from scanner.configs.dialects.hirschmann_hios.ports import vlans_of
from scanner.configs.dialects.hirschmann_hios.profile import NOTHING, Entry, MibProfile, MibValue, active, address, on
from scanner.configs.forwarding import DoubtKind, Filter, Interface, Route, Router
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    BRIDGED_FILTER,
    NOT_UNDERSTOOD,
    TRANSLATED,
    Lines,
    add_address,
    add_virtual,
    address_in,
    note_bridged,
    note_learnt,
    relay,
    unfinished,
    vlan_number,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import whole
from scanner.configs.understood import not_understood

_VLAN = re.compile(r"vlan/(\d+)")
_LEARNS = ("ospfAdminStat", "hm2AgentOspfAdminMode", "hm2AgentRouterRipAdminState")
_CHECKS = ("hm2AgentIpsgIfVerifySource", "hm2AgentDaiVlanDynArpInspEnable")
# MIBs whose objects leave alone what the switch routes and how its lists filter.
_PLATFORM = (
    r"switching|portsecurity|dot1x.*|dhcp-snooping|ipsg|dai|qos|qos-cos|qos-acl|routing|mvrp|mmrp|radius|tacacs.*"
    r"|timerange|multicast|snooping|lldp.*"
)
_OWN = (
    r"netconfig|network|mgmtaccess|usermgmt|user-mgmt|logging|log|timesync|l2redundancy|devmgmt|device-mgmt|diagnostic"
    r"|poe|dns|traffic-?mgmt|filemgmt|radius|industrial-protocols|remote-authentication|ldap|dos-mitigation|ptp|dhcps"
    rf"|track|lldp|platform-(?:{_PLATFORM})"
)
_STANDARD = (
    r"snmpv2|if|snmp-.*|.*bridge|ieee8021-.*|ieee8023-.*|lldp(?:-.*)?|lag|mau|rmon|etherlike|inet-address|ip-forward|vrrp"
    r"|ospf|rip(?:v2)?|rfc1213|ip|entity|sflow"
)
_HARMLESS = re.compile(rf'<mib name="(?:(?:hm2-(?:{_OWN})|{_STANDARD})(?:-mib)?|ieee8021-.*|lldp-.*)">')


def forwarding(profile: MibProfile, lists: HiosLists) -> Router:
    """The device as packets meet it."""
    tree = profile.tree
    lines = Lines(tree, lists.all, {}, lambda _: False)
    routes = on(profile.of("hm2AgentSwitchIpRoutingMode"))
    entries = profile.entries("hm2AgentSwitchIpInterfaceIfIndex")
    forwards = routes if routes is not None or entries else False  # models without the object do not route
    router = Router(tree.name, tree.source, {4: forwards, 6: False})
    for entry in entries:
        if on(entry.get("hm2AgentSwitchIpInterfaceRoutingMode", NOTHING)) is not False:
            router.interfaces.append(_interface(profile, entry, lists, lines))
    _shared(profile, router, lines)
    _bridged(profile, router, lists, lines)
    _static_routes(profile, router, lines)
    learnt = [v.node for v in map(profile.of, _LEARNS) if on(v) and v.node is not None]
    note_learnt(router, (4,), learnt, lines)
    for column in _CHECKS:
        checked = [e[column].node for e in profile.entries(column) if on(e[column])]
        note_bridged(router, 0, [n for n in checked if n is not None], lines)
    _elsewhere(profile, router, lines)
    router.doubts += unfinished(tree, lines)
    router.doubts += [lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, n) for n in not_understood(tree)]
    return router


def _interface(profile: MibProfile, entry: Entry, lists: HiosLists, lines: Lines) -> Interface:
    name, node = entry["hm2AgentSwitchIpInterfaceIfIndex"]
    assert node is not None  # noqa: S101 - its entry was found by it
    found = _VLAN.fullmatch(name)
    one = Interface(name, lines.place(node.parent or node), hosts=not name.startswith("loopback"))
    one.vlan = vlan_number(found[1]) if found else 0
    status = next((e["ifAdminStatus"] for e in profile.entries("ifAdminStatus") if _of(e, "ifIndex") == name), NOTHING)
    one.up = status.text != "2"
    own = [(entry.get(f"hm2AgentSwitchIpInterface{part}", NOTHING) for part in ("IpAddress", "NetMask"))]
    own += [
        (other.get(f"hm2AgentSwitchSecondary{part}", NOTHING) for part in ("IpAddress", "NetMask"))
        for other in profile.entries("hm2AgentSwitchSecondaryIpAddress")
        if name in (_of(other, "hm2AgentSwitchIpInterfaceIfIndex"), _of(other, "ifIndex"))
    ]
    for host, mask in own:
        _add(one, host, mask, lines)
    if _of(entry, "hm2AgentSwitchIPAddressConfigMethod") == "2":
        one.loose = lines.doubt(DoubtKind.ROUTES, ADDRESS_UNTOLD, node)
    if on(entry.get("hm2AgentSwitchIpInterfaceRoutingMode", NOTHING)) is None:
        one.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
    places = [name, *([f"vlan {found[1]}"] if found else [])]
    for way, filters in (("in", one.filters_in), ("out", one.filters_out)):
        for place in places:
            _filter(one, filters, (place, way), lists, lines)
    _helpers(profile, one, lines)
    return one


def _of(entry: Entry, column: str) -> str:
    return entry.get(column, NOTHING).text


def _add(one: Interface, host: MibValue, mask: MibValue, lines: Lines) -> None:
    """Give the interface an address; one that is not understood may be any."""
    text, bits = address(host.text), prefix_length(address(mask.text))
    if text in ("", "0.0.0.0") or host.node is None:  # noqa: S104
        return
    if bits is None or not add_address(one, [f"{text}/{bits}"], lines.place(host.node)):
        one.loose = lines.doubt(DoubtKind.ROUTES, ADDRESS_UNTOLD, host.node)


def _filter(
    one: Interface, filters: dict[int, list[Filter]], at: tuple[str, str], lists: HiosLists, lines: Lines
) -> None:
    """The lists at a place, one after the other; which packets of IP a list of MAC addresses drops is not told."""
    names = lists.placed.get(at, [])
    of_ip = [name for name in names if not name.endswith(" (mac)")]
    if len(of_ip) < len(names):
        one.doubts.append(lines.doubt(DoubtKind.DROPS, BRIDGED_FILTER, lists.nodes[at]))
    if of_ip:
        acl = lists.together(of_ip)
        made = as_filter(acl.name, acl, lines.place(lists.nodes[at]), 4, permits_rest=False, groups={})
        filters.setdefault(4, []).append(made)


def _helpers(profile: MibProfile, one: Interface, lines: Lines) -> None:
    """Broadcasts that are sent on: to all ports, since which ones is told in words of the release."""
    for column, index in (
        ("hm2AgentSwitchIntfIpHelperIpAddress", "hm2AgentSwitchIpInterfaceIfIndex"),
        ("hm2AgentSwitchIpHelperAddress", ""),
    ):
        for entry in profile.entries(column):
            server, node = entry[column]
            if node is not None and (not index or _of(entry, index) in ("", one.name)):
                relay(one, [address(server)], ((0, 65535),), node, lines)


def _shared(profile: MibProfile, router: Router, lines: Lines) -> None:
    """Addresses of virtual routers."""
    by_name = {one.name: one for one in router.interfaces}
    for entry in profile.entries("vrrpAssoIpAddr"):
        host, node = entry["vrrpAssoIpAddr"]
        one = by_name.get(_of(entry, "ifIndex"))
        if one is not None and node is not None:
            add_virtual(one, address(host), lines.place(node))


def _bridged(profile: MibProfile, router: Router, lists: HiosLists, lines: Lines) -> None:
    """Lists on ports that bridge, and on VLANs, which meet what is only bridged, too."""
    vlans = vlans_of(profile)
    routed = {one.name for one in router.interfaces}
    for at in lists.placed:
        place, node = at[0], lists.nodes[at]
        if place in routed:
            continue
        if place.startswith("vlan"):
            number = vlan_number(re.split(r"[ /]", place)[1])
            own = lines.doubt(DoubtKind.DROPS, BRIDGED_FILTER, node)
            router.vlan_doubts.setdefault(number, []).append(own)
            continue
        within = vlans.tagged.get(place, set()) | vlans.untagged.get(place, set())
        for vlan in within if vlans.known and within else {0}:
            note_bridged(router, vlan, [node], lines)
    for node in lists.others:
        note_bridged(router, 0, [node], lines)


def _static_routes(profile: MibProfile, router: Router, lines: Lines) -> None:
    """Those that somebody configured; each has every value in its entry."""
    for entry in profile.entries("inetCidrRouteDest"):
        if not active(entry, "inetCidrRouteStatus") or _of(entry, "inetCidrRouteDestType") not in ("", "1"):
            continue
        node = entry["inetCidrRouteDest"].node
        route = _route(entry, lines)
        if route is not None:
            router.routes.append(route)
        elif node is not None:
            router.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node))
    gateway = profile.of("hm2AgentSwitchIpDefaultGateway")
    hop = address_in(address(gateway.text))
    if hop is not None and not hop.is_unspecified and gateway.node is not None:
        note_learnt(router, (4,), [gateway.node], lines)


def _route(entry: Entry, lines: Lines) -> Route | None:
    node = entry["inetCidrRouteDest"].node
    length, kind = _of(entry, "inetCidrRoutePfxLen"), _of(entry, "inetCidrRouteType")
    network = Interface("", lines.place(node)) if node is not None else None
    host = address(entry["inetCidrRouteDest"].text)
    if network is None or not whole(length) or not add_address(network, [f"{host}/{length}"], network.place):
        return None
    hop = address_in(address(_of(entry, "inetCidrRouteNextHop")))
    hop = None if hop is not None and hop.is_unspecified else hop
    discards, name = kind in ("2", "5"), _of(entry, "inetCidrRouteIfIndex")
    name = "" if name in ("0", "0/0") else name
    if hop is None and not name and not discards:
        return None
    metric = _of(entry, "inetCidrRouteMetric1")
    distance = int(metric) if whole(metric) and 0 < int(metric) < 256 else 1
    return Route(network.addresses[0].network, network.place, "", hop, name, discards, distance)


def _elsewhere(profile: MibProfile, router: Router, lines: Lines) -> None:
    """MIBs of which nobody knows what they do to packets: those about translation rewrite, others may do anything."""
    for node in _mibs(profile.tree.root):
        if _HARMLESS.fullmatch(node.key):
            continue
        nat = "nat" in re.split(r"[^a-z0-9]+", node.key)
        kind, why = (DoubtKind.REWRITES, TRANSLATED) if nat else (DoubtKind.ANYTHING, NOT_UNDERSTOOD)
        router.doubts.append(lines.doubt(kind, why, node))


def _mibs(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.key.startswith("<mib "):
            yield child
        else:
            yield from _mibs(child)
