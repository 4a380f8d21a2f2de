"""What neighbours in OSPF, RIP, BGP and VRRP must prove."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.dialects.fortinet_fortios.tables import (
    ENABLE,
    Device,
    DomainTable,
    entries,
    inner,
    is_on,
    setting,
    value,
)
from scanner.configs.nodes import Node
from scanner.configs.routes import KEYED, PLAIN, put_authentication
from scanner.configs.settings import ABSENT, Sheet
from scanner.configs.standby import StandbyGroup, put_group

_PROVED = {"text": PLAIN, "md5": KEYED, "message-digest": KEYED, "2": KEYED, "1": PLAIN}


def routing_settings(device: Device, sheet: Sheet) -> None:
    """Each protocol that speaks with somebody."""
    for table in device.tables("router ospf"):
        _ospf(sheet, table)
    for table in device.tables("router ospf6"):
        _ospf6(sheet, table)
    for table in device.tables("router rip"):
        _rip(sheet, table)
    for table in device.tables("router bgp"):
        for name, entry in (*entries(inner(table.node, "neighbor")), *_ranges(table)):
            group = value(entry, "neighbor-group")
            shared = dict(entries(inner(table.node, "neighbor-group"))).get(group)
            line = setting(entry, "password") or setting(shared, "password")
            if value(entry, "auth-options") or line:
                put_authentication(sheet, table.called(f"bgp {name}"), {KEYED}, line or entry, whole=True)
            else:
                sheet.missing("routing", table.called(f"bgp {name}"), "authentication", ABSENT, entry)
    for table, name, entry in device.entries("system interface"):
        if value(entry, "status", "up") != "down":
            _vrrp(sheet, table.called(name), entry)


def _ranges(table: DomainTable) -> Iterator[tuple[str, Node]]:
    """Networks whose hosts may all be neighbours."""
    for kind in ("neighbor-range", "neighbor-range6"):
        for name, entry in entries(inner(table.node, kind)):
            yield f"{kind} {name}", entry


def _ospf6(sheet: Sheet, table: DomainTable) -> None:
    """OSPFv3, which IPsec proves, by interface or by area."""
    areas = dict(entries(inner(table.node, "area")))
    own = [e for _, e in entries(inner(table.node, "ospf6-interface")) if value(e, "status", ENABLE) == ENABLE]
    told = [value(e, "authentication", "area") for e in own]
    asked = [
        value(areas.get(value(e, "area-id", "0.0.0.0")), "authentication") if t == "area" else t  # noqa: S104
        for e, t in zip(own, told, strict=True)
    ]
    proved = [a in {"ah", "esp"} for a in asked]
    if own:
        node = own[proved.index(False)] if False in proved else own[0]
        put_authentication(sheet, table.called("ospf6"), {KEYED} if any(proved) else (), node, whole=all(proved))


def _vrrp(sheet: Sheet, name: str, interface: Node) -> None:
    """Groups of VRRP, which have no authentication here."""
    sixth = inner(interface, "ipv6")
    for block, suffix in ((inner(interface, "vrrp"), ""), (inner(sixth, "vrrp6"), " ipv6")):
        for number, group in entries(block):
            if is_on(group, default=ENABLE):
                put_group(sheet, StandbyGroup(f"vrrp {name} {number}{suffix}", group, None))


def _ospf(sheet: Sheet, table: DomainTable) -> None:
    networks = [e for _, e in entries(inner(table.node, "network"))]
    areas = [e for _, e in entries(inner(table.node, "area"))]
    if not networks:
        return
    found = [p for a in areas if (p := _PROVED.get(value(a, "authentication")))]
    own = [e for _, e in entries(inner(table.node, "ospf-interface"))]
    kinds = [_PROVED.get(value(e, "authentication")) for e in own]
    put_authentication(
        sheet,
        table.called("ospf"),
        {k for k in (*found, *kinds) if k},
        _first(table.node, areas),
        whole=bool(areas) and len(found) == len(areas) and all(k != PLAIN for k in kinds),
    )


def _rip(sheet: Sheet, table: DomainTable) -> None:
    if not list(entries(inner(table.node, "network"))):
        return
    own = [e for _, e in entries(inner(table.node, "interface"))]
    kinds = {k for e in own if (k := _PROVED.get(value(e, "auth-mode")))}
    put_authentication(sheet, table.called("rip"), kinds, _first(table.node, own))


def _first(block: Node, nodes: list[Node]) -> Node:
    return nodes[0] if nodes else block
