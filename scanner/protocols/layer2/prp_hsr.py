"""Supervision frames of PRP and HSR (EtherType 0x88FB): nodes that send every frame twice, and RedBoxes.

Written from IEC 62439-3:2016 sections 4.3 (PRP) and 5.3 (HSR), with the older form of 2008 (version 0). The trailers
and tags that duplicate frames carry are taken off before messages are cut. Sequence numbers make no other message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.wording import joined, said

_NAME = "prp-hsr"
DISCARD, ACCEPT, OBSOLETE, HSR, RED_BOX, VDAN = 20, 21, 22, 23, 30, 31
_NODES = {DISCARD: "PRP", ACCEPT: "PRP", OBSOLETE: "PRP", HSR: "HSR"}
_MODES = {DISCARD: said("duplicates discarded"), ACCEPT: said("duplicates accepted")}
_VERSION_0, _VERSION_1 = Byte(1, 0), Byte(1, 1)

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, bits(0x0F, 0)), Byte(1, (0, 1)), Size(10)),
    ports={"ethertype": (0x88FB,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (_VERSION_1, Byte(4, _NODES)), (Range(0, 2), Range(4, 28)), Role.NOTICE),
    Case(_NAME, (_VERSION_0, Byte(2, _NODES)), (Range(0, 26),), Role.NOTICE),
)


def probe(message: Message) -> bool:
    """A node's TLV of the right length stands where the version has it."""
    return message.transport == "ethernet" and is_well_formed(_parsed, message)


def dissect(message: Message) -> Iterator[Row]:
    """One node, and the RedBox that stands for it where there is one."""
    kind, node, second, red_box = _parsed(message)
    words = [_MODES[kind]] if kind in _MODES else []
    if second and second != node:
        words.append(said("in the other LAN {name}", name=second))
    if red_box:
        words.append(said("behind RedBox {name}", name=red_box))
    yield Operation(
        verb=Verb.IDENTIFY,
        function=f"{_NODES[kind]} supervision",
        kind=Kind.NOTICE,
        code=str(kind),
        object=f"node {node}",
        detail=joined(words),
        filter=f"hsr_prp_supervision.tlv.type == {kind}",
    )
    yield Identity("mac", red_box or node)


def _parsed(message: Message) -> tuple[int, str, str, str]:
    """Kind of node, its address, its address in LAN B (version 0), the RedBox's address."""
    data = message.data
    if len(data) < 10 or data[0] & 0x0F or data[1] > 1:
        raise Malformed("no supervision frame")
    at = 4 if data[1] else 2
    kind, size = data[at], data[at + 1]
    if kind not in _NODES or size not in (6, 12) or len(data) < at + 2 + size:
        raise Malformed("TLV {kind} of {size} bytes where a node should be", kind=kind, size=size)
    node = data[at + 2 : at + 8].hex(":")
    second = data[at + 8 : at + 14].hex(":") if size == 12 else ""
    at += 2 + size
    box = data[at + 2 : at + 8].hex(":") if data[at : at + 2] == bytes((RED_BOX, 6)) and len(data) >= at + 8 else ""
    return kind, node, second, box


PROTOCOL = Protocol(
    name=_NAME,
    title="PRP and HSR supervision",
    short="PRP/HSR",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY}),
    specification="IEC 62439-3:2016 sections 4.3 and 5.3",
    display_filter="hsr_prp_supervision",
)
