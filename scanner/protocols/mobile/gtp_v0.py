"""GTP version 0: how the first GPRS networks set up the tunnels of their subscribers.

GSM 09.60 (3GPP TS 09.60) sections 6 (header), 7.4 and 7.5 (messages) and 7.9 (elements). What the tunnels carry is
opened by the kernel as that of GTP-U is. Version 0 has no protection of any kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.mobile._gtp_elements import gtp_elements
from scanner.protocols.mobile._nas import network_name
from scanner.protocols.mobile._subscriber import of_digits
from scanner.wording import verbatim

_NAME = "gtp-v0"
_HEADER = 20
_REQUESTS = {
    1: "Echo",
    4: "Node Alive",
    16: "Create PDP Context",
    18: "Update PDP Context",
    20: "Delete PDP Context",
    22: "Create AA PDP Context",
    24: "Delete AA PDP Context",
    27: "PDU Notification",
    29: "PDU Notification Reject",
    32: "Send Routeing Information for GPRS",
    34: "Failure Report",
    36: "Note MS GPRS Present",
    48: "Identification",
    50: "SGSN Context",
}
_ANSWERS = {kind + 1: kind for kind in _REQUESTS}
_NOTICES = {3: "Version Not Supported", 26: "Error Indication", 52: "SGSN Context Acknowledge"}
_TYPES = {*_REQUESTS, *_ANSWERS, *_NOTICES}
_FIXED = {  # lengths of the elements that have none of their own
    **dict.fromkeys((1, 8, 11, 13, 14, 15, 19), 1),
    **dict.fromkeys((16, 17), 2),
    **dict.fromkeys((6, 12, 18), 3),
    **dict.fromkeys((4, 5, 127), 4),
    2: 8,
    3: 6,
    9: 28,
}
_CAUSE, _IMSI, _NETWORK = 1, 2, 131
_GOOD = range(128, 192)
_FIRST = (0x1E, 0x1F)  # version 0, GTP and not GTP'; whether a number of the mobile's link is in the header
_ONES = 0xFF

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(
        Byte(0, _FIRST),
        Byte(1, _TYPES),
        Byte(2, range(6)),
        *(Byte(at, _ONES) for at in (9, 10, 11)),
        Size(_HEADER, 1600),
    ),
    ports={"udp": (3386,)},
    confirmations=1,
)


def _cases() -> Iterator[Case]:
    key, number = (Range(0, 2), Range(12)), (Range(4, 6),)  # with the identifier of the tunnel
    yield Case(_NAME, (Byte(1, _REQUESTS),), key, Role.ASKS, number, keep=1600)
    yield Case(_NAME, (Byte(1, _ANSWERS),), key, Role.ANSWERS, number, keep=1600)
    yield Case(_NAME, (Byte(1, _NOTICES),), key, Role.NOTICE, keep=1600)


def _elements(message: Message) -> dict[int, bytes]:
    """The elements, the first of each type; Malformed when they do not fill the message."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] not in _FIRST or data[1] not in _TYPES:
        raise Malformed("no message of GTP version 0")
    if data[9:12] != b"\xff\xff\xff":
        raise Malformed("no message of GTP version 0")
    if _HEADER + int.from_bytes(data[2:4], "big") != message.length:
        raise Malformed("the lengths do not agree")
    return gtp_elements(data, _HEADER, message.length, _FIXED)


def probe(message: Message) -> bool:
    """Header, type and length agree, and elements fill the message."""
    return is_well_formed(_elements, message)


def _of_tunnel(data: bytes) -> bytes:
    """The subscriber's digits, which with a number of the session are the tunnel's identifier (section 6)."""
    return data[12:19] + bytes((data[19] | 0xF0,)) if any(data[12:19]) else b""


def dissect(message: Message) -> Iterator[Row]:
    """The procedure, for whom and to which network, and whether it was refused."""
    elements = _elements(message)
    kind = message.data[1]
    cause = elements.get(_CAUSE, b"")
    refused = kind in _ANSWERS and bool(cause) and cause[0] not in _GOOD
    network = network_name(elements.get(_NETWORK, b""))
    named = (of_digits(elements.get(_IMSI) or _of_tunnel(message.data)), f"APN {network}" if network else "")
    answer = Kind.REFUSAL if refused else Kind.RESPONSE
    yield Operation(
        verb=Verb.SESSION,
        function=_NOTICES.get(kind) or _REQUESTS[_ANSWERS.get(kind, kind)],
        kind=answer if kind in _ANSWERS else Kind.REQUEST if kind in _REQUESTS else Kind.NOTICE,
        code=str(kind),
        object=verbatim(", ".join(filter(None, named))),
        refusal=f"cause {cause[0]}" if refused else "",
        filter=f"gtp.message == 0x{kind:02x}",
    )
    yield Session(version="GTPv0", credentials="none", encrypted=False)


PROTOCOL = Protocol(
    name=_NAME,
    title="GTPv0",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="3GPP TS 09.60 sections 6, 7.4, 7.5 and 7.9",
    industrial=False,
    display_filter="gtpprime",
)
