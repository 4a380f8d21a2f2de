"""Everything that is said of a device, and who says so: protocols on the wire and the inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from scanner.engine.enriched import Enriched
from scanner.results.model import IdentityRow

MOST = 100  # of one device: a hostile one may say a new name in every message
_LISTED = ("name", "hostname", "profinet_name", "vendor", "model", "order_number", "serial", "firmware")
_LISTED_TOO = ("hardware_revision", "os")


def identities(case: Enriched) -> dict[str, tuple[IdentityRow, ...]]:
    """Device id -> what is said of it, by field; of one device at most ``MOST``, the most frequent."""
    found: dict[str, list[IdentityRow]] = {}
    for row in _by_device(case).to_dicts():
        source = case.sources.get(row["capture"], row["capture"])
        found.setdefault(row["device"], []).append(
            IdentityRow(row["field"], row["value"], row["protocol"], row["count"], source, row["first_frame"] or 0)
        )
    for row in _listed(case).to_dicts():
        found.setdefault(row["seen_as"], []).extend(listed_identities(row))
    return {device: tuple(sorted(rows, key=lambda r: (r.field, -r.count, r.value))) for device, rows in found.items()}


def listed_identities(row: Mapping[str, Any]) -> tuple[IdentityRow, ...]:
    """What a row of the inventory says."""
    return tuple(
        IdentityRow(name, row[name], "inventory", 1, row["source"], row["row"] or 0)
        for name in (*_LISTED, *_LISTED_TOO)
        if row[name]
    )


def _by_device(case: Enriched) -> pl.DataFrame:
    """What protocols say, with the device that has the MAC address, else the IP address; once for each capture."""
    devices = case.tables["devices"]
    by_mac = devices.filter(pl.col("mac") != "").select("mac", by_mac="device").unique("mac", keep="first")
    by_ip = devices.select(ip="ips", by_ip="device").explode("ip").drop_nulls("ip").unique("ip", keep="first")
    return (
        case.tables["identities"]
        .join(by_mac, on="mac", how="left")
        .join(by_ip, on="ip", how="left")
        .with_columns(device=pl.coalesce("by_mac", "by_ip"))
        .drop_nulls("device")
        .group_by("device", "field", "value", "protocol", "capture")
        .agg(pl.col("count").sum(), pl.col("first_frame").min())
        .sort(
            ["device", "count", "field", "value", "protocol", "capture"],
            descending=[False, True, False, False, False, False],
        )
        .group_by("device", maintain_order=True)
        .head(MOST)
    )


def _listed(case: Enriched) -> pl.DataFrame:
    """What the inventory says of the devices that were seen, ``seen_as`` their ids."""
    devices = case.tables["devices"].select("inventory_row", seen_as="device")
    inventory = case.tables["inventory"].select("source", "row", *_LISTED, *_LISTED_TOO)
    inventory = inventory.with_columns(inventory_row=pl.format("{}:{}", "source", "row"))
    return devices.join(inventory, on="inventory_row", how="inner", maintain_order="left")
