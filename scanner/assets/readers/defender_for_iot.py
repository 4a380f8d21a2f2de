"""Devices of Microsoft Defender for IoT, as the API of an OT sensor gives them: ``/api/v1/devices``.

Source: Microsoft Learn, "Inventory management API reference for OT monitoring sensors": modules of a device are objects
under ``firmware``, and unknown values are the text ``N/A``. The CSV of portal and sensor is read as any other CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.assets.cells import text_of
from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _rows
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, joined, said, verbatim

_MEANINGS = {
    "ipAddresses": "ips",
    "macAddresses": "macs",
    "operatingSystem": "os",
    "protocols": "protocols",
    "engineeringStation": "roles",
    "scanner": "extra",
    "serial": "serial",
    "model": "model",
    "firmwareVersion": "firmware",
    "observed": "observed",
}
_OF_MODULES = ("serial", "model", "firmwareVersion")


def _is_device(entry: Any) -> bool:
    return isinstance(entry, dict) and {"ipAddresses", "macAddresses", "engineeringStation"} <= entry.keys()


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is the answer of a sensor to a question for devices."""
    if any(map(_is_device, _json.first_objects(head)[:1])):
        return Resemblance(0.95, (said("objects with the keys of an OT sensor's devices"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The devices; InputError when there are none."""
    data, encoding = _json.load(content, name)
    listed = _json.first_list(data)
    if not any(map(_is_device, listed)):
        raise InputError(name, said("no devices of an OT sensor in it"))
    rows: list[Record | Problem] = []
    for number, entry in enumerate(listed, 1):
        if _is_device(entry):
            rows.append(Record(number, dict(_cells(entry)), at_entry))
        else:
            rows.append(Problem(name, said("entry skipped: it is no device of an OT sensor"), at_entry(number)))
    notes = [("format", joined((verbatim("Defender for IoT"), verbatim(encoding))))]
    return _rows.inventory(name, rows, _MEANINGS, columns, notes)


def _cells(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    modules = [m for m in entry.get("firmware") or () if isinstance(m, dict)]
    for key, value in entry.items():
        if key == "protocols" and isinstance(value, list):
            yield key, [p.get("name") if isinstance(p, dict) else p for p in value]
        elif key != "firmware":
            yield key, value
    for key in _OF_MODULES:
        values = list(dict.fromkeys(t for m in modules if (t := text_of(m.get(key)))))
        if len(values) == 1:  # several modules: which of them the device is, nobody says
            yield key, values[0]
    yield "observed", entry.get("authorized") is not True  # people say so of what they have looked at
    if modules:
        yield "firmware modules", modules


INVENTORY = InventoryFormat("defender-for-iot", "Defender for IoT (sensor API)", resemblance, read)
