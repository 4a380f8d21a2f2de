"""RDP: the security that client and server agree on before anything else, on any TCP port.

Written from [MS-RDPBCGR] sections 2.2.1.1 (connection request with cookie and RDP_NEG_REQ) and 2.2.1.2 (confirm with
RDP_NEG_RSP or RDP_NEG_FAILURE). The user name in the cookie is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.capture.descriptor import Byte, Case, Framing, Length, Range, Role, Size
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

_REQUEST, _CONFIRM = 0xE0, 0xD0
_NEG_REQUEST, _NEG_RESPONSE, _NEG_FAILURE = 1, 2, 3

# A COTP connection request or confirm (byte 5) with what only RDP puts behind its seven bytes: a cookie or routing
# token in text, or a negotiation structure.
FRAMING = Framing(
    name="rdp",
    cutter=Length(at=2, width=2, minimum=19, maximum=512),
    sync=(
        Byte(0, 3),
        Byte(1, 0),
        Byte(5, (_REQUEST, _CONFIRM)),
        Byte(6, 0),
        Byte(7, 0),
        Byte(11, (*b"Cmt", _NEG_REQUEST, _NEG_RESPONSE, _NEG_FAILURE)),
        Size(19),
    ),
    ports={"tcp": (3389,)},
    confirmations=1,
)

PROTOCOLS = {
    0: "RDP standard security",
    1: "TLS",
    2: "CredSSP",
    4: "RDSTLS",
    8: "CredSSP with early user authorization",
}
FAILURES = {
    1: "SSL_REQUIRED_BY_SERVER",
    2: "SSL_NOT_ALLOWED_BY_SERVER",
    3: "SSL_CERT_NOT_ON_SERVER",
    4: "INCONSISTENT_FLAGS",
    5: "HYBRID_REQUIRED_BY_SERVER",
    6: "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
}


def _negotiation(data: bytes) -> tuple[int, int] | None:
    """(type, value) of the negotiation structure: 8 bytes at the end of the message; None when there is none."""
    tail = data[-8:]
    if len(data) >= 19 and tail[0] in (1, 2, 3) and tail[2:4] == b"\x08\0":
        return tail[0], int.from_bytes(tail[4:8], "little")
    return None


def probe(message: Message) -> bool:
    """A connection request or confirm with cookie or negotiation."""
    data = message.data
    if message.transport != "tcp" or len(data) < 19 or data[:2] != b"\3\0" or data[5] not in (_REQUEST, _CONFIRM):
        return False
    return data[11:18] == b"Cookie:" or data[11:16] == b"mstsh" or _negotiation(data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """The request with what the client can do; the confirm with what the server chose."""
    data = message.data
    if not probe(message):
        raise Malformed("neither a connection request nor a confirm of RDP")
    found = _negotiation(data)
    if data[5] == _REQUEST:
        yield _operation(Kind.REQUEST)
        value = found[1] if found and found[0] == _NEG_REQUEST else 0
        yield Session(version_offered=(PROTOCOLS[0], *(name for bit, name in PROTOCOLS.items() if value & bit)))
    elif found and found[0] == _NEG_FAILURE:
        yield _operation(Kind.REFUSAL, FAILURES.get(found[1], f"failure code {found[1]}"))
    else:
        yield _operation(Kind.RESPONSE)
        chosen = found[1] if found else 0
        yield Session(version=PROTOCOLS.get(chosen, f"protocol {chosen}"), encrypted=True)


def _operation(kind: Kind, refusal: str = "") -> Operation:
    return Operation(Verb.SESSION, "Security negotiation", kind, refusal=refusal, filter="rdp")


_NAME = "rdp"
PROTOCOL = Protocol(
    name=_NAME,
    title="RDP",
    framing=FRAMING,
    cases=(
        Case(_NAME, (Byte(5, _REQUEST),), (Range(5, 6), Range(-8)), Role.REQUEST, keep=256),
        Case(_NAME, (Byte(5, _CONFIRM),), (Range(5, 6), Range(-8)), Role.RESPONSE, keep=256),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="[MS-RDPBCGR] sections 2.2.1.1 and 2.2.1.2",
    industrial=False,
)
