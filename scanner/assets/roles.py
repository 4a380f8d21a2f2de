"""What devices are, from what they do. Every role comes with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

import polars as pl

from scanner.protocols.base import Verb
from scanner.vocabulary import ROLES
from scanner.wording import Plural, Said, listed, protocol, said, term


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
    *("ethercat", "powerlink", "powerlink-v1", "sercos", "cclink-ie", "hart-ip", "knxnet-ip"),
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


K = TypeVar("K")
Operation = tuple[str, str]  # protocol and verb


@dataclass(frozen=True)
class _Work:
    """Everything that devices did, by who did it. polls: distinct pairs of client and server, of which a plant may have
    very many.
    """

    program_services: Mapping[str, Collection[Operation]]
    served: Mapping[str, Mapping[str, int]]  # by protocol, how often
    polls: pl.DataFrame
    programs: Mapping[str, Mapping[Operation, int]]  # to how many servers
    identifies: Collection[str]
    configures: Mapping[str, int]

    @classmethod
    def of(cls, operations: pl.DataFrame) -> _Work:
        """operations: as for ``infer``."""
        if not operations.height:
            return cls({}, {}, operations.select("client", "server"), {}, set(), {})
        verb, what = pl.col("verb"), ["protocol", "verb"]
        asked = operations.filter(verb.is_in(_of(_PROGRAM)) & (pl.col("client") != ""))
        asked = asked.group_by("client", *what).agg(pl.col("server").n_unique())
        answered = operations.filter((pl.col("answered") > 0) & (pl.col("server") != ""))
        services = answered.filter(verb.is_in(_of(_SERVICES_OF_CONTROLLERS))).select("server", *what).unique()
        data = answered.filter(verb.is_in(_of(_DATA)) & ~pl.col("protocol").is_in(_FIELD_BUS))
        served = data.group_by("server", "protocol").agg(pl.col("answered").sum())
        configures = operations.filter(verb == Verb.CONFIGURE.value).group_by("client").agg(pl.col("server").n_unique())
        return cls(
            program_services=_together((server, ((p, v), 0)) for server, p, v in services.iter_rows()),
            served=_together((server, (p, count)) for server, p, count in served.iter_rows()),
            polls=data.select("client", "server").unique(),
            programs=_together((client, ((p, v), count)) for client, p, v, count in asked.iter_rows()),
            identifies=set(operations.filter(verb == Verb.IDENTIFY.value)["client"].unique()),
            configures=dict(configures.iter_rows()),
        )

    def polled_by_others(self, firm: Collection[str]) -> set[str]:
        """Servers that somebody else than these polls."""
        return set(self.polls.filter(~self._among("client", firm))["server"].unique())

    def polled_of(self, servers: Collection[str]) -> dict[str, int]:
        """How many of these others each client polls."""
        known = self.polls.filter(self._among("server", servers) & (pl.col("client") != pl.col("server")))
        return dict(known.group_by("client").len().iter_rows())

    def _among(self, end: str, devices: Collection[str]) -> pl.Expr:
        known = pl.Series(list(devices), dtype=pl.String).cast(self.polls.schema[end], strict=False)
        return pl.col(end).is_in(known.drop_nulls().implode())


def _of(verbs: Collection[Verb]) -> list[str]:
    return [verb.value for verb in verbs]


def _together(pairs: Iterable[tuple[str, tuple[K, int]]]) -> dict[str, dict[K, int]]:
    found: defaultdict[str, dict[K, int]] = defaultdict(dict)
    for device, (key, count) in pairs:
        found[device][key] = count
    return dict(found)


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


def with_ai(role: str, names: Iterable[str]) -> Reason:
    """The role of a device that offers, or uses, these interfaces or providers of AI services."""
    shown = listed(sorted(set(names)))
    if role != "ai_service":
        return Reason(role, said("used {services}", services=shown))
    return Reason(role, said("answered {requests}", requests=shown))


def by_radio(signalling: str) -> Reason:
    """The role of a device of a mobile network. signalling: the protocol that gave it its address; empty if unseen."""
    if not signalling:
        return Reason("ue", said("sent inside of the user plane (GTP-U)"))
    return Reason("ue", said("got its address in a mobile network ({protocol})", protocol=protocol(signalling)))


def in_words(reason: Reason) -> Said:
    """``controller: policy line 12``, as the table devices has it."""
    return said("{role}: {why}", role=reason.role, why=reason.why)


def infer(operations: pl.DataFrame, links: pl.DataFrame, stated: Mapping[str, list[Reason]]) -> dict[str, list[Reason]]:
    """Roles by device id. ``stated``: what protocols say outright (``stated_by_itself``), tunnels, routing.

    operations: client, server (device ids), protocol, verb, answered: how often they were accepted or refused.
    links: conversations in the order in which they count: client, server (which may be a group address), transport,
        port, protocol, industrial, answered.
    """
    work = _Work.of(operations)
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for device, reasons in stated.items():
        for reason in reasons:
            found[device].setdefault(reason.role, reason.why)
    for device, services in work.program_services.items():
        found[device].setdefault("controller", _answered(tuple(sorted(services))))
    firm = {device for device, roles in found.items() if "controller" in roles}
    firm |= {d for d, protocols in work.served.items() if set(protocols) - _PLAIN_DATA_PROTOCOLS - set(_SERVERS)}
    mixed = work.polled_by_others(firm) | firm
    for device, protocols in work.served.items():
        _serving(protocols, found[device], plain=device not in mixed)
    control = [device for device, roles in found.items() if not roles.keys().isdisjoint(("controller", "io_device"))]
    polled = work.polled_of(control)
    for device in {*polled, *work.programs, *work.configures}:
        _asking(device, work, polled.get(device, 0), found[device])
    for device, name, role in _telling(links).iter_rows() if links.height else ():
        _linked(name, role, found[device])
    return {device: [Reason(role, why) for role, why in roles.items()] for device, roles in found.items() if roles}


def _serving(protocols: Mapping[str, int], roles: dict[str, str], *, plain: bool) -> None:
    """A server of process data: controller, OPC server, or plain I/O station, which only controllers ask."""
    if "controller" in roles or "io_device" in roles:
        return
    requests = listed(_REQUESTS.of(count, protocol=protocol(name)) for name, count in sorted(protocols.items()))
    if set(protocols) <= set(_SERVERS):
        roles[_SERVERS[min(protocols)]] = said("answered {requests}", requests=requests)
    elif plain:
        roles["io_device"] = said("answered {requests}, of controllers only", requests=requests)
    else:
        roles["controller"] = said("answered {requests}", requests=requests)


def _asking(device: str, work: _Work, polled: int, roles: dict[str, str]) -> None:
    """A client of controllers: engineering station, supervisory server or operator panel."""
    programs = work.programs.get(device)
    if programs:
        asked = listed(_TO_DEVICES.of(count, operation=_operation(what)) for what, count in sorted(programs.items()))
        roles.setdefault("engineering_station", said("asked for {operations}", operations=asked))
    elif "controller" not in roles and device in work.identifies and device in work.configures:
        roles.setdefault("engineering_station", _SET_UP.of(work.configures[device]))
    if polled and "controller" not in roles:
        role = "scada_server" if polled >= _SCADA_AT else "hmi"
        roles.setdefault(role, _CLIENT_OF.of(polled))


@lru_cache(maxsize=4096)  # devices of a kind answer the same
def _answered(services: tuple[tuple[str, str], ...]) -> str:
    return said("answered {requests}", requests=listed(map(_operation, services)))


def _operation(what: tuple[str, str]) -> str:
    """``S7comm program download``, of protocol and verb."""
    name, verb = what
    return said("{protocol} {verb}", protocol=protocol(name), verb=term(f"verb.{verb}", verb))


def _telling(links: pl.DataFrame) -> pl.DataFrame:
    """What conversations show of devices: device, protocol and role, in their order and each once."""
    layer_2, server, spoken = pl.col("transport") == "ethernet", pl.col("server"), pl.col("protocol")
    tree = layer_2 & server.is_in(_SPANNING_TREE) & pl.col("port").is_in(_BPDUS)
    routes = spoken.is_in(_ROUTING)
    serves = ~layer_2 & pl.col("answered") & (server != "") & ~pl.col("industrial") & (spoken != "")
    shown = (
        ("client", "switch", tree),
        ("client", "router", routes),
        ("server", "router", routes & pl.col("answered")),
        ("server", "server", serves & ~routes & ~spoken.is_in(_NOT_SERVICES)),
    )
    rows = links.with_row_index("order")
    told = pl.concat(
        rows.filter(which).select("order", pl.col(end).alias("device"), "protocol", role=pl.lit(role))
        for end, role, which in shown
    )
    return told.sort("order", maintain_order=True).drop("order").unique(maintain_order=True)


def _linked(name: str, role: str, roles: dict[str, str]) -> None:
    """A role that a conversation shows without its operations being understood."""
    if role == "switch":
        roles.setdefault("switch", said("sent spanning tree frames"))
    elif role == "router":
        roles.setdefault("router", said("spoke {protocol}", protocol=protocol(name)))
    elif name == "ntp":
        roles.setdefault("time_server", said("answered {requests}", requests=protocol("ntp")))
    elif not roles:
        roles["server"] = said("answered {requests}", requests=protocol(name))
