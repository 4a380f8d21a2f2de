"""MRP, the media redundancy protocol for rings (EtherType 0x88E3): managers, clients, whether the ring is closed.

Written from IEC 62439-2:2016 section 8 (PDUs, TLVs; interconnected rings) and, for the same structures, Linux's
mrp_bridge.h; the option of Siemens, in which automanagers agree, after Wireshark's packet-pn-mrp. TLVs are aligned to
four bytes behind the version. Not protected: whoever sends tests with a better priority becomes the manager.

Sequence numbers, times and the count of transitions make no other message.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

from scanner.framing.language import Byte, Case, Field, Framing, Range, Role, Size, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import joined, said

_NAME = "mrp"
_VERSION = b"\0\1"
END, COMMON, TEST, TOPOLOGY, LINK_DOWN, LINK_UP = range(6)
IN_TEST, IN_TOPOLOGY, IN_LINK_DOWN, IN_LINK_UP, IN_POLL = range(6, 11)
OPTION = 0x7F
_NAMES = {
    TEST: "MRP_Test",
    TOPOLOGY: "MRP_TopologyChange",
    LINK_DOWN: "MRP_LinkDown",
    LINK_UP: "MRP_LinkUp",
    IN_TEST: "MRP_InTest",
    IN_TOPOLOGY: "MRP_InTopologyChange",
    IN_LINK_DOWN: "MRP_InLinkDown",
    IN_LINK_UP: "MRP_InLinkUp",
    IN_POLL: "MRP_InLinkStatusPoll",
    OPTION: "MRP_Option",
}
_LEAST = {
    TEST: 18,
    TOPOLOGY: 10,
    LINK_DOWN: 12,
    LINK_UP: 12,
    IN_TEST: 18,
    IN_TOPOLOGY: 10,
    IN_LINK_DOWN: 12,
    IN_LINK_UP: 12,
    IN_POLL: 10,
    OPTION: 4,
}
_SIEMENS = bytes.fromhex("080006")
_OPTIONS = {1: "MRP_TestMgrNAck", 2: "MRP_TestPropagate", 3: "MRP_AutoMgr"}
_ANY_DOMAIN = b"\xff" * 16

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(*magic(0, _VERSION), Byte(2, _NAMES), Size(16)),
    ports={"ethertype": (0x88E3,)},
    confirmations=1,
    anywhere=False,
)


def _case(common: int, *meaning: Range, kinds: tuple[int, ...]) -> Case:
    """PDUs whose common TLV begins at ``common``: the domain follows its sequence number."""
    when = (Byte(2, kinds), Byte(common, COMMON))
    return Case(_NAME, when, (Range(0, 4), *meaning, Range(common + 4, common + 20)), Role.NOTICE)


CASES = (
    _case(22, Range(4, 16), kinds=(TEST, IN_TEST)),
    _case(14, Range(4, 14), kinds=(TOPOLOGY, IN_TOPOLOGY, IN_POLL)),
    _case(18, Range(4, 16), kinds=(LINK_DOWN, LINK_UP, IN_LINK_DOWN, IN_LINK_UP)),
    Case(_NAME, (Byte(2, OPTION),), (Range(0, Field(3, 1, add=4)),), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A kind of PDU that exists, whose TLVs fit the frame."""
    return message.transport == "ethernet" and is_well_formed(_parsed, message)


def dissect(message: Message) -> Iterator[Row]:
    """Who tests the ring or tells a change of it, in which domain."""
    kind, value, common = _parsed(message)
    function, words = _NAMES[kind], list(_WORDS[kind](value))
    if kind == OPTION and value[:3] == _SIEMENS and len(value) > 6:
        function = _OPTIONS.get(value[6], function)
    yield Operation(
        verb=Verb.REPORT,
        function=function,
        kind=Kind.NOTICE,
        code=f"0x{kind:02X}",
        object=_domain(common) if kind != OPTION else "",
        detail=joined(words),
        filter=f"pn_mrp.type == {kind}",
    )
    address = value[_ADDRESS[kind] : _ADDRESS[kind] + 6] if kind in _ADDRESS else b""
    if any(address):
        yield Identity("mac", address.hex(":"))


def _parsed(message: Message) -> tuple[int, bytes, bytes]:
    """Kind and value of the first TLV, value of the common one."""
    data = message.data
    if data[:2] != _VERSION or len(data) < 4 or data[2] not in _NAMES:
        raise Malformed("no MRP PDU of version 1")
    kind, first, common = data[2], b"", b""
    at = 2
    while at + 2 <= len(data) and data[at] != END:
        size = data[at + 1]
        value = data[at + 2 : at + 2 + size]
        if len(value) < size:
            if message.length > len(data):
                break
            raise Malformed("a TLV reaches beyond the frame")
        first = first or value
        if data[at] == COMMON:
            common = value
        at += 2 + size
        at += -(at - 2) % 4
    if len(first) < _LEAST[kind]:
        raise Malformed("{name} cut short", name=_NAMES[kind])
    if len(common) < 18 and kind != OPTION:
        raise Malformed("no MRP_Common TLV")
    return kind, first, common


def _domain(common: bytes) -> str:
    domain = common[2:18]
    return "default domain" if domain == _ANY_DOMAIN else f"domain {uuid.UUID(bytes=domain)}"


def _number(value: bytes, at: int) -> int:
    return int.from_bytes(value[at : at + 2], "big")


def _manager(priority: int) -> str:
    """Priorities of managers and, from 0x9000, of automanagers (table 8-13)."""
    automatic = priority >= 0x9000
    return said(
        "automanager with priority {name}" if automatic else "manager with priority {name}", name=f"0x{priority:04X}"
    )


_PORTS = {0: said("primary ring port"), 1: said("secondary ring port"), 2: said("interconnection port")}


def _port(role: int) -> str:
    return _PORTS.get(role) or said("port role {n}", n=role)


def _test(value: bytes) -> Iterator[str]:
    yield _manager(_number(value, 0))
    yield _port(_number(value, 8))
    yield said("ring closed") if _number(value, 10) else said("ring open")


def _topology(value: bytes) -> Iterator[str]:
    yield _manager(_number(value, 0))


def _link(value: bytes) -> Iterator[str]:
    yield said("client")
    yield _port(_number(value, 6))
    yield said("blocked ports supported") if _number(value, 10) else said("no blocked ports")


def _in_test(value: bytes) -> Iterator[str]:
    yield said("interconnection manager of {n}", n=_number(value, 0))
    yield said("interconnection closed") if _number(value, 10) else said("interconnection open")


def _interconnection(at: int) -> Callable[[bytes], Iterator[str]]:
    def read(value: bytes) -> Iterator[str]:
        yield said("interconnection {n}", n=_number(value, at))

    return read


def _option(value: bytes) -> Iterator[str]:
    """The option of Siemens: kind, manufacturer's data, then who speaks to which other manager."""
    if value[:3] != _SIEMENS:
        yield said("organisation {name}", name=value[:3].hex("-"))
    elif len(value) >= 24 and value[6] in _OPTIONS:
        yield _manager(_number(value, 8))
        priority = f"0x{_number(value, 16):04X}"
        yield said("to {name} with priority {n}", name=value[18:24].hex(":"), n=priority)


_WORDS: dict[int, Callable[[bytes], Iterator[str]]] = {
    TEST: _test,
    TOPOLOGY: _topology,
    LINK_DOWN: _link,
    LINK_UP: _link,
    IN_TEST: _in_test,
    IN_TOPOLOGY: _interconnection(6),
    IN_LINK_DOWN: _interconnection(8),
    IN_LINK_UP: _interconnection(8),
    IN_POLL: _interconnection(8),
    OPTION: _option,
}
_ADDRESS = {TEST: 2, TOPOLOGY: 2, LINK_DOWN: 0, LINK_UP: 0, IN_TEST: 2, IN_TOPOLOGY: 0, IN_LINK_DOWN: 0, IN_LINK_UP: 0}

PROTOCOL = Protocol(
    name=_NAME,
    title="MRP (IEC 62439-2)",
    short="MRP",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="IEC 62439-2:2016 section 8",
    display_filter="pn_mrp",
)
