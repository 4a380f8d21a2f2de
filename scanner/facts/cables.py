"""What facts hold of cables: for the map of them (``scanner.topology``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from scanner.facts.announced import Devices, announcements
from scanner.facts.frames import Facts
from scanner.topology.cables import CableSources

_ANNOUNCED = re.compile(r"port (.+?) of .+", re.DOTALL)  # as the dissectors of LLDP and CDP write it
_NODE = re.compile(r"node ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})")  # as that of PRP and HSR writes it
_ACCESS, _TRUNK = "access", "trunk"
_USES = {"edge": _ACCESS, "spare": _ACCESS, "trunk": _TRUNK}


def cable_sources(facts: Facts, devices: pl.DataFrame) -> CableSources:
    """devices: the table as judged, which says who has which MAC address."""
    names = dict(_names(facts, devices))
    return CableSources(
        neighbours=facts["neighbours"].to_dicts(),
        stations=facts["stations"].to_dicts(),
        switch_ports=facts["switch_ports"].to_dicts(),
        uses={(device, port): use for device, port, use in _uses(facts["settings"])},
        seen=frozenset(facts["sightings"]["mac"]) if facts.has("capture") else None,
        names=names,
        announced=dict(_announced(facts["operations"])),
        announcements=announcements(facts["operations"], Devices(names, devices)),
        aggregates={(device, port): whole for device, port, whole in _aggregates(facts["settings"])},
        redundant=frozenset(_redundant(facts["operations"])),
    )


def _uses(settings: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Device, port and what its configuration makes of it."""
    rows = settings.filter((pl.col("category") == "interface") & (pl.col("setting") == "use"))
    for device, item, value in rows.select("device", "item", "value").iter_rows():
        if value in _USES:
            yield device, item, _USES[value]


def _aggregates(settings: pl.DataFrame) -> Iterator[tuple[str, str, str]]:
    """Device, port and the aggregation that it is a member of."""
    rows = settings.filter((pl.col("category") == "interface") & (pl.col("setting") == "aggregate"))
    yield from rows.select("device", "item", "value").iter_rows()


def _redundant(operations: pl.DataFrame) -> Iterator[str]:
    """MAC addresses that supervision frames of PRP and HSR name, and those that take part in a ring (MRP).

    Whoever sends such a frame says so himself, or of another: it is a reason to doubt, and none to trust.
    """
    for text in operations.filter(pl.col("protocol") == "prp-hsr")["object"]:
        if found := _NODE.fullmatch(text):
            yield found[1]
    yield from operations.filter((pl.col("protocol") == "mrp") & (pl.col("client_mac") != ""))["client_mac"].unique()


def _names(facts: Facts, devices: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """MAC address and name: what a device calls itself, and over that what an inventory calls it."""
    for mac, name in devices.select("mac", "name").iter_rows():
        if mac and name:
            yield mac, name
    for macs, name in facts["inventory"].select("macs", "name").iter_rows():
        if name:
            yield from ((mac, name) for mac in macs)


def _announced(operations: pl.DataFrame) -> Iterator[tuple[str, tuple[str, str]]]:
    """MAC address of who announces himself on the wire, the port that he names, and where."""
    rows = operations.filter(pl.col("protocol").is_in(["lldp", "cdp"]) & (pl.col("client_mac") != ""))
    for mac, text, capture, frames in rows.select("client_mac", "object", "capture", "frames").iter_rows():
        found = _ANNOUNCED.fullmatch(text)
        if found:
            yield mac, (found[1], f"{capture} #{min(frames, default=0)}")
