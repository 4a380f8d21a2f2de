"""Unitronics PCOM over TCP: controllers of the series Vision, Samba and Jazz, in its ASCII and its binary mode.

Written from Unitronics' description "PCOM Protocol", as Wireshark's packet-pcomtcp, scapy and Unitronics' driver for
.NET have it. A header of six bytes (transaction, mode, length) carries either text - ``/``, unit, command, checksum,
carriage return, answered with ``/A`` - or a binary frame that begins with ``/_OPLC`` and has checksums of its header
and its data. Nothing in it authenticates; since 2023 firmware can ask for a password in a way that is not published, so
that nothing is said of log-ins. What no description has is an unknown function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Test, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import printable, quoted
from scanner.wording import said

NAME = "pcom"
PORT = 20256
_HEADER, _ASCII, _BINARY = 6, 0x65, 0x66
_LONGEST = 4096
_LEAST = {_ASCII: _HEADER + 8, _BINARY: _HEADER + 27}  # "/", unit, command, checksum, CR; header and footer
_MAGIC = b"/_OPLC"
_DATA = _HEADER + 24  # of a binary frame
_READ_WRITE = 0x50  # the one command that says in its details which of the two it does, or both

_BITS = {"E": "I", "A": "O", "B": "MB", "T": "T", "M": "C"}
_NUMBERS = {"L": "ML", "D": "MDW", "H": "SL", "J": "SDW", "F": "MF"}
_FAST = {"B": "XB", "I": "XI", "D": "XDW", "L": "XL"}
_NAMES = {
    "I": "Inputs",
    "O": "Outputs",
    "MB": "Memory Bits",
    "SB": "System Bits",
    "T": "Timer Bits",
    "C": "Counter Bits",
    "MI": "Memory Integers",
    "SI": "System Integers",
    "ML": "Memory Longs",
    "SL": "System Longs",
    "MDW": "Memory Double Words",
    "SDW": "System Double Words",
    "MF": "Memory Floats",
    "XB": "Fast Bits",
    "XI": "Fast Integers",
    "XDW": "Fast Double Words",
    "XL": "Fast Longs",
    "timer": "Timers",
    "timer preset": "Timer Presets",
    "counter": "Counters",
    "counter preset": "Counter Presets",
}
_READS = {
    **{f"R{code}": operand for code, operand in _BITS.items()},
    "GS": "SB",
    "RW": "MI",
    "GF": "SI",
    "GT": "timer",
    "GP": "timer preset",
    "GX": "counter",
    "GY": "counter preset",
    **{f"RN{code}": operand for code, operand in _NUMBERS.items()},
    **{f"RZ{code}": operand for code, operand in _FAST.items()},
}
_WRITES = {
    "SA": "O",
    "SB": "MB",
    "SS": "SB",
    "SW": "MI",
    "SF": "SI",
    "SJ": "counter preset",
    "SK": "counter",
    **{f"SN{code}": operand for code, operand in _NUMBERS.items()},
    "SNT": "timer preset",
    "SNK": "timer",
    **{f"SZ{code}": operand for code, operand in _FAST.items()},
}
_FORCES = {"SE": "O", "SD": "I"}
COMMANDS: dict[str, tuple[str, Verb, str]] = {  # command -> function, verb, operand
    "ID": ("Identify", Verb.IDENTIFY, ""),
    "CCR": ("Start", Verb.START, ""),
    "CCS": ("Stop", Verb.STOP, ""),
    "CCE": ("Reset", Verb.RESTART, ""),
    "CCI": ("Initialise", Verb.RESTART, ""),
    "UG": ("Get Unit ID", Verb.READ, ""),
    "US": ("Set Unit ID", Verb.CONFIGURE, ""),
    "RC": ("Get Clock", Verb.READ, ""),
    "SC": ("Set Clock", Verb.TIME_SYNC, ""),
    **{code: (f"Read {_NAMES[operand]}", Verb.READ, operand) for code, operand in _READS.items()},
    **{code: (f"Write {_NAMES[operand]}", Verb.WRITE, operand) for code, operand in _WRITES.items()},
    **{code: (f"Force {_NAMES[operand]}", Verb.WRITE, operand) for code, operand in _FORCES.items()},
}
_FAMILIES = {  # answers have two letters of a command
    "CC": ("Command Done", Verb.UNKNOWN),
    "RN": ("Read Long Values", Verb.READ),
    "RZ": ("Read Fast Values", Verb.READ),
    "SN": ("Write Long Values", Verb.WRITE),
    "SZ": ("Write Fast Values", Verb.WRITE),
}
_BINARY_COMMANDS = {
    0x04: ("Read Data Table", Verb.READ),
    0x07: ("Read Flash Status", Verb.DIAGNOSE),
    0x0C: ("Get PLC Name", Verb.IDENTIFY),
    0x44: ("Write Data Table", Verb.WRITE),
    0x4B: ("Read Data Table of the Project", Verb.READ),
    0x4D: ("Read Operands", Verb.READ),
    _READ_WRITE: ("Read and Write Operands", Verb.WRITE),
}
_OPERANDS = {
    **dict(enumerate(("MB", "SB", "MI", "SI", "ML", "SL", "MF", "SF", "I", "O", "T", "C"), 1)),
    **dict(enumerate(("MDW", "SDW", "counter", "counter preset", "timer", "timer preset"), 0x10)),
}
_SHOWN = frozenset(
    {  # by tshark as codes
        *("ID", "CCR", "CCS", "CCE", "CCI", "CC", "UG", "US", "RC", "SC"),
        *("RE", "RA", "RB", "RW", "GS", "GF", "RN", "RNL", "RND", "RNH", "RNJ"),
        *("SA", "SB", "SW", "SS", "SF", "SN", "SNL", "SND", "SNH", "SNJ"),
    }
)


class _Ascii(NamedTuple):
    """unit, what follows it, and whether it answers."""

    unit: int
    text: str
    answers: bool


class _Frame(NamedTuple):
    """A binary frame without its checksums; ``data`` as far as it is there."""

    unit: int
    command: int
    details: bytes
    size: int
    data: bytes


def _body(message: Message) -> bytes:
    """What the header carries, as far as it was kept."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER + 3 or data[2] not in _LEAST or data[3]:
        raise Malformed("no message of PCOM")
    stated = int.from_bytes(data[4:6], "little") + _HEADER
    if stated != message.length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=stated, length=message.length)
    if not _LEAST[data[2]] <= stated <= _LONGEST:
        raise Malformed("no message of PCOM")
    return data[_HEADER:]


def _ascii(message: Message) -> _Ascii:
    body, whole = _body(message), len(message.data) == message.length
    answers = body.startswith(b"/A")
    rest = body[1 + answers :]
    end = len(rest) - 3 if whole else len(rest)
    text = rest[:end]
    if not body.startswith(b"/") or len(text) < 4 or not text.isascii() or not text[:4].isalnum():
        raise Malformed("no message of PCOM")
    if whole and (rest[-1:] != b"\r" or rest[end:-1].upper() != b"%02X" % (sum(text) % 256)):
        raise Malformed("wrong checksum")
    try:
        unit = int(text[:2], 16)
    except ValueError:
        raise Malformed("no message of PCOM") from None
    return _Ascii(unit, text[2:].decode("ascii"), answers)


def _binary(message: Message) -> _Frame:
    body, whole = _body(message), len(message.data) == message.length
    if len(body) < 24 or not body.startswith(_MAGIC) or 0xFE not in body[6:8]:
        raise Malformed("no message of PCOM")
    size = int.from_bytes(body[20:22], "little")
    if size + 27 + _HEADER != message.length:
        raise Malformed("no message of PCOM")
    if int.from_bytes(body[22:24], "little") != _two_complement(body[:22]):
        raise Malformed("wrong checksum")
    if whole and (body[-1:] != b"\\" or int.from_bytes(body[-3:-1], "little") != _two_complement(body[24:-3])):
        raise Malformed("wrong checksum")
    answers = body[12] >= 0x80
    return _Frame(body[6 + answers], body[12], body[14:20], size, body[24 : 24 + size])


def _two_complement(data: bytes) -> int:
    return -sum(data) & 0xFFFF


def _read(message: Message) -> _Ascii | _Frame:
    return _ascii(message) if message.data[2:3] == bytes((_ASCII,)) else _binary(message)


def probe(message: Message) -> bool:
    """Whether lengths and checksums are right."""
    return is_well_formed(_read, message)


def dissect(message: Message) -> Iterator[Row]:
    """The command, what it touches, and who the controller says that it is."""
    found = _read(message)
    if isinstance(found, _Frame):
        yield from _of_frame(found)
    elif found.answers:
        yield from _answer(found)
    else:
        yield _request(found)


def _request(asked: _Ascii) -> Operation:
    code = next((asked.text[:size] for size in (3, 2) if asked.text[:size] in COMMANDS), "")
    if not code:
        code = asked.text[: 3 if asked.text[:2] in _FAMILIES and asked.text[:3].isalnum() else 2]
        return _text_operation(asked, code, f"command {code}", Verb.UNKNOWN)
    name, verb, operand = COMMANDS[code]
    rest = asked.text[len(code) :]
    touched = _range(operand, rest) if operand else ""
    if code in _FORCES and rest[6:] and not rest[6:].strip("0"):
        name = name.replace("Force", "Release")
    detail = said("unit {n}", n=int(rest[:2], 16)) if code == "US" and _is_hexadecimal(rest[:2]) else ""
    return _text_operation(asked, code, name, verb, object_=touched, detail=detail)


def _range(operand: str, text: str) -> str:
    """``MI 10-12``, of an address in four digits and a number in two."""
    if len(text) < 6 or not _is_hexadecimal(text[:6]):
        return ""
    return _numbered(operand, int(text[:4], 16), int(text[4:6], 16))


def _numbered(operand: str, first: int, count: int) -> str:
    return f"{operand} {first}-{first + count - 1}" if count > 1 else f"{operand} {first}"


def _is_hexadecimal(text: str) -> bool:
    return bool(text) and all(c in "0123456789abcdefABCDEF" for c in text)


def _text_operation(
    said_: _Ascii, code: str, name: str, verb: Verb, *, object_: str = "", detail: str = ""
) -> Operation:
    shown = next((text for text in (code, code[:2]) if text in _SHOWN), "")
    return Operation(
        verb,
        name,
        Kind.RESPONSE if said_.answers else Kind.REQUEST,
        code,
        unit=str(said_.unit),
        object=object_,
        detail=detail,
        filter=f"pcomascii.{f'command_code == {quoted(shown)}' if shown else f'command contains {quoted(code)}'}",
    )


def _answer(answer: _Ascii) -> Iterator[Row]:
    code = answer.text[:2]
    name, verb = _FAMILIES.get(code) or COMMANDS.get(code, (f"command {code}", Verb.UNKNOWN))[:2]
    yield _text_operation(answer, code, name, verb)
    if code == "ID" and len(answer.text) >= 17:
        yield from _identity(answer.text[2:])


def _identity(text: str) -> Iterator[Identity]:
    """A code for the model, the version of the hardware, and of the operating system in three parts."""
    model, hardware, major, minor, build = text[:6].strip(), text[6], text[7:10], text[10:13], text[13:15]
    yield Identity("vendor", "Unitronics")
    if model and model.isprintable():
        yield Identity("model", f"model code {model}")
    if hardware.isalnum():
        yield Identity("hardware_revision", hardware)
    if major.isdecimal() and minor.isdecimal() and build.isdecimal():
        yield Identity("firmware", f"{int(major)}.{int(minor)}.{int(build)}")


def _of_frame(frame: _Frame) -> Iterator[Row]:
    number, answers = frame.command & 0x7F, frame.command >= 0x80
    name, verb = _BINARY_COMMANDS.get(number, (f"command 0x{number:02X}", Verb.UNKNOWN))
    for touched, what in _touched(frame, number, verb):
        yield Operation(
            what,
            name,
            Kind.RESPONSE if answers else Kind.REQUEST,
            f"0x{frame.command:02X}",
            unit=str(frame.unit),
            object=touched,
            filter=f"pcombinary.command == 0x{frame.command:02x}",
        )
    if answers and number == 0x0C and printable(frame.data):
        yield Identity("name", printable(frame.data))


def _touched(frame: _Frame, number: int, verb: Verb) -> Iterator[tuple[str, Verb]]:
    """(what is touched, how): of a frame that reads and writes each."""
    if frame.command == 0x4D:
        yield from ((touched, verb) for touched in (*_operands(frame.data),) or ("",))
    elif frame.command in (0x04, 0x44):
        yield f"data table 0x{int.from_bytes(frame.details[:4], 'little'):X}", verb
    elif frame.command == _READ_WRITE:
        reads, writes = int.from_bytes(frame.details[:2], "little"), int.from_bytes(frame.details[2:4], "little")
        if reads or not writes:
            yield "", Verb.READ if reads else Verb.UNKNOWN
        if writes:
            yield "", Verb.WRITE
    elif number == _READ_WRITE:
        yield "", Verb.UNKNOWN
    else:
        yield "", verb


def _operands(data: bytes) -> Iterator[str]:
    """Blocks of a number, a type and its addresses: each, or only the first of a row."""
    at = 0
    while at + 6 <= len(data):
        count, kind = int.from_bytes(data[at : at + 2], "little"), data[at + 2]
        operand = _OPERANDS.get(kind & 0x7F, f"operand type {kind & 0x7F}")
        first = int.from_bytes(data[at + 4 : at + 6], "little")
        yield _numbered(operand, first, count) if kind & 0x80 else _listed(operand, data[at + 4 : at + 4 + 2 * count])
        at += 6 if kind & 0x80 else 4 + max(2 * count, 2)


def _listed(operand: str, addresses: bytes) -> str:
    numbers = [int.from_bytes(addresses[n : n + 2], "little") for n in range(0, len(addresses) - 1, 2)]
    return f"{operand} {'/'.join(map(str, numbers[:8]))}{'/…' if len(numbers) > 8 else ''}"


# --- which bytes are meaning: mode, unit, command, addresses; never values, clocks or checksums ---------------------

_TRANSACTION = (Range(0, 2),)
_FIRST = Byte(2, _ASCII)


def _case(*tests: Test, to: int | None, role: Role, start: int = _HEADER, with_length: bool = False) -> Case:
    return Case(
        NAME,
        tests,
        (Range(2, 3), Range(start, to)),
        role,
        _TRANSACTION,
        keep=_LONGEST + _HEADER,
        with_length=with_length,
    )


def _cases() -> Iterator[Case]:
    answers = Byte(7, ord("A"))
    yield _case(_FIRST, answers, *magic(10, b"ID"), to=None, role=Role.RESPONSE)
    yield _case(_FIRST, answers, to=12, role=Role.RESPONSE)
    yield _case(_FIRST, *magic(9, b"CC"), to=12, role=Role.REQUEST)
    yield _case(_FIRST, *magic(9, b"US"), to=13, role=Role.REQUEST)
    yield _case(_FIRST, Byte(9, b"S"), Byte(10, b"ED"), to=None, role=Role.REQUEST)  # forced or released
    yield _case(_FIRST, Byte(9, b"RS"), Byte(10, b"NZ"), to=18, role=Role.REQUEST)
    for first, second in ((b"R", b"EABTMW"), (b"G", b"SFTPXY"), (b"S", b"ABSWFJK")):
        yield _case(_FIRST, Byte(9, first), Byte(10, second), to=17, role=Role.REQUEST)
    yield _case(_FIRST, to=11, role=Role.REQUEST, with_length=True)
    yield _case(Byte(18, 0x8C), to=None, role=Role.RESPONSE)
    yield _case(Byte(18, range(0x80, 0x100)), to=19, role=Role.RESPONSE)
    yield _case(Byte(18, 0x4D), to=None, role=Role.REQUEST)
    yield _case(to=28, role=Role.REQUEST)


_DIGITS = b"01234567"  # units are 0 to 127
PROTOCOL = Protocol(
    name=NAME,
    title="Unitronics PCOM",
    short="PCOM",
    framing=Framing(
        NAME,
        Length(at=4, width=2, little=True, add=_HEADER, minimum=min(_LEAST.values()), maximum=_LONGEST),
        (Byte(2, (_ASCII, _BINARY)), Byte(3, 0), Byte(_HEADER, ord("/")), Byte(7, _DIGITS + b"A_")),
        {"tcp": (PORT,)},
        confirmations=1,
    ),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    unread=("credentials",),
    verbs=frozenset(
        {verb for _, verb, _ in COMMANDS.values()} | {v for _, v in _BINARY_COMMANDS.values()} | {Verb.UNKNOWN}
    ),
    specification="Unitronics, PCOM Protocol (as Wireshark's packet-pcomtcp, scapy and its .NET driver have it)",
    display_filter="pcomtcp",
)
