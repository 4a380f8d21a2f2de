"""LDAP: how clients bind, on any port by the first message.

Written from RFC 4511 sections 4.1 to 4.14 and 5.1 (BER), RFC 4513 section 5; NTLM without SASL from
[MS-ADTS] section 5.1.1.1.3. Over UDP (CLDAP, [MS-ADTS] section 6.3.3) nobody logs in.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Sync, Whole
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common import ntlm
from scanner.protocols.common.default_log_ins import of_password
from scanner.protocols.internet._logins import (
    GROWING,
    KEEP,
    VERBS,
    known_mechanism,
    login,
    mechanism,
    on_port,
    opening,
    segment,
    session,
)
from scanner.wording import said

NAME = "ldap"
BIND, BOUND, UNBIND, EXTENDED, EXTENDED_ANSWER = 0x60, 0x61, 0x42, 0x77, 0x78
_OPERATIONS = {
    0x63: ("search", Verb.READ),
    0x66: ("modify", Verb.WRITE),
    0x68: ("add", Verb.WRITE),
    0x4A: ("delete", Verb.WRITE),
    0x6C: ("modify DN", Verb.WRITE),
    0x6E: ("compare", Verb.READ),
}
_ANSWERED = {0x67: 0x66, 0x69: 0x68, 0x6B: 0x4A, 0x6D: 0x6C, 0x6F: 0x6E}  # by one message, with the outcome
_ANSWERS = {0x64, 0x65, 0x67, 0x69, 0x6B, 0x6D, 0x6F, 0x73, 0x79}
_TAGS = frozenset({BIND, BOUND, UNBIND, EXTENDED, EXTENDED_ANSWER, 0x50, *_OPERATIONS, *_ANSWERS})
_DATAGRAMS = frozenset({0x50, 0x63, 0x64, 0x65, 0x73})
_FIRST = frozenset({BIND, EXTENDED, 0x63})
_ENVELOPE = (Byte(0, 0x30), Size(7))
_ASKED = frozenset(_ANSWERED.values())
_ASKED_ONLY = frozenset({0x63, UNBIND, 0x50})
_START_TLS = b"1.3.6.1.4.1.1466.20037"
_DONE = (0, 5, 6, 14)  # success, the outcomes of a comparison, one more step of SASL
_RESULTS = {
    32: "noSuchObject",
    49: "invalidCredentials",
    50: "insufficientAccessRights",
    53: "unwillingToPerform",
    68: "entryAlreadyExists",
}
_WINDOWS = {0x89, 0x8A, 0x8B}  # NTLM without SASL ([MS-ADTS] section 5.1.1.1.3)
# Forms of the outer length, and how many bytes of message identifier follow: where the operation's tag stands.
_SHAPES = tuple((form, size) for form in (0, 1, 2, 4) for size in (1, 2, 3, 4))


def _shape(form: int, size: int, tags: frozenset[int]) -> tuple[Byte, ...]:
    length = Byte(1, range(0x80)) if form == 0 else Byte(1, 0x80 | form)
    at = 2 + form
    return Byte(0, 0x30), length, Byte(at, 2), Byte(at + 1, size), Byte(at + 2 + size, tags)


def probe(message: Message) -> bool:
    """Any segment, which may go on from the one before it; a datagram is a question or an answer of its own."""
    if message.transport == "udp":
        found = _operation(message.data)
        return found is not None and found[0] in _DATAGRAMS
    return message.transport == "tcp" and bool(message.data)


def proof(message: Message) -> bool:
    """An envelope with an identifier and an operation that exists."""
    found = _operation(message.data)
    return found is not None and found[0] in _TAGS


def _length(data: bytes, at: int) -> tuple[int, int]:
    """(content length, where the content begins); Malformed when it is not there."""
    if at >= len(data):
        raise Malformed("cut short")
    first = data[at]
    if first < 0x80:
        return first, at + 1
    size = first & 0x7F
    if not 1 <= size <= 4 or at + 1 + size > len(data):
        raise Malformed("no definite length")
    return int.from_bytes(data[at + 1 : at + 1 + size], "big"), at + 1 + size


def _operation(data: bytes, start: int = 0) -> tuple[int, bytes, int] | None:
    """Tag and content of the operation of the message that begins there, and where it ends; None when it is none."""
    try:
        if data[start : start + 1] != b"\x30":
            return None
        size, at = _length(data, start + 1)
        end = at + size
        if data[at : at + 1] != b"\2":
            return None
        size, at = _length(data, at + 1)
        tag = data[at + size] if at + size < len(data) else -1
        length, at = _length(data, at + size + 1)
        return tag, data[at : at + length], end
    except Malformed:
        return None


def dissect(message: Message) -> Iterator[Row]:
    """The messages of a segment: how a client binds and with what outcome; others by their kind. What stands behind
    those that were kept may be a bind.
    """
    data, end = segment(message), 0
    while (found := _operation(data, end)) and found[2] > end:
        tag, content, end = found
        yield from _rows(tag, content)
    if end and message.from_client and end < message.length:
        yield Session(unread=("credentials",))


def _rows(tag: int, content: bytes) -> Iterator[Row]:
    if tag == BIND:
        kind, name, told = _credentials(content)
        yield from login("bind", kind, "ldap", told or name)
        if not kind:
            yield Session(unread=("credentials",))
        if level := ntlm.level(content):
            yield Session(cipher="" if level == "anonymous" else level)
    elif tag == BOUND:
        yield from _bound(content)
    elif tag == EXTENDED and _START_TLS in content:
        yield Session(encrypted=False, detail=said("upgraded by {name}", name="StartTLS"))
    elif tag in _ANSWERED:
        name, verb = _OPERATIONS[_ANSWERED[tag]]
        yield _outcome(content, verb, name)
    elif tag in _OPERATIONS:
        name, verb = _OPERATIONS[tag]
        yield Operation(verb, name, filter="ldap")
        yield Session(encrypted=False)


def _credentials(bind: bytes) -> tuple[str, str, str]:
    """(kind, SASL mechanism, whether a password is a known default): version, name, then simple [0] or SASL [3]
    authentication; nothing of either is told. No kind where it was cut short before it says so.
    """
    try:
        size, at = _length(bind, 1)
        size, at = _length(bind, at + size + 1)  # the name
        tag_at = at + size
        size, at = _length(bind, tag_at + 1)
        if bind[tag_at] == 0x80:
            sent = bind[at : at + size]
            return "user-password" if size else "none", "", of_password(sent) if size and len(sent) == size else ""
        if bind[tag_at] in _WINDOWS:
            return "negotiate", "", ""
        if bind[tag_at] == 0xA3:
            size, at = _length(bind, at + 1)
            name = bind[at : at + size]
            return (mechanism(name), known_mechanism(name), "") if len(name) == size else ("", "", "")
    except (Malformed, IndexError):
        return "", "", ""
    return "other", "", ""


def _bound(content: bytes) -> Iterator[Row]:
    outcome = _outcome(content, Verb.AUTHENTICATE, "bind")
    yield outcome
    if outcome.code == "0":
        yield Session(authenticated=True)


def _outcome(content: bytes, verb: Verb, name: str) -> Operation:
    code = content[2] if len(content) > 2 and content[0] == 0x0A else -1
    refused = code not in (*_DONE, -1)
    words = _RESULTS.get(code, f"result {code}") if refused else ""
    kind = Kind.REFUSAL if refused else Kind.RESPONSE
    return Operation(verb, name, kind, code=str(code), refusal=words, filter="ldap")


def _openings() -> Iterator[Framing]:
    for form in (0, 1, 2, 4):
        yield opening(NAME, *_shape(form, 1, _FIRST), Size(7), form=f"opening-{form}", delimiter=GROWING)


def _datagrams() -> Iterator[Framing]:
    for form in (0, 1, 4):
        sync: tuple[Sync, ...] = (*_shape(form, 1, _DATAGRAMS), Size(14))
        yield Framing(f"{NAME}-udp-{form}", Whole(), sync, {"udp": (389,)}, 1)


def _cases() -> Iterator[Case]:
    for tags, role in (
        (frozenset({BIND}), Role.REQUEST),
        (frozenset({BOUND}), Role.RESPONSE),
        (frozenset({EXTENDED}), Role.NOTICE),
    ):
        for form, size in _SHAPES:
            yield Case(NAME, _shape(form, size, tags), (Range(0),), role, keep=KEEP)
    for form, size in _SHAPES:
        at = 4 + form
        by_number = (Range(at, at + size),)
        asks, answers, alone = (_shape(form, size, tags) for tags in (_ASKED, frozenset(_ANSWERED), _ASKED_ONLY))
        yield Case(NAME, asks, (Range(0, 24),), Role.REQUEST, pair=by_number, keep=24, with_length=True)
        yield Case(NAME, answers, (Range(0),), Role.RESPONSE, pair=by_number, keep=KEEP)
        yield Case(NAME, alone, (Range(0, 24),), Role.NOTICE, keep=24, with_length=True)
    yield Case(NAME, (), (Range(0, 0),), Role.NOTICE, keep=24)  # up to the length of an operation


PROTOCOL = Protocol(
    name=NAME,
    title="LDAP",
    framing=on_port(NAME, 389, 3268, sync=_ENVELOPE, delimiter=GROWING),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset(VERBS),
    specification="RFC 4511 sections 4.1 to 4.14 and 5.1, RFC 4513 section 5",
    industrial=False,
    more_framings=(*_openings(), *_datagrams(), session(NAME, *_ENVELOPE, delimiter=GROWING)),
)
