"""Omron FINS over UDP and FINS/TCP: memory, parameters, programs, modes, files, clock, access rights, forced bits.

Written from OMRON W227-E1-2 FINS Commands Reference Manual (sections 1-3, 2 and 8-3, appendix A), W342 CS/CJ/CP/NSJ
Communications Commands Reference Manual (sections 5-1 to 5-3) and W421 CS/CJ-series Ethernet Units Operation Manual
Construction of Networks (section 7-4-2, FINS/TCP). FINS has no authentication; passwords of the program area protection
and all values are left out. ``_fins_names`` has the codes, ``_fins_memory`` the addresses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Whole, bits, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.fins._memory import address, file_name, forced, items, number, several
from scanner.protocols.fins._names import (
    COMMANDS,
    END_CODES,
    MESSAGES,
    MODES,
    PARAMETER_AREAS,
    STATUSES,
    TCP_COMMANDS,
    TCP_ERRORS,
    TRANSFERS,
    Command,
)
from scanner.wording import joined, said

HEADER = 10  # ICF, RSV, GCT, destination and source (network, node, unit), SID
TCP_HEADER = 16  # "FINS", length, command, error code
FRAME_SEND = 2
_MAGIC = b"FINS"
_ICF = bits(0x80, 0x80) & bits(0x3E, 0)  # gateway in use; response or not; answer wanted or not
_GROUPS = sorted({code >> 8 for code in COMMANDS})
_SUBS = sorted({code & 0xFF for code in COMMANDS})

TCP = Framing(
    name="fins-tcp",
    delimiter=Length(at=4, width=4, add=8, minimum=TCP_HEADER, maximum=8192),
    sync=(
        *magic(0, _MAGIC),
        *(Byte(at, 0) for at in (4, 5, 8, 9, 10)),
    ),
    ports={"tcp": (9600,)},
    confirmations=1,
)
# ICF, RSV, GCT, destination and source network.
_HEADER_TESTS = (Byte(0, _ICF), Byte(1, 0), Byte(2, range(8)), Byte(3, range(0x80)), Byte(6, range(0x80)))
UDP = Framing(
    name="fins-udp",
    delimiter=Whole(),
    sync=(
        *_HEADER_TESTS,
        Size(12, 2014),
    ),
    ports={"udp": (9600,)},
    confirmations=2,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Who speaks to whom, the command and what it touches; never the service identifier, values, clock, test data, password
# or the position inside a file or program.

_NAME = "fins"
# command -> how many parameter bytes of a request are key; None for all of them
_KEYED: dict[int, int | None] = {
    0x0101: 6,
    0x0102: 6,
    0x0103: 6,
    0x0104: None,
    0x0105: 10,
    0x0201: 6,
    0x0202: 6,
    0x0203: 6,
    0x0304: 3,
    0x0305: 3,
    0x0306: 2,
    0x0307: 2,
    0x0308: 3,
    0x0401: 3,
    0x0402: 2,
    0x0501: 1,
    0x0620: 1,
    0x0920: 2,
    0x2101: 2,
    0x2202: 14,
    0x2203: 16,
    0x2205: None,
    0x2206: None,
    0x2207: 28,
    0x2208: None,
    0x2209: 14,
    0x220A: 22,
    0x220B: 22,
    0x220C: 26,
    0x2215: None,
    0x2301: None,
    0x230A: None,
    0x2601: None,
}
_IDENTITY = bytes((5, 1))
# command -> how many bytes behind the end code of an answer are key
_ANSWERS: dict[int, int | None] = {0x0501: 40, 0x0601: 2, 0x2603: None}


def _cases(base: int, *when: Byte) -> Iterator[Case]:
    """The cases of a frame that begins at ``base``."""
    data = base + HEADER + 2
    ends, service = Range(base, data - 3), (Range(data - 3, data),)  # an answer repeats identifier and command

    def case(code: tuple[Byte, ...], kind: int, *key: Range) -> Case:
        role = Role.RESPONSE if kind else Role.REQUEST
        tests = (*when, Byte(base, bits(0x40, kind) & _ICF), *code)
        with_length = kind > 0 and code == magic(data - 2, _IDENTITY)
        return Case(_NAME, tests, (ends, Range(data - 2, data), *key), role, service, 2048, with_length)

    for table, kind, start in ((_KEYED, 0, data), (_ANSWERS, 0x40, data)):
        skip = 2 if kind else 0
        for command, size in table.items():
            end = None if size is None else start + skip + size
            yield case(magic(data - 2, command.to_bytes(2, "big")), kind, Range(start, end))
    yield case((), 0)
    yield case((), 0x40, Range(data, data + 2))


CASES = (
    *_cases(0),
    *_cases(TCP_HEADER, *magic(0, _MAGIC), Byte(11, FRAME_SEND)),
    Case(_NAME, (*magic(0, _MAGIC), Byte(11, 0)), (Range(8),), Role.REQUEST),
    Case(_NAME, (*magic(0, _MAGIC), Byte(11, 1)), (Range(8),), Role.RESPONSE),
    Case(_NAME, magic(0, _MAGIC), (Range(8, TCP_HEADER),), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Frame:
    """A FINS frame: ``data`` from the ICF on as far as kept, ``length`` on the wire."""

    data: bytes
    length: int

    @property
    def is_answer(self) -> bool:
        return bool(self.data[0] & 0x40)

    @property
    def code(self) -> int:
        return number(self.data, HEADER)

    @property
    def body(self) -> bytes:
        return self.data[HEADER + 2 :]

    @property
    def unit(self) -> str:
        """Network, node and unit address of the end that serves."""
        at = 6 if self.is_answer else 3
        return ".".join(str(b) for b in self.data[at : at + 3])


def probe(message: Message) -> bool:
    """The header holds; away from port 9600 the command must be one that is published, with all its parameters."""
    try:
        frame = _frame(message)
    except Malformed:
        return False
    if frame is None:
        return number(message.data, 8, 4) in TCP_COMMANDS
    command = COMMANDS.get(frame.code)
    if command is None or message.port == 9600:
        return message.port == 9600 or message.transport == "tcp"
    needs = 2 if frame.is_answer else command.needs
    return frame.length >= HEADER + 2 + needs


def dissect(message: Message) -> Iterator[Row]:
    """The operations of one frame; an answer to Controller Data Read also gives identities."""
    frame = _frame(message)
    if frame is None:
        yield from _connection(message)
    elif frame.is_answer:
        yield from _answer(frame)
    else:
        yield from _request(frame)


def _frame(message: Message) -> _Frame | None:
    """The FINS frame; None for a message of FINS/TCP that carries none."""
    data, start = message.data, 0
    if data.startswith(_MAGIC):
        if number(data, 4, 4) + 8 != message.length:
            raise Malformed(
                "FINS/TCP length says {stated} bytes, there are {length}",
                stated=number(data, 4, 4) + 8,
                length=message.length,
            )
        command = number(data, 8, 4)
        if command > 0xFF:
            raise Malformed("FINS/TCP command {command} does not exist", command=command)
        number(data, 12, 4)
        if command != FRAME_SEND:
            return None
        start = TCP_HEADER
    elif message.transport != "udp":
        raise Malformed("FINS/TCP begins with FINS")
    frame = _Frame(data[start:], message.length - start)
    number(frame.data, 0, HEADER + 2)
    if frame.data[0] not in _ICF or frame.data[1] or frame.data[2] > 7:
        raise Malformed("ICF, RSV or GCT is not allowed")
    return frame


def _connection(message: Message) -> Iterator[Row]:
    """Messages of FINS/TCP itself."""
    command, error = number(message.data, 8, 4), number(message.data, 12, 4)
    refusal = f"{TCP_ERRORS.get(error, 'Error')} (0x{error:02X})" if error else ""
    kind = {0: Kind.REQUEST, 1: Kind.RESPONSE}.get(command, Kind.NOTICE)
    if command not in TCP_COMMANDS:
        kind = Kind.RESPONSE if message.from_client is False else Kind.REQUEST
    details = []
    if command in (0, 1) and len(message.data) >= TCP_HEADER + 4:
        node = number(message.data, 16, 4)
        details.append(said("client node {n}", n=node) if node else said("client node left to the server"))
    if command == 1 and len(message.data) >= TCP_HEADER + 8:
        details.append(said("server node {n}", n=number(message.data, 20, 4)))
    yield Operation(
        Verb.SESSION if command in TCP_COMMANDS else Verb.UNKNOWN,
        TCP_COMMANDS.get(command, f"FINS/TCP command {command}"),
        Kind.REFUSAL if refusal else kind,
        code=str(command),
        detail=joined(details),
        refusal=refusal,
        filter=f"omron.tcp.command == {command}",
    )
    if command in (0, 1):
        yield Session(version="FINS/TCP", credentials="none", encrypted=False, authenticated=False)


def _command(frame: _Frame) -> Command:
    if frame.code == 0x0920 and not frame.is_answer:
        kind = number(frame.body, 0) >> 14
        if kind not in MESSAGES:
            raise Malformed("message parameter with bits 14 and 15")
        return MESSAGES[kind]
    return COMMANDS.get(frame.code) or Command(f"Command {frame.code:04X}", Verb.UNKNOWN)


def _operation(frame: _Frame, **more: str) -> Operation:
    command = _command(frame)
    return Operation(
        verb=command.verb,
        function=command.name,
        kind=Kind.REQUEST,
        code=f"{frame.code:04X}",
        unit=frame.unit,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        filter=f"omron.command == 0x{frame.code:04x}",
    )


def _request(frame: _Frame) -> Iterator[Operation]:
    code, body = frame.code, frame.body
    if len(body) < _command(frame).needs:
        raise Malformed("{length} parameter bytes are too few for {name}", length=len(body), name=_command(frame).name)
    silent = said("no answer wanted") if frame.data[0] & 1 else ""
    for row in _touched(frame, code, body):
        yield replace(row, detail=joined((row.detail, silent)))


def _touched(frame: _Frame, code: int, body: bytes) -> Iterator[Operation]:
    """One operation for each thing touched."""
    if code == 0x0104:
        for place in several(body, 0):
            yield _operation(frame, object=place)
    elif code == 0x0105:
        count = number(body, 8)
        yield replace(_operation(frame, object=address(body, 0, count)), verb=Verb.READ)
        yield _operation(frame, object=address(body, 4, count))
    elif code == 0x2301:
        for place, what in forced(body, 0):
            yield _operation(frame, object=place, detail=what)
    elif code in (0x220A, 0x220B, 0x220C):
        yield _transfer(frame, code, body)
    else:
        where, detail = _parameters(code, body)
        yield _operation(frame, object=where, detail=detail)


def _parameters(code: int, body: bytes) -> tuple[str, str]:
    """(object, detail) of a request that touches one thing."""
    if code in (0x0101, 0x0102, 0x0103):
        return items(body, 0), ""
    special = {0x2101: _error, 0x230A: lambda data: (address(data, 0), ""), 0x2601: _name}.get(code)
    if special:
        return special(body)
    group = {0x02: _parameter_area, 0x03: _program, 0x04: _program, 0x22: _file}.get(code >> 8)
    return group(code, body) if group else ("", "")


def _error(body: bytes) -> tuple[str, str]:
    fal = number(body, 0)
    return "all errors" if fal in (0xFFFE, 0xFFFF) else f"FAL 0x{fal:04X}", ""


def _name(body: bytes) -> tuple[str, str]:
    return "", said("name {name}", name=readable(body))


def _parameter_area(code: int, body: bytes) -> tuple[str, str]:
    if code not in (0x0201, 0x0202, 0x0203):
        return "data link table", ""
    area, first, count = number(body, 0), number(body, 2), number(body, 4) & 0x7FFF
    words = f" word {first}-{first + count - 1}" if count > 1 else f" word {first}"
    return PARAMETER_AREAS.get(area, f"parameter area 0x{area:04X}") + words, ""


def _program(code: int, body: bytes) -> tuple[str, str]:
    """Program commands, RUN and STOP; a RUN without a mode means MONITOR."""
    where = f"program {number(body, 0)}" if len(body) >= 2 else ""
    where = "all programs" if where == "program 65535" else where
    if code == 0x0401:
        mode = body[2] if len(body) > 2 else 0x02
        return where, _mode(mode)
    return where, said("password") if code in (0x0304, 0x0305) else ""


def _mode(mode: int) -> str:
    known = MODES.get(mode)
    return said("{mode} mode", mode=known) if known else said("mode {name}", name=f"0x{mode:02X}")


def _file(code: int, body: bytes) -> tuple[str, str]:
    """The files that a file command names."""
    places = {0x2202: (2,), 0x2209: (2,), 0x2203: (4,), 0x2207: (2, 16), 0x2208: (2, 14)}.get(code)
    if code == 0x2205:
        places = tuple(range(4, min(len(body), 4 + 12 * number(body, 2)) - 11, 12))[:20]
    if places:
        return ", ".join(f"file {file_name(body, at)}" for at in places), ""
    if code == 0x2206:
        return f"volume label {readable(body[4:16])}".rstrip(), ""
    return "memory card" if code == 0x2204 else "", ""


def _transfer(frame: _Frame, code: int, body: bytes) -> Operation:
    """Between the controller's memory and a file: from the file it changes memory, parameters or program."""
    way, at = number(body, 0), 14 if code == 0x220C else 10
    if code == 0x220A:
        where, written = address(body, 2, number(body, 6)), Verb.WRITE
    elif code == 0x220B:
        where, written = PARAMETER_AREAS.get(number(body, 2), f"parameter area 0x{number(body, 2):04X}"), Verb.CONFIGURE
    else:
        where, written = f"program {number(body, 2)}", Verb.PROGRAM_DOWNLOAD
    known = TRANSFERS.get(way)
    detail = said(known) if known else said("parameter {n}", n=way)
    row = _operation(frame, object=f"{where}, file {file_name(body, at)}", detail=detail)
    return replace(row, verb={0: Verb.FILE_WRITE, 1: written}.get(way, Verb.FILE_READ))


def _answer(frame: _Frame) -> Iterator[Row]:
    """The end code: bit 15 marks an error in a relay, bits 7 and 6 errors in the CPU unit (W342, 5-1-3)."""
    code = number(frame.body, 0)
    flags = ((0x8000, said("relay error")), (0x80, said("fatal CPU error")), (0x40, said("non-fatal CPU error")))
    details: list[str] = [words for flag, words in flags if code & flag]
    end = code & 0x7F3F
    refusal = f"{END_CODES.get(end, 'End code')} (0x{end:04X})" if end else ""
    if code & 0x8000 and not refusal:
        refusal = "Relay error (0x0000)"
    if frame.code == 0x0601 and not refusal and len(frame.body) >= 4:
        status, mode = frame.body[2:4]
        known = STATUSES.get(status)
        details.append(said(known) if known else said("status {name}", name=f"0x{status:02X}"))
        details.append(_mode(mode))
    row = _operation(frame, detail=joined(details))
    yield replace(row, kind=Kind.REFUSAL if refusal else Kind.RESPONSE, refusal=refusal)
    if not refusal:
        yield from _identity(frame)


def _identity(frame: _Frame) -> Iterator[Identity]:
    body = frame.body[2:]
    found: tuple[tuple[str, bytes], ...] = ()
    # The configuration of CPU bus units, asked for alone, is 64 bytes and some of status without model and version.
    size = frame.length - HEADER - 4
    if frame.code == 0x0501 and (40 <= size < 64 or size >= 92):
        found = (("model", body[:20]), ("firmware", body[20:40]))
    elif frame.code == 0x2603:
        found = (("name", body),)
    for name, raw in found:
        text = printable(raw)
        if text:
            yield Identity(name, text)


PROTOCOL = Protocol(
    name=_NAME,
    title="Omron FINS",
    short="FINS",
    framing=TCP,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({c.verb for c in COMMANDS.values()} | {c.verb for c in MESSAGES.values()}),
    specification="OMRON W227-E1-2, sections 1-3, 2, 8-3, appendix A; W342, sections 5-1 to 5-3; W421, section 7-4-2",
    more_framings=(UDP,),
    display_filter="omron",
)
