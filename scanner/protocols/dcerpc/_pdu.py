"""Connection-oriented DCE/RPC: framing, header, the presentation contexts of a bind, authentication verifiers.

Written from C706 section 12.6 and [MS-RPCE] section 2.2.2. Offsets: 0 version 5, 2 PDU type, 3 flags, 4 data
representation, 8 length, 10 length of the authentication value, 12 call identifier. A bind has at 24 the number of
context elements and at 28 the elements: identifier, number of transfer syntaxes, abstract syntax (UUID, version),
transfer syntaxes; with one transfer syntax each, as everybody sends them, an element has 44 bytes.

The length is in the byte order that the header announces, so each order is a framing of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.framing.language import Byte, Framing, Length
from scanner.protocols.base import Malformed, Message
from scanner.protocols.dcerpc._calls import (
    ALTER,
    ALTER_ACK,
    BIND,
    BIND_ACK,
    FAULT,
    ORPHANED,
    REQUEST,
    RESPONSE,
    Order,
)

HEADER, STUB, OBJECT_STUB, THIS = 16, 24, 40, 32  # THIS: ORPCTHIS without extensions
ELEMENTS, ELEMENT = 28, 44
MOST = 3  # contexts of a bind of which the key leaves the authentication out
FIRST_FRAGMENT, LAST_FRAGMENT, HAS_OBJECT = 0x01, 0x02, 0x80
TYPES = (REQUEST, RESPONSE, FAULT, *range(BIND, ORPHANED + 1))


def _framing(name: str, little: bool, ports: dict[str, tuple[int, ...]]) -> Framing:
    return Framing(
        name=name,
        delimiter=Length(at=8, width=2, little=little, minimum=HEADER, maximum=65535),
        sync=(
            Byte(0, 5),
            Byte(1, (0, 1)),
            Byte(2, TYPES),
            Byte(4, 0x10 if little else 0x00),
            *(Byte(at, 0) for at in (5, 6, 7)),
        ),
        ports=ports,
        confirmations=1,
    )


LITTLE = _framing("dcerpc", True, {"tcp": (135,)})
BIG = _framing("dcerpc-big-endian", False, {"tcp": (135,)})


@dataclass(frozen=True, slots=True)
class Head:
    """The common header."""

    kind: int
    flags: int
    order: Order
    authentication: int  # bytes of the authentication value

    @property
    def first(self) -> bool:
        return bool(self.flags & FIRST_FRAGMENT)


def head(message: Message) -> Head:
    """The header of a PDU; Malformed when it is none."""
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for an RPC header", length=len(data))
    if data[0] != 5 or data[1] > 1 or data[2] not in TYPES or data[4] not in (0x00, 0x10) or any(data[5:8]):
        raise Malformed("no connection-oriented RPC header")
    order = Order(little=data[4] == 0x10)
    if order.number(data, 8, 2) != message.length:
        raise Malformed("the length of the fragment is wrong")
    return Head(data[2], data[3], order, order.number(data, 10, 2))


@dataclass(frozen=True, slots=True)
class Context:
    """One presentation context offered."""

    identifier: int
    interface: str
    version: str
    transfer: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """Type and level of the authentication of a security context."""

    type: int
    level: int


@dataclass(frozen=True, slots=True)
class Bind:
    """A bind or alter context."""

    contexts: tuple[Context, ...]
    verifier: Verifier | None


def bind(about: Head, data: bytes) -> Bind:
    """The contexts of a bind or alter context; Malformed when there is none or one is cut short."""
    if len(data) < ELEMENTS:
        raise Malformed("no presentation context")
    found, at = [], ELEMENTS
    for _ in range(data[24]):
        if len(data) < at + 24:
            raise Malformed("presentation context cut short")
        transfers = data[at + 2]
        found.append(_context(about.order, data, at))
        at += 24 + 20 * transfers
    if not found:
        raise Malformed("no presentation context")
    verifier = Verifier(*data[at : at + 2]) if about.authentication and len(data) >= at + 2 else None
    return Bind(tuple(found), verifier)


def _context(order: Order, data: bytes, at: int) -> Context:
    minor, major = divmod(order.number(data, at + 20), 0x10000)
    transfer = order.uuid(data, at + 24) if data[at + 2] else ""
    return Context(order.number(data, at, 2), order.uuid(data, at + 4), f"{major}.{minor}", transfer)


def results(about: Head, data: bytes) -> tuple[tuple[int, int], ...]:
    """(result, reason) of each context in the answer to a bind; Malformed when they are cut short."""
    at = results_at(about.order.number(data, 24, 2))
    if len(data) <= at or len(data) < at + 4 + 24 * data[at]:
        raise Malformed("the results of a bind are cut short")
    places = range(at + 4, at + 4 + 24 * data[at], 24)
    return tuple((about.order.number(data, p, 2), about.order.number(data, p + 2, 2)) for p in places)


def windows(about: Head, data: bytes) -> str:
    """The version of Windows that an NTLM challenge behind the results of a bind names ([MS-NLMP] section 2.2.2.10);
    empty when there is none, or the sender does not say its build.
    """
    at = results_at(about.order.number(data, 24, 2))
    at += 4 + 24 * data[at]
    version = data[at + 56 : at + 64]
    flags = int.from_bytes(data[at + 28 : at + 32], "little")
    if not about.authentication or data[at : at + 1] != b"\x0a" or not data.startswith(b"NTLMSSP\0\2", at + 8):
        return ""
    build = int.from_bytes(version[2:4], "little")
    if len(version) < 8 or not flags & _VERSION_GIVEN or not build:
        return ""
    return f"Windows {version[0]}.{version[1]} build {build}"


_VERSION_GIVEN = 0x02000000


def results_at(address: int) -> int:
    """Where the results stand behind a secondary address of so many bytes."""
    return (26 + address + 3) & ~3


def is_orpc(data: bytes, at: int) -> bool:
    """ORPCTHIS without extensions stands at ``at`` ([MS-DCOM] section 2.2.13.3): COM version 5.1 to 5.7."""
    this = data[at : at + THIS]
    return (
        len(this) == THIS
        and this[0] == 5
        and 1 <= this[2] <= 7
        and not any((this[1], this[3], *this[8:12], *this[28:]))
    )


BINDS, ACKS = (BIND, ALTER), (BIND_ACK, ALTER_ACK)
