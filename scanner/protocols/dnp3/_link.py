"""The data link layer of DNP3 (IEEE 1815-2012, clause 9) and the transport function above it (clause 8)."""

from __future__ import annotations

import functools

from scanner.framing.language import bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.common.crc import crc16_dnp
from scanner.protocols.common.probe import once
from scanner.protocols.dnp3 import _names as names
from scanner.wording import said

START, LENGTH, CONTROL, DESTINATION, SOURCE, HEADER_CHECKSUM = 0, 2, 3, 4, 6, 8  # of the link header
HEADER, BLOCK, CHECKSUM = 10, 16, 2
# Of the user octets; a response has its internal indications in front of its objects.
TRANSPORT, APPLICATION_CONTROL, FUNCTION, OBJECTS = 0, 1, 2, 3
INDICATIONS, RESPONSE_OBJECTS = 3, 5
_FROM_PRIMARY = 0x40  # of the link control octet
FIRST_SEGMENT, SEQUENCE = 0x40, 0x3F  # of the transport octet
# Link control octets that are not reserved, and those of frames with user data.
CONTROLS = {c for f in names.PRIMARY for c in bits(0x4F, 0x40 | f)} | {
    c for f in names.SECONDARY for c in bits(0x4F, f)
}
DATA_CONTROLS = {c for f in names.USER_DATA for c in bits(0x4F, 0x40 | f)}


@once
def user_data(message: Message) -> bytes:
    """Transport octet and application octets of the frame, and of those joined to it, as far as kept, checked.

    A frame sent twice counts once; behind one that is missing nothing counts.
    """
    data, length = message.data, message.length
    user = b""
    sequence = 0
    while True:
        size = _frame(data)
        taken = HEADER + size + (size + BLOCK - 1) // BLOCK * CHECKSUM
        if taken > length:
            raise Malformed(
                "link length {value} does not fit a frame of {length} bytes", value=data[LENGTH], length=length
            )
        part = _octets(data[:taken], size)
        if not user:
            user, sequence = part, part[TRANSPORT] & SEQUENCE if part else 0
        elif part and part[TRANSPORT] & SEQUENCE != sequence:
            sequence = sequence + 1 & SEQUENCE
            if part[TRANSPORT] & FIRST_SEGMENT or part[TRANSPORT] & SEQUENCE != sequence:
                break
            user += part[APPLICATION_CONTROL:]
        data, length = data[taken:], length - taken
        if not length:
            break
        if not user:
            raise Malformed("a link frame without user data is followed by more")
        if len(data) < HEADER:
            break  # not kept
    return user


def _frame(data: bytes) -> int:
    """How many user octets the link frame at the start of ``data`` has; its header is checked."""
    if len(data) < HEADER or data[START:LENGTH] != b"\x05\x64":
        raise Malformed("no link header")
    if data[LENGTH] < 5:
        raise Malformed("link length {value} is too small", value=data[LENGTH])
    if data[CONTROL] not in CONTROLS:
        raise Malformed("link control 0x{value:02X} has a reserved function", value=data[CONTROL])
    if crc16_dnp(data[:HEADER_CHECKSUM]) != int.from_bytes(data[HEADER_CHECKSUM:HEADER], "little"):
        raise Malformed("checksum of the link header is wrong")
    return data[LENGTH] - 5


@functools.lru_cache(1 << 10)  # most frames of a long answer are those of the poll before
def _octets(frame: bytes, size: int) -> bytes:
    """The user octets that the frame has, ``size`` if it is whole."""
    held = []
    for at in range(HEADER, len(frame), BLOCK + CHECKSUM):
        block, count = frame[at : at + BLOCK + CHECKSUM], min(size, BLOCK)
        held.append(_checked(block) if len(block) == count + CHECKSUM else block[:count])
        size -= count
    return b"".join(held)


@functools.lru_cache(1 << 13)  # and so are most blocks of the others
def _checked(block: bytes) -> bytes:
    """The octets of a block that ends in its checksum."""
    octets = block[:-CHECKSUM]
    if crc16_dnp(octets) != int.from_bytes(block[-CHECKSUM:], "little"):
        raise Malformed("checksum of a data block is wrong")
    return octets


def addresses(data: bytes) -> tuple[int, int]:
    """(destination, source)."""
    return int.from_bytes(data[DESTINATION:SOURCE], "little"), int.from_bytes(data[SOURCE:HEADER_CHECKSUM], "little")


def link_operation(data: bytes) -> Operation:
    """A frame that carries no user data, by its function."""
    primary = bool(data[CONTROL] & _FROM_PRIMARY)
    function = data[CONTROL] & 0x0F
    target, source = addresses(data)
    field = "prifunc" if primary else "secfunc"
    return Operation(
        verb=Verb.SESSION,
        function=f"Link {(names.PRIMARY if primary else names.SECONDARY)[function]}",
        kind=Kind.NOTICE,
        code=f"{'primary' if primary else 'secondary'} {function}",
        detail=said("from {n} to {m}", n=source, m=target),
        filter=f"dnp3.ctl.{field} == {function}",
    )
