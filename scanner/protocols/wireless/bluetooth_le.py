"""Bluetooth Low Energy on the air: who advertises, who connects, whether a connection is encrypted.

Bluetooth Core 5.4, volume 6, part B, sections 2.1 (packets), 2.3 (advertising) and 2.4 (data, control). The address
of an advertiser, or of a connection, is the unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Case, Framing, Range, Role, Size, Whole, instead_of_ethertype, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.probe import is_well_formed
from scanner.protocols.wireless._protection import PROTECTION

_NAME = "bluetooth-le"
_PLAIN, _WITH_HEADER = instead_of_ethertype(251), instead_of_ethertype(256)
_PSEUDO = 10  # bytes of the header of link type 256
_ADVERTISING = bytes.fromhex("d6be898e")
_CHECK = 3
_TYPES = {
    0: "ADV_IND",
    1: "ADV_DIRECT_IND",
    2: "ADV_NONCONN_IND",
    3: "SCAN_REQ",
    4: "SCAN_RSP",
    5: "CONNECT_IND",
    6: "ADV_SCAN_IND",
    7: "ADV_EXT_IND",
}
_EXTENDED, _CONNECTS, _ASKS = 7, 5, 3
_CONTROL = {
    2: "LL_TERMINATE_IND",
    3: "LL_ENC_REQ",
    4: "LL_ENC_RSP",
    5: "LL_START_ENC_REQ",
    6: "LL_START_ENC_RSP",
    10: "LL_PAUSE_ENC_REQ",
    12: "LL_VERSION_IND",
}
_ENCRYPTS = (3, 4, 5)
_ATTRIBUTES = b"\4\0"  # the channel of the attribute protocol
# What carries a value (volume 3, part F, section 3.4): answers to reads, writes, notifications, indications. What finds
# services and agrees on sizes comes before a connection is encrypted.
_VALUES = frozenset(bytes((code,)) for code in (0x0B, 0x0D, 0x12, 0x16, 0x1B, 0x1D, 0x23, 0x52, 0xD2))

FRAMING = Framing(
    name=_NAME,
    delimiter=Whole(),
    sync=(Size(9),),
    ports={"ethertype": (_PLAIN, _WITH_HEADER)},
    confirmations=1,
    anywhere=False,
)


def probe(message: Message) -> bool:
    """A packet of the link layer whose length agrees."""
    return is_well_formed(_packet, message)


def _packet(message: Message) -> tuple[bytes, int, bytes]:
    """(access address, first byte of the header, payload)."""
    if message.transport != "ethernet" or message.port not in (_PLAIN, _WITH_HEADER):
        raise Malformed("no packet of Bluetooth Low Energy")
    data = message.data[_PSEUDO if message.port == _WITH_HEADER else 0 :]
    length = message.length - (len(message.data) - len(data))
    if len(data) < 6 or length < 6 + data[5] + _CHECK:
        raise Malformed("no packet of Bluetooth Low Energy")
    kind = data[4] & 15
    if data[:4] == _ADVERTISING and (kind not in _TYPES or (kind != _EXTENDED and data[5] < 6)):
        raise Malformed("no packet of Bluetooth Low Energy")
    return data[:4], data[4], data[6 : 6 + data[5]]


def dissect(message: Message) -> Iterator[Row]:
    """What is advertised by whom, or what a connection carries."""
    access, header, payload = _packet(message)
    if access == _ADVERTISING:
        kind = header & 15
        who = payload[6:12] if kind in (_ASKS, _CONNECTS) else payload[:6]
        unit = "" if kind == _EXTENDED else who[::-1].hex(":")
        verb = Verb.SESSION if kind == _CONNECTS else Verb.IDENTIFY
        where = f"btle.advertising_header.pdu_type == {kind}"
        yield Operation(verb, _TYPES[kind], Kind.NOTICE, code=str(kind), unit=unit, filter=where)
        return
    unit = f"0x{access[::-1].hex()}"
    if header & 3 == 3 and payload[:1] and payload[0] in _CONTROL:
        code = payload[0]
        where = f"btle.control_opcode == {code}"
        detail = PROTECTION[True] if code in _ENCRYPTS else ""
        yield Operation(Verb.SESSION, _CONTROL[code], Kind.NOTICE, str(code), unit=unit, detail=detail, filter=where)
        yield Session(version="Bluetooth LE", encrypted=True if code in _ENCRYPTS else None)
        return
    clear = (
        header & 3 == 2 and payload[2:4] == _ATTRIBUTES and int.from_bytes(payload[:2], "little") == len(payload) - 4
    )
    values, hidden = clear and payload[4:5] in _VALUES, not clear and bool(payload)
    detail = PROTECTION[None if hidden else False] if values or hidden else ""
    where = f"btle.access_address == {unit}"
    yield Operation(Verb.UNKNOWN, "Data", Kind.NOTICE, unit=unit, detail=detail, filter=where)
    yield Session(
        version="Bluetooth LE",
        encrypted=False if clear else None,
        credentials="none" if clear else "",
        unread=() if clear else ("encrypted",),
    )


PROTOCOL = Protocol(
    name=_NAME,
    title="Bluetooth Low Energy",
    short="Bluetooth LE",
    framing=FRAMING,
    cases=(
        Case(_NAME, magic(0, _ADVERTISING), (Range(0, 18),), Role.NOTICE, keep=64, most=512),
        Case(_NAME, magic(_PSEUDO, _ADVERTISING), (Range(_PSEUDO, _PSEUDO + 18),), Role.NOTICE, keep=64, most=512),
        Case(_NAME, (), (Range(0, 24),), Role.NOTICE, keep=64, with_length=True, most=512),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.IDENTIFY, Verb.SESSION, Verb.UNKNOWN}),
    specification="Bluetooth Core 5.4, volume 6, part B, section 2; LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR",
    industrial=False,
    display_filter="btle",
)
