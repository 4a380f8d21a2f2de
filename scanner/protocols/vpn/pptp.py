"""PPTP over TCP, on any port: the control connection of a tunnel whose PPP goes in GRE.

RFC 2637 section 2. What it protects at all it protects with MPPE, whose keys come from the log-in.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, magic
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Related,
    Row,
    Session,
    Verb,
)
from scanner.protocols.common.text import readable

_NAME = "pptp"
_COOKIE = bytes.fromhex("1a2b3c4d")
_MESSAGES = {
    1: ("Start-Control-Connection-Request", 156),
    2: ("Start-Control-Connection-Reply", 156),
    3: ("Stop-Control-Connection-Request", 16),
    4: ("Stop-Control-Connection-Reply", 16),
    5: ("Echo-Request", 16),
    6: ("Echo-Reply", 20),
    7: ("Outgoing-Call-Request", 168),
    8: ("Outgoing-Call-Reply", 32),
    9: ("Incoming-Call-Request", 220),
    10: ("Incoming-Call-Reply", 24),
    11: ("Incoming-Call-Connected", 28),
    12: ("Call-Clear-Request", 16),
    13: ("Call-Disconnect-Notify", 148),
    14: ("WAN-Error-Notify", 40),
    15: ("Set-Link-Info", 24),
}
_REPLIES = (2, 4, 6, 8, 10)
_NOTICES = (11, 13, 14, 15)
_RESULTS = {2: (14, 1), 4: (12, 1), 8: (16, 1), 10: (16, 1)}  # reply -> where its result is, and what is good
_CALL_STANDS = 8

FRAMING = Framing(
    name=_NAME,
    delimiter=Length(at=0, width=2, minimum=16, maximum=220),
    sync=(Byte(0, 0), Byte(2, 0), Byte(3, 1), *magic(4, _COOKIE), Byte(8, 0), Byte(9, _MESSAGES)),
    ports={"tcp": (1723,)},
    confirmations=1,
)


def probe(message: Message) -> bool:
    """The cookie, and the length that a message of its type has."""
    data = message.data
    if message.transport != "tcp" or len(data) < 12 or data[2:8] != b"\0\1" + _COOKIE or data[8]:
        return False
    return data[9] in _MESSAGES and message.length == _MESSAGES[data[9]][1]


def dissect(message: Message) -> Iterator[Row]:
    """One control message; who sends it, where it says so."""
    if not probe(message):
        raise Malformed("no message of PPTP")
    data, number = message.data, message.data[9]
    kind = Kind.RESPONSE if number in _REPLIES else Kind.NOTICE if number in _NOTICES else Kind.REQUEST
    at, good = _RESULTS.get(number, (0, 0))
    refused = bool(at) and at < len(data) and data[at] != good
    yield Operation(
        Verb.SESSION,
        _MESSAGES[number][0],
        Kind.REFUSAL if refused else kind,
        code=str(number),
        refusal=f"result {data[at]}" if refused else "",
        filter=f"pptp.control_message_type == {number}",
    )
    yield Session(version="PPTP 1", encrypted=False)
    if number in (1, 2):
        for field, begin in (("hostname", 28), ("software", 92)):
            if text := readable(data[begin : begin + 64].split(b"\0")[0], 64):
                yield Identity(field, text)
    if number == _CALL_STANDS and not refused:
        yield Related("ip-47", 0, None, ("",), within=3600)


PROTOCOL = Protocol(
    name=_NAME,
    title="PPTP",
    framing=FRAMING,
    cases=tuple(
        Case(_NAME, (Byte(9, number),), (Range(8, 10), *key), role, keep=220)
        for number, (_, size) in _MESSAGES.items()
        for role in (Role.ANSWERS if number in _REPLIES else Role.NOTICE if number in _NOTICES else Role.ASKS,)
        for key in ((Range(12, size),) if number in (1, 2) else (Range(12, 18),) if number in _RESULTS else (),)
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 2637 section 2",
    industrial=False,
)
