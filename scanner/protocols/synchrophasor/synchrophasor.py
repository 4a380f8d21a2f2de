"""IEEE C37.118 synchrophasors over TCP and UDP: who streams measurements to whom, commands, station names.

Written from IEEE C37.118.2-2011 sections 6.2 (frame), 6.3 (data), 6.4 and 6.5 (configuration), 6.6 (command), which
takes in the frames of C37.118-2005, and annexes E and F (TCP, UDP). The protocol knows no authentication, and commands
that start or stop a stream are not answered, so that their outcome is never observed. Away from ports 4712 and 4713 the
check word decides; on them a frame with a wrong check word is read all the same, for what it asks for is seen.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import readable
from scanner.protocols.synchrophasor._config import Pmu, pmus
from scanner.wording import said

DATA, HEADER, CONFIGURATION_1, CONFIGURATION_2, COMMAND, CONFIGURATION_3 = range(6)
FRAMES = {
    DATA: "Data frame",
    HEADER: "Header frame",
    CONFIGURATION_1: "Configuration frame 1",
    CONFIGURATION_2: "Configuration frame 2",
    COMMAND: "Command frame",
    CONFIGURATION_3: "Configuration frame 3",
}
VERSIONS = {1: "IEEE C37.118-2005", 2: "IEEE C37.118.2-2011"}
# Table 15: code -> (name, verb, the frame that answers it).
COMMANDS = {
    1: ("Turn off transmission of data frames", Verb.SUBSCRIBE, False),
    2: ("Turn on transmission of data frames", Verb.SUBSCRIBE, False),
    3: ("Send HDR frame", Verb.READ, True),
    4: ("Send CFG-1 frame", Verb.READ, True),
    5: ("Send CFG-2 frame", Verb.READ, True),
    6: ("Send CFG-3 frame", Verb.READ, True),
    8: ("Extended frame", Verb.UNKNOWN, False),
}
_ANSWERED = tuple(code for code, (_, _, answered) in COMMANDS.items() if answered)
FIXED = 14  # SYNC, FRAMESIZE, IDCODE, SOC, FRACSEC
LEAST = 16  # a header frame without text, as real PMUs send it
PORTS = (4712, 4713)
WHOLE, FIRST_PART = 0, 1  # CONT_IDX of a configuration frame 3

FRAMING = Framing(
    name="synchrophasor",
    delimiter=Length(at=2, width=2, minimum=LEAST, maximum=65535),
    sync=(Byte(0, 0xAA), Byte(1, {octet for octet in range(256) if octet & 0x0F})),
    ports={"tcp": PORTS, "udp": PORTS},
    confirmations=3,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# Time stamps, measurements and the check word are not. Commands that are answered come first: an answer names its
# request by its kind alone, so it belongs to the latest one.

_NAME = "synchrophasor"
_WHO = Range(1, 6)  # frame type and version, size, IDCODE


def _frame(kind: int) -> Byte:
    return Byte(1, bits(0x70, kind << 4))


CASES = (
    Case(_NAME, (_frame(COMMAND), Byte(14, 0), Byte(15, _ANSWERED)), (_WHO, Range(14, 16)), Role.REQUEST),
    Case(_NAME, (_frame(COMMAND),), (_WHO, Range(14, 16)), Role.NOTICE),
    Case(_NAME, (_frame(HEADER),), (_WHO, Range(14, -2)), Role.RESPONSE),
    *(
        Case(_NAME, (_frame(kind),), (_WHO, Range(14, -2)), Role.RESPONSE, keep=65535)
        for kind in (CONFIGURATION_1, CONFIGURATION_2, CONFIGURATION_3)
    ),
    Case(_NAME, (_frame(DATA),), (_WHO,), Role.NOTICE),
    Case(_NAME, (), (_WHO,), Role.NOTICE),
)

# --- dissection -----------------------------------------------------------------------------------------------------


def probe(message: Message) -> bool:
    """A frame of a known kind whose length and, away from the protocol's ports, check word hold."""
    data = message.data
    try:
        _check(message)
    except Malformed:
        return False
    if message.port in PORTS:
        return True
    # Only the beginning of a frame may have been kept; its length and kind must do then.
    return len(data) < message.length or binascii.crc_hqx(data[:-2], 0xFFFF) == int.from_bytes(data[-2:], "big")


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one frame."""
    kind = _check(message)
    data = message.data
    unit = str(int.from_bytes(data[4:6], "big"))
    if kind == DATA:
        yield _operation(kind, Verb.REPORT, Kind.NOTICE, unit)
        return
    version = data[1] & 0x0F
    yield Session(version=VERSIONS.get(version, f"IEEE C37.118 version {version}"), encrypted=False)
    if kind == COMMAND:
        yield _command(data, unit)
    elif kind == HEADER:
        text = readable(data[FIXED:-2] if len(data) == message.length else data[FIXED:])
        yield _operation(kind, Verb.READ, Kind.RESPONSE, unit, detail=text)
    else:
        yield from _configuration(kind, data, unit)


def _check(message: Message) -> int:
    """The kind of the frame; Malformed when it is none."""
    data = message.data
    if len(data) < 16 or data[0] != 0xAA:
        raise Malformed("no frame of C37.118")
    kind = data[1] >> 4
    if kind not in FRAMES or not data[1] & 0x0F:
        raise Malformed("frame type {kind} of version {version}", kind=kind, version=data[1] & 15)
    size = int.from_bytes(data[2:4], "big")
    if size != message.length or size < LEAST:
        raise Malformed("FRAMESIZE says {stated} bytes, there are {length}", stated=size, length=message.length)
    return kind


def _operation(kind: int, verb: Verb, way: Kind, unit: str, **more: str) -> Operation:
    return Operation(
        verb=verb,
        function=more.get("function", FRAMES[kind]),
        kind=way,
        code=more.get("code", str(kind)),
        unit=unit,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        filter=more.get("filter", f"synphasor.frtype == {kind}"),
    )


def _command(data: bytes, unit: str) -> Operation:
    """The code is what the command frame carries."""
    code = int.from_bytes(data[14:16], "big")
    name, verb, answered = COMMANDS.get(code, ("User-designated command", Verb.UNKNOWN, False))
    if code not in COMMANDS and not 0x100 <= code <= 0xFFF:
        name = "Reserved command"
    return _operation(
        COMMAND,
        verb,
        Kind.REQUEST if answered else Kind.UNCONFIRMED,
        unit,
        function=name,
        code=f"{COMMAND}:{code}",
        filter=f"synphasor.command == {code}",
    )


def _configuration(kind: int, data: bytes, unit: str) -> Iterator[Row]:
    """A configuration; a stream of one PMU names its sender, a concentrator's names the PMUs behind it.

    A configuration frame 3 may be sent in parts, of which only the first can be read by itself.
    """
    part = int.from_bytes(data[14:16], "big") if kind == CONFIGURATION_3 else WHOLE
    if part not in (WHOLE, FIRST_PART):
        yield _operation(kind, Verb.READ, Kind.RESPONSE, unit, detail=said("part {n}", n=part))
        return
    found: list[Pmu] = []
    try:
        found.extend(pmus(data, 3 if kind == CONFIGURATION_3 else 2))
    except Malformed:
        if part == WHOLE:
            raise
    names = [f"{pmu.name} ({pmu.idcode})" for pmu in found]
    shown = names if len(names) <= 20 else [*names[:20], f"{len(names) - 20} more"]
    detail = said("{n} Hz", n=found[0].nominal) if found else said("first part")
    yield _operation(kind, Verb.READ, Kind.RESPONSE, unit, object=", ".join(shown), detail=detail)
    if part == WHOLE and len(found) == 1 and found[0].name:
        yield Identity("name", found[0].name)


PROTOCOL = Protocol(
    name=_NAME,
    title="IEEE C37.118 synchrophasor",
    short="C37.118",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.READ, Verb.SUBSCRIBE, Verb.UNKNOWN}),
    specification="IEEE C37.118.2-2011, sections 6.2 to 6.6, annexes E and F (IEEE C37.118-2005 included)",
    display_filter="synphasor",
)
