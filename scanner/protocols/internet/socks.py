"""SOCKS 4 and 5: log-ins to a proxy, and that there is one.

Written from RFC 1928 sections 3 to 6, RFC 1929, and the protocol specifications of SOCKS 4 and 4A.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Sync, Whole, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_log_in
from scanner.protocols.internet._logins import login, on_port, opening, segment, session
from scanner.protocols.internet._logins import probe as any_segment

NAME = "socks"
_METHODS = (0, 1, 2, 3, 5, 6, 7, 8, 9, 0xFF)
_OFFERS = (  # of clients that have a password to give, and that have none
    *((2,), (0, 2), (2, 0), (0, 1, 2), (0, 2, 1), (1, 2), (2, 1)),
    *((0,), (0, 1), (1, 0)),
)
_ADDRESSES = {1: 10, 4: 22}  # length of a request by the type of its address


def _asks(data: bytes) -> bool:
    """Version, command, reserved, type of address, and no byte more than that has."""
    if len(data) < 7 or data[0] != 5 or data[1] not in (1, 2, 3) or data[2]:
        return False
    return len(data) == (7 + data[4] if data[3] == 3 else _ADDRESSES.get(data[3], 0))


def _asks_4(data: bytes) -> bool:
    """SOCKS 4: version, command, a port, an address, who asks; 4A: of an address that is none, a name behind it."""
    if len(data) < 9 or data[0] != 4 or data[1] not in (1, 2) or data[2:4] == bytes(2) or data[-1]:
        return False
    names = data[8:-1].split(b"\0")
    named = data[4:7] == bytes(3) and data[7] != 0
    return (
        len(names) == 1 + named
        and all(0x20 < c < 0x7F for name in names for c in name)
        and (not named or names[1] != b"")
    )


def _logs_in(data: bytes) -> bool:
    """RFC 1929: version 1, lengths, name and password, and no byte more."""
    return len(data) > 4 and data[0] == 1 and len(data) > 2 + data[1] and len(data) == 3 + data[1] + data[2 + data[1]]


def _behind_offer(data: bytes) -> bytes:
    """What follows the offer of methods, where a client did not wait for the answer; else everything."""
    rest = data[2 + data[1] :] if len(data) > 2 and data[0] == 5 and 0 < data[1] <= len(_METHODS) else b""
    return rest if _logs_in(rest) or _asks(rest) else data


def probe(message: Message) -> bool:
    """Any segment, but the first of a server, which chooses a method, or answers a log-in or a request."""
    return any_segment(message) and (message.from_client is not False or message.data[0] in (0, 1, 5))


def proof(message: Message) -> bool:
    """A request, a log-in that can be read, or a list of methods that exist."""
    data = _behind_offer(message.data)
    if _logs_in(data) and min(data[2 : 2 + data[1]], default=0) >= 0x20:
        return True
    offers = len(data) > 2 and data[0] == 5 and len(data) == 2 + data[1] and set(data[2:]) <= set(_METHODS)
    return _asks(data) or _asks_4(data) or (offers and len(data) > 3)


def _offers(*methods: int) -> Framing:
    """A connection that begins with the offer of just these methods. Tested from both ends: nothing else is there,
    which is more than what only begins alike (DCE/RPC, MELSEC) has to show.
    """
    offer = bytes((5, len(methods), *methods))
    size = len(offer)
    sync: tuple[Sync, ...] = (*magic(0, offer), *magic(-size, offer), Size(size, size))
    return Framing(f"{NAME}-{'-'.join(map(str, methods))}", Whole(), sync, {"tcp": ()}, 1, then=f"{NAME}-session")


def _hasty(*methods: int) -> Framing:
    """The offer, and behind it a request: of a client that did not wait, or whose offer was too short by itself to show
    that it is nothing of the port's own protocol.
    """
    offer = bytes((5, len(methods), *methods))
    size = len(offer)
    asks = (Byte(size, 5), Byte(size + 1, (1, 2, 3)), Byte(size + 2, 0), Byte(size + 3, (1, 3, 4)))
    form = f"hasty-{'-'.join(map(str, methods))}"
    return opening(NAME, *magic(0, offer), *asks, Size(size + 8, size + 262), form=form)


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins, requests and their kinds."""
    data = _behind_offer(segment(message))
    if message.from_client and _logs_in(data):
        user, password = data[2 : 2 + data[1]], data[3 + data[1] :]
        yield from login("user name and password", "user-password", "socks", of_log_in(user, password))
    elif not message.from_client and len(data) == 2 and data[0] == 1:
        kind = Kind.REFUSAL if data[1] else Kind.RESPONSE
        yield Operation(
            Verb.AUTHENTICATE, "user name and password", kind, refusal="refused" if data[1] else "", filter="socks"
        )
        yield Session(authenticated=not data[1])
    elif message.from_client and (_asks(data) or _asks_4(data)):
        function = {1: "CONNECT", 2: "BIND", 3: "UDP ASSOCIATE"}[data[1]]
        yield Operation(Verb.SESSION, function, Kind.NOTICE, code=str(data[1]), filter="socks")
        yield Session(version=f"SOCKS {data[0]}", encrypted=False, unread=("credentials", "payload"))


PROTOCOL = Protocol(
    name=NAME,
    title="SOCKS",
    framing=on_port(NAME, 1080),
    cases=(
        Case(NAME, (Byte(0, 5), Size(2, 780)), (Range(0),), Role.NOTICE, keep=800),
        Case(NAME, (Byte(0, 4), Size(9, 300)), (Range(0),), Role.NOTICE, keep=300),
        Case(NAME, (Byte(0, 1), Size(2, 513)), (Range(0),), Role.BY_SIDE, keep=520),
        Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=4),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE, Verb.SESSION}),
    specification="RFC 1928 sections 3 to 6, RFC 1929, SOCKS 4A",
    industrial=False,
    more_framings=(
        *(_offers(*methods) for methods in _OFFERS),
        *(_hasty(*methods) for methods in _OFFERS if 0 in methods),
        # Who asks is text, possibly none: results of TDS begin and end alike.
        opening(
            NAME, Byte(0, 4), Byte(1, (1, 2)), Byte(8, (0, *range(0x20, 0x7F))), Byte(-1, 0), Size(9, 300), form="4"
        ),
        session(NAME),
    ),
)
