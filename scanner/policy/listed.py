"""What the inventory lists, as a policy goes by it: a name means a device only when an address comes with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
SHORTEST_SERIAL = 4  # characters; shorter ones are counters and notes


def entry_names(entry: Row) -> list[str]:
    """Every name that the entry gives its device."""
    return list(dict.fromkeys(n for n in (entry["name"], entry["hostname"], entry["profinet_name"], entry["id"]) if n))


def entry_words(entry: Row) -> list[str]:
    """By what a policy may name the device: every name, and the serial number unless it is too short to be one."""
    serial = (entry.get("serial") or "").strip()
    return list(dict.fromkeys([*entry_names(entry), *([serial] if len(serial) >= SHORTEST_SERIAL else [])]))


def is_bound(entry: Row) -> bool:
    """The entry says which IP or MAC address it is about."""
    return bool(entry["ips"] or entry["macs"])
