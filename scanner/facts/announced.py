"""What devices say on the wire of their own ports, as the dissectors of LLDP, CDP, STP, MRP and PROFINET write it.

Anybody can say any of it. It says no more than it does: a BPDU, which bridge is designated on the segment where it was
seen, and not who else is there; MRP, who manages a ring and through which port, and not in which order its devices are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from scanner.topology.model import Announcement, CableEnd
from scanner.wording import Said, kept, plain, said

MOST_ANNOUNCEMENTS = 5_000  # somebody who makes them up makes more
_PORT = re.compile(r"port (.+?) of (.+)", re.DOTALL)  # LLDP and CDP
_OWN = re.compile(r"port (.+)", re.DOTALL)  # PROFINET
_PEER = re.compile(r"next to port (.*?) of (.+)", re.DOTALL)
_BRIDGE = re.compile(r"(?:^|, )(?:itself|bridge [\d+]+/([0-9a-f:]{17})), port ([\d.]+), cost (\d+)")
_ROOT = re.compile(r"root ([\d+]+/([0-9a-f:]{17}))")
_RING = re.compile(r"(?:^|, )((?:auto)?manager with priority 0x[0-9A-F]{4}|client)(?:, (.*ring port))?")
_OF_PORTS = {
    "lldp": ("LLDPDU",),
    "cdp": ("Advertisement",),
    "stp": ("Configuration BPDU", "RST BPDU", "MST BPDU", "SPT BPDU"),
    "mrp": ("MRP_Test", "MRP_TopologyChange", "MRP_LinkDown", "MRP_LinkUp"),
    "profinet-io": ("PDPortDataReal", "PDInterfaceMrpDataReal", "PDPortMrpDataReal"),
}
_COLUMNS = (
    *("protocol", "client_mac", "server_mac", "server", "function", "unit", "object", "detail", "capture", "frames"),
)

Row = Mapping[str, Any]


class Devices:
    """What devices are called, by MAC and IP addresses; their first MAC address where nothing calls them."""

    def __init__(self, by_mac: Mapping[str, str], devices: pl.DataFrame) -> None:
        self._by_mac: dict[str, str] = {}
        self._by_ip: dict[str, str] = {}
        for first, macs, ips, given in devices.select("mac", "macs", "ips", "name").iter_rows():
            name = first if given in (*macs, *ips) else given
            self._by_mac.update(dict.fromkeys(macs, name or first))
            self._by_ip.update(dict.fromkeys(ips, name))
        self._by_mac.update((mac, name) for mac, name in by_mac.items() if name != mac)

    def __call__(self, *macs: str, ip: str = "") -> str:
        """The first of these that has a name, else the last of them."""
        named = (self._by_mac[mac] for mac in macs if self._by_mac.get(mac, mac) != mac)
        return self._by_ip.get(ip) or ip or next(named, "") or next((mac for mac in reversed(macs) if mac), "")


@dataclass(frozen=True)
class _Known:
    """ports: MAC address -> the port that is announced from it."""

    devices: Devices
    ports: Mapping[str, str]


def announcements(operations: pl.DataFrame, devices: Devices) -> tuple[Announcement, ...]:
    """Each thing that is said of a port once, with the first place."""
    said_so = [
        (pl.col("protocol") == protocol) & pl.col("function").is_in(functions)
        for protocol, functions in _OF_PORTS.items()
    ]
    rows = operations.filter(pl.any_horizontal(said_so)).select(_COLUMNS).sort("capture", maintain_order=True)
    known = _Known(devices, _ports(rows))
    found: dict[tuple[CableEnd, str, tuple[str, ...], CableEnd | None], Announcement] = {}
    for row in rows.iter_rows(named=True):
        for one in _READ[row["protocol"]](row, known):
            found.setdefault((one.end, one.protocol, tuple(map(str, one.says)), one.neighbour), one)
        if len(found) >= MOST_ANNOUNCEMENTS:
            break
    return tuple(found.values())


def _ports(rows: pl.DataFrame) -> dict[str, str]:
    """MAC address -> the one port that is announced from it: a device may send of all its ports from one address."""
    found: dict[str, set[str]] = {}
    for row in rows.filter(pl.col("protocol").is_in(["lldp", "cdp"])).iter_rows(named=True):
        if row["client_mac"] and (port := _PORT.fullmatch(row["object"])):
            found.setdefault(row["client_mac"], set()).add(port[1])
    return {mac: next(iter(ports)) for mac, ports in found.items() if len(ports) == 1}


def _where(row: Row) -> str:
    return f"{row['capture']} #{min(row['frames'], default=0)}"


def _neighbours(row: Row, known: _Known) -> Iterator[Announcement]:
    """LLDP, CDP."""
    found = _PORT.fullmatch(row["object"])
    if found and row["client_mac"]:
        name = known.devices(row["client_mac"])
        end = CableEnd(found[2] if name == row["client_mac"] else name, found[1])
        yield Announcement(end, row["protocol"], (), None, _where(row))


def _bridge(row: Row, known: _Known) -> Iterator[Announcement]:
    """STP: plain configuration BPDUs come from designated ports alone (802.1D-2004, 9.3.1)."""
    detail, root = plain(row["detail"]), _ROOT.fullmatch(row["object"])
    found = _BRIDGE.search(detail)
    if not found or not root:
        return
    address = found[1] or root[2]
    end = CableEnd(known.devices(row["client_mac"], address), known.ports.get(row["client_mac"], found[2]))
    role = said("designated port of its segment")
    if row["function"] != "Configuration BPDU":
        role = next((_PORT_ROLES[word] for word in detail.split(", ") if word in _PORT_ROLES), said("unknown port"))
    tree = (
        said("root of the spanning tree")
        if not found[1]
        else said("root is {root}, cost {n}", root=root[1], n=found[3])
    )
    words = (kept(row["unit"]), role, tree) if row["unit"] else (role, tree)
    yield Announcement(end, "stp", words, None, _where(row))


_PORT_ROLES = {
    "designated port": said("designated port of its segment"),
    "root port": said("root port"),
    "alternate or backup port": said("alternate or backup port"),
    "master port": said("master port"),
}


def _member(row: Row, known: _Known) -> Iterator[Announcement]:
    """MRP: the manager and its ports, clients at whose ports a link came or went."""
    found = _RING.search(plain(row["detail"]))
    if found and row["client_mac"]:
        ring = _ring(row["object"])
        role = said("client of {ring}", ring=ring) if found[1] == "client" else said("manager of {ring}", ring=ring)
        port = _RING_PORTS.get(found[2] or "")
        end = CableEnd(known.devices(row["client_mac"]), known.ports.get(row["client_mac"], ""))
        yield Announcement(end, "mrp", (role, port) if port else (role,), None, _where(row))


_RING_PORTS = {"primary ring port": said("primary ring port"), "secondary ring port": said("secondary ring port")}


def _ring(domain: str) -> Said:
    known = domain.removeprefix("domain ")
    return said("MRP domain default") if domain == "default domain" else said("MRP domain {name}", name=known)


def _asked(row: Row, known: _Known) -> Iterator[Announcement]:
    """PROFINET: what a device answers of its ports; a router may stand between, so its MAC address tells nothing."""
    name, detail = known.devices(ip=row["server"]), plain(row["detail"])
    if row["function"] == "PDPortDataReal":
        own, peer = _OWN.fullmatch(row["object"]), _PEER.fullmatch(detail)
        if own:
            far = CableEnd(peer[2], peer[1]) if peer else None
            says = () if peer else (kept(row["detail"]),)
            yield Announcement(CableEnd(name, own[1]), "profinet-io", says, far, _where(row))
    elif row["object"] and detail != "takes part in no ring":
        place = "" if row["function"] == "PDInterfaceMrpDataReal" else plain(row["unit"])
        yield Announcement(
            CableEnd(name, place), "profinet-io", (_ring(row["object"]), kept(row["detail"])), None, _where(row)
        )


_READ: Mapping[str, Callable[[Row, _Known], Iterator[Announcement]]] = {
    "lldp": _neighbours,
    "cdp": _neighbours,
    "stp": _bridge,
    "mrp": _member,
    "profinet-io": _asked,
}
