"""OSPF versions 2 and 3: who is a router of which area, and whether neighbours prove it.

RFC 2328 appendices A.3 and D (version 2), RFC 5709 (HMAC-SHA), RFC 5340 appendix A.3 (version 3), RFC 7166
(authentication trailer), RFC 5613 (link-local signalling, a block behind the message). Version 3 may be protected by
IPsec as well. The routes themselves are not told.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import After, Byte, Case, Field, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import address, algorithm_of, by_digest, by_password, unproven, unread
from scanner.wording import joined, said

_NAME = "ospf"
_TYPES = {
    1: "Hello",
    2: "Database Description",
    3: "Link State Request",
    4: "Link State Update",
    5: "Link State Acknowledgment",
}
_HEADERS = {2: 24, 3: 16}
_NONE, _PASSWORD, _DIGEST = range(3)
_TRAILER = 16  # bytes of the authentication trailer before its digest

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _HEADERS), Byte(1, _TYPES), Size(16)),
    ports={"ip": (89,)},
    confirmations=1,
    anywhere=False,
)
# Type, router, area and authentication: in version 2 of a digest its length; in version 3 what begins the trailer.
CASES = (
    Case(_NAME, (Byte(0, 2), Byte(14, 0), Byte(15, _DIGEST)), (Range(0, 2), Range(4, 12), Range(19, 20)), Role.NOTICE),
    Case(_NAME, (Byte(0, 2),), (Range(0, 2), Range(4, 12), Range(14, 16)), Role.NOTICE, keep=24),
    Case(
        _NAME,
        (Byte(0, 3),),
        (Range(0, 12), Range(14, 15), After(Field(2, 2), 4)),
        Role.NOTICE,
        keep=2048,
        with_length=True,
        most=256,
    ),
)


def probe(message: Message) -> bool:
    """Version, type and length of a packet."""
    return is_well_formed(_version, message)


def _version(message: Message) -> int:
    data = message.data
    if not message.transport.startswith("ip-") or len(data) < 16 or data[0] not in _HEADERS or data[1] not in _TYPES:
        raise Malformed("no OSPF packet")
    header = _HEADERS[data[0]]
    if not header <= int.from_bytes(data[2:4], "big") <= message.length or len(data) < header:
        raise Malformed("the length of the OSPF packet does not fit")
    if data[0] == 2 and data[14:16] not in (b"\0\0", b"\0\1", b"\0\2"):
        raise Malformed("authentication type {n}", n=int.from_bytes(data[14:16], "big"))
    return data[0]


def dissect(message: Message) -> Iterator[Row]:
    """The packet's type, router and area, and how it is authenticated."""
    version = _version(message)
    data = message.data
    yield Operation(
        verb=Verb.REPORT,
        function=_TYPES[data[1]],
        kind=Kind.NOTICE,
        code=str(data[1]),
        object=f"area {address(data[8:12])}",
        detail=joined([said("router {name}", name=address(data[4:8])), *_instance(data)]),
        filter=f"ospf.msg == {data[1]}",
    )
    yield _authentication_2(data) if version == 2 else _authentication_3(message)


def _instance(data: bytes) -> Iterator[str]:
    if data[0] == 3 and data[14]:
        yield said("instance {n}", n=data[14])


def _authentication_2(data: bytes) -> Session:
    kind = data[15]
    if kind == _DIGEST and data[19] >= 16:
        return by_digest("OSPFv2", algorithm_of(data[19]))
    return by_password("OSPFv2") if kind == _PASSWORD else unproven("OSPFv2")


def _authentication_3(message: Message) -> Session:
    """Behind the packet lies the trailer, mostly; a block of link-local signalling may lie between them."""
    length = int.from_bytes(message.data[2:4], "big")
    head, rest = message.data[length : length + 4], message.length - length
    if rest < _TRAILER or len(head) < 4:
        return unproven("OSPFv3") if rest < _TRAILER else unread("OSPFv3")
    kind, size = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
    digest = size - _TRAILER if kind == 1 and size <= rest else rest - 4 * size - _TRAILER
    return by_digest("OSPFv3", algorithm_of(digest)) if digest >= 16 else unproven("OSPFv3")


PROTOCOL = Protocol(
    name=_NAME,
    title="OSPF",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 2328 appendices A.3 and D, RFC 5340 appendix A.3, RFC 5709, RFC 7166 section 4, RFC 5613",
    industrial=False,
)
