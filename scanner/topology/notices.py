"""What of a map deserves a look. None of it is a verdict: a cable is looked at by somebody who stands before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from scanner.natural import natural
from scanner.outputs.ports import port_key
from scanner.topology.model import Cable, CableEnd, CableNotice, Sureness, SwitchPort
from scanner.wording import said

MOST_STATIONS = 2  # of an access port: a telephone or panel with a switch in it, and what is plugged into that
_MOST_NAMED = 8


def notices(links: Sequence[Cable], ports: Sequence[SwitchPort], seen: frozenset[str] | None) -> Iterator[CableNotice]:
    """The most telling kinds first, each in the order of ports."""
    yield from _disputed(links)
    yield from _several_neighbours(links)
    yield from _on_two_ports(ports)
    yield from _crowded(ports)
    if seen is not None:
        yield from _never_seen(ports, seen)


def end_text(end: CableEnd) -> str:
    """Device and port, in one text."""
    return f"{end.device} {end.port}".strip()


def _disputed(links: Sequence[Cable]) -> Iterator[CableNotice]:
    for link in links:
        ends = {"one": end_text(link.one), "other": end_text(link.other)}
        if link.sure is Sureness.CONTRADICTED:
            text = said("{one} names {other} as its neighbour, which names another one there", **ends)
            yield CableNotice("contradicted-link", text, link.evidence)
        elif link.sure is Sureness.ONE_SIDED:
            text = said("{one} names {other} as its neighbour, which does not name it", **ends)
            yield CableNotice("one-sided-link", text, link.evidence)


def _several_neighbours(links: Sequence[Cable]) -> Iterator[CableNotice]:
    """More than one device is heard at a port: what lies between them forwards what no managed switch does."""
    heard: defaultdict[CableEnd, dict[str, Cable]] = defaultdict(dict)
    for link in links:
        if link.sure in (Sureness.LEARNED, Sureness.ANNOUNCED):
            continue
        for near, far in ((link.one, link.other), (link.other, link.one)):
            if near.port:
                heard[near].setdefault(far.device, link)
    for end, others in heard.items():
        if len(others) > 1:
            text = said(
                "{port} hears several neighbours ({devices}): a hub or unmanaged switch between, or one of two names",
                port=end_text(end),
                devices=_named(sorted(others, key=natural)),
            )
            yield CableNotice(
                "several-neighbours", text, tuple(e for k in others.values() for e in k.evidence[:1])[:_MOST_NAMED]
            )


def _on_two_ports(ports: Sequence[SwitchPort]) -> Iterator[CableNotice]:
    """An address behind several ports that are access ports for certain."""
    places: defaultdict[str, list[tuple[SwitchPort, str, str]]] = defaultdict(list)
    for port in ports:
        if port.mode == "access":
            for station in port.stations:
                places[station.mac].append((port, station.name or station.mac, station.evidence))
    for mac, found in places.items():
        keys = {(port.end.device, port_key(port.end.port)) for port, _, _ in found}
        if len(keys) > 1:
            names = {"device": found[0][1], "ports": _named([end_text(port.end) for port, _, _ in found])}
            text, kind = said("{device} was learnt at several access ports: {ports}", **names), "on-two-ports"
            if is_redundant(mac, [port for port, _, _ in found]):
                kind = "redundant-device"
                text = said("{device} is at several access ports, as frames of PRP, HSR or MRP say: {ports}", **names)
            yield CableNotice(kind, text, tuple(where for _, _, where in found)[:_MOST_NAMED])


def is_redundant(mac: str, ports: Sequence[SwitchPort]) -> bool:
    """By what frames say of it the device has several cables, and no switch has two: each leads to another network."""
    devices = [port.end.device for port in ports]
    said_so = any(station.redundant for port in ports for station in port.stations if station.mac == mac)
    return said_so and len(devices) == len(set(devices))


def _crowded(ports: Sequence[SwitchPort]) -> Iterator[CableNotice]:
    for port in ports:
        if port.mode == "access" and not port.leads_on and len(port.stations) > MOST_STATIONS:
            text = said(
                "{port} is an access port with {n} devices behind it: an unmanaged switch, hub or virtual machines",
                port=end_text(port.end),
                n=len(port.stations),
            )
            yield CableNotice("crowded-access-port", text, tuple(s.evidence for s in port.stations[:_MOST_NAMED]))


def _never_seen(ports: Sequence[SwitchPort], seen: frozenset[str]) -> Iterator[CableNotice]:
    """Blind spots of the captures, switch by switch."""
    behind: defaultdict[str, list[SwitchPort]] = defaultdict(list)
    for port in ports:
        if port.stations:
            behind[port.end.device].append(port)
    for device, own in behind.items():
        blind = [port for port in own if all(station.mac not in seen for station in port.stations)]
        missed = sum(station.mac not in seen for port in own for station in port.stations)
        if missed:
            text = said(
                "{switch}: no capture has a frame of {n} of {all} devices; nothing was seen of what is behind {ports}",
                switch=device,
                n=missed,
                all=sum(len(port.stations) for port in own),
                ports=_named([port.end.port for port in blind]) if blind else said("any whole port"),
            )
            yield CableNotice(
                "not-captured", text, tuple(s.evidence for p in blind for s in p.stations[:1])[:_MOST_NAMED]
            )


def _named(names: Sequence[str]) -> object:
    shown = list(dict.fromkeys(names))
    more = len(shown) - _MOST_NAMED
    text = ", ".join(shown[:_MOST_NAMED])
    return said("{names} and {n} more", names=text, n=more) if more > 0 else text


def counts(found: Sequence[CableNotice]) -> Mapping[str, int]:
    """How many there are of each kind."""
    kinds = [notice.kind for notice in found]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
