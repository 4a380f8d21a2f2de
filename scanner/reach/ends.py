"""Which addresses a zone has, and which of its members have none that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scanner.address_spans import AddressRange, Ranges, common, merged, range_of, without
from scanner.device_names import name_key
from scanner.policy.cover import addresses
from scanner.policy.directory import NameDirectory
from scanner.reach.network import GivenNetwork
from scanner.wording import Said, said

Row = Mapping[str, Any]


@dataclass
class ZoneEnd:
    """A zone as packets know it. lost: why some of its members may have other addresses."""

    zone: str
    ranges: Ranges = ()
    lost: list[tuple[Said, str, int]] = field(default_factory=list)  # why, source, line


def ends_of(zones: Iterable[Row], directory: NameDirectory, topology: GivenNetwork) -> list[ZoneEnd]:
    """Each zone with its addresses; those of the given devices themselves, and of no host, are left out.

    As everywhere, what a zone says of a device by name or MAC address counts more than networks, and these more than
    VLANs.
    """
    zones = list(zones)
    named: dict[str, list[AddressRange]] = {}
    ends: list[ZoneEnd] = []
    for zone in zones:
        end = ZoneEnd(zone["zone"])
        named[end.zone] = _of_devices(zone, directory, end)
        ends.append(end)
    taken = {zone: merged(ranges) for zone, ranges in named.items()}
    networks = merged(r for ranges in directory.ranges.values() for r in ranges)
    own = topology.own_addresses()
    for zone, end in zip(zones, ends, strict=True):
        elsewhere = merged(r for other, ranges in taken.items() if other != end.zone for r in ranges)
        by_vlan = without(merged(_of_vlans(zone, topology, end)), networks)
        by_network = directory.ranges.get(end.zone, ())
        wanted = without(merged((*by_network, *by_vlan)), elsewhere)
        end.ranges = without(merged((*wanted, *taken[end.zone])), own)
        end.ranges = common(end.ranges, _UNICAST)
        if not end.ranges and not end.lost:
            end.lost.append((said("zone {zone} has no address of a host", zone=end.zone), zone["source"], zone["line"]))
    return ends


_UNICAST = (
    AddressRange(4, 1 << 24, (224 << 24) - 1),
    AddressRange(6, 1, (0xFE80 << 112) - 1),
    AddressRange(6, 0xFEC0 << 112, (0xFF00 << 112) - 1),
)


def _of_devices(zone: Row, directory: NameDirectory, end: ZoneEnd) -> list[AddressRange]:
    found: list[AddressRange] = []
    for word in (*zone["macs"], *zone["devices"]):
        own = [one for entry in directory.entries(word) for one in map(addresses, entry["ips"]) if one]
        found += own
        if not own:
            why = (
                said("the inventory gives several devices the name {name}", name=word)
                if name_key(word) in directory.shared
                else said("{member} of zone {zone} has no address in an inventory", member=word, zone=end.zone)
            )
            end.lost.append((why, zone["source"], zone["line"]))
    return found


def _of_vlans(zone: Row, topology: GivenNetwork, end: ZoneEnd) -> list[AddressRange]:
    found: list[AddressRange] = []
    for vlan in zone["vlans"]:
        links = [k for k in topology.links.values() if any(j.interface.vlan == vlan for j in k.joins)]
        found += [range_of(link.network) for link in links]
        if not links and not zone["subnets"]:
            why = said("VLAN {vlan} of zone {zone} has no network in the configurations", vlan=vlan, zone=end.zone)
            end.lost.append((why, zone["source"], zone["line"]))
    return found
