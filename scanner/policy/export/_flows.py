"""What a policy allows as conversations of IP, for filters that see addresses and ports.

What it says beyond that (verbs, VLANs, layer 2, names without an address) is told beside them, so that nobody takes the
filters for the whole policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from scanner.address_spans import AddressRange, Ranges, common, merged, without
from scanner.intervals import Interval, united
from scanner.policy.cover import addresses, addresses_of
from scanner.policy.directory import NameDirectory
from scanner.policy.export._form import Ports, Row, ToExport
from scanner.policy.services import ANY, WELL_KNOWN, Service, parse_service
from scanner.wording import Said, said

PORTED = ("tcp", "udp", "sctp")
ALL_PORTS = (0, 65_535)
EVERYTHING = "any"
VERSIONS = (4, 6)


class Transport(NamedTuple):
    """A transport as the facts name it, ``any`` for all of them, and its destination ports; none for those without."""

    name: str
    ports: tuple[Interval, ...] = ()

    @property
    def whole(self) -> bool:
        """Whatever its ports are."""
        return self.name not in PORTED or self.ports == (ALL_PORTS,)


class Flow(NamedTuple):
    """Conversations of one IP version that may begin. chosen: senders are some clients, not all of the zone."""

    source: str
    target: str
    version: int
    senders: Ranges
    receivers: Ranges
    transport: Transport
    chosen: bool = False


class Allowance(NamedTuple):
    """A conduit as flows. untold: what of it filters of packets do not express."""

    title: Said
    reason: str
    flows: tuple[Flow, ...]
    untold: tuple[Said, ...] = ()


def zone_ranges(given: ToExport) -> dict[str, Ranges]:
    """The addresses of each zone that has any, in the order of the policy.

    As everywhere, what a zone says of a device by name or MAC address counts more than networks.
    """
    directory = NameDirectory(given.tables["zones"], given.inventory)
    named = {zone["zone"]: merged(_of_devices(zone, directory)) for zone in given.tables["zones"]}
    found = {}
    for zone, own in named.items():
        elsewhere = merged(r for other, ranges in named.items() if other != zone for r in ranges)
        found[zone] = merged((*without(directory.ranges.get(zone, ()), elsewhere), *own))
    return {zone: ranges for zone, ranges in found.items() if ranges}


def _of_devices(zone: Row, directory: NameDirectory) -> Iterator[AddressRange]:
    for word in (*zone["macs"], *zone["devices"]):
        for entry in directory.entries(word):
            if directory.zone_of_entry(entry)[:1] == (zone["zone"],):
                yield from filter(None, map(addresses, entry["ips"]))


def members_beyond(zone: Row, directory: NameDirectory) -> list[str]:
    """Members of a zone that have no address that is known."""
    devices = (w for w in (*zone["macs"], *zone["devices"]) if not any(e["ips"] for e in directory.entries(w)))
    return [*(f"VLAN {v}" for v in zone["vlans"]), *devices]


def allowances(given: ToExport) -> Iterator[Allowance]:
    """The inside of each zone, then the conduits as they stand in the policy."""
    ranges = zone_ranges(given)
    everything = [Transport(EVERYTHING)]
    for zone in sorted(ranges):
        yield Allowance(
            said("inside {zone}", zone=zone), "", tuple(_flows((zone, zone), ranges, ranges[zone], everything))
        )
    directory = NameDirectory(given.tables["zones"], given.inventory)
    for conduit in given.tables["conduits"]:
        yield _conduit(conduit, ranges, directory, given.ports)


def _conduit(conduit: Row, ranges: Mapping[str, Ranges], directory: NameDirectory, ports: Ports) -> Allowance:
    transports, portless = _transports(conduit["protocols"], ports)
    clients, unknown = _clients(conduit["clients"], directory)
    ends = [(conduit["from_zone"], conduit["to_zone"])]
    if conduit["both_ways"]:
        ends.append(ends[0][::-1])
    flows: list[Flow] = []
    for way in ends:
        senders = ranges.get(way[0], ())
        chosen = bool(conduit["clients"])
        flows += _flows(way, ranges, common(senders, clients) if chosen else senders, transports, chosen=chosen)
    untold = (
        *([said("no port is known: {protocols}", protocols=", ".join(portless))] if portless else ()),
        *([said("a filter sees no verbs: {verbs}", verbs=", ".join(conduit["verbs"]))] if conduit["verbs"] else ()),
        *([said("no address is known of {clients}", clients=", ".join(unknown))] if unknown else ()),
    )
    return Allowance(
        said("conduit {conduit}", conduit=conduit["conduit"]),
        conduit["reason"] or "no reason given",
        tuple(flows),
        untold,
    )


def _flows(
    ends: tuple[str, str],
    ranges: Mapping[str, Ranges],
    senders: Ranges,
    transports: Iterable[Transport],
    *,
    chosen: bool = False,
) -> Iterator[Flow]:
    for version in VERSIONS:
        own, theirs = (tuple(r for r in some if r.version == version) for some in (senders, ranges.get(ends[1], ())))
        if own and theirs:
            yield from (Flow(*ends, version, own, theirs, transport, chosen) for transport in transports)


def _clients(words: Iterable[str], directory: NameDirectory) -> tuple[Ranges, list[str]]:
    """The addresses of clients, and those of whom none is known."""
    found: list[AddressRange] = []
    unknown = []
    for word in words:
        listed = addresses_of(word, directory)
        found += listed
        if not listed:
            unknown.append(word)
    return merged(found), unknown


def _transports(protocols: Iterable[str], ports: Ports) -> tuple[list[Transport], list[str]]:
    """Those that a conduit's protocols are carried by, and the protocols that are no IP or have no known port."""
    listed: dict[str, list[Interval]] = {}
    others: dict[str, None] = {}
    beyond = []
    for text in protocols:
        if text == ANY:
            return [Transport(EVERYTHING)], []
        service = parse_service(text)
        at_home = ports.get(text) or WELL_KNOWN.get(text, ())
        services = [service] if service else [Service(transport, port, port) for transport, port in at_home]
        passing = [s for s in services if s.transport != "ethernet"]
        if not passing:
            beyond.append(text)
        for one in passing:
            if one.transport in PORTED:
                listed.setdefault(one.transport, []).append((one.low, one.high))
            else:
                others[one.transport] = None
    ported = [Transport(name, tuple(united(numbers))) for name, numbers in sorted(listed.items())]
    return [*map(Transport, others), *ported], beyond


def untold(given: ToExport, found: Iterable[Allowance]) -> Iterator[Said]:
    """All that filters do not express: members of zones, and of conduits what stands in them."""
    directory = NameDirectory((), given.inventory)
    for zone in given.tables["zones"]:
        if others := members_beyond(zone, directory):
            what = ", ".join(others)
            yield said("zone {zone}, members without a known address: {members}", zone=zone["zone"], members=what)
    for allowance in found:
        yield from (said("{allowance}: {text}", allowance=allowance.title, text=text) for text in allowance.untold)


def one_line(text: str) -> str:
    """One line without control characters, which no backslash continues."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split()).rstrip("\\")[:400]


def sources(given: ToExport) -> str:
    """The files that a policy was read from."""
    return one_line(", ".join(sorted({zone["source"] for zone in given.tables["zones"]}))) or "a policy without zones"
