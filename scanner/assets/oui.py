"""Who made a network interface, by its MAC prefix: the IEEE registries as scapy ships them (Wireshark's manuf file).

Decoding that file takes about a tenth of a second. What it holds is written beside this module when otaudit is built,
under the digest of scapy's file; where that has changed since, or nothing was built, it is decoded when there is an
address to look up.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from scanner.addresses import is_group_mac, is_local_mac

NAME = "makers.txt"  # beside this module: a line with the digest of scapy's file, then its lines in order
_FOLDER = Path(__file__).parent


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
    return known() or _decoded()


def _decoded() -> list[str]:
    from scapy.libs.manuf import DATA

    return sorted(DATA.split("\n"))


def compiled() -> bytes:
    """The file for what scapy ships."""
    return "\n".join([_digest(), *_decoded()]).encode()


def known() -> list[str]:
    """The lines that were written when otaudit was built; nothing where they are not those of scapy's file."""
    try:
        digest, *lines = (_FOLDER / NAME).read_bytes().decode().split("\n")
        return lines if digest == _digest() else []
    except (OSError, ValueError):
        return []


def _digest() -> str:
    scapy = find_spec("scapy")  # which imports nothing of it
    if scapy is None or not scapy.submodule_search_locations:
        raise OSError("scapy has no folder")
    content = Path(scapy.submodule_search_locations[0], "libs", "manuf.py").read_bytes()
    return hashlib.blake2b(content, digest_size=32).hexdigest()
