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

DATA_ITEM = 14  # behind item count and sequenced address item (4 + 8)
SIZE, HEADER = DATA_ITEM + 2, DATA_ITEM + 4  # where the size of the data is, and the data
_ADDRESS, _DATA = b"\2\0\2\x80\x08\0", b"\xb1\0"
_ITEMS = (*magic(0, _ADDRESS), *magic(DATA_ITEM, _DATA))

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
    if len(data) < HEADER or not data.startswith(_ADDRESS) or data[DATA_ITEM:SIZE] != _DATA:
        raise Malformed("no sequenced address and connected data items")
    size = int.from_bytes(data[SIZE:HEADER], "little")
    if HEADER + size != message.length:
        raise Malformed("a data item of {size} bytes in a datagram of {length}", size=size, length=message.length)
    return size


PROTOCOL = Protocol(
    name="cip-io",
    title="CIP implicit I/O",
    short="CIP I/O",
    framing=FRAMING,
    cases=(
        Case(
            "cip-io",
            _ITEMS,
            (Range(0, len(_ADDRESS)), Range(DATA_ITEM, HEADER)),
            Role.NOTICE,
            keep=64,
            with_length=True,
        ),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="CIP Networks Library Volume 2 sections 2-6 and 3-4",
    display_filter="cipio",
)
