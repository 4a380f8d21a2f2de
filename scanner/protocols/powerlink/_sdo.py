"""SDO in POWERLINK, over ASnd and UDP: a sequence layer that keeps the connection, a command layer that asks.

Written from EPSG DS 301 V1.3.0 sections 6.3.2.3 (sequence layer) and 6.3.2.4 (command layer).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.ethercat._canopen import abort_reason, object_name, read_verb, write_verb
from scanner.protocols.powerlink import _names as names
from scanner.protocols.powerlink._names import node
from scanner.wording import joined, said

_CONNECTIONS = {
    (0, 0): said("close"),
    (0, 1): said("initialise"),
    (1, 1): said("initialise, answered"),
    (1, 2): said("connected"),
    (2, 2): said("acknowledge"),
    (2, 3): said("acknowledge wanted"),
    (3, 2): said("sent again wanted"),
}


def sdo(message: Message) -> Iterator[Operation]:
    """The sequence layer alone keeps the connection; with a command it asks or answers."""
    data = message.data
    if len(data) < 8:
        raise Malformed("SDO sequence layer cut short")
    target, over = (node(data[1]), "") if message.transport == "ethernet" else ("", said("over UDP, which is routed"))
    if len(data) < 16 or (not data[11] and not data[10] & 0x40):
        words = _CONNECTIONS.get(
            (data[4] & 3, data[5] & 3), said("receive {n}, send {m}", n=data[4] & 3, m=data[5] & 3)
        )
        yield Operation(
            verb=Verb.SESSION,
            function="SDO Sequence Layer",
            kind=Kind.NOTICE,
            code="0x06:5",
            unit=target,
            detail=joined((words, over)),
            filter="epl.asnd.sdo.seq",
        )
        return
    yield from _command(data, target, over)


def _command(data: bytes, target: str, over: str) -> Iterator[Operation]:
    flags, command = data[10], data[11]
    name, verb = names.SDO_COMMANDS.get(command, (f"SDO command 0x{command:02X}", Verb.UNKNOWN))
    answer, segmentation = bool(flags & 0x80), flags >> 4 & 3
    body = data[20:] if segmentation == 1 else data[16:]
    refusal = detail = ""
    kind = Kind.RESPONSE if answer else Kind.REQUEST
    if flags & 0x40:
        reason = abort_reason(int.from_bytes(data[16:20], "little")) if len(data) >= 20 else "SDO abort"
        kind, refusal, detail = (
            (Kind.REFUSAL, reason, "") if answer else (Kind.NOTICE, "", said("aborted: {name}", name=reason))
        )
    objects = [("", verb)]
    if not answer and not flags & 0x40:
        if segmentation >= 2:
            detail = said("further segment")
        else:
            objects = list(_objects(command, verb, body))
            detail = said("several parameters") if command in (names.WRITE_SEVERAL, names.READ_SEVERAL) else ""
    for touched, found in objects:
        yield Operation(
            verb=found,
            function=f"SDO {name}",
            kind=kind,
            code=f"SDO 0x{command:02X}",
            unit=target,
            object=touched,
            detail=joined((detail, over)),
            refusal=refusal,
            filter=f"epl.asnd.sdo.cmd.command.id == {command}",
        )


def _objects(command: int, verb: Verb, body: bytes) -> Iterator[tuple[str, Verb]]:
    """(what a command touches, its verb); of several parameters the first, whose header follows a position."""
    if command in (names.WRITE_NAME, names.READ_NAME, names.FILE_WRITE, names.FILE_READ):
        yield readable(body[:32].split(b"\0")[0]), verb
        return
    if command in (names.SEGMENT_SIZE, names.LINK_NAME) or command not in names.SDO_COMMANDS:
        yield "", verb
        return
    at = 4 if command in (names.WRITE_SEVERAL, names.READ_SEVERAL) else 0
    if len(body) < at + 3:
        raise Malformed("SDO command without index")
    index = int.from_bytes(body[at : at + 2], "little")
    whole = command in (names.WRITE_ALL, names.READ_ALL)
    touched = object_name(index, None if whole else body[at + 2], names.OBJECTS)
    if verb is Verb.WRITE:
        yield touched, names.COMMAND_OBJECTS.get(index) or write_verb(index)
    else:
        yield touched, read_verb(index)
