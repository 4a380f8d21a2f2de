"""SNMP versions 1, 2c and 3 over UDP and TCP, on any port: version, operation, kind of credentials.

Written from RFC 1157 (version 1), RFC 3430 (over TCP), RFC 3416 (PDUs of version 2, error-status in section 3), RFC
3412 section 6 and RFC 3414 (version 3). The community is never kept in a row; that it is one that everybody knows is. A
response repeats the request-id; its error-status is the outcome. Of a set the first object is told, never the value.
Messages of
version 3 are not paired: what they ask is encrypted, or behind a header of no fixed length. Of those in clear a set is
told all the same. Before a manager authenticates, it asks for the engine of the agent without a user (RFC 3414 section
4), and an agent may report an error without authentication: neither says that a user comes without.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from scanner.framing.language import (
    BerElements,
    Byte,
    Case,
    Field,
    Framing,
    Length,
    Nth,
    Part,
    Range,
    Role,
    Size,
    Test,
    Whole,
)
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import said

RESPONSE, SET, REPORT = 0xA2, 0xA3, 0xA8
PDUS = {
    0xA0: ("GetRequest", Verb.READ, Kind.REQUEST),
    0xA1: ("GetNextRequest", Verb.READ, Kind.REQUEST),
    RESPONSE: ("Response", Verb.UNKNOWN, Kind.RESPONSE),
    SET: ("SetRequest", Verb.WRITE, Kind.REQUEST),
    0xA4: ("Trap", Verb.REPORT, Kind.NOTICE),
    0xA5: ("GetBulkRequest", Verb.READ, Kind.REQUEST),
    0xA6: ("InformRequest", Verb.REPORT, Kind.REQUEST),
    0xA7: ("SNMPv2-Trap", Verb.REPORT, Kind.NOTICE),
    REPORT: ("Report", Verb.REPORT, Kind.NOTICE),
}
_REQUESTS = tuple(tag for tag, (_, _, kind) in PDUS.items() if kind is Kind.REQUEST)
# error-status by number, RFC 3416 section 3
ERRORS = (
    *("noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength"),
    *("wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed"),
    *("undoFailed", "authorizationError", "notWritable", "inconsistentName"),
)
_SEQUENCE, _INTEGER, _OCTETS, _OBJECT = 0x30, 0x02, 0x04, 0x06
_FORMAT, _ADDRESS_FORMATS = 4, (1, 2)  # where the identifier of an engine says what follows; an IPv4 or IPv6 address
_VERSIONS = {0: "SNMPv1", 1: "SNMPv2c", 3: "SNMPv3"}
_WELL_KNOWN = frozenset(
    {
        *(b"public", b"private", b"admin", b"default", b"community", b"manager", b"snmp", b"write", b"read"),
        *(
            b"cisco",
            b"ilmi",
            b"cable-docsis",
            b"secret",
            b"security",
            b"snmpd",
            b"monitor",
            b"netman",
            b"root",
            b"test",
        ),
    }
)


# Behind a length of one, two or three bytes stand the version's INTEGER and the community or the header of version 3:
# what bytes 4 and 5 can be in any of these forms. One framing, because questions and answers differ in their length.
FRAMING = Framing(
    name="snmp",
    delimiter=Whole(),
    sync=(
        Byte(0, 0x30),
        Byte(1, (*range(0x80), 0x81, 0x82)),
        Byte(4, (*_VERSIONS, 1, 2)),
        Byte(5, (*_VERSIONS, 1, 0x04, 0x30)),
        Size(10),
    ),
    ports={"udp": (161, 162)},
    confirmations=1,
)

_HEADS = {0x84: 6, 0x83: 5, 0x82: 4, 0x81: 3}  # first byte of a long length -> bytes of tag and length
_SHORT = range(0x80)


def _of_form(form: int) -> tuple[Byte, ...]:
    """What begins a message whose length is written so; 0: in one byte."""
    at = _HEADS.get(form, 2)
    return Byte(0, 0x30), Byte(1, form or _SHORT), Byte(at, 0x02), Byte(at + 1, 1)


def _more_framings() -> Iterator[Framing]:
    """Datagrams with a length of three or four bytes, and messages over TCP (RFC 3430)."""
    for form, at in {**_HEADS, 0: 2}.items():
        for number, (versions, tag) in enumerate(((range(2), 0x04), (range(3, 4), 0x30))):
            begins = (*_of_form(form), Byte(at + 2, versions), Byte(at + 3, tag))
            if form in (0x83, 0x84):
                yield Framing(f"snmp-{form:x}-{number}", Whole(), (*begins, Size(10)), {"udp": ()}, 1)
            cut = Length(2, at - 2, at, minimum=10) if form else Length(1, 1, at, minimum=10)
            yield Framing(f"snmp-tcp-{form:x}-{number}", cut, begins, {"tcp": (161, 162)}, 1)


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """(tag, contents as far as they go, where the next element begins) of the BER element at ``at``."""
    if at + 2 > len(data):
        raise Malformed("element cut short")
    tag, size, start = data[at], data[at + 1], at + 2
    if size & 0x80:
        width = size & 0x7F
        if not 1 <= width <= 4 or start + width > len(data):
            raise Malformed("length of an element")
        size, start = int.from_bytes(data[start : start + width], "big"), start + width
    return tag, data[start : start + size], start + size


def _parse(data: bytes) -> tuple[int, bytes, int]:
    """(version, body, offset behind the version) of a message. Its own length is no part of the key and is not used."""
    tag, _, _ = _element(data, 0)
    body = data[2 + (data[1] & 0x7F if data[1] & 0x80 else 0) :]
    kind, version, at = _element(body, 0)
    if tag != 0x30 or kind != 0x02 or len(version) != 1 or version[0] not in _VERSIONS:
        raise Malformed("no SNMP message")
    return version[0], body, at


def probe(message: Message) -> bool:
    """A sequence of a version that exists and a community, or the header of version 3."""
    if message.transport not in ("udp", "tcp"):
        return False
    try:
        version, body, at = _parse(message.data)
        tag, community, at = _element(body, at)
        return tag == 0x30 if version == 3 else tag == 0x04 and len(community) <= 255 and _is_pdu(body[at : at + 1])
    except Malformed:
        return False


def _is_pdu(tag: bytes) -> bool:
    """The tag of a PDU, also of a type that nobody knows; or what follows was not kept."""
    return not tag or tag[0] & 0xE0 == 0xA0


def dissect(message: Message) -> Iterator[Row]:
    """Version, operation, and what protects it."""
    version, body, at = _parse(message.data)
    if version == 3:
        yield from _version_3(message, body, at)
        return
    tag, community, at = _element(body, at)
    if tag != 0x04:
        raise Malformed("no community")
    pdu = body[at] if at < len(body) else 0
    if pdu in PDUS:
        function, verb, kind = PDUS[pdu]
        fields = _contents(body, at)
        refusal = _refusal(fields) if pdu == RESPONSE else ""
        yield Operation(
            verb=verb,
            function=function,
            kind=Kind.REFUSAL if refusal else kind,
            code=f"0x{pdu:02X}",
            object=_first_object(fields) if pdu == SET else "",
            refusal=refusal,
            filter=f"snmp.version == {version} && snmp.data == {pdu & 0x1F}",
        )
    elif pdu:
        yield _unknown(message, pdu, f"snmp.version == {version}")
    yield Session(
        version=_VERSIONS[version],
        credentials="community",
        encrypted=False,
        detail=said("well-known community") if _is_well_known(community) else "",
    )


def _is_well_known(community: bytes) -> bool:
    """With or without the VLAN or context that switches take behind it (``public@20``)."""
    return community.lower().partition(b"@")[0] in _WELL_KNOWN


def _unknown(message: Message, pdu: int, shown_by: str) -> Operation:
    """A PDU of a type that nobody knows."""
    return Operation(
        verb=Verb.UNKNOWN if message.from_client is False else Verb.UNKNOWN_FUNCTION,
        function=f"PDU 0x{pdu:02X}",
        kind=Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"0x{pdu:02X}",
        filter=shown_by,
    )


_OF_PDU = 4  # elements: request-id, error-status, error-index, variable-bindings


def _contents(data: bytes, at: int, most: int = _OF_PDU) -> list[tuple[int, bytes]]:
    """Tags and contents of what is in the element at ``at``, as far as it is whole."""
    found: list[tuple[int, bytes]] = []
    try:
        _, inside, _ = _element(data, at)
        place = 0
        while place < len(inside) and len(found) < most:
            tag, content, place = _element(inside, place)
            found.append((tag, content))
    except Malformed:
        pass  # the message goes on behind what was kept
    return found


_SNMP_MODULES, _COLUMN = "1.3.6.1.6.3.", 11  # RFC 3410 section 8


def _refusal(fields: list[tuple[int, bytes]]) -> str:
    """The error-status of a response in words; empty for noError."""
    if len(fields) < 2 or fields[1][0] != _INTEGER:
        return ""
    status = int.from_bytes(fields[1][1][:4], "big")
    return "" if not status else ERRORS[status] if status < len(ERRORS) else f"error-status {status}"


def _first_object(fields: list[tuple[int, bytes]]) -> str:
    """The name of the first variable binding."""
    if len(fields) < _OF_PDU or fields[3][0] != _SEQUENCE:
        return ""
    try:
        tag, binding, _ = _element(fields[3][1], 0)
        kind, name, _ = _element(binding, 0)
    except Malformed:
        return ""
    return f"OID {_identifier(name)}" if (tag, kind) == (_SEQUENCE, _OBJECT) and name else ""


def _identifier(content: bytes) -> str:
    """An object identifier in dotted form (X.690 section 8.19). Of the tables that say who may do what only the column:
    their rows are named by communities and users.
    """
    numbers, value = [], 0
    for byte in content[:64]:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(numbers[0] // 40, 2) if numbers else 0
    text = ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:]))) if numbers else "?"
    return ".".join(text.split(".")[:_COLUMN]) if text.startswith(_SNMP_MODULES) else text


def _version_3(message: Message, body: bytes, at: int) -> Iterator[Row]:
    """The flags of the header say whether the message is authenticated and encrypted."""
    tag, header, at = _element(body, at)
    place = 0
    _, _, place = _element(header, place)  # msgID
    _, _, place = _element(header, place)  # msgMaxSize
    kind, flags, _ = _element(header, place)
    if tag != 0x30 or kind != 0x04 or len(flags) != 1:
        raise Malformed("header of version 3")
    level = {0: "noAuthNoPriv", 1: "authNoPriv", 3: "authPriv"}.get(
        flags[0] & 3, said("privacy without authentication")
    )
    pdu, fields = (0, []) if flags[0] & 2 else _in_clear(body, at)
    engine, user = _engine_and_user(body, at)
    if not flags[0] & 3 and (pdu == REPORT or user == b""):
        level = said("engine discovery")
    if pdu == SET:
        function, verb, _ = PDUS[SET]
        yield Operation(
            verb=verb,
            function=function,
            kind=Kind.NOTICE,
            code=f"0x{SET:02X}",
            object=_first_object(fields),
            detail=level,
            filter=f"snmp.msgVersion == 3 && snmp.data == {SET & 0x1F}",
        )
    elif pdu and pdu not in PDUS and _is_pdu(bytes((pdu,))):
        yield _unknown(message, pdu, "snmp.msgVersion == 3")
    else:
        hidden = Verb.REPORT if _has_address(engine, message.source) else Verb.UNKNOWN
        verb = hidden if flags[0] & 2 else Verb.SESSION
        yield Operation(verb, "SNMPv3 message", Kind.NOTICE, detail=level, filter="snmp.msgVersion == 3")
    yield Session(version="SNMPv3", encrypted=bool(flags[0] & 2), detail=level)


def _engine_and_user(body: bytes, at: int) -> tuple[bytes, bytes | None]:
    """The authoritative engine and the name of the user in the security parameters, the texts there as in the key
    (RFC 3414 section 2.4); empty and None where they are not there.
    """
    texts = [content for tag, content in _contents(_element(body, at)[1], 0, most=6) if tag == _OCTETS]
    return texts[0] if texts else b"", texts[1] if len(texts) > 1 else None


def _has_address(engine: bytes, source: str) -> bool:
    """The authoritative engine is the sender's by the address in its identifier (RFC 3411 section 5): the message is a
    trap, a response or a report, as of a set it is the receiver's, who refuses any other (RFC 3414 section 3.2). Whose
    an engine is otherwise, only messages tell, which anybody can send.
    """
    if len(engine) <= _FORMAT or not engine[0] & 0x80 or engine[_FORMAT] not in _ADDRESS_FORMATS:
        return False
    try:
        return ip_address(engine[_FORMAT + 1 :]) == ip_address(source)
    except ValueError:
        return False


def _in_clear(body: bytes, at: int) -> tuple[int, list[tuple[int, bytes]]]:
    """(tag, elements) of the PDU behind the security parameters, where it is not encrypted (RFC 3412 section 6)."""
    try:
        _, _, at = _element(body, at)
        _, scoped, _ = _element(body, at)
        _, _, place = _element(scoped, 0)  # contextEngineID
        _, _, place = _element(scoped, place)  # contextName
        return (scoped[place], _contents(scoped, place)) if place < len(scoped) else (0, [])
    except Malformed:
        return 0, []


_NAME = "snmp"
_LONGEST = 40  # characters of a community that are told apart from longer ones


def _in_pdu(tag: int, *inner: int, of: int = _INTEGER, skip: int = 0) -> BerElements:
    """One element of the PDU with this tag: the ``skip``-th of its kind."""
    return BerElements(0, (_SEQUENCE, tag, *inner), (of,), skip=skip, most=1)


# What is there of a message of versions 1 and 2c: of requests their identifier under one of their tags.
_ASKED: tuple[Part, ...] = tuple(_in_pdu(tag) for tag in _REQUESTS)
_ANSWERED: tuple[Part, ...] = (_in_pdu(RESPONSE),)
_STATUS = _in_pdu(RESPONSE, skip=1)
_WRITTEN = _in_pdu(SET, _SEQUENCE, _SEQUENCE, of=_OBJECT)
# Of version 3 the engine and the user, and in clear a set and a report: whole, because nothing else tells them from
# other PDUs.
_ENGINE_AND_USER = BerElements(0, (_SEQUENCE, _OCTETS, _SEQUENCE), (_OCTETS,), most=2)
_TELLING = BerElements(0, (_SEQUENCE, Nth(_SEQUENCE, 1)), (SET, REPORT))


def _cases(at: int, *length: Byte) -> Iterator[Case]:
    """Versions 1 and 2c: up to the PDU's tag behind the community, the error-status, what is written; without request
    identifier, values and lengths. Version 3: the flags, the fourth byte from the end of a header of 13 to 19 bytes,
    the engine, the user, and what is telling in clear; identifiers are new every time.
    """
    when: tuple[Test, ...] = (Byte(0, _SEQUENCE), *length, Byte(at, _INTEGER), Byte(at + 1, 1))
    communities = (*when, Byte(at + 2, (0, 1)), Byte(at + 3, 0x04))
    key: tuple[Part, ...] = (Range(at, Field(at + 4, 1, add=at + 6)), _STATUS, _WRITTEN)
    for size in range(_LONGEST + 1):
        known = (*communities, Byte(at + 4, size))
        tag = at + 5 + size
        yield Case(_NAME, (*known, Byte(tag, _REQUESTS)), key, Role.REQUEST, _ASKED, keep=320)
        yield Case(_NAME, (*known, Byte(tag, RESPONSE)), key, Role.RESPONSE, _ANSWERED, keep=320)
    yield Case(_NAME, communities, key, Role.NOTICE, keep=320)
    for size in range(13, 20):
        flags = at + 5 + size - 4
        head = (Range(at, at + 4), Range(flags, flags + 1), _ENGINE_AND_USER, _TELLING)
        version_3 = (*when, Byte(at + 2, 3), Byte(at + 3, _SEQUENCE), Byte(at + 4, size))
        yield Case(_NAME, version_3, head, Role.NOTICE, keep=320)


PROTOCOL = Protocol(
    name=_NAME,
    title="SNMP",
    framing=FRAMING,
    more_framings=tuple(_more_framings()),
    cases=tuple(c for form in (0, *_HEADS) for c in _cases(_HEADS.get(form, 2), Byte(1, form or _SHORT))),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.WRITE, Verb.REPORT, Verb.SESSION, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="RFC 1157 section 4, RFC 3430, RFC 3416 section 3, RFC 3412 section 6, RFC 3414 section 2.4",
    industrial=False,
)
