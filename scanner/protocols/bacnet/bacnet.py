"""BACnet over IP, over IPv6 and over Ethernet.

Written from ANSI/ASHRAE 135-2020: annex J (BACnet/IP), annex U (BACnet/IPv6), clause 7 (Ethernet, LLC with DSAP 0x82),
clause 6 (network layer), clauses 5, 13 to 16, 20 and 21 (application layer). ``_bacnet_cases`` has what makes messages
equal, ``_bacnet_npdu`` the network layer, ``_bacnet_apdu`` and ``_bacnet_services`` the application layer.

I-Am is the answer to Who-Is, whether somebody asked or not; where both are broadcast nothing tells which was asked.
Of WritePropertyMultiple the first property is named; of an acknowledgement the object and property in front of its
value. Of segments only the first is dissected. BACnet as such protects nothing: what Secure-BVLL, Security-Payload and
BACnet/SC add is said in sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

from scanner.framing.language import Byte, Framing, Length, Size, Whole, bits
from scanner.protocols.bacnet import _names as names
from scanner.protocols.bacnet import _npdu as npdu
from scanner.protocols.bacnet._cases import BACNET_IP, BACNET_IPV6, IP_CARRIERS, IPV6_CARRIERS, NAME, VERSION, cases
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import said

HEADER = 4  # type, function, length of the whole
_PORTS = tuple(range(0xBAC0, 0xBAD0))
_CUTTER = Length(at=2, width=2, minimum=HEADER, maximum=0x07FF)


def _framings(name: str, kind: int) -> tuple[Framing, Framing]:
    """BVLL messages over UDP; they have at most 1497 bytes in an Ethernet frame. Devices take a datagram for a message
    whatever its length field says, so it must be right only away from the ports of BACnet, where it recognises them.
    """
    begins = Byte(0, kind)
    return (
        Framing(name, Whole(), (begins, Size(HEADER, 1497)), {"udp": _PORTS}, confirmations=2, anywhere=False),
        Framing(f"{name}-elsewhere", _CUTTER, (begins, Byte(2, range(8))), {"udp": ()}, confirmations=2),
    )


FRAMING, ELSEWHERE = _framings(NAME, BACNET_IP)
IPV6, IPV6_ELSEWHERE = _framings("bacnet-ipv6", BACNET_IPV6)
ETHERNET = Framing(
    "bacnet-ethernet",
    Whole(),
    # Bits 6 and 4 of the control byte are reserved.
    (Byte(0, VERSION), Byte(1, bits(0x50, 0)), Size(3, 1497)),
    {"ethertype": (0x82,)},
    confirmations=1,
    anywhere=False,
)

FUNCTIONS = {
    0x00: ("BVLC-Result", Verb.SESSION),
    0x01: ("Write-Broadcast-Distribution-Table", Verb.CONFIGURE),
    0x02: ("Read-Broadcast-Distribution-Table", Verb.READ),
    0x03: ("Read-Broadcast-Distribution-Table-Ack", Verb.READ),
    0x05: ("Register-Foreign-Device", Verb.SESSION),
    0x06: ("Read-Foreign-Device-Table", Verb.READ),
    0x07: ("Read-Foreign-Device-Table-Ack", Verb.READ),
    0x08: ("Delete-Foreign-Device-Table-Entry", Verb.CONFIGURE),
    0x0C: ("Secure-BVLL", Verb.SESSION),
}
IPV6_FUNCTIONS = {
    0x00: ("BVLC-Result", Verb.SESSION),
    0x03: ("Address-Resolution", Verb.IDENTIFY),
    0x04: ("Forwarded-Address-Resolution", Verb.IDENTIFY),
    0x05: ("Address-Resolution-ACK", Verb.IDENTIFY),
    0x06: ("Virtual-Address-Resolution", Verb.IDENTIFY),
    0x07: ("Virtual-Address-Resolution-ACK", Verb.IDENTIFY),
    0x09: ("Register-Foreign-Device", Verb.SESSION),
    0x0A: ("Delete-Foreign-Device-Table-Entry", Verb.CONFIGURE),
    0x0B: ("Secure-BVLL", Verb.SESSION),
}
_NAKS = {
    0x10: "Write-Broadcast-Distribution-Table NAK",
    0x20: "Read-Broadcast-Distribution-Table NAK",
    0x30: "Register-Foreign-Device NAK",
    0x40: "Read-Foreign-Device-Table NAK",
    0x50: "Delete-Foreign-Device-Table-Entry NAK",
    0x60: "Distribute-Broadcast-To-Network NAK",
}
_IPV6_NAKS = {
    0x30: "Address-Resolution NAK",
    0x60: "Virtual-Address-Resolution NAK",
    0x90: "Register-Foreign-Device NAK",
    0xA0: "Delete-Foreign-Device-Table-Entry NAK",
    0xC0: "Distribute-Broadcast-To-Network NAK",
}
_SECURE, _SHOWN = {BACNET_IP: 0x0C, BACNET_IPV6: 0x0B}, 12


def probe(message: Message) -> bool:
    """The headers hold down to the application message, whose type must exist."""
    try:
        if message.transport == "ethernet":
            return npdu.plausible(message.data)
        if message.transport != "udp":
            return False
        kind, function = _head(message)
        at = (IP_CARRIERS if kind == BACNET_IP else IPV6_CARRIERS).get(function, 0)
        return npdu.plausible(message.data[at:]) if at else function in _known(kind)
    except Malformed:
        return False


def dissect(message: Message) -> Iterable[Row]:
    """The rows of one message, below Ethernet's LLC or with its BVLL header.

    A length that is not that of the datagram hinders nobody: what is beyond it is left out, unless the rest makes no
    sense then, and where it is too long the datagram's counts.
    """
    if message.transport == "ethernet":
        return npdu.rows(message.data, message.length)
    length = int.from_bytes(message.data[2:4], "big")
    if HEADER <= length < message.length:
        with suppress(Malformed):
            return list(_rows(message.carrying(message.data[:length], length)))
    return _rows(message)


def _rows(message: Message) -> Iterable[Row]:
    """Of a BVLL message."""
    kind, function = _head(message)
    at = (IP_CARRIERS if kind == BACNET_IP else IPV6_CARRIERS).get(function, 0)
    if at:
        return _carried(message, kind, function, at)
    if function not in _known(kind):
        return (_unknown(message, kind, function),)
    if function == _SECURE[kind]:
        control = message.data[HEADER] if len(message.data) > HEADER else 0
        return _operation(kind, function, Kind.NOTICE), npdu.security(control)
    if kind == BACNET_IP:
        return _management(message, function)
    return (_management_ipv6(message, function),)


def _known(kind: int) -> dict[int, tuple[str, Verb]]:
    return FUNCTIONS if kind == BACNET_IP else IPV6_FUNCTIONS


def _unknown(message: Message, kind: int, function: int) -> Operation:
    """A function that no edition of the standard has."""
    field = "function" if kind == BACNET_IP else "function_ipv6"
    return Operation(
        Verb.UNKNOWN,
        f"BVLC function 0x{function:02X}",
        Kind.RESPONSE if message.from_client is False else Kind.REQUEST,
        code=f"BVLC 0x{function:02X}",
        filter=f"bvlc.{field} == 0x{function:02x}",
    )


def _head(message: Message) -> tuple[int, int]:
    """(type, function) of a BVLL message."""
    data = message.data
    if len(data) < HEADER:
        raise Malformed("{length} bytes are too few for a BVLL header", length=len(data))
    kind, function = data[0], data[1]
    if kind not in _SECURE:
        raise Malformed("BVLL type 0x{kind:02X}", kind=kind)
    carriers = IP_CARRIERS if kind == BACNET_IP else IPV6_CARRIERS
    length = int.from_bytes(data[2:4], "big")
    if function not in carriers and length != message.length:  # which nothing else shows to be one
        raise Malformed("BVLL length says {stated} bytes, there are {length}", stated=length, length=message.length)
    return kind, function


def _carried(message: Message, kind: int, function: int, at: int) -> list[Row]:
    """The NPDU, and by whom it was sent when a BBMD forwarded it."""
    data = message.data
    sender = ""
    words: tuple[str, ...] = ()
    if len(data) < at:
        raise Malformed("BVLL message cut short")
    if (kind, function) == (BACNET_IP, 0x04):
        sender, words = str(IPv4Address(data[4:8])), (said("forwarded"),)
    elif (kind, function) == (BACNET_IPV6, 0x08):
        sender, words = str(IPv6Address(data[7:23])), (said("forwarded"),)
    elif (kind, function) in ((BACNET_IP, 0x09), (BACNET_IPV6, 0x0C)):
        words = (said("to be distributed by a BBMD"),)
    return npdu.rows(data[at:], message.length - at, ip=sender, words=words)


def _operation(kind: int, function: int, role: Kind, **more: str) -> Operation:
    name, verb = (FUNCTIONS if kind == BACNET_IP else IPV6_FUNCTIONS)[function]
    field = "function" if kind == BACNET_IP else "function_ipv6"
    return Operation(
        verb=verb,
        function=name,
        kind=role,
        code=f"BVLC 0x{function:02X}",
        object=more.get("object", ""),
        detail=more.get("detail", ""),
        refusal=more.get("refusal", ""),
        filter=f"bvlc.{field} == 0x{function:02x}",
    )


def _management(message: Message, function: int) -> Iterator[Row]:
    """What BBMDs and foreign devices say to each other (annex J.2 to J.5)."""
    data = message.data[HEADER:]
    if function == 0x00:
        yield _result(BACNET_IP, data, _NAKS)
        return
    answers = function in (0x03, 0x07)
    shown = detail = ""
    if function in (0x01, 0x03):
        shown = _table(data, lambda entry: f"{_address(entry)} mask {IPv4Address(entry[6:10])}")
    elif function == 0x07:
        shown = _table(data, lambda entry: f"{_address(entry)} for {int.from_bytes(entry[6:8], 'big')} s")
    elif function == 0x08:
        shown = _address(_need(data, 6))
    elif function == 0x05:
        detail = said("for {n} s", n=int.from_bytes(_need(data, 2)[:2], "big"))
    yield _operation(BACNET_IP, function, Kind.RESPONSE if answers else Kind.REQUEST, object=shown, detail=detail)
    if answers:
        yield Identity("role", "BACnet broadcast management device (BBMD)")
    else:
        yield Session(credentials="none", authenticated=False, encrypted=False)


def _management_ipv6(message: Message, function: int) -> Operation:
    """Annex U.2; the sender's virtual address is in front."""
    data = _need(message.data[HEADER:], 3)[3:]
    if function == 0x00:
        return _result(BACNET_IPV6, data, _IPV6_NAKS)
    if function == 0x09:
        detail = said("for {n} s", n=int.from_bytes(_need(data, 2)[:2], "big"))
        return _operation(BACNET_IPV6, function, Kind.REQUEST, detail=detail)
    if function == 0x0A:
        entry = _need(data, 18)
        shown = f"[{IPv6Address(entry[:16])}]:{int.from_bytes(entry[16:18], 'big')}"
        return _operation(BACNET_IPV6, function, Kind.REQUEST, object=shown)
    shown = f"virtual address {_need(data, 3)[:3].hex()}" if function in (0x03, 0x04) else ""
    return _operation(BACNET_IPV6, function, Kind.NOTICE, object=shown)


def _result(kind: int, data: bytes, naks: dict[int, str]) -> Operation:
    code = int.from_bytes(_need(data, 2)[:2], "big")
    refusal = f"{naks.get(code, 'result')} (0x{code:04X})" if code else ""
    return _operation(kind, 0x00, Kind.REFUSAL if code else Kind.RESPONSE, refusal=refusal)


def _table(data: bytes, show: Callable[[bytes], str]) -> str:
    """Entries of ten bytes."""
    entries = [show(data[at : at + 10]) for at in range(0, len(data) - 9, 10)]
    more = len(entries) - _SHOWN
    return ", ".join(entries[:_SHOWN]) + (f" and {more} more" if more > 0 else "") or "empty table"


def _address(entry: bytes) -> str:
    return f"{IPv4Address(entry[:4])}:{int.from_bytes(entry[4:6], 'big')}"


def _need(data: bytes, size: int) -> bytes:
    if len(data) < size:
        raise Malformed("BVLL message cut short")
    return data


PROTOCOL = Protocol(
    name=NAME,
    title="BACnet/IP and BACnet over Ethernet",
    short="BACnet",
    framing=FRAMING,
    cases=cases(),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(
        {verb for _, verb in names.CONFIRMED.values()}
        | {verb for _, verb in names.UNCONFIRMED.values()}
        | {verb for _, verb in names.NETWORK.values()}
        | {verb for _, verb in names.STATES.values()}
        | {verb for _, verb in names.PROGRAM_REQUESTS.values()}
        | {verb for _, verb in FUNCTIONS.values()}
    ),
    opaque=names.SECURED,
    specification="ANSI/ASHRAE 135-2020 clauses 5 to 7, 13 to 16, 20, 21 and annexes J and U; clause 24 of 135-2016",
    more_framings=(ELSEWHERE, IPV6, IPV6_ELSEWHERE, ETHERNET),
    midway="requests not seen",
)
