"""OLSR, by which radios of a mesh tell each other routes (version 1): who announces what, and that nobody proves it.

RFC 3626 sections 3.3 (packets, over UDP 698), 5, 6, 9 and 12 (messages). Olsrd sends HELLO and TC with the quality of
links under numbers of its own (201, 202), and its plug-in for signatures a message of type 10. Addresses have the
length of those that the packet is sent with.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import NamedTuple

from scanner.framing.language import Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import unproven, unread
from scanner.wording import joined, said

_NAME = "olsr"
_VERSION = "OLSRv1"
_HEADER, _SIGNATURE, _MOST_NETWORKS = 4, 10, 8
_TYPES = {
    1: "HELLO",
    2: "TC",
    3: "MID",
    4: "HNA",
    130: "BMF",
    _SIGNATURE: "signature",
    201: "HELLO (LQ)",
    202: "TC (LQ)",
}
_HNA = 4

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Size(_HEADER + 12, 0xFFFF),),
    ports={"udp": (698,)},
    confirmations=1,
    anywhere=False,
)
# All but the number of the packet and of the first message: further ones of it change with every packet.
CASES = (Case(_NAME, (), (Range(0, 2), Range(4, 14)), Role.NOTICE, keep=1500, with_length=True),)


class _Part(NamedTuple):
    """A message in a packet. content: as far as it was kept."""

    type: int
    originator: str
    content: bytes


def probe(message: Message) -> bool:
    """Its length is that of the datagram, and the messages in it fill it."""
    return is_well_formed(_parts, message)


def _parts(message: Message) -> list[_Part]:
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER + 4:
        raise Malformed("no OLSR packet")
    if int.from_bytes(data[:2], "big") != message.length:
        raise Malformed("the length of the packet is not that of the datagram")
    size = 16 if ":" in message.source else 4
    found: list[_Part] = []
    at = _HEADER
    while at < message.length:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if at + 4 > len(data):  # captured in part
            break
        if length < 8 + size or at + length > message.length:
            raise Malformed("the messages do not fill the packet")
        address = data[at + 4 : at + 4 + size]
        if not found and (data[at] not in _TYPES or not any(address)):
            raise Malformed("no message of OLSR")
        origin = str(ipaddress.ip_address(address)) if len(address) == size else ""
        found.append(_Part(data[at], origin, data[at + 8 + size : at + length]))
        at += length
    return found


def dissect(message: Message) -> Iterator[Row]:
    """Each kind of message with who began it; networks that somebody says to be the gateway of."""
    parts = _parts(message)
    size = 16 if ":" in message.source else 4
    for part in dict.fromkeys(parts):
        name = _TYPES.get(part.type) or f"message type {part.type}"
        yield Operation(
            verb=Verb.REPORT,
            function=name,
            kind=Kind.NOTICE,
            code=str(part.type),
            object=f"originator {part.originator}" if part.originator else "",
            detail=joined(_gateway(part.content, size)) if part.type == _HNA else "",
            filter=f"olsr.message_type == {part.type}",
        )
    signed = any(part.type == _SIGNATURE for part in parts)
    yield unread(_VERSION) if signed else unproven(_VERSION)


def _gateway(content: bytes, size: int) -> Iterator[str]:
    pairs = [content[at : at + 2 * size] for at in range(0, len(content) - 2 * size + 1, 2 * size)]
    for pair in pairs[:_MOST_NETWORKS]:
        network, mask = (ipaddress.ip_address(half) for half in (pair[:size], pair[size:]))
        yield said("gateway to {name}", name=f"{network}/{_prefix(mask) if _is_mask(mask) else mask}")


def _is_mask(mask: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    inverse = ~int(mask) & ((1 << mask.max_prefixlen) - 1)
    return inverse & (inverse + 1) == 0


def _prefix(mask: ipaddress.IPv4Address | ipaddress.IPv6Address) -> int:
    return int(mask).bit_count()


PROTOCOL = Protocol(
    name=_NAME,
    title="OLSR",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    beyond_key="messages behind the first have no fixed place; the key has the first and the length",
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 3626 sections 3.3, 5, 6, 9 and 12; types 10, 130, 201 and 202 as olsrd uses them",
    industrial=False,
)
