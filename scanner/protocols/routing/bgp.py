"""BGP: which routers exchange the routes of which autonomous systems.

RFC 4271 section 4, RFC 6793 (AS numbers of four bytes), RFC 2918 (route refresh). Neighbours prove themselves below it,
by TCP options (MD5 of RFC 2385, TCP-AO of RFC 5925), which a message does not show (``Protocol.signed_by_tcp``).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import address
from scanner.wording import joined, said, verbatim

_NAME = "bgp"
_MARKER = b"\xff" * 16
_HEADER = 19
_OPEN, _UPDATE, _NOTIFICATION, _KEEPALIVE, _REFRESH = range(1, 6)
_TYPES = {
    _OPEN: "OPEN",
    _UPDATE: "UPDATE",
    _NOTIFICATION: "NOTIFICATION",
    _KEEPALIVE: "KEEPALIVE",
    _REFRESH: "ROUTE-REFRESH",
}
_LEAST = {_OPEN: 29, _UPDATE: 23, _NOTIFICATION: 21, _KEEPALIVE: 19, _REFRESH: 23}
_CAPABILITIES, _LONG_AS = 2, 65
_ERRORS = {
    1: "Message Header Error",
    2: "OPEN Message Error",
    3: "UPDATE Message Error",
    4: "Hold Timer Expired",
    5: "Finite State Machine Error",
    6: "Cease",
    7: "ROUTE-REFRESH Message Error",
}

FRAMING = Framing(
    name=_NAME,
    delimiter=Length(at=16, width=2, minimum=_HEADER),
    sync=(*magic(0, _MARKER), Byte(18, _TYPES)),
    ports={"tcp": (179,)},
    confirmations=1,
)
CASES = (
    Case(_NAME, (Byte(18, _OPEN),), (Range(16, 22), Range(24, None)), Role.NOTICE, keep=512),
    Case(_NAME, (Byte(18, _NOTIFICATION),), (Range(18, 21),), Role.NOTICE, keep=21),
    Case(_NAME, (Byte(18, _TYPES),), (Range(18, 19),), Role.NOTICE, keep=23),
)


def probe(message: Message) -> bool:
    """Marker, type, and as many bytes as the type needs."""
    return is_well_formed(_check, message)


def _check(message: Message) -> None:
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or data[:16] != _MARKER or data[18] not in _TYPES:
        raise Malformed("no BGP message")
    if message.length < _LEAST[data[18]] or (data[18] == _KEEPALIVE) != (message.length == _HEADER):
        raise Malformed("{n} bytes are no BGP message", n=message.length)
    if data[18] == _OPEN and (len(data) < 29 or data[19] != 4):
        raise Malformed("no BGP of version 4")
    if data[18] == _NOTIFICATION and len(data) < 21:
        raise Malformed("no BGP notification")


def dissect(message: Message) -> Iterator[Row]:
    """The type of the message; of an OPEN the autonomous system and the router."""
    _check(message)
    data = message.data
    kind = data[18]
    error = kind == _NOTIFICATION
    yield Operation(
        verb=Verb.SESSION if kind in (_OPEN, _KEEPALIVE, _NOTIFICATION) else Verb.REPORT,
        function=_TYPES[kind],
        kind=Kind.REFUSAL if error else Kind.NOTICE,
        code=str(kind),
        object=said("autonomous system {n}", n=_system(data)) if kind == _OPEN else "",
        detail=joined([said("router {name}", name=address(data[24:28]))]) if kind == _OPEN else verbatim(""),
        refusal=f"{_ERRORS.get(data[19], 'error')} {data[19]}.{data[20]}" if error else "",
        filter=f"bgp.type == {kind}",
    )
    yield Session(version="BGP-4", encrypted=False)


def _system(data: bytes) -> int:
    """The AS number; 23456 stands for one of four bytes, which is among the capabilities."""
    at, end = 29, min(len(data), 29 + data[28])
    while at + 2 <= end:
        if data[at] == _CAPABILITIES:
            inner, stop = at + 2, min(end, at + 2 + data[at + 1])
            while inner + 2 <= stop:
                if data[inner] == _LONG_AS and data[inner + 1] == 4 and inner + 6 <= stop:
                    return int.from_bytes(data[inner + 2 : inner + 6], "big")
                inner += 2 + data[inner + 1]
        at += 2 + data[at + 1]
    return int.from_bytes(data[20:22], "big")


PROTOCOL = Protocol(
    name=_NAME,
    title="BGP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.REPORT}),
    signed_by_tcp=True,
    specification="RFC 4271 section 4, RFC 6793 section 3, RFC 2918 section 3",
    industrial=False,
)
