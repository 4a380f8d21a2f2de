"""SAE J1939: who claims which address, what is asked for, diagnostic messages that clear, stop or rewrite.

SAE J1939-21 (parameter groups, transport), J1939-73 (diagnostic messages), J1939-81 (addresses and names). Only
groups that J1939 itself assigns are taken for it; other extended identifiers are frames like any others. The source
address is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.canbus._frame import FRAMING, CanFrame, can_frame
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import said

_NAME = "j1939"
_CLAIM, _REQUEST, _MEMORY, _COMMANDED = 0xEE00, 0xEA00, 0xD900, 0xFED8
_GROUPS = {
    _CLAIM: ("Address Claimed", Verb.IDENTIFY),
    _REQUEST: ("Request", Verb.READ),
    0xE800: ("Acknowledgement", Verb.REPORT),
    0xEC00: ("Transport Protocol, connection management", Verb.SESSION),
    0xEB00: ("Transport Protocol, data transfer", Verb.UNKNOWN),
    0xD700: ("DM16 Binary data transfer", Verb.UNKNOWN),
    0xD800: ("DM15 Memory access response", Verb.REPORT),
    _MEMORY: ("DM14 Memory access request", Verb.READ),
    0xDF00: ("DM13 Stop start broadcast", Verb.CONFIGURE),
    0x0000: ("TSC1 Torque and speed control", Verb.OPERATE),
    0xF003: ("EEC2 Electronic engine controller 2", Verb.REPORT),
    0xF004: ("EEC1 Electronic engine controller 1", Verb.REPORT),
    0xFECA: ("DM1 Active trouble codes", Verb.REPORT),
    0xFECB: ("DM2 Previously active trouble codes", Verb.REPORT),
    0xFECC: ("DM3 Clear previously active trouble codes", Verb.CONFIGURE),
    0xFED3: ("DM11 Clear active trouble codes", Verb.CONFIGURE),
    _COMMANDED: ("Commanded Address", Verb.CONFIGURE),
    0xFEDA: ("Software Identification", Verb.IDENTIFY),
    0xFEEB: ("Component Identification", Verb.IDENTIFY),
    0xFEEC: ("Vehicle Identification", Verb.IDENTIFY),
}
_MEMORY_COMMANDS = {  # bits 4 to 2 of the second byte
    0: ("erase", Verb.PROGRAM_DOWNLOAD),
    1: ("read", Verb.PROGRAM_UPLOAD),
    2: ("write", Verb.PROGRAM_DOWNLOAD),
    3: ("status", Verb.READ),
    4: ("completed", Verb.READ),
    5: ("failed", Verb.READ),
    6: ("boot load", Verb.FIRMWARE_UPDATE),
    7: ("EDCP generation", Verb.READ),
}
_ADDRESSED = 0xF0  # formats below have the target in the identifier
_ALL = 255
_WITHOUT_PRIORITY = 0x3FFFFFF
_NAMED = {group >> 8 for group in _GROUPS if group >> 8 < _ADDRESSED}
_TOLD = (_CLAIM, _MEMORY, _REQUEST)
_APART = {*range(256)} - {*range(0x80, 0xA0)}


def _cases() -> Iterator[Case]:
    """The identifier, in either byte order; of three groups what they ask for, or the name.

    In the order of the machine only where the first byte is none of an identifier of 29 bits in the other; and where
    all else of an identifier is 0, it is one of 11 bits in the other.
    """
    content = (Range(0, 5), Range(8, 16))
    for first, form, low, source, sources in ((0, 1, 2, 3, range(256)), (3, 2, 1, 0, _APART)):
        page = Byte(first, bits(0xE3, 0x80)), Byte(source, sources)  # data page 0
        for group in _TOLD:
            yield Case(_NAME, (*page, Byte(form, group >> 8)), content, Role.NOTICE, most=1024)
        zero = page[0], Byte(source, {*sources} - {0}), Byte(form, 0)
        yield Case(_NAME, zero, (Range(0, 5),), Role.NOTICE, most=1024)
        others = _NAMED - {0} - {group >> 8 for group in _TOLD}
        yield Case(_NAME, (*page, Byte(form, others)), (Range(0, 5),), Role.NOTICE, most=1024)
        for high in (0xF0, 0xFE):
            lows = {group & 0xFF for group in _GROUPS if group >> 8 == high}
            yield Case(_NAME, (*page, Byte(form, high), Byte(low, lows)), (Range(0, 5),), Role.NOTICE, most=1024)


def probe(message: Message) -> bool:
    """A group that J1939 assigns, with eight bytes, or three of a request."""
    return is_well_formed(_parts, message)


def proof(message: Message) -> bool:
    """A name with its reserved bit 0 whose source has that address, or a request for a group that exists."""
    group, _, _, frame = _parts(message)
    data = frame.data
    if group == _CLAIM:
        return data[6] & 1 == 0 and data != bytes(8) and data != b"\xff" * 8
    return group == _REQUEST and int.from_bytes(data[:3], "little") in _GROUPS


def _parts(message: Message) -> tuple[int, int, int, CanFrame]:
    """(group, target, source, frame)."""
    frame = can_frame(message)
    form, specific, source = (frame.identifier >> 16 & 0xFF, frame.identifier >> 8 & 0xFF, frame.identifier & 0xFF)
    group, target = (form << 8, specific) if form < _ADDRESSED else (form << 8 | specific, _ALL)
    fine = frame.extended and not frame.remote and not frame.error and frame.identifier >> 24 & 3 == 0
    if not fine or group not in _GROUPS or len(frame.data) != (3 if group == _REQUEST else 8):
        raise Malformed("no J1939 message")
    return group, target, source, frame


def dissect(message: Message) -> Iterator[Row]:
    """The parameter group, from whom to whom."""
    group, target, source, frame = _parts(message)
    data = frame.data
    function, verb = _GROUPS[group]
    detail = said("to {name}", name=str(target)) if target != _ALL else said("to all")
    thing = f"PGN {group}"
    if group == _REQUEST:
        wanted = int.from_bytes(data, "little")
        thing = f"PGN {wanted}"
    elif group == _MEMORY:
        command, verb = _MEMORY_COMMANDS[data[1] >> 1 & 7]
        thing = f"PGN {group}, {command}"
    elif group == _CLAIM:
        name = int.from_bytes(data, "little")
        detail = said("manufacturer {n}, function {m}", n=name >> 21 & 0x7FF, m=name >> 40 & 0xFF)
    yield Operation(
        verb=verb,
        function=function,
        kind=Kind.UNCONFIRMED if verb not in (Verb.REPORT, Verb.UNKNOWN, Verb.IDENTIFY) else Kind.NOTICE,
        code=str(group),
        unit=str(source),
        object=thing,
        detail=detail,
        filter=f"can.id & 0x{_WITHOUT_PRIORITY:x} == 0x{frame.identifier & _WITHOUT_PRIORITY:x}",
    )
    yield Session(version="J1939", credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="SAE J1939",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in (*_GROUPS.values(), *_MEMORY_COMMANDS.values())}),
    opaque=("Transport Protocol*", "DM16*"),
    specification="SAE J1939-21, J1939-73, J1939-81",
)
