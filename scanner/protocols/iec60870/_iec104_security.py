"""Secure authentication of IEC 60870-5-104: challenges and replies, session keys, commands in aggressive mode.

Written from IEC TS 60870-5-7:2013 (types 81 to 95) and IEC TS 62351-5:2013 (key status, errors); places compared with
Wireshark. These types have no information object: behind the common address stand an octet of segmentation (but for
type 84), a sequence number and a user. A challenge and its reply do not show that the reply was right, only what
follows; that a station holds valid session keys of a user shows in its key status.
"""

from __future__ import annotations

from scanner.protocols.base import Message, Session
from scanner.protocols.iec60870._iec104_names import KEY_STATES, SECURITY_ERRORS, TYPES
from scanner.wording import said

SECURITY = range(81, 96)
CHALLENGE, REPLY, AGGRESSIVE, KEY_STATUS, ERROR = 81, 82, 83, 85, 87
# Behind the common address, in octets: the state of the keys, the code of an error.
STATE_AT, ERROR_AT = 8, 9
MOVED = 7  # octets ahead of the ASDU within a request in aggressive mode: unit identifier and segmentation
WHOLE = 0xC0  # first and last segment
_VALID = 1
_ADDRESS = 3


def words(number: int, body: bytes) -> str:
    """What a security type says of itself; ``body``: behind the common address."""
    if number == KEY_STATUS and len(body) > STATE_AT:
        known = KEY_STATES.get(body[STATE_AT])
        return said(known) if known else said("session keys in state {n}", n=body[STATE_AT])
    if number == ERROR and len(body) > ERROR_AT:
        known = SECURITY_ERRORS.get(body[ERROR_AT])
        return said(known) if known else said("error {n}", n=body[ERROR_AT])
    return ""


def session(number: int, body: bytes, *, by_station: bool) -> Session:
    """What a security type proves: only a station's word that the keys are valid is more than an attempt."""
    if number == KEY_STATUS and by_station and body[STATE_AT : STATE_AT + 1] == bytes((_VALID,)):
        return Session(
            encrypted=False, authenticated=True, detail=said("IEC 62351-5 {text}", text=said("session keys valid"))
        )
    if number in (CHALLENGE, REPLY, AGGRESSIVE):
        return Session(
            encrypted=False,
            detail=said("IEC 62351-5 authentication, state of its keys not captured"),
            read=("authenticated",) if number == REPLY else (),  # it answers for one command
        )
    if number in (KEY_STATUS, ERROR):
        told = words(number, body) or said("authentication error")
        return Session(encrypted=False, detail=said("IEC 62351-5 {text}", text=told))
    return Session(encrypted=False, detail=said("keys of IEC 62351-5 asked for or changed, their state not captured"))


def wrapped(message: Message, at: int) -> Message | None:
    """The APDU whose ASDU, at ``at``, a request in aggressive mode protects; None when it is not there as a whole."""
    data, inner = message.data, at + MOVED
    if len(data) < inner + 6 or data[inner - 1] & WHOLE != WHOLE or data[inner + 1] & 0x80:
        return None
    kind, count = TYPES.get(data[inner]), data[inner + 1]
    if kind is None or kind.size is None:
        return None
    end = inner + 6 + count * (_ADDRESS + kind.size)
    if not count or end > len(data):
        return None
    apdu = data[:at] + data[inner:end]
    return message.carrying(apdu, len(apdu))
