"""What devices' own configurations say of who they are: their names, and the addresses of their interfaces."""

from __future__ import annotations

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from scanner.device_names import name_key

Row = Mapping[str, Any]


class Configured(NamedTuple):
    """A device by its configuration. line: of the first address."""

    source: str
    name: str
    ips: tuple[str, ...]
    line: int


def configured(settings: Iterable[Row]) -> list[Configured]:
    """From rows of the facts table settings: those about addresses of interfaces.

    Configurations that share a name (a factory's "Switch") name nobody.
    """
    ips: defaultdict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for row in settings:
        if row["category"] != "interface" or row["setting"] != "address":
            continue
        try:
            interface = ipaddress.ip_interface(row["value"])
        except ValueError:
            continue  # dhcp, absent
        ips[row["source"], row["device"]].setdefault(str(interface.ip), row["line_start"] or 0)
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for source, name in ips:
        sources[name_key(name)].add(source)
    return [
        Configured(source, name if len(sources[name_key(name)]) == 1 else "", tuple(found), min(found.values()))
        for (source, name), found in ips.items()
    ]


def names_by_address(found: Sequence[Configured]) -> dict[str, list[str]]:
    """IP address -> the names of whoever has it; an address of two configurations is nobody's."""
    owners: defaultdict[str, list[Configured]] = defaultdict(list)
    for device in found:
        for ip in device.ips:
            owners[ip].append(device)
    return {ip: [own[0].name] for ip, own in owners.items() if len(own) == 1 and own[0].name}
