"""Where devices are, as far as configurations say, and whose traffic each port of a switch would show.

Switches are configurations. Two of them are joined where the description of a port names the other, or where one
capture holds the LLDP of a port of each and of nobody else. A device is at the port that a MAC table, port security or
source guard binds it to, else at the port whose description names it. What anybody says here decides where to look, and
no verdict.

A mirrored port shows the devices on one side of it as they talk with the router on the other. In a ring nobody knows
which way they do.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from scanner.assets.tables import Bound, bound
from scanner.plan.ports import interfaces

Place = tuple[str, str]  # switch and port, as its configuration names both
Device = tuple[str, str]  # zone and name or address
Known = tuple[Device, list[str], list[str]]  # with its addresses and its names
_ROUTERS = ("router", "firewall")
_LLDP = re.compile(r"port (.+) of (.+)")
_WORDS = re.compile(r"[\s,;:()\[\]]+")


@dataclass
class Topology:
    """ports: of each switch. links: port -> the switch behind it. at: device -> its port. root: the switch that routes
    between zones, or to which the router is attached, empty when none is known. router: the port of that router.
    """

    ports: dict[str, dict[str, str]] = field(default_factory=dict)  # switch -> port -> description
    links: dict[Place, str] = field(default_factory=dict)
    at: dict[Device, Place] = field(default_factory=dict)
    root: str = ""
    router: Place | None = None

    def shown(self) -> dict[Place, frozenset[Device]]:
        """Whose traffic each port shows; ports that show nobody's are left out."""
        joined = self._joined()
        by_switch: defaultdict[str, set[Device]] = defaultdict(set)
        by_port: defaultdict[Place, set[Device]] = defaultdict(set)
        for device, (switch, port) in self.at.items():
            by_switch[switch].add(device)
            by_port[switch, port].add(device)
        found = {}
        for switch, ports in self.ports.items():
            for port in ports:
                place = switch, port
                if place == self.router:  # everybody's way to another zone
                    found[place] = frozenset(self.at)
                    continue
                devices = by_port[place] if place not in self.links else self._beyond(place, by_switch, joined)
                if devices:
                    found[place] = frozenset(devices)
        return found

    def _beyond(
        self, place: Place, by_switch: Mapping[str, set[Device]], joined: Mapping[str, set[str]]
    ) -> set[Device]:
        """Devices for which the link lies on the way to the router; without a known one, those on its smaller side."""
        far = _side(joined, self.links[place], place[0])
        near = _side(joined, place[0], self.links[place])
        if place[0] in far:
            return set()  # a ring
        sides = [set[Device]().union(*(by_switch.get(s, set()) for s in side)) for side in (far, near)]
        if self.root:
            return sides[1] if self.root in far else sides[0] if self.root in near else set()
        return min(sides, key=len)

    def _joined(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for (switch, _), other in self.links.items():
            found[switch].add(other)
            found[other].add(switch)
        return found


def _side(joined: Mapping[str, set[str]], switch: str, without: str) -> set[str]:
    """Switches that are reached from one without the links to another."""
    found, open_ = {switch}, [switch]
    while open_:
        one = open_.pop()
        for other in joined[one]:
            if {one, other} != {switch, without} and other not in found:
                found.add(other)
                open_.append(other)
    return found


def topology(tables: Mapping[str, pl.DataFrame]) -> Topology:
    """From all inputs."""
    found = Topology()
    svis: defaultdict[str, set[str]] = defaultdict(set)
    for device, item, said in interfaces(tables):
        if said.get("kind") == "svi":
            svis[device] |= set(_networks(said.get("address", "")))
        if said.get("shutdown") != "yes" and said.get("kind", "physical") in ("physical", "lag"):
            found.ports.setdefault(device, {})[item] = said["description"]
    found.links = _links(found.ports, tables)
    found.root = _root(svis, found.ports)
    where = _Places(found, tables)
    found.at = dict(where.located(_devices(tables)))
    routers = dict(where.located(_routers(tables)))
    if not found.root and len(set(routers.values())) == 1:
        place = next(iter(routers.values()))
        found.root, found.router = place[0], place
    return found


def _networks(address: str) -> Iterator[str]:
    try:
        yield str(ipaddress.ip_interface(address).network)
    except ValueError:
        return


def _root(svis: Mapping[str, set[str]], ports: Mapping[str, Any]) -> str:
    """The switch with addresses in more networks than any other; a management address alone routes nothing."""
    ranked = sorted(((len(svis.get(s, ())), s) for s in ports), reverse=True)
    if not ranked or ranked[0][0] < 2 or (len(ranked) > 1 and ranked[1][0] == ranked[0][0]):
        return ""
    return ranked[0][1]


def _links(ports: Mapping[str, Mapping[str, str]], tables: Mapping[str, pl.DataFrame]) -> dict[Place, str]:
    names = {switch.casefold(): switch for switch in ports}
    found: dict[Place, str] = {}
    for switch, own in ports.items():
        for port, text in own.items():
            others = {names[w] for w in words(text) if w in names} - {switch}
            if len(others) == 1:
                found[switch, port] = others.pop()
    for one, other in _neighbours(ports, names, tables):
        found.setdefault(one, other[0])
        found.setdefault(other, one[0])
    return found


def _neighbours(
    ports: Mapping[str, Mapping[str, str]], names: Mapping[str, str], tables: Mapping[str, pl.DataFrame]
) -> Iterator[tuple[Place, Place]]:
    """Ports of two switches whose LLDP one capture holds, and nobody else's: it was made on the link between them."""
    operations = tables["operations"]
    lldp = operations.filter(pl.col("protocol") == "lldp").select("capture", "object").unique(maintain_order=True)
    for _, rows in lldp.group_by("capture", maintain_order=True):
        said = [m.groups() for m in map(_LLDP.fullmatch, rows["object"]) if m]
        if len(said) != 2 or rows.height != 2:
            continue
        places = []
        for port, name in said:
            switch = names.get(name.casefold(), "")
            places += [(switch, own) for own in ports.get(switch, ()) if port_key(own) == port_key(port)]
        if len(places) == 2 and places[0][0] != places[1][0]:
            yield places[0], places[1]


class _Places:
    """Finds the port of a device by its addresses and names."""

    def __init__(self, found: Topology, tables: Mapping[str, pl.DataFrame]) -> None:
        self._links = found.links
        self._by_address = _tables(found, tables)
        self._by_word: defaultdict[str, set[Place]] = defaultdict(set)
        for switch, own in found.ports.items():
            for port, text in own.items():
                if (switch, port) not in found.links:
                    for word in words(text):
                        self._by_word[word].add((switch, port))

    def located(self, devices: Iterable[Known]) -> Iterator[tuple[Device, Place]]:
        """The devices whose ports are known."""
        for device, addresses, names in devices:
            places = {p for a in addresses for p in self._by_address.get(a, ())}
            places = places or {p for n in names if n for p in self._by_word.get(n.casefold(), ())}
            own = [p for p in sorted(places) if p not in self._links]
            if own:
                yield device, own[0]
            elif places:  # behind the link, wherever
                yield device, (self._links[min(places)], "")


def _tables(found: Topology, tables: Mapping[str, pl.DataFrame]) -> dict[str, set[Place]]:
    """Address -> the ports that MAC tables and the like bind it to."""
    rows = tables["settings"].filter(pl.col("category") == "binding")
    switch_of = dict(rows.select("source", "device").iter_rows())
    macs: defaultdict[str, set[str]] = defaultdict(set)
    placed: defaultdict[str, set[Place]] = defaultdict(set)
    every = bound(rows.to_dicts())
    for row in every:
        if row.mac and row.ip:
            macs[row.mac].add(row.ip)
    for row in every:
        for port in _ports_of(row, found.ports.get(switch_of[row.source], {})):
            for address in (row.mac, row.ip, *macs.get(row.mac, ())):
                if address:
                    placed[address].add((switch_of[row.source], port))
    return placed


def _ports_of(row: Bound, ports: Iterable[str]) -> list[str]:
    return [port for port in ports if row.interface and port_key(port) == port_key(row.interface)]


def _devices(tables: Mapping[str, pl.DataFrame]) -> Iterator[Known]:
    """Devices of zones, seen or listed."""
    for row in tables["devices"].filter(pl.col("zone") != "").iter_rows(named=True):
        yield (row["zone"], row["device"]), [*row["macs"], *row["ips"]], [row["name"], *row["names"]]
    listed = tables["inventory"].filter((pl.col("zone_by_policy") != "") & ~pl.col("seen").fill_null(value=False))
    for row in listed.iter_rows(named=True):
        key = f"{row['source']} {row['row']}"
        yield (row["zone_by_policy"], key), [*row["macs"], *row["ips"]], [row["name"], row["hostname"]]


def _routers(tables: Mapping[str, pl.DataFrame]) -> Iterator[Known]:
    """Devices that route, seen or listed."""
    for row in tables["devices"].filter(pl.col("roles").list.contains("router")).iter_rows(named=True):
        yield ("", row["device"]), [*row["macs"], *row["ips"]], [row["name"], *row["names"]]
    for row in tables["inventory"].filter(pl.col("type").is_in(_ROUTERS)).iter_rows(named=True):
        yield ("", f"{row['source']} {row['row']}"), [*row["macs"], *row["ips"]], [row["name"], row["hostname"]]


def words(text: str) -> set[str]:
    """The words of a description, casefolded, with what stands before a port's number in one (SW2-Gi1/1)."""
    found = {word for word in _WORDS.split(text.casefold()) if word}
    return found | {word.rpartition(mark)[0] for word in found for mark in "-_." if "/" in word and mark in word}


def port_key(name: str) -> str:
    """What is equal in all ways to write a port's name: GigabitEthernet 1/0/3, Gi1/0/3, GE1/0/3."""
    kind, number = re.match(r"([^\d]*)(.*)", name.replace(" ", "").casefold(), re.DOTALL).groups()  # type: ignore[union-attr]
    return kind[:1] + number
