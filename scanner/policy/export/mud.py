"""What a policy allows the devices of a zone, as a manufacturer usage description (RFC 8520).

It has a list for what the devices send and one for what is sent to them. A description is about a device and does not
name it, so a conduit that only some devices of the zone may use is not expressed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from scanner.address_spans import Ranges, networks
from scanner.errors import DefinitionError, Problem
from scanner.intervals import Interval
from scanner.policy.export._flows import ALL_PORTS, EVERYTHING, VERSIONS, Allowance, Flow, allowances, untold
from scanner.policy.export._form import PolicyForm, ToExport
from scanner.wording import Said, said

_HOURS = 48  # that a description may be kept, the default of RFC 8520, section 3.5
_NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}
_ICMP = {4: 1, 6: 58}
_OF_EVERYTHING = ("tcp", "udp", "icmp")  # a list without protocols would let anybody begin
_FROM, _TO = "from-device", "to-device"


class _Way(NamedTuple):
    """A flow as seen from the devices. sends: the list of what they send; begins: they began the conversation."""

    flow: Flow
    sends: bool
    begins: bool

    @property
    def others(self) -> Ranges:
        """Whom the devices speak with."""
        return self.flow.receivers if self.begins else self.flow.senders


def render(given: ToExport) -> str:
    """The description as JSON."""
    if not given.zone:
        remedy = said("name the zone of the devices: --zone")
        raise DefinitionError(Problem("policy", said("a usage description is about one zone"), remedy=remedy))
    if not given.address.startswith("https://"):
        remedy = said("say where it will be published: --mud-url https://...")
        raise DefinitionError(Problem("policy", said("a usage description has an address of its own"), remedy=remedy))
    names = {
        (sends, version): f"{_FROM if sends else _TO}-v{version}" for sends in (True, False) for version in VERSIONS
    }
    allowed = list(allowances(given))
    found = {key: list(_entries(allowed, given.zone, *key)) for key in names}
    description = {
        "mud-version": 1,
        "mud-url": given.address,
        "last-update": f"{given.today.isoformat()}T00:00:00+00:00",
        "cache-validity": _HOURS,
        "is-supported": True,
        "systeminfo": f"Devices of zone {given.zone}"[:60],
        f"{_FROM}-policy": _policy(names[True, v] for v in VERSIONS if found[True, v]),
        f"{_TO}-policy": _policy(names[False, v] for v in VERSIONS if found[False, v]),
    }
    acls = [
        {"name": names[key], "type": f"ipv{key[1]}-acl-type", "aces": {"ace": aces}}
        for key, aces in found.items()
        if aces
    ]
    whole = {"ietf-mud:mud": description, "ietf-access-control-list:acls": {"acl": acls}}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _policy(names: Iterable[str]) -> dict[str, Any]:
    return {"access-lists": {"access-list": [{"name": name} for name in names]}}


def _entries(allowed: Iterable[Allowance], zone: str, sends: bool, version: int) -> Iterator[dict[str, Any]]:
    for allowance in allowed:
        number = 0
        for way in _ways(allowance.flows, zone, sends):
            if way.flow.version == version:
                for matches in _matches(way, version):
                    number += 1
                    name = f"{allowance.title.replace(' ', '-')}-{number}"
                    yield {"name": name, "matches": matches, "actions": {"forwarding": "accept"}}


def _ways(flows: Iterable[Flow], zone: str, sends: bool) -> Iterator[_Way]:
    for flow in flows:
        if not _expressed(flow, zone):
            continue
        if flow.source == zone:
            yield _Way(flow, sends, begins=True)
        if flow.target == zone:
            yield _Way(flow, sends, begins=False)


def _expressed(flow: Flow, zone: str) -> bool:
    """RFC 8519 matches no ports of SCTP; a description holds for all devices of the zone."""
    return (flow.transport.name != "sctp" or flow.transport.whole) and not (flow.chosen and flow.source == zone)


def beyond(given: ToExport) -> Iterator[Said]:
    """What the description does not express."""
    found = list(allowances(given))
    yield from untold(given, found)
    for allowance in found:
        own = [flow for flow in allowance.flows if given.zone in (flow.source, flow.target)]
        if any(flow.chosen and flow.source == given.zone for flow in own):
            yield said("{allowance}: that only some devices of the zone may use it", allowance=allowance.title)
        if any(flow.transport.name == "sctp" and not flow.transport.whole for flow in own):
            yield said("{allowance}: ports of SCTP", allowance=allowance.title)
        if any(flow.transport.name == EVERYTHING for flow in own):
            yield said("{allowance}: other protocols than TCP, UDP and ICMP", allowance=allowance.title)


def _matches(way: _Way, version: int) -> Iterator[dict[str, Any]]:
    transport = way.flow.transport
    own = f"{'destination' if way.sends else 'source'}-ipv{version}-network"
    for network in networks(way.others):
        other = network if "/" in network else f"{network}/{32 if version == 4 else 128}"
        for name in _OF_EVERYTHING if transport.name == EVERYTHING else (transport.name,):
            for ports in transport.ports or (ALL_PORTS,):
                ends = {own: other, "protocol": _number(name, version)}
                yield {f"ipv{version}": ends, **_layer_4(way, name, ports)}


def _number(name: str, version: int) -> int:
    if name == "icmp":
        return _ICMP[version]
    return _NUMBERS[name] if name in _NUMBERS else int(name.removeprefix("ip-"))


def _layer_4(way: _Way, name: str, ports: Interval) -> dict[str, Any]:
    """What RFC 8519 and RFC 8520 match of TCP and UDP."""
    found: dict[str, Any] = {}
    if name == "tcp":
        found["ietf-mud:direction-initiated"] = _FROM if way.begins else _TO
    if ports != ALL_PORTS:
        found["destination-port" if way.begins == way.sends else "source-port"] = _port(ports)
    return {name: found} if found else {}


def _port(ports: Interval) -> dict[str, Any]:
    if ports[0] == ports[1]:
        return {"operator": "eq", "port": ports[0]}
    return {"lower-port": ports[0], "upper-port": ports[1]}


FORM = PolicyForm("mud", "manufacturer usage description of RFC 8520 for the devices of a zone", render, beyond)
