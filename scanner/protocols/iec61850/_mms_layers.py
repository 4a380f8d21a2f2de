"""The layers between COTP and MMS: session, presentation and the association control service element.

Written from ISO/IEC 8327-1:1996 (ITU-T X.225) section 8.3, ISO/IEC 8823-1:1994 (X.226) section 8.2 and annex A,
ISO/IEC 8650-1:1996 (X.227) section 9, RFC 1006. MMS also runs right on COTP, without these layers.
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.protocols.base import Malformed, Message
from scanner.protocols.common.ber import Element, constructed, first, optional
from scanner.protocols.iec61850._mms_cases import (
    ABORT,
    ABORT_ACCEPT,
    ACCEPT,
    CONNECT,
    DISCONNECT,
    FINISH,
    REFUSE,
    SESSION,
)

SPDUS = {
    CONNECT: "Connect",
    ACCEPT: "Accept",
    REFUSE: "Refuse",
    FINISH: "Finish",
    DISCONNECT: "Disconnect",
    ABORT: "Abort",
    ABORT_ACCEPT: "Abort Accept",
}
DATA = 0  # a session SPDU that carries data within an association
BARE = -1  # no session layer
_DATA_TRANSFER = b"\1\0\1\0"  # Give Tokens and Data Transfer, both without parameters
_USER_DATA, _EXTENDED_USER_DATA, _REASON = 193, 194, 50
_PGI = (1, 5)  # parameter groups: what they hold are parameters of their own
_PDUS = frozenset({*range(0xA0, 0xA5), 0x85, 0x86, *range(0xA7, 0xAB), 0x8B, 0x8C, 0xAD})
AARQ, AARE, RLRQ, RLRE, ABRT = range(0x60, 0x65)
_ACSE = range(0x60, 0x65)
_USER_INFORMATION = 0xBE


class Layers(NamedTuple):
    """Kind of session SPDU (or DATA, BARE), the ACSE APDU if there is one, the MMS PDU if there is one.

    reason: the reason code of a session refusal, -1 where there is none.
    """

    spdu: int
    acse: Element | None
    pdu: Element | None
    reason: int = -1


def layers(message: Message) -> Layers:
    """The layers of one TPKT packet whose COTP TPDU is a DT."""
    data = message.data
    if len(data) < SESSION + 2 or data[5] != 0xF0:
        raise Malformed("no data TPDU with an SPDU")
    cut = message.length > len(data)
    if data.startswith(_DATA_TRANSFER, SESSION):
        acse, pdu = _presented(first(data[SESSION + len(_DATA_TRANSFER) :], cut=cut))
        if acse is None and pdu is None:
            raise Malformed("no presentation data in the data transfer")
        return Layers(DATA, acse, pdu)
    if data[SESSION] in SPDUS:
        return _session(data[SESSION:], cut)
    if data[SESSION] in _PDUS:
        return Layers(BARE, None, first(data[SESSION:], cut=cut))
    raise Malformed("SPDU 0x{value:02X}", value=data[SESSION])


def _session(data: bytes, cut: bool) -> Layers:
    """An SPDU of the association's beginning or end, with the user data that it carries."""
    length, at = _session_length(data, 1)
    if at + length > len(data) and not cut:
        raise Malformed("SPDU of {stated} bytes in the {length} that are left", stated=length, length=len(data) - at)
    parameters = _parameters(data[at : at + length])
    user = parameters.get(_USER_DATA) or parameters.get(_EXTENDED_USER_DATA, b"")
    reason = parameters.get(_REASON, b"")
    acse = pdu = None
    if user and data[0] == REFUSE:
        user = user[1:] if user[0] < 0x20 else user  # older systems put the reason code ahead
    if user:
        acse, pdu = _presented(first(user, cut=cut))
    if data[0] in (CONNECT, ACCEPT) and acse is None:
        raise Malformed("no association in the session connection")
    return Layers(data[0], acse, pdu, reason[0] if reason else -1)


def _session_length(data: bytes, at: int) -> tuple[int, int]:
    """(length, where the contents begin): one byte, or three where the first is 255."""
    if at >= len(data):
        raise Malformed("SPDU ends within a length")
    if data[at] < 255:
        return data[at], at + 1
    if at + 3 > len(data):
        raise Malformed("SPDU ends within a length")
    return int.from_bytes(data[at + 1 : at + 3], "big"), at + 3


def _parameters(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        code = data[at]
        length, at = _session_length(data, at + 1)
        if code not in _PGI:
            found.setdefault(code, data[at : at + length])
        at += length
    return found


def _presented(ppdu: Element) -> tuple[Element | None, Element | None]:
    """(ACSE APDU, MMS PDU) of a PPDU: fully encoded data by itself, or within the presentation connection's PPDU."""
    lists = ppdu if ppdu.tag == 0x61 else _user_data(ppdu)
    if lists is None:
        return None, None
    for pdv in constructed(lists):
        single = optional(constructed(pdv), 0xA0, 0x81)
        if single is None or not single.body:
            continue
        inner = first(single.body, cut=not single.whole)
        if inner.tag in _ACSE:
            return inner, _associated(inner)
        if inner.tag in _PDUS:
            return None, inner
    raise Malformed("no MMS or ACSE in the presentation data")


def _user_data(ppdu: Element) -> Element | None:
    """Of CP, CPA, CPR and ARU: the fully encoded user data, at most two levels down."""
    for part in constructed(ppdu):
        if part.tag == 0x61:
            return part
        if part.tag in (0xA2, 0x30):
            found = optional(constructed(part), 0x61)
            if found is not None:
                return found
    return None


def _associated(acse: Element) -> Element | None:
    """The MMS PDU in the user information: EXTERNAL { reference, context, [0] PDU }."""
    information = optional(constructed(acse), _USER_INFORMATION)
    if information is None:
        return None
    external = optional(constructed(information), 0x28)
    single = optional(constructed(external), 0xA0, 0x81) if external else None
    if single is None or not single.body:
        return None
    pdu = first(single.body, cut=not single.whole)
    return pdu if pdu.tag in _PDUS else None
