"""OpenVPN over UDP and TCP, on any port: told by the reset that opens its control channel.

OpenVPN protocol (openvpn-rfc, OpenVPN 2.6 source, ssl_pkt.h): opcode and key, session id, what protects the control
channel, then acknowledgements and numbers. Without protection or with tls-auth the TLS handshake in it is in clear;
with tls-crypt nothing is. Whether what the tunnel carries is encrypted shows in its packets only. Static-key mode has
no opening, and is not recognised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Sync, Test, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.tls import _handshake as handshake
from scanner.protocols.vpn import _esp as esp
from scanner.wording import Said, said

_NAME = "openvpn"
_CLIENT_RESET, _SERVER_RESET, _CLIENT_RESET_3, _CONTROL = 7, 8, 10, 4
_FUNCTIONS = {
    3: "P_CONTROL_SOFT_RESET_V1",
    4: "P_CONTROL_V1",
    5: "P_ACK_V1",
    6: "P_DATA_V1",
    7: "P_CONTROL_HARD_RESET_CLIENT_V2",
    8: "P_CONTROL_HARD_RESET_SERVER_V2",
    9: "P_DATA_V2",
    10: "P_CONTROL_HARD_RESET_CLIENT_V3",
    11: "P_CONTROL_WKC_V1",
}
_DATA = (6, 9)
_CHECKS = (20, 32, 64)  # bytes of the HMAC of tls-auth: SHA-1, SHA-256, SHA-512
_PLAIN, _SEALED = 14, 54  # bytes of a client's reset without protection, and with tls-crypt
_CARRIED_6, _HEADER_6 = (b"\x06", b"\x11", b"\x3a"), 40  # TCP, UDP, ICMPv6; bytes before them
_TUNNEL_HEADERS = range(1, 90)  # where a packet in clear may begin
_PING = bytes.fromhex("2a187bf3641eb4cb07ed2d0a981fc748")  # what keeps a tunnel alive (OpenVPN 2.6, ping.c)


def _zeros(at: int, count: int) -> tuple[Byte, ...]:
    return magic(at, bytes(count))


def _resets() -> Iterator[tuple[str, tuple[Sync, ...]]]:
    """(name, tests) of the client's first packet in each kind of protection."""
    first = Byte(0, _CLIENT_RESET << 3)
    yield "", (first, *_zeros(9, 5), Size(_PLAIN, _PLAIN))
    for check in _CHECKS:
        size = _PLAIN + check + 8
        tests: tuple[Sync, ...] = (*magic(9 + check, b"\0\0\0\1"), *_zeros(17 + check, 5), Size(size, size))
        yield f"-auth-{check}", (first, *tests)
    yield "-crypt", (first, *magic(9, b"\0\0\0\1"), Size(_SEALED, _SEALED))
    third: tuple[Sync, ...] = (Byte(0, _CLIENT_RESET_3 << 3), Byte(9, (0, 0x0F)), *magic(10, b"\0\0\1"))
    yield "-crypt-2", (*third, Size(_SEALED + 64, 2000))


def _openings() -> Iterator[Framing]:
    """Over TCP one for all protections of a kind of reset: its length says enough for a try."""
    for suffix, tests in _resets():
        yield Framing(
            name=f"{_NAME}{suffix}",
            delimiter=Whole(),
            sync=tests,
            ports={"udp": ()},
            confirmations=1,
            then=f"{_NAME}-session",
        )
    lengths = {_PLAIN, _SEALED, *(_PLAIN + check + 8 for check in _CHECKS)}
    for suffix, begins in (
        ("-tcp", (Byte(0, 0), Byte(1, lengths), Byte(2, _CLIENT_RESET << 3))),
        ("-tcp-crypt-2", (Byte(0, range(8)), Byte(2, _CLIENT_RESET_3 << 3), *magic(12, b"\0\0\1"))),
    ):
        yield Framing(
            name=f"{_NAME}{suffix}",
            delimiter=Length(at=0, width=2, add=2, minimum=16, maximum=2002),
            sync=begins,
            ports={"tcp": ()},
            confirmations=1,
            then=f"{_NAME}-tcp-session",
        )


_OPCODES = {opcode << 3 | key for opcode in _FUNCTIONS for key in range(8)}
SESSION = Framing(
    name=f"{_NAME}-session",
    delimiter=Whole(),
    sync=(Byte(0, _OPCODES), Size(10, 0xFFFF)),
    ports={"udp": ()},
    confirmations=1,
    anywhere=False,
    sealed=True,
)
TCP_SESSION = Framing(
    name=f"{_NAME}-tcp-session",
    delimiter=Length(at=0, width=2, add=2, minimum=12, maximum=0xFFFF),
    sync=(Byte(2, _OPCODES),),
    ports={"tcp": ()},
    confirmations=1,
    anywhere=False,
)


def _packet(message: Message) -> tuple[bytes, int]:
    """The packet and its length, without the length before it in TCP."""
    if message.transport == "tcp":
        return message.data[2:], message.length - 2
    return message.data, message.length


def protection(data: bytes, length: int) -> Said | None:
    """What protects the control channel, of a client's reset; None when it is none."""
    if len(data) < _PLAIN or data[0] not in (_CLIENT_RESET << 3, _CLIENT_RESET_3 << 3):
        return None
    if data[0] == _CLIENT_RESET_3 << 3:
        return said("control channel encrypted (tls-crypt-v2)")
    if length == _PLAIN and not any(data[9:14]):
        return said("control channel without a key of its own")
    if length == _SEALED and data[9:13] == b"\0\0\0\1":
        return said("control channel encrypted (tls-crypt)")
    for check in _CHECKS:
        if length == _PLAIN + check + 8 and data[9 + check : 13 + check] == b"\0\0\0\1":
            return said("control channel authenticated (tls-auth)")
    return None


def probe(message: Message) -> bool:
    """The reset of a client; behind one, any opcode that there is."""
    data, length = _packet(message)
    if message.transport not in ("udp", "tcp") or length < 10 or not data:
        return False
    if message.framing in (SESSION.name, TCP_SESSION.name):
        return data[0] in _OPCODES
    return protection(data, length) is not None


def dissect(message: Message) -> Iterator[Row]:
    """A packet of the control channel with the TLS in it, or of the tunnel."""
    if not probe(message):
        raise Malformed("no packet of OpenVPN")
    data, length = _packet(message)
    opcode = data[0] >> 3
    verb = Verb.UNKNOWN if opcode in _DATA else Verb.SESSION
    kind = {_CLIENT_RESET: Kind.REQUEST, _CLIENT_RESET_3: Kind.REQUEST, _SERVER_RESET: Kind.RESPONSE}
    yield Operation(
        verb, _FUNCTIONS[opcode], kind.get(opcode, Kind.NOTICE), code=str(opcode), filter=f"openvpn.opcode == {opcode}"
    )
    if found := protection(data, length):
        yield Session(detail=found)
    if opcode in _DATA:
        yield from _carried(data, length)
    elif opcode == _CONTROL:
        yield from _tls(data)


def _carried(data: bytes, length: int) -> Iterator[Session]:
    """Whether a packet of the tunnel can be read."""
    if len(data) < length:
        return
    if _PING in data or any(_in_clear(data[at:]) for at in _TUNNEL_HEADERS):
        yield Session(cipher="ENCR_NULL", encrypted=False, detail=said("tunnel without encryption"))
        return
    if esp.looks_encrypted(data[8:]):
        yield Session(encrypted=True, detail=said("tunnel encrypted"))


def _in_clear(packet: bytes) -> bool:
    """A header of IP with the length of all that is there; that of version 6 before what it carries most."""
    if packet[:1] == b"\x45":
        return int.from_bytes(packet[2:4], "big") == len(packet)
    if packet[:1] != b"\x60" or packet[6:7] not in _CARRIED_6:
        return False
    return int.from_bytes(packet[4:6], "big") + _HEADER_6 == len(packet)


def _tls(data: bytes) -> Iterator[Row]:
    """A hello that is whole in this packet."""
    for check in (0, *(size + 8 for size in _CHECKS)):
        at = 9 + check
        count = data[at] if at < len(data) else 255
        at += 1 + 4 * count + (8 if count else 0) + 4
        if count > 8 or data[at : at + 2] != b"\x16\3" or data[at + 5 : at + 6] not in (b"\1", b"\2"):
            continue
        size = int.from_bytes(data[at + 6 : at + 9], "big")
        body = data[at + 9 : at + 9 + size]
        if len(body) == size:
            read = handshake.client_hello if data[at + 5] == 1 else handshake.server_hello
            for row in read(body, complete=True):  # which says nothing of what the tunnel carries
                yield replace(row, encrypted=None) if isinstance(row, Session) else row
        return


def _cases(at: int, tests: tuple[Test, ...]) -> Iterator[Case]:
    """The control channel, whose packets are looked at one by one, and samples of the tunnel by their length."""
    control = {opcode << 3 | key for opcode in _FUNCTIONS if opcode not in _DATA for key in range(8)}
    key = (Range(at, at + 1),)
    yield Case(_NAME, (*tests, Byte(at, control)), key, Role.NOTICE, keep=2048, with_length=True, most=64)
    yield Case(_NAME, tests, key, Role.NOTICE, keep=2048, with_length=True, most=32)


_UDP, *_REST = _openings()

PROTOCOL = Protocol(
    name=_NAME,
    title="OpenVPN",
    framing=_UDP,
    usual={"udp": (1194,), "tcp": (1194,)},
    cases=(*_cases(0, (Byte(0, _OPCODES),)), *_cases(2, (Byte(2, _OPCODES),))),
    probe=probe,
    dissect=dissect,
    beyond_key="packets of the tunnel are samples, of which each is looked at",
    verbs=frozenset({Verb.SESSION, Verb.UNKNOWN}),
    specification="OpenVPN 2.6, ssl_pkt.h and openvpn-rfc (draft of the wire protocol)",
    industrial=False,
    more_framings=(*_REST, SESSION, TCP_SESSION),
    opaque=("P_DATA_V1", "P_DATA_V2"),
)
