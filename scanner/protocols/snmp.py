"""SNMP versions 1, 2c and 3 over UDP, on any port: version, operation, kind of credentials.

Written from RFC 1157 (version 1), RFC 3416 (PDUs of version 2), RFC 3412 section 6 and RFC 3414 (version 3). The
community is never kept in a row; that it is one that everybody knows is. How a request was answered stands at no fixed
place in the message, so operations are counted as notices: their outcome is not observed.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.descriptor import Byte, Case, Field, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

PDUS = {
    0xA0: ("GetRequest", Verb.READ),
    0xA1: ("GetNextRequest", Verb.READ),
    0xA2: ("Response", Verb.READ),
    0xA3: ("SetRequest", Verb.WRITE),
    0xA4: ("Trap", Verb.REPORT),
    0xA5: ("GetBulkRequest", Verb.READ),
    0xA6: ("InformRequest", Verb.REPORT),
    0xA7: ("SNMPv2-Trap", Verb.REPORT),
    0xA8: ("Report", Verb.REPORT),
}
_VERSIONS = {0: "SNMPv1", 1: "SNMPv2c", 3: "SNMPv3"}
_WELL_KNOWN = frozenset(
    {b"public", b"private", b"admin", b"default", b"community", b"manager", b"snmp", b"write", b"read"}
)


def _framing(name: str, at: int, *length: Byte) -> Framing:
    """``at`` is where the version's INTEGER begins: behind a length of one, two or three bytes."""
    version = (Byte(at, 2), Byte(at + 1, 1), Byte(at + 2, _VERSIONS), Byte(at + 3, (0x04, 0x30)))
    return Framing(name, Whole(), (Byte(0, 0x30), *length, *version, Size(at + 8)), {"udp": (161, 162)}, 1)


FRAMING = _framing("snmp", 2, Byte(1, range(0x80)))
MEDIUM = _framing("snmp-81", 3, Byte(1, 0x81))
LONG = _framing("snmp-82", 4, Byte(1, 0x82))


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """(tag, contents as far as they go, where the next element begins) of the BER element at ``at``."""
    if at + 2 > len(data):
        raise Malformed("element cut short")
    tag, size, start = data[at], data[at + 1], at + 2
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= 3 or start + width > len(data):
            raise Malformed("length of an element")
        size, start = int.from_bytes(data[start : start + width], "big"), start + width
    return tag, data[start : start + size], start + size


def _parse(data: bytes) -> tuple[int, bytes, int]:
    """(version, body, offset behind the version) of a message."""
    tag, body, _ = _element(data, 0)
    kind, version, at = _element(body, 0)
    if tag != 0x30 or kind != 0x02 or len(version) != 1 or version[0] not in _VERSIONS:
        raise Malformed("no SNMP message")
    return version[0], body, at


def probe(message: Message) -> bool:
    """A sequence of a version that exists and a community, or the header of version 3."""
    if message.transport != "udp":
        return False
    try:
        version, body, at = _parse(message.data)
        tag, community, at = _element(body, at)
        return tag == 0x30 if version == 3 else tag == 0x04 and len(community) <= 255 and body[at : at + 1] in _TAGS
    except Malformed:
        return False


_TAGS = tuple(bytes((tag,)) for tag in PDUS) + (b"",)


def dissect(message: Message) -> Iterator[Row]:
    """Version, operation, and what protects it."""
    version, body, at = _parse(message.data)
    if version == 3:
        yield from _version_3(body, at)
        return
    tag, community, at = _element(body, at)
    if tag != 0x04:
        raise Malformed("no community")
    pdu = body[at] if at < len(body) else 0
    if pdu in PDUS:
        function, verb = PDUS[pdu]
        yield Operation(verb, function, Kind.NOTICE, f"0x{pdu:02X}", filter=f"snmp && snmp.version == {version}")
    yield Session(
        version=_VERSIONS[version],
        credentials="community",
        encrypted=False,
        detail="well-known community" if community.lower() in _WELL_KNOWN else "",
    )


def _version_3(body: bytes, at: int) -> Iterator[Row]:
    """The flags of the header say whether the message is authenticated and encrypted."""
    tag, header, at = _element(body, at)
    place = 0
    _, _, place = _element(header, place)  # msgID
    _, _, place = _element(header, place)  # msgMaxSize
    kind, flags, _ = _element(header, place)
    if tag != 0x30 or kind != 0x04 or len(flags) != 1:
        raise Malformed("header of version 3")
    level = {0: "noAuthNoPriv", 1: "authNoPriv", 3: "authPriv"}.get(flags[0] & 3, "privacy without authentication")
    yield Operation(Verb.SESSION, "SNMPv3 message", Kind.NOTICE, detail=level, filter="snmp.msgVersion == 3")
    yield Session(version="SNMPv3", encrypted=bool(flags[0] & 2), detail=level)


_NAME = "snmp"


def _cases(at: int, *length: Byte) -> Iterator[Case]:
    """Versions 1 and 2c: up to the PDU's tag behind the community, without request identifier, values and lengths.
    Version 3: the flags, the fourth byte from the end of a header of 13 to 19 bytes; identifiers are new every time.
    """
    when = (Byte(0, 0x30), *length, Byte(at, 2), Byte(at + 1, 1))
    community = Range(at, Field(at + 4, 1, add=at + 6))
    yield Case(_NAME, (*when, Byte(at + 2, (0, 1)), Byte(at + 3, 0x04)), (community,), Role.NOTICE, keep=320)
    for size in range(13, 20):
        flags = at + 5 + size - 4
        key = (Range(at, at + 4), Range(flags, flags + 1))
        yield Case(_NAME, (*when, Byte(at + 2, 3), Byte(at + 3, 0x30), Byte(at + 4, size)), key, Role.NOTICE, keep=64)


PROTOCOL = Protocol(
    name=_NAME,
    title="SNMP",
    framing=FRAMING,
    cases=(*_cases(2, Byte(1, range(0x80))), *_cases(3, Byte(1, 0x81)), *_cases(4, Byte(1, 0x82))),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.WRITE, Verb.REPORT, Verb.SESSION}),
    specification="RFC 1157 section 4, RFC 3416 section 3, RFC 3412 section 6, RFC 3414 section 2.4",
    industrial=False,
    more_framings=(MEDIUM, LONG),
)
