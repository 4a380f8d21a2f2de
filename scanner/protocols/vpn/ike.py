"""IKE versions 1 and 2 over UDP, on any port: proposals, what was chosen of them, and how the ends prove who they are.

RFC 7296 (version 2), RFC 2408, 2409 (version 1), RFC 3948 (ESP in UDP on the same port, told from IKE by a marker).
What the ends choose for the traffic itself they agree on under encryption. Whether that traffic is encrypted can be
seen of its packets only (``_esp``); a conversation that carries them is no better than they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Length, Range, Role, Size, Test, Whole, magic
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
from scanner.protocols.vpn import _esp as esp
from scanner.protocols.vpn import _ike_names as names
from scanner.protocols.vpn import _ike_payloads as ike
from scanner.wording import joined, said

_NAME = "ike"
_NAT = "ike-nat-session"
_RESPONSE, _MARKER = 0x20, len(ike.MARKER)
_BELONGS = 3600  # seconds after an exchange in which the packets that it is for may begin
_EXCHANGES = {*names.EXCHANGES_1, *names.EXCHANGES_2}
_FIRST = {0, *range(1, 22), *range(33, 55), 128, 129, 130, 132}


def _sync(at: int) -> tuple[Byte, ...]:
    return (
        Byte(at + 16, _FIRST),
        Byte(at + 17, (0x10, 0x20)),
        Byte(at + 18, _EXCHANGES),
        Byte(at + 19, (0, 1, 2, 3, 4, 8, 0x20, 0x28)),
        Byte(at + 24, 0),
        Byte(at + 25, 0),
    )


FRAMING = Framing(
    name=_NAME,
    delimiter=Length(at=24, width=4, minimum=ike.HEADER, maximum=0xFFFF),
    sync=_sync(0),
    ports={"udp": (500, 848)},
    confirmations=1,
)
NAT_OPENING = Framing(
    name="ike-nat",
    delimiter=Length(at=_MARKER + 24, width=4, add=_MARKER, minimum=_MARKER + ike.HEADER, maximum=0xFFFF),
    sync=(*magic(0, ike.MARKER), *_sync(_MARKER)),
    ports={"udp": (4500,)},
    confirmations=1,
    then=_NAT,
)
# Behind an opening, or on the port: IKE with its marker, ESP, and bytes that keep an address translation alive.
NAT_SESSION = Framing(
    name=_NAT,
    delimiter=Whole(),
    sync=(Size(1, 0xFFFF),),
    ports={"udp": (4500,)},
    confirmations=1,
    anywhere=False,
    unless=(Byte(0, range(20, 25)), Byte(1, 0xFE)),  # DTLS
)


def _ike(message: Message) -> tuple[bytes, int] | None:
    """The message of IKE and its length; None when it is something else that goes over the same port."""
    if message.data[:_MARKER] == ike.MARKER:
        return message.data[_MARKER:], message.length - _MARKER
    if message.framing == _NAT or len(message.data) < ike.HEADER or message.data[17] not in (0x10, 0x20):
        return None
    return message.data, message.length


def probe(message: Message) -> bool:
    """Header and lengths agree; or, beside IKE, what may be ESP or keeps the way open."""
    if message.transport != "udp":
        return False
    found = _ike(message)
    if found is None:
        return message.framing == _NAT and (message.data == b"\xff" or esp.possible(message.data, message.length))
    try:
        ike.header(*found)
    except Malformed:
        return False
    return True


def dissect(message: Message) -> Iterator[Row]:
    """An exchange with its proposals; or what a packet of ESP shows of itself."""
    found = _ike(message)
    if found is None:
        if not probe(message):
            raise Malformed("no message of IKE")
        if message.data != b"\xff":
            yield from esp.session(message.data, message.length)
        return
    data, length = found
    head = ike.header(data, length)
    parts = [] if head.sealed else list(ike.payloads(head, data))
    error = next(filter(None, (ike.errors(head, *part) for part in parts)), "")
    answers = _answers(head, message, chosen=any(kind == ike.SA_1 for kind, _ in parts))
    kind = Kind.REFUSAL if error else Kind.RESPONSE if answers else Kind.REQUEST
    name = (names.EXCHANGES_1 if head.version == 1 else names.EXCHANGES_2)[head.exchange]
    yield Operation(
        Verb.SESSION,
        name,
        kind,
        code=str(head.exchange),
        refusal=error,
        filter=f"isakmp.exchangetype == {head.exchange}",
    )
    version = f"IKEv{head.version}"
    yield Session(version=version if answers else "", version_offered=() if answers else (version,))
    for part in parts:
        yield from _vendor(head, *part)
    yield from _agreed(head, parts, answers=answers, nat=len(data) != len(message.data))
    if name in ("Quick Mode", "IKE_AUTH", "CREATE_CHILD_SA"):
        yield Related("ip-50", 0, None, ("esp", ""), within=_BELONGS, proves_itself=True)


def _answers(head: ike.Header, message: Message, *, chosen: bool) -> bool:
    """Version 2 says who answers. In version 1 only the responder sends a security association once there is one."""
    if head.version == 2:
        return bool(head.flags & _RESPONSE)
    return any(head.responder) and (chosen or message.from_client is False)


def _agreed(head: ike.Header, parts: list[tuple[int, bytes]], *, answers: bool, nat: bool) -> Iterator[Session]:
    """What is offered, or chosen: one transform of each kind."""
    for kind, body in parts:
        if head.version == 2 and kind == ike.SA_2:
            found = ike.proposals_2(body)
        elif head.version == 1 and kind == ike.SA_1:
            found = ike.proposals_1(body)
        else:
            continue
        names_ = [name for proposal in found for name in proposal.algorithms]
        if not answers:
            yield Session(cipher_offered=tuple(dict.fromkeys(names_)), detail=joined(_notes(head, found), "; "))
        elif len(found) == 1:
            secret = any(name.startswith("ENCR_") and "NULL" not in name for name in names_)
            yield Session(encrypted=True if secret and not nat else None, detail=joined(_notes(head, found), "; "))
            yield from (Session(cipher=name) for name in names_)
    requested = ike.REQUEST_1 if head.version == 1 else ike.REQUEST_2
    if any(kind == requested for kind, _ in parts):
        yield Session(detail=said("certificate requested"))


def _notes(head: ike.Header, found: list[ike.Proposal]) -> Iterator[str]:
    """Of version 1: how the ends prove who they are, and for how long it holds."""
    methods = dict.fromkeys(p.authentication for p in found if p.authentication)
    shared = any(method in names.PRE_SHARED for method in methods)
    if head.exchange == 4 and head.version == 1:
        yield said("aggressive mode with a pre-shared key") if shared else said("aggressive mode")
    for method in methods:
        yield said("authentication by {name}", name=names.AUTHENTICATION_1.get(method, str(method)))
    for amount, unit in dict.fromkeys(life for p in found for life in p.lifetimes):
        yield said("lifetime {n} {unit}", n=amount, unit=unit)


def _vendor(head: ike.Header, kind: int, body: bytes) -> Iterator[Identity]:
    """A vendor id that is known."""
    if kind != (ike.VENDOR_1 if head.version == 1 else ike.VENDOR_2):
        return
    for begins, (field, value) in names.VENDORS.items():
        if body.startswith(begins):
            yield Identity(field, value)
            return


def _cases(at: int) -> Iterator[Case]:
    """Messages by exchange and first payload, which has the proposals; nonces and keys behind it are new every time."""
    marked: tuple[Test, ...] = magic(0, ike.MARKER) if at else ()
    head = Range(at + 16, at + 20)
    first = Range(at + 28, Field(at + 30, 2, add=at + 28))
    asks = (*marked, Byte(at + 17, 0x20), Byte(at + 18, 34))
    for flags, role in ((range(0x20), Role.ASKS), (range(0x20, 0x40), Role.ANSWERS)):
        yield Case(_NAME, (*asks, Byte(at + 19, flags)), (head, first), role, keep=4096, with_length=True, most=256)
    for flags, role in ((range(0x20), Role.ASKS), (range(0x20, 0x40), Role.ANSWERS)):
        yield Case(_NAME, (*marked, Byte(at + 17, 0x20), Byte(at + 19, flags)), (head,), role, keep=256)
    clear = (*marked, Byte(at + 17, 0x10), Byte(at + 19, range(0, 256, 2)))
    yield Case(_NAME, clear, (head, first), Role.NOTICE, keep=4096, with_length=True, most=256)
    yield Case(_NAME, (*marked, Byte(at + 17, 0x10)), (head,), Role.NOTICE, keep=64)


def _packets() -> Iterator[Case]:
    """ESP by its identifier and length: some packets of each are enough to see whether they can be read."""
    for zeros in range(3):
        when: tuple[Test, ...] = (*magic(0, bytes(zeros)), Byte(zeros, range(1, 256)), Size(12))
        yield Case(_NAME, when, (Range(0, 4),), Role.NOTICE, keep=2048, with_length=True, most=32)
    yield Case(_NAME, (Size(1, 1),), (Range(0, 1),), Role.NOTICE)


PROTOCOL = Protocol(
    name=_NAME,
    title="IKE, ESP in UDP",
    framing=FRAMING,
    cases=(*_cases(_MARKER), *_cases(0), *_packets()),
    probe=probe,
    dissect=dissect,
    beyond_key="payloads behind the first have no fixed place; packets of ESP are samples",
    verbs=frozenset({Verb.SESSION}),
    specification="RFC 7296 sections 2 and 3, RFC 2408 section 3, RFC 2409 section 5 and appendix A, RFC 3948",
    industrial=False,
    more_framings=(NAT_OPENING, NAT_SESSION),
    proof=lambda message: _ike(message) is not None,
    display_filter="isakmp",
    short="IKE",
)
