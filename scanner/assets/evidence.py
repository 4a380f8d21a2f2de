"""All that is known of devices before anybody puts it together, and what devices state of themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from scanner.addresses import is_ip
from scanner.assets.binding import Sighting
from scanner.assets.configured import Configured
from scanner.assets.tables import Bound

Row = Mapping[str, Any]
_MANAGEMENT = frozenset(("lldp", "cdp"))  # state management addresses


@dataclass(frozen=True)
class DeviceEvidence:
    """All that is known, as rows of the facts tables.

    operations: industrial ones: client, client_mac, server, server_mac, protocol, verb; with ``answered``.
    links: flows that say anything of their ends (of a known protocol, or without a transport), summed up by client,
        client_mac, server, server_mac, transport, server_port, protocol, industrial; with ``asked`` and ``answered``
        (packets from the client's and server's side were seen).
    tunnels: (tunnel, outer address) of every tunnel end.
    ai: who offers and uses AI services: (address, MAC address of its frames, role, name of the interface or provider).
    mobile: (address, protocol of the signalling that gave it; empty: seen in the user plane) of devices by radio.
    talks: who talks with whom by IP, as ``scanner.assets.surroundings.TALKS``.
    configured: what devices' own configurations say, addresses of their interfaces above all.
    bound: what the tables in configurations say of others.
    """

    operations: pl.DataFrame
    links: pl.DataFrame
    talks: pl.DataFrame
    sightings: Sequence[Sighting] = ()
    identities: Sequence[Row] = ()
    tunnels: Sequence[tuple[str, str]] = ()
    ai: Sequence[tuple[str, str, str, str]] = ()
    mobile: Sequence[tuple[str, str]] = ()
    inventory: Sequence[Row] = ()
    configured: Sequence[Configured] = ()
    bound: Sequence[Bound] = ()
    zones: Sequence[Row] = ()
    roles: Sequence[Row] = ()
    has_capture: bool = True
    has_inventory: bool = True
    has_policy: bool = True

    def without_traffic(self) -> DeviceEvidence:
        """The same with the tables that grow with the traffic empty."""
        return replace(self, operations=self.operations.clear(), links=self.links.clear(), talks=self.talks.clear())


def chassis_of_ports(evidence: DeviceEvidence) -> dict[str, set[str]]:
    """MAC address of a port -> MAC addresses of the chassis that it names (LLDP)."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in evidence.identities:
        if row["field"] == "mac" and row["mac"] and row["value"] != row["mac"] and row["protocol"] == "lldp":
            found[row["mac"]].add(row["value"])
    return dict(found)


def of_chassis(evidence: DeviceEvidence) -> Iterator[Row]:
    """Identities; what a port's own MAC address said (LLDP, STP, MRP) is said of its device, where that was seen too.

    The port stays a device of its own: whoever claims another's chassis must not vanish behind it.
    """
    seen = {r.mac for r in evidence.sightings}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for row in evidence.identities:
        if row["field"] == "mac" and row["mac"] and row["value"] in seen and row["value"] != row["mac"]:
            named[row["mac"]].add(row["value"])
    for row in evidence.identities:
        chassis = named.get(row["mac"], ())
        yield {**row, "mac": next(iter(chassis))} if len(chassis) == 1 and row["field"] != "mac" else row


def claims(
    evidence: DeviceEvidence, identities: Sequence[Row], listed_pairs: Collection[tuple[str, str]]
) -> set[tuple[str, str]]:
    """MAC and IP pairs that a device states of itself (PROFINET DCP), or that are listed just as they were seen.

    Anyone can state another's address, so a pair counts only where the MAC address sends from it, or nobody does. A
    management address (LLDP, CDP) may be that of another interface of the device, whose MAC address then sends from
    it: there nobody else may.
    """
    stated = {(r["mac"], r["value"], r["protocol"] in _MANAGEMENT) for r in identities if r["field"] == "ip"}
    macs: set[str] = set()
    senders: dict[str, set[str]] = {ip: set() for _, ip, _ in stated}
    listed = set()
    for row in evidence.sightings:
        macs.add(row.mac)
        if row.ip in senders:
            senders[row.ip].add(row.mac)
        if listed_pairs and (row.mac, row.ip) in listed_pairs:
            listed.add((row.mac, row.ip))
    return listed | {
        (mac, ip)
        for mac, ip, managed in stated
        if mac and mac in macs and is_ip(ip) and (senders[ip] <= {mac} or (mac in senders[ip] and not managed))
    }
