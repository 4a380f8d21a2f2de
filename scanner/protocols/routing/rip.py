"""RIP versions 1 and 2, and RIPng: who tells routes, and whether he proves that he may.

RFC 1058 section 3.1, RFC 2453 sections 4 and 4.1 (a password), RFC 4822 (keyed digest), RFC 2080 section 2.1 (RIPng,
which leaves authentication to IPsec).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.routing._authentication import algorithm_of, by_digest, by_password, unproven

_NAME = "rip"
_COMMANDS = {1: "Request", 2: "Response"}
_ENTRY = 20
_HEADER = 4
_PASSWORD, _DIGEST = 2, 3
_NG = 521

_FIRST = (Byte(0, _COMMANDS), Byte(1, (1, 2)), Byte(2, 0), Byte(3, 0), Byte(4, (0, 0xFF)))
FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(*_FIRST, Size(_HEADER + _ENTRY, 1500)),
    ports={"udp": (520,)},
    confirmations=1,
    anywhere=False,
)
FRAMING_NG = Framing(
    name="ripng",
    delimiter=Whole(),
    sync=(Byte(0, _COMMANDS), Byte(1, 1), Byte(2, 0), Byte(3, 0), Size(_HEADER + _ENTRY, 65535)),
    ports={"udp": (_NG,)},
    confirmations=1,
    anywhere=False,
)
_AUTHENTICATED = (Byte(1, 2), Byte(4, 0xFF), Byte(5, 0xFF))
CASES = (
    Case(
        _NAME,
        (*_AUTHENTICATED, Byte(6, 0), Byte(7, _DIGEST)),
        (Range(0, 8), Range(11, 12)),
        Role.NOTICE,
        keep=12,
    ),
    Case(_NAME, _AUTHENTICATED, (Range(0, 8),), Role.NOTICE, keep=8),
    Case(_NAME, (), (Range(0, 6),), Role.NOTICE, keep=8),
)


def probe(message: Message) -> bool:
    """Command and version that exist, and whole entries of a known kind."""
    return is_well_formed(_check, message)


def _check(message: Message) -> None:
    data = message.data
    if message.transport != "udp" or len(data) < 8 or data[0] not in _COMMANDS or data[2:4] != b"\0\0":
        raise Malformed("no RIP message")
    behind = message.length - _HEADER
    if _is_ng(message):
        if data[1] != 1:
            raise Malformed("no RIPng message")
    elif data[1] == 2 and data[4:6] == b"\xff\xff":
        if data[6:8] == b"\0\3":
            behind = int.from_bytes(data[8:10], "big") - _HEADER
            if len(data) < 12 or behind + _HEADER > message.length:
                raise Malformed("the digest does not fit the message")
    elif data[1] not in (1, 2) or data[4:6] not in (b"\0\0", b"\0\2"):
        raise Malformed("no RIP message")
    if behind <= 0 or behind % _ENTRY:
        raise Malformed("no whole entries")


def _is_ng(message: Message) -> bool:
    return message.port == _NG


def dissect(message: Message) -> Iterator[Row]:
    """Whether routes are asked for or told, and how the message is authenticated."""
    _check(message)
    data = message.data
    ng = _is_ng(message)
    yield Operation(
        verb=Verb.READ if data[0] == 1 else Verb.REPORT,
        function=_COMMANDS[data[0]],
        kind=Kind.NOTICE,
        code=str(data[0]),
        filter=f"ripng.cmd == {data[0]}" if ng else f"rip.command == {data[0]}",
    )
    version = "RIPng" if ng else f"RIPv{data[1]}"
    proof = int.from_bytes(data[6:8], "big") if not ng and data[1] == 2 and data[4:6] == b"\xff\xff" else 0
    if proof == _DIGEST:
        yield by_digest(version, algorithm_of(data[11]) if len(data) > 11 else "HMAC")
    else:
        yield by_password(version) if proof == _PASSWORD else unproven(version)


PROTOCOL = Protocol(
    name=_NAME,
    title="RIP, RIPng",
    framing=FRAMING,
    more_framings=(FRAMING_NG,),
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.READ, Verb.REPORT}),
    specification="RFC 1058 section 3.1, RFC 2453 section 4, RFC 4822 section 2, RFC 2080 section 2.1",
    industrial=False,
    display_filter="rip || ripng",
)
