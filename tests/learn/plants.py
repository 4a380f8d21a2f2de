"""Plants whose zones and conduits are known, told in rows of the facts tables as a capture would give them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.policy.document import parse_policy
from scanner.protocols import protocol_names
from scanner.provenance import Provenance

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECONDS = 1800
ROUTER = "54:8a:ba:00:00:01"
PORTS = {
    "modbus": 502,
    "s7comm": 102,
    "tls": 443,
    "ntp": 123,
    "opcua": 4840,
    "http": 80,
    "rdp": 3389,
    "enip": 44818,
    "smb": 445,
}
INDUSTRIAL = ("modbus", "s7comm", "opcua", "enip", "profinet-rt", "profinet-dcp", "goose")
Use = tuple[str, str, str, str, str]  # client, its zone, the server's zone, protocol, verb


@dataclass(frozen=True)
class Host:
    """A device. zone: empty when the truth says nothing of it. routed: seen behind the router only."""

    ip: str
    mac: str
    zone: str
    vlan: int = -1
    routed: bool = False

    @property
    def key(self) -> str:
        return self.ip or self.mac


@dataclass
class Plant:
    """Rows, and the truth: zone by address, and what conduits have to allow."""

    seed: int
    seconds: int = SECONDS
    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {t: [] for t in ("sightings", "flows", "operations", "identities", "inventory")}
    )
    zone: dict[str, str] = field(default_factory=dict)
    uses: set[Use] = field(default_factory=set)
    number: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - sizes of plants

    def when(self, first: float = 0.0, last: float = 1.0) -> dict[str, Any]:
        """First and last time as shares of the captured time."""
        self.number += 1
        jitter = self.random.random() * 0.01
        moments = [START + timedelta(seconds=self.seconds * min(max(t, 0), 1)) for t in (first + jitter, last - jitter)]
        return {"first_time": moments[0], "last_time": max(moments), "frames": [self.number]}

    def host(
        self, ip: str, zone: str, *, vlan: int = -1, routed: bool = False, ip6: str = "", bare: bool = False
    ) -> Host:
        """A device that sent frames; bare: without an IP address."""
        self.number += 1
        mac = f"00:1b:1b:{self.number >> 16 & 255:02x}:{self.number >> 8 & 255:02x}:{self.number & 255:02x}"
        host = Host("" if bare else ip, mac, zone, vlan, routed)
        for address in filter(None, (host.ip, ip6)) if not bare else [""]:
            sent = {
                "mac": ROUTER if routed else mac,
                "ip": address,
                "vlan": vlan,
                "proof": "ip" if routed or bare else "arp",
            }
            self.rows["sightings"].append(
                {"capture": "c", "packets": 50, "first_frame": self.number, **sent, **_times(self.when())}
            )
        if zone:
            self.zone[host.key] = zone
        return host

    def talk(
        self,
        client: Host,
        server: Host,
        protocol: str,
        verbs: Mapping[str, int] | None = None,
        *,
        span: tuple[float, float] = (0.0, 1.0),
        packets: int = 2000,
        meant: bool = True,
        **more: Any,
    ) -> None:
        """A conversation and its operations by verb. meant: a conduit has to allow it when it crosses zones."""
        verbs = verbs or {}
        path = self.path(client, server, protocol) | {k: v for k, v in more.items() if k not in OPERATION}
        sent = {
            "client_packets": packets,
            "server_packets": packets,
            "client_bytes": 9 * packets,
            "server_bytes": 9 * packets,
        }
        self.rows["flows"].append(
            path | sent | {"established": True, "connections": 1} | self.when(*span) | _flow_only(more)
        )
        for verb, count in verbs.items():
            outcome = {"count": count, "accepted": count, "refused": 0, "seen_as": "request"}
            given = {k: v for k, v in more.items() if k in OPERATION}
            path_only = {k: v for k, v in path.items() if k not in FLOW}
            self.rows["operations"].append(
                path_only | outcome | {"verb": verb, "function": verb} | given | self.when(*span)
            )
        if meant and client.zone and server.zone and client.zone != server.zone:
            for verb in {v for v in verbs if v != "session"} or {"session"}:
                self.uses.add((client.key, client.zone, server.zone, protocol, verb))

    def path(self, client: Host, server: Host, protocol: str) -> dict[str, Any]:
        """The columns of the path; a router stands between networks."""
        layer2 = not (client.ip and server.ip)
        direct = layer2 or (
            not client.routed and not server.routed and client.vlan == server.vlan and _near(client, server)
        )
        return {
            "capture": "c",
            "transport": "ethernet" if layer2 else "udp" if protocol == "ntp" else "tcp",
            "client": client.mac if layer2 else client.ip,
            "server": server.mac if layer2 else server.ip,
            "client_mac": client.mac if direct else ROUTER,
            "server_mac": server.mac if not server.routed else ROUTER,
            "server_port": 0x8892 if layer2 else PORTS.get(protocol, 5000),
            "vlan": server.vlan,
            "tunnel_id": 0,
            "protocol": protocol,
            "industrial": protocol in INDUSTRIAL,
        }

    def group(self, client: Host, address: str, protocol: str = "") -> None:
        """Multicast or broadcast."""
        mac = address if ":0" in address else "01:00:5e:00:00:01"
        path = self.path(client, Host(address, mac, "", client.vlan), protocol)
        sent = {"client_packets": 40, "server_packets": 0, "client_bytes": 4000, "server_bytes": 0, "established": True}
        self.rows["flows"].append(
            path
            | {"transport": "udp" if client.ip else "ethernet", "server_mac": mac, "server": address}
            | sent
            | self.when()
        )

    def knock(self, client: Host, server: Host | str, port: int) -> None:
        """A connection attempt that nobody answered."""
        target = server if isinstance(server, Host) else Host(server, ROUTER, "", client.vlan, True)
        sent = {"client_packets": 1, "server_packets": 0, "client_bytes": 0, "server_bytes": 0, "established": False}
        path = self.path(client, target, "") | {"server_port": port}
        self.rows["flows"].append(path | sent | self.when(0.5, 0.5))

    def list(self, host: Host, **columns: Any) -> None:
        """An entry of the inventory."""
        entry = {
            "source": "i.csv",
            "row": len(self.rows["inventory"]) + 2,
            "ips": [host.ip] if host.ip else [],
            "macs": [host.mac],
        }
        self.rows["inventory"].append(entry | columns)

    def tables(self, policy: str = "") -> dict[str, pl.DataFrame]:
        """As ``enrich`` gives them, judged by the policy if one is given."""
        kinds = ["capture"] + (["inventory"] if self.rows["inventory"] else []) + (["policy"] if policy else [])
        rows: dict[str, Any] = self.rows
        if policy:
            rows = rows | parse_policy(policy, "learned.yaml", protocol_names()).tables()
        made = {name: frame(TABLES[name], found) for name, found in rows.items() if found}
        return enrich(Facts(made, tuple(Provenance(k, k, 1, "") for k in kinds)), {"modbus": {("tcp", 502)}})


OPERATION = ("count", "accepted", "refused", "seen_as", "object", "function")
FLOW = ("client_packets", "server_packets", "client_bytes", "server_bytes", "established")


def _flow_only(more: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in more.items() if k in FLOW}


def _times(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k.endswith("_time")}


def _near(left: Host, right: Host) -> bool:
    separator, parts = (":", 4) if ":" in left.ip else (".", 3)
    return left.ip.split(separator)[:parts] == right.ip.split(separator)[:parts]


# --- parts of plants --------------------------------------------------------------------------------------------------

READ = {"session": 1, "read": 900}
POLL = {"read": 900, "write": 12}


def cell(
    plant: Plant,
    zone: str,
    place: Iterable[str],
    *,
    field_place: Iterable[str] | None = None,
    stations: int = 4,
    panel: bool = True,
    **where: Any,
) -> Host:
    """A controller, its I/O stations and a panel that writes set-points; gives the controller."""
    addresses = iter(place)
    stationed = iter(field_place) if field_place is not None else addresses
    controller = plant.host(next(addresses), zone, **where)
    for _ in range(stations):
        station = plant.host(next(stationed), zone, **where)
        plant.talk(controller, station, "modbus", {"read": 90_000, "write": 9_000}, packets=99_000)
    if panel:
        hmi = plant.host(next(addresses), zone, **where)
        plant.talk(hmi, controller, "s7comm", POLL)
    return controller


def bus_cell(plant: Plant, zone: str, stations: int, *, vlan: int = -1, ip: str = "") -> Host:
    """A PROFINET controller and its devices, which have no IP address that anybody sees."""
    controller = plant.host(ip, zone, vlan=vlan, bare=not ip)
    for _ in range(stations):
        device = plant.host("", zone, vlan=vlan, bare=True)
        near = Host("", controller.mac, zone, vlan)
        plant.talk(near, device, "profinet-rt", {"report": 90_000}, packets=90_000, seen_as="notice", accepted=0)
        plant.group(device, "01:0e:cf:00:00:00", "profinet-dcp")
    return controller


def supervise(
    plant: Plant,
    zone: str,
    addresses: Iterable[str],
    controllers: Iterable[Host],
    *,
    writes: bool = False,
    **where: Any,
) -> list[Host]:
    """A SCADA server that polls everything, a standby that reads, and an engineering station that identifies."""
    scada, standby, station = (plant.host(ip, zone, **where) for ip, _ in zip(addresses, range(3), strict=False))
    for controller in controllers:
        protocol = plant.random.choice(["modbus", "s7comm", "enip"])
        plant.talk(scada, controller, protocol, POLL if writes else READ)
        plant.talk(standby, controller, protocol, READ)
        plant.talk(station, controller, protocol, {"identify": 30, "read": 50})
    plant.talk(standby, scada, "smb", {"file-read": 10})
    plant.talk(station, scada, "rdp")
    return [scada, standby, station]


def outer(plant: Plant, subnets: Iterable[str], people: int, servers: Iterable[Host]) -> list[Host]:
    """Office networks behind the router, whose PCs open sessions to servers."""
    made = []
    for subnet in subnets:
        for n in range(people):
            pc = plant.host(f"{subnet}.{20 + n}", "office", routed=True)
            made.append(pc)
            for server in servers:
                first = plant.random.random() * 0.4
                plant.talk(pc, server, "tls", {"session": 4}, span=(first, first + 0.5), packets=40)
    return made


def hosts(subnet: str, first: int = 11) -> Iterable[str]:
    """Addresses of a network, upwards."""
    return (f"{subnet}.{n}" if "." in subnet else f"{subnet}::{n:x}" for n in range(first, 250))


def noise(plant: Plant, host: Host) -> None:
    """What every network is full of."""
    for address in ("224.0.0.251", "239.255.255.250", "255.255.255.255"):
        plant.group(host, address)


def stray(plant: Plant, controllers: list[Host], ip: str = "10.66.6.6") -> Host:
    """A scanner from nowhere."""
    host = plant.host(ip, "", routed=True)
    for controller in controllers:
        for port in (21, 22, 23, 80, 102, 443, 502, 4840):
            plant.knock(host, controller, port)
    for n in range(40):
        plant.knock(host, f"10.20.250.{n + 1}", 502)
    return host
