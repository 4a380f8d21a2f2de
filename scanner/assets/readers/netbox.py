"""Devices and virtual machines of NetBox, as its REST API gives them: ``/api/dcim/devices/``.

Sources: netbox-community/netbox, ``dcim/api/serializers_/devices.py`` and ``tables/devices.py``. The CSV export is read
as any other CSV (``headers.py`` knows its columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _rows
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, joined, said, verbatim

_MEANINGS = {
    "name": "name",
    "serial": "serial",
    "asset_tag": "id",
    "device_type.manufacturer": "vendor",
    "device_type.model": "model",
    "device_type.part_number": "order_number",
    "role": "type",
    "platform": "os",
    "site": "site",
    "location": "location",
    "rack": "location",
    "primary_ip": "ips",
    "primary_ip4": "ips",
    "primary_ip6": "ips",
    "oob_ip": "ips",
    "mac_address": "macs",
    "id": "extra",
}
_NAMES = (
    "display",
    "url",
    "display_url",
    "slug",
    "description",
    "id",
    "family",
    "device_count",
    "virtualmachine_count",
)
_BEST = ("address", "model", "name", "label", "display", "value", "slug")


def _is_device(entry: Any) -> bool:
    """An object of the API with what only its devices, or its virtual machines, have."""
    if not isinstance(entry, dict) or "url" not in entry:
        return False
    typed = isinstance(entry.get("device_type"), dict) or "/virtual-machines/" in str(entry.get("url"))
    return typed and "primary_ip4" in entry and isinstance(entry.get("status"), dict | str)


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is the answer of NetBox to a question for devices."""
    if any(map(_is_device, _json.first_objects(head)[:1])):
        return Resemblance(0.95, (said("objects with the keys of NetBox devices"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The devices; InputError when there are none."""
    data, encoding = _json.load(content, name)
    listed = data.get("results", [data]) if isinstance(data, dict) else data
    if not isinstance(listed, list) or not any(map(_is_device, listed)):
        raise InputError(
            name, said("no devices of NetBox in it"), remedy=said("export {what}", what="/api/dcim/devices/")
        )
    rows = [_record(name, number, entry) for number, entry in enumerate(listed, 1)]
    if isinstance(data, dict) and data.get("next"):
        what = said("one page of several: the devices of the others are not in it")
        rows.append(Problem(name, what, remedy=said("export with limit=0 to have all")))
    notes = [("format", joined((verbatim("NetBox"), verbatim(encoding))))]
    return _rows.inventory(name, rows, _MEANINGS, columns, notes, own="custom_fields.")


def _record(name: str, number: int, entry: Any) -> Record | Problem:
    if not _is_device(entry):
        return Problem(name, said("entry skipped: it is no device of NetBox"), at_entry(number))
    return Record(number, dict(_cells(entry)), at_entry)


def _cells(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in entry.items():
        if key == "device_type" and isinstance(value, dict):
            yield from ((f"device_type.{k}", _plain(v)) for k, v in value.items() if k not in _NAMES)
        elif key == "custom_fields" and isinstance(value, dict):
            yield from ((f"custom_fields.{k}", _plain(v)) for k, v in value.items())
        elif key == "device_role":  # before NetBox 3.6
            yield "role", _plain(value)
        elif key not in {"url", "display_url", "display"}:
            yield key, _plain(value)


def _plain(value: Any) -> Any:
    """What an object of the API is called; other values as they are."""
    if isinstance(value, dict):
        return next((value[key] for key in _BEST if value.get(key) not in (None, "")), value)
    return [_plain(v) for v in value] if isinstance(value, list) else value


INVENTORY = InventoryFormat("netbox", "NetBox devices (JSON)", resemblance, read)
