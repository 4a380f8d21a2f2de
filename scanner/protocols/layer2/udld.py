"""UDLD, Cisco's unidirectional link detection (SNAP 00-00-0C, 0x0111): which port of which device, and its neighbour.

Written from RFC 5171 sections 4 and 5. The device identifier of switches is their serial number. Messages begin at the
SNAP organisation code: version and opcode are byte 5, flags byte 6, the checksum 7 and 8, TLVs follow. Checksum and
sequence number make no other message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Case, Range, Role, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, readable
from scanner.protocols.layer2._cisco import FRAMING, is_protocol, tlvs
from scanner.wording import joined, said

_NAME = "udld"
SNAP = bytes.fromhex("00000c0111")
_HEADER = len(SNAP) + 4
DEVICE, PORT, ECHO, INTERVAL, TIMEOUT, NAME, SEQUENCE = range(1, 8)
_OPCODES = {1: "Probe", 2: "Echo", 3: "Flush"}

_HEAD = Range(5, 7)
CASES = (
    # The sequence number is the last TLV: type 7, length 8, four bytes.
    Case(_NAME, (*is_protocol(0x0111), *magic(-8, b"\0\7\0\x08")), (_HEAD, Range(_HEADER, -4)), Role.NOTICE),
    Case(_NAME, is_protocol(0x0111), (_HEAD, Range(_HEADER)), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """An opcode that exists, device and port."""
    return message.transport == "ethernet" and is_well_formed(_values, message)


def dissect(message: Message) -> Iterator[Row]:
    """Which port of which device sent it, and whom it hears."""
    values = _values(message)
    opcode = message.data[5] & 0x1F
    device, name = printable(values[DEVICE]), printable(values.get(NAME, b""))
    neighbours = joined(_neighbours(values.get(ECHO, b"")))
    yield Operation(
        verb=Verb.IDENTIFY,
        function=_OPCODES[opcode],
        kind=Kind.NOTICE,
        code=str(opcode),
        object=f"port {readable(values[PORT], 60)} of {name or device or '?'}",
        detail=said("hears {text}", text=neighbours) if neighbours else said("hears nobody"),
        filter=f"udld.opcode == {opcode}",
    )
    yield from (Identity(field, value) for field, value in (("serial", device), ("name", name)) if value)


def _values(message: Message) -> dict[int, bytes]:
    data = message.data
    if data[: len(SNAP)] != SNAP or len(data) < _HEADER or data[5] >> 5 != 1 or data[5] & 0x1F not in _OPCODES:
        raise Malformed("no UDLD frame of version 1")
    values = dict(tlvs(message, _HEADER))
    if not values.get(DEVICE) or not values.get(PORT):
        raise Malformed("no device or no port")
    return values


def _neighbours(echo: bytes) -> Iterator[str]:
    """Device and port of each neighbour that is heard: a count, then pairs of texts with their lengths."""
    at = 4
    for _ in range(min(int.from_bytes(echo[:4], "big"), 16)):
        parts = []
        for _ in range(2):
            size = int.from_bytes(echo[at : at + 2], "big")
            parts.append(echo[at + 2 : at + 2 + size])
            at += 2 + size
        if at > len(echo):
            return
        yield said("port {name} of {device}", name=readable(parts[1], 60), device=readable(parts[0], 60))


PROTOCOL = Protocol(
    name=_NAME,
    title="UDLD",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY}),
    specification="RFC 5171 sections 4 and 5",
    industrial=False,
)
