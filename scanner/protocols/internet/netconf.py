"""NETCONF without SSH or TLS: what clients change on network devices, on any port by its opening.

Written from RFC 6241 sections 7 and 8 (operations and capabilities), RFC 6242 section 4 (messages end with "]]>]]>", or
come in chunks), RFC 8071 (call home: the device opens the connection). Over SSH, as nearly everywhere, only SSH is
seen, and over TLS only TLS: the subsystem and what it does are behind them. What is set is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.internet._logins import GROWING, on_port, opening, probe, segment, session
from scanner.wording import said

NAME = "netconf"
_KEPT = 4096  # bytes of a segment
MOST_MESSAGES = 4096  # different ones of a conversation and side
_SPACE = b"urn:ietf:params:xml:ns:netconf:base:1.0"
_HELLO = re.compile(rb"<(?:[\w.-]{1,32}:)?hello[\s>]")
_RPC = re.compile(rb"<(?:[\w.-]{1,32}:)?rpc[\s>]")
_REPLY = re.compile(rb"<(?:[\w.-]{1,32}:)?rpc-reply[\s>/]")
_NOTICE = re.compile(rb"<(?:[\w.-]{1,32}:)?notification[\s>]")
_CALLED = re.compile(rb"<(?:[\w.-]{1,32}:)?rpc\b[^>]{0,1000}>\s*<(?:[\w.-]{1,32}:)?([A-Za-z][\w.-]{0,60})")
_ERROR = re.compile(rb"<(?:[\w.-]{1,32}:)?rpc-error>.{0,400}?error-tag>\s*([a-z-]{3,40})\s*<", re.DOTALL)
_STORE = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:target|source)>\s*<(?:[\w.-]{1,32}:)?([a-z]{3,20})\s*/?>")
_SECRETS = re.compile(
    rb"<(?:[\w.-]{1,32}:)?[\w.-]{0,40}(?:password|passphrase|secret|pre-shared-key|private-key)[\w.-]{0,40}>[^<\s]"
)
_CHUNK = re.compile(rb"\n#(?:[1-9]\d{0,9}|#)\n")
_VERBS = {
    "edit-config": Verb.CONFIGURE,
    "edit-data": Verb.CONFIGURE,
    "copy-config": Verb.CONFIGURE,
    "delete-config": Verb.CONFIGURE,
    "commit": Verb.CONFIGURE,
    "cancel-commit": Verb.CONFIGURE,
    "discard-changes": Verb.CONFIGURE,
    "get": Verb.READ,
    "get-config": Verb.READ,
    "get-data": Verb.READ,
    "get-schema": Verb.READ,
    "validate": Verb.DIAGNOSE,
    "lock": Verb.SESSION,
    "unlock": Verb.SESSION,
    "partial-lock": Verb.SESSION,
    "partial-unlock": Verb.SESSION,
    "close-session": Verb.SESSION,
    "kill-session": Verb.SESSION,
    "create-subscription": Verb.SUBSCRIBE,
    "establish-subscription": Verb.SUBSCRIBE,
    "system-restart": Verb.RESTART,
    "reboot": Verb.RESTART,
    "request-reboot": Verb.RESTART,
    "set-current-datetime": Verb.TIME_SYNC,
}


def proof(message: Message) -> bool:
    """A message in NETCONF's own namespace."""
    data = _joined(message)
    return _SPACE in data and any(form.search(data) for form in (_HELLO, _RPC, _REPLY))


def _joined(message: Message) -> bytes:
    """The bytes of a segment without the headers of chunks, which may stand in the middle of a word."""
    return _CHUNK.sub(b"", segment(message))


def dissect(message: Message) -> Iterator[Row]:
    """The calls in a segment, or how one was answered; what cannot be told may be a call."""
    data = _joined(message)
    secret = bool(_SECRETS.search(data))
    yield Session(
        version="NETCONF",
        encrypted=False,
        credentials="password" if secret else "none",
        detail=said("a password or key is set") if secret else "",
    )
    if _HELLO.search(data):
        yield Operation(Verb.SESSION, "hello", Kind.NOTICE, filter="tcp")
    elif _NOTICE.search(data):
        yield Operation(Verb.REPORT, "notification", Kind.NOTICE, filter="tcp")
    elif _REPLY.search(data):
        refused = [found[1].decode() for found in _ERROR.finditer(data)]
        kind = Kind.REFUSAL if refused else Kind.RESPONSE
        yield Operation(Verb.UNKNOWN, "rpc-reply", kind, refusal=refused[0] if refused else "", filter="tcp")
    else:
        yield from _calls(message, data)


def _calls(message: Message, data: bytes) -> Iterator[Row]:
    calls = list(_CALLED.finditer(data))
    for number, found in enumerate(calls):
        name = found[1].decode("ascii", "replace")
        behind = data[found.end() : calls[number + 1].start() if number + 1 < len(calls) else None]
        store = _STORE.search(behind)
        yield Operation(_VERBS.get(name, Verb.UNKNOWN), name, object=store[1].decode() if store else "", filter="tcp")
    if (not calls or message.length > len(message.data)) and data.strip(b"]>\r\n# "):
        yield Operation(Verb.UNKNOWN, "rpc", filter="tcp")


_BEGINS = (Byte(0, b"<\n"),)
_DECLARED = tuple(
    Byte(at, {char, char ^ 0x20} if chr(char).isalpha() else b"\"'" if char == 0x22 else char)
    for at, char in enumerate(b'<?xml version="1.0" encoding="UTF-8"?>')
)
PROTOCOL = Protocol(
    name=NAME,
    title="NETCONF without SSH or TLS",
    short="NETCONF",
    framing=on_port(NAME, 830, 4334, sync=_BEGINS, delimiter=GROWING),
    cases=(Case(NAME, (), (Range(0),), Role.BY_SIDE, keep=_KEPT, most=MOST_MESSAGES),),
    probe=probe,
    proof=proof,
    needs_proof=True,
    dissect=dissect,
    verbs=frozenset({Verb.UNKNOWN, Verb.REPORT, *_VERBS.values()}),
    specification="RFC 6241 sections 7 and 8, RFC 6242 section 4, RFC 8071",
    industrial=False,
    display_filter="tcp",
    more_framings=(
        *(
            opening(NAME, *sync, form=f"opening-{n}", delimiter=GROWING)
            for n, sync in enumerate((magic(0, b"<hello "), magic(0, b"<nc:hello "), _DECLARED))
        ),
        session(NAME, *_BEGINS, delimiter=GROWING),
    ),
)
