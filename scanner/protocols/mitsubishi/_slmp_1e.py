"""MC protocol, frame 1E (A-compatible). It has neither a length nor a mark of its own: requests for devices and remote
control are recognised anywhere and lead over to the rest.

Written from Mitsubishi Electric SH(NA)-080008, MELSEC Communication Protocol Reference Manual, chapter 18
(communication using A-compatible 1E frames), and IB(NA)-66304, AJ71E71 User's Manual, for the commands of A series. A
request: command, number of the PC (255: the station connected to), monitoring timer of 2 bytes, data; an answer: the
command with its highest bit set, a completion code, which 0x5B an abnormal code follows, data. In ASCII each byte is
two digits, and numbers have their high byte first.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Test, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Verb
from scanner.wording import said

COMMANDS = {
    0x00: ("Device Read (bits)", Verb.READ),
    0x01: ("Device Read (words)", Verb.READ),
    0x02: ("Device Write (bits)", Verb.WRITE),
    0x03: ("Device Write (words)", Verb.WRITE),
    0x04: ("Device Write Random (bits)", Verb.WRITE),
    0x05: ("Device Write Random (words)", Verb.WRITE),
    0x06: ("Entry Monitor Device (bits)", Verb.SUBSCRIBE),
    0x07: ("Entry Monitor Device (words)", Verb.SUBSCRIBE),
    0x08: ("Execute Monitor (bits)", Verb.READ),
    0x09: ("Execute Monitor (words)", Verb.READ),
    0x0A: ("Sequence Program Read (main)", Verb.PROGRAM_UPLOAD),
    0x0B: ("Sequence Program Read (sub)", Verb.PROGRAM_UPLOAD),
    0x0C: ("Sequence Program Write (main)", Verb.PROGRAM_DOWNLOAD),
    0x0D: ("Sequence Program Write (sub)", Verb.PROGRAM_DOWNLOAD),
    0x0E: ("Special Module Buffer Read", Verb.READ),
    0x0F: ("Special Module Buffer Write", Verb.WRITE),
    0x10: ("Parameter Read", Verb.READ),
    0x11: ("Parameter Write", Verb.CONFIGURE),
    0x12: ("Parameter Analysis Request", Verb.CONFIGURE),
    0x13: ("Remote Run", Verb.START),
    0x14: ("Remote Stop", Verb.STOP),
    0x15: ("PC Type Name Read", Verb.IDENTIFY),
    0x16: ("Loopback Test", Verb.DIAGNOSE),
    0x17: ("Extension File Register Read", Verb.READ),
    0x18: ("Extension File Register Write", Verb.WRITE),
    0x19: ("Extension File Register Write Random", Verb.WRITE),
    0x1A: ("Extension File Register Monitor Entry", Verb.SUBSCRIBE),
    0x1B: ("Extension File Register Monitor", Verb.READ),
    0x1C: ("Comment Read", Verb.PROGRAM_UPLOAD),
    0x1D: ("Comment Write", Verb.PROGRAM_DOWNLOAD),
    0x1E: ("Microcomputer Program Read (main)", Verb.PROGRAM_UPLOAD),
    0x1F: ("Microcomputer Program Read (sub)", Verb.PROGRAM_UPLOAD),
    0x20: ("Microcomputer Program Write (main)", Verb.PROGRAM_DOWNLOAD),
    0x21: ("Microcomputer Program Write (sub)", Verb.PROGRAM_DOWNLOAD),
    0x39: ("Extension Comment Read", Verb.PROGRAM_UPLOAD),
    0x3A: ("Extension Comment Write", Verb.PROGRAM_DOWNLOAD),
    0x3B: ("Extension File Register Direct Read", Verb.READ),
    0x3C: ("Extension File Register Direct Write", Verb.WRITE),
}
_OWN, _ABNORMAL, _ANSWER = 0xFF, 0x5B, 0x80
_PCS = (_OWN, *range(0x41))
_RANDOM = (0x04, 0x05)
_BATCH = range(4)
_CONTROL = (0x13, 0x14, 0x15)
_READS, _WRITES = (0x00, 0x01), (0x02, 0x03)
_HEAD = 12  # bytes of a request for devices in a row
_SHOWN = 64  # bytes of a request that may say what it touches
_SEVERAL = 600  # bytes of requests one behind the other
_JOINS = 24  # bytes of a segment that may be part of a message: binary of 12, in ASCII of twice as many
# Device codes, as they are in binary: two letters, the second first, of which a space may be one.
_DEVICES = {
    **{bytes((0x20, ord(letter))): letter for letter in "DWRXYMBFSLV"},
    b"NT": "TN",
    b"ST": "TS",
    b"CT": "TC",
    b"NC": "CN",
    b"SC": "CS",
    b"CC": "CC",
}
_HEXADECIMAL = ("X", "Y", "B", "W")
_DIGITS = b"0123456789ABCDEFabcdef"
_REQUESTS = frozenset(COMMANDS)
_ANSWERS = frozenset(_ANSWER | code for code in COMMANDS)
_TEXT_STARTS = frozenset(b"0123"), frozenset(b"89ABab")  # of a request, of an answer


def _openings(name: str, *forms: tuple[Byte | Size, ...]) -> Iterator[Framing]:
    for number, sync in enumerate(forms):
        form = ("batch", "random", "control")[number]
        yield Framing(
            f"{name}-{form}", Whole(joins=_JOINS), sync, {"tcp": (), "udp": ()}, confirmations=1, then=f"{name}-session"
        )


def _session(name: str, *sync: Byte | Size) -> Framing:
    return Framing(
        f"{name}-session", Whole(joins=_JOINS), sync, {"tcp": (), "udp": ()}, confirmations=1, anywhere=False
    )


def _device(at: int) -> tuple[Byte, ...]:
    """A device of which the highest byte of the number is 0, and its code; binary."""
    codes = tuple(_DEVICES)
    return (Byte(at + 3, 0), *(Byte(at + 4 + n, {code[n] for code in codes}) for n in (0, 1)))


def _digits(first: int, last: int) -> tuple[Byte, ...]:
    return tuple(Byte(at, _DIGITS) for at in range(first, last))


_TEXT_DEVICE = (Byte(8, b"45"), Byte(9, _DIGITS), Byte(10, b"245"), *_digits(11, 22))
_TEXT_CODE = (Byte(12, b"45"), Byte(13, _DIGITS), Byte(14, b"245"))
FRAMINGS = (
    *_openings(
        "slmp-1e",
        (Byte(0, _BATCH), Byte(1, _PCS), *_device(4), Byte(11, 0), Size(12, 600)),
        (Byte(0, _RANDOM), Byte(1, _PCS), Byte(5, 0), *_device(6), Size(13, 600)),
        (Byte(0, _CONTROL), Byte(1, _OWN), Byte(3, range(8)), Size(4, 4)),
    ),
    _session("slmp-1e", Byte(0, _REQUESTS | _ANSWERS), Size(2)),
    *_openings(
        "slmp-1e-ascii",
        (Byte(0, b"0"), Byte(1, b"0123"), *_digits(2, 8), *_TEXT_DEVICE, *_digits(22, 24), Size(24, 1200)),
        (Byte(0, b"0"), Byte(1, b"45"), *_digits(2, 12), *_TEXT_CODE, *_digits(15, 25), Size(25, 1200)),
        (Byte(0, b"1"), Byte(1, b"345"), Byte(2, b"Ff"), Byte(3, b"Ff"), Byte(4, b"0"), *_digits(5, 8), Size(8, 8)),
    ),
    _session("slmp-1e-ascii", Byte(0, _TEXT_STARTS[0] | _TEXT_STARTS[1]), *_digits(1, 4), Size(4)),
)


def _cases() -> Iterator[Case]:
    """Command, PC and what is touched; of answers whether they are refusals. Never values or timers."""
    text = _digits(1, 4)
    forms: tuple[tuple[int, tuple[Test, ...], tuple[Test, ...], tuple[Test, ...]], ...] = (
        (
            2,
            (Byte(0, b"0"), Byte(1, b"45"), *text[1:]),
            (Byte(0, _TEXT_STARTS[0]), *text),
            (Byte(0, _TEXT_STARTS[1]), *text),
        ),
        (1, (Byte(0, _RANDOM),), (Byte(0, _REQUESTS),), (Byte(0, _ANSWERS),)),
    )
    alone = ((2, (Byte(0, b"0"), Byte(1, b"01"), *text[1:])), (1, (Byte(0, _READS),)))
    for step, reads in alone:  # what stands behind one is a request of its own
        more = Size(step * _HEAD + 1, 2 * step * _SEVERAL)
        yield Case("slmp", (*reads, more), (Range(0),), Role.REQUEST, keep=step * _SEVERAL)
    for step, some, asks, answers in forms:
        for when, end in ((some, 12), (asks, 11)):
            key = (Range(0, 2 * step), Range(4 * step, end * step))
            yield Case("slmp", when, key, Role.REQUEST, keep=step * _SEVERAL, with_length=True)
        yield Case("slmp", answers, (Range(0, 3 * step),), Role.RESPONSE, keep=_SHOWN)


CASES = tuple(_cases())


def is_1e(data: bytes) -> bool:
    """By its first byte, which no frame 3E or 4E has."""
    starts = _TEXT_STARTS[0] | _TEXT_STARTS[1] | _REQUESTS | _ANSWERS
    return data[:1] != b"" and data[0] in starts


def _binary(data: bytes, length: int) -> tuple[bytes, bool, int]:
    """The bytes, whether they were written in digits, and how many there are on the wire. Command codes and answers to
    them are no digits, but for a few that no request has in front of three digits.
    """
    if data[0] not in _TEXT_STARTS[0] | _TEXT_STARTS[1] or len(data) < 4 or not all(c in _DIGITS for c in data[:4]):
        return data, False, length
    text = data[: len(data) & ~1]
    if text.translate(None, _DIGITS):
        raise Malformed("frame 1E in ASCII with what is no digit")
    return bytes.fromhex(text.decode()), True, length // 2


def dissect(message: Message) -> Iterator[Operation]:
    """A request with what it touches, and those behind it, or an answer with what it refuses."""
    rest: Message | None = message
    while rest is not None:
        rest = yield from _first(rest)


def _first(message: Message) -> Generator[Operation, None, Message | None]:
    """The first frame; gives what follows it."""
    data, text, length = _binary(message.data, message.length)
    if len(data) < 2:
        raise Malformed("{length} bytes are too few for a frame {name}", length=len(data), name="1E")
    code = data[0] & ~_ANSWER
    if code not in COMMANDS:
        raise Malformed("subheader of no SLMP frame")
    name, verb = COMMANDS[code]
    if data[0] & _ANSWER:
        yield _answer(data)
        return None
    if length < 4:
        raise Malformed("{length} bytes are too few for a frame {name}", length=length, name="1E")
    unit = said("own station") if data[1] == _OWN else said("station {n}", n=data[1])
    where = _object(code, data, text=text)
    yield Operation(verb, name, Kind.REQUEST, code=f"1E:{code:02X}", object=where, unit=unit, filter=_filter(message))
    size = _size(code, data)
    if not 0 < size < length:
        return None
    if len(data) < length:
        raise Malformed("{length} bytes behind a frame {name}", length=length - size, name="1E")
    step = 2 if text else 1
    return message.carrying(message.data[step * size :], step * (length - size))


def _size(code: int, data: bytes) -> int:
    """How many bytes the request has, 0 where only its devices know."""
    if code in _CONTROL:
        return 4
    if code in _READS:
        return _HEAD
    count = (data[10] or 256) if code in _WRITES and len(data) > _HEAD - 2 else 0
    return _HEAD + (2 * count if code == 0x03 else (count + 1) // 2) if count else 0


def _answer(data: bytes) -> Operation:
    refusal = ""
    if data[1]:
        also = data[2] if data[1] == _ABNORMAL and len(data) > 2 else data[1]
        refusal = f"Abnormal code (0x{also:02X})"
    return Operation(Verb.UNKNOWN, "Response", Kind.REFUSAL if refusal else Kind.RESPONSE, refusal=refusal)


def _filter(message: Message) -> str:
    """No dissector of tshark knows the frame: the first bytes."""
    start = message.data[:2].hex(":")
    return " || ".join(f"{over}.payload[0:2] == {start}" for over in ("tcp", "udp"))


def _object(code: int, data: bytes, *, text: bool) -> str:
    if code in (*_BATCH, *_RANDOM):
        at = 6 if code in _RANDOM else 4
        if len(data) < at + 6:
            raise Malformed("{length} bytes are too few for a frame {name}", length=len(data), name="1E")
        number, device = (data[at : at + 4], data[at + 4 : at + 6])
        if text:  # the code comes first, all of it from the high byte on
            device, number = data[at : at + 2][::-1], data[at + 2 : at + 6][::-1]
        if device not in _DEVICES:
            raise Malformed("device code is no text")
        count = data[4] if code in _RANDOM else data[10] if len(data) > 10 else 1
        return _range(_DEVICES[device], int.from_bytes(number, "little"), count or 256, one=code in _RANDOM)
    if COMMANDS[code][1] in (Verb.PROGRAM_UPLOAD, Verb.PROGRAM_DOWNLOAD) and len(data) >= 7:
        step = int.from_bytes(data[4:6], "big" if text else "little")
        return said("from step {n}", n=step)
    return ""


def _range(name: str, first: int, count: int, *, one: bool) -> str:
    def written(number: int) -> str:
        return f"{number:X}" if name in _HEXADECIMAL else str(number)

    if one:
        return f"{name}{written(first)} and {count - 1} more" if count > 1 else f"{name}{written(first)}"
    return f"{name}{written(first)}-{written(first + count - 1)}" if count > 1 else f"{name}{written(first)}"
