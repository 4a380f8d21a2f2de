"""TriStation over UDP: the engineering protocol of Triconex safety controllers.

Triconex publishes no specification. Written from the dissector and the traffic that Nozomi Networks published after the
TRITON attack (tricotools): the TCM header of type, channel and length with a CRC-16 behind the data, and in a command
its direction, number, sequence number, checksum and length. The position of the key switch and the state of the program
are told. The CRC decides; on port 1502 a command may do without it whose two lengths agree.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.crc import crc16_arc
from scanner.protocols.common.text import printable, readable
from scanner.protocols.tristation._names import (
    ANSWERS,
    ATTACHED,
    CHASSIS_STATUS,
    COMMAND,
    COMMANDS,
    CONNECT,
    CONNECTED,
    CP_STATUS,
    DISCONNECT,
    DISCONNECTED,
    FAILURES,
    KEYS,
    MODULES,
    PING,
    REJECTED,
    REJECTS,
    STATES,
    TYPES,
    VERSIONS,
)
from scanner.wording import joined, said

HEADER, CRC, TS = 4, 2, 10  # bytes of the TCM header, of its CRC, of a command's header
DATA, LENGTH = HEADER + TS, 12
PORT = 1502

FRAMING = Framing(
    name="tristation",
    delimiter=Length(at=2, width=2, add=HEADER + CRC, little=True, minimum=HEADER + CRC, maximum=2048),
    sync=(Byte(0, range(1, 256)), Byte(1, range(4)), Byte(3, range(8))),  # nothing but zeros has a right CRC
    ports={"udp": (PORT,)},
    confirmations=3,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Offsets: 4 direction, 6 command, 7 sequence number, 14 data. An answer repeats the sequence number of its command.

_NAME = "tristation"
_TYPE = Range(0, 1)
_WHAT = (_TYPE, Range(4, 5), Range(6, 7))
_SEQUENCE = (Range(7, 8),)
_NUMBERED = (55, 56, 65, 66)  # commands about one program or function, whose number comes first
_STARTS = (59,)  # a download names its project


def _command(direction: int, commands: tuple[int, ...], *key: Range) -> Case:
    role = Role.RESPONSE if direction else Role.REQUEST
    when = (Byte(0, COMMAND), Byte(4, direction), *((Byte(6, commands),) if commands else ()))
    return Case(_NAME, when, (*_WHAT, *key), role, _SEQUENCE, keep=1024)


CASES = (
    _command(0, _NUMBERED, Range(14, 16)),
    _command(0, _STARTS, Range(24, 34)),
    _command(0, ()),
    _command(1, (REJECTED,), Range(14, 15)),
    _command(1, (CP_STATUS,), Range(21, 23), Range(70, 74), Range(80, 90)),
    _command(1, (CHASSIS_STATUS,), Range(17, 19), Range(20, 24), Range(46, 56)),
    _command(1, (ATTACHED,), Range(17, 19)),
    _command(1, (VERSIONS,), Range(14, -2)),
    _command(1, ()),
    Case(_NAME, (Byte(0, COMMAND),), (_TYPE,), Role.NOTICE),
    Case(_NAME, (Byte(0, (CONNECT, DISCONNECT)),), (_TYPE,), Role.REQUEST),
    Case(_NAME, (Byte(0, (CONNECTED, DISCONNECTED, *FAILURES)),), (_TYPE,), Role.RESPONSE),
    Case(_NAME, (Byte(0, PING),), (_TYPE,), Role.NOTICE),
    Case(_NAME, (), (_TYPE,), Role.NOTICE, keep=2048),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A packet whose length holds and whose CRC is right; on the port a command whose own length says the same."""
    data = message.data
    try:
        _check(message)
    except Malformed:
        return False
    if _has_right_crc(message):
        return True
    return message.port == PORT and data[0] == COMMAND and data[LENGTH : LENGTH + 2] == data[2:4]


def _has_right_crc(message: Message) -> bool:
    data = message.data
    return len(data) == message.length and crc16_arc(data[:-CRC]) == int.from_bytes(data[-CRC:], "little")


def _check(message: Message) -> int:
    """The type of the packet."""
    data = message.data
    if message.transport != "udp" or len(data) < HEADER:
        raise Malformed("no TriStation packet")
    size = int.from_bytes(data[2:4], "little")
    if size + HEADER + CRC != message.length:
        raise Malformed(
            "length says {stated} bytes, there are {length}", stated=size + HEADER + CRC, length=message.length
        )
    if data[0] not in TYPES and not (data[0] and _has_right_crc(message)):
        raise Malformed("packet type {type}", type=data[0])
    if data[0] == COMMAND and (size < TS or len(data) < HEADER + 8):
        raise Malformed("a command of {size} bytes", size=size)
    if data[0] == COMMAND and data[4] > 1:
        raise Malformed("direction {direction}", direction=data[4])
    return data[0]


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one packet."""
    kind = _check(message)
    if kind not in TYPES:
        side = Kind.RESPONSE if message.from_client is False else Kind.REQUEST
        yield _operation(message, f"packet type {kind}", Verb.UNKNOWN, side, str(kind))
    elif kind != COMMAND:
        refusal = TYPES[kind] if kind in FAILURES else ""
        way = Kind.NOTICE if kind == PING else Kind.REQUEST if kind in (CONNECT, DISCONNECT) else Kind.RESPONSE
        yield _operation(
            message, TYPES[kind], Verb.SESSION, Kind.REFUSAL if refusal else way, str(kind), refusal=refusal
        )
    elif message.data[4] == 0:
        yield _asked(message)
    else:
        yield from _answered(message)


def _operation(message: Message, name: str, verb: Verb, kind: Kind, code: str, **more: str) -> Operation:
    """A display filter looks for the bytes: tshark has no dissector."""
    command = (
        f" && udp.payload[6] == 0x{message.data[6]:02x}"
        if kind is not Kind.NOTICE and message.data[0] == COMMAND
        else ""
    )
    return Operation(
        verb,
        name,
        kind,
        code,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"udp.payload[0] == 0x{message.data[0]:02x}{command}",
    )


def _has(message: Message, end: int) -> bool:
    """The bytes up to ``end`` are there and belong to the data, not to the CRC."""
    return len(message.data) >= end and message.length >= end + CRC


def _asked(message: Message) -> Operation:
    data = message.data
    command = data[6]
    name, verb = COMMANDS.get(command, (f"command {command}", Verb.UNKNOWN))
    touched = ""
    if command in _NUMBERED and _has(message, DATA + 2):
        what = "function" if command in (56, 66) else "program"
        touched = f"{what} {int.from_bytes(data[DATA : DATA + 2], 'little')}"
    elif command in _STARTS and _has(message, 34):
        project = readable(data[24:34].split(b"\0")[0])
        touched = f"project {project}" if project else ""
    return _operation(message, name, verb, Kind.REQUEST, f"{COMMAND}:{command}", object=touched)


def _answered(message: Message) -> Iterator[Row]:
    data = message.data
    command = data[6]
    if command == REJECTED or command in REJECTS:
        if command == REJECTED and not _has(message, DATA + 1):
            raise Malformed("a rejection without its code")
        code = data[DATA] if command == REJECTED else command
        refusal = f"{REJECTS.get(code, 'reject code')} ({code})"
        yield _operation(
            message, "Command rejected", Verb.UNKNOWN, Kind.REFUSAL, f"{COMMAND}:{command}", refusal=refusal
        )
        return
    name, verb = ANSWERS.get(command, (f"answer {command}", Verb.UNKNOWN))
    detail, identities = _details(data, command)
    yield _operation(message, name, verb, Kind.RESPONSE, f"{COMMAND}:{command}", detail=detail)
    yield from identities


def _details(data: bytes, command: int) -> tuple[str, list[Identity]]:
    """Key switch, program state and project; what the controller is."""
    if command == CP_STATUS and len(data) >= 90:
        return _state(data[21], data[22], data[80:90], data[70:74]), []
    if command == CHASSIS_STATUS and len(data) >= 56:
        return _state(data[18], data[17], data[46:56], data[20:24]), []
    if command == ATTACHED and len(data) >= 19:
        # 0.0 is version 9, else the version itself
        version = f"{data[17]}.{data[18]}.x" if data[17] else "9.x"
        return f"Tricon v{version}", _tricon([Identity("firmware", version)])
    if command == VERSIONS and len(data) >= 161 and data[15] == 255:
        return _modules(data)
    return "", []


def _tricon(more: list[Identity]) -> list[Identity]:
    return [Identity("vendor", "Triconex"), Identity("model", "Tricon"), Identity("role", "safety_controller"), *more]


def _state(key: int, state: int, project: bytes, version: bytes) -> str:
    name = printable(project)
    numbers = f"{int.from_bytes(version[2:], 'little')}.{int.from_bytes(version[:2], 'little')}"
    words = [
        said("key switch {name}", name=KEYS.get(key, str(key))),
        said("program {state}", state=STATES.get(state, str(state))),
        said("project {name}", name=f"{name} {numbers}") if name else "",
    ]
    return joined(words)


def _modules(data: bytes) -> tuple[str, list[Identity]]:
    """Sixteen slots of module type and three firmware numbers, then assembly, revision and serial of the chassis."""
    found = []
    for slot in range(16):
        at = 16 + 8 * slot
        kind = int.from_bytes(data[at : at + 2], "little")
        if kind:
            firmware = ".".join(str(int.from_bytes(data[n : n + 2], "little")) for n in range(at + 2, at + 8, 2))
            module = MODULES.get(kind) or said("module type {n}", n=kind)
            found.append(said("slot {n} {module} {firmware}", n=slot, module=module, firmware=firmware))
    serial, revision = printable(data[153:161]), printable(data[150:153])
    values = (("serial", serial), ("hardware_revision", revision))
    return joined(found, "; "), _tricon([Identity(f, v) for f, v in values if v])


PROTOCOL = Protocol(
    name=_NAME,
    title="TriStation",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({verb for _, verb in COMMANDS.values()} | {Verb.SESSION, Verb.READ, Verb.UNKNOWN}),
    specification="not published; Nozomi Networks tricotools (TriStation.lua and recorded traffic)",
)
