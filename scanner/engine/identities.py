"""Everything that is said of a device, and who says so, the strongest first: the policy and the inventory, which name
its addresses, its own configuration, certificates that it showed, and protocols on the wire.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.assets.configured import configured
from scanner.assets.reconcile import inventory_row
from scanner.assets.tables import bound
from scanner.engine.language.expressions import english
from scanner.engine.verdict.judged_facts import JudgedFacts
from scanner.results.model import IdentityRow, Strength

_COMMON_NAME = re.compile(r"(?:^|[,/+])\s*CN\s*=\s*([^,/+]+)", re.IGNORECASE)
_ORDER = list(Strength)
Owners = Mapping[str, Sequence[str]]
MOST = 100  # of one device: a hostile one may say a new name in every message
_LISTED = ("name", "hostname", "profinet_name", "vendor", "model", "order_number", "serial", "firmware")
_LISTED_TOO = ("hardware_revision", "os")


def identities(case: JudgedFacts) -> dict[str, tuple[IdentityRow, ...]]:
    """Device id -> what is said of it, by field; of one device at most ``MOST``, the most frequent."""
    found: dict[str, list[IdentityRow]] = {}
    for row in _by_device(case).to_dicts():
        source, frame = case.files.one(row["capture"], row["first_frame"] or 0)
        found.setdefault(row["device"], []).append(
            IdentityRow(row["field"], row["value"], row["protocol"], row["count"], source, frame)
        )
    for row in _listed(case).to_dicts():
        found.setdefault(row["seen_as"], []).extend(listed_identities(row))
    owners = _owners(case)
    for device, identity in (
        *_configured(case, owners),
        *_bound(case, owners),
        *_certified(case),
        *_by_policy(case, owners),
    ):
        rows = found.setdefault(device, [])
        if identity not in rows:
            rows.append(identity)
    return {device: tuple(sorted(rows, key=_order)) for device, rows in found.items()}


def _order(row: IdentityRow) -> tuple[str, int, int, str]:
    return row.field, _ORDER.index(row.strength), -row.count, row.value


def _owners(case: JudgedFacts) -> Owners:
    """IP and MAC address -> ids of the devices that have it."""
    found: dict[str, list[str]] = {}
    for device, ips, macs in case.tables["devices"].select("device", "ips", "macs").iter_rows():
        for address in (*ips, *macs, device):
            if device not in found.setdefault(address, []):
                found[address].append(device)
    return found


def _configured(case: JudgedFacts, owners: Owners) -> Iterator[tuple[str, IdentityRow]]:
    """Host names of configurations, at the addresses of their interfaces."""
    settings = case.tables["settings"].filter(pl.col("category") == "interface")
    for device in configured(settings.to_dicts()):
        for owner in dict.fromkeys(o for ip in device.ips for o in owners.get(ip, ())):
            if device.name:
                said = Strength.CONFIGURATION
                yield owner, IdentityRow("hostname", device.name, said, 1, device.source, device.line, said)


def _bound(case: JudgedFacts, owners: Owners) -> Iterator[tuple[str, IdentityRow]]:
    """Names and MAC addresses that tables in configurations give the addresses of a device."""
    rows = case.tables["settings"].filter(pl.col("category") == "binding")
    said = Strength.CONFIGURATION
    for one in bound(rows.to_dicts()):
        for owner in owners.get(one.ip, owners.get(one.mac, ())):
            for field in ("name", "mac", "ip"):
                if value := getattr(one, field):
                    yield owner, IdentityRow(field, value, said, 1, one.source, one.line, said)


def _certified(case: JudgedFacts) -> Iterator[tuple[str, IdentityRow]]:
    """Common names of certificates that a device showed in sessions that went on behind the handshake."""
    said = Strength.CERTIFICATE
    for end, column in (("server", "certificate_subject"), ("client", "client_certificate_subject")):
        shown = case.tables["sessions"].filter((pl.col(column) != "") & (pl.col("encrypted").fill_null(value=False)))
        for row in shown.to_dicts():
            name = _COMMON_NAME.search(row[column])
            if name and row[f"{end}_device"]:
                source, place = case.files.one(row["capture"], next(iter(row["frames"]), 0))
                yield (
                    row[f"{end}_device"],
                    IdentityRow("name", name[1].strip(), said, row["count"] or 1, source, place, said),
                )


def _by_policy(case: JudgedFacts, owners: Owners) -> Iterator[tuple[str, IdentityRow]]:
    """Roles that the policy gives to an address."""
    said = Strength.POLICY
    for row in case.tables["roles"].to_dicts():
        for owner in owners.get(row["member"], ()):
            yield owner, IdentityRow("role", row["role"], said, 1, row["source"], row["line"] or 0, said)


def listed_identities(row: Mapping[str, Any]) -> tuple[IdentityRow, ...]:
    """What a row of the inventory says."""
    return tuple(
        IdentityRow(name, row[name], "inventory", 1, row["source"], row["row"] or 0, Strength.INVENTORY)
        for name in (*_LISTED, *_LISTED_TOO)
        if row[name]
    )


def _by_device(case: JudgedFacts) -> pl.DataFrame:
    """What protocols say, with the device that has the MAC address, else the IP address; once for each capture."""
    devices = case.tables["devices"]
    by_mac = devices.select(mac="macs", by_mac="device").explode("mac").drop_nulls("mac").unique("mac", keep="first")
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


def _listed(case: JudgedFacts) -> pl.DataFrame:
    """What the inventory says of the devices that were seen, ``seen_as`` their ids."""
    devices = case.tables["devices"].select(english(pl.col("inventory_row")), seen_as="device")
    inventory = case.tables["inventory"].select("source", "row", *_LISTED, *_LISTED_TOO)
    inventory = inventory.with_columns(inventory_row=pl.format(str(inventory_row("{}", "{}")), "source", "row"))
    return devices.join(inventory, on="inventory_row", how="inner", maintain_order="left")
