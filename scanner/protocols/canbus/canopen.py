"""CANopen: what masters read and write in the object dictionaries of nodes, and how they start and stop them.

CiA 301 sections 7.2.4 (SDO), 7.2.8 (NMT, heartbeat), 7.3.3 (identifiers). Only what its content shows is taken for it:
process data are frames like any others. On the bus nobody has an address, so the node is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, Size
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.canbus._frame import FRAMING, HEADER, SHORT, can_frame
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.ethercat._canopen import abort_reason, object_name, read_verb, write_verb
from scanner.wording import said

_NAME = "canopen"
_NODES = range(1, 128)
_SERVER, _CLIENT, _ERROR_CONTROL = 0x580, 0x600, 0x700
_SDO = 8  # bytes of every SDO message
_COMMANDS = {
    1: ("Start remote node", Verb.START),
    2: ("Stop remote node", Verb.STOP),
    128: ("Enter pre-operational", Verb.MODE_CHANGE),
    129: ("Reset node", Verb.RESTART),
    130: ("Reset communication", Verb.RESTART),
}
_STATES = {0: "boot-up", 4: "stopped", 5: "operational", 127: "pre-operational"}
_ABORT = 0x80
# The first byte of messages that begin a transfer or end it; segments between them have nothing that proves them.
_WRITES = {0x20, 0x21, 0x22, 0x23, 0x27, 0x2B, 0x2F, 0xC0, 0xC2, 0xC4, 0xC6}
_READS = {0x40, 0xA0, 0xA4}
_UPLOADED = {0x41, 0x42, 0x43, 0x47, 0x4B, 0x4F, 0xC0, 0xC2, 0xC4, 0xC6}
_DOWNLOADED = {0x60, 0xA0, 0xA4}
_ANSWERS = _UPLOADED | _DOWNLOADED

_LOW_SERVER = {0x80 | node for node in _NODES}


def _cases() -> Iterator[Case]:
    """Commands, transfers from and to clients, states; the identifier in either byte order."""
    command = (*(Byte(at, 0) for at in range(4)), Byte(4, 2), Byte(8, _COMMANDS))
    yield Case(_NAME, command, (Range(0, 5), Range(8, 10)), Role.NOTICE)
    for short, high, low in SHORT:
        for function, nodes, first in (
            (6, _NODES, {*_WRITES, *_READS, _ABORT}),
            (5, _LOW_SERVER, {*_ANSWERS, _ABORT}),
        ):
            transfer = (*short, Byte(high, function), Byte(low, nodes), Byte(4, _SDO), Byte(8, first))
            yield Case(_NAME, (*transfer, Size(HEADER + _SDO)), (Range(0, 5), Range(8, 16)), Role.NOTICE, most=4096)
        state = (*short, Byte(high, 7), Byte(low, _NODES), Byte(4, 1), Byte(8, _STATES))
        yield Case(_NAME, state, (Range(0, 5), Range(8, 9)), Role.NOTICE)


def probe(message: Message) -> bool:
    """A frame that begins or ends a transfer, commands nodes, or says how one is."""
    return is_well_formed(_parts, message)


def proof(message: Message) -> bool:
    """A transfer: its first byte, an index that exists and, where it is refused, a code that begins as they all do."""
    node, function, data = _parts(message)
    if function not in (_SERVER, _CLIENT):
        return False
    index = int.from_bytes(data[1:3], "little")
    if data[0] == _ABORT:
        return data[7] in (5, 6, 8)
    return 0x1000 <= index < 0xC000 and node in _NODES


def _parts(message: Message) -> tuple[int, int, bytes]:
    """(node, function code as the identifier has it, data)."""
    frame = can_frame(message)
    node, function, data = frame.identifier & 0x7F, frame.identifier & 0x780, frame.data
    fine = not (frame.extended or frame.remote or frame.error) and frame.kind == "CAN"
    if frame.identifier == 0:
        fine = fine and len(data) == 2 and data[0] in _COMMANDS and data[1] <= 127
    elif function == _CLIENT:
        fine = fine and len(data) == _SDO and node > 0 and data[0] in {*_WRITES, *_READS, _ABORT}
    elif function == _SERVER:
        fine = fine and len(data) == _SDO and node > 0 and data[0] in {*_ANSWERS, _ABORT}
    else:
        fine = fine and function == _ERROR_CONTROL and node > 0 and len(data) == 1 and data[0] in _STATES
    if not fine:
        raise Malformed("no CANopen message")
    return node, function, data


def dissect(message: Message) -> Iterator[Row]:
    """The transfer, command or state."""
    node, function, data = _parts(message)
    if function == 0:
        name, verb = _COMMANDS[data[0]]
        every = data[1] == 0
        unit = said("all nodes") if every else str(data[1])
        yield Operation(verb, name, Kind.UNCONFIRMED, code=str(data[0]), unit=unit, filter="can.id == 0x0")
    elif function == _ERROR_CONTROL:
        yield Operation(
            verb=Verb.REPORT,
            function="Heartbeat",
            kind=Kind.NOTICE,
            unit=str(node),
            detail=said("state {name}", name=_STATES[data[0]]),
            filter=f"can.id == 0x{function | node:x}",
        )
    else:
        yield _transfer(node, function, data)
    yield Session(version="CANopen", credentials="none", encrypted=False)


def _transfer(node: int, function: int, data: bytes) -> Operation:
    index, sub = int.from_bytes(data[1:3], "little"), data[3]
    writes = data[0] in _WRITES if function == _CLIENT else data[0] in _DOWNLOADED
    aborts = data[0] == _ABORT
    kind = Kind.REFUSAL if aborts else Kind.REQUEST if function == _CLIENT else Kind.RESPONSE
    return Operation(
        verb=Verb.SESSION if aborts else write_verb(index) if writes else read_verb(index),
        function="SDO Abort" if aborts else "SDO Download" if writes else "SDO Upload",
        kind=kind,
        code=f"0x{data[0]:02X}",
        unit=str(node),
        object=object_name(index, sub),
        refusal=abort_reason(int.from_bytes(data[4:8], "little")) if aborts else "",
        filter=f"can.id == 0x{function | node:x}",
    )


PROTOCOL = Protocol(
    name=_NAME,
    title="CANopen",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(
        {
            *(verb for _, verb in _COMMANDS.values()),
            *(Verb.READ, Verb.IDENTIFY, Verb.WRITE, Verb.OPERATE, Verb.CONFIGURE, Verb.FIRMWARE_UPDATE),
            *(Verb.MODE_CHANGE, Verb.REPORT, Verb.SESSION),
        }
    ),
    specification="CiA 301 sections 7.2.4, 7.2.8 and 7.3.3; CiA 302-3",
    display_filter="canopen",
)
