"""GTP-C: how the parts of a mobile core set up the tunnels of subscribers, version 1 (GPRS) and version 2 (LTE).

3GPP TS 29.060 sections 6, 7.1 and 7.7 (version 1), TS 29.274 sections 5.5, 6.1 and 8 (version 2). Messages that only
look whether somebody is there are those of the user plane in version 1, and so not taken for this protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Subscription, Verb
from scanner.protocols.mobile._gtp_elements import gtp_elements
from scanner.protocols.mobile._nas import data_network, ipv4, ipv6, network_name
from scanner.protocols.mobile._subscriber import of_digits
from scanner.wording import verbatim

_NAME = "gtp-c"
_REQUESTS_1 = {
    16: "Create PDP Context",
    18: "Update PDP Context",
    20: "Delete PDP Context",
    22: "Initiate PDP Context Activation",
    27: "PDU Notification",
    48: "Identification",
    50: "SGSN Context",
    53: "Forward Relocation",
}
_REQUESTS_2 = {
    32: "Create Session",
    34: "Modify Bearer",
    36: "Delete Session",
    38: "Change Notification",
    95: "Create Bearer",
    97: "Update Bearer",
    99: "Delete Bearer",
    128: "Identification",
    130: "Context",
    133: "Forward Relocation",
    135: "Forward Relocation Complete Notification",
    162: "Suspend Notification",
    164: "Resume Notification",
    170: "Release Access Bearers",
    176: "Downlink Data Notification",
}
_PATH = {1: "Echo", 3: "Version Not Supported Indication"}
_ACKNOWLEDGED_2 = {135: 136, 176: 177}  # every other answer has the number behind its request's
_FIXED_1 = {  # lengths of the elements of version 1 that have none of their own
    **dict.fromkeys((1, 8, 11, 13, 14, 15, 19, 20, 21, 23, 24, 29), 1),
    **dict.fromkeys((25, 26, 27, 28), 2),
    **dict.fromkeys((4, 5, 16, 17, 127), 4),
    2: 8,
    3: 6,
    9: 28,
    12: 3,
    18: 5,
    22: 9,
}
_CAUSES = {1: (1, range(128, 192)), 2: (2, range(16, 64))}  # version -> element, and what it is where all is well
_IMSI = {1: 2, 2: 1}
_NETWORK = {1: 131, 2: 71}
_ADDRESS = {1: 128, 2: 79}
_CREATE = {1: (16, 17), 2: (32, 33)}


def _answers(requests: dict[int, str]) -> dict[int, str]:
    return {_ACKNOWLEDGED_2.get(kind, kind + 1): name for kind, name in requests.items()}


_TYPES = {1: _REQUESTS_1 | _answers(_REQUESTS_1), 2: _PATH | {2: "Echo"} | _REQUESTS_2 | _answers(_REQUESTS_2)}
# Version 2, with another message behind it or not; a tunnel's endpoint identifier, and a priority, are in the header.
_WITH_TUNNEL, _WITHOUT_TUNNEL = frozenset({0x48, 0x4C, 0x58, 0x5C}), frozenset({0x40, 0x50})
_SHORT = frozenset({*range(6)})  # high octet of a length: no message is as long as 1536 bytes

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(
        Byte(0, {0x32} | _WITH_TUNNEL | _WITHOUT_TUNNEL),
        Byte(1, {*_TYPES[1], *_TYPES[2]}),
        Byte(2, _SHORT),
        Byte(11, bits(15, 0)),
        Size(12, 3072),
    ),
    ports={"udp": (2123,)},
)
_FIRST = {1: frozenset({0x32}), 2: _WITH_TUNNEL | _WITHOUT_TUNNEL}


def _cases() -> Iterator[Case]:
    """Requests and answers by their numbers; sequence numbers are no part of a message's key."""
    for version, first, requests, at in (
        (1, {0x32}, _REQUESTS_1, 8),
        (2, _WITH_TUNNEL, _REQUESTS_2, 8),
        (2, _WITHOUT_TUNNEL, {1: "Echo"}, 4),
    ):
        number = (Range(at, at + (2 if version == 1 else 3)),)
        key = (Range(0, 2), Range(8 if first is _WITHOUT_TUNNEL else 12))
        answers = {2} if 1 in requests else _answers(requests)
        yield Case(_NAME, (Byte(0, first), Byte(1, requests)), key, Role.ASKS, number, keep=3072)
        yield Case(_NAME, (Byte(0, first), Byte(1, answers)), key, Role.ANSWERS, number, keep=3072)
    yield Case(_NAME, (Byte(0, _WITHOUT_TUNNEL), Byte(1, 3)), (Range(0, 2),), Role.NOTICE)


def _elements(message: Message) -> tuple[int, dict[int, bytes]]:
    """Version and elements, the first of each type; Malformed when they do not fill the message."""
    data = message.data
    if message.transport != "udp" or len(data) < 8:
        raise Malformed("no message of GTP-C")
    version = data[0] >> 5
    if version not in _TYPES or data[1] not in _TYPES[version] or data[0] not in _FIRST[version]:
        raise Malformed("no message of GTP-C")
    length = int.from_bytes(data[2:4], "big") + (8 if version == 1 else 4)
    if length != message.length and not (_followed(data) and length < message.length):
        raise Malformed("the lengths do not agree")
    data = data[:length]
    at = 12 if version == 1 or data[0] & 8 else 8
    if version == 1:
        found = gtp_elements(data, at, length, _FIXED_1)
    else:
        found = gtp_elements(data, at, length, {}, with_length=range(1, 256), head=4)
    if at == length and data[1] not in (1, 2, 3):
        raise Malformed("the elements do not fill the message")
    return version, found


def _followed(data: bytes) -> bool:
    """Another message of version 2 is behind this one in its datagram."""
    return data[0] & 0xF0 == 0x50


def probe(message: Message) -> bool:
    """Version, type and length agree, and elements fill the message."""
    try:
        _elements(message)
    except Malformed:
        return False
    return True


def dissect(message: Message) -> Iterator[Row]:
    """The procedure, for whom and to which network, and whether it was refused."""
    version, elements = _elements(message)
    kind = message.data[1]
    requests = {**_PATH, **(_REQUESTS_1 if version == 1 else _REQUESTS_2)}
    what = Kind.NOTICE if kind == 3 else Kind.REQUEST if kind in requests else Kind.RESPONSE
    element, good = _CAUSES[version]
    cause = elements.get(element, b"")
    refused = what is Kind.RESPONSE and bool(cause) and cause[0] not in good
    told = of_digits(elements.get(_IMSI[version], b"")), network_name(elements.get(_NETWORK[version], b""))
    named = (told[0], f"APN {told[1]}" if told[1] else "")
    yield Operation(
        verb=Verb.SESSION,
        function=_TYPES[version][kind],
        kind=Kind.REFUSAL if refused else what,
        code=str(kind),
        object=verbatim(", ".join(filter(None, named))),
        refusal=f"cause {cause[0]}" if refused else "",
        filter=f"gtp.message == 0x{kind:02x}" if version == 1 else f"gtpv2.message_type == {kind}",
    )
    yield from _subscription(message.data, version, elements, refused)
    yield Session(version=f"GTPv{version}-C", credentials="none", encrypted=False)
    behind = 4 + int.from_bytes(message.data[2:4], "big")
    if _followed(message.data) and behind < message.length:
        following = message.carrying(message.data[behind:], message.length - behind)
        yield from dissect(following) if probe(following) else ()


def _subscription(data: bytes, version: int, elements: dict[int, bytes], refused: bool) -> Iterator[Row]:
    """What requests and answers that create a session say: one the data network, the other the address."""
    request, answer = _CREATE[version]
    if data[1] not in (request, answer):
        return
    at = 8 if version == 1 or data[0] & 8 else 4
    given = elements.get(_ADDRESS[version], b"")
    yield Subscription(
        data_network=data_network(elements.get(_NETWORK[version], b"")),
        addresses=_end_user(given) if version == 1 else _allocated(given),
        exchange=f"{version} {data[at : at + (2 if version == 1 else 3)].hex()}",
        asks=data[1] == request,
        refused=refused,
    )


def _end_user(given: bytes) -> tuple[str, ...]:
    """TS 29.060 section 7.7.27: organisation, type, and the addresses when there are any."""
    if len(given) < 2 or given[0] & 15 != 1:
        return ()
    return {0x21: ipv4(given[2:]), 0x57: ipv6(given[2:]), 0x8D: (*ipv4(given[2:]), *ipv6(given[6:]))}.get(given[1], ())


def _allocated(given: bytes) -> tuple[str, ...]:
    """TS 29.274 section 8.14: of IPv6 behind the length of its prefix."""
    kind = given[0] & 7 if given else 0
    return {1: ipv4(given[1:]), 2: ipv6(given[2:]), 3: (*ipv4(given[18:]), *ipv6(given[2:]))}.get(kind, ())


PROTOCOL = Protocol(
    name=_NAME,
    title="GTP-C",
    framing=FRAMING,
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    beyond_key="requests and answers that set up a session are joined by their sequence numbers",
    specification="3GPP TS 29.274 sections 5.5, 6.1 and 8, TS 29.060 sections 6, 7.1 and 7.7",
    industrial=False,
    display_filter="gtpv2 || gtp",
)
