"""The tables ``exposures`` and ``supported_assets``: what makers' documents say of the assets that the inventory lists,
the captures show or configurations are of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import polars as pl

from scanner.advisories.life_cycles import terms
from scanner.advisories.matching import Asset, exposures
from scanner.assets.compare import same_firmware
from scanner.assets.kin import kin
from scanner.facts.ageing import days
from scanner.facts.frames import frame
from scanner.facts.schema import SUPPORTED_ASSETS
from scanner.wording import marked, said, verbatim

Row = Mapping[str, Any]
_KNOWN = ("vendor", "model", "order_number", "serial")
MOST_VERSIONS = 10  # of one device
_MORE = "…"  # which no range holds and none leaves out


def exposure_rows(tables: Mapping[str, pl.DataFrame]) -> Iterator[dict[str, Any]]:
    """Rows of the table, from those of inventory, devices, identities, settings, advisories and known_exploited as
    judged.
    """
    advisories = tables["advisories"].to_dicts()
    exploited = set(tables["known_exploited"]["vulnerability"])
    found = list(assets_of(tables))
    assets = [asset for asset, _ in found]
    for exposure in exposures(assets, advisories, kin):
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


def supported_assets(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The table, from those of inventory, devices, identities, settings and life_cycles as judged."""
    found = list(assets_of(tables))
    told = list(terms([asset for asset, _ in found], tables["life_cycles"].to_dicts(), kin))
    rows = []
    for term in told:
        leaf, about = term.leaf, found[term.asset.number][1]
        rows.append(
            {
                **about,
                "source": about["source"] or leaf["source"],
                "statement_file": leaf["source"],
                "product": leaf["product"],
                "versions": leaf["version"] or leaf["hardware_revision"],
                "matched_by": term.by,
                "reason": marked(term.reason),
                **{name: leaf[name] for name in ("end_of_security_support", "end_of_life", "general_availability")},
            }
        )
    return frame(SUPPORTED_ASSETS, rows).with_columns(
        supported_certainly_until=days(term.certain for term in told),
        supported_possibly_until=days(term.possible for term in told),
    )


_ENDS = ("supported_certainly_until", "supported_possibly_until")
_IDENTIFYING = ("firmware", "order_number", "model")  # the first of these that a device says of itself stands for it


def by_maker(table: pl.DataFrame, supported: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """The three columns about the maker's statements, for each row of a table whose ``key`` is an asset's."""
    rows = supported.select(*key, *_ENDS)
    found = rows.group_by(key).agg(
        named_by_maker=pl.lit(value=True),
        maker_supports_certainly_until=pl.when(pl.col(_ENDS[0]).null_count() == 0).then(pl.col(_ENDS[0]).min()),
        maker_supports_possibly_until=pl.col(_ENDS[1]).min(),
    )
    joined = table.select(key).join(found, on=key, how="left", maintain_order="left").drop(key)
    return joined.with_columns(pl.col("named_by_maker").fill_null(value=False))


def spoken_for(identities: pl.DataFrame, supported: pl.DataFrame) -> pl.DataFrame:
    """The three columns for what devices say of themselves, where no entry of an inventory is judged in their place."""
    unlisted = supported.filter(pl.col("row").is_null())
    rank = pl.col("field").replace_strict({f: n for n, f in enumerate(_IDENTIFYING)}, default=None)
    stands = (rank == rank.min().over("device")).fill_null(value=False)
    key = identities.select(device=pl.when(stands).then("device"))
    return by_maker(key, unlisted, ["device"])


class _Software(NamedTuple):
    """What a configuration says of the device that it is of."""

    source: str
    name: str
    version: str = ""
    model: str = ""
    maker: str = ""
    software: str = ""


def assets_of(tables: Mapping[str, pl.DataFrame]) -> Iterator[tuple[Asset, dict[str, Any]]]:
    """Every entry of the inventory with what the device it is says of itself and its configurations say of it, then
    devices that no entry lists, and configurations of which nobody knows more.

    A device that is an entry's by a name or serial number of its own saying stands for itself: it excuses nobody.
    """
    devices = {row["device"]: row for row in tables["devices"].to_dicts()}
    frames = _frames(tables["identities"])
    of_device, of_entry, alone = _configurations(tables["settings"])
    number = 0
    for entry in tables["inventory"].to_dicts():
        device = devices.get(entry["device"])
        told = of_entry.get((entry["source"], entry["row"]), ())
        yield _asset(number, entry, device if device and device["listed"] else None, frames, told)
        number += 1
    for device in devices.values():
        told = of_device.get(device["device"], ())
        if not device["listed"] and (told or any(device[key] for key in _KNOWN)):
            yield _asset(number, None, device, frames, told)
            number += 1
    for one in alone:
        yield _asset(number, None, None, frames, (one,))
        number += 1


def _configurations(
    settings: pl.DataFrame,
) -> tuple[dict[str, list[_Software]], dict[tuple[str, int], list[_Software]], list[_Software]]:
    """What configurations say of software: by the device, by the entry of the inventory, and of nobody known."""
    about = settings.filter((pl.col("category") == "system") & (pl.col("item") == "device"))
    told = about.filter(pl.col("setting").is_in(("version", "model", "maker", "software")) & pl.col("present"))
    found: dict[str, _Software] = {}
    owners: dict[str, tuple[str, str, int | None]] = {}
    for row in told.to_dicts():
        first = found.get(row["source"], _Software(row["source"], row["device"]))
        found[row["source"]] = first._replace(**{row["setting"]: row["value"]})
        owners[row["source"]] = row["of_device"] or "", row["listed_source"] or "", row["listed_row"]
    of_device: defaultdict[str, list[_Software]] = defaultdict(list)
    of_entry: defaultdict[tuple[str, int], list[_Software]] = defaultdict(list)
    alone = []
    for source, one in found.items():
        device, listed, entry = owners[source]
        if entry is not None:
            of_entry[listed, entry].append(one)
        elif device:
            of_device[device].append(one)
        elif one.model or one.software:
            alone.append(one)
    return of_device, of_entry, alone


def _asset(
    number: int,
    entry: Row | None,
    device: Row | None,
    frames: Mapping[str, Mapping[str, str]],
    configurations: Sequence[_Software],
) -> tuple[Asset, dict[str, Any]]:
    own = [{"vendor": c.maker, "model": c.model, "order_number": "", "serial": ""} for c in configurations]
    given = [row for row in (entry, device, *own) if row is not None]
    known = {key: tuple(dict.fromkeys(row[key] for row in given if row[key])) for key in _KNOWN}
    versions = _versions(entry, device, frames, configurations)
    revisions = (entry["hardware_revision"],) if entry and entry["hardware_revision"] else ()
    asset = Asset(
        number,
        known["vendor"],
        known["model"],
        known["order_number"],
        known["serial"],
        tuple(versions),
        revisions,
        tuple(dict.fromkeys(c.software for c in configurations if c.software)),
    )
    names = (*(row["name"] for row in (entry, device) if row is not None), *(c.name for c in configurations))
    about = {
        "source": entry["source"] if entry else "" if device else configurations[0].source,
        "row": entry["row"] if entry else None,
        "device": device["device"] if device else "",
        "name": next(filter(None, names), ""),
        "zone": (device["zone"] if device else "") or (entry["zone_by_policy"] if entry else ""),
        **{key: next(iter(known[key]), "") for key in ("vendor", "model", "order_number")},
        "firmware": list(versions),
        "firmware_from": list(versions.values()),
    }
    return asset, about


def _versions(
    entry: Row | None,
    device: Row | None,
    frames: Mapping[str, Mapping[str, str]],
    configurations: Sequence[_Software],
) -> dict[str, str]:
    """Every version that somebody states, and who."""
    versions = _on_the_wire(device, frames.get(device["device"], {})) if device else {}
    more = versions.pop(_MORE, "")
    for told in configurations:
        if told.version:
            _state(versions, told.version, marked(said("configuration {file}", file=told.source)))
    if entry and entry["firmware"]:
        _state(versions, entry["firmware"], marked(said("inventory")))
    return versions | {_MORE: more} if more else versions


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
    for device, value, protocol, capture, number in rows.select(
        "device", "value", "protocol", "capture", "first_frame"
    ).iter_rows():
        text = said("{protocol}, {capture} frame {n}", protocol=verbatim(protocol), capture=capture, n=number or 0)
        found[device].setdefault(value, marked(text))
    return found
