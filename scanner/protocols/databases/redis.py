"""Redis: log-ins to the store, on any port by the form of its commands.

Written from the Redis serialization protocol specification (RESP 2 and 3) and the commands AUTH and HELLO.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Range, Role, SentBy, Size, State, Step, Transducer, magic
from scanner.protocols.base import Kind, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_log_in
from scanner.protocols.internet._logins import KEEP, VERBS, login, on_port, opening, segment, session, word
from scanner.protocols.internet._logins import probe as any_segment

NAME = "redis"
_DIGITS = b"123456789"
_NAME = 32  # bytes in which the name of a command ends
_PIPELINE = 4096  # bytes of a segment in which a log-in is looked for among other commands
_ARRAY = (Byte(0, b"*"), Byte(1, _DIGITS), *magic(2, b"\r\n$"), Byte(5, _DIGITS))
_COMMAND = re.compile(rb"\*\d{1,3}\r\n\$\d{1,3}\r\n([A-Za-z]{2,20})\r\n")
_WITH_LOGIN = re.compile(rb"(?i)\$4\r\nAUTH\r\n\$\d|(?m:^)AUTH +\S")
# An inline command; of mail and FTP the word is followed by a mechanism (RFC 4954, RFC 2228, RFC 4217).
_INLINE = re.compile(
    rb"(?i)AUTH +(?!(TLS|SSL|PLAIN|LOGIN|NTLM|CRAM|DIGEST|SCRAM|GSS|XOAUTH|OAUTH|EXTERNAL)\b)\S[^\r\n]*\r?\n"
)
# A log-in at the beginning of its segment, by one or two values; without a user it is that of "default" (ACL users).
_AUTH = re.compile(rb"(?i)\*[23]\r\n\$4\r\nAUTH\r\n(?:\$\d+\r\n([^\r\n]*)\r\n)?\$\d+\r\n([^\r\n]*)\r\n")
_AUTH_LINE = re.compile(rb"(?i)AUTH +(?:([^ \r\n]+) +)?([^ \r\n]+) *\r?\n")
_BULK = re.compile(rb"\$(\d{1,9})\r\n")
_COUNT = re.compile(rb"\*(\d{1,6})\r\n")
# The end of a segment that may go on with AUTH or HELLO.
_CUT_NAME = re.compile(rb"\*(\d{1,6}(\r(\n(\$([45](\r(\n[A-Za-z]{0,4})?)?)?)?)?)?)?\Z")
_TYPES = b"+-:$*_,#(!=%~>|"  # with which an answer begins
_REFUSED = (b"-NOAUTH", b"-WRONGPASS", b"-ERR")
_READS = {"GET", "MGET", "HGET", "HGETALL", "LRANGE", "KEYS", "SCAN", "INFO", "TTL", "EXISTS", "TYPE", "SUBSCRIBE"}
_SESSION = {"PING", "SELECT", "CLIENT", "COMMAND", "HELLO", "AUTH", "QUIT", "READONLY"}


def probe(message: Message) -> bool:
    """Any segment but a log-in to a mail or file server, and an answer of another one."""
    line = message.data[:5].upper() == b"AUTH " and not _INLINE.match(message.data)
    answer = message.from_client is not False or message.data[:1] in _TYPES
    return any_segment(message) and not line and answer


def proof(message: Message) -> bool:
    """A command as an array of bulk strings, a log-in on a line of its own, or an error of the protocol's own."""
    return bool(_COMMAND.match(message.data) or _INLINE.match(message.data)) or message.data.startswith(_REFUSED[:2])


def dissect(message: Message) -> Iterator[Row]:
    """Log-ins and refusals; of other commands the name alone."""
    data = segment(message)
    if _WITH_LOGIN.search(data):
        sent = _AUTH.match(data) or _AUTH_LINE.match(data)
        told = of_log_in(b"default" if sent[1] is None else sent[1], sent[2]) if sent else ""
        yield from login("AUTH", "user-password", "tcp", told)
    elif (command := _COMMAND.match(data)) and message.from_client is not False:  # answers are arrays as well
        name = command[1].decode().upper()
        verb = Verb.SESSION if name in _SESSION else Verb.READ if name in _READS else Verb.WRITE
        yield Operation(verb, name, filter="tcp")
        yield Session(encrypted=False, unread=() if _read(data, message.length) else ("credentials",))
    elif message.from_client is not False and (message.length > len(data) or _CUT_NAME.search(data)):
        yield Session(unread=("credentials",))
    elif data[:1] in b"+-" and data[1:2].isalpha():
        refused = next((r.decode()[1:] for r in _REFUSED if data.startswith(r)), "error" if data[:1] == b"-" else "")
        yield Operation(
            Verb.UNKNOWN, "reply", Kind.REFUSAL if refused else Kind.RESPONSE, refusal=refused, filter="tcp"
        )


def _read(data: bytes, length: int) -> bool:
    """The commands in the segment are all known by name: what of them was not kept are values."""
    at = 0
    while at < len(data):
        count = _COUNT.match(data, at)
        if count is None:
            return _goes_on(data, at, length)
        at = count.end()
        for number in range(int(count[1])):
            bulk = _BULK.match(data, at)
            if bulk is None:
                return _goes_on(data, at, length)
            at, name = bulk.end() + int(bulk[1]) + 2, bulk.end()
            if at > len(data):
                return at >= length and (number > 0 or _goes_on(data, name, length))
    return at >= length


def _goes_on(data: bytes, at: int, length: int) -> bool:
    """The segment ends within what begins there, and no log-in does."""
    return length == len(data) and b"\n" not in data[at:] and not _CUT_NAME.search(data)


def _found(word: bytes, lead: str, begun: str, other: State) -> dict[str, State]:
    """States in which the letters of a word follow in either case; its last byte is taken."""
    states = {}
    for place, letter in enumerate(word):
        name = begun if place == 0 else f"{lead} {place}"
        last = place == len(word) - 1
        step = Step("text", take=True) if last else Step(f"{lead} {place + 1}", take=False)
        states[name] = State(
            other.otherwise, ((bytes({letter, letter ^ 0x20 if letter > 64 else letter}), step), *other.steps)
        )
    return states


def _log_ins() -> Transducer:
    """A byte for each command and each log-in behind the first command of a segment."""
    text = State(Step("text", take=False), ((b"$", Step("size", take=False)), (b"\n", Step("line", take=False))))
    begins = (b"*", Step("text", take=True))
    after = _found(b"AUTH", "bulk", "bulk", text)
    inline = _found(b"AUTH ", "inline", "line", text)
    inline["line"] = State(inline["line"].otherwise, (begins, *inline["line"].steps))
    return Transducer(
        0,
        {
            "text": text,
            "size": State(text.otherwise, ((b"4", Step("four", take=False)), *text.steps)),
            "four": State(text.otherwise, ((b"\r", Step("four end", take=False)), *text.steps)),
            "four end": State(text.otherwise, ((b"\n", Step("bulk", take=False)), *text.steps)),
            **after,
            **inline,
        },
    )


_MORE = _log_ins()
PROTOCOL = Protocol(
    name=NAME,
    title="Redis",
    framing=on_port(NAME, 6379),
    cases=(
        Case(NAME, (*_ARRAY, *magic(6, b"\r\n"), *word(b"AUTH", 8)), (Range(0),), Role.REQUEST, keep=KEEP),
        Case(NAME, (*_ARRAY, *magic(6, b"\r\n"), *word(b"HELLO", 8)), (Range(0),), Role.REQUEST, keep=KEEP),
        Case(NAME, (*_ARRAY, Size(0, _PIPELINE)), (Range(0, _NAME), _MORE), Role.REQUEST, keep=_PIPELINE),
        Case(NAME, _ARRAY, (Range(0, _NAME), _MORE), Role.REQUEST, keep=_PIPELINE, with_length=True),
        Case(NAME, word(b"AUTH "), (Range(0),), Role.REQUEST, keep=KEEP),
        Case(NAME, (Byte(0, b"+-"),), (Range(0, _NAME),), Role.RESPONSE, keep=_NAME),
        Case(NAME, (SentBy(client=False),), (Range(0, 0),), Role.NOTICE, keep=4),
        Case(NAME, (Size(0, _PIPELINE),), (Range(0, 0), _MORE), Role.NOTICE, keep=_PIPELINE),
        Case(NAME, (), (Range(0, 0), _MORE), Role.NOTICE, keep=_PIPELINE, with_length=True),
    ),
    probe=probe,
    proof=proof,
    dissect=dissect,
    beyond_key="lengths of values that contradict them leave open whether a log-in is behind them",
    verbs=frozenset(VERBS),
    specification="Redis serialization protocol (RESP), commands AUTH and HELLO",
    industrial=False,
    log_ins_answered=True,
    more_framings=(
        opening(NAME, *_ARRAY),
        opening(NAME, *word(b"AUTH "), Byte(-1, 10), Size(7, 512), form="inline"),
        session(NAME),
    ),
    display_filter="tcp",
)
