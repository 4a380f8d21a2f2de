"""TFTP: files asked for, read or written. The data travel between other ports and are not followed.

Written from RFC 1350 section 5 and RFC 2347 (options).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.descriptor import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols._text import readable
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Row, Session, Verb

FRAMING = Framing(
    name="tftp",
    cutter=Whole(),
    sync=(Byte(0, 0), Byte(1, (1, 2)), Byte(2, range(0x20, 0x7F)), Byte(-1, 0), Size(9, 600)),
    ports={"udp": (69,)},
    confirmations=1,
)
_OPERATIONS = {1: ("Read request", Verb.FILE_READ), 2: ("Write request", Verb.FILE_WRITE)}
_MODES = (b"octet", b"netascii", b"mail")


def _parts(data: bytes) -> list[bytes]:
    return data[2:].split(b"\0")


def probe(message: Message) -> bool:
    """A read or write request in one of the three modes."""
    data = message.data
    if message.transport != "udp" or len(data) < 9 or data[0] != 0 or data[1] not in _OPERATIONS:
        return False
    parts = _parts(data)
    return len(parts) >= 3 and bool(parts[0]) and parts[1].lower() in _MODES


def dissect(message: Message) -> Iterator[Row]:
    """One request."""
    if not probe(message):
        raise Malformed("not a read or write request")
    function, verb = _OPERATIONS[message.data[1]]
    yield Operation(
        verb=verb,
        function=function,
        code=str(message.data[1]),
        object=readable(_parts(message.data)[0]),
        filter=f"tftp.opcode == {message.data[1]}",
    )
    yield Session(credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name="tftp",
    title="TFTP",
    framing=FRAMING,
    cases=(Case("tftp", (Byte(0, 0), Byte(1, (1, 2))), (Range(0),), Role.REQUEST, keep=600),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.FILE_READ, Verb.FILE_WRITE}),
    specification="RFC 1350 section 5, RFC 2347",
    industrial=False,
)
