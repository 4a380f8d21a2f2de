"""Zigbee in the payload of an 802.15.4 frame: whether the network layer or the application support layer encrypts it.

Written from CSA 05-3474-23 sections 3.3.1 (network frame), 2.2.5 (frame of the application support sub-layer) and
4.4.9 (its commands that carry keys).
"""

from __future__ import annotations

from dataclasses import dataclass

_VERSION = 2  # of the protocol: Zigbee 2006 and later
_DATA, _COMMAND = 0, 1
_MULTICAST, _SECURED, _ROUTED, _LONG_TARGET, _LONG_SOURCE = 0x0100, 0x0200, 0x0400, 0x0800, 0x1000
_HEADER = 8
_APS_DATA, _APS_COMMAND = 0, 1
_APS_SECURED, _APS_EXTENDED = 0x20, 0x80
_TRANSPORT_KEY = 0x05


@dataclass(frozen=True)
class ZigbeeFrame:
    """encrypted: None for what no key protects by design: commands of devices that join, acknowledgements. key: one
    is sent that anybody can read.
    """

    encrypted: bool | None
    key: bool = False


def zigbee_frame(data: bytes) -> ZigbeeFrame | None:
    """The network frame; None where the payload is none."""
    if len(data) < _HEADER or data[0] & 0x3C != _VERSION << 2 or data[0] & 3 not in (_DATA, _COMMAND) or data[1] & 0xC0:
        return None
    control = int.from_bytes(data[:2], "little")
    if control & _SECURED:
        return ZigbeeFrame(encrypted=True)
    if control & 3 == _COMMAND:
        return ZigbeeFrame(encrypted=None)
    at = _HEADER + 8 * (bool(control & _LONG_TARGET) + bool(control & _LONG_SOURCE)) + bool(control & _MULTICAST)
    if control & _ROUTED:
        at += 2 + 2 * data[at] if at < len(data) else 2
    return _application(data[at:])


def _application(data: bytes) -> ZigbeeFrame:
    """The frame of the application support sub-layer in a network frame that is not encrypted."""
    if not data:
        return ZigbeeFrame(encrypted=False)
    if data[0] & _APS_SECURED:
        return ZigbeeFrame(encrypted=True)
    kind = data[0] & 3
    if kind == _APS_COMMAND:
        key = data[2:3] == bytes((_TRANSPORT_KEY,))  # behind control and counter
        return ZigbeeFrame(encrypted=False if key else None, key=key)
    return ZigbeeFrame(encrypted=False if kind == _APS_DATA else None)
