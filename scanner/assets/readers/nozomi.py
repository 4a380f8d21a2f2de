"""Assets of Nozomi Networks (Guardian, CMC, Vantage), as the query ``assets`` gives them in JSON.

Sources: public integrations that print them (demisto/content, elastic/integrations). A MAC address that is not
*confirmed* may be the router's, so it is only kept; times are milliseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _rows
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, joined, said, verbatim

_MEANINGS = {
    "mac_vendor": "extra",
    "os_or_firmware": "extra",  # repeats one of the two
    "nodes": "extra",
    "zones": "zone",
    "vlan_id": "vlans",
    "end_of_support_date": "lifecycle",
    "end_of_sale_date": "extra",
    "unconfirmed MAC addresses": "extra",
    "observed": "observed",
}
_TIMES = ("end_of_sale_date", "end_of_support_date", "last_activity_time", "created_at")
_LATEST = 253_402_300_799_000  # milliseconds: the end of 9999


def _is_asset(entry: Any) -> bool:
    if not isinstance(entry, dict) or not {"mac_address", "ip"} <= entry.keys():
        return False
    return not entry.keys().isdisjoint(("mac_address_level", "appliance_hosts", "capture_device"))


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a list of Nozomi's assets."""
    if any(map(_is_asset, _json.first_objects(head)[:1])):
        return Resemblance(0.95, (said("objects with the keys of Nozomi's assets"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The assets; InputError when there are none."""
    data, encoding = _json.load(content, name)
    listed = _json.first_list(data)
    if not any(map(_is_asset, listed)):
        raise InputError(name, said("no assets of Nozomi in it"))
    rows: list[Record | Problem] = []
    for number, entry in enumerate(listed, 1):
        if isinstance(entry, dict):
            rows.append(Record(number, dict(_cells(entry)), at_entry))
        else:
            rows.append(Problem(name, said("entry skipped: it is not an object"), at_entry(number)))
    notes = [("format", joined((verbatim("Nozomi"), verbatim(encoding))))]
    return _rows.inventory(name, rows, _MEANINGS, columns, notes, own="custom_fields.")


def _cells(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    levels = entry.get("mac_address_level")
    for key, value in entry.items():
        if key == "mac_address" and isinstance(value, list) and isinstance(levels, dict):
            yield key, [mac for mac in value if levels.get(mac, "confirmed") == "confirmed"]
            yield "unconfirmed MAC addresses", [mac for mac in value if levels.get(mac, "confirmed") != "confirmed"]
        elif key == "custom_fields" and isinstance(value, dict):
            yield from ((f"custom_fields.{k}", v) for k, v in value.items())
        elif key in _TIMES and isinstance(value, int) and 0 < value < _LATEST:
            yield key, datetime.fromtimestamp(value / 1000, UTC).date().isoformat()
        elif key == "level" and isinstance(value, str):
            yield key, value.removeprefix("level")
        else:
            yield key, value
    yield "observed", True


INVENTORY = InventoryFormat("nozomi", "Nozomi assets (JSON)", resemblance, read)
