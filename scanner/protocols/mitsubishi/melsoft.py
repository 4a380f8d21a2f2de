"""Mitsubishi MELSOFT, what GX Works speaks to MELSEC controllers (TCP 5007, UDP 5006; iQ-F TCP 5562, UDP 5560).

Mitsubishi publishes no specification. Written from what is public about it: Nozomi Networks, Safety is not Security:
Exploring Authentication and Authorization in Mitsubishi Electric iQ-R Safety PLCs (Black Hat MEA 2023) and its
dissector (frame, commands, logins), the nmap script melsecq-discover.nse (type name of Q series), and the captures
published with both. Commands 04xx and 14xx are named after their counterparts of the MC protocol, which is also what
those captures show: 0410 and 0411 return values, 1410 sends them; 185F and 1867 name a file, 186A gives up its handle.
User names, passwords, tokens and values are left out. iQ-F answers a direct connection by broadcast: such an answer
names nobody who asked, so it is told as a report of the controller and never as a command to whoever listens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.framing.language import Byte, Case, Field, Framing, Length, Range, Role
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, readable
from scanner.wording import joined, said, verbatim

HEADER, SIZE, COMMAND_HEADER, STATUS = 21, 19, 21, 25
REQUEST, RESPONSE = 0x57, 0xD7
TYPE_NAME, OPEN, USER, PASSWORD, FILE_SEARCH, FILE_OPEN = 0x0101, 0x0121, 0x0131, 0x0132, 0x185F, 0x1867
PORTS: dict[str, tuple[int, ...]] = {"tcp": (5007, 5562), "udp": (5006, 5560)}

COMMANDS = {
    TYPE_NAME: ("Read Type Name", Verb.IDENTIFY),
    OPEN: ("Open Initial", Verb.IDENTIFY),
    USER: ("Username Login", Verb.AUTHENTICATE),
    PASSWORD: ("Password Login", Verb.AUTHENTICATE),
    0x0133: ("Read User Information from PLC A", Verb.READ),
    0x0134: ("Read User Information from PLC B", Verb.READ),
    0x0150: ("Safety Run Mode Read", Verb.READ),
    0x0410: ("Device Read", Verb.READ),
    0x0411: ("Device Read Random", Verb.READ),
    0x1001: ("Remote Control Run", Verb.START),
    0x1002: ("Remote Control Stop", Verb.STOP),
    0x1003: ("Remote Control Pause", Verb.STOP),
    0x1006: ("Remote Reset Ex", Verb.RESTART),
    0x1120: ("Safety Run Mode Change", Verb.MODE_CHANGE),
    0x1133: ("User Information Registration", Verb.CONFIGURE),
    0x1410: ("Device Write", Verb.WRITE),
    0x1859: ("File List Read", Verb.FILE_READ),
    FILE_SEARCH: ("File Search", Verb.FILE_READ),
    FILE_OPEN: ("File Open", Verb.FILE_READ),
    0x1868: ("File Read", Verb.FILE_READ),
    0x1869: ("File Write", Verb.FILE_WRITE),
    0x186A: ("File Close", Verb.SESSION),
}
# The command header of Q series is shorter than that of iQ series; its size tells where the command stands.
_STARTS = {REQUEST: (0x16, 0x0A), RESPONSE: (0x18, 0x0C)}
_NAMES = {FILE_SEARCH: 12, FILE_OPEN: 18}  # where the size of a file name stands behind the command
_MODEL = 6, 22

FRAMING = Framing(
    name="melsoft",
    delimiter=Length(at=SIZE, width=2, add=HEADER, little=True, minimum=HEADER + 14, maximum=65535),
    sync=(
        Byte(0, (REQUEST, RESPONSE)),
        Byte(1, (0, 1)),
        Byte(4, 0),
        Byte(5, 0x11),
        Byte(6, 0x11),
        Byte(7, (0x07, 0x7F)),
        Byte(8, 0),
        Byte(COMMAND_HEADER, (0x1C, 0x9C)),
        Byte(COMMAND_HEADER + 2, (*_STARTS[REQUEST], *_STARTS[RESPONSE])),
    ),
    ports=PORTS,
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Route, command, status, file names, type name; never sequence numbers, references, values, tokens, checksums.

_NAME = "melsoft"


def _cases() -> Iterator[Case]:
    for kind, role, route in ((REQUEST, Role.REQUEST, Range(9, 13)), (RESPONSE, Role.RESPONSE, Range(13, 17))):
        for size in _STARTS[kind]:
            at = COMMAND_HEADER + 2 + size
            status = (Range(STATUS, STATUS + 2),) if kind == RESPONSE else ()
            when, key = (Byte(0, kind), Byte(23, size)), (Range(0, 1), route, *status, Range(at, at + 2))
            for command, more in _more(kind, at):
                yield Case(_NAME, (*when, *_is(at, command)), (*key, more), role, (Range(at, at + 4),))
            yield Case(_NAME, when, key, role, (Range(at, at + 4),))


def _more(kind: int, at: int) -> Iterator[tuple[int, Range]]:
    """(command, what is key beside its number): file names asked for, type names answered."""
    if kind == REQUEST:
        for command, place in _NAMES.items():
            yield command, Range(at + place, Field(at + place, 2, add=at + place + 2, little=True))
    else:
        for command in (TYPE_NAME, OPEN):
            yield command, Range(at + _MODEL[0], at + _MODEL[1])


def _is(at: int, command: int) -> tuple[Byte, Byte]:
    return Byte(at, command >> 8), Byte(at + 1, command & 0xFF)


CASES = tuple(_cases())

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """Command and what follows it; ``unit`` is the station that the access goes to."""

    is_answer: bool
    unit: str
    status: int
    command: int
    data: bytes


def probe(message: Message) -> bool:
    """The frame holds: its constants and lengths prove more than numbers of commands, many of which are not known."""
    return is_well_formed(_frame, message)


def _frame(message: Message) -> _Frame:
    data = message.data
    if len(data) < HEADER + 3 or data[0] not in _STARTS or data[5:7] != b"\x11\x11":
        raise Malformed("no MELSOFT frame")
    if int.from_bytes(data[SIZE : SIZE + 2], "little") + HEADER != message.length:
        raise Malformed("length of a frame of {length} bytes", length=message.length)
    is_answer = data[0] == RESPONSE
    if data[COMMAND_HEADER] != (0x9C if is_answer else 0x1C) or data[23] not in _STARTS[data[0]]:
        raise Malformed("command header of unknown form")
    at, route = COMMAND_HEADER + 2 + data[23], data[13:17] if is_answer else data[9:13]
    if len(data) < at + 4:
        raise Malformed("frame without a command")
    status = int.from_bytes(data[STATUS : STATUS + 2], "little") if is_answer else 0
    return _Frame(is_answer, _unit(route), status, int.from_bytes(data[at : at + 2], "big"), data[at:])


def _unit(route: bytes) -> str:
    network, station, module = route[0], route[1], int.from_bytes(route[2:4], "little")
    if (network, station, module) == (0, 0xFF, 0x03FF):
        return said("own station")
    if module == 0x03FF:
        return said("network {network} station {station}", network=network, station=station)
    return said(
        "network {network} station {station} module {module}",
        network=network,
        station=station,
        module=f"0x{module:04X}",
    )


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    frame = _frame(message)
    name, verb = COMMANDS.get(frame.command, (f"Command {frame.command:04X}", Verb.UNKNOWN))
    refusal = f"Status (0x{frame.status:04X})" if frame.status else ""
    kind = Kind.REFUSAL if refusal else Kind.RESPONSE if frame.is_answer else Kind.REQUEST
    row = Operation(
        verb,
        name,
        kind,
        code=f"{frame.command:04X}",
        unit=frame.unit,
        object="" if frame.is_answer else _file(frame),
        refusal=refusal,
        filter=_filter(message.data),
    )
    to_all = frame.is_answer and message.from_client  # only to a group does a client answer
    yield _reported(row) if to_all else row
    if frame.command == PASSWORD and not frame.is_answer:
        yield Session(credentials="user-password", encrypted=False)
    if frame.command in (TYPE_NAME, OPEN) and frame.is_answer and not refusal:
        model = printable(frame.data[slice(*_MODEL)])
        if len(frame.data) >= _MODEL[1] and model:
            yield Identity("vendor", "Mitsubishi Electric")
            yield Identity("model", model)


def _reported(row: Operation) -> Operation:
    """An answer by broadcast."""
    detail = joined([said("answered by broadcast"), verbatim(row.refusal)])
    return replace(row, verb=Verb.REPORT, kind=Kind.NOTICE, detail=detail, refusal="")


def _filter(data: bytes) -> str:
    """No dissector of tshark knows MELSOFT; the command stands at a fixed place behind the header."""
    at = COMMAND_HEADER + 2 + data[23]
    tests = f"{{0}}.payload[0] == 0x{data[0]:02x} && {{0}}.payload[{at}:2] == {data[at : at + 2].hex(':')}"
    return " || ".join(f"({tests.format(over)})" for over in ("tcp", "udp"))


def _file(frame: _Frame) -> str:
    """The file that a request names, in UTF-16 behind its size in bytes."""
    at = _NAMES.get(frame.command)
    if at is None or len(frame.data) < at + 2:
        return ""
    size = int.from_bytes(frame.data[at : at + 2], "little")
    name = frame.data[at + 2 : at + 2 + size].decode("utf-16-le", "replace").split("\0", 1)[0]
    return f"file {readable(name.encode())}".rstrip()


PROTOCOL = Protocol(
    name=_NAME,
    title="Mitsubishi MELSOFT",
    short="MELSOFT",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in COMMANDS.values()} | {Verb.UNKNOWN, Verb.REPORT}),
    specification="none public; Nozomi Networks, Black Hat MEA 2023, dissector of MELSOFT; melsecq-discover.nse",
    display_filter="tcp.port == 5007 || udp.port == 5006",
)
