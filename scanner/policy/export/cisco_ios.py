"""A policy as extended access lists of Cisco IOS and IOS XE, one for what comes in from each zone.

Source: Cisco, "Security Command Reference", ``ip access-list extended`` and ``ipv6 access-list``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.intervals import Interval
from scanner.policy.export._access_lists import ICMP, Entry, ZoneList, lists
from scanner.policy.export._flows import ALL_PORTS, EVERYTHING, one_line, sources
from scanner.policy.export._form import PolicyForm, ToExport

_LONGEST = 100  # characters of a remark
_WORDS = {
    4: ("ip access-list extended", "ip access-group {} in", "ip"),
    6: ("ipv6 access-list", "ipv6 traffic-filter {} in", "ipv6"),
}
_NEIGHBOURS = ("permit icmp any any nd-ns", "permit icmp any any nd-na")  # without which hosts find no router


def render(given: ToExport) -> str:
    """The lists as commands."""
    return "\n".join(_lines(given)) + "\n"


def _lines(given: ToExport) -> Iterator[str]:
    found = lists(given)
    yield f"! Made by otaudit from {sources(given)}. Check it before use."
    yield "! A list also drops what is sent to the device itself, and answers that it does not list."
    yield from (f"! not expressed, {one_line(str(text))}" for text in found.untold)
    for one in found.lists:
        yield "!"
        yield f"! zone {one_line(one.zone)}; on each of its interfaces: {_WORDS[one.version][1].format(one.name)}"
        yield from _list(one)
    yield "!"


def _list(one: ZoneList) -> Iterator[str]:
    begin, _, everything = _WORDS[one.version]
    yield f"{begin} {one.name}"
    for part in one.parts:
        for text in part.remarks:
            yield f" remark {text[:_LONGEST]}"
        yield from (f" {_entry(entry, everything)}" for entry in part.entries)
    if one.version == 6:
        yield from (f" {line}" for line in _NEIGHBOURS)
    yield f" deny {everything} any any log"


def _entry(entry: Entry, everything: str) -> str:
    protocol = everything if entry.transport == EVERYTHING else entry.transport.removeprefix("ip-")
    ends = (_end(entry.source), _ports(entry.source_ports), _end(entry.destination), _ports(entry.ports))
    marked = ("echo-reply" if entry.transport == ICMP else "established") if entry.answers else ""
    return " ".join(filter(None, ("permit", protocol, *ends, marked)))


def _end(text: str) -> str:
    if "/" not in text:
        return f"host {text}"
    network = ipaddress.ip_network(text)
    if network.prefixlen == 0:
        return "any"
    return text if network.version == 6 else f"{network.network_address} {network.hostmask}"


def _ports(ports: Interval) -> str:
    if ports == ALL_PORTS:
        return ""
    return f"eq {ports[0]}" if ports[0] == ports[1] else f"range {ports[0]} {ports[1]}"


FORM = PolicyForm("cisco-ios", "access lists of Cisco IOS and IOS XE", render)
