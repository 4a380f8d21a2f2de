"""What devices are, from what they do. Every role comes with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.protocols.base import Verb
from scanner.vocabulary import ROLES
from scanner.wording import Plural, Said, listed, protocol, said, term


class Deed(NamedTuple):
    """Operations of one verb between two devices, summed up. ``answered``: accepted or refused."""

    client: str
    server: str
    protocol: str
    verb: str
    answered: int


class Link(NamedTuple):
    """Conversations between two devices. ``server`` may be a group address."""

    client: str
    server: str
    transport: str
    port: int
    protocol: str
    industrial: bool
    answered: bool


class Reason(NamedTuple):
    """A role and why, in words."""

    role: str
    why: str


_PROGRAM = {Verb.PROGRAM_DOWNLOAD, Verb.PROGRAM_UPLOAD, Verb.MODE_CHANGE, Verb.FIRMWARE_UPDATE}
_SERVICES_OF_CONTROLLERS = _PROGRAM | {Verb.START, Verb.STOP, Verb.RESTART}
_DATA = {Verb.READ, Verb.WRITE, Verb.OPERATE, Verb.SUBSCRIBE, Verb.REPORT}
# spoken by controllers and by plain I/O stations alike
_PLAIN_DATA_PROTOCOLS = {"modbus", "modbus-rtu", "modbus-ascii"}
_FIELD_BUS = {  # say who is there, or go from a controller to its field devices: not who is a controller
    *("profinet-dcp", "profinet-rt", "profinet-io", "cotp", "cip-io"),
    *("ethercat", "powerlink", "sercos", "cclink-ie", "hart-ip", "knxnet-ip"),
}
# industrial protocols whose server need not be a controller
_SERVERS = {"opcua": "opc_server", "opc-classic": "opc_server", "mqtt": "server", "mqtt-sn": "gateway"}
_SCADA_AT = 3  # servers that a client polls before it is taken for a supervisory server
_SPANNING_TREE = ("01:80:c2:00:00:00", "01:80:c2:00:00:08", "01:00:0c:cc:cc:cd")  # 802.1D, provider bridges, PVST+
_BPDUS = (0x42, 0xAA)  # LLC and, for PVST+, SNAP: LLDP may go to the same group
_ROUTING = {"ospf", "eigrp", "isis", "bgp", "pim", "vrrp", "hsrp"}  # of routers, among themselves
_NOT_SERVICES = {"arp", "icmp", "igmp", "ptp"}  # nor is anything at layer 2; who is a PTP master says so itself

_REQUESTS = Plural("{n} {protocol} request", "{n} {protocol} requests")
_TO_DEVICES = Plural("{operation} to {n} device", "{operation} to {n} devices")
_SET_UP = Plural("identified and configured {n} device", "identified and configured {n} devices")
_CLIENT_OF = Plural("client of {n} controller or I/O device", "client of {n} controllers or I/O devices")


@dataclass
class _Work:
    """Everything that devices did, by who did it."""

    program_services: defaultdict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    served: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    polled_by: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    polls: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    programs: defaultdict[str, dict[tuple[str, str], set[str]]] = field(default_factory=lambda: defaultdict(dict))
    identifies: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    configures: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, operation: Deed) -> None:
        if operation.verb in _PROGRAM and operation.client:
            self.programs[operation.client].setdefault((operation.protocol, operation.verb), set()).add(
                operation.server
            )
        if operation.verb == Verb.IDENTIFY:
            self.identifies[operation.client].add(operation.server)
        if operation.verb == Verb.CONFIGURE:
            self.configures[operation.client].add(operation.server)
        if not operation.answered or not operation.server:
            return
        if operation.verb in _SERVICES_OF_CONTROLLERS:
            self.program_services[operation.server].add((operation.protocol, operation.verb))
        if operation.verb in _DATA and operation.protocol not in _FIELD_BUS:
            served = self.served[operation.server]
            served[operation.protocol] = served.get(operation.protocol, 0) + operation.answered
            self.polled_by[operation.server].add(operation.client)
            self.polls[operation.client].add(operation.server)


def stated_by_itself(statements: Mapping[tuple[str, str], int]) -> list[Reason]:
    """Roles that a device gives itself, the most frequent first. ``statements``: (role, protocol) -> how often."""
    by_role: defaultdict[str, list[str]] = defaultdict(list)
    for (role, name), _ in sorted(statements.items(), key=lambda item: (-item[1], item[0])):
        if role in ROLES:
            by_role[role].append(name)
    return [
        Reason(role, said("said so itself ({protocols})", protocols=listed(map(protocol, protocols))))
        for role, protocols in by_role.items()
    ]


def in_words(reason: Reason) -> Said:
    """``controller: policy line 12``, as the table devices has it."""
    return said("{role}: {why}", role=reason.role, why=reason.why)


def infer(
    operations: Iterable[Deed], links: Iterable[Link], stated: Mapping[str, list[Reason]]
) -> dict[str, list[Reason]]:
    """Roles by device id. ``stated``: what protocols say outright (``stated_by_itself``), tunnels, routing."""
    work = _Work()
    for operation in operations:
        work.add(operation)
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for device, reasons in stated.items():
        for reason in reasons:
            found[device].setdefault(reason.role, reason.why)
    for device, services in work.program_services.items():
        found[device].setdefault(
            "controller", said("answered {requests}", requests=listed(map(_operation, sorted(services))))
        )
    firm = {device for device, roles in found.items() if "controller" in roles}
    firm |= {d for d, protocols in work.served.items() if set(protocols) - _PLAIN_DATA_PROTOCOLS - set(_SERVERS)}
    for device, protocols in work.served.items():
        _serving(device, protocols, work, firm, found[device])
    for device in {*work.polls, *work.programs, *work.configures}:
        _asking(device, work, found)
    for link in links:
        _linked(link, found)
    return {device: [Reason(role, why) for role, why in roles.items()] for device, roles in found.items() if roles}


def _serving(device: str, protocols: Mapping[str, int], work: _Work, firm: set[str], roles: dict[str, str]) -> None:
    """A server of process data: controller, plain I/O station or OPC server."""
    requests = listed(_REQUESTS.of(count, protocol=protocol(name)) for name, count in sorted(protocols.items()))
    if "controller" in roles or "io_device" in roles:
        return
    if set(protocols) <= set(_SERVERS):
        roles[_SERVERS[min(protocols)]] = said("answered {requests}", requests=requests)
    elif device not in firm and work.polled_by[device] <= firm:
        roles["io_device"] = said("answered {requests}, of controllers only", requests=requests)
    else:
        roles["controller"] = said("answered {requests}", requests=requests)


def _asking(device: str, work: _Work, found: Mapping[str, dict[str, str]]) -> None:
    """A client of controllers: engineering station, supervisory server or operator panel."""
    roles = found[device]
    programs = work.programs.get(device)
    if programs:
        asked = listed(
            _TO_DEVICES.of(len(servers), operation=_operation(what)) for what, servers in sorted(programs.items())
        )
        roles.setdefault("engineering_station", said("asked for {operations}", operations=asked))
    elif "controller" not in roles and work.identifies[device] and work.configures[device]:
        roles.setdefault("engineering_station", _SET_UP.of(len(work.configures[device])))
    polled = {s for s in work.polls[device] if s != device and not {"controller", "io_device"}.isdisjoint(found[s])}
    if polled and "controller" not in roles:
        role = "scada_server" if len(polled) >= _SCADA_AT else "hmi"
        roles.setdefault(role, _CLIENT_OF.of(len(polled)))


def _operation(what: tuple[str, str]) -> str:
    """``S7comm program download``, of protocol and verb."""
    name, verb = what
    return said("{protocol} {verb}", protocol=protocol(name), verb=term(f"verb.{verb}", verb))


def _linked(link: Link, found: Mapping[str, dict[str, str]]) -> None:
    """Roles that a conversation shows without its operations being understood."""
    if link.transport == "ethernet" and link.server in _SPANNING_TREE and link.port in _BPDUS:
        found[link.client].setdefault("switch", said("sent spanning tree frames"))
    if link.protocol in _ROUTING:
        for end in (link.client, link.server) if link.answered else (link.client,):
            found[end].setdefault("router", said("spoke {protocol}", protocol=protocol(link.protocol)))
        return
    if not (link.answered and link.server) or link.industrial or link.protocol in _NOT_SERVICES:
        return
    if link.transport == "ethernet":
        return
    roles = found[link.server]
    if link.protocol == "ntp":
        roles.setdefault("time_server", said("answered {requests}", requests=protocol("ntp")))
    elif link.protocol and not roles:
        roles["server"] = said("answered {requests}", requests=protocol(link.protocol))
