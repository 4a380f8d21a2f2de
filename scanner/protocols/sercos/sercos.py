"""SERCOS III: telegrams of master and slaves, communication phases, device addresses, service channels (0x88CD).

Written from IEC 61158-4-16 and -6-16 (SERCOS III V1.3: header with telegram type and phase; MDT and AT in each phase;
service channel) and IEC 61491 (IDNs).

Only in phases CP1 and CP2 the service channels have fixed places: 128 slaves a telegram, six bytes each. From CP3 on
the master has told every slave where its own is, so that those telegrams are cyclic data as far as one of them tells.
An access to a parameter takes several steps: the opening names the IDN, later ones read or write elements of whatever
is open. Other traffic in the unified communication channel has EtherTypes of its own.

The master sends the ATs too, and slaves fill them in while they pass: source and target say nothing about a slave.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.sercos._idn import idn_name
from scanner.wording import joined, said, verbatim

_NAME = "sercos"
_HEADER = 6  # telegram type, phase, CRC
_SECONDARY, _AT, _RESERVED = 0x80, 0x40, 0x10
_SWITCHING, _PHASE = 0x80, 0x0F
_SLAVES, _CHANNEL = 128, 6  # in a telegram of CP1 and CP2; bytes of a service channel
_NO_DEVICE = 0xFFFF

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, bits(_RESERVED | 0x0C, 0)), Byte(1, {b for b in range(256) if b & _PHASE <= 4})),
    ports={"ethertype": (0x88CD,)},
    confirmations=1,
    anywhere=False,
)

# --- which bytes are meaning ----------------------------------------------------------------------------------------
# The telegram type and, by the case, the phase: the counter of cycles is in the same byte. Of the service channels the
# controlling byte of every slave, and all of the first one (of the first KEYED) that opens an IDN or answers an error.

KEYED = 32
_MDT_TYPE, _AT_TYPE = Byte(0, bits(_AT, 0)), Byte(0, bits(_AT, _AT))
_OPENING, _FAILED = bits(0x38, 0x08), bits(0x04, 0x04)
_TYPE, _STATES = Range(0, 1), Range(_HEADER, _HEADER + _SLAVES * _CHANNEL, _CHANNEL, 1)


def _case(*tests: Byte, key: tuple[Range, ...] = ()) -> Case:
    return Case(_NAME, tests, (_TYPE, *key), Role.NOTICE, keep=1536)


def _phase(value: int) -> Byte:
    return Byte(1, bits(_SWITCHING | _PHASE, value))


def _channels(phase: int) -> Iterator[Case]:
    for kind, telling in ((_MDT_TYPE, _OPENING), (_AT_TYPE, _FAILED)):
        for at in range(_HEADER, _HEADER + KEYED * _CHANNEL, _CHANNEL):
            yield _case(kind, _phase(phase), Byte(at, telling), key=(_STATES, Range(at, at + _CHANNEL)))
    yield _case(_phase(phase), key=(_STATES,))


CASES = (
    _case(_AT_TYPE, _phase(0), key=(Range(_HEADER, 1030),)),
    _case(_phase(0), key=(Range(_HEADER, 10),)),
    *_channels(1),
    *_channels(2),
    _case(_phase(3)),
    _case(_phase(4)),
    *(_case(_phase(_SWITCHING | phase)) for phase in range(5)),
)

# --- dissection -----------------------------------------------------------------------------------------------------

_ELEMENTS = {
    1: "IDN",
    2: "name",
    3: "attribute",
    4: "unit",
    5: "minimum",
    6: "maximum",
    7: "operation data",
}
_LAST, _WRITE = 0x04, 0x02
_ERRORS = {
    0x1001: "No IDN",
    0x7004: "Operation data cannot be changed (read only)",
    0x7005: "Operation data is write-protected at this time",
    0x7006: "Operation data is smaller than the minimum input value",
    0x7007: "Operation data is greater than the maximum input value",
    0x7008: "Invalid operation data",
    0x7009: "Operation data is write-protected by a password",
    0x700A: "Operation data is write-protected, it is configured cyclically",
    0x7010: "Procedure command already active",
    0x7012: "Procedure command at this time not executable",
}


def probe(message: Message) -> bool:
    """A telegram type and a phase that exist, in a frame."""
    data = message.data
    if message.transport != "ethernet" or len(data) < 2 or message.length < _HEADER:
        return False
    return not data[0] & (_RESERVED | 0x0C) and data[1] & _PHASE <= 4


def dissect(message: Message) -> Iterator[Row]:
    """The telegram; in CP1 and CP2 what each service channel in use does."""
    data = message.data
    if not probe(message) or len(data) < _HEADER:
        raise Malformed("no SERCOS telegram")
    phase, switching = data[1] & _PHASE, bool(data[1] & _SWITCHING)
    answer = bool(data[0] & _AT)
    rows: list[Operation] = []
    if phase in (1, 2) and not switching:
        if message.length < _HEADER + _SLAVES * (_CHANNEL + 4):
            raise Malformed("telegram of {length} bytes in CP{phase}", length=message.length, phase=phase)
        rows = list((_answers if answer else _requests)(data))
    yield from rows or [_telegram(data, phase, switching=switching)]
    if not answer:
        yield Identity("role", "controller")


def _named(data: bytes) -> str:
    return f"{'AT' if data[0] & _AT else 'MDT'}{data[0] & 0x03}"


def _operation(data: bytes, verb: Verb, function: str, kind: Kind = Kind.NOTICE, **more: str) -> Operation:
    phase = data[1] & (_SWITCHING | _PHASE)
    return Operation(
        verb=verb,
        function=function,
        kind=kind,
        code=_named(data),
        unit=more.get("unit", ""),
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"siii.type == {data[0] >> 6 & 1} && siii.telno == {data[0] & 3} && siii.mst.phase == 0x{phase:02x}",
    )


def _telegram(data: bytes, phase: int, *, switching: bool) -> Operation:
    """A telegram as a whole. In CP0 an AT collects the addresses of the slaves."""
    at = bool(data[0] & _AT)
    function = "Device Telegram (AT)" if at else "Master Data Telegram (MDT)"
    words: list[str] = [said("switching to {name}", name=f"CP{phase}") if switching else verbatim(f"CP{phase}")]
    words.append(said("secondary channel" if data[0] & _SECONDARY else "primary channel"))
    if switching:
        return _operation(data, Verb.REPORT if at else Verb.MODE_CHANGE, function, detail=joined(words))
    if phase == 0:
        words += _addresses(data) if at else _version(data)
        return _operation(data, Verb.IDENTIFY if at else Verb.SESSION, function, detail=joined(words))
    return _operation(data, Verb.REPORT, function, detail=joined(words))


def _addresses(data: bytes) -> list[str]:
    """The sequence counter, which every slave counts up from 1, and what each wrote in its place."""
    if len(data) < _HEADER + 2:
        return []
    count = max(0, (int.from_bytes(data[6:8], "little") & 0x1FF) - 1)
    fields = (int.from_bytes(data[at : at + 2], "little") for at in range(8, min(len(data) - 1, 8 + 2 * count), 2))
    known = [str(f) if f else "none" for f in fields if f != _NO_DEVICE]
    shown = ", ".join(known[:16]) + (", …" if len(known) > 16 else "")
    return [said("{n} devices with addresses {names}" if known else "{n} devices", n=count, names=shown)]


def _version(data: bytes) -> list[str]:
    """Communication version: whether the master allocates addresses remotely, how many telegrams CP1 and CP2 have."""
    if len(data) < _HEADER + 4:
        return []
    word = int.from_bytes(data[6:10], "little")
    words: list[str] = [said("{n} MDTs and ATs in CP1 and CP2", n=4 if word & 0x30000 else 2)]
    if word & 0xFF00:
        words.append(said("remote address allocation"))
    return words


def _slaves(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(slave in the order of the ring, its service channel)."""
    first = (data[0] & 3) * _SLAVES
    for number in range(_SLAVES):
        at = _HEADER + number * _CHANNEL
        channel = data[at : at + _CHANNEL]
        if len(channel) == _CHANNEL:
            yield said("device {n}", n=first + number), channel


def _requests(data: bytes) -> Iterator[Operation]:
    """Service channels of an MDT: the control word has element, last step, write, handshake."""
    for unit, channel in _slaves(data):
        element, writes = channel[0] >> 3 & 7, bool(channel[0] & _WRITE)
        if element == 1:
            number = int.from_bytes(channel[2:4], "little")
            name = idn_name(number, channel[5], channel[4])
            yield _operation(data, Verb.SESSION, "Service channel: open IDN", Kind.REQUEST, unit=unit, object=name)
        elif element:
            verb = Verb.READ if not writes else Verb.WRITE if element == 7 else Verb.CONFIGURE
            what = f"Service channel: {'write' if writes else 'read'} {_ELEMENTS[element]}"
            yield _operation(data, verb, what, Kind.REQUEST, unit=unit)


def _answers(data: bytes) -> Iterator[Operation]:
    """Service channels of an AT: only errors say by themselves what they are."""
    for unit, channel in _slaves(data):
        if channel[0] & 0x04:
            code = int.from_bytes(channel[2:4], "little")
            reason = f"{_ERRORS.get(code, 'service channel error')} (0x{code:04X})"
            yield _operation(data, Verb.SESSION, "Service channel", Kind.REFUSAL, unit=unit, refusal=reason)


PROTOCOL = Protocol(
    name=_NAME,
    title="SERCOS III",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {Verb.REPORT, Verb.SESSION, Verb.IDENTIFY, Verb.MODE_CHANGE, Verb.READ, Verb.WRITE, Verb.CONFIGURE}
    ),
    specification="IEC 61158-4-16 and -6-16 (header, MDT and AT, service channel), IEC 61491 (IDNs)",
    display_filter="siii",
)
