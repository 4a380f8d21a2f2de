"""NAS of the 5G system, between subscriber and core: who somebody is, what protects him, which network he is let into.

3GPP TS 24.501 sections 8.2, 8.3 (messages) and 9 (formats). A message that is ciphered is not read; the null algorithm
ciphers nothing, which shows where what follows the header can be nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.protocols.base import Row, Subscription, Verb
from scanner.protocols.mobile import _subscriber
from scanner.protocols.mobile._nas import (
    Layer,
    chosen,
    ciphered,
    data_network,
    ipv4,
    network_name,
    readable,
    slice_key,
    slice_name,
    supported,
)
from scanner.wording import said, verbatim

_MM, _SM = 0x7E, 0x2E
_HEADER = 7  # of a protected message: discriminator, kind of protection, check, number
_PLAIN, _CIPHERED = 0, (2, 4)
_REGISTRATION_REQUEST, _REGISTRATION_ACCEPT, _DEREGISTRATION, _SERVICE_REQUEST = 0x41, 0x42, 0x45, 0x4C
_IDENTITY_REQUEST, _IDENTITY_RESPONSE, _SECURITY_MODE_COMMAND = 0x5B, 0x5C, 0x5D
_SECURITY_MODE_COMPLETE, _UPLINK, _DOWNLINK = 0x5E, 0x67, 0x68
_ESTABLISHED = 0xC2
_SLICE, _NETWORK, _ADDRESS, _CAUSE, _TIMER = 0x22, 0x25, 0x29, 0x59, 0x56
_SHORT = {0x43, 0x46, 0x48, 0x55}  # messages of nothing but their header
_EMERGENCY = 4
NULL = "5G-EA0"

MM = Layer(
    names={
        _REGISTRATION_REQUEST: "Registration request",
        _REGISTRATION_ACCEPT: "Registration accept",
        0x43: "Registration complete",
        0x44: "Registration reject",
        _DEREGISTRATION: "Deregistration request (UE originating)",
        0x46: "Deregistration accept (UE originating)",
        0x47: "Deregistration request (UE terminated)",
        0x48: "Deregistration accept (UE terminated)",
        _SERVICE_REQUEST: "Service request",
        0x4D: "Service reject",
        0x4E: "Service accept",
        0x4F: "Control plane service request",
        0x50: "Network slice-specific authentication command",
        0x51: "Network slice-specific authentication complete",
        0x52: "Network slice-specific authentication result",
        0x54: "Configuration update command",
        0x55: "Configuration update complete",
        0x56: "Authentication request",
        0x57: "Authentication response",
        0x58: "Authentication reject",
        0x59: "Authentication failure",
        0x5A: "Authentication result",
        _IDENTITY_REQUEST: "Identity request",
        _IDENTITY_RESPONSE: "Identity response",
        _SECURITY_MODE_COMMAND: "Security mode command",
        _SECURITY_MODE_COMPLETE: "Security mode complete",
        0x5F: "Security mode reject",
        0x64: "5GMM status",
        0x65: "Notification",
        0x66: "Notification response",
        _UPLINK: "UL NAS transport",
        _DOWNLINK: "DL NAS transport",
    },
    verbs=dict.fromkeys((*range(0x50, 0x53), *range(0x56, 0x60)), Verb.AUTHENTICATE) | {0x64: Verb.REPORT},
    refusals=frozenset({0x44, 0x4D, 0x58, 0x59, 0x5F}),
    cause="5GMM cause",
    field="nas-5gs.mm.message_type",
)
SM = Layer(
    names={
        0xC1: "PDU session establishment request",
        _ESTABLISHED: "PDU session establishment accept",
        0xC3: "PDU session establishment reject",
        0xC5: "PDU session authentication command",
        0xC6: "PDU session authentication complete",
        0xC7: "PDU session authentication result",
        0xC9: "PDU session modification request",
        0xCA: "PDU session modification reject",
        0xCB: "PDU session modification command",
        0xCC: "PDU session modification complete",
        0xCD: "PDU session modification command reject",
        0xD1: "PDU session release request",
        0xD2: "PDU session release reject",
        0xD3: "PDU session release command",
        0xD4: "PDU session release complete",
        0xD6: "5GSM status",
    },
    verbs=dict.fromkeys((0xC5, 0xC6, 0xC7), Verb.AUTHENTICATE) | {0xD6: Verb.REPORT},
    refusals=frozenset({0xC3, 0xCA, 0xCD, 0xD2}),
    cause="5GSM cause",
    field="nas-5gs.sm.message_type",
)
_IDENTITY_TYPES = {1: "SUCI", 2: "5G-GUTI", 3: "IMEI", 4: "5G-S-TMSI", 5: "IMEISV"}


def rows(data: bytes) -> Iterator[Row]:
    """The rows of one message; none of what is no NAS of 5G."""
    if len(data) < 3:
        return
    if data[0] == _SM:
        yield from _session_management(data, "")
    elif data[0] == _MM and data[1] & 15 == _PLAIN:
        yield from _plain(data)
    elif data[0] == _MM and data[1] & 15 <= _CIPHERED[-1]:
        inner = data[_HEADER:]
        if data[1] & 15 not in _CIPHERED:
            yield from rows(inner) if inner[:1] in (b"\x7e", b"\x2e") and inner[1:2] == b"\0" else ()
        elif _in_clear(inner):
            yield readable(NULL)
            yield from _plain(inner)
        else:
            yield ciphered("nas-5gs.security_header_type", data[1] & 15)


def _in_clear(inner: bytes) -> bool:
    """The message is what only one in clear can be: chance would have to hit three octets or more."""
    if inner[:2] != b"\x7e\0" or len(inner) < 3 or inner[2] not in MM.names:
        return False
    kind, body = inner[2], inner[3:]
    if kind in _SHORT:
        return not body
    if kind in (_UPLINK, _DOWNLINK):
        held = _long(body[1:])
        return body[:1] == b"\1" and len(held) > 3 and held[0] == _SM and held[3] in SM.names
    if kind == _REGISTRATION_ACCEPT:
        return body[:1] == b"\1" and body[2:5] == b"\x77\0\x0b"
    if kind == _SECURITY_MODE_COMPLETE:
        while body[:1] in (b"\x77", b"\x71") and _long(body[1:]):
            body = body[3 + int.from_bytes(body[1:3], "big") :]
        return not body and len(inner) > 3
    return False


def _plain(data: bytes) -> Iterator[Row]:
    kind, body = data[2], data[3:]
    if kind not in MM.names:
        return
    if kind in (_UPLINK, _DOWNLINK):
        yield from _transport(kind, body)
    elif kind == _SECURITY_MODE_COMMAND and len(body) >= 2:
        yield from _security_mode(body)
    else:
        emergency = kind == _REGISTRATION_REQUEST and body[:1] and body[0] & 7 == _EMERGENCY
        yield MM.operation(kind, body, _identity(kind, body), said("emergency") if emergency else "")
    if kind == _SECURITY_MODE_COMPLETE:
        yield from _within(body)


def _identity(kind: int, body: bytes) -> str:
    if kind in (_REGISTRATION_REQUEST, _DEREGISTRATION, _SERVICE_REQUEST):
        return _subscriber.of_5gs(_long(body[1:]))
    if kind == _IDENTITY_RESPONSE:
        return _subscriber.of_5gs(_long(body))
    if kind == _IDENTITY_REQUEST and body:
        return _IDENTITY_TYPES.get(body[0] & 7, "")
    return ""


def _security_mode(body: bytes) -> Iterator[Row]:
    ciphering, integrity = body[0] >> 4, body[0] & 15
    names = _algorithm("EA", ciphering), _algorithm("IA", integrity)
    held = body[3 : 3 + body[2]] if len(body) > 2 else b""
    known = [_algorithm(what, n) for what, o in zip(("EA", "IA"), held, strict=False) for n in range(8) if o << n & 128]
    yield MM.operation(
        _SECURITY_MODE_COMMAND, body, verbatim(", ".join(names)), supported(", ".join(known)) if known else ""
    )
    yield from chosen(*names, null=ciphering == 0)


def _algorithm(what: str, number: int) -> str:
    """As TS 33.501 calls it in section 5.11: ``5G-EA0``, ``128-5G-IA2``."""
    return f"128-5G-{what}{number}" if 1 <= number <= 3 else f"5G-{what}{number}"


def _within(body: bytes) -> Iterator[Row]:
    """The registration request that a security mode complete may repeat."""
    while body[:1] in (b"\x77", b"\x71"):
        if body[0] == 0x71:
            yield from rows(_long(body[1:]))
        body = body[3 + int.from_bytes(body[1:3], "big") :]


def _transport(kind: int, body: bytes) -> Iterator[Row]:
    """What a subscriber and the session management say to each other, with slice and data network beside it."""
    held = _long(body[1:])
    yield MM.operation(kind, body)
    if body[:1] == b"\1":
        yield from _session_management(held, _target(body[3 + len(held) :]))


def _target(elements: bytes) -> str:
    """Slice and data network of a request."""
    found: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(elements):
        number = elements[at]
        if number >= 0x80:
            at += 1
        elif number in (0x12, 0x59):
            at += 2
        else:
            found[number] = elements[at + 2 : at + 2 + elements[at + 1]]
            at += 2 + elements[at + 1]
    name, network = slice_name(found.get(0x22, b"")), network_name(found.get(0x25, b""))
    named = (f"S-NSSAI {name}" if name else "", f"DNN {network}" if network else "")
    return verbatim(", ".join(filter(None, named)))


def _session_management(data: bytes, target: str) -> Iterator[Row]:
    if len(data) >= 4 and data[0] == _SM and data[3] in SM.names:
        yield SM.operation(data[3], data[4:], target)
        if data[3] == _ESTABLISHED:
            yield from _established(data[4:])


def _established(body: bytes) -> Iterator[Row]:
    """What a session that is accepted has (section 8.3.2): address, slice and data network; of IPv6 only what the
    device adds to its prefix, so no address.
    """
    rules = _long(body[1:])
    at = 3 + len(rules) + 7  # behind the rules and the rates of the session
    if not rules or body[at - 7 : at - 6] != b"\6":
        return
    found = _elements(body[at:])
    address = found.get(_ADDRESS, b"")
    given = {1: ipv4(address[1:]), 3: ipv4(address[9:])}.get(address[0] & 7, ()) if address else ()
    name, network = slice_key(found.get(_SLICE, b"")), data_network(found.get(_NETWORK, b""))
    if given or name or network:
        yield Subscription(name, network, addresses=given)


def _elements(body: bytes) -> dict[int, bytes]:
    """Optional elements by their identifier, as far as they are whole (TS 24.007, section 11.2.4)."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        number = body[at]
        if number >= 0x80:
            at += 1
            continue
        if number in (_CAUSE, _TIMER):
            at += 2
            continue
        long = number >= 0x70
        head = 3 if long else 2
        size = int.from_bytes(body[at + 1 : at + head], "big")
        if at + head + size > len(body):
            break
        found.setdefault(number, body[at + head : at + head + size])
        at += head + size
    return found


def _long(octets: bytes) -> bytes:
    """A value with a length of two octets; empty when it is not all there."""
    size = int.from_bytes(octets[:2], "big")
    return octets[2 : 2 + size] if len(octets) >= 2 + size else b""
