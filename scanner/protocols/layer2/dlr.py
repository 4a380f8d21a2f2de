"""DLR, EtherNet/IP's device level ring (EtherType 0x80E1): supervisors, the state of the ring, the devices in it.

Written from the CIP Networks Library Volume 2 (EtherNet/IP) section 9-5 and Wireshark's packet-enip. A Sign_On frame
collects the MAC and IP address of every device of the ring. Not protected: a beacon with a higher precedence makes its
sender the supervisor. Sequence numbers make no other message.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.wording import joined, said

_NAME = "dlr"
_SUBTYPE, _VERSION = 2, 1
BEACON, CHECK_REQUEST, CHECK_RESPONSE, STATUS, LOCATE, ANNOUNCE, SIGN_ON, ADVERTISE, FLUSH, LEARNING = range(1, 11)
_FUNCTIONS = {
    BEACON: ("Beacon", Verb.REPORT, 22),
    CHECK_REQUEST: ("Neighbor_Check_Request", Verb.DIAGNOSE, 12),
    CHECK_RESPONSE: ("Neighbor_Check_Response", Verb.DIAGNOSE, 13),
    STATUS: ("Link_Status/Neighbor_Status", Verb.REPORT, 13),
    LOCATE: ("Locate_Fault", Verb.DIAGNOSE, 12),
    ANNOUNCE: ("Announce", Verb.REPORT, 13),
    SIGN_ON: ("Sign_On", Verb.IDENTIFY, 14),
    ADVERTISE: ("Advertise", Verb.REPORT, 23),
    FLUSH: ("Flush_Tables", Verb.REPORT, 13),
    LEARNING: ("Learning_Update", Verb.REPORT, 12),
}
_RING = {1: said("ring normal"), 2: said("ring fault")}
_GATEWAY = {
    1: "gateway listening with precedence {n}",
    2: "gateway normal with precedence {n}",
    3: "gateway fault with precedence {n}",
}
_NODE, _MOST_NODES = 10, 146  # what one frame has room for

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, _SUBTYPE), Byte(1, _VERSION), Byte(2, _FUNCTIONS), Size(12)),
    ports={"ethertype": (0x80E1,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(2, SIGN_ON),), (Range(0, 8), Range(12)), Role.NOTICE, keep=1500),
    Case(_NAME, (Byte(2, _FUNCTIONS),), (Range(0, 8), Range(12, 23)), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A kind of frame that exists, as long as its kind needs."""
    data = message.data
    if message.transport != "ethernet" or len(data) < 12 or (data[0], data[1]) != (_SUBTYPE, _VERSION):
        return False
    return data[2] in _FUNCTIONS and data[3] <= 2 and message.length >= _FUNCTIONS[data[2]][2]


def dissect(message: Message) -> Iterator[Row]:
    """What a supervisor or a node of the ring says; whom a sign-on frame lists."""
    data = message.data
    if not probe(message) or len(data) < _FUNCTIONS[data[2]][2]:
        raise Malformed("no DLR frame")
    function, verb, _ = _FUNCTIONS[data[2]]
    yield Operation(
        verb=verb,
        function=function,
        kind=Kind.NOTICE,
        code=f"0x{data[2]:02X}",
        unit=said("port {name}", name=data[3]) if data[3] else "",
        detail=joined(_WORDS[data[2]](data)) if data[2] in _WORDS else "",
        filter=f"enip.dlr.frametype == {data[2]}",
    )
    if any(data[4:8]):
        yield Identity("ip", _ip(data, 4))
    if data[2] == SIGN_ON:
        yield from _signed_on(data)


def _ip(data: bytes, at: int) -> str:
    return str(ipaddress.IPv4Address(data[at : at + 4]))


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _beacon(data: bytes) -> Iterator[str]:
    yield _RING.get(data[12]) or said("ring state {n}", n=data[12])
    yield said("supervisor with precedence {n}", n=data[13])
    yield said("every {n} us", n=_number(data, 14))
    yield said("timeout {n} us", n=_number(data, 18))


def _status(data: bytes) -> Iterator[str]:
    """Bits 0 and 1: the ports that are active; bit 7: neighbour status, not link status."""
    active, lost = ("link of port {n} active", "link of port {n} lost")
    if data[12] & 0x80:
        active, lost = ("neighbour of port {n} active", "neighbour of port {n} lost")
    for port in (1, 2):
        yield said(active if data[12] & port else lost, n=port)


def _announce(data: bytes) -> Iterator[str]:
    yield _RING.get(data[12]) or said("ring state {n}", n=data[12])


def _sign_on(data: bytes) -> Iterator[str]:
    yield said("{n} nodes so far", n=int.from_bytes(data[12:14], "big"))


def _advertise(data: bytes) -> Iterator[str]:
    known = _GATEWAY.get(data[12])
    if known:
        yield said(known, n=data[13])
    else:
        yield said("gateway state {m} with precedence {n}", m=data[12], n=data[13])


_WORDS: dict[int, Callable[[bytes], Iterator[str]]] = {
    BEACON: _beacon,
    STATUS: _status,
    ANNOUNCE: _announce,
    SIGN_ON: _sign_on,
    ADVERTISE: _advertise,
}


def _signed_on(data: bytes) -> Iterator[Identity]:
    """MAC and IP address of each node that the frame has passed."""
    for number in range(min(int.from_bytes(data[12:14], "big"), _MOST_NODES)):
        node = data[14 + number * _NODE : 14 + (number + 1) * _NODE]
        if len(node) < _NODE:
            return
        if any(node[6:]) and any(node[:6]):
            yield Identity("ip", _ip(node, 6), mac=node[:6].hex(":"))


PROTOCOL = Protocol(
    name=_NAME,
    title="DLR (EtherNet/IP device level ring)",
    short="DLR",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT, Verb.DIAGNOSE, Verb.IDENTIFY}),
    specification="CIP Networks Library Volume 2 (EtherNet/IP adaptation) section 9-5",
)
