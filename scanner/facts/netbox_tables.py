"""An inventory as the files that NetBox 4.2 and later imports (each type of object has its own, in this order).

Source: netbox-community/netbox, ``dcim/forms/bulk_import.py`` and ``ipam/forms/bulk_import.py``. NetBox finds what an
object belongs to by its name, so that devices of one name get a number behind it. What NetBox has no field for stands
in the comments of the device. Cells are as NetBox wants them, also those that a spreadsheet would calculate.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_UNTOLD = "unknown"  # NetBox wants a maker, a model, a role and a site of every device
_LONGEST_SLUG, _LONGEST_NAME, _LONGEST_NUMBER = 100, 64, 50  # characters, as NetBox limits them
_PORT = "port"  # of which nothing but its addresses is known
_OWN = ("vendor", "model", "order_number", "serial", "type", "os", "site", "ips", "macs")  # with fields in NetBox
_COLOUR = "9e9e9e"  # of roles, which must have one

Row = Mapping[str, Any]
Table = list[dict[str, str]]


def netbox_tables(rows: Iterable[Row]) -> dict[str, str]:
    """Name of a file -> its text, in the order in which they are imported. rows: as ``canonical`` gives them."""
    made: dict[str, Table] = {name: [] for name in _FILES}
    slugs, names, tags = _Unique(), _Unique(_LONGEST_NAME), set[str]()
    seen: dict[tuple[str, ...], str] = {}
    for row in rows:
        maker, model = _text(row, "vendor") or _UNTOLD, _text(row, "model") or _text(row, "order_number") or _UNTOLD
        role, site, system = _text(row, "type") or _UNTOLD, _text(row, "site") or _UNTOLD, _text(row, "os")
        for kind, name in (("manufacturers", maker), ("sites", site), ("device-roles", role), ("platforms", system)):
            if name and (kind, name) not in seen:
                seen[kind, name] = slugs.of(kind, _slug(name))
                made[kind].append({"name": name, "slug": seen[kind, name]} | _BESIDE.get(kind, {}))
        if ("device-types", maker, model) not in seen:
            seen["device-types", maker, model] = slug = slugs.of("device-types", _slug(f"{maker} {model}"))
            number = _text(row, "order_number")[:_LONGEST_NUMBER]
            made["device-types"].append({"manufacturer": maker, "model": model, "slug": slug, "part_number": number})
        device = names.of("devices", _name(row))
        tag = _text(row, "id")[:_LONGEST_NUMBER]
        made["devices"].append(
            {
                "name": device,
                "role": role,
                "manufacturer": maker,
                "device_type": model,
                "site": site,
                "status": "active",
                "platform": system,
                "serial": _text(row, "serial")[:_LONGEST_NUMBER],
                "asset_tag": "" if tag in tags else tag,
                "comments": "\n".join(_comments(row)),
            }
        )
        tags.add(tag)
        _addresses(made, device, row)
    return {f"{n}-{name}.csv": _csv(table) for n, (name, table) in enumerate(made.items(), 1) if table}


_FILES = (
    *("manufacturers", "sites", "device-roles", "platforms", "device-types", "devices"),
    *("interfaces", "mac-addresses", "ip-addresses"),
)
_BESIDE = {"sites": {"status": "active"}, "device-roles": {"color": _COLOUR}}


class _Unique:
    """Names of which NetBox wants every one once. longest: characters."""

    def __init__(self, longest: int = _LONGEST_SLUG) -> None:
        self.longest = longest
        self.taken: dict[tuple[str, str], int] = {}

    def of(self, kind: str, name: str) -> str:
        """The name, or with a number behind it where another has it; NetBox tells no case apart."""
        name = name[: self.longest]
        key = (kind, name.casefold())
        while key in self.taken:
            self.taken[key] += 1
            end = f"-{self.taken[key]}"
            name = name[: self.longest - len(end)] + end
            key = (kind, name.casefold())
        self.taken[key] = 1
        return name


def _slug(name: str) -> str:
    """Letters and digits with hyphens; a name without any, as in Chinese, by its checksum."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
    whole = all(c.isascii() for c in name)
    return plain if plain and whole else f"{plain}-{zlib.crc32(name.encode()):08x}".strip("-")


def _name(row: Row) -> str:
    first = ("name", "hostname", "profinet_name", "id")
    found = next((text for key in first if (text := _text(row, key))), "")
    return found or next((str(address) for key in ("ips", "macs") for address in row.get(key) or ()), _UNTOLD)


def _comments(row: Row) -> Iterator[str]:
    for key, value in row.items():
        if key not in _OWN and key != "name":
            text = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield f"{key}: {text}"


def _addresses(made: Mapping[str, Table], device: str, row: Row) -> None:
    """An interface for each MAC address; at which of them an IP address is nobody knows, so all are at the first."""
    macs, ips = list(row.get("macs") or ()), list(row.get("ips") or ())
    ports = [f"{_PORT} {n}" for n in range(1, max(len(macs), bool(ips)) + 1)]
    made["interfaces"].extend({"device": device, "name": port, "type": "other"} for port in ports)
    for port, mac in zip(ports, macs, strict=False):
        made["mac-addresses"].append({"mac_address": mac, "device": device, "interface": port, "is_primary": "true"})
    primary: set[int] = set()
    for text in ips:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:  # with a zone of the sender
            continue
        first = "false" if address.version in primary else "true"
        primary.add(address.version)
        whole = f"{address}/{address.max_prefixlen}"
        row_of_it = {"address": whole, "status": "active", "device": device, "interface": ports[0]}
        made["ip-addresses"].append(row_of_it | {"is_primary": first})


def _text(row: Row, key: str) -> str:
    value = row.get(key)
    return " ".join(str(value).split()) if value is not None else ""


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    out = io.StringIO()
    write = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    write.writeheader()
    write.writerows(rows)
    return out.getvalue()
