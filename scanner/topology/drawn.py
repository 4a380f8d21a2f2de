"""The map as nodes and edges: switches, neighbours and stations, each once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from scanner.topology.model import CableMap
from scanner.topology.text import announced_text

SWITCH, NEIGHBOUR, STATION, ANNOUNCER = "switch", "neighbour", "station", "announcer"


@dataclass(frozen=True)
class DrawnDevice:
    """A device. kind: switch (its output was given), neighbour (it was named), station (its address was learnt),
    announcer (it speaks of its ports on the wire). says: what, for each port.
    """

    name: str
    kind: str
    label: str
    mac: str = ""
    ips: tuple[str, ...] = ()
    seen: bool | None = None
    says: str = ""


@dataclass(frozen=True)
class DrawnCable:
    """A cable, or an address learnt at a port."""

    one: str
    port: str
    other: str
    other_port: str
    sure: str
    evidence: str


@dataclass(frozen=True)
class Drawing:
    """devices in a fixed order; number: that of each in it."""

    devices: tuple[DrawnDevice, ...]
    edges: tuple[DrawnCable, ...]
    number: Mapping[str, int]


def drawing(found: CableMap) -> Drawing:
    """Nodes and edges, those of links first."""
    devices = {name: DrawnDevice(name, SWITCH, name) for name in found.switches}
    edges = []
    for link in found.links:
        for end in (link.one, link.other):
            devices.setdefault(end.device, DrawnDevice(end.device, NEIGHBOUR, end.device))
        where = "; ".join(link.evidence)
        edges.append(DrawnCable(link.one.device, link.one.port, link.other.device, link.other.port, link.sure, where))
    linked = {(edge.one, edge.port, edge.other) for edge in edges}
    for port in found.ports:
        for station in port.stations:
            name = station.name or station.mac
            told = DrawnDevice(name, STATION, name, station.mac, station.ips, station.seen)
            if devices.setdefault(name, told).kind == NEIGHBOUR:
                devices[name] = told
            if (port.end.device, port.end.port, name) not in linked:
                edges.append(DrawnCable(port.end.device, port.end.port, name, "", "learned", station.evidence))
    for name, says in _words(found).items():
        told = devices.setdefault(name, DrawnDevice(name, ANNOUNCER, name))
        devices[name] = replace(told, says=says)
    return Drawing(tuple(devices.values()), tuple(edges), {name: n for n, name in enumerate(devices)})


def _words(found: CableMap) -> dict[str, str]:
    """What each device says of its ports."""
    words: dict[str, list[str]] = {}
    for one in found.announcements:
        text = announced_text(one)
        told = f"{one.end.port} {one.protocol}".strip()
        words.setdefault(one.end.device, []).append(f"{told}: {text}" if text else told)
    return {name: "; ".join(dict.fromkeys(lines)) for name, lines in words.items()}
