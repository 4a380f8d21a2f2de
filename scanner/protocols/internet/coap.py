"""CoAP over UDP: what is asked of constrained devices, LwM2M's objects included; on any port.

Written from RFC 7252 (format in section 3, methods and codes in 5.8, 5.9 and 12.1, options in 5.10), RFC 7641
(observe), RFC 7959 (blocks), RFC 8132 (FETCH, PATCH) and OMA LwM2M 1.2 (interfaces in section 6 of its core). Payloads
are not looked at: of the query only names are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed, once
from scanner.protocols.common.text import readable
from scanner.wording import Said, joined, said

NAME = "coap"
_HEADER, _LONGEST_TOKEN = 4, 8
_TELLING = 3  # characters of a path
_GET, _POST, _PUT, _DELETE = 1, 2, 3, 4
_METHODS = {
    _GET: ("GET", Verb.READ),
    _POST: ("POST", Verb.WRITE),
    _PUT: ("PUT", Verb.WRITE),
    _DELETE: ("DELETE", Verb.FILE_DELETE),
    5: ("FETCH", Verb.READ),
    6: ("PATCH", Verb.WRITE),
    7: ("iPATCH", Verb.WRITE),
}
_WRITING = frozenset(code for code, (_, verb) in _METHODS.items() if verb is Verb.WRITE)
_PROTECTED = "OSCORE"  # a request whose method is within what is encrypted (RFC 8613 section 4.2)
_ANSWERS = {
    0x41: "2.01 Created",
    0x42: "2.02 Deleted",
    0x43: "2.03 Valid",
    0x44: "2.04 Changed",
    0x45: "2.05 Content",
    0x5F: "2.31 Continue",
    0x80: "4.00 Bad Request",
    0x81: "4.01 Unauthorized",
    0x82: "4.02 Bad Option",
    0x83: "4.03 Forbidden",
    0x84: "4.04 Not Found",
    0x85: "4.05 Method Not Allowed",
    0x86: "4.06 Not Acceptable",
    0x88: "4.08 Request Entity Incomplete",
    0x89: "4.09 Conflict",
    0x8C: "4.12 Precondition Failed",
    0x8D: "4.13 Request Entity Too Large",
    0x8F: "4.15 Unsupported Content-Format",
    0x96: "4.22 Unprocessable Entity",
    0x9D: "4.29 Too Many Requests",
    0xA0: "5.00 Internal Server Error",
    0xA1: "5.01 Not Implemented",
    0xA2: "5.02 Bad Gateway",
    0xA3: "5.03 Service Unavailable",
    0xA4: "5.04 Gateway Timeout",
    0xA5: "5.05 Proxying Not Supported",
    0xA8: "5.08 Hop Limit Reached",
}
_REFUSED = 0x80
_EMPTY = 0
_CODES = (_EMPTY, *_METHODS, *_ANSWERS)
_URI_HOST, _OBSERVE, _URI_PATH, _OSCORE, _URI_QUERY, _PROXY_URI = 3, 6, 11, 9, 15, 35
# IANA CoAP Option Numbers, with the greatest length of each.
_OPTIONS = {
    1: 8,
    _URI_HOST: 255,
    4: 8,
    5: 0,
    _OBSERVE: 3,
    7: 2,
    8: 255,
    _OSCORE: 255,
    _URI_PATH: 255,
    12: 2,
    14: 4,
    _URI_QUERY: 255,
    16: 1,
    17: 2,
    19: 3,
    20: 255,
    21: 255,
    23: 3,
    27: 3,
    28: 4,
    31: 3,
    _PROXY_URI: 1034,
    39: 255,
    60: 4,
    252: 40,
    258: 1,
    292: 8,
    2048: 65535,
    2049: 65535,
    2053: 65535,
}
_MARKER = 0xFF
_MORE = "\N{HORIZONTAL ELLIPSIS}"
_LONG_SEGMENT = re.compile(r"[A-Za-z0-9_=%~:+-]{33,}")
# LwM2M: numbers of object, instance and resource; those that change a device by themselves.
_LWM2M = re.compile(r"(?:/lwm2m)?/(\d{1,5})(/(\d{1,5}))?(/(\d{1,5}))?(/(\d{1,5}))?/?")
_EXECUTED = {
    (1, 4): ("LwM2M Disable", Verb.CONFIGURE),
    (1, 9): ("LwM2M Bootstrap-Request Trigger", Verb.CONFIGURE),
    (3, 4): ("LwM2M Reboot", Verb.RESTART),
    (3, 5): ("LwM2M Factory Reset", Verb.CONFIGURE),
    (3, 12): ("LwM2M Reset Error Code", Verb.CONFIGURE),
    (5, 2): ("LwM2M Firmware Update", Verb.FIRMWARE_UPDATE),
    (9, 4): ("LwM2M Software Install", Verb.FIRMWARE_UPDATE),
    (9, 6): ("LwM2M Software Uninstall", Verb.FIRMWARE_UPDATE),
}
_CLOCK = (3, 13)
_PACKAGE = {(5, 0), (5, 1), (9, 2), (9, 3)}  # firmware or software, or where it is
_SECURITY, _SERVER, _ACCESS = 0, 1, 2  # objects that say who may manage the device
_REGISTRATION, _BOOTSTRAP = ("rd", "bs")

# A reset has no token.
_TYPES_AND_TOKENS = [*(0x40 | kind << 4 | size for kind in range(3) for size in range(_LONGEST_TOKEN + 1)), 0x70]
FRAMING = Framing(
    name=NAME,
    delimiter=Whole(),
    sync=(Byte(0, _TYPES_AND_TOKENS), Byte(1, _CODES), Size(_HEADER)),
    ports={"udp": (5683, 5685, 61616)},
    confirmations=2,
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A message: its code, its options in their order, whether all of them are there, and are what they may be."""

    code: int
    options: tuple[tuple[int, bytes], ...]
    whole: bool

    def shows(self, number: int) -> bool:
        """Whether all options of the number are there: they stand in the order of their numbers."""
        return self.whole or any(option > number for option, _ in self.options)

    @property
    def known(self) -> bool:
        return all(len(value) <= _OPTIONS.get(number, -1) for number, value in self.options)

    def all(self, number: int) -> list[bytes]:
        return [value for option, value in self.options if option == number]


@once
def _read(message: Message) -> _Read:
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] >> 6 != 1 or data[1] not in _CODES:
        raise Malformed("no message of CoAP")
    token = data[0] & 15
    if token > _LONGEST_TOKEN or (data[1] == _EMPTY and message.length != _HEADER) or (data[1] == _EMPTY and token):
        raise Malformed("no message of CoAP")
    options, whole = _options(data, _HEADER + token, message.length)
    return _Read(data[1], options, whole)


def _options(data: bytes, at: int, length: int) -> tuple[tuple[tuple[int, bytes], ...], bool]:
    """The options, and whether all are there."""
    if at > length:
        raise Malformed("the token does not fit")
    number = 0
    found: list[tuple[int, bytes]] = []
    while at < len(data) and data[at] != _MARKER:
        try:
            delta, size, at = _option(data, at)
        except IndexError:
            break
        number += delta
        if at + size > length:
            raise Malformed("the options do not fill the message")
        if at + size > len(data):
            return tuple(found), False
        found.append((number, data[at : at + size]))
        at += size
    if at >= length - 1 and at < length and data[at : at + 1] == bytes((_MARKER,)):
        raise Malformed("a marker without a payload")
    whole = at == length or data[at : at + 1] == bytes((_MARKER,))
    if not whole and len(data) == length:
        raise Malformed("the options do not fill the message")
    return tuple(found), whole


def _option(data: bytes, at: int) -> tuple[int, int, int]:
    """(difference to the number before, length of the value, where it begins); IndexError when it is cut."""
    head, at = data[at], at + 1
    numbers = []
    for short in (head >> 4, head & 15):
        if short == 15:
            raise Malformed("an option of a length that is reserved")
        width = max(short - 12, 0)
        if at + width > len(data):
            raise IndexError
        numbers.append(int.from_bytes(data[at : at + width], "big") + (0, 13, 269)[width] if width else short)
        at += width
    return numbers[0], numbers[1], at


def probe(message: Message) -> bool:
    """Its code exists, and its options fit the message."""
    return is_well_formed(_read, message)


def proof(message: Message) -> bool:
    """A request with a path of plain text, or a registration of LwM2M, all of whose options are there."""
    try:
        found = _read(message)
    except Malformed:
        return False
    path = found.all(_URI_PATH)
    plain = all(part and part.isascii() and part.decode("ascii").isprintable() for part in path)
    registers = path in ([b"rd"], [b"bs"]) and any(part.startswith(b"ep=") for part in found.all(_URI_QUERY))
    return (
        found.code in _METHODS
        and found.whole
        and found.known
        and plain
        and (registers or sum(map(len, path)) >= _TELLING)
    )


def dissect(message: Message) -> Iterator[Row]:
    """The method with its path, or how it was answered."""
    found = _read(message)
    secured = bool(found.all(_OSCORE))
    if found.code in _METHODS:
        yield _request(found)
    elif found.code in _ANSWERS:
        refused = found.code >= _REFUSED
        yield Operation(
            verb=Verb.UNKNOWN,
            function="response",
            kind=Kind.REFUSAL if refused else Kind.RESPONSE,
            code=_ANSWERS[found.code].partition(" ")[0],
            refusal=_ANSWERS[found.code] if refused else "",
            filter=f"coap.code == {found.code}",
        )
    else:
        yield Operation(Verb.SESSION, "empty message", Kind.NOTICE, code="0.00", filter="coap.code == 0")
        return
    if secured or found.shows(_OSCORE):
        yield Session(version="CoAP 1", encrypted=None if secured else False, cipher="OSCORE" if secured else "")
    else:
        yield Session(version="CoAP 1", unread=("encrypted", "ciphers"))


def _request(found: _Read) -> Operation:
    parts = [readable(part, 60) for part in found.all(_URI_PATH)]
    path = _LONG_SEGMENT.sub(_MORE, "/" + "/".join(parts))
    names = [readable(part.partition(b"=")[0], 20) for part in found.all(_URI_QUERY) if b"=" in part]
    function, verb = _METHODS[found.code]
    if found.code == _GET and found.all(_OBSERVE):
        verb = Verb.SUBSCRIBE
    if found.all(_OSCORE):
        function, verb, path = _PROTECTED, Verb.UNKNOWN, path if parts else ""
    elif not found.shows(_URI_PATH):
        path = f"{path.rstrip('/')}/{_MORE}"
    elif meaning := _lwm2m(found.code, path, names):
        function, verb = meaning
    elif found.code == _GET and path == "/.well-known/core":
        verb = Verb.IDENTIFY
    return Operation(
        verb=verb,
        function=function,
        code=f"0.{found.code:02d}",
        object=path,
        detail=joined(_notes(found, names), "; "),
        filter=f"coap.code == {found.code}",
    )


def _notes(found: _Read, names: list[str]) -> Iterator[Said]:
    if names:
        yield said("query {names}", names=", ".join(dict.fromkeys(names)))
    if found.all(_PROXY_URI):
        yield said("through a proxy")
    if found.all(_OSCORE):
        yield said("protected by OSCORE")


def _lwm2m(code: int, path: str, names: list[str]) -> tuple[str, Verb] | None:
    """What LwM2M means by it; None where it is none of it."""
    first = path.split("/")[1]
    if first == _REGISTRATION and code in (_POST, _DELETE):
        return (
            "LwM2M De-register" if code == _DELETE else "LwM2M Register" if "ep" in names else "LwM2M Update"
        ), Verb.SESSION
    if first == _BOOTSTRAP and code == _POST and "ep" in names:
        return "LwM2M Bootstrap-Request", Verb.SESSION
    numbers = _LWM2M.fullmatch(path)
    return _managed(code, int(numbers[1]), int(numbers[5] or -1)) if numbers else None


def _managed(code: int, object_: int, resource: int) -> tuple[str, Verb] | None:
    """What a request for a resource of an object does beside reading and writing values."""
    writes = code in _WRITING
    if code == _POST and resource >= 0:
        return _EXECUTED.get((object_, resource), ("LwM2M Execute", Verb.OPERATE))
    if writes and (object_, resource) == _CLOCK:
        return "LwM2M Write", Verb.TIME_SYNC
    if writes and (object_, resource) in _PACKAGE:
        return "LwM2M Write", Verb.FIRMWARE_UPDATE
    if (writes or code == _DELETE) and object_ in (_SECURITY, _SERVER, _ACCESS):
        return ("LwM2M Delete" if code == _DELETE else "LwM2M Write"), Verb.CONFIGURE
    return None


_PAIR = (Range(2, 4),)


def _key(token: int) -> tuple[Range, ...]:
    return (Range(0, 2), Range(_HEADER + token))


def _cases() -> Iterator[Case]:
    """By the length of the token, which does not count, as the number of the message does not."""
    yield Case(NAME, (Byte(1, _EMPTY),), (Range(0, 2),), Role.NOTICE, keep=_HEADER)
    for token in range(_LONGEST_TOKEN + 1):
        size = Byte(0, [octet for octet in _TYPES_AND_TOKENS if octet & 15 == token])
        pair = (Range(_HEADER, _HEADER + token),) if token else _PAIR
        yield Case(NAME, (size, Byte(1, _METHODS)), _key(token), Role.REQUEST, pair)
        yield Case(NAME, (size, Byte(1, _ANSWERS)), (Range(0, 2),), Role.RESPONSE, pair, keep=64)


PROTOCOL = Protocol(
    name=NAME,
    title="CoAP, LwM2M",
    short="CoAP",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    opaque=(_PROTECTED,),
    dissect=dissect,
    verbs=frozenset(
        {*(v for _, v in _METHODS.values()), *(v for _, v in _EXECUTED.values())}
        | {Verb.SUBSCRIBE, Verb.IDENTIFY, Verb.OPERATE, Verb.SESSION, Verb.TIME_SYNC, Verb.UNKNOWN}
    ),
    specification="RFC 7252 sections 3, 5 and 12, RFC 7641, RFC 7959, RFC 8132, RFC 8613, OMA LwM2M 1.2",
)
