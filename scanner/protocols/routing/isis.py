"""IS-IS: which routers are neighbours, and whether they prove it (IEEE 802.2 LLC 0xFE, first byte 0x83).

ISO/IEC 10589 section 9; RFC 5304 (HMAC-MD5), RFC 5310 (generic cryptographic authentication). ES-IS and CLNP have the
same service access point and another first byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Range, Role, Select, Size, Test, Whole, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import algorithm_of, by_digest, by_password, tlvs, unproven, unread
from scanner.wording import said

_NAME = "isis"
_DISCRIMINATOR = 0x83
_TYPES = {
    15: "Level 1 LAN Hello",
    16: "Level 2 LAN Hello",
    17: "Point-to-Point Hello",
    18: "Level 1 Link State",
    20: "Level 2 Link State",
    24: "Level 1 Complete Sequence Numbers",
    25: "Level 2 Complete Sequence Numbers",
    26: "Level 1 Partial Sequence Numbers",
    27: "Level 2 Partial Sequence Numbers",
}
_HEADERS = {27: (15, 16, 18, 20), 20: (17,), 33: (24, 25), 17: (26, 27)}  # length -> types
_HEADER_OF = {kind: size for size, kinds in _HEADERS.items() for kind in kinds}
_LSP = (18, 20)
_HELLO = (15, 16, 17)
_SOURCES = {**dict.fromkeys(_HELLO, 9), **dict.fromkeys(_LSP, 12), **dict.fromkeys((24, 25, 26, 27), 10)}
_LENGTHS = {**dict.fromkeys(_LSP, 8), **dict.fromkeys((24, 25, 26, 27), 8), 15: 17, 16: 17, 17: 17}
_AUTHENTICATION = 10
_PASSWORD, _GENERIC, _MD5 = 1, 3, 54

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _DISCRIMINATOR), Byte(1, _HEADERS), Byte(2, 1), Byte(5, 1), Size(17)),
    ports={"ethertype": (0xFE,)},
    confirmations=1,
    anywhere=False,
)


def _cases() -> Iterator[Case]:
    """Type, source, and of the authentication its kind and length."""
    for size, kinds in _HEADERS.items():
        tests: tuple[Test, ...] = (Byte(0, _DISCRIMINATOR), Byte(4, {n for k in kinds for n in bits(31, k)}))
        proof = Chain(size, Field(1, 1, add=2), (Select((Byte(0, _AUTHENTICATION),), (Range(0, 3),)),))
        source = _SOURCES[kinds[0]]
        if 18 in kinds:
            lan, link = ({n for k in part for n in bits(31, k)} for part in ((15, 16), _LSP))
            yield Case(_NAME, (tests[0], Byte(4, lan)), (Range(4, 5), Range(9, 15), proof), Role.NOTICE, keep=1500)
            yield Case(_NAME, (tests[0], Byte(4, link)), (Range(4, 5), Range(12, 18), proof), Role.NOTICE, keep=1500)
        else:
            yield Case(_NAME, tests, (Range(4, 5), Range(source, source + 6), proof), Role.NOTICE, keep=1500)


def probe(message: Message) -> bool:
    """A PDU that exists, its header as long as it must be, and TLVs that fill it."""
    return is_well_formed(_found, message)


def _found(message: Message) -> dict[int, bytes]:
    data = message.data
    if message.transport != "ethernet" or len(data) < 17 or data[0] != _DISCRIMINATOR or data[2] != 1 or data[5] != 1:
        raise Malformed("no IS-IS PDU")
    kind = data[4] & 31
    if _HEADER_OF.get(kind) != data[1]:
        raise Malformed("no IS-IS PDU")
    place = _LENGTHS[kind]
    length = int.from_bytes(data[place : place + 2], "big")
    if len(data) >= place + 2 and not data[1] <= length <= message.length:
        raise Malformed("the length of the PDU does not fit")
    found: dict[int, bytes] = {}
    for number, value in tlvs(data[:length], data[1], width=1, header_counted=False, cut=length > len(data)):
        found.setdefault(number, value)
    return found


def dissect(message: Message) -> Iterator[Row]:
    """The PDU's type and source, and how it is authenticated."""
    found = _found(message)
    data = message.data
    kind = data[4] & 31
    source = data[_SOURCES[kind] : _SOURCES[kind] + 6].hex()
    yield Operation(
        verb=Verb.REPORT,
        function=_TYPES[kind],
        kind=Kind.NOTICE,
        code=str(kind),
        detail=said("system {name}", name=f"{source[:4]}.{source[4:8]}.{source[8:]}"),
        filter=f"isis.type == {kind}",
    )
    yield _authentication(found.get(_AUTHENTICATION, b""), cut=message.length > len(data))


def _authentication(value: bytes, *, cut: bool) -> Session:
    if not value:
        return unread("IS-IS") if cut else unproven("IS-IS")
    if value[0] == _PASSWORD:
        return by_password("IS-IS")
    if value[0] == _MD5 and len(value) == 17:
        return by_digest("IS-IS", "HMAC-MD5")
    if value[0] == _GENERIC and len(value) > 18:
        return by_digest("IS-IS", algorithm_of(len(value) - 3))
    return unproven("IS-IS")


PROTOCOL = Protocol(
    name=_NAME,
    title="IS-IS",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="ISO/IEC 10589 section 9, RFC 5304 section 2, RFC 5310 section 3",
    industrial=False,
)
