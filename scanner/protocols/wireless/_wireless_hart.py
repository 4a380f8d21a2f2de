"""WirelessHART (IEC 62591) in the payload of an 802.15.4 frame that the MAC does not secure.

The data link puts one octet in front, the specifier, and a check (MIC) of four behind; the network layer its own header
and a security sub-layer, behind which everything is encrypted by the session's key or the join key (IEC 62591 sections
9.3.2 and 10.4; HCF_SPEC-075 and 085). Nothing names the protocol. A frame is taken for it when the fixed bits of both
layers agree, all fields fit, and one end is the network manager or the gateway, whose nicknames are fixed; or when it
is an advertisement that its own counts fill to the last octet.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from scanner.wording import Said, said

_SPECIFIER_RESERVED, _TYPE = 0xC0, 0x07
_ADVERTISEMENT, _DATA = 1, 7
_CHECK = 4  # octets of a MIC, of the link and of the network layer alike
_CONTROL_RESERVED = 0x38
_LONG_TARGET, _LONG_SOURCE, _PROXY, _SECOND_ROUTE, _FIRST_ROUTE = 0x80, 0x40, 4, 2, 1
_ROUTE = 8  # octets: four nicknames
_MANAGER, _GATEWAY = b"\xf9\x80", b"\xf9\x81"
_MANUFACTURERS = bytes.fromhex("001b1e")  # the EUI-64 of every device begins with HART's own OUI
_COUNTER = {0: 1, 1: 4}  # security type -> octets of the nonce counter that are sent
_LEAST = 3  # octets of transport: its own, and the status of the device
_MOST_CHANNELS = 16


@dataclass(frozen=True)
class WirelessHart:
    """What a frame shows of itself: encrypted is None for advertisements, which are for everybody."""

    encrypted: bool | None
    detail: Said | str


def wireless_hart(payload: bytes) -> WirelessHart | None:
    """What the payload of the MAC is, where it is of WirelessHART; it must be there to its end."""
    if len(payload) < 1 + _CHECK or payload[0] & _SPECIFIER_RESERVED:
        return None
    inside = payload[1:-_CHECK]
    if payload[0] & _TYPE == _DATA:
        return _network(inside)
    if payload[0] & _TYPE == _ADVERTISEMENT and _is_advertisement(inside):
        return WirelessHart(None, "")
    return None


def _network(data: bytes) -> WirelessHart | None:
    """A network PDU: control, time to live, ASN snippet, graph, both addresses, routes, security, what is encrypted."""
    if len(data) < 6 or data[0] & _CONTROL_RESERVED or not data[1]:
        return None
    control, at = data[0], 6
    ends = []
    for long in (control & _LONG_TARGET, control & _LONG_SOURCE):
        size = 8 if long else 2
        ends.append(data[at : at + size])
        at += size
    at += 2 if control & _PROXY else 0
    at += _ROUTE * (bool(control & _FIRST_ROUTE) + bool(control & _SECOND_ROUTE))
    security = data[at] if at < len(data) else 0xFF
    if security not in _COUNTER or not _has_infrastructure(ends):
        return None
    if len(data) < at + 1 + _COUNTER[security] + _CHECK + _LEAST:
        return None
    return WirelessHart(True, said("joins with the join key") if security else "")


def _has_infrastructure(ends: list[bytes]) -> bool:
    """Whether the network manager or the gateway is one of the ends, and every long address is HART's."""
    if any(len(end) == 8 and not end.startswith(_MANUFACTURERS) for end in ends):
        return False
    return any(end in (_MANAGER, _GATEWAY) for end in ends) or all(len(end) == 8 for end in ends)


def _is_advertisement(data: bytes) -> bool:
    """ASN, join control, channels with their map, graph, and superframes with their links, to the last octet."""
    at = 7
    if len(data) < at or not 1 <= data[6] <= _MOST_CHANNELS or data[5] >> 4 > 1:
        return False
    at += ceil(data[6] / 8) + 2
    if at >= len(data) or not data[at]:
        return False
    superframes, at = data[at], at + 1
    for _ in range(superframes):
        if at + 4 > len(data) or not data[at + 3]:
            return False
        at += 4 + 3 * data[at + 3]
    return at == len(data)
