"""The map of cables as tables that rules read: links, ports with what is behind them, where each address was learnt.

Who is told by LLDP, CDP or a table of addresses describes; only inventories, configurations and the outputs of switches
themselves say that somebody belongs to the plant.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import polars as pl

from scanner.assets.surroundings import virtual_router
from scanner.facts.cables import cable_sources
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import CABLES, LOCATED_DEVICES, OCCUPIED_PORTS
from scanner.topology.cables import cable_map, place
from scanner.topology.model import Cable, CableMap, StationBehind, Sureness, SwitchPort
from scanner.topology.notices import end_text, is_redundant

Row = dict[str, Any]
_PLACE = re.compile(r"(.+):(\d+)", re.DOTALL)  # as scanner.topology.cables.place writes it
_MAJORITY = 0.5  # of the entries of an inventory: it says something of everybody, so that who is missing is not listed


class CableTables:
    """All of them are made of one map, when somebody asks for the first."""

    def __init__(self, facts: Facts, tables: Mapping[str, pl.DataFrame]) -> None:
        """tables: devices and observations, as judged."""
        self._facts = facts
        self._tables = tables

    @cached_property
    def _map(self) -> CableMap:
        return cable_map(cable_sources(self._facts, self._tables["devices"]))

    def cables(self) -> pl.DataFrame:
        """The table."""
        if not self._given:
            return frame(CABLES, ())
        listed = _Listed(self._facts)
        told = {place(row): row for row in self._facts["neighbours"].to_dicts()}
        return frame(CABLES, (_cable(link, self._map.switches, told, listed) for link in self._map.links))

    def occupied_ports(self) -> pl.DataFrame:
        """The table."""
        if not self._given:
            return frame(OCCUPIED_PORTS, ())
        captured = _captured(self._facts, self._tables)
        return frame(OCCUPIED_PORTS, (_port(p, captured) for p in self._map.ports if p.stations))

    def located_devices(self) -> pl.DataFrame:
        """The table."""
        places: defaultdict[str, list[tuple[SwitchPort, StationBehind]]] = defaultdict(list)
        for port in self._map.ports if self._given else ():
            for station in port.stations:
                places[station.mac].append((port, station))
        return frame(LOCATED_DEVICES, map(_located, places.values()))

    @property
    def _given(self) -> bool:
        """The output of some switch."""
        return any(self._facts[name].height for name in ("neighbours", "stations", "switch_ports"))


def _at(evidence: str) -> Row:
    found = _PLACE.fullmatch(evidence)
    return {"source": found[1], "line": int(found[2])} if found else {}


def _cable(link: Cable, switches: Iterable[str], told: Mapping[str, Row], listed: _Listed) -> Row:
    evidence = next(iter(link.evidence), "")
    known: bool | None = True
    if link.sure in (Sureness.LEARNED, Sureness.ANNOUNCED):
        known = None  # rules about addresses judge these; what is only said judges nobody
    elif link.other.device not in switches:
        known = listed.knows([told[where] for where in link.evidence if where in told], link.other.device)
    return _at(evidence) | {
        "device": link.one.device,
        "port": link.one.port,
        "other_device": link.other.device,
        "other_port": link.other.port,
        "sure": link.sure.value,
        "known": known,
    }


class _Listed:
    """By what the inventory and the configurations know devices."""

    def __init__(self, facts: Facts) -> None:
        inventory = facts["inventory"].filter(~pl.col("observed").fill_null(value=False))
        self._names = {key for column in ("name", "hostname") for name in inventory[column] for key in _keys(name)}
        self._names |= {key for name in facts["settings"]["device"].unique() for key in _keys(name)}
        self._macs, self._ips = (set(inventory[column].explode().drop_nulls()) for column in ("macs", "ips"))
        whole = max(inventory.height, 1)
        self._by_name = inventory.filter(pl.col("hostname") != "").height > _MAJORITY * whole
        self._by_mac, self._by_ip = (
            inventory.filter(pl.col(column).list.len() > 0).height > _MAJORITY * whole for column in ("macs", "ips")
        )

    def knows(self, told: Iterable[Row], name: str) -> bool | None:
        """The device that neighbours name so. None: the inventory says nothing by which it could be told."""
        told = list(told)
        names = {key for text in (name, *(row["neighbour"] for row in told)) for key in _keys(text)}
        macs = {row["neighbour_mac"] for row in told} - {""}
        ips = {ip for row in told for ip in row["neighbour_ips"]}
        if not self._names.isdisjoint(names) or not self._macs.isdisjoint(macs) or not self._ips.isdisjoint(ips):
            return True
        named = any(row["neighbour"] for row in told)
        comparable = (named and self._by_name) or (bool(macs) and self._by_mac) or (bool(ips) and self._by_ip)
        return False if comparable else None


def _keys(name: str) -> Iterator[str]:
    """With and without its domain."""
    if name:
        yield name.casefold()
        yield name.casefold().partition(".")[0]


def _captured(facts: Facts, tables: Mapping[str, pl.DataFrame]) -> frozenset[str] | None:
    """MAC and IP addresses of devices that were seen talking with somebody; None without a capture."""
    if not facts.captured:
        return None
    seen = tables["observations"].filter((pl.col("kind") == "device") & (pl.col("packets") > 0))
    devices = tables["devices"].filter(pl.col("device").is_in(seen["device"].implode())).select("macs", "ips")
    return frozenset(address for row in devices.iter_rows() for held in row for address in held)


def _port(port: SwitchPort, captured: frozenset[str] | None) -> Row:
    own = [station for station in port.stations if not virtual_router(station.mac)]
    unseen = [] if captured is None else [s for s in own if captured.isdisjoint((s.mac, *s.ips))]
    return _at(port.stations[0].evidence) | {
        "device": port.end.device,
        "port": port.end.port,
        "mode": port.mode,
        "leads_on": port.leads_on,
        "names": [station.name or station.mac for station in own],
        "macs": [station.mac for station in own],
        "stations": len(own),
        "captured": None if captured is None or not own else len(unseen) < len(own),
        "unseen": [station.name or station.mac for station in unseen],
    }


def _located(places: list[tuple[SwitchPort, StationBehind]]) -> Row:
    first = places[0][1]
    return _at(first.evidence) | {
        "mac": first.mac,
        "name": first.name or first.mac,
        "ips": list(first.ips),
        "ports": [end_text(port.end) for port, _ in places],
        "access_ports": sum(port.mode == "access" for port, _ in places),
        "unclear_ports": sum(port.mode not in ("access", "trunk") for port, _ in places),
        "virtual": bool(virtual_router(first.mac)),
        "redundant": is_redundant(first.mac, [port for port, _ in places]),
    }
