"""ROC Plus, the protocol of Emerson ROC800, DL8000 and FloBoss flow computers and terminal units, over TCP and UDP.

Written from the ROC Plus Protocol Specification Manual (Emerson), sections 1.2 (message format) and chapter 2
(opcodes), as ICSNPP-ROC-Plus has taken it down. A message is destination unit and group, source unit and group,
opcode, length of data, data, CRC-16 (low octet first, 0xA001, from 0xFFFF). Nothing in it says whether it asks or
answers: the side that sent it does. A point is T.L.P: point type, logical number, parameter.

Its start is weak, so it is looked for on its port only. Of a write of several parameters the first is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Test
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.crc import MODBUS_RESIDUE, crc16_modbus
from scanner.protocols.common.text import printable, readable
from scanner.protocols.roc_plus import _names as names
from scanner.wording import Said, joined, said

HEADER, CHECKSUM = 6, 2

_CUTTER = Length(at=5, width=1, add=HEADER + CHECKSUM, minimum=8, maximum=263)
_WHOLE = (Size(8, 263), MODBUS_RESIDUE)
FRAMING = Framing(
    name="roc-plus",
    delimiter=_CUTTER,
    sync=(Byte(4, names.OPCODES), *_WHOLE),
    ports={"tcp": (4000,)},
    confirmations=1,
    anywhere=False,  # while a message is incomplete, only its opcode and length speak for it
    then="roc-plus-further",
)
# Once a stream is known, and in datagrams, which are whole, an opcode that nobody knows is one, too.
FURTHER = Framing("roc-plus-further", _CUTTER, _WHOLE, {"tcp": (), "udp": (4000,)}, confirmations=1, anywhere=False)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Addresses, opcode and length; then what is addressed. Passwords, values, times and indices never.

_HEAD = Range(0, HEADER)
_DATA = Range(HEADER, -CHECKSUM)
_MOST = 80  # parameters in a request


def _case(*tests: Test, key: tuple[Range, ...] = (), role: Role = Role.BY_SIDE, opcode: int = 4) -> Case:
    """opcode: where the opcode is that an answer repeats."""
    return Case("roc-plus", tests, key=(_HEAD, *key), role=role, pair=(Range(opcode, opcode + 1),), keep=263)


def _opcode(*numbers: int) -> Byte:
    return Byte(4, numbers)


def _cases() -> Iterator[Case]:
    yield _case(_opcode(names.ERROR), key=(_DATA,), role=Role.RESPONSE, opcode=HEADER + 1)
    yield _case(_opcode(names.SRBX), role=Role.NOTICE)
    yield _case(_opcode(names.ACKNOWLEDGE_SRBX), role=Role.NOTICE)
    # The whole answer names the type of the unit behind nineteen octets.
    yield _case(_opcode(names.CONFIGURATION), key=(Range(6, 7), Range(9, 10), Range(24, 25)))
    yield _case(_opcode(names.LOGIN), Byte(5, (71, 76)), key=(Range(6, 36),))
    yield _case(_opcode(names.LOGIN), Byte(5, (6, 11)), key=(Range(6, 9),))
    yield _case(_opcode(names.LOGIN))
    yield _case(_opcode(names.FORWARD), Byte(5, range(12, 256)), key=(Range(6, 17),))
    yield _case(_opcode(names.READ_TABLE, names.WRITE_TABLE, 100, names.PEER), key=(Range(6, 9),))
    yield _case(_opcode(names.SET_POINT, names.READ_POINT), key=(Range(6, 10),))
    for count in range(1, _MOST + 1):
        yield _case(_opcode(names.READ_PARAMETERS), Byte(5, 1 + 3 * count), Byte(6, count), key=(_DATA,))
    yield _case(_opcode(names.READ_PARAMETERS, names.WRITE_PARAMETERS), key=(Range(6, 10),))
    paths = {127, names.DELETE_LENGTH, 102, 103}
    yield _case(_opcode(names.FILES), Byte(5, paths), key=(_DATA,))
    yield _case(_opcode(names.FILES), key=(Range(6, 7),))
    yield _case(_opcode(105, 108, 135, 138, names.TRANSACTIONS), key=(Range(6, 8),))
    yield _case()


# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A known opcode, a length that fits, a right checksum, which takes a whole message."""
    try:
        _data(message)
    except Malformed:
        return False
    return len(message.data) == message.length and message.data[4] in names.OPCODES


def dissect(message: Message) -> Iterator[Row]:
    """The operation of a message; a system configuration also says what the unit is, a login how it is done."""
    data = _data(message)
    opcode = message.data[4]
    if opcode == names.ERROR:
        yield _error(message, data)
    elif message.from_client is False:
        yield from _answer(message, data)
    else:
        yield from _request(message, data)


def _data(message: Message) -> bytes:
    """The data as far as kept; Malformed when length or checksum is wrong."""
    raw = message.data
    if len(raw) < HEADER or message.length != HEADER + raw[5] + CHECKSUM:
        raise Malformed("the length does not fit the message")
    if len(raw) == message.length and crc16_modbus(raw[:-CHECKSUM]) != int.from_bytes(raw[-CHECKSUM:], "little"):
        raise Malformed("the checksum is wrong")
    return raw[HEADER : HEADER + raw[5]]


def _operation(message: Message, kind: Kind, *, verb: Verb | None = None, **more: str) -> Operation:
    opcode = message.data[4]
    name, usual = names.OPCODES.get(opcode, (f"Opcode {opcode}", Verb.UNKNOWN))
    at = 0 if kind is Kind.REQUEST else 2  # the unit is the one that is asked, or that answers
    return Operation(
        verb=verb or usual,
        function=name,
        kind=kind,
        code=str(opcode),
        unit=f"{message.data[at]}:{message.data[at + 1]}",
        filter=f"{message.transport}.payload[4] == 0x{opcode:02x}",
        **more,
    )


def _error(message: Message, data: bytes) -> Operation:
    """Pairs of error and the opcode that failed."""
    pairs = [(data[at], data[at + 1]) for at in range(0, len(data) - 1, 2)]
    words = [f"{names.ERRORS.get(error, 'Error')} ({error})" for error, _ in pairs]
    failed = [names.OPCODES.get(opcode, (f"Opcode {opcode}", Verb.UNKNOWN)) for _, opcode in pairs]
    return _operation(
        message,
        Kind.REFUSAL,
        verb=failed[0][1] if failed else None,
        refusal=", ".join(dict.fromkeys(words)) or "error",
        detail=", ".join(dict.fromkeys(name for name, _ in failed)),
    )


def _request(message: Message, data: bytes) -> Iterator[Row]:
    opcode = message.data[4]
    kind = Kind.NOTICE if opcode in (names.SRBX, names.ACKNOWLEDGE_SRBX) else Kind.REQUEST
    if opcode == names.LOGIN:
        yield from _login(message, data)
    elif opcode == names.FILES and data:
        yield _file(message, data)
    elif opcode == names.FORWARD and len(data) >= 12:
        inner = data[10]
        name, verb = names.OPCODES.get(inner, (f"Opcode {inner}", Verb.UNKNOWN))
        stations = [f"{data[at]}:{data[at + 1]}" for at in range(2, 10, 2) if data[at] or data[at + 1]]
        yield _operation(message, kind, verb=verb, object=" to ".join(stations), detail=name)
    elif opcode == names.PEER and len(data) >= 3:
        name, verb = names.OPCODES.get(data[2], (f"Opcode {data[2]}", Verb.UNKNOWN))
        yield _operation(message, kind, verb=verb, object=f"network {data[0]} node {data[1]}", detail=name)
    else:
        touched, detail = _touched(opcode, data)
        yield _operation(message, kind, object=touched, detail=detail)


def _touched(opcode: int, data: bytes) -> tuple[str, str]:
    """(points or table, what is not shown) of a request."""
    if opcode in (names.READ_TABLE, names.WRITE_TABLE) and len(data) >= 3:
        last = data[1] + max(data[2], 1) - 1
        return f"table {data[0]} location {data[1]}" + (f"-{last}" if last > data[1] else ""), ""
    if opcode in (names.SET_POINT, names.READ_POINT) and len(data) >= 4:
        last = data[3] + max(data[2], 1) - 1
        return f"TLP {data[0]}.{data[1]}.{data[3]}" + (f"-{last}" if last > data[3] else ""), ""
    if opcode == names.READ_PARAMETERS and data and len(data) == 1 + 3 * data[0]:
        points = [f"TLP {data[at]}.{data[at + 1]}.{data[at + 2]}" for at in range(1, len(data), 3)]
        more = f" and {len(points) - 16} more" if len(points) > 16 else ""
        return ", ".join(points[:16]) + more, ""
    if opcode == names.WRITE_PARAMETERS and len(data) >= 4:
        return f"TLP {data[1]}.{data[2]}.{data[3]}", said("first of {n} parameters", n=data[0]) if data[0] > 1 else ""
    if opcode in (105, 135) and len(data) >= 2:
        return f"history segment {data[0]} point {data[1]}", ""
    return "", ""


def _whose(size: int, operator: str) -> Said:
    if size in (71, 76):
        return said("enhanced login of {name}" if size == 71 else "enhanced logout of {name}", name=operator)
    return said("login of {name}" if size == 6 else "logout of {name}", name=operator)


def _login(message: Message, data: bytes) -> Iterator[Row]:
    """Who logs in or out; the password is never read."""
    size = message.data[5]
    what = names.LOGINS.get(size, said("login of {n} octets", n=size))
    operator = readable(data[:30] if size in (71, 76) else data[:3] if size in (6, 11) else b"", 40)
    yield _operation(message, Kind.REQUEST, detail=_whose(size, operator) if operator else what)
    if size in (6, 71):
        yield Session(credentials="user-password", encrypted=False, detail=what)


def _file(message: Message, data: bytes) -> Operation:
    command, size = data[0], message.data[5]
    if command == names.DIRECTORY and size == names.DELETE_LENGTH:
        command = names.DELETE
    name, verb = names.FILE_COMMANDS.get(command, (said("command {n}", n=command), Verb.UNKNOWN))
    if command == names.OPEN and size == 127 and len(data) == size:
        option = data[1]
        verb = Verb.FILE_WRITE if option else Verb.FILE_READ
        detail = names.FILE_OPTIONS.get(option, said("open with option {n}", n=option))
        return _operation(message, Kind.REQUEST, verb=verb, object=_path(data[2:102], data[102:]), detail=detail)
    touched = ""
    if size in (names.DELETE_LENGTH, 102, 103) and len(data) == size:
        touched = _path(data[1:101], data[101:126] if command == names.DELETE else b"")
    return _operation(message, Kind.REQUEST, verb=verb, object=touched, detail=name)


def _path(folder: bytes, file: bytes) -> str:
    return "/".join(filter(None, (printable(folder).rstrip("/"), printable(file))))


_MODES = {0: said("firmware update mode"), 1: said("run mode")}


def _answer(message: Message, data: bytes) -> Iterator[Row]:
    opcode = message.data[4]
    if opcode in (names.SRBX, names.ACKNOWLEDGE_SRBX):
        yield _operation(message, Kind.NOTICE)
        return
    if opcode == names.FILES and data:
        name, verb = names.FILE_COMMANDS.get(data[0], (said("command {n}", n=data[0]), Verb.UNKNOWN))
        yield _operation(message, Kind.RESPONSE, verb=verb, detail=name)
        return
    if opcode != names.CONFIGURATION or len(data) < 19:
        yield _operation(message, Kind.RESPONSE)
        return
    mode = _MODES.get(data[0], said("mode {name}", name=data[0]))
    yield _operation(message, Kind.RESPONSE, detail=joined((mode, said("security access mode {n}", n=data[3]))))
    if data[18] in names.MODELS:
        yield Identity("vendor", "Emerson")
        yield Identity("model", names.MODELS[data[18]])


PROTOCOL = Protocol(
    name="roc-plus",
    title="ROC Plus",
    framing=FRAMING,
    more_framings=(FURTHER,),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {v for _, v in names.OPCODES.values()} | {v for _, v in names.FILE_COMMANDS.values()} | {Verb.UNKNOWN}
    ),
    specification="Emerson ROC Plus Protocol Specification Manual, section 1.2 and chapter 2; ICSNPP-ROC-Plus",
)
