"""From the tables of switches to links, ports with what is behind them, and what deserves a look.

A neighbour's name, LLDP on the wire and a description are claims: they describe, and bind nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scanner.natural import natural
from scanner.outputs.ports import port_key
from scanner.topology.announced import announced_cables, named
from scanner.topology.model import Announcement, Cable, CableEnd, CableMap, StationBehind, Sureness, SwitchPort
from scanner.topology.names import DeviceNames
from scanner.topology.notices import notices

Row = Mapping[str, Any]


@dataclass(frozen=True)
class CableSources:
    """Rows of facts tables. seen: MAC addresses in captures, None without one; names: MAC address -> device.

    announced: MAC address -> the port that its device names as its own (LLDP or CDP on the wire), and where.
    announcements: what devices say on the wire of their ports.
    aggregates: (device, port) -> the aggregation that it is a member of, by configuration. redundant: MAC addresses
    that frames of PRP, HSR or MRP are about.
    """

    neighbours: Sequence[Row] = ()
    stations: Sequence[Row] = ()
    switch_ports: Sequence[Row] = ()
    uses: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (device, port) by configuration: access, trunk
    seen: frozenset[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    announced: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    announcements: Sequence[Announcement] = ()
    aggregates: Mapping[tuple[str, str], str] = field(default_factory=dict)
    redundant: frozenset[str] = frozenset()


@dataclass
class _Claims:
    """What the output of one end says of a link. far: the other's port."""

    far: set[str] = field(default_factory=set)
    evidence: list[str] = field(default_factory=list)


def cable_map(given: CableSources) -> CableMap:
    """Everything that the sources tell of cables."""
    own = dict.fromkeys(row["device"] for row in (*given.neighbours, *given.stations, *given.switch_ports))
    configured = {device for device, _ in (*given.uses, *given.aggregates)}
    name = DeviceNames(own, (*(row["neighbour"] for row in given.neighbours if row["neighbour"]), *sorted(configured)))
    switches = tuple(sorted({name(device) for device in own}, key=natural))
    ports = _Ports(given, name)
    claims = _claims(given, name, ports)
    links = _links(claims, {near.device for near, _ in claims}, switches, ports)
    _lead_on(links, frozenset(switches), ports)
    ports.settle(given)
    links += _learned(ports, links, given)
    words = named(given.announcements, name)
    links += announced_cables(words, links)
    ordered = sorted(ports.all(), key=lambda p: (natural(p.end.device), natural(p.end.port)))
    links.sort(
        key=lambda k: (natural(k.one.device), natural(k.one.port), natural(k.other.device), natural(k.other.port))
    )
    return CableMap(switches, tuple(links), tuple(ordered), tuple(notices(links, ordered, given.seen)), words)


class _Ports:
    """The ports of switches by device and key, and which addresses each has learnt."""

    def __init__(self, given: CableSources, name: DeviceNames) -> None:
        self._ports: dict[tuple[str, str], SwitchPort] = {}
        self._learned: defaultdict[tuple[str, str], dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        self._ips: defaultdict[str, list[str]] = defaultdict(list)
        for row in given.switch_ports:
            port = self.at(name(row["device"]), row["port"])
            mode = "trunk" if row["mode"] in {"trunk", "hybrid"} else row["mode"]
            port.mode, port.state, port.description = mode, row["state"], row["description"]
        self._joined = self._aggregations(given, name)
        for row in given.stations:
            if row["ip"] and row["ip"] not in self._ips[row["mac"]]:
                self._ips[row["mac"]].append(row["ip"])
            if row["port"] and row["how"] != "arp":
                port = self.whole(self.at(name(row["device"]), row["port"]))
                self._learned[port.end.device, port_key(port.end.port)][row["mac"]].append(row)
        for (device, where), use in given.uses.items():
            known = self.known(name(device), where)  # of devices of which an output was given
            if known is not None and not known.mode:
                known.mode = use

    def _aggregations(self, given: CableSources, name: DeviceNames) -> dict[tuple[str, str], SwitchPort]:
        """Member -> its aggregation, of devices of which an output was given."""
        own = {name(row["device"]) for rows in (given.neighbours, given.stations, given.switch_ports) for row in rows}
        found = {}
        for (given_name, where), aggregate in given.aggregates.items():
            device = name(given_name)
            if device in own:
                port = self.at(device, aggregate)
                port.members.append(where)
                found[device, port_key(where)] = port
        return found

    def whole(self, port: SwitchPort) -> SwitchPort:
        """The aggregation that the port is a member of, else itself."""
        return self._joined.get((port.end.device, port_key(port.end.port)), port)

    def at(self, device: str, port: str) -> SwitchPort:
        """The port, known from now on by the first way in which it is written."""
        return self._ports.setdefault((device, port_key(port)), SwitchPort(CableEnd(device, port)))

    def known(self, device: str, port: str) -> SwitchPort | None:
        return self._ports.get((device, port_key(port)))

    def all(self) -> Iterable[SwitchPort]:
        return self._ports.values()

    def macs(self, port: SwitchPort) -> Mapping[str, list[Row]]:
        """The addresses that were learnt there, each with its rows."""
        return self._learned.get((port.end.device, port_key(port.end.port)), {})

    def settle(self, given: CableSources) -> None:
        """Put the stations behind the ports that do not lead on."""
        for port in self._ports.values():
            if port.leads_on:
                continue
            for mac, rows in sorted(self.macs(port).items()):
                vlans = tuple(sorted({row["vlan"] for row in rows if row["vlan"] >= 0}))
                port.stations.append(
                    StationBehind(
                        mac,
                        tuple(self._ips.get(mac, ())),
                        given.names.get(mac, ""),
                        vlans,
                        None if given.seen is None else mac in given.seen,
                        place(rows[0]),
                        mac in given.redundant,
                    )
                )


def place(row: Row) -> str:
    """File and line of a row."""
    return f"{row['source']}:{row['line']}"


def _claims(given: CableSources, name: DeviceNames, ports: _Ports) -> dict[tuple[CableEnd, str], _Claims]:
    """(own end, other device) -> what is said of it."""
    found: defaultdict[tuple[CableEnd, str], _Claims] = defaultdict(_Claims)
    names = {row["neighbour_mac"]: row["neighbour"] for row in given.neighbours if row["neighbour"]}
    for row in given.neighbours:
        far = row["neighbour"] or names.get(row["neighbour_mac"]) or given.names.get(row["neighbour_mac"], "")
        far = far or row["neighbour_mac"] or next(iter(row["neighbour_ips"]), "")
        if not far:
            continue
        claim = found[ports.at(name(row["device"]), row["port"]).end, name(far)]
        if row["neighbour_port"]:
            claim.far.add(row["neighbour_port"])
        claim.evidence.append(place(row))
    return found


def _links(
    claims: Mapping[tuple[CableEnd, str], _Claims], tellers: set[str], switches: Sequence[str], ports: _Ports
) -> list[Cable]:
    """Links from the claims of either end."""
    by_end: defaultdict[tuple[str, str], set[str]] = defaultdict(set)  # own end -> devices that it names
    for near, far in claims:
        by_end[near.device, port_key(near.port)].add(far)
    by_far = {
        (there.device, whom, port_key(port)): there for (there, whom), told in claims.items() for port in told.far
    }
    somewhere = {(near.device, far) for near, far in claims}
    links: list[Cable] = []
    done: set[tuple[CableEnd, str]] = set()
    for (near, far), claim in sorted(
        claims.items(), key=lambda item: (natural(item[0][0].device), natural(item[0][0].port))
    ):
        if (near, far) in done:
            continue
        end = _far_end(far, claim, ports, known=far in switches)
        if not end.port:  # the other end may tell which of its ports it is
            end = by_far.get((far, near.device, port_key(near.port)), end)
        back = claims.get((end, near.device)) if end.port else None
        if back is not None and any(port_key(port) == port_key(near.port) for port in back.far):
            done.add((end, near.device))
            links.append(Cable(near, end, Sureness.BOTH_ENDS, (*claim.evidence[:2], *back.evidence[:2])))
            continue
        sure = Sureness.ONE_END
        unplaced = not end.port and (far, near.device) in somewhere
        if far in tellers and not unplaced:
            others = by_end.get((far, port_key(end.port)), set()) - {near.device} if end.port else set()
            sure = Sureness.CONTRADICTED if others or back is not None else Sureness.ONE_SIDED
        links.append(Cable(near, end, sure, tuple(claim.evidence[:2])))
    return links


def _far_end(far: str, claim: _Claims, ports: _Ports, *, known: bool) -> CableEnd:
    """The other end as its own output writes it, else as it is told; of several ways to write it the longest."""
    for port in sorted(claim.far):
        own = ports.known(far, port) if known else None
        if own is not None:
            return own.end
    return CableEnd(far, max(claim.far, key=lambda text: (len(text), text), default=""))


def _lead_on(links: Iterable[Cable], switches: frozenset[str], ports: _Ports) -> None:
    """Trunks lead on, and ports with a cable to a switch of which an output was given."""
    for link in links:
        for near, far in ((link.one, link.other), (link.other, link.one)):
            port = ports.known(near.device, near.port) if near.port else None
            if port is not None and far.device in switches:
                port.leads_on = ports.whole(port).leads_on = True
    for port in ports.all():
        port.leads_on = port.leads_on or port.mode == "trunk"
    for port in ports.all():  # what holds of an aggregation holds of its members
        port.leads_on = port.leads_on or ports.whole(port).leads_on


def _learned(ports: _Ports, links: Sequence[Cable], given: CableSources) -> list[Cable]:
    """Devices that are alone behind a port that nobody else explains."""
    taken = {end for link in links for end in (link.one, link.other)}
    taken |= {ports.whole(port).end for end in taken if (port := ports.known(end.device, end.port)) is not None}
    found = []
    for port in ports.all():
        if port.end in taken or len(port.stations) != 1:
            continue
        (station,) = port.stations
        far, where = given.announced.get(station.mac, ("", ""))
        evidence = tuple(filter(None, (station.evidence, where)))
        found.append(Cable(port.end, CableEnd(station.name or station.mac, far), Sureness.LEARNED, evidence))
    return found
