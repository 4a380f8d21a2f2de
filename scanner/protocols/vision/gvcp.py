"""GVCP, by which GigE Vision cameras are found, given addresses, read and set, on any UDP port.

Written from the GigE Vision specification 2.0, sections 15 to 19 (messages), 28 (bootstrap registers), with Wireshark's
packet-gvcp for what became of the status codes. Nobody logs in: who writes the control channel privilege first has the
camera. The images go in GVSP to the port that a write names.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Test, magic
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Related,
    Row,
    Sender,
    Session,
    Verb,
)
from scanner.protocols.common.text import printable

NAME = "gvcp"
_KEY, _HEADER = 0x42, 8
_DISCOVER, _FORCE_IP, _RESEND, _READ_REGISTER, _WRITE_REGISTER = 0x02, 0x04, 0x40, 0x80, 0x82
_READ_MEMORY, _WRITE_MEMORY, _PENDING, _EVENT, _EVENT_DATA, _ACT = 0x84, 0x86, 0x89, 0xC0, 0xC2, 0x100
COMMANDS = {
    _DISCOVER: ("Discovery", Verb.IDENTIFY),
    _FORCE_IP: ("Force IP", Verb.CONFIGURE),
    _RESEND: ("Packet Resend", Verb.READ),
    _READ_REGISTER: ("Read Register", Verb.READ),
    _WRITE_REGISTER: ("Write Register", Verb.WRITE),
    _READ_MEMORY: ("Read Memory", Verb.READ),
    _WRITE_MEMORY: ("Write Memory", Verb.WRITE),
    _EVENT: ("Event", Verb.REPORT),
    _EVENT_DATA: ("Event Data", Verb.REPORT),
    _ACT: ("Action", Verb.OPERATE),
}
_ANSWERS = {code + 1 for code in COMMANDS} - {_RESEND + 1} | {_PENDING}
# sizes of what commands carry: the smallest, the step from there, the largest
_SIZES = {
    _DISCOVER: (0, 1, 0),
    _FORCE_IP: (56, 1, 56),
    _RESEND: (12, 8, 20),
    _READ_REGISTER: (4, 4, 540),
    _WRITE_REGISTER: (8, 8, 536),
    _READ_MEMORY: (8, 1, 8),
    _WRITE_MEMORY: (8, 4, 540),
    _EVENT: (16, 4, 540),
    _EVENT_DATA: (16, 1, 9000),
    _ACT: (12, 4, 20),
}
_DEVICE = 0xF8  # bytes of an answer to a discovery
_TEXTS = (("vendor", 72, 32), ("model", 104, 32), ("firmware", 136, 32), ("serial", 216, 16), ("name", 232, 16))
_REFUSALS = {
    0x8001: "not implemented",
    0x8002: "invalid parameter",
    0x8003: "invalid address",
    0x8004: "write protect",
    0x8005: "bad alignment",
    0x8006: "access denied",
    0x8007: "busy",
}
_REGISTERS = {
    0x0014: "current IP configuration",
    0x00E8: "user-defined name",
    0x064C: "persistent IP address",
    0x065C: "persistent subnet mask",
    0x066C: "persistent default gateway",
    0x0938: "heartbeat timeout",
    0x0954: "GVCP configuration",
    0x0A00: "control channel privilege",
    0x0A04: "control switchover key",
    0x0B00: "message channel port",
    0x0B10: "message channel destination address",
    0x0D00: "stream channel port",
    0x0D04: "stream channel packet size",
    0x0D08: "stream channel packet delay",
    0x0D18: "stream channel destination address",
}
_STREAMS, _MANUFACTURERS = 0x0D00, 0xA000
_STRONGEST = (Verb.CONFIGURE, Verb.WRITE, Verb.SUBSCRIBE, Verb.SESSION)
_MOST_REGISTERS = 67  # of a write, as many as a datagram of 576 bytes has room for


def _code(data: bytes) -> int:
    return int.from_bytes(data[2:4], "big")


def probe(message: Message) -> bool:
    """A command of a size that it may have, or an answer with a status; the length is that of the datagram."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER:
        return False
    size, code = int.from_bytes(data[4:6], "big"), _code(data)
    if size + _HEADER != message.length:
        return False
    if data[0] == _KEY:
        low, step, high = _SIZES.get(code, (1, 1, 0))
        return low <= size <= high and (size - low) % step == 0
    status = int.from_bytes(data[:2], "big")
    fits = size == _DEVICE if code == _DISCOVER + 1 and status == 0 else True
    return code in _ANSWERS and fits and (status == 0 or status >> 12 == 8)


def dissect(message: Message) -> Iterator[Row]:
    """What is asked of the camera or answered by it, which registers are set, and who it is."""
    if not probe(message):
        raise Malformed("no message of GVCP")
    data, code = message.data, _code(message.data)
    yield from _asked(data, code, message.length) if data[0] == _KEY else _answered(data, code)
    yield Session(version="GigE Vision", credentials="none", encrypted=False)


def _asked(data: bytes, code: int, size: int) -> Iterator[Row]:
    name, verb = COMMANDS[code]
    target, unconfirmed = "", not data[1] & 1
    if code == _WRITE_REGISTER:
        verb, target = _written([int.from_bytes(data[at : at + 4], "big") for at in range(8, min(size, len(data)), 8)])
    elif code == _WRITE_MEMORY:
        verb, target = _written([int.from_bytes(data[8:12], "big")])
    kind = Kind.NOTICE if verb is Verb.REPORT else Kind.UNCONFIRMED if unconfirmed else Kind.REQUEST
    yield Operation(verb, name, kind, f"0x{code:04x}", object=target, filter=f"gvcp.cmd.command == {code}")
    port = _stream_port(data) if code == _WRITE_REGISTER else 0
    if port:
        yield Related("udp", port, Sender.RECEIVER, ("gvsp", ""), within=3600)


def _written(addresses: list[int]) -> tuple[Verb, str]:
    """What a write does, by the strongest of its registers, and their names."""
    verbs = [_verb(address) for address in addresses[:_MOST_REGISTERS]]
    verb = next(v for v in (*_STRONGEST, Verb.WRITE) if v in verbs or not verbs)
    named = dict.fromkeys(_register(a) for a, v in zip(addresses, verbs, strict=False) if v is verb)
    return verb, ", ".join([*named][:3]) + (", …" if len(named) > 3 else "")


def _verb(address: int) -> Verb:
    if address in (0x0A00, 0x0938):
        return Verb.SESSION
    if 0x0B00 <= address < 0x9000:
        return Verb.SUBSCRIBE
    return Verb.CONFIGURE if address < _MANUFACTURERS else Verb.WRITE


def _register(address: int) -> str:
    channel = address
    if _STREAMS <= address < 0x9000:
        channel = _STREAMS | (address - _STREAMS) & 0x3F
    return _REGISTERS.get(channel, f"register 0x{address:08x}")


def _stream_port(data: bytes) -> int:
    """The port to which images shall go, where the write begins with it; 0: none."""
    address = int.from_bytes(data[8:12], "big")
    return int.from_bytes(data[14:16], "big") if _opens_stream(address) else 0


def _opens_stream(address: int) -> bool:
    return address >> 8 == _STREAMS >> 8 and not address & 0x3F


def _answered(data: bytes, code: int) -> Iterator[Row]:
    status = int.from_bytes(data[:2], "big")
    name, verb = COMMANDS.get(code - 1, ("Pending", Verb.SESSION))
    if code - 1 in (_WRITE_REGISTER, _WRITE_MEMORY):
        verb = Verb.UNKNOWN
    refused = status != 0
    kind = Kind.REFUSAL if refused else Kind.NOTICE if code == _PENDING else Kind.RESPONSE
    refusal = f"0x{status:04x} {_REFUSALS.get(status, 'error')}" if refused else ""
    yield Operation(verb, name, kind, f"0x{code:04x}", refusal=refusal, filter=f"gvcp.ack == {code}")
    if code == _DISCOVER + 1 and not refused:
        yield from _device(data[_HEADER:])


def _device(data: bytes) -> Iterator[Row]:
    mac = ":".join(f"{b:02x}" for b in data[10:16])
    for field, at, size in _TEXTS:
        if text := printable(data[at : at + size]):
            yield Identity(field, text)
    if len(data) >= 16 and any(data[10:16]):
        yield Identity("mac", mac)
    yield Identity("role", "camera")


_ASKS, _CODE = Byte(0, _KEY), Range(2, 4)
_NUMBER = (Range(6, 8),)


def _is(code: int) -> tuple[Test, ...]:
    return magic(2, code.to_bytes(2, "big"))


def _cases() -> Iterator[Case]:
    asks = (Range(1, 4),)
    stream = (_ASKS, *_is(_WRITE_REGISTER), *magic(8, b"\0\0\x0d"), Byte(11, range(0, 256, 0x40)), Size(16))
    yield Case(NAME, stream, (*asks, Range(8, 16), Range(16, None, 8, 4)), Role.REQUEST, _NUMBER, keep=552)
    registers = (*asks, Range(8, None, 8, 4))
    yield Case(NAME, (_ASKS, *_is(_WRITE_REGISTER)), registers, Role.REQUEST, _NUMBER, keep=552)
    yield Case(NAME, (_ASKS, *_is(_WRITE_MEMORY)), (*asks, Range(8, 12)), Role.REQUEST, _NUMBER, keep=16)
    for code in (_EVENT, _EVENT_DATA):
        yield Case(NAME, (_ASKS, *_is(code)), asks, Role.NOTICE, keep=16)
    yield Case(NAME, (_ASKS,), asks, Role.REQUEST, _NUMBER, keep=16)
    device = (Range(0, 4), Range(18, 24), Range(80, None))
    yield Case(NAME, (*magic(0, b"\0\0\0\3"), Size(_HEADER + _DEVICE)), device, Role.RESPONSE, _NUMBER, keep=256)
    yield Case(NAME, _is(_PENDING), (Range(0, 4),), Role.NOTICE, keep=16)
    yield Case(NAME, (), (Range(0, 4),), Role.RESPONSE, _NUMBER, keep=16)


_CODES = {code & 0xFF for code in (*COMMANDS, *_ANSWERS)}

PROTOCOL = Protocol(
    name=NAME,
    title="GigE Vision (GVCP)",
    short="GigE Vision",
    framing=Framing(
        NAME,
        Length(at=4, width=2, add=_HEADER, minimum=_HEADER, maximum=9000),
        (Byte(0, (_KEY, 0, *range(0x80, 0x90))), Byte(2, (0, 1)), Byte(3, _CODES), Byte(4, range(0x24))),
        {"udp": (3956,)},
        2,
        pair_by_requester=True,
        unless=(Byte(2, 0), Byte(3, (0, 1))),  # no such code: that of an action, 0x0100, lends the sync its low byte
    ),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({verb for _, verb in COMMANDS.values()} | {*_STRONGEST, Verb.UNKNOWN}),
    specification="GigE Vision 2.0 sections 15 to 19 and 28; Wireshark's packet-gvcp",
)
