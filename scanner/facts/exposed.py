"""The table ``exposures``: what advisories say of the assets that the inventory lists or the captures show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from scanner.advisories.matching import Asset, exposures
from scanner.assets.compare import same_firmware, same_vendor
from scanner.wording import marked, said, verbatim

Row = Mapping[str, Any]
_KNOWN = ("vendor", "model", "order_number", "serial")
MOST_VERSIONS = 10  # of one device
_MORE = "…"  # which no range holds and none leaves out


def exposure_rows(tables: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Rows of the table, from those of inventory, devices, identities, advisories and known_exploited as judged."""
    advisories = tables["advisories"].to_dicts()
    exploited = set(tables["known_exploited"]["vulnerability"])
    found = list(_assets(tables))
    assets = [asset for asset, _ in found]
    for exposure in exposures(assets, advisories, same_vendor):
        leaf, about = exposure.leaf, found[exposure.asset.number][1]
        yield {
            **about,
            "source": about["source"] or leaf["source"],
            "advisory_file": leaf["source"],
            **{name: leaf[name] for name in ("advisory", "title", "vulnerability", "score", "product")},
            **{name: leaf[name] for name in ("remedy", "remedy_kind")},
            "known_exploited": leaf["vulnerability"] in exploited if exploited else None,
            "versions": leaf["version"],
            "matched_by": exposure.by,
            "result": exposure.result,
            "reason": marked(exposure.reason),
        }


def _assets(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[Asset, dict[str, Any]]]:
    """Every entry of the inventory with what the device it is says of itself, then devices that no entry lists.

    A device that is an entry's by a name or serial number of its own saying stands for itself: it excuses nobody.
    """
    devices = {row["device"]: row for row in tables["devices"].to_dicts()}
    frames = _frames(tables["identities"])
    number = 0
    for entry in tables["inventory"].to_dicts():
        device = devices.get(entry["device"])
        yield _asset(number, entry, device if device and device["listed"] else None, frames)
        number += 1
    for device in devices.values():
        if not device["listed"] and any(device[key] for key in _KNOWN):
            yield _asset(number, None, device, frames)
            number += 1


def _asset(
    number: int, entry: Row | None, device: Row | None, frames: Mapping[str, Mapping[str, str]]
) -> tuple[Asset, dict[str, Any]]:
    given = [row for row in (entry, device) if row is not None]
    known = {key: tuple(dict.fromkeys(row[key] for row in given if row[key])) for key in _KNOWN}
    versions = _on_the_wire(device, frames.get(device["device"], {})) if device else {}
    more = versions.pop(_MORE, "")
    if entry and entry["firmware"]:
        _state(versions, entry["firmware"], marked(said("inventory")))
    if more:
        versions[_MORE] = more
    asset = Asset(number, known["vendor"], known["model"], known["order_number"], known["serial"], tuple(versions))
    about = {
        "source": entry["source"] if entry else "",
        "row": entry["row"] if entry else None,
        "device": device["device"] if device else "",
        "name": next((row["name"] for row in given if row["name"]), ""),
        "zone": (device["zone"] if device else "") or (entry["zone_by_policy"] if entry else ""),
        **{key: next(iter(known[key]), "") for key in ("vendor", "model", "order_number")},
        "firmware": list(versions),
        "firmware_from": list(versions.values()),
    }
    return asset, about


def _on_the_wire(device: Row, frames: Mapping[str, str]) -> dict[str, str]:
    """Every version that is said of the device, and where: whoever says another one more often does not outvote it."""
    found: dict[str, str] = {}
    for version in dict.fromkeys(filter(None, (device["firmware"], *frames))):
        where = frames.get(version) or marked(said("seen on the network"))
        if len(found) == MOST_VERSIONS:
            return found | {_MORE: where}
        _state(found, version, where)
    return found


def _state(versions: dict[str, str], other: str, who: str) -> None:
    """One version more beside those that are known; of two that can be the same, the one that says more."""
    same = next((version for version in versions if same_firmware(other, version)), None)
    if same is None:
        versions[other] = who
    elif len(other) > len(same) and other.count(".") > same.count("."):
        del versions[same]
        versions[other] = who


def _frames(identities: pl.DataFrame) -> dict[str, dict[str, str]]:
    """Device -> firmware -> where a protocol says it first."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    rows = identities.filter(pl.col("field") == "firmware").sort("first_time", nulls_last=True)
    for device, value, protocol, capture, frame in rows.select(
        "device", "value", "protocol", "capture", "first_frame"
    ).iter_rows():
        text = said("{protocol}, {capture} frame {n}", protocol=verbatim(protocol), capture=capture, n=frame or 0)
        found[device].setdefault(value, marked(text))
    return found
