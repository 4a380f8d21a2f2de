"""AMQP 1.0, on any port by its header: how clients log in, and that links carry messages.

Written from OASIS AMQP Version 1.0: parts 1 (types, section 1.6), 2 (frames, sections 2.2, 2.3 and 2.7) and 5 (SASL,
sections 5.3.2 and 5.3.3). Names of links, contents and passwords are in no row. Another protocol than AMQP 0-9-1 but
for its port and the first bytes of its header.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Length, Range, Role, SentBy, Size, Whole, magic
from scanner.protocols.base import Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.default_log_ins import of_plain
from scanner.protocols.internet._logins import known_mechanism, mechanism
from scanner.wording import Said, joined, said

NAME = "amqp-1"
_HEADER, _LAYERS = 8, (0, 3)  # of messages, of a log-in; layer 2 is TLS
_AMQP, _SASL = 0, 1
_SMALL, _LARGE = 0x53, 0x80  # forms of the number that says what a list is
_SYMBOLS = {0xA3: 1, 0xB3: 4}  # their forms, and bytes of their length
_LISTS = {0x45: 0, 0xC0: 2, 0xD0: 8}  # theirs, and bytes of size and count
_MECHANISMS, _INIT, _OUTCOME, _TRANSFER = 0x40, 0x41, 0x44, 0x14
_LOG_IN = "sasl-init"
PERFORMATIVES = {
    0x10: "open",
    0x11: "begin",
    0x12: "attach",
    0x13: "flow",
    0x14: "transfer",
    0x15: "disposition",
    0x16: "detach",
    0x17: "end",
    0x18: "close",
    _MECHANISMS: "sasl-mechanisms",
    _INIT: _LOG_IN,
    0x42: "sasl-challenge",
    0x43: "sasl-response",
    _OUTCOME: "sasl-outcome",
}
_OUTCOMES = {1: "auth", 2: "sys", 3: "sys-perm", 4: "sys-temp"}
_BINARIES = {0xA0: 1, 0xB0: 4}
_NAMED = 40  # bytes of a log-in that hold the mechanism's name
_LOG_IN_ENDS = 18 + _NAMED + 256  # with what it sends, by which log-ins are told apart
MAX_FRAME = 1 << 24  # bytes


def _is_header(data: bytes) -> bool:
    return len(data) == _HEADER and data[:4] == b"AMQP" and data[4] in _LAYERS and data[5:] == b"\1\0\0"


def probe(message: Message) -> bool:
    """The header, or a frame of either kind that ends where its length says."""
    data = message.data
    if message.transport != "tcp":
        return False
    if data[:4] == b"AMQP":
        return _is_header(data) and message.length == _HEADER
    if len(data) < _HEADER or data[4] != 2 or data[5] not in (_AMQP, _SASL):
        return False
    return int.from_bytes(data[:4], "big") == message.length


def dissect(message: Message) -> Iterator[Row]:
    """What the frame is; of a log-in the mechanism and the outcome."""
    if not probe(message):
        raise Malformed("no frame of AMQP")
    data = message.data
    if _is_header(data):
        yield Operation(Verb.SESSION, "protocol header", Kind.NOTICE, filter="amqp")
        yield Session(version="AMQP 1.0", encrypted=False)
        return
    number, at = _described(data)
    if number == _INIT and data[5] == _SASL:
        yield from _log_in(data, at)
    elif number == _OUTCOME and data[5] == _SASL:
        yield from _outcome(data, at)
    elif number == _TRANSFER:
        verb = Verb.REPORT if message.from_client is False else Verb.WRITE
        kind = Kind.UNCONFIRMED if verb == Verb.WRITE else Kind.NOTICE
        yield Operation(verb, "transfer", kind, filter=_filter(number))
    elif number >= 0:
        yield Operation(Verb.SESSION, PERFORMATIVES[number], Kind.NOTICE, filter=_filter(number))
    else:
        yield Operation(Verb.SESSION, "frame", Kind.NOTICE, filter="amqp")


def _filter(number: int) -> str:
    return f"amqp.{'sasl.method' if number >= _MECHANISMS else 'performative'} == {number}"


def _described(data: bytes) -> tuple[int, int]:
    """The number of what a frame holds, and where it begins; -1 where it is none or is empty."""
    number, at = -1, _HEADER
    if data[8:10] == bytes((0, _SMALL)):
        number, at = data[10] if len(data) > 10 else -1, 11
    elif data[8:10] == bytes((0, _LARGE)) and len(data) >= 18:
        number, at = int.from_bytes(data[10:18], "big"), 18
    return (number, at) if number in PERFORMATIVES else (-1, at)


def _first(data: bytes, at: int) -> int:
    """Where the first field of the list at ``at`` begins."""
    return at + 1 + _LISTS.get(data[at] if at < len(data) else 0, 0)


def _log_in(data: bytes, at: int) -> Iterator[Row]:
    at = _first(data, at)
    width = _SYMBOLS.get(data[at] if at < len(data) else 0, 0)
    size = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    name = data[at + 1 + width : at + 1 + width + min(size, _NAMED)]
    known = known_mechanism(name)
    password = _password(data, at + 1 + width + size) if name == b"PLAIN" else ""
    told = joined(filter(None, [said("by {name}", name=known) if known else "", password]))
    yield Operation(Verb.AUTHENTICATE, _LOG_IN, detail=told, filter=_filter(_INIT))
    if width and size and len(name) == size:
        yield Session(credentials=mechanism(name), encrypted=False)
    else:
        yield Session(unread=("credentials",), encrypted=False)


def _password(data: bytes, at: int) -> Said | str:
    """What is told of the password in the response at ``at``; nothing where it was not kept."""
    width = _BINARIES.get(data[at] if at < len(data) else 0, 0)
    size = int.from_bytes(data[at + 1 : at + 1 + width], "big")
    response = data[at + 1 + width : at + 1 + width + size]
    return of_plain(response) if size and len(response) == size else ""


def _outcome(data: bytes, at: int) -> Iterator[Row]:
    """The code, a ubyte; 0 is good."""
    at = _first(data, at)
    code = data[at + 1] if data[at : at + 1] == b"\x50" and at + 1 < len(data) else -1
    kind = Kind.REFUSAL if code > 0 else Kind.RESPONSE
    words = _OUTCOMES.get(code, f"code {code}") if code > 0 else ""
    yield Operation(Verb.AUTHENTICATE, _LOG_IN, kind, code=str(code), refusal=words, filter=_filter(_OUTCOME))
    if code == 0:
        yield Session(authenticated=True)


_FRAMES = Length(at=0, width=4, add=0, minimum=8, maximum=MAX_FRAME)
_SYNC = (Byte(0, 0), Byte(4, 2), Byte(5, (_AMQP, _SASL)), Size(8))


def _cases() -> Iterator[Case]:
    yield Case(NAME, magic(0, b"AMQP"), (Range(0, 8),), Role.NOTICE, keep=8)
    for form in (magic(8, bytes((0, _SMALL, _INIT))), magic(8, bytes((0, _LARGE, *bytes(7), _INIT)))):
        yield Case(
            NAME,
            (Byte(5, _SASL), *form),
            (Range(8, _LOG_IN_ENDS),),
            Role.REQUEST,
            keep=_LOG_IN_ENDS,
        )
    for form in (magic(8, bytes((0, _SMALL, _OUTCOME))), magic(8, bytes((0, _LARGE, *bytes(7), _OUTCOME)))):
        yield Case(NAME, (Byte(5, _SASL), *form), (Range(8, 32),), Role.RESPONSE, keep=32)
    for client in (True, False):
        yield Case(NAME, (SentBy(client=client),), (Range(5, 6), Range(8, 11)), Role.NOTICE, keep=18)
    yield Case(NAME, (), (Range(5, 6), Range(8, 11)), Role.NOTICE, keep=18)


PROTOCOL = Protocol(
    name=NAME,
    title="AMQP 1.0",
    framing=Framing(NAME, _FRAMES, _SYNC, {"tcp": (5672,)}, 1, anywhere=False),
    cases=tuple(_cases()),
    probe=probe,
    dissect=dissect,
    verbs=frozenset({Verb.AUTHENTICATE, Verb.SESSION, Verb.WRITE, Verb.REPORT}),
    specification="OASIS AMQP 1.0 sections 1.6, 2.2, 2.3, 2.7, 5.3.2 and 5.3.3",
    industrial=False,
    more_framings=(
        *(
            Framing(
                f"{NAME}-{name}",
                Whole(),
                (*magic(0, b"AMQP" + bytes((layer, 1, 0, 0))), Size(8, 8)),
                {"tcp": (5672,)},
                1,
                then=f"{NAME}-session",
            )
            for name, layer in zip(("opening", "log-in"), _LAYERS, strict=True)
        ),
        Framing(f"{NAME}-session", _FRAMES, _SYNC, {"tcp": ()}, 1, anywhere=False),
    ),
    display_filter="amqp",
)
