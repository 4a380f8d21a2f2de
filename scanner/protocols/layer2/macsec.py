"""MACsec (EtherType 0x88E5): frames whose integrity, and mostly confidentiality, is protected from port to port.

Written from IEEE 802.1AE-2018 section 9 (SecTAG: TCI and AN, SL, PN, optional SCI). Packet numbers and what follows the
tag make no other message.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Whole, bits
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.wording import said

_NAME = "macsec"
_END_STATION, _EXPLICIT, _BROADCAST, _ENCRYPTED, _CHANGED = 0x40, 0x20, 0x10, 0x08, 0x04
_TAG, _SCI, _ICV = 6, 8, 8  # the ICV of the standard's cipher suites has 16 bytes; 8 is the least there may be

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Byte(0, bits(0x80, 0)), Byte(1, bits(0xC0, 0)), Size(_TAG + _ICV)),
    ports={"ethertype": (0x88E5,)},
    confirmations=1,
    anywhere=False,
)
CASES = (
    Case(_NAME, (Byte(0, bits(_EXPLICIT, _EXPLICIT)),), (Range(0, 1), Range(6, 14)), Role.NOTICE, keep=16),
    Case(_NAME, (Byte(0, bits(_EXPLICIT, 0)),), (Range(0, 1),), Role.NOTICE, keep=16),
)


def probe(message: Message) -> bool:
    """Version 0, bits that may stand together, a short length below 48, a packet number."""
    data = message.data
    if message.transport != "ethernet" or len(data) < _TAG or data[0] & 0x80 or data[1] >= 48:
        return False
    explicit = bool(data[0] & _EXPLICIT)
    if explicit and data[0] & (_END_STATION | _BROADCAST):
        return False
    if data[0] & (_ENCRYPTED | _CHANGED) == _ENCRYPTED:  # encrypted, yet not changed: not for MACsec itself
        return False
    return any(data[2:6]) and message.length >= _TAG + (_SCI if explicit else 0) + _ICV


def dissect(message: Message) -> Iterator[Row]:
    """Whose secure channel it is, and whether it is encrypted or only authenticated."""
    data = message.data
    explicit = bool(data and data[0] & _EXPLICIT)
    if not probe(message) or len(data) < _TAG + (_SCI if explicit else 0):
        raise Malformed("no MACsec SecTAG")
    encrypted = bool(data[0] & _ENCRYPTED)
    channel = f"{data[6:12].hex(':')} port {int.from_bytes(data[12:14], 'big')}" if explicit else ""
    yield Operation(
        verb=Verb.SESSION,
        function="MACsec frame",
        kind=Kind.NOTICE,
        object=f"secure channel of {channel}" if channel else "",
        detail=said("encrypted") if encrypted else said("integrity only"),
        filter="macsec",
    )
    words = said("encrypted frames") if encrypted else said("frames with integrity only")
    yield Session(version="MACsec", encrypted=encrypted, authenticated=True, detail=words)


PROTOCOL = Protocol(
    name=_NAME,
    title="MACsec",
    framing=FRAMING,
    cases=CASES,
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION}),
    specification="IEEE 802.1AE-2018 section 9",
    industrial=False,
    secured=True,
)
