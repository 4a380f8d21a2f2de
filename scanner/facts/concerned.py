"""What advisories may be about although no row of ``exposures`` says so: assets of which too little is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from scanner.advisories.matching import Asset, code_of, identifying, tells_product, words_of
from scanner.assets.kin import kin, named_in
from scanner.facts.exposed import assets_of

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]
# runs its maker's firmware alone; anybody's software may be installed on a station, a panel or a server
_CLOSED = frozenset(
    (
        *("plc", "safety_controller", "io_device", "rtu", "ied", "drive"),
        *("switch", "router", "firewall", "wireless_ap", "camera", "printer"),
    )
)
_NAMED = ("vendor", "family", "product", "order_numbers")
_SCHEME = 4  # characters by which the order numbers of a maker are of one kind


def unidentified(tables: Tables) -> list[str]:
    """Entries of inventories, and devices that none lists, of which nobody says what they are, so that any advisory may
    be about them: no order number, no system, no model that tells a product, and perhaps one of the advisories' makers.

    The maker of a device that nobody lists is only its MAC address's, or what it says of itself: it excludes nothing.
    """
    makers = tables["advisories"]["vendor"].unique().to_list()
    found = []
    told = set()  # devices that say what they are
    for asset, about in assets_of(tables):
        identified = bool(asset.order_numbers or asset.software or any(map(tells_product, asset.models)))
        if about["row"] is None:
            told |= {about["device"]} if identified else set()
        elif not identified and (not asset.vendors or _perhaps(asset.vendors, makers)):
            found.append(f"{about['source']}:{about['row']}")
    strangers = (row for row in tables["devices"].to_dicts() if not row["listed"] and not row["public"])
    return found + [row["name"] or row["device"] for row in strangers if row["device"] not in told]


def _perhaps(vendors: Iterable[str], makers: Sequence[str]) -> bool:
    return any(kin(vendor, maker) is not False for vendor in vendors for maker in makers)


def not_excluded(tables: Tables) -> list[str]:
    """Entries of inventories, devices that none lists, and configurations of no entry, of which nobody can tell that
    they are none of the advisories' products. What a device says of itself alone excludes nothing.
    """
    products = tables["advisories"].select(_NAMED).unique(maintain_order=True).to_dicts()
    entries = {(row["source"], row["row"]): row for row in tables["inventory"].to_dicts()}
    devices = {row["device"]: row for row in tables["devices"].to_dicts()}
    known: dict[tuple[Any, ...], bool] = {}  # plants have many of one model
    found = []
    for asset, about in assets_of(tables):
        if about["row"] is None:
            continue
        contradicted = devices.get(about["device"], {}).get("conflicts") or ()
        key = (entries[about["source"], about["row"]]["type"], asset.vendors, asset.models, asset.order_numbers)
        if key not in known:
            known[key] = key[0] in _CLOSED and _is_none_of(asset, products)
        if not known[key] or {"vendor", "model", "order_number"}.intersection(contradicted):
            found.append(f"{about['source']}:{about['row']}")
    found += [row["name"] or name for name, row in devices.items() if not row["listed"] and not row["public"]]
    return found + list(_configured_alone(tables["settings"], devices))


def _configured_alone(settings: pl.DataFrame, devices: Mapping[str, Row]) -> Iterator[str]:
    owners = settings.select("source", "of_device", "listed_row").unique("source", keep="first", maintain_order=True)
    for source, device, row in owners.iter_rows():
        if row is None and not devices.get(device or "", {}).get("listed"):
            yield source


def _is_none_of(asset: Asset, products: Sequence[Row]) -> bool:
    """It is known what it is, and each product is another one."""
    if not asset.vendors or not (asset.order_numbers or any(map(tells_product, asset.models))):
        return False
    own = {word for model in asset.models for word in words_of(model)}
    own -= {word for vendor in asset.vendors for word in words_of(vendor)}
    return all(_is_another(asset, own, product) for product in products)


def _is_another(asset: Asset, own: set[str], product: Row) -> bool:
    """The makers have nothing to do with each other, or it is another product of one maker by its order number; and
    in neither case is it named alike.
    """
    name = f"{product['family']} {product['product']}"
    makers = {kin(vendor, product["vendor"]) for vendor in asset.vendors}
    if any(map(identifying, own & words_of(name))):
        return False
    if makers == {False}:
        return not any(named_in(vendor, name) for vendor in asset.vendors)
    schemes = _schemes(product["order_numbers"])
    return makers == {True} and bool(own) and len(schemes) == 1 and schemes == _schemes(asset.order_numbers)


def _schemes(codes: Iterable[str]) -> set[str]:
    """How the codes begin: 6ES7 and 6GK5 are of one kind, MAT1 is of another; empty text for too short a code."""
    begins = (code_of(code)[:_SCHEME] for code in codes)
    return {"".join("0" if c.isdigit() else c if c in "*?" else "a" for c in begin) for begin in begins}
