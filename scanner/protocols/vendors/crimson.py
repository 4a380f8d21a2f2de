"""Red Lion Crimson 3 over TCP: identification of panels, values read and written, transfers of the database.

Red Lion publishes no specification. Written from the public dissector (cr3-wireshark) and cr3-fingerprint, which give
the frame - length, register, type, data - and which types carry what; what the other types do is not known, and they
are named by their number. Whether a value or a transfer was accepted is not known either. Away from port 789 only the
registers that identify a panel are believed.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.text import printable

PORT = 789
HEADER = 6  # length of what follows it (2), register (2), type (2)
TYPES: dict[int, tuple[str, Verb]] = {
    0x0100: ("Type 0x0100", Verb.UNKNOWN),
    0x0200: ("Type 0x0200", Verb.UNKNOWN),
    0x0300: ("Data", Verb.READ),
    0x1000: ("Type 0x1000", Verb.UNKNOWN),
    0x1100: ("Type 0x1100", Verb.UNKNOWN),
    0x1200: ("Transfer of a chunk", Verb.PROGRAM_DOWNLOAD),
    0x1202: ("Transfer of a chunk", Verb.PROGRAM_DOWNLOAD),
    0x1300: ("Write value", Verb.WRITE),
    0x1400: ("Write value", Verb.WRITE),
    0x1500: ("Transfer of a chunk", Verb.PROGRAM_DOWNLOAD),
    0x1600: ("Type 0x1600", Verb.UNKNOWN),
    0x1700: ("Read value", Verb.READ),
    0x1800: ("Type 0x1800", Verb.UNKNOWN),
    0x1A00: ("Read", Verb.READ),
    0x1B00: ("Read", Verb.READ),
    0x1C00: ("Type 0x1C00", Verb.UNKNOWN),
    0x1E00: ("Type 0x1E00", Verb.UNKNOWN),
    0x1F00: ("Type 0x1F00", Verb.UNKNOWN),
    0x2E00: ("Type 0x2E00", Verb.UNKNOWN),
}
DATA = 0x0300
NAMED = {0x012A: ("model", "Read model"), 0x012B: ("vendor", "Read manufacturer")}

_CUTTER = Length(at=0, width=2, add=2, minimum=HEADER, maximum=65537)
FRAMING = Framing(
    name="crimson",
    delimiter=_CUTTER,
    sync=(Byte(4, {kind >> 8 for kind in TYPES}), Byte(5, {kind & 0xFF for kind in TYPES})),
    ports={"tcp": (PORT,)},
    confirmations=3,
    then="crimson-further",
)
# Once a stream is known, also frames of types that nobody knows: only the length speaks for one.
FURTHER = Framing("crimson-further", _CUTTER, (Size(HEADER),), {"tcp": ()}, confirmations=1, anywhere=False)

_NAME = "crimson"
_WHAT = Range(2, 6)
CASES = (
    Case(_NAME, (Byte(2, 1), Byte(3, (0x2A, 0x2B)), *magic(4, b"\3\0")), (Range(2),), Role.BY_SIDE),
    Case(_NAME, (), (_WHAT,), Role.BY_SIDE),
)


def probe(message: Message) -> bool:
    """A frame of a known type; away from the port, of a register that identifies."""
    try:
        register, kind = _header(message)
    except Malformed:
        return False
    if kind not in TYPES:
        return False
    if message.port == PORT:
        return True
    return register in NAMED and (kind != DATA or bool(printable(message.data[HEADER:])))


def _header(message: Message) -> tuple[int, int]:
    """(register, type)."""
    data = message.data
    if message.transport != "tcp" or len(data) < HEADER:
        raise Malformed("no Crimson frame")
    size, register, kind = (int.from_bytes(data[n : n + 2], "big") for n in (0, 2, 4))
    if size + 2 != message.length:
        raise Malformed("length says {stated} bytes, there are {length}", stated=size + 2, length=message.length)
    return register, kind


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame; what the panel sends answers."""
    register, kind = _header(message)
    answers = message.from_client is False
    name, verb = TYPES.get(kind, (f"Type 0x{kind:04X}", Verb.UNKNOWN))
    if register in NAMED and verb is Verb.READ:
        name, verb = NAMED[register][1], Verb.IDENTIFY
    elif kind == DATA and not answers:
        verb = Verb.WRITE
    yield Operation(
        verb,
        name,
        Kind.RESPONSE if answers else Kind.REQUEST,
        f"0x{kind:04X}",
        object=f"register 0x{register:04X}",
        filter=f"tcp.payload[2:4] == {message.data[2:6].hex(':')}",
    )
    text = printable(message.data[HEADER:]) if register in NAMED and kind == DATA else ""
    if answers and text:
        yield Identity(NAMED[register][0], text)


PROTOCOL = Protocol(
    name=_NAME,
    title="Red Lion Crimson 3",
    short="Crimson",
    framing=FRAMING,
    more_framings=(FURTHER,),
    cases=CASES,
    probe=probe,
    unread=("credentials",),
    dissect=dissect,
    verbs=frozenset({verb for _, verb in TYPES.values()} | {Verb.IDENTIFY, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="not published; cr3-wireshark and cr3-fingerprint (internetofallthethings)",
)
