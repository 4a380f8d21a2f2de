"""Whose configuration a file is: the device that was seen, and the entry of the inventory.

The address of an interface tells, where nobody else has it; else the host name, where those who can say so give it to
one device. What a device calls itself on the wire tells nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scanner.assets.configured import Configured
from scanner.device_names import name_key
from scanner.policy.listed import entry_names

Row = Mapping[str, Any]


class Owner(NamedTuple):
    """Of a configuration. device: its id, empty if unknown; source, row: of its entry in the inventory."""

    device: str
    source: str
    row: int | None


def owners(
    files: Mapping[str, str],
    configured: Iterable[Configured],
    inventory: Sequence[Row],
    devices: Callable[[str], Sequence[str]],
    named: Mapping[str, Sequence[str]],
) -> dict[str, Owner]:
    """By file. files: file -> host name. devices: who has an IP address. named: name, casefolded -> devices."""
    addresses: defaultdict[str, list[str]] = defaultdict(list)
    for known in configured:
        addresses[known.source] += known.ips
    claimed: defaultdict[str, set[str]] = defaultdict(set)
    hosts: defaultdict[str, set[str]] = defaultdict(set)
    for source, name in files.items():
        hosts[name_key(name)].add(source)
        for ip in addresses[source]:
            claimed[ip].add(source)
    by_ip, by_name = _entries(inventory)

    def only(found: Iterable[Sequence[Any]]) -> Any:
        different = {one for several in found if len(several) == 1 for one in several}
        return different.pop() if len(different) == 1 else None

    whose = {}
    for source, name in files.items():
        own = [ip for ip in addresses[source] if len(claimed[ip]) == 1]
        key = name_key(name) if len(hosts[name_key(name)]) == 1 else ""
        device = only(map(devices, own)) or only([named.get(key, ())])
        number = only(by_ip.get(ip, ()) for ip in own)
        number = only([by_name.get(key, ())]) if number is None else number
        entry = inventory[number] if number is not None else None
        whose[source] = Owner(device or "", *((entry["source"], entry["row"]) if entry else ("", None)))
    return whose


def _entries(inventory: Sequence[Row]) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """Numbers of entries by IP address and by name, casefolded."""
    by_ip: defaultdict[str, list[int]] = defaultdict(list)
    by_name: defaultdict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(inventory):
        for ip in dict.fromkeys(entry["ips"]):
            by_ip[ip].append(number)
        for name in dict.fromkeys(name_key(n) for n in entry_names(entry)):
            by_name[name].append(number)
    return by_ip, by_name
