"""WireGuard over UDP, on any port: its handshake and its data, by types, exact lengths and reserved zeros.

J. Donenfeld, WireGuard: Next Generation Kernel Network Tunnel, section 5.4. There is one set of algorithms, and no
choice of them: Noise IKpsk2 with Curve25519, ChaCha20-Poly1305 and BLAKE2s.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

_NAME = "wireguard"
_INITIATION, _RESPONSE, _COOKIE, _DATA = range(1, 5)
_LENGTHS = {_INITIATION: 148, _RESPONSE: 92, _COOKIE: 64}
_FUNCTIONS = {
    _INITIATION: ("Handshake Initiation", Kind.REQUEST),
    _RESPONSE: ("Handshake Response", Kind.RESPONSE),
    _COOKIE: ("Cookie Reply", Kind.NOTICE),
}
_CIPHER = "ENCR_CHACHA20_POLY1305"


def _framing(kind: int, **more: str) -> Framing:
    size = Size(_LENGTHS[kind], _LENGTHS[kind]) if kind in _LENGTHS else Size(32, 0xFFFF)
    return Framing(
        name=f"{_NAME}-{kind}" if kind != _INITIATION else _NAME,
        delimiter=Whole(),
        sync=(*magic(0, bytes((kind, 0, 0, 0))), size),
        ports={"udp": ()},
        confirmations=1,
        then=f"{_NAME}-session",
        **more,  # type: ignore[arg-type]
    )


_TYPES = (Byte(0, range(1, 5)), *magic(1, bytes(3)))
# Behind a handshake message: anything of the protocol, data too, which alone has too little to tell it by.
SESSION = Framing(
    name=f"{_NAME}-session",
    delimiter=Whole(),
    sync=(*_TYPES, Size(32, 0xFFFF)),
    ports={"udp": (51820,)},
    confirmations=2,
    anywhere=False,
)


def probe(message: Message) -> bool:
    """Type, zeros and length agree; data is filled up to 16 bytes."""
    data = message.data
    if message.transport != "udp" or len(data) < 4 or any(data[1:4]) or data[0] not in range(1, 5):
        return False
    if data[0] == _DATA:
        return message.length >= 32 and message.length % 16 == 0
    return message.length == _LENGTHS[data[0]]


def dissect(message: Message) -> Iterator[Row]:
    """A step of the handshake; data only shows that the handshake was completed."""
    if not probe(message):
        raise Malformed("no message of WireGuard")
    kind = message.data[0]
    if kind == _DATA:
        yield Operation(Verb.UNKNOWN, "Transport Data", Kind.NOTICE, code=str(kind), filter="wg.type == 4")
        yield Session(version="WireGuard 1", cipher=_CIPHER, encrypted=True)
        return
    name, what = _FUNCTIONS[kind]
    yield Operation(Verb.SESSION, name, what, code=str(kind), filter=f"wg.type == {kind}")
    answers = kind == _RESPONSE
    yield Session(
        version="WireGuard 1" if answers else "",
        version_offered=() if answers else ("WireGuard 1",),
        cipher=_CIPHER if answers else "",
        encrypted=True if answers else None,
    )


def _case(kind: int, role: Role, pair: tuple[Range, ...] = ()) -> Case:
    return Case(_NAME, magic(0, bytes((kind, 0, 0, 0))), (Range(0, 1),), role, pair, keep=64)


PROTOCOL = Protocol(
    name=_NAME,
    title="WireGuard",
    framing=_framing(_INITIATION),
    cases=(
        _case(_INITIATION, Role.ASKS, (Range(4, 8),)),
        _case(_RESPONSE, Role.ANSWERS, (Range(8, 12),)),
        _case(_COOKIE, Role.NOTICE),
        _case(_DATA, Role.NOTICE),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.UNKNOWN}),
    specification="J. Donenfeld, WireGuard: Next Generation Kernel Network Tunnel, section 5.4",
    industrial=False,
    secured=True,
    more_framings=(_framing(_RESPONSE), _framing(_COOKIE), SESSION),
    proof=lambda message: message.data[:1] not in (b"", bytes((_DATA,))),
    opaque=("Transport Data",),
    display_filter="wg",
)
