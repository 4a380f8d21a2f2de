"""ESP directly over IP: that it is there, and whether its packets can be read.

RFC 4303 section 2. Nothing in it names its algorithms; those of the exchange that agreed on it are with IKE.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.vpn import _esp as esp
from scanner.wording import said

_NAME, _TRANSPORT = "esp", "ip-50"
_SMALLEST = 16  # bytes: header, a word of payload with its trailer, the shortest check

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Size(_SMALLEST, 0xFFFF),),
    ports={"ip": (50,)},
    confirmations=1,
    anywhere=False,
)


def probe(message: Message) -> bool:
    """An identifier, and whole words."""
    return message.transport == _TRANSPORT and message.length % 4 == 0 and any(message.data[:4])


def dissect(message: Message) -> Iterator[Row]:
    """What the packet shows of itself; what it carries is read by nobody, encrypted or not."""
    if not probe(message):
        raise Malformed("no packet of ESP")
    yield Operation(Verb.UNKNOWN, "ESP", Kind.NOTICE, filter="esp")
    told = tuple(esp.session(message.data, message.length))
    yield from told or (Session(detail=said("whether ESP is encrypted cannot be seen")),)


PROTOCOL = Protocol(
    name=_NAME,
    title="ESP",
    framing=FRAMING,
    # Some packets of each identifier are enough to see whether they can be read.
    cases=(Case(_NAME, (), (Range(0, 4),), Role.NOTICE, keep=2048, with_length=True, most=32),),
    probe=probe,
    dissect=dissect,
    beyond_key="packets are samples, of which each is looked at",
    verbs=frozenset({Verb.UNKNOWN}),
    specification="RFC 4303 section 2, RFC 2410, RFC 5879",
    industrial=False,
    opaque=("ESP",),
)
