"""PIM version 2: routers that agree where multicast goes. It has no authentication but that of IPsec.

RFC 7761 sections 4.9 (sparse mode) and 6.3, RFC 3973 (dense mode), RFC 5059 (bootstrap).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

_NAME = "pim"
_TYPES = {
    0: "Hello",
    1: "Register",
    2: "Register-Stop",
    3: "Join/Prune",
    4: "Bootstrap",
    5: "Assert",
    6: "Graft",
    7: "Graft-Ack",
    8: "Candidate-RP-Advertisement",
    9: "State Refresh",
    10: "DF Election",
}
_FIRST = {0x20 | kind for kind in _TYPES}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _FIRST), Size(4)),
    ports={"ip": (103,)},
    confirmations=1,
    anywhere=False,
)


def probe(message: Message) -> bool:
    """Version 2 and a type that exists."""
    return message.transport.startswith("ip-") and len(message.data) >= 4 and message.data[0] in _FIRST


def dissect(message: Message) -> Iterator[Row]:
    """The type of the message."""
    if not probe(message):
        raise Malformed("no PIM message of version 2")
    kind = message.data[0] & 15
    yield Operation(Verb.REPORT, _TYPES[kind], Kind.NOTICE, code=str(kind), filter=f"pim.type == {kind}")
    yield Session(version="PIMv2", credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="PIM",
    framing=FRAMING,
    cases=(Case(_NAME, (), (Range(0, 1),), Role.NOTICE, keep=8),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 7761 section 4.9, RFC 3973 section 4.7, RFC 5059 section 4",
    industrial=False,
)
