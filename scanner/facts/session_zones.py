"""Derived columns of the table subscriptions: where sessions of mobile devices are, and where the policy wants them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import polars as pl

from scanner.facts.frames import frame
from scanner.facts.schema import SUBSCRIPTIONS

Row = Mapping[str, Any]
_WITHOUT_SLICES = ("s1ap", "gtp-c")  # of LTE, where the data network says all


class Declared(NamedTuple):
    """What the policy declares: zones by slice and by data network, tunnels, and which zones have networks."""

    slices: dict[str, str]
    networks: dict[str, str]
    tunnels: list[tuple[int, int, str]]  # first, last, zone
    addressed: frozenset[str]
    sliced: frozenset[str]  # zones that declare slices
    named: frozenset[str]  # zones that declare data networks

    @classmethod
    def of(cls, zones: Iterable[Row]) -> Declared:
        """From rows of the facts table zones."""
        zones = list(zones)
        tunnels = []
        for zone in zones:
            for text in zone["teids"]:
                first, _, last = text.partition("-")
                tunnels.append((int(first), int(last or first), zone["zone"]))
        return cls(
            {name: zone["zone"] for zone in zones for name in zone["slices"]},
            {name: zone["zone"] for zone in zones for name in zone["dnns"]},
            tunnels,
            frozenset(zone["zone"] for zone in zones if zone["subnets"]),
            frozenset(zone["zone"] for zone in zones if zone["slices"]),
            frozenset(zone["zone"] for zone in zones if zone["dnns"]),
        )

    @property
    def anything(self) -> bool:
        """The policy says something of mobile sessions."""
        return bool(self.slices or self.networks or self.tunnels)

    def by_tunnel(self, teid: int) -> str:
        """The zone of a tunnel; empty if there is none."""
        return next((zone for first, last, zone in self.tunnels if first <= teid <= last), "")


def session_zones(rows: pl.DataFrame, zones: pl.DataFrame, zone_of: Callable[[str], str]) -> pl.DataFrame:
    """The table with its derived columns. zone_of: the zone of an address, empty if it is in none."""
    declared = Declared.of(zones.to_dicts())
    found = [dict(row) | _zones(row, declared, zone_of) for row in rows.to_dicts()]
    for name, column in (("network_slice", "slices_in_zone"), ("data_network", "data_networks_in_zone")):
        seen: dict[str, set[str]] = defaultdict(set)
        for row in found:
            if row["address_zone"] and row[name]:
                seen[row["address_zone"]].add(row[name])
        for row in found:
            row[column] = len(seen[row["address_zone"]]) if row["address_zone"] in seen else None
    return frame(SUBSCRIPTIONS, found, derived=True)


def _zones(row: Row, declared: Declared, zone_of: Callable[[str], str]) -> dict[str, Any]:
    here = zone_of(row["address"]) if row["address"] else ""
    by_network = declared.networks.get(row["data_network"], "") or declared.networks.get(row["instance"], "")
    own = {
        "address_zone": here,
        "slice_zone": declared.slices.get(row["network_slice"], ""),
        "data_network_zone": by_network,
        "teid_zone": declared.by_tunnel(row["teid"] or 0),
    }
    meant = list(dict.fromkeys(filter(None, list(own.values())[1:])))
    return {
        **own,
        "declared_zones": meant,
        "outside": _outside(row, meant, here, declared),
        "policy_declares": declared.anything,
        "at_home": _at_home(row, own, declared),
    }


def _outside(row: Row, meant: list[str], here: str, declared: Declared) -> bool | None:
    if len(meant) > 1:
        return True
    if not meant:
        return None if _may_be_declared(row, declared) else False
    if not row["address"]:
        return None
    if here:
        return here != meant[0]
    return True if meant[0] in declared.addressed else None


def _may_be_declared(row: Row, declared: Declared) -> bool:
    """What was not seen of the session may be what the policy declares."""
    hidden_slice = bool(declared.slices) and not row["network_slice"]
    hidden_network = bool(declared.networks) and not row["data_network"]
    told = row["network_slice"] or row["data_network"]
    return hidden_slice or hidden_network or (bool(declared.tunnels) and not row["teid"] and not told)


def _at_home(row: Row, own: Row, declared: Declared) -> bool | None:
    """Of slice and data network what each says; one that is out of place decides."""
    here = own["address_zone"]
    if not here:  # nothing meets where the policy has no zone
        return True if row["address"] else None
    said: list[bool | None] = []
    for name, zone, declaring in (
        (row["network_slice"], own["slice_zone"], declared.sliced),
        (row["data_network"], own["data_network_zone"], declared.named),
    ):
        if zone:
            said.append(zone == here)
        elif here in declaring:
            said.append(False if name else None)
        elif name == "" and row["protocol"] == "":
            said.append(None)
    if False in said:
        return False
    sliced = row["protocol"] not in _WITHOUT_SLICES
    return None if None in said and (sliced or True not in said) else True
