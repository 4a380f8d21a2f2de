"""Who made a network interface, by its MAC prefix: the IEEE registries as scapy ships them (Wireshark's manuf file).

Decoding that file takes about a tenth of a second, so it is imported only when there is an address to look up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cache

from scanner.addresses import is_group_mac, is_local_mac


def vendors(macs: Iterable[str]) -> dict[str, str]:
    """MAC address (lower case with colons) -> registered organisation, empty when unknown.

    Locally administered addresses say nothing about a maker and are not looked up.
    """
    return {mac: "" if is_local_mac(mac) or is_group_mac(mac) else _vendor(mac[:13].upper()) for mac in set(macs)}


@cache
def _vendor(prefix: str) -> str:
    """The organisation of the longest registered prefix: 36 bits (MA-S), 28 bits (MA-M) or 24 bits (MA-L)."""
    block, lines = prefix[:8], _lines()
    for key in (f"{prefix}0/36", f"{prefix[:10]}0/28", f"{block} ", f"{block}\t"):
        at = bisect_left(lines, key)
        if at < len(lines) and lines[at].startswith(key):
            return lines[at].rpartition("\t")[2].strip().rstrip(",")
    return ""


@cache
def _lines() -> list[str]:
    """Each begins with a prefix."""
    from scapy.libs.manuf import DATA

    return sorted(DATA.split("\n"))
