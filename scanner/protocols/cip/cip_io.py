"""CIP implicit I/O: the cyclic data of class 0 and 1 connections over UDP, told apart from explicit messages.

Written from the CIP Networks Library Volume 2 section 2-6 (common packet format: a sequenced address item, then a
connected data item) and 3-4 (UDP port 2222). Application data are never looked at; connection identifiers and
sequence numbers change with every connection. Whether data are consumed or produced is agreed when the connection is
opened, which the protocol ``enip`` shows.
"""

from __future__ import annotations

from scanner.framing.language import Case, Framing, Range, Role, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Verb
from scanner.wording import said

HEADER = 18  # item count, sequenced address item (4 + 8), header of the connected data item
_ITEMS = (*magic(0, b"\2\0\2\x80\x08\0"), *magic(14, b"\xb1\0"))

FRAMING = Framing(name="cip-io", delimiter=Whole(), sync=_ITEMS, ports={"udp": (2222,)}, confirmations=2)


def probe(message: Message) -> bool:
    """Two items of the right kind that fill the datagram."""
    try:
        _size(message)
    except Malformed:
        return False
    return message.transport == "udp"


def dissect(message: Message) -> list[Operation]:
    """One notice: cyclic data of so many bytes."""
    size = _size(message)
    return [
        Operation(
            verb=Verb.REPORT,
            function="Implicit I/O data",
            kind=Kind.NOTICE,
            detail=said("{n} bytes with sequence count and header", n=size),
            filter="cipio",
        )
    ]


def _size(message: Message) -> int:
    """Bytes of the connected data item."""
    data = message.data
    if len(data) < HEADER or data[:6] != b"\2\0\2\x80\x08\0" or data[14:16] != b"\xb1\0":
        raise Malformed("no sequenced address and connected data items")
    size = int.from_bytes(data[16:18], "little")
    if HEADER + size != message.length:
        raise Malformed("a data item of {size} bytes in a datagram of {length}", size=size, length=message.length)
    return size


PROTOCOL = Protocol(
    name="cip-io",
    title="CIP implicit I/O",
    short="CIP I/O",
    framing=FRAMING,
    cases=(Case("cip-io", _ITEMS, (Range(0, 6), Range(14, HEADER)), Role.NOTICE, keep=64, with_length=True),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="CIP Networks Library Volume 2 sections 2-6 and 3-4",
    display_filter="cipio",
)
