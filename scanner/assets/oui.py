"""Who made a network interface, by its MAC prefix: the IEEE registries as scapy ships them (Wireshark's manuf file).

Decoding that file takes about a tenth of a second, so it is imported only when there is an address to look up.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from scanner.addresses import is_group_mac, is_local_mac

_BLOCK = 500_000  # characters: more than 4096 lines, as many as one 24-bit prefix can have


def vendors(macs: Iterable[str]) -> dict[str, str]:
    """MAC address (lower case with colons) -> registered organisation, empty when unknown.

    Locally administered addresses say nothing about a maker and are not looked up.
    """
    return {mac: "" if is_local_mac(mac) or is_group_mac(mac) else _vendor(mac[:13].upper()) for mac in set(macs)}


@cache
def _vendor(prefix: str) -> str:
    """The organisation of the longest registered prefix: 36 bits (MA-S), 28 bits (MA-M) or 24 bits (MA-L)."""
    from scapy.libs.manuf import DATA

    text: str = DATA
    block = prefix[:8]
    start = text.find(f"\n{block}")
    if start < 0:
        return ""
    for key in (f"{prefix}0/36", f"{prefix[:10]}0/28", f"{block} ", f"{block}\t"):
        at = text.find(f"\n{key}", start, start + _BLOCK)
        if at >= 0:
            line = text[at + 1 : text.find("\n", at + 1)]
            return line.rpartition("\t")[2].strip().rstrip(",")
    return ""
