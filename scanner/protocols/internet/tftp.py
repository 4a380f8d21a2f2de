"""TFTP: files asked for, read or written. The blocks travel between two other ports; they are recognised by their form,
so that the transfer belongs to its request, and show nothing more.

Written from RFC 1350 sections 4 and 5, RFC 2347 (options) and RFC 2348 (block size).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Malformed, Message, Operation, Protocol, Related, Row, Session, Verb
from scanner.protocols.common.text import readable_path

FRAMING = Framing(
    name="tftp",
    delimiter=Whole(),
    sync=(Byte(0, 0), Byte(1, (1, 2)), Byte(2, range(0x20, 0x7F)), Byte(-1, 0), Size(9, 600)),
    ports={"udp": (69,)},
    confirmations=1,
)
# A transfer: blocks, acknowledgements, errors, and the options that were agreed. Two bytes say little, so ``probe``
# looks at the length, several messages are wanted, and one that is no block (``proof``).
TRANSFER = Framing(
    name="tftp-transfer",
    delimiter=Whole(),
    sync=(Byte(0, 0), Byte(1, (3, 4, 5, 6)), Size(4, 65468)),
    ports={"udp": ()},
    confirmations=2,
)
_DATA, _ACK, _ERROR, _OPTIONS = 3, 4, 5, 6
_LEAST, _LAST_CODE = 4, 8
_OPTION_NAMES = (b"blksize", b"timeout", b"tsize", b"windowsize", b"multicast", b"rollover")
_OPERATIONS = {1: ("Read request", Verb.FILE_READ), 2: ("Write request", Verb.FILE_WRITE)}
_MODES = (b"octet", b"netascii", b"mail")


def _parts(data: bytes) -> list[bytes]:
    return data[2:].split(b"\0")


def probe(message: Message) -> bool:
    """A read or write request in one of the three modes."""
    data = message.data
    if message.framing == TRANSFER.name:
        return message.transport == "udp" and _of_transfer(data, message.length)
    if message.transport != "udp" or len(data) < 9 or data[0] != 0 or data[1] not in _OPERATIONS:
        return False
    parts = _parts(data)
    return len(parts) >= 3 and bool(parts[0]) and parts[1].lower() in _MODES


def _of_transfer(data: bytes, length: int) -> bool:
    """A block, an acknowledgement, an error or agreed options."""
    if len(data) < _LEAST or data[0]:
        return False
    kind, number = data[1], data[2] << 8 | data[3]
    if kind == _ACK:
        return length == _LEAST
    if kind == _ERROR:
        return number <= _LAST_CODE and (length > len(data) or data.endswith(b"\0"))
    if kind == _OPTIONS:
        return data[2:].split(b"\0")[0].lower() in _OPTION_NAMES
    return kind == _DATA


def proof(message: Message) -> bool:
    """Anything but a block: one of STUN and many another message begin as blocks do."""
    return message.data[:2] != bytes((0, _DATA))


def dissect(message: Message) -> Iterator[Row]:
    """One request."""
    if not probe(message):
        raise Malformed("not a read or write request")
    if message.framing == TRANSFER.name:
        return
    function, verb = _OPERATIONS[message.data[1]]
    yield Operation(
        verb=verb,
        function=function,
        code=str(message.data[1]),
        object=readable_path(_parts(message.data)[0]),
        filter=f"tftp.opcode == {message.data[1]}",
    )
    yield Session(credentials="none", encrypted=False)
    # The server answers from a port of its own, which is its consent; two short messages may not be recognised.
    yield Related("udp", 0, None, ("tftp", ""), within=15, proves_itself=True)


PROTOCOL = Protocol(
    name="tftp",
    title="TFTP",
    framing=FRAMING,
    cases=(
        Case("tftp", (Byte(0, 0), Byte(1, (1, 2))), (Range(0),), Role.REQUEST, keep=600),
        Case("tftp", (Byte(0, 0), Byte(1, (_ERROR, _OPTIONS))), (Range(0, 10),), Role.NOTICE, keep=128),
        Case("tftp", (Byte(0, 0), Byte(1, (_DATA, _ACK))), (Range(0, 2),), Role.NOTICE, keep=8),
    ),
    probe=probe,
    proof=proof,
    needs_proof=True,
    dissect=dissect,
    verbs=frozenset({Verb.FILE_READ, Verb.FILE_WRITE}),
    specification="RFC 1350 section 5, RFC 2347",
    industrial=False,
    more_framings=(TRANSFER,),
)
