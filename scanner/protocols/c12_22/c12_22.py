"""ANSI C12.22 of electricity meters: which node asks which other for what, with which security.

Written from ANSI C12.22-2012 (clauses 5.3: EPSEM, services and results; 5.4: ACSE) with ANSI C12.19-2012 (tables and
procedures). The unit is the called application title. A logon shows its user, never the password; no table's contents
are read but the selector of a procedure. An answer does not say what was asked; of one with several results the first
is told apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.c12_22._cases import CASES, FRAMING, MORE, NAME, PORTS
from scanner.protocols.c12_22._names import (
    FULL_WRITE,
    IDENTITY_TABLES,
    LOGON,
    OFFSET_READ,
    OFFSET_WRITE,
    PROCEDURE_TABLE,
    PROCEDURES,
    REGISTER,
    RESULTS,
    SECURITY,
    SERVICES,
    procedure,
    table,
    write_verb,
)
from scanner.protocols.common.ber import Element, child, constructed, first, optional
from scanner.protocols.common.text import readable
from scanner.wording import joined, said

_CALLED, _INFORMATION = 0xA2, 0xBE
_EXTERNAL, _OCTETS = 0x28, 0x81
_OID, _RELATIVE, _RELATIVE_IMPLICIT = 0x06, 0x0D, 0x80
_CLASS, _MODE = 0x10, 0x0C
_MAC = 4
_MOST = 64  # services of one message
MODES = {0: "clear text", 1: "clear text with authentication", 2: "cipher text with authentication"}
_NONE, _AUTHENTICATED, _CIPHERED = range(3)


class _Message(NamedTuple):
    """The called title, the mode of security, and the services with their bytes (none when ciphered); ``more``:
    there are others.
    """

    called: str
    mode: int
    services: list[bytes]
    cut: bool
    more: bool


def _parse(message: Message) -> _Message:
    data = message.data
    if len(data) < 16 or data[0] != 0x60:
        raise Malformed("no ACSE message")
    whole = first(data, cut=len(data) < message.length)
    fields = constructed(whole)
    called = optional(fields, _CALLED)
    information = optional(fields, _INFORMATION)
    if information is None:
        raise Malformed("no user information")
    octets = child(child(information, _EXTERNAL), _OCTETS)
    if not octets.body:
        raise Malformed("no EPSEM")
    flags = octets.body[0]
    mode = (flags & _MODE) >> 2
    if mode not in MODES:
        raise Malformed("security mode {mode} is reserved", mode=mode)
    body = octets.body[1:]
    if mode and octets.whole:
        body = body[:-_MAC]
    if flags & _CLASS:
        body = body[4:]
    services = [] if mode == _CIPHERED else list(islice(_services(body, cut=not octets.whole), _MOST + 1))
    if mode != _CIPHERED and not services and octets.whole:
        raise Malformed("no service")
    return _Message(title(called), mode, services[:_MOST], not octets.whole, len(services) > _MOST)


def _services(body: bytes, *, cut: bool) -> Iterator[bytes]:
    """Each service behind its length."""
    at = 0
    while at < len(body):
        size, width = body[at], 1
        if size & 0x80:
            width += size & 0x7F
            if width > 3 or at + width > len(body):
                raise Malformed("length of a service")
            size = int.from_bytes(body[at + 1 : at + width], "big")
        at += width
        if at + size > len(body) and not cut:
            raise Malformed("a service of {size} bytes in the {length} that are left", size=size, length=len(body) - at)
        if size and at < len(body):
            yield body[at : at + size]
        at += size


def title(element: Element | None) -> str:
    """An application title: an object identifier, or a relative one with a dot in front."""
    if element is None:
        return ""
    inner = constructed(element)
    if not inner or not inner[0].whole:
        return ""
    if inner[0].tag == _OID:
        return oid(inner[0].body)
    return "." + ".".join(map(str, _arcs(inner[0].body)))


def oid(body: bytes) -> str:
    """An object identifier with dots."""
    arcs = _arcs(body)
    if not arcs:
        return ""
    top = min(2, arcs[0] // 40)
    return ".".join(map(str, (top, arcs[0] - 40 * top, *arcs[1:])))


def _arcs(body: bytes) -> list[int]:
    arcs, value = [], 0
    for byte in body[:64]:
        value = (value & 0xFFFFFFFF) << 7 | (byte & 0x7F)
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    return arcs


def probe(message: Message) -> bool:
    """An ACSE message around an EPSEM; away from the port, of services or results that exist."""
    if message.transport not in PORTS:
        return False
    try:
        found = _parse(message)
    except Malformed:
        return False
    if message.port in PORTS[message.transport] or found.mode == _CIPHERED:
        return True
    return all(service[0] in SERVICES or service[0] in RESULTS or not service[0] for service in found.services)


def dissect(message: Message) -> Iterator[Row]:
    """A row for each service or result, and how the message is protected."""
    found = _parse(message)
    words = said(MODES[found.mode])
    yield Session(version="ANSI C12.22", encrypted=found.mode == _CIPHERED, authenticated=found.mode != _NONE)
    if found.mode == _CIPHERED:
        kinds = {True: Kind.REQUEST, False: Kind.RESPONSE, None: Kind.NOTICE}
        kind = kinds[message.from_client]
        yield Operation(
            Verb.UNKNOWN, "EPSEM", kind, unit=found.called, detail=words, filter="c1222.epsem.flags.security == 2"
        )
    for service in found.services:
        yield from _service(found, service, words)
    if found.more:
        kind = Kind.REQUEST if any(service[0] >= min(SERVICES) for service in found.services) else Kind.RESPONSE
        words = said("carries requests that were not read")
        yield Operation(Verb.UNKNOWN, "further services", kind, unit=found.called, detail=words)


def _service(found: _Message, service: bytes, words: str) -> Iterator[Row]:
    code = service[0]
    if code < 0x20:
        yield _result(found, code, words)
        return
    if code not in SERVICES:
        raise Malformed("service 0x{service:02X}", service=code)
    name, verb = SERVICES[code]
    thing = detail = ""
    if 0x30 <= code < 0x50:
        verb, thing = _table(code, verb, service)
    elif code == LOGON:
        user = readable(service[3:13])
        number = int.from_bytes(service[1:3], "big")
        detail = said("user {name} ({n})", name=user, n=number) if len(service) >= 13 else ""
        yield Session(credentials="user-name")
    elif code == SECURITY:
        yield Session(credentials="user-password")
    elif code == REGISTER:
        detail, rows = _register(service)
        yield from rows
    yield Operation(
        verb=verb,
        function=name,
        kind=Kind.REQUEST,
        code=f"0x{code:02X}",
        unit=found.called,
        object=thing,
        detail=joined((detail, words)),
        filter=f"c1222.cmd == 0x{code if code >> 4 != 6 else 0x60:02x}",
    )


def _result(found: _Message, code: int, words: str) -> Operation:
    """The outcome of a service, whichever it was."""
    refusal = f"{RESULTS.get(code, 'reserved')} ({code})" if code else ""
    return Operation(
        verb=Verb.UNKNOWN,
        function="Response",
        kind=Kind.REFUSAL if refusal else Kind.RESPONSE,
        code=f"0x{code:02X}",
        unit=found.called,
        detail=words,
        refusal=refusal,
        filter=f"c1222.err == 0x{code:02x}",
    )


def _table(code: int, verb: Verb, service: bytes) -> tuple[Verb, str]:
    """The verb and the table; of a write to the table of procedures, the procedure."""
    if len(service) < 3:
        return verb, ""  # the default table
    number = int.from_bytes(service[1:3], "big")
    name = table(number)
    if verb is Verb.READ:
        known = Verb.IDENTIFY if number in IDENTITY_TABLES else Verb.READ
        return known, name + (_offset(service, 8) if code == OFFSET_READ else "")
    if number == PROCEDURE_TABLE and code == FULL_WRITE and len(service) >= 7:
        called = procedure(int.from_bytes(service[5:7], "little"))
        return called.verb, f"{name}: {called.name}"
    return write_verb(number), name + (_offset(service, 6) if code == OFFSET_WRITE else "")


def _offset(service: bytes, size: int) -> str:
    """Where within the table; of a read, how many bytes."""
    if len(service) < size:
        return ""
    start = int.from_bytes(service[3:6], "big")
    return f" from byte {start}" + (f", {int.from_bytes(service[6:8], 'big')} bytes" if size == 8 else "")


def _register(service: bytes) -> tuple[str, list[Row]]:
    """Node type, then class of device, title and serial number of who registers (clause 5.3.2.4.12)."""
    rows: list[Row] = []
    at = 7  # service, node type, connection type, class of device
    for field in ("name", "serial"):
        if at + 2 > len(service) or service[at] not in (_OID, _RELATIVE, _RELATIVE_IMPLICIT):
            break
        size = service[at + 1]
        raw = service[at + 2 : at + 2 + size]
        if size >= 0x80 or len(raw) < size or not raw:
            break
        value = oid(raw) if service[at] == _OID else "." + ".".join(map(str, _arcs(raw)))
        rows.append(Identity(field, value))
        at += 2 + size
    return (said("node type {name}", name=f"0x{service[1]:02X}") if len(service) > 1 else ""), rows


PROTOCOL = Protocol(
    name=NAME,
    title="ANSI C12.22",
    short="C12.22",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    opaque=("EPSEM",),
    dissect=dissect,
    verbs=frozenset(
        {Verb.UNKNOWN, Verb.CONFIGURE, Verb.TIME_SYNC}
        | {verb for _, verb in SERVICES.values()}
        | {known.verb for known in PROCEDURES.values()}
    ),
    specification="ANSI C12.22-2012 clauses 5.3 and 5.4; ANSI C12.19-2012 tables and procedures",
    more_framings=MORE,
    display_filter="c1222",
)
