"""Application messages of BACnet (ANSI/ASHRAE 135-2020 clauses 5.4, 13 to 16, 20.1 and 21).

Rows say only what ``_bacnet_cases`` tells apart: of services whose parameters hold values, the object and property that
stand in front of the first value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from scanner.protocols.bacnet import _answers as answers
from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet import _services as services
from scanner.protocols.bacnet._objects import error
from scanner.protocols.bacnet._reference import NOTHING
from scanner.protocols.bacnet._tags import application, enclosed, tag
from scanner.protocols.base import Identity, Kind, Malformed, Operation, Row, Session, Verb
from scanner.protocols.common.identity_words import in_words
from scanner.wording import joined, said, verbatim

_SEGMENTED = 0x08
_PLAIN = Session(authenticated=False, encrypted=False)


class Where(NamedTuple):
    """Whom a message is from and for, as far as the network header says.

    target, source: stations behind routers. ip: who sent it, where that is not the sender of the message. known: what
    the message says of its sender can be said of an address. words: to be said of every operation.
    """

    target: str = ""
    source: str = ""
    ip: str = ""
    known: bool = True
    words: tuple[str, ...] = ()


def rows(data: bytes, length: int, where: Where) -> list[Row]:
    """The rows of an APDU of ``length`` bytes, of which ``data`` was kept."""
    kind = data[0] >> 4
    if kind >= len(_KINDS):
        raise Malformed("APDU of reserved type {kind}", kind=kind)
    return _KINDS[kind](data, length, where)


def _need(data: bytes, size: int) -> None:
    if len(data) < size:
        raise Malformed("APDU cut short")


def _details(where: Where, *words: str) -> str:
    return joined((*words, *where.words))


# --- requests -------------------------------------------------------------------------------------------------------


def _confirmed(data: bytes, length: int, where: Where) -> list[Row]:
    segmented = bool(data[0] & _SEGMENTED)
    at = 5 if segmented else 3
    _need(data, at + 1)
    service, first = data[at], not segmented or data[3] == 0
    name, verb = names.CONFIRMED.get(service, (f"Confirmed service {service}", Verb.UNKNOWN))
    asked = NOTHING
    if segmented and first:
        asked = services.first_segment(service, data[at + 1 :])
    elif first:
        asked = services.request(service, data[at + 1 :], len(data) == length)
    operation = Operation(
        verb=asked.verb or verb,
        function=name,
        kind=Kind.REQUEST if first else Kind.NOTICE,
        code=f"confirmed {service}",
        unit=where.target,
        object=asked.object,
        detail=_details(where, _from(where), *asked.details, "" if first else said("further segment")),
        filter=f"bacapp.type == 0 && bacapp.confirmed_service == {service}",
    )
    if not first:
        return [operation]
    return [operation, replace(_PLAIN, credentials=asked.credentials) if asked.credentials else _PLAIN]


def _from(where: Where) -> str:
    return said("from {name}", name=where.source) if where.source else ""


def _unconfirmed(data: bytes, length: int, where: Where) -> list[Row]:
    _need(data, 2)
    service = data[1]
    name, verb = names.UNCONFIRMED.get(service, (f"Unconfirmed service {service}", Verb.UNKNOWN))
    asked, identities = answers.unconfirmed(service, data[2:], len(data) == length)
    told = service in answers.ANSWERS
    notice = service in answers.NOTIFICATIONS
    asks = Kind.REQUEST if service in (names.WHO_IS, names.WHO_HAS) else Kind.UNCONFIRMED
    operation = Operation(
        verb=verb,
        function=name,
        kind=Kind.RESPONSE if told else Kind.NOTICE if notice else asks,
        code=f"unconfirmed {service}",
        unit=where.source if told or notice else where.target,
        object=asked.object,
        detail=_details(where, "" if told or notice else _from(where), *asked.details),
        filter=f"bacapp.type == 1 && bacapp.unconfirmed_service == {service}",
    )
    return [operation, *_identities(identities, where)]


def _identities(found: dict[str, str], where: Where) -> list[Identity]:
    return [Identity(field, value, ip=where.ip) for field, value in found.items() if value] if where.known else []


# --- answers --------------------------------------------------------------------------------------------------------


def _answer(service: int, where: Where, kind: Kind, *details: str, **more: str) -> Operation:
    name, verb = names.CONFIRMED.get(service, (f"Confirmed service {service}", Verb.UNKNOWN))
    return Operation(
        verb=verb,
        function=name,
        kind=kind,
        code=f"confirmed {service}",
        unit=where.source,
        object=more.get("object", ""),
        detail=_details(where, *details),
        refusal=more.get("refusal", ""),
        filter=more["filter"],
    )


def _simple_ack(data: bytes, _length: int, where: Where) -> list[Row]:
    _need(data, 3)
    wanted = f"bacapp.type == 2 && bacapp.confirmed_service == {data[2]}"
    return [_answer(data[2], where, Kind.RESPONSE, filter=wanted)]


def _complex_ack(data: bytes, length: int, where: Where) -> list[Row]:
    segmented = bool(data[0] & _SEGMENTED)
    at = 4 if segmented else 2
    _need(data, at + 1)
    service, first = data[at], not segmented or data[2] == 0
    wanted = f"bacapp.type == 3 && bacapp.confirmed_service == {service}"
    if not first:
        return [_answer(service, where, Kind.NOTICE, said("further segment"), filter=wanted)]
    whole = len(data) == length and not segmented
    shown, identities = answers.answer(service, data[at + 1 :], whole=whole, segmented=segmented)
    told = () if where.known else tuple(in_words(field, value) for field, value in identities.items() if value)
    operation = _answer(service, where, Kind.RESPONSE, *told, object=shown, filter=wanted)
    return [operation, *_identities(identities, where)]


def _segment_ack(data: bytes, _length: int, where: Where) -> list[Row]:
    _need(data, 4)
    operation = Operation(
        verb=Verb.SESSION,
        function="SegmentACK",
        kind=Kind.NOTICE,
        unit=where.source,
        detail=_details(where, said("segment out of order") if data[0] & 2 else ""),
        filter="bacapp.type == 4",
    )
    return [operation]


def _error(data: bytes, length: int, where: Where) -> list[Row]:
    _need(data, 3)
    reason = "error"
    try:
        reason = _reason(data[3:])
    except Malformed:
        if len(data) == length:
            reason = "error that breaks the specification"
    wanted = f"bacapp.type == 5 && bacapp.confirmed_service == {data[2]}"
    return [_answer(data[2], where, Kind.REFUSAL, refusal=reason, filter=wanted)]


def _reason(data: bytes) -> str:
    """Class and code, alone or in bracket 0 in front of what the service adds."""
    if tag(data, 0).opening:
        data, _ = enclosed(data, 0, 0)
    group = application(data, 0, 9)
    code = application(data, group.after, 9)
    if len(group.body) > 2 or len(code.body) > 2:
        raise Malformed("error class or code of more than two bytes")
    return error(group.unsigned, code.unsigned)


def _reject(data: bytes, _length: int, where: Where) -> list[Row]:
    _need(data, 3)
    operation = Operation(
        verb=Verb.SESSION,
        function="Reject",
        kind=Kind.REFUSAL,
        unit=where.source,
        detail=_details(where),
        refusal=f"reject: {names.named(names.REJECTS, data[2])}",
        filter=f"bacapp.type == 6 && bacapp.reject_reason == {data[2]}",
    )
    return [operation]


def _abort(data: bytes, _length: int, where: Where) -> list[Row]:
    """By the server it refuses; by the client it gives up its own request."""
    _need(data, 3)
    by_server = data[0] & 1
    reason = f"abort: {names.named(names.ABORTS, data[2])}"
    operation = Operation(
        verb=Verb.SESSION,
        function="Abort",
        kind=Kind.REFUSAL if by_server else Kind.NOTICE,
        unit=where.source if by_server else where.target,
        detail=_details(where, "" if by_server else verbatim(reason)),
        refusal=reason if by_server else "",
        filter=f"bacapp.type == 7 && bacapp.abort_reason == {data[2]}",
    )
    return [operation]


_KINDS = (_confirmed, _unconfirmed, _simple_ack, _complex_ack, _segment_ack, _error, _reject, _abort)
