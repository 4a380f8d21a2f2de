"""A policy as advanced access lists of Huawei VRP, one for what comes in from each zone.

Source: Huawei, S-series "Command Reference", ``acl``, ``rule (advanced ACL view)``, ``rule (advanced ACL6 view)`` and
``traffic-filter``.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from scanner.errors import DefinitionError, Problem
from scanner.intervals import Interval
from scanner.policy.export._access_lists import ICMP, Entry, ZoneList, lists
from scanner.policy.export._flows import ALL_PORTS, EVERYTHING, one_line, sources
from scanner.policy.export._form import PolicyForm, ToExport
from scanner.wording import said

_FIRST = 3000  # of the numbers of advanced lists
_NUMBERS = 1000
_STEP = 5  # between rules, as the device numbers them
_NEIGHBOURS = ("permit icmpv6 icmp6-type 135 0", "permit icmpv6 icmp6-type 136 0")  # RFC 4861: hosts find the router
_ECHO_REPLY = {4: "icmp-type 0 0", 6: "icmp6-type 129 0"}


def render(given: ToExport) -> str:
    """The lists as commands."""
    return "\n".join(_lines(given)) + "\n"


def _lines(given: ToExport) -> Iterator[str]:
    found = lists(given)
    if len(found.lists) > _NUMBERS:
        what = said("there are only {most} numbers for {count} access lists", most=_NUMBERS, count=len(found.lists))
        raise DefinitionError(Problem("policy", what, remedy=said("ask for one zone")))
    yield f"# Made by otaudit from {sources(given)}. Check it before use."
    yield "# A list also drops what is sent to the device itself, and answers that it does not list."
    yield from (f"# not expressed, {one_line(str(text))}" for text in found.untold)
    for number, one in enumerate(found.lists, _FIRST):
        six = "ipv6 " if one.version == 6 else ""
        yield "#"
        yield f"# zone {one_line(one.zone)}; on each of its interfaces: traffic-filter inbound acl {six}{number}"
        yield f"acl {six}number {number}"
        yield f" description {one.name}"
        yield from (f" {line}" for line in _rules(one))
    yield "#"


def _rules(one: ZoneList) -> Iterator[str]:
    number = 0
    for part in one.parts:
        for index, entry in enumerate(part.entries):
            number += _STEP
            yield f"rule {number} {_entry(entry, one.version)}"
            if index == 0:
                yield from (f"rule {number} description {text[:127]}" for text in part.remarks)
    everything = "ipv6" if one.version == 6 else "ip"
    for text in (*(_NEIGHBOURS if one.version == 6 else ()), f"deny {everything}"):
        number += _STEP
        yield f"rule {number} {text}"


def _entry(entry: Entry, version: int) -> str:
    names = {EVERYTHING: "ipv6" if version == 6 else "ip", ICMP: "icmpv6" if version == 6 else ICMP}
    protocol = names.get(entry.transport, entry.transport.removeprefix("ip-"))
    ends = (_end("source", entry.source), _end("destination", entry.destination))
    ports = (_ports("source-port", entry.source_ports), _ports("destination-port", entry.ports))
    marked = (_ECHO_REPLY[version] if entry.transport == ICMP else "tcp-flag established") if entry.answers else ""
    return " ".join(filter(None, ("permit", protocol, *ends, *ports, marked)))


def _end(word: str, text: str) -> str:
    network = ipaddress.ip_network(text)
    if network.prefixlen == 0:
        return ""
    if network.version == 6:
        return f"{word} {network}"
    return f"{word} {network.network_address} {network.hostmask if int(network.hostmask) else 0}"


def _ports(word: str, ports: Interval) -> str:
    if ports == ALL_PORTS:
        return ""
    return f"{word} eq {ports[0]}" if ports[0] == ports[1] else f"{word} range {ports[0]} {ports[1]}"


FORM = PolicyForm("huawei-vrp", "access lists of Huawei VRP", render)
