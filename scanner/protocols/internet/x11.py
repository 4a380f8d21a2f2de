"""X11: windows of programs on the screen of another computer, and how they are let onto it, on any TCP port.

Written from the X Window System Protocol, version 11, section 8 and appendix B (connection setup), and Xsecurity(7).
The server is the screen: whoever is let in reads what is typed there and types himself. Nothing is encrypted. What is
drawn, typed or sent as proof is in no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from scanner.framing.language import Byte, Case, Range, Role, SentBy, Size, Test, magic
from scanner.protocols.base import Identity, Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable, readable
from scanner.protocols.internet._logins import opening, probe, segment, session

NAME = "x11"
_HEADER = 12
_ORDERS: dict[int, Literal["big", "little"]] = {0x42: "big", 0x6C: "little"}
_REFUSED, _ACCEPTED, _ASKS_MORE = 0, 1, 2
# Of a cookie the secret itself is sent; the others prove that they know one.
_KINDS = {
    "": "none",
    "MIT-MAGIC-COOKIE-1": "password",
    "XDM-AUTHORIZATION-1": "challenge",
    "SUN-DES-1": "challenge",
    "MIT-KERBEROS-5": "negotiate",
}
_LONGEST = 256  # bytes of a name or a proof
_VENDOR = 40  # where the maker of the server stands in its answer


def _opens(data: bytes) -> tuple[str, int] | None:
    """The name of the proof that a client opens with, and the protocol's minor version; None: it opens nothing."""
    order = _ORDERS.get(data[0]) if len(data) >= _HEADER else None
    if order is None or int.from_bytes(data[2:4], order) != 11:
        return None
    minor, name, proof = (int.from_bytes(data[at : at + 2], order) for at in (4, 6, 8))
    if minor > 1 or name > _LONGEST or proof > _LONGEST or any(data[10:12]):
        return None
    return readable(data[_HEADER : _HEADER + name], 40), minor


def proof(message: Message) -> bool:
    """A client's setup, as long as it says."""
    data = message.data
    if message.transport != "tcp" or message.from_client is False or _opens(data) is None:
        return False
    order = _ORDERS[data[0]]
    name, secret = (int.from_bytes(data[at : at + 2], order) + 3 & ~3 for at in (6, 8))
    return message.length >= _HEADER + name + secret


def dissect(message: Message) -> Iterator[Row]:
    """The setup, whether it was accepted, and who the server is."""
    data = segment(message)
    if message.from_client is not False and (opened := _opens(data)):
        kind, shown = _KINDS.get(opened[0], "other"), opened[0] if opened[0] in _KINDS else ""
        yield Operation(Verb.AUTHENTICATE, "connection setup", detail=shown, filter="x11")
        yield Session(version=f"X11.{opened[1]}", credentials=kind, encrypted=False)
    elif message.from_client is False and (order := _answers(data)):
        yield from _answer(data, order)


def _answers(data: bytes) -> Literal["big", "little"] | None:
    """The order of bytes in the answer to a setup; None: it is none."""
    if len(data) < 8 or data[0] > _ASKS_MORE:
        return None
    if data[0] == _ASKS_MORE:
        return "little" if not any(data[1:6]) else None
    for order in _ORDERS.values():
        if int.from_bytes(data[2:4], order) == 11 and int.from_bytes(data[4:6], order) <= 1:
            return order
    return None


def _answer(data: bytes, order: Literal["big", "little"]) -> Iterator[Row]:
    if data[0] == _REFUSED:
        yield Operation(Verb.AUTHENTICATE, "connection setup", Kind.REFUSAL, refusal="not authorised", filter="x11")
    elif data[0] == _ASKS_MORE:
        yield Operation(Verb.AUTHENTICATE, "more authentication", Kind.NOTICE, filter="x11")
        yield Session(unread=("credentials",))
    else:
        yield Operation(Verb.AUTHENTICATE, "connection setup", Kind.RESPONSE, filter="x11")
        yield Session(authenticated=True)
        size = int.from_bytes(data[24:26], order)
        if len(data) >= _VENDOR + size > _VENDOR and (vendor := printable(data[_VENDOR : _VENDOR + min(size, 64)])):
            release = int.from_bytes(data[8:12], order)
            yield Identity("software", f"{vendor} {release}")


_KEPT = 128  # bytes of the answer, in which the maker's name stands
_PROOF = _HEADER + 20  # bytes in which the name of the proof stands; the secret behind it is no part of what is kept


def _cases() -> Iterator[Case]:
    for first, major in ((0x42, b"\0\x0b"), (0x6C, b"\x0b\0")):
        setup: tuple[Test, ...] = (Byte(0, first), *magic(2, major), SentBy(client=True))
        yield Case(NAME, setup, (Range(0, 1), Range(2, _PROOF)), Role.REQUEST, keep=_PROOF)
    server = SentBy(client=False)
    for major in (b"\0\x0b\0", b"\x0b\0"):
        accepted: tuple[Test, ...] = (Byte(0, _ACCEPTED), *magic(2, major), server)
        yield Case(NAME, accepted, (Range(0, 12), Range(24, 26), Range(40, 104)), Role.RESPONSE, keep=_KEPT)
        refused: tuple[Test, ...] = (Byte(0, _REFUSED), *magic(2, major), server)
        yield Case(NAME, refused, (Range(0, 6),), Role.RESPONSE, keep=16)
    yield Case(NAME, (Byte(0, _ASKS_MORE), *magic(1, bytes(5)), server), (Range(0, 6),), Role.NOTICE, keep=16)
    yield Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4)


_LITTLE = opening(
    NAME, Byte(0, 0x6C), *magic(2, b"\x0b\0"), Byte(4, (0, 1)), Byte(5, 0), Byte(7, 0), Byte(9, 0), Byte(10, 0),
    Byte(11, 0), Size(_HEADER, 600), form="little-endian",
)  # fmt: skip
_BIG = opening(
    NAME, Byte(0, 0x42), *magic(2, b"\0\x0b"), Byte(4, 0), Byte(5, (0, 1)), Byte(6, 0), Byte(8, 0), Byte(10, 0),
    Byte(11, 0), Size(_HEADER, 600), form="big-endian",
)  # fmt: skip

PROTOCOL = Protocol(
    name=NAME,
    title="X11",
    framing=_LITTLE,
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE}),
    specification="X Window System Protocol 11 section 8 and appendix B; Xsecurity(7)",
    industrial=False,
    more_framings=(_BIG, session(NAME)),
    usual={"tcp": tuple(range(6000, 6010))},
)
