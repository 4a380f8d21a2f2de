"""How the switch forwards.

Sources: SONiC YANG models (interfaces, ACL, static routes, VRF, NAT, tunnels), aclorch and intfsorch of sonic-swss. It
forwards both versions of IP wherever interfaces have addresses. Lists know no states; what no rule matches is
forwarded. Static routes are installed by FRR, which learns others where BGP is configured or its own files count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.configs.acl_entries import Acl
from scanner.configs.acl_packets import as_filter
from scanner.configs.dialects.sonic.access_lists import SonicLists
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry, is_true, table_of
from scanner.configs.forwarding import DoubtKind, Filter, ForwardingDoubt, Interface, Route, Router
from scanner.configs.forwarding_lines import (
    ADDRESS_UNTOLD,
    BRIDGED_FILTER,
    ENCRYPTED,
    NOT_UNDERSTOOD,
    SELECTED,
    TRANSLATED,
    Lines,
    add_address,
    address_in,
    join_vlans,
    note_bridged,
    note_learnt,
    relay,
    unfinished,
    vlan_number,
)
from scanner.configs.nodes import Node
from scanner.configs.understood import not_understood

_VERSIONS = {"L3": (4,), "L3V6": (6,), "L3V4V6": (4, 6)}
_INTERFACES = (
    *(("INTERFACE", "PORT"), ("PORTCHANNEL_INTERFACE", "PORTCHANNEL"), ("VLAN_INTERFACE", "VLAN")),
    *(("VLAN_SUB_INTERFACE", ""), ("LOOPBACK_INTERFACE", ""), ("MGMT_INTERFACE", "MGMT_PORT")),
)
_RELAYED = ((67, 67), (68, 68))
_ABOUT = frozenset(  # tables whose lines decide about packets
    (
        *(table for pair in _INTERFACES for table in pair),
        *(
            "ACL_TABLE",
            "ACL_RULE",
            "ACL_TABLE_TYPE",
            "STATIC_ROUTE",
            "VLAN_MEMBER",
            "DEVICE_METADATA",
            "FEATURE",
            "VRF",
        ),
    )
)
_TUNNELS = ("TUNNEL", "NVGRE_TUNNEL", "SRV6_MY_SIDS", "VNET", "VNET_ROUTE", "VNET_ROUTE_TUNNEL")
_JOINS = ("VXLAN_TUNNEL", "VXLAN_TUNNEL_MAP", "VXLAN_EVPN_NVO", "MCLAG_DOMAIN", "EVPN_ETHERNET_SEGMENT")
_TRANSLATES = ("NAT_GLOBAL", "NAT_POOL", "NAT_BINDINGS", "STATIC_NAT", "STATIC_NAPT")
_ROUTES = ("BGP_NEIGHBOR", "BGP_PEER_RANGE", "BGP_GLOBALS", "BGP_INTERNAL_NEIGHBOR", "ROUTE_REDISTRIBUTE")


def forwarding(db: ConfigDb, lists: SonicLists) -> Router:
    """The device as packets meet it."""
    lines = Lines(db.tree, lists.all, {}, lambda _: False)
    router = Router(db.tree.name, db.tree.source, {4: True, 6: True})
    kinds = {e.name: e.of("type").upper() for e in db.entries("ACL_TABLE")}
    for table, owner in _INTERFACES:
        found: dict[str, Interface] = {}
        for entry in db.entries(table):
            one = found.get(entry.name)
            if one is None:
                one = found[entry.name] = _interface(db, entry, owner, lines)
                _bind(one, lists, kinds, entry.node, lines)
                router.interfaces.append(one)
            _attributes(one, entry, lines)
    _relays(db, router, lines)
    _ports(db, router, lists, lines)
    _static_routes(db, router, lines)
    _learnt(db, router, lines)
    _elsewhere(db, router, lines)
    router.doubts += unfinished(db.tree, lines)
    lost = (n for n in not_understood(db.tree) if table_of(n) in _ABOUT)
    router.doubts += [lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, node) for node in lost]
    return router


def _interface(db: ConfigDb, entry: TableEntry, owner: str, lines: Lines) -> Interface:
    """owner: the table that says whether it is up."""
    name = entry.name
    one = Interface(name, lines.place(entry.node), hosts=not name.startswith("Loopback"))
    one.vlan = vlan_number(name.removeprefix("Vlan").lstrip("0")) if name.startswith("Vlan") else 0
    parent, dot, _ = name.partition(".")
    owner = owner or ("PORTCHANNEL" if parent.startswith("PortChannel") else "PORT" if dot else "")
    state = db.value_of(owner, parent, "admin_status") if owner else None
    if state is not None and state.text.lower() == "down":
        one.up = False
    elif owner in ("PORT", "PORTCHANNEL") and (state is None or state.text.lower() != "up"):
        one.doubts.append(lines.doubt(DoubtKind.DROPS, NOT_UNDERSTOOD, entry.node))
    if owner == "MGMT_PORT":
        if is_true(db.value_of("MGMT_VRF_CONFIG", "vrf_global", "mgmtVrfEnabled").text):
            one.table = "mgmt"
        else:  # what the processor passes on between the management port and the others is told nowhere
            one.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, entry.node))
    return one


def _attributes(one: Interface, entry: TableEntry, lines: Lines) -> None:
    """What an entry says: an address, or of which table the interface is."""
    if len(entry.key) > 1:
        if not add_address(one, [entry.key[1]], lines.place(entry.node)):
            one.loose = lines.doubt(DoubtKind.ROUTES, ADDRESS_UNTOLD, entry.node)
        return
    one.table = entry.of("vrf_name") or one.table
    one.table = "" if one.table == "default" else one.table
    if tag := entry.of("vlan"):
        one.vlan = vlan_number(tag)
    for field, usual, kind in (
        ("vnet_name", "", DoubtKind.ANYTHING),
        ("mpls", "disable", DoubtKind.TUNNELS),
        ("loopback_action", "forward", DoubtKind.DROPS),
    ):
        if entry.of(field, usual) != usual:
            one.doubts.append(lines.doubt(kind, NOT_UNDERSTOOD, entry.line(field)))
    if entry.of("admin_status") == "down":
        one.up = False


def _bind(one: Interface, lists: SonicLists, kinds: dict[str, str], node: Node, lines: Lines) -> None:
    """The lists on what comes in and goes out."""
    for way, filters in (("in", one.filters_in), ("out", one.filters_out)):
        for name in lists.ports.get((one.name, way), ()):
            acl = lists.all[name]
            for version in _VERSIONS.get(kinds[name], ()):
                filters.setdefault(version, []).append(_filter(lists, acl, version, node, lines))
            if kinds[name] not in _VERSIONS:
                one.doubts.append(lines.doubt(DoubtKind.DROPS, SELECTED, acl.node))


def _filter(lists: SonicLists, acl: Acl, version: int, node: Node, lines: Lines) -> Filter:
    """A list; what it sends elsewhere may go anywhere, and of rules with one priority either may come first."""
    entries = [replace(e, protocol="other") if e.unsure else e for e in acl.entries]
    made = as_filter(
        acl.name, Acl(acl.name, acl.node, entries), lines.place(node), version, permits_rest=True, groups={}
    )
    return replace(made, ordered=acl.name not in lists.tied)


def _relays(db: ConfigDb, router: Router, lines: Lines) -> None:
    """Broadcasts that are sent on to DHCP servers."""
    by_name = {one.name: one for one in router.interfaces}
    for vlan in db.entries("VLAN"):
        for field, ports in (("dhcp_servers", _RELAYED), ("dhcpv6_servers", ((547, 547),))):
            if vlan.name in by_name and vlan.listed(field):
                relay(by_name[vlan.name], vlan.listed(field), ports, vlan.line(field), lines)
    for table in ("DHCPV4_RELAY", "DHCP_RELAY"):
        for doubt in _given(db, (table,), DoubtKind.REWRITES, lines):
            router.doubts.append(doubt)


def _ports(db: ConfigDb, router: Router, lists: SonicLists, lines: Lines) -> None:
    """Lists on ports that are in VLANs, and on VLANs, which meet what is only bridged, too."""
    within: dict[str, set[int]] = {}
    for entry in db.entries("VLAN_MEMBER"):
        if len(entry.key) > 1:
            within.setdefault(entry.key[1], set()).add(vlan_number(entry.name.removeprefix("Vlan").lstrip("0")))
    for (port, _), names in lists.ports.items():
        nodes = [lists.all[name].node for name in names]
        for vlan in within.get(port, ()):
            note_bridged(router, vlan, nodes, lines)
        if port.startswith("Vlan"):
            own = [lines.doubt(DoubtKind.DROPS, BRIDGED_FILTER, node) for node in nodes]
            router.vlan_doubts.setdefault(vlan_number(port.removeprefix("Vlan").lstrip("0")), []).extend(own)


def _static_routes(db: ConfigDb, router: Router, lines: Lines) -> None:
    for entry in db.entries("STATIC_ROUTE"):
        routes = list(_routes_of(entry, lines))
        router.routes += routes
        if not routes:
            router.doubts.append(lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, entry.node))
        if any(table and table != entry.key[0] for table in entry.listed("nexthop-vrf")):
            note_learnt(router, (4, 6), [entry.line("nexthop-vrf")], lines)
    state, _ = db.feature("bgp")
    if state == "disabled":  # nothing installs them
        router.routes = [replace(route, certain=False) for route in router.routes]


def _routes_of(entry: TableEntry, lines: Lines) -> Iterator[Route]:
    """One for each way of an entry: its values stand beside each other, with commas."""
    hops, names, metrics, holes = (_beside(entry, f) for f in ("nexthop", "ifname", "distance", "blackhole"))
    network = Interface("", lines.place(entry.node))
    if not add_address(network, [entry.key[-1]], network.place) or not network.addresses:
        return
    table = entry.key[0] if len(entry.key) > 1 and entry.key[0] != "default" else ""
    for number in range(max(len(hops), len(names), len(holes))):
        hop = address_in(_nth(hops, number))
        hop = None if hop is not None and hop.is_unspecified else hop
        discards = is_true(_nth(holes, number))
        if hop is None and not _nth(names, number) and not discards:
            return
        metric = _nth(metrics, number)
        distance = int(metric) if metric.isdecimal() and len(metric) < 4 and metric != "0" else 1
        certain = not is_true(entry.of("bfd").partition(",")[0])
        place = lines.place(entry.node)
        yield Route(network.addresses[0].network, place, table, hop, _nth(names, number), discards, distance, certain)


def _beside(entry: TableEntry, field: str) -> list[str]:
    found = entry.at(field)
    if found is None:
        return []
    return found.items or [word.strip() for word in found.text.split(",")]


def _nth(values: list[str], number: int) -> str:
    return values[number] if number < len(values) else ""


def _learnt(db: ConfigDb, router: Router, lines: Lines) -> None:
    """BGP, files of FRR that count, and tables that fall back to the default one."""
    nodes: list[Node] = []
    mode = db.value_of("DEVICE_METADATA", "localhost", "docker_routing_config_mode")
    if db.feature("bgp")[0] != "disabled":
        nodes += [db.top.members[t].node for t in _ROUTES if db.has(t) and db.top.members[t].members]
        framework = db.value_of("DEVICE_METADATA", "localhost", "frr_mgmt_framework_config")
        nodes += [framework.node] if is_true(framework.text) and framework.node else []
        nodes += [mode.node] if mode.text not in ("", "separated") and mode.node else []
    nodes += [e.line("fallback") for e in db.entries("VRF") if is_true(e.of("fallback"))]
    note_learnt(router, (4, 6), nodes, lines)


def _elsewhere(db: ConfigDb, router: Router, lines: Lines) -> None:
    """Tunnels, translation, and what joins VLANs with others."""
    router.doubts += _given(db, _TUNNELS, DoubtKind.TUNNELS, lines)
    router.doubts += _given(db, _TRANSLATES, DoubtKind.REWRITES, lines)
    for table in _JOINS:
        if db.has(table) and db.top.members[table].members:
            join_vlans(router, (), db.top.members[table].node, lines)


def _given(db: ConfigDb, tables: tuple[str, ...], kind: DoubtKind, lines: Lines) -> Iterator[ForwardingDoubt]:
    why = {DoubtKind.TUNNELS: ENCRYPTED, DoubtKind.REWRITES: TRANSLATED}[kind]
    for table in tables:
        if db.has(table) and db.top.members[table].members:
            yield lines.doubt(kind, why, db.top.members[table].node)
