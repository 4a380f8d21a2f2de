"""VRRP and CARP: which router speaks for which virtual address, and whether it proves that it may.

RFC 9568 section 5 (version 3, which has no authentication any more), RFC 3768 section 5.3 and RFC 2338 (version 2, type
of authentication and a password). CARP of the BSD systems has the same IP protocol and version 2, and always a keyed
digest (OpenBSD's ip_carp.h); its length tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import address, by_digest, by_password, unproven
from scanner.wording import joined, said, verbatim

_NAME = "vrrp"
_V2, _V3 = 0x21, 0x31
_HEADER = 8
_PASSWORD = 8  # bytes behind the addresses in version 2
_CARP = 36  # bytes of a message, of which the counter and digest are 28
_CARP_DIGEST = 7  # its length in words of 4 bytes: counter and SHA-1
_TYPES = {0: "none", 1: "password", 2: "IPsec AH"}
_SHOWN = 4

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, {_V2, _V3}), Size(_HEADER)),
    ports={"ip": (112,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(0, _V2), Byte(3, _CARP_DIGEST), Size(_CARP, _CARP)), (Range(0, 4),), Role.NOTICE, keep=_CARP),
    *(
        Case(
            _NAME,
            (Byte(0, _V2), Byte(3, n)),
            (Range(0, 5), Range(_HEADER, _HEADER + 4 * n)),
            Role.NOTICE,
            keep=_HEADER + 4 * n,
            with_length=True,
        )
        for n in range(1, _SHOWN + 1)
    ),
    Case(_NAME, (Byte(0, _V2),), (Range(0, 5), Range(_HEADER, _HEADER + 4 * _SHOWN)), Role.NOTICE, with_length=True),
    Case(_NAME, (Byte(0, _V3),), (Range(0, 4), Range(_HEADER)), Role.NOTICE, with_length=True),
)


def probe(message: Message) -> bool:
    """Version, type, count of addresses and length agree."""
    return is_well_formed(_addresses, message)


def _addresses(message: Message) -> list[str]:
    """The virtual addresses; CARP names none."""
    data = message.data
    if not message.transport.startswith("ip-") or len(data) < _HEADER or data[0] not in (_V2, _V3):
        raise Malformed("no VRRP advertisement")
    if _is_carp(message):
        return []
    count, behind = data[3], message.length - _HEADER
    size = 4
    if data[0] == _V3 and count and behind == 16 * count:
        size = 16
    if not count or behind not in ((size * count,) if data[0] == _V3 else (4 * count, 4 * count + _PASSWORD)):
        raise Malformed("{n} virtual addresses do not fit the length", n=count)
    if data[0] == _V2 and data[4] not in _TYPES:
        raise Malformed("authentication type {n}", n=data[4])
    parts = [data[at : at + size] for at in range(_HEADER, _HEADER + size * min(count, _SHOWN), size)]
    return [address(p) if size == 4 else str(IPv6Address(p)) for p in parts if len(p) == size]


def _is_carp(message: Message) -> bool:
    return message.length == _CARP and message.data[0] == _V2 and message.data[3] == _CARP_DIGEST


def dissect(message: Message) -> Iterator[Row]:
    """Who is master of which virtual router, and how the message is authenticated."""
    addresses = _addresses(message)
    data = message.data
    carp = _is_carp(message)
    rank = said("advertisement skew {n}", n=data[2]) if carp else said("priority {n}", n=data[2])
    yield Operation(
        verb=Verb.REPORT,
        function="CARP advertisement" if carp else "Advertisement",
        kind=Kind.NOTICE,
        code="1",
        unit=str(data[1]),
        object=", ".join(addresses),
        detail=joined([rank, said("gives up") if not carp and data[2] == 0 else verbatim("")]),
        filter=f"vrrp.virt_rtr_id == {data[1]}" + (f" && vrrp.addr_count == {_CARP_DIGEST}" if carp else ""),
    )
    version = "CARP" if carp else f"VRRPv{data[0] >> 4}"
    if carp:
        yield by_digest(version, "HMAC-SHA-1")
    elif data[0] == _V3 or data[4] == 0:
        yield unproven(version)
    else:
        yield by_password(version) if data[4] == 1 else by_digest(version, _TYPES[data[4]])


PROTOCOL = Protocol(
    name=_NAME,
    title="VRRP, CARP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="RFC 9568 section 5, RFC 3768 section 5.3, RFC 2338 section 5.3.6; OpenBSD ip_carp.h",
    industrial=False,
    display_filter="vrrp || carp",
)
