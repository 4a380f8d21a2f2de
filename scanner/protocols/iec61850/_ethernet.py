"""What GOOSE and Sampled Values have in common: the Ethernet header behind the EtherType and its security.

Written from IEC 61850-8-1:2011 annex C and IEC 61850-9-2:2011 annex A (APPID, Length, Reserved 1 with the simulation
bit, Reserved 2) and IEC 62351-6:2020 section 7 (Reserved 1: length of the security extension behind the APDU).
"""

from __future__ import annotations

from typing import NamedTuple

from scanner.protocols.base import Malformed, Message, Session
from scanner.protocols.common.ber import Element, first
from scanner.wording import said

HEADER = 8
_SIMULATED, _EXTENSION = 0x8000, 0x0FFF


class Frame(NamedTuple):
    """APPID, the simulation bit, bytes of security extension announced, and the APDU."""

    appid: int
    simulated: bool
    extension: int
    apdu: Element


def frame(message: Message, *tags: int) -> Frame:
    """The header and the APDU; Malformed when they contradict each other or the APDU is none of ``tags``."""
    data = message.data
    if len(data) < HEADER + 2:
        raise Malformed("{length} bytes are too few for a header and an APDU", length=len(data))
    length, reserved = int.from_bytes(data[2:4], "big"), int.from_bytes(data[4:6], "big")
    if not HEADER + 2 <= length <= message.length:
        raise Malformed("length {stated} in a frame of {length} bytes", stated=length, length=message.length)
    if data[HEADER] not in tags:
        raise Malformed("APDU tag 0x{value:02X}", value=data[HEADER])
    extension = reserved & _EXTENSION
    apdu = first(data[HEADER : max(HEADER, length)], cut=len(data) < length)
    return Frame(int.from_bytes(data[:2], "big"), bool(reserved & _SIMULATED), extension, apdu)


def security(found: Frame) -> Session:
    """Whether the frame has the security extension; without it, anybody on the network can publish the same."""
    if not found.extension:
        return Session(encrypted=False, authenticated=False, detail=said("no IEC 62351-6 security extension"))
    return Session(authenticated=True, detail=said("IEC 62351-6 security extension of {n} bytes", n=found.extension))


def appid(found: Frame) -> str:
    """The APPID as configuration files write it."""
    return f"APPID 0x{found.appid:04X}"
