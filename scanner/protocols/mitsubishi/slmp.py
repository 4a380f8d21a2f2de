"""Mitsubishi SLMP and MC protocol, frames 3E and 4E, and 1E (``_slmp_1e``), in binary and ASCII, over TCP and UDP.

Written from Mitsubishi Electric SH(NA)-080956ENG, SLMP Reference Manual (chapters 4 and 5) and SH(NA)-080008, MELSEC
Communication Protocol Reference Manual (chapters 4 to 12). A controller's ports are the user's choice, so content
tells; only drives and remote modules have ports of their own. Numbers of X and Y are written in hexadecimal, as Q and R
series do; iQ-F programs show the same ones in octal. An answer does not repeat the command it answers: its end code is
all there is to say, and a controller's model is recognised by the form of the answer to Read Type Name. The remote
password goes in the clear; only that one was sent is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable
from scanner.protocols.mitsubishi import _slmp_1e as frame_1e
from scanner.protocols.mitsubishi import _slmp_names as names
from scanner.protocols.mitsubishi._slmp_frame import LAYOUTS, Frame, Layout, Reader, parse
from scanner.protocols.mitsubishi._slmp_objects import SHOWN, objects, opens_for_writing
from scanner.wording import joined, said

_NAME = "slmp"
# Drives and remote modules: SLMP, iQSS, CC-Link IE Field Network Basic (MR-J4-GF and MR-JE-C instruction manuals)
PORTS: dict[str, tuple[int, ...]] = {"tcp": (), "udp": (5010, 45237, 61451, 61550)}
_DIGITS = b"0123456789ABCDEFabcdef"
_MODULES_HIGH = range(4)  # module I/O numbers: 0x0000-0x01FF, 0x03D0-0x03D3, 0x03E0-0x03E3, 0x03FF
_MULTIDROP = range(0x20)


def _binary(layout: Layout) -> Framing:
    base = layout.base
    serial = () if base == 7 else (Byte(4, 0), Byte(5, 0))
    return Framing(
        name=f"slmp-{layout.name[:2].lower()}",
        delimiter=Length(at=base, width=2, add=layout.after, little=True, minimum=layout.answer, maximum=16384),
        sync=(
            Byte(0, (layout.request[0], layout.response[0])),
            Byte(1, 0),
            *serial,
            Byte(base - 2, _MODULES_HIGH),
            Byte(base - 1, _MULTIDROP),
            Byte(base + 1, range(0x20)),
            Size(layout.answer),
        ),
        ports=PORTS,
        confirmations=2,
    )


def _text(layout: Layout) -> Framing:
    starts = zip(layout.request, layout.response, strict=True)
    return Framing(
        name=f"slmp-{layout.name[:2].lower()}-ascii",
        delimiter=Length(
            at=layout.base, width=4, add=layout.after, digits=True, minimum=layout.answer, maximum=2 * 16384
        ),
        sync=(
            *(Byte(at, pair) for at, pair in enumerate(starts)),
            *(Byte(at, _DIGITS) for at in range(4, layout.answer)),
            Size(layout.answer),
        ),
        ports=PORTS,
        confirmations=2,
    )


FRAMINGS = tuple(_text(x) if x.ascii else _binary(x) for x in LAYOUTS)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Route, command, subcommand, devices, labels, files; the end code. Never values, serial numbers, timers, passwords.

# commands -> bytes of their data that are key (None: all of them), whatever the subcommand
_SIZES: tuple[tuple[tuple[int, ...], int | None], ...] = (
    ((names.READ_LABELS, names.READ_ARRAY), 256),
    ((names.WRITE_LABELS, names.WRITE_ARRAY), 2),
    ((names.READ_MEMORY, names.WRITE_MEMORY), 6),
    ((names.READ_UNIT, names.WRITE_UNIT), 8),
    ((names.OBJECT,), 3),
    ((names.RUN,), 3),
    ((names.STOP, names.PAUSE), 2),
    (names.NAMED_FILES, None),
)
# The characters of a type name by their place: nine words of data registers must not look like one.
_CAPITALS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_MODEL_SIZE = 16
_MODEL = (b"FLNQR", _CAPITALS, _CAPITALS, *(_CAPITALS + b"-/+_. \0",) * (_MODEL_SIZE - 3))


def _devices(layout: Layout, *, wide: bool, extended: bool) -> int:
    """Characters of a device in this layout."""
    size = (6 if wide else 4) if not layout.ascii else (12 if wide else 8)
    return size + (14 if layout.ascii else 7) * extended


def _requests(layout: Layout) -> Iterator[tuple[tuple[Byte, ...], int | None]]:
    """(tests for command and subcommand, characters of the data that are key)."""
    step, any_unit = layout.step, (0, 1)
    for high in (0, 0x80):
        for low in (0, 2):
            one = _devices(layout, wide=bool(low), extended=bool(high))
            listed = 2 * step + SHOWN * one
            groups: tuple[tuple[tuple[int, ...], tuple[int, ...], int], ...] = (
                ((names.READ, names.WRITE), any_unit, one + 2 * step),
                ((names.WRITE_BLOCK,), any_unit, one + 4 * step),
                ((names.WRITE_RANDOM,), (1,), one + step),
                ((names.WRITE_RANDOM,), (0,), one + 2 * step),
                ((names.READ_RANDOM,), any_unit, listed),
                ((names.ENTRY_MONITOR,), any_unit, listed),
                ((names.READ_BLOCK,), any_unit, listed + SHOWN * 2 * step),
            )
            for commands, units, size in groups:
                yield _is(layout, commands, tuple(high | low | unit for unit in units)), size
    for commands, count in _SIZES:
        yield _is(layout, commands), None if count is None else count * step
    yield (), 0


def _is(layout: Layout, commands: tuple[int, ...], subcommands: tuple[int, ...] = ()) -> tuple[Byte, ...]:
    """Tests for any of the commands and subcommands; where they stand apart in one digit, for any of these digits."""

    def tests(at: int, numbers: tuple[int, ...]) -> tuple[Byte, ...]:
        written = [f"{n:04X}".encode() if layout.ascii else n.to_bytes(2, "little") for n in numbers]
        return tuple(Byte(at + place, among) for place, among in enumerate(zip(*written, strict=True)))

    return tests(layout.command, commands) + tests(layout.command + 2 * layout.step, subcommands)


def _cases(layout: Layout) -> Iterator[Case]:
    route = Range(layout.base - 5 * layout.step, layout.base)
    serial = () if layout.name.startswith("3E") else (Range(4, 8) if layout.ascii else Range(2, 4),)
    start = (Range(0, 1), route)
    asks, answers = magic(0, layout.request), magic(0, layout.response)
    for tests, size in _requests(layout):
        end = None if size is None else layout.data + size
        key = (*start, Range(layout.command, layout.data), Range(layout.data, end))
        yield Case(_NAME, (*asks, *tests), key, Role.REQUEST, serial, keep=2048)
    end_code = Range(layout.after, layout.answer)
    text = tuple(Byte(layout.answer + at, among) for at, among in enumerate(_MODEL))
    size = layout.answer + _MODEL_SIZE + 2 * layout.step
    done = magic(layout.after, b"0000" if layout.ascii else bytes(2))
    model: tuple[Byte | Size, ...] = (*done, Size(size, size), *text)
    named = Range(layout.after, layout.answer + _MODEL_SIZE)
    yield Case(_NAME, (*answers, *model), (*start, named), Role.RESPONSE, serial)
    yield Case(_NAME, answers, (*start, end_code), Role.RESPONSE, serial)


CASES = (*(case for layout in LAYOUTS for case in _cases(layout)), *frame_1e.CASES)

# --- dissection -----------------------------------------------------------------------------------------------------

# What Mitsubishi's CPUs and modules are called: a type name, and not any text of sixteen characters in data registers.
_MODELS = re.compile(r"[QLR]\w*CPU[\w-]*|FX\d[A-Z]*-\w+(/\w+)*|(NZ|[QLR]J)\d[\w-]+")


def probe(message: Message) -> bool:
    """The frame holds; away from its ports the command must be one that is published."""
    try:
        if frame_1e.is_1e(message.data):
            return bool(message.framing.startswith("slmp-1e") and any(frame_1e.dissect(message)))
        frame = parse(message.data, message.length)
    except Malformed:
        return False
    known = frame.is_answer or frame.command in names.COMMANDS
    return known or (message.transport == "udp" and message.port in PORTS["udp"])


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    if frame_1e.is_1e(message.data):
        yield from frame_1e.dissect(message)
        return
    frame = parse(message.data, message.length)
    if frame.is_answer:
        yield _answer(frame)
        yield from _identity(frame, message.length)
    else:
        yield from _request(frame)


def _request(frame: Frame) -> Iterator[Row]:
    name, verb = names.COMMANDS.get(frame.command, (f"Command {frame.command:04X}", Verb.UNKNOWN))
    if frame.command == names.OBJECT:
        name, verb = names.OBJECT_ACCESS.get(frame.subcommand, (name, verb))
    if frame.command == names.OPEN_FILE and opens_for_writing(frame):
        verb = Verb.FILE_WRITE
    row = Operation(
        verb,
        name,
        Kind.REQUEST,
        code=f"{frame.command:04X}:{frame.subcommand:04X}",
        unit=frame.unit,
        detail=_detail(frame),
        filter=_filter(frame),
    )
    for where in tuple(objects(frame)) or ("",):
        yield replace(row, object=where)
    if frame.command in (names.UNLOCK, names.LOCK):  # both say the password
        yield Session(credentials="password", encrypted=False)


def _filter(frame: Frame) -> str:
    """No dissector of tshark knows SLMP; the command stands at a fixed place behind the subheader."""
    layout = frame.layout
    command = frame.command.to_bytes(2, "little") if not layout.ascii else f"{frame.command:04X}".encode()
    start, wanted = layout.request.hex(":"), command.hex(":")
    at = layout.command
    return " || ".join(
        f"({over}.payload[0:{len(layout.request)}] == {start} && {over}.payload[{at}:{len(command)}] == {wanted})"
        for over in ("tcp", "udp")
    )


def _detail(frame: Frame) -> str:
    if frame.command not in (names.RUN, names.STOP, names.PAUSE) or not frame.data:
        return ""
    reader = Reader(frame)
    mode = reader.number(2)
    words = [names.RUN_MODES.get(mode, said("mode {name}", name=mode))]
    if frame.command == names.RUN and reader.left():
        clear = reader.number(1)
        words.append(names.CLEAR_MODES.get(clear, said("clear mode {n}", n=clear)))
    return joined(words)


def _answer(frame: Frame) -> Operation:
    refusal = ""
    if frame.end:
        unknown = "Remote password error" if frame.end in names.REMOTE_PASSWORD else "End code"
        refusal = f"{names.END_CODES.get(frame.end, unknown)} (0x{frame.end:04X})"
    return Operation(
        Verb.UNKNOWN,
        "Response",
        Kind.REFUSAL if refusal else Kind.RESPONSE,
        unit=frame.unit,
        refusal=refusal,
    )


def _identity(frame: Frame, length: int) -> Iterator[Identity]:
    """The type name: sixteen characters and a code; of other stations than the own one no address is known here."""
    size = _MODEL_SIZE + 2 * frame.layout.step
    if frame.end or length != frame.layout.answer + size or len(frame.data) < _MODEL_SIZE:
        return
    name = printable(frame.data[:_MODEL_SIZE])
    if frame.unit == "own station" and _MODELS.fullmatch(name):
        yield Identity("vendor", "Mitsubishi Electric")
        yield Identity("model", name)


PROTOCOL = Protocol(
    name=_NAME,
    title="Mitsubishi SLMP / MC protocol",
    short="SLMP",
    framing=FRAMINGS[0],
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in (*names.COMMANDS.values(), *frame_1e.COMMANDS.values())} | {Verb.UNKNOWN}),
    specification="Mitsubishi Electric SH(NA)-080956ENG, chapters 4 and 5; SH(NA)-080008, chapters 4 to 12 and 18",
    more_framings=(*FRAMINGS[1:], *frame_1e.FRAMINGS),
    display_filter="udp.port == 5010 || tcp.port == 5010",
)
