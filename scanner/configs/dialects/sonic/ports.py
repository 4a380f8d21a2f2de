"""The ports: what each is for, and what guards it.

Source: PORT, VLAN_MEMBER, PORTCHANNEL, INTERFACE, PORT_STORM_CONTROL, LLDP_PORT, STP_PORT and MIRROR_SESSION YANG
models; portmgr (a port of which no state is said is down) and IntfsOrch of sonic-swss (broadcasts into the network of a
VLAN are forwarded). A port switches in the VLANs that it is a member of, and in no other. The community's releases have
no DHCP snooping, ARP inspection, source guard and port security; a table about them is not understood and leaves that
open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.configs.dialects.sonic.access_lists import SonicLists
from scanner.configs.dialects.sonic.network import vlan_number
from scanner.configs.dialects.sonic.tables import ConfigDb, TableEntry, is_true, switch
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    PRUNED,
    ROUTED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
)
from scanner.configs.nodes import Node
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree_guards import AS_ROOT, put_root_guard

_ROUTING = ("INTERFACE", "PORTCHANNEL_INTERFACE", "VLAN_INTERFACE", "VLAN_SUB_INTERFACE", "LOOPBACK_INTERFACE")
_LEAST = 2  # networks that make a router
_LIMITED = ("broadcast", "unknown-multicast")
_LAST_MULTIPLE = 30  # length of the longest prefix with a broadcast address


@dataclass
class _Around:
    """What the tables say of every port."""

    members: dict[str, Node] = field(default_factory=dict)  # of aggregations
    aggregates: dict[str, str] = field(default_factory=dict)  # of which
    tagged: dict[str, set[int]] = field(default_factory=dict)
    untagged: dict[str, tuple[int, Node]] = field(default_factory=dict)
    legacy: set[str] = field(default_factory=set)  # in a VLAN, tagged or not
    mirrors: dict[str, Node] = field(default_factory=dict)
    storm: dict[str, Node] = field(default_factory=dict)
    addresses: dict[str, list[TableEntry]] = field(default_factory=dict)
    routed: dict[str, Node] = field(default_factory=dict)
    lldp: str = ""
    spanning: bool = False  # spanning tree runs


def _around(db: ConfigDb) -> _Around:
    found = _Around()
    for entry in db.entries("PORTCHANNEL_MEMBER"):
        found.members[entry.key[-1]] = entry.node
        found.aggregates[entry.key[-1]] = entry.name
    for channel in db.entries("PORTCHANNEL"):
        for port in channel.listed("members"):
            found.members.setdefault(port, channel.line("members"))
            found.aggregates.setdefault(port, channel.name)
    _vlans(db, found)
    for session in db.entries("MIRROR_SESSION"):
        for port in session.listed("dst_port"):
            found.mirrors[port] = session.line("dst_port")
    for limit in db.entries("PORT_STORM_CONTROL"):
        if limit.key[-1] in _LIMITED and limit.of("kbps").isdecimal():
            found.storm[limit.name] = limit.line("kbps")
    for table in (*_ROUTING, "MGMT_INTERFACE"):
        for entry in db.entries(table):
            found.routed.setdefault(entry.name, entry.node)
            if len(entry.key) > 1:
                found.addresses.setdefault(entry.name, []).append(entry)
    found.lldp = db.feature("lldp")[0]
    found.spanning = bool(db.value_of("STP", "GLOBAL", "mode").text)
    return found


def _vlans(db: ConfigDb, found: _Around) -> None:
    for entry in db.entries("VLAN_MEMBER"):
        number = vlan_number(entry.name)
        if len(entry.key) != 2 or not number.isdecimal() or len(number) > 4:
            continue
        mode = entry.of("tagging_mode")
        if mode in ("untagged", "priority_tagged"):
            found.untagged[entry.key[1]] = (int(number), entry.line("tagging_mode"))
        elif mode == "tagged":
            found.tagged.setdefault(entry.key[1], set()).add(int(number))
        else:
            found.legacy.add(entry.key[1])
    for vlan in db.entries("VLAN"):
        for port in vlan.listed("members"):
            if port not in found.untagged and port not in found.tagged:
                found.legacy.add(port)


def port_settings(db: ConfigDb, lists: SonicLists, sheet: Sheet) -> None:
    """Ports, aggregations, and the interfaces that have addresses."""
    around = _around(db)
    uses, trunks = [], []
    for table, kind in (("PORT", "physical"), ("PORTCHANNEL", "lag")):
        for port in db.entries(table):
            use = _port(sheet, db, port, kind, around)
            _addressed(sheet, port.name, port.node, around, lists)
            uses += [use] if kind == "physical" else []
            trunks += [port.name] if use == TRUNK else []
    for name, kind in _others(around):
        sheet.put("interface", name, "kind", kind, around.routed[name])
        _addressed(sheet, name, around.routed[name], around, lists)
        if name.startswith("Vlan"):
            sheet.put("interface", name, "access_vlan", vlan_number(name), around.routed[name])
    put_switching(sheet, uses, {"dhcp_snooping": lambda: (ABSENT, None), "arp_inspection": lambda: (ABSENT, None)})
    if trunks and around.spanning and _leads(db):
        guards = [db.value_of("STP_PORT", name, "root_guard") for name in trunks]
        put_root_guard(sheet, next((g.node for g in guards if is_true(g.text)), None))
    for name, node in around.mirrors.items():
        sheet.missing("interface", name, "mirror_input", UNKNOWN, node)
    _routing(sheet, db, around, lists)


def _others(around: _Around) -> Iterator[tuple[str, str]]:
    kinds = {"Vlan": "svi", "Loopback": "loopback", "eth": "physical"}
    for name in around.routed:
        kind = next((k for start, k in kinds.items() if name.startswith(start)), "")
        if kind or "." in name:
            yield name, kind or "other"


def _port(sheet: Sheet, db: ConfigDb, port: TableEntry, kind: str, around: _Around) -> str:
    """The rows of a port or aggregation; what it is for."""
    name, node = port.name, port.node
    sheet.put("interface", name, "kind", kind, node)
    state = port.of("admin_status").lower()
    down = state == "down" or (not state and not _is_used(name, around))
    told = YES if down else NO if state == "up" else UNKNOWN
    sheet.put("interface", name, "shutdown", told, port.line("admin_status"), present=bool(state))
    text = port.of("description")
    sheet.put("interface", name, "description", text or ABSENT, port.line("description"), present=bool(text))
    use, at = (DOWN, port.line("admin_status")) if down else _use(port, around)
    use = UNKNOWN if told == UNKNOWN else use
    mode = port.of("mode") or {EDGE: "access", TRUNK: "trunk", ROUTED: "routed"}.get(use, UNKNOWN)
    sheet.put("interface", name, "mode", mode, at, present=mode != UNKNOWN)
    sheet.put("interface", name, "use", use, at, present=use != UNKNOWN)
    if use == MEMBER:
        sheet.put("interface", name, "aggregate", around.aggregates[name], at)
    if use == TRUNK:
        _trunk(sheet, name, at, around)
    elif use == EDGE and kind == "physical":
        _edge(sheet, db, name, around)
    elif use == UNKNOWN and (told == UNKNOWN or _is_used(name, around)):  # one in no VLAN does not switch
        put_unknown_port(sheet, name, node)
    if use in (TRUNK, EDGE):
        sheet.missing("interface", name, "negotiation", NO, at)
        silent = db.value_of("STP_PORT", name, "enabled")
        value = (NO if is_true(silent.text or "true") else YES) if around.spanning else UNKNOWN
        sheet.put("interface", name, "bpdu_filter", value, silent.node or node, present=bool(silent.text))
    return use


def _is_used(name: str, around: _Around) -> bool:
    tables = (around.members, around.tagged, around.untagged, around.legacy, around.mirrors, around.routed)
    return any(name in table for table in tables)


def _use(port: TableEntry, around: _Around) -> tuple[str, Node]:
    name = port.name
    for use, ports in ((MEMBER, around.members), (MIRROR, around.mirrors), (ROUTED, around.routed)):
        if name in ports:
            return use, ports[name]
    if name in around.legacy:
        return UNKNOWN, port.node
    if name in around.tagged:
        return TRUNK, port.node
    told = port.of("description")
    if says_spare(told):
        return SPARE, port.line("description", "admin_status")
    if name in around.untagged:
        return EDGE, around.untagged[name][1]
    said_for_what = told not in ("", name, port.of("alias"))
    return (UNKNOWN if said_for_what else SPARE), port.line("description", "admin_status")


def _trunk(sheet: Sheet, name: str, node: Node, around: _Around) -> None:
    own, at = around.untagged.get(name, (0, node))
    listed = vlan_list(around.tagged[name] | ({own} if own else set()))
    sheet.put("interface", name, "trunk_vlans", "all" if carries_every_vlan(listed) else listed, node)
    sheet.put("interface", name, "native_vlan", str(own) if own else PRUNED, at, present=bool(own))


def _edge(sheet: Sheet, db: ConfigDb, name: str, around: _Around) -> None:
    vlan, node = around.untagged[name]
    sheet.put("interface", name, "access_vlan", str(vlan), node)
    storm = around.storm.get(name)
    tree = db.entry("STP_PORT", name)
    edge = tree is not None and (is_true(tree.of("edge_port")) or is_true(tree.of("portfast")))
    guard = tree is not None and is_true(tree.of("bpdu_guard"))
    put_edge(
        sheet,
        name,
        node,
        {
            "access_control": (ABSENT, None),
            "storm_control": (YES, storm) if storm else (ABSENT, None),
            "edge": (
                (YES, tree.line("edge_port", "portfast"))
                if edge and tree is not None
                else (ABSENT if around.spanning else UNKNOWN, None)
            ),
            "bpdu_guard": (YES, tree.line("bpdu_guard")) if guard and tree is not None else (ABSENT, None),
            "source_guard": (ABSENT, None),
            "discovery": _discovery(db, name, around),
        },
    )


def _leads(db: ConfigDb) -> bool:
    """The switch is set to be the root of spanning tree, of some VLANs or instances at least."""
    entries = (e for table in ("STP", "STP_VLAN", "STP_MST", "STP_MST_INST") for e in db.entries(table))
    told = (entry.of("bridge_priority", entry.of("priority")) for entry in entries)
    return any(whole(priority) and int(priority) <= AS_ROOT for priority in told)


def _discovery(db: ConfigDb, name: str, around: _Around) -> tuple[str, Node | None]:
    """LLDP towards the device: it runs with its service, on each port unless that says otherwise."""
    port = db.entry("LLDP_PORT", name)
    if port is not None:
        on = switch(port.of("enabled"), default=True)
        mode = port.of("mode").upper()
        if on is False or mode == "RECEIVE":
            return "none", port.line("enabled", "mode")
        if on is None or mode not in ("", "TRANSMIT"):
            return UNKNOWN, port.line("enabled", "mode")
    if around.lldp == "disabled":
        return "none", db.feature("lldp")[1]
    return ("lldp" if around.lldp == "enabled" else UNKNOWN), port.node if port is not None else None


def _addressed(sheet: Sheet, name: str, node: Node, around: _Around, lists: SonicLists) -> None:
    """Its addresses, and the lists on it."""
    addresses = around.addresses.get(name, [])
    if addresses:
        sheet.put("interface", name, "address", ",".join(e.key[1] for e in addresses), addresses[0].node)
    elif name in around.routed:
        sheet.missing("interface", name, "address", node=node)
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        told, at = lists.on(name, way)
        sheet.put("interface", name, setting, told, at or node, present=told != ABSENT)


def _routing(sheet: Sheet, db: ConfigDb, around: _Around, lists: SonicLists) -> None:
    """What the switch does between networks with what others send."""
    found = [n for n in around.addresses if not n.startswith(("Loopback", "eth"))]
    if len(found) < _LEAST:
        return
    for name in found:
        entry = around.addresses[name][0]
        acl, at = lists.on(name, "in")
        checked = "acl" if acl != ABSENT else ABSENT
        sheet.put("interface", name, "source_check", checked, at or entry.node, present=checked != ABSENT)
        is_vlan = name.startswith("Vlan")
        proxy = db.value_of("VLAN_INTERFACE", name, "proxy_arp") if is_vlan else None
        text = proxy.text if proxy is not None else ""
        value = {True: YES, False: NO, None: UNKNOWN}[switch(text, default=False)]
        at = proxy.node if proxy is not None else None
        sheet.put("interface", name, "proxy_arp", value, at or entry.node, present=bool(text))
        broadcast = is_vlan and any(_has_broadcast(e.key[1]) for e in around.addresses[name])
        sheet.missing("interface", name, "directed_broadcast", YES if broadcast else NO, entry.node)


def _has_broadcast(prefix: str) -> bool:
    _, _, length = prefix.partition("/")
    return ":" not in prefix and length.isdecimal() and len(length) < 3 and int(length) <= _LAST_MULTIPLE
