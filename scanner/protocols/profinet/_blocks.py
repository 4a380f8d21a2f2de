"""The blocks that PROFINET IO's services carry: application relations and their communication relations, records,
identification & maintenance.

Written from IEC 61158-6-10 section 5.2 (APDU abstract and transfer syntax of the IO services). Blocks are big-endian
whatever the byte order of the RPC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.protocols.base import Identity, Malformed, Row
from scanner.protocols.common.text import printable, readable
from scanner.protocols.profinet._names import (
    AR_TYPES,
    CONTAINER,
    IM1,
    IM2,
    IM3,
    INTERFACE_BLOCK,
    IO_CONTROLLER_ARS,
    IOCR_TYPES,
    RT_CLASSES,
    SUPERVISOR_AR,
    record_name,
    status_name,
)
from scanner.protocols.profinet._vendors import vendor_name
from scanner.wording import Said, joined, said, verbatim

AR_REQUEST, AR_RESPONSE, IOCR_REQUEST, EXPECTED, MODULE_DIFF, AR_SERVER = 0x0101, 0x8101, 0x0102, 0x0104, 0x8104, 0x8106
WRITE_HEADER, READ_HEADER, IM0_BLOCK, CONTENT = 0x0008, 0x0009, 0x0020, 0x0401
_OBJECT_NODE = "dea00000-6c97-11d1-8271-"  # object UUIDs: instance, device identifier, vendor identifier follow
_TAKEOVER, _STARTUP_ADVANCED = 0x08, 1 << 30  # bits of ARProperties
_MOST_BLOCKS = 512
_SEND_CLOCK = 31.25e-6  # seconds
_INTERFACE = 0x8000  # subslot of the first interface; its ports follow


def word(data: bytes, at: int) -> int:
    """A number of two bytes."""
    return int.from_bytes(data[at : at + 2], "big")


def long(data: bytes, at: int) -> int:
    """A number of four bytes."""
    return int.from_bytes(data[at : at + 4], "big")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its type and the whole of it, header included, as far as it was kept."""

    type: int
    data: bytes


def blocks(data: bytes, at: int) -> Iterator[Block]:
    """The blocks from ``at`` to the end; Malformed when a length cannot be."""
    for _ in range(_MOST_BLOCKS):
        if at + 6 > len(data):
            return
        size = 4 + word(data, at + 2)
        if size < 6:
            raise Malformed("block 0x{word:04X} of {size} bytes", word=word(data, at), size=size)
        yield Block(word(data, at), data[at : at + size])
        at += size


def maker_of(object_uuid: str) -> tuple[str, str]:
    """(vendor, device identifier as text) that an object UUID of PROFINET IO names; empty when it is another."""
    if not object_uuid.startswith(_OBJECT_NODE):
        return "", ""
    device, vendor = int(object_uuid[28:32], 16), int(object_uuid[32:36], 16)
    return vendor_name(vendor), f"device 0x{device:04X}"


# --- connect ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Relation:
    """What a Connect request asks for. ``identities``: what it says of its sender."""

    type: int
    detail: str
    identities: tuple[Identity, ...]


def relation(found: list[Block]) -> Relation:
    """The AR block and those behind it; Malformed when a Connect request does not begin with one."""
    if not found or found[0].type != AR_REQUEST or len(found[0].data) < 58:
        raise Malformed("a Connect request without ARBlockReq")
    ar = found[0].data
    kind, properties = word(ar, 6), long(ar, 48)
    name = readable(ar[58 : 58 + word(ar, 56)], 240)
    words = [
        AR_TYPES.get(kind) or verbatim(f"ARType 0x{kind:04X}"),
        said("initiator {name}", name=name) if name else "",
        said("supervisor takeover allowed") if properties & _TAKEOVER else "",
        said("advanced startup") if properties & _STARTUP_ADVANCED else "",
        *(_communication(b.data) for b in found if b.type == IOCR_REQUEST),
    ]
    slots = {word(b.data, 12) for b in found if b.type == EXPECTED and len(b.data) >= 14}
    if slots:
        count = len(slots)
        words.append(said("modules expected in {n} slot" if count == 1 else "modules expected in {n} slots", n=count))
    return Relation(kind, joined(words), tuple(_initiator(ar, kind, name)))


def _communication(iocr: bytes) -> str:
    """One communication relation for IO data: direction, class, size, cycle."""
    if len(iocr) < 24:
        return ""
    kind, properties, size, frame_id, clock, ratio = (
        word(iocr, 6),
        long(iocr, 12),
        *(word(iocr, at) for at in (16, 18, 20, 22)),
    )
    return said(
        "{direction} {name} {size} bytes every {cycle} ms"
        if frame_id == 0xFFFF
        else "{direction} {name} {size} bytes every {cycle} ms FrameID {id}",
        direction=IOCR_TYPES.get(kind, f"IOCRType {kind}"),
        name=RT_CLASSES.get(properties & 0xF, "class ?"),
        size=size,
        cycle=f"{clock * ratio * _SEND_CLOCK * 1000:g}",
        id=f"0x{frame_id:04X}",
    )


def _initiator(ar: bytes, kind: int, name: str) -> Iterator[Identity]:
    if any(ar[26:32]):
        yield Identity("mac", ar[26:32].hex(":"))
    if name:
        yield Identity("profinet_name", name)
    raw = ar[32:48].hex()
    vendor, _ = maker_of("-".join((raw[:8], raw[8:12], raw[12:16], raw[16:20], raw[20:])))
    if vendor:
        yield Identity("vendor", vendor)
    if kind in IO_CONTROLLER_ARS:
        yield Identity("role", "controller")
    elif kind == SUPERVISOR_AR:
        yield Identity("role", "engineering_station")


def responder(found: list[Block], object_uuid: str) -> Iterator[Identity]:
    """What an accepted Connect says of the device that answers."""
    for block in found:
        if block.type == AR_RESPONSE and any(block.data[26:32]) and len(block.data) >= 32:
            yield Identity("mac", block.data[26:32].hex(":"))
        elif block.type == AR_SERVER and len(block.data) > 8:
            name = readable(block.data[8 : 8 + word(block.data, 6)], 240)
            if name:
                yield Identity("profinet_name", name)
    vendor, _ = maker_of(object_uuid)
    if vendor:
        yield Identity("vendor", vendor)
    yield Identity("role", "io_device")


# --- records ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """What a record header addresses."""

    api: int
    slot: int
    subslot: int
    index: int

    @property
    def unit(self) -> str:
        return place(self.api, self.slot, self.subslot)

    @property
    def object(self) -> str:
        name = record_name(self.index)
        return name if name.endswith(f"0x{self.index:04X}") else f"{name} (0x{self.index:04X})"


def place(api: int, slot: int, subslot: int) -> Said:
    """Where in a device."""
    where = {"slot": slot, "subslot": f"0x{subslot:04X}"}
    if not api:
        return said("slot {slot} subslot {subslot}", **where)
    return said("API {api} slot {slot} subslot {subslot}", api=f"0x{api:X}", **where)


def address(header: bytes) -> Address:
    """From an IODRead or IODWrite header; Malformed when it is cut short."""
    if len(header) < 36 or word(header, 0) & 0x7FFF not in (WRITE_HEADER, READ_HEADER):
        raise Malformed("no record header")
    return Address(long(header, 24), word(header, 28), word(header, 30), word(header, 34))


def writes(data: bytes, at: int) -> Iterator[tuple[Address, bytes]]:
    """What each record of a multiple write addresses, and its data, as far as they go."""
    while at + 64 <= len(data) and word(data, at) == WRITE_HEADER:
        where, size = address(data[at:]), long(data, at + 36)
        yield where, data[at + 64 : at + 64 + size]
        if where.index == CONTAINER:
            yield from contained(data[at + 64 : at + 64 + size])
        at += 64 + size + -size % 4


def contained(data: bytes) -> Iterator[tuple[Address, bytes]]:
    """What each record of a CombinedObjectContainer addresses, and its data."""
    at = 0
    while at + 20 <= len(data) and word(data, at) == CONTENT:
        size = 4 + word(data, at + 2)
        where = Address(long(data, at + 8), word(data, at + 12), word(data, at + 14), word(data, at + 18))
        yield where, data[at + 20 : at + size]
        at += size + -size % 4


def written(data: bytes, at: int) -> Iterator[tuple[Address, str]]:
    """(address, refusal or empty) of each record in the answer to a multiple write."""
    while at + 48 <= len(data) and word(data, at) == WRITE_HEADER | 0x8000:
        yield address(data[at:]), status_name(*data[at + 44 : at + 48])
        at += 64


def maintenance(index: int, block: bytes) -> str:
    """What a write of I&M1 to I&M3 sets."""
    if index == IM1 and len(block) >= 60:
        function, location = (f'"{readable(block[a:b])}"' for a, b in ((6, 38), (38, 60)))
        return joined((said("function tag {name}", name=function), said("location tag {name}", name=location)))
    if index == IM2 and len(block) >= 22:
        return said('installation date "{name}"', name=readable(block[6:22]))
    if index == IM3 and len(block) >= 60:
        return said('descriptor "{name}"', name=readable(block[6:60]))
    return ""


@dataclass(frozen=True, slots=True)
class Identification:
    """I&M0 of one submodule."""

    vendor: str
    order_number: str
    serial: str
    hardware: str
    firmware: str

    def rows(self) -> Iterator[Row]:
        """As identities of the device that answered."""
        for field, value in (
            ("vendor", self.vendor),
            ("order_number", self.order_number),
            ("serial", self.serial),
            ("hardware_revision", self.hardware),
            ("firmware", self.firmware),
        ):
            if value:
                yield Identity(field, value)

    def text(self) -> str:
        """In one line."""
        parts = (
            verbatim(self.vendor),
            said("order number {name}", name=self.order_number) if self.order_number else "",
            said("serial number {name}", name=self.serial) if self.serial else "",
            said("hardware revision {name}", name=self.hardware),
            said("firmware {name}", name=self.firmware) if self.firmware else "",
        )
        return joined(parts)


def identification(block: bytes) -> Identification | None:
    """An I&M0 block (PI I&M functions guideline, table "I&M0"); None when it is not whole."""
    if len(block) < 60 or word(block, 0) != IM0_BLOCK:
        return None
    prefix, *numbers = block[46:50]
    version = chr(prefix) if 0x20 < prefix < 0x7F else ""
    return Identification(
        vendor=vendor_name(word(block, 6)),
        order_number=printable(block[8:28]),
        serial=printable(block[28:44]),
        hardware=str(word(block, 44)),
        firmware=version + ".".join(map(str, numbers)) if any(numbers) else "",
    )


def is_station(place: Address) -> bool:
    """The submodule stands for the device itself: the access point in slot 0, not one of its ports."""
    return place.api == 0 and place.slot == 0 and 0 < place.subslot <= _INTERFACE


_STATION_NAME = re.compile(r"(?!(?:[0-9a-f]{2}-){5})[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")  # not a MAC address as text


def interface(block: bytes) -> Iterator[Identity]:
    """PDInterfaceDataReal: chassis identifier, which is the name of the station unless LLDP is set otherwise, MAC
    address, IP address.
    """
    size = 4 + word(block, 2)
    if word(block, 0) != INTERFACE_BLOCK or len(block) < size or size < 8:
        return
    name = readable(block[7 : 7 + block[6]], 240)
    if _STATION_NAME.fullmatch(name):
        yield Identity("profinet_name", name)
    at = 7 + block[6]
    at += -at % 4
    mac, ip = block[at : at + 6], block[at + 8 : at + 12]
    if at + 12 <= size and any(mac):
        yield Identity("mac", mac.hex(":"))
    if at + 12 <= size and any(ip):
        yield Identity("ip", ".".join(map(str, ip)))
