"""Which column says in what zone an address is, and membership by address where no column does."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

import polars as pl

from scanner.address_ranges import Ranges, read_ranges, union

_BY_END = {"flows", "operations", "sessions", "malformed", "publications"}
_OWN = {
    "devices": ({"device", "mac", "ips", "name", "names"}, "zones"),
    "subscriptions": ({"address"}, "address_zone"),
    "inventory": ({"ips", "macs", "name", "hostname", "id", "device"}, "zone_by_policy"),
}


def companion(table: str, column: str) -> str:
    """The derived column that holds the zone of what ``column`` names; empty if there is none."""
    if table in _BY_END:
        for end in ("client", "server"):
            if column in (end, f"{end}_mac", f"{end}_device", f"{end}_name"):
                return f"{end}_zone"
    columns, zone = _OWN.get(table, (frozenset(), ""))
    return zone if column in columns else ""


def zone_ranges(zones: pl.DataFrame) -> Ranges:
    """The networks of zones; one that has members by VLAN, MAC address or name may hold any other address."""
    networks = union(read_ranges(network) for row in zones["subnets"] for network in row)
    others = any(len(row) for name in ("vlans", "macs", "devices") for row in zones[name])
    return Ranges(networks.parts, networks.whole and not others)


def zone_members(values: Iterable[str], zones: pl.DataFrame) -> list[str]:
    """The IP and MAC addresses among ``values`` that a zone claims by subnet or MAC address."""
    networks = [ipaddress.ip_network(n, strict=False) for row in zones["subnets"] for n in row]
    macs = {m for row in zones["macs"] for m in row}
    found = []
    for value in values:
        if value in macs:
            found.append(value)
            continue
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            continue
        if any(address in network for network in networks):
            found.append(value)
    return found
