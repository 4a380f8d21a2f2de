"""DTP, Cisco's dynamic trunking protocol (SNAP 00-00-0C, 0x2004): ports that become trunks when a neighbour asks.

Cisco publishes no specification; written from Wireshark's packet-dtp. A port that negotiates lets whoever is plugged in
reach every VLAN. Messages begin at the SNAP organisation code: version is byte 5, TLVs follow.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Case, Range, Role
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.common.text import readable
from scanner.protocols.layer2._cisco import FRAMING, is_protocol, tlvs
from scanner.wording import joined, said

_NAME = "dtp"
SNAP = bytes.fromhex("00000c2004")
DOMAIN, STATUS, TYPE, SENDER = range(1, 5)
_ADMINISTRATIVE = {1: "on", 2: "off", 3: "desirable", 4: "auto"}
_NEGOTIATES = (3, 4)
_TYPES = {0: "negotiated", 1: "native", 2: "ISL", 5: "802.1Q"}


def probe(message: Message) -> bool:
    """Version 1, with the trunk status that every frame has."""
    return message.transport == "ethernet" and is_well_formed(_values, message)


def dissect(message: Message) -> Iterator[Row]:
    """What the port is and wants to be."""
    values = _values(message)
    status = values[STATUS][0]
    words = [
        said("trunk") if status & 0x80 else said("access"),
        said("administrative status {name}", name=_ADMINISTRATIVE.get(status & 7, str(status & 7))),
    ]
    if status & 7 in _NEGOTIATES:
        words.append(said("becomes a trunk when asked"))
    kind = values.get(TYPE)
    if kind:
        words.append(said("encapsulation {name}", name=_TYPES.get(kind[0] >> 5, str(kind[0] >> 5))))
    sender = values.get(SENDER, b"")
    yield Operation(
        verb=Verb.REPORT,
        function="Trunk negotiation",
        kind=Kind.NOTICE,
        object=f"port {sender.hex(':')}" if len(sender) == 6 else "",
        unit=said("VTP domain {name}", name=domain) if (domain := readable(values.get(DOMAIN, b""), 32)) else "",
        detail=joined(words),
        filter=f"dtp.tas == {status & 7}",
    )


def _values(message: Message) -> dict[int, bytes]:
    data = message.data
    if data[: len(SNAP)] != SNAP or len(data) < len(SNAP) + 1 or data[5] != 1:
        raise Malformed("no DTP frame of version 1")
    values = dict(tlvs(message, len(SNAP) + 1))
    if not values.get(STATUS):
        raise Malformed("no trunk status")
    return values


PROTOCOL = Protocol(
    name=_NAME,
    title="DTP",
    framing=FRAMING,
    cases=(Case(_NAME, is_protocol(0x2004), (Range(5),), Role.NOTICE),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.REPORT}),
    specification="Cisco Dynamic Trunking Protocol (not published; Wireshark's packet-dtp)",
    industrial=False,
)
