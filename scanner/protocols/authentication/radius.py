"""RADIUS over UDP, on any port: by which method users and devices prove themselves, with which outcome.

Written from RFC 2865 sections 3 to 5, RFC 2866 (accounting), RFC 3579 (EAP, Message-Authenticator), RFC 5176 (changes
of authorisation), RFC 2548 (MS-CHAP), RFC 5997 (Status-Server). Passwords, names, states and keys are in no row.
A password is hidden by MD5 and the secret that both ends share; an answer without Message-Authenticator can be forged
(CVE-2024-3596).
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Chain, Field, Framing, Length, Range, Role, Select
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.eap import CREDENTIALS, METHODS, NEGOTIATION
from scanner.protocols.common.probe import is_well_formed, once
from scanner.wording import said

NAME = "radius"
_HEADER = 20
_LONGEST = 4096
# code -> function, verb, kind; answers have the function of what they answer
_CODES = {
    1: ("Access-Request", Verb.AUTHENTICATE, Kind.REQUEST),
    2: ("Access-Request", Verb.AUTHENTICATE, Kind.RESPONSE),
    3: ("Access-Request", Verb.AUTHENTICATE, Kind.REFUSAL),
    4: ("Accounting-Request", Verb.REPORT, Kind.REQUEST),
    5: ("Accounting-Request", Verb.REPORT, Kind.RESPONSE),
    11: ("Access-Request", Verb.AUTHENTICATE, Kind.RESPONSE),
    12: ("Status-Server", Verb.DIAGNOSE, Kind.REQUEST),
    40: ("Disconnect-Request", Verb.CONFIGURE, Kind.REQUEST),
    41: ("Disconnect-Request", Verb.CONFIGURE, Kind.RESPONSE),
    42: ("Disconnect-Request", Verb.CONFIGURE, Kind.REFUSAL),
    43: ("CoA-Request", Verb.CONFIGURE, Kind.REQUEST),
    44: ("CoA-Request", Verb.CONFIGURE, Kind.RESPONSE),
    45: ("CoA-Request", Verb.CONFIGURE, Kind.REFUSAL),
}
_REFUSALS = {3: "Access-Reject", 42: "Disconnect-NAK", 45: "CoA-NAK"}
_ACCEPT, _CHALLENGE = 2, 11
_ACCESS = {1, 2, 3, 11}
_PASSWORD, _CHAP, _SERVICE, _VENDOR, _STATUS, _EAP, _AUTHENTICATOR = 2, 3, 6, 26, 40, 79, 80
_SERVICES = {
    1: "Login",
    2: "Framed",
    5: "Outbound",
    6: "Administrative",
    7: "NAS Prompt",
    8: "Authenticate Only",
    10: "Call Check",
    17: "Authorize Only",
}
_STATUSES = {1: "Start", 2: "Stop", 3: "Interim-Update", 7: "Accounting-On", 8: "Accounting-Off"}
_MICROSOFT = (311).to_bytes(4, "big")
_MS_CHAP = {1: "MS-CHAP", 25: "MS-CHAPv2"}  # vendor's types of the responses
_OF_REQUESTS = frozenset(code for code, (_, _, kind) in _CODES.items() if kind is Kind.REQUEST)

FRAMING = Framing(
    NAME,
    Length(at=2, width=2, minimum=_HEADER, maximum=_LONGEST),
    (Byte(0, _CODES), Byte(2, range(16))),
    {"udp": (1812, 1813, 1645, 1646, 3799)},
)


@once
def _attributes(message: Message) -> dict[int, list[bytes]]:
    """Values by type; Malformed when they do not fill the packet."""
    data = message.data
    if message.transport != "udp" or len(data) < _HEADER or data[0] not in _CODES:
        raise Malformed("no packet of RADIUS")
    length = int.from_bytes(data[2:4], "big")
    if not _HEADER <= length <= message.length:
        raise Malformed("the lengths do not agree")
    found: dict[int, list[bytes]] = {}
    at = _HEADER
    while at < min(length, len(data)):
        if at + 1 == len(data) < length:  # cut short within an attribute's head
            break
        size = data[at + 1] if at + 1 < len(data) else 0
        if size < 2 or at + size > length:
            raise Malformed("the attributes do not fill the packet")
        found.setdefault(data[at], []).append(data[at + 2 : at + size])
        at += size
    return found


def probe(message: Message) -> bool:
    """A code that exists, and attributes that fill the packet."""
    return is_well_formed(_attributes, message)


def proof(message: Message) -> bool:
    """Attributes that every packet of its kind has: a request says who wants what, an answer may have none."""
    found = _attributes(message)
    if 0 in found or not found:
        return False
    return message.data[0] not in (1, 4) or bool({1, _EAP, _STATUS, 4, 32, 95} & set(found))


def dissect(message: Message) -> Iterator[Row]:
    """What is asked or answered, by which method, and whether it is authenticated."""
    found = _attributes(message)
    code = message.data[0]
    function, verb, kind = _CODES[code]
    service = int.from_bytes(found.get(_SERVICE, [b""])[0], "big")
    status = int.from_bytes(found.get(_STATUS, [b""])[0], "big")
    named = _STATUSES.get(status, "") if code == 4 else _SERVICES.get(service, "") if code == 1 else ""
    yield Operation(
        verb,
        function,
        kind,
        code=str(code),
        object=named,
        detail=said("one more step") if code == _CHALLENGE else "",
        refusal=_REFUSALS.get(code, ""),
        filter=f"radius.code == {code}",
    )
    if code == 1:
        yield from _method(found)
    yield Session(
        version="RADIUS",
        encrypted=False,
        authenticated=True if code == _ACCEPT else None,
        detail=_forgeable(code, found, cut=message.length > len(message.data)),
    )


def _forgeable(code: int, found: dict[int, list[bytes]], *, cut: bool) -> str:
    """What lets others forge the packet. ``cut``: not all of its attributes were captured."""
    if code not in _ACCESS or _AUTHENTICATOR in found or cut:
        return ""
    return said("requests without Message-Authenticator" if code == 1 else "answers without Message-Authenticator")


def _method(found: dict[int, list[bytes]]) -> Iterator[Row]:
    """How the user or device proves itself."""
    if _PASSWORD in found:
        yield Session(credentials="hidden-password", cipher="PAP")
    if _CHAP in found:
        yield Session(credentials="digest", cipher="CHAP")
    for value in found.get(_VENDOR, ()):
        if value[:4] == _MICROSOFT and len(value) > 4 and value[4] in _MS_CHAP:
            yield Session(credentials="digest", cipher=_MS_CHAP[value[4]])
    message = b"".join(found.get(_EAP, ()))
    if len(message) > 4 and message[0] == 2 and message[4] not in NEGOTIATION:
        name = METHODS.get(message[4], f"EAP method {message[4]}")
        yield Session(credentials=CREDENTIALS.get(message[4], "challenge"), cipher=name)


_TYPE, _WHOLE = Range(0, 1), Range(0)
# Of each attribute the type; whole, what is a number out of few; of EAP the code and method, of a vendor's the type.
_KEY = Chain(
    _HEADER,
    Field(1, 1),
    (
        Select((Byte(0, (_SERVICE, _STATUS)),), (_WHOLE,)),
        Select((Byte(0, _EAP), Byte(2, range(1, 5)), Byte(4, range(6))), (Range(0, 1), Range(2, 3), Range(6, 7))),
        Select((Byte(0, _VENDOR),), (_TYPE, Range(2, 7))),
        Select((), (_TYPE,)),
    ),
)
_IDENTIFIER = (Range(1, 2),)

PROTOCOL = Protocol(
    name=NAME,
    title="RADIUS",
    framing=FRAMING,
    cases=(
        Case(NAME, (Byte(0, _OF_REQUESTS),), (_TYPE, _KEY), Role.REQUEST, _IDENTIFIER, keep=_LONGEST),
        Case(NAME, (), (_TYPE, _KEY), Role.RESPONSE, _IDENTIFIER, keep=_LONGEST),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({verb for _, verb, _ in _CODES.values()}),
    specification="RFC 2865 sections 3 to 5, RFC 2866, RFC 3579, RFC 5176, RFC 2548, RFC 5997",
    industrial=False,
)
