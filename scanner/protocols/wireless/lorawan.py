"""LoRaWAN on the air (LoRaTap): who joins and who sends; what is sent is always encrypted, and not read.

LoRaWAN 1.0.4 sections 4.1 to 4.4 and 6.2; LoRaTap (link type 270) versions 0 and 1. The device address, or of a join
request the device's EUI, is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, instead_of_ethertype
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.wireless._protection import PROTECTION
from scanner.wording import said

_NAME = "lorawan"
_ETHERTYPE = instead_of_ethertype(270)
_JOIN, _ACCEPT, _REJOIN, _PROPRIETARY = 0, 1, 6, 7
_TYPES = {
    _JOIN: "Join Request",
    _ACCEPT: "Join Accept",
    2: "Unconfirmed Data Up",
    3: "Unconfirmed Data Down",
    4: "Confirmed Data Up",
    5: "Confirmed Data Down",
    _REJOIN: "Rejoin Request",
    _PROPRIETARY: "Proprietary",
}
_LEAST = {_JOIN: 23, _ACCEPT: 17, 2: 12, 3: 12, 4: 12, 5: 12, 6: 19, _PROPRIETARY: 5}

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, (0, 1)), Size(16)),
    ports={"ethertype": (_ETHERTYPE,)},
    confirmations=1,
    anywhere=False,
)


def probe(message: Message) -> bool:
    """A message of version 1 with as many bytes as its type needs."""
    return is_well_formed(_payload, message)


def _payload(message: Message) -> bytes:
    data = message.data
    start = int.from_bytes(data[2:4], "big")
    if message.transport != "ethernet" or message.port != _ETHERTYPE or len(data) < 4 or not 15 <= start < len(data):
        raise Malformed("no LoRaWAN message")
    payload = data[start:]
    if payload[0] & 0x1F or message.length - start < _LEAST[payload[0] >> 5]:
        raise Malformed("no LoRaWAN message")
    return payload


def dissect(message: Message) -> Iterator[Row]:
    """The type of the message and the device."""
    payload = _payload(message)
    kind = payload[0] >> 5
    unit = ""
    if kind == _JOIN:
        unit = payload[9:17][::-1].hex(":")
    elif 2 <= kind <= 5:
        unit = f"0x{payload[1:5][::-1].hex()}"
    yield Operation(
        verb=Verb.SESSION if kind in (_JOIN, _ACCEPT, _REJOIN) else Verb.UNKNOWN,
        function=_TYPES[kind],
        kind=Kind.NOTICE,
        code=str(kind),
        unit=unit,
        detail=PROTECTION[None if kind == _PROPRIETARY else True] if kind > _ACCEPT and kind != _REJOIN else "",
        filter=f"lorawan.mhdr.ftype == {kind}",
    )
    if kind != _PROPRIETARY:
        yield Session(version="LoRaWAN", encrypted=True, detail=said("joins over the air") if kind == _JOIN else "")


PROTOCOL = Protocol(
    name=_NAME,
    title="LoRaWAN",
    framing=FRAMING,
    cases=(Case(_NAME, (), (Range(0, 4), Range(15, 53)), Role.NOTICE, keep=96, with_length=True, most=512),),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.UNKNOWN}),
    specification="LoRaWAN 1.0.4 sections 4.1 to 4.4 and 6.2; LoRaTap",
)
