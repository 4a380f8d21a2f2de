"""Where a zone can be mirrored: ports that configurations name, and what they would show."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from scanner.policy.forms import vlans as listed_vlans


@dataclass(frozen=True)
class Port:
    """A port of a switch. zones: whose traffic with others it carries. vlans: as its configuration lists them."""

    device: str
    interface: str
    description: str
    zones: frozenset[str]
    trunk: bool


def ports(tables: Mapping[str, pl.DataFrame]) -> list[Port]:
    """Every physical port that a configuration names and that carries a zone's traffic; trunks first."""
    zone_of = _zones_by_vlan(tables)
    found = []
    for device, interface, said in interfaces(tables):
        if said.get("shutdown") == "yes" or said.get("kind", "physical") != "physical":
            continue
        trunk = said.get("mode") == "trunk"
        carried = said.get("trunk_vlans", "") if trunk else said.get("access_vlan", "")
        zones = set(zone_of.values()) if carried == "all" else {zone_of[v] for v in _numbers(carried) if v in zone_of}
        if not trunk:
            zones |= _named(said["description"], tables)
        if zones:
            found.append(Port(device, interface, said["description"], frozenset(zones), trunk))
    return sorted(found, key=lambda p: (not p.trunk, -len(p.zones), p.device, p.interface))


def interfaces(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[str, str, dict[str, str]]]:
    """(switch, interface, setting -> value) of every interface that configurations name; without a description, that
    is empty.
    """
    settings = tables["settings"].filter(pl.col("category") == "interface")
    for (device, interface), rows in settings.group_by("device", "item", maintain_order=True):
        said = dict(rows.select("setting", "value").iter_rows())
        text = said.get("description", "")
        yield str(device), str(interface), said | {"description": "" if text == "absent" else text}


def _zones_by_vlan(tables: Mapping[str, pl.DataFrame]) -> dict[int, str]:
    """VLAN -> zone, as the policy says, as the address of a VLAN interface says, or as devices were seen."""
    found = {vlan: zone for zone, vlans in tables["zones"].select("zone", "vlans").iter_rows() for vlan in vlans}
    networks = [
        (ipaddress.ip_network(net, strict=False), zone)
        for zone, nets in tables["zones"].select("zone", "subnets").iter_rows()
        for net in nets
    ]
    rows = tables["settings"].filter((pl.col("category") == "interface") & (pl.col("setting") == "address"))
    for item, value in rows.select("item", "value").iter_rows():
        number = re.fullmatch(r"(?i)vlan-?(?:if)?(\d+)", item.replace(" ", ""))
        for address in re.findall(r"\d+\.\d+\.\d+\.\d+", value)[:1] if number else ():
            for network, zone in networks:
                if ipaddress.ip_address(address) in network and number:
                    found.setdefault(int(number[1]), zone)
    for zone, vlans in tables["devices"].filter(pl.col("zone") != "").select("zone", "vlans").iter_rows():
        for vlan in vlans:
            if vlan > 0:
                found.setdefault(vlan, zone)
    return found


def _numbers(text: str) -> Iterator[int]:
    try:
        yield from (vlan for part in text.replace(" ", ",").split(",") if part for vlan in listed_vlans(part))
    except ValueError:
        return


def _named(description: str, tables: Mapping[str, pl.DataFrame]) -> set[str]:
    """Zones of devices that the description of a port names."""
    words = {word.casefold() for word in re.split(r"[\s,;:/]+", description) if word}
    names = (
        *tables["devices"].select("name", "zone").iter_rows(),
        *tables["inventory"].select("name", "zone_by_policy").iter_rows(),
    )
    return {zone for name, zone in names if zone and name and name.casefold() in words}


def hint(zone: str, tables: Mapping[str, pl.DataFrame]) -> str:
    """A device of the zone at whose switch its traffic passes, where no configuration names a port."""
    devices = tables["devices"].filter(pl.col("zone") == zone).sort("packets", descending=True)
    return _first(devices["name"]) or _first(tables["inventory"].filter(pl.col("zone_by_policy") == zone)["name"])


def _first(names: Iterable[str]) -> str:
    return next((name for name in names if name), "")
