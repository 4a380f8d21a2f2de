"""What the inventory lists, as a policy goes by it: a name means a device only when an address comes with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from typing import Any

from scanner.device_names import name_key

Row = Mapping[str, Any]
SHORTEST_SERIAL = 4  # characters; shorter ones are counters and notes


def entry_names(entry: Row) -> list[str]:
    """Every name that the entry gives its device."""
    return list(dict.fromkeys(n for n in (entry["name"], entry["hostname"], entry["profinet_name"], entry["id"]) if n))


def entry_words(entry: Row) -> list[str]:
    """By what a policy may name the device: every name, and the serial number unless it is too short to be one."""
    serial = (entry.get("serial") or "").strip()
    return list(dict.fromkeys([*entry_names(entry), *([serial] if len(serial) >= SHORTEST_SERIAL else [])]))


def words_apart(entry: Row, shared: Container[str]) -> tuple[list[str], list[str]]:
    """By what a policy may name the device, and its names that others bear, too (``shared_names``)."""
    own: tuple[list[str], list[str]] = [], []
    for word in entry_words(entry):
        own[name_key(word) in shared].append(word)
    return own


def is_bound(entry: Row) -> bool:
    """The entry says which IP or MAC address it is about."""
    return bool(entry["ips"] or entry["macs"])


def shared_names(inventory: Iterable[Row]) -> frozenset[str]:
    """Names (``name_key``) that entries give to several devices, so that nobody can tell which one a policy means.

    Entries are one device's where they share a MAC or IP address, a serial number or an id besides the name.
    """
    bearers: defaultdict[str, list[Row]] = defaultdict(list)
    for entry in filter(is_bound, inventory):
        for name in {name_key(word) for word in entry_words(entry)}:
            bearers[name].append(entry)
    return frozenset(name for name, entries in bearers.items() if len(entries) > 1 and _several(entries, name))


def _several(entries: Iterable[Row], name: str) -> bool:
    """They are not all one device's."""
    first: dict[str, int] = {}  # by address or number the entry that had it first
    above: list[int] = []  # for each entry one of the same device, itself where it stands for all of them

    def top(number: int) -> int:
        while above[number] != number:
            above[number] = number = above[above[number]]
        return number

    for number, entry in enumerate(entries):
        above.append(number)
        for key in (*entry["ips"], *entry["macs"], *_numbers(entry, name)):
            above[top(number)] = top(first.setdefault(key, number))
    return len({top(number) for number in range(len(above))}) > 1


def _numbers(entry: Row, name: str) -> Iterable[str]:
    serial = (entry.get("serial") or "").strip()
    yield from [f"serial {serial.casefold()}"] if len(serial) >= SHORTEST_SERIAL else []
    yield from [f"id {name_key(entry['id'])}"] if name_key(entry["id"]) not in {"", name} else []
