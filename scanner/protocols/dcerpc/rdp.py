"""RDP: the security that client and server agree on before anything else, on any TCP port.

Written from [MS-RDPBCGR] sections 2.2.1.1 (connection request with cookie, RDP_NEG_REQ and correlation identifier) and
2.2.1.2 (confirm with RDP_NEG_RSP or RDP_NEG_FAILURE; servers before Windows Vista answer with neither, and know only
RDP's own security). The user name in the cookie is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

_REQUEST, _CONFIRM = 0xE0, 0xD0
_NEG_REQUEST, _NEG_RESPONSE, _NEG_FAILURE = 1, 2, 3
_BARE = 11  # bytes of TPKT and COTP, behind which the rest stands
_CORRELATION = 36  # bytes of RDP_NEG_CORRELATION_INFO, the last structure of a request that has it

# A COTP connection request or confirm (byte 5) with what only RDP puts behind its seven bytes: a cookie or routing
# token in text, or a negotiation structure.
FRAMING = Framing(
    name="rdp",
    delimiter=Length(at=2, width=2, minimum=19, maximum=512),
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
    then="rdp-confirm",
)
# Behind a request that is RDP's, any confirm is the answer to it; then comes TLS, or RDP itself over TPKT.
CONFIRM = Framing(
    name="rdp-confirm",
    delimiter=Length(at=2, width=2, minimum=_BARE, maximum=512),
    sync=(Byte(0, 3), Byte(1, 0), Byte(5, _CONFIRM), Size(_BARE)),
    ports={"tcp": ()},
    confirmations=1,
    anywhere=False,
    then="rdp-session",
)
# What follows is encrypted or pictures; TLS is a protocol of its own and begins with a handshake record.
SESSION = Framing(
    name="rdp-session",
    delimiter=Whole(),
    sync=(Byte(0, frozenset(range(256)) - {0x16}),),
    ports={"tcp": ()},
    confirmations=1,
    anywhere=False,
    yields=False,
)

PROTOCOLS = {
    0: "RDP standard security",
    1: "TLS",
    2: "CredSSP",
    4: "RDSTLS",
    8: "CredSSP with early user authorization",
    16: "RDS AAD authentication",
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
    """(type, value) of the negotiation structure: the last 8 bytes but for a correlation identifier; None without."""
    end = len(data)
    if data[-_CORRELATION : 4 - _CORRELATION] == b"\6\0\x24\0":
        end -= _CORRELATION
    found = data[end - 8 : end] if end >= _BARE + 8 else b""
    if len(found) == 8 and found[0] in (1, 2, 3) and found[2:4] == b"\x08\0":
        return found[0], int.from_bytes(found[4:8], "little")
    return None


def probe(message: Message) -> bool:
    """A connection request or confirm with cookie or negotiation; a confirm without behind such a request."""
    data = message.data
    if message.framing == SESSION.name:
        return True
    if message.transport != "tcp" or len(data) < _BARE or data[:2] != b"\3\0" or data[5] not in (_REQUEST, _CONFIRM):
        return False
    if message.framing == CONFIRM.name and data[5] == _CONFIRM:
        return True
    return data[11:18] == b"Cookie:" or data[11:16] == b"mstsh" or _negotiation(data) is not None


def dissect(message: Message) -> Iterator[Row]:
    """The request with what the client can do; the confirm with what the server chose."""
    data = message.data
    if not probe(message):
        raise Malformed("neither a connection request nor a confirm of RDP")
    if message.framing == SESSION.name:
        return
    found = _negotiation(data)
    if data[5] == _REQUEST:
        yield _operation(Kind.REQUEST)
        value = found[1] if found and found[0] == _NEG_REQUEST else 0
        yield Session(version_offered=(PROTOCOLS[0], *(name for bit, name in PROTOCOLS.items() if value & bit)))
    elif found and found[0] == _NEG_FAILURE:
        yield _operation(Kind.REFUSAL, FAILURES.get(found[1], f"failure code {found[1]}"))
    else:
        yield _operation(Kind.RESPONSE, bare=found is None)
        chosen = found[1] if found else 0
        # How much RDP's own security encrypts is agreed on later, and may be nothing. Nobody looks into what follows.
        yield Session(
            version=PROTOCOLS.get(chosen, f"protocol {chosen}"),
            encrypted=True if chosen else None,
            unread=("payload",),
        )


def _operation(kind: Kind, refusal: str = "", *, bare: bool = False) -> Operation:
    shown_by = "cotp.type == 0x0d" if bare else "rdp"
    return Operation(Verb.SESSION, "Security negotiation", kind, refusal=refusal, filter=shown_by)


_NAME = "rdp"
_TPKT = (Byte(0, 3), Byte(1, 0))
PROTOCOL = Protocol(
    name=_NAME,
    title="RDP",
    framing=FRAMING,
    cases=(
        # The correlation identifier is new in every connection.
        Case(
            _NAME,
            (*_TPKT, Byte(5, _REQUEST), *(Byte(at - _CORRELATION, value) for at, value in enumerate(b"\6\0\x24\0"))),
            (Range(5, 6), Range(-_CORRELATION - 8, -_CORRELATION)),
            Role.REQUEST,
            keep=512,
        ),
        Case(_NAME, (*_TPKT, Byte(5, _REQUEST)), (Range(5, 6), Range(-8)), Role.REQUEST, keep=512),
        Case(_NAME, (*_TPKT, Byte(5, _CONFIRM)), (Range(5, 6), Range(11)), Role.RESPONSE, keep=512),
        Case(_NAME, (), (Range(0, 0),), Role.NOTICE, keep=8),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="[MS-RDPBCGR] sections 2.2.1.1 and 2.2.1.2",
    industrial=False,
    more_framings=(CONFIRM, SESSION),
)
