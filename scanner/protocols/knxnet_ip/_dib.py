"""Description information blocks: what a KNXnet/IP device says of itself (KNX standard 03_08_02, section 7.5.4)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.protocols.base import Identity, Malformed
from scanner.protocols.common.text import printable
from scanner.protocols.knxnet_ip._cemi import individual
from scanner.protocols.knxnet_ip._names import FAMILIES, MEDIA
from scanner.wording import said, verbatim

DEVICE_INFORMATION, FAMILIES_SUPPORTED, IP_CONFIGURATION, IP_CURRENT, ADDRESSES = 1, 2, 3, 4, 5
FAMILIES_SECURED, TUNNELLING, EXTENDED, MANUFACTURER = 6, 7, 8, 0xFE
DEVICE_SIZE = 54


@dataclass
class Description:
    """Everything of a description that is told: individual address, parts of the detail, identities."""

    address: str = ""
    said: list[str] = field(default_factory=list)
    identities: list[Identity] = field(default_factory=list)


def description(data: bytes, at: int) -> Description:
    """The blocks from ``at`` to the end; Malformed when one is cut short."""
    found = Description()
    for kind, block in _blocks(data, at):
        if kind == DEVICE_INFORMATION:
            _device(block, found)
        elif kind in (FAMILIES_SUPPORTED, FAMILIES_SECURED):
            pairs = zip(block[::2], block[1::2], strict=False)
            names = [f"{FAMILIES.get(family, f'family {family}')} {version}" for family, version in pairs]
            label = "secured: {names}" if kind == FAMILIES_SECURED else "services: {names}"
            found.said.append(said(label, names=", ".join(names) or said("none")))
        elif kind in (IP_CONFIGURATION, IP_CURRENT) and len(block) >= 12 and any(block[:4]):
            found.said.append(
                said(
                    "IP configuration {n} netmask {m} gateway {k}",
                    n=_ip(block[:4]),
                    m=_ip(block[4:8]),
                    k=_ip(block[8:12]),
                )
            )
        elif kind == EXTENDED and len(block) >= 6:
            found.said.append(said("mask version {name}", name=f"0x{int.from_bytes(block[4:6], 'big'):04X}"))
        elif kind == MANUFACTURER and len(block) >= 2:
            found.said.append(said("KNX manufacturer {name}", name=f"0x{int.from_bytes(block[:2], 'big'):04X}"))
    return found


def _blocks(data: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(type, contents) of each block."""
    while at < len(data):
        size = data[at]
        if size < 2 or at + size > len(data):
            raise Malformed(
                "a description block of {size} bytes at byte {at} of {length}", size=size, at=at, length=len(data)
            )
        yield data[at + 1], data[at + 2 : at + size]
        at += size


def _device(block: bytes, found: Description) -> None:
    """Medium, status, individual address, project, serial number, multicast address, MAC address, name."""
    if len(block) != DEVICE_SIZE - 2:
        raise Malformed("device information of {length} bytes", length=len(block) + 2)
    found.address = individual(int.from_bytes(block[2:4], "big"))
    medium = MEDIA.get(block[0])
    found.said.append(verbatim(medium) if medium else said("medium {name}", name=f"0x{block[0]:02X}"))
    if block[1] & 1:
        found.said.append(said("programming mode"))
    routed = any(block[12:16])
    found.said.append(said("routing to {name}", name=_ip(block[12:16])) if routed else said("no routing"))
    name = printable(block[22:52])
    found.identities.append(Identity("serial", block[6:12].hex()))
    if any(block[16:22]):
        found.identities.append(Identity("mac", block[16:22].hex(":")))
    if name:
        found.identities.append(Identity("name", name))


def _ip(raw: bytes) -> str:
    return str(ipaddress.IPv4Address(raw))
