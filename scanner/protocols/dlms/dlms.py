"""DLMS/COSEM of electricity, gas and water meters: over TCP and UDP in the wrapper, and in HDLC frames over either.

Written from IEC 62056-5-3:2017 (application layer: clauses 7 and 8), IEC 62056-6-2:2017 (classes and methods),
IEC 62056-6-1 (OBIS), IEC 62056-46 and IEC 62056-47. No value, password, challenge or key is read.

What a ciphered service touches cannot be seen; the service itself can, but for the general APDUs. Whether the peer
was authenticated in the end is only said in ciphered messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.dlms._association import association
from scanner.protocols.dlms._cases import CASES, FRAMING, HDLC, LISTED, NAME, PORTS
from scanner.protocols.dlms._links import Link, link
from scanner.protocols.dlms._names import (
    AARE,
    AARQ,
    ACCESS,
    ACTED,
    ACTION,
    ASSOCIATION,
    CIPHERED,
    CLASSES,
    CLOCK,
    CONFIRMED_ERRORS,
    DATA_NOTIFICATION,
    ERROR,
    EVENT,
    EXCEPTION,
    GENERAL,
    GENERAL_DED,
    GENERAL_GLO,
    GET,
    GOT,
    PLAIN,
    RESULTS,
    SERVICE_ERRORS,
    SET,
    STATE_ERRORS,
    TAGS,
    TYPES,
    WAS_SET,
    WHO,
    class_of,
)
from scanner.wording import joined, said

_HLS_REPLY = 1  # method of an association
_KNOWN = frozenset(bytes((tag,)) for tag in TAGS)


class _Apdu(NamedTuple):
    """An APDU's kept bytes, true length, where they come from and the filter that finds it."""

    data: bytes
    length: int
    unit: str
    filter: str

    def at(self, index: int) -> int:
        """The byte at ``index``."""
        if index >= min(len(self.data), self.length):
            raise Malformed(
                "an APDU of {length} bytes has no byte {index}", length=min(len(self.data), self.length), index=index
            )
        return self.data[index]

    def part(self, start: int, size: int) -> bytes:
        """``size`` bytes from ``start``."""
        self.at(start + size - 1)
        return self.data[start : start + size]


def probe(message: Message) -> bool:
    """The envelope holds, with its check sequences; away from the port, what it carries must hold as well."""
    if message.transport not in PORTS:
        return False
    try:
        found = link(message)
        if found.frame is None and found.apdu[:1] not in _KNOWN:
            return False
        return message.port in PORTS[message.transport] or any(True for _ in dissect(message))
    except Malformed:
        return False


def dissect(message: Message) -> Iterator[Row]:
    """The rows of one message."""
    found = link(message)
    if found.frame:
        yield _frame(message, found)
        return
    text = f"{message.transport}.payload[{found.start}] == 0x{found.apdu[0]:02x}" if found.apdu else ""
    apdu = _Apdu(found.apdu, found.length, found.unit, text)
    tag = apdu.at(0)
    if tag in (AARQ, AARE):
        cut = len(apdu.data) < apdu.length
        yield from association(tag, apdu.data, cut=cut, unit=apdu.unit, filter_=apdu.filter)
    elif tag in CIPHERED:
        yield from _ciphered(apdu, tag, CIPHERED[tag].name, 1)
    elif tag in GENERAL:
        yield from _general(apdu, tag, found, message)
    elif tag in PLAIN:
        yield from _SERVICES.get(tag, _plain)(apdu, tag)
    else:
        by_client = found.by_client if found.by_client is not None else message.from_client
        yield _sided(
            Operation(Verb.UNKNOWN, f"APDU 0x{tag:02X}", Kind.NOTICE, code=str(tag), unit=apdu.unit), by_client
        )


def _frame(message: Message, found: Link) -> Operation:
    """A frame that opens, closes or acknowledges."""
    frame = found.frame
    if frame is None:
        raise Malformed("no frame")
    return Operation(
        verb=Verb.SESSION,
        function=f"HDLC {frame.name}",
        kind=frame.kind,
        unit=found.unit,
        refusal=frame.refusal,
        filter=f"{message.transport}.payload[0] == 0x7e",
    )


def _operation(apdu: _Apdu, tag: int, verb: Verb | None = None, **more: str) -> Operation:
    known = PLAIN[tag]
    refusal = more.get("refusal", "")
    kind = TYPES.get(tag, {}).get(apdu.at(1)) if tag in TYPES else ""
    if kind is None:
        raise Malformed("{name} of type {type}", name=known.name, type=apdu.at(1))
    return Operation(
        verb=verb or known.verb,
        function=f"{known.name}-{kind}" if kind else known.name,
        kind=Kind.REFUSAL if refusal else known.kind,
        code=f"{tag}:{apdu.at(1)}" if kind else str(tag),
        unit=apdu.unit,
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=refusal,
        filter=apdu.filter,
    )


def _plain(apdu: _Apdu, tag: int) -> Iterator[Row]:
    yield _operation(apdu, tag)


# --- requests and notifications by logical names --------------------------------------------------------------------


def _request(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """One row for each attribute or method named; blocks that follow the first name none."""
    kind = apdu.at(1)
    if kind in _ONE[tag]:
        yield _touch(apdu, tag, 3)
    elif kind in _MANY[tag]:
        yield from _listed(apdu, tag)
    else:
        yield _operation(apdu, tag)


_ONE = {GET: (1,), SET: (1, 2), ACTION: (1, 4)}
_MANY = {GET: (3,), SET: (4, 5), ACTION: (3, 5)}


def _listed(apdu: _Apdu, tag: int) -> Iterator[Operation]:
    """As many of a list as are compared; selective access makes the descriptors that follow unreachable."""
    count, at = apdu.at(3), 4
    size = 9 if tag == ACTION else 10
    if not count:
        raise Malformed("an empty list")
    shown = min(count, (LISTED - at) // size)
    for number in range(shown):
        left = count - number - 1 if number == shown - 1 else 0
        if tag != ACTION and apdu.at(at + 9):
            left = count - number - 1
        yield _touch(apdu, tag, at, said("and {n} more", n=left) if left else "")
        if left:
            return
        at += size


def _touch(apdu: _Apdu, tag: int, at: int, detail: str = "", service: int = 0) -> Operation:
    """The descriptor at ``at``: class, logical name, attribute or method; ``service`` when the tag does not say it."""
    service = service or tag
    raw = apdu.part(at, 9)
    number, name, member = int.from_bytes(raw[:2], "big"), raw[2:8], raw[8]
    known = class_of(number)
    what = f"{known.name} {obis(name)}"
    if service == ACTION:
        what += f" method {member}"
        if 1 <= member <= len(known.methods):
            what += f" ({known.methods[member - 1]})"
    else:
        what += f" attribute {member}"
    return _operation(apdu, tag, _verb(service, number, name, member), object=what, detail=detail)


def _access(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """Reads, writes and actions in one (IEC 62056-5-3, clause 8: Access-Request); with a time only that there are."""
    if apdu.at(5):
        yield _operation(apdu, tag)
        return
    count = apdu.at(6)
    for number in range(min(count, _ACCESSES)):
        at = 7 + 10 * number
        service = {1: GET, 2: SET, 3: ACTION, 4: GET, 5: SET}.get(apdu.at(at))
        if service is None:
            raise Malformed("access of choice {choice}", choice=apdu.at(at))
        selective = apdu.at(at) > 3
        left = count - number - 1 if selective or number == _ACCESSES - 1 else 0
        yield _touch(apdu, tag, at + 1, said("and {n} more", n=left) if left else "", service)
        if left:
            return


_ACCESSES = (LISTED - 1) // 10


def _verb(tag: int, number: int, name: bytes, member: int) -> Verb:
    if tag == GET:
        return Verb.IDENTIFY if name in WHO else Verb.READ
    known = class_of(number)
    if tag == SET:
        return Verb.CONFIGURE if number == CLOCK and member != 2 else known.set
    if number == ASSOCIATION and member == _HLS_REPLY:
        return Verb.AUTHENTICATE
    return known.act


def obis(raw: bytes) -> str:
    """A logical name as IEC 62056-6-1 writes it."""
    a, b, c, d, e, f = raw
    return f"{a}-{b}:{c}.{d}.{e}.{f}"


def _event(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """An event of an object, perhaps with its time."""
    at = 2 if not apdu.at(1) else 15
    raw = apdu.part(at, 9)
    what = f"{class_of(int.from_bytes(raw[:2], 'big')).name} {obis(raw[2:8])} attribute {raw[8]}"
    yield _operation(apdu, tag, object=what)


# --- responses ------------------------------------------------------------------------------------------------------


def _response(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """Whether it was done; of a list only that there was an answer."""
    kind = apdu.at(1)
    code = 0
    if tag == GOT:
        at = {1: 3, 2: 8}.get(kind)
        choice = apdu.at(at) if at else 0
        if choice > 1:
            raise Malformed("result of choice {choice}", choice=choice)
        code = apdu.at(at + 1) if at and choice else 0
    elif kind in (1, 3) and not (tag == ACTED and kind == 3):
        code = apdu.at(3)
    yield _operation(apdu, tag, refusal=_result(code))


def _result(code: int) -> str:
    return f"{RESULTS.get(code, 'data-access-result')} ({code})" if code else ""


def _exception(apdu: _Apdu, tag: int) -> Iterator[Row]:
    state, service = apdu.at(1), apdu.at(2)
    if state not in STATE_ERRORS:
        raise Malformed("state error {state}", state=state)
    reason = f"{STATE_ERRORS[state]}, {SERVICE_ERRORS.get(service, 'service error')} ({state}:{service})"
    yield _operation(apdu, tag, refusal=reason)


def _error(apdu: _Apdu, tag: int) -> Iterator[Row]:
    service, kind, code = apdu.at(1), apdu.at(2), apdu.at(3)
    if service not in CONFIRMED_ERRORS:
        raise Malformed("confirmed service error of service {service}", service=service)
    yield _operation(apdu, tag, refusal=f"{CONFIRMED_ERRORS[service]} ({service}:{kind}:{code})")


def _short_names(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """The first variable of a request by short names."""
    if not apdu.at(1):
        raise Malformed("no variable is named")
    known = apdu.at(2) in (2, 4)
    name = int.from_bytes(apdu.part(3, 2), "big") if known else 0
    yield _operation(apdu, tag, object=f"short name 0x{name:04X}" if known else "")


def _short_results(apdu: _Apdu, tag: int) -> Iterator[Row]:
    """The first result of an answer to them."""
    choice = apdu.at(2) if apdu.at(1) else 0
    code = apdu.at(3) if choice == 1 else 0
    yield _operation(apdu, tag, refusal=_result(code))


_SERVICES: dict[int, Callable[[_Apdu, int], Iterator[Row]]] = {
    GET: _request,
    SET: _request,
    ACTION: _request,
    EVENT: _event,
    ACCESS: _access,
    GOT: _response,
    WAS_SET: _response,
    ACTED: _response,
    EXCEPTION: _exception,
    ERROR: _error,
    DATA_NOTIFICATION: _plain,
    0x05: _short_names,
    0x06: _short_names,
    0x0C: _short_results,
    0x0D: _short_results,
}

# --- ciphered APDUs -------------------------------------------------------------------------------------------------


def _length(apdu: _Apdu, at: int) -> tuple[int, int]:
    """(length, where the contents begin) at ``at``."""
    first = apdu.at(at)
    if first < 0x80:
        return first, at + 1
    if first not in (0x81, 0x82):
        raise Malformed("a length that begins with 0x{first:02X}", first=first)
    width = first & 0x7F
    return int.from_bytes(apdu.part(at + 1, width), "big"), at + 1 + width


def _ciphered(apdu: _Apdu, tag: int, name: str, at: int, detail: str = "") -> Iterator[Row]:
    """The security control byte says what protects the rest (IEC 62056-5-3, clause 5.3)."""
    size, start = _length(apdu, at)
    if start + size != apdu.length:
        raise Malformed(
            "{name} says {stated} bytes, there are {length}", name=name, stated=start + size, length=apdu.length
        )
    control = apdu.at(start)
    encrypted, authenticated = bool(control & 0x20), bool(control & 0x10)
    protected = [said("authenticated") if authenticated else "", said("encrypted") if encrypted else ""]
    words = [said("security suite {n}", n=control & 0x0F), *(protected if any(protected) else [said("unprotected")])]
    known = CIPHERED.get(tag)
    yield Operation(
        verb=known.verb if known else Verb.UNKNOWN,
        function=name,
        kind=known.kind if known else Kind.NOTICE,
        code=str(tag),
        unit=apdu.unit,
        detail=joined((*words, detail)),
        filter=apdu.filter,
    )
    yield Session(encrypted=encrypted, authenticated=authenticated or None)


def _general(apdu: _Apdu, tag: int, found: Link, message: Message) -> Iterator[Row]:
    """General protection: only that something is protected, and by whom."""
    if tag in (GENERAL_GLO, GENERAL_DED) and apdu.at(1) == 8:
        title = apdu.part(2, 8).hex().upper()
        rows = list(_ciphered(apdu, tag, GENERAL[tag], 10, said("system title {name}", name=title)))
    else:
        apdu.at(1)
        rows = [_bare(apdu, tag)]
    by_client = found.by_client if found.by_client is not None else message.from_client
    for row in rows:
        yield _sided(row, by_client) if isinstance(row, Operation) else row


def _bare(apdu: _Apdu, tag: int) -> Operation:
    return Operation(Verb.UNKNOWN, GENERAL[tag], Kind.NOTICE, code=str(tag), unit=apdu.unit, filter=apdu.filter)


def _sided(row: Operation, by_client: bool | None) -> Operation:
    """A client asks and a server answers; a message whose side is not known does neither."""
    kinds = {True: Kind.REQUEST, False: Kind.RESPONSE, None: Kind.NOTICE}
    return Operation(row.verb, row.function, kinds[by_client], row.code, row.unit, "", row.detail, "", row.filter)


PROTOCOL = Protocol(
    name=NAME,
    title="DLMS/COSEM",
    short="DLMS",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    opaque=("glo-*", "ded-*", "general-*"),
    dissect=dissect,
    verbs=frozenset(
        {Verb.SESSION, Verb.IDENTIFY, Verb.AUTHENTICATE, Verb.UNKNOWN}
        | {apdu.verb for apdu in (*PLAIN.values(), *CIPHERED.values())}
        | {verb for known in CLASSES.values() for verb in (known.set, known.act)}
    ),
    specification="IEC 62056-5-3:2017 clauses 5, 7 and 8; IEC 62056-6-2:2017; IEC 62056-46; IEC 62056-47",
    more_framings=(HDLC,),
    display_filter="(tcp or udp)",
    midway="association not captured",
)
