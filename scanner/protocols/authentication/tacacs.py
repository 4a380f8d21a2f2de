"""TACACS+, on any port: whether log-ins to devices are hidden, and by which method they are made.

Written from RFC 8907 sections 4.1 (header), 5 (authentication), 6 (authorisation), 7 (accounting) and 10.5. A body is
hidden by MD5 and a shared secret, or in clear where the flag says so. Names, passwords and commands are in no row.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, Size
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb

NAME = "tacacs"
_HEADER = 12
_LONGEST = 65536
_VERSIONS = {0xC0: "TACACS+ 12.0", 0xC1: "TACACS+ 12.1"}
_AUTHENTICATION, _AUTHORISATION, _ACCOUNTING = 1, 2, 3
_TYPES = {
    _AUTHENTICATION: ("Authentication", Verb.AUTHENTICATE),
    _AUTHORISATION: ("Authorization", Verb.SESSION),
    _ACCOUNTING: ("Accounting", Verb.REPORT),
}
_CLEAR = 1
_FLAGS = (0, 1, 4, 5)  # in clear; several sessions on one connection
_METHODS = {1: "ASCII", 2: "PAP", 3: "CHAP", 5: "MS-CHAP", 6: "MS-CHAPv2"}
_ACTIONS = {1: "login", 2: "change of password", 4: "outbound login"}
# status of an answer -> whether it refuses, in the words of the specification
_REFUSALS = {
    _AUTHENTICATION: {2: "TAC_PLUS_AUTHEN_STATUS_FAIL", 7: "TAC_PLUS_AUTHEN_STATUS_ERROR"},
    _AUTHORISATION: {0x10: "TAC_PLUS_AUTHOR_STATUS_FAIL", 0x11: "TAC_PLUS_AUTHOR_STATUS_ERROR"},
    _ACCOUNTING: {2: "TAC_PLUS_ACCT_STATUS_ERROR"},
}
_PASS = 1

FRAMING = Framing(
    NAME,
    Length(at=8, width=4, add=_HEADER, minimum=_HEADER + 5, maximum=_LONGEST),
    (Byte(0, _VERSIONS), Byte(1, _TYPES), Byte(2, range(1, 256)), Byte(3, _FLAGS), Byte(8, 0), Byte(9, 0), Size(17)),
    {"tcp": (49,)},
)


def probe(message: Message) -> bool:
    """Version, type, flags and length; what is in clear has the form of its kind."""
    data = message.data
    if message.transport != "tcp" or len(data) < _HEADER or data[0] not in _VERSIONS or data[1] not in _TYPES:
        return False
    if not data[2] or data[3] not in _FLAGS or int.from_bytes(data[8:12], "big") + _HEADER != message.length:
        return False
    return not (data[3] & _CLEAR and data[1] == _AUTHENTICATION and data[2] == 1) or _is_start(message)


def _is_start(message: Message) -> bool:
    """Lengths of the fields of a START fill it (section 5.1)."""
    body = message.data[_HEADER:]
    return len(body) >= 8 and body[0] in _ACTIONS and 8 + sum(body[4:8]) == message.length - _HEADER


def dissect(message: Message) -> Iterator[Row]:
    """What is asked or answered; where the body is in clear, by which method and with which outcome."""
    if not probe(message):
        raise Malformed("no packet of TACACS+")
    data = message.data
    kind, number, clear = data[1], data[2], bool(data[3] & _CLEAR)
    name, verb = _TYPES[kind]
    body = data[_HEADER:] if clear else b""
    answer = number % 2 == 0
    refusal = _REFUSALS[kind].get(body[0], "") if answer and body else ""
    start = kind == _AUTHENTICATION and number == 1 and len(body) >= 8
    yield Operation(
        verb,
        name,
        Kind.REFUSAL if refusal else Kind.RESPONSE if answer else Kind.REQUEST,
        code=str(kind),
        object=_ACTIONS[body[0]] if start else "",
        refusal=refusal,
        filter=f"tacplus.type == {kind}",
    )
    method = _METHODS.get(body[2], "") if start else ""
    yield Session(
        version=_VERSIONS[data[0]],
        encrypted=False if clear else None,
        credentials=_credentials(kind, number, body, clear=clear),
        cipher=method if clear else "TACACS+ MD5",
        authenticated=True if kind == _AUTHENTICATION and answer and body[:1] == bytes((_PASS,)) else None,
    )


def _credentials(kind: int, number: int, body: bytes, *, clear: bool) -> str:
    """The kind of what a client sends to log in; of an interactive log-in in clear, what is typed."""
    if kind != _AUTHENTICATION or number % 2 == 0:
        return ""
    if not clear:
        return "hidden-password"
    if number > 1:
        return "user-password" if len(body) > 4 and any(body[:2]) else ""
    if len(body) < 8 or not body[7]:
        return ""
    return "user-password" if body[2] == 2 else "digest"


_ODD, _EVEN = range(1, 256, 2), range(2, 256, 2)
_KEY = Range(0, 4)
_SESSION = (Range(4, 8),)
_IN_CLEAR, _LOG_IN = Byte(3, (1, 5)), Byte(1, _AUTHENTICATION)

PROTOCOL = Protocol(
    name=NAME,
    title="TACACS+",
    framing=FRAMING,
    cases=(
        Case(NAME, (_IN_CLEAR, _LOG_IN, Byte(2, 1)), (_KEY, Range(12, 20)), Role.REQUEST, _SESSION, with_length=True),
        Case(NAME, (_IN_CLEAR, _LOG_IN, Byte(2, _ODD)), (_KEY, Range(12, 14)), Role.REQUEST, _SESSION),
        Case(NAME, (_IN_CLEAR, Byte(2, _EVEN)), (_KEY, Range(12, 13)), Role.RESPONSE, _SESSION),
        Case(NAME, (Byte(2, _ODD),), (_KEY,), Role.REQUEST, _SESSION, keep=64),
        Case(NAME, (), (_KEY,), Role.RESPONSE, _SESSION, keep=64),
    ),
    probe=probe,
    dissect=dissect,
    verbs=frozenset(verb for _, verb in _TYPES.values()),
    specification="RFC 8907 sections 4.1, 5, 6, 7 and 10.5",
    industrial=False,
    display_filter="tacplus",
)
