"""NAS of the evolved packet system (LTE), between subscriber and core.

3GPP TS 24.301 sections 8.2, 8.3 (messages) and 9 (formats). A message that is ciphered is not read; the null algorithm
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
    supported,
)
from scanner.wording import verbatim

_MM, _SM = 7, 2
_HEADER = 6  # of a protected message: protection and discriminator, check, number
_CIPHERED, _SERVICE = (2, 4, 5), 12
_ATTACH_REQUEST, _ATTACH_ACCEPT, _ATTACH_COMPLETE, _DETACH_REQUEST = 0x41, 0x42, 0x43, 0x45
_AREA_UPDATE, _IDENTITY_REQUEST, _IDENTITY_RESPONSE, _SECURITY_MODE_COMMAND = 0x48, 0x55, 0x56, 0x5D
_INFORMATION_RESPONSE, _ACTIVATE_DEFAULT = 0xDA, 0xC1
NULL = "EEA0"

MM = Layer(
    names={
        _ATTACH_REQUEST: "Attach request",
        _ATTACH_ACCEPT: "Attach accept",
        _ATTACH_COMPLETE: "Attach complete",
        0x44: "Attach reject",
        _DETACH_REQUEST: "Detach request",
        0x46: "Detach accept",
        _AREA_UPDATE: "Tracking area update request",
        0x49: "Tracking area update accept",
        0x4A: "Tracking area update complete",
        0x4B: "Tracking area update reject",
        0x4C: "Extended service request",
        0x4D: "Control plane service request",
        0x4E: "Service reject",
        0x4F: "Service accept",
        0x50: "GUTI reallocation command",
        0x51: "GUTI reallocation complete",
        0x52: "Authentication request",
        0x53: "Authentication response",
        0x54: "Authentication reject",
        _IDENTITY_REQUEST: "Identity request",
        _IDENTITY_RESPONSE: "Identity response",
        0x5C: "Authentication failure",
        _SECURITY_MODE_COMMAND: "Security mode command",
        0x5E: "Security mode complete",
        0x5F: "Security mode reject",
        0x60: "EMM status",
        0x61: "EMM information",
        0x62: "Downlink NAS transport",
        0x63: "Uplink NAS transport",
        0x64: "CS service notification",
        0x68: "Downlink generic NAS transport",
        0x69: "Uplink generic NAS transport",
    },
    verbs=dict.fromkeys((*range(0x52, 0x57), *range(0x5C, 0x60)), Verb.AUTHENTICATE)
    | {0x60: Verb.REPORT, 0x61: Verb.REPORT},
    refusals=frozenset({0x44, 0x4B, 0x4E, 0x54, 0x5C, 0x5F}),
    cause="EMM cause",
    field="nas-eps.nas_msg_emm_type",
)
SM = Layer(
    names={
        _ACTIVATE_DEFAULT: "Activate default EPS bearer context request",
        0xC2: "Activate default EPS bearer context accept",
        0xC3: "Activate default EPS bearer context reject",
        0xC5: "Activate dedicated EPS bearer context request",
        0xC6: "Activate dedicated EPS bearer context accept",
        0xC7: "Activate dedicated EPS bearer context reject",
        0xC9: "Modify EPS bearer context request",
        0xCA: "Modify EPS bearer context accept",
        0xCB: "Modify EPS bearer context reject",
        0xCD: "Deactivate EPS bearer context request",
        0xCE: "Deactivate EPS bearer context accept",
        0xD0: "PDN connectivity request",
        0xD1: "PDN connectivity reject",
        0xD2: "PDN disconnect request",
        0xD3: "PDN disconnect reject",
        0xD4: "Bearer resource allocation request",
        0xD5: "Bearer resource allocation reject",
        0xD6: "Bearer resource modification request",
        0xD7: "Bearer resource modification reject",
        0xD9: "ESM information request",
        _INFORMATION_RESPONSE: "ESM information response",
        0xDB: "Notification",
        0xE8: "ESM status",
    },
    verbs={0xDB: Verb.REPORT, 0xE8: Verb.REPORT},
    refusals=frozenset({0xC3, 0xC7, 0xCB, 0xD1, 0xD3, 0xD5, 0xD7}),
    cause="ESM cause",
    field="nas-eps.nas_msg_esm_type",
)
# The only message without a type: its header says what it is.
_SHORT_LAYER = Layer({_SERVICE: "Service request"}, {}, frozenset(), "", "nas-eps.security_header_type")
_IDENTITY_TYPES = {1: "IMSI", 2: "IMEI", 3: "IMEISV", 4: "TMSI"}


def rows(data: bytes) -> Iterator[Row]:
    """The rows of one message; none of what is no NAS of LTE."""
    if len(data) < 2:
        return
    protection = data[0] >> 4
    if data[0] & 15 == _SM:
        yield from _session_management(data)
    elif data[0] & 15 != _MM:
        return
    elif protection == 0:
        yield from _plain(data)
    elif protection >= _SERVICE:
        yield _SHORT_LAYER.operation(_SERVICE, b"")
    elif protection <= _CIPHERED[-1]:
        inner = data[_HEADER:]
        if protection not in _CIPHERED:
            yield from rows(inner) if inner[:1] == b"\7" or (inner and inner[0] & 15 == _SM) else ()
        elif _in_clear(inner):
            yield readable(NULL)
            yield from rows(inner)
        else:
            yield ciphered("nas-eps.security_header_type", protection)


def _in_clear(inner: bytes) -> bool:
    """The message is what only one in clear can be: chance would have to hit three octets or more."""
    if inner[:2] == b"\7\x42":  # result, timer, list of areas, and a bearer that is set up
        held = _long(inner[5 + inner[4] :]) if len(inner) > 5 else b""
        return len(held) > 3 and held[0] & 15 == _SM and held[2] == _ACTIVATE_DEFAULT
    if inner[:2] == b"\7\x43":
        held = _long(inner[2:])
        return len(inner) == 4 + len(held) and len(held) >= 3 and held[0] & 15 == _SM and held[2] in SM.names
    if len(inner) > 5 and inner[0] & 15 == _SM and inner[2:4] == bytes((_INFORMATION_RESPONSE, 0x28)):
        return bool(network_name(inner[5 : 5 + inner[4]])) and len(inner) >= 5 + inner[4]
    return False


def _plain(data: bytes) -> Iterator[Row]:
    kind, body = data[1], data[2:]
    if kind not in MM.names:
        return
    if kind == _SECURITY_MODE_COMMAND and len(body) >= 2:
        yield from _security_mode(body)
    else:
        yield MM.operation(kind, body, _identity(kind, body))
    yield from _session_management(_carried(kind, body))


def _identity(kind: int, body: bytes) -> str:
    if kind in (_ATTACH_REQUEST, _DETACH_REQUEST, _AREA_UPDATE):
        return _subscriber.of_eps(_short(body[1:]))
    if kind == _IDENTITY_RESPONSE:
        return _subscriber.common(_short(body))
    if kind == _IDENTITY_REQUEST and body:
        return _IDENTITY_TYPES.get(body[0] & 7, "")
    return ""


def _carried(kind: int, body: bytes) -> bytes:
    """The message about a bearer that goes with an attachment."""
    if kind == _ATTACH_REQUEST and len(body) > 2:
        at = 2 + body[1]
        return _long(body[at + 1 + body[at] :]) if at < len(body) else b""
    if kind == _ATTACH_ACCEPT and len(body) > 3:
        return _long(body[3 + body[2] :])
    return _long(body) if kind == _ATTACH_COMPLETE else b""


def _security_mode(body: bytes) -> Iterator[Row]:
    ciphering, integrity = body[0] >> 4 & 7, body[0] & 7
    names = _algorithm("EEA", ciphering), _algorithm("EIA", integrity)
    held = body[3 : 3 + body[2]] if len(body) > 2 else b""
    pairs = zip(("EEA", "EIA"), held, strict=False)
    known = [_algorithm(what, n) for what, octet in pairs for n in range(8) if octet << n & 128]
    yield MM.operation(
        _SECURITY_MODE_COMMAND, body, verbatim(", ".join(names)), supported(", ".join(known)) if known else ""
    )
    yield from chosen(*names, null=ciphering == 0)


def _algorithm(what: str, number: int) -> str:
    """As TS 33.401 calls it in section 5.1: ``EEA0``, ``128-EIA2``."""
    return f"128-{what}{number}" if 1 <= number <= 3 else f"{what}{number}"


def _session_management(data: bytes) -> Iterator[Row]:
    if len(data) < 3 or data[0] & 15 != _SM or data[2] not in SM.names:
        return
    kind, body = data[2], data[3:]
    name = ""
    if kind == _ACTIVATE_DEFAULT and body:
        name = network_name(_short(body[1 + body[0] :]))
    elif kind == _INFORMATION_RESPONSE and body[:1] == b"\x28":
        name = network_name(_short(body[1:]))
    yield SM.operation(kind, body, f"APN {name}" if name else "")
    if kind == _ACTIVATE_DEFAULT and name:
        behind = body[1 + body[0] :]
        address = _short(behind[1 + behind[0] :])
        given = {1: ipv4(address[1:]), 3: ipv4(address[9:])}.get(address[0] & 7, ()) if address else ()
        yield Subscription(data_network=data_network(_short(behind)), addresses=given)


def _short(octets: bytes) -> bytes:
    """A value with a length of one octet; empty when it is not all there."""
    return octets[1 : 1 + octets[0]] if octets and len(octets) > octets[0] else b""


def _long(octets: bytes) -> bytes:
    """A value with a length of two octets; empty when it is not all there."""
    size = int.from_bytes(octets[:2], "big")
    return octets[2 : 2 + size] if len(octets) >= 2 + size else b""
