"""The map in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.topology.model import Announcement, Cable, CableMap, Sureness, SwitchPort
from scanner.topology.notices import end_text
from scanner.wording import NOTHING, Said, joined, protocol, said, verbatim
from scanner.wording.spoken import spoken

_SURE: Mapping[Sureness, Said] = {
    Sureness.BOTH_ENDS: said("both ends say so"),
    Sureness.ONE_END: said("one end says so"),
    Sureness.ONE_SIDED: said("one end says so, the other does not"),
    Sureness.CONTRADICTED: said("the other end contradicts"),
    Sureness.ANNOUNCED: said("it is said on the wire"),
    Sureness.LEARNED: said("its address was learnt there"),
}


def lines(found: CableMap) -> Iterator[Said | str]:
    """Links, what is behind the ports, and what deserves a look."""
    yield said("{n} links:", n=len(found.links))
    yield from (_link(link) for link in found.links)
    behind = [port for port in found.ports if port.stations]
    yield NOTHING
    yield said("What is behind {n} ports:", n=len(behind))
    yield from (_port(port) for port in behind)
    yield NOTHING
    if found.announcements:
        yield said("{n} things are said on the wire of ports, where anybody can say them:", n=len(found.announcements))
        yield from (_announcement(one) for one in found.announcements)
        yield NOTHING
    yield from notice_lines(found)


def notice_lines(found: CableMap) -> Iterator[Said]:
    """What deserves a look, each with where it is said."""
    if not found.notices:
        yield said("Nothing deserves a look.")
        return
    yield said("{n} things deserve a look:", n=len(found.notices))
    for notice in found.notices:
        yield said("  {what} [{where}]", what=notice.text, where=", ".join(notice.evidence))


def as_rows(found: CableMap, language: str) -> dict[str, Any]:
    """For JSON."""
    return {
        "switches": list(found.switches),
        "links": [
            {
                "device": link.one.device,
                "port": link.one.port,
                "other_device": link.other.device,
                "other_port": link.other.port,
                "sure": link.sure.value,
                "evidence": list(link.evidence),
            }
            for link in found.links
        ],
        "ports": [
            {
                "device": port.end.device,
                "port": port.end.port,
                "mode": port.mode,
                "state": port.state,
                "description": port.description,
                "leads_on": port.leads_on,
                "members": list(port.members),
                "stations": [
                    {"mac": s.mac, "ips": list(s.ips), "name": s.name, "vlans": list(s.vlans), "seen": s.seen}
                    for s in port.stations
                ],
            }
            for port in found.ports
        ],
        "announcements": [
            {
                "device": one.end.device,
                "port": one.end.port,
                "protocol": one.protocol,
                "says": spoken(announced_text(one), language),
                "evidence": one.evidence,
            }
            for one in found.announcements
        ],
        "notices": [
            {"kind": n.kind, "text": spoken(n.text, language), "evidence": list(n.evidence)} for n in found.notices
        ],
    }


def _link(link: Cable) -> Said:
    where = ", ".join(link.evidence)
    ends = {"one": end_text(link.one), "other": end_text(link.other)}
    return said("  {one} - {other}: {sure} [{where}]", **ends, sure=_SURE[link.sure], where=where)


def announced_text(one: Announcement) -> Said:
    """All that it says."""
    near = said("next to {other}", other=end_text(one.neighbour)) if one.neighbour else NOTHING
    return joined(filter(None, (*one.says, near)))


def _announcement(one: Announcement) -> Said:
    words = joined(filter(None, (protocol(one.protocol), announced_text(one))))
    return said("  {port}: {what} [{where}]", port=end_text(one.end), what=words, where=one.evidence)


def _port(port: SwitchPort) -> Said:
    told = []
    for station in port.stations:
        names = [name for name in (station.name, *station.ips, station.mac) if name]
        unseen = said("not in a capture") if station.seen is False else NOTHING
        told.append(joined([verbatim(" ".join(names)), unseen]))
    where = f"{end_text(port.end)} ({', '.join(port.members)})" if port.members else end_text(port.end)
    return said("  {port}: {devices}", port=where, devices=joined(told, "; "))
