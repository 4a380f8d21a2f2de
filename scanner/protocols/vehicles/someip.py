"""SOME/IP: methods called, events sent and services discovered between control units, on any port of TCP and UDP.

Written from AUTOSAR FO PRS SOME/IP Protocol, sections 4.1 (header, message types, return codes) and 4.2 (segments,
magic cookies), and PRS SOME/IP Service Discovery. Nobody logs in and nothing is encrypted. What a method does only
its interface says, which is nowhere in the messages.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Sync, Test, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.vehicles._discovery import entries

NAME = "someip"
_HEADER = 16
_REQUEST, _SILENT, _EVENT, _ACKNOWLEDGED, _RESPONSE, _ERROR = 0x00, 0x01, 0x02, 0x40, 0x80, 0x81
_SEGMENT = 0x20  # flag in the type: one segment of a message
_TYPES = {
    *(_REQUEST, _SILENT, _EVENT, _ACKNOWLEDGED, 0x41, 0x42, _RESPONSE, _ERROR, 0xC0, 0xC1),
    *(_REQUEST | _SEGMENT, _SILENT | _SEGMENT, _EVENT | _SEGMENT, _RESPONSE | _SEGMENT, _ERROR | _SEGMENT),
}
_REFUSALS = {
    1: "not ok",
    2: "unknown service",
    3: "unknown method",
    4: "not ready",
    5: "not reachable",
    6: "timeout",
    7: "wrong protocol version",
    8: "wrong interface version",
    9: "malformed message",
    10: "wrong message type",
    11: "E2E repeated",
    12: "E2E wrong sequence",
    13: "E2E error",
    14: "E2E not available",
    15: "E2E no new data",
}
_LAST_CODE = 0x5E
_DISCOVERY = b"\xff\xff\x81\0"
_COOKIES = (b"\xff\xff\0\0", b"\xff\xff\x80\0")
MAX_MESSAGE = 1 << 20  # bytes; the specification has no ceiling over TCP


def _check(message: Message) -> None:
    """Length, version, type and code agree with the specification, or Malformed."""
    data = message.data
    if message.transport not in ("tcp", "udp") or len(data) < _HEADER or data[12] != 1 or data[14] not in _TYPES:
        raise Malformed("no message of SOME/IP")
    if int.from_bytes(data[4:8], "big") + 8 != message.length or data[15] > _LAST_CODE:
        raise Malformed("no message of SOME/IP")
    asks = data[14] & 0x9F in (_REQUEST, _SILENT, _EVENT)
    if asks and data[15]:
        raise Malformed("no message of SOME/IP")
    event = data[2] >= 0x80
    if not _special(data) and event != (data[14] & 0x9F == _EVENT) and data[14] < _RESPONSE:
        raise Malformed("no message of SOME/IP")
    if data.startswith(_DISCOVERY):
        list(entries(data, _HEADER, message.length))


def _special(data: bytes) -> bool:
    return data.startswith((_DISCOVERY, *_COOKIES))


def probe(message: Message) -> bool:
    """A header whose fields agree with each other; events have numbers of their own."""
    return is_well_formed(_check, message)


def dissect(message: Message) -> Iterator[Row]:
    """Which method of which service is called, or what service discovery says."""
    _check(message)
    data = message.data
    yield Session(version="SOME/IP 1", credentials="none", encrypted=False)
    if data.startswith(_DISCOVERY):
        yield from entries(data, _HEADER, message.length)
    elif data.startswith(_COOKIES):
        yield Operation(Verb.SESSION, "magic cookie", Kind.NOTICE, filter="someip.serviceid == 0xffff")
    elif data[14] & _SEGMENT and not _begins(data):
        yield Operation(Verb.SESSION, "segment", Kind.NOTICE, filter="someip.messagetype.tp == 1")
    else:
        yield _call(data)


def _begins(data: bytes) -> bool:
    """The first segment of a message (offset 0 behind the header)."""
    return data[16:19] == bytes(3) and len(data) > 19 and data[19] < 16


def _call(data: bytes) -> Operation:
    service, method = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
    kind, code = data[14] & ~_SEGMENT, data[15]
    event = method >= 0x8000
    refused = kind == _ERROR or (kind == _RESPONSE and code)
    asked = {_REQUEST: Kind.REQUEST, _SILENT: Kind.UNCONFIRMED, _RESPONSE: Kind.RESPONSE, _ERROR: Kind.REFUSAL}
    refusal = _REFUSALS.get(code, f"code {code}") if code or kind == _ERROR else ""
    return Operation(
        Verb.REPORT if event else Verb.UNKNOWN,
        f"{'event' if event else 'method'} 0x{method:04x}",
        Kind.REFUSAL if refused else asked.get(kind, Kind.NOTICE),
        code=f"0x{service:04x}:0x{method:04x}",
        object=f"service 0x{service:04x}",
        refusal=refusal if refused else "",
        filter=f"someip.serviceid == 0x{service:04x} && someip.methodid == 0x{method:04x}",
    )


_CALLED, _MEANING, _PAIR = Range(0, 4), Range(12, 16), (Range(0, 4), Range(8, 12))


def _cases() -> Iterator[Case]:
    found = (_CALLED, _MEANING, Range(_HEADER))
    yield Case(NAME, magic(0, _DISCOVERY), found, Role.NOTICE, keep=1024)
    segments = Byte(14, [kind for kind in _TYPES if kind & _SEGMENT])
    first: tuple[Test, ...] = (segments, *magic(16, bytes(3)), Byte(19, range(16)))
    key = (_CALLED, _MEANING)
    for tests, keep in ((first, 20), ((), _HEADER)):
        size = (*key, Range(16, 20)) if tests else key
        if not tests:
            yield Case(NAME, (segments,), (Range(14, 15),), Role.NOTICE, keep=20)
        for kinds, role in (((_REQUEST, 0x20), Role.ASKS), ((_RESPONSE, _ERROR, 0xA0, 0xA1), Role.ANSWERS)):
            yield Case(NAME, (*tests, Byte(14, kinds)), size, role, _PAIR, keep=keep)
        yield Case(NAME, tests, size, Role.NOTICE, keep=keep)


_FRAMES = Length(at=4, width=4, add=8, minimum=_HEADER, maximum=MAX_MESSAGE)
_SYNC: tuple[Sync, ...] = (
    Byte(4, 0),
    Byte(5, range(16)),
    Byte(12, 1),
    Byte(14, _TYPES),
    Byte(15, range(_LAST_CODE + 1)),
    Size(_HEADER),
)
_FINDS: tuple[Sync, ...] = (*magic(0, _DISCOVERY), Byte(4, 0), Byte(5, 0), *magic(12, b"\1\1\2\0"), Size(28))

PROTOCOL = Protocol(
    name=NAME,
    title="SOME/IP",
    framing=Framing(NAME, _FRAMES, _SYNC, {"udp": (30490,), "tcp": ()}, 2),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.IDENTIFY, Verb.REPORT, Verb.SUBSCRIBE, Verb.UNKNOWN}),
    specification="AUTOSAR FO PRS SOME/IP Protocol sections 4.1 and 4.2, PRS SOME/IP Service Discovery section 4.1",
    more_framings=(Framing(f"{NAME}-discovery", _FRAMES, _FINDS, {"udp": ()}, 1),),
)
