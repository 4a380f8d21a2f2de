"""Phoenix Contact PC WORX: engineering of ILC and AXC controllers, on TCP port 1962 and wherever it is opened.

Phoenix Contact publishes nothing of it. Written from Redpoint's and Nmap's pcworx-info (Digital Bond), which have three
requests: two that open a session and one that asks who the controller is. Nobody logs in. What any other function does
is not known. Messages are taken as segments, since only requests are known to say how long they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from scanner.framing.language import Byte, Case, Framing, Range, Role, Size, Sync, Whole, magic
from scanner.protocols.base import Identity, Kind, Malformed, Message, Operation, Protocol, Row, Session, Verb
from scanner.protocols.common.text import printable

NAME = "pcworx"
PORT = 1962
_ASKS, _ANSWERS = 0x01, 0x81
_FUNCTIONS = {1: ("Initialise Communication", Verb.SESSION), 5: ("Open Session", Verb.SESSION)}
_READ, _INFORMATION = 6, b"\4\0"
_INTERFACE = b"IBETH01N0_M"  # the interface that whoever opens a session names
_TEXTS = (("model", 30), ("firmware", 66), ("order_number", 152))
_KEPT = 176  # bytes of an answer, with all of its texts


def probe(message: Message) -> bool:
    """A request as long as it says, or an answer."""
    data = message.data
    if message.transport != "tcp" or len(data) < 4 or data[0] not in (_ASKS, _ANSWERS) or not data[1]:
        return False
    return data[0] == _ANSWERS or int.from_bytes(data[2:4], "big") == message.length


def proof(message: Message) -> bool:
    """The request that opens a session."""
    return message.data.startswith(b"\1\1\0\x1a") and message.data[14:].startswith(_INTERFACE)


def dissect(message: Message) -> Iterator[Row]:
    """The function, and who the controller says that it is."""
    if not probe(message):
        raise Malformed("no message of PC WORX")
    data = message.data
    number, answer = data[1], data[0] == _ANSWERS
    name, verb = _FUNCTIONS.get(number, (f"function {number}", Verb.UNKNOWN))
    if number == _READ and (answer or data[12:14] == _INFORMATION):
        name, verb = "Read Device Information", Verb.IDENTIFY
    kind = Kind.RESPONSE if answer else Kind.REQUEST
    yield Operation(verb, name, kind, str(number), filter=f"tcp.payload[0:2] == {data[:2].hex(':')}")
    yield Session(version="PC WORX", credentials="none", encrypted=False)
    if answer and number == _READ and message.length >= _KEPT - 16:
        said = {field: printable(data[at : min(at + 24, _KEPT)]) for field, at in _TEXTS}
        yield from (Identity(field, text) for field, text in said.items() if text)


_OPENS: tuple[Sync, ...] = (*magic(0, b"\1\1\0\x1a"), *magic(14, _INTERFACE), Size(26, 26))
_SYNC = (Byte(0, (_ASKS, _ANSWERS)), Byte(1, range(1, 256)), Size(4))


def _cases() -> Iterator[Case]:
    asks, answers, reads = Byte(0, _ASKS), Byte(0, _ANSWERS), Byte(1, _READ)
    head = (Range(0, 4),)
    yield Case(NAME, (asks, reads), (*head, Range(12, 14)), Role.REQUEST, keep=16, with_length=True)
    yield Case(NAME, (asks,), head, Role.REQUEST, keep=32, with_length=True)
    yield Case(NAME, (answers, reads), (Range(0, 2), Range(30, _KEPT)), Role.RESPONSE, keep=_KEPT, with_length=True)
    yield Case(NAME, (), (Range(0, 2),), Role.RESPONSE, keep=16)


PROTOCOL = Protocol(
    name=NAME,
    title="Phoenix Contact PC WORX",
    short="PC WORX",
    framing=Framing(NAME, Whole(), _OPENS, {"tcp": (PORT,)}, 1, then=f"{NAME}-session"),
    cases=tuple(_cases()),
    probe=probe,
    proof=proof,
    dissect=dissect,
    verbs=frozenset({Verb.SESSION, Verb.IDENTIFY, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}),
    specification="not published; pcworx-info of Redpoint and Nmap (Digital Bond)",
    more_framings=(Framing(f"{NAME}-session", Whole(), _SYNC, {"tcp": ()}, 1, anywhere=False),),
    display_filter=f"tcp.port == {PORT}",
)
